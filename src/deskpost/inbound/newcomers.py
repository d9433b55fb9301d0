"""People who write for the first time: made once each, whoever else makes them at the same moment."""

from collections.abc import Sequence
from typing import Protocol

from django.db import connection

from deskpost.bulk import draw_ids
from deskpost.desk.people import Person
from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Joins, Outcome


class DecidedMail(Protocol):
    """What is needed of a mail with its outcome."""

    @property
    def case(self) -> Case:
        """Give the mail."""

    @property
    def outcome(self) -> Outcome:
        """Give what becomes of it."""


def people_of(mails: Sequence[DecidedMail]) -> dict[int, int]:
    """Give mail id -> person who wrote it, making people of senders whom nobody knew."""
    authors: dict[int, int] = {}
    unknown: dict[tuple[int, str], Case] = {}
    for mail in mails:
        case, outcome = mail.case, mail.outcome
        sender = case.sender
        if sender.person_id is not None:
            authors[case.mail_id] = sender.person_id
        elif makes_a_person(case, outcome):
            unknown.setdefault((sender.account_id, sender.key), case)
    made = _make(unknown)
    for mail in mails:
        key = (mail.case.sender.account_id, mail.case.sender.key)
        if mail.case.mail_id not in authors and key in made:
            authors[mail.case.mail_id] = made[key]
    return authors


def makes_a_person(case: Case, outcome: Outcome) -> bool:
    """Tell whether a mail that opens or joins a request makes a person of its sender.

    Somebody unknown who joins a request of an account that is not his is made nobody's person.
    """
    sender = case.sender
    across = isinstance(outcome, Joins) and outcome.record.account_id != sender.account_id
    return sender.person_id is None and bool(sender.key) and not across


def _make(unknown: dict[tuple[int, str], Case]) -> dict[tuple[int, str], int]:
    """Make these people in two statements; who was made by another transaction meanwhile is looked up."""
    if not unknown:
        return {}
    places = sorted(unknown)  # one order for all, so that two workers never wait for each other in a circle
    ids = draw_ids(Person, len(places))
    senders = [unknown[place].sender for place in places]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO person (id, account_id, site_id, name, password, technician, time_zone, language) "
            "SELECT t.id, t.account, s.id, t.name, '!', false, '', '' "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[]) AS t(id, account, site, name) "
            "LEFT JOIN site s ON s.id = t.site AND s.account_id = t.account",
            [
                ids,
                [account for account, _ in places],
                [unknown[place].mailbox.default_site_id for place in places],
                [sender.name or sender.address for sender in senders],
            ],
        )
        cursor.execute(
            'INSERT INTO person_address (account_id, person_id, address, key, "primary") '
            "SELECT account, person, address, key, true "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS t(account, person, address, key) "
            "ON CONFLICT (account_id, key) DO NOTHING RETURNING account_id, key, person_id",
            [
                [account for account, _ in places],
                ids,
                [s.address for s in senders],
                [key for _, key in places],
            ],
        )
        made = {(account, key): person for account, key, person in cursor.fetchall()}
        lost = [place for place in places if place not in made]
        if lost:
            superfluous = [id for place, id in zip(places, ids, strict=True) if place not in made]
            cursor.execute("DELETE FROM person WHERE id = ANY(%s)", [superfluous])
            cursor.execute(
                "SELECT a.account_id, a.key, a.person_id FROM person_address a "
                "JOIN unnest(%s::bigint[], %s::text[]) AS t(account, key) "
                "ON a.account_id = t.account AND a.key = t.key",
                [[account for account, _ in lost], [key for _, key in lost]],
            )
            made.update({(account, key): person for account, key, person in cursor.fetchall()})
    return made
