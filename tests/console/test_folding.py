"""What a mail quotes, and its signature, stand folded below its new text; nothing of them is lost."""

import re

import pytest
from django.urls import reverse

from deskpost.console.folding import answers_of_known_mails
from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from deskpost.inbound import merging
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.pictures import png

NEW = "It works again, thank you."
QUOTE = "On Mon, 23 Nov 2026 at 09:00, Dana <support@northgate-it.example> wrote:\n> Does it work?\n> Words of old"
HTML = (
    f'<div dir="ltr">{NEW}</div><div class="gmail_quote"><div class="gmail_attr">On Mon, 23 Nov 2026 at 09:00, Dana '
    "&lt;support@northgate-it.example&gt; wrote:<br></div><blockquote>Words of old</blockquote></div>"
)
FOLDED = re.compile(r'<details class="rest"><summary>(.*?)</summary>(.*?)</details>', re.DOTALL)


ASKED = "<asked@kestrel.example>"


def answer(desk: Desk, **parts: object) -> Record:
    """Let a mail open a request, and another answer it."""
    builders.request_by_mail(desk.box, message_id=ASKED, text="It is down.")
    return builders.request_by_mail(
        desk.box, **{"message_id": "<2@kestrel.example>", "In_Reply_To": ASKED, **parts}
    )


def page_of(desk: Desk, **parts: object) -> str:
    """Let an answer come in and give the page of its request."""
    record = answer(desk, **parts)
    page = builders.signed_in(desk.dana).get(reverse("request", args=[record.number]))
    return page.content.decode()


def frame_of(desk: Desk, **parts: object) -> str:
    """Let an answer with HTML come in and give the document of its frame."""
    record = answer(desk, **parts)
    frame = reverse("message_html", args=[builders.last_conversation(record).pk])
    return builders.signed_in(desk.dana).get(frame).content.decode()


def folded(shown: str) -> tuple[str, str]:
    """Give the words above the one fold of a page, and what stands in it."""
    found = FOLDED.findall(shown)
    assert len(found) == 1, found
    return re.sub(r"<[^<>]*>", "", found[0][0]).strip(), found[0][1]


def test_what_a_mail_quotes_is_folded_below_its_new_text(desk: Desk) -> None:
    page = page_of(desk, text=f"{NEW}\n\n{QUOTE}\n")
    words, rest = folded(page)
    assert words == "Quoted text, 3 lines"
    assert "On Mon, 23 Nov 2026" in rest
    assert "&gt; Words of old" in rest
    assert f'<div class="message-text" dir="auto">{NEW}</div>' in page
    assert "<details open" not in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{NEW}\n-- \nTom Achterberg\nKestrel", "Signature"),
        (f"{NEW}\n\nSent from my iPhone\n\n{QUOTE}", "Quoted text and signature, 5 lines"),
        (f"{NEW}\n\nDana wrote:\n> old", "Quoted text, 2 lines"),
    ],
)
def test_the_fold_says_what_it_holds(desk: Desk, text: str, words: str) -> None:
    assert folded(page_of(desk, text=text))[0] == words


@pytest.mark.parametrize(
    "parts",
    [
        {"text": NEW},
        {"text": f"{QUOTE}\n\n{NEW}"},
        {"text": QUOTE},
        {"text": f"{NEW}\n\n{QUOTE}", "subject": "Fwd: printer"},
        {"text": f"{NEW}\n\n---------- Forwarded message ---------\n{QUOTE}"},
    ],
)
def test_in_doubt_a_mail_is_shown_whole(desk: Desk, parts: dict[str, str]) -> None:
    page = page_of(desk, **parts)
    assert '<details class="rest">' not in page
    for line in parts["text"].replace(">", "&gt;").replace("<", "&lt;").split("\n"):
        assert line in page


