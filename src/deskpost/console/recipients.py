"""Recipients as people type them: names and addresses with commas between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from deskpost.desk.addresses import can_be_sent_to
from deskpost.desk.people import fold
from deskpost.mime import addresses
from deskpost.mime.bounds import Bounds

MOST = 100  # recipients of one mail
_QUOTED = set('()<>@,;:\\".[]')

Pair = tuple[str, str]  # name, address


@dataclass(frozen=True, slots=True)
class Recipients:
    """To and Cc of a mail, without the desk's own addresses."""

    to: tuple[Pair, ...]
    cc: tuple[Pair, ...] = ()


def read(typed: str) -> tuple[Pair, ...]:
    """Give names and addresses; raises ValidationError with a sentence that names the wrong one."""
    if not typed.strip():
        return ()
    bounds = Bounds(len(typed))
    found = addresses.read(" ".join(typed.replace(";", ",").split()), bounds)
    if bounds.defects or not found:
        raise ValidationError(
            gettext(
                "“%(typed)s” cannot be read. To do: write addresses such as tom@kestrel.example, with commas."
            )
            % {"typed": typed.strip()[:100]}
        )
    if len(found) > MOST:
        raise ValidationError(
            gettext("These are %(n)d recipients. To do: write to %(most)d at most.")
            % {"n": len(found), "most": MOST}
        )
    for one in found:
        check(one.address)
    return tuple((one.name, one.address) for one in found)


def check(address: str) -> None:
    """Raise ValidationError, with a sentence, unless a mail can be addressed to this."""
    if not can_be_sent_to(address):
        raise ValidationError(
            gettext("“%(address)s” is no e-mail address. To do: write it like tom@kestrel.example.")
            % {"address": address[:100]}
        )


def write(pairs: Iterable[Sequence[str]]) -> str:
    """Give recipients as they stand in the field."""
    return ", ".join(_one(name, address) for name, address in pairs)


def without(pairs: Iterable[Sequence[str]], unwanted: Iterable[str]) -> tuple[Pair, ...]:
    """Give recipients once each, less the unwanted (folded) addresses."""
    seen = set(unwanted)
    kept: list[Pair] = []
    for name, address in pairs:
        key = fold(address)
        if key and key not in seen:
            seen.add(key)
            kept.append((name, address))
    return tuple(kept)


def _one(name: str, address: str) -> str:
    if not name or name == address:
        return address
    if _QUOTED & set(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{name} <{address}>"
