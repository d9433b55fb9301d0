"""The spam filter over a whole way: mails lie at a real Dovecot, an administrator saves rules, what fits is dropped."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.urls import reverse

from deskpost.desk.conversations import Conversation
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound import reprocess
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailAct, MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import NotDone, seen_of
from deskpost.inbound.rules import ANY, Criterion, Rule
from deskpost.inbound.spam import acts as spam_acts
from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.spam import trial as rule_trial
from deskpost.inbound.spam.rules import SpamRule
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.inbound.builders import account, mail, mailbox
from tests.outbound.builders import server
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.usefixtures("database")
AWAY = ("subject", "contains", "Out of office, Not in today")


@pytest.fixture
def admin() -> Person:
    """Give an administrator."""
    return builders.person("Priya Raman", "priya@msp.example", "SDAdmin")


def define(admin: Person, name: str, match: str, *lines: tuple[str, str, str]) -> SpamRule:
    """Save a rule as the page does."""
    form: dict[str, Any] = {"name": name, "match": match, "act": "save"}
    for place, (field, condition, values) in enumerate(lines):
        form |= {f"field-{place}": field, f"condition-{place}": condition, f"values-{place}": values}
    answer = builders.signed_in(admin).post(reverse("spam_rule_new"), form)
    assert answer.status_code == 303, answer.content.decode()
    return SpamRule.objects.get(name=name)


def dovecot_box(dovecot: Dovecot) -> Mailbox:
    """Make a mailbox at a real Dovecot."""
    user = dovecot.new_user()
    return mailbox(f"Box {user}", port=dovecot.imap, tls="none", username=user, password=PASSWORD)


def take_in(dovecot: Dovecot, box: Mailbox, *raws: bytes) -> list[str]:
    """Put mails into the mailbox, fetch and process them, and give what became of each."""
    before = InboundMessage.objects.count()
    dovecot.deliver_many(box.username, list(raws))
    found = fetch(box.pk)
    assert found.failure is None, found.failure
    process(box.pk)
    return list(MailOutcome.objects.order_by("pk").values_list("kind", flat=True)[before:])


@pytest.mark.requirement("R112")
def test_an_absence_note_on_a_request_is_dropped_and_joins_nothing(dovecot: Dovecot, admin: Person) -> None:
    account("Acme", "acme.example")
    box = dovecot_box(dovecot)
    assert take_in(dovecot, box, mail()) == ["request"]
    define(admin, "Away", "any", AWAY)
    note = mail(
        message_id="<2@acme.example>",
        subject="Out of Office: Re: ##RE-1##",
        Auto_Submitted="auto-replied",
        In_Reply_To="<1@acme.example>",
    )
    assert take_in(dovecot, box, note) == ["dropped"]
    assert Record.objects.count() == Conversation.objects.count() == 1
    outcome = MailOutcome.objects.get(kind="dropped")
    rule = SpamRule.objects.get()
    assert outcome.decided_by == {
        "kind": "spamrule",
        "id": rule.pk,
        "name": "Away",
        "value": "Match ANY: Subject contains “Out of office”, “Not in today”",
    }
    assert outcome.trace[-1][:3] == [
        "spam filter",
        "dropped",
        "The spam rule “Away” fits: Subject contains “Out of office”.",
    ]


@pytest.mark.requirement("R113")
@pytest.mark.parametrize(
    ("match", "kinds"),
    [
        ("all", ["request", "request", "dropped", "request"]),
        ("any", ["dropped", "dropped", "dropped", "request"]),
    ],
)
def test_two_lines_are_joined_by_all_or_by_any(
    dovecot: Dovecot, admin: Person, match: str, kinds: list[str]
) -> None:
    box = dovecot_box(dovecot)
    define(admin, "Offers", match, ("subject", "contains", "offer"), ("sender_domain", "is", "promo.example"))
    raws = (
        mail(message_id="<1@x>", subject="An offer"),
        mail(message_id="<2@x>", sender="a@promo.example", subject="Hello"),
        mail(message_id="<3@x>", sender="a@promo.example", subject="OFFER"),
        mail(message_id="<4@x>", subject="Printer"),
    )
    assert take_in(dovecot, box, *raws) == kinds


@pytest.mark.requirement("R116")
def test_both_entries_of_a_subject_drop_and_a_third_subject_does_not(dovecot: Dovecot, admin: Person) -> None:
    box = dovecot_box(dovecot)
    define(admin, "Away", "any", AWAY)
    raws = (
        mail(message_id="<1@x>", subject="Out of office until Monday"),
        mail(message_id="<2@x>", subject="I am not in today"),
        mail(message_id="<3@x>", subject="=?utf-8?q?=4Fut_of_office?="),
        mail(message_id="<4@x>", subject="In the office today"),
    )
    assert take_in(dovecot, box, *raws) == ["dropped", "dropped", "dropped", "request"]


@pytest.mark.requirement("R115")
def test_a_mail_is_dropped_only_when_none_of_the_entries_of_a_negative_condition_fits(
    dovecot: Dovecot, admin: Person
) -> None:
    box = dovecot_box(dovecot)
    define(admin, "Neither", "any", ("subject", "does not contain", "a, b"))
    subjects = ("xax", "xbx", "ab", "xyz")
    raws = [mail(message_id=f"<{one}@x>", subject=one) for one in subjects]
    assert take_in(dovecot, box, *raws) == ["request", "request", "request", "dropped"]


def test_the_first_rule_in_order_decides_and_one_that_is_off_or_of_another_instance_does_not(
    admin: Person,
) -> None:
    box = mailbox()
    first = define(admin, "First", "any", AWAY)
    second = define(admin, "Second", "any", AWAY)
    other = Instance.objects.create(name="Facilities")
    mine = SpamRule(instance=other)
    spam_rules.save(
        None, "page", mine, {"name": "Theirs", "criteria": [Criterion("to", "contains", ("@",)).as_stored()]}
    )

    def decided(number: int) -> str | None:
        deliver(box, mail(message_id=f"<{number}@x>", subject=f"Out of office {number}"))
        by = MailOutcome.objects.latest("pk").decided_by
        return by["name"] if by else None

    assert decided(1) == "First"
    client = builders.signed_in(admin)
    client.post(reverse("spam_rule_move", args=[second.pk]), {"by": "up"})
    assert decided(2) == "Second"
    client.post(reverse("spam_rule_switch", args=[second.pk]), {"on": "0"})
    assert decided(3) == "First"
    client.post(reverse("spam_rule_remove", args=[first.pk]))
    assert decided(4) is None


def test_a_rule_on_the_verdict_drops_what_the_trusted_server_says_is_forged(admin: Person) -> None:
    box = mailbox(trusted_authserv_ids=["mx.desk.example"])
    results = "mx.desk.example; dmarc={} header.from=acme.example"

    def comes(number: int, verdict: str) -> str:
        raw = mail(message_id=f"<{number}@x>", text=str(number), sender="ute@acme.example")
        said = f"Authentication-Results: {results.format(verdict)}\r\n".encode()
        return str(deliver(box, said + raw)["outcome"]["kind"])

    assert comes(1, "fail") == "request"
    criterion = Criterion("authenticity", "is", ("FAIL",))
    trial = rule_trial.on_last_mails(Rule("Forged", ANY, (criterion,)), None, InboundMessage.objects.all())
    assert len(trial.fitting) == 1
    define(admin, "Forged", "any", ("authenticity", "is", "fail"))
    assert [comes(2, "fail"), comes(3, "pass")] == ["dropped", "request"]


def test_a_pattern_that_never_ends_holds_up_no_mail_and_the_trace_says_so(admin: Person) -> None:
    box = mailbox()
    define(admin, "Endless", "any", ("body", "matches", "(.*a){20}$"))
    told = deliver(box, mail(text="ab" * 60_000))
    assert told["outcome"]["kind"] == "request"
    line = next(step for step in told["steps"] if step["step"] == "spam filter")
    assert line["verdict"] == "remark"
    assert line["reason"] == (
        "1 rule, 1 criterion, none fits. A rule ran out of time over this mail (“Endless”: Body matches “(.*a){20}$”), "
        "and what was not decided counts as not fitting. To do: make it simpler."
    )
    assert deliver(box, mail(message_id="<2@x>"))["outcome"]["kind"] == "request"


def test_a_dropped_mail_is_processed_after_all_and_never_dropped_again(admin: Person) -> None:
    box = mailbox()
    define(admin, "Away", "any", AWAY)
    deliver(box, mail(subject="Out of office"))
    outcome = MailOutcome.objects.get()
    url = reverse("trace_again", args=[outcome.pk])
    builders.signed_in(admin).post(url, {"seen": seen_of(outcome)})
    process(box.pk)
    outcome = MailOutcome.objects.get()
    assert (outcome.kind, outcome.decided_by) == ("request", None)
    assert ["spam filter", "passed", "Not asked: a person had this mail processed after all"] in [
        line[:3] for line in outcome.trace
    ]
    act = MailAct.objects.get()
    assert act.kind == "after_all" and act.before is not None and act.before["kind"] == "dropped"
    assert MailOutcome.objects.get().kind == "request"


def test_a_mail_that_was_refused_is_dropped_when_a_rule_came_before_it_was_processed_again(
    admin: Person,
) -> None:
    box = mailbox(new_requests_disabled=True)
    deliver(box, mail(subject="Out of office"))
    outcome = MailOutcome.objects.get()
    assert outcome.kind == "refused"
    define(admin, "Away", "any", AWAY)
    reprocess.process_again(outcome.pk, admin, seen_of(outcome))
    process(box.pk)
    dropped = MailOutcome.objects.get()
    assert dropped.kind == "dropped"
    reprocess.process_again(outcome.pk, admin, seen_of(dropped))
    process(box.pk)
    refused = MailOutcome.objects.get()
    assert refused.kind == "refused"
    reprocess.process_again(outcome.pk, admin, seen_of(refused))
    process(box.pk)
    assert MailOutcome.objects.get().kind == "refused", "once taken up after all, no rule drops it again"


# This is spam


@pytest.fixture
def request_by_mail() -> Iterator[Record]:
    """Give a request with two mails of the same stranger, whose receipt has not left yet."""
    server()
    box = mailbox()
    deliver(box, mail(sender="eve@spam.example"))
    deliver(box, mail(sender="eve@spam.example", message_id="<2@x>", In_Reply_To="<1@acme.example>"))
    yield Record.objects.get()


def test_a_request_that_is_spam_goes_with_its_mails_and_comes_back_whole(
    request_by_mail: Record, admin: Person
) -> None:
    before = list(
        MailOutcome.objects.order_by("pk").values("kind", "record_id", "conversation_id", "account_id")
    )
    assert [one["kind"] for one in before] == ["request", "conversation"]
    done = spam_acts.this_is_spam(request_by_mail.pk, admin)
    assert (done.mails, done.unsent) == (2, OutboxMail.objects.filter(state="cancelled").count())
    assert set(MailOutcome.objects.values_list("kind", "record", "conversation")) == {("dropped", None, None)}
    request_by_mail.refresh_from_db()
    assert request_by_mail.deleted_at is not None
    second = MailOutcome.objects.latest("pk")
    assert spam_acts.process_after_all(second.pk, admin, seen_of(second)) == request_by_mail.number
    after = list(
        MailOutcome.objects.order_by("pk").values("kind", "record_id", "conversation_id", "account_id")
    )
    assert after == before
    request_by_mail.refresh_from_db()
    assert request_by_mail.deleted_at is None
    assert request_by_mail.history.count() == 3, "opened, spam, no spam"


def test_an_answer_to_spam_opens_no_request_that_is_gone(request_by_mail: Record, admin: Person) -> None:
    spam_acts.this_is_spam(request_by_mail.pk, admin)
    third = mail(sender="eve@spam.example", message_id="<3@x>", In_Reply_To="<1@acme.example>", text="More.")
    told = deliver(Mailbox.objects.get(), third)
    assert told["outcome"]["kind"] == "request"
    assert told["outcome"]["record"] != f"RE-{request_by_mail.number}"


def test_what_people_have_written_in_is_no_spam(request_by_mail: Record, admin: Person) -> None:
    Conversation.objects.create(
        record=request_by_mail,
        account=request_by_mail.account,
        direction="note",
        author=admin,
        at=request_by_mail.created_at,
        text="I know her.",
    )
    with pytest.raises(NotDone, match="People have written in this request"):
        spam_acts.this_is_spam(request_by_mail.pk, admin)
    request_by_mail.refresh_from_db()
    assert request_by_mail.deleted_at is None


def test_a_mail_that_went_with_its_request_is_put_nowhere_else(
    request_by_mail: Record, admin: Person
) -> None:
    done = spam_acts.this_is_spam(request_by_mail.pk, admin)
    deliver(Mailbox.objects.get(), mail(message_id="<9@x>", subject="Another"))
    other = Record.objects.exclude(pk=request_by_mail.pk).get()
    outcome = MailOutcome.objects.get(pk=done.mail_id)
    for act in (
        lambda: reprocess.move(outcome.pk, other.pk, admin, seen_of(outcome)),
        lambda: reprocess.open_own(outcome.pk, admin, seen_of(outcome), lambda *_: True),
    ):
        with pytest.raises(NotDone, match="dropped together with its request"):
            act()
    page = builders.signed_in(admin).get(reverse("trace_mail", args=[outcome.pk])).content.decode()
    assert "Process after all" in page and "Make it a request of its own" not in page


# Trying before saving


def test_a_trial_finds_what_saving_would_drop_and_writes_nothing(database: str, admin: Person) -> None:
    box = mailbox()
    subjects = ["Printer", "Out of office until Monday", "Not in today", "Scanner", "Re: out of  OFFICE"]
    for number, subject in enumerate(subjects):
        deliver(box, mail(message_id=f"<{number}@x>", subject=subject, text=f"Text {number}"))
    rule = Rule("Away", ANY, (Criterion("subject", "contains", ("Out of office", "Not in today")),))

    def written() -> tuple[Any, ...] | None:
        with psycopg.connect(database) as own:
            own.execute("SELECT pg_stat_force_next_flush()")
            return own.execute(
                "SELECT sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) FROM pg_stat_user_tables"
            ).fetchone()

    connection.close()  # flushes this session's counts
    before = written()
    saved = Rule("Away", ANY, (Criterion("subject", "contains", ("Not in today",)),))
    trial = rule_trial.on_last_mails(rule, saved, InboundMessage.objects.all())
    connection.close()
    assert written() == before
    assert (trial.looked_at, trial.whole, trial.late) == (5, True, 0)
    assert {one.subject for one in trial.fitting} == {
        "Out of office until Monday",
        "Not in today",
        "Re: out of  OFFICE",
    }
    assert all(one.became_request for one in trial.fitting)
    assert {one.subject for one in trial.fitting if one.newly} == {
        "Out of office until Monday",
        "Re: out of  OFFICE",
    }
    marked = next(one for one in trial.fitting if one.subject == "Not in today")
    assert marked.marks == (0, 12)


def test_a_trial_ends_in_time_also_within_a_mail(monkeypatch: pytest.MonkeyPatch, admin: Person) -> None:
    box = mailbox()
    for number in range(2):
        deliver(box, mail(message_id=f"<{number}@x>", text=f"{number} " + "ab" * 60_000))
    monkeypatch.setattr(rule_trial, "SECONDS", 0.1)  # of which each of these patterns takes a half
    endless = tuple(f"(.*a){{{count}}}$" for count in range(20, 30))
    rule = Rule("Endless", ANY, (Criterion("body", "matches", endless),))
    trial = rule_trial.on_last_mails(rule, None, InboundMessage.objects.all())
    assert not trial.whole and (trial.looked_at, trial.late, trial.fits_all) == (0, 0, False)


def test_a_trial_finds_what_the_filter_finds_beside_a_slow_rule(admin: Person) -> None:
    box = mailbox()
    deliver(box, mail(text="ab" * 60_000, subject="Out of office"))
    define(admin, "Endless", "any", ("body", "matches", "(.*a){20}$"))
    lines = (("body", "matches", "(.*a){19}$"), ("subject", "matches", "^out of"))
    criteria = tuple(Criterion(field, condition, (entry,)) for field, condition, entry in lines)
    trial = rule_trial.on_last_mails(Rule("Away", ANY, criteria), None, InboundMessage.objects.all())
    assert (len(trial.fitting), trial.late) == (1, 1)
    define(admin, "Away", "any", *lines)
    told = deliver(box, mail(message_id="<2@x>", text="2 " + "ab" * 60_000, subject="Out of office"))
    assert told["outcome"]["kind"] == "dropped"
    reason = told["steps"][-1]["reason"]
    assert "“Endless”: Body matches" in reason and "“Away”: Body matches “(.*a){19}$”" in reason


def test_a_rule_that_fits_every_mail_is_warned_of_before_it_is_saved(admin: Person) -> None:
    box = mailbox()
    for number in range(3):
        deliver(box, mail(message_id=f"<{number}@x>", subject=f"Printer {number}"))
    form = {
        "name": "All",
        "match": "any",
        "act": "try",
        "field-0": "subject",
        "condition-0": "does not contain",
    }
    page = builders.signed_in(admin).post(reverse("spam_rule_new"), form | {"values-0": "viagra"})
    assert "The rule fits all of the last 3 mails: none of them would have come in." in page.content.decode()
    page = builders.signed_in(admin).post(reverse("spam_rule_new"), form | {"values-0": "Printer 1"})
    assert page.status_code == 200 and "The rule fits all" not in page.content.decode()


def test_the_database_takes_no_rule_that_is_none() -> None:
    instance = Instance.objects.get()
    good = {"field": "subject", "condition": "contains", "values": ["a"]}
    wrong: list[Any] = [
        {},
        [],
        [1],
        [good] * 21,
        [{**good, "field": "verdict"}],
        [{**good, "field": "header:a b"}],
        [{**good, "condition": "equals"}],
        [{**good, "values": []}],
        [{**good, "values": [""]}],
        [{**good, "values": [1]}],
        [{**good, "values": "a"}],
        [{"field": "subject", "condition": "contains"}],
    ]
    for criteria in wrong:
        with pytest.raises(Exception, match="spam_rule_criteria"), transaction.atomic():
            SpamRule.objects.create(instance=instance, name="x", position=1, criteria=criteria)
    SpamRule.objects.create(
        instance=instance, name="x", position=1, criteria=[{**good, "field": "header:X-A"}]
    )
    with pytest.raises(Exception, match="spam_rule_name_once"), transaction.atomic():
        SpamRule.objects.create(instance=instance, name="X", position=2, criteria=[good])
