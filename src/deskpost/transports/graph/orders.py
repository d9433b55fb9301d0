"""The ways in which a mail goes: in one request, or as a draft whose large files are added one by one."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any
from typing import Protocol as Interface

from deskpost.transports import graph_words
from deskpost.transports.errors import MessageRefused, TransportError
from deskpost.transports.graph.copies import drafts_of
from deskpost.transports.graph.folders import quoted
from deskpost.transports.graph.message import File
from deskpost.transports.graph.session import Session
from deskpost.transports.graph.uploads import upload
from deskpost.transports.http import Answer

REQUEST_LIMIT = 4 * 1024 * 1024  # bytes of a request
LARGEST_FILE = 150 * 1024 * 1024
_BY_SESSION = 3 * 1024 * 1024  # files from so many bytes on take an upload session, smaller ones may not
_LEFT_FREE = 16 * 1024
_ECHO = 4 * REQUEST_LIMIT  # bytes of an answer: Graph gives back what it was given
_MIME = {"Content-Type": "text/plain"}
_ACT = "take a draft"


class Order(Interface):
    """A mail that waits for nothing but the order to send it."""

    def send(self) -> Answer:
        """Give Graph's answer to the order."""

    def discard(self) -> None:
        """Take back what was made ahead, if anything was."""


def sent_as_mime(session: Session, content: bytes) -> Order:
    """Give the order to send MIME as it is."""
    return _AtOnce(session, base64.b64encode(content), _MIME)


def made_of(session: Session, message: dict[str, Any], files: Iterable[File]) -> Order:
    """Give a mail with its files: one request where they fit, else a draft. Raises members of TransportError."""
    whole, more = _filled(message, files)
    if more is None:
        return _AtOnce(session, {"message": whole, "saveToSentItems": True}, {})
    clear(session, message)
    return Draft.made(session, whole, more)


def draft_of_mime(session: Session, content: bytes) -> "Draft":
    """Make a draft of MIME as it is, and give it. Raises members of TransportError."""
    return Draft.made(session, base64.b64encode(content), (), _MIME)


def draft_of(session: Session, message: dict[str, Any], files: Iterable[File]) -> "Draft":
    """Make a draft of a mail with its files, and give it. Raises members of TransportError."""
    whole, more = _filled(message, files)
    return Draft.made(session, whole, more or ())


def clear(session: Session, message: Mapping[str, Any]) -> None:
    """Delete the drafts that earlier tries left of a mail. Raises members of TransportError."""
    if message_id := message.get("internetMessageId"):
        for left in drafts_of(session, message_id):
            Draft(session, left).discard()


class _AtOnce:
    """A mail that goes in one request."""

    def __init__(self, session: Session, body: Any, headers: Mapping[str, str]) -> None:
        self._session = session
        self._body = body
        self._headers = headers

    def send(self) -> Answer:
        return self._session.ask("POST", "/sendMail", self._body, self._headers)

    def discard(self) -> None:
        """Nothing was made ahead."""


class Draft:
    """A draft in the mailbox; its immutable id stays when it is sent."""

    def __init__(self, session: Session, id: str) -> None:
        """Take the one that has this id."""
        self._session = session
        self.id = id

    @classmethod
    def made(
        cls, session: Session, body: Any, files: Iterable[File], headers: Mapping[str, str] | None = None
    ) -> "Draft":
        """Make one, and add files to it. One that cannot be finished is deleted. Raises members of TransportError."""
        answer = session.ask("POST", "/messages", body, headers, largest=_ECHO)
        made = session.object_of(session.fine(answer, _ACT), _ACT)
        found = made.get("id")
        if not isinstance(found, str) or not found:
            raise session.violated(_ACT)
        draft = cls(session, found)
        try:
            for file in files:
                draft._add(file)
        except BaseException:
            draft.discard()
            raise
        return draft

    def send(self) -> Answer:
        """Give Graph's answer to the order to send it."""
        return self._session.ask("POST", f"/messages/{quoted(self.id)}/send")

    def discard(self) -> None:
        """Delete it, if that is possible."""
        with suppress(TransportError):
            self._session.ask("DELETE", f"/messages/{quoted(self.id)}")

    def _add(self, file: File) -> None:
        if len(file.content) > LARGEST_FILE:
            place, size = self._session.place, -(-len(file.content) // 1_000_000)
            raise MessageRefused(552, graph_words.attachment_too_large(place, file.name, size))
        if len(file.content) >= _BY_SESSION or file.length > REQUEST_LIMIT:
            upload(self._session, self.id, file)
            return
        path = f"/messages/{quoted(self.id)}/attachments"
        answer = self._session.ask("POST", path, file.json(), largest=_ECHO)
        self._session.fine(answer, _ACT)


def _filled(message: dict[str, Any], files: Iterable[File]) -> tuple[dict[str, Any], Iterable[File] | None]:
    """Give a mail with as many of its files as fit into the request, and those that do not; None where all do."""
    left = REQUEST_LIMIT - len(json.dumps(message)) - _LEFT_FREE
    inside: list[dict[str, Any]] = []
    more = iter(files)
    for file in more:
        if file.length > left or len(file.content) >= _BY_SESSION:
            return _with(message, inside), chain([file], more)
        inside.append(file.json())
        left -= file.length
    return _with(message, inside), None


def _with(message: dict[str, Any], files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {**message, "attachments": [*files]} if files else message
