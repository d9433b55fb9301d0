"""Making a connection secret, with real checks of the certificate."""

import os
import socket
import ssl
from functools import lru_cache
from pathlib import Path

from deskpost.transports import tls_words as words
from deskpost.transports.errors import CertificateRefused, ServerUnreachable, TlsRefused

# OpenSSL's X509_V_ERR_* (x509_vfy.h), which the ssl module gives as numbers.
_NOT_YET_VALID, _EXPIRED = 9, 10
_UNKNOWN_ISSUER = {2, 18, 19, 20, 21}
_OTHER_HOST, _OTHER_ADDRESS = 62, 64
_NOT_TLS = {
    "WRONG_VERSION_NUMBER",
    "PACKET_LENGTH_TOO_LONG",
    "HTTP_REQUEST",
    "UNKNOWN_PROTOCOL",
    "RECORD_LAYER_FAILURE",
}


def secured(
    link: socket.socket,
    host: str,
    place: str,
    *,
    verify: bool,
    ca_file: str | None,
    seconds: float,
    ca_beside: bool = False,
    end_is_told: bool = False,
) -> ssl.SSLSocket:
    """The same connection within TLS. Raises CertificateRefused, TlsRefused.

    `ca_file` holds the issuers to trust, alone or with `ca_beside` beside those of this machine. With `end_is_told`
    reading to the end raises ssl.SSLEOFError where the server did not say that it is the end (close_notify, RFC 8446
    section 6.1): for what has no other sign of its end.
    """
    context = _context_for(verify, ca_file, ca_beside, end_is_told)
    name = host.strip().removeprefix("[").removesuffix("]")
    try:
        link.settimeout(seconds)
        return context.wrap_socket(link, server_hostname=name, suppress_ragged_eofs=not end_is_told)
    except ssl.SSLCertVerificationError as error:
        raise CertificateRefused(_certificate_sentence(error, place, name)) from error
    except TimeoutError as error:
        raise TlsRefused(words.tls_silent(place, seconds)) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError) as error:
        raise TlsRefused(words.tls_broken_off(place)) from error
    except ssl.SSLError as error:
        if error.reason in _NOT_TLS:
            raise TlsRefused(words.tls_not_spoken(place)) from error
        raise TlsRefused(words.tls_failed(place, _in_words(error.reason))) from error
    except (OSError, ValueError) as error:
        raise ServerUnreachable(words.tls_broken_off(place)) from error


def _in_words(reason: str | None) -> str:
    return (reason or "no reason given").replace("_", " ").lower()


def _certificate_sentence(error: ssl.SSLCertVerificationError, place: str, host: str) -> str:
    code = error.verify_code
    if code == _EXPIRED:
        return words.certificate_expired(place)
    if code == _NOT_YET_VALID:
        return words.certificate_not_yet(place)
    if code in (_OTHER_HOST, _OTHER_ADDRESS):
        return words.certificate_for_another(place, host)
    if code in _UNKNOWN_ISSUER:
        return words.certificate_unknown(place, error.verify_message)
    return words.certificate_refused(place, error.verify_message or "no reason given")


def _context_for(verify: bool, ca_file: str | None, ca_beside: bool, end_is_told: bool) -> ssl.SSLContext:
    if ca_file is None or not verify:
        return _context(verify, None, False, end_is_told, 0)
    try:
        return _context(verify, ca_file, ca_beside, end_is_told, Path(ca_file).stat().st_mtime_ns)
    except ssl.SSLError as error:
        reason = "it holds no certificate in PEM form"
        raise CertificateRefused(words.ca_file_unusable(ca_file, reason)) from error
    except (OSError, ValueError) as error:
        reason = (
            os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "no such file"
        )
        raise CertificateRefused(words.ca_file_unusable(ca_file, reason)) from error


@lru_cache(maxsize=256)
def _context(
    verify: bool, ca_file: str | None, ca_beside: bool, end_is_told: bool, _written: int
) -> ssl.SSLContext:
    """A context costs several ms (it reads all issuers), so it is kept until the CA file is written anew."""
    context = ssl.create_default_context(cafile=ca_file)
    if ca_beside:
        context.load_default_certs()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if end_is_told:
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # Python sets it; OpenSSL 3 tells otherwise
    return context
