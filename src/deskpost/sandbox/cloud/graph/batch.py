"""$batch: up to twenty requests in one, four at a time, each with its own status."""

import base64
import binascii
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from deskpost.sandbox.cloud.exchange import Request, Response, of_json
from deskpost.sandbox.cloud.graph.errors import bad_request, body_of

MOST = 20
AT_A_TIME = 4
FAILED_DEPENDENCY = 424
CARRIED = ("host", "authorization", "client-request-id", "user-agent")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Ask = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch."""

    id: str
    request: Request
    after: tuple[str, ...]  # the ids, in lower case, that it depends on


def batch(outer: Request, ask: Ask) -> Response:
    """Answer a batch; `ask` is what each request in it meets. Raises Refused where it is malformed."""
    parts = _parts(outer)
    done: dict[str, Future[Response]] = {}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for part in parts:
            before = [done[id] for id in part.after]
            done[part.id.lower()] = pool.submit(_answer, part, before, ask)
        answers = [_told(part, done[part.id.lower()].result()) for part in parts]
    return of_json({"responses": answers})


def _answer(part: Part, before: list["Future[Response]"], ask: Ask) -> Response:
    """Answer one, after those that it depends on: they were given to the pool earlier, and so end."""
    if any(one.result().status >= 400 for one in before):
        words = "Executing this request failed since it depends on a failed request."
        return of_json(body_of(part.request, "FailedDependency", words), FAILED_DEPENDENCY)
    return ask(part.request)


def _parts(outer: Request) -> list[Part]:
    try:
        given = outer.json()["requests"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise bad_request("Invalid batch payload format.") from None
    if not isinstance(given, list) or not given:
        raise bad_request("Invalid batch payload format.")
    if len(given) > MOST:
        raise bad_request(f"Number of batch request steps exceeds the maximum value of {MOST}.")
    parts: list[Part] = []
    for one in given:
        part = _part(outer, one)
        known = {earlier.id.lower() for earlier in parts}
        if part.id.lower() in known:
            raise bad_request(f"Duplicate request id '{part.id}' found in batch.")
        if not set(part.after) <= known:
            raise bad_request(f"Request '{part.id}' depends on a request that does not come before it.")
        parts.append(part)
    return parts


def _part(outer: Request, one: Any) -> Part:
    if not isinstance(one, dict):
        raise bad_request("Invalid batch payload format.")
    id, method, url = one.get("id"), one.get("method"), one.get("url")
    headers, after = one.get("headers") or {}, one.get("dependsOn") or []
    if not (isinstance(id, str) and id and isinstance(method, str) and isinstance(url, str)):
        raise bad_request("Each request of a batch needs an id, a method and a url.")
    if method.upper() not in METHODS or not isinstance(headers, dict) or not isinstance(after, list):
        raise bad_request("Invalid batch payload format.")
    inner = {name.lower(): str(value) for name, value in headers.items()}
    if one.get("body") is not None and "content-type" not in inner:
        raise bad_request(f"Request '{id}' has a body, and so needs the header Content-Type.")
    target = urlsplit("/" + url.lstrip("/"))
    carried = {name: outer.headers[name] for name in CARRIED if name in outer.headers}
    path = outer.path.rsplit("/", 1)[0] + unquote(target.path)
    body = _body(one.get("body"), inner)
    request = Request(
        method.upper(), outer.host, path, target.query, {**carried, **inner}, body, outer.scheme
    )
    return Part(id, request, tuple(str(one).lower() for one in after))


def _body(given: Any, headers: dict[str, str]) -> bytes:
    if given is None:
        return b""
    if headers.get("content-type", "").lower().startswith("application/json") or not isinstance(given, str):
        return json.dumps(given).encode()
    if headers["content-type"].lower().startswith("text/plain"):
        return given.encode()  # MIME travels in base64 anyhow
    try:
        return base64.urlsafe_b64decode(given)
    except (binascii.Error, ValueError):
        raise bad_request("The body of a request of the batch is not in base64.") from None


def _told(part: Part, response: Response) -> dict[str, Any]:
    told: dict[str, Any] = {"id": part.id, "status": response.status, "headers": dict(response.headers)}
    if response.body:
        try:
            told["body"] = json.loads(response.body)
        except ValueError:
            told["body"] = base64.b64encode(response.body).decode()
    return told
