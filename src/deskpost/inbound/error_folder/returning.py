"""Moving mails back out of the error folder, and meeting them again in the inbox: each is the mail it was.

What is moved back is met by the next fetch under another number. It is tied to its row by its bytes or Message-ID,
so that nothing is stored twice and nothing is taken for a duplicate, and goes through the steps anew.
"""

import hashlib
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from django.db import transaction

from deskpost import raw_store
from deskpost.desk.people import Person
from deskpost.inbound import leases, reprocess
from deskpost.inbound.collecting.first_fetch import begin_source, is_to_come
from deskpost.inbound.collecting.sources import open_source
from deskpost.inbound.error_folder import gone, incoming, limits, matching
from deskpost.inbound.error_folder.mails import ErrorMail, Place
from deskpost.inbound.error_folder.matching import Known
from deskpost.inbound.error_folder.sharing import sharers
from deskpost.inbound.mailbox_saving import PATIENCE, StillFetching
from deskpost.inbound.mailboxes import Mailbox, MailboxState, try_now
from deskpost.inbound.messages import InboundMessage, MailAct, MailOutcome, Unacknowledged, Undecided
from deskpost.transports.errors import ActRefused, CopiedNotDeleted, MailboxMissing
from deskpost.transports.source import RawMail, Source

STEP_TIME = 20.0  # seconds that each step at the server may take: somebody waits
SHARED = (
    "The folder {folder} is also one of {others}, so what is no error mail of this mailbox stayed there: {count}. "
    "To do: give each mailbox an error folder of its own."
)


@dataclass(slots=True)
class Returned:
    """What came of moving mails back: how many went, how many are left, and why in the server's words."""

    moved: int = 0
    left: int = 0
    words: str = ""


def move_back(actor: Person, mailbox: Mailbox) -> Returned:
    """Move all mails of the error folder into the folder that is fetched from, unread, and have them fetched.

    Raises StillFetching, SecretUnreadable, and what is wrong with the connection.
    """
    returned = Returned()
    with leases.wait_for(f"fetch:{mailbox.pk}", PATIENCE) as lease:
        if lease is None:
            raise StillFetching(mailbox.name, PATIENCE)
        for folder in _folders(mailbox, lease):
            aside = copy(mailbox)
            aside.source_folder = folder
            try:
                with open_source(aside, saved=mailbox, step_time=STEP_TIME) as source:
                    _empty(mailbox, source, lease, folder, actor, returned)
                    limits.note_total(mailbox, source)
            except MailboxMissing:
                left, returned.words = gone.note_folder_gone(lease, mailbox, folder)
                returned.left += left
    if returned.moved and mailbox.fetching:
        try_now(mailbox)
    return returned


def tie(mailbox: Mailbox, validity: str, mails: Sequence[RawMail]) -> list[RawMail]:
    """Take the mails that were moved back as what they are, in the caller's transaction; give the others."""
    known = matching.known(mailbox=mailbox, place=Place.TO_INBOX)
    if not known:
        return list(mails)
    others = []
    for mail in mails:
        found = _fitting(known, mail)
        if found is None:
            others.append(mail)
        else:
            known.remove(found)
            _take_up(mailbox, validity, found, mail)
    return others


def _folders(mailbox: Mailbox, lease: leases.Held) -> list[str]:
    """Give the folders that hold error mails, as the server knows them: the present one and those of before.

    Of a source that was not fetched yet its first fetch begins here: what goes back is to come after it.
    """
    with open_source(mailbox, step_time=STEP_TIME) as source:
        state, _ = MailboxState.objects.get_or_create(mailbox=mailbox)
        if is_to_come(mailbox, state):
            begin_source(mailbox, source, lease)
        present = source.make_folder(mailbox.error_folder_name)
        no_folder = incoming.is_it(mailbox, source, present)
    before = ErrorMail.objects.filter(mailbox=mailbox, place=Place.FOLDER).exclude(folder=present)
    folders = list(before.values_list("folder", flat=True).distinct())
    return folders if no_folder else [*folders, present]


