"""Whose mail was forwarded: by the From line of the outermost head, in the forms and languages of mail programs."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpost.mime.forwarded import Forwarded, forwarded
from deskpost.mime.new_text import split_text
from deskpost.mime.parse import parse
from tests.mime.corpora import MAILS

UTE = "ute@acme.example"


def found(subject: str, text: str, html: str | None = None) -> Forwarded | None:
    """Give whose mail a mail with this text forwards."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "sam@msp.example", subject
    if html is None:
        mail.set_content(text)
    else:
        mail.set_content(html, subtype="html")
    raw = mail.as_bytes()
    return forwarded(parse(raw), raw)


def person(subject: str, text: str) -> tuple[str, str] | None:
    it = found(subject, text)
    return (it.name, it.address) if it else None


OUTLOOK = """Please take this one.

Sam
________________________________
{from_}: Ute Brandt <ute@acme.example>
{sent}: {when}
{to}: Sam Smith <sam@msp.example>
{about}: Printer on fire

It burns.
"""
LANGUAGES = {
    "en": ("FW", "From", "Sent", "Monday, November 23, 2026 9:00 AM", "To", "Subject"),
    "de": ("WG", "Von", "Gesendet", "Montag, 23. November 2026 09:00", "An", "Betreff"),
    "fr": ("TR", "De", "Envoyé", "lundi 23 novembre 2026 09:00", "À", "Objet"),
    "es": ("RV", "De", "Enviado el", "lunes, 23 de noviembre de 2026 9:00", "Para", "Asunto"),
    "it": ("I", "Da", "Inviato", "lunedì 23 novembre 2026 09:00", "A", "Oggetto"),
    "nl": ("FW", "Van", "Verzonden", "maandag 23 november 2026 09:00", "Aan", "Onderwerp"),
    "sv": ("VB", "Från", "Skickat", "den 23 november 2026 09:00", "Till", "Ämne"),
    "pl": ("PD", "Od", "Wysłano", "poniedziałek, 23 listopada 2026 09:00", "Do", "Temat"),
    "ru": ("FW", "От", "Отправлено", "23 ноября 2026 г. 9:00", "Кому", "Тема"),
    "ja": ("FW", "差出人", "送信日時", "2026年11月23日 9:00", "宛先", "件名"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_outlook_s_head_names_the_sender_in_many_languages(language: str) -> None:
    prefix, from_, sent, when, to, about = LANGUAGES[language]
    text = OUTLOOK.format(from_=from_, sent=sent, when=when, to=to, about=about)
    it = found(f"{prefix}: Printer on fire", text)
    assert it is not None and (it.name, it.address) == ("Ute Brandt", UTE)
    assert it.line == f"{from_}: Ute Brandt <ute@acme.example>"
    assert found(f"RE: {prefix}", text) is None, "an answer quotes with the same head"


MARKED = {
    "Gmail": "See below\n\n---------- Forwarded message ---------\nFrom: Ute Brandt <ute@acme.example>\n"
    "Date: Mon, Nov 23, 2026 at 9:00 AM\nSubject: Printer\nTo: <sam@msp.example>\n\nIt burns.",
    "Apple Mail": "Begin forwarded message:\n\nFrom: Ute Brandt <ute@acme.example>\nSubject: Printer\n"
    "Date: 23 November 2026 at 09:00:00 CET\nTo: sam@msp.example\n\nIt burns.",
    "Apple Mail, quoted": "Begin forwarded message:\n\n> From: Ute Brandt <ute@acme.example>\n> Subject: Printer\n"
    "> Date: 23 November 2026\n> To: sam@msp.example\n> \n> It burns.",
    "Apple Mail, de": "Anfang der weitergeleiteten Nachricht:\n\nVon: Ute Brandt <ute@acme.example>\n"
    "Betreff: Drucker\nDatum: 23. November 2026 um 09:00:00 MEZ\nAn: sam@msp.example\n\nEr brennt.",
    "Thunderbird": "-------- Forwarded Message --------\nSubject: \tPrinter\nDate: \tMon, 23 Nov 2026\n"
    "From: \tUte Brandt <ute@acme.example>\nTo: \tsam@msp.example\n\nIt burns.",
    "Thunderbird, de": "-------- Weitergeleitete Nachricht --------\nBetreff: \tDrucker\nDatum: \tMon, 23 Nov 2026\n"
    "Von: \tUte Brandt <ute@acme.example>\nAn: \tsam@msp.example\n\nEr brennt.",
    "Thunderbird, fr": "-------- Message transféré --------\nSujet : \tImprimante\nDate : \tMon, 23 Nov 2026\n"
    "De : \tUte Brandt <ute@acme.example>\nPour : \tsam@msp.example\n\nElle brûle.",
}


@pytest.mark.parametrize("program", MARKED)
def test_the_words_forwarded_message_are_enough_whatever_the_subject_says(program: str) -> None:
    assert person("Printer", MARKED[program]) == ("Ute Brandt", UTE)
    assert split_text(MARKED[program]).rest == "", "what is forwarded is shown, not folded away"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ute Brandt <mailto:ute@acme.example>", "Ute Brandt"),
        ("Ute Brandt [mailto:ute@acme.example]", "Ute Brandt"),
        ("Ute Brandt <ute@acme.example<mailto:ute@acme.example>>", "Ute Brandt"),
        ('"Brandt, Ute" <ute@acme.example>', "Brandt, Ute"),
        ("*Ute Brandt* <ute@acme.example>", "Ute Brandt"),
        ("ute@acme.example", ""),
        ("ute@acme.example <ute@ACME.example>", ""),
        ("Ute Brandt of a department with a name that is very long\n <ute@acme.example>", None),
    ],
)
def test_the_from_line_is_read_as_mail_programs_write_it(line: str, name: str | None) -> None:
    text = f"-- Forwarded message --\nFrom: {line}\nTo: sam@msp.example\nSubject: Printer\n\nIt burns."
    it = person("Fwd: Printer", text)
    assert it is not None and it[1] == UTE
    assert name is None or it[0] == name


