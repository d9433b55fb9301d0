"""Rehearsal: the last mails, treated as a changed settings file would have it, with nothing written."""

import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import psycopg
import pytest
from django.db import connections, transaction
from django.utils import timezone

from deskpost import settings_file
from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Installation
from deskpost.desk.records import Record
from deskpost.inbound import rehearsal
from deskpost.inbound.collecting.collect import store
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.settings_file import rehearsing
from deskpost.transports.source import RawMail
from tests.command_line import COMMAND, Ran, deskpost, eventually, is_a_sentence
from tests.inbound.builders import account, mail, mailbox

pytestmark = pytest.mark.usefixtures("database")
FIRE = "spam_rules:\n  - {name: Fire, criteria: [{field: subject, condition: contains, values: [fire]}]}\n"


@pytest.fixture
def help_box() -> Mailbox:
    """A mailbox with a client who writes to it."""
    account("Acme", "acme.example")
    return mailbox("Help", fetching=False)


@pytest.fixture
def rehearse(tmp_path):
    def with_file(text: str, *arguments: str) -> Ran:
        path = tmp_path / "changed.yaml"
        path.write_text(text)
        return deskpost("rehearse", path, *arguments)

    return with_file


def letter(number: int, **values: str) -> bytes:
    return mail(**{"message_id": f"<{number}@acme.example>", "subject": f"Matter {number}", **values})


def differences(text: str, tmp_path: Path) -> list[rehearsal.Judged]:
    path = tmp_path / "changed.yaml"
    path.write_text(text)
    changed = rehearsing.changed(settings_file.read(path))
    judged = rehearsal.rehearse(rehearsing.present(), changed, 1000, lambda done, of: None)
    return [one for one in judged if one.changed.differs(one.present)]


def written(url: str) -> list[tuple[object, ...]]:
    """Give PostgreSQL's counts of the project's tables, once every session has told its own.

    Those of the whole database count what PostgreSQL's own upkeep writes into its catalogue, too.
    """
    with psycopg.connect(url) as session:
        return session.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY relname"
        ).fetchall()


def nobody_else(url: str) -> bool:
    with psycopg.connect(url) as session:
        row = session.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
        return row == (0,)


def test_over_a_thousand_mails_the_counts_of_inserts_and_updates_stay_as_they_are(
    help_box, database, rehearse
):
    subjects = [f"{'A fire' if number % 100 == 0 else 'Matter'} {number}" for number in range(1000)]
    contents = [letter(number, subject=subject) for number, subject in enumerate(subjects)]
    mails = [RawMail(str(uid), len(content), content, False) for uid, content in enumerate(contents)]
    with transaction.atomic():
        store(help_box, 0, "", "", mails, timezone.now(), lambda _: False)
    assert deskpost("drain").code == 0
    assert MailOutcome.objects.filter(kind="request").count() == 1000
    connections.close_all()
    eventually(lambda: nobody_else(database))
    before = written(database)
    told = rehearse(FIRE + "attachments: {max_mb: 1}\nthreading: {who_may_join: strict}\n", "--json")
    assert told.code == 0, told.err
    assert told.json["judged"] == 1000
    assert len(told.json["differ"]) == 10
    eventually(lambda: nobody_else(database))
    assert written(database) == before


def test_a_spam_rule_drops_what_it_would_have_dropped_and_nothing_is_saved(help_box, rehearse):
    deliver(help_box, letter(1, subject="Printer on fire"))
    deliver(help_box, letter(2))
    told = rehearse(FIRE, "--json")
    (one,) = told.json["differ"]
    assert one["message_id"] == "<1@acme.example>" and one["mailbox"] == "Help"
    assert one["became"]["kind"] == "request" and one["became"]["record"] == "RE-1"
    assert one["changed"]["kind"] == "dropped" and "Fire" in one["changed"]["reason"]
    words = rehearse(FIRE)
    assert "it would be dropped" in words.out and "it became   request RE-1" in words.out
    assert "2 mails judged, 1 would be treated otherwise: 1 request -> dropped." in words.out
    assert settings_file.export().count("Fire") == 0


