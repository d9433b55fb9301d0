"""A list of the outbox as its address names it, so that every control is a link."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from deskpost.console.page import id_of
from deskpost.outbound import outbox_lists
from deskpost.outbound.outbox_lists import Place, Wanted


@dataclass(frozen=True, slots=True)
class Address:
    """A list as its address names it."""

    wanted: Wanted
    place: Place | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Address":
        """Read an address; what it says wrongly is left out."""
        tab = values.get("tab", "")
        wanted = Wanted(
            tab=tab if tab in outbox_lists.TABS else "unsent",
            server=number_of(values.get("server")),
            sending_class=number_of(values.get("class"), 4),
            account=number_of(values.get("account")),
        )
        return cls(wanted, Place.read(values.get("place", "")))

    def url(self, route: str = "outbox", id: int | None = None, **changes: Any) -> str:
        """Give the address of this list, or of one mail (or act) that keeps it, with other wishes."""
        place = changes.pop("place", self.place if id is not None else None)
        one = replace(self.wanted, **changes)
        values = {
            "tab": one.tab if one.tab != "unsent" else None,
            "server": one.server,
            "class": one.sending_class,
            "account": one.account,
            "place": place,
        }
        query = urlencode({name: value for name, value in values.items() if value is not None})
        path = reverse(route, args=[] if id is None else [id])
        return f"{path}?{query}" if query else path


def number_of(written: object, most: int = 10**18) -> int | None:
    """Give a number from 1 on that an address or a form names, None where it names none."""
    number = id_of(written) or 0
    return number if 0 < number <= most else None
