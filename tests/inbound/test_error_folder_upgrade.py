"""Error folders of an earlier release whose names stand for the inbox, or have slashes at their ends."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from deskpost.inbound.mailboxes import Mailbox
from tests import database
from tests.inbound.builders import mailbox

NAMES = {  # what was set: what it is now
    ("inbox", "INBOX"): ("inbox", False),
    ("Inbox/", "Support"): ("Inbox", False),
    ("support", "Support"): ("support", False),
    ("Fehler/", "INBOX"): ("Fehler", True),
    ("Support/", "Support"): ("Support/", False),
    ("/", "INBOX"): ("/", False),
    ("Helpdesk/Errors", "INBOX"): ("Helpdesk/Errors", True),
}


@pytest.fixture(scope="module", autouse=True)
def upgraded(django_db_blocker: Any) -> Iterator[None]:
    with (
        database.own("upgraded_folders"),
        django_db_blocker.unblock(),
        database.django_on("upgraded_folders"),
    ):
        call_command("migrate", verbosity=0)
        boxes = [mailbox(f"Box {number}").pk for number in range(len(NAMES))]
        call_command("migrate", "inbound", "0026", verbosity=0)
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE mailbox SET error_folder = true, error_folder_name = %s, source_folder = %s WHERE id = %s",
                [(*names, box) for names, box in zip(NAMES, boxes, strict=True)],
            )
        call_command("migrate", verbosity=0)
        yield


def test_names_lose_slashes_at_their_ends_and_the_inbox_is_switched_off() -> None:
    now = Mailbox.objects.order_by("name").values_list("error_folder_name", "error_folder")
    assert list(now) == list(NAMES.values())
