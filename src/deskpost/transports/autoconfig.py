"""What a domain says of its own mail servers: the file that mail programs ask it for, over https alone.

The format is Thunderbird's, as draft-ietf-mailmaint-autoconfig has it. Nobody but the domain itself is asked, so
no other learns of it; and what it says is proposed, never used unseen.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from deskpost.transports.connection import Server, Tls
from deskpost.transports.errors import TransportError
from deskpost.transports.ews import soap
from deskpost.transports.host_names import is_host
from deskpost.transports.http import Http

_LARGEST = 64 * 1024  # bytes
_TLS: dict[str, Tls] = {"SSL": "implicit", "STARTTLS": "starttls"}
_KINDS: dict[tuple[str, Tls], str] = {
    ("imap", "implicit"): "imaps",
    ("imap", "starttls"): "imap",
    ("pop3", "implicit"): "pops",
    ("pop3", "starttls"): "pop",
    ("smtp", "implicit"): "smtps",
    ("smtp", "starttls"): "smtp",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """One server that the file names. `whole`: the user name is the whole address, and not what is before the @."""

    protocol: str  # a key of PROTOCOLS
    host: str
    port: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Autoconfig:
    """The best server of each direction, None where the file names none that is encrypted."""

    incoming: Offered | None
    outgoing: Offered | None


def address_of(domain: str) -> str:
    """Give where a domain, in ASCII, has its file."""
    return f"https://autoconfig.{domain}/mail/config-v1.1.xml"


def ask(address: str, reach: Server) -> Autoconfig | None:
    """Give what the file at an address says; None where there is none that can be used. `reach` has the time limits."""
    try:
        with Http(address, reach) as web:
            answer = web.ask("GET", address, largest=_LARGEST)
    except TransportError:
        return None
    return read(answer.body) if answer.fine else None


def read(body: bytes) -> Autoconfig | None:
    """Give what a file says; None: it is no such file."""
    try:
        root = soap.read(body)
    except soap.Unreadable:
        return None
    if soap.local(root) != "clientConfig":
        return None
    return Autoconfig(
        _best(root, "incomingServer", ("imap", "pop3")), _best(root, "outgoingServer", ("smtp",))
    )


def _best(root: Element, name: str, kinds: tuple[str, ...]) -> Offered | None:
    """Give the first server of the first kind that there is; those without TLS are passed over."""
    found = [(one.get("type", ""), _offered(one)) for one in soap.every(root, name)]
    return next((offer for kind in kinds for said, offer in found if said == kind and offer), None)


def _offered(element: Element) -> Offered | None:
    host, port = soap.text_of(element, "hostname").lower(), soap.text_of(element, "port")[:6]
    tls = _TLS.get(soap.text_of(element, "socketType"))
    protocol = _KINDS.get((element.get("type", ""), tls)) if tls else None
    if protocol is None or not is_host(host) or not (port.isascii() and port.isdigit()):
        return None
    number = int(port)
    if not 0 < number < 65536:
        return None
    return Offered(protocol, host, number, soap.text_of(element, "username") != "%EMAILLOCALPART%")
