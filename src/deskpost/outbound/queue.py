"""The queue of the outbox: what is due is claimed under a lease, and what became of it is noted.

All SQL of sending is here. Times are PostgreSQL's, so that machines need not agree on them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection, transaction

from deskpost.desk.sending_classes import SendingClass
from deskpost.outbound import fate, minutes, overflow, pool, sent_copies
from deskpost.outbound.failures import tell_authors
from deskpost.outbound.minutes import Ended
from deskpost.outbound.pace import allowance, spend
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tries import Attempt, Claimed, Outcome
from deskpost.transports.protocols import PROTOCOLS

_JSON = ("to", "cc", "bcc", "recipients")
_MOMENTS = (
    "date",
    "give_up_at",
    "record_began",
)  # as seconds: reading them as moments costs ten times as much

LEASE = 15  # seconds; renewed every 5
_HEARD = 3  # seconds after PostgreSQL's start for owners to say what was sent while it was away
_LOCK = 0x6F7574  # of all who claim from one server

UNTOLD = (
    "The process that was sending this mail ended before the server's answer was noted, so the mail may have "
    "been taken. It is sent again with the same Message-ID and may arrive twice."
)

# A mail waits while an earlier one of its record and class is being sent or waits for another try, to a recipient in
# common who has no answer yet: people get the mails of a request in their order, and nobody waits for another's.
_IN_COMMON = """EXISTS (
    SELECT lower(value ->> 1) FROM jsonb_array_elements(earlier."to" || earlier.cc || earlier.bcc)
    WHERE NOT earlier.recipients ? (value ->> 1)
    INTERSECT SELECT lower(value ->> 1) FROM jsonb_array_elements(m."to" || m.cc || m.bcc))
"""
_WAITS_FOR = f"""
    FROM outbox_mail earlier
    WHERE earlier.record_id = m.record_id AND earlier.id < m.id AND earlier.sending_class = m.sending_class
    AND (earlier.state = 'sending' OR earlier.state = 'queued' AND earlier.next_try_at > clock_timestamp())
    AND {_IN_COMMON}
"""
_WAITING = """
    SELECT m.id, earlier.id FROM outbox_mail m
    CROSS JOIN LATERAL (SELECT earlier.id {waits_for} AND earlier.state = 'queued' ORDER BY earlier.id LIMIT 1) earlier
    WHERE m.id = ANY(%s) AND m.state = 'queued'
"""
_CLAIM = """
    WITH chosen AS (
        SELECT m.id FROM outbox_mail m
        WHERE {whose} AND m.state = 'queued' AND m.next_try_at <= clock_timestamp()
        AND m.sending_class BETWEEN %(most_urgent)s AND %(least_urgent)s AND ({certain} OR m.sent_from = %(mailbox)s
            OR %(is_own)s AND m.sent_from NOT IN ({ready}))
        AND NOT EXISTS (SELECT 1 {waits_for})
        AND (NOT %(one_by_one)s OR m.record_id IS NULL OR NOT EXISTS (
            SELECT 1 FROM outbox_mail earlier WHERE earlier.record_id = m.record_id AND earlier.id < m.id
            AND earlier.server_id = m.server_id AND earlier.sending_class = m.sending_class AND earlier.state = 'queued'
            AND earlier.next_try_at <= clock_timestamp() AND {in_common}))
        ORDER BY m.sending_class, m.id LIMIT %(limit)s FOR UPDATE OF m SKIP LOCKED
    )
    UPDATE outbox_mail m SET state = 'sending', lease_owner = %(owner)s,
        lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
        overflow_by_id = CASE WHEN m.server_id <> %(server)s THEN %(server)s END,
        sent_from = CASE WHEN {certain} THEN %(mailbox)s ELSE m.sent_from END, moved_from = ''
    FROM chosen WHERE m.id = chosen.id
    RETURNING m.id, m.sending_class, m.record_id, m.message_id, extract(epoch FROM m.date)::float8 AS date,
        m.sender_name, m.sender_address,
        m.reply_to, m."to", m.cc, m.bcc, m.subject, m.text, m.html, m.in_reply_to, m."references", m.automatic,
        m.recipients, m.tries, m.unknown_fate, m.looks, m.draft_id, m.sent_from,
        extract(epoch FROM m.give_up_at)::float8 AS give_up_at,
        (SELECT extract(epoch FROM created_at)::float8 FROM record WHERE id = m.record_id) AS record_began,
        EXISTS (SELECT 1 FROM outbox_file WHERE mail_id = m.id) AS has_files,
        m.overflow_by_id IS NOT NULL AS overflows
