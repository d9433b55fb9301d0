"""The versions of every setting, as the triggers wrote them: who, when, by what, what it was and became."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Cast

from deskpost.desk.settings_event import SettingsEvent
from deskpost.secret_field import SecretField

_AT_ONCE = 200  # versions of one kind that are read together
BY_SQL = "sql"  # no context: somebody wrote to the table itself
_PASSWORD = "password"  # noqa: S105 - the act of versions which say that a person's password was changed


@dataclass(frozen=True, slots=True)
class Version:
    """One saved version of one row of settings. Secrets are held encrypted, to be compared and never shown."""

    kind: str  # the model's name in lower case, such as "delimiter"
    id: int
    row: int
    act: str  # insert, update, delete
    at: datetime
    who: str  # the person, or for SQL the database's user
    actor: int | None  # the person's id, where a person did it
    via: str  # page, file, cli, api, sql
    reason: str  # typed by who saved; empty: none
    new: Mapping[str, Any]
    old: Mapping[str, Any] | None  # the version before; None: this is the first
    old_id: int | None
    old_at: datetime | None
    password: bool = False  # a person's password, which no version holds, was changed with it

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of the columns that differ, in the table's order; of a row that was made or removed all."""
        if self.old is None or self.act in ("insert", "delete"):
            return tuple(self.new)
        return tuple(name for name, value in self.new.items() if value != self.old.get(name))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which versions to give. Empty or None: of any."""

    kinds: tuple[str, ...] = ()
    who: str = ""
    via: str = ""
    since: datetime | None = None
    row: int | None = None
    about: tuple[str, int] | None = None  # a column and its value, such as ("person_id", 7)
    before: Version | None = None  # those that come after this one, newest first


@cache
def kinds() -> dict[str, type[models.Model]]:
    """Give every tracked model by its name in lower case, found in the registry of models."""
    return {event.pgh_tracked_model._meta.model_name: event.pgh_tracked_model for event in _events().values()}


def rows_that_had(kind: str, column: str, value: str) -> list[int]:
    """Give the rows of a kind that have, or once had, this value in a column: who had it last comes first."""
    events = _events()[kind].objects.filter(**{column: value}).order_by("-pgh_id")
    return list(dict.fromkeys(events.values_list(_thing(kind), flat=True)))


def versions(wanted: Wanted, most: int) -> list[Version]:
    """Give the newest versions that fit, at most so many, newest first."""
    ids: dict[str, list[int]] = {}
    for kind, id in _newest(wanted, most):
        ids.setdefault(kind, []).append(id)
    found = [
        one
        for kind, some in ids.items()
        for one in _read(kind, _events()[kind].objects.filter(pgh_id__in=some))
    ]
    return sorted(found, key=_place, reverse=True)


def newest_first(wanted: Wanted) -> Iterator[Version]:
    """Give all versions that fit, newest first, read part by part however many there are."""
    each = (_pages(kind, wanted) for kind in wanted.kinds or tuple(kinds()))
    return heapq.merge(*each, key=_place, reverse=True)


def version(kind: str, id: int) -> Version | None:
    """Give one version, None when there is no such kind or version."""
    if kind not in kinds():
        return None
    return next(iter(_read(kind, _events()[kind].objects.filter(pgh_id=id))), None)


def people(wanted: Iterable[str]) -> list[str]:
    """Give the names of those who changed settings of these kinds, in order."""
    first, *others = (
        _events()[kind]
        .objects.exclude(pgh_context=None)
        .values_list("pgh_context__metadata__name")
        .distinct()
        for kind in wanted
    )
    names = first.union(*others) if others else first
    return sorted(name for (name,) in names if name)


def last_saved(model: type[models.Model], rows: Sequence[int]) -> dict[int, datetime]:
    """Give when each of these rows was last saved."""
    events = _events()[_name(model)].objects.filter(id__in=rows)
    return dict(events.values_list("id").annotate(at=models.Max("pgh_created_at")))


def last_by(model: type[models.Model]) -> str:
    """Give the name of who last changed settings of this kind; empty when nobody did."""
    newest = versions(Wanted((_name(model),)), 1)
    return newest[0].who if newest else ""


def secrets(kind: str) -> frozenset[str]:
    """Give the columns of a kind whose values are never shown."""
    return frozenset(f.name for f in kinds()[kind]._meta.fields if isinstance(f, SecretField))


def secret(kind: str, id: int, column: str) -> str:
    """Give a version's secret in clear, to be put back. Raises SecretUnreadable when its key is gone."""
    value: str = getattr(_events()[kind].objects.get(pgh_id=id), column)
    return value


