"""Requests to Microsoft Graph about one mailbox: version, mailbox, token, immutable ids, and what refusals mean.

https://learn.microsoft.com/en-us/graph/use-the-api, https://learn.microsoft.com/en-us/graph/outlook-immutable-id
"""

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from deskpost.transports import graph_words, words
from deskpost.transports.errors import (
    AddressRefused,
    LoginRefused,
    MailboxMissing,
    ProtocolViolated,
    TransportError,
)
from deskpost.transports.graph.refusals import PATIENCE, error_of, is_own, right_is_missing, said
from deskpost.transports.http import LARGEST, Answer, Http, server_of
from deskpost.transports.logins import BearerLogin, Credentials
from deskpost.transports.renewal import renewed_once
from deskpost.transports.target import Target

READ_WRITE, SEND = "Mail.ReadWrite", "Mail.Send"
_VERSIONS = ("v1.0", "beta")
_VERSION = "v1.0"
_IMMUTABLE = 'IdType="ImmutableId"'


class Session:
    """One mailbox in Graph. Addresses are given without what comes before the mailbox: "/mailFolders/inbox"."""

    def __init__(self, target: Target, connections: int = 1) -> None:
        """Raises AddressRefused, LoginRefused, MailboxMissing; nothing is dialled yet."""
        self.base = _versioned(target.address)
        self.http = Http(self.base, target.server, connections)
        self.place = self.http.server.place
        self.login = _token_of(target.login, self.place)
        self.mailbox = target.mailbox or self.login.username
        self._shared = bool(target.mailbox) and target.mailbox.lower() != self.login.username.lower()
        self.gate = target.gate
        self.inbox = target.inbox
        self._asked_anew = False  # for a token with rights that the one before has not
        self.root = self.base + self._root(target)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        prefer: str = "",
        largest: int = LARGEST,
    ) -> Answer:
        """Give what Graph answers, whatever it is but a refused token: that is renewed once.

        An application on its own that lacks a right gets a fresh token too: the right may be new, and in no old one.
        `path` is one of the mailbox, or a whole address that Graph gave. `body`: bytes, or what goes as JSON.
        Raises what `Http.ask` raises, and ConsentLost.
        """
        address = path if "://" in path else self.root + path
        content, kind = _content(body)
        given = {**kind, **(headers or {}), "Prefer": f"{_IMMUTABLE}, {prefer}" if prefer else _IMMUTABLE}

        def act(login: Credentials) -> Answer:
            assert isinstance(login, BearerLogin)
            self.login = login
            said = {**given, "Accept": "application/json", "Authorization": f"Bearer {login.token}"}
            with self.gate():
                answer = self.http.ask(method, address, said, content, largest=largest)
                if answer.status in PATIENCE:  # raised in the gate, which makes all others wait as well
                    raise self.error(answer, "answer")
            if answer.status == 401 and is_own(answer):
                raise self.error(answer, "answer")
            return answer

        answer = renewed_once(act, self.login)
        if self.login.on_its_own and not self._asked_anew and right_is_missing(answer) and self.login.renew:
            self._asked_anew = True
            answer = renewed_once(act, self.login.renew())
        return answer

    def get(self, path: str, act: str, *, prefer: str = "", largest: int = LARGEST) -> dict[str, Any]:
        """Give the JSON object at an address. Raises members of TransportError; `act` says what was asked for."""
        return self.object_of(self.fine(self.ask("GET", path, prefer=prefer, largest=largest), act), act)

    def fine(self, answer: Answer, act: str, scope: str = READ_WRITE) -> Answer:
        """Give an answer that is no refusal; raises what a refusal means."""
        if 300 <= answer.status < 400:
            answer.usable()  # raises: a redirect is followed by nobody who carries a token
        if not answer.fine:
            raise self.error(answer, act, scope)
        return answer

    def error(self, answer: Answer, act: str, scope: str = READ_WRITE) -> TransportError:
        """Give what a refusal means."""
        needed = f"{scope}.Shared" if self._shared and not self.login.on_its_own else scope
        return error_of(answer, self.login, self.mailbox, needed, act)

    def told(self, answer: Answer) -> str:
        """Give what a refusal says, as people read it."""
        return said(answer, self.login).text

    def object_of(self, answer: Answer, act: str) -> dict[str, Any]:
        """Give the JSON object of an answer. Raises ProtocolViolated."""
        found = answer.json()
        if not isinstance(found, dict):
            raise self.violated(act)
        return found

    def violated(self, act: str) -> ProtocolViolated:
        """Give the error for an answer that is JSON and not Graph's."""
        return ProtocolViolated(graph_words.not_graph(self.place, f"when asked to {act}"))

    def is_here(self, link: str) -> bool:
        """Tell whether a link leads to this endpoint and not to another server."""
        try:
            there = server_of(link, self.http.server)
        except (AddressRefused, LoginRefused):
            return False
        here = self.http.server
        return (there.tls, there.host.lower(), there.port) == (here.tls, here.host.lower(), here.port)

    def _root(self, target: Target) -> str:
        if not target.mailbox and not self.login.on_its_own:
            return "/me"
        if not self.mailbox:
            raise MailboxMissing(graph_words.mailbox_unnamed(self.place))
        return f"/users/{quote(self.mailbox, safe='@')}"


def _versioned(address: str) -> str:
    """Give an endpoint with its version; that may be written or not."""
    base = address.strip().rstrip("/")
    last = base.rsplit("/", 1)[-1].lower()
    if "?" in base or "#" in base:
        raise AddressRefused(graph_words.endpoint_unusable(words.readable(base.partition("?")[0].encode())))
    return base if last in _VERSIONS else f"{base}/{_VERSION}"


def _token_of(login: Credentials | None, place: str) -> BearerLogin:
    if not isinstance(login, BearerLogin):
        raise LoginRefused(graph_words.token_only(place))
    return login


def _content(body: Any) -> tuple[bytes, dict[str, str]]:
    if body is None:
        return b"", {}
    if isinstance(body, bytes):
        return body, {}
    return json.dumps(body).encode(), {"Content-Type": "application/json"}
