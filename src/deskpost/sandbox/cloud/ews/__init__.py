"""Exchange Web Services of the simulated cloud, at /EWS/Exchange.asmx.

`served` is the service; `caller.py` knows who asks, `soap.py` reads and writes envelopes, and each operation of
OPERATIONS is a function of a call and its request.
"""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.ews import (
    attachments,
    caller,
    creating,
    folders,
    listing,
    names,
    reading,
    sending,
    soap,
    sync,
    updating,
)
from deskpost.sandbox.cloud.ews.call import PATH, Call
from deskpost.sandbox.cloud.ews.numbers import Numbers
from deskpost.sandbox.cloud.ews.refusals import Fault
from deskpost.sandbox.cloud.exchange import Refusal, Request, Response, Served

OPERATIONS: dict[str, Callable[[Call, Element], Element]] = {
    "ConvertId": names.convert,
    "ResolveNames": names.resolve,
    "GetFolder": folders.get,
    "FindFolder": folders.find,
    "CreateFolder": folders.create,
    "UpdateFolder": folders.update,
    "DeleteFolder": folders.delete,
    "FindItem": listing.find,
    "SyncFolderItems": sync.sync,
    "GetItem": reading.get,
    "UpdateItem": updating.update,
    "MoveItem": reading.move,
    "CopyItem": reading.copy,
    "DeleteItem": reading.delete,
    "CreateItem": creating.create,
    "SendItem": sending.send,
    "CreateAttachment": attachments.create,
    "GetAttachment": attachments.get,
}

DISABLED = "EWS is disabled for this user or tenant"
BLOCKED = "EWS is blocked by policy for this user or tenant"
"""Both texts that Microsoft documents for X-EWS-Policy-Reason, in "Control access to EWS in Exchange"."""

XML = {"Content-Type": "text/xml; charset=utf-8"}


def served(cloud: Cloud) -> Served:
    """Give the service.

    Its own faults are `policy` (a 403, its value the reason: disabled, blocked, or a text), `busy` (its value
    the seconds to wait), `error` (a fault with this response code), `drop_item` and `deliver_twice`.
    """
    numbers = Numbers(cloud.store)
    return Served(
        "ews",
        lambda request: request.path.lower() == PATH.lower(),
        lambda request: caller.who(cloud, request),
        lambda request: _answer(cloud, numbers, request),
        lambda _, refusal: _refused(refusal),
    )


def _answer(cloud: Cloud, numbers: Numbers, request: Request) -> Response:
    known = caller.login(cloud, request)
    if known is None:
        return caller.challenge(request)
    fault = cloud.meet("ews", caller.who(cloud, request).mailbox, request.path, ("policy", "busy", "error"))
    if fault is not None and fault.do == "policy":
        reasons = {"disabled": DISABLED, "blocked": BLOCKED}
        asked = str(fault.value or "blocked")
        return Response(403, b"", {"X-EWS-Policy-Reason": reasons.get(asked, asked)})
    if request.method != "POST":
        return Response(405, b"", {"Allow": "POST"})
    try:
        if fault is not None:
            raise busy(float(fault.value or 1)) if fault.do == "busy" else Fault(str(fault.value))
        return Response(200, soap.of_body(_operate(cloud, numbers, known, soap.read(request.body))), XML)
    except Fault as problem:
        return Response(500, soap.of_fault(problem), XML)


def _operate(cloud: Cloud, numbers: Numbers, known: caller.Login, envelope: Element) -> Element:
    body = soap.needed(envelope, "Body")
    _check_version(envelope)
    operate = OPERATIONS.get(soap.local(body[0])) if len(body) else None
    if operate is None:
        named = soap.local(body[0]) if len(body) else ""
        raise soap.invalid(f"The element 'Body' has invalid child element '{named}'.")
    call = Call(cloud, caller.caller(cloud, known, envelope), numbers)
    with cloud.store.lock:
        made = operate(call, body[0])
    for act in call.afterwards:
        act()
    return made


def _check_version(envelope: Element) -> None:
    """Let a request without a version pass, and each that Exchange ever knew. Raises Fault: it is none of them."""
    header = soap.child(envelope, "Header")
    asked = soap.child(header, "RequestServerVersion") if header is not None else None
    if asked is not None and not asked.get("Version", "").startswith(("Exchange20", "V20", "ExchangeOnline")):
        raise Fault("ErrorInvalidServerVersion")


def busy(seconds: float) -> Fault:
    """Give the fault of a server that wants to be left alone for so long."""
    return Fault("ErrorServerBusy", None, {"BackOffMilliseconds": str(round(seconds * 1_000))})


def _refused(refusal: Refusal) -> Response:
    return Response(500, soap.of_fault(busy(refusal.retry_after)), XML)
