"""Every page, asked by every role for what belongs to another account, or another site: it is not there.

The pages are read from the URL configuration, so that none is forgotten: a route whose parameters have no object of
another account below fails the test, and so does one that nobody has said to be without objects.
"""

import re
import uuid
from collections.abc import Iterator
from itertools import product

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from deskpost.desk.accounts import Site
from deskpost.desk.assets import Asset
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Group
from deskpost.desk.modules import OTHERS
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import SHIPPED_ROLES, Grant
from deskpost.inbound.messages import InboundMessage
from deskpost.outbound import bell
from tests.console import builders
from tests.console.conftest import Desk
from tests.outbound.builders import queue_mails

# Settings hold for the whole installation: who has the permission in one account only gets 403 (test_delimiters).
SETTINGS = {
    "all_settings",
    *("settings_history", "settings_export", "settings_restore"),
    *("delimiters", "email_command", "email_command_try", "former_token_new"),
    *("spam_rules", "spam_rule_new"),
    *("notification_rules", "notification_rule_add", "notification_rule_remove"),
    *("accounts", "account_new"),
    *("templates", "template_new"),
    *("people", "person_new", "roles", "role_new", "groups", "group_new"),
    *("request_fields", "request_field_additional", "request_field_additional_new"),
    "outgoing",
    "outgoing_port",
    *("incoming", "incoming_new", "connectivity", "senders", "outbox_queue"),
    "proxy",
    "attachment_settings",
    *("error_folder", "error_again", "error_download_all"),
    *("setup", "setup_tests", "setup_news", "setup_anew"),
    "oauth_back",
}
# Settings whose routes name what they are about: who may not set mail everywhere gets 403, whatever they name.
NAMED_SETTINGS = {
    *("outgoing_server", "outgoing_sample", "outgoing_test", "outgoing_primary"),
    *("outgoing_pause", "outgoing_resume", "outgoing_try", "outgoing_remove", "outgoing_connect"),
    *("outgoing_debug", "outgoing_link"),
}
NAMED_MAILBOXES = {
    *("incoming_mailbox", "incoming_start", "incoming_stop", "incoming_try", "incoming_remove"),
    *("incoming_connect", "incoming_debug", "incoming_link"),
    *("error_total", "error_move", "error_download", "error_details"),
}
NAMED_RULES = {"notification_rule", "notification_rule_switch"}
NAMED_ACCOUNTS = {"account", "account_edit", "account_remove", "account_bring_back"}
NAMED_PEOPLE = {
    *("person", "person_edit", "person_remove", "person_grant_add", "person_grant_remove"),
    *("role", "role_remove", "group", "group_remove"),
}
NAMED_TEMPLATES = {
    *("template", "template_closing", "template_offered", "template_default", "template_remove"),
    *("template_move", "template_resources", "template_resource"),
}
NAMED_TOKENS = {"former_token", "former_token_remove"}
NAMED_QUESTIONS = {"setup_question"}
NAMED_LISTS = {"request_field_values", "request_field_value_new"}
NAMED_VALUES = {"request_field_value", "request_field_value_move", "request_field_value_remove"}
NAMED_FIELDS = {
    *("request_field_additional_field", "request_field_additional_move"),
    *("request_field_additional_remove", "request_field_additional_bring_back"),
}
NAMED_SPAM_RULES = {"spam_rule", "spam_rule_move", "spam_rule_switch", "spam_rule_remove"}
NAMED = (
    NAMED_SPAM_RULES
    | NAMED_QUESTIONS
    | NAMED_TOKENS
    | NAMED_SETTINGS
    | NAMED_MAILBOXES
    | NAMED_RULES
    | NAMED_ACCOUNTS
    | NAMED_PEOPLE
    | NAMED_TEMPLATES
    | NAMED_LISTS
    | NAMED_VALUES
    | NAMED_FIELDS
)
# Routes without parameters: what they show comes through desk.visible alone; asked below all the same.
LISTS = {
    "home",
    *("outbox", "outbox_decide"),
    "mail_flow",
    *("trace", "trace_chosen"),
    "requests",
    *("request_news", "requests_merge"),
    *("new_request", "new_request_fields"),
    *("assets", "asset_new"),
    "attachments",
    *("bell", "bell_count", "bell_read"),
    "help",
    *SETTINGS,
}
# Routes that name a module, and no record of it: each module's is asked below.
OF_MODULES = {"records", "record_new"}
# Routes that name no row of the desk, each with why.
NO_OBJECT = {
    "sign_in": "asks who it is",
    "sign_out": "ends the session",
    "first_administrator": "its token is the key",
    "consent_link": "its token is the key",
    "consent": "what a link opened in this session: tests/console/test_consent_links.py",
    "push_graph": "each notification holds the secret of its mailbox",
    "push_graph_lifecycle": "each notification holds the secret of its mailbox",
    "metrics": "for a monitoring system of the operator: tests/console/test_metrics.py",
    "help_page": "the handbook is the same for all",
    "help_picture": "the handbook is the same for all",
}
SECRET = "Fire in the archive of Vantage"
THING = "Fireproof safe of Bergen"  # requesters of the whole account may say that theirs is about it
# What belongs to the whole account, not to a site of it: who manages the outbox at one site sees its server.
OF_THE_ACCOUNT = {"outbox_pause", "outbox_resume"}
of_every_role = pytest.mark.parametrize("role", SHIPPED_ROLES)
from_everywhere = pytest.mark.parametrize("where", ("another account", "another site"))


