"""Files of a mail that belong to mail itself (signatures, invitations, contact cards ...): what they are called."""

_BY_TYPE = {
    "application/ics": "invitation",
    "application/pgp-encrypted": "PGP, encrypted",
    "application/pgp-keys": "PGP key",
    "application/pgp-signature": "PGP signature, not checked",
    "application/pkcs7-mime": "S/MIME, signed or encrypted",
    "application/pkcs7-mime; smime-type=enveloped-data": "S/MIME, encrypted",
    "application/pkcs7-mime; smime-type=signed-data": "S/MIME, signature not checked",
    "application/pkcs7-signature": "S/MIME signature, not checked",
    "application/x-pkcs7-mime": "S/MIME, signed or encrypted",
    "application/x-pkcs7-signature": "S/MIME signature, not checked",
    "message/delivery-status": "delivery report",
    "message/disposition-notification": "receipt",
    "message/global": "forwarded mail",
    "message/rfc822": "forwarded mail",
    "text/calendar": "invitation",
    "text/vcard": "contact card",
    "text/x-vcard": "contact card",
}
_BY_EXTENSION = {
    "asc": "PGP",
    "eml": "forwarded mail",
    "gpg": "PGP",
    "ics": "invitation",
    "p7m": "S/MIME, signed or encrypted",
    "p7s": "S/MIME signature, not checked",
    "pgp": "PGP",
    "sig": "PGP signature, not checked",
    "vcf": "contact card",
}


def label_of(content_type: str, name: str) -> str | None:
    """Give what a file is called that belongs to mail itself, None for an ordinary one.

    Programs that do not know such a type declare it as bytes; then the extension tells.
    """
    return _BY_TYPE.get(content_type) or _BY_EXTENSION.get(extension_of(name))


def is_usual(name: str) -> bool:
    """Tell whether a name has an extension that such files have: a program with a declared type is no invitation."""
    return extension_of(name) in _BY_EXTENSION or extension_of(name) == "txt"


def extension_of(name: str) -> str:
    """Give what stands behind the last dot, in lower case; "" where there is none.

    Dots and blanks at the end do not count: Windows leaves them out and opens what is before them.
    """
    base, dot, extension = name.rstrip(". ").rpartition(".")
    return extension.lower() if dot and base else ""
