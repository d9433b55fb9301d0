"""View history: who changed which settings, when, by what, old beside new; and an earlier version brought back."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from deskpost.console import settings_restoring
from deskpost.console.page import Viewer, id_of, signed_in
from deskpost.console.settings_versions import Spoken, act_of, by_words, was_removed
from deskpost.desk import settings_history
from deskpost.desk.settings_history import Version, Wanted
from deskpost.desk.settings_words import BY, KINDS

MOST = 100  # changes on a page
MOST_VERSIONS = 50  # of the settings that are open
_DAYS = {"1": 1, "7": 7, "90": 90}
_ASKED = ("kind", "row", "who", "by", "when", "before", "open", "fields")


@dataclass(frozen=True, slots=True)
class Shown:
    """Who changed something, as an avatar shows a person."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address of View history asks for: `words` as they stand in it, `wanted` of them what makes sense."""

    words: dict[str, str]
    wanted: Wanted
    may: tuple[str, ...]  # the kinds that the viewer may see
    kinds: tuple[str, ...]  # those that were asked for; none: all

    def address(self, name: str = "settings_history", **others: str) -> str:
        """Give the address with these words instead, of the same page; the version that is open is left out."""
        asked = {**self.words, "open": "", "fields": "", **others}
        query = urlencode({key: value for key, value in asked.items() if value})
        return reverse(name) + (f"?{query}" if query else "")


def kinds_for(viewer: Viewer) -> tuple[str, ...]:
    """Give the kinds of settings whose history a person may see. Raises NotPermitted where there is none."""
    if viewer.desk.everywhere("settings.mail"):
        return tuple(settings_history.kinds())
    seen = {
        kind
        for permission, kinds in settings_restoring.OF_PERMISSION.items()
        if viewer.desk.everywhere(permission)
        for kind in kinds
    }
    if not seen:
        viewer.needs_everywhere("settings.mail")
    return tuple(one for one in settings_history.kinds() if one in seen)


def asked_of(request: HttpRequest, viewer: Viewer) -> Asked:
    """Read what is asked for; what makes no sense asks for nothing. Raises NotPermitted."""
    may = kinds_for(viewer)
    words = {name: request.GET.get(name, "").replace("\0", "")[:400] for name in _ASKED}
    kinds = tuple(one for one in words["kind"].split(",") if one in may)
    since = timezone.now() - timedelta(days=_DAYS[words["when"]]) if words["when"] in _DAYS else None
    by = words["by"] if words["by"] in BY else ""
    row = id_of(words["row"]) if len(kinds) == 1 else None
    before = _version_of(words["before"], may)
    return Asked(words, Wanted(kinds or may, words["who"], by, since, row, before=before), may, kinds)


