"""`groups`: technicians who share work, of one account or of all."""

from collections.abc import Sequence
from typing import Any

from deskpost.desk.fields import Group
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.rows import Row, rows
from deskpost.settings_file.sections.named import account_named
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import or_null, text

KEY = "groups"


def apply(groups: Sequence[Row], applying: Applying) -> None:
    """Make the groups that are not there."""
    for row in groups:
        account = account_named(row.get("account"), row, "account")
        if not Group.objects.filter(name=row["name"], account=account).exists():
            applying.save(KEY, row["name"], Group(name=row["name"], account=account), {}, row.line)


def export() -> list[dict[str, Any]]:
    """Give all groups, but those of accounts that are removed."""
    groups = Group.objects.filter(account__deleted_at=None).select_related("account").order_by("pk")
    return [
        {"name": group.name, "account": group.account.name if group.account else None} for group in groups
    ]


SECTION = Section(
    KEY, rows("groups", {"name": text, "account": or_null(text)}, required=("name",)), apply, export
)
