"""The zip of error details: a readable text file for each mail and a log of all, decrypted, noted with the person."""

import io
import zipfile

from django.db import transaction
from django.db.models import QuerySet

from deskpost.desk.people import Person
from deskpost.inbound.error_folder.mails import ErrorMail
from deskpost.inbound.messages import MailAct
from deskpost.secret_field import readable

MOST = 10_000  # mails of one zip
LOG = "error-log.txt"
_UNREADABLE = (
    "These details were encrypted with a key that this installation no longer has. "
    "To do: put back the keys file that belongs to this database.\n"
)


@transaction.atomic
def zipped(actor: Person, mails: QuerySet[ErrorMail]) -> bytes:
    """Give the details of these error mails; that they were read is noted with each mail."""
    rows = mails.select_related("mail", "mailbox").order_by("pk")[:MOST]
    held = io.BytesIO()
    log = []
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for row in rows:
            name = f"mail-{row.pk}.txt"
            file.writestr(name, readable(row, "details") or _UNREADABLE)
            log.append(_line(row))
        file.writestr(LOG, "\n".join(log) + "\n")
    MailAct.objects.bulk_create(
        MailAct(mail_id=row.pk, person=actor, by=actor.name, kind=MailAct.Kind.DETAILS) for row in rows
    )
    return held.getvalue()


@transaction.atomic
def read(actor: Person, row: ErrorMail) -> str:
    """Give the details of one error mail, and note that they were read."""
    act = MailAct.Kind.DETAILS
    MailAct.objects.create(mail_id=row.pk, person=actor, by=actor.name, kind=act, before={"read": True})
    return readable(row, "details") or _UNREADABLE


def _line(row: ErrorMail) -> str:
    moved = f" {row.words}" if row.words else ""
    if row.words and row.refusals:
        moved = f" Not moved into the error folder {row.refusals} times:{moved}"
    return f"{row.at.isoformat()} {row.mailbox.name} mail {row.pk}: {row.step}: {row.why}.{moved}"
