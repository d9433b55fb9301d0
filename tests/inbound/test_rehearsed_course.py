"""Rehearsal against the truth: what earlier mails would have left decides for the later ones."""

import io
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deskpost import settings_file
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound import rehearsal
from deskpost.inbound.deliver import deliver, read
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.settings_file import rehearsing
from tests.command_line import deskpost
from tests.inbound.builders import account, mail, mailbox

pytestmark = pytest.mark.usefixtures("database")
FIRE = "spam_rules:\n  - {name: Fire, criteria: [{field: subject, condition: contains, values: [fire]}]}\n"


def letter(number: int, **values: str) -> bytes:
    told = {"message_id": f"<{number}@acme.example>", "subject": f"Matter {number}", "text": f"text {number}"}
    return mail(**{**told, **values})


MAILS = [
    letter(1),
    letter(2, subject="Fire drill"),
    letter(3, sender="Bob <bob@acme.example>", In_Reply_To="<2@acme.example>", subject="Re: Fire drill"),
    letter(4, sender="x@stranger.example"),
    letter(5, sender="x@stranger.example", subject="Again"),
    letter(6, sender="y@else.example", subject="Re: ##RE-1##"),
    letter(7, subject="Re: ##RE-1##"),
    letter(8, sender="help2@desk.example"),
    letter(1),
    letter(10, Auto_Submitted="auto-replied", subject="Re: ##RE-1##"),
    letter(11, subject="Re: %%RE-1%%"),
    letter(12, sender="Z <z@new.example>", subject="Fire new"),
    letter(13, sender="Z <z@new.example>", subject="not"),
    letter(14, subject="Re: other matter", In_Reply_To="<2@acme.example>"),
    letter(15, subject="Re: more of it", In_Reply_To="<14@acme.example>"),
    letter(16, subject="Fire", text="twice"),
    letter(16, subject="Fire", text="twice"),
    letter(17, sender="q@third.example"),
    letter(18, sender="help2@desk.example", subject="fwd", In_Reply_To="<17@acme.example>"),
    letter(19, sender="q@third.example", subject="more", In_Reply_To="<17@acme.example>"),
]
FILES = {
    "spam": FIRE,
    "strict": "threading: {who_may_join: strict}\n",
    "open": "threading: {who_may_join: open}\n",
    "refuse": "threading: {unknown_senders: refuse}\n",
    "hold": "threading: {unknown_senders: hold}\n",
    "automatic": "threading: {auto_replies: end}\n",
    "delimiter": 'delimiters: {base: "%%"}\n',
    "no new": "mailboxes:\n  - {name: Help, new_requests: {disabled: true, allowed_domains: [acme.example]}}\n",
    "account": "mailboxes:\n  - {name: Help, account: Acme}\n",
    "addresses": "mailboxes:\n  - {name: Help, addresses: [help@desk.example, help2@desk.example]}\n",
}


def whole(text: str, tmp_path: Path, last: int = 1000) -> list[rehearsal.Judged]:
    path = tmp_path / "changed.yaml"
    path.write_text(text)
    changed = rehearsing.changed(settings_file.read(path))
    return list(rehearsal.rehearse(rehearsing.present(), changed, last, lambda done, of: None))


@pytest.mark.parametrize("name", FILES)
def test_what_is_rehearsed_is_what_the_same_mails_become_under_the_changed_settings(name, tmp_path):
    account("Acme", "acme.example")
    account("Brock", "brock.example")
    box = mailbox("Help", fetching=False)
    for one in MAILS:
        deliver(box, read(io.BytesIO(one), box))
    judged = whole(FILES[name], tmp_path)
    assert [one.present.kind for one in judged] == [one.became.kind for one in judged]
    assert [one.present.record_id for one in judged if one.present.kind == "conversation"] == [
        one.became.record_id for one in judged if one.became.kind == "conversation"
    ]
    rehearsed = [(one.changed.kind, one.changed.account_id) for one in judged]
    begun_anew(tmp_path)
    box = Mailbox.objects.get(name="Help")
    for one in MAILS:
        deliver(box, read(io.BytesIO(one), box))
    true = MailOutcome.objects.order_by("pk").values_list("kind", "sender_account")
    assert rehearsed == list(true)


