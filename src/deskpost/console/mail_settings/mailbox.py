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

from deskpost.console.mail_settings import TABS, mailbox_sample
from deskpost.console.mail_settings.fetching import mailbox_of, who_switched
from deskpost.console.mail_settings.incoming_rows import row_of
from deskpost.console.mail_settings.mailbox_form import MORE, MailboxForm, warnings
from deskpost.console.page import Viewer, is_htmx, signed_in
from deskpost.desk import settings
from deskpost.desk.sent_forms import SentForm, first_time
from deskpost.inbound import mailbox_saving, sampling
from deskpost.inbound.mailbox_saving import FetchingIsOn, StillFetching
from deskpost.inbound.mailboxes import Mailbox, remove, stop_fetching
from deskpost.inbound.standings import mails_of, standing

_TWICE = ("twice",)  # a double click: the first one did it, and said so


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
    act = request.POST.get("act", "save")
    if act == "sample" and "protocol" not in request.POST and mailbox.pk:  # locked: nothing of it is sent
        result = mailbox_sample.of_mailbox(mailbox, first=sampling.begins_anew(mailbox))
        return _sampled(request, _form(mailbox), result)
    if "protocol" not in request.POST:
        return HttpResponseRedirect(request.path)
    form = MailboxForm(mailbox, request.POST)
    if act == "sample":
        return _sampled(request, form, mailbox_sample.of_form(form))
    if act in ("switch", "keep"):
        return _fields(request, form)
    fits = form.is_valid()
    if _sent_before(form):
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
    except IntegrityError:
        form.add_error(
            "name", gettext("Another mailbox was given this name a moment ago. To do: choose another.")
        )
        done = None
    if done is None:
        return _page(request, form, status=422)
    _tell(request, form, done)
    return _to_mailbox(form)


def _sent_before(form: MailboxForm) -> bool:
    """Tell whether this very form did its work already: a double click, or a page that is sent again."""
    token = form.cleaned_data.get("token")
    return token is not None and SentForm.objects.filter(token=token).exists()


def _to_mailbox(form: MailboxForm) -> HttpResponse:
    """Go to the mailbox that was saved; of a new one by the name it was given."""
    name = form.cleaned_data.get("name") or form.data.get("name", "").strip()
    made = form.mailbox.pk or Mailbox.objects.filter(name=name).values_list("pk", flat=True).first()
    return HttpResponseRedirect(reverse("incoming_mailbox", args=[made]) if made else reverse("incoming"))


@transaction.atomic
def _write(viewer: Viewer, form: MailboxForm, row: Mailbox) -> tuple[str, ...] | None:
    """Write what was asked for and give what changed; None: somebody saved meanwhile, the form says so."""
    token = form.cleaned_data.get("token")
    if token and not first_time(token, viewer.person):
        return _TWICE
    form.row = form.mailbox = row
    wanted = form.wanted
    if row.pk is not None and not mailbox_saving.changes(row, wanted):
        return ()
    if form.saved_meanwhile():
        transaction.set_rollback(True)  # the token may be used again
        return None
    return mailbox_saving.save(viewer.person, "page", row, wanted)


def _tell(request: HttpRequest, form: MailboxForm, changed: tuple[str, ...]) -> None:
    if changed is _TWICE:
        return
    if not changed:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
        return
    words = gettext("Saved. Fetching is off until somebody starts it.")
    messages.success(request, words)
    for warning in warnings(form):
        messages.warning(request, warning)


def _sampled(request: HttpRequest, form: MailboxForm, result: mailbox_sample.Result) -> HttpResponse:
    if is_htmx(request):
        return render(request, "console/mail_settings/_mailbox_sample.html", {"result": result})
    return _page(request, form, result=result, judged=False)


def _fields(request: HttpRequest, form: MailboxForm) -> HttpResponse:
    """Show the fields of another protocol, with what was typed."""
    form.unjudged()
    if is_htmx(request):
        return render(request, "console/mail_settings/_mailbox_fields.html", _fields_of(form))
    return _page(request, form, judged=False)


def _fields_of(form: MailboxForm) -> dict[str, Any]:
    return {
        "form": form,
        "shown": {name: form.shown(name) for name in form.fields},
        "unseen": [form[name] for name in form.unseen],
        "more_open": form.has_errors_in(MORE),
        "locked": form.mailbox.fetching and not form.is_bound,
    }


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
