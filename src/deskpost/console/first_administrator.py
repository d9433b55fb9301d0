"""The first administrator's page, opened by the one-time link that `deskpost run` prints."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from deskpost.console import recipients
from deskpost.console.forms import WordedForm
from deskpost.console.settings_form import LongSelect
from deskpost.desk.first_administrator import LinkUnusable, is_usable, redeem


class AdministratorForm(WordedForm):
    """Who looks after this desk, and where it is reached."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        help_text=_("10 characters or more."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )
    public_url = forms.URLField(
        label=_("Address of this desk"),
        assume_scheme="http",
        error_messages={"invalid": _("This is no web address. To do: write it like https://desk.example.")},
        help_text=_("Links in mails begin with it."),
        widget=forms.URLInput(attrs={"dir": "ltr"}),
    )
    time_zone = forms.ChoiceField(widget=LongSelect, label=_("Time zone"), initial="UTC")

    def __init__(self, data: QueryDict | None = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        """Check that it is an address."""
        address: str = self.cleaned_data["email"].strip()
        recipients.check(address)
        return address

    def clean_password(self) -> str:
        """Check the password's strength."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def first_administrator(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first administrator, once, and sign him in."""
    if not is_usable(token):
        return _used(request)
    if request.method != "POST":
        form = AdministratorForm(initial={"public_url": request.build_absolute_uri("/")})
        return _page(request, {"form": form, "token": token})
    form = AdministratorForm(request.POST)
    if not form.is_valid():
        return _page(request, {"form": form, "token": token}, 422)
    values = form.cleaned_data
    try:
        person = redeem(
            token,
            name=values["name"],
            email=values["email"],
            password=values["password"],
            public_url=values["public_url"],
            time_zone=values["time_zone"],
        )
    except LinkUnusable:
        return _used(request)
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect(reverse("requests"))


def _used(request: HttpRequest) -> HttpResponse:
    return _page(request, {"used": True, "words": LinkUnusable.words}, 410)


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, "console/first_administrator.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    # Not no-referrer: the form then has no Origin and is refused. The address, which is the key, goes nowhere else.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
