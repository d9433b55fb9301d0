"""Saving, pausing, removing outgoing servers; the scopes that have one; the port and pace proposed."""

import pytest
from django.utils import timezone

from deskpost.desk import settings_history
from deskpost.outbound import failover, server_acts, server_look, server_scopes, server_settings
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.server_acts import SavedMeanwhile
from deskpost.outbound.server_scopes import Scope
from deskpost.outbound.servers import OutgoingServer
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")

DIRECTORY = Scope("directory", None, "ESM Directory")


def desk() -> Scope:
    found = server_scopes.help_desk()
    assert found is not None
    return found


def values(**changes: object) -> dict[str, object]:
    new = {
        **server_settings.values_of(desk()),
        "server": "smtp.desk.example",
        "reply_to": "help@desk.example",
    }
    return {**new, **changes}


def test_a_scope_gets_its_server_and_its_name() -> None:
    saved = server_acts.save(None, "page", desk(), values(), "")
    assert (saved.server.name, saved.server.port, saved.server.tls) == ("IT Help Desk", 587, "starttls")
    assert saved.server.instance_id == make.instance().pk
    make.server(account=make.account(), name="Acme")
    other = Scope("account", make.account("Beta").pk, "Acme")
    assert server_acts.save(None, "page", other, values(), "").server.name == "Acme 2"


def test_the_second_of_two_who_save_is_told_unless_it_is_the_same() -> None:
    server = make.server()
    seen = server_settings.seen(desk())
    mine = {**server_settings.values_of(desk()), "port": 587}
    server_acts.save(None, "page", desk(), mine, seen)
    server_acts.save(None, "page", desk(), mine, seen)
    assert len(settings_history.versions(settings_history.Wanted(("outgoingserver",), row=server.pk), 9)) == 2
    with pytest.raises(SavedMeanwhile) as told:
        server_acts.save(None, "page", desk(), {**mine, "port": 2525}, seen)
    assert told.value.columns == ("port",)
    server.refresh_from_db()
    assert server.port == 587


def test_pausing_makes_no_form_old() -> None:
    server = make.server()
    seen = server_settings.seen(desk())
    assert server_acts.set_paused(None, "page", server, True)
    assert not server_acts.set_paused(None, "page", server, True)
    saved = server_acts.save(None, "page", desk(), {**server_settings.values_of(desk()), "port": 26}, seen)
    assert (saved.server.port, saved.server.paused) == (26, True)


def test_a_form_of_a_server_that_is_gone_or_new_meanwhile_is_told() -> None:
    with pytest.raises(SavedMeanwhile):
        server_acts.save(None, "page", desk(), values(), "5")
    make.server()
    with pytest.raises(SavedMeanwhile):
        server_acts.save(None, "page", desk(), values(port=26), "")


def test_saving_leads_back_to_the_primary_and_tries_what_waits() -> None:
    server = make.server(alternate_server="smtp2.desk.example")
    later = timezone.now() + timezone.timedelta(hours=1)
    (mail,) = make.queue_mails(server, ["ute@client.example"])
    OutboxMail.objects.update(next_try_at=later)
    failover.use_alternate(server, "It refused. To do: look.")
    saved = server_acts.save(
        None, "page", desk(), server_settings.values_of(desk()), server_settings.seen(desk())
    )
    assert saved.was_on_alternate and saved.changed == ()
    assert not failover.is_on_alternate(server)
    mail.refresh_from_db()
    assert mail.next_try_at < later


def test_the_directory_follows_the_help_desk_until_it_has_its_own() -> None:
    server = make.server(2525, username="desk", password="a secret", authentication="basic")
    assert server_settings.copied_by(DIRECTORY) == server
    copied = server_settings.values_of(DIRECTORY)
    assert copied == server_settings.values_of(desk())
    own = server_acts.save(None, "page", DIRECTORY, {**copied, "port": 26}, "").server
    assert (own.password, server_settings.copied_by(DIRECTORY)) == ("a secret", None)
    OutgoingServer.objects.filter(pk=server.pk).update(port=27)
    assert server_settings.values_of(DIRECTORY)["port"] == 26


