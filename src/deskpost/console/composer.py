"""The box in which a reply, a forward or a note is written: what it offers, and what was typed in it."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, gettext_lazy

from deskpost.console import recipients
from deskpost.console.dead_addresses import warnings
from deskpost.console.forms import WordedForm
from deskpost.console.page import Viewer
from deskpost.console.record_names import page_of
from deskpost.console.templatetags.deskpost_ui import first_word
from deskpost.console.uploads import MOST_MEGABYTES, FilesField
from deskpost.desk.answering import answered_mail
from deskpost.desk.conversations import Conversation
from deskpost.desk.field_values import Judge, judge, scene_of
from deskpost.desk.fields import Status
from deskpost.desk.people import fold
from deskpost.desk.records import Record
from deskpost.inbound.mailboxes import own_addresses
from deskpost.outbound.by_person import written_to
from deskpost.outbound.scopes import Senders, load_senders

LONGEST_TEXT = 500_000  # characters of a reply or note
LONGEST_SUBJECT = 500

REPLY, REPLY_ALL, FORWARD, NOTE = "reply", "reply_all", "forward", "note"


@dataclass(frozen=True, slots=True)
class Tab:
    """One thing that can be written, and to whom it goes as long as nobody changes that."""

    mode: str
    name: str
    to: str
    cc: str
    subject: str
    url: str
    hint: str  # what stands in the empty box


@dataclass(frozen=True, slots=True)
class Composer:
    """What the composer's template shows."""

    url: str
    mode: str
    tabs: tuple[Tab, ...]
    to: str
    cc: str
    subject: str
    text: str
    from_: str
    reply_name: str
    statuses: tuple[Status, ...]
    then_status: int | None
    token: str
    newest: int
    portal: bool  # a requester writes to the desk: no recipients, no subject
    closing: int | None  # the status that a requester's "It works now" sets; None: ended, or not permitted
    along: str  # what a forward takes along, in words
    max_files_words: str
    dead: tuple[str, ...] = ()  # a sentence for each address that mail cannot be delivered to
    error: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def hint(self) -> str:
        """What stands in the empty box of the chosen tab."""
        return next((tab.hint for tab in self.tabs if tab.mode == self.mode), "")

    @property
    def first_wrong(self) -> str:
        """The field that gets the focus after an answer: the first wrong one, or the text."""
        return next(iter(self.errors), "text" if self.error else "")


class Written(WordedForm):
    """What somebody typed into the composer. `portal`: a requester writes to the desk, and names nobody."""

    carried = ("mode", "status", "token", "newest")
    mode = forms.ChoiceField(choices=[(mode, mode) for mode in (REPLY, REPLY_ALL, FORWARD, NOTE)])
    to = forms.CharField(required=False, max_length=20_000)
    cc = forms.CharField(required=False, max_length=20_000)
    subject = forms.CharField(required=False, max_length=LONGEST_SUBJECT)
    text = forms.CharField(required=False, max_length=LONGEST_TEXT, strip=False)
    attachments = FilesField(required=False)
    status = forms.ModelChoiceField(queryset=Status.objects.all(), required=False)
    token = forms.UUIDField()
    newest = forms.IntegerField(required=False, min_value=0)

    def __init__(
        self,
        data: QueryDict,
        files: MultiValueDict[str, UploadedFile],
        unwanted: frozenset[str],
        portal: bool,
    ) -> None:
        super().__init__(data, files)
        self._portal = portal
        if portal:
            for name in ("to", "cc", "subject"):
                del self.fields[name]
            closed = Status.objects.filter(kind=Status.Kind.CLOSED)
            self.fields["status"].queryset = closed  # type: ignore[attr-defined]
        self._unwanted = unwanted

    def clean_to(self) -> tuple[recipients.Pair, ...]:
        """Give the recipients without the desk's own addresses."""
        return recipients.without(recipients.read(self.cleaned_data["to"]), self._unwanted)

    def clean_cc(self) -> tuple[recipients.Pair, ...]:
        """Give the further recipients without the desk's own addresses."""
        return recipients.without(recipients.read(self.cleaned_data["cc"]), self._unwanted)

    def clean(self) -> dict[str, Any]:
        """Check what depends on what is written."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        mode = values.get("mode")
        text = (values.get("text") or "").strip()
        closes = self._portal and values.get("status") is not None
        if not text and mode != FORWARD and not closes and "text" not in self.errors:
            words = gettext_lazy("There is no text yet. To do: write something, then send it.")
            self.add_error("text", ValidationError(words))
        return values

    def needs_recipient(self) -> None:
        """Say at the field that a mail goes to nobody."""
        if self.cleaned_data.get("to") or self.cleaned_data.get("cc") or {"to", "cc"} & set(self.errors):
            return
        if (self.data.get("to") or "").strip():
            words = gettext("That is the desk's own address, and the desk does not write to itself.")
        else:
            words = gettext("Nobody is named.")
        self.add_error("to", f"{words} {gettext('To do: name the recipient here.')}")


def composer_for(
    viewer: Viewer,
    record: Record,
    mode: str,
    newest: int,
    query: str,
    form: Written | None = None,
    error: str = "",
) -> Composer | None:
    """Give the composer with a mode chosen, or with what was typed and what is wrong with it; None: may not write."""
    desk = viewer.desk
    if not desk.may("conversation.reply", record):
        return None
    works = desk.works_on(record)
    wrong = {name: " ".join(map(str, words)) for name, words in form.errors.items()} if form else {}
    last = answered_mail(viewer.desk.conversations, record)
    senders = load_senders()
    tabs = (
        _tabs(viewer, record, last, own_addresses() | senders.addresses, query)
        if works
        else _portal_tabs(record, query)
    )
    chosen = next((tab for tab in tabs if tab.mode == (form.data.get("mode") if form else mode)), tabs[0])
    typed = form.data if form else {}
    statuses = _statuses(viewer, record) if works else ()
    action = page_of(record, "reply")
    return Composer(
        url=f"{action}?{query}" if query else action,
        mode=chosen.mode,
        tabs=tabs,
        to=str(typed.get("to", chosen.to)),
        cc=str(typed.get("cc", chosen.cc)),
        subject=str(typed.get("subject", chosen.subject)),
        text=str(typed.get("text", "")),
        from_=_from(senders, record),
        reply_name=_reply_name(record, last) if works else "",
        statuses=statuses,
        then_status=_integer(typed.get("status")),
        token=str(typed.get("token") or uuid.uuid4()),
        newest=newest,
        portal=not works,
        closing=None if works else _closing(viewer, record),
        along=_along(last),
        max_files_words=gettext("%(n)d MB in all") % {"n": MOST_MEGABYTES},
        dead=tuple(_dead(record, tabs)) if works else (),
        error=f"{wrong.pop(NON_FIELD_ERRORS, '')} {error}".strip(),
        errors=wrong,
    )


def unwanted_addresses() -> frozenset[str]:
    """Give the folded addresses that are never recipients: the mailboxes' and those that the desk writes as."""
    return own_addresses() | load_senders().addresses


