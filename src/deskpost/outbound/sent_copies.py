"""Further Message-IDs of sent mails: those that a server named, and those of the copies in Sent Items.

Where a mailbox does not keep Message-IDs, what people answer names the copy's; so it is read after the mail is sent.
"""

import logging
from collections.abc import Sequence

import orjson
from django.db import connection, transaction

from deskpost.access.places import waiting
from deskpost.desk.sending_classes import SendingClass
from deskpost.outbound import endpoints, fate, pool
from deskpost.outbound.outbox import OutboxMail, SentCopy
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tokens import tokens
from deskpost.outbound.tries import Claimed, Outcome
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import Throttled, TransportError
from deskpost.transports.sender import Sender, StepSender

log = logging.getLogger(__name__)

_MOST = 20  # copies that are looked for in one go
_PUT_OFF = 300  # seconds, at most
_URGENCY = max(SendingClass) + 1  # after every mail that is to be sent

_KEEP = """
    INSERT INTO sent_copy (mail_id, message_id)
    SELECT told.id, told.name FROM json_to_recordset(%s) AS told (id bigint, name text)
    ON CONFLICT (mail_id, message_id) DO NOTHING
"""
# While nobody knows whether a mailbox keeps Message-IDs, one mail at a time is looked for: it tells.
_WANT = """
    INSERT INTO sent_copy (mail_id, look_at)
    SELECT mail.id, clock_timestamp() + interval '10 s' FROM outbox_mail mail
    LEFT JOIN outgoing_server_state state ON state.server_id = mail.server_id AND mail.sent_from = ''
    LEFT JOIN sender_pool_state of_pool ON of_pool.server_id = mail.server_id AND of_pool.mailbox = mail.sent_from
    CROSS JOIN LATERAL (SELECT coalesce(state.keeps_message_id, of_pool.keeps_message_id) AS ids) keeps
    WHERE mail.id = ANY(%s) AND (NOT keeps.ids OR keeps.ids IS NULL
        AND mail.id = (SELECT min(one) FROM unnest(%s) AS one)
        AND NOT EXISTS (SELECT 1 FROM sent_copy copy JOIN outbox_mail other ON other.id = copy.mail_id
            WHERE copy.look_at IS NOT NULL AND other.server_id = mail.server_id AND other.sent_from = mail.sent_from))
"""
# A look takes a place that a mail could leave by: while mails wait it is put off, for some minutes.
_DUE = f"""
    FROM sent_copy copy JOIN outbox_mail mail ON mail.id = copy.mail_id
    {pool.MAY_BE_ASKED} AND copy.look_at <= clock_timestamp()
    AND (copy.look_at <= clock_timestamp() - interval '{_PUT_OFF} s' OR NOT EXISTS (SELECT 1 FROM outbox_mail due
        WHERE due.server_id = mail.server_id AND due.state = 'queued' AND due.next_try_at <= clock_timestamp()))
"""  # noqa: S608
_DUE_SERVERS = f"SELECT DISTINCT mail.server_id {_DUE}"
_CLAIM = f"""
    UPDATE sent_copy copy SET looks = looks + 1, look_at = clock_timestamp() + make_interval(secs => 20 * 3.0 ^ looks)
    FROM (SELECT copy.id {_DUE} AND mail.server_id = %s
        ORDER BY copy.id LIMIT %s FOR UPDATE OF copy SKIP LOCKED) claimed
    WHERE copy.id = claimed.id RETURNING copy.id, copy.mail_id, copy.looks
"""  # noqa: S608
_OTHERS = """
    SELECT message_id FROM outbox_mail WHERE message_id = ANY(%(names)s) AND id <> %(mail)s
    UNION SELECT message_id FROM sent_copy WHERE message_id = ANY(%(names)s) AND mail_id <> %(mail)s
"""


def note(sent: Sequence[Outcome]) -> None:
    """Keep the further Message-IDs of mails just sent, and which copies are to be read."""
    named = [{"id": one.mail_id, "name": one.sent_as} for one in sent if one.sent_as]
    wanted = [one.mail_id for one in sent if one.copy_wanted and not one.sent_as]
    with connection.cursor() as cursor:
        if named:
            cursor.execute(_KEEP, [orjson.dumps(named).decode()])
        if wanted:
            cursor.execute(_WANT, [wanted, wanted])


