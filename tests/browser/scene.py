"""The desk of the pictures: Northgate IT, its customers, and a morning's requests, made by mails that came in."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import By, write
from deskpost.desk.fields import Group, Priority, Status
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.desk.requests import add_conversation
from deskpost.inbound.mailboxes import Mailbox
from tests.console import builders
from tests.console.pictures import png

CUSTOMERS = {
    "Harbour Dental Group": "harbour.example",
    "Kestrel Logistics": "kestrel.example",
    "Orchard & Pine Architects": "orchard.example",
    "Vantage Legal": "vantage.example",
    "Brightwater Council": "brightwater.example",
    "St Alban’s School": "stalban.example",
}
# minutes ago, sender, subject, text, status, priority, technician, file
MORNING = (
    (
        240,
        "João Tavares <joao@kestrel.example>",
        "OneDrive sync stuck on “processing changes”",
        "Reset done on both machines, still stuck.",
        "In progress",
        2,
        "Sam Okafor",
        "",
    ),
    (
        180,
        "Farida Nasser <farida@stalban.example>",
        "Phishing? “Your parcel is held at customs”",
        "Three people clicked. The link leads to a page that looks like ours.",
        "In progress",
        4,
        "Dana Whitfield",
        "",
    ),
    (
        175,
        "Anneke de Wit <anneke@orchard.example>",
        "Guest Wi-Fi voucher printer",
        "Replacement ordered, delivery on Thursday.",
        "On hold",
        1,
        "Sam Okafor",
        "",
    ),
    (
        130,
        "Tom Achterberg <tom@kestrel.example>",
        "Barcode gun no longer pairs with the tablet",
        "We have 6 of them and only this one fails.",
        "On hold",
        2,
        "Marco Bianchi",
        "",
    ),
    (
        125,
        "Rahel Tesfaye <rahel@brightwater.example>",
        "Request for a distribution list “site-leads”",
        "Members are in the attached list.",
        "Open",
        1,
        "Marco Bianchi",
        "members.txt",
    ),
    (
        70,
        "Anneke de Wit <anneke@orchard.example>",
        "Teams room 3.02: no picture on the left screen",
        "Cable swapped, firmware is next.",
        "Waiting for customer",
        1,
        "Sam Okafor",
        "",
    ),
    (
        62,
        "Helen Cho <helen@vantage.example>",
        "Two-factor codes arrive after they expire",
        "Codes take 12 to 14 minutes to arrive.",
        "In progress",
        4,
        "Dana Whitfield",
        "codes.txt",
    ),
    (
        52,
        "Backup monitor <monitor@brightwater.example>",
        "Backup report: job “FS01 nightly” finished with warnings",
        "2 files were skipped.",
        "Open",
        1,
        "Marco Bianchi",
        "job.log",
    ),
    (
        44,
        "Marisol Ibarra <marisol@harbour.example>",
        "Password reset for the X-ray workstation",
        "Delivery to reception@harbour.example is not possible.",
        "Waiting for customer",
        3,
        "Dana Whitfield",
        "",
    ),
    (
        38,
        "João Tavares <joao@kestrel.example>",
        "Shared calendar shows the wrong time zone",
        "Meetings from the Lisbon office are an hour off.",
        "Open",
        2,
        "",
        "",
    ),
    (
        31,
        "Farida Nasser <farida@stalban.example>",
        "Printer queue on PRN-04 stuck again",
        "Restarted the spooler, 41 jobs released.",
        "Waiting for customer",
        2,
        "Sam Okafor",
        "",
    ),
    (
        24,
        "Peter Lindqvist <peter@brightwater.example>",
        "New starter kit: 2 laptops, docks, headsets",
        "Approved by Peter. Cost centre 4410.",
        "In progress",
        2,
        "Marco Bianchi",
        "order.txt",
    ),
    (
        18,
        "Helen Cho <helen@vantage.example>",
        "Invoice mailer returns 550 5.7.30 since this morning",
        "Sample mail goes through now. We will watch it until tomorrow.",
        "Waiting for customer",
        4,
        "Dana Whitfield",
        "",
    ),
    (
        11,
        "Ute Brandt <ute@orchard.example>",
        "Please add Jonas Keller to the finance share",
        "Starts Monday. He needs the same folders as Ute had.",
        "Open",
        1,
        "Sam Okafor",
        "",
    ),
    (
        2,
        "Marisol Ibarra <marisol@harbour.example>",
        "Scanner at front desk rejects every second sheet",
        "It started after the Windows update on Monday.",
        "Open",
        2,
        "",
        "",
    ),
)


HTML = """<html><body style="font-family:Arial"><h2 style="color:#1C5BBF">The lift is back</h2>
<p>From Monday the lift runs again. <a href="https://house.example/lift">All times</a></p>
<p><img src="cid:lift@house.example" alt="The lift" width="320" height="120"></p>
<table border="1" cellpadding="6"><tr><th>Day</th><th>Hours</th></tr><tr><td>Monday</td><td>7 to 19</td></tr></table>
<p><img src="https://tracker.example/pixel.gif" alt=""></p>
<blockquote><p>On Friday you wrote: is the lift broken?</p></blockquote></body></html>"""


@dataclass(frozen=True)
class Scene:
    """What the browser tests walk through."""

    priya: Person
    dana: Person
    sam: Person
    tom: Person  # a requester of Kestrel Logistics who may sign in
    box: Mailbox
    vpn: Record  # the request of picture 02
    other: Record  # one that nobody has looked at
    html: Record  # one whose mail has HTML with an image of its own
    mail: Conversation  # the newest mail of vpn


def build() -> Scene:
    """Make the scene in the present database."""
    provider = Account.objects.get(default=True)
    Account.objects.filter(pk=provider.pk).update(name="Northgate IT")
    accounts = {name: builders.account(name, domain) for name, domain in CUSTOMERS.items()}
    priya = builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")
    dana = builders.person("Dana Whitfield", "dana@northgate-it.example", "SDCoordinator")
    sam = builders.person("Sam Okafor", "sam@northgate-it.example", "SDTechnician")
    builders.person("Marco Bianchi", "marco@northgate-it.example", "SDTechnician")
    tom = builders.person(
        "Tom Achterberg", "tom@kestrel.example", "SDRequester", account=accounts["Kestrel Logistics"]
    )
    box = builders.mailbox()
    builders.number_from(48_213)
    builders.outgoing()
    network = Group.objects.create(name="Network")
    vpn = _vpn(box, dana, sam, network)
    records = [vpn]
    for number, (minutes, sender, subject, text, status, level, technician, file) in enumerate(MORNING):
        files = {file: ("text/plain", b"one line\n" * 40)} if file else None
        record = builders.request_by_mail(
            box,
            sender=sender,
            subject=subject,
            text=text,
            message_id=f"<{number}@scene.example>",
            files=files,
        )
        _set(record, priya, status, level, technician)
        if status == "Waiting for customer":
            Record.objects.filter(pk=record.pk).update(last_mail_direction="out")
        _age(record, minutes)
        records.append(record)
    for _ in range(3):
        closed = builders.request_by_mail(
            box, subject="Done long ago", text="All is well.", message_id=f"<closed{_}@scene.example>"
        )
        _set(closed, priya, "Closed", 2, "Dana Whitfield")
        _age(closed, 3000 + _)
    html = builders.request_by_mail(
        box,
        subject="Newsletter of the building",
        html=HTML,
        images={"lift@house.example": png(320, 120)},
        message_id="<html@kestrel.example>",
    )
    _set(html, priya, "Closed", 1, "Sam Okafor")
    _age(html, 2000)
    mail = Conversation.objects.filter(record=vpn, direction="in").latest("pk")
    return Scene(priya, dana, sam, tom, box, Record.objects.get(pk=vpn.pk), records[-1], html, mail)


def _vpn(box: Mailbox, dana: Person, sam: Person, network: Group) -> Record:
    record = builders.request_by_mail(
        box, text="Since Monday my VPN drops every 20 minutes.", message_id="<v1@kestrel.example>"
    )
    token = f"##RE-{record.number}##"
    now = timezone.now()
    builders.request_by_mail(
        box,
        subject=f"Re: {token} VPN",
        text="It happens on Ethernet as well.",
        message_id="<v2@kestrel.example>",
    )
    _add(record, dana, Conversation.Direction.OUT, "Hi Tom, which profile is it?", now)
    _add(
        record,
        dana,
        Conversation.Direction.OUT,
        "Hi Tom, I pushed a new profile (Kestrel-Home-2). Please remove the old one under Settings › VPN, restart, "
        "and tell me whether the drop still comes after 20 minutes.",
        now,
    )
    _add(
        record,
        sam,
        Conversation.Direction.NOTE,
        "Gateway log shows DPD timeouts for his line only. His provider changed to CGNAT last week.",
        now,
    )
    builders.request_by_mail(
        box,
        subject=f"Re: {token} VPN",
        cc="Ilse Roth <ilse@kestrel.example>",
        text="Thanks Dana, I tried the new profile. Same result at 09:41 and again at 10:02, so it is still twenty "
        "minutes almost to the second. Ethernet instead of Wi-Fi makes no difference.\n\n"
        "Log attached. I have a customer call at 13:00 and need this to hold.",
        message_id="<v3@kestrel.example>",
        files={"vpn-client.log": ("text/plain", b"DPD timeout\n" * 17_000)},
    )
    _set(record, dana, "In progress", 3, "Dana Whitfield", network)
    _age(record, 6)
    return record


def _add(record: Record, author: Person, direction: str, text: str, at: object) -> None:
    add_conversation(
        record,
        direction=direction,
        author=author,
        sender=("Northgate IT Support", builders.HELP),
        text=text,
        subject=record.subject,
        at=at,  # type: ignore[arg-type]
        to=[("Tom Achterberg", "tom@kestrel.example")] if direction == "out" else [],
    )


def _set(
    record: Record, actor: Person, status: str, level: int, technician: str, group: Group | None = None
) -> None:
    values = {
        "Status": Status.objects.get(name=status),
        "Priority": Priority.objects.get(level=level),
        "Technician": Person.objects.get(name=technician) if technician else None,
        "Group": group,
    }
    write(record, Changes(values), By(actor, "page"))


def _age(record: Record, minutes: int) -> None:
    """Move a request and its newest mails back in time, a few minutes between them."""
    last = timezone.now() - timedelta(minutes=minutes)
    Record.objects.filter(pk=record.pk).update(last_mail_at=last, created_at=last - timedelta(hours=1))
    mails = list(Conversation.objects.filter(record=record).order_by("-pk"))
    for place, mail in enumerate(mails):
        Conversation.objects.filter(pk=mail.pk).update(at=last - timedelta(minutes=21 * place))
