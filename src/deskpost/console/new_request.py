"""A request written by hand, by a template: its fields, and the questions of its resources."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from deskpost.console import recipients
from deskpost.console.former_number import FormerNumber, takes_former_numbers
from deskpost.console.forms import WordedForm
from deskpost.console.page import NotPermitted, Viewer, id_of, signed_in
from deskpost.console.template_fields import TemplateFields
from deskpost.console.uploads import MOST_MEGABYTES, FilesField
from deskpost.desk import template_settings
from deskpost.desk.accounts import Account
from deskpost.desk.field_values import Judge, scene_of_new
from deskpost.desk.former_numbers import NumberTaken, numbered
from deskpost.desk.installation import Instance
from deskpost.desk.modules import REQUEST
from deskpost.desk.people import Person
from deskpost.desk.request_values import Changes
from deskpost.desk.requesters import requester_known, requester_with
from deskpost.desk.requests import open_request
from deskpost.desk.sent_forms import first_time
from deskpost.desk.templates import Template
from deskpost.inbound.mailboxes import own_addresses
from deskpost.outbound.notify import notify


class NewRequest(WordedForm):
    """What is asked for a new request; of those who may only write their own no account and no requester.

    A template says which fields and questions stand after these. What was typed decides which template, account and
    requester that is; until something was, those of `initial`.
    """

    carried = ("token",)
    account = forms.ModelChoiceField(queryset=Account.objects.none(), label=_("Account"))
    requester = forms.CharField(
        label=_("Requester"),
        max_length=400,
        help_text=_(
            "Name and address, such as Tom Achterberg <tom@kestrel.example>. "
            "Somebody new becomes a requester of the account."
        ),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    template = forms.ModelChoiceField(Template.objects.none(), label=_("Template"), empty_label=None)
    subject = forms.CharField(
        label=_("Subject"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    text = forms.CharField(
        label=_("Description"),
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )
    number = FormerNumber()
    attachments = FilesField(label=_("Attachments"), required=False)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        viewer: Viewer,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial=initial)
        self._viewer = viewer
        self.changes = Changes()  # of the valid form: what the template's fields hold
        fields: Any = self.fields
        fields["attachments"].help_text = gettext("%(n)d MB in all.") % {"n": MOST_MEGABYTES}
        if accounts := _worked_accounts(viewer):
            offered_accounts = Q(pk__in=[*accounts, *_own_account(viewer)])
            fields["account"].queryset = Account.objects.filter(offered_accounts).order_by("name")
        else:
            del self.fields["account"], self.fields["requester"]
        if not takes_former_numbers(viewer, REQUEST):
            del self.fields["number"]
        account, requester = self._account(), self._requester()
        site_id = requester.site_id if requester else None
        works = viewer.desk.may_at("request.view", account.pk, site_id)
        offered = template_settings.offered_at(account.pk, works)
        self.used = self._template(list(offered))
        if len(offered) > 1:
            fields["template"].queryset = offered
            self.initial["template"] = self.used.pk
        else:
            del self.fields["template"]
        self._own = tuple(name for name in self.fields if name not in ("template", "token"))
        scene = scene_of_new(viewer.desk, account.pk, requester, self.used)
        self._given = TemplateFields(Judge(scene), data)
        self._given.add_to(self)

    def _account(self) -> Account:
        """Give the account that is chosen now, else the person's own."""
        field: Any = self.fields.get("account")
        if field is None:
            return self._viewer.person.account
        chosen = self.data.get("account") if self.is_bound else self.initial.get("account")
        found = field.queryset.filter(pk=id_of(chosen)).first() if id_of(chosen) is not None else None
        account: Account = found or field.queryset.first() or self._viewer.person.account
        return account

    def _requester(self) -> Person | None:
        """Give the requester that is typed now, where the account has one of that address."""
        if "requester" not in self.fields:
            return self._viewer.person
        try:
            pairs = recipients.read(self.data.get("requester", "")) if self.is_bound else []
        except ValidationError:
            return None
        return requester_known(self._account(), pairs[0][1]) if len(pairs) == 1 else None

    def _template(self, offered: list[Template]) -> Template:
        """Give the template that is chosen now, else the default one."""
        chosen = id_of(self.data.get("template") if self.is_bound else self.initial.get("template"))
        return next((one for one in offered if one.pk == chosen), None) or template_settings.default()

    @property
    def own_fields(self) -> list[BoundField]:
        """The fields that every request is asked for, files last."""
        return [self[name] for name in self._own]

    @property
    def template_fields(self) -> list[BoundField]:
        """The fields that the template gives the person."""
        return self._given.fields_of(self)

    @property
    def resources(self) -> list[tuple[str, list[BoundField]]]:
        """The questions that the template gives the person, by their resources."""
        return self._given.resources_of(self)

    @property
    def parents(self) -> tuple[str, ...]:
        """The names of the fields on which the choices of others hang."""
        return self._given.parents

    def forget_mistakes(self) -> None:
        """Say nothing of what is wrong: the form is still being filled in."""
        vars(self)["_errors"] = ErrorDict()

    def clean_requester(self) -> recipients.Pair:
        """Give one name and address that is not the desk's own."""
        pairs = recipients.read(self.cleaned_data["requester"])
        if len(pairs) != 1:
            raise forms.ValidationError(gettext("A request has one requester. To do: name one address."))
        if not recipients.without(pairs, own_addresses()):
            raise forms.ValidationError(
                gettext("That is the desk's own address. To do: name the person who asks.")
            )
        return pairs[0]

    def clean(self) -> dict[str, Any]:
        """Check that the person works for who asks, and judge the template's fields."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        account, asks = values.get("account"), values.get("requester")
        if account and asks:
            known = requester_known(account, asks[1])
            site_id = known.site_id if known else None
            own = known is not None and known == self._viewer.person
            needed = ("request.create",) if own else ("request.create", "request.view")
            if not all(self._viewer.desk.may_at(one, account.pk, site_id) for one in needed):
                words = gettext(
                    "That is nobody of an account or site you work for. To do: name somebody who is, or yourself."
                )
                self.add_error("requester", words)
        self.changes = self._given.judged(self).changes
        return values


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_request(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask what the request is about, and open it, once however often the form arrives."""
    _needs_create(viewer)
    if request.method != "POST":
        initial = {"token": uuid.uuid4(), "account": viewer.person.account_id}
        return _page(
            request, NewRequest(viewer, initial={**initial, "template": request.GET.get("template")})
        )
    form = NewRequest(viewer, request.POST, request.FILES)
    if request.POST.get("act") == "fields":
        form.forget_mistakes()
        return _page(request, form)
    if not form.is_valid():
        form.tell_carried()
        if request.FILES and "attachments" in form.fields:
            form.add_error("attachments", gettext("To do: choose the files again; a page cannot keep them."))
        return _page(request, form, 422)
    try:
        number = _open(viewer, form)
    except NumberTaken as taken:
        form.add_error("number", taken.words)
        return _page(request, form, 422)
    if number is None:
        return HttpResponseRedirect(reverse("requests"))
    return HttpResponseRedirect(reverse("request", args=[number]))


