"""Each of Microsoft's clouds by its own names: Deskpost signs in there, and opens Graph and EWS with its tokens."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from deskpost.oauth import flow
from deskpost.oauth.application import Application
from deskpost.oauth.clouds import CLOUDS, Cloud, graph_base
from deskpost.oauth.proposing import Choice, proposal_for
from deskpost.sandbox.cloud import hosts
from deskpost.sandbox.cloud.connect_proxy import ConnectProxy, proxying
from deskpost.transports.connection import Server
from deskpost.transports.envelope import Envelope
from deskpost.transports.errors import ConsentLost, LoginRefused, TokenRefused, TransportError
from deskpost.transports.graph.sender import open_graph_sender
from deskpost.transports.graph.source import open_graph
from deskpost.transports.http import Http
from deskpost.transports.logins import BearerLogin
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.proxy import Proxy
from deskpost.transports.target import Target
from tests.oauth.world import DESK, OTHER, World, world

from .graph_world import mail

TENANT = "contoso.example"
OF_CLOUD = {cloud.graph: cloud for cloud in hosts.CLOUDS}


@dataclass
class Clouds:
    """The sandbox behind the names of all clouds, and how it is reached by them."""

    there: World
    proxy: ConnectProxy
    reach: Server

    def tokens(self, cloud: Cloud, protocol: str, scopes: str = "") -> str:
        """Sign a person in at this cloud as Deskpost does, for what is proposed there; give the access token."""
        proposal = proposal_for(
            Choice(protocol, incoming=False, cloud=cloud.key, address=_address(cloud, protocol))
        )
        assert proposal is not None
        application = self.there.changed(
            authorization_url=cloud.authorization_url(TENANT),
            token_url=cloud.token_url(TENANT),
            scopes=scopes or proposal.scopes,
            server=self.reach,
        )
        attempt = flow.begin(application, DESK)
        came = self._answered(application, attempt)
        first = flow.exchange(application, flow.code_of(application, attempt.state, came), attempt.verifier)
        return flow.refresh(application, first.refresh_token or "").access_token

    def _answered(self, application: Application, attempt: flow.Attempt) -> dict[str, str]:
        """Give what the browser comes back with: after a person's answer, or at once where nothing is asked."""
        with Http(attempt.address, self.reach) as browser:
            page = browser.ask("GET", attempt.address)
        if page.status != 302:
            return World(self.there.cloud, application).consent(attempt)
        return dict(parse_qsl(urlsplit(page.headers["location"]).query))

    def target(self, token: str, address: str) -> Target:
        """Give a mailbox at this address, opened with a token."""
        return Target(self.reach, BearerLogin(DESK, token), address=address)


def _address(cloud: Cloud, protocol: str) -> str:
    return cloud.graph_endpoint if protocol == "graph" else cloud.ews_endpoint


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clouds]:
    with world(tmp_path_factory.mktemp("clouds")) as there:
        port = int(urlsplit(there.application.token_url).port or 0)
        with proxying(port) as proxy:
            led = Proxy("http", "127.0.0.1", proxy.server_address[1])
            yield Clouds(there, proxy, replace(there.application.server, proxy=led, step_timeout=20.0))


@pytest.mark.requirement("R108")
@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.key)
def test_each_cloud_signs_in_and_serves_graph_by_its_own_names(clouds: Clouds, cloud: Cloud) -> None:
    before = len(clouds.proxy.asked)
    token = clouds.tokens(cloud, "graph")
    assert set(clouds.proxy.asked[before:]) == {cloud.sign_in_hosts[0]}
    store = clouds.there.cloud.store
    desk = store.mailbox(DESK)
    assert desk is not None
    desk.items.clear()
    item = store.deliver(desk, mail())
    for ending in ("", "/v1.0", ":443/v1.0/"):
        target = clouds.target(token, f"{cloud.graph_endpoint}{ending}")
        with open_graph(target) as source:
            uids = source.list(None, None)
            assert uids == [item.immutable_id] and len(list(source.fetch(uids, 1_000_000))) == 1
            assert str(source.bookmark(None)).startswith(f"{graph_base(cloud.graph_endpoint)}/")
            assert source.list(source.bookmark(None), None) == []
        content = f"From: {DESK}\r\nTo: {OTHER}\r\n\r\nHello\r\n".encode()
        with open_graph_sender(target) as sender:
            delivery = sender.send(Envelope(DESK, (OTHER,), content))
        assert delivery.data is not None and delivery.data.accepted
    assert set(clouds.proxy.asked[before:]) == {cloud.sign_in_hosts[0], cloud.graph_host}


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.key)
def test_a_token_of_one_cloud_opens_no_other_graph(clouds: Clouds, cloud: Cloud) -> None:
    token = clouds.tokens(cloud, "graph")
    for other in CLOUDS:
        if other is cloud:
            continue
        with pytest.raises((TokenRefused, ConsentLost), match="InvalidAuthenticationToken.*audience"):
            _listed(clouds, token, "graph", other)


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.key)
def test_a_token_for_ews_opens_the_outlook_of_its_cloud_alone(clouds: Clouds, cloud: Cloud) -> None:
    token = clouds.tokens(cloud, "ews")
    shared = ("us_l4", "us_l5")  # Outlook of both has one name in scopes: outlook.office365.us
    for other in CLOUDS:
        if other is cloud or (cloud.key in shared and other.key in shared):
            assert isinstance(_listed(clouds, token, "ews", other), list)
        else:
            with pytest.raises((TokenRefused, ConsentLost)):
                _listed(clouds, token, "ews", other)


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.key)
def test_a_sign_in_gives_nothing_for_another_cloud_s_resources(clouds: Clouds, cloud: Cloud) -> None:
    own = cloud.sign_in_hosts[0]
    foreign = [other for other in CLOUDS if other.sign_in_hosts[0] != own]
    for other in foreign:
        for scope in (
            f"{other.graph_endpoint}/Mail.Read",
            f"https://{other.outlook_in_scopes}/EWS.AccessAsUser.All",
        ):
            with pytest.raises(TransportError, match="AADSTS500011") as refused:
                clouds.tokens(cloud, "graph", f"{scope}, offline_access")
            assert "To do: " in refused.value.words
    application = clouds.there.changed(
        token_url=cloud.token_url(TENANT), scopes=f"{foreign[0].graph_endpoint}/.default", server=clouds.reach
    )
    with pytest.raises(LoginRefused, match="AADSTS500011"):
        flow.client_credentials(application)


def _listed(clouds: Clouds, token: str, protocol: str, cloud: Cloud) -> list[str]:
    opener = PROTOCOLS[protocol].open_source
    assert opener is not None
    with opener(clouds.target(token, _address(cloud, protocol)), "INBOX") as source:
        return source.list(None, None)


def test_deskpost_and_the_sandbox_mean_the_same_by_each_cloud() -> None:
    for cloud in CLOUDS:
        its = OF_CLOUD[cloud.graph_host]
        assert cloud.outlook_in_scopes in its.outlook_audiences and cloud.outlook_host in its.outlook
        assert set(cloud.sign_in_hosts) <= set(its.sign_in)
