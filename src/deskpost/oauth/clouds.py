"""Microsoft's clouds: where sign-in, Graph and Outlook of each are, and what does not go together."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

CloudKey = Literal["global", "us_l4", "us_l5", "germany", "china"]
VERSION = "/v1.0"


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud. Of several sign-in hosts the first is proposed; scopes name the host that Outlook has in tokens."""

    key: CloudKey
    label: str
    graph_host: str
    sign_in_hosts: tuple[str, ...]
    outlook_host: str
    outlook_in_scopes: str
    portal: str
    closed: bool = False

    @property
    def graph_endpoint(self) -> str:
        """The proposed endpoint of Graph, without a version."""
        return f"https://{self.graph_host}"

    @property
    def ews_endpoint(self) -> str:
        """The proposed URL of EWS."""
        return f"https://{self.outlook_host}/EWS/Exchange.asmx"

    @property
    def hosts(self) -> frozenset[str]:
        """All hosts of this cloud; some are also another's."""
        return frozenset(
            (self.graph_host, *self.sign_in_hosts, self.outlook_host, self.outlook_in_scopes)
        ) | frozenset(_MORE.get(self.key, ()))

    def authorization_url(self, tenant: str) -> str:
        """The page on which a person signs in."""
        return f"https://{self.sign_in_hosts[0]}/{tenant}/oauth2/v2.0/authorize"

    def token_url(self, tenant: str) -> str:
        """The endpoint that gives tokens."""
        return f"https://{self.sign_in_hosts[0]}/{tenant}/oauth2/v2.0/token"


_MORE: dict[str, tuple[str, ...]] = {
    "global": ("outlook.office.com", "smtp.office365.com", "login.windows.net"),
    "us_l4": ("smtp.office365.us",),
    "us_l5": ("smtp.office365.us",),
    "china": ("smtp.partner.outlook.cn",),
}
CLOUDS = (
    Cloud(
        "global",
        "Global (also US Government GCC)",
        "graph.microsoft.com",
        ("login.microsoftonline.com",),
        "outlook.office365.com",
        "outlook.office365.com",
        "portal.azure.com",
    ),
    Cloud(
        "us_l4",
        "US Government L4 (GCC High)",
        "graph.microsoft.us",
        ("login.microsoftonline.us",),
        "outlook.office365.us",
        "outlook.office365.us",
        "portal.azure.us",
    ),
    Cloud(
        "us_l5",
        "US Government L5 (DoD)",
        "dod-graph.microsoft.us",
        ("login.microsoftonline.us",),
        "outlook-dod.office365.us",
        "outlook.office365.us",
        "portal.azure.us",
    ),
    Cloud(
        "germany",
        "Germany (closed in 2021)",
        "graph.microsoft.de",
        ("login.microsoftonline.de",),
        "outlook.office.de",
        "outlook.office.de",
        "portal.microsoftazure.de",
        closed=True,
    ),
    Cloud(
        "china",
        "China (21Vianet)",
        "microsoftgraph.chinacloudapi.cn",
        ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
        "partner.outlook.cn",
        "partner.outlook.cn",
        "portal.azure.cn",
    ),
)
BY_KEY: dict[str, Cloud] = {cloud.key: cloud for cloud in CLOUDS}


def clouds_of(address: str) -> tuple[Cloud, ...]:
    """Give the clouds to which an address or a host belongs, none where it is not Microsoft's."""
    host = host_of(address)
    return tuple(cloud for cloud in CLOUDS if host in cloud.hosts)


def graph_base(endpoint: str) -> str:
    """Give an endpoint of Graph with its version, written with or without: https://graph.microsoft.us/v1.0."""
    bare = endpoint.strip().rstrip("/")
    return bare if bare.lower().endswith((VERSION, "/beta")) else bare + VERSION


def mixture(addresses: Iterable[str]) -> str | None:
    """Give the warning where endpoints, sign-in and scopes are not all of one cloud, None where they are.

    Hosts that are not Microsoft's, and scopes without a host, say nothing.
    """
    first: tuple[str, tuple[Cloud, ...]] | None = None
    for address in addresses:
        found = clouds_of(address)
        if not found:
            continue
        if first is None:
            first = (host_of(address), found)
        elif shared := tuple(cloud for cloud in first[1] if cloud in found):
            first = (first[0] if len(shared) == len(first[1]) else host_of(address), shared)
        else:
            return _mixed(first[0], first[1], host_of(address), found)
    return None


def closed(address: str) -> str | None:
    """Give the warning for the host of a cloud that is no more, None for all others."""
    if not any(cloud.closed for cloud in clouds_of(address)):
        return None
    return (
        f"{host_of(address)} belongs to Microsoft's German cloud, which was closed in 2021, so nothing answers there. "
        "To do: choose the cloud to which the mailbox was moved, for most the global one."
    )


def _mixed(one: str, of_one: tuple[Cloud, ...], other: str, of_other: tuple[Cloud, ...]) -> str:
    return (
        f"{one} belongs to the cloud {of_one[0].label}, but {other} to {of_other[0].label}: "
        "a token of one cloud opens nothing in another. To do: choose the cloud of the mailbox once more, "
        "which sets endpoint, URLs and scopes together."
    )


def host_of(address: str) -> str:
    """Give the host of an address, or a bare host itself, in lower case; empty where there is none."""
    text = address.strip()
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname
    except ValueError:
        return ""
    return (host or "").rstrip(".").lower()
