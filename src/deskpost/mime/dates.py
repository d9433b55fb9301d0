"""The Date header (RFC 5322 section 3.3), with the forms that real mail has."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from functools import lru_cache

_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}
_USUAL = re.compile(
    r"(?:[A-Za-z]{2,9}\.?,?\s*+)?(\d{1,2})[ -]+([A-Za-z]{3})[a-z]*\.?,?[ -]+(\d{2,4}),?\s++"
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*+([+-]\d{2}:?\d{2}|[A-Za-z]{1,5})?"
)
_COMMENT = re.compile(r"\([^()]*+\)")
_BLANKS_AROUND_COLON = re.compile(r"\s*+:\s*+")
# RFC 5322 section 4.3; hours east of Greenwich. Other names mean that the zone is not known.
_ZONES = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "CEST": 2,
}
_LONGEST = 200


def read(value: str) -> datetime | None:
    """Give the moment in UTC, or None where the value names none. A zone that is not known counts as UTC."""
    if len(value) > _LONGEST:
        return None
    usual = _USUAL.match(value)
    if usual is None and ("(" in value or " :" in value):  # obsolete, RFC 5322 section 4.3
        value = _BLANKS_AROUND_COLON.sub(":", _COMMENT.sub(" ", value)).strip()
        usual = _USUAL.match(value)
    try:
        if usual:
            return _from_usual(usual)
        return _from_other(value)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _from_usual(usual: re.Match[str]) -> datetime | None:
    day, month, year, hour, minute, second, zone = usual.groups()
    number = _MONTHS.get(month.lower())
    if number is None:
        return None
    local = datetime(
        _year(year), number, int(day), int(hour), int(minute), min(int(second or 0), 59), tzinfo=UTC
    )
    if not zone:
        return local
    return local - _east_of_greenwich(zone)


@lru_cache(maxsize=256)
def _east_of_greenwich(zone: str) -> timedelta:
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        return timedelta(minutes=minutes if zone[0] == "+" else -minutes)
    return timedelta(hours=_ZONES.get(zone.upper(), 0))


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if len(digits) == 2 and year < 50 else 1900)


def _from_other(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        pass
    parsed = parsedate_tz(value)
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC) - timedelta(
        seconds=parsed[9] or 0
    )
