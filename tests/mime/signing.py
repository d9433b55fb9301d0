"""Signs mails by DKIM for the tests, with a key of their own: written after RFC 6376, apart from what checks it."""

import base64
import hashlib
import re
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

SIGNED = ("from", "to", "subject", "date", "message-id")


@cache
def key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Give the key of the tests, made once."""
    return rsa.generate_private_key(65537, bits)


def record(bits: int = 2048) -> str:
    """Give what the domain publishes of it."""
    public = (
        key(bits)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def quoted(text: str) -> str:
    """Give a text as a TXT record in a zone file: in pieces of 255 octets at most."""
    return " ".join(f'"{text[at : at + 250]}"' for at in range(0, len(text), 250))


def sign(
    raw: bytes,
    domain: str,
    selector: str = "s1",
    *,
    names: tuple[str, ...] = SIGNED,
    bits: int = 2048,
    more: str = "",
) -> bytes:
    """Give a mail with a DKIM-Signature on top of it, relaxed in header and text."""
    raw = re.sub(rb"\r?\n", b"\r\n", raw)
    header, _, body = raw.partition(b"\r\n\r\n")
    digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
    own = (
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector};{more}\r\n"
        f" h={':'.join(names)};\r\n bh={digest};\r\n b="
    ).encode()
    fields = re.split(rb"\r\n(?![ \t])", header)
    lowest_first = fields[::-1]
    signed = b""
    for name in names:
        at = next(
            (n for n, one in enumerate(lowest_first) if one.lower().startswith(f"{name}:".encode())), None
        )
        if at is not None:
            signed += _relaxed(lowest_first.pop(at)) + b"\r\n"
    value = key(bits).sign(signed + _relaxed(own), PKCS1v15(), hashes.SHA256())
    return own + base64.b64encode(value) + b"\r\n" + raw


def _relaxed(field: bytes) -> bytes:
    name, _, value = field.partition(b":")
    return name.lower().strip() + b":" + b" ".join(value.split())


def _relaxed_body(body: bytes) -> bytes:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
