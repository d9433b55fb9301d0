"""Mails of the outbox that leave by Exchange over EWS."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from deskpost.access import consents
from deskpost.access.proxy import ProxySettings
from deskpost.access.wire_logs import WireLog
from deskpost.desk.roles import Grant, Role
from deskpost.oauth.grant import Tokens
from deskpost.outbound import server_look, server_rules, service_ended, upkeep
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.outbound.send import SendResult, sample, send_due
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState, ServerConsent
from deskpost.sandbox.cloud.ews import BLOCKED
from tests.outbound import builders as make
from tests.servers.proxies import RealProxy, missing
from tests.transports.ews_world import CLIENT, DELEGATED, PASSWORD, SECRET, World, cloud_served, fresh

pytestmark = pytest.mark.usefixtures("database")
CUSTOMER = "ute@customer.example"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cloud_served(tmp_path_factory.mktemp("ews")) as world:
        yield world


@pytest.fixture
def world(served: World) -> World:
    return fresh(served)


def server(world: World, **settings: Any) -> OutgoingServer:
    """Make an outgoing server that signs in with a password."""
    values = {
        "protocol": "ews",
        "connect_url": world.url,
        "server": "",
        "tls": "implicit",
        "ca_file": str(world.server.ca_file),
        "authentication": "basic",
        "username": world.desk.address,
        "password": PASSWORD,
        "sender_name": "Northgate IT, Support",
        "reply_to": world.desk.address,
        **settings,
    }
    return make.server(443, **values)


def by_application(world: World) -> OutgoingServer:
    """Make one by which an application sends on its own."""
    return server(
        world,
        authentication="oauth",
        grant="client_credentials",
        username="",
        password="",
        client_id=CLIENT,
        client_secret=SECRET,
        token_url=f"{world.server.base}/{world.cloud.tenant}/oauth2/v2.0/token",
        scope="https://outlook.office365.com/.default",
    )


def by_person(world: World, **settings: Any) -> OutgoingServer:
    """Make one for which the mailbox's person has consented."""
    through = server(
        world,
        authentication="oauth",
        password="",
        client_id=CLIENT,
        client_secret=SECRET,
        token_url=f"{world.server.base}/{world.cloud.tenant}/oauth2/v2.0/token",
        authorization_url=f"{world.server.base}/{world.cloud.tenant}/oauth2/v2.0/authorize",
        scope=f"{DELEGATED}, offline_access",
        **settings,
    )
    access, renews = world.cloud.tokens.grant(CLIENT, world.desk.address, [DELEGATED, "offline_access"])
    ends = timezone.now() + timedelta(hours=1)
    consents.keep(through, Tokens(access.token, ends, renews), world.desk.address, None)
    return through


def received(world: World) -> list[EmailMessage]:
    return [message_from_bytes(content, policy=policy.default) for _, _, content in world.sent]


@pytest.mark.requirement("R71", "R73", "R106")
@pytest.mark.parametrize("kind", [server, by_application])
def test_a_mail_leaves_under_the_senders_name_and_address(world: World, kind: Any) -> None:
    through = kind(world)
    (mail,) = make.queue_mails(through, [CUSTOMER], text="Hëllo\n.\nBye", subject="Ünterwegs")
    assert send_due(through.pk) == SendResult(sent=1)
    (got,) = received(world)
    (sender,) = got["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Northgate IT, Support", world.desk.address)
    assert (got["Message-ID"], got["Subject"]) == (mail.message_id, "Ünterwegs")
    body = got.get_body(("plain",))
    assert body is not None and body.get_content().split()[:3] == ["Hëllo", ".", "Bye"]
    mail.refresh_from_db()
    (attempt,) = mail.attempts.all()
    assert (mail.state, attempt.server) == ("sent", f"127.0.0.1:{world.server.server_port}")
    assert len(world.lies_in("sentitems")) == 1


@pytest.mark.requirement("R73")
def test_a_sample_mail_shows_whether_it_works(world: World) -> None:
    through = server(world)
    assert sample(through, CUSTOMER).ok
    assert received(world)[0]["From"].addresses[0].addr_spec == world.desk.address
    world.fault("policy", "disabled")
    shown = sample(through, CUSTOMER)
    assert not shown.ok and "Set-OrganizationConfig" in shown.words and shown.answer


