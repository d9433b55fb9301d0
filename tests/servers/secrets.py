"""Looking for a secret in a text: in clear, as forms and JSON write it, and within anything that may be base64."""

import base64
import binascii
import json
import re
from urllib.parse import unquote_plus

_RUN = re.compile(r"[A-Za-z0-9+/_-]{4,}")


def holds(text: str, secret: str) -> bool:
    """Tell whether a text holds a secret, or the first 16 signs of a long one, in any spelling."""
    telling = secret[:16]
    spelled = {telling, json.dumps(telling)[1:-1], json.dumps(telling, ensure_ascii=False)[1:-1]}
    if any(one in text or one in unquote_plus(text) for one in spelled):
        return True
    return any(
        telling.encode() in decoded for run in _RUN.findall(unquote_plus(text)) for decoded in _decoded(run)
    )


def _decoded(run: str) -> list[bytes]:
    """Give what a run of signs means in base64, wherever it may begin."""
    plain = run.replace("-", "+").replace("_", "/")
    found = []
    for start in range(4):
        piece = plain[start:]
        try:
            found.append(base64.b64decode(piece[: len(piece) // 4 * 4]))
        except binascii.Error:
            continue
    return found
