"""subscriptions: who wants to hear of changes, the proof that they listen, and the notifications."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from deskpost.sandbox.cloud.exchange import Response, of_json
from deskpost.sandbox.cloud.graph import notifying
from deskpost.sandbox.cloud.graph.call import Call, State, user_id
from deskpost.sandbox.cloud.graph.errors import Refused, access_denied, bad_request
from deskpost.sandbox.cloud.graph.messages_json import etag
from deskpost.sandbox.cloud.store import Change, Mailbox

LONGEST = timedelta(minutes=10_080)
KINDS = ("created", "updated", "deleted")
RESOURCE = re.compile(
    r"/?(?:me|users(?:/|\(')(?P<user>[^/']+)(?:'\))?)"
    r"(?:/mailfolders(?:/|\(')(?P<folder>[^/']+)(?:'\))?)?/messages/?(?:\?.*)?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Subscription:
    """One subscription."""

    id: str
    client_id: str
    mailbox: Mailbox
    folder: str | None  # None: every folder
    given: dict[str, Any]  # what the client asked for
    kinds: frozenset[str]
    expires: datetime
    immutable: bool


def create(call: Call) -> Response:
    """Subscribe, after both addresses have proved that they listen."""
    data = call.json()
    for name in ("changeType", "notificationUrl", "resource", "expirationDateTime"):
        if not isinstance(data.get(name), str):
            raise bad_request(f"'{name}' is a required property.", "InvalidRequest")
    kinds = frozenset(kind.strip().lower() for kind in data["changeType"].split(","))
    if not kinds <= set(KINDS):
        raise bad_request("The value of changeType is not valid.", "InvalidRequest")
    if len(str(data.get("clientState") or "")) > 128:
        raise bad_request("The maximum length of clientState is 128 characters.", "InvalidRequest")
    expires = _expiry(data["expirationDateTime"])
    mailbox, folder = _watched(call, data["resource"])
    for name in ("notificationUrl", "lifecycleNotificationUrl"):
        if data.get(name):
            notifying.validate(str(data[name]))
    made = Subscription(
        str(uuid.uuid4()), call.access.client_id, mailbox, folder, data, kinds, expires, call.immutable
    )
    with call.state.lock:
        call.state.subscriptions[made.id] = made
    return of_json(_told(call, made), 201)


def listed(call: Call) -> Response:
    """List the application's subscriptions."""
    found = [_told(call, one, alone=False) for one in _own(call)]
    return of_json({"@odata.context": f"{call.version}/$metadata#subscriptions", "value": found})


def one(call: Call) -> Response:
    """Give a subscription."""
    return of_json(_told(call, _found(call)))


def renew(call: Call) -> Response:
    """Let a subscription live longer."""
    found, until = _found(call), call.json().get("expirationDateTime")
    if not isinstance(until, str):
        raise bad_request("'expirationDateTime' is a required property.", "InvalidRequest")
    found.expires = _expiry(until)
    return of_json(_told(call, found))


def delete(call: Call) -> Response:
    """End a subscription."""
    found = _found(call)
    with call.state.lock:
        call.state.subscriptions.pop(found.id, None)
    return Response(204)


def heard(state: State, mailbox: Mailbox, change: Change) -> None:
    """Tell who wants to hear of a change; the store calls this under its lock."""
    now = datetime.now(UTC)
    for one in list(state.subscriptions.values()):
        if one.mailbox is not mailbox or change.kind not in one.kinds or one.expires <= now:
            continue
        if one.folder in (None, change.folder):
            notifying.post(state, str(one.given["notificationUrl"]), _notification(state, one, change))


def lifecycle(state: State, event: str) -> None:
    """Tell all subscribers of an event of their subscriptions: reauthorizationRequired, subscriptionRemoved, missed.

    A subscription that is told to be removed is.
    """
    with state.lock:
        for one in list(state.subscriptions.values()):
            told = {
                "lifecycleEvent": event,
                "subscriptionId": one.id,
                "subscriptionExpirationDateTime": one.expires.isoformat(),
                "clientState": one.given.get("clientState"),
                "tenantId": state.cloud.tenant,
            }
            if one.given.get("lifecycleNotificationUrl"):
                notifying.post(state, str(one.given["lifecycleNotificationUrl"]), told)
            if event == "subscriptionRemoved":
                del state.subscriptions[one.id]


