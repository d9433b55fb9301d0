"""A page of the assistant, with the answers at its left."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deskpost.console.assistant.progress import RUNNERS, mailbox_of
from deskpost.console.assistant.steps import steps_of
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.setup_assistant import DONE, SetupAssistant
from deskpost.transports.protocols import PROTOCOLS

_PARTS = {1: "_address", 2: "_runner", 3: "_sign_in", 4: "_after", 5: "_answers", DONE: "_done"}


def page(
    request: HttpRequest, progress: SetupAssistant, now: int, more: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Show a question, or at the end what has become of the mailbox."""
    row = mailbox_of(progress)
    context = {
        "progress": progress,
        "steps": steps_of(progress, row, now),
        "now": now,
        "part": f"console/assistant/{_PARTS[now]}.html",
        "runner": str(RUNNERS.get(progress.runner, "")),
        "mailbox": row,
        "folders": row is not None and PROTOCOLS[row.protocol].folders,
        **(fetched(progress) if now == DONE else {}),
        **more,
    }
    return render(request, "console/assistant/assistant.html", context, status=status)


def fetched(progress: SetupAssistant) -> dict[str, Any]:
    """Give how the first fetch fares: `state`, the mailbox's; `mails`, how many came; `looking`: none has ended yet."""
    row = mailbox_of(progress)
    state = getattr(row, "state", None)
    mails = InboundMessage.objects.filter(mailbox=row).count() if row is not None else 0
    looking = row is not None and row.fetching and (state is None or (not mails and not state.last_fetch_at))
    failing = state.reason if state is not None and state.failing_since else ""
    return {"mailbox": row, "state": state, "mails": mails, "looking": looking, "failing": failing}
