"""What fills the fields of a sign-in: as long as nobody typed into them, they follow protocol, server and cloud."""

import re
from dataclasses import dataclass

from deskpost.oauth import providers
from deskpost.oauth.clouds import BY_KEY, CLOUDS, Cloud, clouds_of, graph_base
from deskpost.oauth.providers import Proposal, Use, provider_of

_ALL_GRANTED = "/.default"
_BASE = re.compile(r"https?://[^\s/?#@,;]+(?:/[^\s?#,;]*)?", re.IGNORECASE)
_URL = re.compile(r"https://([^/?#]+)/([^/?#]+)/oauth2/v2\.0/(authorize|token)/?", re.IGNORECASE)
_USES: dict[str, Use] = {
    "imap": "imap",
    "imaps": "imap",
    "pop": "pop",
    "pops": "pop",
    "smtp": "smtp",
    "smtps": "smtp",
    "ews": "ews",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a proposal goes by.

    `address`: the server's name, or the URL of EWS or Graph. `cloud`: the key of the one chosen, empty where nobody
    chose. `shared`: the mailbox is not that of the user who signs in.
    """

    protocol: str
    incoming: bool
    address: str = ""
    token_url: str = ""
    cloud: str = ""
    app_only: bool = False
    shared: bool = False

    @property
    def use(self) -> Use:
        """What the tokens are for."""
        if self.protocol != "graph":
            return _USES[self.protocol]
        if not self.incoming:
            return "graph_out"
        return "graph_in_shared" if self.shared else "graph_in"

    @property
    def key(self) -> str:
        """Tells one choice from another: while it is the same, what stands in the fields stays."""
        cloud = cloud_of(self)
        whose = cloud.key if cloud else "google" if provider_of(self.address) == "google" else graph_of(self)
        return f"{self.use} {whose} {'application' if self.app_only else 'person'}"


def cloud_of(choice: Choice) -> Cloud | None:
    """Give Microsoft's cloud that is meant: that of the address, among several the chosen one; else by the sign-in.

    At an address of nobody known the choice of a cloud counts only where a person signs in at a Graph: the scopes of
    people name no host.
    """
    for address in (choice.address, choice.token_url):
        found = clouds_of(address)
        if found:
            return next((one for one in found if one.key == choice.cloud), found[0])
        if address and provider_of(address) == "google":
            return None
    if choice.address and (choice.protocol != "graph" or choice.app_only):
        return None
    if choice.cloud in BY_KEY:
        return BY_KEY[choice.cloud]
    return CLOUDS[0] if choice.protocol == "graph" and not choice.address else None


def graph_of(choice: Choice) -> str:
    """Give the resource of a Graph that is none of Microsoft's clouds and no sign-in tells of, empty of any other."""
    if choice.protocol != "graph" or not choice.app_only or cloud_of(choice) is not None:
        return ""
    base = graph_base(choice.address).rpartition("/")[0]
    return base if _BASE.fullmatch(base) else ""


def proposal_for(choice: Choice) -> Proposal | None:
    """Give what is proposed, None where the provider is not known.

    Of an application at a Graph of one's own the scope alone: all that was granted to it there.
    """
    cloud = cloud_of(choice)
    if cloud is not None:
        return providers.microsoft(choice.use, cloud, app_only=choice.app_only)
    if provider_of(choice.address) == "google":
        return providers.google()
    own = graph_of(choice)
    return Proposal("", "", f"{own}{_ALL_GRANTED}") if own else None


def is_proposed_scope(scope: str, key: str) -> bool:
    """Tell whether a scope is what was proposed for the choice of this key, at a Graph of one's own."""
    return bool(scope) and scope.endswith(_ALL_GRANTED) and scope.removesuffix(_ALL_GRANTED) in key.split()


def filled(held: Proposal, proposal: Proposal, *, anew: bool) -> Proposal:
    """Give what the fields hold now: what is empty is filled; `anew`: also what is still some proposal.

    A tenant that somebody typed stays in the URLs of another cloud, and comes into an empty one beside it.
    """
    tenant = tenant_of(held.authorization_url) or tenant_of(held.token_url)
    urls = [
        _with_tenant(wanted, tenant_of(now) or tenant) if not now or (anew and _is_proposed(now)) else now
        for now, wanted in (
            (held.authorization_url, proposal.authorization_url),
            (held.token_url, proposal.token_url),
        )
    ]
    scopes = (
        proposal.scopes if not held.scopes or (anew and providers.is_proposed(held.scopes)) else held.scopes
    )
    may_be_filled = not held.endpoint or (anew and is_proposed_endpoint(held.endpoint))
    endpoint = proposal.endpoint if proposal.endpoint and may_be_filled else held.endpoint
    return Proposal(urls[0], urls[1], scopes, endpoint)


def tenant_of(address: str) -> str:
    """Give the tenant in a URL of Microsoft's sign-in, empty in any other."""
    found = _URL.fullmatch(address.strip())
    return found[2] if found and clouds_of(found[1]) else ""


def is_proposed_endpoint(address: str) -> bool:
    """Tell whether this is the address of Graph or EWS that is proposed for some cloud, with or without a version."""
    bare = graph_base(address).lower()
    return any(
        bare == graph_base(one).lower()
        for cloud in CLOUDS
        for one in (cloud.graph_endpoint, cloud.ews_endpoint)
    )


def _is_proposed(address: str) -> bool:
    return bool(tenant_of(address)) or address in (
        providers.GOOGLE_AUTHORIZATION_URL,
        providers.GOOGLE_TOKEN_URL,
    )


def _with_tenant(wanted: str, tenant: str) -> str:
    """Give the proposed URL with the tenant that was typed."""
    proposed = tenant_of(wanted)
    return wanted.replace(f"/{proposed}/", f"/{tenant}/", 1) if proposed and tenant else wanted
