"""Whose mail flow a person sees: of all mailboxes and servers, or of those of the accounts whose mail they set."""

from deskpost.desk.roles import Visible
from deskpost.inbound import flow as inbound_flow
from deskpost.outbound import flow as outbound_flow

PERMISSION = "settings.mail"
TONES = ("ok", "warn", "bad")


def accounts_of(desk: Visible) -> list[int] | None:
    """Give the accounts whose mailboxes and servers the person sees, None for all, those of no account included.

    An empty list: of none. A mailbox is of no site, so who sets mail at one site alone sees none.
    """
    return None if desk.everywhere(PERMISSION) else desk.whole_accounts(PERMISSION)


def tone_of(desk: Visible) -> str | None:
    """Tell how mail flows, for the dot in the sidebar: ok, warn or bad; None to whom the page is closed."""
    accounts = accounts_of(desk)
    if accounts is not None and not accounts:
        return None
    return TONES[max(inbound_flow.worst(accounts), outbound_flow.worst(accounts))]
