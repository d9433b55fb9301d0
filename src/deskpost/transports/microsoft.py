"""Which hosts are Microsoft's, and what became of basic authentication there."""

_GONE = frozenset(
    (
        "outlook.office365.com",
        "outlook.office.com",
        "imap-mail.outlook.com",
        "pop-mail.outlook.com",
        "outlook.office365.us",  # US Government L4
        "outlook-dod.office365.us",  # US Government L5
        "outlook.office.de",  # Germany, closed in 2021
        "partner.outlook.cn",  # China, 21Vianet
    )
)
_ENDING = frozenset(
    ("smtp.office365.com", "smtp-mail.outlook.com", "smtp.office365.us", "smtp.partner.outlook.cn")
)
HELP = "/help/microsoft-365/"  # page of our own documentation


def basic_refused(host: str) -> str | None:
    """Give the sentence why a password cannot work at this host, None where it can."""
    if _plain(host) not in _GONE:
        return None
    return (
        f"Basic authentication is not possible at {host}: Microsoft has switched it off for POP, IMAP and EWS, "
        "so a user name and a password are always refused. To do: choose OAuth as the authentication type, "
        f"and Connect after saving; {HELP} tells how."
    )


def basic_ending(host: str) -> str | None:
    """Give the dated warning for a host at which a password will work for a while, None elsewhere."""
    if _plain(host) not in _ENDING:
        return None
    return (
        f"Basic authentication at {host} will end: Microsoft switches it off by default at the end of "
        "December 2026, an administrator there can switch it on again, and in the second half of 2027 the final "
        f"date is announced. To do: choose OAuth as the authentication type by then; {HELP} tells how."
    )


def ews_ending(host: str) -> str | None:
    """Give the dated warning for EWS at Exchange Online, None for a server of one's own, which is not affected."""
    if _plain(host) not in _GONE:
        return None
    return (
        f"EWS at {host} ends: since October 2026 Microsoft wants the application on a list in the organisation or "
        "switches EWS off with 7 days' notice, and on 2027-04-01 it is gone; national clouds have their own dates. "
        f"To do: choose Microsoft Graph; until then have the client id put on the list, {HELP} tells how."
    )


def _plain(host: str) -> str:
    return host.strip().rstrip(".").lower()
