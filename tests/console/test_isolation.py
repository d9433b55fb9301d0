"""Every page, asked by every role for what belongs to another account: it is not there.

The pages are read from the URL configuration, so that none is forgotten: a route whose parameters have no object of
another account below fails the test, and so does one that nobody has said to be without objects.
"""

from collections.abc import Iterator
from itertools import product

import pytest
from django.urls import URLPattern, get_resolver, reverse

from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import Person
from deskpost.desk.roles import SHIPPED_ROLES
from tests.console import builders
from tests.console.conftest import Desk

# Routes without parameters: what they show comes through desk.visible alone; asked below all the same.
LISTS = {"home", "requests", "request_news", "new_request", "attachments", "help"}
# Routes that name no row of the desk, each with why.
NO_OBJECT = {
    "sign_in": "asks who it is",
    "sign_out": "ends the session",
    "first_administrator": "its token is the key",
    "help_page": "the handbook is the same for all",
    "help_picture": "the handbook is the same for all",
}
SECRET = "Fire in the archive of Vantage"


@pytest.fixture
def foreign(desk: Desk) -> dict[str, dict[str, object]]:
    """Give, for each route with parameters, its arguments that name something of Vantage Legal."""
    builders.number_from(48_211)
    record = builders.request_by_mail(
        desk.box,
        sender="Helen Cho <helen@vantage.example>",
        subject=SECRET,
        html="<p>Do not tell anybody</p>",
        message_id="<secret@vantage.example>",
        files={"plan.txt": ("text/plain", b"the plan")},
    )
    assert record.account == desk.vantage
    conversation = Conversation.objects.get(record=record)
    attachment = Attachment.objects.get(conversation=conversation)
    number, message = {"number": record.number}, {"id": conversation.pk}
    return {
        "request": number,
        "request_reply": number,
        "request_properties": number,
        "request_newer": number,
        "request_by_name": {"name": f"RE-{record.number}"},
        "message_html": message,
        "mail_way": message,
        "mail_state": message,
        "attachment": {"id": attachment.pk},
    }


def routes() -> Iterator[URLPattern]:
    """Give every route of the URL configuration."""
    pending = list(get_resolver().url_patterns)
    while pending:
        one = pending.pop()
        if isinstance(one, URLPattern):
            yield one
        else:
            pending.extend(one.url_patterns)


def stranger(desk: Desk, role: str) -> Person:
    """Give somebody with a role that holds in Kestrel Logistics alone."""
    return builders.person(
        f"Kestrel's {role}",
        f"{role.lower()}@kestrel.example",
        role,
        account=desk.kestrel,
        within=desk.kestrel,
    )


def test_every_route_is_in_the_matrix(foreign: dict[str, dict[str, object]]) -> None:
    for route in routes():
        name = route.name
        assert name, f"{route.pattern} has no name"
        if name in NO_OBJECT or name in LISTS:
            continue
        parameters = set(route.pattern.converters)
        assert name in foreign, f"{name} has no object of another account in this test: declare one"
        assert set(foreign[name]) == parameters, f"{name} takes {parameters}"


@pytest.mark.parametrize("role", SHIPPED_ROLES)
def test_what_belongs_to_another_account_is_not_there(
    desk: Desk, foreign: dict[str, dict[str, object]], role: str
) -> None:
    client = builders.signed_in(stranger(desk, role))
    tried = 0
    for route, method, part in product(routes(), ("get", "post"), (False, True)):
        if route.name not in foreign:
            continue
        url = reverse(route.name, kwargs=foreign[route.name])
        headers = builders.htmx() if part else {}
        response = getattr(client, method)(url, headers=headers)
        assert response.status_code in (404, 405), f"{role} {method} {url}: {response.status_code}"
        assert SECRET not in response.content.decode()
        tried += response.status_code == 404
    assert tried >= len(foreign) * 2


