"""Changed settings as values: what a file says over what is set, with nothing written, for rehearsal.

What says nothing of the outcome of a mail that has come in is refused where it differs from what is set.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import models
from yaml import MappingNode

from deskpost.desk import delimiters, former_tokens
from deskpost.desk.installation import Delimiter, Installation
from deskpost.desk.people import fold
from deskpost.inbound import attachment_settings, deciders, rehearsal
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.rules import Ruleset
from deskpost.inbound.spam.rules import SpamRule
from deskpost.inbound.standing import Settings as Standing
from deskpost.inbound.standing import facts_of, former_of, load_delimiters
from deskpost.inbound.view import Constants
from deskpost.mime.former_tokens import FormerTokens
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.differing import differing
from deskpost.settings_file.document import Document
from deskpost.settings_file.mistakes import Collected, Mistake, Mistaken, SettingsMistaken
from deskpost.settings_file.order import SECTIONS
from deskpost.settings_file.rows import Row
from deskpost.settings_file.sections import attachments, installation, mailboxes, spam_rules
from deskpost.settings_file.sections import delimiters as delimiters_section

_WHOLE = ("threading", "delimiters", "spam_rules")
_KEYS: Mapping[str, Collection[str]] = {
    "attachments": ("max_mb", "allowed_extensions", "denied_extensions"),
    "mailboxes": (
        *("account", "instance", "addresses", "new_requests", "max_size_mb", "trusted_authserv_ids"),
        "forwards_by_technicians",
    ),
}
_WHAT = (
    "What can be rehearsed: threading, delimiters, spam_rules; of attachments max_mb and the extensions; of mailboxes "
    "account, instance, addresses, new_requests, max_size_mb, trusted_authserv_ids and forwards_by_technicians. "
    "To do: leave this out of the file, or as it is set now."
)


def present() -> rehearsal.Settings:
    """Give what is set."""
    return rehearsal.Settings(Standing().constants)


def changed(document: Document) -> rehearsal.Settings:
    """Give what would be set by a file. Raises SettingsMistaken with the lines that cannot be rehearsed."""
    try:
        with rehearsal.read_only():
            return _laid_over(document)
    except Mistake as mistake:
        raise SettingsMistaken(document.file, [mistake]) from mistake
    except Mistaken as several:
        raise SettingsMistaken(document.file, several.mistakes) from several


def _laid_over(document: Document) -> rehearsal.Settings:
    _refuse(document)
    constants, boxes = present().constants, dict[int, Mailbox]()
    for key, lay_over in _OVERLAYS.items():
        if key in document.sections:
            constants = lay_over(document.sections[key], constants)
    if "mailboxes" in document.sections:
        boxes = _mailboxes(document.sections["mailboxes"])
        constants = replace(constants, own_addresses=_own_addresses(boxes))
    return rehearsal.Settings(constants, {id: facts_of(box) for id, box in boxes.items()})


def _refuse(document: Document) -> None:
    """Raise what differs from what is set and cannot be rehearsed."""
    assert isinstance(document.root, MappingNode)
    sections = {section.key: section for section in SECTIONS}
    collected = Collected()
    for key, node in document.root.value:
        if key.value in _WHOLE:
            continue
        for path, line in differing(node, sections[key.value].export(), (key.value,)):
            if not _can_be(path):
                with collected.here():
                    raise Mistake(line, f"{' > '.join(path)} cannot be rehearsed. {_WHAT}", path[-1])
    collected.raise_if_any()


def _can_be(path: tuple[str, ...]) -> bool:
    keys = _KEYS.get(path[0], ())
    place = 2 if path[0] == "mailboxes" else 1  # mailboxes, its name, the key
    return len(path) > place and path[place] in keys


class _Overlay(Applying):
    """Takes what a section would save, and saves nothing: the rows carry it."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[models.Model] = []

    def save(
        self, section: str, name: str, row: models.Model, values: Mapping[str, Any], line: int
    ) -> tuple[str, ...]:
        """Set fields of the row in memory."""
        for field, value in values.items():
            setattr(row, field, value)
        if not any(row is one for one in self.rows):
            self.rows.append(row)
        return ()


