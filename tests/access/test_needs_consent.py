"""A consent that is lost: the mailbox or server rests, its mail waits, people are told once, Reconnect goes on."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost import tick
from deskpost.access import consents
from deskpost.doctor import _asked, _sample
from deskpost.drain import drain
from deskpost.inbound.collecting import sampling
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.connectivity import needs_consent, outages, watch
from deskpost.inbound.describe import mailboxes_json
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState, due, start_fetching
from deskpost.outbound import server_consent, server_look, upkeep
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.pace import allowance
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer, ServerConsent
from deskpost.transports.errors import ConsentLost, TransportError
from tests.access import rows
from tests.access.conftest import MailServers
from tests.inbound.builders import mail
from tests.oauth.world import DESK, OTHER, World
from tests.outbound import builders as make

SPENT = timedelta(minutes=1)
STOPPED, REGAINED = "fetching_stopped", "connectivity_regained"


@pytest.fixture(autouse=True)
def people(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator who has the bell, a technician who gets the mails; and no waiting for others' tokens."""
    monkeypatch.setattr("deskpost.access.consents._READ_AGAIN_AFTER", 0.0)
    priya = make.person("Priya", technician=True)
    make.Grant.objects.create(person=priya, role=make.Role.objects.get(name="SDAdmin"))
    rule, _ = NotificationRule.objects.get_or_create(event="application_error", defaults={"enabled": False})
    RuleTechnician.objects.create(rule=rule, person=make.technician("Dana", "dana@desk.example"))


def told() -> list[str]:
    """Give what rang, and check that the list was written of it too."""
    rang = list(BellNotice.objects.order_by("pk").values_list("kind", flat=True))
    assert rang == list(
        OutboxMail.objects.filter(event__in=(STOPPED, REGAINED))
        .order_by("pk")
        .values_list("event", flat=True)
    )
    return rang


def taken_back(servers: MailServers) -> Mailbox:
    """Give a mailbox whose consent was taken back, which nobody knows yet."""
    box = servers.mailbox()
    rows.consented(servers.there, box, lasts=SPENT)
    servers.there.cloud.tokens.revoke(DESK)
    return box


@pytest.mark.pain("token-stops-renewing")
def test_a_mailbox_whose_consent_is_lost_rests_is_told_once_and_goes_on_after_reconnect(
    servers: MailServers,
) -> None:
    box = taken_back(servers)
    found = fetch(box.pk)
    assert isinstance(found.failure, ConsentLost) and "AADSTS50173" in found.failure.words
    assert told() == [STOPPED]
    notice = BellNotice.objects.get()
    assert words_of(notice).title == "Help needs consent" and "AADSTS50173" in words_of(notice).text
    said = OutboxMail.objects.get()
    assert said.subject == "Help is not fetched any more"
    assert "Reconnect" in said.text and "none is lost" in said.text

    asked = len(servers.there.cloud.asked)
    assert due() == [] and fetch(box.pk).failure is None
    tick.tick()
    assert needs_consent.tell() == [] and told() == [STOPPED]
    assert len(servers.there.cloud.asked) == asked, "nobody is asked in vain"
    (row,) = mailboxes_json()
    assert (row["state"], "AADSTS50173" in row["reason"], row["consecutive_failures"]) == (
        "needs_consent",
        True,
        0,
    )

    servers.dovecot.deliver("desk", mail())
    rows.consented(servers.there, box)
    needs_consent.regained(box)
    assert due() == [box.pk] and mailboxes_json()[0]["state"] == "fetching"
    found = fetch(box.pk)
    assert (found.failure, found.collected) == (None, 1)
    assert told() == [STOPPED, REGAINED]
    assert fetch(box.pk).failure is None and told() == [STOPPED, REGAINED]


def test_a_mailbox_that_rests_is_no_outage_and_not_silent(servers: MailServers) -> None:
    box = taken_back(servers)
    fetch(box.pk)
    MailboxState.objects.update(next_fetch_at=timezone.now() - timedelta(days=1))
    assert outages.not_begun() == [] and watch.find_silent() == [] and due() == []
    assert MailboxState.objects.get().failing_since is None


def test_a_fresh_token_that_the_mail_server_refuses_too_needs_consent(servers: MailServers) -> None:
    box = servers.mailbox()
    rows.consented(servers.there, box)
    servers.tokens.refuses = True
    assert isinstance(fetch(box.pk).failure, ConsentLost)
    assert MailboxConsent.objects.get().lost_at is not None and told() == [STOPPED]


def test_a_token_endpoint_that_is_away_is_an_outage_and_no_loss(servers: MailServers) -> None:
    box = servers.mailbox()
    rows.consented(servers.there, box, lasts=SPENT)
    servers.there.fault("status", 503)
    failure = fetch(box.pk).failure
    assert isinstance(failure, TransportError) and not isinstance(failure, ConsentLost)
    assert MailboxConsent.objects.get().lost_at is None and told() == []
    MailboxState.objects.update(next_fetch_at=timezone.now())
    assert fetch(box.pk).failure is None


