"""A domain beyond ASCII is one domain, however an account, a mailbox or a sender spells it."""

import pytest

from deskpost.desk.people import PersonAddress
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from deskpost.mime.header_writing import address_text
from deskpost.outbound.outbox import OutboxMail
from tests.command_line import deskpost
from tests.inbound.builders import mail, mailbox

pytestmark = pytest.mark.usefixtures("database")

SETTINGS = """
accounts:
  - {{name: Letters, domains: [{letters}]}}
  - {{name: Encoded, domains: [{encoded}]}}
"""


@pytest.fixture
def box(tmp_path) -> Mailbox:
    """A mailbox, and two accounts whose domains a settings file spells in two ways."""
    file = tmp_path / "desk.yaml"
    file.write_text(SETTINGS.format(letters="müller.example", encoded="xn--bcher-kva.example"))
    assert deskpost("settings", "apply", file).code == 0
    file.write_text(SETTINGS.format(letters="xn--mller-kva.example", encoded="BÜCHER.example."))
    assert deskpost("settings", "apply", file).out == "Nothing to change.\n"
    assert "bücher.example" in deskpost("settings", "export").out
    return mailbox("Help", fetching=False)


def test_a_sender_belongs_to_the_account_of_the_domain_in_either_spelling(box):
    for number, (sender, account) in enumerate(
        [
            ("x@müller.example", "Letters"),
            ("x@xn--mller-kva.example", "Letters"),
            ("y@bücher.example", "Encoded"),
            ("y@xn--bcher-kva.example.", "Encoded"),
        ]
    ):
        raw = mail(message_id=f"<{number}@x.example>", subject=f"Number {number}", sender="a@b.example")
        told = deliver(box, raw.replace(b"a@b.example", sender.encode(), 1))
        record = Record.objects.select_related("account").get(number=told["outcome"]["record"][3:])
        assert record.account.name == account, sender
    assert PersonAddress.objects.filter(key__endswith=".example").count() == 2, "two people, each known again"


def test_a_mailbox_lets_a_domain_in_in_either_spelling(box):
    Mailbox.objects.update(new_requests_disabled=True, allowed_domains=["xn--mller-kva.example"])
    box.refresh_from_db()
    raw = mail(sender="a@b.example").replace(b"a@b.example", "x@müller.example".encode(), 1)
    assert deliver(box, raw)["outcome"]["kind"] == "request"


def test_a_dot_at_the_end_of_a_senders_domain_is_not_written_to(box):
    deliver(box, mail(sender="a@b.example").replace(b"a@b.example", b"x@xn--mller-kva.example.", 1))
    receipt = OutboxMail.objects.get()
    assert receipt.account.name == "Letters"
    assert [address_text(address) for _, address in receipt.to] == ["x@xn--mller-kva.example"]
