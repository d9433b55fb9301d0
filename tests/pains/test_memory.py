"""What others suffered of large mails: a worker of its own fetches them, and says how much memory it took at most."""

import subprocess
import sys
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from deskpost.desk.attachments import Attachment
from deskpost.desk.records import Record
from deskpost.inbound.error_folder.mails import unsolved
from tests.pains.desk import Desk, outcomes, subjects
from tests.servers.cutting_proxy import CuttingProxy, Fault

MB = 1_000_000
_WORKER = r"""
import sys, re
import django; django.setup()
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.process import process
def peak():
    return int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) * 1024
def take_in(box):
    found = fetch(box)
    assert found.failure is None, found.failure
    process(box)
few, many = map(int, sys.argv[1:])
take_in(few)
before = peak()
take_in(many)
print(peak() - before)
"""


def with_files(desk: Desk, number: int, files: int, size: int) -> bytes:
    """Give a mail with so many files of this size."""
    message = EmailMessage()
    message["From"], message["Subject"] = desk.ute, f"Number {number}"
    message["Message-ID"] = f"<{number}@{desk.domain}>"
    message.set_content("See there.")
    for one in range(files):
        content = bytes([one % 251]) * size
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"{one}.bin")
    return message.as_bytes()


@pytest.mark.pain("large-mails-exhaust-memory")
def test_one_20_mb_mail_or_70_attachments_exhaust_memory_and_stop_all_fetching(desk: Desk) -> None:
    """Six large mails take a worker no more memory than two do."""
    few, many = desk.mailbox("Few"), desk.mailbox("Many")
    forms = with_files(desk, 9000, 2, 7 * MB), with_files(desk, 9000, 70, 200_000)
    for number in range(1, 9):
        mail = forms[number % 2].replace(b"9000", b"%d" % number, 2)
        desk.deliver(mail, to=few if number <= 2 else many)
    desk.deliver(desk.mail(9), to=many)
    worker = [sys.executable, "-c", _WORKER, str(few.pk), str(many.pk)]
    more = int(subprocess.run(worker, check=True, capture_output=True, text=True).stdout)
    assert subjects() == [f"Number {number}" for number in range(1, 10)]
    assert Attachment.objects.count() == 4 * 70 + 4 * 2
    assert more < 40 * MB, f"{more / MB:.0f} MB more for six mails of 19 MB each"


@pytest.mark.pain("large-mails-exhaust-memory")
def test_the_size_of_a_mail_is_asked_first_and_one_over_the_limit_is_not_downloaded(
    desk: Desk, cutting_proxy: Callable[[int], CuttingProxy]
) -> None:
    proxy = cutting_proxy(desk.dovecot.imap)
    box = desk.mailbox("Limited", port=proxy.port, max_size_mb=2)
    desk.deliver(desk.mail(1), with_files(desk, 2, 1, 20 * MB), desk.mail(3), to=box)
    proxy.arm(Fault("close", after_bytes=MB))  # so much the small ones and all headers do not have
    desk.fetch(box)
    assert outcomes() == ["request", "error", "request"]
    assert unsolved().count() == 1 and Record.objects.count() == 2
    assert proxy.fired == 0, "its header is all that was asked for"
