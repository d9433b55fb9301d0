"""Which hosts take the mail of a domain, as the name service says it: who runs a mailbox shows there first."""

import time

import dns.exception
import dns.resolver

from deskpost.domain_names import in_ascii

_MOST = 20  # hosts that are told of; a domain with more has its answer all the same


def mail_exchangers(domain: str, seconds: float) -> tuple[str, ...]:
    """Give the hosts named by a domain's MX records, in lower case, the preferred first. RFC 5321 section 5.1.

    Empty where there is none, where the domain says that it takes no mail (RFC 7505), and where nobody tells in time.
    """
    try:
        found = dns.resolver.resolve(
            in_ascii(domain), "MX", lifetime=seconds, search=False, raise_on_no_answer=False
        )
        answers = sorted((one.preference, str(one.exchange).rstrip(".").lower()) for one in found)
    except (dns.exception.DNSException, OSError, ValueError, UnicodeError):
        return ()
    return tuple(host for _, host in answers if host)[:_MOST]


def first_that_is(names: tuple[str, ...], seconds: float) -> str:
    """Give the first of these names that the name service knows an address for; empty: none, or not told in time."""
    ends = time.monotonic() + seconds
    for name in names:
        left = ends - time.monotonic()
        if left > 0 and _is(name, left):
            return name
    return ""


def _is(name: str, seconds: float) -> bool:
    try:
        return bool(
            list(dns.resolver.resolve_name(in_ascii(name), lifetime=seconds, search=False).addresses())
        )
    except (dns.exception.DNSException, OSError, ValueError, UnicodeError):
        return False
