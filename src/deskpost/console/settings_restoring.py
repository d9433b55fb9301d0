"""Bringing an earlier version of settings back, or what was removed, under the rules of the file and the forms."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext

from deskpost.access.sign_in_rules import graph_client_words
from deskpost.desk import (
    additional_field_settings,
    administrators,
    delimiters,
    former_tokens,
    resource_settings,
    settings,
    settings_history,
    value_lists,
)
from deskpost.desk.additional_field_settings import FieldRefused
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.former_tokens import FormerToken, TokenRefused, Wanted
from deskpost.desk.installation import OF_SENDERS, Installation
from deskpost.desk.people import Person
from deskpost.desk.request_fields import OFFERED
from deskpost.desk.resource_settings import AnswersLost
from deskpost.desk.roles import Role
from deskpost.desk.settings_history import Version
from deskpost.desk.settings_words import FIELDS
from deskpost.desk.templates import Question
from deskpost.desk.value_lists import ValueRefused
from deskpost.inbound import global_config, mailbox_rules
from deskpost.inbound.command import settings as command_settings
from deskpost.inbound.command.settings import CommandRefused, EmailCommand
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.rules import Criterion, mistakes
from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.spam.rules import SpamRule
from deskpost.outbound import server_rules
from deskpost.outbound.servers import OutgoingServer
from deskpost.secret_field import SecretUnreadable

_MAIL, DIRECTORY, DESK = "settings.mail", "directory.manage", "settings.desk"
_STATE = (  # acts of their own, not part of a version brought back
    *("fetching", "source_number", "paused"),
    *("default", "created_at", "deleted_at"),
)
_OF_SQL = {"globalconfig": global_config.PARAMETERS, "mailconfig": connectivity.PARAMETERS}
_TECHNICIANS_ONLY = ("groupmember", "instancealert", "ruletechnician")


class RestoreRefused(Exception):
    """This version cannot be brought back. `words` says why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Restorer:
    """How a kind is brought back: by what, with which permission, and whether one that was removed can be.

    `restore` may give words on what of the version did not come back.
    `stays`: what is removed stays as a row, and comes back with an earlier version of it.
    """

    restore: Callable[[Person, Version], str | None]
    permission: str = _MAIL
    removed_too: bool = False
    stays: bool = False


@transaction.atomic
def restore(actor: Person, version: Version) -> str:
    """Bring a version back; it becomes one more version, and nothing leaves the history. Raises RestoreRefused.

    Gives words on what of it did not come back, "" where all did.
    """
    return RESTORERS[version.kind].restore(actor, version) or ""


def can_restore(version: Version) -> bool:
    """Tell whether this version can be brought back at all; of a removal that means what was removed."""
    restorer = RESTORERS.get(version.kind)
    return restorer is not None and (version.act != "delete" or restorer.removed_too)


def comes_back(kind: str) -> bool:
    """Tell whether what was removed and stays as a row comes back with an earlier version of it."""
    return kind in RESTORERS and RESTORERS[kind].stays


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


def _former_token(actor: Person, version: Version) -> None:
    row = FormerToken.objects.filter(pk=version.row).first()
    if version.act == "delete" and row is not None:
        raise RestoreRefused(gettext("It was brought back already."))
    wanted = Wanted(**{name: version.new[name] for name in ("module", "before", "after", "below")})
    try:
        former_tokens.change(actor, "page", row or FormerToken(pk=version.row), wanted)
    except TokenRefused as refused:
        raise RestoreRefused(refused.words) from refused


def _mailbox(actor: Person, version: Version) -> None:
    row = _row(Mailbox, version)
    if row.fetching:
        raise RestoreRefused(
            gettext("%(name)s is fetched from now. To do: stop fetching first.") % {"name": row.name}
        )
    values = _values(Mailbox, version)
    _obey(mailbox_rules.refusals(values, row.pk))
    if any(values[name] != getattr(row, name) for name in mailbox_rules.SOURCE):
        values["source_number"] = row.source_number + 1
    _save(actor, row, values)


def _outgoing(actor: Person, version: Version) -> None:
    row = _row(OutgoingServer, version)
    values = _values(OutgoingServer, version)
    _obey(server_rules.refusals({**values, "id": row.pk}))
    _save(actor, row, values)
    server_rules.after_saving(row)


def _installation(actor: Person, version: Version) -> None:
    """Bring back what the page Senders sets. The rest of the row belongs to no form."""
    row = Installation.objects.select_for_update().get()
    _save(actor, row, {name: version.new[name] for name in OF_SENDERS})


def _parameter(actor: Person, version: Version) -> None:
    table = _OF_SQL[version.kind]
    parameter, value = version.new["parameter"], version.new["paramvalue"]
    if version.new["category"] != table.category or not table.makes_sense(parameter, value):
        words = gettext("%(value)s is no value for %(parameter)s. To do: choose another version.")
        raise RestoreRefused(words % {"value": value, "parameter": parameter})
    table.write(actor, "page", parameter, value)