def look(sender: Sender, mail: Claimed | OutboxMail, server_id: int) -> fate.Fate:
    """Look for a mail in the mailbox that it is sent from. Raises members of TransportError."""
    copies = sender.copies(mail.message_id, mail.subject, fate.since(mail.date))
    names = [one.message_id for one in copies if one.message_id != mail.message_id]
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, {"names": names, "mail": mail.id})
        others = {name for (name,) in cursor.fetchall()}
    keeps = pool.keeps_message_id(server_id, mail.sent_from)
    return fate.judge(_sought(mail), copies, others, keeps, lambda one: _named_in(sender.body(one)))


def moved(mail_id: int) -> bool:
    """Tell whether a mail's server has got another mailbox since it was claimed, where it cannot be looked for."""
    return OutboxMail.objects.filter(pk=mail_id).exclude(moved_from="").exists()


def by_draft(sender: Sender, mail: Claimed | OutboxMail) -> fate.Fate | None:
    """Tell by the id of its draft what became of a mail; None where it has none, or that is gone.

    Raises members of TransportError.
    """
    if not mail.draft_id or not isinstance(sender, StepSender):
        return None
    found = sender.drafted(mail.draft_id)
    return None if found is None else fate.Fate("draft" if found.place == "drafts" else "sent", found)


def due_servers() -> list[int]:
    """Give the servers in whose mailboxes copies are to be read now."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_SERVERS)
        return [server_id for (server_id,) in cursor.fetchall()]


def read_due(server: OutgoingServer) -> None:
    """Read the copies of mails that were sent by this server, as far as it is time, and keep their Message-IDs.

    Each in the mailbox that it left from, unless that is to be left alone now. One that is not there yet is looked for
    later, five times in all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [server.pk, _MOST])
        due = cursor.fetchall()
    mails = OutboxMail.objects.in_bulk([mail_id for _, mail_id, _ in due])
    for mailbox in sorted({mail.sent_from for mail in mails.values()}):
        theirs = [
            (id, mails[mail_id], looks) for id, mail_id, looks in due if mails[mail_id].sent_from == mailbox
        ]
        _read_in(mailbox, server, theirs)


def _read_in(mailbox: str, server: OutgoingServer, due: Sequence[tuple[int, OutboxMail, int]]) -> None:
    """Read copies in one mailbox, the server's own or one of its pool."""
    try:
        row = pool.row_of(server, mailbox)
        with waiting(_URGENCY, lambda: False), endpoints.open_sender(row) as sender:
            for copy_id, mail, looks in due:
                if looks >= fate.ENOUGH:  # whatever this look meets
                    SentCopy.objects.filter(pk=copy_id).delete()
                _read(sender, server, copy_id, mail)
    except (TransportError, SecretUnreadable) as error:
        if isinstance(error, Throttled):
            pool.note_asked(server.pk, mailbox, error.retry_after)
        log.info("Copies of sent mails could not be read. %s", error)


def _read(sender: Sender, server: OutgoingServer, copy_id: int, mail: OutboxMail) -> None:
    found = by_draft(sender, mail) or look(sender, mail, server.pk)
    if (
        found.kind in ("sent", "likely") and found.copy is not None
    ):  # it was sent, so what is like it is its copy
        kept = found.copy.message_id == mail.message_id
        with transaction.atomic():
            SentCopy.objects.filter(pk=copy_id).delete()
            if not kept:
                SentCopy.objects.get_or_create(mail=mail, message_id=found.copy.message_id)
            pool.note_keeps_message_id(server.pk, mail.sent_from, kept)


def _named_in(body: str | None) -> tuple[int, ...] | None:
    """Give the mails of ours that the body of a copy names by their tokens, None where it could not be read."""
    return None if body is None else tokens().find(body)


def _sought(mail: Claimed | OutboxMail) -> fate.Sought:
    return fate.Sought(
        mail.id,
        mail.message_id,
        mail.subject,
        mail.date,
        frozenset(address.lower() for _, address in (*mail.to, *mail.cc)),
        frozenset(address.lower() for _, address in mail.bcc),
        tuple(mail.references),
    )
