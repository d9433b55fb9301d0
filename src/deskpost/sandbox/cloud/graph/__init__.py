"""Microsoft Graph, as far as it is mail: version 1.0 of /me and /users/{id}, $batch and subscriptions."""

from contextlib import nullcontext
from dataclasses import replace

from deskpost.sandbox.cloud import hosts
from deskpost.sandbox.cloud.asking import ask
from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.exchange import Refusal, Request, Response, Served, of_json, throttled
from deskpost.sandbox.cloud.graph import access, subscriptions, uploads
from deskpost.sandbox.cloud.graph.batch import batch
from deskpost.sandbox.cloud.graph.call import Call, State
from deskpost.sandbox.cloud.graph.errors import Refused, bad_request, body_of, no_segment, request_id
from deskpost.sandbox.cloud.graph.routes import route, segments, subscription_route

LARGEST_BODY = 4 * 1024 * 1024  # bytes of a request
VERSION = "v1.0"
PREFIXES = ("/v1.0/", "/beta/", "/api/v2.0/users(")
JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


def served(cloud: Cloud) -> Served:
    """Give the Graph of a cloud."""
    state = State(cloud)
    cloud.store.listen(lambda mailbox, change: subscriptions.heard(state, mailbox, change))
    cloud.lifecycle = lambda event: subscriptions.lifecycle(state, event)
    graph = Served(
        "graph",
        fits,
        lambda request: access.who(state, request),
        lambda request: _answer(state, graph, request),
        _refuse,
    )
    return graph


def fits(request: Request) -> bool:
    """Tell whether a request is Graph's: by its host, or by its path where the host is the sandbox's own."""
    return request.host in hosts.GRAPH or request.path.lower().startswith(PREFIXES)


def _answer(state: State, graph: Served, request: Request) -> Response:
    request = _numbered(request)
    try:
        return _signed(request, _dispatched(state, graph, request))
    except Refused as refused:
        told = of_json(body_of(request, refused.code, refused.words), refused.status, **refused.headers)
        return _signed(request, told)


def _dispatched(state: State, graph: Served, request: Request) -> Response:
    parts = segments(request.path)
    if parts[:2] == ["api", "v2.0"]:
        return uploads.answer(state, request)
    if not parts or parts[0].lower() != VERSION:
        raise bad_request(f"Invalid version: {parts[0] if parts else ''}.")
    if len(request.body) > LARGEST_BODY:
        raise Refused(413, "BadRequest", "Maximum request length exceeded.")
    token = access.token(state, request)
    kind = parts[1].lower() if len(parts) > 1 else ""
    if kind == "$batch":
        return _batch(state, graph, request)
    if kind == "subscriptions":
        found, named = subscription_route(request.method, parts[1:])
        user, rest = token.mailbox, parts[1:2]
        if user is None:  # an application of its own watches any mailbox: the resource says which
            user = next((one.address for one in state.cloud.store.mailboxes()), None)
    elif kind in ("me", "users"):
        user = parts[2] if kind == "users" and len(parts) > 2 else None
        rest = parts[3:] if kind == "users" else parts[2:]
        if kind == "users" and user is None:
            raise no_segment("users")
        found, named = route(request.method, rest)
    else:
        raise no_segment(kind)
    mailbox = access.mailbox(state, token, user)
    access.check(token, mailbox, found.scopes)
    root = "/".join([request.base, *parts[: len(parts) - len(rest)]])
    call = Call(state, request, token, mailbox, root, named)
    with nullcontext() if found.waits else state.cloud.store.lock:
        return found.answer(call)


def _batch(state: State, graph: Served, request: Request) -> Response:
    if request.method != "POST":
        raise Refused(
            405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."
        )

    def inner(one: Request) -> Response:
        """Answer a request of the batch: it meets limits and faults, and is in the log, by itself."""
        if one.path.rstrip("/").lower().endswith("/$batch"):
            return of_json(body_of(one, "BadRequest", "A batch cannot hold a batch."), 400)
        outcome = ask(state.cloud, graph, one)
        if outcome.cut is not None and outcome.response.status == 200 and not outcome.response.body:
            return of_json(body_of(one, "GatewayTimeout", "The service did not answer in time."), 504)
        return outcome.response

    return batch(request, inner)


def _refuse(request: Request, refusal: Refusal) -> Response:
    request = _numbered(request)
    plain = throttled(request, refusal)
    told = of_json(body_of(request, "ApplicationThrottled", refusal.words), 429)
    return _signed(request, Response(429, told.body, {**told.headers, **plain.headers}))


def _numbered(request: Request) -> Request:
    """Give a request with an id, which its answer names in the header and in an error."""
    return replace(request, headers={**request.headers, "client-request-id": request_id(request)})


def _signed(request: Request, response: Response) -> Response:
    """Give an answer with the header that all of Graph's have."""
    headers = {
        "Cache-Control": "private",
        "request-id": request_id(request),
        "client-request-id": request_id(request),
        "OData-Version": "4.0",
        **response.headers,
    }
    if headers.get("Content-Type") == "application/json":
        headers["Content-Type"] = JSON
    return Response(response.status, response.body, headers)