def _plain(actor: Person, version: Version) -> None:
    """Bring a row back that has no rules but the database's: changed as it was, or made anew under its number."""
    model = settings_history.kinds()[version.kind]
    if version.act != "delete":
        _save(actor, _row(model, version), _values(model, version))
        return
    if model._base_manager.filter(pk=version.row).exists():
        raise RestoreRefused(gettext("It was brought back already."))
    values = {**_values(model, version), **_kept_state(model, version)}
    _save(actor, model(pk=version.row, **values), {})


def _email_command(actor: Person, version: Version) -> None:
    """Bring earlier settings of Email Command back, unless a base delimiter has taken its signs meanwhile."""
    row = _row(EmailCommand, version)
    try:
        command_settings.change(actor, "page", row, _values(EmailCommand, version))
    except CommandRefused as refused:
        raise RestoreRefused(refused.words) from refused


def _kept_row(actor: Person, version: Version) -> None:
    """Bring a version of a row back that stays when it is removed: with it the row is in use again."""
    model: Any = settings_history.kinds()[version.kind]
    row = model.objects.select_for_update(of=("self",)).filter(pk=version.row).first()
    if row is None:
        raise RestoreRefused(gettext("These settings have been removed since; nothing can be brought back."))
    values = _values(model, version)
    del values["position"]
    _save(actor, row, {**values, "deleted_at": None})


def _template(actor: Person, version: Version) -> str:
    """Bring a template back with the fields that there are: of one renamed since by its label of now."""
    names = frozenset((*OFFERED, *AdditionalField.objects.values_list("label", flat=True)))
    lists = {column: version.new[column] for column in additional_field_settings.LISTS_OF_TEMPLATES}
    then = frozenset(name for names in lists.values() for name in names)
    now = {name: name if name in names else _label_now(name) for name in then}
    known = {
        column: list(dict.fromkeys(label for one in names if (label := now[one])))
        for column, names in lists.items()
    }
    _kept_row(actor, replace(version, new={**version.new, **known}))
    gone = sorted(name for name, label in now.items() if not label)
    words = gettext("There are no such fields any more, so they did not come back: %(fields)s.")
    return words % {"fields": ", ".join(gone)} if gone else ""


def _label_now(former: str) -> str:
    """Give the label that the field has now which was called so once, "" where there was none."""
    for id in settings_history.rows_that_had("additionalfield", "label", former):
        if (field := AdditionalField.objects.filter(pk=id).first()) is not None:
            return field.label
    return ""


def _question(actor: Person, version: Version) -> None:
    """Bring a question back, unless it would lose an option that answers name."""
    question = Question.objects.filter(pk=version.row).first()
    try:
        if question is not None:
            resource_settings.keep_answered(question, version.new["options"])
    except AnswersLost as lost:
        raise RestoreRefused(lost.words) from lost
    _kept_row(actor, version)


def _role(actor: Person, version: Version) -> None:
    """Bring a role back, unless it holds more than the actor may, or nobody would be left who manages people."""
    _only_own(actor, version.new["permissions"])
    try:
        with administrators.one_stays():
            _plain(actor, version)
    except administrators.LastAdministrator as last:
        words = gettext("Nobody who can sign in could manage people and roles any more.")
        raise RestoreRefused(f"{words} {gettext('To do: choose another version.')}") from last


def _spam_rule(actor: Person, version: Version) -> None:
    """Bring a rule back where it stands now; one that was removed behind the others."""
    values = _values(SpamRule, version)
    del values["position"]
    _obey(
        ("criteria", words) for _, words in mistakes(tuple(Criterion.of(one) for one in values["criteria"]))
    )
    row = _row(SpamRule, version) if version.act != "delete" else SpamRule(pk=version.row, **values)
    if version.act == "delete" and SpamRule.objects.filter(pk=row.pk).exists():
        raise RestoreRefused(gettext("It was brought back already."))
    try:
        spam_rules.save(actor, "page", row, values)
    except (spam_rules.NameTaken, spam_rules.TooMany) as refused:
        raise RestoreRefused(_taken(row)) from refused


def _grant(actor: Person, version: Version) -> None:
    role = Role.objects.filter(pk=version.new["role"]).first()
    _only_own(actor, role.permissions if role else ())
    _plain(actor, version)


def _only_own(actor: Person, permissions: Iterable[str]) -> None:
    """Refuse to give what one does not have everywhere oneself."""
    foreign = administrators.beyond(actor, permissions)
    if foreign:
        words = gettext(
            "It gives %(permissions)s, which you do not have yourself. To do: ask somebody who has it."
        )
        raise RestoreRefused(words % {"permissions": ", ".join(foreign)})


def _value(actor: Person, version: Version) -> None:
    """Bring a value of a list back where it stands now; one that was removed behind the others."""
    model = settings_history.kinds()[version.kind]
    values = _values(model, version)
    del values[value_lists.order_of(model)]
    removed = version.act == "delete"
    if removed and model._base_manager.filter(pk=version.row).exists():
        raise RestoreRefused(gettext("It was brought back already."))
    row = model(pk=version.row, **values) if removed else _row(model, version)
    try:
        value_lists.save(actor, "page", row, values)
    except ValueRefused as refused:
        raise RestoreRefused(refused.words) from refused


