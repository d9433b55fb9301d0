"""The pages of accounts: saved with domains and sites by the rules, removed with all that follows, brought back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import RestrictedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deskpost import settings_file
from deskpost.desk import account_removal, settings_history
from deskpost.desk.accounts import Account, Domain, Site
from deskpost.desk.assets import Asset
from deskpost.desk.editing import present_of
from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role
from deskpost.desk.settings_history import Wanted
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from tests.console import builders
from tests.console.conftest import Desk
from tests.desk import field_builders

URL, NEW = "/admin/accounts/", "/admin/accounts/new/"


def form_of(client: Client, account: Account | None = None, **changes: str) -> dict[str, str]:
    """Give what the form of an account holds when it is opened, with changes."""
    form = client.get(reverse("account_edit", args=[account.pk]) if account else NEW).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values["new_sites"] = values["new_sites"] or ""
    if form.fields["default"].disabled or not values["default"]:
        del values["default"]
    return {**{name: str(value) for name, value in values.items()}, **changes}


def save(client: Client, account: Account | None = None, **changes: str) -> Any:
    """Open the form of an account, change it and send it."""
    url = reverse("account_edit", args=[account.pk]) if account else NEW
    return client.post(url, form_of(client, account, **changes), follow=True)


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422
    return dict(answer.context["form"].errors)


def site(account: Account, name: str) -> Site:
    return Site.objects.create(account=account, name=name)


def domains_of(account: Account) -> list[str]:
    return sorted(account.domains.values_list("name", flat=True))


def sites_of(account: Account) -> list[str]:
    return sorted(account.sites.values_list("name", flat=True))


def test_accounts_are_for_who_manages_the_directory_everywhere(desk: Desk) -> None:
    limited = builders.person(
        "Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel
    )
    for who in (desk.dana, desk.tom, limited):
        client = builders.signed_in(who)
        for name in ("accounts", "account_new"):
            assert client.get(reverse(name)).status_code == 403
        for name in ("account", "account_edit", "account_remove"):
            assert client.get(reverse(name, args=[desk.kestrel.pk])).status_code == 403
        for name in ("account_edit", "account_remove", "account_bring_back"):
            assert client.post(reverse(name, args=[desk.kestrel.pk])).status_code == 403
        assert 'href="/admin/accounts/"' not in client.get("/requests/").content.decode()
    client = builders.signed_in(desk.admin)
    assert URL in client.get(reverse("all_settings")).content.decode()
    assert client.get(reverse("account", args=[987])).status_code == 404


def test_an_account_is_found_by_name_and_by_domain_and_the_list_has_parts(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    for asked in ("kestr", "KESTREL.ex"):
        rows = client.get(URL, {"q": asked}).context["rows"]
        assert [row.account.name for row in rows] == ["Kestrel Logistics"]
    page = client.get(URL, {"q": "nobody<b>\0"}).content.decode()
    assert "No account is called so" in page and "nobody<b>" not in page
    Account.objects.bulk_create(Account(name=f"Client {number:02}") for number in range(60))
    first = client.get(URL)
    assert len(first.context["rows"]) == 50
    assert len(client.get(first.context["next_url"]).context["rows"]) == 13
    assert len(client.get(URL, {"page": "999999999"}).context["rows"]) == 13


def test_the_panel_tells_what_an_account_has_and_what_of_the_mail_settings_is_its_own(desk: Desk) -> None:
    oslo = site(desk.kestrel, "Oslo")
    Person.objects.filter(pk=desk.tom.pk).update(site=oslo)
    builders.mailbox("Kestrel's", account=desk.kestrel, fetching=True)
    builders.outgoing_of(desk.kestrel)
    builders.request_by_mail(desk.box)
    page = builders.signed_in(desk.admin).get(reverse("account", args=[desk.kestrel.pk]))
    panel, text = page.context["panel"], page.content.decode()
    assert (str(panel.people), str(panel.open_requests), panel.domains) == ("1", "1", ["kestrel.example"])
    assert [(one.name, one.people_here) for one in panel.sites] == [("Oslo", 1)]
    assert [(one.name, one.state) for one in panel.mailboxes] == [("Kestrel's", "fetching")]
    assert "smtp.example" in text and "none of its own" not in text
    of_all = builders.signed_in(desk.admin).get(reverse("account", args=[desk.vantage.pk])).content.decode()
    assert of_all.count("none of its own") == 2


def test_a_new_account_takes_the_mail_of_its_domains_and_the_history_says_who_made_it(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    answer = save(
        client, name="Orchard", domains="Orchard.example, @pine.example", new_sites="Oslo\n\n Bergen "
    )
    made = Account.objects.get(name="Orchard")
    assert answer.redirect_chain == [(reverse("account", args=[made.pk]), 302)]
    assert domains_of(made) == ["orchard.example", "pine.example"] and sites_of(made) == ["Bergen", "Oslo"]
    record = builders.request_by_mail(
        desk.box, sender="Ute <ute@pine.example>", message_id="<1@pine.example>"
    )
    assert record.account == made
    told = settings_history.versions(Wanted(("account", "domain", "site")), 5)
    assert {(one.who, one.via, one.act) for one in told} == {("Priya Raman", "page", "insert")}
    page = client.get(URL).content.decode()
    assert reverse("settings_history") + "?kind=account,domain,site" in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "Vantage Legal", "Another account is called Vantage Legal."),
        ("name", "vantage LEGAL", "Letter case does not tell accounts apart."),
        ("name", "", "This is empty."),
        ("name", "x" * 201, "This has 201 characters."),
        ("name", "a\0b", "an unseen sign"),
        ("domains", "kestrel.example, vantage.example", "belongs to the account Vantage Legal."),
        ("domains", "gmail.com", "gmail.com is a public mail provider"),
        ("domains", "kestrel", "kestrel is not a mail domain."),
        ("domains", " ".join(f"{n}.example" for n in range(2001)), "more than 2000 domains"),
        ("time_zone", "Mars/Base", "That cannot be chosen here."),
        ("language", "xx", "That cannot be chosen here."),
        ("new_sites", "Oslo\nOslo", "Oslo stands here twice."),
        ("new_sites", "x" * 201, "more than 200 characters"),
        ("new_sites", "a\0b", "an unseen sign"),
        ("new_sites", "\n".join(map(str, range(201))), "more than 200 sites"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_saved(
    desk: Desk, field: str, typed: str, said: str
) -> None:
    client = builders.signed_in(desk.admin)
    changes = {"name": "Kestrel Logistics BV", "domains": "kestrel.example, new.example", "new_sites": "Oslo"}
    answer = save(client, desk.kestrel, **{**changes, field: typed})
    errors = errors_of(answer)
    assert list(errors) == [field] and said in errors[field][0]
    assert "To do:" in errors[field][0]
    desk.kestrel.refresh_from_db()
    assert (desk.kestrel.name, domains_of(desk.kestrel), sites_of(desk.kestrel)) == (
        "Kestrel Logistics",
        ["kestrel.example"],
        [],
    )
    kept = {**changes, field: typed}
    assert answer.context["form"]["name"].value() == kept["name"]


def test_a_site_is_renamed_with_its_people_and_roles(desk: Desk) -> None:
    oslo, rome = site(desk.kestrel, "Oslo"), site(desk.kestrel, "Rome")
    olav = builders.person("Olav", "olav@kestrel.example", "SDTechnician", within=desk.kestrel, at=oslo)
    client = builders.signed_in(desk.admin)
    names = {f"site_{oslo.pk}": "Rome", f"site_{rome.pk}": "Roma"}
    assert "Saved." in save(client, desk.kestrel, **names).content.decode()
    oslo.refresh_from_db()
    assert oslo.name == "Rome" and sites_of(desk.kestrel) == ["Roma", "Rome"]
    assert Person.objects.get(pk=olav.pk).site == oslo and Grant.objects.get(person=olav).site == oslo
    circle = {f"site_{oslo.pk}": "Roma", f"site_{rome.pk}": "Rome"}
    errors = errors_of(save(client, desk.kestrel, **circle))
    assert set(errors) == set(circle) and "give that one another name first" in str(errors)


def test_a_site_is_removed_but_not_while_roles_are_given_there(desk: Desk) -> None:
    oslo, rome, bonn = (site(desk.kestrel, name) for name in ("Oslo", "Rome", "Bonn"))
    builders.person("Olav", "olav@kestrel.example", "SDTechnician", within=desk.kestrel, at=oslo)
    Person.objects.filter(pk=desk.tom.pk).update(site=rome)
    Mailbox.objects.update(account=desk.kestrel, default_site=bonn)
    client = builders.signed_in(desk.admin)
    errors = errors_of(save(client, desk.kestrel, **{f"site_{oslo.pk}": "", f"site_{rome.pk}": ""}))
    assert list(errors) == [f"site_{oslo.pk}"] and "to Olav (SDTechnician)" in errors[f"site_{oslo.pk}"][0]
    errors = errors_of(save(client, desk.kestrel, **{f"site_{bonn.pk}": ""}))
    assert "The mailbox Support gives new requests this site" in str(errors)
    assert sites_of(desk.kestrel) == ["Bonn", "Oslo", "Rome"]
    save(client, desk.kestrel, **{f"site_{rome.pk}": " "})
    assert sites_of(desk.kestrel) == ["Bonn", "Oslo"]
    desk.tom.refresh_from_db()
    assert desk.tom.site is None


def test_a_settings_file_that_removes_a_site_tells_which_roles_go_with_it(desk: Desk, tmp_path: Path) -> None:
    oslo = site(desk.kestrel, "Oslo")
    builders.person("Olav", "olav@kestrel.example", "SDTechnician", within=desk.kestrel, at=oslo)
    file = tmp_path / "settings.yaml"
    file.write_text("accounts: [{name: Kestrel Logistics, sites: [Rome]}]")
    applied = settings_file.apply(settings_file.read(file), dry_run=True)
    said = "line 1: With the site Oslo of Kestrel Logistics go the roles given there, to Olav (SDTechnician)."
    assert applied.warnings == (said,)


def test_a_site_stays_while_requests_or_assets_have_it(desk: Desk, tmp_path: Path) -> None:
    oslo, rome = site(desk.kestrel, "Oslo"), site(desk.kestrel, "Rome")
    request = builders.request_by_mail(desk.box)
    field_builders.sets(desk.dana, request, Site="Oslo")
    Asset.objects.create(account=desk.kestrel, name="Printer", site=oslo)
    Asset.objects.create(account=desk.kestrel, name="Door", site=rome)
    client = builders.signed_in(desk.admin)
    errors = errors_of(save(client, desk.kestrel, **{f"site_{oslo.pk}": "", f"site_{rome.pk}": ""}))
    said = "Oslo cannot be removed while it is the site of 1 request and 1 asset. To do: "
    assert errors[f"site_{oslo.pk}"][0].startswith(said) and "of 1 asset" in str(errors[f"site_{rome.pk}"])
    file = tmp_path / "settings.yaml"
    file.write_text("accounts: [{name: Kestrel Logistics, sites: [Rome]}]")
    with pytest.raises(settings_file.SettingsMistaken, match="site of 1 request and 1 asset"):
        settings_file.apply(settings_file.read(file))
    for used in (oslo, rome):
        with pytest.raises(RestrictedError):
            used.delete()
    assert refused_by("DELETE FROM site WHERE id = %s", rome.pk)
    assert present_of(request).fields["Site"] == oslo and sites_of(desk.kestrel) == ["Oslo", "Rome"]


def test_there_is_one_default_account_whoever_becomes_it(desk: Desk) -> None:
    client, provider = builders.signed_in(desk.admin), Account.objects.get(default=True)
    page = client.get(reverse("account_edit", args=[provider.pk])).content.decode()
    assert "make another one the default instead" in page
    save(client, provider, name="Northgate IT")
    assert Account.objects.get(default=True) == provider
    save(client, desk.kestrel, default="on")
    assert Account.objects.get(default=True) == desk.kestrel
    stranger = {"sender": "Who <who@nobody.example>", "message_id": "<1@nobody.example>"}
    assert builders.request_by_mail(desk.box, **stranger).account == desk.kestrel


def test_of_two_editors_the_second_is_told_whatever_the_first_changed(desk: Desk) -> None:
    marco = builders.person("Marco Bianchi", "marco@northgate-it.example", "SDAdmin")
    first, second = builders.signed_in(marco), builders.signed_in(desk.admin)
    url = reverse("account_edit", args=[desk.kestrel.pk])
    theirs = form_of(second, desk.kestrel, name="Kestrel BV")
    save(first, desk.kestrel, new_sites="Oslo")
    answer = second.post(url, theirs)
    assert "Marco Bianchi saved this account" in errors_of(answer)["__all__"][0]
    assert "(Sites)" in errors_of(answer)["__all__"][0]
    assert answer.context["form"]["name"].value() == "Kestrel BV"
    again = {**theirs, "seen": answer.context["form"]["seen"].value()}
    save(first, desk.kestrel, domains="kestrel.example, more.example")
    answer = second.post(url, again)
    assert "(Domains)" in errors_of(answer)["__all__"][0]
    again["seen"] = answer.context["form"]["seen"].value()
    assert second.post(url, {**again, "domains": "kestrel.example"}).status_code == 302
    desk.kestrel.refresh_from_db()
    assert (desk.kestrel.name, domains_of(desk.kestrel), sites_of(desk.kestrel)) == (
        "Kestrel BV",
        ["kestrel.example"],
        ["Oslo"],
    )


def test_a_domain_that_another_account_takes_at_this_moment_is_refused_by_its_name(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    form = form_of(client, desk.kestrel, domains="kestrel.example, new.example")
    taken, url = threading.Event(), reverse("account_edit", args=[desk.kestrel.pk])

    def take() -> None:
        try:
            with transaction.atomic():
                Domain.objects.create(account=desk.vantage, name="new.example")
                taken.set()
                _wait_for_a_lock()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(take)
        assert taken.wait(60)
        answer = client.post(url, form)
        other.result(60)
    assert "belongs to the account Vantage Legal" in errors_of(answer)["domains"][0]
    assert domains_of(desk.kestrel) == ["kestrel.example"]


def _wait_for_a_lock() -> None:
    """Wait until another connection waits for this one."""
    with connection.cursor() as cursor:
        for _ in range(1200):
            cursor.execute(
                "SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[1]:
                return
            threading.Event().wait(0.05)
    raise AssertionError("nobody waited")


def test_a_double_click_makes_one_account_and_says_so_once(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    form = form_of(client, name="Orchard", new_sites="Oslo")
    made = [client.post(NEW, form) for _ in range(2)]
    where = reverse("account", args=[Account.objects.get(name="Orchard").pk])
    assert [one.headers["Location"] for one in made] == [where, where]
    assert client.get(where).content.decode().count("Saved.") == 1


def remove(client: Client, account: Account) -> Any:
    return client.post(reverse("account_remove", args=[account.pk]), follow=True)


def test_who_is_needed_is_not_removed(desk: Desk) -> None:
    client, provider = builders.signed_in(desk.admin), Account.objects.get(default=True)
    assert "is the default account" in remove(client, provider).content.decode()
    save(client, desk.vantage, default="on")
    assert "own account, and stays" in remove(client, provider).content.decode()
    kim = builders.person("Kim", "kim@kestrel.example", "SDAdmin", account=desk.kestrel)
    assert "You belong to" in remove(builders.signed_in(kim), desk.kestrel).content.decode()
    assert not Account.objects.exclude(deleted_at=None).exists()


def test_somebody_stays_who_can_manage_accounts(desk: Desk) -> None:
    builders.person("Kim", "kim@kestrel.example", "SDAdmin", account=desk.kestrel)
    Person.objects.filter(pk=desk.admin.pk).update(deleted_at=timezone.now())
    with pytest.raises(account_removal.NotRemoved, match="nobody else can sign in"):
        account_removal.remove(desk.admin, "page", desk.kestrel)
    desk.kestrel.refresh_from_db()
    assert desk.kestrel.deleted_at is None and domains_of(desk.kestrel) == ["kestrel.example"]


def test_the_settings_file_leaves_what_belongs_to_a_removed_account(desk: Desk, tmp_path: Path) -> None:
    oslo = site(desk.kestrel, "Oslo")
    role = Role.objects.get(name="SDCoordinator")
    Grant.objects.create(person=desk.dana, role=role, account=desk.kestrel, site=oslo)
    group = Group.objects.create(name="Kestrel's", account=desk.kestrel)
    GroupMember.objects.create(group=group, person=desk.dana)
    account_removal.remove(desk.admin, "page", desk.kestrel)
    file = tmp_path / "settings.yaml"
    file.write_text(settings_file.export())
    assert "Kestrel" not in file.read_text()
    assert settings_file.apply(settings_file.read(file)).changes == ()
    assert Grant.objects.filter(person=desk.dana).count() == 2
    assert GroupMember.objects.filter(person=desk.dana).exists()


def test_an_account_with_a_mailbox_or_a_server_of_its_own_is_not_removed(desk: Desk) -> None:
    box = builders.mailbox("Kestrel's box", account=desk.kestrel, fetching=True)
    server = builders.outgoing_of(desk.kestrel)
    client = builders.signed_in(desk.admin)
    answer = remove(client, desk.kestrel)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Kestrel&#x27;s box" in page and reverse("incoming_remove", args=[box.pk]) in page
    assert "smtp.example" in page
    Mailbox.objects.filter(pk=box.pk).update(fetching=False)
    assert remove(client, desk.kestrel).status_code == 409
    client.post(reverse("incoming_remove", args=[box.pk]))
    assert remove(client, desk.kestrel).status_code == 409
    server.delete()
    assert "is removed. Its requests stay." in remove(client, desk.kestrel).content.decode()


def test_nobody_of_a_removed_account_signs_in_and_its_domains_are_free(desk: Desk) -> None:
    client, toms = builders.signed_in(desk.admin), builders.signed_in(desk.tom)
    assert toms.get("/requests/").status_code == 200
    page = client.get(reverse("account_remove", args=[desk.kestrel.pk])).content.decode()
    assert "kestrel.example is free for another account" in page
    remove(client, desk.kestrel)
    assert toms.get("/requests/").status_code == 302
    again = {"username": "tom@kestrel.example", "password": builders.PASSWORD}
    assert Client().post(reverse("sign_in"), again).status_code == 401
    save(client, desk.vantage, domains="vantage.example, kestrel.example")
    assert domains_of(desk.vantage) == ["kestrel.example", "vantage.example"]
    newest = settings_history.versions(Wanted(("account",)), 1)[0]
    assert (newest.who, newest.changed) == ("Priya Raman", ("deleted_at",))
    errors = errors_of(save(client, name="Kestrel Logistics"))
    assert "bring it back" in errors["name"][0]


def test_a_removed_account_takes_no_mail_and_its_requests_stay(desk: Desk) -> None:
    before = builders.request_by_mail(desk.box)
    insider = builders.person("Ivo", "ivo@northgate-it.example", "SDTechnician", within=desk.kestrel)
    client, provider = builders.signed_in(desk.admin), Account.objects.get(default=True)
    remove(client, desk.kestrel)
    for number, subject in enumerate(("A new thing", f"Re: ##RE-{before.number}## VPN"), 2):
        sent = {"message_id": f"<{number}@kestrel.example>", "In_Reply_To": "<1@kestrel.example>"}
        told = deliver(desk.box, builders.mail(subject=subject, **sent))
        assert told["outcome"]["kind"] == "request", told
        assert Record.objects.order_by("-pk")[0].account == provider
    listed = reverse("requests") + f"?view=all&account={desk.kestrel.pk}"
    assert (
        listed.replace("&", "&amp;")
        in client.get(reverse("account", args=[desk.kestrel.pk])).content.decode()
    )
    for who in (desk.admin, insider):
        seen = builders.signed_in(who)
        assert seen.get(reverse("request", args=[before.number])).status_code == 200
        page = seen.get(listed).content.decode()
        assert f"/requests/{before.number}/" in page and "Kestrel Logistics" in page
    assert str(desk.kestrel.pk) not in [
        str(value)
        for value, _ in client.get(reverse("new_request")).context["form"].fields["account"].choices
    ]


def test_mail_fetched_for_a_removed_account_goes_by_its_sender(desk: Desk) -> None:
    box = builders.mailbox("Kestrel's box", account=desk.kestrel)
    client = builders.signed_in(desk.admin)
    client.post(reverse("incoming_remove", args=[box.pk]))
    remove(client, desk.kestrel)
    box = Mailbox.every.get(pk=box.pk)
    raw = builders.mail(sender="Helen <helen@vantage.example>", message_id="<7@vantage.example>")
    assert deliver(box, raw)["outcome"]["kind"] == "request"
    assert Record.objects.get().account == desk.vantage


def test_a_removed_account_is_brought_back_with_who_went_with_it(desk: Desk) -> None:
    gone = builders.person("Gus", "gus@kestrel.example", account=desk.kestrel)
    Person.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    client, oslo = builders.signed_in(desk.admin), site(desk.kestrel, "Oslo")
    remove(client, desk.kestrel)
    page = client.get(URL, {"removed": "1"})
    assert [row.account for row in page.context["rows"]] == [desk.kestrel]
    assert "Bring back" in page.content.decode()
    assert client.get(reverse("account_edit", args=[desk.kestrel.pk])).status_code == 302
    answer = client.post(reverse("account_bring_back", args=[desk.kestrel.pk]), follow=True)
    assert "To do: enter them again" in answer.content.decode()
    assert builders.signed_in(Person.objects.get(pk=desk.tom.pk)).get("/requests/").status_code == 200
    assert Person.objects.get(pk=gone.pk).deleted_at is not None
    assert sites_of(desk.kestrel) == [oslo.name] and domains_of(desk.kestrel) == []
    again = client.post(reverse("account_bring_back", args=[desk.kestrel.pk]), follow=True)
    assert "is not removed" in again.content.decode()


def refused_by(sql: str, *values: object) -> str:
    """Give the promise of the database that a statement breaks."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    assert isinstance(refused.value.__cause__, psycopg.Error)
    return str(refused.value.__cause__.diag.constraint_name)


