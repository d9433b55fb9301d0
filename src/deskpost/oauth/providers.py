"""What fills a form when a provider is chosen: addresses and scopes for each protocol; all of it stays editable."""

from dataclasses import dataclass
from typing import Literal

from deskpost.oauth import scopes
from deskpost.oauth.application import Provider
from deskpost.oauth.clouds import BY_KEY, CLOUDS, Cloud, clouds_of, host_of

Use = Literal["imap", "pop", "smtp", "ews", "graph_in", "graph_in_shared", "graph_out"]

GOOGLE_AUTHORIZATION_URL = "https://accounts.google.com/o/oauth2/v2/auth"
GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
GOOGLE_SCOPE = "https://mail.google.com/"
_GOOGLE_HOSTS = (
    "imap.gmail.com",
    "pop.gmail.com",
    "smtp.gmail.com",
    "accounts.google.com",
    "oauth2.googleapis.com",
)
_TENANT = "organizations"
_OUTLOOK: dict[str, str] = {
    "imap": "IMAP.AccessAsUser.All",
    "pop": "POP.AccessAsUser.All",
    "smtp": "SMTP.Send",
    "ews": "EWS.AccessAsUser.All",
}
_GRAPH: dict[str, tuple[str, ...]] = {
    "graph_in": ("Mail.ReadWrite",),
    "graph_in_shared": ("Mail.ReadWrite", "Mail.ReadWrite.Shared"),
    "graph_out": ("Mail.ReadWrite", "Mail.Send.Shared"),
}
USES: tuple[Use, ...] = ("imap", "pop", "smtp", "ews", "graph_in", "graph_in_shared", "graph_out")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The values proposed; `endpoint` is that of Graph or EWS, empty for the other protocols."""

    authorization_url: str
    token_url: str
    scopes: str
    endpoint: str = ""


def provider_of(address: str) -> Provider:
    """Give whose a mail server or an endpoint is, by its host."""
    if clouds_of(address):
        return "microsoft"
    return "google" if host_of(address) in _GOOGLE_HOSTS else "other"


def microsoft(
    use: Use, cloud: Cloud = CLOUDS[0], tenant: str = _TENANT, *, app_only: bool = False
) -> Proposal:
    """Give the proposal for Microsoft 365; app-only needs the tenant's id, for it has no common one."""
    return Proposal(
        cloud.authorization_url(tenant),
        cloud.token_url(tenant),
        _app_only(use, cloud) if app_only else _delegated(use, cloud),
        _endpoint(use, cloud),
    )


def google() -> Proposal:
    """Give the proposal for Google, the same for IMAP, POP and SMTP."""
    return Proposal(GOOGLE_AUTHORIZATION_URL, GOOGLE_TOKEN_URL, GOOGLE_SCOPE)


def is_proposed(text: str) -> bool:
    """Tell whether the field Scope may be filled anew: it is empty, or still what was proposed for some choice."""
    found = frozenset(scopes.read(text))
    return not found or found in _PROPOSED


def _delegated(use: Use, cloud: Cloud) -> str:
    if use in _OUTLOOK:
        return f"https://{cloud.outlook_in_scopes}/{_OUTLOOK[use]}, offline_access"
    host = "" if cloud.key == "global" else f"{cloud.graph_endpoint}/"
    return ",".join((*(f"{host}{name}" for name in _GRAPH[use]), "offline_access"))


def _app_only(use: Use, cloud: Cloud) -> str:
    host = cloud.outlook_in_scopes if use in _OUTLOOK else cloud.graph_host
    return f"https://{host}/.default"


def _endpoint(use: Use, cloud: Cloud) -> str:
    if use == "ews":
        return cloud.ews_endpoint
    return cloud.graph_endpoint if use in _GRAPH else ""


_PROPOSED = frozenset(
    frozenset(scopes.read(text))
    for cloud in BY_KEY.values()
    for use in USES
    for text in (_delegated(use, cloud), _app_only(use, cloud))
) | {frozenset((GOOGLE_SCOPE,))}