def set_at(version: Version, column: str) -> datetime | None:
    """Give when the secret was set that a version found there, or of a removal the one that it took away."""
    before = version.id if version.act == "delete" else version.old_id
    held = (version.new if version.act == "delete" else version.old or {}).get(column)
    rows = _events()[version.kind].objects.filter(
        **{_thing(version.kind): version.row}, pgh_id__lte=before or 0
    )
    rows = rows.annotate(cipher=Cast(column, models.TextField()))
    other = rows.exclude(cipher=held).order_by("-pgh_id").values_list("pgh_id", flat=True).first()
    same = rows.filter(pgh_id__gt=other or 0).order_by("pgh_id")
    at: datetime | None = same.values_list("pgh_created_at", flat=True).first()
    return at


def _name(model: type[models.Model]) -> str:
    return str(model._meta.model_name)


@cache
def _events() -> dict[str, Any]:
    events = [model for model in apps.get_models() if issubclass(model, SettingsEvent)]
    return {str(event.pgh_tracked_model._meta.model_name): event for event in events}  # type: ignore[attr-defined]


def _newest(wanted: Wanted, most: int) -> list[tuple[str, int]]:
    """Give kind and id of the newest versions that fit: one question, whatever the number of kinds."""
    ordered = ("-pgh_created_at", "-pgh_id", "-of_kind")
    each = [
        _fitting(kind, wanted)
        .annotate(of_kind=Cast(models.Value(kind), models.TextField(db_collation="C")))
        .order_by(*ordered)
        .values_list("of_kind", "pgh_id", "pgh_created_at")[:most]
        for kind in wanted.kinds or tuple(kinds())
    ]
    rows = each[0].union(*each[1:], all=True).order_by(*ordered)[:most] if len(each) > 1 else each[0]
    return [(kind, id) for kind, id, _ in rows]


def _thing(kind: str) -> str:
    """Give the column that names the row a version is of: the one with an index, where there is one."""
    return "pgh_obj_id" if hasattr(_events()[kind], "pgh_obj_id") else "id"


def _columns(kind: str) -> list[str]:
    fields = _events()[kind]._meta.concrete_fields
    return [field.name for field in fields if not field.name.startswith("pgh_") and field.name != "id"]


def _fitting(kind: str, wanted: Wanted) -> Any:
    rows = _told(kind)
    if wanted.row is not None:
        rows = rows.filter(**{_thing(kind): wanted.row})
    if wanted.before:
        last = wanted.before
        also = models.Q(pgh_created_at=last.at, pgh_id=last.id) if kind < last.kind else models.Q()
        rows = rows.filter(_older(last) | also) if also else rows.filter(_older(last))
    if wanted.about:
        rows = rows.filter(**dict([wanted.about]))
    if wanted.since:
        rows = rows.filter(pgh_created_at__gte=wanted.since)
    if wanted.who:
        rows = rows.filter(pgh_context__metadata__name=wanted.who)
    if wanted.via == BY_SQL:
        rows = rows.filter(pgh_context=None)
    elif wanted.via:
        rows = rows.filter(pgh_context__metadata__via=wanted.via)
    return rows


def _told(kind: str) -> Any:
    """Give the versions that are told of. Not the twin that a password's trigger wrote of a person who was saved with
    other changes: the change itself says it.
    """
    event = _events()[kind]
    if not _has_twins(kind):
        return event.objects.all()
    return event.objects.exclude(models.Q(pgh_label=_PASSWORD) & models.Exists(_twins(kind, "update")))


