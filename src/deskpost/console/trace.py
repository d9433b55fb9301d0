"""The mail trace: any mail that came in, found by who wrote it, to whom, when, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from deskpost.console import trace_groups
from deskpost.console.page import Counted, Viewer, id_of, signed_in
from deskpost.console.trace_groups import Group, keeping
from deskpost.console.trace_rows import LOOKS, STOPPED
from deskpost.inbound import trace_lists
from deskpost.inbound.spam.rules import SpamRule
from deskpost.inbound.trace_lists import OUTCOMES, Wanted
from deskpost.inbound.visible import PERMISSION, visible_mailboxes

LONGEST = 200  # characters of what is looked for
_TABS = {
    "": gettext_lazy("All mails"),
    "stopped": gettext_lazy("Dropped, refused, held"),
    "error": gettext_lazy("Errors"),
    "bounce": gettext_lazy("Delivery reports"),
    "automatic": gettext_lazy("Automatic"),
    "duplicate": gettext_lazy("Duplicates"),
}
_TEXTS = {
    "sender": gettext_lazy("Sender"),
    "recipient": gettext_lazy("Recipient"),
    "subject": gettext_lazy("Subject"),
    "message_id": "Message-ID",
}
_HELP = {
    "sender": gettext_lazy("A name, an address, a domain, or how one begins"),
    "recipient": gettext_lazy("An address or a domain in To or Cc, or how one begins"),
    "subject": gettext_lazy("Words of the subject, or how they begin"),
    "message_id": gettext_lazy("The whole Message-ID, with or without < >"),
}
_WHEN = {
    "hour": gettext_lazy("last hour"),
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "week": gettext_lazy("last 7 days"),
    "month": gettext_lazy("last 30 days"),
}


@dataclass(frozen=True, slots=True)
class Address:
    """A list as its address names it. `since` and `until` are days of the person's, both included."""

    outcome: str = ""
    when: str = ""
    since: date | None = None
    until: date | None = None
    mailbox: int | None = None
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    message_id: str = ""
    rule: int | None = None
    before: int | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Address":
        """Read an address; what it says wrongly is left out."""
        outcome, when = values.get("outcome", ""), values.get("when", "")
        return cls(
            outcome=outcome if outcome in OUTCOMES else "",
            when=when if when in _WHEN else "",
            since=_day(values.get("since", "")),
            until=_day(values.get("until", "")),
            mailbox=id_of(values.get("mailbox")),
            rule=id_of(values.get("rule")),
            before=id_of(values.get("before")),
            **{name: " ".join(values.get(name, "").replace("\0", "").split())[:LONGEST] for name in _TEXTS},
        )

    def values(self) -> dict[str, str]:
        """Give what stands in the address, by name."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return {name: str(value) for name, value in named.items() if value not in (None, "")}

    def with_(self, **changes: Any) -> "Address":
        """Give this list with other wishes, from its start."""
        return replace(self, **{"before": None, **changes})

    @property
    def query(self) -> str:
        """Give the list's address behind the question mark, with it; empty for the plain list."""
        values = self.values()
        return f"?{urlencode(values)}" if values else ""

    @property
    def url(self) -> str:
        """Give the list's address."""
        return reverse("trace") + self.query

    def wanted(self) -> Wanted:
        """Give what is looked for, with times for days."""
        since, until = _span(self)
        texts = {name: getattr(self, name) for name in _TEXTS}
        return Wanted(
            outcome=self.outcome, mailbox=self.mailbox, since=since, until=until, rule=self.rule, **texts
        )


