"""Which texts are hosts."""

from deskpost.transports.host_names import is_host, is_host_and_port


def test_names_and_addresses_are_hosts_and_what_surrounds_them_in_a_link_is_not() -> None:
    for host in (
        "smtp",
        "smtp.msp.example",
        "smtp.msp.example.",
        "10.0.0.7",
        "::1",
        "[2001:db8::1]",
        "mäil.example",
    ):
        assert is_host(host) and is_host_and_port(host), host
    for wrong in (
        "",
        " ",
        "smtp msp",
        "smtp://msp.example",
        "a@b.example",
        "smtp.msp.example:25",
        "-a.example",
    ):
        assert not is_host(wrong), wrong
    for wrong in (
        "10.0.0",
        "10.0.0.300",
        "a..b",
        "x" * 64,
        ".".join(["abcdefgh"] * 30),
        "[::1",
        "a/b",
        "a\\b",
    ):
        assert not is_host(wrong) and not is_host_and_port(wrong), wrong


def test_a_port_may_follow_an_alternate() -> None:
    for good in ("smtp2.msp.example:2525", "10.0.0.8:25", "[::1]:25"):
        assert is_host_and_port(good), good
    for wrong in ("smtp2:0", "smtp2:65536", "smtp2:x", "smtp2:", ":25", "::1:x", "smtp2:1234567"):
        assert not is_host_and_port(wrong), wrong
