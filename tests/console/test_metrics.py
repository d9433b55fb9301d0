"""What a monitoring system reads: the text format, who may read it, and that its figures are those of the desk."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.outbound import failover, minutes
from deskpost.outbound.minutes import Ended
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.outbound.builders import queue_mails

URL = "/metrics"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def quiet(db: None) -> Iterator[Desk]:
    """Give the desk within the test's transaction: nothing is fetched here."""
    yield build_desk()


def scraped(**headers: str) -> Samples:
    """Give every sample of a scrape, read as Prometheus does."""
    answer = Client().get(URL, headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(answer.content.decode()))
    names = [family.name for family in families]
    assert len(names) == len(set(names)) and all(family.documentation for family in families)
    samples = [sample for family in families for sample in family.samples]
    told = {(one.name, frozenset(one.labels.items())): one.value for one in samples}
    assert len(told) == len(samples), "no sample is told twice"
    return told


def of(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, frozenset(labels.items())))


def test_each_mailbox_tells_what_it_fetched_and_what_became_of_it(desk: Desk) -> None:
    builders.request_by_mail(desk.box)
    builders.request_by_mail(desk.box, message_id="<2@kestrel.example>", sender="Tom <tom@kestrel.example>")
    told = scraped()
    assert of(told, "deskpost_mailbox_fetched_mails_total", mailbox="Support") == 2
    assert of(told, "deskpost_mailbox_decided_mails_total", mailbox="Support", outcome="request") == 2
    assert of(told, "deskpost_mailbox_decided_mails_total", mailbox="Support", outcome="dropped") == 0
    assert of(told, "deskpost_mailbox_backlog_mails", mailbox="Support", place="deskpost") == 0


def test_states_are_told_one_by_one(quiet: Desk) -> None:
    Mailbox.objects.update(fetching=True)
    now = timezone.now()
    MailboxState.objects.update(
        failing_since=now, last_fetch_at=now - timedelta(minutes=5), reason="Away.", backlog=7
    )
    told = scraped()
    states = {
        dict(labels)["state"]: value
        for (name, labels), value in told.items()
        if name == "deskpost_mailbox_state"
    }
    assert states.pop("failing") == 1 and set(states.values()) == {0}
    age = of(told, "deskpost_mailbox_last_fetch_age_seconds", mailbox="Support")
    assert age is not None and 300 <= age < 360
    assert of(told, "deskpost_mailbox_backlog_mails", mailbox="Support", place="server") is None


def test_each_server_tells_what_it_sent_and_what_waits_by_class(quiet: Desk) -> None:
    queue_mails(quiet.server, ["a@x.example", "b@x.example"], sending_class=3)
    minutes.ended([Ended(quiet.server.pk, "sent", 2, 1.5), Ended(quiet.server.pk, "failed", 3)])
    minutes.trouble(quiet.server.pk, "connection")
    told = scraped()
    server = {"server": "Outgoing"}
    assert of(told, "deskpost_server_sent_mails_total", **server, **{"class": "people"}) == 1
    assert of(told, "deskpost_server_failed_mails_total", **server, **{"class": "notification"}) == 1
    assert of(told, "deskpost_server_queued_mails", **server, **{"class": "notification"}) == 2
    assert of(told, "deskpost_server_errors_total", **server, kind="connection") == 1
    people = of(told, "deskpost_server_expected_delay_seconds", **server, **{"class": "people"})
    notices = of(told, "deskpost_server_expected_delay_seconds", **server, **{"class": "notification"})
    assert people == 1.5, "none waits before it, and its own turn was measured"
    assert notices == 1.5 + 2 * 1.5 / 4, "two wait before it, and four leave at a time"


def test_processes_are_counted_by_kind(quiet: Desk) -> None:
    failover.join("worker")
    told = scraped()
    assert of(told, "deskpost_processes", kind="worker") == 1
    began = next(value for (name, _), value in told.items() if name == "deskpost_start_time_seconds")
    assert abs(began - timezone.now().timestamp()) < 3600


def test_a_scrape_asks_as_many_statements_however_many_mailboxes_there_are(quiet: Desk) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        scraped()
    for number in range(20):
        builders.mailbox(f"Box {number}", fetching=True)
        builders.outgoing_of(builders.account(f"Client {number}"))
    with CaptureQueriesContext(connection) as many:
        scraped()
    assert len(many) == len(few) <= 30


def test_without_a_token_the_metrics_are_for_this_machine_alone(quiet: Desk) -> None:
    assert Client().get(URL).status_code == 200
    assert Client(REMOTE_ADDR="::1").get(URL).status_code == 200
    for client, headers in (
        (Client(REMOTE_ADDR="192.0.2.7"), {}),
        (Client(), {"X-Forwarded-For": "192.0.2.7"}),
        (Client(), {"Forwarded": "for=192.0.2.7"}),
    ):
        answer = client.get(URL, headers=headers)
        assert answer.status_code == 403
        assert "set DESKPOST_METRICS_TOKEN" in answer.content.decode()
    assert Client().post(URL).status_code == 405


def test_with_a_token_they_are_for_who_brings_it(quiet: Desk, settings: Any) -> None:
    settings.METRICS_TOKEN = "s3cret-for-prometheus"
    for given in ("", "Bearer", "Bearer wrong", "Basic s3cret-for-prometheus", "s3cret-for-prometheus"):
        answer = Client().get(URL, headers={"Authorization": given} if given else {})
        assert answer.status_code == 401, given
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
        assert "To do: " in answer.content.decode() and "s3cret" not in answer.content.decode()
    assert scraped(Authorization="Bearer s3cret-for-prometheus")
    away = Client(REMOTE_ADDR="192.0.2.7")
    assert away.get(URL, headers={"Authorization": "Bearer s3cret-for-prometheus"}).status_code == 200


@pytest.mark.long
def test_prometheus_own_tool_finds_nothing_to_complain_of(desk: Desk) -> None:
    if not shutil.which("promtool"):
        pytest.skip("Debian's prometheus, which has promtool, is not installed")
    builders.request_by_mail(desk.box)
    text = Client().get(URL).content
    said = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=60)
    assert (said.returncode, said.stdout + said.stderr) == (0, b"")


def test_no_label_names_a_person_or_an_address(desk: Desk) -> None:
    builders.request_by_mail(desk.box)
    text = Client().get(URL).content.decode()
    values = set(re.findall(r'="([^"]*)"', text))
    assert "Support" in values
    assert not [one for one in values if "@" in one or "Tom" in one or "Priya" in one]


def test_the_handbook_has_every_metric_and_no_other(quiet: Desk) -> None:
    MailboxState.objects.update(last_fetch_at=timezone.now())
    failover.join("web")
    builders.outgoing_of(quiet.kestrel)
    outgoing = OutgoingServer.objects.filter(pk=quiet.server.pk)
    outgoing.update(protocol="graph", authentication="oauth", graph_endpoint="https://graph.example/v1.0")
    told = {name for name, _ in scraped()}
    handbook = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
    assert told == set(re.findall(r"^\| `(deskpost_\w+)` \|", handbook, re.MULTILINE))


def test_a_name_with_quotes_and_line_ends_keeps_the_format(quiet: Desk) -> None:
    builders.mailbox('The "new"\nbox \\ of ours')
    told = scraped()
    assert of(told, "deskpost_mailbox_fetched_mails_total", mailbox='The "new"\nbox \\ of ours') == 0
