"""DKIM signatures: the examples of the standards, mails that the tests sign, and what people do to mails on the way."""

import random
import re
import time
import tracemalloc

import pytest

from deskpost.mime import canonical, dkim
from tests.inbound.builders import mail
from tests.mime.corpora import MAILS
from tests.mime.signing import record, sign

NOW = time.time()
# RFC 8463 appendix A: one mail, signed with both kinds of key
STANDARD = """DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"""
KEYS = {
    "brisbane._domainkey.football.example.com": "v=DKIM1; k=ed25519; "
    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test._domainkey.football.example.com": "v=DKIM1; k=rsa; "
    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/b"
    "yYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w"
    "3QIDAQAB",
}


def why_not(raw: bytes, key: str = "", domain: str = "acme.example") -> str:
    """Give why the first signature does not hold, empty where it holds."""
    (signature, *_) = dkim.signatures(raw, [domain], NOW)
    return dkim.why_not(signature, key or record())


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_example_of_the_standard_holds_with_both_kinds_of_key(line_end: str) -> None:
    raw = STANDARD.replace("\n", line_end).encode()
    found = dkim.signatures(raw, ["football.example.com"], NOW)
    assert [one.key_name for one in found] == list(KEYS)
    assert [dkim.why_not(one, KEYS[one.key_name]) for one in found] == ["", ""]
    changed = raw.replace(b"hungry", b"thirsty")
    for one in dkim.signatures(changed, ["football.example.com"], NOW):
        assert dkim.why_not(one, KEYS[one.key_name]) == "the text was changed after it was signed"


def test_a_signed_mail_holds_and_says_for_whom() -> None:
    raw = sign(mail(), "acme.example")
    assert dkim.domains(raw) == ("acme.example",)
    assert why_not(raw) == ""
    assert why_not(raw.replace(b"\r\n", b"\n")) == ""
    assert why_not(b"Received: from x by y;\r\n z\r\n" + raw) == ""
    assert dkim.signatures(raw, ["evil.example"], NOW) == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"It burns.", b"It is cold.", "the text was changed"),
        (b"Subject: Printer", b"Subject: Pay now", "it does not fit"),
        (b"ute@acme.example", b"tom@acme.example", "it does not fit"),
        (b"s=s1;", b"s=s1; x=1000;", "it has expired"),
        (b"s=s1;", b"s=s1; i=@evil.example;", "another domain"),
        (b"s=s1;", b"s=s1; l=3;", "a part of the text alone"),
        (b"s=s1;", b"s=s1; d=evil.example;", ""),
        (b"h=from:", b"h=", "does not sign From"),
        (b"rsa-sha256", b"rsa-sha1", "version or algorithm"),
        (b"c=relaxed/relaxed", b"c=nowsp", "its form is unknown"),
        (b"s=s1;", b"s=;", "it names no key"),
    ],
)
def test_what_was_changed_on_the_way_does_not_hold(old: bytes, new: bytes, words: str) -> None:
    changed = sign(mail(), "acme.example").replace(old, new)
    if not words:
        assert dkim.signatures(changed, ["acme.example", "evil.example"], NOW) == ()
    else:
        assert words in why_not(changed)


def test_a_second_from_on_top_breaks_a_signature_that_guards_against_it() -> None:
    guarded = sign(mail(), "acme.example", names=("from", "from", "subject"))
    assert why_not(guarded) == ""
    assert "it does not fit" in why_not(b"From: ceo@acme.example\r\n" + guarded)


@pytest.mark.parametrize(
    "name", ["Subject", "Content-Type", "To", "Date", "Message-ID", "Subject ", "MIME-Version"]
)
def test_a_field_added_on_top_of_a_signed_mail_breaks_its_signature(name: str) -> None:
    """RFC 6376 section 8.15: what people see would be the unsigned one."""
    raw = f"{name}: text/html\r\n".encode() + sign(mail(), "acme.example")
    assert why_not(raw) == f"{name.strip().title()} stands there more often than it is signed"


def test_a_field_that_is_signed_as_often_as_it_stands_there_may_repeat() -> None:
    twice = b"Cc: a@acme.example\r\nCc: b@acme.example\r\n" + mail()
    assert why_not(sign(twice, "acme.example", names=("from", "subject", "cc", "cc"))) == ""
    assert "Cc stands there" in why_not(sign(twice, "acme.example", names=("from", "subject", "cc")))


def test_a_signature_that_leaves_the_subject_open_counts_for_nothing() -> None:
    assert why_not(sign(mail(), "acme.example", names=("from", "to"))) == "it does not sign Subject"


