"""Which parts of a mail are its text, its HTML and its files (RFC 8621 section 4.1.4)."""

from dataclasses import dataclass, field

from deskpost.mime.structure import Part

_READ = ("text/plain", "text/html")


@dataclass(slots=True)
class Body:
    """The parts to be read one after the other as text and as HTML, and the files.

    `sealed` says by what ("S/MIME", "PGP") something in it cannot be read; `wholly` when that is what the mail says,
    and not a file beside it.
    """

    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    sealed: str = ""
    wholly: bool = False


def choose(root: Part) -> Body:
    """Sort the parts of a mail. A part that is only an HTML or only a plain text may be in both lists.

    Media in the course of the text are files: a person would call them so.
    """
    body = Body()
    if root.children:
        _sort(root.children, root.content_type[10:], False, body, body.text, body.html)
    elif root.content_type.startswith("multipart/"):
        body.text.append(root)
    else:
        _sort([root], "mixed", False, body, body.text, body.html)
    return body


def _sort(
    parts: list[Part],
    kind: str,
    alternative: bool,
    body: Body,
    text: list[Part] | None,
    html: list[Part] | None,
) -> None:
    """Sort the children of one multipart; `text` or `html` is None where a sibling is its alternative."""
    text_before = len(text) if text is not None else -1
    html_before = len(html) if html is not None else -1
    for place, part in enumerate(parts):
        if part.children:
            below = part.content_type[10:]
            _sort(part.children, below, alternative or below == "alternative", body, text, html)
        elif part.content_type not in _READ or not _is_read(part, place, kind):
            body.files.append(part)
        elif kind == "alternative":
            (body.text if part.content_type == "text/plain" else body.html).append(part)
        else:
            if alternative and part.content_type == "text/plain":
                html = None
            elif alternative:
                text = None
            if text is not None:
                text.append(part)
            if html is not None:
                html.append(part)
    if kind == "alternative" and text is not None and html is not None:
        if len(text) == text_before and len(html) != html_before:
            text.extend(html[html_before:])
        elif len(html) == html_before and len(text) != text_before:
            html.extend(text[text_before:])


def _is_read(part: Part, place: int, kind: str) -> bool:
    """Say whether a part is shown in the course of the mail; a named text that is not the first is a file."""
    if part.disposition[0] == "attachment":
        return False
    return place == 0 or (kind != "related" and not name_of(part))


def name_of(part: Part) -> str:
    """Give the file name a part bears, or ""."""
    disposition = part.disposition[1]
    return disposition.get("filename") or part.parameters.get("name") or disposition.get("name") or ""