@require_POST
@signed_in
def fields(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Give the fields of the template that is chosen now, with what was typed in those that stay."""
    _needs_create(viewer)
    form = NewRequest(viewer, request.POST)
    form.forget_mistakes()
    return render(request, "console/_template_fields.html", {"form": form})


def _worked_accounts(viewer: Viewer) -> set[int]:
    """Give the accounts where a person may make requests in the names of those for whom they work."""
    makes, works = (viewer.desk.accounts_with(one) for one in ("request.create", "request.view"))
    return {*makes.values_list("pk", flat=True)} & {*works.values_list("pk", flat=True)}


def _own_account(viewer: Viewer) -> list[int]:
    """Give the person's own account, where they may make requests in their own name."""
    person = viewer.person
    own = viewer.desk.may_at("request.create", person.account_id, person.site_id)
    return [person.account_id] if own else []


def _needs_create(viewer: Viewer) -> None:
    """Raise NotPermitted where a person may make requests in nobody's name."""
    if not _worked_accounts(viewer) and not _own_account(viewer):
        raise NotPermitted("request.create")


@transaction.atomic
def _open(viewer: Viewer, form: NewRequest) -> int | None:
    """Open the request and give its number; None when this form did so before."""
    values = form.cleaned_data
    if not first_time(values["token"], viewer.person):
        return None
    account = values.get("account") or viewer.person.account
    if "requester" in values:
        name, address = values["requester"]
        requester = requester_with(account, address, name)
    else:
        requester = viewer.person
    with numbered(REQUEST, values.get("number")) as number:
        record, events = open_request(
            actor=viewer.person,
            via="page",
            instance=Instance.objects.order_by("pk")[0],
            account=account,
            requester=requester,
            subject=" ".join(values["subject"].split()),
            text=values["text"].replace("\r\n", "\n"),
            changes=form.changes,
            template=form.used,
            files=values["attachments"],
            number=number,
        )
    notify(events, own_addresses=own_addresses())
    return record.number


def _page(request: HttpRequest, form: NewRequest, status: int = 200) -> HttpResponse:
    context = {"form": form, "cancel_url": reverse("requests")}
    return render(request, "console/new_request.html", context, status=status)
