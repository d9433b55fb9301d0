"""The page of outgoing servers: what it shows, saves and refuses. Sending itself: test_outgoing_sending."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deskpost.desk.accounts import Account
from deskpost.outbound import failover, health, server_scopes, server_settings, service_ended
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.server_scopes import Scope
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from deskpost.transports import ews_words
from tests.console import builders
from tests.console.conftest import Desk
from tests.outbound.builders import queue_mails

OUTGOING = "/admin/mail-server-settings/outgoing/"


def help_desk() -> Scope:
    found = server_scopes.help_desk()
    assert found is not None
    return found


def url(scope: Scope | None = None, act: str = "server") -> str:
    return reverse(f"outgoing_{act}", args=[(scope or help_desk()).key])


def of(account: Account) -> Scope:
    return Scope("account", account.pk, account.name)


def form(scope: Scope | None = None, **changes: Any) -> dict[str, str]:
    """Give what a browser sends of a form that was opened just now."""
    scope = scope or help_desk()
    values = server_settings.values_of(scope)
    sent = {
        "connection": "smtp",
        "authentication_type": "basic",
        "seen": server_settings.seen(scope),
        "tls": "no" if values["tls"] == "none" else "yes",
        "proposed": "",
        **{name: str(values[name] or "") for name in ("protocol", "server", "alternate_server", "port")},
        **{name: str(values[name] or "") for name in ("sender_name", "reply_to", "username", "ca_file")},
        "connections": str(values["connections"]),
        "mails_per_minute": "",
        "allowed_from": "",
        "verify_certificate": "on",
    }
    if values["authentication"] == "basic":
        sent["requires_authentication"] = "on"
    sent |= changes
    return {name: value for name, value in sent.items() if value is not None}


def saved() -> OutgoingServer:
    return OutgoingServer.objects.get(instance=help_desk().id)


def errors(page: str) -> dict[str, str]:
    """Give the sentences beside the fields."""
    found = re.findall(
        r'<span class="wrong" id="id_(\w+?)_error">.*?</svg><span>(.*?)</span>', page, re.DOTALL
    )
    return dict(found)


@pytest.mark.requirement("R43", "R47", "R101")
def test_the_tab_is_reached_by_the_menu_and_begins_with_the_connection_protocol(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    menu = client.get("/admin/").content.decode()
    assert OUTGOING in menu
    page = client.get(OUTGOING).content.decode()
    labels = re.findall(r'<(?:span class="label"[^>]*|label for="id_[^>]*)>([^<]+)<', page)
    assert labels[:8] == [
        *("Connection protocol", "Protocol", "Authentication type", "Server name / IP address"),
        *("Alternate server name / IP address", "Sender name", "Reply to", "TLS enabled"),
    ]
    assert "SMTP/SMTPS" in page
    assert re.search(r'aria-current="page">Outgoing<span class="num">1</span>', page)
    assert reverse("settings_history") + "?kind=outgoingserver" in page


@pytest.mark.requirement("R65")
def test_saving_stores_the_values_and_makes_an_entry_in_the_history(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    sent = form(
        server=" smtp9.northgate-it.example ",
        alternate_server="smtp2.northgate-it.example:2525",
        sender_name="Desk",
        reply_to="Desk@Northgate-IT.example",
        tls="yes",
        port="2525",
        requires_authentication="on",
        username="deskpost",
        password="hunter2 and more",
        allowed_from="it@northgate-it.example, hr@northgate-it.example",
        connections="3",
        mails_per_minute="30",
    )
    response = client.post(url(), sent)
    assert (response.status_code, response.headers["Location"]) == (303, url())
    row = saved()
    assert (row.server, row.alternate_server) == (
        "smtp9.northgate-it.example",
        "smtp2.northgate-it.example:2525",
    )
    assert (row.sender_name, row.reply_to, row.tls, row.port) == (
        "Desk",
        "desk@northgate-it.example",
        "starttls",
        2525,
    )
    assert (row.authentication, row.username, row.password) == ("basic", "deskpost", "hunter2 and more")
    assert (row.allowed_from, row.connections, row.mails_per_minute) == (
        ["it@northgate-it.example", "hr@northgate-it.example"],
        3,
        30,
    )
    page = client.get(url()).content.decode()
    assert "Saved. The next mail leaves by these settings." in page
    assert "by Priya Raman" in page and "hunter2" not in page
    history = client.get(reverse("settings_history") + "?kind=outgoingserver").content.decode()
    for words in (
        "Priya Raman",
        "by page",
        "smtp.northgate-it.example",
        "smtp9.northgate-it.example",
        "changed",
    ):
        assert words in history
    assert "hunter2" not in history
    client.post(url(), form(password="", sender_name="Help"))
    assert (saved().sender_name, saved().password) == ("Help", "hunter2 and more"), (
        "empty leaves the stored one"
    )


@pytest.mark.parametrize(
    "typed",
    [{"server": "127.0.0.1"}, {"alternate_server": "elsewhere.example:587"}],
    ids=["server", "alternate"],
)
def test_a_stored_password_goes_to_no_other_server(desk: Desk, typed: dict[str, str]) -> None:
    client = builders.signed_in(desk.admin)
    client.post(url(), form(requires_authentication="on", username="deskpost", password="hunter2"))
    sent = form(password="", **typed)
    refused = client.post(url(), sent)
    assert refused.status_code == 422
    assert "is not sent to another server" in refused.content.decode()
    sample = client.post(reverse("outgoing_sample", args=["instance-1"]), {**sent, "to": "a@b.example"})
    assert "is not sent to another server" in sample.content.decode()
    assert saved().password == "hunter2"
    unsigned = form(password="", requires_authentication=None, **typed)
    assert client.post(url(), unsigned).status_code == 303, "without a sign-in it may be another"
    assert saved().password == "", "and the password is forgotten"


def test_what_cannot_be_saved_is_said_beside_the_field_and_kept_as_typed(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    for changes, field, words in (
        ({"server": ""}, "server", "This is empty"),
        ({"server": "https://smtp.example/"}, "server", "is not a host name"),
        ({"server": "smtp example"}, "server", "is not a host name"),
        ({"server": "x" * 254}, "server", "254 characters"),
        ({"server": "169.254.169.254"}, "server", "No mail server has such an address"),
        (
            {"server": "outlook.office365.com", "requires_authentication": "on"},
            "authentication",
            "/help/microsoft-365/",
        ),
        ({"alternate_server": "smtp2:99999"}, "alternate_server", "is not a host name"),
        ({"reply_to": ""}, "reply_to", "This is empty"),
        ({"reply_to": "nobody"}, "reply_to", "is not an e-mail address"),
        ({"port": "abc"}, "port", "no whole number from 1 to 65535"),
        ({"port": "70000"}, "port", "no whole number from 1 to 65535"),
        ({"protocol": "imap"}, "protocol", "cannot be chosen"),
        ({"requires_authentication": "on", "username": "", "password": "x"}, "username", "needed to sign in"),
        ({"requires_authentication": "on", "username": "x", "password": ""}, "password", "needed to sign in"),
        ({"ca_file": "/nowhere/ca.pem"}, "ca_file", "cannot be read"),
        ({"allowed_from": "a@b.example, c"}, "allowed_from", "is not an e-mail address"),
        ({"connections": ""}, "connections", "This is empty"),
        ({"connections": "0"}, "connections", "no whole number from 1 to 100"),
        ({"mails_per_minute": "many"}, "mails_per_minute", "no whole number"),
        ({"sender_name": "x\ny"}, "sender_name", "line break"),
    ):
        sent = form(sender_name="Typed", **changes) if "sender_name" not in changes else form(**changes)
        if "requires_authentication" in changes and "username" not in changes:
            sent |= {"username": "x", "password": "y"}
        response = client.post(url(), sent)
        page = response.content.decode()
        assert response.status_code == 422, changes
        told = errors(page)
        assert set(told) == {field}, (changes, told)
        assert words in told[field], (changes, told)
        assert 'id="error-summary"' in page
        if "sender_name" not in changes:
            assert 'value="Typed"' in page
    assert saved().sender_name == "Northgate IT Support"


def test_an_empty_port_is_asked_for_and_not_guessed(desk: Desk) -> None:
    before = saved().port
    response = builders.signed_in(desk.admin).post(url(), form(port="", proposed="25"))
    assert "port" in errors(response.content.decode()) and saved().port == before


@pytest.mark.parametrize("alternate", ["Smtp1.desk.example", "smtp1.desk.example:587"])
def test_the_primary_is_no_alternate_to_itself(desk: Desk, alternate: str) -> None:
    sent = form(server="smtp1.desk.example", port="587", alternate_server=alternate)
    told = errors(builders.signed_in(desk.admin).post(url(), sent).content.decode())
    assert "To do: name another server, or leave this empty." in told["alternate_server"]
    sent["alternate_server"] = "smtp1.desk.example:2525"
    builders.signed_in(desk.admin).post(url(), sent)
    assert saved().alternate_server == "smtp1.desk.example:2525", "another port is another server"


def test_a_form_with_nothing_in_it_names_each_field_that_is_needed(desk: Desk) -> None:
    response = builders.signed_in(desk.admin).post(url(), {})
    told = errors(response.content.decode())
    assert response.status_code == 422
    assert {"server", "reply_to", "protocol", "connections"} <= set(told)


def test_a_typed_password_is_never_in_the_page_and_need_not_be_typed_again(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    sent = form(requires_authentication="on", username="deskpost", password="hunter2", port="x")
    page = client.post(url(), sent).content.decode()
    assert "hunter2" not in page
    sealed = re.search(r'name="password_typed" value="([^"]+)"', page)
    assert sealed
    client.post(url(), {**sent, "password": "", "password_typed": sealed[1], "port": "587"})
    assert saved().password == "hunter2"


def test_the_second_of_two_administrators_is_told_and_a_double_click_is_not(desk: Desk) -> None:
    client, mine = builders.signed_in(desk.admin), form(port="2525")
    assert client.post(url(), mine).status_code == 303
    assert client.post(url(), mine).status_code == 303, "clicked twice"
    response = client.post(url(), {**mine, "sender_name": "Another"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Priya Raman saved these settings at" in page and "Port" in page
    assert 'value="Another"' in page
    assert saved().sender_name == "Northgate IT Support"
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    client.post(url(), {**mine, "sender_name": "Another", "seen": seen[1]})
    assert saved().sender_name == "Another"


def test_a_server_that_was_removed_meanwhile_is_told(desk: Desk) -> None:
    client, sent = builders.signed_in(desk.admin), form()
    scope = help_desk()
    client.post(url(act="remove"))
    page = client.post(url(scope), sent).content.decode()
    assert "this server was removed after you opened this page" in page
    assert client.post(url(scope), {**sent, "seen": ""}).status_code == 303
    assert saved().server == "smtp.northgate-it.example"


@pytest.mark.requirement("R56")
def test_the_port_follows_protocol_and_tls_unless_somebody_typed_another(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)

    def port(**asked: str) -> str:
        page = client.get(reverse("outgoing_port"), asked).content.decode()
        found = re.search(r'name="port" value="(\d*)"', page)
        return found[1] if found else ""

    assert port(protocol="smtps", tls="yes", port="587", proposed="587") == "465"
    assert port(protocol="smtp", tls="no", port="465", proposed="465") == "25"
    assert port(protocol="smtp", tls="yes", port="", proposed="") == "587"
    assert port(protocol="smtps", tls="no", port="2525", proposed="587") == "2525"
    assert port(protocol="no such", tls="yes", port="587", proposed="587") == "587"
    client.post(url(), form(protocol="smtps", tls="no", port="25", proposed="25"))
    assert (saved().port, saved().tls) == (465, "implicit"), "without scripts too; TLS is fixed to Yes"


@pytest.mark.requirement("R2", "R3")
def test_microsofts_dated_warning_is_saved_with_its_password_and_stays(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    sent = form(
        server="smtp.office365.com", requires_authentication="on", username="x", password="y", tls="yes"
    )
    assert client.post(url(), sent).status_code == 303
    page = client.get(url()).content.decode()
    assert "Basic authentication at smtp.office365.com will end" in page and "December 2026" in page
    assert '<a class="link" href="/help/microsoft-365/">' in page
    assert re.search(r'<button class="button" form="server-form" name="to_oauth"', page)
    page = client.post(url(), {**form(sender_name="Typed"), "to_oauth": "1"}).content.decode()
    assert 'value="Typed"' in page and "https://outlook.office365.com/SMTP.Send" in page
    assert saved().authentication == "basic", "nothing was saved"
    gone = form(server="outlook.office365.com", username="x", password="y", requires_authentication="on")
    page = client.post(url(), gone).content.decode()
    assert "Basic authentication is not possible" in errors(page)["authentication"]
    assert 'name="to_oauth"' in page


@pytest.mark.requirement("R2")
def test_the_alternate_server_is_looked_at_for_a_password_at_microsoft_as_the_primary_is(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    basic = {"requires_authentication": "on", "username": "x", "password": "y", "tls": "yes"}
    refused = client.post(url(), form(alternate_server="outlook.office365.com", **basic))
    assert refused.status_code == 422
    said = errors(refused.content.decode())
    assert "Basic authentication is not possible" in said["alternate_server"]
    assert client.post(url(), form(alternate_server="smtp.office365.com", **basic)).status_code == 303
    page = client.get(url()).content.decode()
    assert "Basic authentication at smtp.office365.com will end" in page and "December 2026" in page


@pytest.mark.requirement("R46")
def test_the_selector_says_by_which_server_an_account_sends(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    page = client.get(OUTGOING).content.decode()
    total = Account.objects.count()
    assert f"Accounts without a server of their own send through IT Help Desk: {total} of {total}." in page
    response = client.get(OUTGOING, {"account": desk.vantage.pk}, follow=True)
    assert response.redirect_chain == [(url(of(desk.vantage)), 302)]
    page = response.content.decode()
    assert "Sends through IT Help Desk." in page and "Vantage Legal has no server of its own" in page
    sent = form(
        of(desk.vantage), server="smtp.vantage.example", reply_to="it@vantage.example", port="25", tls="no"
    )
    assert client.post(url(of(desk.vantage)), sent).status_code == 303
    page = client.get(url(of(desk.vantage))).content.decode()
    assert "Has a server of its own and never falls back to IT Help Desk." in page
    assert f": {total - 1} of {total}." in client.get(OUTGOING).content.decode()
    theirs = builders.request_by_mail(
        desk.box, sender="Helen Cho <helen@vantage.example>", message_id="<1@vantage.example>"
    )
    ours = builders.request_by_mail(desk.box)
    for record, address, host in (
        (theirs, "it@vantage.example", "smtp.vantage.example"),
        (ours, builders.HELP, "smtp.northgate-it.example"),
    ):
        builders.signed_in(desk.dana).post(
            reverse("request_reply", args=[record.number]),
            {
                "mode": "reply",
                "to": "x@client.example",
                "cc": "",
                "text": "Hello",
                "token": str(uuid.uuid4()),
            },
        )
        mail = OutboxMail.objects.filter(record=record, sending_class=2).select_related("server").get()
        assert (mail.sender_address, mail.server.server) == (address, host)


@pytest.mark.requirement("R44", "R45")
def test_the_directory_shows_the_help_desks_settings_as_copied_until_it_is_saved(desk: Desk) -> None:
    client, directory = builders.signed_in(desk.admin), Scope("directory", None, "ESM Directory")
    page = client.get(url(directory)).content.decode()
    assert "Copied from IT Help Desk; follows it until saved here" in page
    assert 'value="smtp.northgate-it.example"' in page
    client.post(url(), form(port="26"))
    assert 'name="port" value="26"' in client.get(url(directory)).content.decode()
    client.post(url(directory), form(directory, port="27"))
    client.post(url(), form(port="28"))
    page = client.get(url(directory)).content.decode()
    assert 'name="port" value="27"' in page and "Copied from" not in page
    assert saved().port == 28


def test_plus_offers_the_scopes_without_a_server_and_opens_an_empty_form(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    page = client.get(OUTGOING).content.decode()
    address = url(of(desk.kestrel)) + "?new"
    assert address in page and url() + "?new" not in page
    page = client.get(address).content.decode()
    assert 'name="port" value="587"' in page and "Not saved yet" in page
    assert client.get(url(of(desk.kestrel), "remove")).status_code == 404
    assert client.post(url(of(desk.kestrel), "pause")).status_code == 404
    assert client.get(OUTGOING + "account-987654/").status_code == 404
    assert client.get(OUTGOING, {"account": "x"}).status_code == 404


def test_a_desk_without_any_server_says_that_mail_is_held(desk: Desk) -> None:
    OutgoingServer.objects.all().delete()
    client = builders.signed_in(desk.admin)
    assert "No mail leaves yet" in client.get(OUTGOING).content.decode()
    page = client.get(OUTGOING, {"account": desk.kestrel.pk}, follow=True).content.decode()
    assert "Has no server to send through: its mail is held." in page


def test_pausing_holds_the_mail_and_resuming_lets_it_go(desk: Desk) -> None:
    client, before = builders.signed_in(desk.admin), form(sender_name="Mine")
    queue_mails(desk.server, ["a@x.example"])
    page = client.post(url(act="pause"), follow=True).content.decode()
    assert saved().paused and "Sending is paused" in page and "Waiting: 1 mail. None is lost." in page
    assert client.post(url(), before).status_code == 303, "pausing makes no form old"
    page = client.post(url(act="resume"), follow=True).content.decode()
    assert not saved().paused and "IT Help Desk sends again." in page


def test_a_server_that_asked_for_patience_is_said_to_wait_until_when_and_not_to_fail(desk: Desk) -> None:
    queue_mails(desk.server, ["a@x.example"])
    words = "mail.example asks for patience: it was asked too often. To do: nothing, Deskpost waits and tries again."
    health.note_failing(desk.server.pk, words, 600, asked=True)
    page = builders.signed_in(desk.admin).get(url()).content.decode()
    until = timezone.localtime(desk.server.state.not_before).strftime("%H:%M:%S")
    assert f"Waiting until {until}, as the server asked" in page and "Asked for patience" in page
    assert "asked too often. Waiting: 1 mail. None is lost." in page and "there is nothing to do" in page
    assert "Failing" not in page and "Nothing is sent" not in page
    type(desk.server.state).objects.update(not_before=timezone.now())
    assert "Asked for patience" not in builders.signed_in(desk.admin).get(url()).content.decode(), (
        "it is over"
    )


def test_of_a_server_whose_service_ended_list_and_form_say_the_remedy_and_try_now_tries(desk: Desk) -> None:
    server, client = saved(), builders.signed_in(desk.admin)
    words = ews_words.service_ended("outlook.office365.com", "EWS is disabled.")
    service_ended.note(server, words)
    service_ended.note(server, words)
    page = client.get(url()).content.decode()
    assert "Service ended" in page and "Nothing is sent since" in page and "Try now" in page
    assert "Set-OrganizationConfig -EwsAllowedAppIDs" in page and "It is tried again at" in page
    assert BellNotice.objects.filter(kind="sending_stopped", person=desk.admin).count() == 1
    assert client.post(url(act="try")).status_code == 303
    assert OutgoingServerState.objects.get(server=server).not_before <= timezone.now()


@pytest.mark.requirement("R70")
def test_the_banner_names_both_servers_while_the_alternate_is_used(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    OutgoingServer.objects.update(alternate_server="smtp2.northgate-it.example")
    words = (
        "smtp.northgate-it.example:25 refused the connection: nothing listens at this port. To do: check it."
    )
    assert "alternate server since" not in client.get(OUTGOING).content.decode()
    failover.use_alternate(saved(), words)
    queue_mails(desk.server, ["a@x.example", "b@x.example"])
    OutboxMail.objects.update(state="sent", done_at=timezone.now())
    for scope in (help_desk(), of(desk.vantage)):
        page = re.sub("</?code>", "", client.get(url(scope)).content.decode())
        assert "Mail goes through the alternate server since" in page
        assert "smtp.northgate-it.example:25 refused the connection: nothing listens at this port." in page
        assert "smtp2.northgate-it.example:25 has sent 2 mails since, none failed." in page
        assert "Back to primary" in page and "Test the primary" in page
    page = client.post(url(act="primary"), follow=True).content.decode()
    assert "Mail leaves by the primary server again" in page and "alternate server since" not in page
    assert not failover.is_on_alternate(saved())
    page = client.post(url(act="primary"), follow=True).content.decode()
    assert "Mail leaves by the primary server already." in page


@pytest.mark.requirement("R69")
def test_saving_the_form_leads_back_to_the_primary(desk: Desk) -> None:
    OutgoingServer.objects.update(alternate_server="smtp2.northgate-it.example")
    failover.use_alternate(saved(), "It refused.")
    page = builders.signed_in(desk.admin).post(url(), form(), follow=True).content.decode()
    assert "Saved. Mail leaves by the primary server again." in page
    assert not failover.is_on_alternate(saved())


def test_removing_asks_and_says_what_becomes_of_the_mail(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    own = builders.outgoing_of(desk.kestrel)
    (mail,) = queue_mails(own, ["a@x.example"], account_id=desk.kestrel.pk)
    page = client.get(url(of(desk.kestrel), "remove")).content.decode()
    assert "Remove the server of Kestrel Logistics, smtp.example?" in page
    assert "Waiting to leave by it: 1 mail." in page and "by the server of IT Help Desk" in page
    assert OutgoingServer.objects.count() == 2
    client.post(url(of(desk.kestrel), "remove"))
    mail.refresh_from_db()
    assert OutgoingServer.objects.count() == 1
    assert "is held until one is set up" in client.get(url(act="remove")).content.decode()


def test_many_servers_cost_no_more_questions_to_the_database_than_few(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(OUTGOING).status_code == 200
        return len(asked)

    few = questions()
    for number in range(40):
        account = Account.objects.create(name=f"Account {number}")
        builders.outgoing_of(account)
    OutgoingServer.objects.exclude(account=None).update(alternate_server="smtp2.northgate-it.example")
    assert questions() <= few


@pytest.mark.requirement("R86")
def test_only_who_sets_mail_everywhere_may_see_and_change_servers(desk: Desk) -> None:
    limited = builders.person(
        "Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel
    )
    for who in (desk.dana, desk.tom, limited):
        client = builders.signed_in(who)
        assert client.get(OUTGOING).status_code == 403
        assert client.post(url(), form(port="99")).status_code == 403
        for act in ("sample", "test", "primary", "pause", "resume", "remove"):
            assert client.post(url(act=act), {}).status_code == 403, act
    assert saved().port == 25
