"""The tests of question 3, each listed as it passes: domain, server, consent, mailbox, oldest mail."""

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext

from deskpost.access import consents, targets
from deskpost.console.assistant.progress import mailbox_of, move_on
from deskpost.console.mail_settings.connection import provider_name
from deskpost.console.templatetags.deskpost_ui import grouped
from deskpost.console.troubleshooting import entry_of
from deskpost.desk.people import Person
from deskpost.inbound.collecting import sources
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.setup_assistant import SetupAssistant
from deskpost.mime.bounds import HEADER_BYTES, Bounds
from deskpost.mime.words import decode
from deskpost.secret_field import SecretUnreadable
from deskpost.transports import reaching
from deskpost.transports.errors import TransportError
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.source import Sample
from deskpost.transports.tried_once import tried_once

STEP_TIME = 8.0  # seconds of each step, while somebody waits
State = Literal["passed", "failed", "waiting", "unknown", "next"]
_LONGEST_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list: what is tested, how it is, what is said of it, and of a failed one what to do."""

    key: str
    title: str
    state: State
    says: str = ""
    to_do: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Checks:
    """The list. `goes_on`: the next test can be made now; `waits`: for somebody's consent; `failed`: one has failed.

    `passed`: the mailbox can be fetched as far as was tried.
    """

    lines: tuple[Check, ...]
    goes_on: bool
    waits: bool
    failed: bool
    passed: bool


def checks_of(progress: SetupAssistant, row: Mailbox | None) -> Checks:
    """Give the list as it is now; nothing is asked. `row`: the mailbox, None while it is not saved as it is asked."""
    lines = [_domain(progress)]
    if row is None:
        lines += [Check(key, title, "next") for key, title in _titles(progress)]
        return Checks(tuple(lines), False, False, False, False)
    goes_on = waits = failed = False
    for key in _keys(row):
        line = _consent(row) if key == "consent" else _kept(progress, row, key)
        stands = goes_on or waits or failed
        if stands and line.state != "passed":
            line = Check(key, line.title, "next")
        elif line.state == "next":
            goes_on = True
        elif line.state == "waiting":
            waits = True
        elif line.state == "failed":
            failed = True
        lines.append(line)
    return Checks(tuple(lines), goes_on, waits, failed, not (goes_on or waits or failed))


def make_next(person: Person, progress: SetupAssistant, row: Mailbox) -> bool:
    """Make the next test that has not been made, and keep how it went; False: there is none to be made now."""
    checks = checks_of(progress, row)
    if not checks.goes_on:
        return False
    key = next(line.key for line in checks.lines if line.state == "next")
    results = _reached(row) if key == "server" else _opened(row)
    present = move_on(person, progress.question)
    if mailbox_of(present) != row:
        return False
    move_on(person, progress.question, tests={**present.tests, **results})
    return True


def forget_failed(person: Person, progress: SetupAssistant) -> SetupAssistant:
    """Let what failed be tried again."""
    good = {key: told for key, told in progress.tests.items() if told.get("ok")}
    return move_on(person, progress.question, tests=good)


def _keys(row: Mailbox) -> tuple[str, ...]:
    return ("server", *(("consent",) if row.by_consent else ()), "open", "oldest")


def _titles(progress: SetupAssistant) -> list[tuple[str, str]]:
    server = (
        gettext("Microsoft Graph answers")
        if progress.runner == "microsoft"
        else gettext("The server answers")
    )
    by_consent = progress.runner in ("microsoft", "google")
    return [
        ("server", server),
        *([("consent", gettext("Consent"))] if by_consent else []),
        ("open", gettext("Open the mailbox")),
        ("oldest", gettext("Read the oldest mail")),
    ]


def _domain(progress: SetupAssistant) -> Check:
    domain = progress.address.rpartition("@")[2]
    exchanger = progress.found.get("exchanger", "")
    if not exchanger and not progress.found.get("runner"):
        title = gettext("Nothing known of the domain %(domain)s") % {"domain": domain}
        return Check("domain", title, "unknown", gettext("Chosen by you"))
    title = gettext("Domain %(domain)s found") % {"domain": domain}
    says = f"MX: {exchanger}" if exchanger else str(progress.found.get("how", ""))
    return Check("domain", title, "passed", says)


def _kept(progress: SetupAssistant, row: Mailbox, key: str) -> Check:
    told = progress.tests.get(key)
    if told is None:
        return Check(key, _before(row, key), "next")
    if told["ok"]:
        return Check(key, _after(row, key), "passed", told["says"])
    return Check(key, _before(row, key), "failed", told["says"], told["to_do"], told["url"])


def _before(row: Mailbox, key: str) -> str:
    words = {
        "server": gettext("%(server)s answers") % {"server": _server(row)},
        "open": gettext("Open the mailbox"),
        "oldest": gettext("Read the oldest mail"),
    }
    return words[key]


def _after(row: Mailbox, key: str) -> str:
    words = {"open": gettext("Mailbox opened"), "oldest": gettext("Oldest mail read")}
    return words.get(key) or _before(row, key)


def _server(row: Mailbox) -> str:
    return PROTOCOLS[row.protocol].label if row.protocol == "graph" else row.host


def _consent(row: Mailbox) -> Check:
    consent = consents.consent_of(row)
    if consent is not None and consent.lost_at is not None:
        text, _, to_do = consent.lost_reason.partition(" To do: ")
        return Check("consent", gettext("Consent"), "failed", text, to_do, entry_of(consent.lost_reason))
    if consent is None or consents.tokens_unreadable(row) or not consent.access_token:
        return Check(
            "consent", gettext("Waiting for your consent"), "waiting", gettext("This page goes on by itself")
        )
    by = consent.given_by or provider_name(row)
    return Check("consent", gettext("Consent given"), "passed", by)


def _reached(row: Mailbox) -> dict[str, Any]:
    try:
        found = reaching.reach(targets.server_of(row, STEP_TIME))
    except TransportError as trouble:
        return {"server": _failed(tried_once(trouble.words))}
    tls = found.tls or (gettext("TLS follows") if row.tls == "starttls" else gettext("without TLS"))
    says = f"{row.host}, {tls}, {found.milliseconds} ms"
    return {"server": {"ok": True, "says": says}}


def _opened(row: Mailbox) -> dict[str, Any]:
    """Open the mailbox and read its oldest mail: one sign-in for both."""
    results: dict[str, Any] = {}
    try:
        with sources.open_source(row, read_only=True, step_time=STEP_TIME) as source:
            results["open"] = {"ok": True, "says": row.mailbox_opened}
            results["oldest"] = {"ok": True, "says": _oldest(source.oldest())}
    except TransportError as trouble:
        results["oldest" if "open" in results else "open"] = _failed(tried_once(trouble.words))
    except SecretUnreadable as unreadable:
        results["open"] = _failed(str(unreadable))
    return results


def _oldest(sample: Sample | None) -> str:
    if sample is None:
        return gettext("No mail is there yet")
    bounds = Bounds(HEADER_BYTES)
    subjects = [decode(value, bounds) for name, value in sample.headers if name.lower() == "subject"]
    subject = "".join(sign if sign.isprintable() else " " for sign in (subjects or [""])[0])[
        :_LONGEST_SUBJECT
    ]
    count = gettext("%(n)s mails are there") % {"n": grouped(sample.count)}
    return f"“{subject}”, {count}" if subject.strip() else count


def _failed(words: str) -> dict[str, Any]:
    text, _, to_do = words.partition(" To do: ")
    return {"ok": False, "says": text, "to_do": to_do[:1].upper() + to_do[1:], "url": entry_of(words)}