def _additional_field(actor: Person, version: Version) -> None:
    row, new = _row(AdditionalField, version), version.new
    try:
        additional_field_settings.save(actor, "page", row, new["label"], new["kind"], new["options"])
    except FieldRefused as refused:
        raise RestoreRefused(refused.words) from refused


def _kinds_of(permission: str) -> Iterable[str]:
    return (kind for kind, one in RESTORERS.items() if one.permission == permission)


_A_VALUE = Restorer(_value, DESK, removed_too=True)
RESTORERS: dict[str, Restorer] = {
    "account": Restorer(_plain, DIRECTORY),
    "additionalfield": Restorer(_additional_field, DESK),
    "asset": Restorer(_plain, DESK, removed_too=True),
    "attachmentsettings": Restorer(_plain),
    "delimiter": Restorer(_delimiter),
    "emailcommand": Restorer(_email_command),
    "domain": Restorer(_plain, DIRECTORY, removed_too=True),
    "errorfoldersettings": Restorer(_plain),
    "formertoken": Restorer(_former_token, removed_too=True),
    "globalconfig": Restorer(_parameter),
    "grant": Restorer(_grant, DIRECTORY, removed_too=True),
    "group": Restorer(_plain, DIRECTORY, removed_too=True),
    "groupmember": Restorer(_plain, DIRECTORY, removed_too=True),
    "installation": Restorer(_installation),
    "instancealert": Restorer(_plain, removed_too=True),
    "mailbox": Restorer(_mailbox),
    "mailconfig": Restorer(_parameter),
    "notificationrule": Restorer(_plain),
    "outgoingserver": Restorer(_outgoing),
    "proxysettings": Restorer(_plain, removed_too=True),
    "retentionsettings": Restorer(_plain),
    "role": Restorer(_role, DIRECTORY, removed_too=True),
    "ruletechnician": Restorer(_plain, removed_too=True),
    "site": Restorer(_plain, DIRECTORY, removed_too=True),
    "spamrule": Restorer(_spam_rule, removed_too=True),
    "template": Restorer(_template, DESK, stays=True),
    "templateaccount": Restorer(_plain, DESK, removed_too=True),
    "resource": Restorer(_kept_row, DESK, stays=True),
    "question": Restorer(_question, DESK, stays=True),
    **{one.kind: _A_VALUE for one in value_lists.LISTS.values()},
}


OF_PERMISSION: Mapping[str, frozenset[str]] = {
    DIRECTORY: frozenset((*_kinds_of(DIRECTORY), "person", "personaddress")),
    DESK: frozenset(_kinds_of(DESK)),
}
"""The kinds whose history those see too who have one of these permissions, and do not set mail."""


def _row(model: Any, version: Version) -> Any:
    row = model.objects.select_for_update(of=("self",)).filter(pk=version.row).first()
    if row is None and RESTORERS[version.kind].removed_too:
        raise RestoreRefused(
            gettext(
                "These settings have been removed since. To do: open the removal, and bring that back first."
            )
        )
    if row is None or getattr(row, "deleted_at", None):
        raise RestoreRefused(gettext("These settings have been removed since; nothing can be brought back."))
    return row


def _kept_state(model: Any, version: Version) -> dict[str, Any]:
    """Give the columns that stay as they are where a row is changed, and come back where it is made anew."""
    names = {field.name for field in model._meta.concrete_fields}
    return {name: version.new[name] for name in _STATE if name in names}


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
            _check_there(version.kind, name, field.related_model, value)
            values[field.attname] = value
        else:
            values[name] = value
    return values


def _check_there(kind: str, name: str, model: Any, id: int | None) -> None:
    """Refuse a version that hangs on what is gone, deleted, or no technician any more."""
    row = model.objects.filter(pk=id).first() if id is not None else None
    if id is None or (row is not None and not getattr(row, "deleted_at", None)):
        if id is not None and kind in _TECHNICIANS_ONLY and getattr(row, "technician", True) is False:
            raise RestoreRefused(
                gettext("%(name)s is no technician now. To do: make %(name)s one first.") % {"name": row}
            )
        return
    words = gettext("%(field)s of this version is gone. To do: choose a later version, or set it anew.")
    raise RestoreRefused(words % {"field": FIELDS[name]})


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
            with connection.cursor() as cursor:  # what is checked at the end is checked while it can be told
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as refused:
        raise RestoreRefused(graph_client_words(refused) or _taken(row)) from refused


def _taken(row: models.Model) -> str:
    """Say why the database refused: what the version had is somebody else's now, or other rows stand against it."""
    named = getattr(row, "name", "")
    if named:
        words = gettext(
            "This version does not fit beside what is set now: %(name)s is taken, or others hang on what is "
            "set now. To do: change those first, or set this anew."
        )
        return words % {"name": named}
    return gettext("This version does not fit beside what is set now. To do: set it anew.")
