"""Which words of a mail command: those that its sender wrote, that can be seen, and that name what there is."""

from unicodedata import normalize

import pytest

from deskpost.desk.fields import Status
from deskpost.desk.records import Record
from deskpost.inbound.command import language
from deskpost.inbound.command.html_words import text_to_read
from deskpost.inbound.command.own_words import own_words
from deskpost.inbound.command.settings import delimiter_refusal
from deskpost.mime.parse import parse
from tests.desk.field_builders import additional
from tests.inbound.commanding import WORD, desk, fields, newest_answer
from tests.inbound.test_command import about, answered

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.requirement("R126")
def test_prose_opens_no_request_by_command_and_loses_no_words() -> None:
    it = desk()
    for text in (
        "the price is $5, total=$10 in all.",
        "We paid $ Total = 10 $ yesterday.",
        "It is $5.total=7$ in all.",
    ):
        outcome = it.mail(it.sam, text)
        assert (outcome.kind, newest_answer()) == ("request", None), text
        talk = Record.objects.get(pk=outcome.record_id).conversations.get()
        assert talk.text.strip() == text

    outcome = it.mail(it.sam, "Costs $5, total=$10 in all.\n$Priority=High$\n$CostCentre=1$")
    record = Record.objects.get(pk=outcome.record_id)
    assert (outcome.kind, fields(record)["Priority"]) == ("command", "High")
    assert record.conversations.get().text.strip() == "Costs $5, total=$10 in all."
    assert "CostCentre: no such field" in answered()[1]
    for text in ("$Kostenstelle für\nÜbersee=1$", normalize("NFD", "$KOSTENSTELLE für Übersee=1$")):
        outcome = it.mail(it.sam, text)
        assert outcome.kind == "command", "a label that is broken, or written in parts, is that label"
        assert "set: kostenstelle für übersee." in normalize("NFC", outcome.reason).casefold()
    additional("(m²), 2nd floor?")
    assert it.mail(it.sam, "$(m²), 2nd floor?=7$").kind == "command"


@pytest.mark.requirement("R135")
def test_a_request_named_in_the_text_wins_and_of_the_subject_the_first_counts() -> None:
    it = desk()
    first, second = it.request(), it.request()
    before = Record.objects.count()
    for text in ("$RequestID=99999$ any news?", "$RequestID=abc$ $Priority=High$"):
        for subject in (about(first), f"{WORD} News"):
            outcome = it.mail(it.sam, text, subject)
            assert (outcome.kind, outcome.record_id) == ("refused", None)
            assert "names no request that you may change" in answered()[1]
    two = f"{WORD} ##RE-99999## ##RE-{second.number}##"
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Priority=High$", two)
    assert (outcome.kind, outcome.record_id) == ("refused", None)
    assert "RE-99999 names no request" in answered()[1]
    assert Record.objects.count() == before
    assert "Priority" not in fields(second)

    outcome = it.mail(it.sam, "$Operation=AddRequest$ $Priority=High$", about(first))
    assert Record.objects.get(pk=outcome.record_id).subject == "Re: Printer queue"


SEEN = [
    "<p>$Priority=High$</p>",
    '<p style="font-size:0.9em;line-height:normal;margin:0;width:100%;font:400 14px/20px Arial">$Priority=High$</p>',
    "<style>p.M{margin:0;color:black;font-size:small}</style><p class=M>$Priority=High$</p>",
]
UNSEEN = [
    '<div style="display:none">$Priority=High$</div>',
    '<span style="visibility: hidden">$Priority=High$</span>',
    '<span style="FONT-SIZE:0px">$Priority=High$</span>',
    '<span style="mso-hide:all">$Priority=High$</span>',
    "<p hidden>$Priority=High$</p>",
    "<style>/* { */ @media all { div .x, b { display : none } }</style><p class='y x'>$Priority=High$</p>",
    '<style>[class~="x"]{opacity:0}</style><p class="x">$Priority=High$</p>',
    "<template>$Priority=High$</template><noscript>$Priority=High$</noscript>",
    "<textarea>$Priority=High$</textarea><details>$Priority=High$</details>",
    '<font color="#ffffff">$Priority=High$</font><p style="color:red;background:red">$Priority=High$</p>',
    '<div dir="ltr" class="x gmail_signature">$Priority=High$</div>',
    '<div id="Signature">$Priority=High$</div><pre class="moz-signature">$Priority=High$</pre>',
    '<div class="gmail_quote">$Priority=High$</div>',
    "<b>" * 2_000 + "$Priority=High$",
    "<p>--</p><p>$Priority=High$</p>",
]


