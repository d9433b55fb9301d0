"""What of the mail settings is an account's own: its mailboxes and its outgoing server."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from deskpost.desk.accounts import Account
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.server_scopes import rows_of, scope_of_account


@dataclass(frozen=True, slots=True)
class Own:
    """One mailbox or server of an account: its name, what it does now, where it is set, and where it is removed."""

    name: str
    state: str
    url: str
    removal: str
    act: str


def mailboxes_of(account: Account) -> list[Own]:
    """Give the mailboxes whose mail belongs to this account alone."""
    return list(_mailboxes(account))


def server_of(account: Account) -> Own | None:
    """Give the outgoing server of the account's own, None where it sends by another."""
    scope = scope_of_account(account.pk)
    row = rows_of(scope).first() if scope else None
    if scope is None or row is None:
        return None
    return Own(
        name=row.host,
        state=gettext("paused") if row.paused else gettext("sending"),
        url=reverse("outgoing_server", args=[scope.key]),
        removal=reverse("outgoing_remove", args=[scope.key]),
        act=gettext("Remove this server"),
    )


def in_the_way(account: Account) -> list[Own]:
    """Give what has to be removed before the account: the database refuses it sooner."""
    server = server_of(account)
    return [*mailboxes_of(account), *([server] if server else [])]


def _mailboxes(account: Account) -> Iterator[Own]:
    for one in Mailbox.objects.filter(account=account).order_by("name"):
        yield Own(
            name=one.name,
            state=gettext("fetching") if one.fetching else gettext("stopped"),
            url=reverse("incoming_mailbox", args=[one.pk]),
            removal=reverse("incoming_remove", args=[one.pk]),
            act=gettext("Remove this mailbox"),
        )