def test_a_loss_that_somebody_met_who_only_looked_is_told_by_the_tick(servers: MailServers) -> None:
    box = taken_back(servers)
    with pytest.raises(ConsentLost):
        sampling.look(box)
    assert told() == []
    tick.tick()
    assert told() == [STOPPED]


def test_a_mailbox_that_is_off_is_told_of_when_fetching_starts(servers: MailServers) -> None:
    box = taken_back(servers)
    Mailbox.objects.update(fetching=False)
    with pytest.raises(ConsentLost):
        sampling.look(box)
    assert needs_consent.tell() == []
    start_fetching(None, "cli", Mailbox.objects.get())
    assert needs_consent.tell() == [box.name] and mailboxes_json()[0]["state"] == "needs_consent"


def test_a_second_loss_is_told_again(servers: MailServers) -> None:
    box = taken_back(servers)
    fetch(box.pk)
    rows.consented(servers.there, box, lasts=SPENT)
    needs_consent.regained(box)
    servers.there.cloud.tokens.revoke(DESK)
    fetch(box.pk)
    assert told() == [STOPPED, STOPPED]


def test_a_consent_given_while_a_fetch_fails_with_the_old_one_stays(servers: MailServers) -> None:
    box = servers.mailbox()
    rows.consented(servers.there, box)
    before = consents.consent_of(box)
    rows.consented(servers.there, box)
    assert needs_consent.lost(box, ConsentLost("The old one is refused."), before) is False
    assert MailboxConsent.objects.get().lost_at is None and told() == []


def test_the_doctor_says_what_a_mailbox_needs(servers: MailServers) -> None:
    box = taken_back(servers)
    found = _asked("mailbox Help", box, lambda: _sample(box), [])()
    assert not found.ok and "Reconnect" in found.words


def test_a_drain_tells_what_needs_consent_and_does_not_wait_for_it(servers: MailServers) -> None:
    box, out = taken_back(servers), servers.server()
    rows.consented(servers.there, out, who=OTHER, lasts=SPENT)
    servers.there.cloud.tokens.revoke(OTHER)
    make.queue_mails(out, ["waits@client.example"])
    for _ in range(2):
        done = drain(20.0)
        assert not done.timed_out
        fetched, queued = (one for one in done.troubles if "AADSTS50173" in one)
        assert fetched.startswith(f"{box.name} could not be fetched. ") and "Reconnect" in fetched
        assert queued.startswith("Outgoing: ") and "still queued" in queued and "Reconnect" in queued


def test_a_server_whose_consent_is_lost_keeps_its_mail_tells_once_and_sends_after_reconnect(
    servers: MailServers,
) -> None:
    out = servers.server()
    rows.consented(servers.there, out, lasts=SPENT)
    servers.there.cloud.tokens.revoke(DESK)
    make.queue_mails(out, ["waits@client.example"])
    OutboxMail.objects.update(give_up_at=timezone.now() - timedelta(hours=1))
    result = send_due(out.pk)
    assert result.sent == 0 and "AADSTS50173" in result.trouble
    mail_state = OutboxMail.objects.values_list("state", flat=True)
    assert list(mail_state) == ["queued"], "its mail waits, however old it is"
    assert [notice.kind for notice in BellNotice.objects.all()] == ["needs_consent"]
    assert words_of(BellNotice.objects.get()).title == "The server of IT Help Desk needs consent"
    asked = len(servers.there.cloud.asked)
    assert (
        upkeep.due_servers() == [] and allowance(out.pk, 5) == 0 and "AADSTS50173" in send_due(out.pk).trouble
    )
    assert server_consent.tell() == [] and len(servers.there.cloud.asked) == asked
    assert server_look.fares([out])[out.pk].look == "needs_consent"

    rows.consented(servers.there, out)
    server_consent.regained(out)
    assert OutboxMail.objects.get().give_up_at > timezone.now() + timedelta(days=1), "its whole time anew"
    assert upkeep.due_servers() == [out.pk] and send_due(out.pk).sent == 2, "and the list is told"
    assert server_look.fares([OutgoingServer.objects.get()])[out.pk].look == "sending"
    assert not OutboxMail.objects.filter(event="sending_stopped"), "it could leave by this server alone"


def test_the_list_hears_of_a_server_by_another_one_and_again_when_it_sends(servers: MailServers) -> None:
    out = servers.server()
    rows.consented(servers.there, out, lasts=SPENT)
    servers.there.cloud.tokens.revoke(DESK)
    other = make.server(name="Other", instance=make.Instance.objects.create(name="HR Desk"))
    make.queue_mails(out, ["waits@client.example"])
    send_due(out.pk)
    said = OutboxMail.objects.get(event="sending_stopped")
    assert said.server == other, "its own would not take it"
    assert said.subject == "IT Help Desk sends no mail any more" and "AADSTS50173" in said.text
    assert "To do: choose Reconnect" in said.text and said.to == [["Dana", "dana@desk.example"]]
    tick.tick()
    assert OutboxMail.objects.filter(event="sending_stopped").count() == 1

    other.delete()
    rows.consented(servers.there, out)
    server_consent.regained(out)
    assert send_due(out.pk).sent >= 1
    assert [one.kind for one in BellNotice.objects.order_by("pk")] == ["needs_consent", "sending_regained"]
    again = OutboxMail.objects.get(event="sending_regained")
    assert again.subject == "IT Help Desk sends mail again" and again.server == out
    make.queue_mails(out, ["next@client.example"])
    send_due(out.pk)
    assert OutboxMail.objects.filter(event="sending_regained").count() == 1


