"""Upload sessions: large attachments in pieces, to another host and without a token."""

import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from deskpost.sandbox.cloud import hosts
from deskpost.sandbox.cloud.exchange import Request, Response, of_json
from deskpost.sandbox.cloud.graph import attachments, composing
from deskpost.sandbox.cloud.graph.call import Call, State, user_id
from deskpost.sandbox.cloud.graph.errors import Refused, bad_request, item_not_found
from deskpost.sandbox.cloud.graph.messages_json import moment

SMALLEST = attachments.SMALL
LARGEST = 150 * 1024 * 1024
LARGEST_PIECE = 4 * 1024 * 1024
LASTS = timedelta(days=1)
RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})", re.ASCII)
TOKEN = re.compile(r"(?:^|&)authtoken=([^&]+)", re.IGNORECASE)
LOOPBACK = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}


@dataclass(slots=True)
class Upload:
    """A file on its way, and the call that began it."""

    call: Call
    message: str  # the immutable id of the draft
    item: dict[str, Any]  # the attachmentItem
    size: int
    expires: datetime
    content: bytearray = field(default_factory=bytearray)


def create(call: Call) -> Response:
    """Begin an upload session."""
    data = call.json()
    given = data.get("AttachmentItem", data.get("attachmentItem"))
    if not isinstance(given, dict) or not isinstance(given.get("size"), int) or not given.get("name"):
        raise bad_request("Required parameter 'AttachmentItem' is missing.", "ErrorRequiredParameterMissing")
    if given["size"] < SMALLEST:
        words = "The attachment size should not be less than the minimum size for upload sessions."
        raise bad_request(words, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize")
    if given["size"] > LARGEST:
        raise bad_request("The attachment exceeds the size limit.", "ErrorAttachmentSizeLimitExceeded")
    item = call.item()
    if not item.is_draft:
        raise bad_request("The operation can only be performed on a draft message.", "ErrorInvalidOperation")
    token = secrets.token_urlsafe(48)
    upload = Upload(call, item.immutable_id, given, given["size"], datetime.now(UTC) + LASTS)
    call.state.uploads[token] = upload
    host = LOOPBACK.get(call.request.host, hosts.cloud_of(call.request.host).outlook[-1])
    port = call.request.headers.get("host", "").partition(":")[2]
    base = f"{call.request.scheme}://{host}{':' + port if port else ''}"
    session = f"AAMkS{uuid.uuid4().hex}"
    address = f"{base}{_path(upload, item.id)}/AttachmentSessions('{session}')?authtoken={token}"
    return of_json(
        {
            "@odata.context": f"{call.version}/$metadata#microsoft.graph.uploadSession",
            "uploadUrl": address,
            "expirationDateTime": moment(upload.expires),
            "nextExpectedRanges": ["0-"],
        },
        201,
    )


def found(state: State, request: Request) -> Upload | None:
    """Give the upload that an address is of."""
    match = TOKEN.search(request.query)
    upload = state.uploads.get(match[1]) if match else None
    return upload if upload and upload.expires > datetime.now(UTC) else None


def answer(state: State, request: Request) -> Response:
    """Take a piece, or call the upload off. Raises Refused."""
    upload = found(state, request)
    if upload is None:
        raise Refused(401, "InvalidAuthenticationToken", "The authtoken of the upload session is not valid.")
    if "authorization" in request.headers:
        raise Refused(
            401, "InvalidAudienceUri", "The audience claim value is invalid. Send no Authorization."
        )
    if request.method == "DELETE":
        _forget(state, upload)
        return Response(204)
    if request.method != "PUT":
        raise Refused(405, "ErrorMethodNotAllowed", "The HTTP method is not allowed for this resource.")
    with state.lock:
        return _take(state, request, upload)


def _take(state: State, request: Request, upload: Upload) -> Response:
    match = RANGE.fullmatch(request.headers.get("content-range", "").strip())
    if match is None:
        raise bad_request("The Content-Range header is missing or malformed.", "ErrorContentRangeInvalid")
    start, end, total = (int(number) for number in match.groups())
    if len(request.body) > LARGEST_PIECE:
        raise Refused(413, "RequestEntityTooLarge", "The piece is larger than 4 MB.")
    if total != upload.size or end - start + 1 != len(request.body):
        words = "Declared total size or range differs from that of the upload session."
        raise bad_request(words, "fragmentLengthMismatch")
    if start != len(upload.content) or end >= total:
        raise Refused(416, "invalidRange", "Uploaded fragment is out of order.")
    upload.content += request.body
    if len(upload.content) == upload.size:
        return _attached(state, upload)
    next_one = str(len(upload.content))
    return of_json({"ExpirationDateTime": moment(upload.expires), "nextExpectedRanges": [next_one]})


def _attached(state: State, upload: Upload) -> Response:
    _forget(state, upload)
    call, store = upload.call, state.cloud.store
    with store.lock:
        item = call.mailbox.item(upload.message)
        if item is None:
            raise item_not_found()
        found = attachments.attach(call, item, composing.part_of(upload.item, bytes(upload.content)))
        address = f"{_path(upload, item.id)}/Attachments('{attachments.id_of(call, item, found)}')"
    host = hosts.cloud_of(call.request.host).outlook[-1]
    return Response(201, b"", {"Location": f"https://{host}{address}"})


def _path(upload: Upload, message: str) -> str:
    owner = f"{user_id(upload.call.mailbox.address)}@{upload.call.state.cloud.tenant}"
    return f"/api/v2.0/Users('{owner}')/Messages('{message}')"


def _forget(state: State, upload: Upload) -> None:
    with state.lock:
        for token in [token for token, one in state.uploads.items() if one is upload]:
            del state.uploads[token]