def test_what_the_html_of_a_mail_quotes_is_folded_within_its_frame(desk: Desk) -> None:
    frame = frame_of(desk, text=NEW, html=HTML)
    words, rest = folded(frame)
    assert words == "Quoted text"
    assert "Words of old" in rest
    assert f'<body><div dir="ltr">{NEW}</div><details class="rest">' in frame
    assert "<script" not in frame


def test_an_image_of_the_mail_is_shown_in_the_fold_too(desk: Desk) -> None:
    html = HTML.replace("Words of old", '<img src="cid:dot@x">')
    assert 'src="/attachments/' in folded(frame_of(desk, text=NEW, html=html, images={"dot@x": png()}))[1]


def test_a_forward_in_html_is_shown_whole(desk: Desk) -> None:
    frame = frame_of(desk, text=NEW, html=HTML, subject="WG: Drucker")
    assert "Words of old" in frame
    assert "<details" not in frame


def test_what_is_folded_is_kept_and_found(desk: Desk) -> None:
    text = f"{NEW}\n\n{QUOTE.replace('Words of old', 'Kaleidoscope')}\n"
    record = builders.request_by_mail(desk.box, text=text)
    assert builders.last_conversation(record).text.strip() == text.strip()
    found = builders.signed_in(desk.dana).get(reverse("requests"), {"view": "all", "q": "kaleidoscope"})
    assert record.subject in found.content.decode()


@pytest.mark.parametrize("direction", ["out", "note"])
def test_what_was_written_here_is_shown_whole(desk: Desk, direction: str) -> None:
    record = builders.request_by_mail(desk.box, text=NEW)
    Conversation.objects.filter(record=record).update(direction=direction, text=f"{NEW}\n\n{QUOTE}")
    page = builders.signed_in(desk.dana).get(reverse("request", args=[record.number])).content.decode()
    assert "Words of old" in page
    assert '<details class="rest">' not in page


def test_a_requester_sees_the_fold_as_well(desk: Desk) -> None:
    record = answer(desk, text=f"{NEW}\n\n{QUOTE}")
    page = builders.signed_in(desk.tom).get(reverse("request", args=[record.number])).content.decode()
    assert folded(page)[0] == "Quoted text, 3 lines"


def shown(desk: Desk, record: Record) -> str:
    """Give the page of a request."""
    return builders.signed_in(desk.dana).get(reverse("request", args=[record.number])).content.decode()


PASTED = (
    "Können Sie das bitte übernehmen?\n\nVon: Bob <bob@kestrel.example>\nGesendet: Montag, 23. November 2026 09:12\n"
    "An: Tom\nBetreff: Neuer Mitarbeiter\n\nBitte Konto anlegen."
)


def test_what_the_first_mail_of_a_request_quotes_is_shown(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box, text=PASTED)
    assert '<details class="rest">' not in shown(desk, record)
    frame = reverse("message_html", args=[builders.last_conversation(record).pk])
    record = builders.request_by_mail(desk.box, text=NEW, html=HTML, message_id="<2@kestrel.example>")
    frame = reverse("message_html", args=[builders.last_conversation(record).pk])
    assert "<details" not in builders.signed_in(desk.dana).get(frame).content.decode()


def test_the_signature_of_the_first_mail_is_folded(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box, text=f"{NEW}\n-- \nTom Achterberg\nKestrel")
    assert folded(shown(desk, record))[0] == "Signature"


def test_the_first_mail_of_a_request_that_was_merged_stays_whole(desk: Desk) -> None:
    first = builders.request_by_mail(desk.box, message_id=ASKED)
    record = builders.request_by_mail(desk.box, message_id="<2@kestrel.example>", text=PASTED)
    merging.merge(record.pk, first.pk, desk.dana)
    assert "Bitte Konto anlegen." in shown(desk, first)
    assert '<details class="rest">' not in shown(desk, first), "it was the first one of its own"


