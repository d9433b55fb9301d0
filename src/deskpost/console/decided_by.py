"""What decided on a mail, as a link for who may open it, with what it said then."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console import settings_labels
from deskpost.console.page import Viewer
from deskpost.console.settings_restoring import DIRECTORY, OF_PERMISSION
from deskpost.desk.accounts import Account
from deskpost.desk.people import Person
from deskpost.desk.settings_words import KINDS
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.outcome import OF_OURS, Setting
from deskpost.inbound.spam.rules import SpamRule
from deskpost.inbound.visible import PERMISSION, visible_mailboxes
from deskpost.outbound.visible import visible_mails as visible_outgoing


@dataclass(frozen=True, slots=True)
class Decider:
    """What decided: what it is called, its address (empty for who may not open it), and what it said then."""

    words: str
    url: str
    said: str


_PAGES: Mapping[str, tuple[str, Callable[[], QuerySet[Any]] | None]] = {
    "account": ("account", Account.objects.all),
    "attachmentsettings": ("attachment_settings", None),
    "emailcommand": ("email_command", None),
    "delimiter": ("delimiters", None),
    "formertoken": ("delimiters", None),
    "installation": ("senders", None),
    "mailbox": ("incoming_mailbox", Mailbox.objects.all),  # removed ones are not among them
    "person": ("person", lambda: Person.objects.filter(deleted_at=None)),
    "spamrule": ("spam_rule", SpamRule.objects.all),
}
"""The page of each kind, and the rows that have it: None where there is but one row."""
_WITHOUT_FIELDS = ("account", "person")  # their pages show what is set, and another one sets it


class Deciders:
    """What decided, for one viewer: one question for each kind among all that a page shows."""

    def __init__(self, viewer: Viewer, stored: Iterable[Mapping[str, Any] | None]) -> None:
        """Look up which of these are still there, and which the viewer may know of."""
        self._desk = viewer.desk
        ids: dict[str, set[int]] = {}
        for one in filter(None, stored):
            ids.setdefault(one["kind"], set()).add(one["id"])
        self._there = {kind: self._open(kind, some) for kind, some in ids.items()}
        self._hidden = {kind: some - self._known(kind, some) for kind, some in ids.items()}
        self._foreign = self._of_others(ids.get("mailbox", set()))

    def of(self, by: Setting | None) -> Decider | None:
        """Give what decided; None where nothing did that the viewer may know of. It was among what was looked up."""
        if by is None or by.id in self._hidden[by.kind]:
            return None
        if by.kind == OF_OURS:
            words = gettext("Mail %(id)d of the outbox") % {"id": by.id}
        else:
            words = _words(by)
        foreign = (
            by.kind == "mailbox" and by.id in self._foreign
        )  # what it says may name people of other accounts
        return Decider(words, self._url(by), "" if foreign else _said(by))

    def _url(self, by: Setting) -> str:
        if by.id in self._there[by.kind]:
            if by.kind == OF_OURS:
                return reverse("outbox_mail", args=[by.id])
            route, rows = _PAGES[by.kind]
            anchor = f"#id_{by.column}" if by.column and by.kind not in _WITHOUT_FIELDS else ""
            return reverse(route, args=[by.id] if rows else []) + anchor
        if by.kind != OF_OURS and self._may(by.kind, history=True):  # what is gone has its history
            return f"{reverse('settings_history')}?kind={by.kind}&row={by.id}"
        return ""

    def _open(self, kind: str, ids: set[int]) -> set[int]:
        """Give those whose page is there and open to the viewer."""
        if kind == OF_OURS:
            return _ids(visible_outgoing(self._desk), ids) if self._desk.may("outbox.manage") else set()
        if kind not in _PAGES or not self._may(kind):
            return set()
        rows = _PAGES[kind][1]
        return ids if rows is None else _ids(rows(), ids)

    def _known(self, kind: str, ids: set[int]) -> set[int]:
        """Give those whose name the viewer may read: of accounts and people those of the viewer's accounts."""
        if kind not in ("account", "person") or self._desk.everywhere(PERMISSION):
            return ids
        accounts = self._desk.accounts
        return _ids(accounts if kind == "account" else Person.objects.filter(account__in=accounts), ids)

    def _of_others(self, mailboxes: set[int]) -> set[int]:
        if not mailboxes or self._desk.everywhere(PERMISSION):
            return set()
        return mailboxes - _ids(visible_mailboxes(self._desk), mailboxes)

    def _may(self, kind: str, *, history: bool = False) -> bool:
        """Tell whether the viewer may open the page of a kind, or its history."""
        directory = OF_PERMISSION[DIRECTORY] if history else _WITHOUT_FIELDS
        if kind in directory and self._desk.everywhere(DIRECTORY):
            return True
        return (history or kind not in directory) and self._desk.everywhere("settings.mail")


def deciders(viewer: Viewer, outcomes: Iterable[MailOutcome | None]) -> Mapping[int, Decider]:
    """Give what decided on these mails, by mail."""
    stored = {one.pk: one.decided_by for one in outcomes if one is not None and one.decided_by}
    shown = Deciders(viewer, stored.values())
    return {mail: found for mail, by in stored.items() if (found := shown.of(Setting.of(by)))}


def of_lines(trace: Sequence[Sequence[Any]]) -> list[Mapping[str, Any]]:
    """Give what is kept of the settings by which the steps of a mail judged."""
    return [line[4] for line in trace if len(line) > 4]


def _words(by: Setting) -> str:
    kind = KINDS.get(by.kind, by.kind)
    words = gettext("%(kind)s “%(name)s”") % {"kind": kind, "name": by.name} if by.name else str(kind)
    return f"{words}: {settings_labels.label(by.kind, by.column, {})}" if by.column else words


def _said(by: Setting) -> str:
    """Give what it said then, as its form words it where that is a choice."""
    return (settings_labels.words(by.kind, by.column, by.value, {}) if by.column else "") or by.value


def _ids(rows: QuerySet[Any], ids: set[int]) -> set[int]:
    return set(rows.filter(pk__in=ids).values_list("pk", flat=True))
