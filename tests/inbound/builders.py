"""Small builders of what the tests of incoming mail need."""

from email.message import EmailMessage
from typing import Any

from deskpost.desk.accounts import Account, Domain
from deskpost.desk.installation import Instance
from deskpost.inbound.mailboxes import Mailbox, MailboxState


def account(name: str, *domains: str) -> Account:
    """Make a client organisation with these mail domains."""
    made = Account.objects.create(name=name)
    for domain in domains:
        Domain.objects.create(account=made, name=domain)
    return made


def mailbox(name: str = "Help", **settings: Any) -> Mailbox:
    """Make a mailbox of the IT Help Desk."""
    values: dict[str, Any] = {
        "protocol": "imap",
        "server": "127.0.0.1",
        "port": 143,
        "username": "help",
        "password": "secret",
        "addresses": ["help@desk.example"],
        "fetching": True,
        "first_fetch": "everything",
    }
    made = Mailbox.objects.create(name=name, instance=Instance.objects.get(), **{**values, **settings})
    MailboxState.objects.create(mailbox=made)
    return made


def mail(
    *,
    sender: str = "Ute Brandt <ute@acme.example>",
    to: str = "help@desk.example",
    subject: str = "Printer on fire",
    text: str = "It burns.",
    message_id: str | None = "<1@acme.example>",
    **headers: str,
) -> bytes:
    """Give the bytes of a mail; further headers by keyword, with `_` for `-`."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 09:00:00 +0100"
    if message_id:
        message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()
