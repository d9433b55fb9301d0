"""Which texts are names or addresses of servers, as settings take them."""

import re
from ipaddress import ip_address

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_NAME = re.compile(rf"(?:(?:{_LABEL}|_[\w-]{{1,61}})\.)*{_LABEL}\.?", re.UNICODE)
_WITH_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>[0-9]{1,6}))?")


def is_host(text: str) -> bool:
    """Tell whether a text is a host name or an IP address, an IPv6 address with or without its brackets."""
    if is_address(text):
        return True
    return (
        len(text) <= 253
        and _NAME.fullmatch(text) is not None
        and not text.rstrip(".").replace(".", "").isdigit()
    )


def is_host_and_port(text: str) -> bool:
    """Tell whether a text is a host, alone or with :port; an IPv6 address with a port stands in brackets."""
    if is_host(text):
        return True
    found = _WITH_PORT.fullmatch(text)
    return found is not None and is_host(found["host"]) and 1 <= int(found["port"] or 1) <= 65535


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address, brackets around it or not."""
    try:
        ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        return False
    return True


def place_of(host: str, port: int) -> str:
    """Give host:port as people read it, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host.strip("[]") else f"{host}:{port}"


def is_this_machine(text: str) -> bool:
    """Tell whether a host is this machine's loopback."""
    if text.lower() == "localhost":
        return True
    try:
        return ip_address(text.strip("[]")).is_loopback
    except ValueError:
        return False
