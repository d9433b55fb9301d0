"""Whether a mail comes from the domain that its From names, by what a trusted mail server wrote into its header.

Anybody can write such headers. A server puts its own on top of what it was given, so only those count that stand
above every line of a stranger: RFC 8601 section 5, and section 7.1 on forged ones.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from deskpost.mime import authentication_results, received
from deskpost.mime.alignment import aligned, domain_of
from deskpost.mime.authentication_results import Result
from deskpost.mime.message import Message

PASS, FAIL, NONE = "pass", "fail", "none"
MICROSOFT = "protection.outlook.com"
"""Exchange Online names no authserv-id; this name in the settings stands for it."""
_OF_MICROSOFT = ("office365.com",)  # by this name too Exchange Online's servers call themselves
_NETWORK_OF_MICROSOFT = ip_network("2603:1000::/24")
_DOMAIN = re.compile(r"[\w.-]+")  # in letters too
_LOCAL_PROTOCOLS = ("LMTP", "LMTPS", "LMTPA", "LMTPSA")  # from a mail server to its own store: RFC 2033
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
    if isinstance(domain, Verdict) and domain.value == FAIL:
        return domain
    found, why_not = _trusted(message.headers, trusted)
    if isinstance(domain, Verdict):
        return domain if found is None else _disowned(found.results, found.authserv_id or MICROSOFT) or domain
    if found is None:
        return Verdict(NONE, why_not)
    return judged(found.results, domain, found.authserv_id or MICROSOFT)


def named_on_top(message: Message) -> str:
    """Give the authserv-id of the topmost Authentication-Results, empty where there is none. It proves nothing."""
    value = message.header("Authentication-Results")
    if value is None:
        return ""
    found = authentication_results.read(value)
    methods = {one.method for one in found.results}
    return found.authserv_id or (MICROSOFT if "compauth" in methods else "")


def sender_domain(message: Message) -> str | Verdict:
    """Give the domain of From's first address, or the verdict where it has none, or From names several. RFC 7489 6.6.1.

    The first address is whose mail it is, so no verdict may be about a further one.
    """
    if sum(name.lower() == "from" for name, _ in message.headers) > 1:
        return Verdict(FAIL, "it has more than one From line")
    domains = {domain_of(one.address) for one in message.from_ if "@" in one.address}
    if len(domains) > 1:
        return Verdict(FAIL, "its From names several domains")
    first = message.from_[0].address if message.from_ else ""
    domain = domain_of(first) if "@" in first else ""
    return domain or Verdict(NONE, f"its From {'begins with no address' if domains else 'names no domain'}")


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
        if passed and len(said) > len(passed):
            words = f"{source} contradicts itself: {method} is {' and '.join(sorted(said))}"
            return Verdict(NONE, words, source)
        if passed or failed:
            word = next(iter(passed or failed))
            return Verdict(PASS if passed else FAIL, f"{source} says {method}={word} of {domain}", source)
    return _by_signature_or_path(results, domain, source)


def _disowned(results: Sequence[Result], source: str) -> Verdict | None:
    """Judge a mail whose From names no domain: nothing can confirm it, and what failed has failed all the same."""
    for method in ("dmarc", "compauth", "spf"):
        failed = next((one for one in results if one.method == method and one.result in _FAILED), None)
        if failed is not None:
            return Verdict(
                FAIL, f"{source} says {method}={failed.result}, and its From names no domain", source
            )
    return None


def entry(message: Message, trusted: Sequence[str]) -> received.Received | None:
    """Give the hop by which a mail came in from outside, as a server of the trusted names wrote it.

    None: not told. A client that may be one of the own servers, or stands behind a router that hides addresses, is
    no entry: what is further down may be the sender's own words.
    """
    for value in message.headers_named("Received"):
        hop = received.read(value)
        if hop.on_the_spot:
            continue
        if not hop.by or not _is_ours(hop.by, trusted):
            return None
        if not _is_inside(hop, trusted):
            return hop if hop.from_outside and not _may_be_ours(hop, trusted) else None
    return None


def _by_signature_or_path(results: Sequence[Result], domain: str, source: str) -> Verdict:
    spoken = [(one, _domain_of_result(one)) for one in results if one.method in ("dkim", "spf")]
    own = [(one, of) for one, of in spoken if aligned(of, domain)]
    passed = [(one, of, PASS) for one, of in own if one.result in _PASSED]
    # a signature that does not hold is as good as none: RFC 6376 section 6.1
    failed = [(one, of, FAIL) for one, of in own if one.result in _FAILED and one.method == "spf"]
    for one, of, value in (*passed, *failed):
        return Verdict(value, f"{source} says {one.method}={one.result} of {of}", source)
    if spoken:
        return Verdict(NONE, f"{source} says {_told(spoken)}, and nothing that confirms {domain}", source)
    return Verdict(NONE, f"{source} says nothing of dmarc, dkim or spf", source)


def _told(spoken: Iterable[tuple[Result, str]]) -> str:
    return ", ".join(f"{one.method}={one.result}{f' of {of}' if of else ''}" for one, of in list(spoken)[:3])


def _domain_of_result(one: Result) -> str:
    keys = ("header.d", "header.i") if one.method == "dkim" else ("smtp.mailfrom", "smtp.helo")
    found = next((domain_of(one.about[key]) for key in keys if domain_of(one.about.get(key, ""))), "")
    return found if _DOMAIN.fullmatch(found) else ""


def _about(one: Result, key: str) -> str:
    return domain_of(one.about.get(key, ""))


def _speaks_of(one: Result, domain: str) -> bool:
    named = _about(one, "header.from")
    return not named or aligned(named, domain)


def _trusted(
    headers: Sequence[tuple[str, str]], trusted: Sequence[str]
) -> tuple[authentication_results.Results | None, str]:
    """Give the one header that counts, or none and why: the first one of the trusted names from the top.

    A server writes it above its own Received line, or right below (Postfix with a milter), so only lines of hops
    within the own servers, and of one more, may stand above it. RFC 8601 section 5.
    """
    entered = False
    for name, value in headers:
        key = name.lower()
        if key == "authentication-results":
            one = authentication_results.read(value)
            if (one.authserv_id or MICROSOFT) in trusted:
                return one, ""
        elif key == "received":
            hop = received.read(value)
            if entered or (hop.by and not _is_ours(hop.by, trusted)):
                return None, _too_low(hop, trusted, entered=entered)
            entered = not hop.on_the_spot and not (hop.by and _is_inside(hop, trusted, exchange=True))
    return None, f"no Authentication-Results of {' or '.join(trusted)}"


def _is_ours(host: str, trusted: Sequence[str]) -> bool:
    names = (*trusted, *_OF_MICROSOFT) if MICROSOFT in trusted else trusted
    return any(aligned(host, one) for one in names)


def _is_inside(hop: received.Received, trusted: Sequence[str], *, exchange: bool = False) -> bool:
    """Tell whether one of the own servers gave a mail to another one, beyond what a stranger can make look so.

    `exchange`: believe what servers of Exchange Online call themselves, within Microsoft's network.
    """
    if hop.protocol in _LOCAL_PROTOCOLS:
        return True
    if hop.confirmed and hop.client != hop.by:
        return any(hop.client == one or hop.client.endswith(f".{one}") for one in trusted)
    return (
        exchange
        and MICROSOFT in trusted
        and hop.address is not None
        and hop.address in _NETWORK_OF_MICROSOFT
        and any(aligned(hop.client, one) for one in (MICROSOFT, *_OF_MICROSOFT))
    )


def _may_be_ours(hop: received.Received, trusted: Sequence[str]) -> bool:
    return hop.client != hop.by and _is_ours(hop.client, trusted)


def _too_low(hop: received.Received, trusted: Sequence[str], *, entered: bool) -> str:
    words = f"no Authentication-Results of {' or '.join(trusted)} above "
    if entered:
        return f"{words}what the sender wrote; those further down prove nothing"
    return f"{words}the Received line of {hop.by}; those further down prove nothing"
