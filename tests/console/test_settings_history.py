"""View history: what is told, what is brought back and by whom, and the file it is exported to."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from deskpost.console import settings_export, settings_labels
from deskpost.desk import account_removal, person_settings, settings, settings_history
from deskpost.desk.accounts import Account, Domain, Site
from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.installation import Instance, InstanceAlert
from deskpost.desk.roles import PERMISSIONS, Grant, Role
from deskpost.desk.settings_history import Version, Wanted
from deskpost.desk.settings_words import FIELDS
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound import rule_settings
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.console.test_incoming_form import send, typed
from tests.console.test_outgoing import form, url

HISTORY = reverse("settings_history")


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail comes in here."""
    return build_desk()


def newest(kind: str) -> Version:
    return settings_history.versions(Wanted((kind,)), 1)[0]


def bring_back(client: Client, kind: str) -> str:
    """Press the button of the newest change of a kind, and give the page that follows."""
    page = client.get(HISTORY, {"kind": kind}).content.decode()
    found = [re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("version", "newest")]
    assert all(found), f"no button at {kind}"
    values = {"version": found[0][1], "newest": found[1][1]}  # type: ignore[index]
    return client.post(reverse("settings_restore"), values, follow=True).content.decode()


def file_of(client: Client, **asked: str) -> list[list[str]]:
    response = client.get(reverse("settings_export"), asked)
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("text/csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_the_reason_typed_when_saving_stands_in_the_history_and_in_the_file(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    box = reverse("incoming_mailbox", args=[desk.box.pk])
    for reason in ("moved to the <new> tenant", ""):
        values = typed(server=desk.box.server, name=f"Box {len(reason)}", password="", port="993")
        status, page = send(client, box, {**values, "reason": reason, "password": "p"})
        assert status == 302, page
    assert client.post(url(), form(port="2525", reason="second relay")).status_code == 303
    page = client.get(HISTORY).content.decode()
    assert "moved to the &lt;new&gt; tenant" in page and "second relay" in page
    assert newest("mailbox").reason == "" and newest("outgoingserver").reason == "second relay"
    assert [row[-1] for row in file_of(client, kind="outgoingserver")[:2]] == ["Reason", "second relay"]
    status, page = send(client, box, {**values, "reason": "x" * 201})
    assert status == 422 and "This has 201 characters. To do: shorten it to 200." in page


def test_the_file_has_what_the_filters_show_and_no_secret(desk: Desk) -> None:
    settings.change(desk.admin, "page", desk.server, {"port": 587, "password": "hunter2 and more"})
    settings.change(desk.admin, "file", desk.box, {"port": 1993})
    client = builders.signed_in(desk.admin)
    head, *rows = file_of(client, kind="outgoingserver", by="page")
    assert head == ["Saved", "Who", "By", "Settings", "Which", "Act", "Field", "Old", "New", "Reason"]
    assert [row[1:] for row in rows] == [
        ["Priya Raman", "by page", "Outgoing", "IT Help Desk", "Changed", "Port", "25", "587", ""],
        ["Priya Raman", "by page", "Outgoing", "IT Help Desk", "Changed", "Password", "", "changed", ""],
    ]
    assert "hunter2" not in str(file_of(client)) and "gAAAA" not in str(file_of(client))
    for who in (desk.dana, desk.tom):
        assert builders.signed_in(who).get(reverse("settings_export")).status_code == 403


def test_no_cell_of_the_file_begins_a_formula(desk: Desk) -> None:
    for sign in ("=", "+", "-", "@", "\t", " ="):
        name = f'{sign}HYPERLINK("http://evil.example")'
        settings.change(desk.admin, "page", desk.box, {"name": name})
        assert settings_export.cell(name) == f"'{name}"
    for row in file_of(builders.signed_in(desk.admin)):
        assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t")) for cell in row)


def test_the_file_is_read_part_by_part_in_order_and_ends_somewhere(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_history, "_AT_ONCE", 3)
    monkeypatch.setattr(settings_export, "_AT_ONCE", 4)
    for port in range(1, 12):
        row = desk.box if port % 2 else desk.server
        settings.change(desk.admin, "page", row, {"port": port})
        event = row.pgh_event_model.objects.order_by("-pk")[0]  # type: ignore[attr-defined]
        later = event.pgh_created_at + timedelta(minutes=port)  # one transaction has one time
        row.pgh_event_model.objects.filter(pk=event.pk).update(pgh_created_at=later)  # type: ignore[attr-defined]
    client = builders.signed_in(desk.admin)
    ports = [row[8] for row in file_of(client) if row[6] == "Port" and row[5] == "Changed"]
    assert ports == [str(port) for port in range(11, 0, -1)]
    monkeypatch.setattr(settings_export, "MOST", 5)
    rows = file_of(client)
    assert len(rows) == 1 + 5 + 1 and "Here the file ends: it has the newest 5 changes" in rows[-1][0]


def test_from_a_mailbox_its_own_history_is_opened_and_from_none_that_is_not_saved(desk: Desk) -> None:
    other = builders.mailbox("Projects")
    for box in (desk.box, other):
        settings.change(desk.admin, "page", box, {"port": 1000 + box.pk})
    client = builders.signed_in(desk.admin)
    page = client.get(reverse("incoming_mailbox", args=[other.pk])).content.decode()
    aim = re.search(r'href="([^"]+kind=mailbox[^"]*)"', page)
    assert aim
    history = client.get(aim[1].replace("&amp;", "&")).content.decode()
    assert f"{1000 + other.pk}" in history and f"{1000 + desk.box.pk}" not in history
    assert "Incoming, Projects" in history and "Incoming, Support" not in history
    assert "kind=mailbox" not in client.get(reverse("incoming_new")).content.decode()


def removed(desk: Desk) -> dict[str, Any]:
    """Make and remove one of each kind that can be brought back after it was removed; give what finds it again."""
    group = Group.objects.create(name="Network")
    role = Role.objects.create(name="Reader", permissions=["request.view"])
    desk.dana.technician = True
    rows = {
        "domain": Domain(account=desk.kestrel, name="kestrel-it.example"),
        "site": Site(account=desk.kestrel, name="Harbour"),
        "grant": Grant(person=desk.dana, role=role),
        "groupmember": GroupMember(group=group, person=desk.dana),
        "group": Group(name="Field"),
        "role": Role(name="Writer", permissions=["request.edit"]),
        "instancealert": InstanceAlert(instance=Instance.objects.get(), person=desk.dana),
    }
    for row in rows.values():
        settings.change(desk.admin, "page", row, {})
    rule_settings.put_on_list(desk.admin, "page", "application_error", desk.dana)
    rows["ruletechnician"] = RuleTechnician.objects.get()
    return rows


def test_what_was_removed_comes_back_under_its_own_number(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    for kind, row in removed(desk).items():
        number = row.pk
        before = type(row).objects.filter(pk=number).values().get()
        settings.remove(desk.admin, "page", row)
        assert "Brought back" in bring_back(client, kind), kind
        assert type(row).objects.filter(pk=number).values().get() == before, kind
        assert newest(kind).act == "insert" and newest(kind).who == "Priya Raman"


@pytest.mark.parametrize(
    ("kind", "make", "change", "old"),
    [
        ("account", lambda desk: desk.kestrel, {"time_zone": "Europe/Berlin"}, {"time_zone": "UTC"}),
        ("site", lambda desk: Site(account=desk.kestrel, name="A"), {"name": "B"}, {"name": "A"}),
        ("group", lambda desk: Group(name="A"), {"name": "B"}, {"name": "A"}),
        ("role", lambda desk: Role(name="A"), {"permissions": ["request.view"]}, {"permissions": []}),
        ("notificationrule", lambda desk: rule_of("request_received"), {"enabled": False}, {"enabled": True}),
    ],
)
def test_an_earlier_version_is_brought_back(
    desk: Desk, kind: str, make: Any, change: dict[str, Any], old: dict[str, Any]
) -> None:
    row = make(desk)
    if row.pk is None:
        settings.change(desk.admin, "page", row, {})
    settings.change(desk.admin, "page", row, change)
    assert "Brought back" in bring_back(builders.signed_in(desk.admin), kind)
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in old} == old


def rule_of(event: str) -> NotificationRule:
    return NotificationRule.objects.filter(event=event).first() or NotificationRule(event=event)


def test_a_name_that_was_taken_meanwhile_is_said(desk: Desk) -> None:
    settings.change(desk.admin, "page", desk.kestrel, {"name": "Kestrel Freight"})
    Account.objects.create(name="Kestrel Logistics")
    page = bring_back_newest_of(desk, "account", desk.kestrel)
    assert "Not brought back." in page and "Kestrel Logistics is taken" in page
    assert Account.objects.get(pk=desk.kestrel.pk).name == "Kestrel Freight"


def bring_back_newest_of(desk: Desk, kind: str, row: Any) -> str:
    one = settings_history.versions(Wanted((kind,), row=row.pk), 1)[0]
    aim = one.id if one.act == "delete" else one.old_id
    values = {"version": f"{kind}-{aim}", "newest": str(one.id)}
    client = builders.signed_in(desk.admin)
    return client.post(reverse("settings_restore"), values, follow=True).content.decode()


def test_what_hangs_on_something_gone_is_refused_in_words(desk: Desk) -> None:
    rows = removed(desk)
    for kind in ("grant", "groupmember", "site"):
        settings.remove(desk.admin, "page", rows[kind])
    rows["grant"].role.delete()
    assert "Role of this version is gone. To do:" in bring_back_newest_of(desk, "grant", newest_row("grant"))
    desk.dana.technician = False
    desk.dana.save()
    page = bring_back_newest_of(desk, "groupmember", newest_row("groupmember"))
    assert "Dana Whitfield is no technician now" in page
    gone = newest_row("site")
    Site.objects.create(account=desk.kestrel, name="Harbour")
    assert "Harbour is taken" in bring_back_newest_of(desk, "site", gone)


class newest_row:
    """The row that the newest version of a kind is about."""

    def __init__(self, kind: str) -> None:
        self.pk = newest(kind).row


def test_nobody_brings_back_more_than_they_have(desk: Desk) -> None:
    role = Role.objects.create(name="Postmaster", permissions=["settings.mail"])
    Grant.objects.filter(person=desk.dana).delete()
    mine = Grant(person=desk.dana, role=Role.objects.get(name="SDAdmin"))
    settings.change(desk.admin, "page", mine, {})
    settings.remove(desk.admin, "page", mine)
    Grant.objects.create(person=desk.dana, role=role)
    one = newest("grant")
    gone = settings_history.versions(Wanted(("grant",)), 3)
    delete = next(version for version in gone if version.act == "delete")
    client, values = (
        builders.signed_in(desk.dana),
        {"version": f"grant-{delete.id}", "newest": str(delete.id)},
    )
    assert client.post(reverse("settings_restore"), values).status_code == 403
    assert "Bring back" not in client.get(HISTORY, {"open": f"grant-{delete.id}"}).content.decode()
    settings.change(None, "cli", role, {"permissions": ["settings.mail", "directory.manage"]})
    page = client.post(reverse("settings_restore"), values, follow=True).content.decode()
    assert "which you do not have yourself" in page
    assert newest("grant").id == one.id


def test_beside_the_changed_fields_all_can_be_seen_and_no_secret(desk: Desk) -> None:
    settings.change(desk.admin, "page", desk.box, {"port": 1993})
    client, key = builders.signed_in(desk.admin), f"mailbox-{newest('mailbox').id}"
    few = client.get(HISTORY, {"kind": "mailbox", "open": key}).content.decode()
    assert "1 changed field" in few and "Largest mail" not in few
    every = client.get(HISTORY, {"kind": "mailbox", "open": key, "fields": "all"}).content.decode()
    assert "Largest mail" in every and "the same" in every and "gAAAA" not in every


def test_who_manages_people_alone_sees_and_brings_back_what_is_theirs(desk: Desk) -> None:
    role = Role.objects.create(name="Personnel", permissions=["directory.manage"])
    Grant.objects.filter(person=desk.dana).delete()
    Grant.objects.create(person=desk.dana, role=role)
    settings.change(desk.admin, "page", desk.kestrel, {"name": "Kestrel Freight"})
    settings.change(desk.admin, "page", desk.server, {"port": 2525})
    client = builders.signed_in(desk.dana)
    page = client.get(HISTORY).content.decode()
    assert "Kestrel Freight" in page and "Outgoing" not in page
    mine = f"outgoingserver-{newest('outgoingserver').id}"
    assert client.get(HISTORY, {"open": mine}).status_code == 404
    assert client.post(reverse("settings_restore"), {"version": mine, "newest": "1"}).status_code == 404
    assert {row[3] for row in file_of(client)[1:]} <= {
        "Account",
        "Role",
        "Role of a person",
        "Mail domain",
        "Person",
    }
    assert "Brought back" in bring_back(client, "account")


def test_bringing_a_role_back_locks_nobody_out(desk: Desk) -> None:
    role = Role.objects.create(name="Owner", permissions=[])
    settings.change(desk.admin, "page", role, {"permissions": list(PERMISSIONS)})
    Grant.objects.filter(person=desk.admin).delete()
    Grant.objects.create(person=desk.admin, role=role)
    page = bring_back(builders.signed_in(desk.admin), "role")
    assert "Nobody who can sign in could manage people and roles any more" in page
    role.refresh_from_db()
    assert "directory.manage" in role.permissions


def test_a_mailbox_that_was_removed_and_a_server_stay_so(desk: Desk) -> None:
    settings.change(desk.admin, "page", desk.server, {"port": 587})
    settings.remove(desk.admin, "page", OutgoingServer.objects.get())
    page = builders.signed_in(desk.admin).get(HISTORY, {"kind": "outgoingserver"}).content.decode()
    assert "Removed" in page and "Bring back" not in page


def test_settings_are_called_as_on_their_forms_and_so_are_their_values(desk: Desk) -> None:
    box = Mailbox.objects.create(
        name="Old", protocol="imap", server="a", port=143, tls="starttls", instance=desk.box.instance
    )
    values = {"protocol": "imaps", "tls": "implicit", "after_fetching": "delete", "source_folder": "Inbox/A"}
    more = {"first_fetch": "2026-11-01", "fetch_every": 300, "allowed_addresses": ["a@b.example"]}
    settings.change(desk.admin, "page", box, {**values, **more})
    settings.change(desk.admin, "page", desk.server, {"tls": "starttls", "authentication": "basic"})
    settings.change(desk.admin, "page", desk.server, {"name": "Second"})
    client = builders.signed_in(desk.admin)
    told = {row[6]: (row[7], row[8]) for row in file_of(client, kind="mailbox") if row[5] == "Changed"}
    assert told == {
        "Protocol": ("IMAP", "IMAPS"),
        "TLS enabled": ("STARTTLS", "From the first byte"),
        "After fetching": ("Mark as read", "Delete"),
        "Source folder": ("INBOX", "Inbox/A"),
        "First fetch": ("New mail only", "Since a date: 2026-11-01"),
        "Fetch mails every": ("1 min", "5 min"),
        "Allowed addresses": ("empty", "a@b.example"),
    }
    told = {row[6]: (row[7], row[8]) for row in file_of(client, kind="outgoingserver") if row[5] == "Changed"}
    assert told == {
        "TLS enabled": ("No", "Yes"),
        "Requires authentication": ("No", "Yes"),
        "Name in the settings file": ("Outgoing", "Second"),
    }


def test_a_conflict_names_fields_as_their_form_does() -> None:
    for kind in ("mailbox", "outgoingserver"):
        fields = settings_labels.FORMS[kind].base_fields  # type: ignore[attr-defined]
        for column in settings_history.kinds()[kind]._meta.concrete_fields:
            if column.name in fields and column.name != "name":
                assert FIELDS[column.name] == fields[column.name].label, column.name


def test_a_secret_that_was_changed_is_told_with_the_day_it_was_set(desk: Desk) -> None:
    settings.change(desk.admin, "page", desk.server, {"password": "first and secret"})
    settings.change(desk.admin, "page", desk.server, {"port": 2525})
    events = OutgoingServer.pgh_event_model.objects  # type: ignore[attr-defined]
    events.filter(port=25).update(pgh_created_at=datetime(2025, 9, 14, 8, tzinfo=UTC))
    settings.change(desk.admin, "page", desk.server, {"password": "second and secret"})
    page = builders.signed_in(desk.admin).get(HISTORY, {"kind": "outgoingserver"}).content.decode()
    assert "secret, set 14 Sep 2025" in page and "and secret" not in page


def told(client: Client, kind: str) -> list[str]:
    """Give what View history says was done to settings of a kind, newest first, and look at the newest of them."""
    page = client.get(HISTORY, {"kind": kind})
    assert page.status_code == 200
    return [row["words"] for day in page.context["days"] for row in day["rows"]]


def test_a_person_who_is_removed_is_told_as_removed(desk: Desk) -> None:
    person_settings.remove(desk.admin, "page", desk.sam)
    client = builders.signed_in(desk.admin)
    assert told(client, "person")[0] == "Removed"
    assert "Password changed" not in told(client, "person")
    page = client.get(HISTORY, {"kind": "person"}).content.decode()
    assert "In use now" not in page and "Bring back" not in page and "Signs in with" in page


def test_a_name_and_a_password_saved_at_once_are_one_change_that_names_both(desk: Desk) -> None:
    before = told(builders.signed_in(desk.admin), "person")
    settings.change(desk.admin, "page", desk.dana, {"name": "Dana White", "password": make_password("x y z")})
    client = builders.signed_in(desk.admin)
    assert told(client, "person") == ["Name, Password", *before]
    page = client.get(HISTORY, {"kind": "person"}).content.decode()
    assert "2 changed fields" in page and "Dana White" in page
    settings.change(desk.admin, "page", desk.dana, {"technician": False})
    settings.change(desk.admin, "page", desk.dana, {"technician": True, "password": make_password("z")})
    assert told(client, "person")[:2] == ["Technician, Password", "Technician"]


def test_a_password_alone_is_told_as_such(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    settings.change(desk.admin, "page", desk.sam, {"password": make_password("u v w")})
    newest = settings_history.versions(Wanted(("person",), row=desk.sam.pk), 1)[0]
    page = client.get(HISTORY, {"kind": "person", "open": f"person-{newest.id}"}).content.decode()
    assert newest.act == "password" and "Password changed" in page


def test_what_was_removed_and_came_back_is_told_as_brought_back(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    for kind, row in removed(desk).items():
        settings.remove(desk.admin, "page", row)
        bring_back(client, kind)
        assert told(client, kind)[:2] == ["Brought back", "Removed"], kind
        assert "Bring back what" not in client.get(HISTORY, {"kind": kind}).content.decode()
    account_removal.remove(desk.admin, "page", desk.vantage)
    assert told(client, "account")[0] == "Removed"
    account_removal.bring_back(desk.admin, "page", desk.vantage)
    assert told(client, "account")[:2] == ["Brought back", "Removed"]


def test_every_change_can_be_reached_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskpost.console.settings_history.MOST", 4)
    monkeypatch.setattr("deskpost.console.settings_history.MOST_VERSIONS", 3)
    for port in range(1, 10):
        for row in (desk.box, desk.server):
            settings.change(desk.admin, "page", row, {"port": port})
    client = builders.signed_in(desk.admin)
    everything = [f"{one.kind}-{one.id}" for one in settings_history.newest_first(Wanted())]
    seen: list[str] = []
    address = HISTORY
    while address:
        page = client.get(address)
        opened = [row["url"] for day in page.context["days"] for row in day["rows"]]
        seen += [re.findall(r"open=([^&]+)", url)[0] for url in opened]
        inner = client.get(opened[-1])  # what is opened stays on its page
        assert inner.status_code == 200 and inner.context["count"] == len(opened)
        address = page.context["older_url"]
        assert len(seen) <= len(everything) and bool(page.context["newest_url"]) == (len(seen) > 4)
    assert seen == everything
    page = client.get(HISTORY, {"kind": "mailbox"})
    assert "All of them, with the older ones" in page.content.decode()
    alone = client.get(page.context["panel"]["all_url"])
    assert alone.context["older_url"] and f"row={desk.box.pk}" in page.context["panel"]["all_url"]
    for senseless in ("mailbox-0", "x", "mailbox-99999999999999999999", "\0", "secret-1"):
        assert client.get(HISTORY, {"before": senseless}).context["count"] == 4
