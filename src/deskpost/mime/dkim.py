"""DKIM signatures (RFC 6376, RFC 8301, RFC 8463): read out of a raw mail, and checked with what their domain publishes.

Every step takes linear time, whatever a stranger wrote: decision 050 says why no library is used here.
"""

import base64
import binascii
import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from deskpost.mime import canonical

MOST = 5  # signatures of a mail that are looked at
_READ_BY_PEOPLE = (  # what shows, threads, or says how the text is read: once, or as often as signed
    *(b"from", b"subject", b"to", b"cc", b"date", b"reply-to", b"content-type", b"content-transfer-encoding"),
    *(b"mime-version", b"message-id", b"in-reply-to", b"references", b"sender"),
)
LEAST_BITS, MOST_BITS = 1024, 8192  # of an RSA key; RFC 8301 section 3.2
_ALGORITHMS = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}
_SIGNED_VALUE = re.compile(rb"([;:][ \t\r\n]*+b[ \t\r\n]*+=)[^;]*+")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature whose body fits or not. `wrong` says why it cannot count, whatever its key; empty where it can."""

    domain: str
    key_name: str  # where its domain publishes the key
    kind: str  # of key: rsa or ed25519
    identity: str  # the domain of i=
    signed: bytes  # what was signed of the header
    signature: bytes
    wrong: str


def domains(raw: bytes) -> tuple[str, ...]:
    """Give the domains that claim to have signed a mail, cheaply: nothing is computed."""
    found = (_tags(value).get("d", "").lower() for value in _claims(canonical.fields(raw)))
    return tuple(dict.fromkeys(domain for domain in found if domain))


def signatures(raw: bytes, wanted: Sequence[str], at: float) -> tuple[Signature, ...]:
    """Give the signatures of these domains. `at`: when the mail came in, in seconds since 1970."""
    fields = canonical.fields(raw)
    digests: dict[str, tuple[str, int]] = {}
    found: list[Signature] = []
    for name, field in fields:
        if name == b"dkim-signature" and len(found) < MOST:
            tags = _tags(field.partition(b":")[2])
            if tags.get("d", "").lower() in wanted:
                found.append(_signature(field, tags, fields, raw, digests, at))
    return tuple(found)


def why_not(signature: Signature, record: str) -> str:
    """Check a signature with the record of its key, and say why it does not hold; empty where it holds."""
    if signature.wrong:
        return signature.wrong
    tags = _tags(record.encode("latin-1", "replace"))
    if tags.get("v", "DKIM1") != "DKIM1" or tags.get("k", "rsa").lower() != signature.kind:
        return "its key is of another kind"
    if "sha256" not in tags.get("h", "sha256").lower().split(":"):
        return "its key is not for SHA-256"
    if not {"*", "email"}.intersection(tags.get("s", "*").lower().split(":")):
        return "its key is not for mail"
    if "s" in tags.get("t", "").lower().split(":") and signature.identity != signature.domain:
        return "its key is not for subdomains"
    key = _bytes(tags.get("p", ""))
    if not key:
        return "its key was taken back"
    try:
        return "" if _holds(signature, key) else "its key is too short"
    except InvalidSignature:
        return "it does not fit: the mail was changed, or it is another's signature"
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "its key cannot be read"


def _holds(signature: Signature, key: bytes) -> bool:
    """Verify, or tell that the key is too weak. Raises InvalidSignature, ValueError, UnsupportedAlgorithm."""
    if signature.kind == "ed25519":
        digest = hashlib.sha256(signature.signed).digest()
        Ed25519PublicKey.from_public_bytes(key).verify(signature.signature, digest)
        return True
    public = load_der_public_key(key)
    if not isinstance(public, RSAPublicKey):
        raise ValueError("no RSA key")
    if not LEAST_BITS <= public.key_size <= MOST_BITS:
        return False
    public.verify(signature.signature, signature.signed, PKCS1v15(), hashes.SHA256())
    return True


def _claims(fields: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
    claims = [field.partition(b":")[2] for name, field in fields if name == b"dkim-signature"]
    return claims[: 4 * MOST]


def _signature(
    field: bytes,
    tags: Mapping[str, str],
    fields: Sequence[tuple[bytes, bytes]],
    raw: bytes,
    digests: dict[str, tuple[str, int]],
    at: float,
) -> Signature:
    of_header, _, of_body = tags.get("c", "simple/simple").lower().partition("/")
    domain = tags.get("d", "").lower()
    identity = tags.get("i", f"@{domain}").rpartition("@")[2].lower()
    names = [name.strip().lower().encode("latin-1", "replace") for name in tags.get("h", "").split(":")]
    wrong = _wrong(tags, identity, names, at) or _added(fields, names)
    signed = b""
    if not wrong and {of_header, of_body or "simple"} <= {"simple", "relaxed"}:
        wrong = _wrong_body(tags, raw, of_body or "simple", digests)
        signed = _signed(field, fields, names, relaxed=of_header == "relaxed")
    elif not wrong:
        wrong = "its form is unknown"
    key_name = f"{tags.get('s', '').lower()}._domainkey.{domain}"
    kind = _ALGORITHMS.get(tags.get("a", "").lower(), "")
    return Signature(domain, key_name, kind, identity, signed, _bytes(tags.get("b", "")), wrong)


def _wrong(tags: Mapping[str, str], identity: str, names: Sequence[bytes], at: float) -> str:
    domain = tags.get("d", "").lower()
    if tags.get("v") != "1" or tags.get("a", "").lower() not in _ALGORITHMS:
        return "its version or algorithm is not known"
    if not _HOST.fullmatch(domain) or not _HOST.fullmatch(tags.get("s", "").lower()):
        return "it names no key"
    if identity != domain and not identity.endswith(f".{domain}"):
        return "it speaks for another domain than its own"
    if b"from" not in names:
        return "it does not sign From"
    expires = tags.get("x", "")
    if expires and (not expires.isdigit() or len(expires) > 12 or int(expires) < at):
        return "it has expired"
    return ""


def _added(fields: Sequence[tuple[bytes, bytes]], names: Sequence[bytes]) -> str:
    """Say what anybody may have added on top: a field that stands there more often than signed. Section 8.15."""
    present = Counter(name for name, _ in fields)
    signed = Counter(names)
    for name in _READ_BY_PEOPLE:
        if present[name] > max(1, signed[name]):
            return f"{name.decode().title()} stands there more often than it is signed"
    return "" if signed[b"subject"] or not present[b"subject"] else "it does not sign Subject"


def _wrong_body(tags: Mapping[str, str], raw: bytes, form: str, digests: dict[str, tuple[str, int]]) -> str:
    if form not in digests:
        digests[form] = canonical.body_digest(raw, relaxed=form == "relaxed")
    digest, length = digests[form]
    limit = tags.get("l", "")
    if limit and (not limit.isdigit() or len(limit) > 12 or int(limit) < length):
        return "it signs a part of the text alone, so anything may have been added"
    return "" if "".join(tags.get("bh", "").split()) == digest else "the text was changed after it was signed"


def _signed(
    own: bytes, fields: Sequence[tuple[bytes, bytes]], names: Sequence[bytes], *, relaxed: bool
) -> bytes:
    """Give what is signed of the header: of each name the lowest field that is not taken yet. RFC 6376 5.4.2."""
    left: dict[bytes, list[bytes]] = {}
    for name, field in fields:
        left.setdefault(name, []).append(field)
    taken = [left[name].pop() for name in names if left.get(name)]
    form = canonical.relaxed_field if relaxed else canonical.simple_field
    return b"".join(map(form, taken)) + form(_SIGNED_VALUE.sub(rb"\1", own, count=1)).removesuffix(b"\r\n")


def _tags(value: bytes) -> dict[str, str]:
    """Read a list of tags (RFC 6376 section 3.2); one that names a tag twice says nothing."""
    tags: dict[str, str] = {}
    for part in value.decode("latin-1").split(";"):
        name, equals, content = part.partition("=")
        if equals and name.strip() in tags:
            return {}
        if equals:
            tags[name.strip()] = "".join(content.split()) if name.strip() != "h" else content.strip()
    return tags


def _bytes(encoded: str) -> bytes:
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
