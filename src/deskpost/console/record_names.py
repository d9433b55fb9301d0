"""Where a record of any module has its page, and what it is called there."""

from django.urls import reverse
from django.utils.translation import gettext

from deskpost.desk.delimiters import name_of
from deskpost.desk.modules import REQUEST
from deskpost.desk.records import Record


def page_of(record: Record, part: str = "") -> str:
    """Give the address of a record's page, or of a part of it: reply, properties, newer."""
    route = ("request" if record.module == REQUEST else "record") + (f"_{part}" if part else "")
    number = [record.number] if record.module == REQUEST else [record.module, record.number]
    return reverse(route, args=number)


def called(record: Record) -> str:
    """Give a record as a sentence names it: request 12, or TA-5."""
    if record.module == REQUEST:
        return gettext("request %(number)d") % {"number": record.number}
    return name_of(record)


def numbered(record: Record) -> str:
    """Give a record's number as links show it: 12 of a request, TA-5 of another kind."""
    return str(record.number) if record.module == REQUEST else name_of(record)
