"""The sentences people read about logging in at mail servers, with a password or with a token.

`place`, `answer`: as in `words`. `methods` are those that the server offers, with commas between them.
"""

from deskpost.transports.words import answered

_REGISTER = (
    "To do: have an administrator of Exchange Online make the application known there (New-ServicePrincipal with the "
    "client id and the object id of the enterprise application, not that of the app registration) and give it the "
    "mailbox (Add-MailboxPermission ... -AccessRights FullAccess); and see that it has the application permission for "
    "this protocol (IMAP.AccessAsApp, POP.AccessAsApp, SMTP.SendAsApp) with admin consent; Deskpost tries again by "
    "itself."
)


def login_refused(place: str, username: str, answer: str) -> str:
    return (
        f'{place} refused the login of "{username}".{answered(place, answer)} '
        "To do: check user name and password; some providers want a password made for this application."
    )


def login_by_password_is_over(place: str, answer: str) -> str:
    return (
        f"{place} no longer takes a user name with a password.{answered(place, answer)} "
        "To do: have basic authentication (SMTP AUTH) allowed for this mailbox, or choose OAuth 2.0 as the "
        "authentication type and connect."
    )


def login_by_password_is_gone(place: str, answer: str) -> str:
    return (
        f"{place} takes no user name with a password any more, and nobody can switch that on again."
        f"{answered(place, answer)} To do: choose OAuth 2.0 as the authentication type, and connect; "
        "or send through another server."
    )


def login_not_offered(place: str, methods: str) -> str:
    offered = f"it offers {methods}" if methods else "it offers none"
    return (
        f"{place} offers no login that Deskpost can use ({offered}); no password was sent. To do: choose "
        "TLS if it is off, for many servers offer a login only then; or the port for submission (587, 465); "
        'or untick "Requires authentication" if the server takes mail without.'
    )


def login_needs_tls(place: str, answer: str) -> str:
    said = answered(place, answer) if answer else " No password was sent."
    return (
        f"{place} takes no password over an open connection.{said} "
        "To do: switch TLS on for this server, by STARTTLS or from the first byte."
    )


def login_demanded(place: str, answer: str) -> str:
    return (
        f"{place} takes mail only after a login.{answered(place, answer)} "
        'To do: tick "Requires authentication" and give user name and password.'
    )


def login_not_writable(place: str) -> str:
    return (
        f"The user name or password for {place} holds a line break or a null byte, which no mail server "
        "takes. To do: type user name and password again."
    )


# With a token (OAuth 2.0)


def token_refused(place: str, username: str, answer: str) -> str:
    return (
        f'{place} refused the token for "{username}".{answered(place, answer)} '
        "To do: nothing, Deskpost fetches a fresh token and tries once more by itself."
    )


def token_refused_again(place: str, username: str, answer: str) -> str:
    return (
        f'{place} refused a fresh token for "{username}" too.{answered(place, answer)} '
        "To do: have an administrator at the provider check that this application has consent to this mailbox, "
        "and that whoever authorised it may open this mailbox."
    )


def mailbox_closed_to_token(place: str, username: str, answer: str) -> str:
    return (
        f'{place} took the token but does not open the mailbox "{username}".{answered(place, answer)} '
        "To do: nothing for a quarter of an hour, for Exchange Online says so at times and it passes: Deskpost tries "
        "again by itself with a fresh token. If it goes on, have an administrator at Microsoft 365 give FullAccess to "
        "this mailbox (Add-MailboxPermission) to the person who authorised it, and choose Reconnect."
    )


def mailbox_closed_to_application(place: str, username: str, answer: str) -> str:
    return (
        f'{place} took the token but does not open the mailbox "{username}" to the application on its own.'
        f"{answered(place, answer)} {_REGISTER}"
    )


def application_refused(place: str, username: str, answer: str) -> str:
    return (
        f'{place} refused the login of the application on its own at the mailbox "{username}", with a fresh token '
        f"too.{answered(place, answer)} {_REGISTER}"
    )


def sending_switched_off(place: str, answer: str) -> str:
    return (
        f"{place} takes no login for sending from this mailbox, for SMTP AUTH is switched off there."
        f"{answered(place, answer)} To do: have an administrator at Microsoft 365 switch it on for this mailbox "
        "(Set-CASMailbox -SmtpClientAuthenticationDisabled $false)."
    )


def token_login_not_offered(place: str, methods: str) -> str:
    offered = f"it offers {methods}" if methods else "it names no kind of login"
    return (
        f"{place} offers no login by a token ({offered}); no token was sent. To do: have OAUTHBEARER or XOAUTH2 "
        "switched on at the server; or use a password there; or choose another port or kind of TLS, "
        "for some servers offer it only then."
    )


def token_needs_tls(place: str) -> str:
    return (
        f"No connection to {place} was made: a token is sent only over a secret connection. "
        "To do: switch TLS on for this server, by STARTTLS or from the first byte."
    )


def token_not_writable(place: str) -> str:
    return (
        f"The user name or the token for {place} holds signs that no mail server takes; no token was sent. "
        "To do: type the user name again, and check what the token URL of the provider gives."
    )