def test_mails_of_a_server_that_is_removed_leave_by_the_next_scope_or_are_held() -> None:
    account = make.account()
    main, own = make.server(), make.server(account=account, reply_to="acme@desk.example")
    record = make.record(make.person("Ute", of=account))
    (mail,) = make.queue_mails(own, ["ute@client.example"], record_id=record.pk)
    assert server_look.waiting(own).number == 1
    server_acts.remove(None, "page", own)
    mail.refresh_from_db()
    assert (mail.state, mail.server_id, mail.sender_address) == ("queued", main.pk, "help@desk.example")
    server_acts.remove(None, "page", main)
    mail.refresh_from_db()
    assert (mail.state, mail.server_id) == ("held", None)


def test_scopes_are_counted_listed_and_found_by_their_key() -> None:
    acme, beta = make.account("Acme"), make.account("Beta")
    make.server(account=acme)
    free = [scope.name for scope in server_scopes.without_server(50)]
    assert free[:2] == ["IT Help Desk", "ESM Directory"] and "Beta" in free and "Acme" not in free
    without, total = server_scopes.accounts_without_server()
    assert total - without == 1
    make.server()
    assert [scope.name for scope, _ in server_scopes.with_server()] == ["IT Help Desk", "Acme"]
    used = server_scopes.used_by(Scope("account", beta.pk, "Beta"))
    assert used is not None and used.name == "IT Help Desk"
    for scope in (desk(), DIRECTORY, Scope("account", acme.pk, "Acme")):
        assert server_scopes.scope_named(scope.key) == scope
    for wrong in ("", "account", "account-0", "account-x", f"account-{10**30}", "instance-99", "site-1"):
        assert server_scopes.scope_named(wrong) is None


def test_a_state_says_what_matters_most() -> None:
    server = make.server(alternate_server="smtp2.desk.example")
    assert look(server) == "sending"
    make.queue_mails(server, ["ute@client.example"])
    OutboxMail.objects.update(next_try_at=timezone.now() - 2 * server_look.BEHIND_AFTER)
    assert look(server) == "catching_up"
    failover.use_alternate(
        server, "smtp.desk.example:25 refused the connection: nothing listens. To do: look."
    )
    assert look(server) == "alternate"
    told = server_look.on_alternate(fresh(server))
    assert told is not None
    assert (told.primary, told.alternate) == ("127.0.0.1:25", "smtp2.desk.example:25")
    assert told.reason.endswith("nothing listens.")
    OutgoingServer.objects.update(paused=True)
    assert look(server) == "paused"


def fresh(server: OutgoingServer) -> OutgoingServer:
    return OutgoingServer.objects.select_related("state").get(pk=server.pk)


def look(server: OutgoingServer) -> str:
    return server_look.fares([fresh(server)])[server.pk].look


@pytest.mark.requirement("R56")
def test_a_port_is_proposed_and_a_typed_one_kept() -> None:
    port = server_settings.port_for
    assert port("smtps", "implicit", "", "") == "465"
    assert port("smtp", "starttls", "465", "465") == "587"
    assert port("smtp", "none", "587", "587") == "25"
    assert port("smtps", "implicit", "2525", "587") == "2525"
    assert port("smtps", "implicit", "abc", "587") == "abc"


def test_tls_is_fixed_to_yes_for_smtps() -> None:
    kinds = [server_settings.tls_of(*each) for each in (("smtp", True), ("smtp", False), ("smtps", False))]
    assert kinds == ["starttls", "none", "implicit"]


def test_three_connections_and_thirty_mails_a_minute_are_proposed_where_microsoft_s_smtp_is_new() -> None:
    def paced(row: OutgoingServer, **changes: object) -> tuple[object, object]:
        given = server_settings.with_pace(values(**changes), row)
        return given["connections"], given["mails_per_minute"]

    new = OutgoingServer()
    assert paced(new, server="smtp.office365.com") == (3, 30)
    assert paced(new, server="smtp.office365.com", mails_per_minute=10) == (4, 10)
    assert paced(new) == (4, None)
    by_graph = OutgoingServer(pk=1, protocol="graph")
    assert paced(by_graph, protocol="smtp", server="smtp.office365.com") == (3, 30), "Change to SMTP"
    there = OutgoingServer(pk=1, protocol="smtp", server="smtp.office365.com")
    assert paced(there, server="smtp.office365.com") == (4, None), "somebody chose so"
