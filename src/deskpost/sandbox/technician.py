"""What technicians do in the demo, by the same functions as on their own pages."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.db import transaction

from deskpost.console import properties_change, recipients, writing
from deskpost.console.composer import NOTE, composer_for
from deskpost.console.page import Viewer
from deskpost.desk.conversations import Conversation
from deskpost.desk.field_values import Judge, scene_of
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import visible


def viewer_for(address: str) -> Viewer | None:
    """Give the technician who signs in with this address, as pages know who looks at them."""
    person = Person.objects.filter(sign_in_name=address, technician=True, deleted_at=None).first()
    return Viewer(person, visible(person)) if person else None


def write(
    viewer: Viewer, record: Record, mode: str, text: str, token: UUID | None = None
) -> Conversation | None:
    """Answer the customer (mode reply) or add a note; None when this form was sent before.

    Raises what `console.writing.write` raises.
    """
    newest = viewer.desk.conversations.filter(record=record).order_by("-pk").first()
    seen = newest.pk if newest else 0
    composer = composer_for(viewer, record, mode, seen, "")
    chosen = next((tab for tab in composer.tabs if tab.mode == mode), None) if composer else None
    if chosen is None:
        viewer.needs("conversation.reply", record)
        raise ValueError(mode)
    written = writing.Text(
        mode=mode,
        to=() if mode == NOTE else recipients.read(chosen.to),
        cc=(),
        subject=chosen.subject,
        text=text,
        files=(),
        status=None,
        token=token or uuid4(),
        newest=seen,
    )
    return writing.write(viewer, record, written)


@transaction.atomic
def change(viewer: Viewer, record: Record, asked: Mapping[str, str]) -> None:
    """Set fields of a request by their names, and tell whoever is to be told.

    Raises what `console.properties_change.apply` raises.
    """
    record = viewer.desk.records.select_for_update(of=("self",)).get(pk=record.pk)
    properties_change.apply(viewer, record, Judge(scene_of(viewer.desk, record)), asked)
