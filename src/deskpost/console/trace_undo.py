"""How what became of a mail is undone from its page, in words: one sentence for each outcome."""

from collections.abc import Iterable
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from deskpost.desk.people import Person
from deskpost.inbound.messages import MailAct, MailOutcome
from deskpost.inbound.steps.unknown import COLUMN


class Acts(Protocol):
    """What a person may do with a mail."""

    @property
    def move(self) -> bool: ...

    @property
    def own(self) -> bool: ...

    @property
    def again(self) -> bool: ...

    @property
    def ordinary(self) -> bool: ...

    @property
    def accept(self) -> str: ...

    @property
    def judge_sender(self) -> bool: ...

    @property
    def without_sender(self) -> bool: ...


_WHY: dict[str, str | Promise] = {
    "request": gettext_lazy("It is no request of its own"),
    "conversation": gettext_lazy("It does not belong there"),
    "bounce": gettext_lazy("It is no delivery report"),
    "automatic": gettext_lazy("It is worth a request"),
    "duplicate": gettext_lazy("It is no copy"),
    "dropped": gettext_lazy("It is no spam"),
    "refused": gettext_lazy("It should come in"),
    "held": gettext_lazy("Its sender may write"),
    "error": gettext_lazy("The cause is mended"),
}
_HOW = {
    "request": ("move",),
    "conversation": ("move", "own"),
    "bounce": ("own", "move"),
    "automatic": ("own", "move"),
    "duplicate": ("again", "own"),
    "dropped": ("again",),
    "refused": ("ordinary", "own", "again"),
    "held": ("accept", "own", "move"),
    "error": ("again",),
}
_ACTS: dict[str, str | Promise] = {
    "accept": gettext_lazy("accept the reply"),
    "move": gettext_lazy("move it to the request that it belongs to"),
    "own": gettext_lazy("make it a request of its own"),
    "ordinary": gettext_lazy("let it go on as an ordinary mail"),
    "again": gettext_lazy("process it again"),
}
_MORE: dict[str, str | Promise] = {
    "bounce": gettext_lazy(
        "Nobody is answered. Whom it says that a mail did not reach stays marked until a mail comes from there."
    ),
    "automatic": gettext_lazy("Nobody is answered."),
    "duplicate": gettext_lazy("Processed again it is taken up whatever came before."),
    "refused": gettext_lazy("To process it again helps once the setting says otherwise."),
}


def words(outcome: MailOutcome | None, may: Acts, *, went_with_request: bool, may_delete: bool) -> str:
    """Say how what became of a mail is undone; empty for who may not, and where there is no undo.

    `may_delete`: the request that it is in, which is what *This is spam* needs.
    """
    if outcome is None:
        return ""
    if may.judge_sender:
        if may.without_sender:
            return gettext(
                "Accept it, and it becomes a request of nobody; or refuse it, or move it to a request."
            )
        return gettext("Accept the sender, and it becomes a request; or refuse it, or move it to a request.")
    if went_with_request:
        return gettext("It is no spam: process it after all, which brings its request back.")
    kind = outcome.kind
    how = ("again", "own") if kind == "held" and outcome.record_id is None else _HOW.get(kind, ())
    acts = [_act(act, kind) for act in how if getattr(may, act)]
    said = [f"{_WHY[kind]}: {gettext(', or ').join(acts)}."] if acts else []
    if acts and kind in _MORE:
        said.append(str(_MORE[kind]))
    if kind == "request" and may_delete:
        said.append(gettext("It is spam: say so on the page of the request."))
    return " ".join(said)


def accepted(outcome: MailOutcome | None, acts: Iterable[MailAct]) -> Person | None:
    """Give who is a person since somebody accepted this mail, which the setting on unknown senders had stopped.

    That is who wrote it; the requester may be somebody else by now.
    """
    if outcome is None or outcome.conversation is None or outcome.kind != "request":
        return None
    person = outcome.conversation.author
    if person is None or person.deleted_at is not None:
        return None
    stopped = any(
        len(line) > 4 and line[4].get("column") == COLUMN
        for act in acts
        if act.kind == MailAct.Kind.OWN and act.before
        for line in act.before["steps"]
    )
    return person if stopped else None


def _act(act: str, kind: str) -> str:
    return gettext("process it after all") if kind == "dropped" else str(_ACTS[act])
