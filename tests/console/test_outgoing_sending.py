"""Outgoing servers set by the page, and mail that really leaves by them: two Postfixes, a sink, servers that fail."""

import re
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from deskpost.desk.installation import Installation
from deskpost.outbound import failover, server_scopes
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_outgoing import OUTGOING, form, of, saved, url
from tests.outbound.builders import queue_mails, understood
from tests.servers.dovecot import PASSWORD
from tests.servers.postfix import Postfix
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def address() -> Iterator[str]:
    """An address that no other test writes to."""
    yield f"t{time.monotonic_ns()}@client.example"


@pytest.fixture
def priya(desk: Desk) -> Client:
    """The administrator's browser."""
    return builders.signed_in(desk.admin)


def values(postfix: Postfix, port: int, **changes: str | None) -> dict[str, str]:
    """Give the form of a server at a Postfix."""
    own = {"server": "127.0.0.1", "port": str(port), "ca_file": postfix.ca_file}
    return form(**{**own, **changes})


def try_it(client: Client, sent: dict[str, str], to: str) -> tuple[str, str]:
    """Send a sample mail as the page does by script, and give what it tells: the bold words, and all of them."""
    response = client.post(url(act="sample"), {**sent, "to": to}, headers=builders.htmx())
    page = response.content.decode()
    title = re.search(r"<b>(.*?)</b>", page)
    assert title, page
    return title[1], re.sub(r"<[^>]+>", " ", page)


@pytest.mark.requirement("R89", "R54", "R55", "R57")
def test_a_sample_mail_goes_by_the_forms_values_though_nothing_is_saved(
    priya: Client, postfix: Postfix, dovecot: object, address: str
) -> None:
    user = postfix.dovecot.new_user()
    login = {"requires_authentication": "on", "username": user, "password": PASSWORD}
    ways = (
        values(postfix, postfix.smtp, tls="yes", sender_name="By STARTTLS", **login),
        values(postfix, postfix.smtps, protocol="smtps", sender_name="By SMTPS", **login),
        values(postfix, postfix.no_login, tls="no", sender_name="Without TLS"),
    )
    for sent in ways:
        title, words = try_it(priya, sent, address)
        assert re.fullmatch(r"Taken by the server in \d+\.\d s", title), words
        assert f"127.0.0.1:{sent['port']} answered" in words and "250 2.0.0 Ok: queued as" in words
    arrived = [understood(mail).from_[0] for mail in postfix.mails(address, wait_for=3)]
    assert {one.name for one in arrived} == {"By STARTTLS", "By SMTPS", "Without TLS"}
    assert {one.address for one in arrived} == {builders.HELP}
    assert saved().server == "smtp.northgate-it.example"


@pytest.mark.requirement("R49", "R51", "R52", "R54", "R57")
def test_a_server_saved_by_the_page_sends_as_it_was_saved(
    desk: Desk, priya: Client, postfix: Postfix, address: str
) -> None:
    user = postfix.dovecot.new_user()
    login = {"requires_authentication": "on", "username": user, "password": PASSWORD}
    ways = (
        (
            values(
                postfix, postfix.smtp, tls="yes", sender_name="First", reply_to="one@desk.example", **login
            ),
            True,
        ),
        (values(postfix, postfix.smtps, protocol="smtps", sender_name="Second", **login), True),
        (
            values(postfix, postfix.no_login, tls="no", sender_name="Third", reply_to="three@desk.example"),
            False,
        ),
    )
    for sent, signs_in in ways:
        before = len(postfix.sessions())
        sent["seen"] = form()["seen"]
        sent["connections"] = "1"  # one session each, so that none of an earlier one is logged later
        if not signs_in:
            sent.pop("requires_authentication", None)
        assert priya.post(url(), sent).status_code == 303
        builders.request_by_mail(desk.box, message_id=f"<{sent['port']}@kestrel.example>")
        row = saved()
        queue_mails(row, [address])
        send_due(row.pk)
        sessions = postfix.sessions(wait_for=before + 1)[before:]
        assert any("auth=1" in one for one in sessions) == signs_in
    arrived = [understood(mail).from_[0] for mail in postfix.mails(address, wait_for=3)]
    told = sorted((one.name, one.address) for one in arrived)
    assert told == [("First", "one@desk.example"), ("Second", builders.HELP), ("Third", "three@desk.example")]


@pytest.mark.requirement("R46")
def test_an_account_with_a_server_of_its_own_sends_by_it_and_the_others_do_not(
    desk: Desk, priya: Client, postfix: Postfix, smtp_sink: SmtpSink, address: str
) -> None:
    assert priya.post(url(), values(postfix, postfix.no_login, tls="no")).status_code == 303
    theirs = {
        "server": "127.0.0.1",
        "port": str(smtp_sink.port),
        "tls": "no",
        "reply_to": "it@vantage.example",
    }
    scope = of(desk.vantage)
    assert priya.post(url(scope), form(scope, **theirs)).status_code == 303
    builders.request_by_mail(desk.box, sender=f"Tom <{address}>", message_id="<1@kestrel.example>")
    builders.request_by_mail(
        desk.box, sender="Helen Cho <helen@vantage.example>", message_id="<1@vantage.example>"
    )
    for _, server in server_scopes.with_server():
        send_due(server.pk)
    assert postfix.mails(address, wait_for=1)
    assert {one.sender for one in smtp_sink.received} == {"it@vantage.example"}


