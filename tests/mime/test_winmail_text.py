"""The formatted text of winmail.dat: decompressed, and read for its text or the HTML within it."""

import pytest

from deskpost.mime.tnef import rtf, rtf_compression
from deskpost.mime.tnef.properties import Malformed
from tests.mime import winmail as write
from tests.mime.winmail import opened

HTML = "<html><body><p>Grüße, 日本 &amp; 😀 {braces} \\ back</p>\n<img src='cid:one@client'></body></html>"


def test_the_examples_of_the_specification_are_decompressed():
    plain = (
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    across = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"
    hello, crossing = (rtf_compression.decompress(bytes.fromhex(data), 1_000) for data in (plain, across))
    assert hello == (b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", True)
    assert crossing == (b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", True)


@pytest.mark.parametrize(
    "source", [b"", b"a", b"ab" * 5_000, write.html_in_rtf(HTML), bytes(range(32, 127)) * 200]
)
def test_what_was_compressed_is_what_comes_out(source):
    assert rtf_compression.decompress(write.compress(source), 1_000_000) == (source, True)
    assert rtf_compression.decompress(write.uncompressed(source), 1_000_000) == (source, True)


def test_formatted_text_of_an_unknown_compression_is_said_to_be_none():
    with pytest.raises(Malformed, match="unknown way"):
        rtf_compression.decompress(write.compress(b"hello").replace(b"LZFu", b"ZZZZ"), 100)


def test_a_bomb_of_formatted_text_gives_no_more_than_its_share():
    bomb = write.compress(b"{\\rtf1 " + b"A" * 3_000_000 + b"}")
    assert len(bomb) < 400_000
    message = opened(write.winmail(write.of_message(write.binary(0x1009, bomb))))[1]
    assert 100_000 < len(message.text) < 2_000_000
    assert "the text of winmail.dat is longer than what is read" in message.defects


def test_hidden_rtf_is_not_shown_and_fonts_decode_their_bytes():
    source = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}"
        rb"{\*\htmltag64 <p>}\htmlrtf never \htmlrtf0 \f1 \'cf\'f0\'e8\f0 \'fc{\*\htmltag84 &nbsp;}{\*\mhtmltag64 no}"
        rb"\lquote a\rquote\line{\*\htmltag72 </p>}}"
    )
    found = rtf.read(source, 1_000)
    assert found.html == "<p>Приü&nbsp;\u2018a\u2019\r\n</p>"


def test_bytes_within_formatted_text_are_passed_over():
    found = rtf.read(b"{\\rtf1 a{\\pict\\bin4 }}}}}b}", 100)
    assert (found.text, found.whole) == ("ab", True)


def test_what_nobody_reads_is_gone_over_in_few_steps():
    styles = (
        b"{\\stylesheet"
        + b"{\\s1\\b\\f0 Normal;}" * 40
        + b"\\{}{\\*\\latentstyles"
        + b"\\lsdlocked0 Style;" * 400
        + b"}"
    )
    found = rtf.read(
        b"{\\rtf1" + styles + b"{\\info{\\author {A}}}one{\\*\\themedata " + b"ab" * 900 + b"} two}", 200
    )
    assert (found.text, found.whole) == ("one two", True)
