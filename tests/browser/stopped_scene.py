"""Picture 23: mails that were held, refused and dropped, of several rules."""

from deskpost.inbound.deliver import deliver
from tests.browser import spam_scene
from tests.console import builders
from tests.console.conftest import Desk

HELD = (
    ("h.cho.private@mail.example", "Two-factor codes arrive late"),
    ("it@vantagelegal.example", "Invoice mailer returns 550"),
)
REFUSED = (
    ("sales@brightwater.example", "Office move, please plan 14 desks"),
    ("sam@kestrel.example", "New laptop for Ilse"),
)
DROPPED = (
    ("a.lang@freight24.example", "Out of office until 30 November"),
    ("no-reply@promo.example", "Action needed: confirm your details"),
)


def build() -> Desk:
    """Make the scene of picture 08, and what else was stopped."""
    desk = spam_scene.build()
    record = builders.request_by_mail(desk.box, message_id="<opens@x.example>", subject="Codes")
    closed = builders.mailbox("Invoices", addresses=["i@northgate-it.example"], new_requests_disabled=True)
    for number, (sender, subject) in enumerate(HELD):
        held = f"Re: ##RE-{record.number}## {subject}"
        deliver(desk.box, builders.mail(sender=sender, subject=held, message_id=f"<h{number}@x.example>"))
    for number, (sender, subject) in enumerate(REFUSED):
        deliver(closed, builders.mail(sender=sender, subject=subject, message_id=f"<r{number}@x.example>"))
    for number, (sender, subject) in enumerate(DROPPED):
        spam_scene.dropped(desk, sender=sender, subject=subject, message_id=f"<d{number}@x.example>")
    return desk
