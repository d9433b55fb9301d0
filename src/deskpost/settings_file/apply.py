"""Applying a document: a trial first, then mailboxes that change are held, then all of it in one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from django.db import transaction

from deskpost.inbound import leases
from deskpost.inbound.mailboxes import Mailbox, start_fetching, stop_fetching
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.changes import Change
from deskpost.settings_file.document import Document
from deskpost.settings_file.mistakes import Mistake, Mistaken, SettingsMistaken
from deskpost.settings_file.order import SECTIONS

PATIENCE = 120.0  # seconds for a fetch under way to end
_WHY_STOPPED = "Stopped while a settings file is being applied."


@dataclass(frozen=True, slots=True)
class Applied:
    """What was changed, or (of a dry run) would be."""

    changes: tuple[Change, ...]
    warnings: tuple[str, ...]


def apply(document: Document, *, dry_run: bool = False) -> Applied:
    """Make the settings what the document says: all of it, or nothing.

    A mailbox that is being fetched and changes is stopped first, the fetch under way ends, and fetching is
    afterwards as the file says, else as it was. Raises SettingsMistaken.
    """
    trial = _run(document, Applying(), commit=False)
    if dry_run:
        return _applied(trial)
    with _held(trial.changed_mailboxes) as fetching:
        return _applied(_run(document, Applying(fetching), commit=True))


def _run(document: Document, applying: Applying, *, commit: bool) -> Applying:
    try:
        with transaction.atomic():
            for section in SECTIONS:
                if section.key in document.sections:
                    section.apply(document.sections[section.key], applying)
            if not commit:
                transaction.set_rollback(True)
    except Mistake as mistake:
        raise SettingsMistaken(document.file, [mistake]) from mistake
    except Mistaken as several:
        raise SettingsMistaken(document.file, several.mistakes) from several
    return applying


@contextmanager
def _held(mailbox_ids: Sequence[int]) -> Iterator[dict[int, bool]]:
    """Hold mailboxes so that none is fetched, and give which of them had to be stopped (and had been on)."""
    stopped: dict[int, bool] = {}
    try:
        with ExitStack() as held:
            for mailbox in Mailbox.objects.filter(pk__in=mailbox_ids).order_by("pk"):
                if not _hold(held, mailbox.pk, 0.0):
                    stop_fetching(None, VIA, mailbox, _WHY_STOPPED)
                    stopped[mailbox.pk] = True
                    if not _hold(held, mailbox.pk, PATIENCE):
                        raise StillFetching(mailbox.name)
            yield stopped
    except BaseException:
        for mailbox in Mailbox.objects.filter(pk__in=stopped, fetching=False):
            start_fetching(None, VIA, mailbox)
        raise


def _hold(held: ExitStack, mailbox_id: int, patience: float) -> bool:
    return held.enter_context(leases.wait_for(f"fetch:{mailbox_id}", patience)) is not None


class StillFetching(Exception):
    """A fetch under way did not end in time. Nothing was changed."""

    def __init__(self, mailbox: str) -> None:
        self.words = (
            f"The mailbox {mailbox} is still being fetched after {PATIENCE:g} s. Nothing was changed. "
            "To do: apply the file again when its fetch has ended."
        )
        super().__init__(self.words)


def _applied(applying: Applying) -> Applied:
    return Applied(tuple(applying.changes.values()), tuple(applying.warnings))
