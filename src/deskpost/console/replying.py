"""What the composer's form does when it arrives: it is sent once, or shown again with what is wrong."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from deskpost.console.composer import NOTE, Composer, Written, composer_for, unwanted_addresses
from deskpost.console.conversation import talk_of
from deskpost.console.merged import visible_end
from deskpost.console.page import Viewer, go_to, is_htmx
from deskpost.console.writing import LedOn, NotWritten, Text, write
from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from deskpost.outbound.by_person import NobodyToWriteTo


def send(
    request: HttpRequest,
    viewer: Viewer,
    record: Record,
    query: str,
    address: Callable[[Conversation | None], str],
    page: Callable[[Record, Composer | None], HttpResponse],
) -> HttpResponse:
    """Send what was written, once, however often the form arrives.

    `query` is the list that the record was opened from, `address` gives the record's page at what was written, `page`
    shows the record with a composer that says what is wrong.
    """
    works = viewer.desk.works_on(record)
    form = Written(request.POST, request.FILES, unwanted_addresses(), portal=not works)
    valid = form.is_valid()
    mode = form.cleaned_data.get("mode")
    if works and mode != NOTE:
        form.needs_recipient()
    error = ""
    if valid and not form.errors:
        try:
            return go_to(request, address(write(viewer, record, _text(form))))
        except NobodyToWriteTo as trouble:
            form.add_error("to", str(trouble))
        except LedOn as trouble:
            error, record = trouble.words, visible_end(viewer, record) or record
        except NotWritten as trouble:
            error = trouble.words
    form.tell_carried()
    if request.FILES:
        error = f"{error} {gettext('To do: choose the files again; a page cannot keep them.')}".strip()
    newest = talk_of(viewer, record).newest
    composer = composer_for(viewer, record, mode or "reply", newest, query, form, error)
    if composer is None:
        viewer.needs("conversation.reply", record)
    if is_htmx(request):
        template = "console/portal/_composer.html" if viewer.desk.only_asks else "console/_composer.html"
        return render(request, template, {"composer": composer}, status=422)
    return page(record, composer)


def _text(form: Written) -> Text:
    values = form.cleaned_data
    return Text(
        mode=values["mode"],
        to=values.get("to", ()),
        cc=values.get("cc", ()),
        subject=values.get("subject", ""),
        text=values["text"].replace("\r\n", "\n"),
        files=values["attachments"],
        status=values["status"],
        token=values["token"],
        newest=values["newest"] or 0,
    )
