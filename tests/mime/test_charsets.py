"""Texts are read whose charset is named by nobody, or wrongly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskpost.mime import charset, detection
from deskpost.mime.parse import parse
from tests.mime.strings import can_be_stored

RUSSIAN = "Добрый день! Принтер в комнате 12 со вчерашнего вечера не печатает, помогите пожалуйста."
GREEK = "Καλημέρα, ο εκτυπωτής στο δωμάτιο 12 δεν τυπώνει από χθες το βράδυ."
HEBREW = "שלום, המדפסת בחדר לא מדפיסה מאתמול בערב."
JAPANESE = "こんにちは。プリンターが昨日から印刷できません。よろしくお願いします。"
KOREAN = "안녕하세요. 어제 저녁부터 프린터가 인쇄되지 않습니다. 도와주세요."
CHINESE = "您好,打印机从昨天晚上开始不能打印了,请帮忙看一下。"
TAIWAN = "您好,印表機從昨天晚上開始不能列印了,請幫忙看一下。"


def text_of(data: bytes, label: str = "") -> tuple[str, tuple[str, ...]]:
    head = f"Content-Type: text/plain{f'; charset={label}' if label else ''}\r\n\r\n"
    message = parse(head.encode() + data)
    return message.text, message.defects


@pytest.mark.parametrize("label", ["", "us-ascii", "x-unknown", "utf-8"])
@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "cp1253"),
        (HEBREW, "cp1255"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc-jp"),
        (KOREAN, "cp949"),
        (CHINESE, "gb18030"),
        (TAIWAN, "cp950"),
        ("Der Drucker druckt nicht, schöne Grüße, Jürgen Müßig, „Zitat“ 5 €", "cp1252"),
        ("ÄNDERUNG DER ÄRGERLICHEN ÄMTER FÜR ÄRZTE", "cp1252"),
        ("ÆRLIGT, ÅRHUS: ÅBENT TIL ÅRET ÆNDRES", "cp1252"),
        ("La stampante è rotta, è da ieri: è urgente, è già così. È tutto qui, vado a casa à là.", "cp1252"),
        ("Été à Évian : où êtes-vous ? Ça a été très apprécié là-bas.", "cp1252"),
    ],
)
def test_a_text_that_nobody_names_is_read_by_its_letters(text, codec, label):
    found, defects = text_of(text.encode(codec), label)
    assert found == text
    assert any("was read as" in defect for defect in defects) or label == "x-unknown"


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.lists(st.integers(0xA1, 0xFE), min_size=4, max_size=300).map(bytes))
)
def test_any_bytes_are_read_by_some_character_set(data):
    assert charset.codec_of(detection.codec_of(data))
    text, _ = charset.decode(data, None)
    assert can_be_stored(text)


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "latin1"])
def test_utf_8_under_a_western_label_is_utf_8(label):
    assert text_of("Grüße für 5 €".encode(), label)[0] == "Grüße für 5 €"
    assert text_of("Grüße für 5 €".encode("cp1252"), label)[0] == "Grüße für 5 €"


@pytest.mark.parametrize("label", ["", "us-ascii", "utf-8"])
def test_a_byte_order_mark_tells_utf_16(label):
    assert text_of("Grüße".encode("utf-16"), label)[0] == "Grüße"


def test_japanese_that_shifts_is_known_by_its_shift():
    assert text_of("日本語のテキスト".encode("iso2022_jp"), "us-ascii")[0] == "日本語のテキスト"
    assert text_of("日本語".encode("iso2022_jp"), "_iso-2022-jp$ESC")[0] == "日本語"


@pytest.mark.parametrize(
    ("label", "codec"), [("ansi", "cp1252"), ("cp-850", "cp850"), ("windows-31j", "cp932")]
)
def test_labels_of_programs_own_making_are_known(label, codec):
    text = "日本" if codec == "cp932" else "Grüße"
    assert text_of(text.encode(codec), label) == (text, ())


@pytest.mark.parametrize(
    ("words", "codec"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "cp1253"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc-jp"),
        (KOREAN, "cp949"),
        (CHINESE, "gb18030"),
    ],
)
def test_a_raw_header_is_read_by_its_letters_too(words, codec):
    name = words.replace(",", "").split()[0][:6]
    head = b"From: " + name.encode(codec) + b" <a@b.c>\r\nSubject: " + words.encode(codec) + b"\r\n\r\nx"
    message = parse(head)
    assert (message.subject, message.from_[0].name, message.from_[0].address) == (words, name, "a@b.c")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8? Q ?=C3=9C?=", "Ü"),
        ("=? utf-8 ?Q?=C3=9C?=", "Ü"),
        ('=?"utf-8"?Q?=C3=9C?=', "Ü"),
        ("text=?utf-8?Q?=C3=9Cber?=", "textÜber"),
        ("=?utf-8?B?8J8=?= =?utf-8?B?mIA=?=", "😀"),
        ("=?utf-8?b?w5xi\r\n ZXI=?=", "Über"),
    ],
)
def test_an_encoded_word_is_decoded_however_it_was_written(written, read):
    assert parse(f"Subject: {written}\r\n\r\nx".encode()).subject == read


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ("filename*=utf-8'%C3%9C.txt", "Ü.txt"),
        ("filename*=%C3%9C.txt", "Ü.txt"),
        ('filename="%C3%9C.txt"', "Ü.txt"),
        ("filename=\"UTF-8''%C3%9C.txt\"", "Ü.txt"),
        ('filename="100%20.txt"', "100%20.txt"),
        ('filename="50% off.txt"', "50% off.txt"),
        ("filename='two words.txt'", "two words.txt"),
        ('filename*0="=?utf-8?Q?=C3=9C?="; filename*1=.txt', "Ü.txt"),
        ("filename*1=b.txt; filename*0=a", "ab.txt"),
        ("filename*0*=UTF-8''%C3; filename*1*=%9C.txt", "Ü.txt"),
        ('filename=""; name=x.txt', "x.txt"),
        ("filename=\"a.txt\"; filename*=utf-8''%C3%9C.txt", "Ü.txt"),
    ],
)
def test_a_file_name_is_decoded_however_it_was_written(parameters, name):
    part = f"Content-Type: a/b\r\nContent-Disposition: attachment; {parameters}\r\n\r\nx"
    raw = f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nt\r\n--b\r\n{part}\r\n--b--"
    assert [file.name for file in parse(raw.encode()).attachments] == [name]
