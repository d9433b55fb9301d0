"""A provider's "no" as an error of the family of transports, with its code, its meaning and the remedy."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deskpost.oauth.application import Application
from deskpost.oauth.meanings import Meaning
from deskpost.oauth.meanings_microsoft import MEANINGS
from deskpost.oauth.meanings_standard import GOOGLE, STANDARD
from deskpost.transports import words
from deskpost.transports.errors import ConsentLost, LoginRefused, ServerUnreachable, TransportError

_NUMBER = re.compile(r"AADSTS([0-9]{4,8})\b")
_LEADER = re.compile(r"^\s*AADSTS[0-9]+:\s*")  # the code, which is shown before it
_TRAILER = re.compile(r"\s*Trace ID:.*", re.DOTALL)  # of use to Microsoft's support alone
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TELLING = 16  # so many signs tell a secret from all else; who quotes it may cut it off
_CLOCK_OFF = 300.0  # seconds; what providers forgive
_SECRET_NUMBERS = (7000215, 70002)
_UNKNOWN = Meaning(
    "setting",
    "provider",
    "it said no",
    "look its code up at the provider, and check client id, client secret, URLs and Scope",
)
_ERRORS: Mapping[str, Callable[..., TransportError]] = {
    "consent": ConsentLost,
    "setting": LoginRefused,
    "wait": ServerUnreachable,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a provider said: its code as it is known to people, what that means, and its own words."""

    code: str
    meaning: Meaning
    told: str


def read(application: Application, said: Mapping[str, Any], secrets: Iterable[str] = ()) -> Refusal:
    """Read an error of the token endpoint (its JSON) or of the authorization endpoint (its values in the URL)."""
    error, description = _text(said.get("error")), _text(said.get("error_description"))
    told = _readable(hidden(description, (application.client_secret, *secrets)))
    number = _number(said, description)
    if number is None:
        known = {**STANDARD, **GOOGLE} if application.provider == "google" else STANDARD
        return Refusal(_readable(error)[:60] or "no code", known.get(error, _UNKNOWN), told)
    if number in _SECRET_NUMBERS and is_guid(application.client_secret):
        return Refusal(f"AADSTS{number}", _SECRET_ID, told)
    return Refusal(f"AADSTS{number}", MEANINGS.get(number) or STANDARD.get(error, _UNKNOWN), told)


def refused(
    application: Application, said: Mapping[str, Any], at: datetime | None = None, secrets: Iterable[str] = ()
) -> TransportError:
    """Give the error for what a provider said; `at` is its own clock, `secrets` what was sent to it.

    ConsentLost: somebody must sign in. LoginRefused: a setting is wrong. ServerUnreachable: it passes by itself.
    """
    refusal = read(application, said, secrets)
    meaning = refusal.meaning
    answered = f' It answered: "{refusal.told}".' if refusal.told else ""
    sentence = (
        f"{application.place} gave no token: {meaning.says} ({refusal.code}).{answered}"
        f"{clock_off(application.place, at)} To do: {meaning.to_do}."
    )
    return _ERRORS[meaning.kind](sentence, answer=f"{refusal.code} {refusal.told}".strip())


def clock_off(place: str, at: datetime | None, now: datetime | None = None) -> str:
    """Give a sentence where this machine's clock is not the provider's, with a blank before it; else nothing."""
    seconds = (at - (now or datetime.now(UTC))).total_seconds() if at else 0.0
    if abs(seconds) < _CLOCK_OFF:
        return ""
    side = "behind" if seconds > 0 else "ahead of"
    return f" The clock of this machine is {_span(abs(seconds))} {side} that of {place}, which alone can be the cause."


def is_guid(text: str) -> bool:
    """Tell whether a text has the form of Microsoft's ids; a client secret of theirs never has it."""
    return _GUID.fullmatch(text.strip()) is not None


_SECRET_ID = Meaning(
    "setting",
    "administrator",
    "what stands in Client secret is the id of a secret and not the secret",
    "copy the column Value of Certificates and secrets into Client secret; it is shown once, so make a new secret",
)


def hidden(told: str, secrets: Iterable[str]) -> str:
    """Give a text in which none of these secrets stands, whole or cut off."""
    for secret in secrets:
        if len(secret) > 2:
            told = re.sub(re.escape(secret[:_TELLING]) + r"[\w.~+/=-]*", "(hidden)", told)
    return told


def _number(said: Mapping[str, Any], description: str) -> int | None:
    listed = said.get("error_codes")
    if isinstance(listed, list) and listed and type(listed[0]) is int:
        return int(listed[0])
    found = _NUMBER.search(description)
    return int(found[1]) if found else None


def _readable(told: str) -> str:
    text = words.readable(_TRAILER.sub("", _LEADER.sub("", told, count=1)).encode("utf-8", "replace"))
    return text.replace('"', "'")


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0)
    return " ".join(parts)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
