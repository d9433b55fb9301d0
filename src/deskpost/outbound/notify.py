"""Notifications: events become mails in the outbox, in the transaction of what caused them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection

from deskpost.desk.events import EVENTS, Event, EventKind, RecordFacts
from deskpost.desk.people import fold
from deskpost.mime.automatic import is_unread
from deskpost.outbound import files
from deskpost.outbound.answered_subjects import Answered
from deskpost.outbound.audience import ANSWERS, RECEIPT, named, told
from deskpost.outbound.newmail import NewMail, write
from deskpost.outbound.rulebook import People, Rulebook, load_rulebook
from deskpost.outbound.tokens import without_tokens
from deskpost.outbound.wording import fill, one_line, pieces, shortened, whole, with_delimiter

__all__ = ["Rulebook", "load_rulebook", "mails_for", "notify"]

MOST_REFERENCES = 20  # Message-IDs in References: the first, which began the thread, and the latest

_NO_SERVER = (
    "No outgoing server is set up for {where}, so this mail waits. "
    "To do: set one up in the outgoing mail server settings; the mail then leaves by itself."
)
_ANSWERS = """
    SELECT mail.answers, record.subject, count(*) FROM outbox_mail mail LEFT JOIN record ON record.id = mail.record_id
    WHERE mail.answers = ANY(%s) AND mail.created_at > now() - interval '1 hour' GROUP BY 1, 2
"""


def notify(
    events: Iterable[Event],
    rulebook: Rulebook | None = None,
    *,
    own_addresses: frozenset[str] = frozenset(),
) -> list[int]:
    """Write the mails that tell of these events, and give their ids in the outbox.

    Set-based: as many queries for one event as for a thousand. To be called in the transaction of the cause.
    Without a rulebook the present one is read, with the mailboxes' `own_addresses`, which are never written to.
    """
    events = list(events)
    if not events:
        return []
    rules = rulebook or load_rulebook(own_addresses)
    mails = mails_for(events, rules, *_answers_in_last_hour(events))
    ids = write(mails)
    files.take_along(
        {
            id: mail.conversation_id
            for id, mail in zip(ids, mails, strict=True)
            if mail.conversation_id is not None and EVENTS[mail.event].by_person
        }
    )
    return ids


def mails_for(
    events: Sequence[Event],
    rules: Rulebook,
    answers_in_last_hour: Mapping[str, int],
    subjects_answered: Iterable[tuple[str, str]] = (),
) -> list[NewMail]:
    """Give the mails that tell of these events. Pure: reads and writes nothing.

    `answers_in_last_hour` counts the automatic answers to each folded address; more than the installation
    allows are not written, and none to an address that nobody reads. `subjects_answered` are the addresses and the
    subjects of the requests: another desk that numbers its own answers in their subject is soon answered no more.
    """
    answered: Counter[str] = Counter(answers_in_last_hour)
    subjects = Answered(subjects_answered)
    mails: list[NewMail] = []
    letters: dict[int, _Letter] = {}
    for event in events:
        if event.kind not in rules.enabled:
            continue
        kind = EVENTS[event.kind]
        letter = letters.get(id(event.about))  # the events of one record share its facts
        for people, is_named in _groups(event, kind, rules):
            answers = fold(people[0].address) if kind.name in ANSWERS else None
            if answers is not None:
                if is_unread(answers) or answered[answers] >= rules.answers_per_hour:
                    continue
                if (
                    kind.name == RECEIPT
                    and event.about
                    and subjects.are_numbered(answers, event.about.subject)
                ):
                    continue
                answered[answers] += 1
            if letter is None:
                letter = letters[id(event.about)] = _Letter(event.about, rules)
            mail = letter.mail(event, kind, people, answers)
            mails.append(letter.to_named(mail, kind) if is_named else mail)
    return mails


def _groups(event: Event, kind: EventKind, rules: Rulebook) -> Iterator[tuple[People, bool]]:
    """Give who gets one mail together, and whether it is somebody whom the request names, who gets one alone."""
    if people := told(event, kind, rules):
        yield people, False
    for person in named(event, kind, rules):
        yield (person,), True


class _Letter:
    """What all mails about one record share: sender, placeholders, delimiter and threading."""

    __slots__ = ("_about", "_delimiter", "_quoted", "_references", "_sender", "_text", "_values")

    def __init__(self, about: RecordFacts | None, rules: Rulebook) -> None:
        self._about = about
        self._text, self._quoted = "", ""
        self._delimiter = ""
        self._values: dict[str, str] = {}
        self._references: list[str] = []
        if about is None:
            self._sender = rules.senders.for_errors
            return
        self._sender = rules.senders.choose(about.account_id, about.instance_id)
        self._delimiter = rules.delimiter(about.module, about.number)
        self._references = references(about)
        self._values = {
            "number": rules.number(about.module, about.number),
            "subject": one_line(about.subject),
            "requester": one_line(about.requester.name or about.requester.address) if about.requester else "",
            "technician": one_line(about.technician.name) if about.technician else "",
            "group": about.group,
            "status": about.status,
            "account": about.account,
            "link": rules.link(about.module, about.number),
        }

    def values(self, event: Event) -> dict[str, str]:
        """Give what stands in the places of the templates."""
        values = {**self._values, "actor": "", "text": self._quote(event.text)}
        if EVENTS[event.kind].by_person:
            values["text"] = whole(event.text).strip()
        if event.actor:
            values["actor"] = one_line(event.actor.name or event.actor.address)
        for name, value in event.details.items():
            values[name] = one_line(value)
        return values

    def mail(self, event: Event, kind: EventKind, people: People, answers: str | None) -> NewMail:
        values = self.values(event)
        subject = fill(kind.subject, values)
        about, sender = self._about, self._sender
        return NewMail(
            server_id=sender.server_id if sender else None,
            account_id=about.account_id if about else None,
            record_id=about.id if about else None,
            conversation_id=event.conversation_id if about else None,
            event=kind.name,
            sending_class=kind.sending_class,
            state="queued" if sender else "held",
            author_id=(event.actor.id or None) if event.actor else None,  # 0: whoever is nobody here
            sender_name=sender.name if sender else "",
            sender_address=sender.address if sender else "",
            reply_to="",
            to=[[one_line(person.name), person.address] for person in people],
            cc=[],
            subject=with_delimiter(subject, self._delimiter) if self._delimiter else one_line(subject),
            text=fill(kind.text, values).rstrip() + "\n",
            in_reply_to=about.in_reply_to if about else None,
            references=self._references,
            automatic=not kind.by_person,
            answers=answers,
            reason="" if sender else no_server(about),
        )

    def to_named(self, mail: NewMail, kind: EventKind) -> NewMail:
        """Give a mail as it is for somebody whom the request names: in words of its own, and naming no mail of ours.

        Whoever knows the Message-ID of one counts as having got it.
        """
        return mail._replace(
            text=fill(kind.to_named, self._values).rstrip() + "\n",
            references=[one for one in self._references if without_tokens(one) == one],
        )

    def _quote(self, text: str) -> str:
        if text is not self._text:
            self._text, self._quoted = text, shortened(text)
        return self._quoted


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as it would be written; its text in pieces: what stands there, and the placeholder it is of or ""."""

    mail: NewMail
    delimiter: str
    text: tuple[tuple[str, str], ...]


