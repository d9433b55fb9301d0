"""The desk for a mail that came before, judged as if it came anew: what followed from it does not count."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from deskpost.inbound import rehearsed_traces
from deskpost.inbound.case import Case
from deskpost.inbound.outcome import FoundRecord, Outcome
from deskpost.inbound.rehearsed_course import Change, Course, Past
from deskpost.inbound.view import BY_COMMAND, NAMED, Constants, DeskView, Earlier, KnownPerson

_ENDED = ("closed", "resolved")
_STATUS_CHANGES = f"""
SELECT h.at, CASE WHEN h.via = 'mail' THEN h.mail_id END, one ->> 1, one ->> 2,
       h.via = 'mail' AND h.mail_id IS NOT NULL AND NOT {BY_COMMAND}
FROM history_entry h CROSS JOIN jsonb_array_elements(h.changes) AS one
WHERE h.record_id = %s AND one ->> 0 = 'Status' ORDER BY h.at, h.id
"""  # noqa: S608 - a constant of view


class RehearsedDesk(DeskView):
    """The desk as it is, less what came after the mail in hand. Everything entered or set by people counts as now.

    What the rehearsed mails before it would have left otherwise than they did, counts as the course says.
    """

    def __init__(self, constants: Constants, course: Course) -> None:
        """Begin with nothing read but the constants."""
        super().__init__(constants)
        self.course = course
        self.unopened: set[str] = set()  # requests that the mail in hand names and that would not be there
        self._made: dict[int, datetime] = {}
        self._named: dict[str, list[tuple[int, int | None]]] = {}  # record, and the mail that stands there
        self._changes: dict[int, list[Change]] = {}
        self._statuses: dict[str, str] = {}

    def take_up(self, case: Case) -> None:
        """Answer for this mail from now on."""
        self._case = case
        self.unopened = set()

    def leave(self, case: Case, outcome: Outcome, past: Past) -> None:
        """Note what the mail in hand would leave, for later ones."""
        rehearsed_traces.note(self, case, outcome, past)

    def prepare(self, cases: Sequence[Case]) -> None:
        """Read what these parsed mails are going to ask."""
        super().prepare(cases)
        ids = [one.id for known in self._people.values() for one in known if not one.entered]
        self._made.update(self._rows("SELECT id, created_at FROM person WHERE id = ANY(%s)", [ids]))

    def people(self, key: str) -> list[KnownPerson]:
        """Give everybody known under this folded address when the mail came, or entered since."""
        known = [one for one in self.everybody(key) if self._was_known(one)]
        accounts = {one.account_id for one in known}
        return known + [one for one in self.course.people.get(key, ()) if one.account_id not in accounts]

    def everybody(self, key: str) -> list[KnownPerson]:
        """Give everybody who is known under this folded address now."""
        return super().people(key)

    def earlier(self, content_key: bytes) -> list[Earlier]:
        """Give the mails that came before this one and have this content."""
        here = self._case.mail_id
        found = [one for one in super().earlier(content_key) if self.course.counts(one.mail_id, here)]
        return [*found, *self.course.originals.get(content_key, ())]

    def records_of_mail(self, message_id: str) -> list[FoundRecord]:
        """Give the records that held a mail with this Message-ID."""
        return [record for id in self._records_named(message_id) if (record := self.record(id))]

    def was_merged(self, message_id: str, record: FoundRecord) -> bool:
        """Tell whether a merge led from the record that a mail was written in to this one, which holds it."""
        return record.id not in self._records_named(message_id)

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
        """Take nothing in: `leave` does."""

    def record(self, id: int) -> FoundRecord | None:
        """Give a record, or the one it was merged into, in the status that it had when the mail came."""
        if id < 0:
            found = self.course.opened.get(id)
        elif id in self.course.gone:
            self.unopened.add(self.course.gone[id])
            return None
        else:
            found = super().record(id)
        if found is None:
            return None
        if found.id in self.course.gone:
            self.unopened.add(self.course.gone[found.id])
            return None
        return self._as_then(self.course.opened.get(found.id, found))

    def led_to(self, ids: Collection[int]) -> dict[int, int]:
        """Give the records that these were merged into in the end, or are; one that is deleted is left out."""
        self._read_records(ids)
        return {id: found.id for id in ids if (found := self._records[id])}

    def took_part(self, record_id: int, key: str) -> bool:
        """Tell whether an address wrote or had a conversation that was there when the mail came."""
        if key in self.course.participants.get(record_id, ()):
            return True
        there = self._addresses_in(record_id, self._case.received_at)
        return any(
            key in addresses and self.course.counts(mail_id, self._case.mail_id)
            for mail_id, addresses in there
        )

    def twin_in(self, record_id: int, case: Case) -> int | None:
        """Give the mail that stands at a record and is the same as this one, of those that came before it."""
        found = super().twin_in(record_id, case)
        return found if found is not None and self.course.counts(found, case.mail_id) else None

    def reopenings(self, record_id: int, before: datetime) -> int:
        """Count how often answers reopened a record within the 24 hours before a time, and not since."""
        since = before - timedelta(days=1)
        return sum(one.by_answer and one.at > since for one in self._changed(record_id))

    def was_reopened_by(self, record_id: int, mail_id: int) -> bool:
        """Tell whether a mail did reopen a record."""
        return any(one.mail_id == mail_id for one in self._written(record_id))

    def _was_known(self, one: KnownPerson) -> bool:
        if one.entered:
            return True
        if one.id not in self._made:
            self._made.update(self._rows("SELECT id, created_at FROM person WHERE id = %s", [one.id]))
        made = self._made[one.id]
        by_person = one.id in self.course.made_by_person and made <= self._case.received_at
        return made < self.course.began or by_person

    def _as_then(self, found: FoundRecord) -> FoundRecord:
        written, before = self._written(found.id), list(self._changed(found.id))
        if not written and not before:
            return found
        name = before[-1].new if before else written[0].old
        kind = self._status_kind(name)
        if kind is None or (name == found.status and len(before) == len(written)):
            return found
        ended = before[-1].at if before and kind in _ENDED else None
        return replace(found, status=name, status_kind=kind, closed_at=ended)

    def _changed(self, record_id: int) -> Iterable[Change]:
        here = self._case
        return self.course.changes(record_id, self._written(record_id), here.mail_id, here.received_at)

    def _written(self, record_id: int) -> list[Change]:
        """Give all changes of a record's status that are written, those by mail with their mail."""
        if record_id not in self._changes:
            rows = self._rows(_STATUS_CHANGES, [record_id])
            self._changes[record_id] = [Change(*row) for row in rows]
        return self._changes[record_id]

    def _status_kind(self, name: str) -> str | None:
        if not self._statuses:
            self._statuses.update(self._rows("SELECT name, kind FROM status", []))
        return self._statuses.get(name)

    def status_opened(self) -> str:
        """Give the name of the status that mail opens requests in."""
        ((name,),) = self._rows("SELECT name FROM status WHERE id = %s", [self.constants.open_status_id])
        return str(name)

    def _records_named(self, message_id: str) -> list[int]:
        if message_id not in self._named:
            self._read_mails({message_id})
        there = (
            id for id, mail_id in self._named[message_id] if self.course.counts(mail_id, self._case.mail_id)
        )
        return list(dict.fromkeys([*there, *self.course.mails.get(message_id, ())]))

    def _read_mails(self, message_ids: Iterable[str]) -> None:
        names: Sequence[str] = list(message_ids)
        super()._read_mails(names)
        self._named.update({name: [] for name in names})
        for name, record_id, mail_id, _ in self._rows(NAMED, {"names": names}):
            if record_id is not None:
                self._named[name].append((record_id, mail_id))
