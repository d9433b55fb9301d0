"""Records as notifications need them, many at once."""

from collections.abc import Iterable

from django.db import connection

from deskpost.desk.events import PersonFacts, RecordFacts

REFERENCES = 20  # Message-IDs of a thread that an answer names at most

_RECORDS = """
SELECT r.id, r.module, r.number, r.account_id, a.name, r.instance_id, r.subject, s.name, r.requester_id,
       r.technician_id, r.group_id, coalesce(g.name, ''),
       (SELECT c.message_id FROM conversation c WHERE c.record_id = r.id AND c.direction = 'in'
        AND c.message_id IS NOT NULL
        ORDER BY c.author_id IS NOT DISTINCT FROM r.requester_id DESC, c.at DESC, c.id DESC LIMIT 1),
       ARRAY(SELECT c.message_id FROM conversation c WHERE c.record_id = r.id AND c.message_id IS NOT NULL
             AND (c.direction = 'out' OR c.direction = 'in' AND c.author_id IS NOT DISTINCT FROM r.requester_id)
             ORDER BY c.at DESC, c.id DESC LIMIT %(references)s),
       coalesce(d.notify, '{}')
FROM record r JOIN account a ON a.id = r.account_id JOIN status s ON s.id = r.status_id
LEFT JOIN technician_group g ON g.id = r.group_id LEFT JOIN request_details d ON d.record_id = r.id
WHERE r.id = ANY(%(ids)s)
"""
# What PersonFacts holds, of the person p.
PERSON_COLUMNS = """
p.id, p.name, coalesce((SELECT a.address FROM person_address a WHERE a.person_id = p.id
                        ORDER BY a."primary" DESC, a.id LIMIT 1), p.sign_in_name, ''), p.site_id,
ARRAY(SELECT ARRAY[g.account_id, g.site_id] FROM role_grant g JOIN role ON role.id = g.role_id
      WHERE g.person_id = p.id AND 'request.view' = ANY(role.permissions))
"""
_PEOPLE = f"SELECT {PERSON_COLUMNS} FROM person p WHERE p.id = ANY(%s)"  # noqa: S608 - a constant of this file


def people_facts(ids: Iterable[int | None]) -> dict[int | None, PersonFacts]:
    """Give these people as notifications need them."""
    wanted = [id for id in ids if id is not None]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [wanted])
        return {person[0]: PersonFacts(*person) for person in cursor.fetchall()}


def record_facts(ids: Iterable[int]) -> dict[int, RecordFacts]:
    """Give these records with the threading of the requester's last mail, in two queries."""
    wanted = list(ids)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, {"ids": wanted, "references": REFERENCES})
        rows = cursor.fetchall()
    people = people_facts({person for row in rows for person in row[8:10]})
    return {
        row[0]: RecordFacts(
            id=row[0],
            module=row[1],
            number=row[2],
            account_id=row[3],
            account=row[4],
            instance_id=row[5],
            subject=row[6],
            status=row[7],
            requester=people.get(row[8]),
            technician=people.get(row[9]),
            group_id=row[10],
            group=row[11],
            in_reply_to=row[12],
            references=tuple(reversed(row[13])),
            notify=tuple(row[14]),
        )
        for row in rows
    }
