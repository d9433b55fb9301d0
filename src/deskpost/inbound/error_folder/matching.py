"""Which mail of a folder is which error mail: by Message-ID and size, by its Message-ID, or by its size alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from deskpost import raw_store
from deskpost.inbound.error_folder.details import LONGEST_HEADER
from deskpost.inbound.error_folder.mails import ErrorMail
from deskpost.mime.parse import parse
from deskpost.transports.source import Source


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an error mail; its size as the server lists it."""

    id: int
    message_id: str | None
    size: int
    sha256: bytes


def known(**where: object) -> list[Known]:
    """Give the error mails of which this is true, whatever source of their mailbox they came from."""
    columns = ("pk", "mail__outcome__message_id", "mail__listed_size", "mail__size", "mail__sha256")
    found = list(ErrorMail.objects.filter(**where).order_by("pk").values_list(*columns))
    unnamed = message_ids([row[0] for row in found if row[1] is None])
    return [
        Known(id, name or unnamed.get(id), size if listed is None else listed, bytes(sha256))
        for id, name, listed, size, sha256 in found
    ]


def message_ids(ids: Sequence[int]) -> dict[int, str | None]:
    """Read the Message-IDs of mails that no step has read: what failed may have been the first one."""
    heads = {id: raw[:LONGEST_HEADER].partition(b"\r\n\r\n")[0] for id, raw in raw_store.load(ids).items()}
    return {id: message_id_in(head.partition(b"\n\n")[0]) for id, head in heads.items()}


def message_id_in(header: bytes) -> str | None:
    """Give the Message-ID that a header names."""
    return parse(header.rstrip() + b"\r\n\r\n").message_id


def matched(source: Source, wanted: Sequence[Known], uids: Sequence[str]) -> dict[str, int]:
    """Find for each of these mails of the folder that is open which error mail it is; each is found once."""
    if not wanted or not uids:
        return {}
    headers, sizes = source.message_id_headers(uids), source.sizes(uids)
    there = {uid: (message_id_in(headers.get(uid, b"")), sizes.get(uid)) for uid in uids}
    left, found = list(wanted), dict[str, int]()
    for both in (True, False):  # those that are surely meant before those of a like name
        for uid, (name, size) in there.items():
            fits = [] if uid in found else [one for one in left if _fits(one, name, size, both)]
            if fits:
                left.remove(fits[0])
                found[uid] = fits[0].id
    return found


def _fits(one: Known, name: str | None, size: int | None, both: bool) -> bool:
    if one.message_id is None or name is None:
        return one.message_id == name and one.size == size
    return one.message_id == name and (one.size == size or not both)
