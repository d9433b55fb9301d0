"""The scene of picture 17: three mailboxes with error mails of three reasons."""

from django.db.models.functions import Now

from deskpost.inbound.error_folder import settings as error_folder_settings
from deskpost.inbound.error_folder.details import TOO_LARGE
from deskpost.inbound.error_folder.mails import ErrorMail, Place
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, MailOutcome
from tests.console.conftest import Desk, build_desk
from tests.inbound.builders import mailbox

REASONS = (
    (
        "new request",
        "The step new request failed: GroupMissing (request.py, line 12)",
        "zabbix@mx2.example",
        6,
    ),
    (
        "attachments",
        "The step attachments failed: TooLarge (attachments.py, line 40)",
        "studio@harbour.example",
        2,
    ),
    ("parse", "Larger than the mailbox takes: over 50 MB", "copier@harbour.example", 1),
)


DETAILS = """Mail 7 of the mailbox Alerts
Received: 2026-11-24T11:36:04+00:00
Size: 4120 bytes
Reason: The group of the mailbox is gone.

Its way:
parse: passed (0.08 ms)
new request: error (0.21 ms) The group of the mailbox is gone.

Exception:
Traceback (most recent call last):
  File "request.py", line 12, in open_new
GroupMissing: NOC

Header:
From: Zabbix <zabbix@mx2.example>
To: alerts@northgate-it.example
Subject: PROBLEM: disk /var 92 % on app-03
"""


def build() -> Desk:
    """Make it."""
    desk = build_desk()
    error_folder_settings.ErrorFolderSettings.objects.update(support_address="support@partner.example")
    alerts = mailbox(
        "Alerts", error_folder=True, error_folder_name="Deskpost errors", error_stop_after=6, fetching=False
    )
    MailboxState.objects.filter(mailbox=alerts).update(
        error_total=6, error_total_at=Now(), held_at_limit=True, stopped_by="deskpost"
    )
    harbour = mailbox(
        "Harbour Dental", error_folder=True, error_folder_name="Helpdesk/Fehler", error_stop_after=10
    )
    MailboxState.objects.filter(mailbox=harbour).update(error_total=2, error_total_at=Now())
    pop = mailbox("St Alban’s", protocol="pop", port=110)
    for box, (step, why, sender, count) in zip((alerts, harbour, pop), REASONS, strict=True):
        for number in range(count):
            _error(box, step, why, sender, number)
    return desk


def _error(box: Mailbox, step: str, why: str, sender: str, number: int) -> None:
    there = box.error_folder
    mail = InboundMessage.objects.create(
        mailbox=box,
        source_number=1,
        folder="INBOX",
        validity="1",
        uid=str(number),
        size=9,
        sha256=b"",
        truncated=why.startswith(TOO_LARGE),
    )
    MailOutcome.objects.create(
        mail=mail,
        instance=box.instance,
        kind="error",
        reason=why,
        from_address=sender,
        subject=f"PROBLEM: disk /var {90 + number} % on app-03",
        trace=[[step, "error", why, 0.1]],
    )
    ErrorMail.objects.create(
        mail=mail,
        mailbox=box,
        step=step,
        why=why,
        details=DETAILS,
        place=Place.FOLDER if there else Place.KEPT,
        folder=box.error_folder_name,
    )
