"""What a command mail was found to say: kept with its case, for the trace and for who tries a command."""

from dataclasses import dataclass

from deskpost.desk.field_values import Verdict
from deskpost.inbound.command.asked import Asked, Operation


@dataclass(slots=True)
class Reading:
    """The sender's own words, what is asked for in them, and how it was judged; verdicts come last."""

    text: str
    asked: Asked
    operation: Operation | None = None
    verdicts: tuple[Verdict, ...] = ()
