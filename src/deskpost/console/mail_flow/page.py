"""Mail flow: the page that an administrator keeps open. What it shows is in its address, so that a reload keeps it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from deskpost import minutes
from deskpost.console.mail_flow import chart
from deskpost.console.mail_flow.figures import figures_of
from deskpost.console.mail_flow.lanes import cards_of
from deskpost.console.mail_flow.needs import needs_of
from deskpost.console.mail_flow.rows import rows_of
from deskpost.console.mail_flow.series import SPANS, series_of
from deskpost.console.mail_flow.sight import PERMISSION, accounts_of
from deskpost.console.page import NotPermitted, Viewer, is_htmx, signed_in
from deskpost.inbound import flow as inbound_flow
from deskpost.outbound import flow as outbound_flow
from deskpost.outbound import flow_lanes


@dataclass(frozen=True, slots=True)
class Address:
    """What the page shows: a span of time, as a chart or as a table, and whether it is updated by itself."""

    span: str = "hour"
    table: bool = False
    paused: bool = False

    @classmethod
    def of(cls, values: QueryDict) -> "Address":
        """Read an address; what it says wrongly is left out."""
        asked = values.get("span", "")
        return cls(
            asked if asked in SPANS else "hour", values.get("table") == "1", values.get("paused") == "1"
        )

    def url(self, **changes: Any) -> str:
        """Give the address of the page, with changes."""
        other = replace(self, **changes)
        values = {"span": other.span} if other.span != "hour" else {}
        values |= {name: "1" for name in ("table", "paused") if getattr(other, name)}
        return reverse("mail_flow") + (f"?{urlencode(values)}" if values else "")


@require_safe
@signed_in
def mail_flow(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show how mail flows; htmx gets the live part alone."""
    accounts = accounts_of(viewer.desk)
    if accounts is not None and not accounts:
        raise NotPermitted(PERMISSION)
    address, now = Address.of(request.GET), minutes.present()
    part = is_htmx(request)
    context = {
        "address": address,
        "live_url": address.url(),
        "every": SPANS[address.span].every,
        "now": now,
        "part": part,
        "spans": [
            {"name": span.name, "url": address.url(span=key), "current": key == address.span}
            for key, span in SPANS.items()
        ],
        "pause_url": address.url(paused=not address.paused),
        "table_url": address.url(table=not address.table),
        **_live(viewer, address, accounts, now),
    }
    return render(request, "console/mail_flow/_live.html" if part else "console/mail_flow/page.html", context)


def _live(viewer: Viewer, address: Address, accounts: list[int] | None, now: datetime) -> dict[str, Any]:
    """Give what changes from one moment to the next."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    incoming = inbound_flow.incoming(now, today, accounts)
    outgoing = outbound_flow.outgoing(now, today, accounts)
    lanes = flow_lanes.lanes_of([one.server for one in outgoing], now)
    of_server = {one.server.pk: one for one in lanes}
    cards, more_cards = cards_of(outgoing, of_server, flow_lanes.mails_in(lanes, viewer.desk))
    series, may_set = series_of(SPANS[address.span], now, accounts), accounts is None
    return {
        "needs": needs_of(incoming, outgoing, may_set=may_set),
        "figures": figures_of(incoming, outgoing, series, now),
        "chart": None if address.table else chart.drawn(series, alone=not cards),
        "table": chart.table(series) if address.table else (),
        "table_name": gettext("Mails a minute") if address.table else "",
        "cards": cards,
        "more_cards": more_cards,
        "rows": rows_of(incoming, outgoing, of_server, now, may_set=may_set),
        "limited": accounts is not None,
    }