"""
# One that an earlier try may have sent is for the mailbox that it left from; for the server's own where that is none of
# the pool's, or cannot be used.
_CERTAIN = f"NOT (m.unknown_fate AND m.looks < {fate.ENOUGH})"
_OWN = "m.server_id = %(server)s"
# What others have too much of (overflow.py): notifications that were never tried, and no later one of a record first.
_OWN_AND_OVERFLOW = """
    (m.server_id = %(server)s OR m.server_id = ANY(%(sources)s) AND m.sending_class >= %(notifications)s AND m.tries = 0
        AND m.draft_id = ''
        AND NOT EXISTS (SELECT 1 FROM outbox_mail tried WHERE tried.record_id = m.record_id AND tried.id < m.id
            AND tried.sending_class = m.sending_class AND tried.state = 'queued' AND tried.tries > 0))
"""
# Under a lost lease nothing is changed, but for one thing: a mail that was taken need not be sent again.
# One of unknown fate whose server has got another mailbox meanwhile is held instead of queued: by a trigger.
_NOTE = """
    UPDATE outbox_mail m SET state = told.state, recipients = CASE WHEN m.recipients = '{}' THEN told.recipients
            ELSE told.recipients || coalesce((SELECT jsonb_object_agg(one.key, one.value)
                FROM jsonb_each(m.recipients) one WHERE one.value ? 'report'), '{}') END, reason = told.reason,
        unknown_fate = told.unknown, looks = told.looks, tries = m.tries + told.tried::int,
        lease_owner = NULL, lease_until = NULL,
        next_try_at = clock_timestamp() + make_interval(secs => told.delay),
        done_at = CASE WHEN told.state NOT IN ('queued', 'held') THEN clock_timestamp() END
    FROM json_to_recordset(%(told)s) AS told (
        id bigint, state text, recipients jsonb, reason text, unknown boolean, delay float8, looks int, tried boolean)
    WHERE m.id = told.id AND (
        m.state = 'sending' AND m.lease_owner = %(owner)s OR m.state IN ('queued', 'held') AND told.state = 'sent')
    RETURNING m.id, m.state, coalesce(m.overflow_by_id, m.server_id), m.sending_class
"""
_ATTEMPTS = """
    INSERT INTO outbox_attempt (mail_id, at, server, result, ms)
    SELECT tried.* FROM json_to_recordset(%s) AS tried (
        mail_id bigint, at timestamptz, place text, result text, ms float8)
    WHERE EXISTS (SELECT 1 FROM outbox_mail WHERE id = tried.mail_id)
"""
_KEEP_DRAFT = """
    UPDATE outbox_mail SET draft_id = %s WHERE id = %s AND state = 'sending' AND lease_owner = %s
"""
_LEAVES_FROM = """
    UPDATE outbox_mail SET sent_from = %s WHERE id = %s AND state = 'sending' AND lease_owner = %s
"""
_RENEW = """
    UPDATE outbox_mail SET lease_until = clock_timestamp() + make_interval(secs => %s)
    WHERE id = ANY(%s) AND state = 'sending' AND lease_owner = %s RETURNING id
"""
_OTHERS = """
    SELECT count(DISTINCT lease_owner), count(DISTINCT lease_owner) FILTER (WHERE lease_owner < %(owner)s), count(*)
    FROM outbox_mail WHERE state = 'sending' AND lease_until > clock_timestamp()
    AND coalesce(overflow_by_id, server_id) = %(server)s
    AND sent_from = %(mailbox)s AND lease_owner <> %(owner)s
"""
_GIVE_BACK = """
    UPDATE outbox_mail SET state = 'queued', lease_owner = NULL, lease_until = NULL
    WHERE id = ANY(%s) AND state = 'sending' AND lease_owner = %s
"""
_RECOVER = """
    WITH lapsed AS (
        UPDATE outbox_mail SET state = 'queued', unknown_fate = true, tries = tries + 1, reason = %(untold)s,
            looks = CASE WHEN overflow_by_id IS NULL THEN 0 ELSE %(enough_looks)s END,
            lease_owner = NULL, lease_until = NULL, next_try_at = clock_timestamp()
        WHERE state = 'sending' AND {which} RETURNING id, coalesce(overflow_by_id, server_id) AS server_id
    )
    INSERT INTO outbox_attempt (mail_id, at, server, result, ms)
    SELECT lapsed.id, clock_timestamp(), coalesce(server.server || ':' || server.port, ''), %(untold)s, 0
    FROM lapsed LEFT JOIN outgoing_server server ON server.id = lapsed.server_id
