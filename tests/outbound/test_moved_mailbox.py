"""A server that gets another mailbox or protocol: what may have been sent from the old one is held for a person."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from deskpost import settings_file
from deskpost.console import settings_restoring
from deskpost.desk import settings, settings_history
from deskpost.desk.settings_history import Wanted
from deskpost.outbound import fate, outbox_acts, outbox_queues, queue, server_acts, server_settings, upkeep
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import send_due
from deskpost.outbound.server_scopes import scope_of
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tries import Outcome
from tests.outbound import builders as make
from tests.outbound.graph_desk import CUSTOMER, DESK, Desk
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")
OTHER = "service@contoso.example"
AT = "https://login.microsoftonline.com/common/oauth2/v2.0"
BY_SMTP = {
    **{"protocol": "smtp", "tls": "none", "server": "127.0.0.1", "authentication": "none"},
    **{"username": "", "graph_endpoint": "", "client_id": "", "client_secret": "", "ca_file": ""},
}


def by_page(server: OutgoingServer, folder: Path) -> None:
    scope = scope_of(server)
    values = {**server_settings.values_of(scope), "mailbox_to_open": OTHER}
    server_acts.save(None, "page", scope, values, server_settings.seen(scope))


def by_file(server: OutgoingServer, folder: Path) -> None:
    file = folder / "settings.yaml"
    file.write_text(f"outgoing:\n  - name: {server.name}\n    mailbox: {OTHER}\n")
    settings_file.apply(settings_file.read(file))


def by_history(server: OutgoingServer, folder: Path) -> None:
    oldest = settings_history.versions(Wanted(("outgoingserver",), row=server.pk), 9)[-1]
    settings_restoring.restore(make.technician("Ada"), oldest)


def states(*mails: OutboxMail) -> list[str]:
    for mail in mails:
        mail.refresh_from_db()
    return [mail.state for mail in mails]


@pytest.mark.parametrize("save", [by_page, by_file, by_history])
def test_what_may_have_been_sent_from_another_mailbox_is_held_whoever_saves_the_new_one(
    desk: Desk, save: Callable[[OutgoingServer, Path], None], tmp_path: Path
) -> None:
    sign_in = {"authorization_url": f"{AT}/authorize", "token_url": f"{AT}/token", "scope": "Mail.Send"}
    server = desk.server(mailbox_to_open=OTHER, **sign_in)
    settings.change(None, "page", server, {"mailbox_to_open": ""})
    priya = make.technician("Priya")
    (lost,) = make.queue_mails(server, [CUSTOMER])
    desk.fault("lost_answer", path="/sendMail$")
    send_due(server.pk)
    held, new, decided, drafted = make.queue_mails(server, [CUSTOMER] * 4)
    (of_pool,) = make.queue_mails(server, [CUSTOMER], sending_class=3, automatic=True)
    unknown = {"unknown_fate": True, "tries": 1}
    OutboxMail.objects.filter(pk=held.pk).update(state="held", looks=fate.ENOUGH, reason="Likely.", **unknown)
    OutboxMail.objects.filter(pk=decided.pk).update(looks=fate.ENOUGH, **unknown)
    OutboxMail.objects.filter(pk=drafted.pk).update(draft_id="of the old mailbox")
    OutboxMail.objects.filter(pk=of_pool.pk).update(sent_from="pool@contoso.example", **unknown)
    server.refresh_from_db()
    save(server, tmp_path)
    assert states(lost, held, new, decided, drafted) == ["held", "held", "queued", "queued", "queued"]
    assert states(of_pool) == ["queued"] and drafted.draft_id == "", "that mailbox is asked on"
    for mail in (lost, held):
        assert f"into Sent Items of {DESK};" in mail.reason and mail.reason.count("To do:") == 1
        assert not outbox_acts.look_again(mail.pk, priya), "it would be looked for in the wrong place"
    OutboxMail.objects.exclude(pk=lost.pk).delete()
    assert send_due(server.pk).sent == 0 and len(desk.sent) == 1
    assert outbox_acts.was_sent(lost.pk, priya) and states(lost) == ["sent"]


def test_with_another_protocol_nothing_that_may_have_been_sent_leaves_a_second_time_by_itself(
    desk: Desk, smtp_sink: SmtpSink
) -> None:
    server = desk.server()
    mails = make.queue_mails(server, [CUSTOMER] * 4)
    (of_pool,) = make.queue_mails(server, [CUSTOMER], sending_class=3, automatic=True)
    OutboxMail.objects.filter(pk=of_pool.pk).update(
        sent_from="pool@contoso.example", unknown_fate=True, next_try_at=timezone.now() + timedelta(hours=1)
    )
    dead = make.queue_mails(server, [CUSTOMER])
    claimed = queue.claim(server.pk, "alive", 4)
    assert len(claimed) == 4 and queue.claim(server.pk, "dead", 4)
    settings.change(None, "page", server, {**BY_SMTP, "port": smtp_sink.port})
    told = [
        Outcome(mails[0].pk, "queued", {}, "Nobody knows.", True),
        Outcome(mails[1].pk, "queued", {}, "Not now."),
        Outcome(mails[2].pk, "sent", {}),
    ]
    queue.note("alive", told, [])
    queue.give_back("alive", [mails[3].pk])
    queue.release_dead("dead")
    assert states(*mails, *dead, of_pool) == ["held", "queued", "sent", "queued", "held", "held"]
    assert "Sent Items of pool@contoso.example" in of_pool.reason and DESK in mails[0].reason
    assert send_due(server.pk).sent == 2 == len(smtp_sink.received)
    assert outbox_acts.retry_now(mails[0].pk, make.technician("Priya"))
    assert send_due(server.pk).sent == 1, "a person said so"


def test_a_mail_that_is_looked_for_while_the_mailbox_changes_is_not_looked_for_in_the_new_one(
    desk: Desk,
) -> None:
    server = desk.server()
    desk.cloud.store.add_mailbox(OTHER, "Service", "secret", shared_with=[DESK])
    mails = make.queue_mails(server, [CUSTOMER] * 3)
    OutboxMail.objects.update(unknown_fate=True, tries=1, looks=fate.ENOUGH - 1)
    asked = desk.held("/messages")

    def send() -> None:
        send_due(server.pk, connections=1)
        connections.close_all()

    sending = threading.Thread(target=send)
    sending.start()
    asked.wait()
    settings.change(None, "page", server, {"mailbox_to_open": OTHER})
    asked.let_go()
    sending.join(60)
    assert {one.mailbox for one in desk.cloud.asked if one.path.endswith("/messages")} == {DESK}
    found = states(*mails)
    assert set(found) <= {"sent", "held"} and "held" in found, "what was asked in time may have left"
    assert found.count("sent") == len(desk.sent)


def test_a_queue_that_is_sent_through_another_server_leaves_behind_what_may_have_been_sent(
    desk: Desk, smtp_sink: SmtpSink
) -> None:
    server, priya = desk.server(), make.technician("Priya")
    other = make.server(smtp_sink.port, account=None, instance=make.Instance.objects.create(name="HR Desk"))
    lost, plain = make.queue_mails(server, [CUSTOMER] * 2)
    (chosen,) = make.queue_mails(server, [CUSTOMER], author_id=priya.pk)
    OutboxMail.objects.filter(pk=lost.pk).update(unknown_fate=True, tries=1)
    assert outbox_queues.look(server, other).undecided.number == 1
    moved = outbox_queues.move(server, other, priya)
    assert moved is not None and (moved.moved, moved.stays.undecided.number) == (2, 1)
    assert send_due(other.pk).sent == 2 == len(smtp_sink.received)
    lost.refresh_from_db()
    assert (lost.state, lost.server_id) == ("queued", server.pk) and states(plain, chosen) == ["sent"] * 2
    type(other).objects.filter(pk=server.pk).update(protocol="smtp", authentication="none")
    assert states(lost) == ["held"]


def test_what_may_have_been_sent_by_a_server_that_is_removed_waits_for_a_person(
    desk: Desk, smtp_sink: SmtpSink
) -> None:
    server, priya = desk.server(), make.technician("Priya")
    record = make.record(make.person("Ute", CUSTOMER))
    of = {"record_id": record.pk, "account_id": record.account_id}
    lost, held, plain = make.queue_mails(server, [CUSTOMER] * 3, **of)
    (notice,) = make.queue_mails(server, [CUSTOMER], sending_class=3, automatic=True, **of)
    OutboxMail.objects.exclude(pk=plain.pk).update(unknown_fate=True, tries=1)
    OutboxMail.objects.filter(pk=held.pk).update(state="held", looks=fate.ENOUGH, reason="Likely.")
    claimed = queue.claim(server.pk, "dying", 9)
    assert {mail.id for mail in claimed} == {lost.pk, plain.pk, notice.pk}
    queue.give_back("dying", [lost.pk, notice.pk, plain.pk])
    server_acts.remove(None, "page", server)
    other = make.server(smtp_sink.port)
    upkeep.take_up_held()
    assert states(lost, held, notice, plain) == ["held", "held", "held", "queued"]
    assert DESK in lost.reason and DESK in held.reason and lost.server_id is None
    assert send_due(other.pk).sent == 1 == len(smtp_sink.received)
    assert outbox_acts.retry_now(lost.pk, priya) and outbox_acts.was_sent(held.pk, priya)
    assert send_due(other.pk).sent == 1, "a person said so"
