"""What a command mail was found to say: kept with its case, for the trace and for who tries a command."""

from collections.abc import Iterable
from dataclasses import dataclass

from deskpost.desk.field_values import Verdict
from deskpost.inbound.command.asked import Asked, Operation
from deskpost.inbound.command.left_over import LeftOver


@dataclass(slots=True)
class Reading:
    """The sender's own words, what is asked for in them, and how it was judged; verdicts come last.

    `left_over`: what looks like a command and is none; `verdicts` begin with theirs.
    """

    text: str
    asked: Asked
    operation: Operation | None = None
    left_over: tuple[LeftOver, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    def judge(self, verdicts: Iterable[Verdict] = ()) -> None:
        """Keep the verdicts on what is asked for, behind those on what is left over."""
        self.verdicts = (*(one.verdict for one in self.left_over), *verdicts)
