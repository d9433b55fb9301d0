"""What goes by the proxy: the mailboxes and outgoing servers where it is ticked."""

from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.servers import OutgoingServer


def users() -> list[str]:
    """Give their names, mailboxes first."""
    mailboxes = Mailbox.objects.filter(proxy=True).order_by("name").values_list("name", flat=True)
    servers = OutgoingServer.objects.filter(proxy=True, copied=False).order_by("name")
    return [*mailboxes, *servers.values_list("name", flat=True)]
