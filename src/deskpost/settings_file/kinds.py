"""Values with a meaning: addresses, domains, hosts, time zones, dates. Each function takes a YAML node."""

import re
from datetime import date
from ipaddress import ip_network
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from yaml import Node

from deskpost.desk.addresses import is_address, is_domain
from deskpost.domain_names import one_spelling
from deskpost.settings_file.mistakes import Mistake, perhaps
from deskpost.settings_file.values import line_of, text
from deskpost.transports.host_names import is_host


def address(node: Node) -> str:
    """An e-mail address, in lower case."""
    value = text(node)
    if not is_address(value):
        raise Mistake(
            line_of(node), f"{value} is not an e-mail address. To do: write one such as name@company.example."
        )
    return value.lower()


def domain(node: Node) -> str:
    """A mail domain, in the one spelling that all of its spellings share."""
    value = one_spelling(text(node).removeprefix("@"))
    if not is_domain(value):
        raise Mistake(
            line_of(node), f"{value} is not a mail domain. To do: write one such as company.example."
        )
    return value


def host(node: Node) -> str:
    """A host name or an IP address, without port and scheme."""
    value = text(node).strip("[]")
    if not re.fullmatch(r"[A-Za-z0-9_.:%-]+|[^\x00-\x20/@:\\]+", value) or re.fullmatch(r"[^:]+:\d+", value):
        raise Mistake(
            line_of(node),
            f"{value} is not a host name or an IP address. To do: write the name alone, without a protocol before "
            "it. The port has a key of its own.",
        )
    return value


def server_name(node: Node) -> str:
    """The name by which a mail server signs Authentication-Results (RFC 8601 section 2.5), in lower case."""
    value = text(node)
    if not is_host(value):
        raise Mistake(
            line_of(node),
            f"{value} is no name of a server. To do: write what stands first in Authentication-Results, such as "
            "mx.company.example.",
        )
    return value.lower().rstrip(".")


def host_and_port(node: Node) -> str:
    """A host name or an IP address, with or without :port."""
    value = text(node)
    name, colon, port = value.rpartition(":")
    if colon and port.isdigit() and ":" not in name.strip("[]") and not 1 <= int(port) <= 65535:
        raise Mistake(
            line_of(node),
            "The port after the colon is not from 1 to 65535. To do: correct it, or leave it out.",
        )
    if not re.fullmatch(r"[^\x00-\x20/@\\]+", value):
        raise Mistake(
            line_of(node),
            f"{value} is not a host name or an IP address. To do: write one, with or without :port.",
        )
    return value


def time_zone(node: Node) -> str:
    """An IANA time zone."""
    value = text(node)
    if value not in available_timezones():
        raise Mistake(
            line_of(node),
            f"{value} is not a time zone. {perhaps(value, available_timezones())}"
            "To do: write its name, as in Europe/Berlin.",
        )
    return value


def language(node: Node) -> str:
    """A language such as de or pt-br."""
    value = text(node).lower()
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", value):
        raise Mistake(line_of(node), f"{value} is not a language. To do: write one such as en, de or pt-br.")
    return value


def web_address(node: Node) -> str:
    """An http or https address without path beyond "/"."""
    value = text(node).rstrip("/")
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.scheme not in ("http", "https") or parts.query or parts.fragment or parts.username:
        raise Mistake(
            line_of(node),
            f"{value} is not the address of web pages. To do: write one such as https://desk.company.example.",
        )
    return value


def network(node: Node) -> str:
    """An IP address or a network such as 10.0.0.0/8."""
    value = text(node)
    try:
        ip_network(value, strict=False)
    except ValueError:
        raise Mistake(
            line_of(node), f"{value} is not an IP address or a network. To do: write one such as 10.0.0.0/8."
        ) from None
    return value


def first_fetch(node: Node) -> str:
    """new, everything, or a date."""
    value = text(node)
    if value in ("new", "everything"):
        return value
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Mistake(
            line_of(node),
            f"{value} is not known here. Allowed: new, everything, or a date such as 2026-11-01. "
            "To do: write one of these.",
        ) from None
