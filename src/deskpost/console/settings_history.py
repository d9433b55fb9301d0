"""View history: who changed which settings, when, by what, old beside new; and an earlier version brought back."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from deskpost.console import settings_restoring
from deskpost.console.page import Viewer, id_of, signed_in
from deskpost.desk import settings_history
from deskpost.desk.settings_history import Version, Wanted
from deskpost.desk.settings_words import BY, FIELDS, KINDS

MOST = 200
_DAYS = {"1": 1, "7": 7, "90": 90}
_ACTS = {"insert": "Made", "delete": "Removed"}


@require_safe
@signed_in
def history(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the versions that fit the filters; beside them the one that is open."""
    viewer.needs_everywhere("settings.mail")
    names = ("kind", "who", "by", "when", "open")
    asked = {name: request.GET.get(name, "").replace("\0", "") for name in names}
    kinds = tuple(one for one in asked["kind"].split(",") if one in settings_history.kinds())
    since = timezone.now() - timedelta(days=_DAYS[asked["when"]]) if asked["when"] in _DAYS else None
    by = asked["by"] if asked["by"] in BY else ""
    found = settings_history.versions(Wanted(kinds, asked["who"][:400], by, since), MOST)
    opened = _asked_for(asked["open"]) if asked["open"] else None
    shown = opened or (found[0] if found else None)
    context = {
        "rows": [_line(one, asked, one == shown) for one in found],
        "filters": _filters(asked, kinds),
        "panel": _panel(shown) if shown else None,
        "opened": opened is not None,
        "back_url": _address({**asked, "open": ""}),
        "most": MOST if len(found) == MOST else None,
    }
    return render(request, "console/settings_history.html", context)


@require_POST
@signed_in
def restore(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Bring the version back that the button named, unless somebody has saved since."""
    viewer.needs_everywhere("settings.mail")
    version = _asked_for(request.POST.get("version", ""))
    if version.kind not in settings_restoring.RESTORERS or version.act == "delete":
        raise Http404
    back = _address({"kind": version.kind, "open": ""})
    if request.POST.get("newest") != str(_newest(version)):
        messages.error(
            request,
            gettext(
                "Not brought back: these settings were saved again meanwhile. To do: look, then choose anew."
            ),
        )
        return HttpResponseRedirect(back)
    try:
        settings_restoring.restore(viewer.person, version)
    except settings_restoring.RestoreRefused as refused:
        messages.error(request, gettext("Not brought back. %(words)s") % {"words": refused.words})
    else:
        messages.success(request, gettext("Brought back. It is one more entry here; none was taken out."))
    return HttpResponseRedirect(back)


def _asked_for(key: str) -> Version:
    kind, _, id = key.partition("-")
    number = id_of(id)
    version = settings_history.version(kind, number) if number is not None else None
    if version is None:
        raise Http404
    return version


def _newest(version: Version) -> int:
    return settings_history.versions(Wanted((version.kind,), row=version.row), 1)[0].id


def _line(one: Version, asked: dict[str, str], current: bool) -> dict[str, Any]:
    names = [str(FIELDS.get(name, name)) for name in one.changed]
    words = gettext(_ACTS[one.act]) if one.act in _ACTS or one.old is None else ", ".join(names)
    return {
        "title": _title(one),
        "words": words or gettext("saved again, nothing changed"),
        "at": one.at,
        "who": one.who,
        "by": BY.get(one.via, one.via),
        "url": _address({**asked, "open": f"{one.kind}-{one.id}"}),
        "current": current,
    }


def _title(one: Version) -> str:
    name = next((one.new[key] for key in ("name", "text", "event", "parameter") if one.new.get(key)), "")
    return f"{KINDS.get(one.kind, one.kind)}, {name}" if name else str(KINDS.get(one.kind, one.kind))


def _panel(one: Version) -> dict[str, Any]:
    hidden = settings_history.secrets(one.kind)
    old = one.old or {}
    removed = one.act == "delete"
    fields = [
        {
            "name": FIELDS.get(name, name),
            "secret": name in hidden,
            "old": _shown(one.kind, name, (old or one.new).get(name)) if name not in hidden and old else "",
            "new": "" if name in hidden or removed else _shown(one.kind, name, one.new[name]),
            "had": bool(old.get(name)),
        }
        for name in one.changed
    ]
    may = one.kind in settings_restoring.RESTORERS and one.old is not None and not removed
    versions = settings_history.versions(Wanted((one.kind,), row=one.row), 50)
    return {
        "version": one,
        "title": _title(one),
        "by": BY.get(one.via, one.via),
        "fields": fields,
        "restores": f"{one.kind}-{one.old_id}" if may else "",
        "newest": versions[0].id,
        "versions": [_line(other, {"kind": one.kind}, other == one) for other in versions],
    }


def _shown(kind: str, name: str, value: Any) -> str:
    field: Any = settings_history.kinds()[kind]._meta.get_field(name)
    if value is None or value == "" or value == []:
        return gettext("empty")
    if field.is_relation:
        row = field.related_model.objects.filter(pk=value).first()
        return str(row) if row else gettext("gone (number %(n)s)") % {"n": value}
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if hasattr(value, "hour") else str(value)


def _filters(asked: dict[str, str], kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    names = settings_history.people(kinds or settings_history.kinds())
    ages = {"1": gettext("last 24 hours"), "7": gettext("last 7 days"), "90": gettext("last 90 days")}
    choices: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("kind", gettext("Settings"), KINDS),
        ("who", gettext("Who"), {name: name for name in names}),
        ("by", gettext("By"), BY),
        ("when", gettext("When"), ages),
    )
    return [
        {
            "name": name,
            "value": ", ".join(str(options[one]) for one in asked[key].split(",") if one in options)
            if key == "kind"
            else options.get(asked[key], ""),
            "clear_url": _address({**asked, key: "", "open": ""}),
            "options": [
                {
                    "name": words,
                    "url": _address({**asked, key: value, "open": ""}),
                    "current": value == asked[key],
                }
                for value, words in options.items()
            ],
        }
        for key, name, options in choices
    ]


def _address(asked: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("settings_history") + (f"?{query}" if query else "")
