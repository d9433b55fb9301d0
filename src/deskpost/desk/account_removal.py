"""Removing an account, and bringing it back. Its requests stay; its people and its mail domains do not."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from deskpost.desk import administrators, settings
from deskpost.desk.account_settings import is_default_words
from deskpost.desk.accounts import Account
from deskpost.desk.administrators import LastAdministrator
from deskpost.desk.people import Person


class NotRemoved(Exception):
    """An account cannot be removed. `words` says why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def is_provider(account: Account) -> bool:
    """Tell whether this is the provider's own account: the first, which every installation begins with."""
    return not Account.objects.filter(pk__lt=account.pk).exists()


def refusal(account: Account, actor: Person) -> str | None:
    """Give why an account can never be removed as things are; None where nothing of the desk forbids it."""
    if account.default:
        return is_default_words(account)
    if is_provider(account):
        words = gettext(
            "%(account)s is the provider's own account, and stays. To do: give it another name, if that is it."
        )
    elif actor.account_id == account.pk:
        words = gettext(
            "You belong to %(account)s yourself, and could not sign in any more. To do: let somebody of another "
            "account remove it."
        )
    else:
        return None
    return words % {"account": account.name}


def remove(actor: Person, via: str, account: Account) -> bool:
    """Remove an account; False: somebody did before. Raises NotRemoved.

    Its domains are free again; its people are removed with it, so that none signs in or is found as a sender. Its
    sites, the roles given there, and its requests stay. The database refuses it while a mailbox or an outgoing
    server is the account's own.
    """
    try:
        with administrators.one_stays():
            return _remove(actor, via, account)
    except LastAdministrator as last:
        raise NotRemoved(last.words) from last


def _remove(actor: Person, via: str, account: Account) -> bool:
    row = Account.objects.select_for_update().get(pk=account.pk)
    if row.deleted_at is not None:
        return False
    words = refusal(row, actor) or _beyond(row, actor)
    if words:
        raise NotRemoved(words)
    now = timezone.now()
    try:
        with transaction.atomic():
            for domain in row.domains.all():
                settings.remove(actor, via, domain)
            with settings.context(actor, via):
                row.people.filter(deleted_at=None).update(deleted_at=now)
            settings.change(actor, via, row, {"deleted_at": now})
    except IntegrityError as refused:
        words = gettext(
            "Something of its own was set up for %(account)s at this moment. To do: look what, then remove it again."
        )
        raise NotRemoved(words % {"account": row.name}) from refused
    return True


def _beyond(account: Account, actor: Person) -> str | None:
    """Give why the actor may not remove an account's people with it."""
    with_roles = account.people.filter(deleted_at=None, grants__isnull=False).distinct()
    foreign = administrators.beyond_of(actor, *with_roles)
    if not foreign:
        return None
    words = gettext(
        "People of %(account)s may %(permissions)s, which you may not everywhere yourself. To do: ask somebody who may."
    )
    return words % {"account": account.name, "permissions": ", ".join(foreign)}


@transaction.atomic
def bring_back(actor: Person, via: str, account: Account) -> bool:
    """Bring a removed account back with the people who were removed with it; False: it is not removed."""
    row = Account.objects.select_for_update().get(pk=account.pk)
    if row.deleted_at is None:
        return False
    gone_at = row.deleted_at
    settings.change(actor, via, row, {"deleted_at": None})
    with settings.context(actor, via):
        row.people.filter(deleted_at=gone_at).update(deleted_at=None)
    return True
