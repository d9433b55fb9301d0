"""Where Graph's notifications arrive: below the installation's public address, if the internet can reach that."""

from urllib.parse import urlsplit

from django.utils.translation import gettext

from deskpost.transports.address_rules import objection
from deskpost.transports.host_names import is_address, is_this_machine

NOTIFICATIONS, LIFECYCLE = "/push/graph/", "/push/graph/lifecycle/"


def reachable(public_url: str, endpoint: str) -> bool:
    """Tell whether whoever is at `endpoint` may reach Deskpost: by https and not in a private network.

    A Graph on this machine, as the sandbox's, reaches what is on this machine.
    """
    public, there = _host(public_url), _host(endpoint)
    if is_this_machine(there):
        return is_this_machine(public)
    if not public_url.lower().startswith("https://") or not public or "." not in public:
        return False
    return not is_this_machine(public) and not (is_address(public) and _is_private(public))


def why_not(public_url: str) -> str:
    """Say that Microsoft cannot reach this address, and what to do."""
    if not public_url:
        return gettext(
            "Deskpost has no public address at which Microsoft could tell of new mail. To do: nothing, new mail is "
            "asked for at the mailbox's interval; or set public_url to an https address that the internet can reach."
        )
    return gettext(
        "Microsoft cannot tell of new mail at %(address)s: that is not an https address which the internet can "
        "reach. To do: nothing, new mail is asked for at the mailbox's interval; or correct public_url."
    ) % {"address": public_url}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_private(address: str) -> bool:
    return objection(address.strip("[]"), allow_private=False) is not None
