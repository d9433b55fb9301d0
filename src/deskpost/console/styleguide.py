"""The style sheet's page: every component in each of its states."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True, slots=True)
class Named:
    """A sample of what has an id or a level, and a name."""

    id: int
    name: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Tick:
    """A sample step of a mail's way."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A sample way of a mail: its outcome, the step (from 1) that decided, and one with a remark."""

    outcome: str
    decided: int
    words: str
    remark: int = 0

    @property
    def steps(self) -> list[Tick]:
        """Give eleven steps, those after the deciding one not reached."""
        return [Tick(f"step {number}", self._state(number)) for number in range(1, 12)]

    def _state(self, number: int) -> str:
        if number == self.decided:
            return "decided"
        if number > self.decided:
            return "open"
        return "remark" if number == self.remark else "passed"


STRIPS = (
    Strip("request", 11, "New request, step 11"),
    Strip("conversation", 10, "Conversation, step 10, one remark", remark=8),
    Strip("command", 9, "Command, step 9"),
    Strip("dropped", 3, "Dropped, step 3"),
    Strip("refused", 11, "Refused, step 11"),
    Strip("held", 10, "Held, step 10"),
    Strip("error", 8, "Error, step 8"),
)
PRIORITIES = tuple(
    Named(level, name, level) for level, name in enumerate(("Low", "Normal", "High", "Urgent"), 1)
)
PEOPLE = tuple(
    Named(number, name)
    for number, name in enumerate(
        (
            *(
                "Dana Whitfield",
                "Sam Okafor",
                "Priya Raman",
                "Tom Achterberg",
                "Marisol Ibarra",
                "Ute Brandt",
            ),
            *(
                "Helen Cho",
                "Peter Lindqvist",
                "Farida Nasser",
                "João Tavares",
                "Rahel Tesfaye",
                "Anneke de Wit",
            ),
        )
    )
)


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the components; only while debugging and in the demo."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    context = {"strips": STRIPS, "priorities": PRIORITIES, "people": PEOPLE}
    return render(request, "console/styleguide.html", context)
