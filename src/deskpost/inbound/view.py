"""The desk as the steps see it: read only. What a batch of mails may ask is read at once, in a few queries."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

import orjson
from django.db import connection

from deskpost.desk.merging import merged_here
from deskpost.desk.people import fold
from deskpost.inbound.case import Case
from deskpost.inbound.command.rules import CommandRules
from deskpost.inbound.outcome import FoundRecord, Joins, Outcome, Setting
from deskpost.inbound.rules import Ruleset
from deskpost.mime.delimiters import Delimiters
from deskpost.mime.file_checks import FileRules
from deskpost.mime.former_tokens import FormerTokens
from deskpost.outbound.tokens import Tokens, without_tokens

_RECORDS = """
WITH RECURSIVE wanted AS (
    SELECT id, id AS asked FROM record WHERE id = ANY(%(ids)s)
    UNION
    SELECT r.merged_into_id, w.asked FROM wanted w JOIN record r ON r.id = w.id WHERE r.merged_into_id IS NOT NULL
)
SELECT w.asked, r.id, r.module, r.number, r.account_id, r.instance_id, s.name, s.kind, r.closed_at, r.requester_id,
       COALESCE(d.text, r.module)
FROM wanted w JOIN record r ON r.id = w.id JOIN status s ON s.id = r.status_id JOIN account a ON a.id = r.account_id
LEFT JOIN delimiter d ON d.module = r.module AND d.current
WHERE r.merged_into_id IS NULL AND r.deleted_at IS NULL AND a.deleted_at IS NULL
"""
# Where mails are that have these Message-IDs: the records that they were written in, whatever those were merged into.
# A mail of ours is where its conversation is, which people move: the record that it was sent for may be another.
_OURS = """
SELECT mail.id, coalesce(talk.came_from_id, talk.record_id, mail.record_id), mail.record_id, mail.sender_address,
       mail."to" || mail.cc || mail.bcc
FROM outbox_mail mail LEFT JOIN conversation talk ON talk.id = mail.conversation_id
"""
_ADDRESSED = f"{_OURS} WHERE mail.id = ANY(%s)"
_SENT = f"""{_OURS}
WHERE mail.message_id = ANY(%(names)s)
OR mail.id IN (SELECT mail_id FROM sent_copy WHERE message_id = ANY(%(names)s)) ORDER BY mail.id DESC
"""  # noqa: S608 - a constant of this file
NAMED = """
SELECT message_id, coalesce(came_from_id, record_id), mail_id, false FROM conversation
WHERE message_id = ANY(%(names)s)
UNION ALL
SELECT name.message_id, coalesce(talk.came_from_id, talk.record_id, mail.record_id), NULL, true FROM (
    SELECT message_id, id FROM outbox_mail WHERE message_id = ANY(%(names)s)
    UNION ALL SELECT message_id, mail_id FROM sent_copy WHERE message_id = ANY(%(names)s)
) name JOIN outbox_mail mail ON mail.id = name.id LEFT JOIN conversation talk ON talk.id = mail.conversation_id
"""
BY_COMMAND = "EXISTS (SELECT FROM mail_outcome o WHERE o.mail_id = h.mail_id AND o.kind = 'command')"
_REOPENINGS = f"""
SELECT count(*) FROM history_entry h WHERE record_id = %s AND via = 'mail' AND at > %s - interval '1 day'
AND changes @> '[["Status"]]' AND NOT {BY_COMMAND}
"""  # noqa: S608 - a constant of this file
_TWIN = """
SELECT twin.mail_id FROM conversation talk JOIN mail_outcome twin ON twin.mail_id = talk.mail_id
WHERE talk.record_id = %(record)s AND talk.message_id IS NOT DISTINCT FROM %(name)s
AND twin.content_key = %(content)s AND twin.mail_id <> %(mail)s ORDER BY twin.mail_id LIMIT 1
"""
# The last column: entered by a person, or edited since. People whom mail makes leave no history, neither they nor
# their addresses.
_PEOPLE = """
SELECT a.key, p.id, p.account_id, p.name, p.sign_in_name IS NOT NULL, p.technician, p.site_id, a.preferred,
       p.technician OR p.sign_in_name IS NOT NULL
       OR EXISTS (SELECT FROM desk_personaddresssettingsevent e WHERE e.pgh_obj_id = a.id)
       OR EXISTS (SELECT FROM desk_personsettingsevent e WHERE e.pgh_obj_id = p.id)
