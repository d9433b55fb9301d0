"""SPF and DMARC as a real name service tells them."""

import time
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from deskpost.transports import spf
from deskpost.transports.dmarc import Policy, policy_of
from deskpost.transports.name_service import NameService, NotTold
from tests.servers.name_server import name_server

LONG = " ".join(f"include:n{n}.example" for n in range(12))
RECORDS = {
    ("acme.example", "TXT"): ('"site-verification=1"', '"v=spf1 ip4:203.0.113.0/24 ip6:2001:db8::/32 -all"'),
    ("soft.example", "TXT"): ('"v=spf1 a mx ~all"',),
    ("soft.example", "A"): ("198.51.100.1",),
    ("soft.example", "MX"): ("10 mx.soft.example.",),
    ("mx.soft.example", "A"): ("198.51.100.2",),
    ("mx.soft.example", "AAAA"): ("2001:db8::2",),
    ("in.example", "TXT"): ('"v=spf1 include:acme.example ?all"',),
    ("to.example", "TXT"): ('"v=spf1 redirect=acme.example"',),
    ("net.example", "TXT"): ('"v=spf1 a:soft.example/24 -all"',),
    ("macro.example", "TXT"): ('"v=spf1 exists:%{ir}.%{l1r-}._spf.%{d2} -all"',),
    ("9.113.0.203.ute._spf.macro.example", "A"): ("127.0.0.2",),
    ("helo.example", "TXT"): ('"v=spf1 ip4:203.0.113.9 -all"',),
    ("two.example", "TXT"): ('"v=spf1 -all"', '"v=spf1 +all"'),
    ("bad.example", "TXT"): ('"v=spf1 ip4:nonsense -all"',),
    ("odd.example", "TXT"): ('"v=spf1 nonsense:x -all"',),
    ("lost.example", "TXT"): ('"v=spf1 include:nothing.example -all"',),
    ("loop.example", "TXT"): ('"v=spf1 include:loop.example -all"',),
    ("long.example", "TXT"): (f'"v=spf1 {LONG} -all"',),
    ("void.example", "TXT"): ('"v=spf1 a:x1.example a:x2.example a:x3.example +all"',),
    ("split.example", "TXT"): ('"v=spf1 ip4:203.0." "113.9 -all"',),
    ("everyone.example", "TXT"): ('"v=spf1 +all"',),
    ("_dmarc.acme.example", "TXT"): ('"v=DMARC1; p=reject; sp=quarantine; adkim=s"',),
    ("_dmarc.two.example", "TXT"): ('"v=DMARC1; p=reject"', '"v=DMARC1; p=none"'),
    ("_dmarc.no.example", "TXT"): ('"v=spf1 -all"',),
    **{(f"n{n}.example", "TXT"): ('"v=spf1 ?all"',) for n in range(12)},
}


@pytest.fixture(autouse=True)
def asked() -> Iterator[list[str]]:
    """Answer as those domains would."""
    with name_server(RECORDS) as names:
        yield names


def names() -> NameService:
    return NameService(time.monotonic() + 20)


@pytest.mark.parametrize(
    ("client", "domain", "wanted"),
    [
        ("203.0.113.9", "acme.example", "pass"),
        ("2001:db8::9", "acme.example", "pass"),
        ("::ffff:203.0.113.9", "acme.example", "pass"),
        ("198.51.100.9", "acme.example", "fail"),
        ("198.51.100.1", "soft.example", "pass"),
        ("198.51.100.2", "soft.example", "pass"),
        ("2001:db8::2", "soft.example", "pass"),
        ("198.51.100.3", "soft.example", "softfail"),
        ("203.0.113.9", "in.example", "pass"),
        ("198.51.100.9", "in.example", "neutral"),
        ("203.0.113.9", "to.example", "pass"),
        ("198.51.100.9", "to.example", "fail"),
        ("198.51.100.77", "net.example", "pass"),
        ("203.0.113.9", "macro.example", "pass"),
        ("203.0.113.8", "macro.example", "fail"),
        ("203.0.113.9", "split.example", "pass"),
        ("203.0.113.9", "everyone.example", "pass"),
        ("203.0.113.9", "nothing.example", "none"),
        ("203.0.113.9", "localhost", "none"),
        ("203.0.113.9", "two.example", "permerror"),
        ("203.0.113.9", "bad.example", "permerror"),
        ("203.0.113.9", "odd.example", "permerror"),
        ("203.0.113.9", "lost.example", "permerror"),
        ("203.0.113.9", "loop.example", "permerror"),
        ("203.0.113.9", "long.example", "permerror"),
        ("203.0.113.9", "void.example", "permerror"),
    ],
)
def test_a_server_is_judged_by_the_policy_of_the_domain(client: str, domain: str, wanted: str) -> None:
    assert spf.check(ip_address(client), f"ute@{domain}", "out.acme.example", names()) == wanted


def test_a_mail_of_nobody_goes_by_what_its_server_called_itself() -> None:
    assert spf.check(ip_address("203.0.113.9"), "", "helo.example", names()) == "pass"
    assert spf.check(ip_address("203.0.113.8"), "", "helo.example", names()) == "fail"


def test_an_answer_is_kept(asked: list[str]) -> None:
    for _ in range(3):
        assert spf.check(ip_address("203.0.113.9"), "ute@acme.example", "x", names()) == "pass"
    assert asked == ["acme.example"]


def test_no_domain_asks_more_than_the_standard_allows(asked: list[str]) -> None:
    spf.check(ip_address("203.0.113.9"), "ute@long.example", "x", names())
    assert len(asked) == 11


def test_a_name_service_without_time_says_nothing() -> None:
    late = NameService(time.monotonic())
    assert spf.check(ip_address("203.0.113.9"), "ute@acme.example", "x", late) == "temperror"
    with pytest.raises(NotTold):
        policy_of("acme.example", late)


def test_the_policy_of_a_domain_is_its_own_or_its_organisations() -> None:
    assert policy_of("acme.example", names()) == Policy("reject", strict_dkim=True, strict_spf=False)
    assert policy_of("mail.acme.example", names()) == Policy("quarantine", strict_dkim=True, strict_spf=False)
    for domain in ("two.example", "no.example", "nothing.example", "a" * 300, "a..b", "x" * 70 + ".example"):
        assert policy_of(domain, names()) is None
