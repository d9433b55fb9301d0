"""How far a role reaches: Python and every query give one answer, for each kind of role and each kind of request."""

from itertools import combinations, product

import pytest

from deskpost.desk.accounts import Account, Site
from deskpost.desk.facts import people_facts, record_facts
from deskpost.desk.fields import Status
from deskpost.desk.people import Person
from deskpost.desk.permitted import technicians_for
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role, visible
from deskpost.inbound.standing import load_constants
from deskpost.inbound.view import DeskView
from tests.outbound import builders as make

pytestmark = pytest.mark.django_db
VIEW = "request.view"
Given = tuple[Role, Account | None, Site | None]


@pytest.fixture
def sites() -> list[Site]:
    """Two sites of each of two accounts."""
    return [
        Site.objects.create(account=make.account(name), name=place)
        for name, place in product(("Kestrel", "Vantage"), ("North", "South"))
    ]


@pytest.fixture
def requests(sites: list[Site]) -> list[Record]:
    """Requests of somebody at each site, of somebody of none in two accounts, and of nobody."""
    asking = [make.person(f"At {site.pk}", of=site.account, site=site) for site in sites]
    asking += [make.person("Of no site", of=account) for account in (make.account("Kestrel"), make.account())]
    return [*(make.record(person) for person in asking), make.record()]


def technicians(sites: list[Site]) -> list[Person]:
    """Make a technician for every choice of up to two roles, each with and without the permission, at each place."""
    roles = [
        Role.objects.create(name=name, permissions=[one]) for name, one in (("V", VIEW), ("W", "trace.view"))
    ]
    accounts = {site.account for site in sites}
    places = [(None, None), *((one, None) for one in accounts), *((site.account, site) for site in sites)]
    given: list[Given] = [(role, *place) for role, place in product(roles, places)]
    choices = [chosen for count in range(3) for chosen in combinations(given, count)]
    people = [make.person(f"Number {number}", technician=True) for number in range(len(choices))]
    Grant.objects.bulk_create(
        Grant(person=person, role=role, account=account, site=site)
        for person, chosen in zip(people, choices, strict=True)
        for role, account, site in chosen
    )
    return people


def test_a_role_reaches_as_far_in_sql_as_in_python(sites: list[Site], requests: list[Record]) -> None:
    people = technicians(sites)
    facts, about = people_facts(one.pk for one in people), record_facts(one.pk for one in requests)
    desk = DeskView(load_constants(Status.objects.filter(kind="open")[0].pk))
    answers = set()
    for record in requests:
        site = record.requester.site_id if record.requester else None
        working = set(technicians_for(record.account_id, site))
        found = desk.record(record.pk)
        assert found
        for person in people:
            seen = visible(person)
            said = {
                "may_at": seen.may_at(VIEW, record.account_id, site),
                "may": seen.may(VIEW, record),
                "facts": facts[person.pk].may_see(about[record.pk]),
                "scope": Record.objects.filter(seen.scope(VIEW), pk=record.pk).exists(),
                "technicians": person in working,
                "mail": desk.may_see(person.pk, found),
            }
            assert len(set(said.values())) == 1, (said, list(person.grants.values()), record.account_id, site)
            answers.add((record.pk, said["may"]))
    assert len(answers) == 2 * len(requests), "each request is seen by some and not by others"
