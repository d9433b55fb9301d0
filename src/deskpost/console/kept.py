"""What somebody wrote into a form that could not be sent: the error page holds it, so that it can be sent again."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

_WRITTEN = ("new_request", "request_reply")  # forms with a text; of others nothing is shown again (passwords)
_SHOWN = ("subject", "text")


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent. Its token is among the hidden values: sent twice, it does its work once."""

    url: str
    subject: str | None
    text: str
    hidden: Sequence[tuple[str, str]]
    with_files: bool  # files were chosen, and a page cannot keep them


def kept_of(request: HttpRequest) -> Kept | None:
    """Give what was written in the form of this request, None where no text was sent. Asks no database."""
    match = request.resolver_match
    if request.method != "POST" or match is None or match.url_name not in _WRITTEN:
        return None
    try:
        values, with_files = request.POST, bool(request.FILES)
    except OSError:  # cut off on its way
        return None
    if not values.get("text"):
        return None
    return Kept(
        url=request.get_full_path(),
        subject=values.get("subject"),
        text=values["text"],
        hidden=[(name, value) for name, all_ in values.lists() for value in all_ if name not in _SHOWN],
        with_files=with_files,
    )
