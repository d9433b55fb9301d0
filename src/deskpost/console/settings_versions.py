"""The versions of settings in words: what each is called, what it changed, old beside new; secrets never."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from deskpost.console import settings_labels
from deskpost.desk import settings_history
from deskpost.desk.events import EVENTS
from deskpost.desk.settings_history import Version
from deskpost.desk.settings_words import BY, FIELDS, KINDS
from deskpost.outbound.server_settings import KIND as OUTGOING
from deskpost.outbound.servers import OutgoingServer

LINK = "consentlink"
_NAMED_BY = ("name", "label", "text", "parameter")
_ACTS = {
    "delete": gettext_noop("Removed"),
    "known": gettext_noop("As it was before the first edit"),
    "password": gettext_noop("Password changed"),
}
_REMOVED = ("deleted_at", "removed_at")
_NAMED = 3  # so many fields are named in one line


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a version: its label, old and new as text. Of a secret `had` tells whether there was one before."""

    name: str
    old: str
    new: str
    secret: bool
    had: bool
    since: datetime | None  # of a secret: when the earlier one was set, where that was asked
    same: bool  # not changed


class Spoken:
    """Words for these versions. What they refer to is looked up once: one question for each kind of thing."""

    def __init__(self, versions: Iterable[Version]) -> None:
        wanted: dict[Any, set[int]] = {}
        for one in versions:
            for name, model in _relations(one.kind).items():
                ids = (side[name] for side in (one.new, one.old or {}) if side.get(name) is not None)
                wanted.setdefault(model, set()).update(ids)
        self._names = {
            model: {row.pk: str(row) for row in model._base_manager.filter(pk__in=ids)}
            for model, ids in wanted.items()
            if ids
        }

    def title(self, one: Version) -> str:
        """Give what was changed: the kind of settings, and which of them."""
        named = [] if one.kind == OUTGOING else [one.new[key] for key in _NAMED_BY if one.new.get(key)][:1]
        if "event" in one.new:
            named = [_event(one.new["event"])]
        if not named:
            named = [self.value(one.kind, name, one.new) for name in _set_relations(one)]
        if not named and one.kind == OUTGOING:
            named = [OutgoingServer.DIRECTORY]
        return ", ".join([str(KINDS.get(one.kind, one.kind)), *named])

    def summary(self, one: Version) -> str:
        """Give in one line what was done."""
        if act := act_of(one):
            return act
        if one.kind == LINK and "end" in one.changed:  # why it works no more says it all
            return self.value(one.kind, "end", one.new)
        names = [settings_labels.label(one.kind, name, one.new) for name in one.changed]
        if one.password:
            names.append(str(FIELDS["password"]))
        if not names:
            return gettext("saved again, nothing changed")
        if len(names) <= _NAMED:
            return ", ".join(names)
        words = gettext("%(n)d fields: %(names)s, …")
        return words % {"n": len(names), "names": ", ".join(names[:_NAMED])}

    def changes(self, one: Version, every: bool = False, dated: bool = False) -> Iterator[Change]:
        """Give the fields that a version changed, or every one; of one that was made or removed all that it holds.

        `dated`: tell of secrets since when they were what they were.
        """
        hidden, removed = settings_history.secrets(one.kind), one.act == "delete"
        old = one.new if removed else (one.old or {}) if one.act != "insert" else {}
        new = {} if removed else one.new
        for name in one.new if every else one.changed:
            secret = name in hidden
            yield Change(
                name=settings_labels.label(one.kind, name, one.new),
                old="" if secret or not old else self.value(one.kind, name, old),
                new="" if secret or not new else self.value(one.kind, name, new),
                secret=secret,
                since=settings_history.set_at(one, name) if secret and dated and old.get(name) else None,
                had=bool(old.get(name)),
                same=name not in one.changed,
            )
        if one.password or one.act == "password":
            password = str(FIELDS["password"])
            yield Change(password, "", "", secret=True, had=False, since=None, same=False)

    def value(self, kind: str, name: str, row: Mapping[str, Any]) -> str:
        """Give a column of a version's row as a page shows it: in the words of its form where it has one."""
        model, value = _relations(kind).get(name), row.get(name)
        if named := settings_labels.words(kind, name, value, row):
            return named
        if value is None or value == "" or value == []:
            return gettext("empty")
        if model is not None:
            known = self._names.get(model, {})
            return known.get(value) or gettext("gone (number %(n)s)") % {"n": value}
        if name == "event":
            return _event(value)
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return (
            timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if hasattr(value, "hour") else str(value)
        )


def act_of(one: Version) -> str:
    """Give what was done where it was no change of fields, such as made or removed; else nothing."""
    if one.act in _ACTS:
        return gettext(_ACTS[one.act])
    if one.act == "update" and (was_removed(one) != was_removed(one, old=True)):
        return gettext("Removed") if was_removed(one) else gettext("Brought back")
    if one.old is None:
        return gettext("Made")
    return gettext("Brought back") if one.act == "insert" else ""


def was_removed(one: Version, old: bool = False) -> bool:
    """Tell whether the settings are removed with this version, or were with the one before: some stay as a row."""
    row = (one.old or {}) if old else one.new
    return (not old and one.act == "delete") or any(row.get(name) is not None for name in _REMOVED)


def by_words(one: Version) -> str:
    """Give by what it was changed."""
    return str(BY.get(one.via, one.via))


@cache
def _relations(kind: str) -> dict[str, Any]:
    fields = settings_history.kinds()[kind]._meta.concrete_fields
    return {field.name: field.related_model for field in fields if field.is_relation}


def _set_relations(one: Version) -> list[str]:
    return [name for name in _relations(one.kind) if one.new.get(name) is not None]


def _event(name: str) -> str:
    return gettext(EVENTS[name].label) if name in EVENTS else name
