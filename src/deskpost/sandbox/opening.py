"""What happens in the demo before anybody looks: customers write, technicians answer, and all of it is real mail."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files
from typing import Any, TypeVar

import yaml

from deskpost.desk.records import Record
from deskpost.inbound.mailboxes import Mailbox, MailboxState, try_now
from deskpost.inbound.messages import MailOutcome
from deskpost.mime.message import Message
from deskpost.mime.parse import parse
from deskpost.sandbox import customer, technician
from deskpost.sandbox.cast import customer as player
from deskpost.sandbox.outside import Outside

_PATIENCE = 60.0  # seconds for a mail to arrive
_LOOK_EVERY = 0.1
_FIELDS = ("status", "priority", "group", "technician")
T = TypeVar("T")


class Late(Exception):
    """A mail of the opening did not arrive in time."""


def play(outside: Outside, ended: Callable[[], bool] = lambda: False) -> None:
    """Let all scenes happen: first every customer writes, then one request after the other goes its way.

    Stops early when `ended` says so. Raises Late and customer.NotHandedOver.
    """
    _wait(_has_looked_once)  # what is there before that is old, and gets no receipt
    scenes = yaml.safe_load(files("deskpost.sandbox").joinpath("scenes/opening.yaml").read_text("utf-8"))
    mails = [
        (
            scene["from"],
            customer.write(player(scene["from"]), customer.Letter(scene["subject"], scene["text"])),
        )
        for scene in scenes
    ]
    customer.send_all(outside, mails)
    wake_desk()
    for scene, (_, content) in zip(scenes, mails, strict=True):
        message_id = parse(content).message_id or ""
        for step in scene.get("after", ()):
            if ended():
                return
            record = _wait(partial(record_of, message_id))
            _take(outside, scene["from"], record, step)


def wake_desk() -> None:
    """Have the desk look into its mailbox now, as its button Try now does."""
    for mailbox in Mailbox.objects.filter(fetching=True):
        try_now(mailbox)


def _has_looked_once() -> bool | None:
    """Tell whether the first fetch of the desk's mailbox has begun; None: not yet."""
    return (
        MailboxState.objects.filter(mailbox__fetching=True, first_started_at__isnull=False).exists() or None
    )


def record_of(message_id: str) -> Record | None:
    """Give the request that an incoming mail became or joined."""
    outcome = (
        MailOutcome.objects.filter(message_id=message_id, record__isnull=False)
        .select_related("record")
        .last()
    )
    return outcome.record if outcome else None


def _take(outside: Outside, customer_address: str, record: Record, step: Mapping[str, Any]) -> None:
    """Take one step of a scene."""
    if "answer" in step:
        answered = _wait(lambda: _last_from_desk(outside, customer_address, record))
        content = customer.write(player(customer_address), customer.answer_to(answered, step["answer"]))
        customer.send(outside, customer_address, content)
        wake_desk()
        _wait(lambda: record_of(parse(content).message_id or ""))
        return
    viewer = technician.viewer_for(step["by"])
    assert viewer is not None, "the settings of the demo have every technician of its scenes"
    for mode in ("reply", "note"):
        if mode in step:
            technician.write(viewer, record, mode, step[mode].rstrip())
    asked = {name.capitalize(): step[name] for name in _FIELDS if name in step}
    if asked:
        technician.change(viewer, record, asked)


def _last_from_desk(outside: Outside, address: str, record: Record) -> Message | None:
    """Give the newest mail that a person at the desk wrote to a customer about a request, once it is there."""
    for stored in outside.post.mails(address):
        if stored.box == "inbox":
            message = parse(stored.read())
            if str(record) in message.subject and not message.header("Auto-Submitted"):
                return message
    return None


def _wait(find: Callable[[], T | None]) -> T:
    end = time.monotonic() + _PATIENCE
    while (found := find()) is None:
        if time.monotonic() > end:
            raise Late
        time.sleep(_LOOK_EVERY)
    return found
