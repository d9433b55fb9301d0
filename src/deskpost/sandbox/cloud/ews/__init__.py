"""Exchange Web Services of the simulated cloud, at /EWS/Exchange.asmx.

`served` is the service; `caller.py` knows who asks, `soap.py` reads and writes envelopes, and each operation of
OPERATIONS is a function of a call and its request.
"""

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.cloud import Fault as OnDemand
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
from deskpost.sandbox.cloud.ews.call import PATH, Call, answer, path_of
from deskpost.sandbox.cloud.ews.numbers import Numbers
from deskpost.sandbox.cloud.ews.refusals import Fault, Refused
from deskpost.sandbox.cloud.exchange import Request, Response, Served

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

    Its own faults are `policy` (a 403, its value the reason: disabled, blocked, or a text), `busy` (its value the
    seconds to wait), `error` (a fault with this response code), `refuse` (a response message with this code),
    `refuse_item` (the same of one item that is to be moved), `drop_item` and `deliver_twice`. Their paths end in the
    operation: /EWS/Exchange.asmx#GetItem.
    """
    numbers = Numbers(cloud.store)
    return Served(
        "ews",
        lambda request: request.path.lower() == PATH.lower(),
        lambda request: caller.who(cloud, request),
        lambda request: _answer(cloud, numbers, request),
        lambda _, refusal: _busy(refusal.retry_after),
        path_of,
    )


def _answer(cloud: Cloud, numbers: Numbers, request: Request) -> Response:
    known = caller.login(cloud, request)
    if known is None:
        return caller.challenge(request)
    fault = cloud.meet("ews", caller.who(cloud, request).mailbox, path_of(request), tuple(_ON_DEMAND))
    if fault is not None:
        return _ON_DEMAND[fault.do](fault)
    if request.method != "POST":
        return Response(405, b"", {"Allow": "POST"})
    try:
        return Response(200, soap.of_body(_operate(cloud, numbers, known, request)), XML)
    except Fault as problem:
        return _failed(problem)


def _operate(cloud: Cloud, numbers: Numbers, known: caller.Login, request: Request) -> Element:
    envelope = soap.read(request.body)
    body = soap.needed(envelope, "Body")
    _check_version(envelope)
    name = soap.local(body[0]) if len(body) else ""
    if name not in OPERATIONS:
        raise soap.invalid(f"The element 'Body' has invalid child element '{name}'.")
    call = Call(cloud, caller.caller(cloud, known, envelope), numbers, path_of(request))
    refused = call.meets(call.caller.mailbox, "refuse")
    if refused is not None:
        return answer(name, [str(refused.value)], _refuse, ["Items"])
    with cloud.store.lock:
        made = OPERATIONS[name](call, body[0])
    for act in call.afterwards:
        act()
    return made


def _refuse(code: str) -> Sequence[Element]:
    raise Refused(code)


def _check_version(envelope: Element) -> None:
    """Let a request without a version pass, and each that Exchange ever knew. Raises Fault: it is none of them."""
    header = soap.child(envelope, "Header")
    asked = soap.child(header, "RequestServerVersion") if header is not None else None
    if asked is not None and not asked.get("Version", "").startswith(("Exchange20", "V20", "ExchangeOnline")):
        raise Fault("ErrorInvalidServerVersion")


def _busy(seconds: float) -> Response:
    """Give the fault of a server that wants to be left alone for so long."""
    return _failed(Fault("ErrorServerBusy", None, {"BackOffMilliseconds": str(round(seconds * 1_000))}))


def _failed(problem: Fault) -> Response:
    return Response(500, soap.of_fault(problem), XML)


def _busy_on_demand(fault: OnDemand) -> Response:
    return _busy(float(fault.value) if isinstance(fault.value, int | float) else 1.0)


def _error_on_demand(fault: OnDemand) -> Response:
    code = str(fault.value or "")
    return _failed(Fault(code if code.isalnum() and code.isascii() else "ErrorInternalServerError"))


def _policy_on_demand(fault: OnDemand) -> Response:
    asked = str(fault.value or "blocked")
    reason = {"disabled": DISABLED, "blocked": BLOCKED}.get(asked, asked)
    line = " ".join(reason.encode("ascii", "replace").decode().split())
    return Response(403, b"", {"X-EWS-Policy-Reason": line})


_ON_DEMAND = {"policy": _policy_on_demand, "busy": _busy_on_demand, "error": _error_on_demand}