def preview(event: Event, rules: Rulebook) -> Preview:
    """Give the mail that would tell of an event, whether its rule is on or off. Nobody may be told of it.

    A placeholder without a value stands there by its name, as for an event that has no record.
    """
    kind, letter = EVENTS[event.kind], _Letter(event.about, rules)
    values = {name: value for name, value in letter.values(event).items() if value or event.about}
    missing = {name: f"{{{name}}}" for _, name in pieces(kind.subject) if name and name not in values}
    mail = letter.mail(
        replace(event, details={**event.details, **missing}), kind, told(event, kind, rules), None
    )
    text: list[tuple[str, str]] = []
    for literal, name in pieces(kind.text):
        text.append((literal, ""))
        if name:
            text.append((values.get(name, f"{{{name}}}"), name))
    while text and not text[-1][0].strip():
        text.pop()
    return Preview(
        mail=mail,
        delimiter=rules.delimiter(event.about.module, event.about.number) if event.about else "",
        text=tuple(piece for piece in text if piece[0]),
    )


def references(about: RecordFacts) -> list[str]:
    """Give the References of a mail about a record: the first Message-ID of the thread and the latest ones.

    RFC 5322 section 3.6.4: what is answered (In-Reply-To) stands last.
    """
    known = [one for one in about.references if one != about.in_reply_to]
    if about.in_reply_to:
        known.append(about.in_reply_to)
    return known if len(known) <= MOST_REFERENCES else [known[0], *known[1 - MOST_REFERENCES :]]


def no_server(about: RecordFacts | None) -> str:
    """Give the sentence that says why a mail is held."""
    where = f"the account {one_line(about.account)} or its instance" if about else "the ESM Directory"
    return _NO_SERVER.format(where=where)


def _answered(event: Event) -> list[str]:
    """Give the addresses that an automatic answer is for, none for any other event."""
    if event.kind == RECEIPT and event.about:
        requester = event.about.requester
        return [*([requester.address] if requester else []), *event.about.notify]
    return [event.actor.address] if event.kind in ANSWERS and event.actor else []


def _answers_in_last_hour(events: Sequence[Event]) -> tuple[Counter[str], list[tuple[str, str]]]:
    """Count the answers to each address, and give the subjects of what was answered."""
    counts: Counter[str] = Counter()
    subjects: list[tuple[str, str]] = []
    keys = {fold(address) for event in events for address in _answered(event)}
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_ANSWERS, [list(keys)])
            for address, subject, count in cursor.fetchall():
                counts[address] += count
                if subject is not None:
                    subjects.append((address, subject))
    return counts, subjects
