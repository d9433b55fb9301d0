"""The form of a mailbox, saved and tried against a real Dovecot."""

import re
import threading
import time
from typing import Any

import pytest
from django.test import Client

from deskpost.desk import settings
from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from deskpost.inbound import leases, mailbox_saving
from deskpost.inbound.collecting import sampling
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox, MailboxState, start_fetching
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from tests.console import builders
from tests.console.conftest import Desk
from tests.servers.dovecot import PASSWORD, Dovecot

URL = "/admin/mail-server-settings/incoming/"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def opened(client: Client, url: str) -> dict[str, str]:
    """Give the hidden values of a form that was just opened."""
    return {name: value for name, value in HIDDEN.findall(client.get(url).content.decode()) if name != "act"}


def typed(dovecot: Dovecot | None = None, **values: str) -> dict[str, str]:
    """Give what an administrator types for a new mailbox."""
    return {
        "protocol": "imap",
        "tls": "none",
        "server": "127.0.0.1",
        "port": str(dovecot.imap if dovecot else 143),
        "username": dovecot.new_user() if dovecot else "help",
        "password": PASSWORD,
        "addresses": "help@desk.example, it@desk.example",
        "name": "Help",
        "fetch_every_number": "1",
        "fetch_every_unit": "60",
        "first_fetch": "everything",
        "after_imap": "mark_read",
        "after_pop": "leave",
        "max_size_mb": "50",
        **values,
    }


def send(client: Client, url: str, values: dict[str, str], **more: Any) -> tuple[int, str]:
    response = client.post(url, {**opened(client, url), **values}, **more)
    return response.status_code, " ".join(response.content.decode().split())


def make(desk: Desk, **values: str) -> Mailbox:
    """Save a new mailbox by its page."""
    status, page = send(builders.signed_in(desk.admin), f"{URL}new/", values)
    assert status == 302, page
    return Mailbox.objects.get(name=values["name"])


def sample(desk: Desk, values: dict[str, str], url: str = f"{URL}new/") -> str:
    client = builders.signed_in(desk.admin)
    status, page = send(client, url, {**values, "act": "sample"}, headers=builders.htmx())
    assert status == 200 and page.startswith('<div id="sample"')
    return page


@pytest.mark.requirement("R2")
@pytest.mark.requirement("R3")
@pytest.mark.parametrize("protocol", ["imaps", "pops"])
def test_a_password_for_microsoft_365_is_refused_with_a_link_that_opens_offline(
    desk: Desk, protocol: str
) -> None:
    client = builders.signed_in(desk.admin)
    values = typed(protocol=protocol, server=" outlook.office365.com ", port="993")
    status, page = send(client, f"{URL}new/", values)
    assert status == 422 and not Mailbox.objects.filter(name="Help").exists()
    assert "Basic authentication is not possible at outlook.office365.com" in page
    assert 'href="/help/microsoft-365/"' in page
    told = client.get("/help/microsoft-365/").content.decode()
    assert "Basic authentication is gone" in told
    assert not re.search(r'(?:src="|<link[^>]*href=")(?:https?:)?//', told), "it needs no internet"
    assert "Basic authentication is not possible" in sample(desk, values)


