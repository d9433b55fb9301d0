"""The table of protocols."""

import pytest

from deskpost.transports.protocols import INCOMING, OUTGOING, PROTOCOLS


@pytest.mark.parametrize(
    ("key", "tls", "port"),
    [
        ("imap", "none", 143),
        ("imap", "starttls", 143),
        ("imaps", "implicit", 993),
        ("pop", "none", 110),
        ("pops", "implicit", 995),
        ("smtp", "none", 25),
        ("smtp", "starttls", 587),
        ("smtps", "implicit", 465),
        ("ews", "implicit", 443),
        ("ews", "none", 80),
        ("graph", "implicit", 443),
    ],
)
def test_the_customary_port_is_proposed_for_each_protocol(key: str, tls: str, port: int) -> None:
    assert dict(PROTOCOLS[key].ports)[tls] == port  # type: ignore[index]


def test_protocols_with_tls_in_their_name_have_it_from_the_first_byte() -> None:
    for key, protocol in PROTOCOLS.items():
        if protocol.address:
            continue
        assert (protocol.tls_kinds == ("implicit",)) == key.endswith("s")
        assert protocol.label == key.upper()


def test_every_protocol_opens_in_the_directions_that_it_is_offered_for() -> None:
    for key, protocol in PROTOCOLS.items():
        assert (protocol.open_source is not None) == (key in INCOMING)
        assert (protocol.open_sender is not None) == (key in OUTGOING)
        assert key in INCOMING or key in OUTGOING