def test_rules_of_a_file_stand_among_those_there_are_and_one_that_is_off_drops_nothing(help_box, tmp_path):
    path = tmp_path / "set.yaml"
    path.write_text(FIRE)
    deliver(help_box, letter(1, subject="Printer on fire"))
    settings_file.apply(settings_file.read(path))
    deliver(help_box, letter(2, subject="Another fire"))
    assert differences(FIRE, tmp_path) == [], "the file says what is set"
    off = differences("spam_rules:\n  - {name: fire, enabled: false}\n", tmp_path)
    assert [(one.present.kind, one.changed.kind) for one in off] == [("dropped", "request")] * 2
    told = deskpost("rehearse", "--json").json
    assert [(one["became"]["kind"], one["changed"]["kind"]) for one in told["differ"]] == [
        ("request", "dropped")
    ], "without a file the present settings are compared with what had become of the mails"


def test_a_file_says_what_differs_already_without_it(help_box, rehearse, tmp_path):
    deliver(help_box, letter(1, subject="Printer on fire"))
    path = tmp_path / "set.yaml"
    path.write_text(FIRE)
    settings_file.apply(settings_file.read(path))
    told = rehearse("threading: {who_may_join: open}\n")
    assert "0 would be treated otherwise" in told.out
    assert "1 more would be treated otherwise today without this file, too" in told.out


def test_a_limit_for_attachments_drops_the_files_that_are_larger(help_box, rehearse, tmp_path):
    deliver(help_box, with_file(2_000_000))
    deliver(help_box, letter(2))
    (one,) = differences("attachments: {max_mb: 1}\n", tmp_path)
    assert one.changed.kind == one.present.kind == "request"
    assert not one.present.files
    (words,) = one.changed.files.values()
    assert words.startswith("plan.pdf (") and "1 MB" in words
    told = rehearse("attachments: {max_mb: 1}\n").out
    assert "dropped plan.pdf (" in told and "1 request -> request with other files, account or place." in told
    (denied,) = differences("attachments: {denied_extensions: [pdf]}\n", tmp_path)
    assert "plan.pdf" in next(iter(denied.changed.files.values()))


def with_file(size: int) -> bytes:
    message = message_from_bytes(letter(1), policy=policy.default)
    message.add_attachment(os.urandom(size), maintype="application", subtype="pdf", filename="plan.pdf")
    return message.as_bytes()


def test_a_base_delimiter_of_a_file_ties_mails_to_their_requests(help_box, tmp_path):
    deliver(help_box, letter(1))
    deliver(help_box, letter(2, subject="Re: %%RE-1%% Matter 1"))
    assert Record.objects.count() == 2
    (one,) = differences("delimiters: {base: '%%'}\n", tmp_path)
    assert (one.present.kind, one.changed.kind) == ("request", "conversation")
    assert one.changed.record_id == Record.objects.get(number=1).pk

    deliver(help_box, letter(3, subject="Re: [Request ID :##1##] Matter 1"))
    former = "delimiters: {former: [{module: RE, before: '[Request ID :##', after: '##]', below: 9}]}\n"
    (one,) = differences(former, tmp_path)
    assert (one.present.kind, one.changed.kind) == ("request", "conversation")


def test_what_a_mailbox_makes_of_mail_can_be_rehearsed(help_box, tmp_path):
    deliver(help_box, letter(1))
    deliver(help_box, letter(2, sender="bo@brock.example"))
    text = "mailboxes:\n  - {name: Help, new_requests: {disabled: true, allowed_domains: [acme.example]}}\n"
    (one,) = differences(text, tmp_path)
    assert one.mail.outcome.from_address == "bo@brock.example" and one.changed.kind == "refused"
    (moved,) = differences("mailboxes:\n  - {name: Help, account: Acme}\n", tmp_path)
    assert moved.mail.pk == one.mail.pk and moved.changed.account_id != moved.present.account_id
    deliver(help_box, letter(3, subject="A long one", text="0123456789" * 120_000))
    (large,) = differences("mailboxes:\n  - {name: Help, max_size_mb: 1}\n", tmp_path)
    assert large.mail.outcome.subject == "A long one" and large.changed.kind == "error"
    assert not Mailbox.objects.get().new_requests_disabled, "nothing is saved"


