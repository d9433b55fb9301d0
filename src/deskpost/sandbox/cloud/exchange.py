"""One question and its answer, as every service of the cloud sees them."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks. Header names are in lower case; `path` is unquoted and without the query."""

    method: str
    host: str  # of the Host header, without a port, in lower case
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    scheme: str = "https"

    @property
    def base(self) -> str:
        """The address under which the client reached the cloud, for links to itself: https://127.0.0.1:8443."""
        return f"{self.scheme}://{self.headers.get('host', self.host)}"

    def values(self) -> dict[str, str]:
        """Give the parameters of the query, the last of each name."""
        return {name: found[-1] for name, found in parse_qs(self.query, keep_blank_values=True).items()}

    def form(self) -> dict[str, str]:
        """Give the fields of a form's body."""
        text = self.body.decode("utf-8", "replace")
        return {name: found[-1] for name, found in parse_qs(text, keep_blank_values=True).items()}

    def json(self) -> Any:
        """Give the body as JSON. Raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Response:
    """What the cloud answers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Who:
    """Whose mailbox a request is about, and which application asks; None where it does not say or may not."""

    mailbox: str | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a limit turns a request away before its service sees it."""

    limit: Literal["concurrent", "requests", "upload"]
    words: str
    retry_after: float  # seconds of this clock: the time scale is in them


def of_json(value: Any, status: int = 200, **headers: str) -> Response:
    """Give an answer in JSON."""
    return Response(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


def throttled(_: Request, refusal: Refusal) -> Response:
    """Give a refusal as Graph words it."""
    error = {"code": "ApplicationThrottled", "message": refusal.words}
    wait = str(max(1, math.ceil(refusal.retry_after)))
    return of_json({"error": error}, 429, **{"Retry-After": wait})


@dataclass(frozen=True, slots=True)
class Served:
    """One service of the cloud. `server.py` asks each in turn whether a request is its own.

    What `answer` raises is logged and answered with 500: a fault of the simulator. Limits, faults that are the same
    for all (latency, reset, half_answer, status) and the log of what was asked are the server's business.
    """

    name: str  # one of cloud.SERVICES
    fits: Callable[[Request], bool]
    who: Callable[[Request], Who]
    answer: Callable[[Request], Response]
    refuse: Callable[[Request, Refusal], Response] = throttled  # how a limit's refusal looks
    path: Callable[[Request], str] = lambda request: request.path  # what faults look at, and the log keeps
