"""Small builders of people, requests and mails, as the tests of pages need them."""

import functools
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from django.contrib.auth.hashers import get_hasher, make_password
from django.db import connection
from django.test import Client

from deskpost.desk.accounts import Account, Domain, Site
from deskpost.desk.conversations import Conversation
from deskpost.desk.delimiters import module_of
from deskpost.desk.installation import Instance
from deskpost.desk.module_records import open_record
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import MailOutcome
from deskpost.outbound.servers import OutgoingServer

PASSWORD = "correct horse battery"
HELP = "support@northgate-it.example"


def account(name: str, *domains: str) -> Account:
    """Make a client organisation with these mail domains."""
    made = Account.objects.create(name=name)
    for domain in domains:
        Domain.objects.create(account=made, name=domain)
    return made


@functools.cache
def _hashed(_algorithm: str) -> str:
    """Give the password as it is kept; to hash it anew for each person takes a tenth of a second."""
    return make_password(PASSWORD)


def person(
    name: str,
    address: str,
    role: str | None = None,
    *,
    account: Account | None = None,
    within: Account | None = None,
    at: Site | None = None,
    signs_in: bool = True,
) -> Person:
    """Make somebody of an account (default: the provider's).

    `within` limits the role to one account, `at` to one of its sites.
    """
    home = account or Account.objects.get(default=True)
    made = Person(
        account=home,
        site=at,
        name=name,
        sign_in_name=address if signs_in else None,
        technician=role not in (None, "SDRequester"),
    )
    made.password = _hashed(get_hasher().algorithm) if signs_in else make_password(None)
    made.save()
    PersonAddress.objects.create(account=home, person=made, address=address, key=fold(address), primary=True)
    if role:
        Grant.objects.create(person=made, role=Role.objects.get(name=role), account=within, site=at)
    return made


def mailbox(name: str = "Support", **settings: Any) -> Mailbox:
    """Make the mailbox that customers write to; nothing is fetched from it, mails are delivered into it."""
    values: dict[str, Any] = {
        "instance": Instance.objects.order_by("pk")[0],
        "protocol": "imaps",
        "server": "imap.northgate-it.example",
        "port": 993,
        "tls": "implicit",
        "username": "support",
        "password": "secret",
        "addresses": [HELP],
    }
    made = Mailbox.objects.create(name=name, **{**values, **settings})
    MailboxState.objects.create(mailbox=made)
    return made


def outgoing() -> OutgoingServer:
    """Make the server that the IT Help Desk's mails leave by."""
    return OutgoingServer.objects.create(
        name="Outgoing",
        instance=Instance.objects.order_by("pk")[0],
        server="smtp.northgate-it.example",
        port=25,
        sender_name="Northgate IT Support",
        reply_to=HELP,
    )


def outgoing_of(account: Account) -> OutgoingServer:
    """Make a server of one account's own."""
    return OutgoingServer.objects.create(
        name=f"Outgoing of {account.name}",
        account=account,
        server="smtp.example",
        port=25,
        reply_to=f"desk{account.pk}@northgate-it.example",
    )


def mail(
    *,
    sender: str = "Tom Achterberg <tom@kestrel.example>",
    to: str = f"Support <{HELP}>",
    cc: str = "",
    subject: str = "VPN drops every 20 minutes from home",
    text: str = "It drops every twenty minutes.",
    html: str | None = None,
    message_id: str = "<1@kestrel.example>",
    files: Mapping[str, tuple[str, bytes]] | None = None,
    images: Mapping[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """Give the bytes of a mail. `files`: name to type and content; `images`: Content-ID to PNG bytes."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    if cc:
        message["Cc"] = cc
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 09:00:00 +0100"
    message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
        part = message.get_payload()[-1]  # type: ignore[index]
        for content_id, content in (images or {}).items():
            part.add_related(content, "image", "png", cid=f"<{content_id}>")  # type: ignore[union-attr]
    for name, (kind, content) in (files or {}).items():
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def take(box: Mailbox, **parts: Any) -> MailOutcome:
    """Let a mail come in, and give what became of it."""
    deliver(box, mail(**parts))
    return MailOutcome.objects.select_related("record", "mail").latest("pk")


def request_by_mail(box: Mailbox, **parts: Any) -> Record:
    """Let a mail come in and give the request it became or joined."""
    told = deliver(box, mail(**parts))
    assert told["outcome"] is not None, told
    code, number = told["outcome"]["record"].split("-")
    return Record.objects.get(module=module_of(code), number=int(number))


def record_of(
    account: Account, subject: str, *, by: Person, module: str = "TA", number: int | None = None, **more: Any
) -> Record:
    """Make a record of a module other than requests by hand; `number` is what it is renumbered to."""
    values = {"text": "What is to be done.", **more}
    made, _ = open_record(module=module, actor=by, via="page", account=account, subject=subject, **values)
    if number is not None:
        Record.objects.filter(pk=made.pk).update(number=number)
        made.refresh_from_db()
    return made


def number_from(first: int) -> None:
    """Let the next request have this number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('record_number_re', %s, false)", [first])


def last_conversation(record: Record) -> Conversation:
    """Give the newest mail or note of a request."""
    return Conversation.objects.filter(record=record).order_by("-pk")[0]


def signed_in(who: Person) -> Client:
    """Give a browser in which somebody has signed in."""
    client = Client()
    client.force_login(who)
    return client


def htmx(**more: str) -> dict[str, str]:
    """Give the headers of a request by htmx."""
    return {"HX-Request": "true", **more}