@pytest.mark.parametrize(
    "line", ["Ute Brandt", '"ceo@acme.example" <eve@evil.example>', "a@x.example, b@x.example"]
)
def test_a_from_line_without_one_address_names_nobody(line: str) -> None:
    text = (
        f"---- Forwarded message ----\nFrom: {line}\nTo: sam@msp.example\nSubject: Printer\n\n"
        "-----Original Message-----\nFrom: Tom <tom@acme.example>\nTo: ute@acme.example\nSubject: x\n\nHelp."
    )
    it = found("Fwd: Printer", text)
    assert it is not None and it.address == "", "nor does a block further in"


def test_of_several_blocks_the_outermost_counts() -> None:
    inner = MARKED["Gmail"].replace("Ute Brandt <ute@", "Tom <tom@")
    outer = MARKED["Thunderbird"].replace("It burns.", inner)
    assert person("Fwd: Fwd: Printer", outer) == ("Ute Brandt", UTE)


@pytest.mark.parametrize(
    "text",
    [
        "Ute Brandt <ute@acme.example> called. Please call back.",
        "From: Ute <ute@acme.example> I have heard nothing.",
        "Done.\n\nOn Mon, 23 Nov 2026 at 09:00, Tom <tom@acme.example> wrote:\n\n" + MARKED["Gmail"],
        "Done.\n\n> " + MARKED["Gmail"].replace("\n", "\n> "),
        "---- Forwarded message ----\n\nFrom here on nothing is said of anybody.",
        "See the forwarded message: it was ute@acme.example.",
    ],
)
def test_what_is_no_head_of_a_forward_names_nobody(text: str) -> None:
    assert found("Printer", text) is None


