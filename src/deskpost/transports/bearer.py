"""Logging in with a bearer token: SASL OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's, and all that Microsoft has)."""

import base64
import json
import re
from collections.abc import Callable, Collection

from deskpost.transports import login_words
from deskpost.transports.connection import Server
from deskpost.transports.errors import (
    ApplicationRefused,
    ConsentLost,
    LoginRefused,
    MailboxClosed,
    TokenRefused,
    TransportError,
)
from deskpost.transports.logins import BearerLogin, Credentials
from deskpost.transports.sasl import Exchange

_UNWRITABLE = re.compile("[\0-\x1f\x7f\ud800-\udfff]")  # \x01 parts the fields of both messages
_TOKEN = re.compile(r"[\x21-\x7e]+")
_EXPLAINS = ("status", "schemes", "scope")
# Exchange Online lets the token in and then has no mailbox for it: it may not open this one, or Exchange fails inside.
_NOT_CONNECTED = re.compile(r"User is authenticated but not connected", re.IGNORECASE)
_SENDING_OFF = re.compile(r"SmtpClientAuthentication is disabled", re.IGNORECASE)  # 535 5.7.139


def refuse_in_clear(server: Server, login: Credentials | None) -> None:
    """Raise LoginRefused, before anything is dialled, where a token would cross the network in clear."""
    if isinstance(login, BearerLogin) and server.overheard:
        raise LoginRefused(login_words.token_needs_tls(server.place))


def exchange(server: Server, login: BearerLogin, offered: Collection[str]) -> Exchange:
    """Give the exchange for the best mechanism among those that the server offers, in capitals.

    Raises LoginRefused when it offers none for tokens, or when it cannot be told this user name or token.
    """
    if _UNWRITABLE.search(login.username) or not _TOKEN.fullmatch(login.token):
        raise LoginRefused(login_words.token_not_writable(server.place))
    if "OAUTHBEARER" in offered:
        return Exchange("OAUTHBEARER", _oauthbearer(server, login), ending=b"AQ==")  # RFC 7628 section 3.2.3
    if "XOAUTH2" in offered:
        return Exchange("XOAUTH2", _xoauth2(login), ending=b"")
    raise LoginRefused(login_words.token_login_not_offered(server.place, ", ".join(offered)))


def refused(place: str, login: BearerLogin, answer: str) -> TransportError:
    """Give the error for the server's "no" to a token."""
    sentence = login_words.token_refused(place, login.username, answer)
    again = login_words.application_refused(place, login.username, answer)
    return kept_out(place, login, answer) or TokenRefused(sentence, place=place, answer=answer, again=again)


def kept_out(place: str, login: Credentials | None, answer: str) -> LoginRefused | None:
    """Give the error when these words say that another token at once would be no better, None when they do not.

    It is MailboxClosed or ConsentLost, and of an application on its own ApplicationRefused.
    """
    if not isinstance(login, BearerLogin):
        return None
    if _NOT_CONNECTED.search(answer):
        if login.on_its_own:
            words = login_words.mailbox_closed_to_application(place, login.username, answer)
            return ApplicationRefused(words, answer=answer)
        words = login_words.mailbox_closed_to_token(place, login.username, answer)
        return MailboxClosed(words, answer=answer)
    kind = ApplicationRefused if login.on_its_own else ConsentLost
    if sending_is_off(answer):
        return kind(login_words.sending_switched_off(place, answer), answer=answer)
    return None


def sending_is_off(answer: str) -> bool:
    """True when Exchange Online takes no login at all for sending from this mailbox."""
    return _SENDING_OFF.search(answer) is not None


def explained(answer: str, complaint: bytes, readable: Callable[[bytes], str]) -> str:
    """Give a server's answer with what it said of the token before: status, schemes, scope. RFC 7628 section 3.2.2."""
    told = _told(complaint, readable).replace('"', "'")
    return f"{answer} ({told})".strip() if told else answer


def _told(complaint: bytes, readable: Callable[[bytes], str]) -> str:
    try:
        found = json.loads(complaint)
    except (ValueError, RecursionError):
        return readable(complaint)
    if not isinstance(found, dict):
        return readable(complaint)
    values = ((name, found.get(name)) for name in _EXPLAINS)
    plain = [(name, str(value)) for name, value in values if isinstance(value, str | int) and value != ""]
    return ", ".join(f"{name} {readable(value.encode('utf-8', 'replace'))}" for name, value in plain)


def _oauthbearer(server: Server, login: BearerLogin) -> bytes:
    """RFC 7628 section 3.1; the user name in the GS2 header has its comma and equals sign written as codes."""
    user = login.username.replace("=", "=3D").replace(",", "=2C")
    place = f"host={server.host}\x01port={server.port}"
    return base64.b64encode(f"n,a={user},\x01{place}\x01auth=Bearer {login.token}\x01\x01".encode())


def _xoauth2(login: BearerLogin) -> bytes:
    return base64.b64encode(f"user={login.username}\x01auth=Bearer {login.token}\x01\x01".encode())
