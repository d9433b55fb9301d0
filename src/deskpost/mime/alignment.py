"""When two domains belong to one owner, as DMARC sees it (RFC 7489 sections 3.1 and 3.2, relaxed).

Where an organisation begins, the Public Suffix List says, its private section included: `a.github.io` and
`b.github.io` are two owners.
"""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from deskpost.domain_names import in_ascii

_LONGEST = 253  # octets, RFC 1035 section 2.3.4; what is longer is no domain


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # a few ten ms, for those alone who ask


@lru_cache(maxsize=4096)
def organisational_domain(domain: str) -> str:
    """Give the domain that an owner registered, in ASCII and lower case; what is no domain or a suffix, as it is."""
    plain = in_ascii(domain).lower().rstrip(".")
    if not plain or len(plain) > _LONGEST or "." not in plain:
        return plain
    return str(_suffixes().privatesuffix(plain) or plain)


def aligned(domain: str, with_: str) -> bool:
    """Tell whether two domains belong to one organisation. An empty one belongs to nobody."""
    return bool(domain) and organisational_domain(domain) == organisational_domain(with_)


def domain_of(address: str) -> str:
    """Give the domain of an address, or of what is a domain alone."""
    return address.rpartition("@")[2].strip(" <>.").lower()
