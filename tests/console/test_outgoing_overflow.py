"""Overflow on the page Outgoing: its two fields, its state, its history."""

import pytest
from django.urls import reverse
from django.utils import timezone

from deskpost.outbound import overflow, server_scopes, server_settings
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState, ServerConsent
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.console.test_incoming_sign_in import fields
from tests.console.test_outgoing import form, saved, url
from tests.console.test_outgoing_sign_in import graph, save, switched
from tests.console.test_settings_history import bring_back_newest_of
from tests.outbound import builders as make


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail goes out here."""
    return build_desk()


@pytest.fixture
def relay(desk: Desk) -> OutgoingServer:
    """The directory's own server, by SMTP."""
    return make.server(name="Directory", instance=None, account=None, server="smtp.relay.example")


def test_a_graph_server_alone_overflows_and_only_to_smtp_servers_of_no_account(
    desk: Desk, relay: OutgoingServer
) -> None:
    make.server(account=desk.kestrel, instance=None)
    first = builders.signed_in(desk.admin).get(url()).content.decode()
    assert fields(first)["overflow_after_s"] == "15" and 'type="hidden" name="overflow_to"' in first
    _, page = switched(desk, graph())
    assert "Overflow of notifications" in page
    choice = page.split('name="overflow_to"')[1].split("</select>")[0]
    offered = set(OutgoingServer.objects.exclude(account=None).values_list("account__name", flat=True))
    assert offered and "ESM Directory" in choice and not any(name in choice for name in offered)
    of_account = OutgoingServer.objects.exclude(account=None).first()
    assert of_account is not None
    status, said = save(desk, graph(overflow_to=str(of_account.pk), overflow_after_s="20"))
    assert status == 422 and "overflow_to" in said and saved().protocol != "graph"
    assert save(desk, graph(overflow_to=str(relay.pk), overflow_after_s="")) == (303, {})
    assert (saved().overflow_to, saved().overflow_after_s) == (relay, 15)
    history = builders.signed_in(desk.admin).get(reverse("settings_history") + "?kind=outgoingserver")
    shown = history.content.decode()
    assert "Overflow of notifications" in shown and str(relay) in shown
    again = {
        **form(),
        "server": "smtp.northgate.example",
        "protocol": "smtp",
        "tls": "yes",
        "port": "587",
        "overflow_to": str(relay.pk),
    }
    assert save(desk, again) == (303, {})
    assert (saved().overflow_to, saved().overflow_after_s) == (None, None)
    page = bring_back_newest_of(desk, "outgoingserver", saved())
    assert (saved().protocol, saved().overflow_to, saved().overflow_after_s) == ("graph", relay, 15), page


def test_what_others_overflow_to_stays_a_server_by_smtp(desk: Desk, relay: OutgoingServer) -> None:
    save(desk, graph(overflow_to=str(relay.pk), overflow_after_s="20"))
    directory = server_scopes.scope_named("directory")
    assert directory is not None
    values = {**graph(client_id="1" * 36), "seen": server_settings.seen(directory)}
    answer = builders.signed_in(desk.admin).post(url(directory), values)
    assert "leave by this server when its queue is too long" in answer.content.decode()
    assert OutgoingServer.objects.get(pk=relay.pk).protocol == "smtp"


def test_the_page_says_through_whom_notifications_go_and_since_when(
    desk: Desk, relay: OutgoingServer
) -> None:
    save(desk, graph(overflow_to=str(relay.pk), overflow_after_s="1"))
    server = saved()
    ServerConsent.objects.create(
        server=server, access_token="a", refresh_token="r", expires_at=timezone.now()
    )
    make.queue_mails(server, ["ute@acme.example"] * 8, sending_class=3, automatic=True)
    assert overflow.judge(server.pk)
    page = builders.signed_in(desk.admin).get(url()).content.decode()
    assert "Overflow: notifications go through ESM Directory since " in page and ">Overflow<" in page
    OutboxMail.objects.all().delete()
    assert not overflow.judge(server.pk)
    assert OutgoingServerState.objects.get(server=server).overflow_since is None
    page = builders.signed_in(desk.admin).get(url()).content.decode()
    assert "notifications go through" not in page
