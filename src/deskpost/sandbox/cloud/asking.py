"""What a request meets on its way: faults on demand, limits, its service; and the log that keeps what became of it."""

import logging
import random
import time
import uuid
from dataclasses import dataclass

from deskpost.sandbox.cloud.cloud import Asked, Cloud, Fault
from deskpost.sandbox.cloud.exchange import Request, Response, Served, Who, of_json
from deskpost.sandbox.cloud.limits import LIMITED

log = logging.getLogger(__name__)

UPLOADING = ("POST", "PUT", "PATCH")
CUT_BEFORE = ("reset",)  # the service never sees the request
CUT_AFTER = (
    "half_answer",
    "half_unframed",
    "lost_answer",
)  # it did its work, and the client does not learn of it
NO_ANSWER = 0  # the log's status of a request that was reset


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to send, and the fault that breaks it off, if one does."""

    response: Response
    cut: Fault | None = None


def ask(cloud: Cloud, served: Served, request: Request) -> Outcome:
    """Give what becomes of a request. It is no longer in flight, and in the log, before a client can know."""
    if served.name == "admin":
        return Outcome(_served(served, request))
    who = served.who(request)
    came, began = time.time(), time.monotonic()
    uploads = len(request.body) if request.method in UPLOADING else 0
    limits = cloud.limits
    with cloud.traffic.passing(limits, served.name, who, uploads, cloud.time_scale) as passage:
        if passage.refusal is not None:
            outcome = Outcome(served.refuse(request, passage.refusal))
        else:
            outcome = _through_faults(cloud, served, request, who)
    status = NO_ANSWER if outcome.cut and not outcome.cut.do.startswith("half_") else outcome.response.status
    cloud.note(
        Asked(
            came,
            served.name,
            who.mailbox,
            who.client_id,
            request.method,
            served.path(request),
            status,
            passage.concurrent,
            round((time.monotonic() - began) * 1_000, 1),
        )
    )
    return outcome


def _through_faults(cloud: Cloud, served: Served, request: Request, who: Who) -> Outcome:
    def met(*kinds: str) -> Fault | None:
        return cloud.meet(served.name, who.mailbox, served.path(request), kinds)

    if served.name in LIMITED:
        cloud.wait(random.uniform(*cloud.limits.service_time))  # noqa: S311
    if late := met("latency"):
        cloud.wait(float(late.value or 0))
    if cut := met(*CUT_BEFORE):
        return Outcome(Response(), cut)
    if instead := met("status"):
        return Outcome(_of_status(instead))
    return Outcome(_served(served, request), met(*CUT_AFTER))


def _of_status(fault: Fault) -> Response:
    """Give the answer of a status fault: its value is the status, or {"status", "headers", "body"}."""
    asked = fault.value if isinstance(fault.value, dict) else {"status": fault.value}
    status = int(asked.get("status") or 503)
    error = {"code": "SandboxFault", "message": f"The sandbox was asked to answer {status}."}
    headers = dict(asked.get("headers", {}))
    own = {"request-id": str(uuid.uuid4())} | headers  # Graph and Exchange put it into each answer
    if "body" not in asked:
        return of_json({"error": error}, status, **own)
    body = str(asked["body"])
    content_type = {"Content-Type": "text/html; charset=utf-8"}  # a page is of somebody between
    return Response(status, body.encode(), content_type | (own if body.startswith("{") else headers))


def _served(served: Served, request: Request) -> Response:
    try:
        return served.answer(request)
    except Exception:
        log.exception("The sandbox's %s failed at %s %s", served.name, request.method, request.path)
        error = {"code": "InternalServerError", "message": "The sandbox failed. Its log says where."}
        return of_json({"error": error}, 500)