@require_safe
@signed_in
def history(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the versions that fit the filters; beside them the one that is open."""
    asked = asked_of(request, viewer)
    found = settings_history.versions(asked.wanted, MOST + 1)
    older = f"{found[MOST - 1].kind}-{found[MOST - 1].id}" if len(found) > MOST else ""
    found = found[:MOST]
    opened = _asked_for(asked.words["open"], asked.may) if asked.words["open"] else None
    shown = opened or (found[0] if found else None)
    spoken = Spoken([*found, *([opened] if opened else [])])
    context = {
        "days": _days(found, spoken, asked, shown),
        "filters": _filters(asked, found, spoken),
        "panel": _panel(viewer, shown, asked, found) if shown else None,
        "opened": opened is not None,
        "back_url": asked.address(),
        "export_url": asked.address("settings_export", before=""),
        "older_url": asked.address(before=older) if older else "",
        "newest_url": asked.address(before="") if asked.wanted.before else "",
        "count": len(found),
    }
    return render(request, "console/settings_history.html", context)


@require_POST
@signed_in
def restore(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Bring the version back that the button named, unless somebody has saved since."""
    version = _asked_for(request.POST.get("version", ""), kinds_for(viewer))
    if not settings_restoring.can_restore(version):
        raise Http404
    viewer.needs_everywhere(settings_restoring.RESTORERS[version.kind].permission)
    back = f"{reverse('settings_history')}?{urlencode({'kind': version.kind})}"
    if request.POST.get("newest") != str(_newest(version)):
        messages.error(
            request,
            gettext(
                "Not brought back: these settings were saved again meanwhile. To do: look, then choose anew."
            ),
        )
        return HttpResponseRedirect(back)
    try:
        beside = settings_restoring.restore(viewer.person, version)
    except settings_restoring.RestoreRefused as refused:
        messages.error(request, gettext("Not brought back. %(words)s") % {"words": refused.words})
    else:
        words = gettext("Brought back. It is one more entry here; none was taken out.")
        messages.success(request, f"{words} {beside}".strip())
    return HttpResponseRedirect(back)


def _asked_for(key: str, may: tuple[str, ...]) -> Version:
    version = _version_of(key, may)
    if version is None:
        raise Http404
    return version


def _version_of(key: str, may: tuple[str, ...]) -> Version | None:
    kind, _, id = key.partition("-")
    number = id_of(id)
    return settings_history.version(kind, number) if number is not None and kind in may else None


def _newest(version: Version) -> int:
    return settings_history.versions(Wanted((version.kind,), row=version.row), 1)[0].id


def _days(found: list[Version], spoken: Spoken, asked: Asked, shown: Version | None) -> list[dict[str, Any]]:
    """Give the versions by the days on which they were saved."""
    days: list[dict[str, Any]] = []
    for one in found:
        day = timezone.localtime(one.at).date()
        if not days or days[-1]["day"] != day:
            days.append({"day": day, "name": _day(day), "rows": []})
        days[-1]["rows"].append(_line(one, spoken, asked, one == shown))
    return days


def _day(day: date) -> str:
    today = timezone.localtime().date()
    if day == today:
        return gettext("Today")
    if timedelta(0) < today - day < timedelta(days=7):
        return date_format(day, "D j M")
    return date_format(day, "j M" if day.year == today.year else "j M Y")


def _line(one: Version, spoken: Spoken, asked: Asked, current: bool) -> dict[str, Any]:
    return {
        "title": spoken.title(one),
        "words": spoken.summary(one),
        "reason": one.reason,
        "at": one.at,
        "who": one.who,
        "person": Shown(one.actor, one.who) if one.actor else None,
        "via": one.via,
        "by": by_words(one),
        "url": asked.address(open=f"{one.kind}-{one.id}"),
        "current": current,
    }


def _panel(viewer: Viewer, one: Version, asked: Asked, found: list[Version]) -> dict[str, Any]:
    versions = settings_history.versions(Wanted((one.kind,), row=one.row), MOST_VERSIONS + 1)
    more, versions = len(versions) > MOST_VERSIONS, versions[:MOST_VERSIONS]
    alone = {"kind": one.kind, "row": str(one.row), "who": "", "by": "", "when": "", "before": ""}
    spoken = Spoken([one, *versions])
    aims = one.id if one.act == "delete" else one.old_id
    acted = one.act == "update" and bool(act_of(one))  # removed as a row that stays, or brought back
    stays = was_removed(one) and settings_restoring.comes_back(one.kind)
    if one.act != "delete" and (one.old == one.new or (acted and not stays)):
        aims = None  # an act of its own undoes it
    may = aims is not None and settings_restoring.can_restore(one)
    if may and not viewer.desk.everywhere(settings_restoring.RESTORERS[one.kind].permission):
        may = False
    at = found.index(one) if one in found else None
    key, every = f"{one.kind}-{one.id}", asked.words["fields"] == "all"
    return {
        "version": one,
        "title": spoken.title(one),
        "by": by_words(one),
        "act": act_of(one),
        "changes": list(spoken.changes(one, every, dated=True)),
        "changed": len(one.changed) + one.password,
        "total": len(one.new) + one.password,
        "every": every,
        "changed_url": asked.address(open=key),
        "every_url": asked.address(open=key, fields="all"),
        "restores": f"{one.kind}-{aims}" if may else "",
        "newest": versions[0].id,
        "in_use": one.id == versions[0].id and not was_removed(one),
        "older_url": _beside(found, at, 1, asked),
        "newer_url": _beside(found, at, -1, asked),
        "all_url": asked.address(**alone) if more else "",
        "versions": [_line(other, spoken, asked, other == one) for other in versions],
    }


def _beside(found: list[Version], at: int | None, by: int, asked: Asked) -> str:
    """Give the address of the change before or after the one that is open, in the list as it is filtered."""
    if at is None or not 0 <= at + by < len(found):
        return ""
    other = found[at + by]
    return asked.address(open=f"{other.kind}-{other.id}")


def _filters(asked: Asked, found: list[Version], spoken: Spoken) -> list[dict[str, Any]]:
    words = asked.words
    names = settings_history.people(asked.wanted.kinds)
    ages = {"1": gettext("last 24 hours"), "7": gettext("last 7 days"), "90": gettext("last 90 days")}
    choices: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("kind", gettext("Settings"), {one: KINDS[one] for one in asked.may}),
        ("who", gettext("Who"), {name: name for name in names}),
        ("by", gettext("By"), BY),
        ("when", gettext("When"), ages),
    )
    only = spoken.title(found[0]) if asked.wanted.row is not None and found else ""
    values = {key: str(options.get(words[key], "")) for key, _, options in choices}
    values["kind"] = only or ", ".join(str(KINDS[one]) for one in asked.kinds)
    return [
        {
            "name": name,
            "value": values[key],
            "clear_url": asked.address(before="", **{key: "", "row": "" if key == "kind" else words["row"]}),
            "options": [
                {
                    "name": option,
                    "url": asked.address(
                        before="", **{key: value, "row": "" if key == "kind" else words["row"]}
                    ),
                    "current": value == words[key],
                }
                for value, option in options.items()
            ],
        }
        for key, name, options in choices
    ]
