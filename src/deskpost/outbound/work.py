"""Mails that a process has claimed and not sent yet, in the order in which its lanes take them."""

import queue
import threading
from collections.abc import Iterable

from deskpost.outbound.letter import Letter

Group = list[Letter]
"""Mails that one lane sends one after the other, because they belong to one record."""

_END = (0, 0)  # before every sending class


class Work:
    """Groups that wait for a lane, the most urgent first; and until when this process holds them.

    At most `window` mails are begun and not noted at any moment: so many, and no more, may arrive twice when the
    process is killed.
    """

    def __init__(self, window: int) -> None:
        self.window = window
        self._free = threading.Semaphore(window)
        self._groups: queue.PriorityQueue[tuple[tuple[int, int], Group]] = queue.PriorityQueue()
        self.held_until = 0.0  # by time.monotonic

    def begin(self) -> None:
        """Wait until one more mail may be begun."""
        self._free.acquire()

    def noted(self, mails: int) -> None:
        """Note that so many of those begun are written down, or were not sent after all."""
        for _ in range(mails):
            self._free.release()

    def put(self, letters: Iterable[Letter]) -> None:
        """Add mails in the order of the outbox, those of one record and class as one group."""
        groups: dict[tuple[int, int], Group] = {}
        for letter in letters:
            mail = letter.mail
            key = (mail.sending_class, mail.record_id) if mail.record_id else (-1, mail.id)
            groups.setdefault(key, []).append(letter)
        for group in groups.values():
            self._groups.put(((group[0].mail.sending_class, group[0].mail.id), group))

    def take(self) -> Group:
        """Wait for the next group; an empty one means to end."""
        return self._groups.get()[1]

    def take_back(self) -> Group:
        """Give all mails that no lane has taken."""
        letters: Group = []
        while True:
            try:
                letters += self._groups.get_nowait()[1]
            except queue.Empty:
                return letters

    def end(self, lanes: int) -> None:
        """Let so many lanes end after what they are sending."""
        for _ in range(lanes):
            self._groups.put((_END, []))

    def __len__(self) -> int:
        return self._groups.qsize()
