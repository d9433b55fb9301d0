"""One address as people and mail programs type it: alone, with a name before it, or as a link to itself."""

import re
import unicodedata

LONGEST = 320  # characters; RFC 5321 section 4.5.3.1
_ADDRESS = r"[^\s<>()\[\],;:\"\\@]+@[^\s<>()\[\],;:\"\\@]+"
_FORMS = re.compile(
    rf"(?:mailto:)?(?P<bare>{_ADDRESS})"
    rf"|(?P<same>{_ADDRESS})\s*<mailto:(?P<link>{_ADDRESS})>"
    rf"|(?:\"(?P<quoted>[^\"<>\\]*)\"|(?P<name>[^\"<>@,;:\\]*))\s*<(?:mailto:)?(?P<angle>{_ADDRESS})>",
    re.IGNORECASE,
)
_CONTROLS = ("Cc", "Zl", "Zp")


def read_one(text: str) -> tuple[str, str] | None:
    """Give the name before the one address that a text is, "" for none, and the address; None for anything else.

    Read are `a@x`, `<a@x>`, `Name <a@x>`, `mailto:a@x` and what a mail program makes of it, `a@x<mailto:a@x>`.
    """
    plain = text.strip()
    if len(plain) > 2 * LONGEST or has_controls(plain):
        return None
    found = _FORMS.fullmatch(plain)
    if found is None or (found["link"] and found["link"].lower() != found["same"].lower()):
        return None
    address = found["bare"] or found["same"] or found["angle"]
    if len(address) > LONGEST:
        return None
    return " ".join((found["quoted"] or found["name"] or "").split()), address


def has_controls(text: str) -> bool:
    """Tell whether a text holds signs that control and are not seen, line breaks among them."""
    return any(unicodedata.category(sign) in _CONTROLS for sign in text)


def without_controls(text: str) -> str:
    """Give a text on one line, without such signs."""
    if not has_controls(text):
        return text
    signs = (" " if unicodedata.category(sign) in _CONTROLS else sign for sign in text)
    return " ".join("".join(signs).split())
