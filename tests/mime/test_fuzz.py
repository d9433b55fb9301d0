"""For any bytes a message comes out, and nothing raises."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskpost.mime.automatic import recognise
from deskpost.mime.clean_html import clean
from deskpost.mime.compose import Draft, File, compose, needs_smtputf8
from deskpost.mime.content import content_key
from deskpost.mime.delimiters import Delimiters
from deskpost.mime.message import Address
from deskpost.mime.parse import attachment_content, parse
from tests.mime.strings import can_be_stored, strings_of

SNIPPETS = (
    b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"References: ", b"Content-Type: ", b"\r\n", b"\n",
    b"\r", b"\r\n\r\n", b"multipart/mixed; boundary=b", b"multipart/alternative; boundary=\"b\"", b"\r\n--b\r\n",
    b"\r\n--b--\r\n", b"text/html; charset=utf-8", b"text/plain; charset=utf-7", b"text/plain; charset=utf-16",
    b"text/plain; format=flowed", b"message/rfc822", b"Content-Transfer-Encoding: base64\r\n", b"quoted-printable",
    b"Content-Disposition: attachment; filename*0*=utf-8''%41", b"; filename*1=b", b"=?utf-8?q?=C3?=", b"=?",
    b"=?iso-2022-jp?b?GyRC?=", b"=?utf-7?q?+2AA-?=", b"?=", b"<a@b>", b"\"", b"(", b")", b",", b"<", b">", b"@", b":",
    b";", b"=", b"\\", b"\x00", b"\xff", b"\xc3\xa4", b"&#0;", b"&#55296;", b"&amp", b"<style>", b"<pre>", b"<!--",
    b" ", b"a",
)  # fmt: skip
mails = st.one_of(
    st.binary(max_size=400),
    st.lists(st.one_of(st.sampled_from(SNIPPETS), st.binary(max_size=3)), max_size=40).map(b"".join),
)
texts = st.text(st.characters(codec=None), max_size=40)


@settings(max_examples=400, deadline=None)
@given(mails)
def test_any_bytes_give_a_message_that_can_be_stored(raw):
    message = parse(raw)
    assert all(can_be_stored(text) for text in strings_of(message))
    assert len(content_key(message)) == 32
    recognise(message)
    for attachment in message.attachments:
        assert len(attachment_content(raw, attachment.part)) == attachment.size


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=300) | st.lists(st.sampled_from([s.decode("latin-1") for s in SNIPPETS])).map("".join)
)
def test_any_html_comes_out_without_anything_that_runs_or_loads(html):
    safe = clean(html).lower()
    assert can_be_stored(safe)
    assert not any(tag in safe for tag in ("<script", "<style", "<iframe", "<object", "<form", ' src="http'))


@settings(max_examples=200, deadline=None)
@given(name=texts, local=texts, subject=texts, body=texts, file_name=texts, identifier=texts)
def test_no_value_of_a_draft_adds_a_header_or_a_recipient(name, local, subject, body, file_name, identifier):
    draft = Draft(
        message_id="<1@desk.example>",
        date=datetime(2026, 11, 23, 9, tzinfo=UTC),
        sender=Address(name, "help@desk.example"),
        to=(Address(name, local + "@example.com"),),
        subject=subject,
        text=body,
        html=body,
        in_reply_to=identifier,
        references=(identifier, "<2@desk.example>"),
        automatic=True,
        loop_id=identifier,
        files=(File(file_name, file_name, b"x"), File(file_name, "image/png", b"y", identifier)),
    )
    mail = compose(draft)
    assert mail == compose(draft)
    head = mail.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    allowed = {b"Date", b"From", b"To", b"Subject", b"Message-ID", b"In-Reply-To", b"References", b"Auto-Submitted",
               b"X-Auto-Response-Suppress", b"X-Deskpost-Loop", b"MIME-Version", b"Content-Type"}  # fmt: skip
    assert set(names) <= allowed
    assert len(names) == len(set(names))
    message = parse(mail)
    assert len(message.to) == len(message.from_) == 1
    assert message.from_[0].address == "help@desk.example"
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert mail.isascii() or needs_smtputf8(draft)
    assert b"\r" not in mail.replace(b"\r\n", b"")
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert b"\0" not in mail


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 2**63 - 1), st.text(st.sampled_from("!@#$%^&"), min_size=1, max_size=10), texts)
def test_every_token_that_is_written_is_found(number, base, before):
    delimiters = Delimiters((base,), {"RE": "RE"})
    subject = (
        before.translate(dict.fromkeys(map(ord, "!@#$%^&"))) + " " + delimiters.write(base, "RE", number)
    )
    assert delimiters.find(subject)[-1] == ("RE", number)


@pytest.mark.parametrize("part", ["", "0", "9", "1.1", "x"])
def test_a_part_that_is_not_there_is_said_so(part):
    with pytest.raises(LookupError, match="no part"):
        attachment_content(b"Subject: a\r\n\r\nb", part)
