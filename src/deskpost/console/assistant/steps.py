"""The five questions at the left: which are answered, how, and which is open."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.assistant.address import found_words
from deskpost.console.assistant.answers_part import server_saved
from deskpost.console.assistant.progress import RUNNERS
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.setup_assistant import DONE, SetupAssistant


@dataclass(frozen=True, slots=True)
class Step:
    """One question: its title, what was answered, and where it is asked again; `state`: done, now or next."""

    number: int
    title: str
    says: str
    state: str
    url: str


def steps_of(progress: SetupAssistant, row: Mailbox | None, now: int) -> list[Step]:
    """Give the questions while `now` is the one that is asked."""
    titles = (
        gettext("Which address do customers write to?"),
        gettext("Who runs that mailbox?"),
        gettext("Sign in to it"),
        gettext("What happens to mail after fetching?"),
        gettext("How do answers go out?"),
    )
    steps = []
    for number, title in enumerate(titles, 1):
        done = number < progress.question
        state = "now" if number == now else "done" if done else "next"
        may = number <= progress.question < DONE and number != now
        url = reverse("setup_question", args=[number]) if may else ""
        steps.append(Step(number, title, _says(progress, row, number, done=done), state, url))
    return steps


def _says(progress: SetupAssistant, row: Mailbox | None, number: int, *, done: bool) -> str:
    if number == 3 and not done and progress.question == 3:
        return _asks(progress, row)
    if not done:
        return ""
    match number:
        case 1:
            return progress.address
        case 2:
            return (
                f"{RUNNERS[progress.runner]}, {found_words(progress)}" if progress.runner in RUNNERS else ""
            )
        case 3:
            return gettext("Signed in as %(user)s") % {"user": row.mailbox_opened} if row else ""
        case 4:
            return _after(row) if row else ""
    return _answers(progress)


def _asks(progress: SetupAssistant, row: Mailbox | None) -> str:
    if row is not None and not row.by_consent:
        return ""
    words = {
        "microsoft": gettext("Microsoft asks for your consent"),
        "google": gettext("Google asks for your consent"),
    }
    return words.get(progress.runner, "")


def _after(row: Mailbox) -> str:
    first = {"new": gettext("New mail only"), "everything": gettext("Everything that is there")}
    came = first.get(row.first_fetch) or gettext("Mail since %(day)s") % {"day": row.first_fetch}
    after = {
        "mark_read": gettext("marked as read"),
        "move": gettext("moved to %(folder)s") % {"folder": row.move_to},
        "delete": gettext("deleted there"),
        "leave": gettext("left as it is"),
    }
    return f"{came}, {after[row.after_fetching]}"


def _answers(progress: SetupAssistant) -> str:
    server = server_saved()
    if progress.outgoing == "later" or server is None:
        return gettext("Later")
    return gettext("By %(host)s") % {"host": server.host}