def test_no_address_is_taken_from_a_style_sheet_or_from_what_html_hides() -> None:
    html = (
        "<html><head><style>/* From: evil@style.example To: x@y.example */ p{}</style>"
        "<!-- ---------- Forwarded message ---------\nFrom: evil@comment.example\nTo: x@y.example --></head><body>"
        "<p>Please.</p><div>---------- Forwarded message ---------<br>From: <strong>Ute Brandt</strong> "
        '<span>&lt;<a href="mailto:evil@link.example">ute@acme.example</a>&gt;</span><br>'
        "Date: Mon, Nov 23, 2026<br>Subject: Printer<br>To: &lt;sam@msp.example&gt;<br></div>It burns.</body></html>"
    )
    it = found("Fwd: Printer", "", html)
    assert it is not None and (it.name, it.address) == ("Ute Brandt", UTE)
    hidden = html.partition("<div>")[0] + "</body></html>"
    assert found("Fwd: Printer", "", hidden) is None


def attached(text: str, senders: str, count: int = 1) -> tuple[bytes, EmailMessage]:
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = senders, "sam@msp.example", "Printer"
    inner.set_content("It burns.")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "sam@msp.example", "Printer"
    outer.set_content(text)
    for _ in range(count):
        outer.add_attachment(inner)
    return outer.as_bytes(), inner


def test_a_mail_that_is_the_only_content_is_a_forwarded_one() -> None:
    raw, _ = attached("", "Ute Brandt <ute@acme.example>")
    it = forwarded(parse(raw), raw)
    assert it is not None and (it.name, it.address) == ("Ute Brandt", UTE)
    assert it.line == "From: Ute Brandt <ute@acme.example>"


@pytest.mark.parametrize(("text", "count"), [("As discussed.", 1), ("", 2)])
def test_an_attached_mail_beside_other_content_is_an_attachment(text: str, count: int) -> None:
    raw, _ = attached(text, "Ute Brandt <ute@acme.example>", count)
    assert forwarded(parse(raw), raw) is None


def test_an_attached_mail_of_nobody_or_of_two_names_nobody() -> None:
    raw, _ = attached("", "a@x.example, b@x.example")
    it = forwarded(parse(raw), raw)
    assert it is not None and it.address == ""


LINES = st.sampled_from(
    [
        *"\n".join(MARKED.values()).split("\n"),
        "From:",
        ">",
        "> From: @",
        "From: " + "a@" * 500,
        "wrote:",
        "",
        "--",
    ]
)


@given(st.lists(LINES | st.text(max_size=80), max_size=40), st.text(max_size=20))
def test_any_text_is_read(lines: list[str], subject: str) -> None:
    text = "\n".join(lines)
    message = parse(b"Subject: x\n\n" + text.encode("utf-8", "replace"))
    it = forwarded(message, b"")
    assert it is None or len(it.address) <= 320


def test_of_real_answers_none_is_a_forward_and_real_forwards_name_whose_mail_it_was() -> None:
    forwards = {}
    for path in MAILS:
        raw = path.read_bytes()
        if path.parent.name == "replies":
            it = found("Re: x", raw.decode("utf-8", "replace"))
            assert it is None or path.name == "email_tricky_17_forward_header.txt"
        elif "bounces" not in path.parts and (it := forwarded(parse(raw), raw)):
            forwards[path.name] = it.address
    assert forwards == dict.fromkeys(
        (
            *("attachment_with_encoded_name.eml", "attachment_with_base64_encoded_name.eml"),
            *("raw_email2.eml", "raw_email8.eml"),
        ),
        "xxxxxxxx@xxx.com",
    )


@pytest.mark.parametrize(
    ("written", "whose"),
    [
        ("Pat O'Neil <o'neil@acme.example>", ("Pat O'Neil", "o'neil@acme.example")),
        ("'Pat' <'pat@acme.example'>", ("Pat", "pat@acme.example")),
        ("'o'neil@acme.example'", ("", "o'neil@acme.example")),
    ],
)
def test_an_apostrophe_belongs_to_an_address_and_those_around_it_do_not(
    written: str, whose: tuple[str, str]
) -> None:
    text = OUTLOOK.format(
        from_="From", sent="Sent", when="Monday, November 23, 2026 9:00 AM", to="To", about="Subject"
    )
    assert person("FW: Printer on fire", text.replace("Ute Brandt <ute@acme.example>", written)) == whose