@require_safe
@signed_in
def trace(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the mails that came in, newest first."""
    viewer.needs(PERMISSION)
    address = Address.of(request.GET)
    wanted = address.wanted()
    mails, before = trace_lists.page(viewer.desk, wanted, address.before)
    grouped = address.outcome == "stopped" and address.before is None
    groups = (
        trace_groups.of_stopped(viewer, address, wanted)
        if grouped
        else [Group(rows=trace_groups.rows_of(viewer, mails, address))]
    )
    filters, stopped = _filters(viewer, address), address.outcome in (*STOPPED, "stopped")
    context = {
        "tabs": _tabs(viewer, address, wanted),
        "filters": filters,
        "filtered": any(one["value"] for one in filters),
        "groups": [one for one in groups if one.rows],
        "acts": stopped or any(row.act for one in groups for row in one.rows),
        "keeping": keeping(viewer) if address.outcome in ("stopped", "dropped") else None,
        "chosen_url": reverse("trace_chosen") + address.query if stopped else None,
        "may_rule": viewer.desk.everywhere("settings.mail"),
        "total": Counted(trace_lists.count(viewer.desk, wanted)),
        "first_url": address.with_().url if address.before else None,
        "next_url": address.with_(before=before).url if before and not grouped else None,
        "all_url": Address().url,
    }
    return render(request, "console/trace.html", context)


def _tabs(viewer: Viewer, address: Address, wanted: Wanted) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "url": address.with_(outcome=key).url,
            "count": Counted(trace_lists.count(viewer.desk, replace(wanted, outcome=key))) if key else None,
            "current": key == ("stopped" if address.outcome in STOPPED else address.outcome),
        }
        for key, name in _TABS.items()
    ]


def _filters(viewer: Viewer, address: Address) -> list[dict[str, Any]]:
    """Give the filters: those of choices as links, those of words as forms of their own."""
    outcomes = {key: LOOKS[key].words for key in OUTCOMES if key in LOOKS}
    mailboxes = dict(visible_mailboxes(viewer.desk).order_by("name").values_list("pk", "name")[:200])
    when = _choice(gettext("When"), "when", address, _WHEN)
    when["options"][0]["url"] = when["clear_url"] = address.with_(when="", since=None, until=None).url
    for option in when["options"][1:]:
        option["url"] = address.with_(when=option["key"], since=None, until=None).url
    if address.since or address.until:
        when["value"] = _days(address)
    when.update(days=True, hidden=_hidden(address, "when", "since", "until"))
    when.update(since=address.since, until=address.until)
    return [
        *(_text(name, address) for name in _TEXTS),
        when,
        _choice(gettext("Mailbox"), "mailbox", address, mailboxes),
        _choice(gettext("Outcome"), "outcome", address, outcomes),
        *_rules(viewer, address),
    ]


def _rules(viewer: Viewer, address: Address) -> list[dict[str, Any]]:
    """Give the filter by spam rule, beside dropped mails, to who sees those of every account."""
    if not viewer.desk.everywhere(PERMISSION) or not (
        address.outcome in ("dropped", "stopped") or address.rule
    ):
        return []
    rules = dict(SpamRule.objects.order_by("position", "pk").values_list("pk", "name")[:200])
    return [_choice(gettext("Rule"), "rule", address, rules)]


def _text(name: str, address: Address) -> dict[str, Any]:
    value = getattr(address, name)
    return {
        "key": name,
        "name": _TEXTS[name],
        "help": _HELP[name],
        "value": value,
        "clear_url": address.with_(**{name: ""}).url,
        "hidden": _hidden(address, name),
    }


def _choice(name: str, key: str, address: Address, choices: Mapping[Any, Any]) -> dict[str, Any]:
    chosen = getattr(address, key)
    nothing = None if key in ("mailbox", "rule") else ""
    clear = address.with_(**{key: nothing}).url
    options = [{"key": nothing, "name": gettext("any"), "url": clear, "current": chosen == nothing}]
    options += [
        {"key": one, "name": words, "url": address.with_(**{key: one}).url, "current": one == chosen}
        for one, words in choices.items()
    ]
    value = "" if chosen == nothing else choices.get(chosen, _TABS.get(chosen, gettext("unknown")))
    return {"key": key, "name": name, "value": value, "clear_url": clear, "options": options}


def _hidden(address: Address, *besides: str) -> dict[str, str]:
    """Give the other filters, for a form to keep."""
    return {name: value for name, value in address.with_().values().items() if name not in besides}


def _span(address: Address) -> tuple[datetime | None, datetime | None]:
    now = timezone.localtime()
    today = now.date()
    begins = {
        "hour": now - timedelta(hours=1),
        "today": _start(today),
        "yesterday": _start(today - timedelta(days=1)),
        "week": _start(today - timedelta(days=7)),
        "month": _start(today - timedelta(days=30)),
    }
    if address.since or address.until:
        ends = _start(address.until + timedelta(days=1)) if address.until else None
        return (_start(address.since) if address.since else None), ends
    return begins.get(address.when), (_start(today) if address.when == "yesterday" else None)


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _days(address: Address) -> str:
    since, until = (date_format(day, "j M Y") if day else "" for day in (address.since, address.until))
    if since and until:
        return gettext("%(since)s to %(until)s") % {"since": since, "until": until}
    if since:
        return gettext("from %(since)s") % {"since": since}
    return gettext("to %(until)s") % {"until": until}


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 1970 < day.year < 9000 else None  # what a time zone can be put to
