"""The pages of the assistant: each asks one question, and goes on once what was answered is kept and tested."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deskpost.console.assistant import address, mailbox_part, sign_in
from deskpost.console.assistant.answering import answers
from deskpost.console.assistant.progress import DONE, mailbox_of, move_on, progress_of
from deskpost.console.assistant.shown import page
from deskpost.console.mail_settings import mailbox_sample
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.inbound.setup_assistant import SetupAssistant

Ask = Callable[[HttpRequest, Viewer, SetupAssistant], HttpResponse]


@require_safe
@signed_in
def setup(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Go to the question that is open, or to what has become of the mailbox."""
    viewer.needs_everywhere("settings.mail")
    progress = _present(viewer)
    if progress.question == DONE:
        return _done(request, progress)
    return HttpResponseRedirect(reverse("setup_question", args=[progress.question]))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def question(request: HttpRequest, viewer: Viewer, question: int) -> HttpResponse:
    """Ask one of the five questions, and take its answer; those before the open one may be answered again."""
    viewer.needs_everywhere("settings.mail")
    progress = _present(viewer)
    if progress.question == DONE or question not in _ASKS or question > progress.question:
        return HttpResponseRedirect(reverse("setup"))
    return _ASKS[question](request, viewer, progress)


@require_POST
@signed_in
def anew(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Begin with another mailbox; what was set up stays."""
    viewer.needs_everywhere("settings.mail")
    SetupAssistant.objects.filter(pk=viewer.person.pk).delete()
    return go_to(request, reverse("setup"))


def _present(viewer: Viewer) -> SetupAssistant:
    """Give the progress; of one whose mailbox somebody removed, as far as it is asked again."""
    progress = progress_of(viewer.person)
    if progress.question > 3 and mailbox_of(progress) is None:
        progress = move_on(viewer.person, 3, anew=True, mailbox=None, tests={})
    return progress


def _address(request: HttpRequest, viewer: Viewer, progress: SetupAssistant) -> HttpResponse:
    own = mailbox_of(progress)
    if request.method != "POST":
        form = address.AddressForm(own, initial={"address": progress.address})
        return page(request, progress, 1, {"form": form})
    form = address.AddressForm(own, request.POST)
    if not form.is_valid():
        return page(request, progress, 1, {"form": form}, status=422)
    written = form.cleaned_data["address"]
    if written != progress.address or not progress.found:
        found = address.look_up(written)
        move_on(viewer.person, 2, anew=True, address=written, found=found, tests={})
    return go_to(request, reverse("setup_question", args=[2]))


def _runner(request: HttpRequest, viewer: Viewer, progress: SetupAssistant) -> HttpResponse:
    chosen = progress.runner if progress.question > 2 else progress.found.get("runner", "")
    if request.method != "POST":
        return page(request, progress, 2, {"form": address.RunnerForm(initial={"runner": chosen})})
    form = address.RunnerForm(request.POST)
    if not form.is_valid():
        return page(request, progress, 2, {"form": form}, status=422)
    runner = form.cleaned_data["runner"]
    other = runner != progress.runner
    move_on(
        viewer.person, 3, anew=other, **({"runner": runner, "tests": {}, "outgoing": ""} if other else {})
    )
    return go_to(request, reverse("setup_question", args=[3]))


def _after(request: HttpRequest, viewer: Viewer, progress: SetupAssistant) -> HttpResponse:
    row = mailbox_of(progress)
    assert row is not None, "_present leads back without one"
    if request.method != "POST":
        return page(request, progress, 4, {"form": mailbox_part.after_form(row)})
    form = mailbox_part.after_form(row, request.POST)
    fits = form.is_valid()
    mailbox_part.told_elsewhere(form, mailbox_part.AFTER)
    if not fits or not mailbox_part.save(viewer, form, 4):
        return page(request, progress, 4, {"form": form}, status=422)
    result = mailbox_sample.of_mailbox(form.mailbox, first=True)
    if not result.ok:
        return page(request, progress, 4, {"form": mailbox_part.after_form(form.mailbox), "result": result})
    move_on(viewer.person, 5)
    if result.text:
        messages.success(request, f"{gettext('Saved.')} {result.text}")
    return go_to(request, reverse("setup_question", args=[5]))


def _done(request: HttpRequest, progress: SetupAssistant) -> HttpResponse:
    row = mailbox_of(progress)
    assert row is not None, "_present leads back without one"
    return page(request, progress, DONE, {})


_ASKS: dict[int, Ask] = {1: _address, 2: _runner, 3: sign_in.asked, 4: _after, 5: answers}
