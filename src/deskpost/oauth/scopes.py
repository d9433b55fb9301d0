"""Scopes as people write them and as they are sent; one token serves one resource."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from deskpost.oauth.clouds import CLOUDS

OF_OPENID = frozenset(("openid", "profile", "email", "offline_access"))
_SAME_RESOURCE = {"outlook.office.com": "outlook.office365.com"}
_GRAPH = frozenset(cloud.graph_host for cloud in CLOUDS)


def read(text: str) -> tuple[str, ...]:
    """Give the scopes of a text that parts them by commas, semicolons or blanks, each once."""
    return tuple(dict.fromkeys(one for one in re.split(r"[\s,;]+", text) if one))


def resources(scopes: Iterable[str]) -> tuple[str, ...]:
    """Give the hosts of Microsoft's resources that these scopes are about; a bare name is one of Graph's."""
    found = {_resource(one) for one in scopes if one.lower() not in OF_OPENID}
    if "" in found:  # of the Graph that the sign-in belongs to: the same as that of a full name beside it
        found = found - {""} if found & _GRAPH else found - {""} | {CLOUDS[0].graph_host}
    return tuple(sorted(found))


def mixture(scopes: Iterable[str]) -> str | None:
    """Give the sentence why Microsoft gives no token for these scopes together, None where it does (AADSTS28000)."""
    found = resources(scopes)
    if len(found) < 2:
        return None
    return (
        f"The scopes belong to {' and '.join(found)}, and a token serves one of them only. Nothing was sent. "
        "To do: leave in Scope only those of the chosen protocol: of graph.microsoft.com for Graph, "
        "of outlook.office365.com for IMAP, POP, SMTP and EWS."
    )


def _resource(scope: str) -> str:
    try:
        host = (urlsplit(scope).hostname or "").lower()
    except ValueError:
        return scope
    return _SAME_RESOURCE.get(host, host)
