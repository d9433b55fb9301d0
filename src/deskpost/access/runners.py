"""Who runs a mailbox, found by its domain: what is proposed, and always somebody's to change."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext

from deskpost.desk.installation import private_networks_allowed
from deskpost.domain_names import in_ascii
from deskpost.oauth.clouds import CloudKey, clouds_of
from deskpost.transports import autoconfig, mail_exchangers
from deskpost.transports.autoconfig import Offered
from deskpost.transports.connection import Server
from deskpost.transports.host_names import is_host

Runner = Literal["microsoft", "google", "exchange", "server"]
RUNNERS: tuple[Runner, ...] = ("microsoft", "google", "exchange", "server")
NAME_TIME = 3.0  # seconds for each question to the name service: somebody waits before the page
WEB_TIME = 3.0  # seconds for each step of asking the domain's own web server
_AT: tuple[tuple[str, Runner, CloudKey | Literal[""]], ...] = (
    (".mail.protection.outlook.com", "microsoft", "global"),
    (".mx.microsoft", "microsoft", "global"),
    (".mail.protection.office365.us", "microsoft", "us_l4"),  # of L5 too: the form has the choice
    (".mail.protection.partner.outlook.cn", "microsoft", "china"),
    (".google.com", "google", ""),
    (".googlemail.com", "google", ""),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Who runs a mailbox, and how that was found, in words. `exchanger`: the first MX, empty where none was found.

    `runner` is empty where nothing tells, `cloud` where it is not Microsoft's. `incoming` and `outgoing` are the
    servers that the domain itself names, `guessed` one of its names that exists.
    """

    runner: Runner | Literal[""]
    how: str
    exchanger: str = ""
    incoming: Offered | None = None
    outgoing: Offered | None = None
    guessed: str = ""
    cloud: CloudKey | Literal[""] = ""


def found_by(domain: str) -> Found:
    """Look a domain up: its MX records, what it says of itself, then the usual names. Takes some seconds at most."""
    exchangers = mail_exchangers.mail_exchangers(domain, NAME_TIME)
    first = exchangers[0] if exchangers else ""
    at = next(
        ((of, cloud) for host in exchangers for end, of, cloud in _AT if f".{host}".endswith(end)), None
    )
    if at is not None:
        return Found(at[0], gettext("found by MX record"), first, cloud=at[1])
    written = in_ascii(domain)
    said = autoconfig.ask(autoconfig.address_of(written), _reach()) if is_host(written) else None
    if said is not None and said.incoming is not None:
        if said.incoming.host.endswith((".gmail.com", ".googlemail.com")):
            return Found("google", gettext("named by the domain itself"), first)
        if clouds := clouds_of(said.incoming.host):
            return Found("microsoft", gettext("named by the domain itself"), first, cloud=clouds[0].key)
        how = gettext("named by the domain itself")
        return Found("server", how, first, said.incoming, said.outgoing)
    guessed = mail_exchangers.first_that_is((f"imap.{domain}", f"mail.{domain}"), NAME_TIME)
    if guessed:
        return Found("server", gettext("%(host)s exists") % {"host": guessed}, first, guessed=guessed)
    if first:
        return Found("server", gettext("by MX record its own server"), first)
    return Found("", gettext("nothing was found, so please choose"))


def _reach() -> Server:
    return Server(
        host="",
        port=443,
        tls="implicit",
        connect_timeout=WEB_TIME,
        step_timeout=WEB_TIME,
        allow_private=private_networks_allowed(),
    )
