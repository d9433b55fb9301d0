"""Domains beyond ASCII: one spelling to store and compare, in letters, and the one that mail carries (RFC 5890).

`Müller.example` and `xn--mller-kva.example` are one domain. Python's own codec is of IDNA 2003, to which `ß` is `ss`:
another domain today. So what is typed is mapped as RFC 5895 has it, and each label is written by RFC 3492 alone.
"""

import unicodedata

_PREFIX = "xn--"
_LONGEST_LABEL, _LONGEST = (
    63,
    253,
)  # octets, RFC 1035 section 2.3.4; what is longer is no domain and left as it is
_JOINERS = "\u200c\u200d"  # unseen, and part of some words: RFC 5892 appendix A


def one_spelling(domain: str) -> str:
    """Give what all spellings of a domain share: in lower case and in letters, without a dot at its end.

    A label that only pretends to be encoded stays as it is: decoded, `xn--acme-` would be somebody else's `acme`.
    """
    if domain.isascii() and _PREFIX not in (small := domain.lower()):  # nearly all
        return small.rstrip(".") or domain
    return ".".join(_in_letters(label) for label in _mapped(domain).split("."))


def in_ascii(domain: str) -> str:
    """Give a domain as mail carries it, without a dot at its end; one that cannot be written so stays as it is."""
    if domain.isascii():
        return domain.rstrip(".") or domain
    labels = [_encoded(label) for label in _mapped(domain).split(".")]
    return ".".join(labels) if all(len(label) <= _LONGEST_LABEL for label in labels) else domain


def is_seen(text: str) -> bool:
    """Tell whether a text holds no sign that people would not see, but those that words are joined with."""
    return all(sign.isprintable() or sign in _JOINERS for sign in text)


def _mapped(domain: str) -> str:
    if not domain.isascii() and len(domain) <= _LONGEST:
        domain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", domain).lower())
        domain = domain.replace("\u3002", ".")  # the full stop of Chinese and Japanese
    return domain.rstrip(".").lower() or domain


def _encoded(label: str) -> str:
    return label if label.isascii() else f"{_PREFIX}{label.encode('punycode').decode('ascii')}"


def _in_letters(label: str) -> str:
    if not (label.startswith(_PREFIX) and label.isascii() and len(label) <= _LONGEST_LABEL):
        return label
    try:
        letters = label.removeprefix(_PREFIX).encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    faithful = is_seen(letters) and _mapped(letters) == letters and _encoded(letters) == label
    return letters if faithful else label
