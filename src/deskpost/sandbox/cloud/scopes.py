"""Scopes: what a client asks for in words, as one resource and permissions at it."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from deskpost.sandbox.cloud import hosts

Resource = Literal["graph", "outlook", ""]

OF_OPENID = frozenset(("openid", "profile", "email", "offline_access"))


class ScopesRefused(Exception):
    """The scopes cannot be asked for like this."""


class ScopeUnknown(ScopesRefused):
    """A scope belongs to no resource there is."""


class ScopesMixed(ScopesRefused):
    """Scopes of more than one resource: a token serves one only."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: `permissions` in full, `https://graph.microsoft.com/Mail.Send`, and those of OpenID."""

    permissions: frozenset[str]
    of_openid: frozenset[str]
    asked: tuple[str, ...]  # as the client wrote them

    @property
    def all(self) -> frozenset[str]:
        """Both kinds, as a token keeps them."""
        return self.permissions | self.of_openid


def read(text: str, graph: str = hosts.CLOUDS[0].graph, *, several: bool = False) -> Wanted:
    """Read scopes separated by blanks; a bare name is one of Graph's, at this host.

    `several` resources may be consented to at once, but no token serves more than one.
    Raises ScopeUnknown, ScopesMixed.
    """
    asked = tuple(dict.fromkeys(text.split()))
    of_openid = frozenset(one for one in asked if one.lower() in OF_OPENID)
    permissions = frozenset(_in_full(one, graph) for one in asked if one not in of_openid)
    if not several and len({urlsplit(one).hostname for one in permissions}) > 1:
        raise ScopesMixed(text)
    return Wanted(permissions, frozenset(one.lower() for one in of_openid), asked)


def resource_of(scopes: frozenset[str]) -> Resource:
    """Give the resource of a token's scopes, empty where they name none; bare names are Graph's."""
    found = {urlsplit(one).hostname for one in scopes if "://" in one}
    if found & hosts.GRAPH or any("://" not in one and one not in OF_OPENID for one in scopes):
        return "graph"
    return "outlook" if found & hosts.OUTLOOK else ""


def names_of(scopes: frozenset[str]) -> frozenset[str]:
    """Give the permissions by their names alone, in lower case: mail.send."""
    return frozenset(one.rsplit("/", 1)[-1].lower() for one in scopes)


def _in_full(scope: str, graph: str) -> str:
    if "://" not in scope:
        if not scope.replace(".", "").replace("-", "").replace("_", "").isalnum():
            raise ScopeUnknown(scope)
        return f"https://{graph}/{scope}"
    host, name = urlsplit(scope).hostname, scope.rsplit("/", 1)[-1]
    if host not in hosts.GRAPH | hosts.OUTLOOK or not name:
        raise ScopeUnknown(scope)
    return f"https://{host}/{name}"
