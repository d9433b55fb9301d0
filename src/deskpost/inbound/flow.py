"""How mail flows in: what each mailbox fetched, what waits for its outcome, what went wrong. A few questions for all.

`accounts` limits what is told to the mailboxes of these accounts; None: all, those of no account included.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.minutes import FETCHED
from deskpost.inbound.standings import Standing, uncounted
from deskpost.minutes import BARS, EVER, HOUR, Rates, bar_of

_OF_ACCOUNTS = "(%(accounts)s::bigint[] IS NULL OR mailbox.account_id = ANY(%(accounts)s))"
_SINCE = """
    SELECT mailbox_id, minute, what, count FROM mailbox_minute WHERE minute >= %s
"""
_TROUBLES = """
    SELECT mailbox_id, what, sum(count)::bigint FROM mailbox_minute
    WHERE minute >= %s AND what NOT IN ('in', 'throttled') GROUP BY 1, 2
"""
_WAITING = """
    SELECT waiting.mailbox_id, waiting.mails, first.received_at FROM (
        SELECT mailbox_id, count(*) AS mails, min(mail_id) AS first FROM inbound_undecided GROUP BY 1) AS waiting
    JOIN inbound_message first ON first.id = waiting.first
"""
_BY_MINUTE = f"""
    SELECT one.minute, one.what, sum(one.count)::bigint
    FROM mailbox_minute one JOIN mailbox ON mailbox.id = one.mailbox_id
    WHERE one.minute >= %(since)s AND one.what IN ('in', 'throttled') AND {_OF_ACCOUNTS} GROUP BY 1, 2
"""  # noqa: S608
_EVER = "SELECT mailbox_id, what, count FROM mailbox_minute WHERE minute = %s"
_WORST = f"""
    SELECT max(CASE
        WHEN mailbox.fetching AND (state.failing_since IS NOT NULL OR consent.lost_at IS NOT NULL) THEN 2
        WHEN NOT mailbox.fetching AND state.held_at_limit THEN 2
        WHEN mailbox.fetching AND state.reason <> '' THEN 1 ELSE 0 END)
    FROM mailbox LEFT JOIN mailbox_state state ON state.mailbox_id = mailbox.id
    LEFT JOIN mailbox_consent consent ON consent.mailbox_id = mailbox.id
    WHERE mailbox.removed_at IS NULL AND {_OF_ACCOUNTS}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Incoming:
    """How mail flows into one mailbox; `standing` has what waits and the bars of the last hour.

    `oldest`: when the mail was fetched that waits longest for its outcome. `troubles`, `today`: how often something
    went wrong, by kind, within the last hour and since the reader's day began.
    """

    standing: Standing
    a_minute: float
    oldest: datetime | None
    troubles: Mapping[str, int]
    today: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ByMinute:
    """Mails by the minute in which they were fetched, and the minutes in which a server asked for patience."""

    mails: Mapping[datetime, int]
    throttled: Collection[datetime]


def incoming(now: datetime, today: datetime, accounts: Collection[int] | None) -> list[Incoming]:
    """Give the mailboxes by name; `today` is when today began where the reader is."""
    boxes = Mailbox.objects.all()
    if accounts is not None:
        boxes = boxes.filter(account__in=accounts)
    waiting, since = _waiting(), _today(today)
    rates, bars, troubles = _last_hour(now)
    return [
        Incoming(
            standing=replace(
                one,
                last_hour=bars.get(one.mailbox.pk, [0] * BARS),
                waiting=waiting.get(one.mailbox.pk, (0,))[0],
            ),
            a_minute=rates[one.mailbox.pk].a_minute if one.mailbox.pk in rates else 0.0,
            oldest=waiting[one.mailbox.pk][1] if one.mailbox.pk in waiting else None,
            troubles=troubles.get(one.mailbox.pk, {}),
            today=since.get(one.mailbox.pk, {}),
        )
        for one in uncounted(boxes, now)
    ]


def by_minute(since: datetime, accounts: Collection[int] | None) -> ByMinute:
    """Give what came in since a moment, of mailboxes that were removed as well."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_MINUTE, {"since": since, "accounts": _listed(accounts)})
        rows = cursor.fetchall()
    mails = {minute: count for minute, what, count in rows if what == FETCHED}
    return ByMinute(mails, [minute for minute, what, _ in rows if what != FETCHED])


def ever() -> dict[int, dict[str, int]]:
    """Give of each mailbox how often each thing happened since it was set up."""
    told: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_EVER, [EVER])
        for mailbox_id, what, count in cursor.fetchall():
            told.setdefault(mailbox_id, {})[what] = count
    return told


def worst(accounts: Collection[int] | None) -> int:
    """Tell how the mailboxes fare: 2 when one needs a person, 1 when one waits as its server asked, else 0."""
    with connection.cursor() as cursor:
        cursor.execute(_WORST, {"accounts": _listed(accounts)})
        return (cursor.fetchone() or (0,))[0] or 0


def _listed(accounts: Collection[int] | None) -> list[int] | None:
    return None if accounts is None else list(accounts)


def _waiting() -> dict[int, tuple[int, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return {mailbox_id: (mails, oldest) for mailbox_id, mails, oldest in cursor.fetchall()}


def _today(began: datetime) -> dict[int, dict[str, int]]:
    told: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TROUBLES, [began])
        for mailbox_id, what, count in cursor.fetchall():
            told.setdefault(mailbox_id, {})[what] = count
    return told


def _last_hour(now: datetime) -> tuple[dict[int, Rates], dict[int, list[int]], dict[int, Counter[str]]]:
    """Give the rate, the bars of 3 minutes and the troubles of each mailbox."""
    rates: dict[int, Rates] = {}
    bars: dict[int, list[int]] = {}
    troubles: dict[int, Counter[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [now - HOUR])
        for mailbox_id, minute, what, count in cursor.fetchall():
            if what != FETCHED:
                troubles.setdefault(mailbox_id, Counter())[what] += count
                continue
            rates.setdefault(mailbox_id, Rates(now)).add(minute, count)
            bar = bars.setdefault(mailbox_id, [0] * BARS)
            bar[bar_of(minute, now)] += count
    return rates, bars, troubles
