"""A link to consent: made here, opened by somebody without an account, used once; and everything that ends it."""

import logging
import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from deskpost.access import consent_links
from deskpost.access.columns import MailServerSettings
from deskpost.access.consent_links import ConsentLink
from deskpost.access.sign_ins import SignIn
from deskpost.console.mail_settings import link_state
from deskpost.desk.installation import Installation
from deskpost.desk.roles import Grant
from deskpost.desk.sign_in_attempts import PER_ADDRESS, may_try
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, remove
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.servers import OutgoingServer, ServerConsent
from deskpost.transports.errors import ServerUnreachable
from deskpost.transports.http import Http
from tests.access import rows
from tests.access.conftest import served, there
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_connect import box, browser, came_from, connect, desk, shown
from tests.oauth.world import DESK, OTHER, SECRET, World

__all__ = ["box", "desk", "served", "there"]
DEAD = "This link does not work"


def make(client: Client, row: MailServerSettings) -> str:
    """Make the link of a mailbox or server, and give its path."""
    response = client.post(link_state.url(row), {"act": "make"})
    page = response.content.decode()
    found = re.search(r'value="https://desk\.example(/consent/[\w-]{43})"', page)
    assert response.status_code == 200 and found, shown(page)
    return found[1]


def visitor(host: str = "desk.example") -> Client:
    return Client(HTTP_HOST=host)


def opened(client: Client, path: str) -> str:
    """Open a link, and give the page that is shown then."""
    response = client.get(path, follow=True)
    assert response.request["PATH_INFO"] == "/consent/"
    return shown(response.content.decode())


def leads_to(client: Client) -> str:
    response = client.post("/consent/")
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', response.content.decode())
    assert found, shown(response.content.decode())
    return unescape(found[1])


def back(client: Client, came: dict[str, str]) -> str:
    return shown(client.get(f"/oauth/back?{urlencode(came)}", follow=True).content.decode())


def consents(client: Client, there: World, **choice: str) -> str:
    """Go to the provider and come back; give the page that is shown then."""
    return back(client, came_from(there, leads_to(client), **choice))


