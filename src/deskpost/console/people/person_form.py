"""A person is made, edited, and removed."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from deskpost.console.page import Counted, Viewer, go_to, signed_in
from deskpost.console.people import HISTORY, PERMISSION, beyond_words, lists, places
from deskpost.console.people.people import person_of
from deskpost.console.people.person_fields import PersonForm
from deskpost.console.saving import TWICE, Changed, respond
from deskpost.desk import administrators, person_settings
from deskpost.desk.administrators import LastAdministrator
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.person_settings import AddressTaken, PreferredElsewhere, SignInNameTaken
from deskpost.desk.records import Record
from deskpost.desk.search import Count


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask who the person is, and make the person, once however often the form arrives."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, Person())


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show what is set of a person, and save it."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, person_of(id))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Say what goes and what stays, and remove the person."""
    viewer.needs_everywhere(PERMISSION)
    person = person_of(id)
    if request.method != "POST":
        return render(request, "console/people/person_remove.html", _what_stays(viewer, person))
    try:
        with administrators.one_stays():
            locked = _locked(person)
            foreign = administrators.beyond_of(viewer.person, locked) if locked is not None else []
            if locked is not None and not foreign:
                lists.take_off(viewer.person, locked)
                person_settings.remove(viewer.person, "page", locked)
    except LastAdministrator as last:
        messages.error(request, last.words)
        return go_to(request, reverse("person", args=[person.pk]))
    if foreign:
        messages.error(request, beyond_words(person.name, foreign))
        return go_to(request, reverse("person", args=[person.pk]))
    messages.success(request, gettext("%(name)s is removed.") % {"name": person.name})
    return go_to(request, reverse("people"))


def _respond(request: HttpRequest, viewer: Viewer, person: Person) -> HttpResponse:
    def save(form: PersonForm) -> Changed | None:
        changed = _save(viewer, form)
        if changed and "password" in changed and form.row.pk == viewer.person.pk:
            update_session_auth_hash(request, form.row)  # type: ignore[arg-type]
        return changed

    return respond(request, partial(PersonForm, person), _page, save, partial(_to_person, request))


def _save(viewer: Viewer, form: PersonForm) -> Changed | None:
    """Save what was typed and give what changed; None: the form says why not."""
    columns = form.columns()  # before anybody waits for the lock
    try:
        with administrators.one_stays():
            return _write(viewer, form, columns)
    except AddressTaken as taken:
        words = gettext(
            "%(address)s is an address of %(who)s, of the same account. To do: take it from there first."
        )
        form.add_error(form.field_of(taken.address), words % _who(taken.holder, taken.address))
    except PreferredElsewhere as taken:
        words = gettext(
            "Mail of %(address)s belongs to %(who)s of %(account)s already. "
            "To do: untick it there first, or leave it unticked here."
        )
        form.add_error("preferred" if form.prefers else "email", words % _who(taken.holder, taken.address))
    except SignInNameTaken as taken:
        words = gettext(
            "%(who)s of %(account)s signs in with this address. To do: give one of the two another address."
        )
        form.add_error("email", words % _who(taken.holder))
    except LastAdministrator as last:
        form.add_error("signs_in", last.words)
    except IntegrityError:  # account, site or group went at this very moment
        words = gettext("Not saved: something that was chosen here is gone. To do: choose again, then Save.")
        form.add_error(None, words)
    return None


def _write(viewer: Viewer, form: PersonForm, columns: dict[str, Any]) -> Changed | None:
    if not form.first_time(viewer.person):
        return TWICE
    groups = form.cleaned_data["groups"]
    if form.row.pk is None:
        form.row.account = form.cleaned_data["account"]  # type: ignore[attr-defined]
    else:
        locked = _locked(form.row)  # type: ignore[arg-type]
        if locked is None:
            raise Http404  # was removed meanwhile
        form.row = locked
        if "password" in columns and check_password(form.cleaned_data["password"], locked.password):
            del columns["password"]  # it is the person's already
        if person_settings.is_so(locked, columns, form.addresses, groups, form.prefers):
            return ()
        if form.saved_meanwhile() or _takes_over(viewer, form, columns):
            return None
        if not columns["technician"]:
            lists.take_off(viewer.person, locked)
    row: Any = form.row
    return person_settings.save(viewer.person, "page", row, columns, form.addresses, groups, form.prefers)


def _takes_over(viewer: Viewer, form: PersonForm, columns: dict[str, Any]) -> bool:
    """Refuse to change how somebody signs in who may more than the viewer: to act as that person, or shut it out."""
    row: Any = form.row
    if "password" not in columns and columns["sign_in_name"] == row.sign_in_name:
        return False
    foreign = administrators.beyond_of(viewer.person, row)
    if foreign:
        name = "password" if "password" in columns else "email" if columns["sign_in_name"] else "signs_in"
        form.add_error(name, beyond_words(row.name, foreign))
    return bool(foreign)


def _locked(person: Person) -> Person | None:
    """Give the person as of now, locked; None of somebody who was removed meanwhile."""
    return Person.objects.select_for_update(of=("self",)).filter(pk=person.pk, deleted_at=None).first()


def _to_person(request: HttpRequest, form: PersonForm) -> HttpResponse:
    """Go to the person who was saved; of a new one, whose form came twice, by the address."""
    id = form.row.pk
    if id is None:
        data = form.cleaned_data
        made = PersonAddress.objects.filter(
            account=data.get("account"), key=fold(data.get("email") or ""), person__deleted_at=None
        )
        id = made.values_list("person_id", flat=True).first()
    return go_to(request, reverse("person", args=[id]) if id else reverse("people"))


def _who(holder: Person, address: str = "") -> dict[str, str]:
    return {"who": holder.name, "account": holder.account.name, "address": address}


def _what_stays(viewer: Viewer, person: Person) -> dict[str, Any]:
    opened = Record.objects.filter(technician=person, deleted_at=None, closed_at=None)
    asked = Record.objects.filter(requester=person, deleted_at=None)
    return {
        "subject": person,  # base.html calls who looks `person`
        "addresses": list(person.addresses.order_by("-primary", "pk").values_list("address", flat=True)),
        "you": person.pk == viewer.person.pk,
        "open": Counted(Count.of(opened.values("pk"))),
        "asked": Counted(Count.of(asked.values("pk"))),
        "back_url": reverse("person_edit", args=[person.pk]),
        "history": HISTORY,
    }


def _page(request: HttpRequest, form: PersonForm, status: int) -> HttpResponse:
    person: Any = form.row
    context = {
        "form": form,
        "subject": person if person.pk else None,
        "home": places.words_of(person.account, None) if person.pk else "",
        "back_url": reverse("person", args=[person.pk]) if person.pk else reverse("people"),
        "history": HISTORY,
    }
    return render(request, "console/people/person_form.html", context, status=status)
