"""An exception that made a mail an error mail: where it was raised, and its whole story."""

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Self

LONGEST_FAULT = 20_000  # characters
_OURS = f"{Path(__file__).parent.parent}/"


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception that made a mail an error mail: its name and place in clear, its whole story to be encrypted."""

    name: str
    story: str

    @classmethod
    def of(cls, fault: BaseException) -> Self:
        """Tell of an exception that is being handled."""
        frames = traceback.extract_tb(fault.__traceback__)
        ours = [frame for frame in frames if frame.filename.startswith(_OURS)]
        last = (ours or frames)[-1] if frames else None
        place = f" ({Path(last.filename).name}, line {last.lineno})" if last else ""
        story = "".join(traceback.format_exception(fault))
        return cls(f"{type(fault).__name__}{place}", story[-LONGEST_FAULT:])
