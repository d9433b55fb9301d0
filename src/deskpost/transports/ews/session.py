"""EWS as one mailbox sees it: requests with the login, impersonation and patience that they need, answers read."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from deskpost.transports import between, ews_words, login_words, words
from deskpost.transports.errors import (
    ApplicationRefused,
    ConsentLost,
    LoginRefused,
    MessageRefused,
    ProtocolViolated,
    ServerUnreachable,
    ServiceEnded,
    TokenRefused,
    TransportError,
)
from deskpost.transports.ews import soap
from deskpost.transports.ews.refusals import error_of
from deskpost.transports.ews.soap import Message
from deskpost.transports.http import LARGEST, Answer, Http
from deskpost.transports.http_network import handed_over
from deskpost.transports.logins import BearerLogin, Credentials, Login
from deskpost.transports.renewal import renewed_once
from deskpost.transports.target import Target

REASON = "x-ews-policy-reason"
_EXCHANGE_S = (
    *("request-id", "x-ms-diagnostics", REASON, "x-feserver", "x-beserver", "x-calculatedbetarget"),
    *("x-diaginfo", "x-owa-version"),
)
_KEPT_OUT = (401, 440, 456)  # 440: the login has timed out; 456: the account is blocked at Microsoft 365


def _is_own(answer: Answer, login: Credentials) -> bool:
    """Tell whether it is Exchange that keeps somebody out, and not a proxy or web filter in its place.

    Exchange names itself in each answer, and IIS before it a way to log in that fits.
    """
    if any(answer.headers.get(name) for name in _EXCHANGE_S):
        return True
    offered = answer.headers.get("www-authenticate", "")
    if answer.status != 401 or not offered:
        return False
    is_for_tokens = re.search(r"(?:^|,)\s*bearer\b", offered, re.IGNORECASE) is not None
    return is_for_tokens or isinstance(login, Login) or not between.is_page(answer)


class Session:
    """Asks one EWS as one login. The token may be renewed on the way; then the fresh one is used from there on.

    Every method raises members of TransportError and nothing else.
    """

    def __init__(self, target: Target) -> None:
        """Raises AddressRefused, LoginRefused; nothing is dialled yet.

        A connect URL of http:// is taken where the server's `tls` is "none", and never for a token but on this machine.
        """
        assert target.login is not None, "a mailbox is opened as somebody"
        plain = target.server.tls == "none" and isinstance(target.login, Login)
        self._http = Http(target.address, target.server, connections=1, plain=plain)
        self._target = target
        self._login: Credentials = target.login
        self.place = self._http.server.place
        self.username = target.login.username
        self.mailbox = target.mailbox or self.username
        self._on_its_own = isinstance(target.login, BearerLogin) and target.login.on_its_own
        self.answered_at = datetime.now(UTC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    @property
    def is_named(self) -> bool:
        """Whether the mailbox has to be named, and is opened by a right that this login has there."""
        return not self._on_its_own and bool(self._target.mailbox)

    def ask(self, request: str, *, largest: int = LARGEST) -> list[Message]:
        """Send the XML of one operation, and give its response messages, also those that are not fine.

        `largest` bounds the answer, in bytes. Raises the error of a fault, which refuses the whole request.
        """
        body = soap.envelope(request, self._impersonation())

        def once(login: Credentials) -> Answer:
            with self._target.gate():
                answer = self._http.ask(
                    "POST", self._target.address, self._headers(login), body, largest=largest
                )
            self._login = login
            return self._let_in(answer, login)

        return self._read(renewed_once(once, self._login))

    def one(self, request: str, *, largest: int = LARGEST) -> Message:
        """Send an operation about one thing, and give its response message. Raises its error where it is not fine."""
        messages = self.ask(request, largest=largest)
        if len(messages) != 1:
            raise ProtocolViolated(ews_words.unreadable(self.place, "answers to other things"))
        if not messages[0].fine:
            raise self.error(messages[0])
        return messages[0]

    def error(self, message: Message) -> TransportError:
        """Give the error of a response message that is not fine."""
        return error_of(message, self.said(message), self.place, self.username, self.mailbox)

    def said(self, message: Message) -> str:
        """Give what the server said in a response message for people to read, without secrets."""
        return self._readable(message.said)

    def unreadable(self, why: str) -> ProtocolViolated:
        """Give the error of an answer that lacks what it must have; what was asked for may be done."""
        return handed_over(ProtocolViolated(ews_words.unreadable(self.place, why)))

    def _let_in(self, answer: Answer, login: Credentials) -> Answer:
        """Give an answer to somebody who was let in. Raises LoginRefused and its kin, ServiceEnded, AnsweredBetween."""
        self.answered_at = answer.at or self.answered_at
        if answer.status in (401, 403) and not _is_own(answer, login):
            raise between.answered(answer, self._readable)
        if answer.status in _KEPT_OUT:
            raise self._refused(answer, login)
        if answer.status != 403:
            return answer
        reason = self._readable(answer.headers.get(REASON, ""))
        if reason:
            raise ServiceEnded(ews_words.service_ended(self.place, reason), answer=reason)
        said = self._diagnosis(answer)
        kind = LoginRefused
        if isinstance(login, BearerLogin):
            kind = ApplicationRefused if login.on_its_own else ConsentLost
        raise kind(ews_words.kept_out(self.place, login.username, said), answer=said)

    def _refused(self, answer: Answer, login: Credentials) -> LoginRefused:
        said = self._diagnosis(answer)
        if isinstance(login, BearerLogin):
            sentence = login_words.token_refused(self.place, login.username, said)
            return TokenRefused(sentence, place=self.place, answer=said)
        offered = re.findall(r"(?:^|,)\s*([A-Za-z]+)(?=\s|,|$)", answer.headers.get("www-authenticate", ""))
        if offered and "basic" not in (one.lower() for one in offered):
            return LoginRefused(ews_words.basic_not_offered(self.place, ", ".join(offered)), answer=said)
        return LoginRefused(login_words.login_refused(self.place, login.username, said), answer=said)

    def _diagnosis(self, answer: Answer) -> str:
        told = answer.headers.get("x-ms-diagnostics", "")
        reason = re.search(r'reason="([^"]*)"', told)
        return self._readable(reason[1] if reason else told)

    def _read(self, answer: Answer) -> list[Message]:
        """Give what an answer holds; a SOAP fault comes with the status 500."""
        if answer.status == 413:
            raise MessageRefused(552, ews_words.mail_too_large(self.place, "413"), answer="413")
        if answer.status not in (200, 500):
            raise self._no_answer(answer)
        try:
            messages = soap.messages_of(soap.read(answer.body))
        except soap.Unreadable as problem:
            if answer.status != 200:
                raise self._no_answer(answer) from None
            if "html" in answer.headers.get("content-type", "").lower():
                raise handed_over(self._no_answer(answer)) from None
            raise self.unreadable(self._readable(str(problem))) from None
        if messages and messages[0].is_fault:
            raise self.error(messages[0])
        return messages

    def _no_answer(self, answer: Answer) -> TransportError:
        """Give what an answer means that is none of EWS. Behind a gateway that gave up it may be done all the same."""
        try:
            answer.usable()
        except ServerUnreachable as error:
            return error if answer.status == 503 else handed_over(error)
        except TransportError as error:
            return error
        return ProtocolViolated(ews_words.not_ews(self.place, answer.status))

    def _headers(self, login: Credentials) -> dict[str, str]:
        if isinstance(login, BearerLogin):
            authorization = f"Bearer {login.token}"
        else:
            both = f"{login.username}:{login.password}".encode("utf-8", "replace")
            authorization = f"Basic {base64.b64encode(both).decode('ascii')}"
        headers = {
            "Authorization": authorization,
            "Content-Type": "text/xml; charset=utf-8",
            "Accept": "text/xml",
            "User-Agent": "Deskpost",
        }
        if re.fullmatch(
            r"[\x21-\x7e]+@[\x21-\x7e]+", self.mailbox
        ):  # leads Microsoft 365 to the right server
            headers["X-AnchorMailbox"] = self.mailbox
        return headers

    def _impersonation(self) -> str:
        if not self._on_its_own:
            return ""
        address = soap.text(self.mailbox)
        return (
            "<t:ExchangeImpersonation><t:ConnectingSID>"
            f"<t:PrimarySmtpAddress>{address}</t:PrimarySmtpAddress>"
            "</t:ConnectingSID></t:ExchangeImpersonation>"
        )

    def _readable(self, told: str) -> str:
        raw = told.encode("utf-8", "replace")
        return words.readable(re.sub(self._secrets(), b"(hidden)", raw)).replace('"', "'")

    def _secrets(self) -> bytes:
        return b"|".join(self._traces()) or b"(?!)"

    def _traces(self) -> Iterator[bytes]:
        for login in {self._target.login, self._login}:
            yield from login.traces() if login is not None else ()
