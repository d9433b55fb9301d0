"""What an application may ask of one mailbox, and who is asking at this moment."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from deskpost.sandbox.cloud.exchange import Refusal, Who

LIMITED = ("graph", "ews")
REQUESTS_WINDOW = 600.0  # seconds
UPLOAD_WINDOW = 300.0
CONCURRENCY_PAUSE = 5.0  # seconds that one who was too many is told to wait

Lane = tuple[str, str | None, str | None]  # service, application, mailbox


@dataclass(slots=True)
class Limits:
    """What an application may ask of one mailbox. Times are in seconds, before the time scale."""

    concurrent: int = 4
    requests_per_10_minutes: int = 10_000
    upload_bytes_per_5_minutes: int = 150_000_000
    filtered_delta: int = 5_000  # messages that a delta query with a $filter tells; the rest it passes over
    sent_per_minute: int = 30  # more are delayed, and not refused
    service_time: tuple[float, float] = (0.0, 0.0)  # how long an answer takes: between these two
    enforced: bool = True


@dataclass(slots=True)
class Passage:
    """One request on its way: how many its lane holds with it, and why it is turned away, if it is."""

    concurrent: int
    refusal: Refusal | None


@dataclass(slots=True)
class Traffic:
    """Counts the requests in flight, and what the last minutes saw, for each application and mailbox."""

    in_flight: dict[Lane, int] = field(default_factory=lambda: defaultdict(int))
    seen: dict[Lane, deque[tuple[float, int]]] = field(default_factory=lambda: defaultdict(deque))
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def passing(
        self, limits: Limits, service: str, who: Who, uploads: int = 0, time_scale: float = 1.0
    ) -> Iterator[Passage]:
        """Hold a place for one request; what limits refuse gets a passage with its `refusal`.

        A request inside a batch goes through here by itself, and what holds it, of no mailbox, is not limited.
        `uploads` is what it brings, in bytes.
        """
        lane = (service, who.client_id, who.mailbox)
        with self.lock:
            self.in_flight[lane] += 1
            limited = limits.enforced and service in LIMITED and who.mailbox is not None
            refusal = self._refusal(limits, lane, uploads, time_scale) if limited else None
            passage = Passage(self.in_flight[lane], refusal)
        try:
            yield passage
        finally:
            with self.lock:
                self.in_flight[lane] -= 1

    def _refusal(self, limits: Limits, lane: Lane, uploads: int, time_scale: float) -> Refusal | None:
        now = time.monotonic() * time_scale
        seen = self.seen[lane]
        while seen and seen[0][0] <= now - REQUESTS_WINDOW:
            seen.popleft()
        if self.in_flight[lane] > limits.concurrent:
            words = "Application is over its MailboxConcurrency limit."
            return Refusal("concurrent", words, CONCURRENCY_PAUSE / time_scale)
        if len(seen) >= limits.requests_per_10_minutes:
            wait = (seen[0][0] + REQUESTS_WINDOW - now) / time_scale if seen else 0.0
            return Refusal("requests", "Application is over its RequestCount limit.", wait)
        if uploads and self._uploaded(seen, now) + uploads > limits.upload_bytes_per_5_minutes:
            return Refusal("upload", "Application is over its Upload limit.", UPLOAD_WINDOW / time_scale)
        seen.append((now, uploads))
        return None

    def _uploaded(self, seen: deque[tuple[float, int]], now: float) -> int:
        return sum(size for at, size in seen if size and at > now - UPLOAD_WINDOW)
