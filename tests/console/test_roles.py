"""Roles: made, edited and removed; those that came with Deskpost stay, and those that somebody has."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from deskpost.desk import settings_history
from deskpost.desk.roles import PERMISSIONS, Grant, Role
from deskpost.desk.settings_history import Wanted
from tests.console import builders
from tests.console.conftest import Desk, build_desk

URL = "/admin/roles/"
NEW = f"{URL}new/"


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction."""
    return build_desk()


def save(client: Client, url: str, **values: Any) -> HttpResponse:
    """Open a form and send it with some fields typed anew."""
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    return client.post(url, {**sent, **values})  # type: ignore[return-value]


def wrong(response: HttpResponse, name: str) -> str:
    """Give what a form that was not saved says about a field."""
    assert response.status_code == 422
    errors: dict[str, list[str]] = response.context["form"].errors  # type: ignore[attr-defined]
    return " ".join(errors.get(name, []))


def reads(client: Client) -> Role:
    """Make a role by its page."""
    assert (
        save(client, NEW, name="Reads traces", permissions=["trace.view", "request.view"]).status_code == 303
    )
    return Role.objects.get(name="Reads traces")


def test_a_role_permits_from_the_next_click_what_its_page_says(desk: Desk) -> None:
    priya, sam = builders.signed_in(desk.admin), builders.signed_in(desk.sam)
    role = reads(priya)
    assert role.permissions == ["request.view", "trace.view"]
    Grant.objects.filter(person=desk.sam).update(role=role)
    assert sam.get("/trace/").status_code == 200
    assert sam.get("/admin/people/").status_code == 403
    permissions = ["request.view", "directory.manage"]
    assert save(priya, f"{URL}{role.pk}/", permissions=permissions).status_code == 303
    assert sam.get("/trace/").status_code == 403
    assert sam.get("/admin/people/").status_code == 200
    newest = settings_history.versions(Wanted(("role",), row=role.pk), 5)
    assert [(one.act, one.who) for one in newest] == [("update", "Priya Raman"), ("insert", "Priya Raman")]
    assert save(priya, f"{URL}{role.pk}/", permissions=permissions[::-1]).status_code == 303
    assert len(settings_history.versions(Wanted(("role",), row=role.pk), 5)) == 2, "the same is no change"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "This is empty"),
        ("name", "x" * 101, "shorten it to 100"),
        ("name", "SDAdmin", "Another role has this name"),
        ("permissions", ["request.view", "everything"], "choose from the list"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field(desk: Desk, field: str, value: Any, words: str) -> None:
    client, count = builders.signed_in(desk.admin), Role.objects.count()
    values = {"name": "Reads traces", "permissions": ["trace.view"], field: value}
    assert words in wrong(save(client, NEW, **values), field)
    assert Role.objects.count() == count


def test_a_role_that_came_with_deskpost_is_edited_and_keeps_its_name(desk: Desk) -> None:
    client, role = builders.signed_in(desk.admin), Role.objects.get(name="SDRequester")
    assert (
        save(client, f"{URL}{role.pk}/", name="Customers", permissions=["request.create"]).status_code == 303
    )
    role.refresh_from_db()
    assert (role.name, role.permissions) == ("SDRequester", ["request.create"])
    assert "came with Deskpost" in client.get(f"{URL}{role.pk}/remove/").content.decode()
    client.post(f"{URL}{role.pk}/remove/")
    assert Role.objects.filter(pk=role.pk).exists()


def test_a_role_that_somebody_has_stays_and_its_page_says_who(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    role = reads(client)
    Grant.objects.create(person=desk.sam, role=role)
    url = f"{URL}{role.pk}/remove/"
    page = client.get(url).content.decode()
    assert "cannot be removed" in page and f"/admin/people/{desk.sam.pk}/" in page
    client.post(url)
    assert Role.objects.filter(pk=role.pk).exists() and Grant.objects.filter(role=role).exists()
    Grant.objects.filter(role=role).delete()
    assert client.post(url).headers["Location"] == URL
    assert not Role.objects.filter(pk=role.pk).exists()
    assert client.post(url).status_code == 404


def test_of_two_editors_of_a_role_the_second_is_told(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    url = f"{URL}{reads(client).pk}/"
    form = client.get(url).context["form"]
    second = {"seen": form["seen"].value(), "name": "Traces", "permissions": ["trace.view"]}
    assert save(client, url, permissions=["request.view"]).status_code == 303
    assert "Priya Raman saved these settings" in wrong(client.post(url, second), "__all__")  # type: ignore[arg-type]
    assert not Role.objects.filter(name="Traces").exists()


def test_each_permission_is_offered_with_words(desk: Desk) -> None:
    form = builders.signed_in(desk.admin).get(NEW).context["form"]
    assert [value for value, _ in form.fields["permissions"].choices] == list(PERMISSIONS)
