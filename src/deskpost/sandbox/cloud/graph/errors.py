"""Graph's refusals: status, code and words as Microsoft documents them."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from deskpost.sandbox.cloud.exchange import Request


class Refused(Exception):
    """A request that Graph answers with an error."""

    def __init__(self, status: int, code: str, words: str, headers: Mapping[str, str] | None = None) -> None:
        """Refuse with this status, this code and these words."""
        super().__init__(words)
        self.status = status
        self.code = code
        self.words = words
        self.headers = dict(headers or {})


def body_of(request: Request, code: str, words: str) -> dict[str, Any]:
    """Give the body of an error."""
    id = request_id(request)
    date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    inner = {"date": date, "request-id": id, "client-request-id": id}
    return {"error": {"code": code, "message": words, "innerError": inner}}


def request_id(request: Request) -> str:
    """Give the id of a request: the client's own, or a new one."""
    return request.headers.get("client-request-id") or str(uuid.uuid4())


def item_not_found() -> Refused:
    """Refuse, for there is no such message or folder."""
    return Refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def invalid_id() -> Refused:
    """Refuse, for what is asked for has no id of Exchange's kind."""
    return Refused(400, "ErrorInvalidIdMalformed", "Id is malformed.")


def access_denied() -> Refused:
    """Refuse, for the token has no scope for this, or the mailbox is not shared with its owner."""
    return Refused(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def bad_request(words: str, code: str = "BadRequest") -> Refused:
    """Refuse, for the request is wrong."""
    return Refused(400, code, words)


def no_segment(name: str) -> Refused:
    """Refuse, for an address has a part that Graph does not know."""
    return bad_request(f"Resource not found for the segment '{name}'.")
