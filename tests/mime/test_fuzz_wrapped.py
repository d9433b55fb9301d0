"""For any bytes in winmail.dat and in S/MIME something comes out, bounded, and nothing raises."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskpost.mime import cms
from deskpost.mime.bounds import Bounds
from deskpost.mime.parse import attachment_content, parse
from deskpost.mime.tnef import rtf, rtf_compression
from deskpost.mime.tnef.properties import Malformed
from deskpost.mime.tnef.read import read
from tests.mime import smime, winmail
from tests.mime.hostile_wrapped import MAILS
from tests.mime.strings import can_be_stored, strings_of

WORDS = (
    b"{", b"}", b"\\", b"\\*",
    b"\\htmltag64 ", b"\\htmlrtf ", b"\\htmlrtf0 ", b"\\u-10179?", b"\\u8704?", b"\\'fc", b"\\f1 ",
    b"\\uc0 ",
    b"\\uc99 ", b"\\fonttbl", b"\\fcharset204 ", b"\\ansicpg932 ", b"\\par\r\n", b"\\fromhtml1 ", b"\\fromtext ",
    b"a", b"\\~", b"\\_", b"\\bin9999999999 ", b"\x00", b"\xff", b"\\u99999999999 ", b"\\pict ", b"\\plain ",
)  # fmt: skip
small = st.binary(max_size=20)
numbers = st.integers(0, 0xFFFF)
attributes = st.one_of(
    st.builds(winmail.attribute, st.sampled_from((0, 1, 2, 3)), st.integers(0, 2**32 - 1), small),
    st.lists(
        st.one_of(
            st.builds(winmail.integer, numbers, st.integers(-(2**31), 2**31 - 1)),
            st.builds(winmail.old_text, numbers, small),
            st.builds(winmail.binary, st.sampled_from((0x1009, 0x1013, 0x3701, 0x0037)), small),
            small,
        ),
        max_size=5,
    ).map(lambda found: winmail.of_message(*found)),
    st.binary(max_size=40).map(
        lambda data: winmail.of_message(winmail.binary(0x1009, winmail.compress(data)))
    ),
    st.builds(winmail.file, small, small.map(lambda data: winmail.binary(0x3701, data))),
    small.map(lambda data: winmail.file(None, winmail.embedded(0x3701, winmail.SIGNATURE + data))),
    small,
)
streams = st.builds(lambda found: winmail.winmail(*found), st.lists(attributes, max_size=6))


def damaged(data: bytes, place: int, byte: int) -> bytes:
    """Give the bytes with one of them changed."""
    place %= max(len(data), 1)
    return data[:place] + bytes((byte,)) + data[place + 1 :]


@settings(max_examples=300, deadline=None)
@given(streams, st.integers(0, 500), st.integers(0, 255), st.booleans())
def test_any_winmail_dat_gives_a_message_whose_files_are_found_again(content, place, byte, damage):
    raw = winmail.mail(damaged(content, place, byte) if damage else content)
    message = parse(raw)
    assert all(can_be_stored(text) for text in strings_of(message))
    assert len({file.part for file in message.attachments}) == len(message.attachments)
    for file in message.attachments:
        found = attachment_content(raw, file.part)
        assert (len(found), sha256(found).hexdigest()) == (file.size, file.sha256)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_behind_the_signature_are_read(data):
    with_body, without = read(winmail.SIGNATURE + data), read(winmail.SIGNATURE + data, with_body=False)
    assert with_body.files == without.files


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), small), max_size=40).map(b"".join), st.integers(0, 60))
def test_any_formatted_text_is_read_within_its_tokens(source, most):
    found = rtf.read(b"{\\rtf1 " + source, most)
    assert found.tokens <= most
    assert can_be_stored(found.text) and can_be_stored(found.html or "")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 500))
def test_any_compressed_text_stays_within_its_bound(data, most):
    try:
        found, _ = rtf_compression.decompress(data[:8] + b"LZFu" + data[8:], most)
    except Malformed:
        return
    assert len(found) <= most


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_formatted_text_that_was_compressed_comes_back(data):
    assert rtf_compression.decompress(winmail.compress(data), len(data)) == (data, True)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.builds(damaged, st.just(smime.signed(b"\r\nhello")), st.integers(0, 300), st.integers(0, 255)),
        st.builds(damaged, st.just(smime.compressed(b"\r\nhello")), st.integers(0, 90), st.integers(0, 255)),
    )
)
def test_any_smime_gives_a_message_whose_files_are_found_again(data):
    cms.opened(data)
    raw = smime.sealed(data)
    message = parse(raw)
    assert all(can_be_stored(text) for text in strings_of(message))
    for file in message.attachments:
        found = attachment_content(raw, file.part)
        assert (len(found), sha256(found).hexdigest()) == (file.size, file.sha256)


@pytest.mark.parametrize("name", MAILS)
def test_what_is_made_to_hurt_is_read_within_its_bounds(name):
    raw = MAILS[name](150_000)
    message = parse(raw)
    text = len(message.text) + len(message.html or "")
    assert text <= 100_000 + (15 if name.startswith("compressed") else 6) * len(raw)
    assert len(message.attachments) <= Bounds(len(raw)).parts + 600
    assert sum(file.size for file in message.attachments) <= 20 * len(raw)
    for file in message.attachments[:5]:
        assert len(attachment_content(raw, file.part)) == file.size


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("winmail.dat of small properties", "more properties than are read"),
        ("winmail.dat of many values", "more properties than are read"),
        ("winmail.dat of small files", "more files than are read"),
        ("winmail.dat in winmail.dat", "more mails inside one another than are read"),
        ("a text that expands to groups", "longer than what is read"),
        ("formatted text of groups", "longer than what is read"),
        ("signed data of pieces", "could not be read"),
    ],
)
def test_what_a_bound_cuts_off_is_said(name, words):
    assert any(words in defect for defect in parse(MAILS[name](300_000)).defects)
