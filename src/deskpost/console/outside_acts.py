"""What the forms of the outside world do: write as the customer, answer as the technician, break something."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from deskpost.console import recipients
from deskpost.console.composer import LONGEST_SUBJECT, LONGEST_TEXT, NOTE, REPLY
from deskpost.console.outside_scene import message_of
from deskpost.console.page import NotPermitted, Viewer
from deskpost.console.uploads import MOST_MEGABYTES, FilesField
from deskpost.console.writing import Overtaken
from deskpost.desk.records import Record
from deskpost.mime.compose import File
from deskpost.mime.parse import parse
from deskpost.outbound.by_person import NobodyToWriteTo
from deskpost.sandbox import customer, opening, technician
from deskpost.sandbox.cast import CUSTOMERS, DESK, DESK_ADDRESSES, TECHNICIANS, Player
from deskpost.sandbox.outside import FAULTS, Outside
from deskpost.sandbox.post_office import Stored, can_have_mailbox

T = TypeVar("T")
BURST = 100  # mails
_LINE_END = re.compile(rb"\r\n|\r|\n")
_SUBJECTS = (
    "Screen stays dark after lunch",
    "Please reset my password",
    "Mail to a supplier comes back",
    "Wi-Fi in the meeting room is slow",
    "New telephone for reception",
    "The label printer is out of ribbon",
    "Where do I find last year's folder?",
    "Time-out in the booking system",
    "Two-factor code does not arrive",
    "Please install the drawing viewer",
)


class Refused(Exception):
    """A form did not do its work. `words` says why and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def write(outside: Outside, who: Player, request: HttpRequest) -> Stored:
    """Send a new mail of the customer to the desk."""
    subject = request.POST.get("subject", "")[:LONGEST_SUBJECT]
    to = request.POST.get("to", DESK)
    if to not in DESK_ADDRESSES:
        raise Refused(gettext("The desk has no such address. To do: choose one of the list."))
    return _send(outside, who, customer.Letter(subject, _text(request), _files(request), to=to))


def reply(outside: Outside, who: Player, opened: Stored | None, request: HttpRequest) -> Stored:
    """Send the customer's answer to the mail that is open."""
    if opened is None:
        raise Refused(gettext("No mail is open. To do: open the mail that you want to answer."))
    return _send(outside, who, customer.answer_to(message_of(opened), _text(request), _files(request)))


def drop(outside: Outside, who: Player, request: HttpRequest) -> tuple[str, Stored]:
    """Send a mail from a file as it is, from its author, or from the customer where it names none; give the sender."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused(gettext("No file was chosen. To do: choose an .eml file."))
    if not file.size:
        words = gettext("“%(name)s” is empty: there is no mail in it. To do: choose a file with one mail.")
        raise Refused(words % {"name": file.name})
    if file.size > MOST_MEGABYTES * 1_000_000:
        raise Refused(too_large(file.size, file.name or ""))
    content = _LINE_END.sub(b"\r\n", file.read())
    sender = _author(content) or who.address
    return sender, _hand_over(lambda: customer.send(outside, sender, content))


def burst(outside: Outside) -> None:
    """Send a hundred mails of all customers at once."""
    mails = []
    for number in range(1, BURST + 1):
        who = CUSTOMERS[number % len(CUSTOMERS)]
        subject = f"{_SUBJECTS[number % len(_SUBJECTS)]} ({number})"
        text = f"Hello,\n\nthis is mail {number} of {BURST} that were sent at once.\n\n{who.name}\n"
        mails.append((who.address, customer.write(who, customer.Letter(subject, text))))
    _hand_over(lambda: customer.send_all(outside, mails))


def answer(viewer: Viewer, record: Record | None, request: HttpRequest) -> None:
    """Let the technician answer the request that is open, or add a note."""
    if record is None:
        raise Refused(gettext("No request is open. To do: open a mail that became one."))
    mode = NOTE if request.POST.get("mode") == NOTE else REPLY
    try:
        technician.write(viewer, record, mode, _text(request), _token(request))
    except Overtaken as overtaken:
        raise Refused(overtaken.words) from overtaken
    except (NobodyToWriteTo, NotPermitted, ValidationError) as refused:
        words = gettext(
            "This request has nobody to write to, or the technician may not. To do: open it in full."
        )
        raise Refused(words) from refused


def break_or_mend(outside: Outside, request: HttpRequest) -> None:
    """Break something of the outside, or mend it."""
    what = request.POST.get("what", "")
    if what not in FAULTS:
        raise Refused(gettext("There is no such thing to break. To do: choose one of the list."))
    if request.POST.get("act") == "break":
        outside.break_down(what)
    else:
        outside.mend(what)


def too_large(size: int, name: str = "") -> str:
    """Give the sentence for what is larger than the outside's mail server takes."""
    words = gettext(
        "%(what)s has %(size)d MB. The outside’s mail server takes mails of %(most)d MB at most, so nothing was sent. "
        "To do: choose a smaller file."
    )
    what = f"“{name}”" if name else gettext("What was to be sent")
    return words % {"what": what, "size": size // 1_000_000, "most": MOST_MEGABYTES}


def _send(outside: Outside, who: Player, letter: customer.Letter) -> Stored:
    content = customer.write(who, letter)
    return _hand_over(lambda: customer.send(outside, who.address, content, letter.to))


def _hand_over(hand: Callable[[], T]) -> T:
    try:
        sent = hand()
    except customer.NotHandedOver as refused:
        raise Refused(refused.words) from refused
    opening.wake_desk()
    return sent


def _text(request: HttpRequest) -> str:
    text = request.POST.get("text", "").replace("\0", "")
    if not text.strip():
        raise Refused(gettext("There is no text yet. To do: write something, then send it."))
    if len(text) > LONGEST_TEXT:
        words = ngettext(
            "The text is longer than %(n)d character.",
            "The text is longer than %(n)d characters.",
            LONGEST_TEXT,
        )
        raise Refused(
            f"{words % {'n': LONGEST_TEXT}} {gettext('To do: shorten it, or attach it as a file.')}"
        )
    return text


def _files(request: HttpRequest) -> Sequence[File]:
    try:
        uploads = FilesField(required=False).clean(request.FILES.getlist("files"), None)
    except ValidationError as refused:
        raise Refused(" ".join(refused.messages)) from refused
    return [File(upload.name, upload.content_type, upload.content) for upload in uploads]


def _author(content: bytes) -> str | None:
    """Give the address in a mail's From, if one can write to it and it is none of the desk's own people."""
    named = parse(content).from_
    address = named[0].address.lower() if named else ""
    if not can_have_mailbox(address) or address in {*DESK_ADDRESSES, *(one.address for one in TECHNICIANS)}:
        return None
    try:
        recipients.check(address)
    except ValidationError:
        return None
    return address


def _token(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return None
