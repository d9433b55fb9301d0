"""How what became of a mail is undone from its page, in words: one sentence for each outcome."""

from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from deskpost.inbound.messages import MailOutcome


class Acts(Protocol):
    """What a person may do with a mail."""

    @property
    def move(self) -> bool: ...

    @property
    def own(self) -> bool: ...

    @property
    def again(self) -> bool: ...

    @property
    def accept(self) -> int | None: ...

    @property
    def judge_sender(self) -> bool: ...


_UNDO: dict[str, str | Promise] = {
    "request": gettext_lazy("It is no request of its own: move it to the request that it belongs to."),
    "conversation": gettext_lazy(
        "It does not belong there: move it to another request, or make it a request of its own."
    ),
    "bounce": gettext_lazy(
        "It is no delivery report: make it a request of its own, or move it to a request. Whom it says that a mail did "
        "not reach stays marked until a mail comes from there."
    ),
    "automatic": gettext_lazy(
        "It is worth a request: make it a request of its own, or move it to one. Nobody is answered."
    ),
    "duplicate": gettext_lazy(
        "It is no copy: process it again, and it is taken up whatever came before; or make it a request of its own."
    ),
    "dropped": gettext_lazy("It is no spam: process it after all."),
    "refused": gettext_lazy(
        "It should come in: make it a request of its own. Or change the setting first, then process it again."
    ),
    "held": gettext_lazy("Accept the reply, move it to another request, or make it a request of its own."),
    "error": gettext_lazy("Mend the cause first, then process it again."),
}


def words(outcome: MailOutcome | None, may: Acts, *, went_with_request: bool, may_delete: bool) -> str:
    """Say how what became of a mail is undone; empty for who may not, and where there is no undo.

    `may_delete`: the request that it is in, which is what *This is spam* needs.
    """
    if outcome is None or not (may.move or may.own or may.again or may.accept):
        return ""
    if may.judge_sender:
        return gettext("Accept the sender, and it becomes a request; or refuse it, or move it to a request.")
    if outcome.kind == "held" and outcome.record_id is None:
        return gettext("Look at its sender first, then process it again; or make it a request of its own.")
    if went_with_request:
        return gettext("It is no spam: process it after all, which brings its request back.")
    said = str(_UNDO.get(outcome.kind, ""))
    if outcome.kind == "request" and may_delete:
        said += " " + gettext("It is spam: say so on the page of the request.")
    return said
