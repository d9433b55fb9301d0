"""Assets as settings: made, renamed, put to a site, removed while no request is about them."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, ngettext

from deskpost.desk import settings
from deskpost.desk.accounts import Account, Site
from deskpost.desk.assets import Asset
from deskpost.desk.people import Person
from deskpost.desk.request_details import RequestAsset
from deskpost.desk.search import Count
from deskpost.desk.value_lists import at_once, shown

LONGEST_NAME = 200  # characters


class AssetNameTaken(Exception):
    """Another asset of the account has this name."""


class AssetInUse(Exception):
    """Requests are about the asset. `words` say how many, and what to do."""

    def __init__(self, asset: Asset) -> None:
        count = requests_about(asset)
        words = ngettext(
            "%(n)s request is about %(name)s, so it stays. To do: take it out of this request first, or rename it.",
            "%(n)s requests are about %(name)s, so it stays. To do: take it out of these requests first, or rename it.",
            count.number,
        )
        self.words = words % {"n": shown(count), "name": asset.name}
        super().__init__(self.words)


def save(
    actor: Person | None, via: str, asset: Asset, name: str, account: Account, site: Site | None
) -> tuple[str, ...]:
    """Save an asset, new or old, and give what changed. Raises AssetNameTaken."""
    values = {"name": name, "account": account, "site": site}
    try:
        with at_once():
            return settings.change(actor, via, asset, values)
    except IntegrityError as refused:
        raise AssetNameTaken from refused


@transaction.atomic
def remove(actor: Person | None, via: str, asset: Asset) -> None:
    """Remove an asset. Raises AssetInUse while requests are about it."""
    if requests_about(asset).number:
        raise AssetInUse(asset)
    try:
        with at_once():
            settings.remove(actor, via, asset)
    except IntegrityError as refused:  # a request has got it in this moment
        raise AssetInUse(asset) from refused


def requests_about(asset: Asset) -> Count:
    """Give how many requests are about an asset, counted up to 10,000."""
    return Count.of(RequestAsset.objects.filter(asset=asset).values("pk"))


def taken_words(name: str, account: Account) -> str:
    """Say that an account has an asset of this name already."""
    words = gettext("%(account)s has an asset called %(name)s already. To do: choose another name.")
    return words % {"account": account.name, "name": name}
