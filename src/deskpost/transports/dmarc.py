"""What a domain wants done with mail that names it in From and does not come from it: DMARC (RFC 7489)."""

from dataclasses import dataclass

from deskpost.domain_names import in_ascii
from deskpost.mime.alignment import aligned, organisational_domain
from deskpost.transports.name_service import NameService


@dataclass(frozen=True, slots=True)
class Policy:
    """A published policy: none, quarantine or reject; and whether signature and path must be of the very domain."""

    wants: str
    strict_dkim: bool
    strict_spf: bool


def policy_of(domain: str, names: NameService) -> Policy | None:
    """Give the policy of a domain, else of its organisation; None where there is none. Raises NotTold."""
    organisation = organisational_domain(domain)
    for place in dict.fromkeys((domain, organisation)):
        found = [_tags(text) for text in names.texts(f"_dmarc.{place}")]
        records = [tags for tags in found if tags.get("v") == "DMARC1"]
        if len(records) == 1:
            return _policy(records[0], inherited=place != domain)
        if records:
            return None  # section 6.6.3: of several, none counts
    return None


def is_aligned(of: str, domain: str, *, strict: bool) -> bool:
    """Tell whether a signature or a path of one domain speaks for another. Section 3.1."""
    return in_ascii(of).lower() == in_ascii(domain).lower() if strict else aligned(of, domain)


def _policy(tags: dict[str, str], *, inherited: bool) -> Policy:
    wants = tags.get("sp" if inherited and "sp" in tags else "p", "none").lower()
    return Policy(wants, tags.get("adkim", "r").lower() == "s", tags.get("aspf", "r").lower() == "s")


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}