def test_the_database_keeps_a_removed_account_at_rest(desk: Desk) -> None:
    bring = "UPDATE account SET deleted_at = now() WHERE id = %s"
    assert refused_by(bring, desk.kestrel.pk) == "account_removed_has_no_domain"
    desk.kestrel.domains.all().delete()
    assert refused_by(bring, desk.kestrel.pk) == "account_removed_lets_nobody_in"
    Person.objects.filter(account=desk.kestrel).update(deleted_at=timezone.now())
    box = builders.mailbox("Kestrel's box", account=desk.kestrel)
    assert refused_by(bring, desk.kestrel.pk) == "account_removed_has_no_mailbox"
    box.delete()
    server = builders.outgoing_of(desk.kestrel)
    assert refused_by(bring, desk.kestrel.pk) == "account_removed_has_no_server"
    server.delete()
    provider = Account.objects.get(default=True)
    assert refused_by(bring, provider.pk) in ("account_first_stays", "account_default_not_removed")
    Account.objects.filter(pk=desk.kestrel.pk).update(deleted_at=timezone.now())
    domain = "INSERT INTO account_domain (account_id, name) VALUES (%s, 'kestrel.example')"
    assert refused_by(domain, desk.kestrel.pk) == "account_domain_of_a_living_account"
    living = "UPDATE person SET deleted_at = NULL WHERE id = %s"
    assert refused_by(living, desk.tom.pk) == "person_of_a_living_account"
    assert refused_by("UPDATE mailbox SET account_id = %s", desk.kestrel.pk) == "mailbox_of_a_living_account"
    taken = "UPDATE outgoing_server SET account_id = %s, instance_id = NULL"
    assert refused_by(taken, desk.kestrel.pk) == "outgoing_server_of_a_living_account"
    default = 'UPDATE account SET "default" = (id = %s)'
    assert refused_by(default, desk.kestrel.pk) == "account_default_not_removed"