def begun_anew(tmp_path: Path) -> None:
    """Take the mails away with all that they made, and set the settings that were rehearsed."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE inbound_message, mail_outcome, conversation, record, history_entry CASCADE")
        cursor.execute("DELETE FROM person_address")
        cursor.execute("SELECT setval('record_number_re', 1, false)")
    settings_file.apply(settings_file.read(tmp_path / "changed.yaml"))


@pytest.fixture
def box() -> Mailbox:
    account("Acme", "acme.example")
    return mailbox("Help", fetching=False)


def test_an_answer_to_what_would_be_dropped_is_a_request_and_what_answers_that_joins_it(box, tmp_path):
    deliver(box, letter(1, subject="Fire drill"))
    deliver(box, letter(2, subject="Re: it", In_Reply_To="<1@acme.example>"))
    deliver(box, letter(3, subject="Re: that", In_Reply_To="<2@acme.example>"))
    first, second, third = whole(FIRE, tmp_path)
    assert (first.changed.kind, second.changed.kind) == ("dropped", "request")
    assert (third.changed.kind, third.changed.record_id) == ("conversation", -second.mail.pk)
    told = deskpost("rehearse", tmp_path / "changed.yaml")
    assert f"conversation of the request that mail {second.mail.pk} would open" in told.out
    (*_, as_json) = deskpost("rehearse", tmp_path / "changed.yaml", "--json").json["differ"]
    assert as_json["changed"]["record_of_mail"] == second.mail.pk and as_json["changed"]["record"] is None


def test_a_mail_that_names_a_request_which_would_not_be_there_is_told_as_not_known(box, tmp_path):
    deliver(box, letter(1, subject="Fire drill"))
    deliver(box, letter(2, subject="Re: ##RE-1##"))
    assert whole(FIRE, tmp_path)[1].changed.unopened == ("RE-1",)
    told = deskpost("rehearse", tmp_path / "changed.yaml")
    assert "not known" in told.out and "1 name requests that would not have been opened" in told.out
    assert deskpost("rehearse", tmp_path / "changed.yaml", "--json").json["names_unopened"] == 1


def test_a_request_that_a_dropped_mail_opened_again_is_closed_for_the_next(box, tmp_path):
    deliver(box, letter(1))
    record, closed = Record.objects.get(), Status.objects.get(kind="closed")
    now = timezone.now()
    HistoryEntry.objects.create(
        record=record,
        account_id=record.account_id,
        at=now,
        by="Ann",
        via="page",
        changes=[["Status", record.status.name, closed.name]],
    )
    Record.objects.update(status=closed, closed_at=now)
    deliver(box, letter(2, subject="Fire", In_Reply_To="<1@acme.example>"))
    deliver(box, letter(3, subject="Re: it", In_Reply_To="<1@acme.example>"))
    _, second, third = whole(FIRE, tmp_path)
    assert (second.present.reopens, third.present.reopens) == (True, False)
    assert (second.changed.kind, third.changed.kind, third.changed.reopens) == (
        "dropped",
        "conversation",
        True,
    )


def test_only_what_the_rehearsed_mails_left_is_left_out(box, tmp_path):
    deliver(box, letter(1, sender="eve@elsewhere.example"))
    deliver(box, letter(2, sender="eve@elsewhere.example"))
    hold = "threading: {unknown_senders: hold}\n"
    assert [one.changed.kind for one in whole(hold, tmp_path)] == ["held", "held"]
    assert [one.changed.kind for one in whole(hold, tmp_path, last=1)] == ["request"]
    assert Person.objects.filter(name="eve@elsewhere.example").exists()
    assert Conversation.objects.count() == 2


def test_each_further_mail_asks_a_few_questions_at_most(box, tmp_path):
    def asked(last: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            whole(FIRE, tmp_path, last)
        return len(queries)

    for number in range(30):
        deliver(box, letter(number, sender=f"s{number}@elsewhere.example"))
    assert asked(30) - asked(10) <= 3 * 20
