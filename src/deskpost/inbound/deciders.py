"""The settings that may decide on a mail, each with what it says now: made once for a run, named by what they decide.

A spam rule is named in spam.rules.
"""

from collections.abc import Iterable, Mapping

from deskpost.desk.accounts import Account
from deskpost.desk.former_tokens import FormerToken
from deskpost.desk.installation import Delimiter, Installation
from deskpost.inbound.attachment_settings import AttachmentSettings
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.outcome import Setting

LONGEST = 300  # characters of what a setting says
FILES = "extensions and max_mb"
"""The name of Attachment Settings where a mail's files fell by both."""


def of_installation(row: Installation) -> Mapping[str, Setting]:
    """Give what decides which request a mail joins, and whether a stranger opens one, by column."""
    said = {
        "who_may_join": row.who_may_join,
        "unknown_senders": row.unknown_senders,
        "auto_replies": row.auto_replies,
        "reopen_within_days": f"{row.reopen_within_days} days",
        "reopenings_per_day": f"{row.reopenings_per_day} a day",
    }
    return {column: Setting("installation", row.pk, "", words, column) for column, words in said.items()}


def of_files(row: AttachmentSettings) -> Mapping[str, Setting]:
    """Give what decides which files stay."""
    extensions = _several(row.get_mode_display(), row.extensions)
    limit = f"{row.max_mb} MB"
    return {
        "extensions": Setting("attachmentsettings", row.pk, "", extensions, "extensions"),
        "max_mb": Setting("attachmentsettings", row.pk, "", limit, "max_mb"),
        FILES: Setting("attachmentsettings", row.pk, "", f"{extensions}; at most {limit}", "extensions"),
    }


def of_mailbox(row: Mailbox) -> Mapping[str, Setting]:
    """Give what decides of a mailbox, by column; what is not set decides nothing."""
    said = {"max_size_mb": f"{row.max_size_mb} MB"}
    if row.account is not None and row.account.deleted_at is None:
        said["account"] = row.account.name
    if row.new_requests_disabled:
        allowed = [*row.allowed_addresses, *(f"@{one.lstrip('@')}" for one in row.allowed_domains)]
        said["new_requests_disabled"] = _several("on, except for", allowed) if allowed else "on"
    if row.trusted_authserv_ids:
        said["trusted_authserv_ids"] = _several("", row.trusted_authserv_ids)
    if row.forwards_by_technicians:
        said["forwards_by_technicians"] = "on"
    if row.own_check:
        said["own_check"] = "on"
    return {column: Setting("mailbox", row.pk, row.name, words, column) for column, words in said.items()}


def default_account(row: Account) -> Setting:
    """Give the account that takes senders whom nobody knows, as the setting that it is."""
    return Setting("account", row.pk, row.name, "on", "default")


def of_delimiters(rows: Iterable[Delimiter]) -> Mapping[str, Setting]:
    """Give each base with each code, present and earlier, by which a subject names a record."""
    held = list(rows)
    bases = [one.text for one in held if not one.module]
    return {
        delimiter(base, one.text): Setting("delimiter", one.pk, "", f"{base}{one.text}-…{base}", one.module)
        for one in held
        if one.module
        for base in bases
    }


def delimiter(base: str, code: str) -> str:
    """Give the name of the delimiter that a base and a code make."""
    return f"delimiter {base}{code}"


def of_former_tokens(rows: Iterable[FormerToken]) -> Mapping[str, Setting]:
    """Give each token of a former system by which a subject names a record."""
    return {
        former_token(one.before, one.after): Setting("formertoken", one.pk, "", f"{one.before}…{one.after}")
        for one in rows
    }


def former_token(before: str, after: str) -> str:
    """Give the name of the former token that these texts around a number make."""
    return f"former token {before}\0{after}"


def domain(account_id: int, account: str, name: str) -> Setting:
    """Give the domain by which an account was found."""
    return Setting("account", account_id, account, name, "domains")


def address(person_id: int, name: str, written: str, column: str = "addresses") -> Setting:
    """Give the address by which a person was found, or (column `preferred`) was chosen among several."""
    return Setting("person", person_id, name, written, column)


def _several(what: str, names: Iterable[str]) -> str:
    words = f"{what} {', '.join(names)}".strip()
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
