"""Places where a role counts: every account, one of them, or one of its sites, as menus name them."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext

from deskpost.console.page import id_of
from deskpost.desk.accounts import Account, Site
from deskpost.desk.people import Person

MOST_OFFERED = 2_000  # accounts and sites in one menu
Place = tuple[Account | None, Site | None]


def offered(
    among: QuerySet[Account] | None = None, account: Account | None = None
) -> Iterator[tuple[str, str]]:
    """Give accounts and their sites, each as a menu's value and its words; `among`: no others, `account`: this one."""
    rows = Account.objects.filter(deleted_at=None) if among is None else among
    rows = rows.filter(pk=account.pk) if account else rows
    sites: dict[int, list[Site]] = {}
    for site in Site.objects.filter(account__in=rows).order_by("name", "pk")[:MOST_OFFERED]:
        sites.setdefault(site.account_id, []).append(site)
    for one in rows.order_by("name", "pk")[:MOST_OFFERED]:
        yield key_of((one, None)), one.name
        for site in sites.get(one.pk, ()):
            yield key_of((one, site)), words_of(one, site)


def key_of(place: Place) -> str:
    """Give a menu's value: "all", "7" or "7-3"."""
    account, site = place
    if account is None:
        return "all"
    return f"{account.pk}-{site.pk}" if site else str(account.pk)


def read(written: str) -> Place | None:
    """Give the place that a menu's value names, None where it names none."""
    if written == "all":
        return None, None
    account_id, dash, site_id = written.partition("-")
    account = Account.objects.filter(pk=id_of(account_id) or 0, deleted_at=None).first()
    site = Site.objects.filter(pk=id_of(site_id) or 0, account=account).first() if account and dash else None
    return None if account is None or (dash and site is None) else (account, site)


def home_of(person: Person) -> Place:
    """Give where somebody belongs."""
    return person.account, person.site


def words_of(account: Account | None, site: Site | None) -> str:
    """Name a place."""
    if account is None:
        return gettext("All accounts")
    return f"{account.name}, {site.name}" if site else account.name
