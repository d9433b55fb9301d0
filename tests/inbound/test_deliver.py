"""Delivering from files while a worker runs: what became of the mail is told, whoever decided it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections

from deskpost.inbound import leases
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage
from tests.command_line import Running, deskpost, eventually, follows
from tests.inbound.builders import mail, mailbox

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def help_box() -> Mailbox:
    """A mailbox that is not fetched."""
    return mailbox("Help", fetching=False)


def test_several_deliveries_at_once_and_a_worker_keep_no_outcome_from_each_other(help_box, tmp_path):
    files = [letter(tmp_path, number) for number in range(24)]
    with Running("worker", log=tmp_path / "log") as worker, ThreadPoolExecutor(3) as pipes:
        eventually(lambda: "This worker" in worker.said)
        ran = list(pipes.map(lambda some: deskpost("deliver", "--mailbox", "Help", *some), batched(files, 8)))
        worker.end()
    told = [one for each in ran for one in each.json_lines]
    for number, one in enumerate(told):
        follows("trace", one)
        assert (one["message_id"], one["state"]) == (f"<{number}@acme.example>", "processed")
        assert one["outcome"]["kind"] == "request"


def batched(files: list[Path], count: int) -> list[list[Path]]:
    return [files[first : first + count] for first in range(0, len(files), count)]


def test_who_delivers_waits_for_whoever_processes_the_mailbox(help_box):
    told: list[dict[str, object]] = []

    def run() -> None:
        told.append(deliver(help_box, mail()))
        connections.close_all()

    delivery = threading.Thread(target=run)
    with leases.take(f"process:{help_box.pk}"):
        delivery.start()
        eventually(InboundMessage.objects.exists)
        delivery.join(0.5)
        assert not told
    delivery.join(30)
    assert told[0]["state"] == "processed"


def test_a_mail_that_nobody_decides_in_time_is_told_with_its_name_and_left_to_a_worker(help_box):
    with leases.take(f"process:{help_box.pk}"):
        told = deliver(help_box, mail(message_id="<late@acme.example>"), patience=0.2)
    follows("trace", told)
    assert (told["message_id"], told["state"]) == ("<late@acme.example>", "received")
    assert jobs() == [f"process {help_box.pk}"]
    assert deliver(help_box, mail(message_id="<late@acme.example>"))["state"] == "processed", "given again"


def letter(folder: Path, number: int) -> Path:
    file = folder / f"{number}.eml"
    file.write_bytes(mail(message_id=f"<{number}@acme.example>", subject=f"Number {number}"))
    return file


def jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo'")
        return [lock for (lock,) in cursor.fetchall()]
