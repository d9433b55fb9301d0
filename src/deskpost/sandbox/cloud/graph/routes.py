"""The addresses of Graph that the sandbox knows, what each needs, and who answers it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from deskpost.sandbox.cloud.exchange import Response
from deskpost.sandbox.cloud.graph import (
    attachments,
    delta,
    folders,
    messages,
    people,
    sending,
    subscriptions,
    uploads,
)
from deskpost.sandbox.cloud.graph.call import Call
from deskpost.sandbox.cloud.graph.errors import Refused, no_segment

READ = ("mail.read", "mail.readwrite")
WRITE = ("mail.readwrite",)
SEND = ("mail.send",)
PERSON = ("user.read", "user.read.all", "user.readbasic.all", "user.readwrite", *READ, *SEND)
QUOTED = re.compile(r"\('([^']*)'\)")
FOLDERS = ("mailfolders", "childfolders")


@dataclass(frozen=True, slots=True)
class Route:
    """What answers a method at an address. `waits`: it may take its time, and so does not hold the store."""

    scopes: tuple[str, ...]
    answer: Callable[[Call], Response]
    waits: bool = False


ROUTES: dict[str, dict[str, Route]] = {
    "": {"GET": Route(PERSON, people.one)},
    "mailfolders": {"GET": Route(READ, folders.listed), "POST": Route(WRITE, folders.create)},
    "folder": {
        "GET": Route(READ, folders.one),
        "PATCH": Route(WRITE, folders.rename),
        "DELETE": Route(WRITE, folders.delete),
    },
    "folder/childfolders": {"GET": Route(READ, folders.children), "POST": Route(WRITE, folders.create)},
    "folder/messages/delta": {"GET": Route(READ, delta.delta)},
    "messages": {"GET": Route(READ, messages.listed), "POST": Route(WRITE, messages.create)},
    "messages/message": {
        "GET": Route(READ, messages.one),
        "PATCH": Route(WRITE, messages.change),
        "DELETE": Route(WRITE, messages.delete),
    },
    "messages/message/$value": {"GET": Route(READ, messages.mime)},
    "messages/message/move": {"POST": Route(WRITE, messages.move)},
    "messages/message/copy": {"POST": Route(WRITE, messages.copy)},
    "messages/message/permanentdelete": {"POST": Route(WRITE, messages.delete_for_good)},
    "messages/message/send": {"POST": Route(SEND, sending.send_draft, waits=True)},
    "messages/message/reply": {"POST": Route(SEND, sending.reply, waits=True)},
    "messages/message/replyall": {"POST": Route(SEND, sending.reply_all, waits=True)},
    "messages/message/forward": {"POST": Route(SEND, sending.forward, waits=True)},
    "messages/message/createreply": {"POST": Route(WRITE, sending.create_reply)},
    "messages/message/createreplyall": {"POST": Route(WRITE, sending.create_reply_all)},
    "messages/message/createforward": {"POST": Route(WRITE, sending.create_forward)},
    "messages/message/attachments": {
        "GET": Route(READ, attachments.listed),
        "POST": Route(WRITE, attachments.add),
    },
    "messages/message/attachments/createuploadsession": {"POST": Route(WRITE, uploads.create)},
    "messages/message/attachments/attachment": {
        "GET": Route(READ, attachments.one),
        "DELETE": Route(WRITE, attachments.delete),
    },
    "messages/message/attachments/attachment/$value": {"GET": Route(READ, attachments.content)},
    "sendmail": {"POST": Route(SEND, sending.send_mail, waits=True)},
    "/subscriptions": {
        "GET": Route(READ, subscriptions.listed),
        "POST": Route(READ, subscriptions.create, waits=True),
    },
    "/subscriptions/subscription": {
        "GET": Route(READ, subscriptions.one),
        "PATCH": Route(READ, subscriptions.renew),
        "DELETE": Route(READ, subscriptions.delete),
    },
}
"""By the parts of an address after the mailbox; those of no mailbox begin with a slash."""


def segments(path: str) -> list[str]:
    """Give the parts of an address: `mailFolders('inbox')` is two."""
    return [part for part in QUOTED.sub(r"/\1", path).split("/") if part]


def route(method: str, parts: list[str]) -> tuple[Route, dict[str, str]]:
    """Give who answers an address, without its mailbox, and the ids that it names. Raises Refused."""
    named: dict[str, str] = {}
    shape: list[str] = []
    rest = list(parts)
    while len(rest) > 1 and rest[0].lower() in FOLDERS:
        named["folder"] = rest[1]
        shape, rest = ["folder"], rest[2:]
    holder = {"messages": "message", "attachments": "attachment"}
    for position, part in enumerate(rest):
        before = shape[-1] if shape and position else ""
        word = part.removeprefix("microsoft.graph.").removesuffix("()").lower()
        ahead = "/".join([*_plain(shape), word])
        if before in holder and ahead not in ROUTES and "/".join([*shape, word]) not in ROUTES:
            named[holder[before]] = part
            word = holder[before]
        shape.append(word)
    return _methods(method, shape, parts), named


def _plain(shape: list[str]) -> list[str]:
    """Give an address without its folder: messages are the same in folders and without."""
    return shape[1:] if len(shape) > 1 and shape[0] == "folder" else shape


def _methods(method: str, shape: list[str], parts: list[str]) -> Route:
    found = ROUTES.get("/".join(shape)) or ROUTES.get("/".join(_plain(shape)))
    if found is None:
        raise no_segment(parts[-1] if parts else "")
    if method not in found:
        words = "Specified HTTP method is not allowed for the request target."
        raise Refused(405, "Request_BadRequest", words)
    return found[method]


def subscription_route(method: str, parts: list[str]) -> tuple[Route, dict[str, str]]:
    """Give who answers an address under /subscriptions. Raises Refused."""
    named = {"subscription": parts[1]} if len(parts) > 1 else {}
    shape = ["/subscriptions", "subscription"][: len(parts)] if len(parts) < 3 else ["/none"]
    return _methods(method, shape, parts), named
