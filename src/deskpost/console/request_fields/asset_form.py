"""The form of an asset: where it is, of the places that the person may keep."""

from collections.abc import Iterator

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.people import DirectoryForm, places
from deskpost.console.request_fields import PERMISSION
from deskpost.console.settings_form import Line
from deskpost.desk.accounts import Account, Site
from deskpost.desk.asset_settings import LONGEST_NAME
from deskpost.desk.assets import Asset
from deskpost.desk.roles import Visible


class AssetForm(DirectoryForm):
    """What is set of an asset."""

    name = Line(
        max_length=LONGEST_NAME,
        label=_("Name"),
        help_text=_("As requests and commands in mails name it. An account has each name once."),
    )
    place = forms.ChoiceField(
        label=_("Account and site"),
        help_text=_("Whose it is, and where. Only requests of this account can be about it."),
    )

    def __init__(self, desk: Visible, row: Asset, data: QueryDict | None = None) -> None:
        of = row.account if row.pk is not None else None
        initial = {"name": row.name, "place": places.key_of((of, row.site)) if of else ""}
        super().__init__(row, data, initial)
        field = self.fields["place"]
        offered = list(offered_places(desk, of))
        if of is None and len(offered) != 1:
            offered.insert(0, ("", gettext("Choose")))
        elif of is not None:
            field.help_text = _("Another site of this account can be chosen; the account stays.")
        field.choices = offered  # type: ignore[attr-defined]

    @property
    def chosen(self) -> tuple[Account, Site | None]:
        """Give the place that was chosen."""
        found = places.read(self.cleaned_data["place"])
        assert found is not None and found[0] is not None  # it was offered
        return found[0], found[1]


def offered_places(desk: Visible, of: Account | None = None) -> Iterator[tuple[str, str]]:
    """Give accounts and sites whose assets a person may change, as a menu's values and words; `of`: of one account."""
    for key, words in places.offered(desk.accounts_with(PERMISSION), of):
        account_id, _dash, site_id = key.partition("-")
        if desk.may_at(PERMISSION, int(account_id), int(site_id) if site_id else None):
            yield key, words
