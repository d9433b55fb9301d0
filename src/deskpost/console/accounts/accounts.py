"""Accounts: the list, and one account beside it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count as CountRows
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from deskpost.console.accounts import own_mail
from deskpost.console.accounts.own_mail import Own
from deskpost.console.page import Counted, Viewer, go_to, id_of, signed_in
from deskpost.desk import account_removal, account_settings
from deskpost.desk.accounts import Account, Domain
from deskpost.desk.records import LISTED, Record
from deskpost.desk.search import Count
from deskpost.desk.settings_history import Version
from deskpost.desk.settings_words import BY
from deskpost.domain_names import one_spelling

PERMISSION = "directory.manage"
HISTORY = "account,domain,site"  # kinds of settings that View history shows
PAGE = 50
_LONGEST = 200  # characters of a search
_SHOWN = 3  # domains of an account in the list


@dataclass(frozen=True, slots=True)
class Row:
    """One account in the list."""

    account: Account
    url: str
    domains: str
    more: str
    current: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One account as its panel shows it."""

    account: Account
    language: str
    domains: list[str]
    sites: list[Any]  # each with `people`, how many are there
    people: Counted
    open_requests: Counted
    requests: Counted
    mailboxes: list[Own]
    server: Own | None
    saved: Version | None  # the last time, and by what
    by: str
    provider: bool


@require_safe
@signed_in
def accounts(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the accounts, found by name or domain; beside them, where there is room, the first."""
    viewer.needs_everywhere(PERMISSION)
    return _page(request, None)


@require_safe
@signed_in
def account(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show one account beside the list; on a phone alone."""
    viewer.needs_everywhere(PERMISSION)
    return _page(request, account_of(id))


@require_POST
@signed_in
def account_bring_back(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Bring a removed account back."""
    viewer.needs_everywhere(PERMISSION)
    one = account_of(id)
    if account_removal.bring_back(viewer.person, "page", one):
        words = gettext(
            "%(name)s is back with its people, sites and roles. Its domains were free meanwhile. "
            "To do: enter them again."
        )
        messages.success(request, words % {"name": one.name})
        return go_to(request, reverse("account_edit", args=[one.pk]))
    messages.info(request, gettext("%(name)s is not removed.") % {"name": one.name})
    return go_to(request, reverse("account", args=[one.pk]))


def account_of(id: int) -> Account:
    """Give an account, a removed one too. Raises Http404."""
    one = Account.objects.filter(pk=id).first()
    if one is None:
        raise Http404
    return one


def panel_of(one: Account) -> Panel:
    """Give an account as its panel shows it."""
    records = Record.objects.filter(LISTED, account=one)
    saved = account_settings.last_saved(one)
    return Panel(
        account=one,
        language=language_name(one.language),
        domains=list(one.domains.order_by("name").values_list("name", flat=True)),
        sites=list(
            one.sites.annotate(people_here=CountRows("people", filter=Q(people__deleted_at=None))).order_by(
                Lower("name")
            )
        ),
        people=Counted(Count.of(one.people.filter(deleted_at=one.deleted_at))),
        open_requests=Counted(Count.of(records.filter(closed_at=None))),
        requests=Counted(Count.of(records)),
        mailboxes=own_mail.mailboxes_of(one),
        server=own_mail.server_of(one),
        saved=saved,
        by=str(BY.get(saved.via, saved.via)) if saved else "",
        provider=account_removal.is_provider(one),
    )


def language_name(code: str) -> str:
    """Give the name of a language in itself; of one that nobody knows its code."""
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


def words_of_accounts() -> str:
    """Say for All settings how many there are."""
    count = Account.objects.filter(deleted_at=None).count()
    words = ngettext(
        "%(n)d organisation, its domains and sites",
        "%(n)d organisations, their domains and sites",
        count,
    )
    return words % {"n": count}


def _page(request: HttpRequest, opened: Account | None) -> HttpResponse:
    asked = request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]
    removed = opened.deleted_at is not None if opened else "removed" in request.GET
    pages = Paginator(_found(asked, removed), PAGE)
    page = pages.get_page(id_of(request.GET.get("page")) or 1)
    kept = {"q": asked, "removed": "1" if removed else "", "page": page.number if page.number > 1 else ""}
    shown = opened or next(iter(page.object_list), None)
    context = {
        "history": HISTORY,
        "rows": [_row(one, kept, shown) for one in page.object_list],
        "asked": asked,
        "removed": removed,
        "tabs": _tabs(removed),
        "total": pages.count,
        "previous_url": _address({**kept, "page": page.number - 1}) if page.has_previous() else None,
        "next_url": _address({**kept, "page": page.number + 1}) if page.has_next() else None,
        "back_url": _address(kept),
        "panel": panel_of(shown) if shown else None,
        "opened": opened is not None,
    }
    return render(request, "console/accounts/accounts.html", context)


def _found(asked: str, removed: bool) -> QuerySet[Account]:
    rows = Account.objects.filter(deleted_at__isnull=not removed)
    if asked:
        domains = Domain.objects.filter(account=OuterRef("pk"), name__icontains=one_spelling(asked))
        rows = rows.filter(Q(name__icontains=asked) | Exists(domains))
    return rows.order_by(Lower("name"), "pk").prefetch_related("domains")


def _row(one: Account, kept: dict[str, Any], shown: Account | None) -> Row:
    names = sorted(domain.name for domain in one.domains.all())
    more = len(names) - _SHOWN
    return Row(
        account=one,
        url=_address(kept, one),
        domains=", ".join(names[:_SHOWN]),
        more=ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more} if more > 0 else "",
        current=one == shown,
    )


def _tabs(removed: bool) -> list[dict[str, Any]]:
    """Give the tabs: of removed accounts only where there are some."""
    living, gone = (Account.objects.filter(deleted_at__isnull=one).count() for one in (True, False))
    tabs = [{"name": gettext("Accounts"), "url": _address({}), "count": living, "current": not removed}]
    if gone or removed:
        url = _address({"removed": "1"})
        tabs.append({"name": gettext("Removed"), "url": url, "count": gone, "current": removed})
    return tabs


def _address(kept: dict[str, Any], one: Account | None = None) -> str:
    path = reverse("account", args=[one.pk]) if one else reverse("accounts")
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{path}?{query}" if query else path
