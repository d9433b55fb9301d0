"""The sites of an account as settings: renamed without losing their people, removed while nothing has them.

What has one: a role that is given there, a request, an asset.
"""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext, ngettext

from deskpost.desk import settings
from deskpost.desk.accounts import Account, Site
from deskpost.desk.assets import Asset
from deskpost.desk.people import Person
from deskpost.desk.request_details import RequestDetails
from deskpost.desk.roles import Grant
from deskpost.desk.search import Count
from deskpost.desk.value_lists import shown

NEW = "new_sites"
_NAMED = 3  # people whom a sentence names; the others are counted
Names = Mapping[int, str]  # id of a site: its name, empty to remove it; others stay as they are


def field_of(id: int) -> str:
    """Give the name by which refusals speak of a site that is there already."""
    return f"site_{id}"


def differ(account: Account, names: Names, new: Sequence[str]) -> bool:
    """Tell whether writing these would change a site."""
    before = _names(account)
    return bool(new) or any(before.get(id, name) != name for id, name in names.items())


def hold(names: Names) -> None:
    """Lock the sites that are to be removed: who gives somebody a role there waits, and is then refused."""
    gone = [id for id, name in names.items() if not name]
    if gone:
        list(Site.objects.select_for_update().filter(pk__in=gone).order_by("pk"))


def refusals(account: Account, names: Names, new: Sequence[str]) -> list[tuple[str, str]]:
    """Give what does not allow the sites to be so: the field (`field_of`, or NEW), and why."""
    before = _names(account)
    after = {id: names.get(id, name) for id, name in before.items()}
    gone = [id for id, name in after.items() if not name]
    found = [(field_of(id), _kept_by_roles(before[id], who)) for id in gone if (who := roles_at(id))]
    found += [(field_of(id), words) for id in gone if (words := use_words(id, before[id]))]
    listed = [(field_of(id), name) for id, name in after.items() if name]
    seen: set[str] = set()
    for field, name in [*listed, *((NEW, name) for name in new)]:
        if name in seen:
            words = gettext("%(site)s stands here twice. To do: name each site once.")
            found.append((field, words % {"site": name}))
        seen.add(name)
    return found or list(_circles(before, after))


def write(actor: Person | None, via: str, account: Account, names: Names, new: Sequence[str]) -> None:
    """Remove, then rename, each once its new name is free, then add. What `refusals` refuses must not get here."""
    sites = {one.pk: one for one in account.sites.all()}
    asked = {id: name for id, name in names.items() if id in sites and sites[id].name != name}
    for id in [id for id, name in asked.items() if not name]:
        settings.remove(actor, via, sites.pop(id))
        del asked[id]
    while asked:
        used = {one.name for one in sites.values()}
        id = next(id for id, name in asked.items() if name not in used)
        settings.change(actor, via, sites[id], {"name": asked.pop(id)})
    for name in new:
        settings.change(actor, via, Site(account=account, name=name), {})


def _circles(before: Names, after: Names) -> Iterator[tuple[str, str]]:
    """Refuse names that go round in a circle: none of them is free before another one is."""
    asked = {id: name for id, name in after.items() if name and name != before[id]}
    used = {before[id] for id, name in after.items() if name}
    while free := next((id for id, name in asked.items() if name not in used), None):
        used = (used - {before[free]}) | {asked.pop(free)}
    for id, name in asked.items():
        words = gettext(
            "Another site is called %(site)s still. To do: give that one another name first, and Save."
        )
        yield field_of(id), words % {"site": name}


def roles_at(site_id: int) -> str:
    """Name who has which role at a site, and would lose it with the site; empty: nobody."""
    grants = Grant.objects.filter(site=site_id).order_by("person__name", "pk")
    rows = list(grants.values_list("person__name", "role__name")[: _NAMED + 1])
    who = ", ".join(f"{name} ({role})" for name, role in rows[:_NAMED])
    more = grants.count() - _NAMED if len(rows) > _NAMED else 0
    if more:
        who += " " + ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}
    return who


def use_words(site_id: int, name: str) -> str:
    """Say how many requests and assets have a site, which therefore stays; empty: none. Deleted requests count."""
    requests = Count.of(RequestDetails.objects.filter(site=site_id).values("pk"))
    assets = Count.of(Asset.objects.filter(site=site_id).values("pk"))
    counted = [
        words % {"n": shown(count)}
        for words, count in (
            (ngettext("%(n)s request", "%(n)s requests", requests.number), requests),
            (ngettext("%(n)s asset", "%(n)s assets", assets.number), assets),
        )
        if count.number
    ]
    if not counted:
        return ""
    words = gettext(
        "%(site)s cannot be removed while it is the site of %(counted)s. "
        "To do: give them another site first, or rename it."
    )
    return words % {"site": name, "counted": gettext(" and ").join(counted)}


def _kept_by_roles(site: str, who: str) -> str:
    words = gettext(
        "%(site)s cannot be removed while roles are given there, to %(who)s. To do: take these roles away first."
    )
    return words % {"site": site, "who": who}


def _names(account: Account) -> dict[int, str]:
    return dict(account.sites.values_list("pk", "name")) if account.pk is not None else {}
