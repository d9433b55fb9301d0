"""MX records, asked of a real name service on this machine."""

import socket
import time

import dns.resolver

from deskpost.transports.mail_exchangers import first_that_is, mail_exchangers
from tests.servers.name_server import name_server

NAMES = {
    ("two.example", "MX"): ("20 b.two.example.", "10 A.two.example."),
    ("none.example", "MX"): ("0 .",),
    ("xn--mller-kva.example", "MX"): ("10 mx.mueller.example.",),
    ("mail.two.example", "A"): ("127.0.0.1",),
    ("many.example", "MX"): tuple(f"{number} mx{number}.many.example." for number in range(10, 40)),
}


def test_the_preferred_exchanger_comes_first() -> None:
    with name_server(NAMES):
        assert mail_exchangers("two.example", 20.0) == ("a.two.example", "b.two.example")
        assert mail_exchangers("müller.example", 20.0) == ("mx.mueller.example",)
        assert len(mail_exchangers("many.example", 20.0)) == 20


def test_a_domain_without_exchangers_and_what_is_no_domain_have_none() -> None:
    with name_server(NAMES):
        for domain in (
            "none.example",
            "nobody.example",
            "mail.two.example",
            "",
            "..",
            "a" * 300,
            "x" * 64 + ".example",
        ):
            assert mail_exchangers(domain, 20.0) == (), domain


def test_the_first_name_that_exists_is_found() -> None:
    with name_server(NAMES):
        assert first_that_is(("imap.two.example", "mail.two.example"), 20.0) == "mail.two.example"
        assert first_that_is(("imap.no.example", "..", ""), 20.0) == ""


def test_a_silent_name_service_costs_the_time_allowed_and_no_more() -> None:
    before = dns.resolver.default_resolver
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], silent.getsockname()[1]
        dns.resolver.default_resolver = resolver
        try:
            began = time.monotonic()
            assert mail_exchangers("two.example", 0.3) == ()
            assert first_that_is(("a.two.example", "b.two.example"), 0.3) == ""
            assert time.monotonic() - began < 12, "three questions, of which each may take 5 s elsewhere"
        finally:
            dns.resolver.default_resolver = before
