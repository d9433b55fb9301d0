"""Which addresses a mail server may have. Judged is the address that is connected to, never the name.

Settings are typed by people, and not all who may enter a server may look around in the network of this machine.
What no mail server ever has is refused always; what an operator may want to keep out, where told so.
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_Ip = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against an address: `reason` says what it is; `private`, that settings may allow it."""

    reason: str
    private: bool = False


def objection(address: str, *, allow_private: bool) -> Objection | None:
    """Give what speaks against connecting to an address written in numbers, None where nothing does."""
    real = _carried(ip_address(address))
    for networks, found in _OBJECTIONS:
        if any(real in one for one in networks):
            return None if found.private and allow_private else found
    return None


def objection_to_host(host: str) -> Objection | None:
    """Give what speaks against a host written in numbers wherever it is, None for a name: that is judged when dialled.

    Numbers are read as connecting reads them: 169.254.1.1, [fe80::1%eth0], and also 0xa9fe0101 and 2851995905.
    """
    try:
        found = socket.getaddrinfo(host.strip("[] ").partition("%")[0], None, flags=socket.AI_NUMERICHOST)
    except (OSError, ValueError):
        return None
    return objection(str(found[0][4][0]), allow_private=True)


def _carried(address: _Ip) -> _Ip:
    """Give the IPv4 address at which packets to an IPv6 address end, where it only carries one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _networks(*written: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(one) for one in written)


_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how machines without IPv4 reach IPv4

_METADATA = _networks(  # services that hand the secrets of a cloud machine to whoever asks from there
    "169.254.169.254/32",  # Amazon, Google, Microsoft and most others
    "100.100.100.200/32",  # Alibaba
    "168.63.129.16/32",  # Microsoft, beside the other
    "192.0.0.192/32",  # Oracle
    "fd00:ec2::/32",  # Amazon
    "fd20:ce::254/128",  # Google
)
_PRIVATE = _networks(
    "10.0.0.0/8",  # RFC 1918
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",  # RFC 6598: between a provider and its customers
    "198.18.0.0/15",  # RFC 2544: between devices under test
    "fc00::/7",  # RFC 4193
    "fec0::/10",  # RFC 3879: what came before that
)
# The first that fits holds: metadata services lie in link-local and private networks, ::1 in a reserved one.
_OBJECTIONS = (
    (_METADATA, Objection("a cloud's metadata service")),
    (_networks("169.254.0.0/16", "fe80::/10"), Objection("link-local")),  # RFC 3927, RFC 4291
    (_networks("0.0.0.0/8", "::/128"), Objection("no machine's")),  # Linux connects to itself by it
    (_networks("224.0.0.0/4", "ff00::/8"), Objection("a multicast group's")),
    (_networks("127.0.0.0/8", "::1/128"), Objection("this machine's own", private=True)),
    (_PRIVATE, Objection("in a private network", private=True)),
    # RFC 6890; of IPv6 all that is not 2000::/3, where the addresses of the Internet are
    (_networks("192.0.0.0/24", "240.0.0.0/4", "::/3", "4000::/2", "8000::/1"), Objection("reserved")),
)
