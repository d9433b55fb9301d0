"""Technician groups: made, edited with their members, and removed with what names them."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from deskpost.desk import group_settings, settings_history
from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.records import Record
from deskpost.desk.search import Count
from deskpost.desk.settings_history import Wanted
from deskpost.inbound.mailboxes import Mailbox
from tests.console import builders
from tests.console.conftest import Desk

URL = "/admin/groups/"
NEW = f"{URL}new/"


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


def members(group: Group) -> list[str]:
    return list(group.members.order_by("name").values_list("name", flat=True))


def test_a_group_is_made_and_its_members_changed(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    both = [str(desk.dana.pk), str(desk.sam.pk)]
    assert save(client, NEW, name="Field", account=str(desk.kestrel.pk), members=both).status_code == 303
    group = Group.objects.get()
    assert (group.name, group.account, members(group)) == (
        "Field",
        desk.kestrel,
        ["Dana Whitfield", "Sam Okafor"],
    )
    assert save(client, f"{URL}{group.pk}/", name="In the field", members=both[1:]).status_code == 303
    group.refresh_from_db()
    assert (group.name, members(group)) == ("In the field", ["Sam Okafor"])
    history = settings_history.versions(Wanted(("groupmember",), about=("group_id", group.pk)), 9)
    assert [(one.act, one.who) for one in history] == [("delete", "Priya Raman")] + [
        ("insert", "Priya Raman")
    ] * 2


def test_what_does_not_fit_is_said_beside_the_field(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    Group.objects.create(name="Network")
    for field, value, words in (
        ("name", "", "This is empty"),
        ("name", "Network", "Another group has this name"),
        ("account", "98765", "choose from the list"),
        ("members", [str(desk.tom.pk)], "One of these is gone"),
    ):
        values = {"name": "Field", "members": [str(desk.sam.pk)], field: value}
        assert words in wrong(save(client, NEW, **values), field)
    assert Group.objects.count() == 1 and not GroupMember.objects.exists()
    assert save(client, NEW, name="Network", account=str(desk.kestrel.pk)).status_code == 303, "of an account"


def test_of_two_editors_of_a_group_the_second_is_told_of_its_members(desk: Desk) -> None:
    client, group = builders.signed_in(desk.admin), Group.objects.create(name="Network")
    url = f"{URL}{group.pk}/"
    second = {"seen": client.get(url).context["form"]["seen"].value(), "name": "Nets"}
    assert save(client, url, members=[str(desk.sam.pk)]).status_code == 303
    answer = client.post(url, second)
    assert "Priya Raman saved these settings" in wrong(answer, "__all__")  # type: ignore[arg-type]
    assert members(group) == ["Sam Okafor"]


def test_before_a_group_is_removed_its_page_says_what_names_it(desk: Desk, monkeypatch: Any) -> None:
    client, group = builders.signed_in(desk.admin), Group.objects.create(name="Network")
    record = builders.request_by_mail(desk.box)
    Record.objects.filter(pk=record.pk).update(group=group)
    Mailbox.objects.update(default_group=group)
    GroupMember.objects.create(group=group, person=desk.sam)
    url = f"{URL}{group.pk}/remove/"
    page = client.get(url).content.decode()
    assert "1 request names it" in page and "The mailbox Support gives its new requests" in page

    with monkeypatch.context() as much:
        much.setattr(group_settings, "requests_of", lambda _group: Count(10_000, True))
        assert "More than 10,000 requests name it" in client.get(url).content.decode()
        client.post(url)
    assert Group.objects.filter(pk=group.pk).exists()

    assert client.post(url).headers["Location"] == URL
    record.refresh_from_db()
    assert record.group is None and Mailbox.objects.get().default_group is None
    assert not GroupMember.objects.exists()
    assert client.get(url).status_code == 404
