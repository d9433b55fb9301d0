"""Which outgoing mails and servers a person may see and act on."""

from django.db.models import Q, QuerySet

from deskpost.desk.roles import Visible
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer

PERMISSION = "outbox.manage"


def visible_mails(desk: Visible) -> QuerySet[OutboxMail]:
    """Give the mails of the records where the person manages the outbox. Those of no record belong to who does so in
    the whole account, those of no account to who does so everywhere.
    """
    if desk.everywhere(PERMISSION):
        return OutboxMail.objects.all()
    of_records = desk.scope(PERMISSION, "record__") & Q(record__isnull=False)
    without = Q(record=None, account__in=desk.whole_accounts(PERMISSION))
    # said of the mail's own row as well, which has an index for it
    return OutboxMail.objects.filter(of_records | without, account__in=desk.accounts_with(PERMISSION))


def visible_servers(desk: Visible) -> QuerySet[OutgoingServer]:
    """Give the servers that may carry mail which the person sees: of no account, and of these accounts."""
    if desk.everywhere(PERMISSION) or desk.everywhere("settings.mail"):
        return OutgoingServer.objects.all()
    return OutgoingServer.objects.filter(Q(account=None) | Q(account__in=desk.accounts_with(PERMISSION)))


def servers_for(mail: OutboxMail) -> QuerySet[OutgoingServer]:
    """Give the servers that may carry a mail: those of its account and of no account, the copied ones not."""
    scope = Q(account=None) if mail.account_id is None else Q(account=None) | Q(account=mail.account_id)
    return OutgoingServer.objects.filter(scope, copied=False).order_by("name")


def may_pause(desk: Visible) -> bool:
    """Tell whether the person may stop and start a server's sending: it touches every account's mail."""
    return desk.everywhere("settings.mail") or desk.everywhere(PERMISSION)
