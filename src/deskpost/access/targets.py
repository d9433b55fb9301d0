"""From the settings of a mailbox or an outgoing server to what its protocol is opened with."""

from dataclasses import replace

from deskpost.access import consents, inboxes, proxy, wire_logs
from deskpost.access.columns import MailServerSettings
from deskpost.access.places import places
from deskpost.desk.installation import private_networks_allowed
from deskpost.transports.connection import Server, Tls
from deskpost.transports.logins import Credentials, Login
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.target import Target

_TLS: dict[str, Tls] = {"none": "none", "starttls": "starttls", "implicit": "implicit"}


def target_of(
    row: MailServerSettings, *, saved: MailServerSettings | None = None, step_time: float | None = None
) -> Target:
    """Give where to connect, as whom. Raises what getting a token raises, and SecretUnreadable.

    `row` may be one that is not saved; then `saved` is the one whose consent may count. `step_time` limits each step,
    in seconds, where somebody waits for the answer.
    """
    server = replace(server_of(row, step_time), log=wire_logs.recorder(row, saved))
    login = login_of(row, server, saved)
    mailbox = _mailbox_named(row, saved)
    if not PROTOCOLS[row.protocol].most_requests:
        return Target(server, login, row.address, mailbox)
    inbox = inboxes.Named(row.address, row.mailbox_opened)
    gate = places(inbox, row.client_id)
    return Target(server, login, row.address, mailbox, gate, inbox)


def _mailbox_named(row: MailServerSettings, saved: MailServerSettings | None) -> str:
    """Give the mailbox to name, empty for the login's own.

    EWS opens the own mailbox of whoever consented. Where the provider did not tell who that was, the user's is named,
    so that nobody else's is fetched.
    """
    if row.mailbox_to_open or row.protocol != "ews" or not row.by_consent or "@" not in row.username:
        return row.mailbox_to_open
    consent = consents.consent_of(row if row.pk is not None else saved or row)
    return row.username if consent is None or not consent.given_by else ""


def server_of(row: MailServerSettings, step_time: float | None = None) -> Server:
    """Give the mail server itself. Of one that is found by an address, how to reach it."""
    server = Server(
        host=row.host,
        port=row.port_reached,
        tls=_TLS[row.tls],
        verify_certificate=row.verify_certificate,
        ca_file=row.ca_file or None,
        allow_private=private_networks_allowed(),
        proxy=proxy.present() if row.proxy else None,
    )
    return server if step_time is None else replace(server, connect_timeout=step_time, step_timeout=step_time)


def provider_reach(server: Server) -> Server:
    """Give how to reach the provider that signs in at this server: the issuers of both are trusted."""
    return replace(server, host="", port=443, tls="implicit", verify_certificate=True, ca_beside=True)


def login_of(
    row: MailServerSettings, server: Server, saved: MailServerSettings | None = None
) -> Credentials | None:
    """Give how to sign in, None where no login is asked for."""
    match row.authentication:
        case MailServerSettings.Authentication.NONE:
            return None
        case MailServerSettings.Authentication.OAUTH:
            return consents.bearer(row, provider_reach(server), saved)
    return Login(row.username, row.password)
