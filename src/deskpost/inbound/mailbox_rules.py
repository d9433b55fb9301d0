"""What must fit together in a mailbox's settings. The settings file and the form ask here, with the same words."""

from collections.abc import Iterator, Mapping
from typing import Any

from deskpost.transports import server_rules
from deskpost.transports.protocols import PROTOCOLS

SOURCE = (
    "protocol",
    "server",
    "username",
    "source_folder",
)  # a change of one of these is a change of the source


def refusals(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give (field, words) for what cannot be saved. `values` has every field of the mailbox."""
    yield from server_rules.refusals(values, basic=True)
    protocol = PROTOCOLS[values["protocol"]]
    after = values["after_fetching"]
    if not values["addresses"]:
        yield "addresses", "At least one e-mail address is needed: the one that people write to."
    if after == "mark_read" and not protocol.read_flag:
        yield "after_fetching", f"{protocol.label} knows no read mark. Allowed: leave, delete."
    if after == "move":
        if not protocol.folders:
            yield "after_fetching", f"{protocol.label} knows no folders. Allowed: leave, delete."
        elif not values.get("move_to"):
            yield "after_fetching", "To move mails after fetching, the key move_to must name a folder."
        elif values["move_to"] == values["source_folder"]:
            yield "move_to", "This is the folder that is fetched from; moved mails would come back."
    if not protocol.folders and values["source_folder"].upper() != "INBOX":
        yield "source_folder", f"{protocol.label} knows no folder but INBOX."


def proposed_after_fetching(protocol: str) -> str:
    """Give what is done after fetching when nobody said: mark read, or where there is no such mark, nothing."""
    return "mark_read" if PROTOCOLS[protocol].read_flag else "leave"
