"""DKIM signatures: the examples of the standards, mails that the tests sign, and what people do to mails on the way."""

import time

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
    ("key", "words"),
    [
        ("v=DKIM1; p=", "taken back"),
        ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "another kind"),
        ("v=DKIM1; p=!!!", "taken back"),
        ("v=DKIM1; p=AAAA", "cannot be read"),
        ("v=DKIM2; p=AAAA", "another kind"),
        ("h=sha1; p=AAAA", "not for SHA-256"),
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
    assert canonical.relaxed_body(text + b"x") and canonical.simple_body(text + b"x")
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