FROM person_address a JOIN person p ON p.id = a.person_id JOIN account c ON c.id = p.account_id
WHERE a.key = ANY(%s) AND p.deleted_at IS NULL AND c.deleted_at IS NULL ORDER BY p.id
"""
_AN_HOUR = timedelta(hours=1)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person whose address is known, in one account."""

    id: int
    account_id: int
    name: str
    sign_in: bool
    technician: bool
    site_id: int | None
    preferred: bool  # where several accounts know the address, its mail belongs to this person
    entered: bool  # by a person, or edited since: not merely made by a mail


@dataclass(frozen=True, slots=True)
class Earlier:
    """A mail that was processed before, with the same content."""

    mail_id: int
    instance_id: int
    account_id: int | None
    message_id: str | None
    record: str  # "RE-12", or empty


@dataclass(frozen=True, slots=True)
class Addressee:
    """One of our outgoing mails, as a reply token or its Message-ID names it."""

    id: int
    record_id: int | None  # where it stands, whatever that was merged into
    sent_for: int | None  # the record that it was written for
    sender: str  # folded, as is each recipient
    recipients: frozenset[str]


@dataclass(frozen=True, slots=True)
class Constants:
    """What holds for every mail of a run: read once, before the first batch."""

    identity: str
    who_may_join: str
    unknown_senders: str
    reopen_within_days: int
    reopenings_per_day: int
    auto_replies: str
    default_account_id: int
    own_addresses: frozenset[str]
    delimiters: Delimiters
    tokens: Tokens
    open_status_id: int
    spam_rules: Mapping[int, Ruleset]  # by instance; one without rules is not in it
    file_rules: FileRules
    command: CommandRules | None = None  # None: Email Command is off
    account_names: Mapping[int, str] = field(default_factory=dict)
    former: FormerTokens = field(default_factory=FormerTokens)
    settings: Mapping[str, Setting] = field(default_factory=dict)  # what decides, as deciders names it