@pytest.mark.requirement("R76")
def test_consent_proxy_and_debug_work_together_and_debug_holds_no_secret(world: World) -> None:
    if why := missing("http"):
        pytest.skip(why)
    with RealProxy("http", login=True) as proxy:
        asked = proxy.proxy
        ProxySettings.objects.create(
            host=asked.host, port=asked.port, username=asked.username, password=asked.password
        )
        through = by_person(world, proxy=True, debug_until=timezone.now() + timedelta(hours=1))
        first = ServerConsent.objects.get(server=through).access_token
        world.cloud.tokens.access.pop(first)  # taken back at the provider, as by a new password
        (mail,) = make.queue_mails(through, [CUSTOMER])
        assert send_due(through.pk) == SendResult(sent=1)
        assert f"127.0.0.1:{world.server.server_port}" in proxy.log.read_text()
    assert received(world)[0]["Message-ID"] == mail.message_id
    make.wait_until(lambda: WireLog.objects.filter(server_id=through.pk).count() > 1)
    texts = "".join(WireLog.objects.filter(server_id=through.pk).values_list("text", flat=True))
    assert "POST /EWS/Exchange.asmx" in texts and "CreateItem" in texts and "401" in texts
    for secret in (
        first,
        ServerConsent.objects.get(server=through).access_token,
        SECRET,
        asked.password,
        PASSWORD,
    ):
        assert secret not in texts


def test_many_mails_leave_and_each_once(world: World) -> None:
    world.cloud.limits.sent_per_minute = 1000
    through = server(world)
    mails = make.queue_mails(through, [f"p{number}@customer.example" for number in range(40)])
    assert send_due(through.pk) == SendResult(sent=40)
    assert sorted(str(one["Message-ID"]) for one in received(world)) == sorted(
        one.message_id for one in mails
    )


def test_a_busy_server_keeps_the_mails_and_a_refused_one_fails_alone(world: World) -> None:
    through = server(world, connections=1)
    first, second = make.queue_mails(through, [CUSTOMER, "otto@customer.example"])
    world.fault("busy", 0.05, "CreateItem")
    found = send_due(through.pk)
    assert found.sent == 0 and "patience" in found.trouble
    world.fault("refuse", "ErrorSendAsDenied", "CreateItem")
    make.send_until_none_is_queued(through)
    first.refresh_from_db()
    second.refresh_from_db()
    assert {first.state, second.state} == {"failed", "sent"}
    failed = first if first.state == "failed" else second
    assert "Add-RecipientPermission" in failed.reason and len(world.sent) == 1


