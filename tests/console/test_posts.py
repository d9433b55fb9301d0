"""Every address that takes a form, posted with nothing, with one thing wrong, and with what is no form at all.

The addresses are read from the URL configuration: one that is in neither table below fails the test.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from deskpost.console import attachment_settings
from deskpost.console.mail_settings.error_folder import SupportForm
from deskpost.console.mail_settings.mailbox_form import MailboxForm
from deskpost.console.mail_settings.senders import SendersForm
from deskpost.console.mail_settings.server_form import ServerForm
from deskpost.console.mail_settings.spam import keeping
from deskpost.console.mail_settings.spam.rule_form import RuleForm
from deskpost.console.people.groups import GroupForm
from deskpost.console.people.person_fields import PersonForm
from deskpost.console.people.roles import RoleForm
from deskpost.console.records.fields import seen_of as record_seen
from deskpost.console.request_fields.additional import AdditionalFieldForm
from deskpost.console.request_fields.asset_form import AssetForm
from deskpost.console.request_fields.value_form import StatusForm
from deskpost.console.request_templates.resource_forms import ResourceForm
from deskpost.desk import (
    account_removal,
    account_settings,
    additional_field_settings,
    asset_settings,
    delimiters,
    linking,
    resource_settings,
    settings,
    value_lists,
)
from deskpost.desk.accounts import Site
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.assets import Asset
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Group, Status
from deskpost.desk.first_administrator import create_link
from deskpost.desk.former_tokens import FormerToken
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_details import RequestDetails
from deskpost.desk.roles import Grant, Role, visible
from deskpost.desk.sign_in_attempts import SignInAttempt
from deskpost.desk.templates import Question, Template
from deskpost.inbound import merging
from deskpost.inbound.command import settings as command_settings
from deskpost.inbound.command.settings import EmailCommand
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.deliver import deliver
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.error_folder import settings as error_folder_settings
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.reprocess import seen_of
from deskpost.inbound.setup_assistant import SetupAssistant
from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.spam.rules import SpamRule
from deskpost.outbound import bell
from deskpost.outbound.server_scopes import scope_named
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_isolation import routes
from tests.mime.files import PNG
from tests.outbound.builders import queue_mails

Form = Mapping[str, str]
Prepared = tuple[Mapping[str, object], Form]  # the address's arguments, and a form that is in order

ONLY_READ = {
    *("home", "requests", "request_news", "request", "request_newer", "request_by_name"),
    *("mail_flow", "metrics"),
    *("records", "record", "record_newer", "templates"),
    *("message_html", "mail_way", "mail_state", "trace", "trace_mail", "trace_source", "trace_file"),
    *("outbox", "outbox_mail", "attachments", "attachment", "all_settings", "settings_history"),
    "settings_export",
    *("bell", "bell_count"),
    "oauth_back",
    *("incoming", "outgoing", "outgoing_port", "help", "help_page", "help_picture"),
    *("notification_rules", "notification_rule"),
    *("accounts", "account"),
    *("people", "person", "roles", "groups"),
    *("request_fields", "request_field_values", "request_field_additional", "assets"),
    *("setup", "setup_news", "incoming_debug", "outgoing_debug"),
    *("error_total", "error_download", "error_download_all", "error_details"),
}
POSTED = (
    *("sign_in", "sign_out", "first_administrator", "new_request", "request_reply", "request_properties"),
    *("held_accept", "request_spam"),
    *("request_requester", "request_requester_back", "trace_accept", "trace_refuse", "senders"),
    *("requests_merge", "request_merge", "request_merge_back", "request_move", "request_unlink"),
    *("spam_rules", "spam_rule", "spam_rule_new", "spam_rule_move", "spam_rule_switch", "spam_rule_remove"),
    *(
        "trace_move",
        "trace_own",
        "trace_again",
        "trace_take_in",
        "trace_chosen",
        "settings_restore",
        "delimiters",
    ),
    *("bell_read", "bell_seen"),
    *("outbox_retry", "outbox_cancel", "outbox_through", "outbox_pause", "outbox_resume"),
    *("outbox_was_sent", "outbox_look", "outbox_decide", "outbox_queue"),
    *(
        "incoming_new",
        "incoming_mailbox",
        "incoming_start",
        "incoming_stop",
        "incoming_try",
        "incoming_remove",
        "incoming_connect",
        "incoming_link",
    ),
    *("connectivity", "proxy", "attachment_settings"),
    *("error_folder", "error_move", "error_again"),
    *("setup_question", "setup_tests", "setup_anew"),
    *("outgoing_server", "outgoing_sample", "outgoing_test", "outgoing_primary"),
    *("outgoing_pause", "outgoing_resume", "outgoing_try", "outgoing_remove", "outgoing_connect"),
    "outgoing_link",
    *("notification_rule_switch", "notification_rule_add", "notification_rule_remove"),
    *("account_new", "account_edit", "account_remove", "account_bring_back"),
    *("person_new", "person_edit", "person_remove", "person_grant_add", "person_grant_remove"),
    *("role", "role_new", "role_remove", "group", "group_new", "group_remove"),
    *("request_field_value_new", "request_field_value", "request_field_value_move"),
    "request_field_value_remove",
    *("request_field_additional_new", "request_field_additional_field", "request_field_additional_move"),
    *("request_field_additional_remove", "request_field_additional_bring_back"),
    *("asset", "asset_new", "asset_remove"),
    *("new_request_fields", "request_answers", "trace_ordinary"),
    *("record_new", "record_reply", "record_properties", "record_held_accept"),
    *("template", "template_new", "template_closing", "template_offered", "template_default"),
    *("template_move", "template_remove", "template_resource", "template_resources"),
    *("former_token", "former_token_new", "former_token_remove", "email_command", "email_command_try"),
)
# What a provider posts, and no form: tests/inbound/test_push_graph.py.
BY_MACHINES = {"push_graph", "push_graph_lifecycle"}
# Posted to by who was sent a link: tests/console/test_consent_links.py.
BY_LINK = {"consent", "consent_link"}
OAUTH = {
    "authentication": "oauth",
    "client_id": "7c3b2d1e-0000-4000-8000-000000000001",
    "authorization_url": "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
    "token_url": "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
    "scope": "https://outlook.office365.com/SMTP.Send, offline_access",
    "username": "help@northgate-it.example",
}
MAILBOX = {
    "connection": "mail",
    "protocol": "imaps",
    "authentication": "basic",
    "server": "127.0.0.1",
    "username": "help",
    "password": "secret",
    "addresses": "help@northgate-it.example",
    "name": "Help",
    "tls": "starttls",
    "port": "9",
    "port_proposed": "993",
    "fetch_every_number": "5",
    "fetch_every_unit": "60",
    "allowed_addresses": "",
    "allowed_domains": "",
    "account": "",
    "source_folder": "INBOX",
    "first_fetch": "since",
    "since": "2026-11-01",
    "after_imap": "leave",
    "move_to": "",
    "after_pop": "leave",
    "leave_days": "",
    "default_group": "",
    "default_priority": "",
    "default_site": "",
    "default_category": "",
    "default_template": "",
    "max_size_mb": "30",
    "forwards_by_technicians": "on",
    "silence_hours": "",
    "trusted_authserv_ids": "",
    "seen": "",
    "act": "save",
}
SERVER = {
    "connection": "smtp",
    "authentication_type": "basic",
    "protocol": "smtp",
    "server": "127.0.0.1",
    "port": "9",
    "proposed": "25",
    "tls": "no",
    "username": "",
    "password": "",
    "alternate_server": "",
    "sender_name": "Northgate IT",
    "reply_to": builders.HELP,
    "allowed_from": "",
    "connections": "3",
    "mails_per_minute": "",
    "ca_file": "",
    "seen": "",
    "to": "priya@northgate-it.example",
}
WRONG: dict[str, Any] = {
    "left out": None,
    "a NUL": "a\0b",
    "a million characters": "x" * 1_000_000,
    "a number beyond all": "9" * 40,
    "several": ["1", "x"],
}
NO_FORMS = (
    ("application/x-www-form-urlencoded", b"text=%FF%FE&token=%00&=&&username=%ED%A0%80&password=x"),
    ("application/x-www-form-urlencoded", b"\xff\xfe"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=text\r\n\r\ncut"),
    ("multipart/form-data", b"no boundary"),
    ("application/json", b'[{"text": ["x"]}]'),
)

TURNS = 8  # in which the fields of a form are left out
EVERY_FIELD: set[str] = set()  # of all forms


class Scene:
    """A desk with something to post at each address. It is put in order again before each form."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        OutgoingServer.objects.update(server="127.0.0.1", port=9, tls="none")
        Mailbox.objects.update(server="127.0.0.1", port=9)
        settings.change(desk.admin, "page", desk.server, {"connections": 2})
        self.record = builders.request_by_mail(desk.box)
        about = f"##RE-{self.record.number}##"
        builders.request_by_mail(desk.box, message_id="<2@kestrel.example>", subject=about)
        other = {"sender": "helen@vantage.example", "message_id": "<3@vantage.example>"}
        builders.request_by_mail(desk.box, subject=about, **other)
        self.joined, self.held = InboundMessage.objects.order_by("pk")[1:3]
        self.other = builders.request_by_mail(desk.box, message_id="<4@kestrel.example>")
        (self.queued,) = queue_mails(
            desk.server, ["tom@kestrel.example"], account_id=desk.kestrel.pk, record_id=self.record.pk
        )

    def prepare(self, name: str) -> Prepared:
        """Give an address's arguments, and a form that is in order there."""
        make: Callable[[], Prepared] | None = getattr(self, name, None)
        if make is not None:
            return make()
        one = name.partition("_")[0]
        if name.startswith("outgoing"):
            return {"scope": f"instance-{self.desk.server.instance_id}"}, SERVER
        if one == "outbox":
            server = name in ("outbox_pause", "outbox_resume")
            return {"id": self.desk.server.pk if server else self.queued.pk}, {
                "server": str(self.desk.server.pk)
            }
        assert one in ("incoming", "trace")
        return ({"id": self.desk.box.pk}, {"from": "form"}) if one == "incoming" else self._of_mail(name)

    def sign_in(self) -> Prepared:
        SignInAttempt.objects.all().delete()
        form = {
            "username": "priya@northgate-it.example",
            "password": "wrong",
            "next": "/outbox/",
            "again": "1",
        }
        return {}, form

    def sign_out(self) -> Prepared:
        return {}, {}

    def first_administrator(self) -> Prepared:
        form = {"name": "Ann", "email": f"{uuid4().hex}@northgate-it.example", "password": builders.PASSWORD}
        return {"token": create_link()}, {**form, "public_url": "https://desk.example", "time_zone": "UTC"}

    def new_request(self) -> Prepared:
        form = {
            "account": str(self.desk.kestrel.pk),
            "requester": "tom@kestrel.example",
            "subject": "Printer",
        }
        form |= {"text": "It is out.", "priority": "", "group": "", "technician": "", "token": str(uuid4())}
        return {}, form

    def request_reply(self) -> Prepared:
        form = {"mode": "reply", "to": "tom@kestrel.example", "cc": "", "subject": "Re: VPN", "text": "Yes."}
        newest = Conversation.objects.order_by("-pk")[0].pk
        form |= {"status": "", "token": str(uuid4()), "newest": str(newest)}
        return {"number": self.record.number}, form

    def request_properties(self) -> Prepared:
        form = {
            "status": str(self.record.status_id),
            "priority": "",
            "group": "",
            "technician": "",
            "seen": "",
        }
        return {"number": self.record.number}, form

    def held_accept(self) -> Prepared:
        return {"number": self.record.number, "id": self.held.pk}, {"seen": seen_of(self.held.outcome)}

    def request_requester(self) -> Prepared:
        asks = Record.objects.get(pk=self.record.pk).requester_id
        form = {"requester": f"Amy <{uuid4().hex}@kestrel.example>", "seen": str(asks)}
        return {"number": self.record.number}, form

    def request_requester_back(self) -> Prepared:
        one = uuid4().hex
        text = (
            f"---- Forwarded message ----\nFrom: {one}@kestrel.example\nTo: dana@x.example\nSubject: {one}\n"
        )
        parts = {
            "sender": str(self.desk.dana.sign_in_name),
            "subject": one,
            "message_id": f"<{one}@x.example>",
        }
        record = builders.request_by_mail(self.desk.box, text=text, **parts)
        mail = InboundMessage.objects.latest("pk")
        assert record.account == self.desk.kestrel
        return {"number": record.number}, {"seen": seen_of(mail.outcome)}

    def trace_accept(self) -> Prepared:
        one = uuid4().hex
        settings.change(None, "page", Installation.objects.get(), {"unknown_senders": "hold"})
        deliver(self.desk.box, builders.mail(sender=f"{one}@x.example", message_id=f"<{one}@x.example>"))
        settings.change(None, "page", Installation.objects.get(), {"unknown_senders": "create"})
        mail = InboundMessage.objects.latest("pk")
        return {"id": mail.pk}, {"seen": seen_of(mail.outcome)}

    trace_refuse = trace_accept

    def senders(self) -> Prepared:
        form = {"unknown_senders": "create", "who_may_join": "account", "reopenings_per_day": "5"}
        form |= {"auto_replies": "join", "reopen_within_days": str(1 + uuid4().int % 30_000)}
        row = Installation.objects.get()
        return {}, {**form, "seen": SendersForm(row).initial["seen"]}

    def outbox_decide(self) -> Prepared:
        return {}, {"act": "send", "state": "held", "newest": "1", "mail": str(self.queued.pk), "through": ""}

    def outbox_queue(self) -> Prepared:
        other = builders.outgoing_of(builders.account(uuid4().hex))
        return {}, {"source": str(self.desk.server.pk), "target": str(other.pk)}

    def bell_read(self) -> Prepared:
        return {}, {"newest": "1"}

    def bell_seen(self) -> Prepared:
        bell.ring([self.desk.admin.pk], "failover", {"primary": "smtp1:25", "alternate": "smtp2:25"})
        return {"id": bell.notices_of(self.desk.admin)[0].pk}, {}

    def settings_restore(self) -> Prepared:
        newest = type(self.desk.server).pgh_event_model.objects.order_by("-pk")[0].pk  # type: ignore[attr-defined]
        return {}, {"version": f"outgoingserver-{newest}", "newest": str(newest)}

    def request_spam(self) -> Prepared:
        one = uuid4().hex
        record = builders.request_by_mail(self.desk.box, message_id=f"<{one}@x.example>", subject=one)
        return {"number": record.number}, {}

    def requests_merge(self) -> Prepared:
        one, other = self._two()
        return {}, {"number": str(one.number), "stays": str(other.number)}

    def request_merge(self) -> Prepared:
        one, other = self._two()
        return {"number": one.number}, {"with": str(other.number), "stays": str(other.number), "act": "merge"}

    def request_merge_back(self) -> Prepared:
        one, other = self._two()
        merging.merge(one.pk, other.pk, self.desk.admin)
        return {"number": one.number}, {"seen": merging.seen_of(one)}

    def request_move(self) -> Prepared:
        one, other = self._two()
        mail = Conversation.objects.get(record=one)
        return {"number": one.number}, {
            "message": str(mail.pk),
            "where": "request",
            "number": str(other.number),
        }

    def request_unlink(self) -> Prepared:
        one, other = self._two()
        linking.link(one.pk, other.pk, self.desk.admin)
        return {"number": one.number}, {"with": str(other.number)}

    def _two(self) -> tuple[Record, Record]:
        one, other = (self.request_spam()[0]["number"] for _ in range(2))
        return Record.objects.get(number=one), Record.objects.get(number=other)

    def spam_rules(self) -> Prepared:
        return {}, {"dropped_days": str(1 + uuid4().int % 3000), "seen": keeping.form_of().initial["seen"]}

    def trace_chosen(self) -> Prepared:
        return {}, {"mail": f"{self.held.pk}:{seen_of(self.held.outcome)}", "act": "right"}

    def spam_rule(self) -> Prepared:
        made = self._spam_rule()
        form = {"name": uuid4().hex, "match": "any", "act": "save", "header-0": "X-Mailer"}
        form |= {"field-0": "header", "condition-0": "matches", "values-0": "a+"}
        form |= {"field-new": "size", "condition-new": "greater than", "values-new": "9 MB"}
        return {"id": made.pk}, {**form, "seen": RuleForm(made).initial["seen"]}

    def spam_rule_new(self) -> Prepared:
        return {}, {**self.spam_rule()[1], "seen": "", "token": str(uuid4())}

    def spam_rule_move(self) -> Prepared:
        self._spam_rule()
        return {"id": self._spam_rule().pk}, {"by": "up"}

    def spam_rule_switch(self) -> Prepared:
        return {"id": self._spam_rule().pk}, {"on": "0"}

    def spam_rule_remove(self) -> Prepared:
        return {"id": self._spam_rule().pk}, {}

    def _spam_rule(self) -> SpamRule:
        made = SpamRule(instance=self.desk.box.instance)
        criteria = [{"field": "subject", "condition": "contains", "values": [uuid4().hex]}]
        spam_rules.save(self.desk.admin, "page", made, {"name": uuid4().hex, "criteria": criteria})
        return made

    def delimiters(self) -> Prepared:
        codes = ("RE", "TA", "SO", "PO", "PR", "CO", "CH", "PB", "PJ")
        return {}, {"base": "##", "seen": delimiters.state(), **{code: code for code in codes}}

    def error_folder(self) -> Prepared:
        seen = SupportForm(error_folder_settings.load()).initial["seen"]
        return {}, {"support_address": f"{uuid4().hex}@support.example", "seen": seen}

    def error_move(self) -> Prepared:
        return {"id": self.desk.box.pk}, {"from": "form"}

    def error_again(self) -> Prepared:
        return {}, {"mail": "1"}

    def connectivity(self) -> Prepared:
        return {}, {"threshold": "5", "enabled": "on", "seen": connectivity.state()}

    def proxy(self) -> Prepared:
        form = {"kind": "http", "host": "proxy.example", "port": "3128", "username": "", "seen": ""}
        return {}, form

    def attachment_settings(self) -> Prepared:
        form = {"mode": "denied", "extensions": "exe, bat", "max_mb": "10", "notify": "on", "reason": ""}
        return {}, {**form, "seen": attachment_settings.state()}

    def trace_take_in(self) -> Prepared:
        one = uuid4().hex
        files = {"Alter.txt": ("text/plain", PNG)}
        builders.request_by_mail(
            self.desk.box, message_id=f"<{one}@kestrel.example>", subject=one, files=files
        )
        dropped = DroppedFile.objects.latest("pk")
        return {"id": dropped.mail_id}, {"part": dropped.part}

    def setup_question(self) -> Prepared:
        values = {"question": 2, "address": "setup@northgate-it.example"}
        SetupAssistant.objects.update_or_create(person=self.desk.admin, defaults=values)
        return {"question": 2}, {"runner": "server"}

    def setup_tests(self) -> Prepared:
        return {}, {"again": "1"}

    def setup_anew(self) -> Prepared:
        return {}, {}

    def incoming_new(self) -> Prepared:
        one = uuid4().hex
        form = {
            "name": one,
            "username": one,
            "addresses": f"{one}@northgate-it.example",
            "token": str(uuid4()),
        }
        return {}, {**MAILBOX, **form, "instance": str(self.desk.box.instance_id)}

    def incoming_mailbox(self) -> Prepared:
        self.desk.box.refresh_from_db()
        Mailbox.objects.update(fetching=False)
        form = MailboxForm(self.desk.box)
        _, values = self.incoming_new()
        return {"id": self.desk.box.pk}, {**values, "seen": form.initial["seen"]}

    def incoming_remove(self) -> Prepared:
        return {"id": builders.mailbox(uuid4().hex).pk}, {}

    def outgoing_server(self) -> Prepared:
        scope = scope_named(f"instance-{self.desk.server.instance_id}")
        assert scope is not None
        return {"scope": scope.key}, {**SERVER, "seen": ServerForm(scope).initial["seen"]}

    def request_field_value_new(self) -> Prepared:
        form = {"name": uuid4().hex, "kind": "open", "seen": "", "token": str(uuid4())}
        return {"key": "statuses"}, form

    def request_field_value(self) -> Prepared:
        row = Status(kind="open")
        value_lists.save(self.desk.admin, "page", row, {"name": uuid4().hex})
        form = {"name": uuid4().hex, "kind": "waiting", "seen": StatusForm(row).initial["seen"]}
        return {"key": "statuses", "id": row.pk}, form

    def request_field_value_move(self) -> Prepared:
        return self.request_field_value()[0], {"by": "up"}

    def request_field_value_remove(self) -> Prepared:
        return self.request_field_value()[0], {}

    def request_field_additional_new(self) -> Prepared:
        form = {"label": uuid4().hex, "kind": "choice", "options": "One\nTwo", "seen": ""}
        return {}, {**form, "token": str(uuid4())}

    def request_field_additional_field(self) -> Prepared:
        row = self._additional_field()
        form = {"label": uuid4().hex, "kind": "choice", "options": "One"}
        return {"id": row.pk}, {**form, "seen": AdditionalFieldForm(row).initial["seen"]}

    def request_field_additional_move(self) -> Prepared:
        return {"id": self._additional_field().pk}, {"by": "up"}

    def request_field_additional_remove(self) -> Prepared:
        return {"id": self._additional_field().pk}, {}

    def request_field_additional_bring_back(self) -> Prepared:
        row = self._additional_field()
        additional_field_settings.remove(self.desk.admin, "page", row)
        return {"id": row.pk}, {}

    def _additional_field(self) -> AdditionalField:
        for old in AdditionalField.objects.filter(deleted_at=None):  # there is room for so many
            additional_field_settings.remove(self.desk.admin, "page", old)
        row = AdditionalField()
        additional_field_settings.save(self.desk.admin, "page", row, uuid4().hex, "text", [])
        return row

    def asset_new(self) -> Prepared:
        form = {"name": uuid4().hex, "place": str(self.desk.kestrel.pk), "seen": "", "token": str(uuid4())}
        return {}, form

    def asset(self) -> Prepared:
        row = Asset()
        asset_settings.save(self.desk.admin, "page", row, uuid4().hex, self.desk.kestrel, None)
        form = {"name": uuid4().hex, "place": str(self.desk.kestrel.pk)}
        return {"id": row.pk}, {**form, "seen": AssetForm(visible(self.desk.admin), row).initial["seen"]}

    def asset_remove(self) -> Prepared:
        return self.asset()[0], {}

    def outgoing_remove(self) -> Prepared:
        server = OutgoingServer.objects.filter(account=self.desk.vantage).first()
        server = server or builders.outgoing_of(self.desk.vantage)
        return {"scope": f"account-{server.account_id}"}, {}

    def incoming_link(self) -> Prepared:
        Installation.objects.update(public_url="https://desk.example")
        made = builders.mailbox(uuid4().hex)
        Mailbox.objects.filter(pk=made.pk).update(**OAUTH)
        return {"id": made.pk}, {"act": "make", "from": "setup"}

    def outgoing_link(self) -> Prepared:
        Installation.objects.update(public_url="https://desk.example")
        made = builders.outgoing_of(builders.account(uuid4().hex))
        OutgoingServer.objects.filter(pk=made.pk).update(**OAUTH)
        return {"scope": f"account-{made.account_id}"}, {"act": "make"}

    def notification_rule_switch(self) -> Prepared:
        return {"event": "application_error"}, {"on": "1"}

    def notification_rule_add(self) -> Prepared:
        return {}, {"person": str(self.desk.dana.pk)}

    def notification_rule_remove(self) -> Prepared:
        return {}, {"person": str(self.desk.dana.pk), "instance": str(self.desk.box.instance_id)}

    def account_new(self) -> Prepared:
        one = uuid4().hex
        form = {
            "name": one,
            "domains": f"{one}.example",
            "time_zone": "UTC",
            "language": "en",
            "seen": "0.0.0",
        }
        return {}, {**form, "new_sites": "Oslo", "token": str(uuid4())}

    def account_edit(self) -> Prepared:
        made = builders.account(uuid4().hex)
        oslo = Site.objects.create(account=made, name="Bergen")
        _, form = self.account_new()
        return {"id": made.pk}, {**form, "seen": account_settings.state(made), f"site_{oslo.pk}": "Voss"}

    def account_remove(self) -> Prepared:
        return {"id": builders.account(uuid4().hex).pk}, {}

    def account_bring_back(self) -> Prepared:
        gone = builders.account(uuid4().hex)
        account_removal.remove(self.desk.admin, "page", gone)
        return {"id": gone.pk}, {}

    def person_new(self) -> Prepared:
        one, home = uuid4().hex, self.desk.kestrel
        group, _made = Group.objects.get_or_create(name="Network")
        site, _made = Site.objects.get_or_create(account=home, name="Rotterdam")
        form = {"name": one, "email": f"{one}@kestrel.example", "other_emails": f"{one[:9]}@kestrel.example"}
        form |= {"account": str(home.pk), "site": str(site.pk), "technician": "on", "groups": str(group.pk)}
        form |= {"signs_in": "on", "password": "a whole new sentence", "time_zone": "Europe/Oslo"}
        return {}, {**form, "language": "de", "seen": "", "token": str(uuid4())}

    def person_edit(self) -> Prepared:
        _, form = self.person_new()
        made = builders.person("Ines", f"{uuid4().hex}@kestrel.example", account=self.desk.kestrel)
        return {"id": made.pk}, {**form, "seen": PersonForm(made).initial["seen"]}

    def person_remove(self) -> Prepared:
        return {"id": builders.person("Ines", f"{uuid4().hex}@kestrel.example").pk}, {}

    def person_grant_add(self) -> Prepared:
        role = Role.objects.get(name="SDTechnician")
        return {"id": self.desk.sam.pk}, {"role": str(role.pk), "place": str(self.desk.kestrel.pk)}

    def person_grant_remove(self) -> Prepared:
        grant, _made = Grant.objects.get_or_create(
            person=self.desk.sam, role=Role.objects.get(name="SDRequester")
        )
        return {"id": self.desk.sam.pk}, {"grant": str(grant.pk)}

    def role_new(self) -> Prepared:
        form = {"name": uuid4().hex, "permissions": "trace.view", "seen": "", "token": str(uuid4())}
        return {}, form

    def role(self) -> Prepared:
        made = Role.objects.create(name=uuid4().hex, permissions=["trace.view"])
        return {"id": made.pk}, {**self.role_new()[1], "seen": RoleForm(made).initial["seen"]}

    def role_remove(self) -> Prepared:
        return {"id": Role.objects.create(name=uuid4().hex).pk}, {}

    def group_new(self) -> Prepared:
        form = {"name": uuid4().hex, "account": str(self.desk.kestrel.pk), "members": str(self.desk.sam.pk)}
        return {}, {**form, "seen": "", "token": str(uuid4())}

    def group(self) -> Prepared:
        made = Group.objects.create(name=uuid4().hex)
        return {"id": made.pk}, {**self.group_new()[1], "seen": GroupForm(made).initial["seen"]}

    def group_remove(self) -> Prepared:
        return {"id": Group.objects.create(name=uuid4().hex).pk}, {}

    def _shown(self, url: str, **typed: str) -> Form:
        """Give what the form of a page holds as it opens, with some fields typed anew."""
        form = builders.signed_in(self.desk.admin).get(url).context["form"]
        held = {one.html_name: one.value() for one in form}
        held = {name: "on" if value is True else value for name, value in held.items() if value}
        return {
            name: value if isinstance(value, list) else str(value) for name, value in held.items()
        } | typed

    def new_request_fields(self) -> Prepared:
        return self.new_request()

    def request_answers(self) -> Prepared:
        given, question = self.template_resource()[0], Question.objects.order_by("-pk")[0]
        template = question.resource.template
        RequestDetails.objects.update_or_create(
            record=self.record, defaults={"account_id": self.record.account_id, "template": template}
        )
        assert given
        url = reverse("request_answers", kwargs={"number": self.record.number})
        return {"number": self.record.number}, self._shown(url)

    def record_new(self) -> Prepared:
        form = {"account": str(self.desk.kestrel.pk), "subject": "Call back", "text": "By noon."}
        return {"module": "TA"}, {**form, "technician": "", "belongs_to": "", "token": str(uuid4())}

    def _task(self) -> Record:
        return builders.record_of(self.desk.kestrel, "Call back", by=self.desk.admin)

    def record_reply(self) -> Prepared:
        given = {"module": "TA", "number": self._task().number}
        return given, {**self.request_reply()[1], "mode": "note"}

    def record_properties(self) -> Prepared:
        made = self._task()
        form = {
            "subject": "Called",
            "status": str(made.status_id),
            "technician": "",
            "seen": record_seen(made),
        }
        return {"module": "TA", "number": made.number}, form

    def record_held_accept(self) -> Prepared:
        made = self._task()
        about = f"##TA-{made.number}##"
        builders.request_by_mail(
            self.desk.box,
            subject=about,
            sender="helen@vantage.example",
            message_id=f"<{uuid4().hex}@vantage.example>",
        )
        held = MailOutcome.objects.order_by("-pk")[0]
        assert held.kind == "held"
        return {"module": "TA", "number": made.number, "id": held.pk}, {"seen": seen_of(held)}

    def _template(self) -> Template:
        return Template.objects.create(name=uuid4().hex, kind="service", position=1)

    def template_new(self) -> Prepared:
        return {}, self._shown(reverse("template_new"), name=uuid4().hex, kind="service")

    def _of_template(self, page: str, **typed: str) -> Prepared:
        given = {"id": self._template().pk}
        return given, self._shown(reverse(page, kwargs=given), **typed)

    def template(self) -> Prepared:
        return self._of_template("template", name=uuid4().hex)

    def template_closing(self) -> Prepared:
        return self._of_template("template_closing")

    def template_offered(self) -> Prepared:
        return self._of_template("template_offered")

    def template_default(self) -> Prepared:
        made = Template.objects.create(name=uuid4().hex, kind="incident", position=1)
        return {"id": made.pk}, {}

    def template_move(self) -> Prepared:
        return {"id": self._template().pk}, {"by": "up"}

    def template_remove(self) -> Prepared:
        return {"id": self._template().pk}, {}

    def template_resources(self) -> Prepared:
        return {"id": self._template().pk}, {"name": "Laptop"}

    def template_resource(self) -> Prepared:
        row = resource_settings.add(self.desk.admin, "page", self._template(), "Laptop")
        Question.objects.create(
            resource=row, text="Model", kind="select", options=["a", "b"], api_key=f"q_{uuid4().hex}"
        )
        form = ResourceForm(row)
        sent = {"seen": str(form["seen"].value()), "name": "Tablet", "act": "save"}
        for one in form.questions:
            shown = {one.add_prefix(name): one[name].value() for name in one.fields}
            shown = {name: "\n".join(it) if isinstance(it, list) else it for name, it in shown.items()}
            sent |= {
                name: "on" if it is True else str(it) for name, it in shown.items() if it not in (None, False)
            }
        return {"id": row.pk}, sent

    def former_token_new(self) -> Prepared:
        FormerToken.objects.all().delete()
        typed = {"module": "RE", "before": f"[{uuid4().hex[:9]}:", "after": "]", "below": "500"}
        return {}, self._shown(reverse("former_token_new")) | typed

    def former_token(self) -> Prepared:
        typed = self.former_token_new()[1]
        row = FormerToken.objects.create(module="RE", before="[Request ID :##", after="##]", below=500)
        url = reverse("former_token", kwargs={"id": row.pk})
        shown = self._shown(url)
        return {"id": row.pk}, shown | {
            name: one for name, one in typed.items() if name not in ("seen", "token")
        }

    def former_token_remove(self) -> Prepared:
        return self.former_token()[0], {}

    def email_command(self) -> Prepared:
        form = self._shown(reverse("email_command") + "?edit")
        typed = {"enabled": "on", "subject_contains": "@@desk", "delimiter": "$", "authenticity": "ignore"}
        return {}, form | typed

    def email_command_try(self) -> Prepared:
        form = {"sender": str(self.desk.admin.pk), "authenticity": "pass", "subject": "@@desk"}
        return {}, {**form, "text": "$Operation=AddRequest$"}

    def trace_ordinary(self) -> Prepared:
        row = EmailCommand.objects.get()
        values = {"enabled": True, "subject_contains": "@@desk", "authenticity": "ignore", "delimiter": "$"}
        command_settings.change(self.desk.admin, "page", row, values)
        parts = {"subject": "@@desk", "text": "$Operation=Dance$", "message_id": f"<{uuid4().hex}@x.example>"}
        deliver(self.desk.box, builders.mail(sender="dana@northgate-it.example", **parts))
        refused = MailOutcome.objects.order_by("-pk")[0]
        assert refused.kind == "refused", refused.reason
        return {"id": refused.pk}, {"seen": seen_of(refused)}

    def _of_mail(self, name: str) -> Prepared:
        mail = InboundMessage.objects.get(pk=self.held.pk if name == "trace_again" else self.joined.pk)
        return {"id": mail.pk}, {"number": str(self.other.number), "seen": seen_of(mail.outcome)}