@pytest.mark.requirement("R90", "R91")
def test_a_sample_mail_that_fails_says_who_said_what_and_leads_to_its_entry(
    priya: Client, postfix: Postfix, address: str
) -> None:
    user = postfix.dovecot.new_user()
    wrong = {"requires_authentication": "on", "username": user, "password": "wrong"}
    cases = (
        (values(postfix, 1, tls="no"), address, "refused the connection", "refused-the-connection"),
        (
            values(postfix, postfix.plain, tls="yes"),
            address,
            "does not offer STARTTLS",
            "does-not-offer-starttls",
        ),
        (values(postfix, postfix.smtp, tls="yes", **wrong), address, "535 5.7.8", "refused-the-login-of"),
        (values(postfix, postfix.submission, tls="yes"), address, "", ""),
        (values(postfix, postfix.no_login, tls="no"), "refused@client.example", "550 5.1.1", "did-not-take"),
        (
            values(postfix, postfix.smtp, tls="yes", ca_file=""),
            address,
            "nobody this machine trusts",
            "the-certificate",
        ),
        (values(postfix, postfix.dovecot.imap, tls="no"), address, "does not speak SMTP", "does-not-speak"),
        (form(server="nowhere.invalid", port="25", tls="no"), address, "was not found", "the-server-name"),
    )
    for sent, to, said, entry in cases:
        response = priya.post(url(act="sample"), {**sent, "to": to}, headers=builders.htmx())
        page = response.content.decode()
        words = re.sub(r"<[^>]+>", " ", page)
        assert "Not taken, after" in page, words
        assert said in words and "To do:" in words, words
        assert f"/help/troubleshooting/#{entry}" in page, page
        assert "wrong" not in words.replace("wrongly", ""), "no password in the words"
    assert not postfix.mails(address)


def test_a_server_that_stalls_is_given_up_in_words(
    priya: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.outbound.sample._PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sent = form(server="127.0.0.1", port=str(silent.getsockname()[1]), tls="no")
        title, words = try_it(priya, sent, address)
    assert re.fullmatch(r"Not taken, after 0\.\d s", title)
    assert "took the connection but said nothing for 0.3 s" in words


def test_a_sample_mail_never_dials_what_no_mail_server_has(priya: Client, address: str) -> None:
    with SmtpSink() as sink:
        Installation.objects.update(allow_private_networks=False)
        _, words = try_it(priya, form(server="127.0.0.1", port=str(sink.port), tls="no"), address)
        assert "was not connected to" in words and "the settings allow none there" in words
        title, words = try_it(priya, form(server="169.254.169.254"), address)
        assert title == "Not sent" and "metadata service" in words
        assert not sink.received


def test_a_form_that_does_not_fit_sends_no_sample_and_names_the_fields(
    priya: Client, smtp_sink: SmtpSink
) -> None:
    sent = form(server="127.0.0.1", port=str(smtp_sink.port), tls="no")
    for changes, to, words in (
        ({"port": "x"}, "a@client.example", "no whole number"),
        ({}, "", "type the address that the sample mail is to go to"),
        ({}, "nobody at all", "is not an e-mail address"),
        ({}, "a@client.example\nBcc: b@client.example", "holds a line break"),
    ):
        title, told = try_it(priya, {**sent, **changes}, to)
        assert title == "Not sent" and words in told
    plain = priya.post(url(act="sample"), {**sent, "port": "x", "to_plain": "a@client.example"})
    assert plain.status_code == 422 and 'name="port" value="x"' in plain.content.decode()
    plain = priya.post(url(act="sample"), {**sent, "sender_name": "Typed", "to_plain": "a@client.example"})
    page = plain.content.decode()
    assert "Taken by the server in" in page and 'value="Typed"' in page
    assert len(smtp_sink.received) == 1


@pytest.mark.requirement("R50", "R69", "R70")
def test_after_the_primary_died_the_banner_leads_back_by_a_test_a_button_or_saving(
    desk: Desk, priya: Client, postfix_pair: Callable[..., list[Postfix]], address: str
) -> None:
    primary, alternate = postfix_pair()
    user = alternate.dovecot.new_user()
    login = {"requires_authentication": "on", "username": user, "password": PASSWORD}
    sent = values(primary, primary.smtp, tls="yes", alternate_server=f"127.0.0.1:{alternate.smtp}", **login)
    assert priya.post(url(), sent).status_code == 303
    row = saved()

    def send() -> None:
        queue_mails(row, [address])
        assert send_due(row.pk).sent == 1

    primary.kill()
    send()
    assert len(alternate.mails(address, wait_for=1)) == 1
    assert any("auth=1" in one for one in alternate.sessions(wait_for=1)), "with the primary's TLS and login"
    page = re.sub("</?code>", "", priya.get(OUTGOING).content.decode())
    assert "Mail goes through the alternate server since" in page
    assert f"127.0.0.1:{primary.smtp} refused the connection" in page
    assert f"127.0.0.1:{alternate.smtp} has sent 1 mail since, none failed." in page
    test = priya.post(url(act="test"), headers=builders.htmx()).content.decode()
    assert "The primary still cannot be used, after" in test and "#refused-the-connection" in test
    primary.start()
    test = priya.post(url(act="test"), headers=builders.htmx()).content.decode()
    assert re.search(r"The primary can be reached, in \d\.\d s", test)
    assert "The primary can be reached" in priya.post(url(act="test")).content.decode(), "without scripts"
    send()
    assert len(alternate.mails(address, wait_for=2)) == 2, "the test changes nothing"
    page = priya.post(url(act="primary"), follow=True).content.decode()
    assert "alternate server since" not in page
    send()
    assert len(primary.mails(address, wait_for=1)) == 1
    failover.use_alternate(OutgoingServer.objects.get(pk=row.pk), "It was down again.")
    assert priya.post(url(), form()).status_code == 303
    send()
    assert len(primary.mails(address, wait_for=2)) == 2, "saved: by the primary"
    assert "alternate server since" not in priya.get(OUTGOING).content.decode()
