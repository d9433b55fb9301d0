"""The template of a request with the answers about its resources; a page on which they are given anew."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from deskpost.console.forms import WordedForm
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.template_fields import Questions
from deskpost.desk.editing import By, template_of, write
from deskpost.desk.field_values import Judge, scene_of
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.desk.resource_answers import Answered, answers_of
from deskpost.inbound.mailboxes import own_addresses
from deskpost.outbound.notify import notify


@dataclass(frozen=True, slots=True)
class TemplateOfRequest:
    """What the request's page shows of its template. `edit_url`: where answers are given anew, or ""."""

    name: str
    resources: tuple[Answered, ...]
    edit_url: str


def template_shown(viewer: Viewer, record: Record) -> TemplateOfRequest | None:
    """Give the template of a request with its answers; None of the default one, which says nothing of a request."""
    template = template_of(record)
    resources = answers_of(record, viewer.desk.works_on(record))
    if template.default and not resources:
        return None
    edits = (
        record.merged_into_id is None and _may_edit(viewer, record) and bool(_judge(viewer, record).questions)
    )
    url = reverse("request_answers", args=[record.number]) if edits else ""
    return TemplateOfRequest(template.name, resources, url)


class AnswersForm(WordedForm):
    """The questions that somebody gets about a request, with the present answers."""

    carried = ("seen",)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, judge: Judge, data: QueryDict | None = None) -> None:
        self._questions = Questions(judge)
        self.state = _state(judge)
        super().__init__(data, initial={"seen": self.state, **self._questions.initial})
        self._questions.add_to(self)
        self._judge = judge
        self.changes = Changes()  # of the valid form

    @property
    def resources(self) -> list[tuple[str, list[BoundField]]]:
        """The questions by their resources."""
        return self._questions.resources_of(self)

    def clean(self) -> dict[str, Any]:
        """Judge the answers, of which an empty one is taken back."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("seen") not in (None, self.state):
            words = gettext(
                "Not saved: somebody answered meanwhile. What you typed stands below. "
                "To do: compare it with the request, then Save again to use yours."
            )
            self.add_error(None, words)
            self.renew("seen", self.state)
        judged = self._judge.judge({}, self._questions.answers(values, empty=True))
        self._questions.tell(self, judged.verdicts)
        self.changes = judged.changes
        return values


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def answers(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Show the questions about a request's resources with their answers, and save these."""
    with transaction.atomic():
        rows = viewer.desk.records.filter(module="RE", number=number, merged_into=None)
        if request.method == "POST":
            rows = rows.select_for_update(of=("self",))
        record = rows.select_related("account", "status", "requester").first()
        if record is None:
            raise Http404
        if not _may_edit(viewer, record):
            viewer.needs("request.edit", record)
        judge = _judge(viewer, record)
        if not judge.questions:
            raise Http404
        form = AnswersForm(judge, request.POST if request.method == "POST" else None)
        saved = form.is_valid()
        if saved:
            by = By(viewer.person, "page")
            notify(write(record, form.changes, by), own_addresses=own_addresses())
    if saved:
        messages.success(request, gettext("The answers are saved."))
        return go_to(request, reverse("request", args=[number]))
    if form.is_bound:
        form.tell_carried()
    context = {"form": form, "record": record, "name": judge.scene.template.name}
    return render(request, "console/answers.html", context, status=422 if form.is_bound else 200)


def _judge(viewer: Viewer, record: Record) -> Judge:
    return Judge(scene_of(viewer.desk, record))


def _may_edit(viewer: Viewer, record: Record) -> bool:
    return viewer.desk.may("request.edit", record)


def _state(judge: Judge) -> str:
    """Give what tells the present answers from others."""
    present = sorted((id, values) for id, values in judge.present.answers.items())
    return hashlib.sha256(repr(present).encode()).hexdigest()[:24]
