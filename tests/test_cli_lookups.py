"""`deliver`, `trace`, `requests`, `show`, `outbox`, `mailboxes`: the JSON they print is a contract."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from deskpost.desk import delimiters
from deskpost.desk.accounts import Account
from deskpost.desk.module_records import open_record
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role
from deskpost.inbound import merging
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage
from tests.command_line import COMMAND, deskpost, eventually, follows, is_a_sentence
from tests.inbound.builders import account, mail, mailbox

CORPORA = Path(__file__).parent / "corpora"


def test_the_setting_that_decided_is_told_with_what_it_said_then(database):
    mailbox("Help", new_requests_disabled=True, allowed_addresses=["boss@acme.example"])
    told = deskpost("deliver", "--mailbox", "Help", stdin=mail())
    follows("trace", told.json)
    Mailbox.objects.update(new_requests_disabled=False, name="Renamed")
    by = {
        "kind": "mailbox",
        "id": Mailbox.objects.get().pk,
        "name": "Help",
        "value": "on, except for boss@acme.example",
        "column": "new_requests_disabled",
    }
    assert told.json["outcome"]["decided_by"] == told.json["steps"][-1]["by"] == by
    assert deskpost("trace", "<1@acme.example>", "--json").json["outcome"]["decided_by"] == by
    assert (
        "(Incoming “Help”, Disable new request creation by email: on, except for boss@acme.example)"
        in deskpost("trace", "<1@acme.example>").out
    )


@pytest.fixture
def help_desk(database):
    """A database with one mailbox and one client."""
    account("Acme", "acme.example")
    mailbox("Help", max_size_mb=1)
    return database


def test_records_of_other_modules_are_listed_and_shown_by_their_present_code_or_an_earlier_one(help_desk):
    actor = Person.objects.create(account=Account.objects.get(default=True), name="Dana")
    acme = Account.objects.get(name="Acme")
    named = {"subject": "A new printer", "text": "Third floor.", "technician": actor}
    open_record(module="TA", actor=actor, via="cli", account=acme, **named)
    delimiters.change(None, "cli", "TA", "TSK")
    for code in ("TA", "tsk"):
        listed = deskpost("requests", "--module", code, "--account", "Acme", "--json")
        follows("requests", listed.json)
        assert [(one["id"], one["subject"]) for one in listed.json] == [("TSK-1", "A new printer")]
        shown = deskpost("show", f"{code}-1", "--json")
        follows("show", shown.json)
        assert (shown.json["description"], shown.json["requester"]) == ("Third floor.", None)
    table = deskpost("requests", "--module", "TA").out
    assert table.split()[0] == "Task" and "TSK-1" in table
    assert "TSK-1  A new printer" in deskpost("show", "TA-1").out
    assert deskpost("requests", "--json").json == []
    wrong = deskpost("requests", "--module", "XX")
    assert wrong.code != 0
    is_a_sentence(wrong.err)
    assert "There is no module with the code XX. To do: give one of RE, TSK," in wrong.err


def test_a_delivered_mail_is_a_request_and_can_be_looked_up(help_desk):
    delivered = deskpost("deliver", "--mailbox", "Help", stdin=mail(subject="Printer on fire"))
    assert delivered.code == 0, delivered.err
    follows("trace", delivered.json)
    assert delivered.json["outcome"]["kind"] == "request"

    listed = deskpost("requests", "--json")
    follows("requests", listed.json)
    (request,) = listed.json
    assert request["subject"] == "Printer on fire"
    assert request["requester"] == {"name": "Ute Brandt", "address": "ute@acme.example"}
    assert request["account"] == "Acme"

    shown = deskpost("show", request["id"], "--json")
    follows("show", shown.json)
    assert shown.json["description"].strip() == "It burns."
    assert shown.json["conversations"][0]["message_id"] == "<1@acme.example>"

    traced = deskpost("trace", "<1@acme.example>", "--json")
    follows("trace", traced.json)
    assert traced.json == delivered.json

    table = deskpost("trace", "<1@acme.example>").out
    assert "account by the sender's domain (Account “Acme”, Domains: acme.example)" in table

    outbox = deskpost("outbox", "--json")
    follows("outbox", outbox.json)
    assert {one["event"] for one in outbox.json} == {"request_received"}
    assert outbox.json[0]["state"] == "held", "there is no outgoing server"

    mailboxes = deskpost("mailboxes", "--json")
    follows("mailboxes", mailboxes.json)
    assert [one["name"] for one in mailboxes.json] == ["Help"]


def test_without_json_people_read_the_same_in_words(help_desk):
    deskpost("deliver", "--mailbox", "Help", stdin=mail(subject="Printer on fire"))
    assert "Printer on fire" in deskpost("requests").out
    shown = deskpost("show", "RE-1").out
    assert "It burns." in shown and "Ute Brandt <ute@acme.example>" in shown
    assert "request RE-1" in deskpost("trace", "1@acme.example").out
    assert "request_received" in deskpost("outbox").out
    assert "Help" in deskpost("mailboxes").out


def test_requests_can_be_those_of_one_account(help_desk):
    account("Brock", "brock.example")
    deskpost("deliver", "--mailbox", "Help", stdin=mail())
    theirs = mail(sender="bo@brock.example", message_id="<2@brock.example>")
    deskpost("deliver", "--mailbox", "Help", stdin=theirs)
    assert [one["account"] for one in deskpost("requests", "--account", "Brock", "--json").json] == ["Brock"]
    unknown = deskpost("requests", "--account", "Brook", "--json")
    assert unknown.code == 1
    is_a_sentence(unknown.err)


def test_the_id_carries_the_present_code_and_earlier_ones_still_find_the_request(help_desk):
    deskpost("deliver", "--mailbox", "Help", stdin=mail())
    delimiters.change(None, "cli", "RE", "RQ")
    assert [one["id"] for one in deskpost("requests", "--json").json] == ["RQ-1"]
    assert deskpost("show", "RE-1", "--json").json == deskpost("show", "RQ-1", "--json").json
    assert deskpost("show", "##RQ-1##").code == 0


def test_show_says_where_the_conversation_of_a_merged_request_is(help_desk):
    for number in (1, 2, 3):
        raw = mail(
            message_id=f"<{number}@acme.example>", subject=f"Printer {number}", text=f"Burns {number}."
        )
        deskpost("deliver", "--mailbox", "Help", stdin=raw)
    one, two, three = Record.objects.order_by("number")
    who = Person.objects.get(name="Ute Brandt")
    Grant.objects.create(person=who, role=Role.objects.get(name="SDTechnician"))
    merging.merge(one.pk, two.pk, who)
    merging.merge(two.pk, three.pk, who)
    shown = deskpost("show", "RE-1", "--json").json
    follows("show", shown)
    assert (shown["status"], shown["merged_into"], shown["conversations"]) == ("Closed", "RE-3", [])
    assert "Merged into RE-3, where its conversation is" in deskpost("show", "RE-1").out
    stays = deskpost("show", "RE-3", "--json").json
    assert (stays["merged_into"], stays["description"].strip()) == (None, "Burns 3.")
    assert [text["text"].strip() for text in stays["conversations"]] == ["Burns 1.", "Burns 2.", "Burns 3."]
    listed = {one["id"]: one["status"] for one in deskpost("requests", "--json").json}
    assert listed == {"RE-1": "Closed", "RE-2": "Closed", "RE-3": "Open"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "RE-77"),
        ("show", "nothing"),
        ("show", ""),
        ("show", b"\xff\xfe"),
        ("trace", "<none@nowhere>"),
        ("trace", b"<\xff@nowhere>"),
        ("requests", "--account", b"\xff"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(help_desk, arguments):
    ran = deskpost(*arguments)
    assert ran.code == 1
    is_a_sentence(ran.err)


def test_show_says_which_number_it_did_not_find(help_desk):
    assert "There is nothing with the number RE-77." in deskpost("show", "RE-77").err
    assert "is empty" in deskpost("show", " ").err


def test_the_outbox_tells_people_why_a_mail_waits(help_desk):
    deskpost("deliver", "--mailbox", "Help", stdin=mail())
    (held,) = deskpost("outbox", "--json").json
    assert held["reason"] and " ".join(held["reason"].split()) in deskpost("outbox").out


def test_several_mails_give_one_line_each(help_desk, tmp_path):
    for number in (1, 2):
        (tmp_path / f"{number}.eml").write_bytes(mail(message_id=f"<{number}@acme.example>"))
    ran = deskpost("deliver", "--mailbox", "Help", tmp_path / "1.eml", tmp_path / "2.eml")
    assert [line["message_id"] for line in ran.json_lines] == ["<1@acme.example>", "<2@acme.example>"]
    assert all(line["outcome"]["kind"] == "request" for line in ran.json_lines)


def test_a_dry_run_over_the_corpora_decides_and_writes_nothing(help_desk):
    def written() -> list[tuple[str, int, int, int]]:
        with psycopg.connect(help_desk) as connection:
            rows = connection.execute(
                "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY relname"
            )
            return rows.fetchall()

    def sessions() -> int:
        with psycopg.connect(help_desk) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
            return row[0]

    connections.close_all()  # a session tells its counts as it ends
    eventually(lambda: not sessions())
    before = written()
    files = sorted(CORPORA.rglob("*.eml"))
    ran = deskpost("deliver", "--dry-run", "--mailbox", "Help", *files)
    assert len(ran.json_lines) == len([file for file in files if file.stat().st_size])
    for line in ran.json_lines:
        follows("trace", line)
        assert line["outcome"] is not None
    assert written() == before


# By a process that is small itself: Linux lets one begin with the peak of who started it.
_PEAK = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_a_mail_of_200_mb_is_an_error_mail_and_does_not_fill_the_memory(help_desk, tmp_path):
    large = tmp_path / "large.eml"
    with large.open("wb") as stream:
        stream.write(mail(subject="Film"))
        stream.truncate(200_000_000)
    out = subprocess.run(
        [sys.executable, "-c", _PEAK, *COMMAND, "deliver", "--mailbox", "Help", str(large)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    code, peak = (int(number) for number in out.split())
    assert code == 69, "an MTA must not take it for delivered"
    assert peak < 195_000, f"{peak} kB"
    assert InboundMessage.objects.get().size == 200_000_000
    (shown,) = deskpost("mailboxes", "--json").json
    assert shown["error_mails"] == 1


def test_a_request_of_a_mail_without_sender_keeps_to_the_contract(help_desk):
    deskpost("deliver", "--mailbox", "Help", stdin=b"To: h@x.example\r\nSubject: n\r\n\r\nhi\r\n")
    listed = deskpost("requests", "--json").json
    follows("requests", listed)
    follows("show", deskpost("show", listed[0]["id"], "--json").json)
    assert listed[0]["requester"] == {"name": "Unknown sender", "address": ""}


def test_people_read_who_wrote_a_mail_without_sender(help_desk):
    deskpost("deliver", "--mailbox", "Help", stdin=b"To: h@x.example\r\nSubject: n\r\n\r\nhi\r\n")
    assert "Unknown sender" in deskpost("requests").out
    shown = deskpost("show", "RE-1").out
    assert "From Unknown sender, technician none, group none" in shown
    assert "<>" not in shown and "None" not in shown
    assert any(line.startswith("--- in") and line.endswith("Unknown sender") for line in shown.splitlines())


def test_a_mail_that_was_too_large_is_taken_whole_once_the_limit_is_raised(help_desk, tmp_path):
    large = tmp_path / "large.eml"
    large.write_bytes(mail(subject="Film", text="x" * 1_200_000))
    Mailbox.objects.update(max_size_mb=1)
    refused = deskpost("deliver", "--mailbox", "Help", large)
    assert refused.code == 69
    assert "was not taken" in refused.err
    Mailbox.objects.update(max_size_mb=2)
    taken = deskpost("deliver", "--mailbox", "Help", large)
    assert taken.code == 0
    assert taken.json_lines[0]["outcome"]["kind"] == "request"


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (("--mailbox", "Nobody"), b"x", 67),
        (("--mailbox", b"\xff"), b"x", 67),
        (("--mailbox", "Help"), b"", 65),
        (("--mailbox", "Help", "/nowhere/none.eml"), b"", 66),
        (("--mailbox", "Help", "/tmp"), b"", 66),
        ((), b"", 64),
    ],
)
def test_an_mta_is_told_by_the_codes_of_sysexits(help_desk, arguments, stdin, code):
    ran = deskpost("deliver", *arguments, stdin=stdin)
    assert ran.code == code
    is_a_sentence(ran.err)


def test_while_there_is_no_mailbox_at_all_an_mta_is_told_to_try_again(database):
    ran = deskpost("deliver", "--mailbox", "Help", stdin=mail())
    assert ran.code == 75, "the folder may not be the right one, and the mail is not to go back to its sender"
    is_a_sentence(ran.err)


def test_while_the_database_is_gone_an_mta_is_told_to_try_again(help_desk):
    gone = "postgresql://nobody@/none?host=/nowhere"
    ran = deskpost("deliver", "--mailbox", "Help", stdin=mail(), DESKPOST_DATABASE_URL=gone)
    assert ran.code == 75
    is_a_sentence(ran.err)


def test_mails_from_nobody_known_belong_to_the_default_account(help_desk):
    deskpost("deliver", "--mailbox", "Help", stdin=mail(sender="new@nowhere.example"))
    (request,) = deskpost("requests", "--json").json
    assert request["account"] == Account.objects.get(default=True).name
    assert Person.objects.filter(addresses__address="new@nowhere.example").exists()