@pytest.mark.parametrize("role", SHIPPED_ROLES)
def test_lists_and_search_show_nothing_of_another_account(
    desk: Desk, foreign: dict[str, dict[str, object]], role: str
) -> None:
    client = builders.signed_in(stranger(desk, role))
    number = str(foreign["request"]["number"])
    queries = (
        "",
        "?view=all",
        "?view=unassigned",
        "?q=archive",
        "?q=helen",
        f"?q={number}",
        f"?account={desk.vantage.pk}",
    )
    urls = [reverse("requests") + query for query in queries]
    urls += [reverse("request_news") + "?after=0", reverse("new_request"), reverse("home")]
    for url in urls:
        response = client.get(url, follow=True)
        page = response.content.decode()
        assert SECRET not in page, url
        assert "Vantage Legal" not in page, url
        assert "Helen Cho" not in page, url


@pytest.mark.parametrize("role", SHIPPED_ROLES)
def test_a_missing_request_and_a_foreign_one_answer_the_same(
    desk: Desk, foreign: dict[str, dict[str, object]], role: str
) -> None:
    client = builders.signed_in(stranger(desk, role))
    number = foreign["request"]["number"]
    other = 7_654_321
    theirs = client.get(reverse("request", args=[number])).content.decode().replace(str(number), "N")
    nobodys = client.get(reverse("request", args=[other])).content.decode().replace(str(other), "N")
    assert theirs == nobodys


def test_without_a_sign_in_every_page_sends_to_sign_in(
    client: object, desk: Desk, foreign: dict[str, dict[str, object]]
) -> None:
    for name in (*foreign, *(LISTS - {"home"})):
        url = reverse(name, kwargs=foreign.get(name, {}))
        for method in ("get", "post"):
            response = getattr(client, method)(url)
            assert response.status_code in (302, 405), f"{method} {url}"
            if response.status_code == 302:
                assert response.headers["Location"].startswith(reverse("sign_in"))
            part = getattr(client, method)(url, headers=builders.htmx())
            assert part.status_code in (401, 405), f"{method} {url} by htmx"


def test_a_request_cannot_be_given_to_a_technician_who_may_not_see_it(desk: Desk) -> None:
    outsider = stranger(desk, "SDTechnician")
    record = builders.request_by_mail(
        desk.box, sender="Helen Cho <helen@vantage.example>", message_id="<2@vantage.example>"
    )
    url = reverse("request_properties", args=[record.number])
    client = builders.signed_in(desk.admin)
    assert client.post(url, {"technician": str(outsider.pk)}).status_code == 404
    record.refresh_from_db()
    assert record.technician is None
    assert outsider.name not in client.get(reverse("request", args=[record.number])).content.decode()


def test_technicians_of_another_account_are_not_named(desk: Desk) -> None:
    builders.person(
        "Vera Vantage", "vera@vantage.example", "SDTechnician", account=desk.vantage, within=desk.vantage
    )
    builders.request_by_mail(desk.box)
    client = builders.signed_in(stranger(desk, "SDAccountAdmin"))
    for url in (reverse("requests"), reverse("new_request")):
        page = client.get(url).content.decode()
        assert "Vera Vantage" not in page
        assert "Dana Whitfield" in page
    assert "Vera Vantage" in builders.signed_in(desk.admin).get(reverse("requests")).content.decode()


def test_a_technician_of_one_account_sees_its_requests_and_works_on_them(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    insider = stranger(desk, "SDTechnician")
    client = builders.signed_in(insider)
    assert client.get(reverse("request", args=[record.number])).status_code == 200
    url = reverse("request_properties", args=[record.number])
    assert client.post(url, {"technician": str(insider.pk)}).status_code == 303
    record.refresh_from_db()
    assert record.technician == insider


def test_nobody_opens_a_request_in_an_account_that_is_not_theirs(desk: Desk) -> None:
    client = builders.signed_in(stranger(desk, "SDTechnician"))
    page = client.post(
        reverse("new_request"),
        {
            "account": str(desk.vantage.pk),
            "requester": "helen@vantage.example",
            "subject": "Sneaked in",
            "text": "Hello",
            "token": "5b0f61f4-3f3c-4a3e-9f0e-0a4a5d3f1f11",
        },
    )
    assert page.status_code == 422
    assert not Conversation.objects.filter(subject="Sneaked in").exists()