@pytest.mark.requirement("R5")
@pytest.mark.requirement("R6")
@pytest.mark.requirement("R10")
def test_the_protocol_decides_the_fields_and_typed_values_survive(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    page = client.get(f"{URL}new/").content.decode()
    assert page.index("Connection protocol") < page.index("Protocol</span>")
    assert re.findall(r'name="protocol" value="(\w+)"', page) == ["pop", "pops", "imap", "imaps"]
    values = typed(protocol="pops", port="993", port_proposed="993", source_folder="Inbox/Help", act="switch")
    for headers in (builders.htmx(), {}):
        status, part = send(client, f"{URL}new/", values, headers=headers)
        assert status == 200 and "This is empty" not in part
        assert re.search(r'name="port" value="995"', part), "995 is proposed for POPS"
        assert "995 is proposed for POPS." in part
        assert 'type="hidden" name="source_folder" value="Inbox/Help"' in part
        assert 'name="leave_days"' in part and "Read marks" not in part
        assert PASSWORD not in part
    back = {**values, "protocol": "imap", "port": "1993", "port_proposed": "995"}
    _, part = send(client, f"{URL}new/", back, headers=builders.htmx())
    assert re.search(r'name="port" value="1993"', part), "a typed port is kept"
    assert re.search(r'type="text" name="source_folder" value="Inbox/Help"', part)
    sealed = re.search(r'name="password_typed" value="([^"]+)"', part)
    assert sealed
    made = make(desk, **{**back, "act": "save", "password": "", "password_typed": sealed[1]})
    assert (made.port, made.source_folder, made.password) == (1993, "Inbox/Help", PASSWORD)


@pytest.mark.requirement("R7")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_host_name_and_both_kinds_of_address_fetch(desk: Desk, dovecot: Dovecot, host: str) -> None:
    page = builders.signed_in(desk.admin).get(f"{URL}new/").content.decode()
    assert "Server name / IP address" in page
    values = typed(dovecot, server=host)
    dovecot.deliver(values["username"], builders.mail())
    assert "1 mail is there. The first fetch brings 1 of them." in sample(desk, values)
    made = make(desk, **values)
    start_fetching(desk.admin, "page", made)
    assert fetch(made.pk).failure is None
    assert process(made.pk) == 1


@pytest.mark.requirement("R8")
@pytest.mark.requirement("R91")
def test_a_wrong_password_is_told_as_that_and_never_shown(desk: Desk, dovecot: Dovecot) -> None:
    values = typed(dovecot, password="four wrong horses")
    told = sample(desk, values)
    assert "refused the login of" in told and "To do:" in told
    assert 'href="/help/troubleshooting/#refused-the-login-of"' in told
    assert "four wrong horses" not in told
    made = make(desk, **values)
    page = builders.signed_in(desk.admin).get(f"{URL}{made.pk}/").content.decode()
    assert "four wrong horses" not in page and "Change" in page
    assert Mailbox.objects.get(pk=made.pk).password == "four wrong horses"


def test_the_stored_password_is_kept_and_not_sent_to_another_server(desk: Desk, dovecot: Dovecot) -> None:
    values = typed(dovecot)
    made, url = make(desk, **values), f"{URL}{Mailbox.objects.latest('pk').pk}/"
    assert "Signed in" in sample(desk, {**values, "password": ""}, url)
    elsewhere = {**values, "password": "", "server": "localhost"}
    assert "is not sent to another server" in sample(desk, elsewhere, url)
    status, page = send(builders.signed_in(desk.admin), url, elsewhere)
    assert status == 422 and "is not sent to another server" in page
    status, _ = send(builders.signed_in(desk.admin), url, {**values, "password": "", "name": "Other"})
    made.refresh_from_db()
    assert status == 302 and (made.name, made.password) == ("Other", PASSWORD)


@pytest.mark.requirement("R9")
def test_every_alias_makes_requests_and_none_is_offered_in_a_reply(desk: Desk, dovecot: Dovecot) -> None:
    values = typed(dovecot)
    for number, alias in enumerate(("help@desk.example", "IT@Desk.example")):
        mail = builders.mail(
            to=alias, cc="ilse@kestrel.example, it@desk.example", message_id=f"<{number}@k.example>"
        )
        dovecot.deliver(values["username"], mail)
    made = make(desk, **values)
    start_fetching(desk.admin, "page", made)
    fetch(made.pk)
    assert process(made.pk) == 2 and Record.objects.count() == 2
    for record in Record.objects.all():
        page = builders.signed_in(desk.dana).get(f"/requests/{record.number}/").content.decode()
        composer = page[page.index('id="composer"') :]
        assert "ilse@kestrel.example" in composer
        assert "it@desk.example" not in composer.lower() and "help@desk.example" not in composer.lower()


def test_the_interval_is_typed_with_its_unit_and_the_next_fetch_is_due_so_much_later(
    desk: Desk, dovecot: Dovecot
) -> None:
    made = make(desk, **typed(dovecot))
    assert made.fetch_every == 60
    start_fetching(desk.admin, "page", made)
    fetch(made.pk)
    state = MailboxState.objects.get(mailbox=made)
    assert state.last_fetch_at and round((state.next_fetch_at - state.last_fetch_at).total_seconds()) == 60


@pytest.mark.requirement("R13")
def test_only_listed_addresses_and_domains_make_requests_and_replies_still_join(
    desk: Desk, dovecot: Dovecot
) -> None:
    values = typed(
        dovecot,
        new_requests_disabled="on",
        allowed_addresses=" Helen@Vantage.example ,",
        allowed_domains="@KESTREL.example",
    )
    made = make(desk, **values)
    assert (made.allowed_addresses, made.allowed_domains) == (["helen@vantage.example"], ["kestrel.example"])
    start_fetching(desk.admin, "page", made)
    senders = (
        "HELEN@vantage.example",
        "tom@Kestrel.example",
        "paul@vantage.example",
        "x@sub.kestrel.example",
    )
    mails = [
        builders.mail(sender=sender, subject=f"No. {n}", message_id=f"<{n}@k.example>")
        for n, sender in enumerate(senders)
    ]
    dovecot.deliver_many(values["username"], mails)
    fetch(made.pk)
    process(made.pk)
    kinds = MailOutcome.objects.order_by("mail_id").values_list("kind", flat=True)
    assert list(kinds) == ["request", "request", "refused", "refused"]
    record = Record.objects.get(subject="No. 1")
    reply = builders.mail(
        subject=f"Re: ##RE-{record.number}##", sender="tom@kestrel.example", message_id="<r@k.example>"
    )
    dovecot.deliver(values["username"], reply)
    fetch(made.pk)
    process(made.pk)
    assert Conversation.objects.filter(record=record).count() == 2


@pytest.mark.requirement("R87")
@pytest.mark.requirement("R88")
def test_saving_while_fetching_is_on_asks_waits_saves_and_leaves_it_off(desk: Desk, dovecot: Dovecot) -> None:
    values = typed(dovecot)
    made, client = make(desk, **values), builders.signed_in(desk.admin)
    url = f"{URL}{made.pk}/"
    form = {
        **opened(client, url),
        **values,
        "password": "",
        "port": str(dovecot.imap),
        "fetch_every_number": "5",
    }
    start_fetching(desk.sam, "page", made)
    locked = client.get(url).content.decode()
    assert "Fetching is on, so this form is locked" in locked and '<fieldset id="fields" disabled' in locked

    def answer(act: str) -> tuple[int, str]:
        response = client.post(url, {**form, "act": act})
        return response.status_code, response.content.decode()

    status, asks = answer("save")
    assert status == 409 and "Stop fetching to save?" in asks and " inert" in asks
    assert "Sam Okafor started fetching at" in asks and "Your 1 change is saved" in asks
    assert 'name="fetch_every_number" value="5"' in asks
    status, kept = answer("keep")
    assert status == 200 and 'name="fetch_every_number" value="5"' in kept
    made.refresh_from_db()
    assert (made.fetching, made.fetch_every) == (True, 60), "cancel changes nothing"

    begun, ended = threading.Event(), threading.Event()

    def under_way() -> None:
        with leases.take(f"fetch:{made.pk}"):
            begun.set()
            time.sleep(0.6)
            ended.set()

    fetching = threading.Thread(target=under_way)
    fetching.start()
    assert begun.wait(60)
    status, page = answer("stop")
    assert status == 302 and ended.is_set(), "the fetch under way ended first"
    fetching.join()
    made.refresh_from_db()
    assert (made.fetching, made.fetch_every) == (False, 300)
    assert "Saved. Fetching is off until somebody starts it." in client.get(url).content.decode()


def test_a_fetch_that_does_not_end_is_told_and_nothing_is_saved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    resting = mailbox_saving.resting
    monkeypatch.setattr(mailbox_saving, "resting", lambda mailbox: resting(mailbox, 0.2))
    made = make(desk, **typed())
    with leases.take(f"fetch:{made.pk}"):
        status, page = send(builders.signed_in(desk.admin), f"{URL}{made.pk}/", typed(name="Other"))
    assert status == 422 and "has not ended within 0.2 s" in page and 'value="Other"' in page
    assert Mailbox.objects.get(pk=made.pk).name == "Help"


def test_two_who_save_and_a_double_click(desk: Desk) -> None:
    client, url = builders.signed_in(desk.admin), f"{URL}new/"
    form = {**opened(client, url), **typed()}
    assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
    made = Mailbox.objects.get(name="Help")
    url = f"{URL}{made.pk}/"
    form = {**opened(client, url), **typed(password="", name="Mine")}
    settings.change(desk.sam, "page", made, {"port": 1143})
    response = client.post(url, form)
    page = response.content.decode()
    assert (
        response.status_code == 422 and "Sam Okafor saved these settings" in page and 'value="Mine"' in page
    )
    assert Mailbox.objects.get(pk=made.pk).name == "Help"
    again = {**form, **{name: value for name, value in HIDDEN.findall(page) if name == "seen"}}
    assert [client.post(url, again).status_code for _ in range(2)] == [302, 302]
    said = " ".join(client.get(url).content.decode().split())
    assert said.count("Saved. Fetching is off") == 1 and "Nothing was changed" not in said


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("server", "", "This is empty"),
        ("server", "imaps://imap.example", "is not a host name or an IP address"),
        ("server", "x" * 300, "shorten it to 253"),
        ("server", "169.254.169.254", "No mail server has such an address"),
        ("username", " ", "This is empty"),
        ("password", "", "password is needed"),
        ("addresses", "", "This is empty"),
        ("addresses", "help", "help is not an e-mail address"),
        ("port", "99999", "no whole number from 1 to 65535"),
        ("fetch_every_number", "0", "no time from 10 seconds to 24 hours"),
        ("max_size_mb", "1.5", "no whole number from 1 to 1000"),
        ("ca_file", "/nowhere/ca.pem", "cannot be read"),
        ("allowed_domains", "kestrel", "kestrel is not a mail domain"),
        ("name", "Support", "Another mailbox is called Support"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_saved(
    desk: Desk, field: str, value: str, said: str
) -> None:
    status, page = send(builders.signed_in(desk.admin), f"{URL}new/", typed(**{field: value}))
    assert status == 422 and said in page and "Not saved" in page and 'aria-invalid="true"' in page
    assert Mailbox.objects.count() == 1
    if field != "username":
        assert 'value="help"' in page, "what was typed stays"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"first_fetch": "since", "since": "soon"}, "This is no date"),
        ({"after_imap": "move", "move_to": " "}, "name the folder to move mails to"),
        ({"protocol": "pop", "leave_days": "0"}, "no whole number from 1 to 36500"),
    ],
)
def test_fields_that_go_together_are_judged_together(desk: Desk, values: dict[str, str], said: str) -> None:
    status, page = send(builders.signed_in(desk.admin), f"{URL}new/", typed(**values))
    assert status == 422 and said in page and 'class="fold more" open' in page


