"""A mailbox folder in Microsoft Graph as a Source: listed by delta queries, its mails known by immutable ids.

One request at a time. https://learn.microsoft.com/en-us/graph/outlook-immutable-id: compared with letter case.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from deskpost.transports import http_words
from deskpost.transports.errors import AnswerTooLarge, ProtocolViolated, ServerUnreachable
from deskpost.transports.graph import changes
from deskpost.transports.graph.folders import count_in, entries, folder_id, made, quoted, tell_inbox
from deskpost.transports.graph.headers import header_of
from deskpost.transports.graph.refusals import said
from deskpost.transports.graph.session import Session
from deskpost.transports.http import Answer
from deskpost.transports.source import Arrived, FolderEnd, RawMail, Sample, header_fields
from deskpost.transports.target import Target

Uids = list[str]

VALIDITY = "graph"
_UNTOLD_SIZE = (
    1_000_000  # bytes that a mail counts as where Graph tells none: a batch of such mails stays small
)
_BROKEN = frozenset(("errormimecontentconversionfailed", "errorcontentconversionfailed", "erroritemcorrupt"))
_NOTHING = "it answered without the mail"
_HEADER = "$select=parentFolderId,internetMessageId,internetMessageHeaders,subject,from,receivedDateTime"


@contextmanager
def open_graph(target: Target, folder: str = "INBOX", *, read_only: bool = False) -> Iterator["GraphSource"]:
    """One folder of the target's mailbox. Raises ServerUnreachable, LoginRefused, MailboxMissing and their kin."""
    with Session(target) as session:
        found = folder_id(session, folder)
        if folder.strip().lower() != "inbox":
            tell_inbox(session)
        elif session.inbox is not None:
            session.inbox.told(found)
        yield GraphSource(session, found)


