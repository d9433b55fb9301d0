"""`deskpost parse`: JSON of any mail, without a database."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import AS_A_PLAIN_USER, deskpost, follows, is_a_sentence
from tests.inbound.builders import mail

CORPORA = Path(__file__).parent / "corpora"


def test_every_mail_of_the_corpora_gives_one_line_that_follows_the_contract():
    files = sorted(CORPORA.rglob("*.eml"))
    ran = deskpost("parse", *files)
    assert ran.code == 0
    lines = ran.json_lines
    assert [line["file"] for line in lines] == [str(file) for file in files]
    for line in lines:
        follows("parse", line)


def test_one_mail_gives_one_object_without_its_file(tmp_path):
    file = tmp_path / "one.eml"
    file.write_bytes(mail(subject="Re: ##RE-12## Drucker brennt"))
    ran = deskpost("parse", file)
    follows("parse", ran.json)
    assert "file" not in ran.json
    assert ran.json["delimiters"] == [{"module": "RE", "number": 12}]
    assert ran.json["from"] == [{"name": "Ute Brandt", "address": "ute@acme.example"}]


def test_a_mail_may_come_from_standard_input():
    assert deskpost("parse", "-", stdin=mail(subject="Hello")).json["subject"] == "Hello"


def test_what_is_printed_is_utf_8_whatever_the_locale():
    ran = deskpost(
        "parse", "-", stdin=mail(subject="Grüße ☃"), LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii"
    )
    assert ran.json["subject"] == "Grüße ☃"


def test_parsing_touches_neither_django_nor_a_database(tmp_path):
    file = tmp_path / "one.eml"
    file.write_bytes(mail())
    program = (
        "import sys; from deskpost.cli import app; "
        f"app(['parse', {str(file)!r}], standalone_mode=False); "
        "sys.exit(sum(name.partition('.')[0] in ('django', 'psycopg', 'procrastinate') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("kind", "code"), [("missing", 66), ("folder", 66), ("unreadable", 66), ("empty", 65), ("200 MB", 65)]
)
def test_a_file_that_is_no_mail_is_told_in_a_sentence_and_the_others_are_read(tmp_path, kind, code):
    good, bad = tmp_path / "good.eml", tmp_path / "bad.eml"
    good.write_bytes(mail(subject="Good"))
    if kind == "folder":
        bad.mkdir()
    elif kind == "empty":
        bad.touch()
    elif kind == "200 MB":
        with bad.open("wb") as stream:
            stream.truncate(200_000_000)
    elif kind == "unreadable":
        bad.write_bytes(mail())
        bad.chmod(0)
    ran = deskpost("parse", bad, good, before=AS_A_PLAIN_USER)
    assert ran.code == code, "sysexits.h tells what cannot be read from what is no mail"
    assert [line["subject"] for line in ran.json_lines] == ["Good"]
    assert str(bad) in ran.err
    is_a_sentence(ran.err)


def test_a_mail_without_from_is_read():
    ran = deskpost("parse", "-", stdin=b"Subject: nobody\r\n\r\nHello\r\n")
    assert ran.code == 0
    follows("parse", ran.json)
    assert ran.json["from"] == []


def test_a_name_that_is_not_utf_8_is_read_like_any_other(tmp_path):
    file = bytes(tmp_path) + b"/\xff.eml"
    Path(file.decode(errors="surrogateescape")).write_bytes(mail(subject="Hello"))
    assert deskpost("parse", file).json["subject"] == "Hello"
    missing = deskpost("parse", bytes(tmp_path) + b"/\xfe.eml")
    assert missing.code == 66
    is_a_sentence(missing.err)