@pytest.mark.requirement("R127")
def test_of_a_mail_that_has_only_html_what_is_seen_commands() -> None:
    for html, commands in [(one, True) for one in SEEN] + [(one, False) for one in UNSEEN]:
        html = f"<html><body><p>Please.</p>{html}<p>Thanks</p></body></html>"
        for text in (b"", b"Content-Type: text/plain\r\n\r\n \r\n\r\n"):
            part = b"Content-Type: text/html\r\n\r\n" + html.encode()
            raw = b"Subject: x\r\n" + part
            if text:
                raw = (
                    b"Subject: x\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
                    + text
                    + b"\r\n--b\r\n"
                    + part
                    + b"\r\n--b--\r\n"
                )
            message = parse(raw)
            read = language.read(own_words(text_to_read(message, message.text), "$").text, "$")
            assert bool(read) == commands, (html[:120], text)


@pytest.mark.requirement("R127")
def test_in_doubt_a_line_is_quoted() -> None:
    head = "From: Bob <b@x.example>\nSent: Monday, 23 November 2026 09:00\nTo: y@x.example\nSubject: z\n\n"
    for text in (
        f"Yes.\n{head}$Priority=High$",
        "Yes.\nFrom: Bob\nTo: Ann\nSubject: Printer\n$Priority=High$",
        "Yes.\n| $Priority=High$",
        "Yes.\nBob> $Priority=High$",
        "Yes.\n---\n$Priority=High$",
        "Yes.\n______\n$Priority=High$",
        "$Resolution=Replaced\n---\nand tested$",
        "$Resolution=Replaced\n-- \nSam\n$Priority=High$",
    ):
        assert language.read(own_words(text, "$").text, "$") == (), text
    (kept,) = language.read(own_words("$Resolution=Replaced\n- - -\n===\nand tested$", "$").text, "$")
    assert kept.value == "Replaced\n- - -\n===\nand tested"
    assert language.read(own_words("|Priority=High|", "|").text, "|")


@pytest.mark.requirement("R131")
def test_a_status_that_closes_nothing_is_named_where_a_request_is_closed() -> None:
    it = desk()
    Status.objects.create(name="Withdrawn", kind="closed", position=90)
    for status, then, skipped in (
        ("Nonsense", "Closed", "Status: no such value: Nonsense"),
        ("Open", "Closed", "Status: no closed status: Open"),
        ("Withdrawn", "Withdrawn", ""),
    ):
        record = it.request()
        outcome = it.mail(it.sam, f"$Operation=CloseRequest$ $Status={status}$", about(record))
        assert (outcome.kind, fields(record)["Status"]) == ("command", then)
        assert (skipped or "Status: Withdrawn") in answered()[1]


@pytest.mark.requirement("R123")
def test_no_delimiter_is_made_of_what_mails_and_commands_use_otherwise() -> None:
    for sign in ">_.,":
        assert f"cannot have {sign}." in str(delimiter_refusal(f"${sign}"))
    assert delimiter_refusal("$@") is None


@pytest.mark.requirement("R123")
def test_what_is_mistyped_is_named_in_the_answer_and_the_rest_is_done() -> None:
    it = desk()
    record = it.request()
    text = "$Operation=EditRequest$\n$Resolution=costs $5 or $6$\n$Priority=High$\n$Urgency=Low\n"
    outcome = it.mail(it.sam, text, about(record))
    assert (outcome.kind, fields(record)["Resolution"], fields(record)["Priority"]) == (
        "command",
        "costs",
        "High",
    )
    event, told = answered()
    assert event == "command_done"
    assert "- “5 or …6”: the delimiter before it ended Resolution;" in told
    assert "- “Urgency=Low”: no delimiter closes it\n" in told
    assert "Skipped: “5 or …6” (the delimiter before it ended Resolution;" in outcome.reason

    outcome = it.mail(
        it.sam, "$Operation=EditRequest$\n$Resolution=Steps:\n--\nfoo$\n$Mode=Phone$", about(record)
    )
    assert outcome.kind == "refused"
    assert "no field to set could be read in it" in answered()[1]
    assert "“Resolution=Steps:”: no delimiter closes it before the line “--”, from where" in answered()[1]
    outcome = it.mail(it.sam, "$Operation=Edit\nRequest 5$\n$Mode=Phone$\n$RequestID=1", about(record))
    assert "RequestID=1" in answered()[1], "of an operation that is none"
    outcome = it.mail(it.sam, "$Operation=EditRequest$\n$RequestID=1", WORD)
    assert outcome.kind == "request"
    trace = next(line[2] for line in outcome.trace if line[0] == "email command")
    assert "Skipped: “RequestID=1” (no delimiter closes it)." in trace

    outcome = it.mail(it.sam, "It costs $5, or 6 $ with tax.\n$Priority=High$\nSee $HOME.")
    talk = Record.objects.get(pk=outcome.record_id).conversations.get()
    assert talk.text == "It costs $5, or 6 $ with tax.\nSee $HOME."
    assert "Skipped:\n- “See …HOME.”: a delimiter is here and no command" in answered()[1]
    assert answered()[1].count("“") == 2, "no price"
    files = {"log.txt": ("text/plain", b"stuck")}
    outcome = it.mail(it.sam, "$Operation=EditRequest$\nSee $HOME.", about(record), files=files)
    assert outcome.kind == "command", "words of one's own are no field that was skipped"
