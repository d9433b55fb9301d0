"""The tables of this package."""

from deskpost.access.consent_links import ConsentLink
from deskpost.access.inboxes import GraphInbox
from deskpost.access.lanes import GraphLane, GraphPause, GraphWish
from deskpost.access.proxy import ProxySettings
from deskpost.access.sign_ins import SignIn
from deskpost.access.throttles import GraphThrottle
from deskpost.access.wire_logs import WireLog, WireLogReading

__all__ = [
    "ConsentLink",
    "GraphInbox",
    "GraphLane",
    "GraphPause",
    "GraphThrottle",
    "GraphWish",
    "ProxySettings",
    "SignIn",
    "WireLog",
    "WireLogReading",
]
