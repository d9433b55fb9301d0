"""`assets`: what accounts have that requests are about. What the list does not name stays as it is."""

from collections.abc import Sequence
from typing import Any

from django.db.models.functions import Lower
from yaml import Node

from deskpost.desk.accounts import Account, Site
from deskpost.desk.asset_settings import LONGEST_NAME
from deskpost.desk.assets import Asset
from deskpost.desk.lower_case import lowered
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.mistakes import Collected, Mistake
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.sections.named import account_named, site_named
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import elements, line_of, or_null, text

KEY = "assets"


def apply(assets: Sequence[Row], applying: Applying) -> None:
    """Make and change assets, each known by its account and its name, which stands once in whatever letter case."""
    lower = lowered(row["name"] for row in assets)
    seen: dict[tuple[str, str], int] = {}
    accounts: dict[str, Account] = {}
    sites: dict[tuple[str, str], Site | None] = {}
    present: dict[tuple[int, str], Asset] = {}
    for row in assets:
        called, name = row["account"], lower[row["name"]]
        if (called, name) in seen:
            words = f"{row['name']} of {called} stands in line {seen[called, name]} already."
            raise row.mistake("name", f"{words} To do: remove one of the two, or make them one.")
        seen[called, name] = row.line_of("name")
        if called not in accounts:
            account = account_named(called, row, "account")
            assert account is not None  # a text, never null
            accounts[called] = account
            for one in Asset.objects.filter(account=account).annotate(folded=Lower("name")):
                present[account.pk, one.folded] = one
        account = accounts[called]
        asset = present.get((account.pk, name)) or Asset(account=account)
        values: dict[str, Any] = {"name": row["name"]}
        if "site" in row:
            place = (called, row["site"] or "")
            if place not in sites:
                sites[place] = site_named(row["site"], account, row, "site")
            values["site"] = sites[place]
        applying.save(KEY, f"{row['name']} of {called}", asset, values, row.line)


def export() -> list[dict[str, Any]]:
    """Give all assets, but those of accounts that are removed."""
    rows = Asset.objects.filter(account__deleted_at=None).order_by("account_id", "name", "pk")
    return [
        {"name": name, "account": account, "site": site}
        for name, account, site in rows.values_list("name", "account__name", "site__name")
    ]


def _name(node: Node) -> str:
    value = text(node)
    if len(value) > LONGEST_NAME:
        words = f"The name is longer than {LONGEST_NAME} characters. To do: shorten it."
        raise Mistake(line_of(node), words)
    return value


_READ_ONE = mapping(
    KEY, {"name": _name, "account": text, "site": or_null(text)}, required=("name", "account")
)


def _read(node: Node) -> list[Row]:
    collected, found = Collected(), []
    for element in elements(node):
        with collected.here():
            found.append(_READ_ONE(element))
    collected.raise_if_any()
    return found


SECTION = Section(KEY, _read, apply, export)
