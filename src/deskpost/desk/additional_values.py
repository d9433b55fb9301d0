"""Values of additional fields: from what people write to what is kept, and back to words."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext

from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.option_names import Names

LONGEST = 10_000  # characters of a text
YEARS = range(1900, 2201)
"""The years of dates: far enough from the first and the last that a computer counts, whatever the time zone."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,15})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]+([0-9]{1,2}):([0-9]{2})")


class Unfit(Exception):
    """A value that a field does not take. `why`: in words that follow "Skipped, "."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def read_additional(field: AdditionalField, text: str, time_zone: str) -> str:
    """Give a value as it is kept: digits, a day, a moment in UTC, the name of an option. Raises Unfit."""
    match field.kind:
        case AdditionalField.Kind.NUMBER:
            return _number(text)
        case AdditionalField.Kind.DATE:
            return _date(text, time_zone)
        case AdditionalField.Kind.CHOICE:
            option = Names((option, option) for option in field.options).find(text)
            if option is None:
                raise Unfit(gettext("no such option"))
            return option
    if len(text) > LONGEST:
        raise Unfit(gettext("longer than %(most)s characters") % {"most": LONGEST})
    return text


def show_additional(field: AdditionalField, value: str, time_zone: str) -> str:
    """Give a kept value in words: a moment in this time zone, as it is kept where the zone has none such."""
    if field.kind != AdditionalField.Kind.DATE or "T" not in value:
        return value
    try:
        return date_format(datetime.fromisoformat(value).astimezone(ZoneInfo(time_zone)), "Y-m-d H:i")
    except (ValueError, OverflowError):  # of a year beyond YEARS, kept before there were any
        return value


def _number(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise Unfit(gettext("not a number such as 42 or 3.5"))
    number = Decimal(text)
    return format(number if number else abs(number), "f")  # nobody means -0


def _date(text: str, time_zone: str) -> str:
    try:
        if _DAY.fullmatch(text):
            return _within(date.fromisoformat(text)).isoformat()
        if moment := _MOMENT.fullmatch(text):
            day, hour, minute = moment.groups()
            local = datetime.combine(_within(date.fromisoformat(day)), time(int(hour), int(minute)))
            zoned = local.replace(tzinfo=ZoneInfo(time_zone))
            return zoned.astimezone(ZoneInfo("UTC")).isoformat(timespec="minutes")
    except ValueError:
        pass
    raise Unfit(gettext("not a date such as 2026-11-23 or 2026-11-23 14:30"))


def _within(day: date) -> date:
    if day.year not in YEARS:
        years = {"first": YEARS[0], "last": YEARS[-1]}
        raise Unfit(gettext("not within the years %(first)s to %(last)s") % years)
    return day
