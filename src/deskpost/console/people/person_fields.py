"""The form of a person: its fields, what they say about each other, and the columns they make."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.people import DirectoryForm, Ticks, places, rows_to_tick
from deskpost.console.saving import Changed
from deskpost.console.settings_form import Addresses, Line, LongSelect, Secret, one_address
from deskpost.console.sign_in import LONGEST_PASSWORD
from deskpost.desk import person_settings
from deskpost.desk.accounts import Account, Site
from deskpost.desk.fields import Group
from deskpost.desk.people import Person, fold
from deskpost.inbound.mailboxes import own_addresses

_LONGEST_ADDRESS = 254
_MOST_ADDRESSES = 50
_MOST_NAMED = 5


class SiteChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A menu of sites, with their account's name while that is not fixed."""

    with_account = False

    def label_from_instance(self, obj: Any) -> str:
        """Name a site."""
        return places.words_of(obj.account, obj) if self.with_account else str(obj)


class GroupChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Groups to tick."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a group, with its account where it has one."""
        return f"{obj.name}, {obj.account.name}" if obj.account else str(obj.name)


class PersonForm(DirectoryForm):
    """What is set of a person."""

    parts = (("personaddress", "person_id"), ("groupmember", "person_id"))

    name = Line(max_length=200, label=_("Name"), help_text=_("As requests and mails show it."))
    email = Line(
        written=True,
        max_length=_LONGEST_ADDRESS,
        label=_("E-mail address"),
        help_text=_("Mail to the person goes here."),
    )
    other_emails = Addresses(
        label=_("Other addresses"),
        required=False,
        help_text=_("By commas. Mail from them is the person’s too."),
    )
    preferred = forms.BooleanField(
        label=_("Mail of this address belongs to this person where several accounts know it"),
        required=False,
    )
    account = forms.ModelChoiceField(
        Account.objects.none(),
        label=_("Account"),
        empty_label=_("choose"),
        help_text=_("Cannot be changed later: requests and mails belong to it."),
    )
    site = SiteChoice(
        Site.objects.none(),
        label=_("Site"),
        required=False,
        empty_label=_("none"),
        help_text=_("Roles may count at one site alone."),
    )
    technician = forms.BooleanField(
        label=_("Technician"),
        required=False,
        help_text=_("May be given requests, be in groups and be told of new requests."),
    )
    signs_in = forms.BooleanField(
        label=_("Can sign in"),
        required=False,
        help_text=_("With the e-mail address above and a password."),
    )
    password = Secret(
        label=_("New password"),
        help_text=_("10 characters or more. A new one ends the person’s sessions elsewhere."),
    )
    time_zone = forms.ChoiceField(
        widget=LongSelect,
        label=_("Time zone"),
        required=False,
        help_text=_("Times on pages are the person’s."),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, help_text=_("Pages are in it as far as they are translated.")
    )
    groups = GroupChoices(
        Group.objects.none(),
        label=_("Groups"),
        required=False,
        widget=Ticks(),
        help_text=_("For technicians. Who is in a group is told of its requests."),
    )

    def __init__(self, person: Person, data: QueryDict | None = None) -> None:
        super().__init__(person, data, _initial(person))
        self.has_password = bool(person.password) and person.has_usable_password()
        self.fields["password"].widget.stored = self.has_password
        rows_to_tick(self.fields["groups"], _("Groups"))
        self._offer()

    def _offer(self) -> None:
        fields: Any = self.fields
        fields["groups"].queryset = Group.objects.select_related("account")
        fields["time_zone"].choices = _with_stored(_zones(), self.row.time_zone)  # type: ignore[attr-defined]
        fields["language"].choices = _with_stored(_languages(), self.row.language)  # type: ignore[attr-defined]
        sites = Site.objects.select_related("account").order_by("account__name", "name")
        if self.row.pk is None:
            fields["account"].queryset = Account.objects.filter(deleted_at=None).order_by("name")
            fields["site"].with_account = True
            fields["site"].queryset = sites.filter(account__deleted_at=None)
        else:
            del self.fields["account"]
            fields["site"].queryset = sites.filter(account_id=self.row.account_id)  # type: ignore[attr-defined]
        self._offer_preference()

    def _offer_preference(self) -> None:
        """Ask to whom the mail belongs where other accounts know an address too, and where it was answered before."""
        if self.row.pk is not None:
            others = person_settings.others_with_addresses_of(self.row)  # type: ignore[arg-type]
            if others or self.initial["preferred"]:
                names = ", ".join(f"{one.name} ({one.account.name})" for one in others[:_MOST_NAMED])
                words = gettext("Known elsewhere as: %(who)s. Without a choice such mail is held.")
                self.fields["preferred"].help_text = words % {"who": names} if others else ""
                return
        del self.fields["preferred"]

    def clean_email(self) -> str:
        """Take one address that is not the desk's own."""
        return self._not_ours(one_address(self.cleaned_data["email"], _LONGEST_ADDRESS))

    def clean_other_emails(self) -> list[str]:
        """Take addresses that are not the desk's own, not too many."""
        typed: list[str] = self.cleaned_data["other_emails"]
        if len(typed) > _MOST_ADDRESSES:
            words = gettext("These are %(n)d addresses. To do: leave %(most)d at most.")
            raise ValidationError(words % {"n": len(typed), "most": _MOST_ADDRESSES})
        return [self._not_ours(address) for address in typed]

    def clean_password(self) -> str:
        """Take a password as Django's validators would."""
        password: str = self.cleaned_data["password"]
        if len(password) > LONGEST_PASSWORD:
            words = gettext("This has %(n)d characters. To do: shorten it to %(most)d.")
            raise ValidationError(words % {"n": len(password), "most": LONGEST_PASSWORD})
        if password:
            validate_password(password, self.row)  # type: ignore[arg-type]
        return password

    def clean(self) -> dict[str, Any]:
        """Check what fields say about each other."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        account, site = data.get("account"), data.get("site")
        if account and site and site.account_id != account.pk:
            words = gettext("%(site)s is no site of %(account)s. To do: choose one of its sites, or none.")
            self.add_error("site", words % {"site": site.name, "account": account.name})
        if data.get("groups") and not data.get("technician"):
            words = gettext("Only technicians are in groups. To do: tick Technician, or untick the groups.")
            self.add_error("groups", words)
        if data.get("signs_in") and not self.has_password and not data.get("password"):
            if "password" not in self.errors:
                words = gettext("Who signs in needs a password. To do: type one, or untick Can sign in.")
                self.add_error("password", words)
        elif data.get("password") and not data.get("signs_in"):
            words = gettext(
                "A password is for people who sign in. To do: tick Can sign in, or empty this field."
            )
            self.add_error("password", words)
        return data

    @property
    def addresses(self) -> list[str]:
        """The addresses that were typed, the primary first."""
        return [self.cleaned_data["email"], *self.cleaned_data["other_emails"]]

    @property
    def prefers(self) -> bool | None:
        """Whether mail of the addresses belongs to this person; None where the form does not ask."""
        return self.cleaned_data.get("preferred")

    def columns(self) -> dict[str, Any]:
        """Give the columns as they were typed. A password is hashed here, which takes its time."""
        data = self.cleaned_data
        values = {name: data[name] for name in ("name", "site", "technician", "time_zone", "language")}
        values["sign_in_name"] = data["email"] if data["signs_in"] else None
        if data["password"]:
            values["password"] = make_password(data["password"])
        elif self.row.pk is None:
            values["password"] = make_password(None)
        return values

    def words_of_saved(self, changed: Changed) -> str:
        """Say that it was saved, and what a new password has ended."""
        if "password" in changed and self.has_password:
            return gettext("Saved. Sessions under the earlier password have ended.")
        return super().words_of_saved(changed)

    def field_of(self, address: str) -> str:
        """Give the field in which an address was typed."""
        return "email" if fold(address) == fold(self.cleaned_data["email"]) else "other_emails"

    def _not_ours(self, address: str) -> str:
        if fold(address) in own_addresses():
            words = gettext("%(one)s is the desk’s own address. To do: write the person’s.")
            raise ValidationError(words % {"one": address})
        return address


def _initial(person: Person) -> dict[str, Any]:
    if person.pk is None:
        return {"technician": False, "preferred": False}
    addresses = list(person.addresses.order_by("-primary", "pk").values_list("address", flat=True))
    return {
        "name": person.name,
        "email": addresses[0] if addresses else person.sign_in_name or "",
        "other_emails": addresses[1:],
        "preferred": person_settings.is_preferred(person),
        "site": person.site_id,
        "technician": person.technician,
        "signs_in": person.sign_in_name is not None,
        "time_zone": person.time_zone,
        "language": person.language,
        "groups": list(Group.objects.filter(members=person).values_list("pk", flat=True)),
    }


@cache
def _zones() -> tuple[tuple[str, Any], ...]:
    names = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
    return (("", _("the account’s")), *((name, name.replace("_", " ")) for name in names))


@cache
def _languages() -> tuple[tuple[str, Any], ...]:
    return (("", _("the account’s")), *sorted(django_settings.LANGUAGES, key=lambda one: str(one[1])))


def _with_stored(choices: tuple[tuple[str, Any], ...], stored: str) -> list[tuple[str, Any]]:
    """Give choices, and what a settings file has set that is not among them."""
    known = stored in {value for value, _words in choices}
    return [*choices, *([] if known else [(stored, stored)])]