def test_whose_word_on_senders_is_believed_can_be_rehearsed(help_box, tmp_path):
    deliver(help_box, letter(1))
    forged = "mx.desk.example; dmarc=fail header.from=acme.example"
    deliver(help_box, letter(2, subject="Re: ##RE-1##", Authentication_Results=forged))
    (one,) = differences("mailboxes:\n  - {name: Help, trusted_authserv_ids: [mx.desk.example]}\n", tmp_path)
    assert (one.present.kind, one.changed.kind) == ("conversation", "held")


def test_a_mail_is_no_duplicate_of_itself_and_what_followed_from_it_does_not_count(help_box, tmp_path):
    deliver(help_box, letter(1))
    deliver(help_box, letter(2, subject="Matter 1", In_Reply_To="<1@acme.example>"))
    twin = letter(1) + b"\n"
    deliver(mailbox("Second", fetching=False), twin)
    for number in range(3, 23):  # alike: below the number that makes a loop, as each counts those before it
        deliver(help_box, letter(number, subject="The same"))
    kinds = list(MailOutcome.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[:3] == ["request", "conversation", "duplicate"]
    judged = rehearsal.rehearse(rehearsing.present(), None, 1000, lambda done, of: None)
    assert [one.present.kind for one in judged] == kinds


def test_a_reply_is_judged_by_the_status_that_its_request_had_when_it_came(help_box, tmp_path):
    Installation.objects.update(reopenings_per_day=1)
    deliver(help_box, letter(1))
    record, closed = Record.objects.get(), Status.objects.get(kind="closed")
    opened = InboundMessage.objects.get().received_at
    was = record.status.name
    record.status, record.closed_at = closed, opened
    record.save()
    HistoryEntry.objects.create(
        record=record,
        account_id=record.account_id,
        at=opened + timedelta(microseconds=1),
        by="Ann",
        via="page",
        changes=[["Status", was, closed.name]],
    )
    deliver(help_box, letter(2, subject="Re", In_Reply_To="<1@acme.example>"))
    record.refresh_from_db()
    assert record.status.kind == "open", "the mail opened it again"
    (now,) = [one.present for one in rehearsal.rehearse(rehearsing.present(), None, 1, lambda done, of: None)]
    assert now.kind == "conversation" and now.reopens, "its own opening is not one too many"


def test_a_copy_that_came_later_makes_no_duplicate_but_is_one(help_box):
    deliver(help_box, letter(1))
    MailOutcome.objects.update(kind="error", original=False)
    deliver(mailbox("Second", fetching=False), letter(1) + b"\n")
    assert list(MailOutcome.objects.order_by("pk").values_list("kind", flat=True)) == ["error", "request"]
    judged = rehearsal.rehearse(rehearsing.present(), None, 1000, lambda done, of: None)
    assert [one.present.kind for one in judged] == ["request", "duplicate"]


def test_a_stranger_who_was_answered_later_was_a_stranger_then(help_box):
    deliver(help_box, letter(1))
    deliver(help_box, letter(2, sender="bo@elsewhere.example", subject="Re: ##RE-1##"))
    record = Record.objects.get()
    Conversation.objects.create(
        record=record,
        account_id=record.account_id,
        direction="out",
        to=[["Bo", "bo@elsewhere.example"]],
        at=timezone.now(),
    )
    judged = rehearsal.rehearse(rehearsing.present(), None, 1000, lambda done, of: None)
    assert [one.present.kind for one in judged] == ["request", "held"]


def test_the_person_whom_a_mail_made_does_not_say_whose_mail_it_is(tmp_path):
    acme = account("Acme", "acme.example")
    box = mailbox("Help", fetching=False, account=acme)
    deliver(box, letter(1, sender="bo@elsewhere.example"))
    (one,) = differences("mailboxes:\n  - {name: Help, account: null}\n", tmp_path)
    assert one.present.account_id == acme.pk
    assert one.changed.account_id == Account.objects.get(default=True).pk


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("mailboxes:\n  - name: Help\n    fetch_every: 30\n", 3, "fetch_every"),
        ("mailboxes:\n  - name: Other\n    protocol: imap\n", 2, "Other"),
        ("threading: {who_may_join: open}\noutbox:\n  give_up_after_hours: 3\n", 3, "give_up_after_hours"),
        ("attachments:\n  max_mb: 3\n  notify: false\n", 3, "notify"),
        ("groups:\n  - name: Hardware\n", 2, "Hardware"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_with_its_line(help_box, rehearse, text, line, key):
    told = rehearse(text)
    assert told.code == 1 and told.out == ""
    is_a_sentence(told.err)
    assert f", line {line}" in told.err and key in told.err and "What can be rehearsed" in told.err


def test_a_whole_exported_file_with_one_change_can_be_rehearsed(help_box, rehearse):
    deliver(help_box, letter(1, subject="Printer on fire"))
    told = rehearse(settings_file.export() + FIRE, "--json")
    assert told.code == 0, told.err
    assert [one["changed"]["kind"] for one in told.json["differ"]] == ["dropped"]


def test_mistakes_of_a_file_are_told_as_when_it_is_applied(help_box, rehearse):
    assert "line 1" in rehearse("spam_rulez: []\n").err
    told = rehearse("delimiters:\n  modules: {RE: TA}\n")
    assert "line 2" in told.err and "is the code of TA" in told.err
    told = rehearse("mailboxes:\n  - {name: Help, account: Nobody}\n")
    assert "There is no account with the name Nobody" in told.err


def test_without_mails_there_is_nothing_to_rehearse(help_box):
    assert "nothing to rehearse" in deskpost("rehearse").out
    assert json.loads(deskpost("rehearse", "--json").out) == {
        "differ": [],
        "judged": 0,
        "differ_already": 0,
        "names_unopened": 0,
    }


def test_only_the_last_mails_are_judged(help_box, rehearse):
    for number in range(1, 5):
        deliver(help_box, letter(number, subject="Printer on fire"))
    told = rehearse(FIRE, "--last", "3", "--json").json
    assert [one["message_id"] for one in told["differ"]] == [f"<{n}@acme.example>" for n in (2, 3, 4)]


_PEAK = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_many_large_mails_take_no_more_memory_than_few(help_box):
    def peak(last: int) -> int:
        command = [*COMMAND, "rehearse", "--last", str(last)]
        ran = subprocess.run([sys.executable, "-c", _PEAK, *command], capture_output=True, check=True)
        code, kilobytes = map(int, ran.stdout.split())
        assert code == 0
        return kilobytes // 1000

    for number in range(12):
        content = letter(number, text=("0123456789" * 7 + "\n") * 80_000)
        with transaction.atomic():
            store(
                help_box,
                0,
                "",
                "",
                [RawMail(str(number), len(content), content, False)],
                timezone.now(),
                lambda _: False,
            )
    assert deskpost("drain").code == 0
    peak(1)
    few, many = peak(2), peak(12)
    assert many - few < 25, f"{few} MB for 2 mails of 6 MB, {many} MB for 12"


def test_on_a_terminal_its_progress_is_shown_and_ctrl_c_ends_it(help_box, database, tmp_path):
    for number in range(1, 4):
        deliver(help_box, letter(number))
    ours, theirs = pty.openpty()
    with psycopg.connect(database) as session:
        session.execute("LOCK TABLE raw_chunk IN ACCESS EXCLUSIVE MODE")  # it waits here
        ran = subprocess.Popen([*COMMAND, "rehearse"], stdout=subprocess.PIPE, stderr=theirs)
        shown = b""
        while b"0 of 3 mails judged" not in shown:
            shown += os.read(ours, 1000)
        for _ in range(20):  # one that comes while an object is cleared away is lost
            if ran.poll() is None:
                ran.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    ran.wait(3)
        session.rollback()
        assert ran.wait(60) == 130
    assert ran.stdout and ran.stdout.read() == b""
    os.close(ours)
    os.close(theirs)
