"""The own check of senders by DKIM, SPF and DMARC, for mailboxes that have it switched on.

It asks the name service, so it runs before anything is decided: over a whole batch at once, each mail within a time
of its own, so that the silence of one domain says nothing of another. What it finds is a fact of each case. Where the
name service is silent on the domain of From, nothing is held against a mail, and nothing speaks for it.
"""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore

from deskpost.inbound.case import Case
from deskpost.inbound.steps.authenticity import by_header
from deskpost.mime import dkim
from deskpost.mime.alignment import domain_of
from deskpost.mime.authenticity import FAIL, NONE, PASS, Verdict, entry, sender_domain
from deskpost.transports import spf
from deskpost.transports.dmarc import Policy, is_aligned, policy_of
from deskpost.transports.name_service import NameService, NotTold

SOURCE = "the own check"
SECONDS = 10.0  # for each mail
_AT_ONCE = 16  # mails of a batch that are being checked
_MOST_WAITING = 256  # mails of this process that wait besides for a silent name service
_waiting = BoundedSemaphore(_MOST_WAITING)
log = logging.getLogger(__name__)


def look_up(cases: Sequence[Case]) -> None:
    """Check parsed mails of mailboxes that want it, of which no trusted server has told."""
    wanted = [case for case in cases if case.mailbox.own_check and by_header(case).value == NONE]
    if not wanted:
        return
    places = BoundedSemaphore(_AT_ONCE)
    with ThreadPoolExecutor(len(wanted), thread_name_prefix="own check") as several:
        found = []
        for case in wanted:
            places.acquire()
            found.append(several.submit(_in_place, case, _Place(places)))
        for case, verdict in zip(wanted, found, strict=True):
            case.looked_up = verdict.result()


@dataclass(slots=True)
class _Place:
    """One of the few places of mails that are being checked; another mail has it while this one waits long."""

    places: BoundedSemaphore
    given: bool = False

    def give(self) -> None:
        """Leave the place to another mail, where not too many wait already."""
        if not self.given and _waiting.acquire(blocking=False):
            self.given = True
            self.places.release()

    def end(self) -> None:
        (_waiting if self.given else self.places).release()


def _in_place(case: Case, place: _Place) -> Verdict:
    try:
        return _checked(case, NameService(time.monotonic() + SECONDS, place.give))
    finally:
        place.end()


def _checked(case: Case, names: NameService) -> Verdict:
    domain = sender_domain(case.message)
    if isinstance(domain, Verdict):
        return domain
    try:
        return check(case, domain, names)
    except NotTold as silent:
        return Verdict(NONE, f"{SOURCE}: the name service did not tell of {silent}", SOURCE)
    except Exception:
        log.exception("The own check failed on mail %s", case.mail_id)
        return Verdict(NONE, f"{SOURCE} failed on this mail; the log of the worker says why", SOURCE)


def check(case: Case, domain: str, names: NameService) -> Verdict:
    """Judge a mail by the domain of its From. Raises NotTold."""
    policy = policy_of(domain, names)
    strict_dkim, strict_spf = (policy.strict_dkim, policy.strict_spf) if policy else (False, False)
    signed, why_not, silent = _signed(case, domain, names.within(SECONDS / 2), strict=strict_dkim)
    if signed:
        return Verdict(PASS, f"{SOURCE}: the DKIM signature of {signed} holds", SOURCE)
    path, said = _path(case, domain, names, strict=strict_spf)
    if said == "pass":
        return Verdict(PASS, f"{SOURCE}: {path}", SOURCE)
    return _not_passed(policy, domain, f"{why_not}; {path}", "unknown" if silent else said)


def _not_passed(policy: Policy | None, domain: str, found: str, said: str) -> Verdict:
    """Judge what neither signature nor path speaks for. What could not be told is held against nobody."""
    if said in ("unknown", "temperror"):
        return Verdict(NONE, f"{SOURCE}: {found}", SOURCE)
    if policy is not None:
        words = f"{SOURCE}: {found}; {domain} asks by DMARC: {policy.wants}"
        return Verdict(FAIL, words, SOURCE)
    return Verdict(FAIL if said == "fail" else NONE, f"{SOURCE}: {found}; {domain} has no DMARC", SOURCE)


def _signed(case: Case, domain: str, names: NameService, *, strict: bool) -> tuple[str, str, bool]:
    """Give the domain of the first signature that holds and speaks for this one; else empty, why not, and whether it
    may yet hold: the name service is silent on a key of this very domain. Any other one a forger may have chosen.
    """
    wanted = [one for one in dkim.domains(case.raw) if is_aligned(one, domain, strict=strict)]
    if not wanted:
        return "", f"no DKIM signature of {domain}", False
    why, silent = "", False
    for signature in dkim.signatures(case.raw, wanted, case.received_at.timestamp()):
        wrong = signature.wrong
        if not wrong:
            try:
                records = names.texts(signature.key_name)
                wrong = dkim.why_not(signature, records[0]) if records else "its key is not published"
            except NotTold:
                wrong = "the name service did not tell its key"
                silent = silent or is_aligned(signature.domain, domain, strict=True)
        if not wrong:
            return signature.domain, "", False
        why = why or f"the DKIM signature of {signature.domain} does not hold: {wrong}"
    return "", why or f"no DKIM signature of {domain}", silent


def _path(case: Case, domain: str, names: NameService, *, strict: bool) -> tuple[str, str]:
    """Give in words what SPF says of the way a mail came, and its word; `unknown` where nobody tells the way."""
    hop = entry(case.message, case.mailbox.trusted_authserv_ids)
    if hop is None or hop.address is None:
        return "no trusted server says whom it came from, so SPF tells nothing", "unknown"
    sender = (case.message.header("Return-Path") or "").strip().strip("<>")
    of = domain_of(sender) if sender else hop.helo
    if not is_aligned(of, domain, strict=strict):
        return f"it came by {of or 'an unnamed server'}, for which SPF does not matter here", "none"
    said = spf.check(hop.address, sender, hop.helo, names)
    chosen = said == "temperror" and not is_aligned(of, domain, strict=True)  # by a forger: a dead subdomain
    return f"SPF of {of} says {said} to {hop.address}", "none" if chosen else said
