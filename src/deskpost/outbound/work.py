"""Mails that a process has claimed and not sent yet, in the order in which its lanes take them."""

import heapq
import math
import threading
import time
from collections.abc import Iterable
from operator import itemgetter

from deskpost.desk.sending_classes import SendingClass
from deskpost.outbound.letter import Letter

Group = list[Letter]
"""Mails that one lane sends one after the other, because they belong to one record. Where a mail is a request of its
own, claims keep their order, and each is a group."""


class Work:
    """Groups that wait for a lane, the most urgent first; and until when this process holds them.

    At most `window` mails are begun and not noted at any moment: so many, and no more, may arrive twice when the
    process is killed.
    """

    def __init__(self, window: int, *, one_by_one: bool = False) -> None:
        self.window = window
        self._one_by_one = one_by_one
        self._free = threading.Semaphore(window)
        self._changed = threading.Condition()
        self._groups: list[tuple[tuple[int, int], Group]] = []  # a heap
        self._ends = 0
        self.held_until = 0.0  # by time.monotonic
        self.over = threading.Event()  # nothing more is begun

    def begin(self) -> None:
        """Wait until one more mail may be begun."""
        self._free.acquire()

    def noted(self, mails: int) -> None:
        """Note that so many of those begun are written down, or were not sent after all."""
        for _ in range(mails):
            self._free.release()

    def put(self, letters: Iterable[Letter]) -> None:
        """Add mails in the order of the outbox, those of one record and class as one group.

        Not so `one_by_one`: several of a record that are claimed together are for different people (queue.claim).
        """
        groups: dict[tuple[int, int], Group] = {}
        for letter in letters:
            mail = letter.mail
            record_id = None if self._one_by_one else mail.record_id
            key = (mail.sending_class, record_id) if record_id else (-1, mail.id)
            groups.setdefault(key, []).append(letter)
        with self._changed:
            for group in groups.values():
                heapq.heappush(self._groups, ((group[0].mail.sending_class, group[0].mail.id), group))
            self._changed.notify(len(groups))

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more may be begun: it is to stop, or what is held may be another process's."""
        return self.over.is_set() or time.monotonic() >= self.held_until

    def is_urgent_beside(self, sending_class: int) -> bool:
        """Tell whether a lane is to do something else before a mail of this class: a more urgent one, or end."""
        return bool(self._ends) or self._first < sending_class

    @property
    def people_wait(self) -> bool:
        """Tell whether a mail that people wait for waits for a lane."""
        return self._first <= SendingClass.PEOPLE

    def take(self, *, fresh: bool = False) -> Group:
        """Wait for the next group; an empty one means to end.

        To a `fresh` lane, which was started for what waits, it only does when nothing waits any more.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._groups or self._ends)
            if self._ends and not (fresh and self._groups):
                self._ends -= 1
                return []
            return heapq.heappop(self._groups)[1]

    def take_back(self) -> Group:
        """Give all mails that no lane has taken."""
        with self._changed:
            letters = [letter for _, group in sorted(self._groups, key=itemgetter(0)) for letter in group]
            self._groups.clear()
        return letters

    def end(self, lanes: int) -> None:
        """Let so many lanes end after what they are sending."""
        with self._changed:
            self._ends += lanes
            self._changed.notify(lanes)

    @property
    def _first(self) -> float:
        with self._changed:
            return self._groups[0][0][0] if self._groups else math.inf

    def __len__(self) -> int:
        return len(self._groups)
