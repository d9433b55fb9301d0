"""People: listed, found, made, edited and removed; roles given and taken; somebody can always sign in and manage."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from deskpost.desk import people_lists, settings_history
from deskpost.desk.accounts import Site
from deskpost.desk.events import ERROR_LIST
from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.installation import Installation, Instance, InstanceAlert
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role
from deskpost.desk.settings_history import Wanted
from deskpost.outbound import rule_settings
from deskpost.outbound.rules import RuleTechnician
from tests.console import builders
from tests.console.conftest import Desk, build_desk

URL = "/admin/people/"
NEW = f"{URL}new/"
NEW_PASSWORD = "a whole new sentence"


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail comes in here, and nobody else writes."""
    return build_desk()


@pytest.fixture
def open_desk(database: str) -> Desk:
    """Give the desk in a database of the test's own, for mails and for several who write at once."""
    return build_desk()


def typed(client: Client, url: str, **values: Any) -> dict[str, Any]:
    """Open a form and give what a browser would send of it, with some fields typed anew; None: unticked."""
    form = client.get(url).context["form"]
    sent = {}
    for name in form.fields:
        value = form[name].value()
        if value is True:
            sent[name] = "on"
        elif isinstance(value, list) and name == "other_emails":
            sent[name] = ", ".join(value)
        elif value not in (None, False):
            sent[name] = value
    return {name: value for name, value in {**sent, **values}.items() if value is not None}


def save(client: Client, url: str, **values: Any) -> HttpResponse:
    return client.post(url, typed(client, url, **values))  # type: ignore[return-value]


def edit(client: Client, person: Person, **values: Any) -> HttpResponse:
    return save(client, f"{URL}{person.pk}/edit/", **values)


def wrong(response: HttpResponse, name: str) -> str:
    """Give what a form that was not saved says about a field."""
    assert response.status_code == 422
    errors: dict[str, list[str]] = response.context["form"].errors  # type: ignore[attr-defined]
    return " ".join(errors.get(name, []))


def new_person(client: Client, desk: Desk, **values: Any) -> HttpResponse:
    form = {
        "name": "Ines Carvalho",
        "email": "ines@northgate-it.example",
        "account": str(desk.dana.account_id),
    }
    return save(client, NEW, **{**form, **values})


def acts(kind: str, about: tuple[str, int]) -> list[tuple[str, str, str]]:
    """Give act, who and by what of the versions about something, the oldest first."""
    found = settings_history.versions(Wanted((kind,), about=about), 50)
    return [(one.act, one.who, one.via) for one in reversed(found)]


def test_people_are_for_who_may_manage_the_directory_everywhere(desk: Desk) -> None:
    limited = builders.person(
        "Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel
    )
    id = desk.dana.pk
    gets = (
        URL,
        NEW,
        f"{URL}{id}/",
        f"{URL}{id}/edit/",
        f"{URL}{id}/remove/",
        "/admin/roles/",
        "/admin/groups/",
    )
    for who in (desk.dana, desk.tom, limited):
        client = builders.signed_in(who)
        for url in gets:
            assert client.get(url).status_code == 403
        for url in (NEW, f"{URL}{id}/edit/", f"{URL}{id}/remove/", f"{URL}{id}/roles/add/"):
            assert client.post(url, {"role": "1", "place": "all"}).status_code == 403
    assert Person.objects.get(pk=id).deleted_at is None


def test_who_manages_the_directory_alone_finds_its_pages_and_no_mail_settings(desk: Desk) -> None:
    role = Role.objects.create(name="Directory", permissions=["directory.manage"])
    ann = builders.person("Ann", "ann@northgate-it.example")
    Grant.objects.create(person=ann, role=role)
    client = builders.signed_in(ann)
    page = client.get(reverse("all_settings")).content.decode()
    assert reverse("people") in page and reverse("groups") in page
    assert reverse("incoming") not in page and reverse("notification_rules") not in page
    assert client.get(reverse("incoming")).status_code == 403
    page = builders.signed_in(desk.admin).get(reverse("all_settings")).content.decode()
    assert reverse("people") in page and reverse("incoming") in page


