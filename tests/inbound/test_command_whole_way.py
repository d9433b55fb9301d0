"""Commands by real mails: sent through Postfix, fetched from Dovecot, drained, and answered through Postfix."""

from collections.abc import Callable
from email import message_from_bytes, policy

import pytest

from deskpost.desk.records import Record
from deskpost.drain import drain
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.smtp import Envelope, open_smtp
from tests.console import builders
from tests.inbound.commanding import WORD, changes_of, desk, fields
from tests.outbound import builders as make
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix
from tests.transports.builders import server

pytestmark = pytest.mark.usefixtures("database")
HELP = "help@desk.example"


@pytest.mark.requirement("R118", "R119", "R129", "R130", "R131", "R132")
def test_a_day_of_commands_by_mail(dovecot: Dovecot, postfix_pair: Callable[..., list[Postfix]]) -> None:
    it = desk(authenticity="refuse_fail")
    user = dovecot.new_user()
    (postfix,) = postfix_pair(1, mailboxes={HELP: dovecot.maildir(user)})
    OutgoingServer.objects.all().delete()
    make.server(postfix.no_login)
    Mailbox.objects.update(port=dovecot.imap, username=user, password=PASSWORD)
    assert drain(60).troubles == []  # fetching is started before the mails come

    def sends(*mails: tuple[str, str, str]) -> list[MailOutcome]:
        """Send mails of these senders, subjects and texts, and give what became of them."""
        known = MailOutcome.objects.count()
        with open_smtp(server(postfix.no_login)) as smtp:
            for number, (sender, subject, text) in enumerate(mails, known):
                raw = builders.mail(
                    sender=sender, to=HELP, subject=subject, text=text, message_id=f"<w{number}@x.example>"
                )
                smtp.send(Envelope(sender, (HELP,), raw))
        dovecot.wait_for(user, known + len(mails))
        drained = drain(60)
        assert (drained.troubles, drained.fetched) == ([], len(mails))
        return list(MailOutcome.objects.order_by("pk")[known:])

    sam, tom, ute = "sam@msp.example", "tom@kestrel.example", "ute@kestrel.example"
    made, ordinary, strangers = sends(
        (tom, f"{WORD} Printer on fire", "It burns.\n\n$Operation=AddRequest$\n$Priority=High$"),
        (ute, f"{WORD} Printer on fire", "$Operation=AddRequest$\n$Priority=High$"),
        ("eve@nowhere.example", f"{WORD} x", "$Operation=AddRequest$"),
    )
    record = Record.objects.get(pk=made.record_id)
    assert [made.kind, ordinary.kind, strangers.kind] == ["command", "request", "request"]
    assert (record.requester, fields(record)["Priority"]) == (it.tom, "High")
    about = f"{WORD} Re: ##RE-{record.number}## Printer on fire"
    outcomes = sends(
        (sam, about, "$Operation=PickupRequest$"),
        (
            sam,
            about,
            "$Operation=EditRequest$\r\n$Kostenstelle für Übersee=4410$ $Resolution=New toner,\r\nno fire$",
        ),
        (tom, about, "$Operation=CloseRequest$"),
        (tom, about, "It burns no more."),
        (sam, about, "$Operation=CloseRequest$"),
    )
    assert [one.kind for one in outcomes] == ["command", "command", "refused", "conversation", "command"]
    assert fields(record)["Resolution"] == "New toner,\nno fire"
    assert (fields(record)["Technician"], fields(record)["Status"]) == ("Sam Okafor", "Closed")
    changing = (made, outcomes[0], outcomes[1], outcomes[4])
    assert [one.mail_id for one in changes_of(record)] == [one.pk for one in changing]
    assert record.conversations.count() == 2

    answers = [message_from_bytes(one, policy=policy.default) for one in postfix.mails(sam, wait_for=3)]
    told = [str(one["Subject"]) for one in answers if "Email Command" in str(one["Subject"])]
    assert told == [f"##RE-{record.number}## Email Command: done"] * 3
    assert all(one["Auto-Submitted"] for one in answers)
    texts = [message_from_bytes(one, policy=policy.default) for one in postfix.mails(tom, wait_for=2)]
    assert any("you may not change" in one.get_body(("plain",)).get_content() for one in texts)
