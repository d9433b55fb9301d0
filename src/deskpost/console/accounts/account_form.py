"""An account is made, changed and removed."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from deskpost.console.accounts import own_mail
from deskpost.console.accounts.account_fields import AccountForm
from deskpost.console.accounts.accounts import HISTORY, PERMISSION, account_of, panel_of
from deskpost.console.page import Viewer, signed_in
from deskpost.console.saving import TWICE, Changed, respond
from deskpost.desk import account_removal, account_settings
from deskpost.desk.account_removal import NotRemoved
from deskpost.desk.account_settings import AccountRefused
from deskpost.desk.accounts import Account
from deskpost.desk.installation import Installation


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def account_new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask for a new account, and make it, once however often the form arrives."""
    viewer.needs_everywhere(PERMISSION)
    zone = Installation.objects.values_list("time_zone", flat=True).get()
    return _respond(request, viewer, Account(time_zone=zone))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def account_edit(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show the settings of an account, and save them."""
    viewer.needs_everywhere(PERMISSION)
    account = account_of(id)
    if account.deleted_at is not None:
        return _is_removed(request, account)
    return _respond(request, viewer, account)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def account_remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Say what goes with an account and what stays, and remove it."""
    viewer.needs_everywhere(PERMISSION)
    account = account_of(id)
    if account.deleted_at is not None:
        return _is_removed(request, account)
    refusal = account_removal.refusal(account, viewer.person)
    if request.method == "POST" and refusal is None and not own_mail.in_the_way(account):
        try:
            account_removal.remove(viewer.person, "page", account)
        except NotRemoved as refused:
            refusal = refused.words
        else:
            words = gettext("%(name)s is removed. Its requests stay.")
            messages.success(request, words % {"name": account.name})
            return HttpResponseRedirect(reverse("accounts"))
    context = {
        "panel": panel_of(account),
        "refusal": refusal,
        "in_the_way": own_mail.in_the_way(account),
        "default": Account.objects.filter(default=True).first(),
        "history": HISTORY,
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "console/accounts/account_remove.html", context, status=status)


def _respond(request: HttpRequest, viewer: Viewer, account: Account) -> HttpResponse:
    try:
        return respond(request, partial(AccountForm, account), _page, partial(_save, viewer), _to_account)
    except Account.DoesNotExist:
        return _is_removed(request, account)


def _save(viewer: Viewer, form: AccountForm) -> Changed | None:
    """Save what was typed and give what changed; None: the form says why not. Raises Account.DoesNotExist."""
    try:
        return _write(viewer, form)
    except AccountRefused as refused:
        form.add_refusals(refused.refusals)
    return None


@transaction.atomic
def _write(viewer: Viewer, form: AccountForm) -> Changed | None:
    """Write what was asked for and give what changed; None: somebody saved meanwhile, the form says so.

    Raises AccountRefused, and Account.DoesNotExist when somebody removed it meanwhile.
    """
    if not form.first_time(viewer.person):
        return TWICE
    account = form.account
    if account.pk is not None:
        account = Account.objects.select_for_update().get(pk=account.pk, deleted_at=None)
        form.row = form.account = account
        if not account_settings.changes(account, form.wanted):
            return ()
        if form.saved_meanwhile():
            transaction.set_rollback(True)  # the token may be used again
            return None
    return account_settings.save(viewer.person, "page", account, form.wanted)


def _to_account(form: AccountForm) -> HttpResponse:
    """Go to the account that was saved; to a new one by the name it was given."""
    name = form.cleaned_data.get("name") or form.data.get("name", "").strip()
    made = form.account.pk or Account.objects.filter(name=name).values_list("pk", flat=True).first()
    if made is None:
        raise Http404
    return HttpResponseRedirect(reverse("account", args=[made]))


def _is_removed(request: HttpRequest, account: Account) -> HttpResponse:
    words = gettext("%(name)s is removed. To do: bring it back first, if it is to be changed.")
    messages.error(request, words % {"name": account.name})
    return HttpResponseRedirect(reverse("account", args=[account.pk]))


def _page(request: HttpRequest, form: AccountForm, status: int) -> HttpResponse:
    account = form.account
    saved = Account.objects.filter(pk=account.pk).first() if account.pk is not None else None
    context = {
        "form": form,
        "account": saved,
        "history": HISTORY,
        "may_remove": saved is not None and not saved.default and not account_removal.is_provider(saved),
    }
    return render(request, "console/accounts/account_form.html", context, status=status)