@pytest.mark.pain("token-stops-renewing")
def test_a_mailbox_s_loss_is_told_by_another_server_when_both_lose_their_consent(
    servers: MailServers,
) -> None:
    out = servers.server()
    rows.consented(servers.there, out, lasts=SPENT)
    box = servers.mailbox()
    rows.consented(servers.there, box, lasts=SPENT)
    servers.there.cloud.tokens.revoke(DESK)
    make.Instance.objects.create(name="HR Desk")
    other = make.server(name="Other", instance=make.Instance.objects.get(name="HR Desk"))
    make.server(name="A client's", account=make.account())
    make.queue_mails(out, ["waits@client.example"])
    send_due(out.pk)
    fetch(box.pk)
    assert OutboxMail.objects.get(event=STOPPED).server == other


def test_what_tells_of_a_mailbox_does_not_stay_at_a_server_that_turns_out_to_be_hit_as_well(
    servers: MailServers,
) -> None:
    """One tenant's consent is lost for both: the mailbox finds out first, and nobody knows of the server yet."""
    out = servers.server()
    rows.consented(servers.there, out, lasts=SPENT)
    box = servers.mailbox()
    rows.consented(servers.there, box, lasts=SPENT)
    servers.there.cloud.tokens.revoke(DESK)
    client = make.server(name="A client's", account=make.account())
    fetch(box.pk)
    told = OutboxMail.objects.get(event=STOPPED)
    assert told.server == out, "nothing is known against it"
    tick.tick()
    make.queue_mails(out, ["waits@client.example"])
    send_due(out.pk)
    tick.tick()
    assert set(OutboxMail.objects.values_list("server", flat=True)) == {out.pk}, (
        "never by a client's own server"
    )
    other = make.server(name="Other", instance=make.Instance.objects.create(name="HR Desk"))
    OutgoingServer.objects.filter(pk=other.pk).update(paused=True)
    tick.tick()
    assert OutboxMail.objects.get(event=STOPPED).server == out
    OutgoingServer.objects.filter(pk=other.pk).update(paused=False)
    tick.tick()
    moved = OutboxMail.objects.get(event=STOPPED)
    assert (moved.server, moved.sender_address, moved.message_id) == (other, other.reply_to, told.message_id)
    waits = OutboxMail.objects.get(to__contains=[["", "waits@client.example"]])
    assert waits.server == out, "what is for others stays"
    assert not OutboxMail.objects.filter(server=client)


def test_what_tells_of_troubles_leaves_by_a_server_that_can_be_reached(servers: MailServers) -> None:
    away = make.server(9)  # nothing listens there
    box = servers.mailbox()
    rows.consented(servers.there, box, lasts=SPENT)
    other = make.server(name="Other", instance=make.Instance.objects.create(name="HR Desk"))
    servers.there.cloud.tokens.revoke(DESK)
    fetch(box.pk)
    assert OutboxMail.objects.get(event=STOPPED).server == away
    assert send_due(away.pk).trouble
    tick.tick()
    assert OutboxMail.objects.get(event=STOPPED).server == other


@pytest.mark.pain("token-stops-renewing")
def test_a_client_secret_is_warned_of_30_7_and_1_days_before_once_each(there: World) -> None:
    box, out = rows.mailbox(there), rows.server(there)
    for row in (box, out):
        rows.consented(there, row)
    rang = {31: 0, 30: 2, 29: 2, 7: 4, 2: 4, 1: 6, 0: 6, -1: 6}
    for left, count in rang.items():
        ends = timezone.localdate() + timedelta(days=left)
        for model in (Mailbox, OutgoingServer):
            model.objects.update(client_secret_ends=ends)
        tick.tidy_up()
        tick.tidy_up()
        assert BellNotice.objects.filter(kind="secret_ends").count() == count, left
    assert words_of(BellNotice.objects.filter(kind="secret_ends")[0]).title.startswith(
        "The client secret of "
    )
    ends = timezone.localdate() + timedelta(days=400)
    Mailbox.objects.update(client_secret_ends=ends)
    tick.tidy_up()
    Mailbox.objects.update(client_secret_ends=ends - timedelta(days=380))
    tick.tidy_up()
    assert BellNotice.objects.filter(kind="secret_ends").count() == 7, "the new secret is warned of as well"
    assert MailboxConsent.objects.get().warned_days == 30 and ServerConsent.objects.get().warned_days == 1
    assert json.dumps(BellNotice.objects.filter(kind="secret_ends")[0].details)
