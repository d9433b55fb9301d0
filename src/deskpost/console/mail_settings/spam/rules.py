"""The list of spam rules in their order: moved, switched on and off, removed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from deskpost.console.mail_settings import TABS
from deskpost.console.mail_settings.spam import keeping
from deskpost.console.mail_settings.spam.keeping import RetentionForm
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.desk import settings
from deskpost.desk.installation import Instance
from deskpost.inbound.retention import dropped
from deskpost.inbound.rules import mistakes
from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.spam.rules import SpamRule

PERMISSION = "settings.mail"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rules(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the rules of each instance; save for how long dropped mails are kept."""
    viewer.needs_everywhere(PERMISSION)
    if request.method != "POST":
        return _page(request, viewer, keeping.form_of())
    wrong = keeping.save(request, viewer)
    return _page(request, viewer, wrong, 422) if wrong else go_to(request, reverse("spam_rules"))


def _page(request: HttpRequest, viewer: Viewer, form: RetentionForm, status: int = 200) -> HttpResponse:
    instances = list(Instance.objects.order_by("pk"))
    context = {
        "tabs": TABS,
        "kind": f"{spam_rules.KIND},retentionsettings",
        "instances": [(one, _rows(spam_rules.in_order(one))) for one in instances],
        "several": len(instances) > 1,
        "any": SpamRule.objects.exists(),
        "may_trace": viewer.desk.may("trace.view"),
        "form": form,
        "held": dropped.held(),
    }
    return render(request, "console/mail_settings/spam_rules.html", context, status=status)


@require_POST
@signed_in
def move(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Move a rule up or down."""
    viewer.needs_everywhere(PERMISSION)
    row = rule_of(id)
    by = {"up": -1, "down": 1}.get(request.POST.get("by", ""))
    if by is not None:
        spam_rules.move(viewer.person, "page", row, by)
    return go_to(request, f"{reverse('spam_rules')}#rule-{row.pk}")


@require_POST
@signed_in
def switch(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Switch a rule on or off."""
    viewer.needs_everywhere(PERMISSION)
    row = rule_of(id)
    on = request.POST.get("on") == "1"
    if settings.change(viewer.person, "page", row, {"enabled": on}):
        words = (
            gettext("%(name)s is on. It holds for mails from now on.") if on else gettext("%(name)s is off.")
        )
        messages.success(request, words % {"name": row.name})
    return go_to(request, f"{reverse('spam_rules')}#rule-{row.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Ask, and remove a rule."""
    viewer.needs_everywhere(PERMISSION)
    if request.method == "POST":
        row = SpamRule.objects.filter(pk=id).first()
        if row is not None:  # else a double click: it is gone
            spam_rules.remove(viewer.person, "page", row)
            messages.success(
                request,
                gettext("The rule %(name)s is removed. View history can bring it back.") % {"name": row.name},
            )
        return go_to(request, reverse("spam_rules"))
    context = {"rule": rule_of(id), "tabs": TABS, "kind": spam_rules.KIND, "tab": "spam_rules"}
    return render(request, "console/mail_settings/spam_rule_remove.html", context)


def rule_of(id: int) -> SpamRule:
    """Give a rule. Raises Http404."""
    row = SpamRule.objects.select_related("instance").filter(pk=id).first()
    if row is None:
        raise Http404
    return row


def _rows(rules: list[SpamRule]) -> list[dict[str, Any]]:
    return [
        {
            "rule": row,
            "number": number,
            "criteria": row.rule.criteria,
            "wrong": next((words for _, words in mistakes(row.rule.criteria)), ""),
            "first": number == 1,
            "last": number == len(rules),
        }
        for number, row in enumerate(rules, 1)
    ]