@pytest.fixture
def foreign(desk: Desk) -> dict[str, dict[str, object]]:
    """Give, for each route with parameters, its arguments that name something of a site of Vantage Legal."""
    builders.number_from(48_211)
    record = builders.request_by_mail(
        desk.box,
        sender="Helen Cho <helen@vantage.example>",
        subject=SECRET,
        html="<p>Do not tell anybody</p>",
        message_id="<secret@vantage.example>",
        files={"plan.txt": ("text/plain", b"the plan")},
    )
    assert record.account == desk.vantage
    bergen = Site.objects.create(account=desk.vantage, name="Bergen")
    Person.objects.filter(pk=record.requester_id).update(site=bergen)
    conversation = Conversation.objects.get(record=record)
    attachment = Attachment.objects.get(conversation=conversation)
    bell.ring([desk.admin.pk], "failover", {"primary": SECRET, "alternate": SECRET})
    number, message = {"number": record.number}, {"id": conversation.pk}
    server = builders.outgoing_of(desk.vantage)
    (queued,) = queue_mails(server, ["helen@vantage.example"], subject=SECRET, record_id=record.pk)
    mail = {"id": queued.pk}
    incoming = {"id": conversation.mail_id}
    task = builders.record_of(desk.vantage, SECRET, by=desk.admin, belongs_to=record, number=48_211)
    of_module = {"module": "TA", "number": task.number}
    asset = {"id": Asset.objects.create(account=desk.vantage, site=bergen, name=THING).pk}
    return {
        "asset": asset,
        "asset_remove": asset,
        "record": of_module,
        "record_reply": of_module,
        "record_properties": of_module,
        "record_newer": of_module,
        "record_held_accept": {**of_module, **incoming},
        "request": number,
        "request_reply": number,
        "request_properties": number,
        "request_newer": number,
        "request_answers": number,
        "request_by_name": {"name": f"RE-{record.number}"},
        "message_html": message,
        "mail_way": message,
        "mail_state": message,
        "trace_mail": incoming,
        "trace_source": incoming,
        "trace_file": incoming,
        "request_spam": number,
        "request_merge": number,
        "request_merge_back": number,
        "request_move": number,
        "request_unlink": number,
        "request_requester": number,
        "request_requester_back": number,
        "held_accept": {**number, **incoming},
        "trace_accept": incoming,
        "trace_refuse": incoming,
        "trace_move": incoming,
        "trace_own": incoming,
        "trace_again": incoming,
        "trace_ordinary": incoming,
        "trace_take_in": incoming,
        "attachment": {"id": attachment.pk},
        "bell_seen": {"id": bell.notices_of(desk.admin)[0].pk},
        "outbox_mail": mail,
        "outbox_retry": mail,
        "outbox_cancel": mail,
        "outbox_through": mail,
        "outbox_was_sent": mail,
        "outbox_look": mail,
        "outbox_pause": {"id": server.pk},
        "outbox_resume": {"id": server.pk},
    }


def routes() -> Iterator[URLPattern]:
    """Give every route of the URL configuration."""
    pending = list(get_resolver().url_patterns)
    while pending:
        one = pending.pop()
        if isinstance(one, URLPattern):
            yield one
        else:
            pending.extend(one.url_patterns)


