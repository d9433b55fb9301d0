"""Every form carries a token of its page: with it the form is taken, without it refused in words."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from django.urls.converters import IntConverter
from django.utils import timezone
from playwright.sync_api import expect

from deskpost.desk import linking, settings
from deskpost.desk.first_administrator import create_link
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound import merging
from deskpost.inbound.deliver import deliver
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.mailboxes import MailboxState
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.spam.rules import SpamRule
from deskpost.outbound import failover, service_ended
from deskpost.outbound.servers import OutgoingServer
from tests.browser.accessible import complaints
from tests.browser.conftest import Opens, Site, serve
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.console.test_isolation import routes
from tests.outbound.builders import queue_mails

TOKEN = "csrfmiddlewaretoken"
FORMS = {
    "first_administrator",
    "sign_in",
    "sign_out",
    "new_request",
    "request_reply",
    "request_properties",
    "outbox_retry",
    "outbox_cancel",
    "outbox_through",
    "outbox_pause",
    "outbox_resume",
    "delimiters",
    "settings_restore",
    *("trace_move", "trace_own", "trace_again", "trace_take_in", "held_accept", "trace_chosen"),
    *(
        "request_spam",
        "spam_rules",
        "spam_rule_new",
        "spam_rule_move",
        "spam_rule_switch",
        "spam_rule_remove",
    ),
    *("request_requester", "request_requester_back", "trace_accept", "trace_refuse", "senders"),
    *("request_merge", "request_merge_back", "request_move", "request_unlink"),
    "attachment_settings",
    *("error_folder", "error_move"),
    *(
        "incoming_new",
        "incoming_mailbox",
        "incoming_start",
        "incoming_stop",
        "incoming_try",
        "incoming_remove",
    ),
    *("outgoing_server", "outgoing_sample", "outgoing_test", "outgoing_primary"),
    *("outgoing_pause", "outgoing_resume", "outgoing_try", "outgoing_remove"),
}
TYPED = {
    "username": "priya@northgate-it.example",
    "password": builders.PASSWORD,
    "name": "Ann",
    "email": "ann@northgate-it.example",
    "text": "We look into it.",
}


class Forms(HTMLParser):
    """The forms of a page that are posted: address, and what a browser sends by the first button."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open = False
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._open = given.get("method", "").lower() == "post"
            if self._open:
                self.found.append((given["action"], {}))
        elif not self._open:
            return
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._note(self._select, given.get("value", ""))
        elif name and tag in ("input", "textarea", "button") and given.get("type") != "file":
            self._note(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"

    def _note(self, name: str, value: str) -> None:
        self.found[-1][1].setdefault(name, value or TYPED.get(name, ""))


def browser(who: Person | None) -> Client:
    """Give a browser that is held to the tokens of forms."""
    client = Client(enforce_csrf_checks=True)
    if who is not None:
        client.force_login(who)
    return client


def answers(told: dict[str, Any], who: Person | None, page: str, first: str = "") -> None:
    """Send each form of a page as a browser does, and note how each was answered, by the route it goes to.

    Those of a route that was told of are looked at and not sent again. `first`: the route of the form that others
    would do away with.
    """
    actions = {}
    for action, values in Forms(browser(who).get(page).content.decode()).found:
        assert TOKEN in values, f"{page}: the form for {action} has no token"
        actions[action] = str(resolve(action.partition("?")[0]).url_name)
    for action in sorted(actions, key=lambda action: actions[action] != first):
        if actions[action] in told:
            continue
        client = browser(who)
        present = dict(Forms(client.get(page).content.decode()).found)
        if action in present:  # else what was sent before has done away with it
            told[actions[action]] = client.post(action, present[action])


def mail_for(desk: Desk, subject: str, sender: str) -> int:
    """Let a mail come in, and give its id."""
    builders.request_by_mail(desk.box, subject=subject, sender=sender, message_id=f"<of-{sender}>")
    return InboundMessage.objects.order_by("-pk")[0].pk


def strangers(desk: Desk) -> list[int]:
    """Let mail of two wait for them to be accepted, and give its ids."""
    settings.change(None, "page", Installation.objects.get(), {"unknown_senders": "hold"})
    for sender in ("ann@else.example", "ben@else.example"):
        deliver(desk.box, builders.mail(sender=sender, subject=sender, message_id=f"<of-{sender}>"))
    settings.change(None, "page", Installation.objects.get(), {"unknown_senders": "create"})
    return list(InboundMessage.objects.order_by("-pk").values_list("pk", flat=True)[:2])


def forwarded(desk: Desk) -> Record:
    """Let a technician forward a mail, and give the request of whose mail it was."""
    text = "---- Forwarded message ----\nFrom: tom@kestrel.example\nTo: dana@x.example\nSubject: Out\n\nIt is out."
    parts = {"sender": str(desk.dana.sign_in_name), "subject": "Fwd: Out", "message_id": "<fwd@x.example>"}
    return builders.request_by_mail(desk.box, text=text, **parts)


def outgoing_on_its_alternate(desk: Desk) -> None:
    """Let the IT Help Desk's mail leave by its alternate; nothing answers at either."""
    OutgoingServer.objects.update(server="127.0.0.1", port=9)
    settings.change(
        desk.admin, "page", desk.server, {"server": "127.0.0.1", "alternate_server": "127.0.0.1:9"}
    )
    with transaction.atomic():
        assert failover.use_alternate(OutgoingServer.objects.get(pk=desk.server.pk), "It does not answer.")


def mailbox_states() -> tuple[int, int]:
    """Make mailboxes that offer Try now, Stop fetching and Start fetching; give two of the last kind."""
    failing = builders.mailbox("Failing", fetching=True)
    MailboxState.objects.filter(mailbox=failing).update(
        failing_since=timezone.now(), reason="It does not answer."
    )
    builders.mailbox("Fetched", fetching=True)
    return builders.mailbox("New").pk, builders.mailbox("Spare").pk


@pytest.mark.usefixtures("database")
def test_every_form_is_taken_with_the_token_of_its_page() -> None:
    told: dict[str, Any] = {}
    answers(told, None, reverse("first_administrator", args=[create_link()]))
    desk = build_desk()
    record = builders.request_by_mail(desk.box)
    other = builders.outgoing_of(desk.kestrel)
    OutgoingServer.objects.filter(pk=other.pk).update(paused=True)
    of_record = {"account_id": record.account_id, "record_id": record.pk}
    queued, failed = queue_mails(desk.server, ["tom@kestrel.example"] * 2, **of_record)
    type(failed).objects.filter(pk=failed.pk).update(state="failed", reason="It was refused.")
    settings.change(desk.admin, "page", desk.server, {"port": 587})
    answers(told, None, reverse("sign_in"))
    spam = builders.request_by_mail(desk.box, sender="eve@x.example", message_id="<spam@x.example>")
    answers(told, desk.admin, reverse("request", args=[spam.number]), "request_spam")
    rule = {"criteria": [{"field": "to", "condition": "is", "values": ["x@y.example"]}]}
    row = SpamRule(instance=desk.box.instance)
    spam_rules.save(desk.admin, "page", row, {"name": "Away", **rule})
    joined = mail_for(desk, f"Re: ##RE-{record.number}##", "tom@kestrel.example")
    held = mail_for(desk, f"##RE-{record.number}##", "helen@vantage.example")
    mail_for(desk, f"##RE-{record.number}##", "val@vantage.example")
    builders.request_by_mail(
        desk.box, message_id="<9@x>", subject="File", files={"a?.txt": ("text/plain", b"a")}
    )
    outgoing_on_its_alternate(desk)
    new, spare = mailbox_states()
    merged = builders.request_by_mail(desk.box, message_id="<m@x>", subject="Merged")
    merging.merge(merged.pk, record.pk, desk.admin)
    linked = builders.request_by_mail(desk.box, message_id="<l@x>", subject="Linked")
    linking.link(linked.pk, record.pk, desk.admin)
    for mail, first in zip(strangers(desk), ("trace_accept", "trace_refuse"), strict=True):
        answers(told, desk.admin, reverse("trace_mail", args=[mail]), first)
    answers(told, desk.admin, reverse("request", args=[forwarded(desk).number]), "request_requester_back")
    for page in (
        reverse("senders"),
        reverse("request", args=[merged.number]),
        reverse("request", args=[linked.number]),
        reverse("request_move", args=[linked.number]),
        reverse("request_merge", args=[linked.number]) + f"?with={record.number}",
        reverse("new_request"),
        reverse("outbox"),
        reverse("outbox_mail", args=[queued.pk]),
        reverse("outbox_mail", args=[failed.pk]),
        reverse("delimiters"),
        reverse("settings_history") + "?kind=outgoingserver",
        reverse("trace_mail", args=[joined]),
        reverse("trace_mail", args=[held]),
        reverse("trace") + "?outcome=stopped",
        reverse("trace_mail", args=[DroppedFile.objects.get().mail_id]),
        reverse("attachment_settings"),
        reverse("error_folder"),
        reverse("error_move", args=[desk.box.pk]),
        reverse("spam_rules"),
        reverse("spam_rule_new"),
        reverse("spam_rule_remove", args=[row.pk]),
        reverse("request", args=[record.number]),
        reverse("incoming"),
        reverse("incoming_new"),
        reverse("incoming_mailbox", args=[new]),
        reverse("incoming_remove", args=[spare]),
        reverse("outgoing"),
        reverse("outgoing_server", args=[f"account-{desk.kestrel.pk}"]),
        reverse("outgoing_remove", args=[f"account-{desk.kestrel.pk}"]),
    ):
        answers(told, desk.admin, page)
    service_ended.note(builders.outgoing_of(desk.vantage), "EWS is disabled.")
    page = reverse("outgoing_server", args=[f"account-{desk.vantage.pk}"])
    answers(told, desk.admin, page, "outgoing_try")
    assert set(told) >= FORMS
    refused = {name: answer.status_code for name, answer in told.items() if answer.status_code == 403}
    assert refused == {}, "the token of the page was not taken"


NO_FORM = ("push_graph", "push_graph_lifecycle", "consent_link")
"""Told by Microsoft, without a session: what proves who tells is the secret of each subscription. And a link that only
leads to its page: a refusal would write its secret into the log."""


@pytest.mark.django_db
def test_every_address_refuses_a_form_without_its_token_in_words() -> None:
    client, tried = browser(None), set()
    client.get(reverse("sign_in"))
    for route in routes():
        if route.name in NO_FORM:
            continue
        kinds = route.pattern.converters.items()
        values = {
            name: 1 if isinstance(kind, IntConverter) else "ta" if name == "module" else "x"
            for name, kind in kinds
        }
        url = reverse(route.name or "", kwargs=values)
        for sent in ({}, {TOKEN: "x" * 64}):
            refused = client.post(url, sent)
            words = refused.content.decode()
            assert refused.status_code == 403, route
            assert "This form is too old" in words and "To do: go back, load that page again" in words
            part = client.post(url, sent, headers=builders.htmx())
            words = part.content.decode()
            assert part.status_code == 422, "of a 403 htmx shows nothing"
            assert "this page was too old" in words and "To do: repeat what you did" in words
        tried.add(route.name)
    assert tried >= FORMS


def desk_with_a_request() -> Desk:
    """Make the desk with one request by mail."""
    desk = build_desk()
    builders.request_by_mail(desk.box)
    return desk


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve a desk with one request."""
    with serve(template_database, django_db_blocker, desk_with_a_request) as serving:
        yield serving


def test_on_a_page_that_became_too_old_one_is_told_and_what_is_repeated_is_done(
    site: Site, opens: Opens
) -> None:
    record = Record.objects.get()
    page = opens(f"/requests/{record.number}/", site.scene.admin)
    page.context.clear_cookies(name="csrftoken")
    page.locator("#properties").get_by_role("button", name="Pick up").click()
    expect(page.get_by_role("alert")).to_contain_text("Not done: this page was too old.")
    assert complaints(page) == []
    page.locator("#properties").get_by_role("button", name="Pick up").click()
    expect(page.locator("#properties").get_by_role("button", name="Pick up")).to_have_count(0)
    record.refresh_from_db()
    assert record.technician == site.scene.admin
