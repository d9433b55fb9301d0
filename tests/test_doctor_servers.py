"""What the doctor says of servers behind a proxy, and of the clocks of those that sign in and give mail."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskpost import doctor
from deskpost.access.proxy import ProxySettings
from deskpost.data_folder import DataFolder
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.sandbox.cloud.connect_proxy import ConnectProxy, proxying
from tests.access import rows
from tests.access.conftest import MailServers, mail_servers, servers
from tests.command_line import is_a_sentence
from tests.inbound.builders import mailbox
from tests.inbound.test_graph import graph, served, there
from tests.oauth.world import World
from tests.outbound import builders as make
from tests.transports.ews_world import PASSWORD, cloud_served, fresh
from tests.transports.ews_world import World as Exchange

__all__ = ["mail_servers", "served", "servers", "there"]

pytestmark = pytest.mark.usefixtures("database")
CLOCKS = "clocks of providers"
MICROSOFT = "outlook.office365.com"


@pytest.fixture(scope="module")
def exchange_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    with cloud_served(tmp_path_factory.mktemp("doctor")) as world:
        yield world


@pytest.fixture
def exchange(exchange_served: Exchange) -> Exchange:
    return fresh(exchange_served)


@pytest.fixture
def proxy(exchange: Exchange) -> Iterator[ConnectProxy]:
    """The one way to Microsoft's names, which this machine itself cannot look up."""
    with pytest.raises(OSError):
        socket.getaddrinfo(MICROSOFT, None)
    with proxying(exchange.server.server_port) as made:
        ProxySettings.objects.create(kind="http", host="127.0.0.1", port=made.server_address[1])
        yield made


def findings(folder: Path) -> dict[str, tuple[bool, str]]:
    found = {one.check: (one.ok, one.words) for one in doctor.examine(DataFolder(folder))}
    for ok, words in found.values():
        if not ok:
            is_a_sentence(words)
    return found


def settings(exchange: Exchange, **values: Any) -> dict[str, Any]:
    return {
        "protocol": "ews",
        "connect_url": f"https://{MICROSOFT}/EWS/Exchange.asmx",
        "server": "",
        "tls": "implicit",
        "ca_file": str(exchange.server.ca_file),
        "username": exchange.desk.address,
        "password": PASSWORD,
        "proxy": True,
        **values,
    }


def test_behind_a_proxy_the_proxy_looks_names_up_and_this_machine_none(
    exchange: Exchange, proxy: ConnectProxy, tmp_path: Path
) -> None:
    made = mailbox("Behind", port=443, addresses=[exchange.desk.address], **settings(exchange))
    make.server(443, name="Out", authentication="basic", reply_to=exchange.desk.address, **settings(exchange))
    assert fetch(made.pk).failure is None
    found = findings(tmp_path)
    assert found["mailbox Behind"] == (True, "signed in, 0 mails there")
    assert found["outgoing server Out"] == (True, "signed in")
    assert set(proxy.asked) == {MICROSOFT}
    Mailbox.objects.update(proxy=False)
    ok, words = findings(tmp_path)["mailbox Behind"]
    assert not ok and words.startswith(f"the name {MICROSOFT} cannot be looked up")


def test_a_proxy_that_is_not_there_or_leads_nowhere_is_named(
    exchange: Exchange, proxy: ConnectProxy, tmp_path: Path
) -> None:
    elsewhere = settings(exchange, connect_url="https://mail.nowhere.test/EWS/Exchange.asmx")
    mailbox("Elsewhere", port=443, **elsewhere)
    ok, words = findings(tmp_path)["mailbox Elsewhere"]
    assert not ok and "proxy" in words and "looked up" not in words
    assert proxy.asked == ["mail.nowhere.test"]
    ProxySettings.objects.all().delete()
    ok, words = findings(tmp_path)["mailbox Elsewhere"]
    assert not ok and "proxy" in words


@pytest.mark.parametrize(("ahead", "says"), [(3600.0, "60 min ahead of"), (-3600.0, "60 min behind")])
def test_a_clock_an_hour_off_is_reported_with_what_to_do_and_nothing_fails(
    there: World, tmp_path: Path, ahead: float, says: str
) -> None:
    made = graph(there)
    there.cloud.habits.clock_ahead = ahead
    assert fetch(made.pk).failure is None
    found = findings(tmp_path)
    ok, words = found[CLOCKS]
    assert not ok and says in words and "NTP" in words and "tokens and certificates" in words
    assert found["mailbox Help"][0] and MailboxState.objects.get().failing_since is None
    there.cloud.habits.clock_ahead = 0.0
    assert findings(tmp_path)[CLOCKS][0]


def test_of_a_mailbox_by_imap_the_provider_that_signs_in_is_asked_for_the_time(
    servers: MailServers, tmp_path: Path
) -> None:
    box = servers.mailbox()
    rows.consented(servers.there, box)
    servers.there.cloud.habits.clock_ahead = 600.0
    ok, words = findings(tmp_path)[CLOCKS]
    assert not ok and "10 min ahead of" in words


def test_where_no_server_tells_the_time_nothing_is_said_of_it(tmp_path: Path) -> None:
    make.server(9)
    assert CLOCKS not in findings(tmp_path)