@pytest.mark.parametrize("stray", [b"Please pay here.", b"Su\0bject: x", b"\rSubject: x", b"a b: c"])
def test_a_header_that_others_may_read_otherwise_holds_no_signature(stray: bytes) -> None:
    """The text may begin at such a line, and it is signed by nobody."""
    raw = sign(mail(), "acme.example").replace(b"\r\n\r\n", b"\r\n" + stray + b"\r\n\r\n", 1)
    assert dkim.signatures(raw, ["acme.example"], NOW) == () == dkim.domains(raw)
    assert why_not(b"From ute@acme.example Mon Nov 23 09:00:00 2026\n" + sign(mail(), "acme.example")) == ""


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 65_536])
def test_a_text_is_the_same_in_pieces_of_any_size(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "_PIECE", piece)
    chance = random.Random(7)
    for _ in range(400):
        text = b"".join(
            chance.choices(
                [b"\r\n", b"\n", b"\r", b" ", b"\t", b"a", b"bc", b" " * 70], k=chance.randint(0, 14)
            )
        )
        lines = re.sub(rb"\r?\n", b"\r\n", text).split(b"\r\n")
        for relaxed in (False, True):
            wanted = [
                re.sub(rb"[ \t]+", b" ", line).removesuffix(b" ") if relaxed else line for line in lines
            ]
            while wanted and not wanted[-1]:
                wanted.pop()
            whole = b"".join(line + b"\r\n" for line in wanted) or (b"" if relaxed else b"\r\n")
            assert b"".join(canonical.body(b"A: b\n\n" + text, relaxed=relaxed)) == whole, text


def test_a_long_text_is_read_in_little_memory_and_once_for_each_form(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bool] = []
    whole = canonical.body_digest

    def counted(raw: bytes, *, relaxed: bool) -> tuple[str, int]:
        read.append(relaxed)
        return whole(raw, relaxed=relaxed)

    monkeypatch.setattr(canonical, "body_digest", counted)
    simple = b"DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; h=from:subject; bh=x; b=AA==\r\n"
    raw = simple * 3 + sign(mail(), "acme.example") + b"\n" * 10_000_000 + b"x"
    tracemalloc.start()
    try:
        assert len(dkim.signatures(raw, ["acme.example"], NOW)) == 4
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sorted(read) == [False, True]
    assert most < 4_000_000  # bytes


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("v=DKIM1; p=", "taken back"),
        ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "another kind"),
        ("v=DKIM1; p=!!!", "taken back"),
        ("v=DKIM1; p=AAAA", "cannot be read"),
        ("v=DKIM2; p=AAAA", "another kind"),
        ("h=sha1; p=AAAA", "not for SHA-256"),
        (record().replace("k=rsa", "k=rsa; s=tlsrpt"), "not for mail"),
        (record(1024), "does not fit"),
    ],
)
def test_a_key_that_does_not_serve_proves_nothing(key: str, words: str) -> None:
    assert words in why_not(sign(mail(), "acme.example"), key)


def test_a_key_of_1024_bits_still_counts_and_a_smaller_one_does_not() -> None:
    assert why_not(sign(mail(), "acme.example", bits=1024), record(1024)) == ""
    signature = dkim.signatures(sign(mail(), "acme.example"), ["acme.example"], NOW)[0]
    short = (  # 512 bits
        "p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit"
        "+CqvjWYzvQwECAwEAAQ=="
    )
    assert dkim.why_not(signature, short) in ("its key is too short", "its key cannot be read")


@pytest.mark.parametrize(
    "hostile", [b" ", b"\t", b"\r\n", b" \r\n", b"\n", b"\r", b"a\t", b";b=", b"From: x\r\n"]
)
def test_hostile_texts_and_headers_end(hostile: bytes) -> None:
    """Squared, five million signs would take days."""
    text = hostile * (5_000_000 // len(hostile))
    assert all(canonical.body_digest(b"\n" + text + b"x", relaxed=relaxed)[1] for relaxed in (True, False))
    raw = sign(mail(), "acme.example") + b"\r\n" + text + b"x"
    assert why_not(raw) == "the text was changed after it was signed"
    in_header = b"DKIM-Signature: d=acme.example;" + text + b"\r\n" + raw
    assert all(
        one.wrong or dkim.why_not(one, record()) for one in dkim.signatures(in_header, ["acme.example"], NOW)
    )


def test_no_mail_of_the_corpora_raises() -> None:
    signed = 0
    for path in MAILS:
        raw = path.read_bytes()
        found = dkim.signatures(raw, dkim.domains(raw), NOW)
        signed += len(found)
        assert all(dkim.why_not(one, record()) for one in found)
    assert signed > 10
