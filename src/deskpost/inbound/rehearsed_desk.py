"""The desk for a mail that came before, judged as if it came anew: what followed from it does not count."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from deskpost.desk.people import fold
from deskpost.inbound.case import Case
from deskpost.inbound.outcome import FoundRecord, Outcome
from deskpost.inbound.view import Constants, DeskView, Earlier, KnownPerson

# The status of a record at a moment, where it has changed since: what the next change replaced, and when that began.
_STATUS_THEN = """
SELECT s.name, s.kind, (
    SELECT max(h.at) FROM history_entry h
    WHERE h.record_id = %(record)s AND h.at < %(at)s AND h.changes @> '[["Status"]]')
FROM (
    SELECT one ->> 1 AS name FROM history_entry h CROSS JOIN jsonb_array_elements(h.changes) AS one
    WHERE h.record_id = %(record)s AND h.at >= %(at)s AND one ->> 0 = 'Status' ORDER BY h.at, h.id LIMIT 1
) AS before JOIN status s ON s.name = before.name
"""


class RehearsedDesk(DeskView):
    """The desk as it is, less what came after the mail in hand. Everything entered or set by people counts as now.

    Left out: the mail itself and later ones as earlier copies and repeats, the people whom mails made since, later
    conversations, and what became of a request's status since.
    """

    def __init__(self, constants: Constants) -> None:
        """Begin with nothing read but the constants."""
        super().__init__(constants)
        self._made: dict[int, datetime] = {}

    def take_up(self, case: Case) -> None:
        """Answer for this mail from now on."""
        self._case = case

    def prepare(self, cases: Sequence[Case]) -> None:
        """Read what these parsed mails are going to ask."""
        super().prepare(cases)
        ids = [one.id for known in self._people.values() for one in known if not one.entered]
        self._made = dict(self._rows("SELECT id, created_at FROM person WHERE id = ANY(%s)", [ids]))

    def people(self, key: str) -> list[KnownPerson]:
        """Give everybody known under this folded address when the mail came, or entered since."""
        at = self._case.received_at
        return [one for one in super().people(key) if self._made.get(one.id, at) <= at]

    def earlier(self, content_key: bytes) -> list[Earlier]:
        """Give the mails that came before this one and have this content."""
        return [one for one in super().earlier(content_key) if one.mail_id < self._case.mail_id]

    def repeats(self, case: Case) -> int:
        """Count the earlier mails of one sender on one subject, of the hour before this one."""
        ((count,),) = self._rows(
            "SELECT count(*) FROM (SELECT 1 FROM mail_outcome o WHERE o.loop_key = %s AND o.mail_id < %s "
            "AND o.written_at > %s - interval '1 hour' AND o.written_at <= %s "
            "AND (SELECT m.received_at FROM inbound_message m WHERE m.id = o.mail_id) "
            "> %s - interval '1 hour' LIMIT 100) AS alike",
            [case.loop_key, case.mail_id, case.written_at, case.written_at, case.received_at],
        )
        return int(count)

    def note(self, case: Case, outcome: Outcome) -> None:
        """Take nothing in: nothing is written."""

    def record(self, id: int) -> FoundRecord | None:
        """Give a record, or the one it was merged into, in the status that it had when the mail came."""
        found = super().record(id)
        if found is None:
            return None
        asked = {"record": found.id, "at": self._case.received_at}
        for name, kind, since in self._rows(_STATUS_THEN, asked):
            ended = since if kind in ("closed", "resolved") else None
            return replace(found, status=name, status_kind=kind, closed_at=ended)
        return found

    def led_to(self, ids: Collection[int]) -> dict[int, int]:
        """Give the records that these were merged into in the end, or are; one that is deleted is left out."""
        self._read_records(ids)
        return {id: found.id for id in ids if (found := self._records[id])}

    def took_part(self, record_id: int, key: str) -> bool:
        """Tell whether an address stands in To or Cc of a conversation that was there when the mail came."""
        rows = self._rows(
            'SELECT "to" || cc FROM conversation WHERE record_id = %s AND direction <> %s AND at < %s',
            [record_id, "note", self._case.received_at],
        )
        return any(fold(address) == key for (pairs,) in rows for _, address in orjson.loads(pairs))

    def reopenings(self, record_id: int, before: datetime) -> int:
        """Count how often mail reopened a record within the 24 hours before a time, and not since."""
        ((count,),) = self._rows(
            "SELECT count(*) FROM history_entry WHERE record_id = %s AND via = 'mail' AND at < %s "
            "AND at > %s - interval '1 day' AND changes @> '[[\"Status\"]]'",
            [record_id, before, before],
        )
        return int(count)