def _notification(state: State, one: Subscription, change: Change) -> dict[str, Any]:
    id = change.immutable_id if one.immutable else change.id
    resource = f"Users/{user_id(one.mailbox.address)}/Messages/{id}"
    item = one.mailbox.items.get(change.id)
    data = {"@odata.type": "#Microsoft.Graph.Message", "@odata.id": resource, "id": id}
    if item is not None:
        data["@odata.etag"] = etag(item)
    return {
        "subscriptionId": one.id,
        "subscriptionExpirationDateTime": one.expires.isoformat(),
        "changeType": change.kind,
        "resource": resource,
        "resourceData": data,
        "clientState": one.given.get("clientState"),
        "tenantId": state.cloud.tenant,
    }


def _watched(call: Call, resource: str) -> tuple[Mailbox, str | None]:
    match = RESOURCE.fullmatch(resource.strip())
    if match is None:
        raise bad_request(f"Resource '{resource}' is not supported.", "InvalidRequest")
    user, own = match["user"], call.access.mailbox
    mailbox = call.mailbox
    if user is not None:
        store = call.state.cloud.store
        by_id = (one for one in store.mailboxes() if user.lower() == user_id(one.address))
        found = store.mailbox(user) or next(by_id, None)
        if found is None:
            raise Refused(404, "ErrorInvalidUser", f"The requested user '{user}' is invalid.")
        mailbox = found
    elif own is None:
        raise bad_request("/me request is only valid with delegated authentication flow.")
    if own is not None and mailbox.address != own:
        raise access_denied()  # with delegated permissions only the person's own mailbox can be watched
    if match["folder"] is None:
        return mailbox, None
    folder = mailbox.folder(match["folder"])
    if folder is None:
        raise Refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return mailbox, folder.id


def _expiry(text: str) -> datetime:
    try:
        until = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text.upper()))
    except ValueError:
        raise bad_request("The value of expirationDateTime is not valid.", "InvalidRequest") from None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    left = until - datetime.now(UTC)
    if left > LONGEST + timedelta(minutes=1):
        words = (
            "Operation: Create; Exception: [Status Code: BadRequest; Reason: Subscription expiration can only "
            "be 10080 minutes in the future.]"
        )
        raise bad_request(words, "ExtensionError")
    if left <= timedelta(0):
        raise bad_request("Subscription expiration must be in the future.", "InvalidRequest")
    return until


def _own(call: Call) -> list[Subscription]:
    now = datetime.now(UTC)
    with call.state.lock:
        found = list(call.state.subscriptions.values())
    return [
        one
        for one in found
        if one.client_id == call.access.client_id
        and one.expires > now
        and call.access.mailbox in (None, one.mailbox.address)
    ]


def _found(call: Call) -> Subscription:
    for one in _own(call):
        if one.id == call.named["subscription"]:
            return one
    raise Refused(404, "ResourceNotFound", "The object was not found.")


def _told(call: Call, one: Subscription, *, alone: bool = True) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if alone:
        told["@odata.context"] = f"{call.version}/$metadata#subscriptions/$entity"
    return told | {
        "id": one.id,
        "resource": one.given["resource"],
        "applicationId": one.client_id,
        "changeType": one.given["changeType"],
        "clientState": one.given.get("clientState") if alone else None,
        "notificationUrl": one.given["notificationUrl"],
        "lifecycleNotificationUrl": one.given.get("lifecycleNotificationUrl"),
        "expirationDateTime": one.expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "creatorId": user_id(one.mailbox.address),
        "includeResourceData": None,
        "latestSupportedTlsVersion": one.given.get("latestSupportedTlsVersion", "v1_2"),
        "notificationQueryOptions": None,
        "encryptionCertificate": None,
        "encryptionCertificateId": None,
        "notificationUrlAppId": None,
    }