def stranger(desk: Desk, role: str, where: str = "another account") -> Person:
    """Give somebody with a role that holds in Kestrel Logistics alone, or at Vantage Legal's site in Oslo alone."""
    if where == "another site":
        oslo, _ = Site.objects.get_or_create(account=desk.vantage, name="Oslo")
        who = ("Olav of Oslo", f"{role.lower()}@vantage.example", role)
        return builders.person(*who, account=desk.vantage, within=desk.vantage, at=oslo)
    return builders.person(
        f"Kestrel's {role}",
        f"{role.lower()}@kestrel.example",
        role,
        account=desk.kestrel,
        within=desk.kestrel,
    )


def neighbour(who: Person) -> str:
    """Make a requester of the same account and site, and give name and address."""
    address = f"ola@{str(who.sign_in_name).rpartition('@')[2]}"
    builders.person("Ola Nord", address, account=who.account, at=who.site, signs_in=False)
    return f"Ola Nord <{address}>"


def test_every_route_is_in_the_matrix(foreign: dict[str, dict[str, object]]) -> None:
    for route in routes():
        name = route.name
        assert name, f"{route.pattern} has no name"
        if name in NO_OBJECT or name in LISTS or name in NAMED or name in OF_MODULES:
            continue
        parameters = set(route.pattern.converters)
        assert name in foreign, f"{name} has no object of another account in this test: declare one"
        assert set(foreign[name]) == parameters, f"{name} takes {parameters}"


@from_everywhere
@of_every_role
def test_what_belongs_to_others_is_not_there(
    desk: Desk, foreign: dict[str, dict[str, object]], role: str, where: str
) -> None:
    client = builders.signed_in(stranger(desk, role, where))
    tried = 0
    for route, method, part in product(routes(), ("get", "post"), (False, True)):
        if route.name not in foreign:
            continue
        url = reverse(route.name, kwargs=foreign[route.name])
        headers = builders.htmx() if part else {}
        response = getattr(client, method)(url, headers=headers)
        assert not any(one in response.content.decode() for one in (SECRET, THING))
        if where == "another site" and route.name in OF_THE_ACCOUNT:
            assert response.status_code in (403, 404, 405)
            continue
        assert response.status_code in (404, 405), f"{role} {method} {url}: {response.status_code}"
        tried += response.status_code == 404
    assert tried >= (len(foreign) - len(OF_THE_ACCOUNT)) * 2


@of_every_role
def test_settings_answer_the_same_whatever_they_name(desk: Desk, role: str) -> None:
    client = builders.signed_in(stranger(desk, role))
    scopes = (f"account-{desk.vantage.pk}", "account-987", "directory")
    named = [*product(NAMED_SETTINGS, scopes), *product(NAMED_MAILBOXES, (desk.box.pk, 987))]
    named += product(NAMED_QUESTIONS, (1, 3, 9))
    named += product(NAMED_SPAM_RULES, (1, 987))
    named += product(NAMED_TOKENS, (1, 987))
    named += product(NAMED_RULES, ("request_closed", "nothing"))
    named += product(NAMED_ACCOUNTS, (desk.vantage.pk, 987))
    named += product(NAMED_PEOPLE, (desk.admin.pk, 987))
    named += product(NAMED_TEMPLATES, (1, 987))
    named += product(NAMED_LISTS, ("levels", "nothing"))
    named += product(NAMED_VALUES, (("levels", 1), ("nothing", 987)))
    named += product(NAMED_FIELDS, (1, 987))
    for (name, what), method in product(named, ("get", "post")):
        args = what if isinstance(what, tuple) else [what]
        response = getattr(client, method)(reverse(name, args=args))
        assert response.status_code in (403, 405), f"{role} {method} {name} {what}"
        assert "Vantage Legal" not in response.content.decode()


