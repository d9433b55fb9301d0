"""Images as came with an earlier mail of the request, such as the logo of a signature: folded away, never lost."""

from collections.abc import Iterable

from deskpost.console.page import Viewer
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record


def of(viewer: Viewer, record: Record, files: Iterable[Attachment]) -> frozenset[int]:
    """Give the ids of those of these files of a request that came before. One question; none without images."""
    images = {file.sha256 for file in files if _is_listed_image(file)}
    if not images:
        return frozenset()
    came = viewer.desk.attachments.filter(
        conversation__record=record, conversation__direction=Conversation.Direction.IN, sha256__in=images
    )
    first: dict[str, int] = {}
    again = set()
    for pk, digest, mail in came.order_by("conversation__at", "conversation_id").values_list(
        "pk", "sha256", "conversation_id"
    ):
        if first.setdefault(digest, mail) != mail:
            again.add(pk)
    return frozenset(again)


def _is_listed_image(file: Attachment) -> bool:
    return not file.inline and file.content_type.lower().startswith("image/")