"""
_LAPSED = """
    id IN (SELECT id FROM outbox_mail WHERE state = 'sending' AND lease_until < clock_timestamp()
        AND clock_timestamp() > pg_postmaster_start_time() + make_interval(secs => %(heard)s)
        FOR UPDATE SKIP LOCKED)
"""
_LAPSE = """
    UPDATE outbox_mail SET state = 'lapsed', done_at = clock_timestamp(),
        reason = 'This notice could not be sent in time, and nobody needs it any more.'
    WHERE server_id = %s AND state = 'queued' AND sending_class >= %s AND tries = 0 AND NOT asked_for
    AND date <= clock_timestamp() - make_interval(hours => (SELECT notices_lapse_after_hours FROM installation))
"""
# One that an earlier try may have sent, and that its mailbox could be asked for, is not called undelivered.
_GIVE_UP = f"""
    UPDATE outbox_mail m SET state = CASE WHEN old.undecided THEN 'held' ELSE 'failed' END,
        done_at = CASE WHEN NOT old.undecided THEN clock_timestamp() END,
        looks = CASE WHEN old.undecided THEN greatest(m.looks, 1) ELSE m.looks END,
        reason = CASE WHEN old.undecided THEN %(held)s WHEN m.unknown_fate THEN %(reason)s || %(maybe)s
            ELSE %(reason)s END
    FROM (SELECT id, unknown_fate AND looks < {fate.ENOUGH} AND %(keeps_copies)s AS undecided FROM outbox_mail
        WHERE server_id = %(server)s AND state = 'queued' AND give_up_at <= clock_timestamp()
        FOR NO KEY UPDATE) old
    WHERE m.id = old.id
    RETURNING m.id, m.state, m.sending_class,
        ARRAY(SELECT value ->> 1 FROM jsonb_array_elements(m."to" || m.cc || m.bcc)
            WHERE NOT m.recipients ? (value ->> 1))
"""  # noqa: S608


def hold(server_id: int) -> None:
    """Let nobody claim mails of a server until the present transaction ends: its settings are being changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, server_id])


def claim(
    server_id: int,
    owner: str,
    limit: int,
    *,
    one_by_one: bool = False,
    least_urgent: int = max(SendingClass),
    mailbox: str = "",
) -> list[Claimed]:
    """Take up to `limit` due mails of a server: the lowest class first, within a class the oldest.

    With `one_by_one` only the first of each record and class, so that no connection is bound to several of them; of
    classes up to `least_urgent`.

    `mailbox`: one of the server's pool that they are to leave from, which is written down; of notifications alone.

    While another server overflows to this one, its notifications as well.

    None while the server is paused, told to wait, or has used up its mails per minute. A claim is durable: one
    that a crash of the database undid would let somebody else send the same mails.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, server_id])
        limit = min(limit, allowance(server_id, limit, mailbox))
        if limit <= 0:
            return []
        sources = [] if mailbox else overflow.sources(server_id)
        for source in sources:  # they claim nothing meanwhile, so nobody passes by a mail locked here
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, source])
        mails = _claimed(
            {
                "server": server_id,
                "sources": sources,
                "notifications": SendingClass.NOTIFICATION,
                "owner": owner,
                "limit": limit,
                "lease": LEASE,
                "one_by_one": one_by_one,
                "least_urgent": least_urgent,
                "most_urgent": SendingClass.NOTIFICATION if mailbox else min(SendingClass),
                "mailbox": mailbox,
                "is_own": not mailbox,
            }
        )
        if mails:
            spend(server_id, len(mails))
    return sorted(mails, key=lambda mail: (mail.sending_class, mail.id))


def _claimed(values: dict[str, Any]) -> list[Claimed]:
    with connection.cursor() as cursor:
        whose = _OWN_AND_OVERFLOW if values["sources"] else _OWN
        claiming = _CLAIM.format(
            waits_for=_WAITS_FOR, in_common=_IN_COMMON, whose=whose, certain=_CERTAIN, ready=pool.READY
        )
        cursor.execute(claiming, values)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for name in _JSON:
            row[name] = orjson.loads(row[name])  # Django leaves JSON to whoever reads it
        for name in _MOMENTS:
            if row[name] is not None:
                row[name] = datetime.fromtimestamp(row[name], UTC)
    return [Claimed(**row) for row in rows]


def waiting_for(mail_ids: Sequence[int]) -> dict[int, int]:
    """Give for the next try of which earlier mail of its record each of these waits, of those that do."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING.format(waits_for=_WAITS_FOR), [list(mail_ids)])
        return dict(cursor.fetchall())


