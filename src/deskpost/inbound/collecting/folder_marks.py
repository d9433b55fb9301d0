"""Where another folder of a mailbox ended at some time, as one text: UIDVALIDITY/UIDNEXT/name of the folder."""

from deskpost.transports.source import FolderEnd


def written(folder: str, end: FolderEnd | None) -> str:
    """Give the mark; empty where the server did not tell where the folder ends."""
    return f"{end.validity}/{end.next_uid}/{folder}" if end else ""


def read(mark: str) -> tuple[str, FolderEnd] | None:
    """Give folder and end of a mark; None of an empty one."""
    if not mark:
        return None
    validity, next_uid, folder = mark.split("/", 2)
    return folder, FolderEnd(validity, int(next_uid))
