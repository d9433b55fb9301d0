"""The form of an account: its name, its domains, one field for each site, and what holds for its people."""

from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.db.models import Q as Where
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.accounts.accounts import language_name
from deskpost.console.saving import SavedForm
from deskpost.console.settings_form import TYPED, Domains, Line, LongSelect
from deskpost.console.templatetags.deskpost_ui import clock
from deskpost.desk import account_settings, account_sites
from deskpost.desk.account_settings import Wanted
from deskpost.desk.accounts import Account, Site
from deskpost.desk.settings_words import FIELDS
from deskpost.inbound.mailboxes import Mailbox

LONGEST_NAME = 200
MOST_DOMAINS = 2000
MOST_SITES = 200  # that a form holds; of an account with more the others stay as they are
LANGUAGES = ("en",)  # in which Deskpost has texts
_TOO_LONG = _("This has more than %(limit_value)d characters. To do: shorten it.")


class DomainList(forms.Textarea):
    """Several domains in a field that grows with them, commas between them."""

    def __init__(self) -> None:
        super().__init__({**TYPED, "rows": 1})

    def format_value(self, value: Any) -> str | None:
        """Give a list as it is typed."""
        return ", ".join(value) if isinstance(value, list | tuple) else value


class SiteNames(forms.CharField):
    """Names of sites, one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea({"rows": 3, "autocomplete": "off"}), **options)

    def clean(self, value: Any) -> Any:
        """Give the names as a list. Raises ValidationError."""
        line = Line(max_length=LONGEST_NAME, error_messages={"max_length": _TOO_LONG})
        for validator in line.validators:
            if getattr(validator, "code", "") == "max_length":
                validator.message = _TOO_LONG  # type: ignore[attr-defined]
        names = [one.strip() for one in str(value or "").splitlines()]
        found = [str(line.clean(one)) for one in names if one]
        if len(found) > MOST_SITES:
            words = gettext("These are more than %(n)d sites. To do: save them in parts.")
            raise ValidationError(words % {"n": MOST_SITES})
        return found


class AccountForm(SavedForm):
    """The settings of an account, new or old."""

    name = Line(label=_("Name"), max_length=LONGEST_NAME, help_text=_("As it stands beside each request."))
    domains = Domains(
        label=_("Domains"),
        required=False,
        widget=DomainList,
        help_text=_(
            "By commas. Whoever writes from there belongs to this account. No public mail providers."
        ),
    )
    default = forms.BooleanField(
        label=_("Default account"),
        required=False,
        help_text=_("It takes the senders that nobody knows. Ticked here, the present one is it no more."),
    )
    time_zone = forms.ChoiceField(
        widget=LongSelect,
        label=_("Time zone"),
        help_text=_("In which its people see times, unless they chose their own."),
    )
    language = forms.ChoiceField(
        label=_("Language"), help_text=_("In which its people see the pages, unless they chose their own.")
    )
    new_sites = SiteNames(label=_("New sites"), help_text=_("One a line. None is needed."))

    def __init__(self, row: Account, data: QueryDict | None = None) -> None:
        self.account = row
        self.sites = _sites_of(row)
        super().__init__(row, data, {**_values_of(row), "token": uuid4()})
        self.initial["seen"] = account_settings.state(row)
        self._choices("time_zone", zone_choices(row.time_zone))
        languages = dict.fromkeys((*LANGUAGES, row.language))
        self._choices("language", [(code, language_name(code)) for code in languages])
        if row.default:
            self.fields["default"].disabled = True
            self.fields["default"].help_text = _(
                "It takes the senders that nobody knows. To do: make another one the default instead."
            )
        for site in self.sites:
            self._add_site(site)

    @property
    def site_fields(self) -> list[forms.BoundField]:
        """The fields of the sites that are there already."""
        return [self[account_sites.field_of(site.pk)] for site in self.sites]

    @property
    def wanted(self) -> Wanted:
        """What the form asks for."""
        data = self.cleaned_data
        names = {site.pk: data.get(account_sites.field_of(site.pk), "") for site in self.sites}
        return Wanted(
            name=data["name"],
            time_zone=data["time_zone"],
            language=data["language"],
            domains=tuple(data["domains"]),
            default=data["default"],
            sites=names,
            new_sites=tuple(data["new_sites"]),
        )

    def clean_domains(self) -> list[str]:
        """Take no more domains than can be saved at once."""
        names: list[str] = self.cleaned_data["domains"]
        if len(names) > MOST_DOMAINS:
            words = gettext("These are more than %(n)d domains. To do: give them to several accounts.")
            raise ValidationError(words % {"n": MOST_DOMAINS})
        return names

    def clean(self) -> dict[str, Any]:
        """Ask the rules, with their words."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            wanted = self.wanted
            self.add_refusals(account_settings.refusals(self.account, wanted))
            self._keep_sites_of_mailboxes({id for id, name in wanted.sites.items() if not name})
        return data

    def saved_meanwhile(self) -> bool:
        """Say who saved the account, its domains or its sites since this form was opened. The account is locked."""
        newest = account_settings.saved_since(self.account, self.data.get("seen", ""))
        if newest is None:
            return False
        names = {"domain": [gettext("Domains")], "site": [gettext("Sites")]}.get(newest.kind)
        names = names or [str(FIELDS.get(name, name)) for name in newest.changed]
        words = gettext(
            "Not saved: %(who)s saved this account at %(at)s, after you opened this page (%(what)s). What you typed "
            "stands below. To do: compare with View history, then Save again to use yours."
        )
        who, at = newest.who or gettext("somebody"), clock(timezone.localtime(newest.at))
        self.add_error(None, words % {"who": who, "at": at, "what": ", ".join(names)})
        self.renew("seen", account_settings.state(self.account))
        return True

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _add_site(self, site: Any) -> None:
        words = ngettext("%(n)d person.", "%(n)d people.", site.people_here) % {"n": site.people_here}
        field = Line(
            label=site.name, required=False, max_length=LONGEST_NAME, initial=site.name, help_text=words
        )
        for validator in field.validators:
            if getattr(validator, "code", "") == "max_length":
                validator.message = _TOO_LONG  # type: ignore[attr-defined]
        name = account_sites.field_of(site.pk)
        self.fields[name] = field
        if self.is_bound and name not in self.data:  # somebody added it since: not emptied, but never shown
            self.renew(name, site.name)

    def _keep_sites_of_mailboxes(self, gone: set[int]) -> None:
        """Refuse to remove a site that a mailbox gives its new requests."""
        for mailbox in Mailbox.objects.filter(default_site__in=gone).order_by("name"):
            words = gettext(
                "The mailbox %(mailbox)s gives new requests this site. To do: choose another one there first."
            )
            field = account_sites.field_of(mailbox.default_site_id or 0)
            self.add_error(field, words % {"mailbox": mailbox.name})


def zone_choices(present: str) -> list[tuple[str, str]]:
    """Give the IANA time zones to choose from, the present one among them."""
    zones = {zone for zone in available_timezones() if "/" in zone or zone == "UTC"} | {present}
    return [(zone, zone.replace("_", " ")) for zone in sorted(zones)]


def _sites_of(row: Account) -> list[Site]:
    if row.pk is None:
        return []
    counted = row.sites.annotate(people_here=Count("people", filter=Where(people__deleted_at=None)))
    return list(counted.order_by("name")[:MOST_SITES])


def _values_of(row: Account) -> dict[str, Any]:
    names = row.domains.order_by("name").values_list("name", flat=True) if row.pk is not None else ()
    return {
        "name": row.name,
        "domains": list(names),
        "default": row.default,
        "time_zone": row.time_zone,
        "language": row.language,
    }