class DeskView:
    """Answers the questions of the steps. `prepare` reads for a whole batch; a single mail may skip it."""

    def __init__(self, constants: Constants) -> None:
        """Begin with nothing read but the constants."""
        self.constants = constants
        self._people: dict[str, list[KnownPerson]] = {}
        self._domains: dict[str, int | None] = {}
        self._earlier: dict[bytes, list[Earlier]] = {}
        self._sent: dict[str, int | None] = {}
        self._mails: dict[str, list[int]] = {}
        self._tokens: dict[int, Addressee] = {}
        self._numbers: dict[tuple[str, int], int | None] = {}
        self._records: dict[int, FoundRecord | None] = {}
        self._repeats: dict[int, int] = {}
        self._decided: dict[bytes, list[tuple[datetime, datetime]]] = {}  # written, received
        self._participants: dict[tuple[int, str], bool] = {}
        self._addresses: dict[int, frozenset[str]] = {}

    def prepare(self, cases: Sequence[Case]) -> None:
        """Read what these parsed mails are going to ask."""
        messages = [case.message for case in cases]
        senders = {
            fold(address.address)
            for message in messages
            for address in (*message.from_, *message.reply_to)
            if address.address
        }
        self._read_people(senders)
        self._read_domains({sender.rpartition("@")[2] for sender in senders})
        self._read_earlier({case.content_key for case in cases})
        named = {name for message in messages for name in (*message.in_reply_to, *message.references)}
        named |= {message.message_id for message in messages if message.message_id}
        self._read_mails(named)
        self._read_repeats(cases)
        finders = (self.constants.delimiters, self.constants.former)
        numbers = {token for message in messages for one in finders for token in one.find(message.subject)}
        self._read_numbers(numbers)
        ids = [
            *self._numbers.values(),
            *(id for ids in self._mails.values() for id in ids),
            *self._sent.values(),
        ]
        self._read_records({id for id in ids if id is not None})

    def people(self, key: str) -> list[KnownPerson]:
        """Give everybody known under this folded address, in any account."""
        if key not in self._people:
            self._read_people({key})
        return self._people[key]

    def account_of_domain(self, domain: str) -> int | None:
        """Give the account that a mail domain belongs to."""
        if domain not in self._domains:
            self._read_domains({domain})
        return self._domains[domain]

    def earlier(self, content_key: bytes) -> list[Earlier]:
        """Give the mails processed before that have this content."""
        if content_key not in self._earlier:
            self._read_earlier({content_key})
        return self._earlier[content_key]

    def sent_by_us(self, message_id: str) -> bool:
        """Tell whether a Message-ID is in our table of sent mails."""
        if message_id not in self._sent and message_id not in self._mails:
            self._read_mails({message_id})
        return message_id in self._sent

    def records_of_mail(self, message_id: str) -> list[FoundRecord]:
        """Give the records that hold a mail with this Message-ID."""
        if message_id not in self._mails:
            self._read_mails({message_id})
        return [record for id in self._mails[message_id] if (record := self.record(id))]

    def was_merged(self, message_id: str, record: FoundRecord) -> bool:
        """Tell whether a merge led from the record that a mail was written in to this one, which holds it."""
        return record.id not in self._mails[message_id]

    def addressee(self, outgoing_mail_id: int) -> Addressee | None:
        """Give the outgoing mail that a verified reply token names."""
        if outgoing_mail_id not in self._tokens:
            self._read_tokens({outgoing_mail_id})
        return self._tokens.get(outgoing_mail_id)

    def words_of_ours(self, outgoing_mail_id: int) -> str:
        """Give the text of one of our outgoing mails, as it leaves."""
        rows = self._rows("SELECT text FROM outbox_mail WHERE id = %s", [outgoing_mail_id])
        return without_tokens(rows[0][0]) if rows else ""

    def sent(self, message_ids: Iterable[str]) -> list[Addressee]:
        """Give our outgoing mails with these Message-IDs."""
        rows = self._rows(_SENT, {"names": list(dict.fromkeys(message_ids))})
        return [_addressee(*row) for row in rows]

    def addresses_of(self, person_id: int) -> frozenset[str]:
        """Give a person's addresses, folded."""
        if person_id not in self._addresses:
            rows = self._rows("SELECT key FROM person_address WHERE person_id = %s", [person_id])
            self._addresses[person_id] = frozenset(key for (key,) in rows)
        return self._addresses[person_id]

    def record_of_number(self, module: str, number: int) -> tuple[FoundRecord | None, bool]:
        """Give the record with this number of this module, and whether a merge led to it."""
        if (module, number) not in self._numbers:
            self._read_numbers({(module, number)})
        id = self._numbers[module, number]
        record = self.record(id) if id is not None else None
        return record, record is not None and record.id != id

    def record(self, id: int) -> FoundRecord | None:
        """Give a record, or the one it was merged into in the end; None when it is deleted."""
        if id not in self._records:
            self._read_records({id})
        return self._records[id]

    def repeats(self, case: Case) -> int:
        """Count the mails of one sender on one subject that were written and received within the hour before this one.

        By the moment that a mail was written, the collecting of years of mails is no loop; by the moment that it was
        received, a device whose clock stands still makes none.
        """
        if case.mail_id not in self._repeats:
            self._read_repeats([case])
        written, received = case.written_at - _AN_HOUR, case.received_at - _AN_HOUR
        here = self._decided.get(case.loop_key or b"", [])
        return self._repeats[case.mail_id] + sum(
            written < at <= case.written_at and came > received for at, came in here
        )

    def note(self, case: Case, outcome: Outcome) -> None:
        """Take in what was decided in this batch and is not written yet: repeats, and requests open again."""
        if case.loop_key is not None and hasattr(case, "written_at"):
            self._decided.setdefault(case.loop_key, []).append((case.written_at, case.received_at))
        if isinstance(outcome, Joins) and outcome.reopens:
            opened = replace(outcome.record, status_kind="open", closed_at=None)
            self._records.update({id: opened for id, one in self._records.items() if one == outcome.record})

    def took_part(self, record_id: int, key: str) -> bool:
        """Tell whether an address wrote an earlier conversation of a record, or stands in To or Cc of one."""
        if (record_id, key) not in self._participants:
            there = (addresses for _, addresses in self._addresses_in(record_id))
            self._participants[record_id, key] = any(key in addresses for addresses in there)
        return self._participants[record_id, key]

    def asked_in(self, record_id: int, person_id: int) -> bool:
        """Tell whether a person is the requester of a record that was merged into this one."""
        merged = "SELECT 1 FROM record WHERE requester_id = %s AND id = ANY(%s) LIMIT 1"
        return bool(self._rows(merged, [person_id, merged_here([record_id])]))

    def twin_in(self, record_id: int, case: Case) -> int | None:
        """Give the mail that stands at a record and is the same as this one: same content, same Message-ID."""
        name = case.message.message_id
        if name is not None and record_id not in {one.id for one in self.records_of_mail(name)}:
            return None
        what = {"record": record_id, "name": name, "content": case.content_key, "mail": case.mail_id}
        return next((mail_id for (mail_id,) in self._rows(_TWIN, what)), None)

    def may_see(self, person_id: int, record: FoundRecord) -> bool:
        """Tell whether a person has a role that views requests in the record's account."""
        return self._granted(person_id, "request.view", record.account_id, record.requester_id)

    def may_open(self, person_id: int, account_id: int, requester_id: int | None) -> bool:
        """Tell whether a person has a role that opens requests in an account, for a requester of it."""
        return self._granted(person_id, "request.create", account_id, requester_id)

    def ask(self, question: Callable[[], _T]) -> _T:
        """Give the answer to a question of the desk's own, which reads and writes nothing."""
        return question()

    def reopenings(self, record_id: int, before: datetime) -> int:
        """Count how often answers reopened a record within the 24 hours before a time; commands are no answers."""
        ((count,),) = self._rows(_REOPENINGS, [record_id, before])
        return int(count)

    def _addresses_in(
        self, record_id: int, before: datetime | None = None
    ) -> Iterator[tuple[int | None, set[str]]]:
        """Give of each conversation of a record its mail and the addresses of who wrote it (no automaton) and had it.

        `before`: of those without a mail only what was there then.
        """
        for mail_id, writer, pairs in self._rows(
            "SELECT mail_id, CASE WHEN direction = 'in' AND NOT automatic THEN from_address END, \"to\" || cc "
            "FROM conversation WHERE record_id = %(record)s AND direction <> 'note' "
            "AND (%(before)s::timestamptz IS NULL OR mail_id IS NOT NULL OR at < %(before)s)",
            {"record": record_id, "before": before},
        ):
            had = {fold(address) for _, address in orjson.loads(pairs)}
            yield mail_id, had | {fold(writer)} if writer else had

    def _granted(self, person_id: int, permission: str, account_id: int, requester_id: int | None) -> bool:
        return bool(
            self._rows(
                "SELECT 1 FROM role_grant g JOIN role r ON r.id = g.role_id WHERE g.person_id = %s "
                "AND %s = ANY(r.permissions) AND (g.account_id IS NULL OR g.account_id = %s "
                "AND (g.site_id IS NULL OR g.site_id = (SELECT site_id FROM person WHERE id = %s))) LIMIT 1",
                [person_id, permission, account_id, requester_id],
            )
        )

    def _read_people(self, keys: Iterable[str]) -> None:
        keys = list(keys)
        self._people.update({key: [] for key in keys})
        for key, *person in self._rows(_PEOPLE, [keys]):
            self._people[key].append(KnownPerson(*person))

    def _read_domains(self, domains: Iterable[str]) -> None:
        domains = list(domains)
        self._domains.update(dict.fromkeys(domains))
        self._domains.update(
            self._rows(
                "SELECT d.name, d.account_id FROM account_domain d JOIN account a ON a.id = d.account_id "
                "WHERE d.name = ANY(%s) AND a.deleted_at IS NULL",
                [domains],
            )
        )

    def _read_earlier(self, keys: Iterable[bytes]) -> None:
        keys = list(keys)
        self._earlier.update({key: [] for key in keys})
        for key, *rest in self._rows(
            "SELECT o.content_key, o.mail_id, o.instance_id, o.sender_account, o.message_id, "
            "coalesce(r.module || '-' || r.number, '') FROM mail_outcome o LEFT JOIN record r ON r.id = o.record_id "
            "WHERE o.content_key = ANY(%s) AND o.original ORDER BY o.mail_id",
            [keys],
        ):
            self._earlier[bytes(key)].append(Earlier(*rest))

    def _read_mails(self, message_ids: Iterable[str]) -> None:
        names = list(message_ids)
        self._mails.update({name: [] for name in names})
        for name, record_id, _, ours in self._rows(NAMED, {"names": names}):
            if ours:
                self._sent[name] = record_id
            if record_id is not None and record_id not in self._mails[name]:
                self._mails[name].append(record_id)

    def _read_tokens(self, ids: Iterable[int]) -> None:
        for row in self._rows(_ADDRESSED, [list(ids)]):
            self._tokens[row[0]] = _addressee(*row)

    def _read_numbers(self, numbers: Iterable[tuple[str, int]]) -> None:
        asked = list(numbers)
        self._numbers.update(dict.fromkeys(asked))
        if asked:
            modules, values = zip(*asked, strict=True)
            for module, number, id in self._rows(
                "SELECT r.module, r.number, r.id FROM record r JOIN unnest(%s::text[], %s::bigint[]) AS t(m, n) "
                "ON r.module = t.m AND r.number = t.n",
                [list(modules), list(values)],
            ):
                self._numbers[module, number] = id

    def _read_records(self, ids: Iterable[int]) -> None:
        wanted = [id for id in ids if id not in self._records]
        self._records.update(dict.fromkeys(wanted))
        if wanted:
            for asked, *facts in self._rows(_RECORDS, {"ids": wanted}):
                self._records[asked] = FoundRecord(*facts)

    def _read_repeats(self, cases: Sequence[Case]) -> None:
        self._repeats.update({case.mail_id: 0 for case in cases})
        keyed = [case for case in cases if case.loop_key is not None]
        if keyed:
            self._repeats.update(
                self._rows(
                    "SELECT t.mail, (SELECT count(*) FROM (SELECT 1 FROM mail_outcome o WHERE o.loop_key = t.key "
                    "AND o.written_at > t.at - interval '1 hour' AND o.written_at <= t.at "
                    "AND (SELECT m.received_at FROM inbound_message m WHERE m.id = o.mail_id) "
                    "> t.came - interval '1 hour' LIMIT 100) AS alike) FROM "
                    "unnest(%s::bigint[], %s::bytea[], %s::timestamptz[], %s::timestamptz[]) AS t(mail, key, at, came)",
                    [
                        [case.mail_id for case in keyed],
                        [case.loop_key for case in keyed],
                        [case.written_at for case in keyed],
                        [case.received_at for case in keyed],
                    ],
                )
            )

    def _rows(self, statement: str, parameters: object) -> list[tuple]:  # type: ignore[type-arg]
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)  # type: ignore[arg-type]
            return list(cursor.fetchall())


def _addressee(id: int, record_id: int | None, sent_for: int | None, sender: str, pairs: str) -> Addressee:
    recipients = frozenset(fold(address) for _, address in orjson.loads(pairs))
    return Addressee(id, record_id, sent_for, fold(sender), recipients)
