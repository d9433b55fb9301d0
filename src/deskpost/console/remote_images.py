"""Images that a mail has elsewhere: loaded only when a reader asks, for whoever sends them learns of it."""

import re
from html import unescape
from ipaddress import ip_address
from urllib.parse import urlsplit

_AWAY = re.compile(r' data-remote-src="([^"]*)"')  # written by mime.clean_html, and by no mail
_NUMBER = re.compile(
    r"0x[0-9a-f]*|\d+", re.IGNORECASE
)  # as the end of a host it makes an IPv4 address; WHATWG URL, 3.5


def count(html: str, own: str) -> int:
    """Give how many images of cleaned HTML could be loaded from elsewhere; `own` is the host of the page."""
    return sum(_is_public(address, own) for address in _AWAY.findall(html))


def loaded(html: str, own: str) -> str:
    """Give cleaned HTML with its remote images, but those on this desk or in a network that is nobody else's.

    A mail could otherwise have its reader's browser ask a machine that only the reader can reach.
    """
    return _AWAY.sub(lambda found: f' src="{found[1]}"' if _is_public(found[1], own) else found[0], html)


def _is_public(address: str, own: str) -> bool:
    try:
        host = (urlsplit(unescape(address)).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if host == own.rstrip(".").lower():
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not _NUMBER.fullmatch(host.rpartition(".")[2])