@from_everywhere
@of_every_role
def test_lists_and_search_show_nothing_of_others(
    desk: Desk, foreign: dict[str, dict[str, object]], role: str, where: str
) -> None:
    client = builders.signed_in(stranger(desk, role, where))
    number = str(foreign["request"]["number"])
    queries = (
        "",
        "?view=all",
        "?view=unassigned",
        "?q=archive",
        "?q=helen",
        f"?q={number}",
        f"?account={desk.vantage.pk}",
    )
    urls = [reverse("requests") + query for query in queries]
    if role == "SDAdmin" and where == "another account":
        urls += [reverse("mail_flow") + query for query in ("", "?span=week", "?table=1")]
    if role in ("SDAdmin", "SDCoordinator"):
        tabs = ("", f"?account={desk.vantage.pk}", "?tab=sent", "?tab=held")
        urls += [reverse("outbox") + query for query in tabs]
    if role in ("SDAdmin", "SDAccountAdmin"):
        urls += [reverse("assets") + query for query in ("", "?q=archive", f"?place={desk.vantage.pk}")]
        urls.append(reverse("asset_new"))
    if role != "SDRequester":
        urls += [
            reverse("trace") + query
            for query in ("", "?sender=helen", "?subject=archive", "?recipient=support")
        ]
    urls += [reverse("request_news") + "?after=0", reverse("new_request"), reverse("home")]
    for url in urls:
        response = client.get(url, follow=True)
        page = response.content.decode()
        assert SECRET not in page, url
        assert role == "SDRequester" or THING not in page, url
        assert where == "another site" or "Vantage Legal" not in page, url
        assert "Helen Cho" not in page, url


@from_everywhere
def test_records_of_every_module_are_seen_by_those_of_their_account_alone(
    desk: Desk, foreign: dict[str, dict[str, object]], where: str
) -> None:
    client = builders.signed_in(stranger(desk, "SDAdmin", where))
    new = reverse("record_new", args=["TA"])
    for module in OTHERS:
        theirs = builders.record_of(desk.vantage, SECRET, by=desk.admin, module=module)
        assert client.get(reverse("record", args=[module, theirs.number])).status_code == 404
        assert client.get(reverse("request_by_name", args=[f"{module}-{theirs.number}"])).status_code == 404
        listed = client.get(f"{reverse('records', args=[module])}?view=all&account={desk.vantage.pk}")
        assert listed.status_code == 200 and SECRET not in listed.content.decode()
    asked = {"account": desk.vantage.pk, "subject": "Mine", "text": "Mine", "token": str(uuid.uuid4())}
    assert client.post(new, asked).status_code in (403, 422)
    number = foreign["request"]["number"]
    assert f"RE-{number}" not in client.get(f"{new}?request={number}").content.decode()
    asked |= {"account": desk.kestrel.pk, "belongs_to": f"RE-{number}"}
    refused = client.post(new, asked).content.decode()
    assert SECRET not in refused and not Record.objects.filter(subject="Mine").exists()
    assert where == "another site" or f"There is no request RE-{number}" in refused
    requester = builders.signed_in(stranger(desk, "SDRequester", where))
    for url in (reverse("records", args=["SO"]), new):
        assert requester.get(url).status_code == 403


@from_everywhere
@of_every_role
def test_a_missing_request_and_a_foreign_one_answer_the_same(
    desk: Desk, foreign: dict[str, dict[str, object]], role: str, where: str
) -> None:
    client = builders.signed_in(stranger(desk, role, where))
    number = foreign["request"]["number"]
    other = 7_654_321
    theirs, nobodys = (_without_token(client, one).replace(str(one), "N") for one in (number, other))
    assert theirs == nobodys


def _without_token(client: Client, number: int) -> str:
    """Give the page of a request less the form tokens, which are drawn anew for each page."""
    page = client.get(reverse("request", args=[number])).content.decode()
    return re.sub(r'(name="csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', r"\1", page)


def test_without_a_sign_in_every_page_sends_to_sign_in(
    client: object, desk: Desk, foreign: dict[str, dict[str, object]]
) -> None:
    for name in (*foreign, *(LISTS - {"home"})):
        url = reverse(name, kwargs=foreign.get(name, {}))
        for method in ("get", "post"):
            response = getattr(client, method)(url)
            assert response.status_code in (302, 405), f"{method} {url}"
            if response.status_code == 302:
                assert response.headers["Location"].startswith(reverse("sign_in"))
            part = getattr(client, method)(url, headers=builders.htmx())
            assert part.status_code in (401, 405), f"{method} {url} by htmx"


@from_everywhere
def test_a_request_cannot_be_given_to_a_technician_who_may_not_see_it(desk: Desk, where: str) -> None:
    outsider = stranger(desk, "SDTechnician", where)
    record = builders.request_by_mail(
        desk.box, sender="Helen Cho <helen@vantage.example>", message_id="<2@vantage.example>"
    )
    url = reverse("request_properties", args=[record.number])
    client = builders.signed_in(desk.admin)
    refused = client.post(url, {"technician": str(outsider.pk)})
    assert refused.status_code == 409 and outsider.name not in refused.content.decode()
    record.refresh_from_db()
    assert record.technician is None
    assert outsider.name not in client.get(reverse("request", args=[record.number])).content.decode()


