"""Connect: from the form to the provider's page and back, and everything that can come back instead."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deskpost.access import consents, targets
from deskpost.access.columns import MailServerSettings
from deskpost.access.sign_in_rules import GRAPH_CLIENT_WORDS
from deskpost.access.sign_ins import SignIn
from deskpost.console.mail_settings.connection import connect_url, page_url
from deskpost.desk.installation import Installation
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState
from deskpost.oauth.flow import Attempt
from deskpost.outbound import health, server_acts, server_settings
from deskpost.outbound.server_acts import SharedApplication
from deskpost.outbound.servers import OutgoingServer, ServerConsent
from deskpost.sandbox.cloud.tokens import Application as Registered
from deskpost.transports.errors import ConsentLost, LoginRefused
from tests.access import rows
from tests.access.conftest import served, there
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.console.test_incoming_sign_in import fields
from tests.console.test_outgoing import help_desk
from tests.oauth.world import CLIENT, DESK, OTHER, SECRET, World

__all__ = ["served", "there"]
IN = "/admin/mail-server-settings/incoming/"


@pytest.fixture
def desk(db: None) -> Iterator[Desk]:
    found = build_desk()
    found.server.delete()
    yield found


@pytest.fixture
def box(desk: Desk, there: World, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """A mailbox that is not fetched yet. Its server cannot be asked from here: what it says is tested with Dovecot."""
    monkeypatch.setattr("deskpost.console.mail_settings.connect._opened", lambda row: None)
    return rows.mailbox(there, fetching=False)


def browser(desk: Desk, host: str = "desk.example") -> Client:
    client = builders.signed_in(desk.admin)
    client.defaults["HTTP_HOST"] = host
    return client


def leads_to(client: Client, row: MailServerSettings) -> str:
    """Choose Connect, and give the page of the provider that the browser is led to."""
    response = client.post(connect_url(row))
    assert response.status_code == 200, response.headers
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', response.content.decode())
    assert found
    return unescape(found[1])


def back(client: Client, came: dict[str, str]) -> str:
    """Come back from the provider; give the page that is shown then, without the form."""
    response = client.get(f"/oauth/back?{urlencode(came)}", follow=True)
    assert response.status_code == 200 and "/oauth/back" not in response.request["PATH_INFO"]
    return shown(response.content.decode())


def shown(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def came_from(there: World, address: str, mailbox: str = DESK, answer: str = "approve") -> dict[str, str]:
    return there.consent(Attempt(address, "", ""), mailbox, answer)


def connect(client: Client, there: World, row: MailServerSettings, **choice: str) -> dict[str, object]:
    """Go the whole way; give what Connect came to."""
    came = came_from(there, leads_to(client, row), **choice)
    response = client.get(f"/oauth/back?{urlencode(came)}")
    assert (response.status_code, response["Location"]) == (303, page_url(row))
    found: dict[str, object] = client.session["connect_result"]
    return found


def state_of(came: dict[str, object]) -> dict[str, str]:
    """Give the links of the chain with their states."""
    return {link["name"]: link["state"] for link in came["chain"]}  # type: ignore[attr-defined]


@pytest.mark.requirement("R103")
def test_connect_leads_to_the_provider_and_back_and_the_mailbox_is_connected(
    desk: Desk, there: World, box: Mailbox
) -> None:
    client = browser(desk)
    came = connect(client, there, box)
    assert (came["ok"], came["title"]) == (True, f"Connected as {DESK}.")
    kept = MailboxConsent.objects.get(mailbox=box)
    assert (kept.given_by, kept.given_to, kept.lost_at) == (DESK, desk.admin, None)
    assert there.cloud.tokens.find(kept.access_token) is not None
    assert not SignIn.objects.exists(), "an attempt is used once"


@pytest.mark.requirement("R76", "R85", "R103", "R106", "R107")
@pytest.mark.parametrize("protocol", ["ews", "graph"])
def test_ews_and_graph_are_connected_and_opened_in_and_out(desk: Desk, there: World, protocol: str) -> None:
    base = there.application.token_url.split(f"/{there.cloud.tenant}")[0]
    by: dict[str, dict[str, str]] = {
        "ews": {
            "connect_url": f"{base}/EWS/Exchange.asmx",
            "scope": "https://outlook.office365.com/EWS.AccessAsUser.All, offline_access, openid, profile",
        },
        "graph": {
            "graph_endpoint": base,
            "scope": "Mail.ReadWrite,Mail.Send.Shared,offline_access,openid,profile",
        },
    }
    where = {"protocol": protocol, "server": "", "port": 443, "tls": "implicit", **by[protocol]}
    second = "7c3b2d1e-0000-4000-8000-000000000002"  # Graph wants another application for each direction
    known = there.cloud.tokens.applications[CLIENT]
    there.cloud.tokens.register(Registered(second, {SECRET}, known.redirect_uris))
    client = browser(desk)
    for row in (rows.mailbox(there, fetching=False, **where), rows.server(there, client_id=second, **where)):
        came = connect(client, there, row)
        assert (came["ok"], came["title"]) == (True, f"Connected as {DESK}."), came
        opened = [one for one in there.cloud.asked if one.service == protocol and one.status == 200]
        assert opened, "the mailbox was opened with the new token"
        there.cloud.asked.clear()


@pytest.mark.requirement("R83")
def test_connecting_tells_that_another_name_leads_to_the_mailbox_that_the_application_fetches(
    desk: Desk, there: World
) -> None:
    base = there.application.token_url.split(f"/{there.cloud.tenant}")[0]
    alias, stored = "alias@contoso.example", there.cloud.store.mailbox(DESK)
    assert stored is not None
    stored.aliases.add(alias)
    scope = "Mail.ReadWrite,Mail.Send.Shared,offline_access,openid,profile"
    where = {"protocol": "graph", "server": "", "port": 443, "tls": "implicit", "graph_endpoint": base}
    fetched = rows.mailbox(there, fetching=False, scope=scope, **where)
    server = rows.server(there, mailbox_to_open=alias, reply_to=alias, scope=scope, **where)
    client = browser(desk)
    said = connect(client, there, fetched)
    assert (said["ok"], said["to_do"]) == (True, ""), "nobody knows what the other name leads to"
    said = connect(client, there, server)
    assert (said["ok"], said["title"]) == (True, f"Connected as {DESK}.")
    assert f"{said['text']} To do: {said['to_do']}" == GRAPH_CLIENT_WORDS
    form = {**server_settings.values_of(help_desk()), "sender_name": "Service Desk"}
    with pytest.raises(SharedApplication, match="in the other direction too"):
        server_acts.save(desk.admin, "page", help_desk(), form, server_settings.seen(help_desk()))


def test_the_provider_is_asked_with_the_redirect_url_of_the_public_address(
    desk: Desk, there: World, box: Mailbox
) -> None:
    Installation.objects.update(public_url="https://desk.example/")
    address = leads_to(browser(desk), box)
    assert "redirect_uri=https%3A%2F%2Fdesk.example%2Foauth%2Fback&" in address
    assert "code_challenge_method=S256" in address and f"login_hint={DESK.replace('@', '%40')}" in address
    assert SECRET not in address


def test_only_who_may_set_mail_everywhere_connects(desk: Desk, there: World, box: Mailbox) -> None:
    address = leads_to(browser(desk), box)
    came = came_from(there, address)
    limited = builders.person(
        "Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel
    )
    out = rows.server(there)
    for who in (desk.dana, desk.tom, limited):
        client = builders.signed_in(who)
        asked = (
            client.post(connect_url(box)),
            client.post(connect_url(out)),
            client.get(f"/oauth/back?{urlencode(came)}"),
        )
        assert [one.status_code for one in asked] == [403, 403, 403], who.name
    assert not MailboxConsent.objects.exists()
    assert Client().post(connect_url(box)).status_code == 302


def test_another_account_picked_at_the_provider_is_refused_and_nothing_kept(
    desk: Desk, there: World, box: Mailbox
) -> None:
    came = connect(browser(desk), there, box, mailbox=OTHER)
    assert came["ok"] is False and f'"{OTHER}" was authorised, but the user name here is "{DESK}"' in str(
        came["text"]
    )
    links = state_of(came)
    assert "sign in as that user" in str(came["to_do"])
    assert (links["Consent"], links["Client secret"]) == ("broken", "fine")
    assert not MailboxConsent.objects.exists()


@pytest.mark.requirement("R103")
def test_with_graph_another_account_is_refused_under_any_host_and_with_the_scope_proposed(
    desk: Desk, there: World
) -> None:
    base = there.application.token_url.split(f"/{there.cloud.tenant}")[0]
    where = {"protocol": "graph", "server": "", "port": 443, "tls": "implicit", "graph_endpoint": base}
    row = rows.mailbox(there, fetching=False, scope="Mail.ReadWrite,offline_access", **where)
    client = browser(desk)
    came = connect(client, there, row, mailbox=OTHER)
    assert came["ok"] is False and f'"{OTHER}" was authorised' in str(came["text"])
    assert not MailboxConsent.objects.exists()
    assert connect(client, there, row)["title"] == f"Connected as {DESK}."


def test_of_a_shared_mailbox_the_person_signs_in_who_may_open_it(
    desk: Desk, there: World, box: Mailbox
) -> None:
    client, url = browser(desk), page_url(box)
    typed = fields(client.get(url).content.decode()) | {"username": DESK, "mailbox_to_open": OTHER}
    assert client.post(url, typed).status_code == 302
    box.refresh_from_db()
    assert (box.protocol, box.username, box.mailbox_to_open) == ("imaps", DESK, OTHER), "saved by the form"
    came = connect(client, there, box, mailbox=OTHER)
    assert came["ok"] is False and f'the user name here is "{DESK}"' in str(came["text"])
    assert connect(client, there, box)["title"] == f"Connected as {DESK}."
    assert consents.bearer(box, there.application.server).username == OTHER, "and its mailbox is opened"


def test_a_server_without_user_name_is_connected_as_its_address(
    desk: Desk, there: World, box: Mailbox
) -> None:
    out = rows.server(there, username="")
    assert connect(browser(desk), there, out, mailbox=OTHER)["ok"] is False
    assert connect(browser(desk), there, out)["title"] == f"Connected as {DESK}."
    assert ServerConsent.objects.get().given_by == DESK


def test_who_declines_is_told_so_with_what_to_do(desk: Desk, there: World, box: Mailbox) -> None:
    came = connect(browser(desk), there, box, answer="cancel")
    assert "declined" in str(came["text"]) and "AADSTS65004" in str(came["text"])
    assert "accept there" in str(came["to_do"])
    links = state_of(came)
    assert (links["Client ID"], links["Consent"], links["Client secret"]) == ("fine", "broken", "unknown")


@pytest.mark.parametrize(
    ("column", "value", "says", "link"),
    [
        (
            "client_secret",
            "9d3c1f0e-1111-4000-8000-00000000abcd",
            "the id of a secret and not the secret",
            "Client secret",
        ),
        ("client_secret", "wrong", "AADSTS7000215", "Client secret"),
        ("scope", "https://outlook.office365.com/IMAP.AccessAsUser.All", "nothing to renew it with", "Scope"),
    ],
)
def test_a_wrong_setting_is_named_and_the_chain_says_where_it_breaks(
    desk: Desk, there: World, box: Mailbox, column: str, value: str, says: str, link: str
) -> None:
    setattr(box, column, value)
    box.save()
    came = connect(browser(desk), there, box)
    assert came["ok"] is False and says in f"{came['text']} {came['to_do']}" and came["to_do"]
    assert [name for name, state in state_of(came).items() if state == "broken"] == [link]
    assert SECRET not in str(came) and not MailboxConsent.objects.exists()


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("authorization_url", "https://login.microsoftonline.com/{tenant}/oauth2", "placeholder"),
        ("token_url", "https://login.microsoftonline.com/nobody/token", '"nobody" is no tenant'),
        ("authorization_url", "http://login.example/authorize", "only over a secret connection"),
        ("authorization_url", "no address", "address"),
        ("client_id", "", "Client ID is empty"),
        ("scope", "Mail.ReadWrite https://outlook.office365.com/IMAP.AccessAsUser.All", "one of them only"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_sent(
    desk: Desk, there: World, box: Mailbox, column: str, value: str, says: str
) -> None:
    if column == "authorization_url" and "{tenant}" in value:
        box.token_url = value
    setattr(box, column, value)
    box.save()
    client, before = browser(desk), len(there.cloud.asked)
    assert client.post(connect_url(box)).status_code == 303
    kept = client.session["connect_result"]
    assert kept["ok"] is False and says.lower() in f"{kept['text']} {kept['to_do']}".lower(), kept
    assert len(there.cloud.asked) == before and not SignIn.objects.exists()


@pytest.mark.requirement("R61")
def test_a_page_opened_under_another_host_than_the_redirect_urls_sends_nothing(
    desk: Desk, there: World, box: Mailbox
) -> None:
    client, before = browser(desk, "127.0.0.1:8000"), len(there.cloud.asked)
    assert client.post(connect_url(box)).status_code == 303
    said = client.session["connect_result"]
    assert "opened under 127.0.0.1" in said["text"] and "desk.example" in said["text"]
    assert "Nothing was sent" in said["text"] and "open Deskpost at https://desk.example" in said["to_do"]
    assert len(there.cloud.asked) == before and not SignIn.objects.exists()


def test_behind_a_trusted_proxy_the_host_is_the_one_that_it_names(
    desk: Desk, there: World, box: Mailbox
) -> None:
    client = browser(desk, "backend.internal")
    client.defaults["HTTP_X_FORWARDED_HOST"] = "desk.example"
    assert client.post(connect_url(box)).status_code == 303, "anybody can write this header"
    Installation.objects.update(trusted_proxies=["127.0.0.0/8"])
    assert leads_to(client, box)


@pytest.mark.parametrize(
    ("public", "says"),
    [
        ("", "address of this desk is not set"),
        ("http://desk.example", "not encrypted"),
        ("https://[", "not set"),
    ],
)
def test_without_a_public_address_by_https_there_is_no_way_back(
    desk: Desk, there: World, box: Mailbox, public: str, says: str
) -> None:
    Installation.objects.update(public_url=public)
    client = browser(desk)
    assert client.post(connect_url(box)).status_code == 303
    assert says in client.session["connect_result"]["text"]


def test_an_answer_is_taken_once(desk: Desk, there: World, box: Mailbox) -> None:
    client = browser(desk)
    came = came_from(there, leads_to(client, box))
    client.get(f"/oauth/back?{urlencode(came)}")
    kept = MailboxConsent.objects.get().access_token
    assert "it was used already" in back(client, came)
    assert MailboxConsent.objects.get().access_token == kept


def test_an_answer_that_belongs_to_no_attempt_is_not_used(desk: Desk, there: World, box: Mailbox) -> None:
    came = came_from(there, leads_to(browser(desk), box))
    for wrong in ({**came, "state": "guessed"}, {"code": came["code"]}, {}, {"state": "\0"}):
        assert "Not connected." in back(browser(desk), wrong)
    assert not MailboxConsent.objects.exists()


def test_an_answer_in_another_session_is_refused_and_the_attempt_stays(
    desk: Desk, there: World, box: Mailbox
) -> None:
    mine, theirs = browser(desk), browser(desk)
    came = came_from(there, leads_to(mine, box))
    assert "begun in another browser" in back(theirs, came)
    assert not MailboxConsent.objects.exists()
    mine.get(f"/oauth/back?{urlencode(came)}")
    assert MailboxConsent.objects.get().given_by == DESK


def test_an_answer_after_more_than_ten_minutes_is_too_late(desk: Desk, there: World, box: Mailbox) -> None:
    client = browser(desk)
    came = came_from(there, leads_to(client, box))
    _age(timedelta(minutes=11))
    client.get(f"/oauth/back?{urlencode(came)}")
    assert "more than ten minutes" in client.session["connect_result"]["text"]
    assert not MailboxConsent.objects.exists() and not SignIn.objects.exists()


def test_attempts_that_nobody_came_back_from_are_forgotten(desk: Desk, there: World, box: Mailbox) -> None:
    client = browser(desk)
    leads_to(client, box)
    _age(timedelta(minutes=21))
    leads_to(client, box)
    assert SignIn.objects.count() == 1


def test_settings_changed_meanwhile_end_the_attempt(desk: Desk, there: World, box: Mailbox) -> None:
    client = browser(desk)
    came = came_from(there, leads_to(client, box))
    Mailbox.objects.update(token_url="https://elsewhere.example/token")
    before = len(there.cloud.asked)
    assert "the settings were changed since" in back(client, came)
    assert len(there.cloud.asked) == before, "the code goes to nobody else"


def test_a_provider_in_trouble_says_so_and_nothing_is_kept(desk: Desk, there: World, box: Mailbox) -> None:
    client = browser(desk)
    came = came_from(there, leads_to(client, box))
    there.fault("status", 500)
    client.get(f"/oauth/back?{urlencode(came)}")
    said = client.session["connect_result"]
    assert said["ok"] is False and said["to_do"] and not MailboxConsent.objects.exists()


def test_the_verifier_and_the_state_are_not_in_the_database_as_they_are(
    desk: Desk, there: World, box: Mailbox
) -> None:
    address = leads_to(browser(desk), box)
    attempt = SignIn.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT provider_sign_in::text FROM provider_sign_in")
        stored = str(cursor.fetchall())
    state = re.search(r"state=([^&]+)", address)
    assert state and state[1] not in stored and attempt.verifier not in stored + repr(attempt)


def test_an_application_on_its_own_is_tested_without_a_browser(
    desk: Desk, there: World, box: Mailbox
) -> None:
    Mailbox.objects.update(grant="client_credentials", scope="https://outlook.office365.com/.default")
    client = browser(desk)
    assert client.post(connect_url(box)).status_code == 303
    said = client.session["connect_result"]
    assert said["ok"] is True and MailboxConsent.objects.get().access_token
    Mailbox.objects.update(client_secret="")
    client.post(connect_url(box))
    said = client.session["connect_result"]
    assert said["ok"] is False and not {"Redirect URL", "Consent"} & set(state_of(said))


def test_a_lost_consent_is_shown_in_the_list_with_reconnect_as_the_one_act(
    desk: Desk, there: World, box: Mailbox
) -> None:
    desk.box.delete()
    Mailbox.objects.update(fetching=True)
    rows.consented(there, box)
    consents.lose(box, "It was taken back. To do: choose Reconnect.")
    client = browser(desk)
    page = client.get(IN).content.decode()
    assert "Needs consent" in page and "It was taken back. Mail waits at its server, none is lost." in page
    assert (
        f'action="{connect_url(box)}"' in page
        and "Reconnect" in page
        and reverse("incoming_try", args=[box.pk]) not in page
    )
    connect(client, there, box)
    assert "Needs consent" not in client.get(IN).content.decode()


@pytest.mark.requirement("R58")
def test_a_mailbox_that_nobody_ever_connected_is_to_be_connected_and_not_reconnected(
    desk: Desk, there: World, box: Mailbox
) -> None:
    desk.box.delete()
    Mailbox.objects.update(fetching=True)
    failure = fetch(box.pk).failure
    assert isinstance(failure, ConsentLost)
    client = browser(desk)
    row = client.get(IN).content.decode()
    said = shown(row)
    assert f'action="{connect_url(box)}"' in row and " Connect Help" in said and "Reconnect" not in said
    form = shown(client.get(page_url(box)).content.decode())
    assert "Connect once, then it is fetched" in form and "then start fetching" not in form
    assert "Reconnect" not in form
    bell = shown(client.get(reverse("bell")).content.decode())
    assert "Connect, and it is fetched." in bell and "Reconnect" not in bell
    connect(client, there, box)
    consents.lose(box, "It was taken back. To do: choose Reconnect.")
    assert "Reconnect Help" in shown(client.get(IN).content.decode())
    Mailbox.objects.update(fetching=False)
    MailboxConsent.objects.all().delete()
    assert "Connect once, then start fetching" in shown(client.get(page_url(box)).content.decode())


LONG = (
    "login.microsoftonline.com gave no token: the client secret is wrong (AADSTS7000215). It answered: "
    f"\"Invalid client secret provided for app '{'a' * 250}'.\". To do: make a new client secret and copy its Value, "
    "not its Secret ID, into Client secret."
)


def test_lists_say_meaning_and_remedy_and_the_form_what_the_provider_said(
    desk: Desk, there: World, box: Mailbox
) -> None:
    client, out = browser(desk), rows.server(there)
    Mailbox.objects.update(fetching=True)
    MailboxState.objects.update(failing_since=timezone.now(), consecutive_failures=1, reason=LONG)
    health.note_failing(out.pk, LONG, None)
    for lists, form in ((IN, page_url(box)), (page_url(out), page_url(out))):
        page = client.get(lists).content.decode()
        rows_of_it = page if lists == IN else page[page.index("Servers by scope") :].split("</ul>")[0]
        assert "the client secret is wrong (AADSTS7000215)." in rows_of_it and "aaaa" not in rows_of_it
        assert "To do: make a new client secret and copy its Value" in shown(rows_of_it)
        assert "a" * 250 in client.get(form).content.decode()


def test_tokens_that_no_key_opens_are_told_and_reconnect_mends_it(
    desk: Desk, there: World, box: Mailbox
) -> None:
    rows.consented(there, box)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailbox_consent SET access_token = 'of another key', refresh_token = 'too'")
    client = browser(desk)
    page = shown(client.get(page_url(box)).content.decode())
    assert "The tokens that are kept cannot be read" in page and "choose Reconnect" in page
    with pytest.raises(LoginRefused, match="cannot be read.*Reconnect"):
        targets.target_of(box)
    assert MailboxConsent.objects.get().lost_at is None, "the keys may come back"
    connect(client, there, box)
    assert targets.target_of(box).login is not None


def test_beside_a_locked_form_reconnect_asks_first(desk: Desk, there: World, box: Mailbox) -> None:
    rows.consented(there, box)
    Mailbox.objects.update(fetching=True)
    client, before = browser(desk), len(there.cloud.asked)
    assert f'<a class="button" href="{connect_url(box)}"' in client.get(page_url(box)).content.decode()
    page = client.get(connect_url(box)).content.decode()
    assert "Connect with Microsoft?" in page and "http-equiv" not in page
    assert len(there.cloud.asked) == before and not SignIn.objects.exists()


def test_the_page_of_a_server_that_needs_consent_says_so_in_list_and_banner(desk: Desk, there: World) -> None:
    out = rows.server(there)
    rows.consented(there, out)
    consents.lose(out, "It was taken back. To do: choose Reconnect.")
    client = browser(desk)
    page = client.get(page_url(out)).content.decode()
    said = shown(page)
    assert "Nothing is sent since" in said and "Needs consent" in said and "It was taken back." in said
    assert f'<form id="connect" method="post" action="{connect_url(out)}">' in page and "Reconnect" in said
    row = shown(page[page.index("Servers by scope") :].split("</li>")[0])
    assert "Needs consent" in row and "It was taken back. To do: choose Reconnect." in row
    OutgoingServer.objects.update(client_secret_ends=timezone.localdate() + timedelta(days=6))
    rows.consented(there, out)
    assert "Sending, secret expires" in shown(client.get(page_url(out)).content.decode())


def test_a_client_secret_that_ends_soon_is_a_pill_and_words_in_the_list(
    desk: Desk, there: World, box: Mailbox
) -> None:
    rows.consented(there, box)
    MailboxState.objects.filter(mailbox=box).update(last_fetch_at=timezone.now())
    for left, says in (
        (7, "in 7 days"),
        (1, "in 1 day"),
        (0, "ends today"),
        (-3, "Tokens can be renewed no more"),
    ):
        Mailbox.objects.update(fetching=True, client_secret_ends=timezone.localdate() + timedelta(days=left))
        page = shown(browser(desk).get(IN).content.decode())
        assert "Fetching, secret expires" in page and says in page, left


def _age(by: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE provider_sign_in SET begun_at = begun_at - %s", [by])
