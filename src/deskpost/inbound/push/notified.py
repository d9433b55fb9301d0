"""What Graph's notifications lead to: the mailbox they are about is fetched. Nothing else that they say is believed.

Anybody can call the address, so each has to hold the secret of the subscription that it names.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Any

from django.db.models.functions import Now

from deskpost import wake
from deskpost.inbound.push import states
from deskpost.inbound.push.subscription import GraphSubscription

MOST = 1000  # notifications in one request
_ID = re.compile(r"[!-~]{1,200}")


def take_in(notifications: Sequence[Any]) -> list[int]:
    """Wake the fetch of each mailbox that is told of by who knows its secret; give these mailboxes."""
    given = [one for one in notifications[:MOST] if isinstance(one, dict)]
    named = {id for one in given if _ID.fullmatch(id := str(one.get("subscriptionId", "")))}
    rows = {row.subscription: row for row in GraphSubscription.objects.filter(subscription__in=named)}
    told: dict[int, None] = {}
    for one in given:
        row = rows.get(str(one.get("subscriptionId", "")))
        if row is not None and _knows_the_secret(one, row):
            _heed(str(one.get("lifecycleEvent") or ""), row)
            told[row.mailbox_id] = None
    for mailbox_id in told:
        wake.fetching(mailbox_id)
    return list(told)


def _knows_the_secret(notification: dict[str, Any], row: GraphSubscription) -> bool:
    given = hashlib.sha256(str(notification.get("clientState", "")).encode("utf-8", "replace")).digest()
    return hmac.compare_digest(given, bytes(row.secret_sha256))


def _heed(event: str, row: GraphSubscription) -> None:
    """Note what a notification says of its subscription; the watcher then renews it or makes another."""
    match event:
        case "":
            states.pushed(row.mailbox_id)
        case "reauthorizationRequired":
            GraphSubscription.objects.filter(pk=row.pk).update(renew_at=Now())
        case "subscriptionRemoved":
            GraphSubscription.objects.filter(pk=row.pk, subscription=row.subscription).delete()
            states.ended(row.mailbox_id)
