"""The state of the cloud that all its services share: store, tokens, limits, faults, habits, and what was asked."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from deskpost.sandbox.cloud.limits import Limits, Traffic
from deskpost.sandbox.cloud.store import Outward, Store
from deskpost.sandbox.cloud.tokens import Tokens

__all__ = ["SERVICES", "Asked", "Cloud", "Fault", "Habits", "Limits"]

SERVICES = ("graph", "ews", "sign_in", "admin")
KEPT = 200_000  # requests that the log remembers


@dataclass(slots=True)
class Habits:
    """What Exchange does to mail, each to be switched."""

    keep_message_id: bool = True  # of a mail that is sent; else it gets another one
    keep_draft_id: bool = True  # of a draft that is sent, by Graph; else its copy gets another immutable id
    late_sent_copy: float = 0.0  # seconds until the copy lies in Sent Items
    keep_x_headers: bool = True
    keep_auto_submitted: bool = True
    keep_from: bool = True  # else it is the mailbox's own address
    send_twice: bool = False  # one sendMail is delivered twice
    expire_delta: bool = False  # the next delta token is too old
    consent: str = "ask"  # the consent page's answer: "ask" a person, "approve", "cancel", or who approves
    clock_ahead: float = 0.0  # seconds by which the cloud's clock is wrong: Date fields and id tokens


@dataclass(slots=True)
class Fault:
    """Something that goes wrong on demand. `do` is latency, reset, half_answer, half_unframed, status, or its."""

    service: str
    do: str
    value: Any = None
    mailbox: str | None = None
    path: str = ""  # a regular expression that must be found in the path
    times: int | None = 1  # None: until it is taken away

    def fits(self, service: str, mailbox: str | None, path: str) -> bool:
        """Tell whether a request meets this fault."""
        return (
            self.service == service
            and self.mailbox in (None, mailbox)
            and re.search(self.path, path) is not None
            and self.times != 0
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that was answered, as `GET /admin/requests` tells it."""

    at: float  # seconds since 1970
    service: str
    mailbox: str | None
    client_id: str | None
    method: str
    path: str
    status: int
    concurrent: int  # requests of the same application and mailbox in flight when it came, itself included
    ms: float


@dataclass(slots=True)
class Cloud:
    """The whole cloud. Its services are functions of this."""

    store: Store
    tokens: Tokens
    tenant: str = "2f1f9c1e-6b0a-4c58-9d0f-5a1d2f3e4b5c"
    time_scale: float = 1.0  # how many times faster than life: waiting is divided by it
    habits: Habits = field(default_factory=Habits)
    limits: Limits = field(default_factory=Limits)
    faults: list[Fault] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    traffic: Traffic = field(default_factory=Traffic)
    sent_at: dict[str, list[float]] = field(
        default_factory=dict
    )  # when each mailbox's last mails went, or will
    known_headers: set[str] = field(default_factory=set)  # the x-headers that Exchange has met, in lower case
    lifecycle: Callable[[str], None] = field(default=lambda _: None)  # tells subscribers of such an event
    lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def new(cls, *, time_scale: float = 1.0, outward: Outward | None = None) -> "Cloud":
        """Make an empty one."""
        return cls(Store(outward), Tokens(), time_scale=time_scale)

    def meet(self, service: str, mailbox: str | None, path: str, kinds: tuple[str, ...]) -> Fault | None:
        """Give the first fault of these kinds that a request meets, and count it down."""
        with self.lock:
            for fault in self.faults:
                if fault.do in kinds and fault.fits(service, mailbox, path):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def wait(self, seconds: float, sleep: Callable[[float], None] = time.sleep) -> None:
        """Let time pass, as fast as the time scale says."""
        if seconds > 0:
            sleep(seconds / self.time_scale)

    def note(self, asked: Asked) -> None:
        """Keep what was asked; the oldest are forgotten."""
        with self.lock:
            self.asked.append(asked)
            if len(self.asked) > KEPT:
                del self.asked[: KEPT // 10]

    def requests_since(self, at: float) -> list[dict[str, Any]]:
        """Give what was asked since a moment."""
        with self.lock:
            return [asdict(one) for one in self.asked if one.at >= at]
