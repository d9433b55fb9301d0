"""Mailboxes whose provider ends the service they are fetched by: fetching stops, and people are told what to do."""

from deskpost.desk.events import Event
from deskpost.inbound.mailboxes import Mailbox, MailboxState, own_addresses, stop_fetching
from deskpost.outbound import bell
from deskpost.outbound.notify import load_rulebook, notify
from deskpost.transports.errors import ServiceEnded

STOPPED, ENDED = "fetching_stopped", "service_ended"
VIA = "deskpost"


def stop(mailbox: Mailbox, failure: ServiceEnded) -> None:
    """Stop fetching in the caller's transaction: no further try helps. It is no outage, the server answers.

    Mail waits at the server. Administrators hear of it by the bell, the error-notification list by mail.
    """
    stop_fetching(None, VIA, mailbox, failure.words)
    MailboxState.objects.filter(mailbox=mailbox).update(failing_since=None, consecutive_failures=0)
    url = f"/admin/mail-server-settings/incoming/{mailbox.pk}/"
    reason, _found, to_do = failure.words.partition(" To do: ")
    bell.ring(bell.administrators(), ENDED, {"mailbox": mailbox.name, "reason": reason}, url)
    rules = load_rulebook(own_addresses())
    link = f"{rules.public_url}{url}" if rules.public_url else ""
    details = {"mailbox": mailbox.name, "reason": reason, "to_do": to_do, "link": link}
    notify([Event(STOPPED, details=details)], rules)
