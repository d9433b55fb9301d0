"""Upload sessions: large attachments of a draft in pieces, in order, to an address that needs no token.

https://learn.microsoft.com/en-us/graph/outlook-large-attachments
"""

from typing import Any

from deskpost.transports import between, http_words, words
from deskpost.transports.errors import ActRefused, ServerUnreachable, TransportError
from deskpost.transports.graph.folders import entries, quoted
from deskpost.transports.graph.message import File
from deskpost.transports.graph.refusals import PATIENCE
from deskpost.transports.graph.session import Session
from deskpost.transports.http import Answer, Http

PIECE = 10 * 320 * 1024  # bytes; Microsoft advises less than 4 MB
_TRIES = 3  # of one piece whose answer did not come
_ACT = "take an attachment"
_OUT_OF_ORDER = 416  # also what a piece gets that came, and whose answer was lost


def upload(session: Session, draft: str, file: File) -> None:
    """Attach a file to a draft. Raises members of TransportError."""
    item: dict[str, Any] = {"attachmentType": "file", "size": len(file.content), **file.item()}
    begin = f"/messages/{quoted(draft)}/attachments/createUploadSession"
    answer = session.ask("POST", begin, {"AttachmentItem": item})
    made = session.object_of(session.fine(answer, _ACT), _ACT)
    address = made.get("uploadUrl")
    if not isinstance(address, str):
        raise session.violated(_ACT)
    with Http(address, session.http.server, connections=1) as http:
        _Upload(session, http, address, draft, file).run()


class _Upload:
    """One file on its way."""

    def __init__(self, session: Session, http: Http, address: str, draft: str, file: File) -> None:
        self._session = session
        self._http = http
        self._address = address
        self._draft = draft
        self._file = file

    def run(self) -> None:
        for start in range(0, len(self._file.content), PIECE):
            if not self._taken(start, self._file.content[start : start + PIECE]):
                return

    def _taken(self, start: int, piece: bytes) -> bool:
        """Send a piece, again where no answer came; False when Graph has the whole file already."""
        total = len(self._file.content)
        fields = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {start}-{start + len(piece) - 1}/{total}",
        }
        lost: TransportError | None = None
        for _ in range(_TRIES):
            try:
                with self._session.gate():
                    answer = self._http.ask("PUT", self._address, fields, piece)
                    if answer.status in PATIENCE:
                        raise self._session.error(answer, _ACT)
            except ServerUnreachable as error:
                if error.met != "mail":
                    raise
                lost = error
                continue
            if answer.fine or (lost is not None and answer.status == _OUT_OF_ORDER):
                return True
            if lost is not None and start + len(piece) == total and self._is_attached():
                return False
            if answer.status in (500, 502, 504):
                lost = ServerUnreachable(http_words.out_of_order(answer.place, answer.status))
                continue
            raise self._refused(answer)
        raise lost or self._session.violated(_ACT)

    def _refused(self, answer: Answer) -> Exception:
        """Give what a refusal means; here no token was refused, and none would help."""
        if answer.status >= 400 and between.is_page(answer):
            return between.answered(answer, str)
        told = self._session.told(answer)
        return ActRefused(words.act_refused(self._http.server.place, _ACT, told), answer=told)

    def _is_attached(self) -> bool:
        """Tell whether the draft has the file: the answer to its last piece was lost."""
        path = f"/messages/{quoted(self._draft)}/attachments?$select=name,size"
        found = entries(self._session, self._session.get(path, _ACT), _ACT)
        return any(one.get("name") == self._file.name for one in found)