class GraphSource:
    """A Source over Graph. Uids are immutable ids; the bookmark is the link of a delta query."""

    validity = VALIDITY
    moves_by_copy = False

    def __init__(self, session: Session, folder: str) -> None:
        """Work in the folder of this id."""
        self._session = session
        self._folder = folder
        self._listed: dict[str, changes.Listed] = {}
        self._link: str | None = None
        self._everything: changes.Round | None = None

    def list(self, after: str | None, since: datetime | None) -> Uids:
        """What came, changed or moved in since the link `after`, and was received at or after `since`.

        All again when Graph knows the link no more. Since a moment it is chosen from the last list of all, for
        that is a long way: what came meanwhile is told by that list's link.
        """
        found = changes.since_link(self._session, after) if after else None
        found = found or self._all(anew=since is None)
        if since is not None:
            found = found.received_since(since)
        self._link = found.link
        self._listed = {one.uid: one for one in found.mails}
        return [one.uid for one in found.mails]

    def bookmark(self, uid: str | None) -> str | None:
        """The delta link of the last `list`; none for a mail in the middle."""
        return self._link if uid is None else None

    def listed(self, uids: Sequence[str]) -> set[str]:
        """None: a mail of which `sizes` tells nothing is gone."""
        return set()

    def newest(self) -> str | None:
        """None: ids do not grow."""
        return None

    def sizes(self, uids: Sequence[str]) -> dict[str, int]:
        """What Exchange takes each mail for, which is near its bytes; those not listed just now are asked for."""
        for uid in uids:
            if uid not in self._listed:
                self._look_at(uid)
        return {uid: self._size(uid) for uid in uids if uid in self._listed}

    def fetch(self, uids: Sequence[str], max_bytes: int) -> Iterator[RawMail]:
        """The MIME of each; of one over the limit, by its estimate or in truth, its header alone."""
        for uid in uids:
            mail = self._fetched(uid, max_bytes)
            if mail is not None:
                yield mail

    def message_id_headers(self, uids: Sequence[str]) -> dict[str, bytes]:
        """The Message-ID as Exchange knows it; `sizes` asks for it as well."""
        self.sizes(uids)
        found = {uid: self._listed[uid].message_id for uid in uids if uid in self._listed}
        return {
            uid: f"Message-ID: {text}\r\n".encode("utf-8", "replace") if text else b""
            for uid, text in found.items()
        }

    def mark_read(self, uids: Sequence[str]) -> None:
        """Set isRead; a mail that is gone is left out."""
        for uid in uids:
            self._act("PATCH", uid, "", {"isRead": True}, "mark a mail as read")

    def mark_unread(self, uids: Sequence[str]) -> None:
        """Take isRead away; a mail that is gone is left out."""
        for uid in uids:
            self._act("PATCH", uid, "", {"isRead": False}, "mark a mail as unread")

    def delete(self, uids: Sequence[str]) -> None:
        """Delete as a mail program does: into Deleted Items. A mail that is gone is left out."""
        for uid in uids:
            self._act("DELETE", uid, "", None, "delete a mail")

    def move(self, uids: Sequence[str], folder: str) -> None:
        """Move; the immutable id stays. A mail that is gone is left out. Raises MailboxMissing."""
        there = folder_id(self._session, folder)
        for uid in uids:
            self._act("POST", uid, "/move", {"destinationId": there}, "move a mail")

    def make_folder(self, folder: str) -> str:
        """Make each level of its path that is not there; known by the same path."""
        made(self._session, folder)
        return folder

    def count_in(self, folder: str) -> int:
        """totalItemCount of the folder. Raises MailboxMissing."""
        return count_in(self._session, folder)

    def are_one(self, folder: str, other: str) -> bool:
        """By their ids. Raises MailboxMissing."""
        return folder_id(self._session, folder) == folder_id(self._session, other)

    def end_of(self, folder: str) -> FolderEnd | None:
        """The present second by Graph's clock: what arrives later has no earlier time. Raises MailboxMissing."""
        answer = self._session.ask(
            "GET", f"/mailFolders/{quoted(folder_id(self._session, folder))}?$select=id"
        )
        self._session.fine(answer, "open the folder")
        return FolderEnd(VALIDITY, int((answer.at or datetime.now(UTC)).timestamp()))

    def arrived_since(self, folder: str, end: FolderEnd) -> Sequence[Arrived]:
        """None: moving is one step, so no copy is looked for."""
        return ()

    def junk_folder(self) -> str | None:
        """The well-known one, which every mailbox has."""
        return "junkemail"

    def count_since(self, folder: str, end: FolderEnd) -> int:
        """How many mails a folder received since that second. Raises MailboxMissing."""
        since = changes.moment(datetime.fromtimestamp(end.next_uid, UTC))
        there = quoted(folder_id(self._session, folder))
        path = f"/mailFolders/{there}/messages?$filter=receivedDateTime%20ge%20{since}&$count=true&$top=1&$select=id"
        return self._count(self._session.get(path, "count mails"))

    def oldest(self) -> Sample | None:
        """The mail that was received first."""
        path = f"/mailFolders/{quoted(self._folder)}/messages?{_HEADER}&{changes.EXPAND_SIZE}"
        page = self._session.get(f"{path}&$orderby=receivedDateTime&$top=1&$count=true", "list mails")
        for one in entries(self._session, page, "list mails")[:1]:
            fields = header_fields(header_of(one))
            return Sample(str(one.get("id", "")), changes.size_in(one) or 0, fields, self._count(page))
        return None

    def _all(self, *, anew: bool) -> changes.Round:
        if anew or self._everything is None:
            self._everything = changes.everything(self._session, self._folder)
        return self._everything

    def _count(self, page: dict[str, Any]) -> int:
        count = page.get("@odata.count")
        if not isinstance(count, int):
            raise self._session.violated("count mails")
        return count

    def _size(self, uid: str) -> int:
        size = self._listed[uid].size
        return _UNTOLD_SIZE if size is None else size

    def _look_at(self, uid: str) -> None:
        """Ask about one mail, and note it if it is still in this folder."""
        select = "$select=parentFolderId,receivedDateTime,internetMessageId"
        found = self._one(uid, f"{select}&{changes.EXPAND_SIZE}")
        if found is not None and found.get("parentFolderId") == self._folder:
            message_id = str(found.get("internetMessageId") or "")
            self._listed[uid] = changes.Listed(uid, "", message_id, changes.size_in(found))

    def _one(self, uid: str, query: str) -> dict[str, Any] | None:
        answer = self._session.ask("GET", f"/messages/{quoted(uid)}?{query}")
        if self._gone(answer):
            return None
        return self._session.object_of(self._session.fine(answer, "give a mail"), "give a mail")

    def _fetched(self, uid: str, max_bytes: int) -> RawMail | None:
        if self.sizes([uid]).get(uid, 0) > max_bytes:
            return self._header_alone(uid, max_bytes)
        try:
            answer = self._session.ask("GET", f"/messages/{quoted(uid)}/$value", largest=max_bytes)
        except AnswerTooLarge:
            return self._header_alone(uid, max_bytes)
        if self._gone(answer):
            return None
        if not answer.fine and (what := said(answer, self._session.login)).code in _BROKEN:
            return RawMail(uid, self._size_told(uid) or 0, b"", False, what.text)
        content = self._session.fine(answer, "give a mail").body
        if not answer.end_is_told:
            raise ServerUnreachable(http_words.broken(answer.place))  # it may be half a mail
        if answer.status != 200 or answer.headers.get("content-type", "").lower().startswith("text/html"):
            raise ProtocolViolated(http_words.not_json(answer.place, answer.status))
        # A mail is told from others by its Message-ID; the estimate changes when somebody puts a flag on it.
        told = self._listed.get(uid)
        listed = None if told is None or told.message_id else self._size(uid)
        return RawMail(uid, len(content), content, False, "" if content else _NOTHING, listed)

    def _header_alone(self, uid: str, max_bytes: int) -> RawMail | None:
        found = self._one(uid, _HEADER)
        if found is None:
            return None
        return RawMail(uid, max(self._size_told(uid) or 0, max_bytes + 1), header_of(found), True)

    def _size_told(self, uid: str) -> int | None:
        told = self._listed.get(uid)
        return told.size if told else None

    def _act(self, method: str, uid: str, tail: str, body: dict[str, Any] | None, act: str) -> None:
        answer = self._session.ask(method, f"/messages/{quoted(uid)}{tail}", body)
        if not self._gone(answer):
            self._session.fine(answer, act)

    def _gone(self, answer: Answer) -> bool:
        return not answer.fine and said(answer).not_there
