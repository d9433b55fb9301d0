"""A token of a former system: mapped, changed, or forgotten."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from deskpost.console.mail_settings import TABS
from deskpost.console.page import Viewer, signed_in
from deskpost.console.settings_form import SettingsForm, Whole
from deskpost.desk import former_tokens, settings
from deskpost.desk.former_tokens import LARGEST, LONGEST, FormerToken, TokenRefused, Wanted
from deskpost.desk.modules import MODULES
from deskpost.desk.records import Record

_TYPED = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class FormerTokenForm(SettingsForm):
    """How the former system wrote a number, and whose numbers these are."""

    module = forms.ChoiceField(
        label=_("Module"),
        choices=[(one.code, one.name) for one in MODULES.values()],
        help_text=_("What the number names: a request, a task, and so on."),
    )
    before = forms.CharField(
        label=_("Text before the number"),
        max_length=LONGEST,
        strip=False,
        widget=forms.TextInput(_TYPED),
        help_text=_(
            "As it stood in subjects, such as [Request ID :##. Letter case and blanks do not matter."
        ),
    )
    after = forms.CharField(
        label=_("Text after the number"),
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.TextInput(_TYPED),
        help_text=_("Such as ##]. May be empty."),
    )
    below = Whole(
        2,
        LARGEST,
        label=_("Numbers below"),
        help_text=_("The first number that the former system never gave. New records here begin with it."),
    )

    @property
    def wanted(self) -> Wanted:
        """What was asked for."""
        data = self.cleaned_data
        return Wanted(data["module"], data["before"].lstrip(), data["after"].rstrip(), data["below"])


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask how a former system wrote its numbers, and map that."""
    viewer.needs_everywhere("settings.mail")
    return _respond(request, viewer, FormerToken(module="RE"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def former_token(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show a mapped token, and save it."""
    viewer.needs_everywhere("settings.mail")
    row = FormerToken.objects.filter(pk=id).first()
    if row is None:
        raise Http404
    return _respond(request, viewer, row)


@require_POST
@signed_in
def remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Forget a mapped token. View history brings it back."""
    viewer.needs_everywhere("settings.mail")
    row = FormerToken.objects.filter(pk=id).first()
    if row is not None:
        settings.remove(viewer.person, "page", row)
        words = gettext("%(token)s is not looked for any more. View history can bring it back.")
        messages.success(request, words % {"token": row})
    return HttpResponseRedirect(reverse("delimiters"))


def _respond(request: HttpRequest, viewer: Viewer, row: FormerToken) -> HttpResponse:
    if request.method != "POST":
        return _page(request, _form(row))
    form = _save(request, viewer, row)
    return _page(request, form, 422) if form else HttpResponseRedirect(reverse("delimiters"))


@transaction.atomic
def _save(request: HttpRequest, viewer: Viewer, row: FormerToken) -> FormerTokenForm | None:
    """Save what was typed; else give the form that says why not."""
    former_tokens.hold()
    form = _form(row, request.POST)
    if not form.is_valid() or (row.pk and form.saved_meanwhile()):
        return form
    try:
        former_tokens.change(viewer.person, "page", row if row.pk else None, form.wanted)
    except TokenRefused as refused:
        form.add_error("before", refused.words)
        return form
    messages.success(request, _saved_words(form.wanted))
    return None


def _saved_words(wanted: Wanted) -> str:
    """Say that it holds, and how many records have numbers that the token may name."""
    said = [gettext("Saved. It holds for mail that comes from now on.")]
    count = Record.objects.filter(module=wanted.module, number__lt=wanted.below).count()
    if count:
        words = gettext(
            "%(n)d records have numbers below %(below)d already: a mail whose former token has one of these numbers "
            "joins that record, if its sender may."
        )
        said.append(words % {"n": count, "below": wanted.below})
    return " ".join(said)


def _form(row: FormerToken, data: QueryDict | None = None) -> FormerTokenForm:
    initial = {name: getattr(row, name) for name in ("module", "before", "after", "below")}
    return FormerTokenForm(row, data, initial)


def _page(request: HttpRequest, form: FormerTokenForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "token": form.row if form.row.pk else None,
        "tabs": TABS,
        "tab": "delimiters",
        "kind": "formertoken",
    }
    return render(request, "console/mail_settings/former_token.html", context, status=status)
