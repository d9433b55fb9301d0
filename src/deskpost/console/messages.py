"""The HTML of a mail, in a document of its own for the sandboxed frame: it runs nothing and loads nothing foreign."""

import re
from html import unescape
from urllib.parse import unquote

from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from deskpost.console import remote_images
from deskpost.console.conversation import rest_words
from deskpost.console.folding import split_frame
from deskpost.console.page import Viewer, signed_in
from deskpost.desk.conversations import Conversation
from deskpost.mime.clean_html import OWN_IMAGE

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline' {style}; img-src data: {images}; form-action 'none'; "
    "base-uri 'self'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


@require_safe
@signed_in
def message_html(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show the HTML of a mail, its own images from its attachments; remote ones when asked. What it quotes is folded.

    It was cleaned when the mail came in. The policy of this answer holds when it is opened outside the frame too:
    no script, no form, pictures from the mail alone until somebody asks for the others.
    """
    conversation = viewer.desk.conversations.filter(pk=id).first()
    if conversation is None or not conversation.html:
        raise Http404
    html, own = _with_own_images(viewer, conversation), split_domain_port(request.get_host())[0]
    shows = request.GET.get("images") == "1"
    away = 0 if shows else remote_images.count(html, own)
    if shows:
        html = remote_images.loaded(html, own)
    parts = split_frame(conversation, html)
    # `static` and `build_absolute_uri` are ours: 'self' would let a mail ask for any page of the desk.
    context = {
        "new": SafeString(parts.new),
        "rest": SafeString(parts.rest),
        "rest_words": rest_words(parts.kind, 0),
        "away": away,
    }
    response = render(request, "console/message_html.html", context)
    response.headers["Content-Security-Policy"] = _POLICY.format(
        style=request.build_absolute_uri(static("deskpost/mail.css")),
        images=request.build_absolute_uri(reverse("attachments")) + (" https: http:" if shows else ""),
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _with_own_images(viewer: Viewer, conversation: Conversation) -> str:
    """Give the HTML with its cid: images led to the mail's attachments; one that is not there has no source."""
    files = viewer.desk.attachments.filter(conversation=conversation)
    known = {
        content_id.strip("<>"): pk for content_id, pk in files.values_list("content_id", "pk") if content_id
    }

    def lead(found: re.Match[str]) -> str:
        pk = known.get(unquote(unescape(found[1])).strip("<>")) or known.get(unescape(found[1]))
        return f' src="{reverse("attachment", args=[pk])}"' if pk else ""

    return OWN_IMAGE.sub(lead, conversation.html or "")
