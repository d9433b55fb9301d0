"""An unverified reply is accepted at the request where it waits."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.record_names import page_of
from deskpost.console.request import record_of
from deskpost.desk.conversations import Conversation
from deskpost.desk.merging import end_of
from deskpost.desk.modules import REQUEST
from deskpost.inbound import reprocess
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.reprocess import NotDone


@require_POST
@signed_in
def accept(request: HttpRequest, viewer: Viewer, number: int, id: int, module: str = REQUEST) -> HttpResponse:
    """Take a reply into the record where it waits; who was too late is told what somebody else made of it."""
    record = record_of(viewer, number, module)
    viewer.needs("request.view", record)
    viewer.needs("request.edit", record)
    here = Q(record=record) | Q(record=end_of(record)) | Q(mail__acts__came_from=record)
    if not MailOutcome.objects.filter(here, pk=id).exists():
        raise Http404
    page = page_of(record)
    try:
        done = reprocess.move(id, record.pk, viewer.person, request.POST.get("seen", ""))
    except NotDone as trouble:
        messages.error(request, trouble.words)
        return go_to(request, page)
    said = [gettext("The reply is in the conversation now.")]
    if done.reopened:
        said.append(gettext("It was closed and is open again."))
    messages.success(request, " ".join(said))
    written = Conversation.objects.filter(record=record, mail_id=id).values_list("pk", flat=True).first()
    return go_to(request, f"{page}#message-{written}" if written else page)