def note(owner: str, outcomes: Sequence[Outcome], attempts: Sequence[Attempt]) -> None:
    """Write what came of these mails, and the tries, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        written: list[tuple[int, str, int | None, int]] = []
        if outcomes:
            told = [
                {
                    "id": one.mail_id,
                    "state": one.state,
                    "recipients": one.recipients,
                    "reason": one.reason,
                    "unknown": one.unknown_fate,
                    "delay": one.delay,
                    "looks": one.looks,
                    "tried": one.tried,
                }
                for one in outcomes
            ]
            cursor.execute(_NOTE, {"owner": owner, "told": orjson.dumps(told).decode()})
            written = cursor.fetchall()
            noted = {mail_id for mail_id, *_ in written}
            tell_authors({one.mail_id: one.missed for one in outcomes if one.mail_id in noted})
            sent_copies.note([one for one in outcomes if one.mail_id in noted and one.state == "sent"])
        if attempts:
            cursor.execute(_ATTEMPTS, [orjson.dumps(attempts).decode()])
        took = {one.mail_id: one.ms / 1000 for one in attempts}
        minutes.ended(
            Ended(server_id, state, sending_class, took.get(mail_id, 0.0))
            for mail_id, state, server_id, sending_class in written
            if state in (minutes.SENT, minutes.FAILED) and server_id is not None
        )


def keep_draft(owner: str, mail_id: int, draft_id: str) -> bool:
    """Write down by which draft a mail is going to be sent, before it is; False when somebody else holds the mail."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_DRAFT, [draft_id, mail_id, owner])
        return bool(cursor.rowcount)


def renew(owner: str, mail_ids: Sequence[int]) -> set[int]:
    """Hold these mails for another 15 s; give those that are still held."""
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, [LEASE, list(mail_ids), owner])
        return {mail_id for (mail_id,) in cursor.fetchall()}


def leaves_from(owner: str, mail_id: int, mailbox: str) -> bool:
    """Write down from which mailbox a mail is going to leave after all; False when somebody else holds the mail."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES_FROM, [mailbox, mail_id, owner])
        return bool(cursor.rowcount)


def others(server_id: int, owner: str, mailbox: str = "") -> tuple[int, int, int]:
    """Give how many others send by this server now, how many of them come before this one, and what they hold in mails.

    Its connections are shared among all: those of its own mailbox, or of one of its pool.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, {"server": server_id, "owner": owner, "mailbox": mailbox})
        many, before, mails = cursor.fetchone()
        return int(many), int(before), int(mails)


def give_back(owner: str, mail_ids: Sequence[int]) -> None:
    """Queue claimed mails that were not tried again as they were."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [list(mail_ids), owner])


def recover() -> None:
    """Queue again the mails of all servers whose lease ran out: their fate is unknown, and their trace says so."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"heard": _HEARD, "untold": UNTOLD, "enough_looks": fate.ENOUGH}
        cursor.execute(_RECOVER.format(which=_LAPSED), values)


def release_dead(owner_prefix: str) -> None:
    """Do the same at once for the mails of a process that is known to be dead (see process.owner_prefix)."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RECOVER.format(which="starts_with(lease_owner, %(prefix)s)"),
            {"prefix": owner_prefix, "untold": UNTOLD, "enough_looks": fate.ENOUGH},
        )


def lapse(server_id: int) -> None:
    """Let notices lapse that nobody got to send in the time that the settings say, as after a long outage."""
    with connection.cursor() as cursor:
        cursor.execute(_LAPSE, [server_id, SendingClass.NOTIFICATION])


def give_up(server: OutgoingServer, reason: str) -> int:
    """Let the mails of an unreachable server fail whose time is over; give how many.

    Those that an earlier try may have sent are held where the mailbox that it left from could tell.
    """
    values: dict[str, Any] = {
        **{"server": server.pk, "keeps_copies": PROTOCOLS[server.protocol].keeps_copies},
        **{"reason": reason, "held": fate.held_in_time(reason), "maybe": fate.MAYBE},
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_GIVE_UP, values)
        rows = [row for row in cursor.fetchall() if row[1] == "failed"]
        failed = {mail_id: missed for mail_id, _, _, missed in rows}
        tell_authors(failed)
        minutes.ended(Ended(server.pk, minutes.FAILED, sending_class) for _, _, sending_class, _ in rows)
    return len(failed)
