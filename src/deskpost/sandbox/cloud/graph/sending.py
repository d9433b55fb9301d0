"""sendMail, the sending of drafts, and answers to a message: as drafts, or sent at once."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from typing import Any, Literal

from deskpost.sandbox.cloud.exchange import Response
from deskpost.sandbox.cloud.graph import composing, messages, reading
from deskpost.sandbox.cloud.graph.call import Call
from deskpost.sandbox.cloud.graph.errors import Refused, bad_request
from deskpost.sandbox.cloud.outgoing import submit

Answer = Literal["reply", "replyAll", "forward"]
MOST_RECIPIENTS = 500
STRUCTURED = "structured"  # property of a draft that was made of JSON


def send_mail(call: Call) -> Response:
    """Send a mail, of JSON or of MIME; nothing of it lies in Drafts."""
    if messages.is_mime(call):
        _send(call, composing.decoded_mime(call.request.body), save_to="sentitems", structured=False)
        return Response(202)
    data = call.json()
    given = data.get("message", data.get("Message"))
    if not isinstance(given, dict):
        raise bad_request("Required parameter 'Message' is missing.", "ErrorRequiredParameterMissing")
    saves = str(data.get("saveToSentItems", data.get("SaveToSentItems", True))).lower() != "false"
    raw = composing.as_bytes(composing.new_draft(call.mailbox, given))
    _send(call, raw, save_to="sentitems" if saves else None, structured=True)
    return Response(202)


def send_draft(call: Call) -> Response:
    """Send a draft; its copy in Sent Items keeps the immutable id, as Microsoft has it, unless it does not."""
    store = call.state.cloud.store
    with store.lock:
        item = call.item()
        if not item.is_draft:
            raise bad_request(
                "The operation can only be performed on a draft message.", "ErrorInvalidOperation"
            )
        _allow(call, item.raw)
        store.delete(call.mailbox, item)
    structured = bool(item.properties.get(STRUCTURED))
    kept = item.immutable_id if call.state.cloud.habits.keep_draft_id else None
    _send(call, item.raw, save_to="sentitems", structured=structured, immutable_id=kept)
    return Response(202)


def create_reply(call: Call) -> Response:
    """Make a draft that answers a message's sender."""
    return _drafted(call, "reply")


def create_reply_all(call: Call) -> Response:
    """Make a draft that answers everybody."""
    return _drafted(call, "replyAll")


def create_forward(call: Call) -> Response:
    """Make a draft that forwards a message."""
    return _drafted(call, "forward")


def reply(call: Call) -> Response:
    """Answer a message's sender at once."""
    return _answered(call, "reply")


def reply_all(call: Call) -> Response:
    """Answer everybody at once."""
    return _answered(call, "replyAll")


def forward(call: Call) -> Response:
    """Forward a message at once."""
    return _answered(call, "forward")


def _drafted(call: Call, kind: Answer) -> Response:
    raw = _answer(call, kind)
    store = call.state.cloud.store
    item = store.put(call.mailbox, raw, "drafts", is_read=True, is_draft=True)
    item.properties[STRUCTURED] = not messages.is_mime(call)
    return messages.of_message(call, item, 201)


def _answered(call: Call, kind: Answer) -> Response:
    raw = _answer(call, kind)
    _send(call, raw, save_to="sentitems", structured=not messages.is_mime(call))
    return Response(202)


def _answer(call: Call, kind: Answer) -> bytes:
    item = call.item()
    original = item.message
    if messages.is_mime(call):
        raw, _ = messages.draft_of(call)
        return raw
    data = call.json()
    given, comment = data.get("message") or {}, data.get("comment")
    if not isinstance(given, dict) or (comment and "body" in given):
        raise bad_request("Either comment or the body of the message can be given.", "ErrorInvalidRequest")
    draft = composing.new_draft(call.mailbox, _begun(call, original, kind))
    if "body" not in given:
        kind_of_body, content = composing.quoting(original, str(comment or ""), escape)
        parts = [one.part for one in reading.attachments(original)] if kind == "forward" else []
        draft = composing.rebuilt(draft, kind_of_body, content, parts)
    _thread(draft, original)
    extra = {"toRecipients": data["toRecipients"]} if data.get("toRecipients") else {}
    return composing.as_bytes(composing.changed(call.mailbox, draft, {**extra, **given}))


def _begun(call: Call, original: EmailMessage, kind: Answer) -> dict[str, Any]:
    subject = reading.text_of(original, "subject")
    prefix = "FW: " if kind == "forward" else "RE: "
    begun: dict[str, Any] = {
        "subject": subject if subject.upper().startswith(prefix.strip()) else prefix + subject
    }
    if kind == "forward":
        return begun
    to = reading.people(original, "reply-to") or reading.people(original, "from")
    copies: list[dict[str, Any]] = []
    if kind == "replyAll":
        to = to + reading.people(original, "to")
        copies = reading.people(original, "cc")
    own = call.mailbox.address
    begun["toRecipients"] = [one for one in to if _address(one) != own] or to[:1]
    begun["ccRecipients"] = [one for one in copies if _address(one) != own]
    return begun


def _address(one: dict[str, Any]) -> str:
    return str(one["emailAddress"]["address"]).lower()


def _thread(draft: EmailMessage, original: EmailMessage) -> None:
    identity = reading.text_of(original, "message-id").strip()
    if identity:
        earlier = reading.text_of(original, "references") or reading.text_of(original, "in-reply-to")
        draft["In-Reply-To"] = identity
        draft["References"] = f"{earlier} {identity}".strip()


def _send(
    call: Call, raw: bytes, *, save_to: str | None, structured: bool, immutable_id: str | None = None
) -> None:
    _allow(call, raw)
    cloud = call.state.cloud
    twice = cloud.meet("graph", call.mailbox.address, call.request.path, ("deliver_twice",)) is not None
    submit(
        cloud,
        call.mailbox,
        raw,
        save_to=save_to,
        immutable_id=immutable_id,
        structured=structured,
        twice=twice,
    )


def _allow(call: Call, raw: bytes) -> None:
    """Raise Refused where a mail has nobody to go to, too many, or a sender that this mailbox may not be."""
    message = message_from_bytes(raw, policy=policy.default)
    people = [one for name in ("to", "cc", "bcc") for one in reading.people(message, name)]
    if not people or not all("@" in _address(one) for one in people):
        raise bad_request("At least one recipient is not valid.", "ErrorInvalidRecipients")
    if len(people) > MOST_RECIPIENTS:
        raise bad_request("The number of recipients exceeds the limit.", "ErrorExceededMaxRecipientLimit")
    senders = {_address(one) for one in reading.people(message, "from")}
    if call.state.cloud.habits.keep_from and not all(_may_send_as(call, one) for one in senders):
        words = (
            "The user account which was used to submit this request does not have the right to send mail on "
            "behalf of the specified sending account., Cannot submit message."
        )
        raise Refused(403, "ErrorSendAsDenied", words)


def _may_send_as(call: Call, address: str) -> bool:
    other = call.state.cloud.store.mailbox(address)
    return other is not None and (other is call.mailbox or call.mailbox.address in other.shared_with)
