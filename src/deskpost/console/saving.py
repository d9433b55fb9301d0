"""The course of a form that is saved: it is opened, wrong, sent twice, saved, or changes nothing."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from deskpost.console.settings_form import SettingsForm
from deskpost.desk.people import Person
from deskpost.desk.sent_forms import SentForm, first_time

TWICE = ("twice",)
"""What saving gives in place of what it changed when the form did its work before: a double click."""

Changed = tuple[str, ...]


class SavedForm(SettingsForm):
    """A form over one row of settings that does its work once, however often it arrives, where it has a token."""

    carried: ClassVar[tuple[str, ...]] = ("token",)
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def sent_before(self) -> bool:
        """Tell whether this very form did its work already: a double click, or a page that is sent again."""
        token = self.cleaned_data.get("token")
        return token is not None and SentForm.objects.filter(token=token).exists()

    def first_time(self, person: Person) -> bool:
        """Note in the present transaction that the form does its work; False: it has done so."""
        token = self.cleaned_data.get("token")
        return token is None or first_time(token, person)

    def words_of_saved(self, changed: Changed) -> str:
        """Say that these were saved."""
        return gettext("Saved.")


Form = TypeVar("Form", bound=SavedForm)


def respond(
    request: HttpRequest,
    form_of: Callable[..., Form],
    page: Callable[[HttpRequest, Form, int], HttpResponse],
    save: Callable[[Form], Changed | None],
    go_on: Callable[[Form], HttpResponse],
) -> HttpResponse:
    """Show a form, or save it and go on.

    `form_of` makes it, with what was sent if anything was; `page` shows it, with a status; `save` gives what changed,
    TWICE, or None where the form says why nothing was saved; `go_on` leads to what was saved, also before.
    """
    if request.method != "POST":
        return page(request, form_of(), 200)
    form = form_of(request.POST)
    fits = form.is_valid()
    if form.sent_before():
        return go_on(form)
    if not fits:
        form.tell_carried()
    changed = save(form) if fits else None
    if changed is None:
        return page(request, form, 422)
    tell(request, form, changed)
    return go_on(form)


def tell(request: HttpRequest, form: SavedForm, changed: Changed) -> None:
    """Say on the next page what became of a form."""
    if changed is TWICE:
        return  # the first one said so
    if changed:
        messages.success(request, form.words_of_saved(changed))
    else:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
