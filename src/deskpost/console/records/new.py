"""A record of a module beside requests, written by hand."""

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from deskpost.console.former_number import FormerNumber, takes_former_numbers
from deskpost.console.forms import WordedForm
from deskpost.console.page import NotPermitted, Viewer, id_of, signed_in
from deskpost.console.record_names import page_of
from deskpost.console.records import link_of
from deskpost.console.records.fields import LONGEST_TITLE
from deskpost.console.records.tasks import may_make
from deskpost.console.requests import request_named
from deskpost.console.uploads import MOST_MEGABYTES, FilesField
from deskpost.desk import permitted
from deskpost.desk.accounts import Account
from deskpost.desk.former_numbers import NumberTaken
from deskpost.desk.module_records import open_record
from deskpost.desk.modules import MODULES, TASK
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.sent_forms import first_time
from deskpost.inbound.mailboxes import own_addresses
from deskpost.outbound.notify import notify


class NewRecord(WordedForm):
    """What is asked for a new record; a task may name its request, and a migrated record its former number."""

    carried = ("token",)
    account = forms.ModelChoiceField(queryset=Account.objects.none(), label=_("Account"))
    subject = forms.CharField(
        label=_("Title"), max_length=LONGEST_TITLE, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    text = forms.CharField(
        label=_("Description"),
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )
    technician = forms.ModelChoiceField(
        Person.objects.none(), label=_("Owner"), required=False, empty_label=_("nobody")
    )
    belongs_to = forms.CharField(
        label=_("Belongs to request"),
        required=False,
        max_length=40,
        help_text=_("Its number, such as RE-12. It is of the same account."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    number = FormerNumber()
    attachments = FilesField(label=_("Attachments"), required=False)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        viewer: Viewer,
        module: str,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial=initial)
        self._viewer = viewer
        desk = viewer.desk
        fields: Any = self.fields
        fields["attachments"].help_text = gettext("%(n)d MB in all.") % {"n": MOST_MEGABYTES}
        fields["account"].queryset = Account.objects.filter(pk__in=accounts_of(viewer)).order_by("name")
        fields["technician"].queryset = desk.technicians.order_by("name")
        if module != TASK:
            del fields["belongs_to"]
        if not any(_assigns(viewer, account) for account in accounts_of(viewer)):
            del fields["technician"]
        if not takes_former_numbers(viewer, module):
            del fields["number"]

    def clean_belongs_to(self) -> Record | None:
        """Give the request of a task; one that the person does not work on is not there."""
        typed = self.cleaned_data["belongs_to"].strip()
        if not typed:
            return None
        found = request_named(self._viewer, typed)
        if found is None or not self._viewer.desk.works_on(found):
            words = gettext("There is no request %(number)s. To do: correct the number, or leave it empty.")
            raise forms.ValidationError(words % {"number": typed})
        return found

    def clean(self) -> dict[str, Any]:
        """Check that the owner works for the account, and that the request is of it."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        account, owner, of = values.get("account"), values.get("technician"), values.get("belongs_to")
        if account and owner and not _assigns(self._viewer, account.pk):
            words = gettext(
                "You may not give records of %(account)s to an owner: that needs request.assign there. "
                "To do: choose nobody."
            )
            self.add_error("technician", words % {"account": account.name})
        elif account and owner and owner not in permitted.technicians_for(account.pk, None):
            words = gettext("%(who)s does not work for %(account)s. To do: choose somebody who does.")
            self.add_error("technician", words % {"who": owner.name, "account": account.name})
        if account and of and of.account_id != account.pk:
            words = gettext("That request is of %(other)s. To do: choose a request of %(account)s.")
            self.add_error("belongs_to", words % {"other": of.account.name, "account": account.name})
        return values


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, viewer: Viewer, module: str) -> HttpResponse:
    """Ask what the record is about, and make it, once however often the form arrives."""
    viewer.needs("request.create")
    if not accounts_of(viewer):
        raise NotPermitted("request.create")
    if request.method != "POST":
        return _page(request, module, NewRecord(viewer, module, initial=_initial(request, viewer)))
    form = NewRecord(viewer, module, request.POST, request.FILES)
    if form.is_valid():
        try:
            made = _open(viewer, module, form.cleaned_data)
        except NumberTaken as taken:
            form.add_error("number", taken.words)
        else:
            return HttpResponseRedirect(page_of(made) if made else reverse("records", args=[module]))
    form.tell_carried()
    if request.FILES:
        form.add_error("attachments", gettext("To do: choose the files again; a page cannot keep them."))
    return _page(request, module, form, 422)


def accounts_of(viewer: Viewer) -> list[int]:
    """Give the accounts in which a person may make records."""
    accounts = viewer.desk.accounts_with("request.create").values_list("pk", flat=True)
    return [one for one in accounts if may_make(viewer.desk, one)]


def _assigns(viewer: Viewer, account_id: int) -> bool:
    """Tell whether a person may give records of an account to an owner. A record has no site."""
    return viewer.desk.may_at("request.assign", account_id, None)


def _initial(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    """Give what the form begins with: of a task made at a request, that request and its account."""
    number = id_of(request.GET.get("request"))
    of = request_named(viewer, str(number)) if number is not None else None
    account_id = of.account_id if of else viewer.person.account_id
    named = {"belongs_to": str(of)} if of else {}
    return {"token": uuid.uuid4(), "account": account_id, **named}


@transaction.atomic
def _open(viewer: Viewer, module: str, values: dict[str, Any]) -> Record | None:
    """Make the record; None when this form did so before."""
    if not first_time(values["token"], viewer.person):
        return None
    record, events = open_record(
        module=module,
        actor=viewer.person,
        via="page",
        account=values["account"],
        subject=" ".join(values["subject"].split()),
        text=values["text"].replace("\r\n", "\n"),
        technician=values.get("technician"),
        belongs_to=values.get("belongs_to"),
        number=values.get("number"),
        files=values["attachments"],
    )
    notify(events, own_addresses=own_addresses())
    return record


def _page(request: HttpRequest, module: str, form: NewRecord, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "module": MODULES[module],
        "link": link_of(module),
        "cancel_url": reverse("records", args=[module]),
    }
    return render(request, "console/records/new.html", context, status=status)
