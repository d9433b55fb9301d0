"""S/MIME and PGP mails for the tests, signed and encrypted by others' code."""

import base64
import datetime
import zlib
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

HEAD = (
    b"From: Ann <ann@client.example>\r\nTo: help@desk.example\r\nSubject: sealed\r\nMessage-ID: <s1@client.example>\r\n"
    b"MIME-Version: 1.0\r\n"
)


@cache
def owner() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    """Give the certificate and the key of the tests, made once."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ann")])
    begins = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(begins)
    builder = builder.not_valid_after(begins.replace(year=2036))
    return builder.sign(key, hashes.SHA256()), key


def signed(entity: bytes) -> bytes:
    """Give the DER of an entity signed with what it says inside."""
    certificate, key = owner()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(entity).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def encrypted(entity: bytes) -> bytes:
    """Give the DER of an entity that only the owner of the key can read."""
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(entity).add_recipient(owner()[0])
    return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def compressed(entity: bytes) -> bytes:
    """Give the DER of an entity that is compressed (RFC 3274 section 1.1)."""
    octets = _der(0x04, zlib.compress(entity, 9))
    within = _der(0x30, bytes.fromhex("06092a864886f70d010701") + _der(0xA0, octets))
    algorithm = _der(0x30, bytes.fromhex("060b2a864886f70d0109100308"))
    data = _der(0x30, b"\x02\x01\x00" + algorithm + within)
    return _der(0x30, bytes.fromhex("060b2a864886f70d0109100109") + _der(0xA0, data))


def _der(tag: int, content: bytes) -> bytes:
    return bytes((tag, 0x84)) + len(content).to_bytes(4, "big") + content


def mixed(*parts: bytes) -> bytes:
    """Give a mail of several parts: an S/MIME mail as `sealed` makes it, or an entity with its header."""
    pieces = [part.partition(b"MIME-Version: 1.0\r\n")[2] or part for part in parts]
    held = b"".join(b"--m\r\n" + piece + b"\r\n" for piece in pieces)
    return HEAD + b"Content-Type: multipart/mixed; boundary=m\r\n\r\n" + held + b"--m--\r\n"


def sealed(data: bytes, kind: str = "signed-data", name: str = "smime.p7m", content_type: str = "") -> bytes:
    """Give a mail that is nothing but an S/MIME part."""
    parameters = f"; smime-type={kind}" if kind else ""
    head = (
        f"Content-Type: {content_type or 'application/pkcs7-mime'}{parameters}; name={name}\r\n"
        f"Content-Disposition: attachment; filename={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return HEAD + head.encode() + base64.encodebytes(data).replace(b"\n", b"\r\n")


def pgp(armoured: bytes) -> bytes:
    """Give a PGP/MIME mail (RFC 3156 section 4)."""
    return HEAD + (
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=p\r\n\r\n--p\r\n'
        b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--p\r\n"
        b"Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n" + armoured + b"\r\n--p--\r\n"
    )
