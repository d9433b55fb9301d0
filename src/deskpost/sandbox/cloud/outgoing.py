"""What Exchange does to a mail that a mailbox sends, and when it goes: for Graph and EWS alike."""

import threading
import time
import uuid
from collections.abc import Callable
from email import message_from_bytes, policy
from email.utils import format_datetime, formataddr, localtime

from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.store import Mailbox, without_field

MINUTE = 60.0
KNOWN_HEADERS = ("x-auto-response-suppress", "x-priority", "x-ms-")
"""X-headers that Exchange keeps without having met them; what ends in a dash is a beginning."""


def submit(
    cloud: Cloud,
    mailbox: Mailbox,
    raw: bytes,
    *,
    save_to: str | None = "sentitems",
    copy_in: Mailbox | None = None,
    immutable_id: str | None = None,
    structured: bool = False,
    keeps_from: bool = False,
    twice: bool = False,
) -> None:
    """Send a mail as this mailbox, now or, past the limit of a minute, later; keep its copy in a folder.

    `copy_in` is the mailbox of that folder, where it is not the sender's own: a shared one.
    `structured` mails came as fields and not as MIME: Exchange keeps their From and learns their x-headers. One with
    `keeps_from` came as MIME with its From as a field beside it.
    `twice` delivers it twice to everybody.
    """
    content = as_sent(cloud, mailbox, raw, structured, keeps_from)
    doubled = twice or cloud.habits.send_twice

    def go() -> None:
        for _ in range(2 if doubled else 1):
            cloud.store.send(mailbox.address, content)
        if save_to is not None:
            _later(cloud.habits.late_sent_copy / cloud.time_scale, keep)

    def keep() -> None:
        cloud.store.put(
            copy_in or mailbox, content, save_to or "sentitems", is_read=True, immutable_id=immutable_id
        )

    _later(_delay(cloud, mailbox), go)


def as_sent(
    cloud: Cloud, mailbox: Mailbox, raw: bytes, structured: bool = False, keeps_from: bool = False
) -> bytes:
    """Give a mail as Exchange sends it, after its habits."""
    habits = cloud.habits
    names = {name.lower() for name in message_from_bytes(raw, policy=policy.compat32)}
    own = [name for name in names if name.startswith("x-") and not name.startswith(KNOWN_HEADERS)]
    if structured:
        cloud.known_headers.update(own)
    if not habits.keep_x_headers:
        for name in own:
            raw = raw if name in cloud.known_headers else without_field(raw, name)
    if not habits.keep_auto_submitted:
        raw = without_field(raw, "auto-submitted")
    if "message-id" not in names or not habits.keep_message_id:
        raw = with_field(raw, "Message-ID", new_message_id())
    if "from" not in names or not (habits.keep_from or structured or keeps_from):
        raw = with_field(raw, "From", formataddr((mailbox.name, mailbox.address)))
    if "date" not in names:
        raw = with_field(raw, "Date", format_datetime(localtime()))
    return raw


def new_message_id() -> str:
    """Give a Message-ID of Exchange Online's kind."""
    return f"<{uuid.uuid4().hex.upper()}@AM0PR05MB6210.eurprd05.prod.outlook.com>"


def with_field(raw: bytes, name: str, value: str) -> bytes:
    """Give a mail with this header field, which is ASCII, in the place of those of the same name."""
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    return f"{name}: {value}".encode("ascii", "replace") + end + without_field(raw, name.lower())


def _delay(cloud: Cloud, mailbox: Mailbox) -> float:
    """Give how many seconds a mail waits, so that no more than the limit of a minute go. Takes the place."""
    now = time.monotonic()
    if not cloud.limits.enforced:
        return 0.0
    allowed = max(1, cloud.limits.sent_per_minute)
    with cloud.lock:
        sent = cloud.sent_at.setdefault(mailbox.address, [])
        goes = max(now, sent[-allowed] + MINUTE / cloud.time_scale) if len(sent) >= allowed else now
        sent.append(goes)
        del sent[:-allowed]
    return goes - now


def _later(seconds: float, act: Callable[[], None]) -> None:
    if seconds <= 0:
        return act()
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