def test_a_folder_to_move_to_that_is_missing_is_said_once_and_without_words_of_the_settings_file(
    desk: Desk,
) -> None:
    _, page = send(builders.signed_in(desk.admin), f"{URL}new/", typed(after_imap="move", move_to=""))
    assert "One field needs a change" in page and "the key" not in page


def test_the_help_of_imap_does_not_promise_what_switching_tls_off_takes_away(desk: Desk) -> None:
    page = builders.signed_in(desk.admin).post(f"{URL}new/", typed(server="", tls="none")).content.decode()
    assert "encrypted by STARTTLS unless TLS is off" in page


def test_a_first_fetch_of_mail_that_is_there_is_counted_and_asked_for(desk: Desk, dovecot: Dovecot) -> None:
    values = typed(dovecot)
    dovecot.deliver_many(values["username"], [builders.mail(message_id=f"<{n}@k.example>") for n in range(3)])
    made, client = make(desk, **values), builders.signed_in(desk.admin)
    asks = client.post(f"{URL}{made.pk}/start/").content.decode()
    assert "The first fetch brings 3 of the 3 mails that are there now" in asks
    assert not Mailbox.objects.get(pk=made.pk).fetching
    client.post(f"{URL}{made.pk}/start/", {"sure": "1"})
    assert Mailbox.objects.get(pk=made.pk).fetching


def test_a_first_fetch_that_brings_nothing_begins_without_a_question(desk: Desk, dovecot: Dovecot) -> None:
    made = make(desk, **typed(dovecot))
    builders.signed_in(desk.admin).post(f"{URL}{made.pk}/start/")
    assert Mailbox.objects.get(pk=made.pk).fetching


def test_a_silent_server_holds_the_page_no_longer_than_a_step(
    desk: Desk, scripted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "STEP_TIME", 0.5)
    over, ended = threading.Event(), threading.Event()
    server = scripted(lambda line: (over.wait(60), ended.set()))
    told = sample(desk, typed(port=str(server.port)))
    assert not ended.is_set(), "it is silent still"
    over.set()
    assert "took the connection but said nothing" in told and "/help/troubleshooting/#" in told
