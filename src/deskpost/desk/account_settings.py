"""Saving an account with its domains and sites: the rules, the same for page and settings file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext

from deskpost.desk import account_sites, settings, settings_history
from deskpost.desk.accounts import Account, Domain, Site
from deskpost.desk.addresses import public_providers
from deskpost.desk.people import Person
from deskpost.desk.settings_history import Version

_KINDS: tuple[tuple[type[Model], str], ...] = ((Account, "id"), (Domain, "account_id"), (Site, "account_id"))
_SAID = 5  # refused domains that are told at once
Refusals = list[tuple[str, str]]  # the field, and why


class AccountRefused(Exception):
    """An account cannot be saved so. `refusals`: each field with its sentence; an empty name: the whole."""

    def __init__(self, refusals: Refusals) -> None:
        super().__init__("; ".join(words for _, words in refusals))
        self.refusals = refusals


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an account is to be. Sites that `sites` does not name stay as they are."""

    name: str
    time_zone: str
    language: str
    domains: tuple[str, ...]
    default: bool = False  # make it the default; never to make it none
    sites: Mapping[int, str] = field(default_factory=dict)  # id of a site: its name, empty to remove it
    new_sites: tuple[str, ...] = ()


@transaction.atomic
def save(actor: Person | None, via: str, account: Account, wanted: Wanted) -> tuple[str, ...]:
    """Save an account, new or old, and give what changed. Raises AccountRefused; then nothing is saved."""
    account_sites.hold(wanted.sites)
    refused = refusals(account, wanted)
    if refused:
        raise AccountRefused(refused)
    changed = changes(account, wanted)
    try:
        with transaction.atomic():
            _write(actor, via, account, wanted)
    except IntegrityError as conflict:  # somebody else took the name or a domain in this very moment
        words = gettext("Not saved: somebody saved something alike at this moment. To do: Save again.")
        raise AccountRefused(refusals(account, wanted) or [("", words)]) from conflict
    return changed


def changes(account: Account, wanted: Wanted) -> tuple[str, ...]:
    """Give the names of what saving would change; of a new account all."""
    if account._state.adding:
        return ("name", "time_zone", "language", "domains")
    found = [
        name for name in ("name", "time_zone", "language") if getattr(account, name) != getattr(wanted, name)
    ]
    if set(wanted.domains) != set(account.domains.values_list("name", flat=True)):
        found.append("domains")
    if wanted.default and not account.default:
        found.append("default")
    if account_sites.differ(account, wanted.sites, wanted.new_sites):
        found.append("sites")
    return tuple(found)


def refusals(account: Account, wanted: Wanted) -> Refusals:
    """Give what does not allow an account to be saved so: the field, and why."""
    found: Refusals = []
    other = Account.named(wanted.name)
    if other is not None and other.pk != account.pk:
        found.append(("name", _taken(other)))
    words = list(islice(_domain_refusals(wanted.domains, account.pk, wanted.name), _SAID))
    if words:
        found.append(("domains", " ".join(words)))
    return [*found, *account_sites.refusals(account, wanted.sites, wanted.new_sites)]


def domain_refusal(name: str, account_id: int | None, of: str) -> str | None:
    """Give why a domain cannot be an account's (`of`: its name): a public provider's, or another account's."""
    return next(_domain_refusals([name], account_id, of), None)


def _domain_refusals(names: Sequence[str], account_id: int | None, of: str) -> Iterator[str]:
    others = Domain.objects.filter(name__in=names).exclude(account=account_id)
    owners = dict(others.values_list("name", "account__name"))
    for name in names:
        words = None
        if name in public_providers():
            words = gettext(
                "%(domain)s is a public mail provider: whoever has an address there would belong to %(account)s. "
                "To do: leave it out, and enter these people by their addresses."
            )
        elif name in owners:
            words = gettext(
                "The domain %(domain)s belongs to the account %(account)s. To do: take it from there first."
            )
        if words is not None:
            yield words % {"domain": name, "account": owners.get(name, of)}


def hand_over(account: Account) -> Iterator[tuple[Account, bool]]:
    """Give the accounts to write, in this order, with whether each is the default: there is one at any time."""
    for before in Account.objects.select_for_update().filter(default=True).exclude(pk=account.pk):
        yield before, False
    yield account, True


def is_default_words(account: Account) -> str:
    """Say that an account is the default, and how another one becomes it."""
    words = gettext("%(account)s is the default account. To do: make another one the default instead.")
    return words % {"account": account.name}


def state(account: Account) -> str:
    """Give what a form was made from: the newest versions of the account, its domains and its sites."""
    return ".".join(str(version.id if version else 0) for version in _newest(account))


def saved_since(account: Account, seen: str) -> Version | None:
    """Give the newest version that a form did not see, None where it saw all. To be asked with the account locked."""
    before = seen.split(".")
    found = [
        one
        for place, one in enumerate(_newest(account))
        if one and str(one.id) not in before[place : place + 1]
    ]
    return max(found, key=lambda one: one.at, default=None)


def last_saved(account: Account) -> Version | None:
    """Give the newest version of an account, its domains and its sites."""
    return max((one for one in _newest(account) if one), key=lambda one: one.at, default=None)


def _newest(account: Account) -> list[Version | None]:
    return [_newest_of(model, column, account.pk) for model, column in _KINDS]


def _newest_of(model: type[Model], column: str, id: int | None) -> Version | None:
    events = model.pgh_event_model.objects.filter(**{column: id}).order_by("-pgh_id")  # type: ignore[attr-defined]
    newest = events.values_list("pgh_id", flat=True).first() if id is not None else None
    return settings_history.version(str(model._meta.model_name), newest) if newest is not None else None


def _write(actor: Person | None, via: str, account: Account, wanted: Wanted) -> None:
    values = {"name": wanted.name, "time_zone": wanted.time_zone, "language": wanted.language}
    settings.change(actor, via, account, values)
    if wanted.default and not account.default:
        for one, default in hand_over(account):
            settings.change(actor, via, one, {"default": default})
    present = {one.name: one for one in account.domains.all()}
    for name in present.keys() - set(wanted.domains):
        settings.remove(actor, via, present[name])
    for name in sorted(
        wanted.domains
    ):  # one order for all, so that two never wait for each other in a circle
        if name not in present:
            settings.change(actor, via, Domain(account=account, name=name), {})
    account_sites.write(actor, via, account, wanted.sites, wanted.new_sites)


def _taken(other: Account) -> str:
    if other.deleted_at is not None:
        words = gettext(
            "An account that was removed is called %(name)s. To do: bring it back, or choose another name."
        )
    else:
        words = gettext(
            "Another account is called %(name)s. Letter case does not tell accounts apart. "
            "To do: choose another name."
        )
    return words % {"name": other.name}