def age(by: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consent_link SET made_at = made_at - %s, ends_at = ends_at - %s", [by, by])


def everything_stored() -> str:
    """Give the text of every table that could hold what is not to be held anywhere."""
    tables = (
        "consent_link",
        "access_consentlinksettingsevent",
        "provider_sign_in",
        "bell_notice",
        "wire_log",
    )
    tables += ("pghistory_context", "django_session", "sign_in_attempt", "mailbox_consent")
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_somebody_without_an_account_connects_a_mailbox_by_a_link(
    desk: Desk, there: World, box: Mailbox
) -> None:
    admin, other = browser(desk), visitor()
    path = make(admin, box)
    page = opened(other, path)
    assert "Priya Raman asks you to connect a mailbox" in page and DESK in page
    assert "read the mail of this mailbox, and mark, move and delete it there, and in other" in page
    assert "go on doing so without asking again" in page and "see the name and the address" in page
    assert "Go to Microsoft and decide there" in page and "It leads to 127.0.0.1" in page
    assert box.name not in page and box.client_id not in page and box.server not in page

    page = consents(other, there)
    assert "Done, thank you" in page and f"You consented as {DESK}. Priya Raman has been told." in page
    kept = MailboxConsent.objects.get(mailbox=box)
    assert (kept.given_by, kept.given_to, kept.lost_at) == (DESK, desk.admin, None)
    assert there.cloud.tokens.find(kept.access_token) is not None
    link = ConsentLink.objects.get()
    assert (link.end, link.given_by, link.person) == ("used", DESK, desk.admin)
    assert not SignIn.objects.exists()
    told = BellNotice.objects.get()
    assert (told.person, told.kind, told.url) == (
        desk.admin,
        "consent_came",
        f"/admin/mail-server-settings/incoming/{box.pk}/",
    )
    assert words_of(told).title == f"{box.name} is connected, by your link"
    assert f"{DESK} consented." in words_of(told).text
    form = shown(admin.get(told.url).content.decode())
    assert f"Connected as {DESK}" in form and "by a link that Priya Raman made" in form


def test_an_outgoing_server_is_connected_by_a_link_too(desk: Desk, there: World, box: Mailbox) -> None:
    out = rows.server(there, username="")
    other = visitor()
    page = opened(other, make(browser(desk), out))
    assert (
        "asks you to let mail be sent" in page and "send mail in the name of this mailbox (by SMTP)" in page
    )
    assert f'"{OTHER}" was authorised' in consents(other, there, mailbox=OTHER)
    assert "Done, thank you" in consents(other, there)
    assert ServerConsent.objects.get().given_by == DESK and not MailboxConsent.objects.exists()
    assert words_of(BellNotice.objects.get()).title == f"{out.scope_name} is connected, by your link"


def test_only_who_may_connect_makes_and_takes_back_links(desk: Desk, there: World, box: Mailbox) -> None:
    out = rows.server(there)
    make(browser(desk), box)
    limited = builders.person(
        "Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel
    )
    for who in (desk.dana, desk.tom, limited):
        client = builders.signed_in(who)
        for row in (box, out):
            for act in ("make", "take_back"):
                assert client.post(link_state.url(row), {"act": act}).status_code == 403, who.name
            assert client.get(link_state.url(row)).status_code == 403
            assert client.get(link_state.url(row), headers=builders.htmx()).status_code == 403
    assert Client().post(link_state.url(box), {"act": "make"}).status_code == 302
    assert ConsentLink.objects.get().end == "", "nobody of them ended it"


def test_a_link_opens_nothing_else_and_makes_nobody_signed_in(desk: Desk, there: World, box: Mailbox) -> None:
    other = visitor()
    opened(other, make(browser(desk), box))
    consents(other, there)
    for path in (
        "/requests/",
        f"/admin/mail-server-settings/incoming/{box.pk}/",
        link_state.url(box),
        "/setup/",
    ):
        assert other.get(path).headers["Location"].startswith("/sign-in/"), path


def test_an_administrator_of_another_account_sees_by_a_link_what_everybody_sees(
    desk: Desk, there: World, box: Mailbox
) -> None:
    path = make(browser(desk), box)
    limited = builders.person(
        "Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel
    )
    client = builders.signed_in(limited)
    client.defaults["HTTP_HOST"] = "desk.example"
    assert opened(client, path) == opened(visitor(), path)
    assert "Done, thank you" in consents(client, there)
    assert MailboxConsent.objects.get().given_to == desk.admin
    assert client.get(f"/admin/mail-server-settings/incoming/{box.pk}/").status_code == 403
    assert BellNotice.objects.get().person == desk.admin


def test_a_wrong_an_old_a_used_and_a_taken_back_link_are_answered_the_same_way(
    desk: Desk, there: World, box: Mailbox
) -> None:
    admin, answers = browser(desk), []

    def ask(path: str) -> None:
        client = visitor()
        first = client.get(path)
        second = client.get(first.headers["Location"])
        headers = [sorted(one.headers.items()) for one in (first, second)]
        answers.append((first.status_code, second.status_code, second.content, headers))
        assert not client.cookies, "nothing is remembered of it"

    ask("/consent/" + "A" * 43)
    ask("/consent/x/y/z/")
    used = make(admin, box)
    other = visitor()
    opened(other, used)
    consents(other, there)
    ask(used)
    old = make(admin, box)
    age(timedelta(days=7))
    ask(old)
    taken = make(admin, box)
    admin.post(link_state.url(box), {"act": "take_back"})
    ask(taken)
    replaced = make(admin, box)
    changed = make(admin, box)
    ask(replaced)
    Mailbox.objects.update(client_id="another")
    ask(changed)
    of_nobody = make(admin, box)
    Grant.objects.filter(person=desk.admin).delete()
    ask(of_nobody)
    assert len({str(one) for one in answers}) == 1
    assert answers[0][:2] == (303, 410) and DEAD in answers[0][2].decode()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("client_id", "7c3b2d1e-0000-4000-8000-00000000ffff"),
        ("token_url", "https://login.microsoftonline.com/another.example/oauth2/v2.0/token"),
        ("authorization_url", "https://login.microsoftonline.com/another.example/oauth2/v2.0/authorize"),
        ("username", OTHER),
        ("mailbox_to_open", OTHER),
        ("scope", "https://outlook.office365.com/POP.AccessAsUser.All"),
        ("server", "imap.elsewhere.example"),
        ("grant", "client_credentials"),
    ],
)
def test_a_change_of_what_is_signed_in_as_ends_the_link_by_whoever_and_wherever_it_is(
    desk: Desk, there: World, box: Mailbox, column: str, value: str
) -> None:
    out = rows.server(there)
    admin, of_box, of_out = browser(desk), visitor(), visitor()
    opened(of_box, make(admin, box))
    opened(of_out, make(admin, out))
    came = came_from(there, leads_to(of_box))
    of_it = Mailbox.objects.filter(pk=box.pk)
    of_it.update(name="Another name", fetch_every=300)  # what the sign-in does not depend on
    assert not ConsentLink.objects.exclude(end="").exists()
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE mailbox SET "{column}" = %s WHERE id = %s', [value, box.pk])
    before = len(there.cloud.asked)
    assert DEAD in back(of_box, came)
    assert len(there.cloud.asked) == before, "the code goes to nobody"
    assert DEAD in shown(of_box.get("/consent/").content.decode())
    assert of_box.post("/consent/").status_code == 410
    assert "asks you to let mail be sent" in shown(of_out.get("/consent/").content.decode())
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE outgoing_server SET "{column}" = %s', [value])
    assert of_out.post("/consent/").status_code == 410
    assert set(ConsentLink.objects.values_list("end", flat=True)) == {"changed"}
    assert not MailboxConsent.objects.exists()


