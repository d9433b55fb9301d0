"""Fetch a sample mail: a look into the mailbox with the form's values, saved or not."""

from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.utils.translation import gettext, ngettext

from deskpost.console.mail_settings.mailbox_form import CONNECTION, MailboxForm
from deskpost.console.templatetags.deskpost_ui import grouped, size
from deskpost.console.troubleshooting import entry_of
from deskpost.inbound import mailbox_rules
from deskpost.inbound.collecting import sampling
from deskpost.inbound.mailboxes import Mailbox
from deskpost.mime.bounds import HEADER_BYTES, Bounds
from deskpost.mime.words import decode
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import TransportError
from deskpost.transports.tried_once import tried_once

_SHOWN = ("From", "To", "Subject", "Date")
_MOST_FIELDS = 60


@dataclass(frozen=True, slots=True)
class Result:
    """What a look led to. Not `ok`: `title` and `text` say what did not work, `todo` what helps."""

    ok: bool
    title: str
    text: str = ""
    answer: str = ""
    todo: str = ""
    help_url: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def of_form(form: MailboxForm) -> Result:
    """Look with what the form holds; of fields that no look needs nothing is said."""
    form.is_valid()
    needed = [name for name in (*CONNECTION, "source_folder") if name in form.errors and form.shown(name)]
    if needed:
        told = [f"{form[name].label}: {form.errors[name][0]}" for name in needed]
        return Result(False, gettext("Not tried"), " ".join(told))
    wanted = form.wanted
    refused = [
        (name, words)
        for name, words in mailbox_rules.refusals(wanted)
        if name in (*CONNECTION, "source_folder")
    ]
    if refused:
        return _failed(" ".join(words for _, words in refused), "", gettext("Not tried"))
    mailbox = Mailbox(**{name: value for name, value in wanted.items() if name != "account"})
    saved = form.mailbox if form.mailbox.pk else None
    source_changes = any(wanted[name] != getattr(form.mailbox, name) for name in mailbox_rules.SOURCE)
    return of_mailbox(mailbox, saved=saved, first=source_changes or sampling.begins_anew(form.mailbox))


def of_mailbox(mailbox: Mailbox, *, first: bool, saved: Mailbox | None = None) -> Result:
    """Look with the settings of a mailbox, which need not be saved: then the consent of `saved` counts.

    `first`: the next fetch is its first.
    """
    began = monotonic()
    try:
        look = sampling.look(mailbox, saved=saved)
    except TransportError as trouble:
        return _failed(tried_once(trouble.words), trouble.answer or "")
    except SecretUnreadable as unreadable:
        return _failed(str(unreadable), "", gettext("Not tried"))
    taken = f"{monotonic() - began:.1f}"
    if look.oldest is None:
        return Result(True, gettext("Signed in after %(n)s s. No mail is there") % {"n": taken})
    count = ngettext("%(n)s mail is there", "%(n)s mails are there", look.count) % {"n": grouped(look.count)}
    bounds = Bounds(HEADER_BYTES)
    fields = [(name, decode(value, bounds)) for name, value in look.oldest.headers[:_MOST_FIELDS]]
    known = {name.lower(): value for name, value in reversed(fields)}
    facts = [(gettext(name), known.get(name.lower(), "") or gettext("empty")) for name in _SHOWN]
    facts.append((gettext("Size"), size(look.oldest.size)))
    title = gettext("Signed in, and read the oldest mail, in %(n)s s. Nothing was changed") % {"n": taken}
    return Result(
        True,
        title,
        f"{count}. {_first(look) if first else ''}".strip(),
        facts=tuple(facts),
        headers=tuple(fields),
    )


def _first(look: sampling.Look) -> str:
    if look.first_fetch is None:
        return gettext(
            "Which of them came since that day is not told beforehand: POP would have to read each header."
        )
    if not look.first_fetch:
        return gettext("The first fetch brings none of them.")
    words = ngettext(
        "The first fetch brings %(n)s of them.", "The first fetch brings %(n)s of them.", look.first_fetch
    )
    return words % {"n": grouped(look.first_fetch)}


def _failed(words: str, answer: str, title: str = "") -> Result:
    """Cut a sentence about an error into what did not work, who said so, and what to do."""
    what, _, todo = words.partition(" To do: ")
    parts: dict[str, Any] = {"todo": todo[:1].upper() + todo[1:], "help_url": entry_of(words)}
    if title:
        return Result(False, title, what, **parts)
    first, dot, rest = what.partition(". ")
    return Result(False, first.rstrip("."), rest if dot else "", answer, **parts)