def _empty(
    mailbox: Mailbox, source: Source, lease: leases.Held, folder: str, actor: Person, returned: Returned
) -> None:
    there = source.list(None, None)
    ids = matching.matched(source, matching.known(mailbox=mailbox, place=Place.FOLDER, folder=folder), there)
    uids = _own(mailbox, folder, there, ids, returned)
    _note_returning(lease, mailbox, folder, ids, actor)
    left: dict[str, str] = {}
    try:
        source.mark_unread(uids)
    except ActRefused as refusal:  # they go back read: the fetch does not go by that mark
        returned.words = refusal.words
    try:
        if uids:
            source.move(uids, mailbox.source_folder)
    except CopiedNotDeleted as refusal:
        _delete_copied(source, refusal, left)
        for uid in set(source.sizes(uids)) - set(refusal.uids):
            _move_one(source, uid, mailbox.source_folder, left)
    except (ActRefused, MailboxMissing):
        still = source.sizes(uids)
        for uid in uids:
            if uid in still:
                _move_one(source, uid, mailbox.source_folder, left)
    with lease.transaction():
        for uid, words in left.items():
            ErrorMail.objects.filter(pk=ids.get(uid)).update(place=Place.FOLDER, words=words)
    returned.moved += len(uids) - len(left)
    returned.left += len(left)
    returned.words = next(iter(left.values()), returned.words)


def _own(
    mailbox: Mailbox, folder: str, there: Sequence[str], ids: dict[str, int], returned: Returned
) -> list[str]:
    """Give what may go back: error mails of this mailbox, and what is nobody's in a folder that no other shares."""
    uids = [uid for uid in there if uid in ids]
    if len(uids) == len(there):
        return uids
    others = sharers(mailbox, folder)
    if not others:
        return list(there)
    returned.left += len(there) - len(uids)
    named = ", ".join(one.name for one in others)
    returned.words = SHARED.format(count=len(there) - len(uids), folder=folder, others=named)
    return uids


def _move_one(source: Source, uid: str, folder: str, left: dict[str, str]) -> None:
    try:
        source.move([uid], folder)
    except (ActRefused, MailboxMissing) as refusal:
        left[uid] = refusal.words


def _delete_copied(source: Source, refusal: CopiedNotDeleted, left: dict[str, str]) -> None:
    """Of mails whose copies are in the inbox already: try once more to delete them here, and copy nothing again."""
    try:
        source.delete(refusal.uids)
    except ActRefused as again:
        left.update(dict.fromkeys(refusal.uids, again.words))


def _note_returning(
    lease: leases.Held, mailbox: Mailbox, folder: str, ids: dict[str, int], actor: Person
) -> None:
    """Note before they are moved that mails go back; what is in the folder no more stays where somebody put it."""
    with lease.transaction():
        rows = ErrorMail.objects.filter(mailbox=mailbox, place=Place.FOLDER, folder=folder)
        rows.exclude(pk__in=ids.values()).update(place=Place.KEPT, folder="", words=gone.NOT_THERE)
        rows.filter(pk__in=ids.values()).update(place=Place.TO_INBOX, words="")
        for outcome in MailOutcome.objects.select_related("mail", "record").filter(
            pk__in=ids.values(), kind="error"
        ):
            reprocess.note(outcome.mail, actor, MailAct.Kind.AGAIN, before=reprocess.before_of(outcome))


def _fitting(known: Sequence[Known], mail: RawMail) -> Known | None:
    digest = hashlib.sha256(mail.content).digest()
    for one in known:
        if one.sha256 == digest:
            return one
    name = matching.message_id_in(mail.content.partition(b"\r\n\r\n")[0])
    return next((one for one in known if name is not None and one.message_id == name), None)


@transaction.atomic
def _take_up(mailbox: Mailbox, validity: str, known: Known, mail: RawMail) -> None:
    """Let a mail be the one that it was, under its new number; what came of a large one now comes whole."""
    digest = hashlib.sha256(mail.content).digest()
    if digest != known.sha256:
        raw_store.delete(known.id)
        raw_store.put([(known.id, mail.content)])
    InboundMessage.objects.filter(pk=known.id).update(
        source_number=mailbox.source_number,
        folder=mailbox.source_folder,
        validity=validity,
        uid=mail.uid,
        size=mail.size,
        listed_size=mail.listed,
        sha256=digest,
        truncated=mail.truncated,
        refusal=mail.refusal,
    )
    ErrorMail.objects.filter(pk=known.id).update(place=Place.KEPT, folder="", refusals=0)
    if MailOutcome.objects.filter(pk=known.id, kind="error").exists():
        past = MailAct.objects.filter(mail=known.id, kind=MailAct.Kind.AFTER_ALL).exists()
        Undecided.objects.get_or_create(
            mail_id=known.id, defaults={"mailbox": mailbox, "exempt": True, "after_all": past}
        )
    if mailbox.after_fetching != Mailbox.AfterFetching.LEAVE and not (mail.truncated or mail.refusal):
        Unacknowledged.objects.get_or_create(mail_id=known.id, defaults={"mailbox": mailbox})
