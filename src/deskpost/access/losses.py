"""A consent that is lost, of a mailbox or of an outgoing server: noted unless another came, and told of once."""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Now

from deskpost.access import consents
from deskpost.access.columns import MailServerSettings
from deskpost.access.consent import Consent


def note(row: MailServerSettings, reason: str, began_with: Consent | None) -> bool:
    """Note that nothing can be opened until somebody consents. `reason`: in words, with what to do.

    False: somebody consented after the work began, with `began_with`, so nothing is lost.
    """
    given_at = began_with.given_at if began_with is not None else None

    def still(present: Consent | None) -> bool:
        return present is None or present.lost_at is not None or present.given_at == given_at

    return consents.lose(row, reason, still)


@transaction.atomic
def tell(at_work: "models.QuerySet[Any]", owner: str, say: Callable[[Any, str, str], None]) -> list[str]:
    """Tell of each loss once; give the names of those told of.

    `at_work`: the consents of the mailboxes or servers that are on, `owner` their column that names it. `say` is given
    it, why its consent is lost, and what to do.
    """
    untold = at_work.filter(told_at=None).exclude(lost_at=None)
    found = list(untold.select_for_update(of=("self",), skip_locked=True).select_related(owner))
    for consent in found:
        reason, _found, to_do = consent.lost_reason.partition(" To do: ")
        say(getattr(consent, owner), reason, to_do)
    at_work.filter(pk__in=[one.pk for one in found]).update(told_at=Now())
    return [getattr(consent, owner).name for consent in found]
