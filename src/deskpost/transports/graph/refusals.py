"""What Graph's answers mean: its codes, turned into the family of errors.

https://learn.microsoft.com/en-us/graph/errors, https://learn.microsoft.com/en-us/graph/throttling
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from deskpost.transports import between, graph_words, http_words, login_words, words
from deskpost.transports.errors import (
    ActRefused,
    ApplicationRefused,
    ConsentLost,
    MailboxMissing,
    ServerUnreachable,
    Throttled,
    TokenRefused,
    TransportError,
)
from deskpost.transports.http import Answer
from deskpost.transports.logins import BearerLogin
from deskpost.transports.throttling import sending_limit_reached

PATIENCE = (429, 503)  # the statuses with which Graph asks to wait
_NAMES_OF_REQUESTS = ("request-id", "client-request-id", "x-ms-ags-diagnostic")
_CHALLENGE = re.compile(r"^\s*bearer\b.*\b(error|authorization_uri)=", re.IGNORECASE)
_NO_MAILBOX = frozenset(
    (
        *("mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi", "mailboxnothostedinexchangeonline"),
        *("errorinvaliduser", "errornonexistentmailbox", "errormissingemailaddress"),
        *("request_resourcenotfound", "resourcenotfound"),
    )
)
_TOKEN_EXPIRED = frozenset(
    ("syncstatenotfound", "syncstateinvalid", "resyncrequired", "errorinvalidsyncstatedata")
)
_NOT_THERE = frozenset(
    (
        *("erroritemnotfound", "errorfoldernotfound", "errormessagenotfound", "errorinvalididmalformed"),
        "errorinvalidmailboxitemid",  # it is of another mailbox
    )
)


@dataclass(frozen=True, slots=True)
class Said:
    """What Graph said when it refused: status, code in lower case, and both as people read them."""

    status: int
    code: str
    text: str
    own: bool = True  # else something between said it

    @property
    def not_there(self) -> bool:
        """The mail or folder is gone, or was moved away."""
        return self.own and (self.code in _NOT_THERE or (self.status == 404 and self.code not in _NO_MAILBOX))

    @property
    def start_anew(self) -> bool:
        """A delta token is good no more: everything has to be listed again."""
        return self.own and (self.status == 410 or self.code in _TOKEN_EXPIRED)


def said(answer: Answer, login: BearerLogin | None = None) -> Said:
    """Read a refusal; of a page in HTML, or a body that is cut off, the status is all."""
    error = _error_in(answer)
    code, message = str(error.get("code") or ""), str(error.get("message") or "")
    told = f"{code}: {message}".strip(": ") if code or message else f"status {answer.status}"
    text = words.readable(_hidden(told.encode("utf-8", "replace"), login))
    return Said(answer.status, code.lower(), text, _is_own(answer, error))


def is_own(answer: Answer) -> bool:
    """Tell whether it is Graph that refuses, and not a proxy or web filter in its place."""
    return _is_own(answer, _error_in(answer))


def right_is_missing(answer: Answer) -> bool:
    """Tell whether Graph itself says that this application may not do what was asked."""
    if answer.status != 403 or not is_own(answer):
        return False
    what = said(answer)
    return not what.code.startswith("errorsend") and not sending_limit_reached(what.text)


def error_of(answer: Answer, login: BearerLogin, mailbox: str, scope: str, act: str) -> TransportError:
    """Give what a refusal means. `scope`: what is needed for this; `act`: what was asked for, as in "list mails"."""
    place, what = answer.place, said(answer, login)
    if answer.status in PATIENCE:
        return Throttled(words.throttled(place, what.text), retry_after=answer.retry_after, answer=what.text)
    if not what.own and 400 <= answer.status < 500 and answer.status != 413:
        return between.answered(answer, lambda told: _hidden(told.encode("utf-8", "replace"), login).decode())
    if answer.status == 401:
        return TokenRefused(
            login_words.token_refused(place, mailbox, what.text), place=place, answer=what.text
        )
    if answer.status == 403 and login.on_its_own:
        return ApplicationRefused(
            graph_words.right_missing(place, mailbox, scope, what.text), answer=what.text
        )
    if answer.status == 403:
        return ConsentLost(graph_words.scope_missing(place, mailbox, scope, what.text), answer=what.text)
    if what.code in _NO_MAILBOX:
        return MailboxMissing(graph_words.mailbox_missing(place, mailbox, what.text), answer=what.text)
    if answer.status >= 500:
        return ServerUnreachable(http_words.out_of_order(place, answer.status), answer=what.text)
    return ActRefused(words.act_refused(place, act, what.text), answer=what.text)


def _error_in(answer: Answer) -> dict[str, Any]:
    """Give the object that Graph explains a refusal with; empty where there is none."""
    try:
        error = json.loads(answer.body)["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return error if isinstance(error, dict) else {}


def _is_own(answer: Answer, error: dict[str, Any]) -> bool:
    """Graph names the request in each answer, and explains by a code, or at a token by its challenge alone."""
    inner = error.get("innerError")
    named = any(answer.headers.get(name) for name in _NAMES_OF_REQUESTS)
    named = named or (isinstance(inner, dict) and bool(inner.get("request-id")))
    if isinstance(error.get("code"), str) and error["code"] and named:
        return True
    challenge = answer.headers.get("www-authenticate", "")
    return answer.status == 401 and _CHALLENGE.search(challenge) is not None and not between.is_page(answer)


def _hidden(text: bytes, login: BearerLogin | None) -> bytes:
    """Give a text without the token, whoever may have put it in."""
    if login is not None:
        for trace in login.traces():
            text = re.sub(trace, b"...", text)
    return text
