"""The host names of Microsoft's clouds, and which service lives at each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NationalCloud:
    """One cloud: what is served where."""

    name: str  # of its instance, as the discovery document tells it
    sign_in: tuple[str, ...]  # the first is the one to use, the others lead to the same
    graph: str
    outlook: tuple[str, ...]
    outlook_scopes: str = ""  # the host that scopes of its Outlook carry, where that is another cloud's

    @property
    def outlook_audiences(self) -> frozenset[str]:
        """The hosts for which a token may be made that opens its Outlook."""
        return frozenset(host for host in (*self.outlook, self.outlook_scopes) if host)

    @property
    def resources(self) -> frozenset[str]:
        """The hosts for which its sign-in gives tokens, those of Graph and of Outlook."""
        return self.outlook_audiences | {self.graph}


CLOUDS = (
    NationalCloud(
        "microsoftonline.com",
        ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"),
        "graph.microsoft.com",
        ("outlook.office365.com", "outlook.office.com"),
    ),
    NationalCloud(
        "microsoftonline.us",
        ("login.microsoftonline.us", "login.usgovcloudapi.net"),
        "graph.microsoft.us",
        ("outlook.office365.us",),
    ),
    NationalCloud(
        "microsoftonline.us",
        ("login.microsoftonline.us",),
        "dod-graph.microsoft.us",
        ("outlook-dod.office365.us",),
        "outlook.office365.us",
    ),
    NationalCloud(
        "microsoftonline.de",
        ("login.microsoftonline.de",),
        "graph.microsoft.de",
        ("outlook.office.de",),
    ),
    NationalCloud(
        "partner.microsoftonline.cn",
        ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn", "partner.microsoftonline.cn"),
        "microsoftgraph.chinacloudapi.cn",
        ("partner.outlook.cn",),
    ),
)
SIGN_IN = frozenset(host for cloud in CLOUDS for host in cloud.sign_in)
GRAPH = frozenset(cloud.graph for cloud in CLOUDS)
OUTLOOK = frozenset(host for cloud in CLOUDS for host in cloud.outlook)
ALL = SIGN_IN | GRAPH | OUTLOOK


def cloud_of(host: str) -> NationalCloud:
    """Give the cloud whose sign-in, Graph or Outlook this host is; the global one for any other."""
    return next((one for one in CLOUDS if host in (*one.sign_in, one.graph, *one.outlook)), CLOUDS[0])


def resources_of(sign_in: str) -> frozenset[str]:
    """Give the hosts for which a sign-in gives tokens: of each cloud that it serves, of the global one at any other."""
    found = [one.resources for one in CLOUDS if sign_in in one.sign_in] or [CLOUDS[0].resources]
    return frozenset().union(*found)
