"""This is spam: a request is dropped with its mails, and a rule for its sender is proposed to who may set one."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from deskpost.console.mail_settings.spam.proposing import url_for
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.request import record_of
from deskpost.inbound.reprocess import NotDone
from deskpost.inbound.spam import acts as spam_acts


@require_POST
@signed_in
def request_spam(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Drop a request as spam; who was too late is told."""
    record = record_of(viewer, number)
    viewer.needs("request.view", record)
    viewer.needs("request.delete", record)
    try:
        with transaction.atomic():
            done = spam_acts.this_is_spam(record.pk, viewer.person)
    except NotDone as trouble:
        messages.error(request, trouble.words)
        return go_to(request, reverse("request", args=[number]))
    said = [
        gettext("Request %(number)d was dropped as spam.") % {"number": number},
        gettext("Mail %(mail)d, processed after all from the mail trace, brings it back.")
        % {"mail": done.mail_id},
    ]
    if done.unsent:
        words = ngettext(
            "%(n)d mail that told of it is not sent.",
            "%(n)d mails that told of it are not sent.",
            done.unsent,
        )
        said.insert(1, words % {"n": done.unsent})
    messages.success(request, " ".join(said))
    if viewer.desk.everywhere("settings.mail"):
        return go_to(request, url_for(done.mail_id))
    return go_to(request, reverse("requests"))
