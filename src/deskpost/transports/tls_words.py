"""The sentences people read about TLS and certificates; beside words.py, which has all others.

`place` is always host:port, `reason` what the TLS library says.
"""


def tls_not_spoken(place: str) -> str:
    return (
        f"{place} does not speak TLS from the first byte, so no secret connection could be made. "
        "To do: check the port, or choose SMTP, IMAP or POP with TLS for it, which begin it by STARTTLS."
    )


def tls_failed(place: str, reason: str) -> str:
    return (
        f"{place} and Deskpost could not agree on a secret connection (TLS): {reason}. Nothing was sent. "
        "To do: check the port and the TLS setting; the server needs TLS 1.2 or newer."
    )


def tls_broken_off(place: str) -> str:
    return (
        f"{place} broke off while the secret connection (TLS) was being made. To do: check the port and the "
        "TLS setting; if both are right, look into the log of the mail server."
    )


def tls_silent(place: str, seconds: float) -> str:
    return (
        f"{place} did not finish making the secret connection (TLS) within {seconds:g} s. "
        "To do: check the port and the TLS setting."
    )


def certificate_unknown(place: str, reason: str) -> str:
    return (
        f"The certificate of {place} was not accepted: nobody this machine trusts has issued it ({reason}). "
        "Nothing was sent. To do: install a certificate of a known issuer at the server, or name the file "
        "of its own issuer as certificate authority file."
    )


def certificate_for_another(place: str, host: str) -> str:
    return (
        f'The certificate of {place} was not accepted: it is not made out for the name "{host}". '
        "Nothing was sent. To do: use the server name that stands in the certificate, "
        "or have the certificate made out for this name."
    )


def certificate_expired(place: str) -> str:
    return (
        f"The certificate of {place} was not accepted: it has expired. Nothing was sent. "
        "To do: have the certificate of the server renewed, and check the clock of this machine."
    )


def certificate_not_yet(place: str) -> str:
    return (
        f"The certificate of {place} was not accepted: its time has not come yet. Nothing was sent. "
        "To do: check the clock of this machine and the certificate of the server."
    )


def certificate_refused(place: str, reason: str) -> str:
    return (
        f"The certificate of {place} was not accepted: {reason}. Nothing was sent. "
        "To do: have the certificate of the server corrected."
    )


def ca_file_unusable(path: str, reason: str) -> str:
    return (
        f'The certificate authority file "{path}" cannot be used: {reason}. Nothing was sent. '
        "To do: name a readable file with certificates in PEM form."
    )