@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_what_an_answer_to_somebody_else_s_mail_quotes_is_shown(desk: Desk, header: str) -> None:
    first = builders.request_by_mail(desk.box, message_id=ASKED)
    named = {"In_Reply_To": "<bob@kestrel.example>", "References": f"{ASKED} <bob@kestrel.example>"}
    builders.request_by_mail(
        desk.box,
        message_id="<2@kestrel.example>",
        subject=f"Re: ##RE-{first.number}## VPN",
        text=PASTED,
        html=HTML,
        **{header: named[header]},
    )
    one = builders.last_conversation(first)
    frame = builders.signed_in(desk.dana).get(reverse("message_html", args=[one.pk])).content.decode()
    assert "Words of old" in frame and "<details" not in frame
    Conversation.objects.filter(pk=one.pk).update(html=None)
    assert '<details class="rest">' not in shown(desk, first)


def test_what_an_answer_to_our_mail_quotes_is_folded(desk: Desk) -> None:
    first = builders.request_by_mail(desk.box, message_id=ASKED)
    ours = OutboxMail.objects.filter(record=first)[0].message_id
    answers: tuple[dict[str, str], ...] = (
        {"In_Reply_To": ours},
        {"In_Reply_To": "<rewritten@server.example>", "text": f"{NEW}\n\n{QUOTE}\n> Ref: {ours.strip('<>')}"},
        {"References": f"<x@x> {ours}"},
        {},
    )
    for number, parts in enumerate(answers, 2):
        text = {"subject": f"Re: ##RE-{first.number}## VPN", "text": f"{NEW}\n\n{QUOTE}", **parts}
        builders.request_by_mail(desk.box, message_id=f"<{number}@kestrel.example>", **text)
        assert len(FOLDED.findall(shown(desk, first))) == number - 1


def test_a_mail_that_is_no_longer_kept_is_shown_whole(desk: Desk) -> None:
    record = answer(desk, text=f"{NEW}\n\n{QUOTE}")
    assert '<details class="rest">' in shown(desk, record)
    Conversation.objects.filter(record=record).update(mail_id=None)
    assert '<details class="rest">' not in shown(desk, record)


def test_however_many_mails_quote_they_cost_the_same_queries(
    desk: Desk, django_assert_max_num_queries: object
) -> None:
    record = answer(desk, text=f"{NEW}\n\n{QUOTE}")
    for number in range(3, 9):
        quote = {"text": f"{NEW}\n\n{QUOTE}", "In_Reply_To": ASKED}
        builders.request_by_mail(desk.box, message_id=f"<{number}@kestrel.example>", **quote)
    rows = list(Conversation.objects.filter(record=record))
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert len(answers_of_known_mails(rows)) == 7


PHISHING = (
    "Is this phishing? I got it today.\n\nFrom: PayPal <service@paypal.example>\n"
    "Sent: Monday, November 23, 2026 9:12 AM\nTo: Tom\nSubject: Your account\n\nClick here.\n\nI have NOT clicked."
)


def test_a_mail_of_somebody_else_that_an_answer_holds_is_shown(desk: Desk) -> None:
    assert '<details class="rest">' not in page_of(desk, text=PHISHING)
    ours = PHISHING.replace("service@paypal.example", builders.HELP)
    record = builders.request_by_mail(
        desk.box, message_id="<3@kestrel.example>", In_Reply_To=ASKED, text=ours
    )
    assert len(FOLDED.findall(shown(desk, record))) == 1


def test_a_mail_of_somebody_else_in_html_is_shown(desk: Desk) -> None:
    assert "<details" not in frame_of(desk, text=NEW, html=HTML.replace("support@", "sales@"))


@pytest.mark.parametrize(
    "writer", ["tom@kestrel.example", "Tom@Kestrel.example", "support+re-1@northgate-it.example"]
)
def test_a_mail_of_somebody_who_wrote_to_the_request_is_folded(desk: Desk, writer: str) -> None:
    assert '<details class="rest">' in page_of(desk, text=PHISHING.replace("service@paypal.example", writer))
