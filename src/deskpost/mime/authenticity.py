"""Whether a mail comes from the domain that its From names, by what a trusted mail server wrote into its header.

Anybody can write such headers. A server puts its own on top of what it was given, so only those count that stand
above every line of a stranger: RFC 8601 section 5, and section 7.1 on forged ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deskpost.mime import authentication_results, received
from deskpost.mime.alignment import aligned, domain_of
from deskpost.mime.authentication_results import Result
from deskpost.mime.message import Message

PASS, FAIL, NONE = "pass", "fail", "none"
MICROSOFT = "protection.outlook.com"
"""Exchange Online names no authserv-id; this name in the settings stands for it."""
_PASSED, _FAILED = ("pass", "bestguesspass"), ("fail", "hardfail")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Pass, fail or none; why, in words; and who says so: an authserv-id, `own check`, or nobody."""

    value: str
    reason: str
    source: str = ""


def from_header(message: Message, trusted: Sequence[str]) -> Verdict:
    """Judge by the headers of the trusted authserv-ids (lower case)."""
    domain = sender_domain(message)
    if isinstance(domain, Verdict):
        return domain
    found, why_not = _trusted(message.headers, trusted)
    if not found:
        return Verdict(NONE, why_not)
    source = found[0].authserv_id or MICROSOFT
    return judged([result for one in found for result in one.results], domain, source)


def named_on_top(message: Message) -> str:
    """Give the authserv-id of the topmost Authentication-Results, empty where there is none. It proves nothing."""
    value = message.header("Authentication-Results")
    if value is None:
        return ""
    found = authentication_results.read(value)
    methods = {one.method for one in found.results}
    return found.authserv_id or (MICROSOFT if "compauth" in methods else "")


def sender_domain(message: Message) -> str | Verdict:
    """Give the one domain that From names, or the verdict where there is none, or more than one. RFC 7489 6.6.1."""
    if sum(name.lower() == "from" for name, _ in message.headers) > 1:
        return Verdict(FAIL, "it has more than one From line")
    domains = {domain_of(one.address) for one in message.from_ if "@" in one.address}
    if len(domains) > 1:
        return Verdict(FAIL, "its From names several domains")
    domain = next(iter(domains), "")
    return domain or Verdict(NONE, "its From names no domain")


def judged(results: Sequence[Result], domain: str, source: str) -> Verdict:
    """Judge what was found: by DMARC, else by DKIM and SPF where they speak of the domain of From."""
    dmarc = [one for one in results if one.method == "dmarc" and one.result in (*_PASSED, *_FAILED)]
    other = next((_about(one, "header.from") for one in dmarc if not _speaks_of(one, domain)), "")
    if other:
        return Verdict(
            FAIL, f"{source} says dmarc={dmarc[0].result} of {other}, and From names {domain}", source
        )
    for method in ("dmarc", "compauth"):
        said = {one.result for one in results if one.method == method}
        passed, failed = said.intersection(_PASSED), said.intersection(_FAILED)
        if passed and failed:
            return Verdict(NONE, f"{source} contradicts itself: {method} passes and fails", source)
        if passed or failed:
            word = next(iter(passed or failed))
            return Verdict(PASS if passed else FAIL, f"{source} says {method}={word} of {domain}", source)
    return _by_signature_or_path(results, domain, source)


def entry(message: Message, trusted: Sequence[str]) -> received.Received | None:
    """Give the hop by which a mail came in from outside, as a server of the trusted names wrote it; None: not told."""
    for value in message.headers_named("Received"):
        hop = received.read(value)
        if not hop.by or not _is_ours(hop.by, trusted):
            return None
        if hop.from_outside:
            return hop
    return None


def _by_signature_or_path(results: Sequence[Result], domain: str, source: str) -> Verdict:
    spoken = [(one, _domain_of_result(one)) for one in results if one.method in ("dkim", "spf")]
    own = [(one, of) for one, of in spoken if aligned(of, domain)]
    for words, value in ((_PASSED, PASS), (_FAILED, FAIL)):
        for one, of in own:
            if one.result in words:
                return Verdict(value, f"{source} says {one.method}={one.result} of {of}", source)
    if spoken:
        return Verdict(NONE, f"{source} says {_told(spoken)}, and nothing of {domain}", source)
    return Verdict(NONE, f"{source} says nothing of dmarc, dkim or spf", source)


def _told(spoken: Iterable[tuple[Result, str]]) -> str:
    return ", ".join(f"{one.method}={one.result}{f' of {of}' if of else ''}" for one, of in list(spoken)[:3])


def _domain_of_result(one: Result) -> str:
    keys = ("header.d", "header.i") if one.method == "dkim" else ("smtp.mailfrom", "smtp.helo")
    return next((domain_of(one.about[key]) for key in keys if domain_of(one.about.get(key, ""))), "")


def _about(one: Result, key: str) -> str:
    return domain_of(one.about.get(key, ""))


def _speaks_of(one: Result, domain: str) -> bool:
    named = _about(one, "header.from")
    return not named or aligned(named, domain)


def _trusted(
    headers: Sequence[tuple[str, str]], trusted: Sequence[str]
) -> tuple[list[authentication_results.Results], str]:
    """Give the headers that count, or none and why: the topmost one.

    Those that follow it count too where the line of the server that took the mail from outside stands below them.
    """
    found: list[authentication_results.Results] = []
    entered = False
    for name, value in headers:
        key = name.lower()
        if key == "authentication-results":
            one = authentication_results.read(value)
            if (one.authserv_id or MICROSOFT) in trusted:
                found.append(one)
        elif key == "received":
            hop = received.read(value)
            ours = not hop.by or _is_ours(hop.by, trusted)
            outside = hop.from_outside and not _is_ours(hop.client, trusted)
            if found:
                return (found if ours and outside and not entered else found[:1]), ""
            if entered or not ours:
                return [], _too_low(hop, trusted, entered=entered)
            entered = outside
    if found:
        return found[:1], ""
    return [], f"no Authentication-Results of {' or '.join(trusted)}"


def _is_ours(host: str, trusted: Sequence[str]) -> bool:
    return any(aligned(host, one) for one in trusted)


def _too_low(hop: received.Received, trusted: Sequence[str], *, entered: bool) -> str:
    words = f"no Authentication-Results of {' or '.join(trusted)} above "
    if entered:
        return f"{words}what the sender wrote; those further down prove nothing"
    return f"{words}the Received line of {hop.by}; those further down prove nothing"
