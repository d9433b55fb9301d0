"""A sample mail of a form that is not saved: the saved consent counts as long as the sign-in is the same."""

import pytest
from django.http import QueryDict

from deskpost.console.mail_settings import mailbox_sample
from deskpost.console.mail_settings.mailbox_form import MailboxForm
from deskpost.inbound.mailboxes import Mailbox
from tests.access import rows
from tests.access.conftest import MailServers
from tests.inbound.builders import mail
from tests.oauth.world import DESK

pytestmark = pytest.mark.usefixtures("database")


def typed(box: Mailbox, **changes: str) -> MailboxForm:
    """Give the form of a mailbox as it is posted, with these fields typed anew."""
    data = QueryDict(mutable=True)
    for field in MailboxForm(box):
        value = field.value()
        if value is True:
            data[field.name] = "on"
        elif value not in (None, False, ""):
            data[field.name] = ", ".join(value) if isinstance(value, list) else str(value)
    data.update({"fetch_every_number": "5", "fetch_every_unit": "60", **changes})
    return MailboxForm(Mailbox.objects.get(pk=box.pk), data)


def test_the_saved_consent_opens_the_mailbox_for_a_sample_of_what_is_not_saved(servers: MailServers) -> None:
    box = servers.mailbox("imap", fetching=False)
    form = typed(box)
    before = mailbox_sample.of_form(form)
    assert not before.ok and "Nobody has consented" in f"{before.title} {before.text}"
    consent = rows.consented(servers.there, box)
    servers.dovecot.deliver("desk", mail(message_id="<sample@acme.example>"))
    found = mailbox_sample.of_form(typed(box, name="Renamed"))
    assert found.ok, found
    shown = f"{found}"
    assert consent.access_token not in shown and box.client_secret not in shown
    servers.tokens.shared[DESK] = "support@contoso.example"
    servers.dovecot.deliver("support", mail(message_id="<shared@acme.example>"))
    shared = mailbox_sample.of_form(typed(box, mailbox_to_open="support@contoso.example"))
    assert ("Message-ID", "<shared@acme.example>") in shared.headers, shared
    other = mailbox_sample.of_form(typed(box, scope="something.else"))
    assert not other.ok and "Nobody has consented" in f"{other.title} {other.text}"
