"""Everything of a list is in its address: view, filters, search, order and place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.page import id_of
from deskpost.desk import search
from deskpost.desk.accounts import Account
from deskpost.desk.fields import Priority, Status
from deskpost.desk.people import Person
from deskpost.desk.roles import Visible
from deskpost.desk.search import NOBODY, Cursor, Wanted

LONGEST_SEARCH = 200  # characters
MOST_OPTIONS = 200  # of one filter's menu


@dataclass(frozen=True, slots=True)
class Address:
    """A list as its address names it."""

    wanted: Wanted
    cursor: Cursor | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any], desk: Visible) -> "Address":
        """Read an address; what it says wrongly is left out."""
        views = search.views_of(desk)
        view = values.get("view", "")
        wanted = Wanted(
            view=view if view in {known.key for known in views} else "open",
            status=id_of(values.get("status")),
            account=id_of(values.get("account")),
            technician=id_of(values.get("technician")),
            priority=id_of(values.get("priority")),
            text=" ".join(values.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH],
            newest_first=values.get("sort") != "oldest",
        )
        return cls(wanted, Cursor.read(values.get("place", "")))

    @property
    def filtered(self) -> bool:
        """Whether anything but the view narrows the list."""
        one = self.wanted
        chosen = (one.status, one.account, one.technician, one.priority)
        return bool(one.text) or any(value is not None for value in chosen)

    def with_(self, **changes: Any) -> "Address":
        """Give this list with other wishes, from its start."""
        changes.pop("cursor", None)
        return Address(replace(self.wanted, **changes))

    def query(self, **more: object) -> str:
        """Give what stands behind the question mark of this list's address."""
        one = self.wanted
        values: dict[str, object] = {
            "view": one.view if one.view != "open" else None,
            "status": one.status,
            "account": one.account,
            "technician": one.technician,
            "priority": one.priority,
            "q": one.text or None,
            "sort": None if one.newest_first else "oldest",
            **more,
        }
        return urlencode({name: value for name, value in values.items() if value is not None})

    @property
    def url(self) -> str:
        """Give the list's address, from its start."""
        return self._path(self.query())

    def url_at(self, place: Cursor | None) -> str | None:
        """Give the list's address from a place on."""
        return self._path(self.query(place=place)) if place else None

    def url_of(self, number: int) -> str:
        """Give a request's address that knows the list it was opened from."""
        return f"{reverse('request', args=[number])}?{self.query(view=self.wanted.view)}"

    def url_back(self, number: int) -> str:
        """Give the list's address with this request marked."""
        return self._path(self.query(at=number))

    @staticmethod
    def _path(query: str) -> str:
        return reverse("requests") + (f"?{query}" if query else "")


def filters(desk: Visible, address: Address) -> list[dict[str, object]]:
    """Give the filters with their options, each a link."""
    offered = [_status(address)]
    if desk.may("request.view"):
        if desk.accounts.count() > 1:
            offered.append(_account(desk, address))
        offered.append(_technician(desk, address))
    offered.append(_filter(gettext("Priority"), "priority", Priority.objects.order_by("level"), address))
    return offered


def _status(address: Address) -> dict[str, object]:
    statuses = list(Status.objects.all())
    ended = {status.pk for status in statuses if status.kind in (Status.Kind.CLOSED, Status.Kind.RESOLVED)}
    shown = _filter(gettext("Status"), "status", statuses, address)
    if address.wanted.view == "waiting":  # its status is what the view is
        return {**shown, "value": "", "options": []}
    if address.wanted.status is None and address.wanted.view != "all":
        names = ", ".join(status.name for status in reversed(statuses) if status.pk in ended)
        shown["value"] = gettext("is not %(names)s") % {"names": names}
    for option, status in zip(shown["options"][1:], statuses, strict=False):  # type: ignore[index]
        if status.pk in ended and address.wanted.view != "all":
            option["url"] = address.with_(status=status.pk, view="all").url
    return shown


def _account(desk: Visible, address: Address) -> dict[str, object]:
    accounts, chosen = list(desk.accounts.order_by("name")[:MOST_OPTIONS]), address.wanted.account
    if chosen is not None and all(one.pk != chosen for one in accounts):  # removed, or one of very many
        accounts += Account.objects.filter(
            pk=chosen, pk__in=desk.records.filter(account=chosen).values("account")
        )
    return _filter(gettext("Account"), "account", accounts, address)


def _technician(desk: Visible, address: Address) -> dict[str, object]:
    technicians = list(desk.technicians.order_by("name")[:MOST_OPTIONS])
    nobody = Person(pk=NOBODY, name=gettext("nobody"))
    return _filter(gettext("Technician"), "technician", [nobody, *technicians], address)


def _filter(name: str, key: str, choices: Iterable[Any], address: Address) -> dict[str, object]:
    chosen = getattr(address.wanted, key)
    options = [{"name": gettext("any"), "url": address.with_(**{key: None}).url, "current": chosen is None}]
    value = ""
    for choice in choices:
        if choice.pk == chosen:
            value = choice.name
        url = address.with_(**{key: choice.pk}).url
        options.append({"name": choice.name, "url": url, "current": choice.pk == chosen})
    if chosen is not None and not value:
        value = gettext("unknown")
    return {"name": name, "value": value, "clear_url": options[0]["url"] if value else "", "options": options}
