"""Who wrote what lies in winmail.dat, to whom, and when."""

from datetime import UTC, datetime

from deskpost.mime import charset
from deskpost.mime.message import Address
from deskpost.mime.tnef import stream, tags
from deskpost.mime.tnef.properties import Properties
from deskpost.mime.tnef.stream import Stream

TO, CC = 1, 2
_FIRST_YEAR = 1601


def sender(mail: Stream) -> Address:
    """Give the writer; both values are empty where nobody is named."""
    told = mail.properties
    name = told.text(tags.REPRESENTED_NAME, tags.SENDER_NAME)
    listed = (tags.REPRESENTED_SMTP, tags.SENDER_SMTP, tags.REPRESENTED_ADDRESS, tags.SENDER_ADDRESS)
    address = next((text for key in listed if "@" in (text := told.text(key))), "")
    if not name and not address:
        name, address = _in_former_days(mail)
    return Address(name, address)


def recipients(mail: Stream, kind: int) -> tuple[Address, ...]:
    """Give those of one kind, TO or CC, who have an address of the internet."""
    rows = (row for row in mail.recipients if row.number(tags.RECIPIENT_TYPE) == kind)
    found = ((row.text(tags.DISPLAY_NAME), _address(row)) for row in rows)
    return tuple(Address(name, address) for name, address in found if address)


def written_at(mail: Stream) -> datetime | None:
    """Give when it was sent, or came, in UTC."""
    return (
        mail.properties.time(tags.SUBMITTED, tags.DELIVERED, tags.MODIFIED)
        or moment(mail.attributes.get(stream.SENT))
        or moment(mail.attributes.get(stream.RECEIVED))
    )


def moment(data: bytes | None) -> datetime | None:
    """Read the date of an attribute: year, month, day, hour, minute and second of two bytes each."""
    if data is None or len(data) < 12:
        return None
    numbers = [int.from_bytes(data[place : place + 2], "little") for place in range(0, 12, 2)]
    if numbers[0] < _FIRST_YEAR:
        return None
    try:
        return datetime(*numbers, tzinfo=UTC)  # type: ignore[misc,arg-type]  # six numbers
    except ValueError:
        return None


def _address(row: Properties) -> str:
    found = row.text(tags.SMTP_ADDRESS) or row.text(tags.ADDRESS)
    return found if "@" in found else ""


def _in_former_days(mail: Stream) -> tuple[str, str]:
    """Read attFrom, a TRP structure: kind, size, length of the name, length of the address; then both."""
    data = mail.attributes.get(stream.FROM, b"")
    sizes = [int.from_bytes(data[place : place + 2], "little") for place in (4, 6)]
    name = data[8 : 8 + sizes[0]].rstrip(b"\0")
    address = data[8 + sizes[0] : 8 + sum(sizes)].rstrip(b"\0")
    kind, _, local = charset.decode(address, mail.label)[0].partition(":")
    return charset.decode(name, mail.label)[0], local if kind.upper() == "SMTP" and "@" in local else ""