@from_everywhere
def test_technicians_and_groups_of_others_are_not_named(desk: Desk, where: str) -> None:
    bergen = Site.objects.create(account=desk.vantage, name="Bergen") if where == "another site" else None
    vera = ("Vera Vantage", "vera@vantage.example", "SDTechnician")
    builders.person(*vera, account=desk.vantage, within=desk.vantage, at=bergen)
    if where == "another account":
        Group.objects.create(name="Vera Vantage's group", account=desk.vantage)
    near = stranger(desk, "SDAccountAdmin", where)
    asks = neighbour(near)
    builders.request_by_mail(desk.box, sender=asks)
    client = builders.signed_in(near)
    named = {"account": str(near.account_id), "requester": asks}
    pages = (client.get(reverse("requests")), client.post(reverse("new_request_fields"), named))
    for page in (one.content.decode() for one in pages):
        assert "Vera Vantage" not in page
        assert "Dana Whitfield" in page
    assert "Vera Vantage" not in client.get(reverse("new_request")).content.decode()
    assert "Vera Vantage" in builders.signed_in(desk.admin).get(reverse("requests")).content.decode()


def test_a_technician_of_one_account_sees_its_requests_and_works_on_them(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    insider = stranger(desk, "SDTechnician")
    client = builders.signed_in(insider)
    assert client.get(reverse("request", args=[record.number])).status_code == 200
    url = reverse("request_properties", args=[record.number])
    assert client.post(url, {"technician": str(insider.pk)}).status_code == 303
    record.refresh_from_db()
    assert record.technician == insider


@from_everywhere
@pytest.mark.usefixtures("foreign")
def test_nobody_opens_a_request_for_those_they_do_not_work_for(desk: Desk, where: str) -> None:
    client = builders.signed_in(stranger(desk, "SDTechnician", where))
    page = client.post(
        reverse("new_request"),
        {
            "account": str(desk.vantage.pk),
            "requester": "helen@vantage.example",
            "subject": "Sneaked in",
            "text": "Hello",
            "token": "5b0f61f4-3f3c-4a3e-9f0e-0a4a5d3f1f11",
        },
    )
    assert page.status_code == 422
    assert not Conversation.objects.filter(subject="Sneaked in").exists()
    assert "Helen Cho" not in page.content.decode()


def test_at_a_site_one_opens_requests_for_its_people_and_sees_them(desk: Desk) -> None:
    insider = stranger(desk, "SDTechnician", "another site")
    client = builders.signed_in(insider)
    form = {
        "account": str(desk.vantage.pk),
        "requester": neighbour(insider),
        "subject": "Cold",
        "text": "Brr",
    }
    form |= {"technician": str(insider.pk), "token": "5b0f61f4-3f3c-4a3e-9f0e-0a4a5d3f1f12"}
    page = client.post(reverse("new_request"), form, follow=True)
    assert page.status_code == 200
    assert Conversation.objects.get(subject="Cold").record.technician == insider


def test_a_mail_that_waits_at_a_request_is_traced_where_that_request_is_and_not_where_its_sender_is(
    desk: Desk,
) -> None:
    """Held at a request of Kestrel's, it was sent by somebody of Vantage."""
    record = builders.request_by_mail(desk.box)
    sent = {"sender": "Helen Cho <helen@vantage.example>", "message_id": "<3@vantage.example>"}
    builders.request_by_mail(desk.box, **sent, subject=f"##RE-{record.number}## {SECRET}")
    held = InboundMessage.objects.order_by("-pk")[0]
    assert held.outcome.kind == "held"
    who = stranger(desk, "SDTechnician", "another site")
    grant = Grant.objects.get(person=who)
    Grant.objects.filter(pk=grant.pk).update(site=None)
    client = builders.signed_in(who)
    assert client.get(reverse("trace_mail", args=[held.pk])).status_code == 404
    assert SECRET not in client.get(reverse("trace")).content.decode()
    Grant.objects.create(person=who, role=grant.role, account=desk.kestrel)
    assert client.get(reverse("trace_mail", args=[held.pk])).status_code == 200
