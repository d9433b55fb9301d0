"""Which incoming mails a person may see: the only way to their rows, traces and raw sources for pages."""

from django.db.models import Q, QuerySet

from deskpost.desk.roles import Visible
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage

PERMISSION = "trace.view"


def visible_mails(desk: Visible) -> QuerySet[InboundMessage]:
    """Give the mails of the records that the person works on, and those without a record of visible mailboxes.

    A mail that waits at a record is of that record, whoever sent it: it was written to those who work there.
    """
    of_records, without_record = _conditions(desk)
    return InboundMessage.objects.filter(of_records | without_record)


def visible_parts(desk: Visible) -> tuple[QuerySet[InboundMessage], ...]:
    """Give `visible_mails` as parts that have no mail in common: each is quick to list where one condition is not."""
    if desk.everywhere(PERMISSION) and desk.everywhere("request.view"):
        return (visible_mails(desk),)
    return tuple(InboundMessage.objects.filter(condition) for condition in _conditions(desk))


def visible_mailboxes(desk: Visible) -> QuerySet[Mailbox]:
    """Give the mailboxes whose mails without a record the person sees: of their accounts; the others need all."""
    return Mailbox.objects.filter(_of_mailboxes(desk, "account"))


def sees_mailbox(desk: Visible, mailbox: Mailbox, permission: str = PERMISSION) -> bool:
    """Tell whether the person has a permission where this mailbox is."""
    if desk.everywhere(permission):
        return True
    return mailbox.account_id is not None and mailbox.account_id in desk.whole_accounts(permission)


def _conditions(desk: Visible) -> tuple[Q, Q]:
    record = "outcome__record"
    worked = desk.scope(PERMISSION, f"{record}__") & desk.scope("request.view", f"{record}__")
    if not desk.everywhere(PERMISSION):  # said of the mail's own row as well, which has an index for it
        accounts = list(desk.accounts_with(PERMISSION).values_list("pk", flat=True))
        worked &= Q(outcome__account__in=accounts)
    of_records = Q(**{f"{record}__isnull": False, f"{record}__deleted_at": None}) & worked
    return of_records, Q(**{record: None}) & _of_mailboxes(desk, "mailbox__account")


def _of_mailboxes(desk: Visible, account: str) -> Q:
    if desk.everywhere(PERMISSION):
        return ~Q(pk__in=[])  # every row; an empty Q would vanish beside another condition
    return Q(**{f"{account}__in": desk.whole_accounts(PERMISSION)})
