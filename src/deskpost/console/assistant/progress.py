"""How far a person has come: read and written for the page, one request at a time."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from deskpost.desk.people import Person
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.setup_assistant import DONE, SetupAssistant

__all__ = ["DONE", "RUNNERS", "held", "mailbox_of", "move_on", "progress_of"]
RUNNERS = {
    "microsoft": _("Microsoft 365"),
    "google": _("Google"),
    "exchange": _("Exchange of our own"),
    "server": _("Another IMAP or POP server"),
}


def progress_of(person: Person) -> SetupAssistant:
    """Give a person's assistant; of who has none, one that is not saved."""
    return SetupAssistant.objects.filter(pk=person.pk).first() or SetupAssistant(person=person)


def held(person: Person) -> SetupAssistant:
    """Give it saved and locked until the transaction ends, so that a double click answers once."""
    SetupAssistant.objects.get_or_create(person=person)
    return SetupAssistant.objects.select_for_update().get(pk=person.pk)


def mailbox_of(progress: SetupAssistant) -> Mailbox | None:
    """Give the mailbox that is set up, None while there is none, or once somebody removed it."""
    return Mailbox.objects.select_related("state").filter(pk=progress.mailbox_id or 0).first()


@transaction.atomic
def move_on(person: Person, question: int, *, anew: bool = False, **answers: object) -> SetupAssistant:
    """Keep answers, and let this question be answered; with `anew` none after it, for what they rest on has changed."""
    progress = held(person)
    for name, value in answers.items():
        setattr(progress, name, value)
    progress.question = question if anew else max(progress.question, question)
    progress.save()
    return progress