def told() -> list[str]:
    return list(BellNotice.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.requirement("R106")
def test_the_end_of_ews_rests_the_server_tells_once_and_gives_up_no_mail(world: World) -> None:
    through = server(world)
    administrator = make.technician("Ada Admin")
    Grant.objects.create(person=administrator, role=Role.objects.get(name="SDAdmin"))
    rule, _ = NotificationRule.objects.get_or_create(event="application_error", defaults={"enabled": False})
    RuleTechnician.objects.create(rule=rule, person=administrator)
    make.queue_mails(through, [CUSTOMER, "bo@customer.example"])
    OutboxMail.objects.update(give_up_at=timezone.now() - timedelta(days=3))
    world.fault("policy", "blocked", times=None)
    result = send_due(through.pk)
    assert BLOCKED in result.trouble and result.failed == 0
    asked = len(world.operations())
    for _ in range(3):  # it rests: nothing is asked
        assert send_due(through.pk).trouble == "" and upkeep.due_servers() == []
    assert len(world.operations()) == asked
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {"queued"}, "however old they are"
    assert told() == ["sending_stopped"], "once"
    words = words_of(BellNotice.objects.get())
    assert words.title == "The server of IT Help Desk sends no mail any more" and BLOCKED in words.text
    assert not OutboxMail.objects.filter(event="sending_stopped"), "it could leave by this server alone"
    fares = server_look.fares([OutgoingServer.objects.get()])[through.pk]
    assert fares.look == "ended" and "Set-OrganizationConfig -EwsAllowedAppIDs" in fares.reason

    OutgoingServerState.objects.update(not_before=timezone.now())  # an hour later it is tried by itself
    assert upkeep.due_servers() == [through.pk] and BLOCKED in send_due(through.pk).trouble
    assert asked < len(world.operations()) <= 2 * asked and told() == ["sending_stopped"]
    wait = OutgoingServerState.objects.get().not_before - timezone.now()
    assert timedelta(minutes=50) < wait <= timedelta(hours=1)

    world.cloud.faults.clear()
    service_ended.try_now(through)
    assert send_due(through.pk).sent >= 2
    assert told() == ["sending_stopped", "sending_regained"]
    assert "lets Deskpost in again" in words_of(BellNotice.objects.order_by("pk")[1]).text
    again = OutboxMail.objects.get(event="sending_regained")
    assert "its provider lets Deskpost in again" in again.text
    assert server_look.fares([OutgoingServer.objects.get()])[through.pk].look == "sending"
    make.queue_mails(through, [CUSTOMER])
    send_due(through.pk)
    assert told() == ["sending_stopped", "sending_regained"]


def test_other_trouble_after_the_end_of_ews_gives_up_nothing_that_waited(world: World) -> None:
    through = server(world)
    make.queue_mails(through, [CUSTOMER])
    OutboxMail.objects.update(give_up_at=timezone.now() - timedelta(days=3))
    world.fault("policy", "blocked", times=None)
    send_due(through.pk)
    world.cloud.faults.clear()
    world.fault("status", 503, times=None)
    service_ended.try_now(through)
    assert send_due(through.pk).trouble
    mail = OutboxMail.objects.get()
    assert mail.state == "queued" and mail.give_up_at > timezone.now() + timedelta(days=1)
    assert server_look.fares([OutgoingServer.objects.get()])[through.pk].look != "ended"


def test_saving_the_settings_tries_at_once_and_the_list_hears_by_another_server(world: World) -> None:
    through = server(world)
    dana = make.technician("Dana", "dana@desk.example")
    rule, _ = NotificationRule.objects.get_or_create(event="application_error", defaults={"enabled": False})
    RuleTechnician.objects.create(rule=rule, person=dana)
    other = make.server(name="Other", instance=make.Instance.objects.create(name="HR Desk"))
    make.queue_mails(through, [CUSTOMER])
    world.fault("policy", "blocked", operation="CreateItem", times=None)
    send_due(through.pk)
    said = OutboxMail.objects.get(event="sending_stopped")
    assert said.server == other and said.to == [["Dana", "dana@desk.example"]]
    assert BLOCKED in said.text and "Set-OrganizationConfig" in said.text
    assert OutboxMail.objects.get(server=through).state == "queued"
    world.cloud.faults.clear()
    server_rules.after_saving(through)
    assert OutgoingServerState.objects.get(server=through).ended_since is None
    assert send_due(through.pk).sent == 1


def test_an_application_on_its_own_that_is_kept_out_sends_by_itself_once_it_may(world: World) -> None:
    outgoing = by_application(world)
    Grant.objects.create(person=make.technician("Ada Admin"), role=Role.objects.get(name="SDAdmin"))
    (mail,) = make.queue_mails(outgoing, [CUSTOMER])
    world.fault("status", 403, times=None)
    assert "does not let it use EWS" in send_due(outgoing.pk).trouble
    assert not ServerConsent.objects.filter(server=outgoing).exclude(lost_at=None).exists()
    state = OutgoingServerState.objects.get(server=outgoing)
    assert state.ended_since is not None and "Set-CASMailbox" in state.reason
    assert state.not_before <= timezone.now() + timedelta(hours=1), "then it is tried again"
    OutgoingServerState.objects.update(not_before=timezone.now())
    send_due(outgoing.pk)
    assert told() == ["sending_stopped"], "once"
    world.cloud.faults.clear()
    service_ended.try_now(outgoing)
    assert send_due(outgoing.pk) == SendResult(sent=1), "nobody had to connect"
    mail.refresh_from_db()
    assert mail.state == "sent"
    assert OutgoingServerState.objects.get(server=outgoing).ended_since is None