def test_each_person_is_in_one_list_and_found_by_name_or_address(open_desk: Desk) -> None:
    builders.request_by_mail(
        open_desk.box, sender="Helen Cho <helen@vantage.example>", message_id="<h@v.example>"
    )
    client = builders.signed_in(open_desk.admin)

    def names(query: str) -> list[str]:
        return [row["person"].name for row in client.get(URL + query).context["rows"]]

    assert names("") == ["Dana Whitfield", "Priya Raman", "Sam Okafor"]
    assert names("?show=requesters") == ["Tom Achterberg"]
    assert names("?show=no-login") == ["Helen Cho"]
    assert names("?q=WHIT") == ["Dana Whitfield"]
    assert names("?q=sam%2Bprinter@Northgate-IT.example") == ["Sam Okafor"]
    assert names("?show=no-login&q=len@vant") == ["Helen Cho"]
    assert names("?q=helen") == []
    counts = {tab.key: str(tab.count) for tab in client.get(URL).context["tabs"]}
    assert counts == {"technicians": "3", "requesters": "1", "no-login": "1", "roles": "5", "groups": "0"}


def test_a_long_list_comes_in_parts_and_each_person_stands_in_one(desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(people_lists, "PAGE", 2)
    for number in range(5):
        builders.person("Same Name", f"same{number}@kestrel.example", account=desk.kestrel, signs_in=False)
    for show in ("technicians", "no-login"):
        met: list[int] = []
        place = ""
        while True:
            page = people_lists.page(show, place)
            met += [one.pk for one in page.people]
            if not page.next:
                break
            place = page.next
        assert len(met) == len(set(met)) == people_lists.of(show).count()
        back = people_lists.page(show, people_lists.page(show, place).previous)
        assert [one.pk for one in back.people] == met[-len(page.people) - 2 : -len(page.people)]


def test_a_look_that_takes_too_long_ends_and_a_whole_address_is_still_found(
    desk: Desk, monkeypatch: Any
) -> None:
    def slow(shown: str, text: str) -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        return set()

    monkeypatch.setattr(people_lists, "LONGEST_LOOK", 500)
    monkeypatch.setattr(people_lists, "_part_of", slow)
    page = builders.signed_in(desk.admin).get(f"{URL}?q=dana@northgate-it.example")
    assert [row["person"].name for row in page.context["rows"]] == ["Dana Whitfield"]
    assert "type a whole e-mail address" in page.content.decode()


def test_a_person_is_made_with_addresses_and_groups_and_signs_in(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    network = Group.objects.create(name="Network")
    site = Site.objects.create(account=desk.kestrel, name="Rotterdam")
    answer = new_person(
        client,
        desk,
        email="Ines@Kestrel.example",
        other_emails="ines.c@kestrel.example; IC@kestrel.example",
        account=str(desk.kestrel.pk),
        site=str(site.pk),
        technician="on",
        signs_in="on",
        password=NEW_PASSWORD,
        groups=[str(network.pk)],
        time_zone="Europe/Lisbon",
        language="pt",
    )
    made = Person.objects.get(name="Ines Carvalho")
    assert answer.headers["Location"] == f"{URL}{made.pk}/"
    assert (made.account, made.site, made.technician, made.time_zone) == (
        desk.kestrel,
        site,
        True,
        "Europe/Lisbon",
    )
    addresses = made.addresses.order_by("pk").values_list("address", "primary")
    assert list(addresses) == [
        ("ines@kestrel.example", True),
        ("ines.c@kestrel.example", False),
        ("ic@kestrel.example", False),
    ]
    assert list(made.work_groups.all()) == [network]  # type: ignore[attr-defined]
    form = {"username": "ines@kestrel.example", "password": NEW_PASSWORD}
    assert Client().post(reverse("sign_in"), form).status_code == 302
    assert acts("personaddress", ("person_id", made.pk)) == [("insert", "Priya Raman", "page")] * 3
    assert acts("groupmember", ("person_id", made.pk)) == [("insert", "Priya Raman", "page")]


def test_a_double_click_makes_one_person(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    form = typed(client, NEW, name="Ines", email="ines@kestrel.example", account=str(desk.kestrel.pk))
    first, second = (client.post(NEW, form).headers["Location"] for _ in range(2))
    assert first == second
    assert Person.objects.filter(name="Ines").count() == 1


def test_a_double_click_on_save_is_no_conflict_with_oneself(desk: Desk) -> None:
    client, url = builders.signed_in(desk.admin), f"{URL}{desk.dana.pk}/edit/"
    values = {"name": "Dana W.", "other_emails": "d@northgate-it.example", "password": NEW_PASSWORD}
    form = typed(client, url, **values)
    assert [client.post(url, form).status_code for _ in range(2)] == [303, 303]
    assert len(settings_history.versions(Wanted(("person",), row=desk.dana.pk), 9)) == 2


def test_who_is_no_technician_any_more_is_told_of_nothing(desk: Desk) -> None:
    rule_settings.put_on_list(None, "page", ERROR_LIST, desk.dana)
    InstanceAlert.objects.create(instance=Instance.objects.get(), person=desk.dana)
    assert edit(builders.signed_in(desk.admin), desk.dana, technician=None).status_code == 303
    assert not InstanceAlert.objects.exists() and not RuleTechnician.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "  ", "This is empty"),
        ("name", "x" * 201, "201 characters"),
        ("name", "Ines\0", "unseen sign"),
        ("email", "ines", "is not an e-mail address"),
        ("email", "support@northgate-it.example", "the desk’s own address"),
        ("other_emails", "ines@", "is not an e-mail address"),
        ("other_emails", "in\x9bes@kestrel.example", "unseen sign"),
        ("other_emails", "dana@northgate-it.example", "an address of Dana Whitfield"),
        ("email", "dana+1@northgate-it.example", "an address of Dana Whitfield"),
        ("account", "987654", "choose from the list"),
        ("site", "987654", "choose from the list"),
        ("password", "short", "at least 10 characters"),
        ("password", "x" * 1001, "shorten it to 1000"),
        ("password", "", "needs a password"),
        ("groups", ["987654"], "One of these is gone"),
        ("time_zone", "Europe/Nowhere", "choose from the list"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field_and_nothing_is_saved(
    desk: Desk, field: str, value: Any, words: str
) -> None:
    client, people = builders.signed_in(desk.admin), Person.objects.count()
    values = {"signs_in": "on", "password": NEW_PASSWORD, field: value}
    answer = new_person(client, desk, **values)
    assert words in wrong(answer, field)
    assert Person.objects.count() == people
    page = answer.content.decode()
    assert NEW_PASSWORD not in page
    if field != "name":
        assert "Ines Carvalho" in page, "what was typed stays"
    if isinstance(value, str) and field == "other_emails":
        assert value in page


def test_the_site_is_one_of_the_account_and_groups_are_for_technicians(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    oslo = Site.objects.create(account=desk.vantage, name="Oslo")
    group = Group.objects.create(name="Network")
    values = {"site": str(oslo.pk), "groups": [str(group.pk)]}
    answer = new_person(client, desk, account=str(desk.kestrel.pk), **values)
    assert "Oslo is no site of Kestrel Logistics" in wrong(answer, "site")
    assert "Only technicians" in wrong(answer, "groups")


def test_a_sign_in_name_is_one_persons_in_all_accounts(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    values = {"email": "dana@northgate-it.example", "account": str(desk.vantage.pk)}
    answer = new_person(client, desk, signs_in="on", password=NEW_PASSWORD, **values)
    assert "Dana Whitfield" in wrong(answer, "email")
    assert new_person(client, desk, **values).status_code == 303
    assert PersonAddress.objects.filter(key="dana@northgate-it.example").count() == 2


def test_an_address_taken_at_the_same_moment_is_said_by_the_databases_word(open_desk: Desk) -> None:
    client = builders.signed_in(open_desk.admin)
    form = typed(client, NEW, name="Ines", email="ines@kestrel.example", account=str(open_desk.kestrel.pk))
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        other = Person.objects.create(account=open_desk.kestrel, name="Iris", password="!")
        row = {"address": "ines@kestrel.example", "key": fold("ines@kestrel.example"), "primary": True}
        PersonAddress.objects.create(account=open_desk.kestrel, person=other, **row)
        started = threading.Event()
        answer = pool.submit(_post, started, client, NEW, form)
        started.wait()
        _wait_for_a_lock()
    assert "an address of Iris" in wrong(answer.result(), "email")
    assert not Person.objects.filter(name="Ines").exists()


def test_of_two_editors_the_second_is_told_whatever_the_first_changed(open_desk: Desk) -> None:
    client, url = builders.signed_in(open_desk.admin), f"{URL}{open_desk.dana.pk}/edit/"
    group = Group.objects.create(name="Network")
    changes: tuple[dict[str, Any], ...] = (
        {"name": "Dana W."},
        {"other_emails": "d@northgate-it.example"},
        {"groups": [str(group.pk)]},
    )
    for change in changes:
        second = typed(client, url, language="de")
        assert save(client, url, **change).status_code == 303
        answer = client.post(url, second)
        assert "Priya Raman saved these settings" in wrong(answer, "__all__")
        assert Person.objects.get(pk=open_desk.dana.pk).language == ""
        second["seen"] = answer.context["form"]["seen"].value()
        second["csrf"] = ""
    assert client.post(url, second).status_code == 303
    assert Person.objects.get(pk=open_desk.dana.pk).language == "de"


def test_saving_what_is_there_changes_nothing_and_leaves_no_history(open_desk: Desk) -> None:
    builders.request_by_mail(
        open_desk.box, sender="Helen Cho <Helen@Vantage.example>", message_id="<h@v.example>"
    )
    helen = Person.objects.get(name="Helen Cho")
    assert edit(builders.signed_in(open_desk.admin), helen).status_code == 303
    assert settings_history.versions(Wanted(("person",), row=helen.pk), 5) == []
    assert list(helen.addresses.values_list("address", flat=True)) == ["Helen@vantage.example"]


def test_whom_mail_made_has_no_history_until_somebody_edits_and_then_what_was_is_told(
    open_desk: Desk,
) -> None:
    builders.request_by_mail(
        open_desk.box, sender="helen <helen@vantage.example>", message_id="<h@v.example>"
    )
    helen = Person.objects.get(name="helen")
    assert settings_history.versions(Wanted(("person",), row=helen.pk), 5) == []
    edit(builders.signed_in(open_desk.admin), helen, name="Helen Cho")
    newest, known = settings_history.versions(Wanted(("person",), row=helen.pk), 5)
    assert (known.act, known.new["name"]) == ("known", "helen")
    assert (newest.changed, newest.old and newest.old["name"], newest.who) == (
        ("name",),
        "helen",
        "Priya Raman",
    )
    page = builders.signed_in(open_desk.admin).get(f"{reverse('settings_history')}?kind=person")
    assert page.status_code == 200


def test_no_password_is_in_the_history(desk: Desk) -> None:
    edit(builders.signed_in(desk.admin), desk.dana, password=NEW_PASSWORD)
    hashed = Person.objects.get(pk=desk.dana.pk).password
    found = settings_history.versions(Wanted(("person",), row=desk.dana.pk), 5)
    assert [one.act for one in found] == ["password", "insert"]
    assert not any(hashed in map(str, one.new.values()) for one in found)
    page = builders.signed_in(desk.admin).get(f"{reverse('settings_history')}?kind=person").content.decode()
    assert hashed not in page and NEW_PASSWORD not in page


def test_a_changed_password_ends_the_persons_other_sessions_and_not_ones_own(desk: Desk) -> None:
    dana, priya, elsewhere = (builders.signed_in(who) for who in (desk.dana, desk.admin, desk.admin))
    assert edit(priya, desk.dana, password=NEW_PASSWORD).status_code == 303
    assert dana.get("/requests/").status_code == 302
    assert edit(priya, desk.admin, password=NEW_PASSWORD).status_code == 303
    assert priya.get(URL).status_code == 200
    assert elsewhere.get(URL).status_code == 302


def test_who_may_sign_in_no_more_is_signed_out_at_once_and_the_password_is_kept(desk: Desk) -> None:
    dana, priya = builders.signed_in(desk.dana), builders.signed_in(desk.admin)
    assert edit(priya, desk.dana, signs_in=None).status_code == 303
    assert dana.get("/requests/").status_code == 302
    assert edit(priya, desk.dana, signs_in="on").status_code == 303
    form = {"username": "dana@northgate-it.example", "password": builders.PASSWORD}
    assert Client().post(reverse("sign_in"), form).status_code == 302


def test_a_removed_person_is_signed_out_and_what_they_held_is_gone_but_their_requests(
    open_desk: Desk,
) -> None:
    record = builders.request_by_mail(open_desk.box, message_id="<1@kestrel.example>")
    Record.objects.filter(pk=record.pk).update(technician=open_desk.dana)
    GroupMember.objects.create(group=Group.objects.create(name="Network"), person=open_desk.dana)
    InstanceAlert.objects.create(instance=Instance.objects.get(), person=open_desk.dana)
    rule_settings.put_on_list(None, "page", ERROR_LIST, open_desk.dana)
    dana, priya = builders.signed_in(open_desk.dana), builders.signed_in(open_desk.admin)
    url = f"{URL}{open_desk.dana.pk}/remove/"
    page = priya.get(url).content.decode()
    assert "Remove Dana Whitfield?" in page and f'action="{url}"' in page
    assert "1 open request stays given" in page
    assert priya.post(url).headers["Location"] == URL
    gone = Person.objects.get(pk=open_desk.dana.pk)
    assert (gone.deleted_at is None, gone.sign_in_name, gone.has_usable_password()) == (False, None, False)
    for rows in (
        *(gone.grants, gone.addresses, GroupMember.objects),
        *(InstanceAlert.objects, RuleTechnician.objects),
    ):
        assert not rows.filter(person=gone).exists()
    assert dana.get("/requests/").status_code == 302
    assert priya.get(f"{URL}{gone.pk}/").status_code == priya.post(url).status_code == 404
    assert Record.objects.get(pk=record.pk).technician == gone
    assert ("delete", "Priya Raman", "page") in acts("grant", ("person_id", gone.pk))


def test_the_next_mail_from_somebody_who_was_removed_makes_somebody_new(open_desk: Desk) -> None:
    old = builders.request_by_mail(open_desk.box, message_id="<1@kestrel.example>").requester
    assert old is not None
    client = builders.signed_in(open_desk.admin)
    assert client.post(f"{URL}{old.pk}/remove/").status_code == 303
    assert client.get(reverse("request", args=[Record.objects.get().number])).status_code == 200
    new = builders.request_by_mail(open_desk.box, message_id="<2@kestrel.example>").requester
    assert new is not None and new.pk != old.pk and new.name == "Tom Achterberg"


def test_the_last_who_can_sign_in_and_manage_people_stays_so(desk: Desk) -> None:
    client, id = builders.signed_in(desk.admin), desk.admin.pk
    builders.person("Nora", "nora@northgate-it.example", "SDAdmin", signs_in=False)
    builders.person("Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel)
    grant, role = Grant.objects.get(person=desk.admin), Role.objects.get(name="SDAdmin")
    refused = "nobody else can sign in and manage people"
    assert refused in wrong(edit(client, desk.admin, signs_in=None), "signs_in")
    assert refused in client.post(f"{URL}{id}/remove/", follow=True).content.decode()
    take = client.post(f"{URL}{id}/roles/remove/", {"grant": str(grant.pk)}, follow=True)
    assert refused in take.content.decode()
    fewer = [one for one in role.permissions if one != "directory.manage"]
    assert refused in wrong(save(client, f"/admin/roles/{role.pk}/", permissions=fewer), "permissions")
    assert Person.objects.get(pk=id).sign_in_name and Grant.objects.filter(pk=grant.pk).exists()

    builders.person("Marco", "marco@northgate-it.example", "SDAdmin")
    client.post(f"{URL}{id}/roles/remove/", {"grant": str(grant.pk)})
    assert not Grant.objects.filter(pk=grant.pk).exists()
    assert client.get(URL).status_code == 403


def test_two_administrators_who_remove_each_other_at_one_moment_leave_one(open_desk: Desk) -> None:
    marco = builders.person("Marco", "marco@northgate-it.example", "SDAdmin")
    pairs = ((builders.signed_in(open_desk.admin), marco), (builders.signed_in(marco), open_desk.admin))
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            Installation.objects.select_for_update().get()
            waiting = [threading.Event(), threading.Event()]
            tries = [
                pool.submit(_post, event, client, f"{URL}{other.pk}/remove/", {})
                for event, (client, other) in zip(waiting, pairs, strict=True)
            ]
            for event in waiting:
                event.wait()
            _wait_for_a_lock(2)
        for one in tries:
            one.result()
    assert Person.objects.filter(pk__in=(open_desk.admin.pk, marco.pk), deleted_at=None).count() == 1


def test_a_role_is_given_where_it_counts_once_and_taken_away_there(desk: Desk) -> None:
    client, url = builders.signed_in(desk.admin), f"{URL}{desk.sam.pk}/"
    rotterdam = Site.objects.create(account=desk.kestrel, name="Rotterdam")
    role = Role.objects.get(name="SDCoordinator")
    form = {"role": str(role.pk), "place": f"{desk.kestrel.pk}-{rotterdam.pk}"}
    for words in (
        "Sam Okafor has SDCoordinator now: Kestrel Logistics, Rotterdam.",
        "had SDCoordinator already",
    ):
        assert words in client.post(f"{url}roles/add/", form, follow=True).content.decode()
    grant = Grant.objects.get(person=desk.sam, role=role)
    assert (grant.account, grant.site) == (desk.kestrel, rotterdam)
    given = next(one for one in client.get(url).context["panel"].given if one.grant == grant)
    assert given.who == "Priya Raman" and given.at is not None
    for words in ("SDCoordinator is taken from Sam Okafor", "had that role no more"):
        page = client.post(f"{url}roles/remove/", {"grant": str(grant.pk)}, follow=True)
        assert words in page.content.decode()
    assert acts("grant", ("person_id", desk.sam.pk))[-2:] == [
        ("insert", "Priya Raman", "page"),
        ("delete", "Priya Raman", "page"),
    ]


def test_nobody_gives_or_takes_over_more_than_they_may_themselves(desk: Desk) -> None:
    role = Role.objects.create(name="Directory", permissions=["directory.manage", "request.view"])
    ann = builders.person("Ann", "ann@northgate-it.example")
    Grant.objects.create(person=ann, role=role)
    client, admin = builders.signed_in(ann), Role.objects.get(name="SDAdmin")
    form = {"role": str(admin.pk), "place": "all"}
    page = client.post(f"{URL}{ann.pk}/roles/add/", form, follow=True).content.decode()
    assert "which you may not everywhere yourself" in page
    more = [*role.permissions, "settings.mail"]
    assert "settings.mail" in wrong(save(client, f"/admin/roles/{role.pk}/", permissions=more), "permissions")
    assert "Priya Raman may" in wrong(edit(client, desk.admin, password=NEW_PASSWORD), "password")
    assert "Priya Raman may" in wrong(edit(client, desk.admin, email="ann2@northgate-it.example"), "email")
    assert edit(client, desk.admin, name="Priya R.").status_code == 303
    assert edit(client, ann, password=NEW_PASSWORD).status_code == 303
    assert save(client, f"/admin/roles/{role.pk}/", permissions=["directory.manage"]).status_code == 303
    assert Grant.objects.filter(person=ann).count() == 1


def test_nobody_takes_from_others_more_than_they_may_themselves(desk: Desk) -> None:
    role = Role.objects.create(name="Directory", permissions=["directory.manage", "request.view"])
    ann = builders.person("Ann", "ann@northgate-it.example")
    Grant.objects.create(person=ann, role=role)
    client, admin = builders.signed_in(ann), Role.objects.get(name="SDAdmin")
    grant = Grant.objects.get(person=desk.admin, role=admin)
    for url, form in (
        (f"{URL}{desk.admin.pk}/roles/remove/", {"grant": str(grant.pk)}),
        (f"{URL}{desk.admin.pk}/remove/", {}),
    ):
        page = client.post(url, form, follow=True).content.decode()
        assert "which you may not everywhere yourself" in page
    assert "Priya Raman may" in wrong(edit(client, desk.admin, signs_in=None), "signs_in")
    fewer = save(client, f"/admin/roles/{admin.pk}/", permissions=["directory.manage", "request.view"])
    assert "settings.mail" in wrong(fewer, "permissions")
    desk.admin.refresh_from_db()
    assert desk.admin.deleted_at is None and desk.admin.sign_in_name
    assert "settings.mail" in Role.objects.get(name="SDAdmin").permissions
    assert Grant.objects.filter(pk=grant.pk).exists()


def test_a_refusal_names_only_who_can_give_what_is_missing(desk: Desk) -> None:
    role = Role.objects.create(name="Directory", permissions=["directory.manage"])
    Grant.objects.create(person=builders.person("Ann", "ann@northgate-it.example"), role=role)
    page = builders.signed_in(desk.dana).get("/admin/mail-server-settings/incoming/").content.decode()
    assert "Priya Raman can give it to you" in page and "Ann" not in page


@pytest.mark.parametrize("place", ["", "0", "x", "1-", "1-99", "99999999999999999999", "all-1"])
def test_a_role_is_given_at_no_place_that_is_not_there(desk: Desk, place: str) -> None:
    grants = Grant.objects.count()
    form = {"role": str(Role.objects.get(name="SDAdmin").pk), "place": place}
    page = builders.signed_in(desk.admin).post(f"{URL}{desk.sam.pk}/roles/add/", form, follow=True)
    assert "Nothing was given" in page.content.decode()
    assert Grant.objects.count() == grants


def test_another_persons_role_is_not_taken_by_this_ones_form(desk: Desk) -> None:
    grant = Grant.objects.get(person=desk.dana)
    builders.signed_in(desk.admin).post(f"{URL}{desk.sam.pk}/roles/remove/", {"grant": str(grant.pk)})
    assert Grant.objects.filter(pk=grant.pk).exists()


def test_the_matrix_says_what_the_roles_come_to_at_one_place(desk: Desk) -> None:
    rotterdam = Site.objects.create(account=desk.kestrel, name="Rotterdam")
    Grant.objects.filter(person=desk.sam).update(account=desk.vantage)
    coordinator = Role.objects.get(name="SDCoordinator")
    Grant.objects.create(person=desk.sam, role=coordinator, account=desk.kestrel, site=rotterdam)
    client = builders.signed_in(desk.admin)

    def here(at: str) -> set[str]:
        panel = client.get(f"{URL}{desk.sam.pk}/?at={at}").context["panel"]
        assert panel.own == {coordinator.pk, Role.objects.get(name="SDTechnician").pk}
        return {line.permission for line in panel.lines if line.here}

    assert here(f"{desk.kestrel.pk}-{rotterdam.pk}") == set(coordinator.permissions)
    assert here(str(desk.kestrel.pk)) == set()
    assert "request.delete" not in here(str(desk.vantage.pk))
    assert "request.edit" in here(str(desk.vantage.pk))
    assert client.get(f"{URL}{desk.sam.pk}/?at=nowhere").status_code == 200


def _post(started: threading.Event, client: Client, url: str, form: dict[str, Any]) -> Any:
    try:
        started.set()
        return client.post(url, form)
    finally:
        connection.close()


def _wait_for_a_lock(count: int = 1) -> None:
    """Wait until so many sessions of this database wait for a lock."""
    with connection.cursor() as cursor:
        for _ in range(3000):
            cursor.execute(
                "SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[1] >= count:
                return
            cursor.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("nobody waits")


def test_where_several_accounts_know_an_address_one_person_is_chosen_for_its_mail(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    tom = builders.person("Tom of Vantage", "tom@kestrel.example", account=desk.vantage, signs_in=False)
    assert "preferred" not in client.get(f"{URL}{desk.dana.pk}/edit/").context["form"].fields
    page = client.get(f"{URL}{tom.pk}/edit/").content.decode()
    assert "Known elsewhere as: Tom Achterberg (Kestrel Logistics)." in page
    edit(client, tom, preferred="on")
    assert PersonAddress.objects.get(preferred=True).person == tom
    assert acts("personaddress", ("person", tom.pk))[-1] == ("update", "Priya Raman", "page")
    said = wrong(edit(client, desk.tom, preferred="on"), "preferred")
    assert "belongs to Tom of Vantage of Vantage Legal already. To do: untick it there first" in said
    edit(client, tom, preferred=None)
    edit(client, desk.tom, preferred="on")
    assert PersonAddress.objects.get(preferred=True).person == desk.tom
