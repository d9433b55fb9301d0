"""One request on its way through the operations, and the shape of what they answer."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.cloud import Cloud, Fault
from deskpost.sandbox.cloud.ews.caller import Caller
from deskpost.sandbox.cloud.ews.numbers import Numbers
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.soap import m
from deskpost.sandbox.cloud.exchange import Request
from deskpost.sandbox.cloud.store import Mailbox, Store

PATH = "/EWS/Exchange.asmx"
_OPERATION = re.compile(rb"<(?:\w+:)?Body(?:\s[^>]*)?>\s*<(?:\w+:)?(\w+)")

Subject = TypeVar("Subject")


@dataclass(slots=True)
class Call:
    """What an operation works with. What leaves the cloud waits in `afterwards` for the end of the lock."""

    cloud: Cloud
    caller: Caller
    numbers: Numbers
    path: str = PATH
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """The mailboxes."""
        return self.cloud.store

    def mailboxes(self) -> list[Mailbox]:
        """Give all mailboxes, the caller's own first."""
        own = self.caller.mailbox
        return [own, *(one for one in self.store.mailboxes() if one is not own)]

    def meets(self, mailbox: Mailbox, kind: str) -> Fault | None:
        """Give a fault on demand of this kind that the request meets, and count it down."""
        return self.cloud.meet("ews", mailbox.address, self.path, (kind,))


def path_of(request: Request) -> str:
    """Give a request's path with its operation, which all have the same address: /EWS/Exchange.asmx#GetItem."""
    found = _OPERATION.search(request.body)
    return f"{request.path}#{found[1].decode()}" if found else request.path


def answer(
    operation: str,
    subjects: Iterable[Subject],
    act: Callable[[Subject], Sequence[Element]],
    empty: Sequence[str] = (),
) -> Element:
    """Give an operation's answer: a message for each subject, made of what `act` gives or of its refusal.

    `empty` names the elements that a refusal has too, without content.
    """
    messages = [_message(operation, subject, act, empty) for subject in subjects]
    return m(f"{operation}Response", children=[m("ResponseMessages", children=messages)])


def _message(
    operation: str, subject: Subject, act: Callable[[Subject], Sequence[Element]], empty: Sequence[str]
) -> Element:
    name = f"{operation}ResponseMessage"
    try:
        content = act(subject)
    except Refused as refusal:
        told = [m("MessageText", refusal.text), m("ResponseCode", refusal.code), m("DescriptiveLinkKey", "0")]
        return m(name, children=[*told, *(m(one) for one in empty)], ResponseClass="Error")
    return m(name, children=[m("ResponseCode", "NoError"), *content], ResponseClass="Success")
