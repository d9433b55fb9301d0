"""A mailbox that is called by several addresses."""

import re
import uuid

import pytest
from django.urls import reverse

from deskpost.desk.records import Record
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.process import process
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk
from tests.servers.dovecot import PASSWORD, Dovecot

ALIASES = ["support@northgate-it.example", "helpdesk@northgate-it.example", "it@northgate-it.example"]


@pytest.mark.requirement("R9")
def test_mail_to_each_alias_makes_a_request_and_none_is_offered_as_recipient(
    desk: Desk, dovecot: Dovecot
) -> None:
    user = dovecot.new_user()
    box = builders.mailbox(
        "Aliases",
        protocol="imap",
        server="127.0.0.1",
        port=dovecot.imap,
        tls="none",
        username=user,
        password=PASSWORD,
        addresses=ALIASES,
        fetching=True,
        first_fetch="everything",
    )
    for number, alias in enumerate(ALIASES):
        others = ", ".join([*ALIASES[:number], *ALIASES[number + 1 :], "Ilse Roth <ilse@kestrel.example>"])
        raw = builders.mail(
            to=alias.upper(), cc=others, subject=f"To {alias}", message_id=f"<{number}@kestrel.example>"
        )
        dovecot.deliver(user, raw)
    # A list's or a blind copy names none of them and is fetched all the same.
    dovecot.deliver(
        user, builders.mail(to="all@list.example", subject="Blind copy", message_id="<9@kestrel.example>")
    )
    assert fetch(box.pk).failure is None
    assert process(box.pk) == 4
    assert Record.objects.count() == 4
    client = builders.signed_in(desk.dana)
    for record in Record.objects.exclude(subject="Blind copy"):
        for mode in ("reply", "reply_all", "forward"):
            page = client.get(reverse("request", args=[record.number]) + f"?mode={mode}").content.decode()
            offered = re.findall(r'name="(?:to|cc)"[^>]*value="([^"]*)"', page)
            assert offered
            assert not any(alias in field.lower() for field in offered for alias in ALIASES)
    typed = {
        "mode": "reply_all",
        "to": f"tom@kestrel.example, {ALIASES[1].upper()}",
        "cc": f"ilse@kestrel.example, {ALIASES[2]}",
        "subject": "Re",
        "text": "Typed all the same.",
        "token": str(uuid.uuid4()),
        "newest": str(builders.last_conversation(record).pk),
    }
    client.post(reverse("request_reply", args=[record.number]), typed)
    sent = OutboxMail.objects.get(event="reply")
    assert [address for _, address in (*sent.to, *sent.cc)] == ["tom@kestrel.example", "ilse@kestrel.example"]