def _tabs(
    viewer: Viewer, record: Record, last: Conversation | None, unwanted: frozenset[str], query: str
) -> tuple[Tab, ...]:
    author = _reply_to(record, last, unwanted)
    others = [*last.to, *last.cc] if last else []
    taken = {*unwanted, *(fold(address) for _, address in author)}
    more = recipients.without(others, taken)
    answer, onward = _subject("Re", record.subject), _subject("Fwd", record.subject)
    to, cc = recipients.write(author), recipients.write(more)
    name = _reply_name(record, last)
    write_to = gettext("Write to %(name)s") % {"name": name} if name else ""
    tabs = [_tab(REPLY, gettext("Reply"), to, "", answer, query, write_to)]
    if more:
        tabs.append(_tab(REPLY_ALL, gettext("Reply all"), to, cc, answer, query, write_to))
    if last is not None and viewer.desk.may("conversation.forward", record):
        hint = gettext("A note for who gets it, above the mail")
        tabs.append(_tab(FORWARD, gettext("Forward"), "", "", onward, query, hint))
    tabs.append(_tab(NOTE, gettext("Note"), "", "", answer, query, gettext("A note for technicians only")))
    return tuple(tabs)


def _portal_tabs(record: Record, query: str) -> tuple[Tab, ...]:
    name = first_word(record.technician.name) if record.technician else ""
    hint = gettext("Write to %(name)s") % {"name": name} if name else gettext("Write to the desk")
    return (_tab(REPLY, gettext("Reply"), "", "", "", query, hint),)


def _closing(viewer: Viewer, record: Record) -> int | None:
    """Give the status by which somebody closes a request of their own, where role and closing rules let them."""
    if record.closed_at is not None:
        return None
    status = judge({}, {}, scene_of(viewer.desk, record), close=True).changes.fields.get("Status")
    return status.pk if isinstance(status, Status) else None


def _dead(record: Record, tabs: Iterable[Tab]) -> Iterator[str]:
    """Warn of each proposed recipient to whom mail cannot be delivered, as a report said."""
    named = {address for tab in tabs for field in (tab.to, tab.cc) for _, address in recipients.read(field)}
    return warnings(record.account_id, named)


def _tab(mode: str, name: str, to: str, cc: str, subject: str, query: str, hint: str) -> Tab:
    url = f"?{query}&mode={mode}#composer" if query else f"?mode={mode}#composer"
    return Tab(mode, name, to, cc, subject, url, hint)


def _reply_to(
    record: Record, last: Conversation | None, unwanted: frozenset[str]
) -> tuple[recipients.Pair, ...]:
    """Give whom an answer goes to: who wrote the mail that is answered, else the requester."""
    if last is not None and last.from_address:
        pair = recipients.without([(last.from_name, last.from_address)], unwanted)
        if pair:
            return pair
    if record.requester is None:
        return ()
    address = record.requester.addresses.order_by("-primary", "pk").first()
    pairs = [(record.requester.name, address.address)] if address else []
    return recipients.without(pairs, unwanted)


def _statuses(viewer: Viewer, record: Record) -> tuple[Status, ...]:
    """Give the statuses that may be set with what is written."""
    knows = Judge(scene_of(viewer.desk, record))
    if not knows.is_offered("Status"):
        return ()
    others = (row for row in knows.rows("Status") if row != record.status)
    return tuple(row for row in others if knows.may_set_to("Status", row))


def _reply_name(record: Record, last: Conversation | None) -> str:
    if last is not None and last.from_name:
        return last.from_name
    return record.requester.name if record.requester else ""


def _from(senders: Senders, record: Record) -> str:
    sender = senders.choose(record.account_id, record.instance_id)
    if sender is None:
        return gettext("no outgoing server yet: the mail will wait here until there is one")
    return recipients.write([(sender.name, sender.written_as(written_to(record)))])


def _subject(mark: str, subject: str) -> str:
    return subject if subject.lower().startswith(f"{mark.lower()}:") else f"{mark}: {subject}"


def _along(last: Conversation | None) -> str:
    if last is None:
        return ""
    name = last.from_name or last.from_address
    return gettext("The newest mail of %(name)s goes along below your text, with its files.") % {"name": name}


def _integer(written: object) -> int | None:
    text = str(written or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
