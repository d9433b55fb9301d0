"""What a typed command would do, and how it was read: the page's words for inbound.command.trial."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from deskpost.console.mail_settings.command_trial_form import TrialForm
from deskpost.console.mail_settings.email_command import page
from deskpost.console.page import Viewer, signed_in
from deskpost.desk.field_values import Verdict
from deskpost.inbound.command import trial as engine
from deskpost.inbound.command.reading import Reading
from deskpost.inbound.command.trial import Tried, Typed
from deskpost.inbound.outcome import Edits, NewRequest

_MOST = 200  # rows and marks that are shown


@dataclass(frozen=True, slots=True)
class Shown:
    """What would happen, for the page. `marked`: pieces of the sender's own words, each with its mark or ""."""

    tone: str
    title: str
    more: str
    rows: tuple[Verdict, ...]
    marked: tuple[tuple[str, str], ...]
    unread: bool  # a part of the text is quoted or a signature
    to: str
    answer: str
    took: float


@require_POST
@signed_in
def trial(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Try what was typed; nothing is sent or changed."""
    viewer.needs_everywhere("settings.mail")
    viewer.needs_everywhere("request.view")
    form = TrialForm(viewer, request.POST)
    if not form.is_valid():
        return page(request, viewer, trial=form, status=422)
    data = form.cleaned_data
    tried = engine.on(Typed(form.people[data["sender"]], data["authenticity"], data["subject"], data["text"]))
    return page(request, viewer, trial=form, shown=shown_of(tried, data["text"]))


def shown_of(tried: Tried, text: str) -> Shown:
    """Give a trial as the page shows it."""
    reading = tried.reading
    tone, title, more = _said(tried)
    to, answer = tried.answer
    return Shown(
        tone,
        title,
        more,
        reading.verdicts[:_MOST] if reading else (),
        tuple(_marked(reading)) if reading else (),
        reading is not None and len(reading.text.split()) < len(text.split()),
        to,
        answer,
        tried.took,
    )


def _said(tried: Tried) -> tuple[str, str, str]:
    outcome = tried.outcome
    if tried.other:
        return (
            "warn",
            gettext("It would be the mail of %(name)s") % {"name": tried.other},
            gettext("Both have this address. To do: choose that person to see what the mail would do."),
        )
    if outcome is None:
        return (
            "info",
            gettext("It would go on as an ordinary mail"),
            tried.remark or gettext("Nothing is read in it."),
        )
    if isinstance(outcome, Edits) and tried.reading is not None:
        words = {
            "close": gettext("%(name)s would be closed"),
            "pickup": gettext("%(name)s would be assigned"),
        }.get(tried.reading.operation or "", gettext("%(name)s would be edited"))
        return "ok", words % {"name": outcome.record.name}, f"{_counted(tried.reading)} {outcome.reason}"
    if isinstance(outcome, NewRequest) and tried.reading is not None:
        return "ok", gettext("A request would be opened"), f"{_counted(tried.reading)} {outcome.reason}"
    if outcome.kind == "held":
        return "warn", gettext("It would be held"), outcome.reason
    return "bad", gettext("It would be refused"), outcome.reason


def _counted(reading: Reading) -> str:
    kept = sum(one.kept for one in reading.verdicts)
    lost = len(reading.verdicts) - kept
    words = ngettext("%(n)d field set", "%(n)d fields set", kept) % {"n": kept}
    return f"{words}, {gettext('%(n)d skipped') % {'n': lost}}."


def _marked(reading: Reading) -> Iterator[tuple[str, str]]:
    """Give the own words in pieces: what was read, overwritten by a later one, or skipped."""
    lost = {one.name for one in reading.verdicts if not one.kept}
    marks = [(one.start, one.end, "skip") for one in reading.left_over if one.end]
    for place, (one, name) in enumerate(zip(reading.asked.commands, reading.asked.names, strict=True)):
        mark = "read"
        if place in reading.asked.overwritten:
            mark = "over"
        elif name in lost or (name == "Operation" and reading.asked.unknown):
            mark = "skip"
        marks.append((one.start, one.end, mark))
    at = 0
    for start, end, mark in sorted(marks)[:_MOST]:
        yield reading.text[at:start], ""
        yield reading.text[start:end], mark
        at = end
    yield reading.text[at : at + 20_000], ""
