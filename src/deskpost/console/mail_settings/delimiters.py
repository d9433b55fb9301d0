"""Delimiters: the base, the nine codes, the subject as it will read, and the earlier ones that still thread."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from deskpost.console.forms import WordedForm
from deskpost.console.mail_settings import TABS
from deskpost.console.page import Viewer, is_htmx, signed_in
from deskpost.desk import delimiters as rules
from deskpost.desk.former_tokens import FormerToken
from deskpost.desk.modules import MODULES
from deskpost.desk.records import Record
from deskpost.mime.delimiters import Delimiters

_TYPED = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class DelimitersForm(WordedForm):
    """The base under `base`, each module's code under the module; what may stand there the desk decides."""

    base = forms.CharField(
        label=_("Base delimiter"),
        help_text=_(
            "It stands before and after the code and number in a subject. Mails written with an earlier one "
            "still join their record. Valid for the whole installation."
        ),
        widget=forms.TextInput(attrs=_TYPED),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None) -> None:
        present = rules.current()
        initial = {"base": present[""], "seen": rules.state(), **{code: present[code] for code in MODULES}}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Ask the desk about each, with its words."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("base", *MODULES):
            words = rules.refusal("" if name == "base" else name, values[name]) if name in values else None
            if words:
                self.add_error(name, words)
        codes = [values.get(code) for code in MODULES]
        for code in MODULES:
            if values.get(code) and codes.count(values[code]) > 1:
                words = gettext("%(code)s stands at two modules. To do: give each its own code.")
                self.add_error(code, words % {"code": values[code]})
        return values

    @property
    def wanted(self) -> dict[str, str]:
        """What was asked for, the base under the empty module."""
        return {"": self.cleaned_data["base"], **{code: self.cleaned_data[code] for code in MODULES}}


DelimitersForm.base_fields.update(
    {
        module.code: forms.CharField(label=module.name, widget=forms.TextInput(attrs=_TYPED))
        for module in MODULES.values()
    }
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def delimiters(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the delimiters, how a subject would read with others, and put others into use."""
    viewer.needs_everywhere("settings.mail")
    if request.method != "POST":
        return _page(request, DelimitersForm())
    form = DelimitersForm(request.POST)
    fits = form.is_valid()
    if "preview" in request.POST or is_htmx(request):
        if is_htmx(request):
            return render(request, "console/mail_settings/_preview.html", _preview(form))
        return _page(request, form, 200 if fits else 422)
    if fits and _save(request, viewer, form):
        return HttpResponseRedirect(reverse("delimiters"))
    return _page(request, form, 422)


def _save(request: HttpRequest, viewer: Viewer, form: DelimitersForm) -> bool:
    """Put what was asked for into use; False: the form says why not."""
    try:
        changed = rules.change_all(viewer.person, "page", form.wanted, form.cleaned_data["seen"])
    except rules.DelimiterRefused as refused:
        form.add_error(refused.module or "base", refused.words)
        return False
    except rules.SavedMeanwhile as meanwhile:
        form.add_error(None, _meanwhile(meanwhile.who))
        form.renew("seen", rules.state())
        return False
    if changed:
        messages.success(
            request, gettext("Saved. New subjects bear it from now on; earlier ones still thread.")
        )
    else:
        messages.info(request, gettext("Nothing was changed, so nothing was saved."))
    return True


def _meanwhile(who: str) -> str:
    words = gettext(
        "Not saved: %(who)s saved other delimiters after you opened this page; they are in use now: %(now)s. "
        "What you typed stands below. To do: compare, then Save again to use yours."
    )
    return words % {"who": who or gettext("somebody"), "now": rules.state()}


def _preview(form: DelimitersForm) -> dict[str, Any]:
    """Give how a subject reads with what the form holds; what cannot be used is left as it is in use."""
    present = rules.current()
    typed = getattr(form, "cleaned_data", {})
    base = typed.get("base", present[""])
    number = Record.objects.filter(module="RE").order_by("-number").values_list("number", flat=True).first()
    sample = number or 1
    code = typed.get("RE", present["RE"])
    return {
        "token": Delimiters.write(base, code, sample),
        "other": Delimiters.write(base, typed.get("TA", present["TA"]), sample),
        "spaced": f"{base} {code}-{sample} {base}",
        "not_yet": form.is_bound and bool(form.errors),
    }


def _newest_tokens() -> dict[str, str]:
    """Give how each module's newest record is named in a subject; a module without records has none."""
    present, tokens = rules.current(), {}
    for code in MODULES:
        number = (
            Record.objects.filter(module=code).order_by("-number").values_list("number", flat=True).first()
        )
        if number is not None:
            tokens[code] = Delimiters.write(present[""], present[code], number)
    return tokens


def _page(request: HttpRequest, form: DelimitersForm, status: int = 200) -> HttpResponse:
    newest = _newest_tokens()
    context = {
        "form": form,
        "tabs": TABS,
        "kind": "delimiter,formertoken",
        "signs": list(rules.SIGNS),
        "codes": [(form[code], newest.get(code, "")) for code in MODULES],
        "earlier": [(one, MODULES[one.module].name if one.module else "") for one in rules.earlier()],
        "former": [(one, MODULES[one.module].name) for one in FormerToken.objects.order_by("pk")],
        "looked_at": rules.NEWEST_SUBJECTS,
        **_preview(form),
    }
    return render(request, "console/mail_settings/delimiters.html", context, status=status)
