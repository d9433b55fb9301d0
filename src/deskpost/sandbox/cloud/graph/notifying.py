"""Calls to the addresses of subscribers: the proof that somebody listens there, and the notifications."""

import json
import queue
import ssl
import threading
import time
import uuid
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlsplit
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from deskpost.sandbox.cloud.graph.call import State
from deskpost.sandbox.cloud.graph.errors import Refused, bad_request

WITHIN = 10.0  # seconds that a validation may take
PATIENCE = 3.0  # seconds that a notification may take
PAUSES = (1.0, 5.0, 15.0)  # before a notification is tried again; Microsoft tries for four hours
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def validate(url: str) -> None:
    """Ask an address to give back a token as it is, decoded and as text/plain. Raises Refused."""
    _check(url)
    token = f"Validation: Testing client application reachability for subscription Request-Id: {uuid.uuid4()}"
    joined = "&" if urlsplit(url).query else "?"
    request = Request(  # noqa: S310
        f"{url}{joined}validationToken={quote_plus(token)}",
        data=b"",
        headers={"Content-Type": "text/plain; charset=utf-8"},
        method="POST",
    )
    try:
        with _opener(url).open(request, timeout=WITHIN) as answer:
            status, kind = answer.status, answer.headers.get_content_type()
            body = answer.read(len(token) + 100)
    except HTTPError as error:
        raise _invalid(
            f"Notification endpoint must respond with 200 OK to validation request. Got {error.code}."
        ) from None
    except TimeoutError:
        raise _invalid("The request timed out.") from None
    except (OSError, HTTPException) as error:
        raise _invalid(f"The endpoint cannot be reached: {error}.") from None
    if status != 200:
        raise _invalid("Notification endpoint must respond with 200 OK to validation request.")
    if kind != "text/plain" or body != token.encode():
        raise _invalid("Response must exactly match validationToken query parameter.")


def post(state: State, url: str, notification: dict[str, Any]) -> None:
    """Send a notification, soon and from another thread."""
    _WAITING.put((state, url, notification))
    with _STARTING:
        if not any(thread.is_alive() for thread in _POSTMEN):
            _POSTMEN[:] = [threading.Thread(target=_deliver, daemon=True)]
            _POSTMEN[0].start()


_WAITING: "queue.Queue[tuple[State, str, dict[str, Any]]]" = queue.Queue()
_STARTING = threading.Lock()
_POSTMEN: list[threading.Thread] = []


def _deliver() -> None:
    while True:
        state, url, notification = _WAITING.get()
        if not _try(url, notification):
            retry = threading.Thread(target=_insist, args=(state, url, notification), daemon=True)
            retry.start()


def _insist(state: State, url: str, notification: dict[str, Any]) -> None:
    for pause in PAUSES:
        time.sleep(pause / state.cloud.time_scale)
        if notification["subscriptionId"] not in state.subscriptions or _try(url, notification):
            return


def _try(url: str, notification: dict[str, Any]) -> bool:
    body = json.dumps({"value": [notification]}).encode()
    request = Request(  # noqa: S310
        url, data=body, headers={"Content-Type": "application/json; charset=utf-8"}, method="POST"
    )
    try:
        with _opener(url).open(request, timeout=PATIENCE) as answer:
            return bool(200 <= answer.status < 300)
    except (OSError, HTTPException):
        return False


def _opener(url: str) -> OpenerDirector:
    """Give what opens an address: without proxies, which lead into the sandbox itself."""
    context = ssl.create_default_context()
    if urlsplit(url).hostname in LOOPBACK:  # a test's receiver has no certificate that anybody trusts
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return build_opener(ProxyHandler({}), HTTPSHandler(context=context))


def _check(url: str) -> None:
    parts = urlsplit(url)
    local = parts.hostname in LOOPBACK
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise bad_request(f"The notification URL '{url}' must be an https address.", "InvalidRequest")


def _invalid(words: str) -> Refused:
    return bad_request(f"Subscription validation request failed. {words}", "ValidationError")
