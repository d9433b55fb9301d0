"""What a mail quotes, and its signature, stand folded below its new text; nothing of them is lost."""

import re

import pytest
from django.urls import reverse

from deskpost.desk.conversations import Conversation
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


def page_of(desk: Desk, **parts: object) -> str:
    """Let a mail come in and give the page of its request."""
    record = builders.request_by_mail(desk.box, **parts)
    page = builders.signed_in(desk.dana).get(reverse("request", args=[record.number]))
    return page.content.decode()


def frame_of(desk: Desk, **parts: object) -> str:
    """Let a mail with HTML come in and give the document of its frame."""
    record = builders.request_by_mail(desk.box, **parts)
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
    record = builders.request_by_mail(desk.box, text=f"{NEW}\n\n{QUOTE}")
    page = builders.signed_in(desk.tom).get(reverse("request", args=[record.number])).content.decode()
    assert folded(page)[0] == "Quoted text, 3 lines"
