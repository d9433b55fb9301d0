"""Files of a mail that belong to mail itself (signatures, invitations, contact cards ...): what they are called."""

_BY_TYPE = {
    "application/ics": "invitation",
    "application/pgp-encrypted": "PGP, encrypted",
    "application/pgp-keys": "PGP key",
    "application/pgp-signature": "PGP signature, not checked",
    "application/pkcs7-mime": "S/MIME, signed or encrypted",
    "application/pkcs7-mime; smime-type=compressed-data": "S/MIME, compressed",
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
    "p7z": "S/MIME, compressed",
    "p7s": "S/MIME signature, not checked",
    "pgp": "PGP",
    "sig": "PGP signature, not checked",
    "vcf": "contact card",
}
_EXTENSIONS = {
    "application/ics": ("ics", "ical", "vcs"),
    "application/pgp-encrypted": ("asc", "gpg", "pgp", "txt"),
    "application/pgp-keys": ("asc", "gpg", "pgp", "key", "pub", "txt"),
    "application/pgp-signature": ("asc", "sig", "gpg", "pgp", "txt"),
    "application/pkcs7-mime": ("p7m", "p7c", "p7b", "p7s", "p7z"),
    "application/pkcs7-signature": ("p7s", "p7m"),
    "application/x-pkcs7-mime": ("p7m", "p7c", "p7b", "p7s", "p7z"),
    "application/x-pkcs7-signature": ("p7s", "p7m"),
    "message/delivery-status": ("txt", "eml"),
    "message/disposition-notification": ("txt", "eml"),
    "message/global": ("eml",),
    "message/rfc822": ("eml",),
    "text/calendar": ("ics", "ical", "vcs", "ifb"),
    "text/vcard": ("vcf", "vcard"),
    "text/x-vcard": ("vcf", "vcard"),
}
"""What files of these types are called; the first is given to one that is called otherwise."""

_AT_THE_END = ". \t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_AT_THE_END += "\u200c\u200d"  # what joins and parts letters


def named_by_type(name: str, content_type: str) -> str:
    """Give a name the extension of its type where it belongs to mail itself and has none that fits.

    A forwarded mail is called by its subject, an invitation by what it invites to: what stands behind the last dot
    of `Re: www.acme.com` is no extension. And what only pretends to be one of these is then no program to anybody.
    """
    usual = _EXTENSIONS.get(content_type.partition(";")[0])
    if usual is None or extension_of(name) in usual:
        return name
    return f"{name.rstrip(_AT_THE_END)}.{usual[0]}"


def is_mail_itself(content_type: str, name: str) -> bool:
    """Tell whether a file belongs to mail itself by its type, and is called so."""
    return extension_of(name) in _EXTENSIONS.get(content_type.partition(";")[0], ())


def label_of(content_type: str, name: str) -> str | None:
    """Give what a file is called that belongs to mail itself, None for an ordinary one.

    Programs that do not know such a type declare it as bytes; then the extension tells.
    """
    return _BY_TYPE.get(content_type) or _BY_EXTENSION.get(extension_of(name))


def is_usual(name: str) -> bool:
    """Tell whether a name has an extension that such files have: a program with a declared type is no invitation."""
    return extension_of(name) in _BY_EXTENSION or extension_of(name) == "txt"


def extension_of(name: str) -> str:
    """Give what stands behind the last dot, in lower case; "" where there is none. `.bat` is nothing but an extension.

    Dots, blanks and what is not seen at the end do not count: programs leave them out and open what is before.
    """
    _, dot, extension = name.rstrip(_AT_THE_END).rpartition(".")
    return extension.lower() if dot else ""
