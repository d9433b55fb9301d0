"""The text of a part: its bytes decoded by what its header, or the HTML itself, says of them."""

import re

from deskpost.mime import charset
from deskpost.mime.bounds import Bounds
from deskpost.mime.structure import Part

_META_LABEL = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_META_BYTES = 2_048


def decoded(part: Part, raw: bytes, bounds: Bounds) -> str:
    """Give a text part with LF line breaks."""
    if part.text is not None:
        return part.text
    content = part.content(raw, bounds)
    label = part.parameters.get("charset")
    if label is None and part.content_type == "text/html" and not content.isascii():
        meta = _META_LABEL.search(content, 0, _META_BYTES)
        label = meta[1].decode("ascii", "replace") if meta else None
    part.text, defect = charset.decode_lines(content, label)
    if defect:
        bounds.note(defect)
    return part.text
