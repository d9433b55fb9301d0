"""Bringing an earlier version of mail server settings back, under the rules of the settings file and the form."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext

from deskpost.desk import delimiters, settings, settings_history
from deskpost.desk.people import Person
from deskpost.desk.settings_history import Version
from deskpost.desk.settings_words import FIELDS
from deskpost.inbound import connectivity, mailbox_rules
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound import server_rules
from deskpost.outbound.servers import OutgoingServer
from deskpost.secret_field import SecretUnreadable

_STATE = ("fetching", "source_number", "paused")  # acts of their own, not part of a version brought back


class RestoreRefused(Exception):
    """This version cannot be brought back. `words` says why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@transaction.atomic
def restore(actor: Person, version: Version) -> None:
    """Bring a version back; it becomes one more version, and nothing leaves the history. Raises RestoreRefused."""
    RESTORERS[version.kind](actor, version)


def _delimiter(actor: Person, version: Version) -> None:
    if not version.new["current"]:
        raise RestoreRefused(
            gettext("In this version %(text)s was not in use. To do: choose a version in which it was.")
            % {"text": version.new["text"]}
        )
    try:
        delimiters.change(actor, "page", version.new["module"], version.new["text"])
    except delimiters.DelimiterRefused as refused:
        raise RestoreRefused(refused.words) from refused


def _mailbox(actor: Person, version: Version) -> None:
    row = _row(Mailbox, version)
    if row.fetching:
        raise RestoreRefused(
            gettext("%(name)s is fetched from now. To do: stop fetching first.") % {"name": row.name}
        )
    values = _values(Mailbox, version)
    _obey(mailbox_rules.refusals(values))
    if any(values[name] != getattr(row, name) for name in mailbox_rules.SOURCE):
        values["source_number"] = row.source_number + 1
    _save(actor, row, values)


def _outgoing(actor: Person, version: Version) -> None:
    row = _row(OutgoingServer, version)
    values = _values(OutgoingServer, version)
    _obey(server_rules.refusals(values))
    _save(actor, row, values)
    server_rules.after_saving(row)


def _connectivity(actor: Person, version: Version) -> None:
    parameter, value = version.new["parameter"], version.new["paramvalue"]
    if version.new["category"] != connectivity.CATEGORY or not connectivity.makes_sense(parameter, value):
        words = gettext("%(value)s is no value for %(parameter)s. To do: choose another version.")
        raise RestoreRefused(words % {"value": value, "parameter": parameter})
    connectivity.write(actor, "page", parameter, value)


RESTORERS: dict[str, Callable[[Person, Version], None]] = {
    "delimiter": _delimiter,
    "mailbox": _mailbox,
    "mailconfig": _connectivity,
    "outgoingserver": _outgoing,
}


def _row(model: Any, version: Version) -> Any:
    row = model.objects.select_for_update(of=("self",)).filter(pk=version.row).first()
    if row is None:
        raise RestoreRefused(gettext("These settings have been removed since; nothing can be brought back."))
    return row


def _values(model: type[models.Model], version: Version) -> dict[str, Any]:
    """Give the version's values as columns; secrets in clear, references checked to exist still."""
    values: dict[str, Any] = {}
    hidden = settings_history.secrets(version.kind)
    for name, value in version.new.items():
        if name in _STATE:
            continue
        field: Any = model._meta.get_field(name)
        if name in hidden:
            values[name] = _secret(version, name)
        elif field.is_relation:
            if value is not None and not field.related_model.objects.filter(pk=value).exists():
                words = gettext(
                    "%(field)s of this version is gone. To do: choose a later version, or set it anew."
                )
                raise RestoreRefused(words % {"field": FIELDS[name]})
            values[field.attname] = value
        else:
            values[name] = value
    return values


def _secret(version: Version, name: str) -> str:
    try:
        return settings_history.secret(version.kind, version.id, name)
    except SecretUnreadable as unreadable:
        raise RestoreRefused(str(unreadable)) from unreadable


def _obey(refusals: Any) -> None:
    words = [f"{FIELDS.get(field, field)}: {why}" for field, why in refusals]
    if words:
        raise RestoreRefused(" ".join(words))


def _save(actor: Person, row: models.Model, values: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic():
            settings.change(actor, "page", row, values)
    except IntegrityError as refused:
        words = gettext("This version does not fit beside what is set now: its name or its scope is taken.")
        raise RestoreRefused(words) from refused
