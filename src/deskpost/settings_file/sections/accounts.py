"""`accounts`: client organisations with their domains and sites."""

from collections.abc import Sequence
from typing import Any

from deskpost.desk.account_settings import domain_refusal, hand_over, is_default_words
from deskpost.desk.account_sites import roles_at, use_words
from deskpost.desk.accounts import Account, Domain, Site
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.kinds import domain, language, time_zone
from deskpost.settings_file.rows import Row, rows
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import each, switch, text

KEY = "accounts"
_PLAIN = ("time_zone", "language")


def apply(accounts: Sequence[Row], applying: Applying) -> None:
    """Make accounts; then move the default and the domains, each first away and then to its new place."""
    known = {row["name"]: _save(row, applying) for row in accounts}
    _settle_default(accounts, known, applying)
    _settle_domains(accounts, known, applying)


def export() -> list[dict[str, Any]]:
    """Give all accounts that are not deleted."""
    return [
        {
            "name": account.name,
            "domains": sorted(domain.name for domain in account.domains.all()),
            "default": account.default,
            "sites": sorted(site.name for site in account.sites.all()),
            "time_zone": account.time_zone,
            "language": account.language,
        }
        for account in Account.objects.filter(deleted_at=None).order_by("pk")
    ]


def _save(row: Row, applying: Applying) -> Account:
    account = Account.named(row["name"]) or Account(name=row["name"])
    if account.name != row["name"]:
        raise row.mistake(
            "name",
            f"An account is called {account.name}; letter case does not tell accounts apart. "
            f"To do: write {account.name}, or choose another name.",
        )
    if account.deleted_at is not None:
        raise row.mistake(
            "name",
            f"The account {account.name} is removed. To do: bring it back on its page, or choose another name.",
        )
    applying.save(KEY, account.name, account, {key: row[key] for key in _PLAIN if key in row}, row.line)
    if "sites" in row:
        present = {site.name: site for site in account.sites.all()}
        for site in (site for name, site in present.items() if name not in row["sites"]):
            if refused := use_words(site.pk, site.name):
                raise row.mistake("sites", refused)
            if who := roles_at(site.pk):
                words = f"With the site {site.name} of {account.name} go the roles given there, to {who}."
                applying.warn(row.line_of("sites"), words)
        applying.replace(
            KEY,
            account.name,
            "sites",
            present,
            row["sites"],
            lambda name: Site(account=account, name=name),
            row.line_of("sites"),
        )
    return account


def _settle_default(accounts: Sequence[Row], known: dict[str, Account], applying: Applying) -> None:
    chosen = [row for row in accounts if row.get("default")]
    if len(chosen) > 1:
        raise chosen[1].mistake(
            "default",
            f"{chosen[0]['name']} is the default account already, and there is one. To do: say so of one account.",
        )
    refused = next(
        (row for row in accounts if row.get("default") is False and known[row["name"]].default), None
    )
    if refused and not chosen:
        raise refused.mistake("default", is_default_words(known[refused["name"]]))
    if not chosen or known[chosen[0]["name"]].default:
        return
    row = chosen[0]
    for account, default in hand_over(known[row["name"]]):
        applying.save(KEY, account.name, account, {"default": default}, row.line_of("default"))


def _settle_domains(accounts: Sequence[Row], known: dict[str, Account], applying: Applying) -> None:
    claimed: dict[str, Row] = {}
    for row in accounts:
        for name in row.get("domains", ()):
            if name in claimed:
                raise row.mistake(
                    "domains",
                    f"The domain {name} is given to {claimed[name]['name']} already. To do: name it once.",
                )
            claimed[name] = row
    listed = [row for row in accounts if "domains" in row]
    for row in listed:  # first what goes, so that a domain can move from one account to another
        present = set(known[row["name"]].domains.values_list("name", flat=True))
        _replace_domains(
            row, known[row["name"]], [name for name in row["domains"] if name in present], applying
        )
    for row in listed:
        _replace_domains(row, known[row["name"]], row["domains"], applying)


def _replace_domains(row: Row, account: Account, wanted: Sequence[str], applying: Applying) -> None:
    present = {one.name: one for one in account.domains.all()}
    for name in wanted:
        if name not in present:
            _check_free(name, row)

    def make(name: str) -> Domain:
        return Domain(account=account, name=name)

    applying.replace(KEY, account.name, "domains", present, wanted, make, row.line_of("domains"))


def _check_free(name: str, row: Row) -> None:
    words = domain_refusal(name, None, row["name"])
    if words is not None:
        raise row.mistake("domains", words)


SECTION = Section(
    KEY,
    rows(
        "accounts",
        {
            "name": text,
            "domains": each(domain),
            "default": switch,
            "sites": each(text),
            "time_zone": time_zone,
            "language": language,
        },
        required=("name",),
    ),
    apply,
    export,
)
