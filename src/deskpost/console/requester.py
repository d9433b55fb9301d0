"""Who asks in a request, changed on its page: to any person of the account, or back to who forwarded the mail."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from deskpost.console import recipients
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.request import record_of
from deskpost.console.requester_change import forward_of
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.requesters import give_to, requester_known, requester_with
from deskpost.inbound import reprocess
from deskpost.inbound.mailboxes import own_addresses
from deskpost.inbound.reprocess import NotDone

LONGEST = 400  # characters of what is typed


@require_POST
@signed_in
def change(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Give the request to the person whose address was typed; somebody new becomes a requester of the account."""
    record = _record(viewer, number)
    page = reverse("request", args=[number])
    try:
        name = _give(viewer, record, request.POST.get("requester", ""), request.POST.get("seen", ""))
    except NotDone as trouble:
        messages.error(request, trouble.words)
        return go_to(request, page)
    messages.success(request, gettext("%(name)s is the requester now.") % {"name": name})
    return go_to(request, page)


@require_POST
@signed_in
def back(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Let the technician who forwarded the mail be the requester."""
    record = _record(viewer, number)
    page = reverse("request", args=[number])
    forward = forward_of(record)
    if forward is None:
        messages.error(request, gettext("Its requester was changed meanwhile. Nothing was done."))
        return go_to(request, page)
    if forward.technician.account_id == record.account_id:
        give_to(record, viewer.person, "page", forward.technician)
        words = gettext("%(name)s is the requester now.") % {"name": forward.technician.name}
        messages.success(request, words)
        return go_to(request, page)

    def may_open(account_id: int, site_id: int | None) -> bool:
        return viewer.desk.may_at("request.create", account_id, site_id)

    try:
        done = reprocess.as_sent(
            forward.outcome.pk, forward.technician, viewer.person, request.POST.get("seen", ""), may_open
        )
    except NotDone as trouble:
        messages.error(request, trouble.words)
        return go_to(request, page)
    words = gettext(
        "The mail is request %(new)d of %(name)s now. Request %(old)d stays in its account without it: "
        "close it if nothing else belongs to it."
    )
    messages.success(request, words % {"new": done.number, "name": forward.technician.name, "old": number})
    return go_to(request, reverse("request", args=[done.number]))


def _record(viewer: Viewer, number: int) -> Record:
    record = record_of(viewer, number)
    viewer.needs("request.view", record)
    viewer.needs("request.edit", record)
    return record


@transaction.atomic
def _give(viewer: Viewer, record: Record, typed: str, seen: str) -> str:
    """Change the requester and give the name; raises NotDone with what to do."""
    present = Record.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if present.merged_into_id is not None:
        raise NotDone(gettext("This request was merged into another one. To do: change that one."))
    if seen != str(present.requester_id or ""):
        raise NotDone(
            gettext("Its requester was changed meanwhile. Nothing was done. To do: look at it again.")
        )
    name, address = _one(typed)
    known = requester_known(record.account, address)
    site_id = known.site_id if known else None
    if not viewer.desk.may_at("request.edit", record.account_id, site_id):
        raise NotDone(gettext("That is nobody of a site you work for. To do: name somebody who is."))
    person: Person = known or requester_with(record.account, address, name)
    give_to(record, viewer.person, "page", person)
    return person.name


def _one(typed: str) -> recipients.Pair:
    try:
        pairs = recipients.read(typed.replace("\0", "")[:LONGEST])
    except ValidationError as wrong:
        raise NotDone(" ".join(wrong.messages)) from wrong
    if len(pairs) != 1:
        raise NotDone(gettext("A request has one requester. To do: name one address."))
    if not recipients.without(pairs, own_addresses()):
        raise NotDone(gettext("That is the desk's own address. To do: name the person who asks."))
    return pairs[0]
