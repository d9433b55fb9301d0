"""Which texts are e-mail addresses and mail domains, as settings and forms take them."""

import re
from functools import cache
from importlib.resources import files

from deskpost.domain_names import in_ascii, is_seen

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}", re.UNICODE)
_LOCAL = re.compile(
    r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f-\x9f.]+(?:\.[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f-\x9f.]+)*"
)


def is_address(text: str) -> bool:
    """Tell whether a text is one bare e-mail address: dot-atom@domain, 64 and 254 octets at most.

    RFC 5321 section 4.1.2, without its quoted local parts and address literals; RFC 6531 letters are allowed.
    """
    local, at, domain = text.rpartition("@")
    return (
        bool(at)
        and len(local.encode("utf-8", "replace")) <= 64
        and len(text.encode("utf-8", "replace")) <= 254
        and _LOCAL.fullmatch(local) is not None
        and _DOMAIN.fullmatch(domain) is not None
    )


def can_be_sent_to(text: str) -> bool:
    """Tell whether a mail can be addressed to this: as `is_address`, with any local part that senders in the wild have.

    Its domain has two labels at least: one alone is a name of this machine or network, and leads nowhere else.
    """
    local, at, domain = text.rpartition("@")
    odd = any(sign.isspace() or sign in '@<>,;:"()[]\\' for sign in local)
    return bool(at and local) and not odd and text.isprintable() and len(text) <= 254 and is_domain(domain)


def is_domain(text: str) -> bool:
    """Tell whether a text is a mail domain of at least two labels, in letters or as mail carries it."""
    carried = in_ascii(text)
    return "." in carried and len(carried) <= 253 and is_seen(text) and _DOMAIN.fullmatch(carried) is not None


@cache
def public_providers() -> frozenset[str]:
    """Give the mail domains that anybody can have an address at (public_providers.txt, one a line)."""
    lines = files("deskpost.desk").joinpath("public_providers.txt").read_text().splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