def _has_twins(kind: str) -> bool:
    return any(tracker.label == _PASSWORD for tracker in _events()[kind].pgh_trackers)


def _twins(kind: str, label: str) -> Any:
    """Give the versions with this label that another trigger wrote of the same statement: nothing in them differs."""
    event, same_row = _events()[kind], {_thing(kind): OuterRef(_thing(kind))}
    rows = event.objects.filter(pgh_label=label, pgh_created_at=OuterRef("pgh_created_at"), **same_row)
    for field in event._meta.concrete_fields:
        if not field.name.startswith("pgh_"):
            same = models.Func(
                models.F(field.attname),
                OuterRef(field.attname),
                arg_joiner=" IS NOT DISTINCT FROM ",
                template="(%(expressions)s)",
                output_field=models.BooleanField(),
            )
            rows = rows.filter(same)
    return rows


def _place(one: Version) -> tuple[datetime, int, str]:
    """Give where a version stands, newest last: what one transaction wrote has one time, and each kind its numbers."""
    return one.at, one.id, one.kind


def _older(last: Version) -> models.Q:
    return models.Q(pgh_created_at__lt=last.at) | models.Q(pgh_created_at=last.at, pgh_id__lt=last.id)


def _pages(kind: str, wanted: Wanted) -> Iterator[Version]:
    rows, ordered = _fitting(kind, wanted), ("-pgh_created_at", "-pgh_id")
    found = list(_read(kind, rows.order_by(*ordered)[:_AT_ONCE]))
    while found:
        found.sort(key=_place, reverse=True)
        yield from found
        found = list(_read(kind, rows.filter(_older(found[-1])).order_by(*ordered)[:_AT_ONCE]))


def _read(kind: str, rows: Any) -> Iterator[Version]:
    """Give the rows as versions, each with the one before it: two questions to the database."""
    event, columns, hidden = _events()[kind], _columns(kind), secrets(kind)
    same = {_thing(kind): OuterRef(_thing(kind))}
    before = _told(kind).filter(**same, pgh_id__lt=OuterRef("pgh_id")).order_by("-pgh_id")
    rows = rows.annotate(
        metadata=models.F("pgh_context__metadata"),
        version_before=Subquery(before.values("pgh_id")[:1]),
        twin=models.Exists(_twins(kind, _PASSWORD)) if _has_twins(kind) else models.Value(False),
    )
    found = list(
        _values(rows, columns, hidden, "metadata", "version_before", "twin", "pgh_label", "pgh_db_user")
    )
    ids = [row["version_before"] for row in found if row["version_before"] is not None]
    olds = {row["pgh_id"]: row for row in _values(event.objects.filter(pgh_id__in=ids), columns, hidden)}
    for row in found:
        context, old = row["metadata"], olds.get(row["version_before"])
        yield Version(
            kind=kind,
            id=row["pgh_id"],
            row=row["id"],
            act=row["pgh_label"],
            at=row["pgh_created_at"],
            who=(context.get("name") or "") if context else row["pgh_db_user"],
            actor=context.get("actor") if context else None,
            via=context.get("via", "") if context else BY_SQL,
            reason=(context.get("reason") or "") if context else "",
            new=_plain(row, columns, hidden),
            old=_plain(old, columns, hidden) if old else None,
            old_id=row["version_before"],
            old_at=old["pgh_created_at"] if old else None,
            password=row["twin"],
        )


def _values(rows: Any, columns: list[str], hidden: frozenset[str], *more: str) -> Any:
    """Read columns; secrets as they lie in the database, so that they are compared without being read."""
    ciphers = {f"cipher_{name}": Cast(name, models.TextField()) for name in hidden}
    plain = [name for name in columns if name not in hidden]
    return rows.annotate(**ciphers).values("pgh_id", "id", "pgh_created_at", *plain, *ciphers, *more)


def _plain(row: Mapping[str, Any], columns: list[str], hidden: frozenset[str]) -> dict[str, Any]:
    return {name: row[f"cipher_{name}" if name in hidden else name] for name in columns}