def with_some_left_out(good: Form, turn: int) -> dict[str, Any]:
    """Give a form without some of its fields; by as many turns as there are each field is left out once."""
    return {name: value for at, (name, value) in enumerate(good.items()) if at % TURNS != turn}


def wrong_by_turns(good: Form, turn: int) -> dict[str, Any]:
    """Give a form with another thing wrong in each field; by as many turns as there are kinds each field meets all."""
    kinds = list(WRONG.values())
    return _sent({name: kinds[(at + turn) % len(kinds)] for at, name in enumerate(good)})


def wrong_throughout(_good: Form, wrong: object) -> dict[str, Any]:
    """Give a form of all fields there are, wrong in each. A million characters each would be refused for their sum."""
    return _sent(dict.fromkeys(EVERY_FIELD, wrong[:4_000] if isinstance(wrong, str) else wrong))


def _sent(form: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in form.items() if value is not None}


def test_every_address_is_posted_to_or_only_read() -> None:
    assert {route.name for route in routes()} == {*POSTED, *ONLY_READ, *BY_MACHINES, *BY_LINK}


@pytest.mark.parametrize("name", POSTED)
def test_whatever_is_posted_there_is_an_answer(desk: Desk, name: str) -> None:
    scene = Scene(desk)
    if not EVERY_FIELD:
        EVERY_FIELD.update(field for other in POSTED for field in scene.prepare(other)[1])
    client, faults = Client(raise_request_exception=False), []

    def post(what: str, made: Callable[[Form], dict[str, Any]] = dict, **options: Any) -> int:
        given, good = scene.prepare(name)
        if name == "first_administrator":
            Person.objects.update(sign_in_name=None)  # else there is one
        if name == "sign_out" or "_auth_user_id" not in client.session:
            client.force_login(desk.admin)
        url = reverse(name, kwargs=given)
        status = client.post(url, **{"data": made(good), **options}).status_code
        if status >= 500:
            faults.append(f"{what}: {status}")
        return int(status)

    assert post("in order") in ((401,) if name == "sign_in" else (200, 302, 303))
    for turn in range(min(TURNS, len(scene.prepare(name)[1]))):
        post(f"fields left out, turn {turn + 1}", partial(with_some_left_out, turn=turn))
    for turn, (kind, wrong) in enumerate(WRONG.items()):
        post(f"all by turns, from {kind}", partial(wrong_by_turns, turn=turn))
        how = {"headers": builders.htmx()} if turn % 2 else {}
        post(
            f"{kind} in everything{', by htmx' if how else ''}", partial(wrong_throughout, wrong=wrong), **how
        )
    for kind, body in NO_FORMS:
        post(f"{kind} {body!r}", data=body, content_type=kind)
    assert faults == []


def test_a_mailbox_whose_form_came_with_a_wrong_token_can_be_saved_by_the_page_shown_then(desk: Desk) -> None:
    client, url = builders.signed_in(desk.admin), reverse("incoming_new")
    form = {**MAILBOX, "instance": str(desk.box.instance_id)}
    answer = client.post(url, {**form, "token": "not-a-token"})
    assert answer.status_code == 422
    assert "the form did not come whole" in answer.content.decode()
    assert client.post(url, {**form, "token": answer.context["form"]["token"].value()}).status_code == 302
    assert Mailbox.objects.filter(name="Help").exists()
