"""A NUL in an address, which PostgreSQL takes in no text: each page answers as if it were not there."""

import pytest
from django.test import Client
from django.urls import reverse

from deskpost.desk import settings
from deskpost.inbound.messages import InboundMessage
from tests.console import builders
from tests.console.conftest import Desk

LIST = ("view", "status", "account", "technician", "priority", "q", "sort", "place")  # of requests
TRACE = (
    *("outcome", "when", "since", "until", "mailbox", "sender", "recipient", "subject", "message_id"),
    "before",
)
READ: dict[str, tuple[str, ...]] = {  # the parameters that each page reads
    "requests": (*LIST, "at"),
    "request_news": (*LIST, "after"),
    "request": (*LIST, "before", "mode"),
    "request_newer": ("after",),
    "trace": TRACE,
    "trace_mail": TRACE,
    "trace_source": TRACE,
    "outbox": ("tab", "server", "class", "account", "place"),
    "settings_history": ("kind", "row", "who", "by", "when", "open", "fields"),
    "settings_export": ("kind", "row", "who", "by", "when"),
    "all_settings": ("q",),
    "incoming": ("state",),
    "outgoing": ("account",),
    "outgoing_server": ("new",),
    "outgoing_port": ("protocol", "tls", "port", "proposed"),
    "notification_rules": ("open",),
    "bell": ("tab", "before"),
    "bell_count": ("known",),
    "sign_in": ("next", "ended"),
    "help": ("q",),
}
LIVE = ("outbox", "incoming", "bell")  # htmx gets a part of them alone
NAMING = {("outgoing", "account"), ("settings_history", "open")}  # one thing, which may not be there


@pytest.mark.parametrize("name", READ)
def test_a_nul_in_a_parameter_is_no_fault(desk: Desk, name: str) -> None:
    record = builders.request_by_mail(desk.box)
    mail = InboundMessage.objects.get()
    arguments = {
        "request": [record.number],
        "request_newer": [record.number],
        "trace_mail": [mail.pk],
        "trace_source": [mail.pk],
        "outgoing_server": [f"instance-{desk.server.instance_id}"],
    }
    url = reverse(name, args=arguments.get(name, []))
    client = builders.signed_in(desk.admin)
    for parameter in READ[name]:
        for written in ("\0", "1\0"):
            for headers in ({}, builders.htmx()) if name in LIVE else ({},):
                response = client.get(url, {parameter: written}, headers=headers)
                fine = {200, 204, 302} | ({404} if (name, parameter) in NAMING else set())
                assert response.status_code in fine, (parameter, written, headers)


def test_who_changed_settings_is_found_with_a_nul_in_the_name(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    settings.change(desk.admin, "page", desk.server, {"connections": 2})
    for who, found in (("Priya\0 Raman", True), ("Nobody\0", False)):
        page = client.get(reverse("settings_history"), {"who": who}).content.decode()
        assert ("Connections" in page) == found, who


def test_a_nul_in_a_path_names_nothing(desk: Desk) -> None:
    clients = (builders.signed_in(desk.admin), Client())
    for path in (
        *("/first/%00/", "/first/a%00b/", "/help/%00/", "/help/pictures/%00", "/help/pictures/a%00.png"),
        *("/requests/%00/", "/requests/1%00/", "/admin/notification-rules/%00/"),
        *("/admin/mail-server-settings/outgoing/%00/", "/outbox/1%00/"),
    ):
        for client in clients:
            assert client.get(path).status_code in (302, 404, 410), path
