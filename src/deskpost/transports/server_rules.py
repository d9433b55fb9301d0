"""What must fit together in the settings of any mail server, incoming or outgoing. Forms and files ask here."""

import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from deskpost.transports.address_rules import objection_to_host
from deskpost.transports.connection import Tls, overheard
from deskpost.transports.host_names import is_this_machine
from deskpost.transports.microsoft import basic_refused
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.words import address_of_no_server


def proposed_tls(protocol: str, host: str) -> Tls:
    """Give the TLS proposed: none on this machine itself, where nobody listens in, else the safe one."""
    kinds = PROTOCOLS[protocol].tls_kinds
    return "none" if "none" in kinds and is_this_machine(host) else kinds[0]


def refusals(values: Mapping[str, Any], *, basic: bool) -> Iterator[tuple[str, str]]:
    """Give (field, words) for what cannot be saved. `basic`: it signs in with user name and password."""
    protocol = PROTOCOLS[values["protocol"]]
    if values["tls"] not in protocol.tls_kinds:
        allowed = " or ".join(protocol.tls_kinds)
        yield (
            "tls",
            f"{protocol.label} goes with tls: {allowed}, not with {values['tls']}. To do: change tls or the protocol.",
        )
    field, host = place_of(values)
    if field == "server" and not host:
        yield field, "This is empty. To do: write the server's name."
    yield from host_refusals(field, host)
    if basic:
        words = basic_refused(host)
        if words:
            yield field, words
        for field in ("username", "password"):
            if not values.get(field):
                yield field, f"To sign in, {field} is needed. To do: write it."
    if values.get("ca_file"):
        words = _ca_file_words(values["ca_file"])
        if words:
            yield "ca_file", words


def place_of(values: Mapping[str, Any]) -> tuple[str, str]:
    """Give the column that says where the server is, and the host that it names; no host where it names none."""
    column = PROTOCOLS[values["protocol"]].address
    if not column:
        return "server", values["server"]
    try:
        return column, urlsplit(values[column].strip()).hostname or ""
    except ValueError:
        return column, ""


def host_refusals(field: str, host: str) -> Iterator[tuple[str, str]]:
    """Give (field, words) for a host written in numbers that no mail server has."""
    against = objection_to_host(host)
    if against:
        yield field, address_of_no_server(host, against.reason)


def warnings(values: Mapping[str, Any], *, basic: bool) -> Iterator[str]:
    """Give in words what can be saved and is better known."""
    _, host = place_of(values)
    if basic and overheard(values["tls"], host):
        yield (
            f"The password for {host} crosses the network unprotected, for TLS is off. "
            "To do: switch TLS on where the server offers it."
        )
    if values["tls"] != "none" and not values.get("verify_certificate", True):
        yield (
            f"The certificate of {host} is not verified: anybody in between can pretend to be it. "
            "To do: check it, and name the file of its CA where that is one of its own."
        )


def _ca_file_words(path: str) -> str | None:
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        return f"The file {path} holds no certificate in PEM form. To do: name one that does."
    except OSError as refused:
        return (
            f"The file {path} cannot be read: {(refused.strerror or 'the system does not say why').lower()}. "
            "To do: check the path, and that Deskpost may read it."
        )
    return None