def _threading(row: Row, constants: Constants) -> Constants:
    overlay = _Overlay()
    installation.THREADING.apply(row, overlay)
    (would_be,) = overlay.rows
    assert isinstance(would_be, Installation)
    return replace(
        constants,
        who_may_join=would_be.who_may_join,
        unknown_senders=would_be.unknown_senders,
        reopen_within_days=would_be.reopen_within_days,
        reopenings_per_day=would_be.reopenings_per_day,
        auto_replies=would_be.auto_replies,
        settings={**constants.settings, **deciders.of_installation(would_be)},
    )


def _delimiters(row: Row, constants: Constants) -> Constants:
    """Find what the file puts into use besides every earlier one, which still threads."""
    more = [("", row["base"])] if "base" in row else []
    codes: Row | None = row.get("modules")
    for module, text in codes.values.items() if codes else ():
        assert codes
        if words := delimiters.taken(module, text):
            raise codes.mistake(module, words)
        more.append((module, text))
    return replace(constants, delimiters=load_delimiters(more), former=_former(row, more, constants))


def _former(row: Row, more: Sequence[tuple[str, str]], constants: Constants) -> FormerTokens:
    """Find the tokens of former systems that the file maps, else those that are mapped."""
    if "former" not in row:
        return constants.former
    wanted = [delimiters_section.wanted_of(one) for one in row["former"]]
    texts = [*Delimiter.objects.values_list("module", "text"), *more]
    for one, read in zip(wanted, row["former"], strict=True):
        if former_tokens.own_clash([one.sample], texts):
            raise read.mistake("before", former_tokens.clash_words(one.sample))
    return former_of(wanted)


def _attachments(row: Row, constants: Constants) -> Constants:
    would_be = attachment_settings.load()
    for field, value in attachments.list_of(row, would_be).items():
        setattr(would_be, field, value)
    would_be.max_mb = row.get("max_mb", would_be.max_mb)
    return replace(
        constants,
        file_rules=attachment_settings.rules_of(would_be),
        settings={**constants.settings, **deciders.of_files(would_be)},
    )


def _spam_rules(rows: list[Row], constants: Constants) -> Constants:
    overlay = _Overlay()
    spam_rules.SECTION.apply(rows, overlay)
    named = {row.pk: row for row in overlay.rows if row.pk}
    kept = [named.get(row.pk, row) for row in SpamRule.objects.all()]
    by_instance: dict[int, list[SpamRule]] = {}
    for row in (*kept, *(row for row in overlay.rows if not row.pk)):
        assert isinstance(row, SpamRule)
        by_instance.setdefault(row.instance_id, []).append(row)
    rulesets = {id: Ruleset([row.rule for row in those if row.enabled]) for id, those in by_instance.items()}
    return replace(
        constants, spam_rules={id: one for id, one in rulesets.items() if len(one) or one.unusable}
    )


_OVERLAYS: Mapping[str, Callable[[Any, Constants], Constants]] = {
    "threading": _threading,
    "delimiters": _delimiters,
    "attachments": _attachments,
    "spam_rules": _spam_rules,
}


def _mailboxes(rows: list[Row]) -> dict[int, Mailbox]:
    overlay = _Overlay()
    mailboxes.SECTION.apply(rows, overlay)
    return {row.pk: row for row in overlay.rows if isinstance(row, Mailbox)}


def _own_addresses(boxes: Mapping[int, Mailbox]) -> frozenset[str]:
    lists = dict(Mailbox.objects.values_list("pk", "addresses"))
    lists.update({id: box.addresses for id, box in boxes.items()})
    return frozenset(fold(address) for addresses in lists.values() for address in addresses)
