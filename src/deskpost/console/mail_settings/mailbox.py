"""The form of a mailbox: a new one, one to edit, and its removal."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from deskpost.access.sign_in_rules import graph_client_words
from deskpost.console.mail_settings import TABS, connection, link_state, mailbox_sample
from deskpost.console.mail_settings.error_fields import error_context
from deskpost.console.mail_settings.fetching import mailbox_of, who_switched
from deskpost.console.mail_settings.incoming_rows import row_of
from deskpost.console.mail_settings.mailbox_form import MORE, MailboxForm
from deskpost.console.mail_settings.mailbox_values import warnings
from deskpost.console.mail_settings.sign_in_fields import NARROW, posted
from deskpost.console.mail_settings.way_fields import debug_context
from deskpost.console.page import Viewer, is_htmx, signed_in
from deskpost.console.saving import TWICE, Changed, tell
from deskpost.desk import settings
from deskpost.inbound import mailbox_saving
from deskpost.inbound.collecting import sampling
from deskpost.inbound.mailbox_saving import FetchingIsOn, StillFetching
from deskpost.inbound.mailboxes import Mailbox, remove, stop_fetching
from deskpost.inbound.standings import mails_of, standing


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def incoming_new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask for the settings of a new mailbox, and make it, once however often the form arrives."""
    viewer.needs_everywhere("settings.mail")
    return _respond(request, viewer, Mailbox())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def incoming_mailbox(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show the settings of a mailbox, locked while it is fetched, and save them."""
    viewer.needs_everywhere("settings.mail")
    return _respond(request, viewer, mailbox_of(id))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def incoming_remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Ask whether to remove a mailbox; remove it. Its mails stay."""
    viewer.needs_everywhere("settings.mail")
    mailbox = mailbox_of(id)
    if request.method != "POST":
        context = {
            "mailbox": mailbox,
            "mails": mails_of(mailbox),
            "tabs": TABS,
            "tab": "incoming",
            "kind": "mailbox",
        }
        return render(request, "console/mail_settings/mailbox_remove.html", context)
    if mailbox.fetching:
        stop_fetching(viewer.person, "page", mailbox)
    try:
        with mailbox_saving.resting(mailbox), transaction.atomic():
            remove(viewer.person, "page", mailbox_saving.locked(mailbox.pk))
    except (StillFetching, FetchingIsOn):
        words = gettext(
            "Not removed: %(name)s is being fetched. Fetching is stopped. To do: Remove it again in a moment."
        )
        messages.error(request, words % {"name": mailbox.name})
        return HttpResponseRedirect(reverse("incoming_mailbox", args=[mailbox.pk]))
    messages.success(request, gettext("%(name)s is removed. Its mails stay.") % {"name": mailbox.name})
    return HttpResponseRedirect(reverse("incoming"))


def _respond(request: HttpRequest, viewer: Viewer, mailbox: Mailbox) -> HttpResponse:
    if request.method != "POST":
        return _page(request, _form(mailbox))
    sent = posted(request.POST)
    act = sent.get("act", "save")
    if act == "sample" and "protocol" not in request.POST and mailbox.pk:  # locked: nothing of it is sent
        result = mailbox_sample.of_mailbox(mailbox, first=sampling.begins_anew(mailbox))
        return _sampled(request, _form(mailbox), result)
    if "protocol" not in request.POST:
        return HttpResponseRedirect(request.path)
    form = MailboxForm(mailbox, sent)
    if act == "sample":
        return _sampled(request, form, mailbox_sample.of_form(form))
    if act in ("switch", "keep"):
        return _fields(request, form)
    fits = form.is_valid()
    if form.sent_before():
        return _to_mailbox(form)
    if not fits:
        form.tell_carried()
        return _page(request, form, status=422)
    return _save(request, viewer, form, stop=act == "stop")


def _form(mailbox: Mailbox) -> MailboxForm:
    return MailboxForm(mailbox, initial={"token": uuid.uuid4()})


def _save(request: HttpRequest, viewer: Viewer, form: MailboxForm, *, stop: bool) -> HttpResponse:
    """Save and go to the saved form; or show why not, or ask whether to stop fetching."""
    with settings.reasoned(form.cleaned_data["reason"]):
        return _save_now(request, viewer, form, stop=stop)


def _save_now(request: HttpRequest, viewer: Viewer, form: MailboxForm, *, stop: bool) -> HttpResponse:
    mailbox = form.mailbox
    if mailbox.fetching and stop:
        stop_fetching(viewer.person, "page", mailbox)
    try:
        if mailbox.pk is None:
            done = _write(viewer, form, mailbox)
        else:
            with mailbox_saving.resting(mailbox), transaction.atomic():
                done = _write(viewer, form, mailbox_saving.locked(mailbox.pk))
    except FetchingIsOn:
        mailbox.refresh_from_db(fields=["fetching"])
        return _page(request, form, status=409, asks=True)
    except StillFetching as still:
        form.add_error(None, still.words)
        done = None
    except IntegrityError as conflict:
        shared = graph_client_words(conflict)
        taken = gettext("Another mailbox was given this name a moment ago. To do: choose another.")
        form.add_error("client_id" if shared else "name", shared or taken)
        done = None
    if done is None:
        return _page(request, form, status=422)
    _tell(request, form, done)
    return _to_mailbox(form)


def _to_mailbox(form: MailboxForm) -> HttpResponse:
    """Go to the mailbox that was saved; of a new one by the name it was given."""
    name = form.cleaned_data.get("name") or form.data.get("name", "").strip()
    made = form.mailbox.pk or Mailbox.objects.filter(name=name).values_list("pk", flat=True).first()
    return HttpResponseRedirect(reverse("incoming_mailbox", args=[made]) if made else reverse("incoming"))


@transaction.atomic
def _write(viewer: Viewer, form: MailboxForm, row: Mailbox) -> Changed | None:
    """Write what was asked for and give what changed; None: somebody saved meanwhile, the form says so."""
    if not form.first_time(viewer.person):
        return TWICE
    form.row = form.mailbox = row
    wanted = form.wanted
    if row.pk is not None and not mailbox_saving.changes(row, wanted):
        return ()
    if form.saved_meanwhile():
        transaction.set_rollback(True)  # the token may be used again
        return None
    return mailbox_saving.save(viewer.person, "page", row, wanted)


def _tell(request: HttpRequest, form: MailboxForm, changed: Changed) -> None:
    tell(request, form, changed)
    if changed and changed is not TWICE and form.mailbox.by_consent:
        trouble = connection.host_trouble(request)
        if trouble:
            messages.warning(request, trouble)


def _sampled(request: HttpRequest, form: MailboxForm, result: mailbox_sample.Result) -> HttpResponse:
    if is_htmx(request):
        return render(request, "console/mail_settings/_mailbox_sample.html", {"result": result})
    return _page(request, form, result=result, judged=False)


def _fields(request: HttpRequest, form: MailboxForm) -> HttpResponse:
    """Show the fields of another protocol, with what was typed."""
    form.unjudged()
    if "to_oauth" in request.POST:
        form.fields["client_id"].widget.attrs["autofocus"] = ""
        return _page(request, form, judged=False)
    if is_htmx(request):
        if request.headers.get("HX-Target") == NARROW["hx-target"].removeprefix("#"):
            form.keep_typed()
        return render(request, "console/mail_settings/_mailbox_fields.html", _fields_of(form))
    return _page(request, form, judged=False)


def _fields_of(form: MailboxForm) -> dict[str, Any]:
    return {
        "form": form,
        "shown": {name: form.shown(name) for name in form.fields},
        "unseen": [form[name] for name in form.unseen],
        "more_open": form.has_errors_in(MORE),
        "locked": form.mailbox.fetching and not form.is_bound,
        **_debug(form.mailbox),
        **error_context(form.mailbox),
        "mailbox": form.mailbox,
        "consent_link": link_state.of(form.mailbox),
        "connect": connection.connection_of(form.mailbox),
    }


def _debug(mailbox: Mailbox) -> dict[str, Any]:
    return debug_context(mailbox, reverse("incoming_debug", args=[mailbox.pk]) if mailbox.pk else "")


def _page(
    request: HttpRequest,
    form: MailboxForm,
    *,
    status: int = 200,
    asks: bool = False,
    result: mailbox_sample.Result | None = None,
    judged: bool = True,
) -> HttpResponse:
    mailbox = form.mailbox
    if not judged:
        form.unjudged()
    row = row_of(standing(mailbox, timezone.now())) if mailbox.pk else None
    context = {
        **_fields_of(form),
        "mailbox": mailbox,
        "row": row,
        "result": result,
        "asks": _question(form) if asks else None,
        "kind": "mailbox",
        "connect_result": connection.told(request),
        "warnings": [] if form.is_bound else warnings(mailbox),
    }
    return render(request, "console/mail_settings/mailbox.html", context, status=status)


def _question(form: MailboxForm) -> dict[str, str]:
    """Give what the dialog says: who started fetching while this form was open, and what saving does."""
    who, at = who_switched(form.mailbox)
    count = len(mailbox_saving.changes(form.mailbox, form.wanted))
    saved = ngettext("Your %(n)d change is saved", "Your %(n)d changes are saved", count) % {"n": count}
    words = gettext(
        "%(who)s started fetching at %(at)s, while you were editing. Settings can only be saved while it is off."
    )
    return {"who": words % {"who": who, "at": at}, "changes": saved}
