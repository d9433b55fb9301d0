"""A request written by hand."""

import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from deskpost.console import recipients
from deskpost.console.former_number import FormerNumber, takes_former_numbers
from deskpost.console.forms import WordedForm
from deskpost.console.page import Viewer, signed_in
from deskpost.console.uploads import MOST_MEGABYTES, FilesField
from deskpost.desk import permitted
from deskpost.desk.accounts import Account
from deskpost.desk.fields import Group, Priority
from deskpost.desk.former_numbers import NumberTaken, numbered
from deskpost.desk.installation import Instance
from deskpost.desk.modules import REQUEST
from deskpost.desk.people import Person
from deskpost.desk.requesters import requester_known, requester_with
from deskpost.desk.requests import open_request
from deskpost.desk.sent_forms import first_time
from deskpost.inbound.mailboxes import own_addresses
from deskpost.outbound.notify import notify

# The fields that requesters have; every other one is for those who work here.
OF_REQUESTERS = frozenset(("subject", "text", "attachments", "token"))


class NewRequest(WordedForm):
    """What is asked for a new request; of those who may only write their own, subject, text and files."""

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
    subject = forms.CharField(
        label=_("Subject"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    text = forms.CharField(
        label=_("Description"),
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )
    priority = forms.ModelChoiceField(
        Priority.objects.order_by("level"), label=_("Priority"), required=False, empty_label=_("none")
    )
    group = forms.ModelChoiceField(
        Group.objects.all(), label=_("Group"), required=False, empty_label=_("none")
    )
    technician = forms.ModelChoiceField(
        Person.objects.none(), label=_("Technician"), required=False, empty_label=_("nobody")
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
        self.fields["attachments"].help_text = gettext("%(n)d MB in all.") % {"n": MOST_MEGABYTES}
        desk = viewer.desk
        accounts = desk.accounts_with("request.create").order_by("name")
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        self.fields["technician"].queryset = desk.technicians.order_by("name")  # type: ignore[attr-defined]
        groups = Group.objects.filter(Q(account=None) | Q(account__in=accounts))
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        works = desk.may("request.view")
        unwanted: Collection[str] = ()
        if not works:
            unwanted = [name for name in self.fields if name not in OF_REQUESTERS]
        elif not desk.may("request.assign"):
            unwanted = ("group", "technician")
        if not takes_former_numbers(viewer, REQUEST):
            unwanted = (*unwanted, "number")
        for name in unwanted:
            del self.fields[name]

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
        """Check that the person works for who asks, and group and technician do."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        account, asks = values.get("account"), values.get("requester")
        technician, group = values.get("technician"), values.get("group")
        known = requester_known(account, asks[1]) if account and asks else None
        site_id = known.site_id if known else None
        if account and asks and not self._viewer.desk.may_at("request.create", account.pk, site_id):
            self.add_error(
                "requester", gettext("That is nobody of a site you work for. To do: name somebody who is.")
            )
        elif account and technician and technician not in permitted.technicians_for(account.pk, site_id):
            words = gettext("%(who)s does not work for %(account)s. To do: choose somebody who does.")
            self.add_error("technician", words % {"who": technician.name, "account": account.name})
        if account and group and group not in permitted.groups_for(account.pk):
            words = gettext("The group %(group)s does not work for %(account)s. To do: choose another one.")
            self.add_error("group", words % {"group": group.name, "account": account.name})
        return values


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_request(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask what the request is about, and open it, once however often the form arrives."""
    viewer.needs("request.create")
    if request.method != "POST":
        form = NewRequest(viewer, initial={"token": uuid.uuid4(), "account": viewer.person.account_id})
        return _page(request, form)
    form = NewRequest(viewer, request.POST, request.FILES)
    if not form.is_valid():
        form.tell_carried()
        if request.FILES and "attachments" in form.fields:
            form.add_error("attachments", gettext("To do: choose the files again; a page cannot keep them."))
        return _page(request, form, 422)
    try:
        number = _open(viewer, form.cleaned_data)
    except NumberTaken as taken:
        form.add_error("number", taken.words)
        return _page(request, form, 422)
    if number is None:
        return HttpResponseRedirect(reverse("requests"))
    return HttpResponseRedirect(reverse("request", args=[number]))


@transaction.atomic
def _open(viewer: Viewer, values: dict[str, Any]) -> int | None:
    """Open the request and give its number; None when this form did so before."""
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
            priority=values.get("priority"),
            group=values.get("group"),
            technician=values.get("technician"),
            files=values["attachments"],
            number=number,
        )
    notify(events, own_addresses=own_addresses())
    return record.number


def _page(request: HttpRequest, form: NewRequest, status: int = 200) -> HttpResponse:
    context = {"form": form, "cancel_url": reverse("requests")}
    return render(request, "console/new_request.html", context, status=status)
