"""What a notification says, and what it can never say."""

import pytest

from deskpost.outbound.wording import as_html, fill, one_line, shortened, whole, with_delimiter


def test_a_value_is_never_read_as_a_template() -> None:
    assert (
        fill("{subject}: {text}", {"subject": "{text}", "text": "{0.__class__}"}) == "{text}: {0.__class__}"
    )
    assert fill("a {missing} b", {}) == "a  b"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Printer on fire", "##RE-1## Printer on fire"),
        ("Re: Printer on fire", "Re: ##RE-1## Printer on fire"),
        ("Re: AW: Printer", "Re: AW: ##RE-1## Printer"),
        ("Re: ##RE-1## Printer", "Re: ##RE-1## Printer"),
        ("", "##RE-1##"),
        ("##RE-12## Printer", "##RE-1## ##RE-12## Printer"),
    ],
)
def test_a_subject_carries_its_delimiter_once(subject: str, expected: str) -> None:
    assert with_delimiter(subject, "##RE-1##") == expected


def test_no_subject_or_name_can_end_a_line() -> None:
    for sign in "\r\n\v\f\x00\x1c\x85\u2028\u2029":
        assert one_line(f"a{sign}Bcc: x@y.example") in ("a Bcc: x@y.example", "aBcc: x@y.example")


def test_null_bytes_and_lone_surrogates_never_reach_the_database() -> None:
    assert whole("a\0b\ud800c") == "ab\N{REPLACEMENT CHARACTER}c"
    assert whole("\N{GRINNING FACE}") == "\N{GRINNING FACE}"


def test_a_long_mail_is_quoted_shortened_and_the_notification_says_so() -> None:
    quoted = shortened("word " * 10_000)
    assert len(quoted) < 4_200
    assert "whole text" in quoted


def test_html_is_escaped_text_with_paragraphs_and_links() -> None:
    html = as_html('Hello <b>&"you"\nnext\n\nSee https://desk.example/requests/RE-1.')
    assert "<p>Hello &lt;b&gt;&amp;&quot;you&quot;<br>\nnext</p>" in html
    assert '<a href="https://desk.example/requests/RE-1">https://desk.example/requests/RE-1</a>.' in html
    assert "javascript" not in as_html("javascript:alert(1)").replace("javascript:alert(1)", "")
