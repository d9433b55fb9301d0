"""Warnings before a client secret ends: administrators' bells ring 30, 7 and 1 days before, once each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from deskpost.access.secret_ends import BEFORE, days_left, due
from deskpost.outbound import bell
from deskpost.outbound.server_scopes import scope_of
from deskpost.outbound.servers import OutgoingServer, ServerConsent

KIND = "secret_ends"


def of_servers() -> None:
    """Warn of the secrets of outgoing servers. To be done now and then."""
    warn(ServerConsent.objects.all(), "server", _named)


@transaction.atomic
def warn(consents: "models.QuerySet[Any]", owner: str, named: Callable[[Any], tuple[str, str]]) -> None:
    """Warn of the secrets that these consents are renewed with; a secret with a later end is warned of anew.

    `owner` is the column of the mailbox or server that a consent is of, `named` gives its name and page.
    """
    ends, last = f"{owner}__client_secret_ends", timezone.localdate() + timedelta(days=BEFORE[0])
    consents.filter(Q(**{ends: None}) | Q(**{f"{ends}__gt": last})).exclude(warned_days=None).update(
        warned_days=None
    )
    near = consents.filter(**{f"{ends}__range": (timezone.localdate(), last)})
    for consent in near.select_related(owner).select_for_update(of=("self",), skip_locked=True):
        row = getattr(consent, owner)
        left = days_left(row.client_secret_ends) or 0
        warning = due(left, consent.warned_days)
        if warning is not None:
            name, url = named(row)
            what: dict[str, str | int] = {
                "name": name,
                "days": left,
                "ends": row.client_secret_ends.isoformat(),
            }
            bell.ring(bell.administrators(), KIND, what, url)
            consents.filter(pk=consent.pk).update(warned_days=warning)


def _named(server: OutgoingServer) -> tuple[str, str]:
    scope = scope_of(server)
    return scope.name, f"/admin/mail-server-settings/outgoing/{scope.key}/"
