"""The rulebook: everything that decides who is told of an event and how, read at once for many events."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from deskpost.desk.events import EVENTS, PersonFacts
from deskpost.desk.facts import PERSON_COLUMNS
from deskpost.desk.installation import Delimiter, Installation
from deskpost.desk.modules import MODULES
from deskpost.mime.delimiters import Delimiters
from deskpost.outbound.rules import NotificationRule
from deskpost.outbound.scopes import Senders, load_senders

People = tuple[PersonFacts, ...]

_LISTS = f"""
    WITH lists (list, of, person_id) AS (
        SELECT 'alerted', instance_id::text, person_id FROM instance_alert
        UNION ALL SELECT 'group', group_id::text, person_id FROM technician_group_member
        UNION ALL SELECT 'rule', rule.event, listed.person_id
            FROM notification_rule_technician listed JOIN notification_rule rule ON rule.id = listed.rule_id
    )
    SELECT lists.list, lists.of, {PERSON_COLUMNS}
    FROM lists JOIN person p ON p.id = lists.person_id AND p.deleted_at IS NULL
    ORDER BY p.id
"""  # noqa: S608 - columns that are a constant


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What holds while events are told: `alerted` by instance, `members` by group, `listed` by event."""

    enabled: frozenset[str]
    alerted: Mapping[int, People]
    members: Mapping[int, People]
    listed: Mapping[str, People]
    senders: Senders
    desk_addresses: frozenset[str]  # folded; the desk never notifies itself
    public_url: str
    answers_per_hour: int
    base: str
    codes: Mapping[str, str]  # module -> its present code

    def number(self, module: str, number: int) -> str:
        """Give a record's number as people read it: RE-12."""
        return f"{self.codes.get(module, module)}-{number}"

    def delimiter(self, module: str, number: int) -> str:
        """Give the token that ties a subject to a record."""
        return Delimiters.write(self.base, self.codes.get(module, module), number)

    def link(self, module: str, number: int) -> str:
        """Give the address of a record's page, "" while the installation has no public URL."""
        return f"{self.public_url}/requests/{self.number(module, number)}" if self.public_url else ""


def load_rulebook(own_addresses: frozenset[str] = frozenset()) -> Rulebook:
    """Read the present rules, in as many queries whatever the number of events.

    `own_addresses` are those of the mailboxes, folded: to them the desk writes as little as to what it sends as.
    """
    installation = Installation.objects.values_list("public_url", "automatic_answers_per_hour").first()
    public_url, answers_per_hour = installation or ("", 0)
    switches = dict(NotificationRule.objects.values_list("event", "enabled"))
    lists: dict[str, dict[str, list[PersonFacts]]] = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cursor:
        cursor.execute(_LISTS)
        for kind, of, *person in cursor.fetchall():
            lists[kind][of].append(PersonFacts(*person))
    delimiters = dict(Delimiter.objects.filter(current=True).values_list("module", "text"))
    senders = load_senders()
    return Rulebook(
        enabled=frozenset(
            name for name, kind in EVENTS.items() if not kind.by_rule or switches.get(name, kind.enabled)
        ),
        alerted={int(of): tuple(people) for of, people in lists["alerted"].items()},
        members={int(of): tuple(people) for of, people in lists["group"].items()},
        listed={of: tuple(people) for of, people in lists["rule"].items()},
        senders=senders,
        desk_addresses=senders.addresses | own_addresses,
        public_url=public_url.rstrip("/"),
        answers_per_hour=answers_per_hour,
        base=delimiters.get("", "##"),
        codes={module: delimiters.get(module, module) for module in MODULES},
    )
