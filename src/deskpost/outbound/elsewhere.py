"""A mail of unknown fate that left from a mailbox of the pool which sends no more: it is still asked there first."""

from collections.abc import Mapping

from django.utils import timezone

from deskpost.outbound import endpoints, pool, sent_copies, verdict
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tries import Claimed, Outcome
from deskpost.transports.errors import TransportError
from deskpost.transports.sender import StepSender


def look(server: OutgoingServer, mail: Claimed, addresses: Mapping[str, str]) -> tuple[Outcome | None, str]:
    """Look for a mail in the mailbox that it may have left from; None when it is to be sent now, and that in words.

    A mailbox that cannot be asked is asked again as often as one that shows nothing; then the mail is held. What lies
    there as a draft is deleted, for the mail leaves from another mailbox now.
    """
    row = pool.row_of(server, mail.sent_from)
    try:
        with endpoints.open_sender(row) as sender:
            found = sent_copies.by_draft(sender, mail) or sent_copies.look(sender, mail, row.pk)
            place = f"{endpoints.primary(row).place}, {mail.sent_from}"
            outcome, words = verdict.of_look(mail, addresses, found, place, timezone.now())
            if outcome is None and mail.draft_id and isinstance(sender, StepSender):
                sender.discard(mail.draft_id)
            return outcome, words
    except TransportError as error:
        return verdict.of_no_look(mail, mail.sent_from, error.words)
