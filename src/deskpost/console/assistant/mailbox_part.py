"""Questions 3 and 4: the parts of the mailbox's form that they ask, and saving them as that form does."""

from typing import Any

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext

from deskpost.access.sign_in_rules import graph_client_words
from deskpost.console.assistant import partly, proposals
from deskpost.console.assistant.progress import held, mailbox_of, move_on
from deskpost.console.mail_settings.mailbox_form import MailboxForm
from deskpost.console.page import Viewer
from deskpost.inbound import mailbox_saving
from deskpost.inbound.mailbox_saving import FetchingIsOn, StillFetching
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.setup_assistant import SetupAssistant
from deskpost.oauth.proposing import tenant_of

_LONGEST_TENANT = 100
AFTER = ("first_fetch", "since", "after_imap", "move_to", "after_pop", "leave_days")
"""What question 4 asks."""


def sign_in_form(
    progress: SetupAssistant, row: Mailbox | None, posted: QueryDict | None = None, grant: str = ""
) -> MailboxForm:
    """Give the mailbox's form with what question 3 asks; `grant` chooses anew who signs in."""
    at_hand, more = proposals.INCOMING[progress.runner]
    proposed = proposals.for_mailbox(progress, row)
    if grant:
        proposed |= {"grant": grant}
    form = _form(row, proposed, posted, (*at_hand, *more, *proposals.CARRIED))
    tenant = posted.get("tenant", "").strip() if posted is not None else ""
    for name in ("authorization_url", "token_url") if tenant else ():
        url = str(form.data.get(name) or "")
        if (now := tenant_of(url)) and "/" not in tenant:
            form.renew(name, url.replace(f"/{now}/", f"/{tenant[:_LONGEST_TENANT]}/", 1))
    return form


def tenant_typed(form: MailboxForm) -> str:
    """Give the tenant in the form's addresses; empty where it is the one that stands for all of them."""
    found = tenant_of(str(form["token_url"].value() or ""))
    return "" if found == "organizations" else found


def after_form(row: Mailbox, posted: QueryDict | None = None) -> MailboxForm:
    """Give the mailbox's form with what question 4 asks."""
    return _form(row, {}, posted, (*AFTER, "seen"))


def _form(
    row: Mailbox | None, proposed: dict[str, str], posted: QueryDict | None, names: tuple[str, ...]
) -> MailboxForm:
    row = row or Mailbox()
    data = partly.data_of(MailboxForm(row), proposed, posted, names)
    form = MailboxForm(row, data)
    partly.stilled(form)
    if posted is None:
        form.unjudged()
    return form


def told_elsewhere(form: Any, names: tuple[str, ...]) -> None:
    """Say on top what is wrong in a field that the page does not show."""
    for name in [name for name in form.errors if name not in names and name != "__all__"]:
        label = form.fields[name].label
        for words in form.errors.pop(name):
            form.add_error(None, f"{label}: {words}" if label else words)


def save(viewer: Viewer, form: MailboxForm, question: int) -> bool:
    """Save the mailbox; False: the form says why not. What was tried before counts no more where question 3 changed it.

    A double click saves once: who comes second finds what the first made.
    """
    try:
        if form.mailbox.pk is None:
            return _made(viewer, form)
        with mailbox_saving.resting(form.mailbox):
            return _changed(viewer, form, question)
    except FetchingIsOn:
        words = gettext(
            "Not saved: this mailbox is being fetched already. To do: stop fetching at Incoming, then save again."
        )
        form.add_error(None, words)
    except StillFetching as still:
        form.add_error(None, still.words)
    except IntegrityError as conflict:
        shared = graph_client_words(conflict)
        taken = gettext("Another mailbox was given this name a moment ago. To do: save again.")
        form.add_error("client_id" if shared else None, shared or taken)
    return False


@transaction.atomic
def _made(viewer: Viewer, form: MailboxForm) -> bool:
    if mailbox_of(held(viewer.person)) is None:
        mailbox_saving.save(viewer.person, "page", form.mailbox, form.wanted)
        move_on(viewer.person, 3, anew=True, mailbox=form.mailbox, tests={})
    return True


@transaction.atomic
def _changed(viewer: Viewer, form: MailboxForm, question: int) -> bool:
    form.row = form.mailbox = mailbox_saving.locked(form.mailbox.pk)
    wanted = form.wanted
    if not mailbox_saving.changes(form.mailbox, wanted):
        return True
    if form.saved_meanwhile():
        return False
    mailbox_saving.save(viewer.person, "page", form.mailbox, wanted)
    if question == 3:
        move_on(viewer.person, 3, anew=True, tests={})
    return True
