"""What was settled is out of memory at once, so that a worker stays small."""

import gc

import pytest
from django.utils import timezone

from deskpost.inbound.case import Case
from deskpost.inbound.collecting.collect import store
from deskpost.inbound.process import process
from deskpost.outbound.outbox import OutboxMail
from deskpost.transports.source import RawMail
from tests.inbound.builders import account, mail, mailbox
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")


def test_no_settled_mail_waits_for_the_garbage_to_be_collected() -> None:
    account("Acme", "acme.example")
    make.server()
    box = mailbox()
    raws = [
        mail(message_id=f"<{number}@acme.example>", sender=f"ute{number}@acme.example")
        for number in range(20)
    ]

    def take_in(some: list[bytes], first: int) -> int:
        mails = [RawMail(str(first + at), len(raw), raw, False) for at, raw in enumerate(some)]
        store(box, 1, "INBOX", "1", mails, timezone.now(), lambda uid: False)
        return process(box.pk)

    take_in(raws[:10], 1)  # its receipts have a wake-up waiting, which the next batch meets
    gc.collect()
    gc.disable()
    try:
        assert take_in(raws[10:], 11) == 10
        assert OutboxMail.objects.count() == 20
        assert [thing for thing in gc.get_objects() if isinstance(thing, Case)] == []
    finally:
        gc.enable()