def test_the_link_of_what_was_removed_works_no_more(desk: Desk, there: World, box: Mailbox) -> None:
    out = rows.server(there)
    of_box, of_out = visitor(), visitor()
    opened(of_box, make(browser(desk), box))
    opened(of_out, make(browser(desk), out))
    remove(desk.admin, "page", box)
    out.delete()
    assert (of_box.post("/consent/").status_code, of_out.post("/consent/").status_code) == (410, 410)


def test_another_account_picked_is_refused_and_the_link_works_on(
    desk: Desk, there: World, box: Mailbox
) -> None:
    other = visitor()
    path = make(browser(desk), box)
    opened(other, path)
    page = consents(other, there, mailbox=OTHER)
    assert "Not connected" in page and f'"{OTHER}" was authorised, but the user name here is "{DESK}"' in page
    assert f"begin once more, sign in as {DESK} and accept" in page and "Go to Microsoft" in page
    assert not MailboxConsent.objects.exists() and not BellNotice.objects.exists()
    form = shown(browser(desk).get(link_state.url(box)).content.decode())
    assert "Its last use did not work." in form and f'"{OTHER}" was authorised' in form
    assert "Done, thank you" in consents(other, there)


def test_who_declines_is_told_so_and_may_think_again(desk: Desk, there: World, box: Mailbox) -> None:
    other = visitor()
    opened(other, make(browser(desk), box))
    page = consents(other, there, answer="cancel")
    assert "AADSTS65004" in page and "or tell Priya Raman what is in the way" in page
    assert "Done, thank you" in consents(other, there)


