"""One request to Graph, after its token and its mailbox are known."""

import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.exchange import Request
from deskpost.sandbox.cloud.graph.errors import bad_request, invalid_id, item_not_found
from deskpost.sandbox.cloud.store import Folder, Item, Mailbox
from deskpost.sandbox.cloud.tokens import Access

if TYPE_CHECKING:
    from deskpost.sandbox.cloud.graph.delta import Round
    from deskpost.sandbox.cloud.graph.subscriptions import Subscription
    from deskpost.sandbox.cloud.graph.uploads import Upload

IMMUTABLE = re.compile(r'IdType\s*=\s*"?ImmutableId"?', re.IGNORECASE)
PAGE_SIZE = re.compile(r"odata\.maxpagesize\s*=\s*(\d+)", re.IGNORECASE)
BODY_TYPE = re.compile(r'outlook\.body-content-type\s*=\s*"?(text|html)"?', re.IGNORECASE)


@dataclass(slots=True)
class State:
    """What the Graph of one cloud remembers beside the store."""

    cloud: Cloud
    rounds: "dict[str, Round]" = field(default_factory=dict)  # by the token in their links
    uploads: "dict[str, Upload]" = field(default_factory=dict)  # by their token
    subscriptions: "dict[str, Subscription]" = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)


@dataclass(frozen=True)
class Call:
    """A request that is allowed, and the mailbox it is about."""

    state: State
    request: Request
    access: Access
    mailbox: Mailbox
    root: str  # the mailbox's address in Graph, for links: https://graph.microsoft.com/v1.0/me
    named: Mapping[str, str] = field(default_factory=dict)  # ids of the address: folder, message, attachment

    @cached_property
    def query(self) -> dict[str, str]:
        """The options of the address, their names in lower case."""
        given = parse_qsl(self.request.query, keep_blank_values=True)
        return {name.lower(): value for name, value in given}

    @property
    def prefer(self) -> str:
        """The Prefer header."""
        return self.request.headers.get("prefer", "")

    @property
    def immutable(self) -> bool:
        """Whether ids are to be those that no move changes."""
        return IMMUTABLE.search(self.prefer) is not None

    @property
    def page_size(self) -> int | None:
        """How many entries of a page the client prefers."""
        found = PAGE_SIZE.search(self.prefer)
        return int(found[1]) if found else None

    @property
    def body_type(self) -> str | None:
        """In which form the client prefers bodies: text or html."""
        found = BODY_TYPE.search(self.prefer)
        return found[1].lower() if found else None

    @property
    def version(self) -> str:
        """The address of the API: https://graph.microsoft.com/v1.0."""
        return f"{self.request.base}/v1.0"

    def id_of(self, item: Item) -> str:
        """Give an item's id of the kind that the client prefers."""
        return item.immutable_id if self.immutable else item.id

    def folder(self, name: str | None = None) -> Folder:
        """Give the folder of this id or well-known name, or the one of the address. Raises Refused."""
        wanted = self.named.get("folder", "") if name is None else name
        found = self.mailbox.folder(wanted)
        if found is None:
            raise item_not_found() if wanted.startswith("AAMk") else invalid_id()
        return found

    def item(self) -> Item:
        """Give the message of the address. Raises Refused, also where a fault lets it vanish."""
        wanted = self.named["message"]
        with self.state.cloud.store.lock:
            found = self.mailbox.item(wanted)
        meet = self.state.cloud.meet
        if found is None and not wanted.startswith("AAMk"):
            raise invalid_id()
        if found is None or meet("graph", self.mailbox.address, self.request.path, ("drop_item",)):
            raise item_not_found()
        if "folder" in self.named and found.folder != self.folder().id:
            raise item_not_found()
        return found

    def json(self) -> dict[str, Any]:
        """Give the body, an object in JSON; an empty one is an empty object. Raises Refused."""
        if not self.request.body.strip():
            return {}
        try:
            found = self.request.json()
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise bad_request(
                "Unable to read JSON request payload. Please ensure Content-Type header is set."
            )
        return found


def user_id(address: str) -> str:
    """Give the directory's id of a mailbox's owner."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{address.lower()}"))
