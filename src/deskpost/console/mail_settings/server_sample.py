"""Send a sample mail by the form's values, saved or not, and Test the primary."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from deskpost.console.mail_settings.outgoing import page, scope_asked, server_asked
from deskpost.console.mail_settings.server_form import ServerForm
from deskpost.console.mail_settings.server_words import told
from deskpost.console.page import Viewer, is_htmx, signed_in
from deskpost.console.settings_form import one_address
from deskpost.outbound.sample import sample, try_primary
from deskpost.outbound.server_scopes import server_of

_LONGEST = 254


@require_POST
@signed_in
def outgoing_sample(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Send a sample mail by the values in the form, and tell what the server said."""
    viewer.needs_everywhere("settings.mail")
    form = ServerForm(scope_asked(scope), request.POST)
    to = request.POST.get("to", request.POST.get("to_plain", "")).strip()
    wrong_to = wrong_address(to)
    fits = form.is_valid()
    result = None
    if fits and not wrong_to:
        good, bad = gettext("Taken by the server in %(seconds)s s"), gettext("Not taken, after %(seconds)s s")
        saved = server_of(form.of)
        result = told(sample(form.server_typed(), to, saved), good, bad)
    more = {"sample": result, "wrong_to": wrong_to, "to": to, "sample_form": form}
    status = 200 if result else 422
    if is_htmx(request):
        context = {"scope": form.of, **more}
        return render(request, "console/mail_settings/_sample.html", context, status=status)
    return page(request, viewer, form.of, form, status=status, more=more)


@require_POST
@signed_in
def outgoing_test(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Connect to the primary server and sign in, without leaving the alternate."""
    viewer.needs_everywhere("settings.mail")
    asked, server = server_asked(scope)
    good = gettext("The primary can be reached, in %(seconds)s s")
    bad = gettext("The primary still cannot be used, after %(seconds)s s")
    result = told(try_primary(server), good, bad)
    if is_htmx(request):
        return render(request, "console/mail_settings/_told.html", {"told": result})
    return page(request, viewer, asked, ServerForm(asked), more={"tested": asked, "test": result})


def wrong_address(to: str) -> str:
    """Say what is wrong with the address that the sample mail is to go to; empty: nothing."""
    if not to:
        return gettext("This is empty. To do: type the address that the sample mail is to go to.")
    try:
        one_address(to, _LONGEST)
    except ValidationError as refused:
        return str(refused.messages[0])
    return ""
