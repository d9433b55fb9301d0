"""What is proposed for a mailbox and for its answers, by who runs it; every word of it can be changed."""

from typing import Any

from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.setup_assistant import SetupAssistant
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.protocols import PROTOCOLS

_OAUTH_MORE = ("username", "authorization_url", "token_url", "scope")
INCOMING: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "microsoft": (
        ("client_id", "client_secret", "client_secret_ends"),
        ("mailbox_to_open", "cloud", "graph_endpoint", *_OAUTH_MORE, "ca_file"),
    ),
    "google": (
        ("client_id", "client_secret", "client_secret_ends"),
        ("server", "port", *_OAUTH_MORE, "ca_file"),
    ),
    "exchange": (
        ("connect_url", "username", "password"),
        ("mailbox_to_open", "allow_plain", "verify_certificate", "ca_file"),
    ),
    "server": (
        ("protocol", "server", "port", "username", "password"),
        ("tls", "verify_certificate", "ca_file"),
    ),
}
"""The fields of a mailbox's form that question 3 asks: those at hand, and those in the fold."""
OUTGOING: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "microsoft": (
        ("client_id", "client_secret", "client_secret_ends"),
        ("mailbox_to_open", "cloud", "graph_endpoint", *_OAUTH_MORE[1:], "ca_file"),
    ),
    "google": (
        ("sender_name", "client_id", "client_secret", "client_secret_ends"),
        ("server", "port", *_OAUTH_MORE, "ca_file"),
    ),
    "exchange": (
        ("sender_name", "connect_url", "username", "password"),
        ("allow_plain", "verify_certificate", "ca_file"),
    ),
    "server": (
        ("sender_name", "server", "protocol", "port", "requires_authentication", "username", "password"),
        ("tls", "verify_certificate", "ca_file"),
    ),
}
"""The fields of an outgoing server's form that question 5 asks."""
CARRIED = ("seen", "proposed_for", "cloud_proposed", "filled_in", "port_proposed", "proposed", "grant")


def runner_of(row: Mailbox | OutgoingServer) -> str:
    """Give who runs what a saved mailbox or server is set up for."""
    if row.protocol == "graph":
        return "microsoft"
    if row.protocol == "ews":
        return "exchange"
    return "google" if row.authentication == "oauth" else "server"


def is_ready(progress: SetupAssistant, row: Mailbox | None) -> bool:
    """Tell whether the mailbox is saved as questions 1 and 2 were answered."""
    return row is not None and runner_of(row) == progress.runner and progress.address in row.addresses


def for_mailbox(progress: SetupAssistant, row: Mailbox | None) -> dict[str, str]:
    """Give the fields proposed for the mailbox: of one that is there and of the same kind the address alone."""
    address, runner = progress.address, progress.runner
    same = {"addresses": address}
    if row is not None and runner_of(row) == runner:
        moved = address not in row.addresses and row.username in row.addresses
        return {**same, "username": address, "name": _free_name(address, row)} if moved else same
    new = {**same, "username": address, "grant": "authorization_code", "name": _free_name(address, row)}
    return {**new, **_SIGN_IN[runner], **_place(progress)}


def for_answers(progress: SetupAssistant, row: OutgoingServer | None, runner: str) -> dict[str, str]:
    """Give the fields proposed for the server that answers go out by."""
    address = progress.address
    domain = address.rpartition("@")[2]
    if row is not None and runner_of(row) == runner:
        return {}
    new = {"reply_to": address, "username": address, "grant": "authorization_code", "authentication": "basic"}
    if runner == "microsoft":
        return {**new, "connection": "graph", "authentication": "oauth"}
    if runner == "google":
        place = {"protocol": "smtp", "server": "smtp.gmail.com", "port": "587", "tls": "yes"}
        return {
            **new,
            "connection": "smtp",
            "authentication": "oauth",
            "requires_authentication": "on",
            **place,
        }
    if runner == "exchange":
        url = f"https://mail.{domain}/EWS/Exchange.asmx"
        return {**new, "connection": "ews", "connect_url": url, "requires_authentication": "on"}
    said: dict[str, Any] = progress.found.get("outgoing") or {}
    protocol = said.get("protocol", "smtp")
    return {
        **new,
        **{"connection": "smtp", "protocol": protocol, "tls": "yes", "requires_authentication": "on"},
        "server": said.get("host") or f"smtp.{domain}",
        "port": str(said.get("port") or next(iter(PROTOCOLS[protocol].ports.values()))),
    }


_SIGN_IN: dict[str, dict[str, str]] = {
    "microsoft": {"connection": "graph", "authentication": "oauth"},
    "google": {"connection": "mail", "authentication": "oauth"},
    "exchange": {"connection": "ews", "authentication": "basic"},
    "server": {"connection": "mail", "authentication": "basic"},
}


def _place(progress: SetupAssistant) -> dict[str, str]:
    address, found = progress.address, progress.found
    local, _, domain = address.rpartition("@")
    if progress.runner == "microsoft":
        return {"cloud": found["cloud"]} if found.get("cloud") else {}
    if progress.runner == "google":
        return {"protocol": "imaps", "server": "imap.gmail.com", "port": "993", "port_proposed": "993"}
    if progress.runner == "exchange":
        return {"connect_url": f"https://mail.{domain}/EWS/Exchange.asmx"}
    said: dict[str, Any] = found.get("incoming") or {}
    protocol = said.get("protocol", "imaps")
    usual = str(next(iter(PROTOCOLS[protocol].ports.values())))
    return {
        **{"protocol": protocol, "tls": "starttls", "port_proposed": usual},
        "server": said.get("host") or found.get("guessed") or f"imap.{domain}",
        "port": str(said.get("port") or usual),
        "username": local if said and not said.get("whole", True) else address,
    }


def _free_name(address: str, row: Mailbox | None) -> str:
    """Give the mailbox's name: its address, with a number where another mailbox is called so."""
    others = Mailbox.objects.exclude(pk=row.pk if row else 0).filter(name__startswith=address)
    taken = set(others.values_list("name", flat=True))
    names = (address, *(f"{address} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
