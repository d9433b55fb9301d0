"""One spam rule: defined or edited, tried on the last mails, saved."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from deskpost.console.mail_settings.spam.proposing import proposed_by
from deskpost.console.mail_settings.spam.rule_form import RuleForm, edited
from deskpost.console.mail_settings.spam.rules import PERMISSION, rule_of
from deskpost.console.mail_settings.spam.trial import Shown, shown_of
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.saving import TWICE, Changed, tell
from deskpost.desk.installation import Instance
from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.spam import trial as rule_trial
from deskpost.inbound.spam.rules import NameTaken, SpamRule, TooMany
from deskpost.inbound.visible import PERMISSION as TRACE
from deskpost.inbound.visible import visible_mails


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Define a rule; opened from a mail that was taken for spam, with its sender's address or domain in it."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, SpamRule())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rule(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show a rule, try what is edited, and save it."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, rule_of(id))


def _respond(request: HttpRequest, viewer: Viewer, row: SpamRule) -> HttpResponse:
    if request.method != "POST":
        proposal = proposed_by(viewer, request.GET) if row.pk is None else None
        form = RuleForm(row, None, proposal.values if proposal else None)
        return _page(request, viewer, form, proposal=proposal)
    act, _, show = request.POST.get("act", "").partition(".")
    form = RuleForm(row, edited(request.POST))
    if "out" in request.POST or act not in ("save", "try"):  # the form is still being filled in
        form.forget_mistakes()
        return _page(request, viewer, form)
    fits = form.is_valid()
    if form.sent_before():
        return go_to(request, reverse("spam_rules"))
    if not fits:
        form.tell_carried()
        return _page(request, viewer, form, 422)
    if act == "try":
        return _page(request, viewer, form, trial=_try(viewer, form, show))
    changed = _save(viewer, form)
    if changed is None:
        return _page(request, viewer, form, 422)
    tell(request, form, changed)
    return go_to(request, reverse("spam_rules"))


@transaction.atomic
def _save(viewer: Viewer, form: RuleForm) -> Changed | None:
    """Save what was typed and give what changed; None: the form says why not."""
    if not form.first_time(viewer.person):
        return TWICE
    data = form.cleaned_data
    row: Any = form.row
    if row.pk is None:
        row = SpamRule(instance=data.get("instance") or Instance.objects.order_by("pk")[0])
    else:
        locked = SpamRule.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
        if locked is None:
            raise Http404  # was removed meanwhile
        form.row = row = locked
        if form.saved_meanwhile():
            return None
    values = {
        "name": data["name"],
        "match": data["match"],
        "criteria": [one.as_stored() for one in data["criteria"]],
    }
    try:
        with transaction.atomic():
            return spam_rules.save(viewer.person, "page", row, values)
    except NameTaken:
        form.add_error("name", gettext("Another rule has this name. To do: choose another."))
    except TooMany:
        words = gettext("There are %(n)d rules, and no more are possible. To do: join some into one.")
        form.add_error(None, words % {"n": spam_rules.MOST})
    transaction.set_rollback(True)  # so that the form may do its work after all
    return None


def _try(viewer: Viewer, form: RuleForm, show: str) -> Shown | None:
    """Try the form's rule on the last mails that the person may trace; None to who traces none."""
    if not viewer.desk.may(TRACE):
        return None
    row: Any = form.row
    instance = (
        row.instance if row.pk else form.cleaned_data.get("instance") or Instance.objects.order_by("pk")[0]
    )
    mails = visible_mails(viewer.desk).filter(mailbox__instance=instance)
    trial = rule_trial.on_last_mails(form.rule(), row.rule if row.pk else None, mails)
    return shown_of(trial, show, row.pk is not None)


def _page(
    request: HttpRequest, viewer: Viewer, form: RuleForm, status: int = 200, **more: Any
) -> HttpResponse:
    row: Any = form.row
    others = spam_rules.in_order(row.instance) if row.pk else []
    context = {
        "form": form,
        "rule": row if row.pk else None,
        "number": next((n for n, one in enumerate(others, 1) if one.pk == row.pk), None),
        "count": len(others),
        "kind": spam_rules.KIND,
        "may_try": viewer.desk.may(TRACE),
        "most": rule_trial.MAILS,
        **more,
    }
    return render(request, "console/mail_settings/spam_rule.html", context, status=status)