def test_a_wrong_setting_is_told_to_who_asked_once_and_not_to_who_consents(
    desk: Desk, there: World, box: Mailbox
) -> None:
    Mailbox.objects.update(client_secret="wrong")
    box.refresh_from_db()
    box.client_secret = "wrong"
    box.save()
    other = visitor()
    opened(other, make(browser(desk), box))
    for _ in range(2):
        page = consents(other, there)
        assert "A setting at the desk does not fit" in page and "AADSTS" not in page and "secret" not in page
    told = BellNotice.objects.get()
    assert told.kind == "consent_failed" and "AADSTS7000215" in words_of(told).text
    assert SECRET not in words_of(told).text
    box.client_secret = SECRET
    box.save()  # a new secret is no other sign-in
    assert "Done, thank you" in consents(other, there)


def test_when_the_mail_server_does_not_open_the_consent_is_kept_and_who_asked_is_told_why(
    desk: Desk, there: World, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = ServerUnreachable(
        "imap.internal.example took the connection but said nothing. To do: look at it."
    )
    monkeypatch.setattr("deskpost.console.mail_settings.connect._opened", lambda row: trouble)
    other = visitor()
    opened(other, make(browser(desk), box))
    page = consents(other, there)
    assert "Done, thank you" in page and "imap.internal.example" not in page
    assert "imap.internal.example" in words_of(BellNotice.objects.get()).text
    assert MailboxConsent.objects.get().lost_at is None


def test_of_two_who_finish_with_one_link_the_second_changes_nothing(
    desk: Desk, there: World, box: Mailbox
) -> None:
    path = make(browser(desk), box)
    one, two = visitor(), visitor()
    opened(one, path)
    opened(two, path)
    came = [came_from(there, leads_to(client)) for client in (one, two)]
    assert "Done, thank you" in back(one, came[0])
    kept, before = MailboxConsent.objects.get().access_token, len(there.cloud.asked)
    assert DEAD in back(two, came[1])
    assert (MailboxConsent.objects.get().access_token, len(there.cloud.asked)) == (kept, before)


def test_a_link_taken_back_while_somebody_is_at_the_provider_brings_nothing(
    desk: Desk, there: World, box: Mailbox
) -> None:
    admin, other = browser(desk), visitor()
    opened(other, make(admin, box))
    came = came_from(there, leads_to(other))
    before = len(there.cloud.asked)
    admin.post(link_state.url(box), {"act": "take_back"})
    assert DEAD in back(other, came)
    assert len(there.cloud.asked) == before and not MailboxConsent.objects.exists()


def test_a_link_that_ends_while_its_tokens_come_keeps_none_of_them(
    desk: Desk, there: World, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, other = browser(desk), visitor()
    opened(other, make(admin, box))
    came = came_from(there, leads_to(other))
    ask = Http.ask

    def slowly(http: Http, method: str, *arguments: object, **named: object) -> object:
        if method == "POST":
            consent_links.take_back(box, desk.admin)
        return ask(http, method, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Http, "ask", slowly)
    assert DEAD in back(other, came)
    assert not MailboxConsent.objects.exists() and ConsentLink.objects.get().end == "taken_back"


def test_an_answer_in_another_browser_too_late_or_twice_is_not_used(
    desk: Desk, there: World, box: Mailbox
) -> None:
    mine, theirs = visitor(), visitor()
    path = make(browser(desk), box)
    opened(mine, path)
    came = came_from(there, leads_to(mine))
    assert "begun in another browser" in back(theirs, came)
    assert "begun in another browser" in back(browser(desk), came), "not even of who made the link"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE provider_sign_in SET begun_at = begun_at - interval '11 minutes'")
    assert "more than ten minutes after you began" in back(mine, came)
    assert "it was used already" in back(mine, came)
    assert not MailboxConsent.objects.exists()
    assert "Done, thank you" in consents(mine, there)
    assert back(visitor(), {"state": "guessed", "code": "x"}).startswith("Sign in"), "as before links"


def test_who_opens_it_under_another_host_is_told_before_anything_is_sent(
    desk: Desk, there: World, box: Mailbox
) -> None:
    path = make(browser(desk), box)
    other, before = visitor("10.1.1.1"), len(there.cloud.asked)
    page = opened(other, path)
    assert "Not from this address" in page and "ask Priya Raman for a new link" in page
    assert "Go to Microsoft" not in page
    other.post("/consent/")
    assert len(there.cloud.asked) == before and not SignIn.objects.exists()


@pytest.mark.parametrize(
    ("public", "column", "value", "says"),
    [
        ("", "", "", "address of this desk is not set"),
        ("http://desk.example", "", "", "not encrypted"),
        ("https://desk.example", "client_id", "", "Client ID is empty"),
        ("https://desk.example", "authorization_url", "no address", "address"),
    ],
)
def test_a_link_that_could_lead_nowhere_is_not_made(
    desk: Desk, there: World, box: Mailbox, public: str, column: str, value: str, says: str
) -> None:
    Installation.objects.update(public_url=public)
    if column:
        Mailbox.objects.update(**{column: value})
    response = browser(desk).post(link_state.url(box), {"act": "make"})
    assert response.status_code == 422 and says in shown(response.content.decode())
    assert not ConsentLink.objects.exists()


def test_the_secret_is_in_no_table_no_log_and_no_address_of_a_page(
    desk: Desk, there: World, box: Mailbox, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    admin, other = browser(desk), visitor()
    path = make(admin, box)
    token = path.rpartition("/")[2]
    shown_again = admin.get(link_state.url(box)).content.decode()
    first = other.get(path)
    assert (first.headers["Location"], first.headers["Referrer-Policy"]) == ("/consent/", "same-origin")
    page = other.get("/consent/")
    assert page.headers["Referrer-Policy"] == "same-origin" and page.headers["Cache-Control"] == "no-store"
    address = leads_to(other)
    back(other, came_from(there, address))
    visitor().get(path)
    visitor().get(f"{path}/and/more")
    Client(enforce_csrf_checks=True, HTTP_HOST="desk.example").post(path)

    def away(token: str) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(consent_links, "found_by", away)
    broken = Client(raise_request_exception=False, HTTP_HOST="desk.example").get(path)
    assert broken.status_code == 500 and "GET /consent/(hidden)" in caplog.text
    bell = "".join(f"{words_of(one)}{one.details}" for one in BellNotice.objects.all())
    for where in (everything_stored(), caplog.text, shown_again, page.content.decode(), address, bell):
        assert token not in where
    assert len(ConsentLink.objects.get().token_sha256) == 32


def test_guesses_are_limited_and_then_a_good_link_waits_too(desk: Desk, there: World, box: Mailbox) -> None:
    path, other = make(browser(desk), box), visitor()
    for number in range(PER_ADDRESS):
        assert other.get(f"/consent/guess{number}").headers["Location"] == "/consent/"
    assert other.get(path).headers["Location"] == "/consent/?wait"
    response = other.get("/consent/?wait")
    assert response.status_code == 429 and "wait 15 minutes" in shown(response.content.decode())
    assert may_try("priya@northgate-it.example", "127.0.0.1"), "nobody is kept from signing in by that"
    elsewhere = Client(HTTP_HOST="desk.example", REMOTE_ADDR="192.0.2.7")
    assert "asks you to connect" in opened(elsewhere, path)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sign_in_attempt SET at = at - interval '16 minutes'")
    assert "asks you to connect" in opened(other, path)


def test_a_new_link_and_a_connect_without_it_end_the_one_before(
    desk: Desk, there: World, box: Mailbox
) -> None:
    admin = browser(desk)
    make(admin, box)
    make(admin, box)
    connect(admin, there, box)
    assert list(ConsentLink.objects.order_by("pk").values_list("end", flat=True)) == ["replaced", "connected"]
    form = shown(admin.get(f"/admin/mail-server-settings/incoming/{box.pk}/").content.decode())
    assert "by Priya Raman." in form and "by a link" not in form


def test_the_page_that_waits_is_told_at_once(desk: Desk, there: World, box: Mailbox) -> None:
    admin, other, url = browser(desk), visitor(), link_state.url(box)

    def polled(part: str) -> tuple[str, str]:
        """Give the address that a part of the page asks, and the answer."""
        source = {"link-state": url, "connect-part": f"/admin/mail-server-settings/incoming/{box.pk}/"}[part]
        page = admin.get(source).content.decode()
        found = re.search(rf'id="{part}"[^>]* hx-get="([^"]+)" hx-trigger="every', page)
        assert found, shown(page)
        return unescape(found[1]), page

    opened(other, make(admin, box))
    asks = {part: polled(part)[0] for part in ("link-state", "connect-part")}
    headers = {part: {**builders.htmx(), "HX-Target": part} for part in asks}
    for part, address in asks.items():
        assert admin.get(address, headers=headers[part]).status_code == 204, "nothing is new"
    consents(other, there, mailbox=OTHER)
    for part, address in asks.items():
        answer = admin.get(address, headers=headers[part]).content.decode()
        assert "Its last use did not work." in shown(answer) and 'hx-trigger="every' in answer
    consents(other, there)
    answer = admin.get(asks["connect-part"], headers=headers["connect-part"]).content.decode()
    assert f"Connected as {DESK}" in shown(answer) and "every" not in answer
    assert 'id="sign-in-row" hx-swap-oob="true"' in answer and "by a link that Priya Raman made" in shown(
        answer
    )
    anew = admin.get(asks["link-state"], headers=headers["link-state"])
    assert anew.headers["HX-Redirect"] == url and f"Connected as {DESK}" in shown(
        admin.get(url).content.decode()
    )
    headers["setup-link"] = {**builders.htmx(), "HX-Target": "setup-link"}
    moved = admin.get(asks["link-state"], headers=headers["setup-link"])
    assert moved.headers["HX-Redirect"] == "/setup/"


def test_the_history_says_who_made_a_link_and_that_the_consent_came_by_it(
    desk: Desk, there: World, box: Mailbox
) -> None:
    admin, other = browser(desk), visitor()
    make(admin, box)
    admin.post(link_state.url(box), {"act": "take_back"})
    opened(other, make(admin, box))
    consents(other, there)
    found = shown(admin.get("/admin/history/?kind=consentlink").content.decode())
    assert f"Link to consent, {box.name}" in found and "Made" in found and "Taken back" in found
    assert "by a link to consent" in found and "Used: the consent came by it" in found and DESK in found
    assert "Priya Raman" in found and f"By {DESK}" in found
    export = b"".join(admin.get("/admin/history/export/?kind=consentlink")).decode()  # type: ignore[arg-type]
    assert "Used: the consent came by it" in export


def test_the_database_keeps_what_a_link_promises(desk: Desk, there: World, box: Mailbox) -> None:
    admin = browser(desk)
    make(admin, box)

    def refuses(sql: str, says: str) -> None:
        with pytest.raises(IntegrityError, match=says), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)

    refuses("UPDATE consent_link SET ends_at = made_at + interval '8 days'", "consent_link_lasts_7_days")
    refuses("UPDATE consent_link SET ended_at = now()", "consent_link_ends_for_a_reason")
    refuses("UPDATE consent_link SET given_by = 'x'", "consent_link_given_by_use")
    refuses("UPDATE consent_link SET token_sha256 = '\\x00'", "consent_link_hash")
    refuses(f"UPDATE consent_link SET server_id = {box.pk}", "consent_link_of_one")
    refuses(
        'INSERT INTO consent_link (token_sha256, mailbox_id, name, person_id, ends_at, "end", given_by, trouble)'
        " SELECT sha256('x'), mailbox_id, name, person_id, now() + interval '1 day', '', '', '' FROM consent_link",
        "consent_link_open_of_mailbox",
    )
    admin.post(link_state.url(box), {"act": "take_back"})
    refuses("UPDATE consent_link SET ended_at = NULL, \"end\" = ''", "works no more")
    refuses("UPDATE consent_link SET \"end\" = 'used'", "works no more")


def app_only(row: Mailbox | OutgoingServer) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(
        grant="client_credentials", scope="https://outlook.office365.com/.default"
    )


def approves(there: World, address: str, answer: str = "approve") -> dict[str, str]:
    """Answer the provider's page for administrators; give with what the browser comes back."""
    with Http(address, there.application.server) as http:
        page = http.ask("GET", address)
        assert page.status == 200 and b"Approve for the organisation" in page.body
        answered = http.ask("POST", address, body=urlencode({"answer": answer}).encode())
    assert answered.status == 303
    return {name: one[0] for name, one in parse_qs(urlsplit(answered.headers["location"]).query).items()}


def test_an_administrator_lets_an_application_sign_in_on_its_own_by_a_link(
    desk: Desk, there: World, box: Mailbox
) -> None:
    app_only(box)
    other = visitor()
    page = opened(other, make(browser(desk), box))
    assert (
        "sign in on its own, without a person" in page and "as an administrator of your organisation" in page
    )
    address = leads_to(other)
    assert f"/{there.cloud.tenant}/v2.0/adminconsent?" in address and SECRET not in address
    page = back(other, approves(there, address, "cancel"))
    assert "the consent was declined" in page and "sign in as an administrator and accept" in page
    assert not MailboxConsent.objects.exists()

    elsewhere = {**approves(there, leads_to(other)), "tenant": "9d0f2f1f-6b0a-4c58-9c1e-5a1d2f3e4b5c"}
    assert "another organisation" in back(other, elsewhere) and not MailboxConsent.objects.exists()
    unsaid = {name: one for name, one in approves(there, leads_to(other)).items() if name != "admin_consent"}
    back(other, unsaid)
    assert not MailboxConsent.objects.exists()

    page = back(other, approves(there, leads_to(other)))
    assert "Done, thank you" in page and "The consent was given and kept" in page
    assert MailboxConsent.objects.get().access_token and ConsentLink.objects.get().end == "used"


def test_where_an_application_needs_no_page_of_an_administrator_no_link_is_offered(
    desk: Desk, there: World, box: Mailbox
) -> None:
    app_only(box)
    Mailbox.objects.update(
        token_url="https://sign-in.elsewhere.example/token", server="imap.elsewhere.example"
    )
    assert browser(desk).get(link_state.url(box)).status_code == 404
    Mailbox.objects.update(authentication="basic")
    assert browser(desk).post(link_state.url(box), {"act": "make"}).status_code == 404


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("application/x-www-form-urlencoded", b"token=%00&=&&id=%ED%A0%80"),
        ("multipart/form-data", b"no boundary"),
        ("application/json", b'[{"id": ["x"]}]'),
    ],
)
def test_whatever_is_posted_by_a_link_there_is_an_answer(
    desk: Desk, there: World, box: Mailbox, kind: str, sent: bytes
) -> None:
    path, client = make(browser(desk), box), Client(raise_request_exception=False, HTTP_HOST="desk.example")
    for where in (path, "/consent/%00", "/consent/" + "x" * 9_000, "/consent/%F0%9F%98%80/"):
        assert client.post(where, sent, content_type=kind).status_code == 303, where
    assert client.post("/consent/", sent, content_type=kind).status_code == 410
    client.get(path)
    assert client.post("/consent/", sent, content_type=kind).status_code in (200, 400)
    for state in ("%00", "x" * 9_000, "%ED%A0%80", ""):
        assert client.get(f"/oauth/back?state={state}&code=%00").status_code == 303, state
