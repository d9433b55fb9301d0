"""What tells people of troubles leaves by another server where the one that it waits at sends nothing itself."""

from django.db import transaction
from django.db.models.functions import Now

from deskpost import wake
from deskpost.desk.events import EVENTS
from deskpost.outbound.leaving import leave_by
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.scopes import load_senders

_TO_THE_LIST = [kind.name for kind in EVENTS.values() if kind.audience == "error_list"]


@transaction.atomic
def take() -> int:
    """Let what waits so leave by a server that sends, of the directory or of an instance; give how many.

    Only what is of no account, and was never sent perhaps. For the tick: what is written while nobody knows yet that
    its server is hit as well is not left there.
    """
    senders = load_senders()
    hit, by = senders.at_rest | senders.failing, senders.for_errors
    if not hit or by is None or by.server_id in hit:
        return 0
    of_nobody = OutboxMail.objects.filter(event__in=_TO_THE_LIST, account=None, record=None)
    waiting = of_nobody.filter(server__in=hit, state=OutboxMail.State.QUEUED, unknown_fate=False, draft_id="")
    mails = list(waiting.order_by("pk").select_for_update(skip_locked=True, of=("self",), no_key=True))
    for mail in mails:
        leave_by(mail, by)
    if mails:
        waiting_now = OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails])
        waiting_now.update(next_try_at=Now())
        wake.sending(by.server_id)
    return len(mails)
