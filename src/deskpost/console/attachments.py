"""Attachments, as downloads and never as pages."""

import unicodedata

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from deskpost.console.page import Viewer, signed_in
from deskpost.outbound.files import content_of

BYTES = "application/octet-stream"
# What a browser shows inside <img>; everything else is bytes to it. SVG can hold scripts.
PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"))


@require_safe
@signed_in
def attachment(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Give the bytes of an attachment. The browser saves them and opens nothing."""
    seen = (viewer.desk.attachments, viewer.desk.files_of_changes)
    file = next((found for rows in seen if (found := rows.filter(pk=id).first())), None)
    if file is None:
        raise Http404
    kind = file.content_type.lower()
    response = download(content_of(file), file.name, kind if kind in PICTURES else BYTES)
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def download(content: bytes, name: str, content_type: str = BYTES) -> HttpResponse:
    """Give bytes as a file that the browser saves: of what a stranger sent it opens and runs nothing."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, safe_name(name)) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
@signed_in
def attachments(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Be the folder of all attachments, that the policy of a mail's frame can name; there is nothing to see."""
    raise Http404


def safe_name(name: str) -> str:
    """Give a file name without folders and without signs that hide its true end (U+202E and its kin)."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign for sign in base if unicodedata.category(sign)[0] != "C").strip(" .")
    return plain[:150] + plain[150:][-20:] or "attachment"
