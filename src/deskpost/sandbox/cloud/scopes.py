"""Scopes: what a client asks for in words, as one resource and permissions at it."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from deskpost.sandbox.cloud import hosts

Resource = Literal["graph", "outlook", ""]

OF_OPENID = frozenset(("openid", "profile", "email", "offline_access"))
# Where the sandbox is reached: to who names it by that, its Graph is meant.
_ITSELF = ("127.0.0.1", "::1", "localhost")


class ScopesRefused(Exception):
    """The scopes cannot be asked for like this."""


class ScopeUnknown(ScopesRefused):
    """A scope belongs to no resource there is."""


class ResourceElsewhere(ScopesRefused):
    """A scope belongs to a resource that another cloud has: its host is the argument."""


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


def read(text: str, sign_in: str | None = None, *, several: bool = False) -> Wanted:
    """Read scopes separated by blanks, as the sign-in at this host does; a bare name is one of its cloud's Graph.

    Without `sign_in` resources of all clouds are taken, and a bare name is the global Graph's. `several` resources
    may be consented to at once, but no token serves more than one.
    Raises ScopeUnknown, ScopesMixed, ResourceElsewhere.
    """
    graph = hosts.cloud_of(sign_in or "").graph
    asked = tuple(dict.fromkeys(text.split()))
    of_openid = frozenset(one for one in asked if one.lower() in OF_OPENID)
    permissions = frozenset(_in_full(one, graph) for one in asked if one not in of_openid)
    resources = {urlsplit(one).hostname or "" for one in permissions}
    if not several and len(resources) > 1:
        raise ScopesMixed(text)
    if sign_in is not None and (elsewhere := resources - hosts.resources_of(sign_in)):
        raise ResourceElsewhere(min(elsewhere))
    return Wanted(permissions, frozenset(one.lower() for one in of_openid), asked)


def resource_of(scopes: frozenset[str]) -> Resource:
    """Give the resource of a token's scopes, empty where they name none; bare names are Graph's."""
    found = {urlsplit(one).hostname for one in scopes if "://" in one}
    if found & hosts.GRAPH or any("://" not in one and one not in OF_OPENID for one in scopes):
        return "graph"
    return "outlook" if found & hosts.OUTLOOK else ""


def audiences_of(scopes: frozenset[str]) -> frozenset[str]:
    """Give the hosts that a token's scopes are for, one where it was granted by the sign-in; bare names are Graph's."""
    named = {urlsplit(one).hostname or "" for one in scopes if "://" in one}
    bare = any("://" not in one and one not in OF_OPENID for one in scopes)
    return frozenset(named | ({hosts.CLOUDS[0].graph} if bare or not named else set()))


def names_of(scopes: frozenset[str]) -> frozenset[str]:
    """Give the permissions by their names alone, in lower case: mail.send."""
    return frozenset(one.rsplit("/", 1)[-1].lower() for one in scopes)


def _in_full(scope: str, graph: str) -> str:
    if "://" not in scope:
        if not scope.replace(".", "").replace("-", "").replace("_", "").isalnum():
            raise ScopeUnknown(scope)
        return f"https://{graph}/{scope}"
    host, name = urlsplit(scope).hostname, scope.rsplit("/", 1)[-1]
    host = graph if host in _ITSELF else host
    if host not in hosts.GRAPH | hosts.OUTLOOK or not name:
        raise ScopeUnknown(scope)
    return f"https://{host}/{name}"
