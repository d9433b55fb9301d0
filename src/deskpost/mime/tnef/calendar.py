"""The calendar entry of winmail.dat, as iCalendar (RFC 5545; [MS-OXCICAL] says which property becomes which)."""

from datetime import datetime, timedelta

from deskpost.mime import words
from deskpost.mime.message import Address
from deskpost.mime.tnef import people, stream, tags
from deskpost.mime.tnef.stream import Stream

_METHODS = {
    "ipm.appointment": "PUBLISH",
    "ipm.schedule.meeting.request": "REQUEST",
    "ipm.schedule.meeting.canceled": "CANCEL",
    "ipm.schedule.meeting.resp.pos": "REPLY",
    "ipm.schedule.meeting.resp.neg": "REPLY",
    "ipm.schedule.meeting.resp.tent": "REPLY",
    "ipm.microsoft schedule.mtgreq": "REQUEST",
    "ipm.microsoft schedule.mtgcncl": "CANCEL",
    "ipm.microsoft schedule.mtgrespp": "REPLY",
    "ipm.microsoft schedule.mtgrespn": "REPLY",
    "ipm.microsoft schedule.mtgrespa": "REPLY",
}
_ANSWERS = {"pos": "ACCEPTED", "neg": "DECLINED", "tent": "TENTATIVE"} | {
    "mtgrespp": "ACCEPTED",
    "mtgrespn": "DECLINED",
    "mtgrespa": "TENTATIVE",
}
_FOREIGN_ID = b"vCal-Uid\x01\0\0\0"
_FOREIGN_AT = 40  # bytes of a global id before the data
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_LONGEST_TEXT = 8_000  # characters
_ATTENDEES = 200


def entry(mail: Stream, message_class: str, text: str) -> bytes | None:
    """Give the entry, None when the mail is none or says not when it begins."""
    method = _METHODS.get(message_class.lower())
    told = mail.properties
    begins = told.time(tags.START_WHOLE, tags.STARTS) or people.moment(mail.attributes.get(stream.START))
    if method is None or begins is None:
        return None
    ends = told.time(tags.END_WHOLE, tags.ENDS) or people.moment(mail.attributes.get(stream.END))
    stamp = told.time(tags.CRITICAL_CHANGE) or people.written_at(mail) or begins
    pattern = told.text(tags.RECURRENCE_PATTERN)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Deskpost//winmail.dat//EN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{_identifier(mail, begins)}",
        f"DTSTAMP:{_utc(stamp)}",
        *_times(begins, ends, bool(told.number(tags.ALL_DAY))),
        f"SUMMARY:{_text(subject(mail))}",
        f"LOCATION:{_text(told.text(tags.LOCATION, tags.WHERE))}",
        f"DESCRIPTION:{_text(chr(10).join(filter(None, (pattern, text.strip()))))}",
        f"SEQUENCE:{max(told.number(tags.SEQUENCE) or 0, 0)}",
        *_people(mail, method, message_class),
        "STATUS:CANCELLED" if method == "CANCEL" else "",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(line) for line in lines if line and not line.endswith(":")).encode()


def subject(mail: Stream) -> str:
    """Give the subject of what lies in winmail.dat, on one line."""
    found = mail.properties.text(tags.SUBJECT)
    if not found:
        found = mail.text_of(stream.SUBJECT)
    return words.printable(found).strip()


def _identifier(mail: Stream, begins: datetime) -> str:
    """Give the UID: one of another calendar is wrapped in the global id ([MS-OXCICAL] section 2.1.3.1.1.20.26)."""
    found = mail.properties.data(tags.CLEAN_GLOBAL_ID) or mail.properties.data(tags.GLOBAL_ID)
    if not found:
        return f"{_utc(begins)}-winmail.dat"
    if found[_FOREIGN_AT:].startswith(_FOREIGN_ID):
        foreign = found[_FOREIGN_AT + len(_FOREIGN_ID) :].rstrip(b"\0").decode("utf-8", "replace")
        return words.printable(foreign)[:300]
    return found[:300].hex().upper()


def _times(begins: datetime, ends: datetime | None, all_day: bool) -> list[str]:
    if not all_day:
        return [f"DTSTART:{_utc(begins)}", f"DTEND:{_utc(ends)}" if ends else ""]
    # Midnight where the writer is, in UTC: half a day later it is that day nearly everywhere.
    first, last = (_day(moment) if moment else "" for moment in (begins, ends))
    return [f"DTSTART;VALUE=DATE:{first}", f"DTEND;VALUE=DATE:{last}" if last else ""]


def _people(mail: Stream, method: str, message_class: str) -> list[str]:
    writer = people.sender(mail)
    if method == "REPLY":
        answer = _ANSWERS[message_class.lower().rpartition(".")[2]]
        return [_person(f"ATTENDEE;PARTSTAT={answer}", writer)]
    invited = [*people.recipients(mail, people.TO), *people.recipients(mail, people.CC)][:_ATTENDEES]
    return [_person("ORGANIZER", writer), *(_person("ATTENDEE", each) for each in invited)]


def _person(field: str, person: Address) -> str:
    if not person.address:
        return ""
    name = words.printable(person.name).replace('"', "'")
    named = f'{field};CN="{name}"' if name else field
    return f"{named}:mailto:{words.printable(person.address)}"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _day(moment: datetime) -> str:
    try:
        return f"{moment + timedelta(hours=12):%Y%m%d}"
    except OverflowError:
        return f"{moment:%Y%m%d}"


def _text(value: str) -> str:
    lines = (words.printable(line) for line in value[:_LONGEST_TEXT].splitlines())
    return "\n".join(lines).translate(_ESCAPES)


def _folded(line: str) -> str:
    """Fold a line after 75 bytes at most, never within a letter (RFC 5545 section 3.1)."""
    data = line.encode("utf-8", "replace")
    pieces = []
    while len(data) > 75:
        cut = 74
        while data[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(data[:cut])
        data = b" " + data[cut:]
    return b"\r\n".join([*pieces, data]).decode() + "\r\n"
