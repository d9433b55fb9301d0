"""`templates`: forms of requests, by name. Those that a file names stand in its order; others stay as they are."""

from collections.abc import Sequence
from typing import Any

from yaml import Node

from deskpost.desk import template_settings
from deskpost.desk.accounts import Account
from deskpost.desk.template_settings import LONGEST_NAME, NEVER_EMPTY, hand_over
from deskpost.desk.templates import Template, TemplateAccount
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.mistakes import Mistake, perhaps
from deskpost.settings_file.rows import Row, rows
from deskpost.settings_file.sections import template_resources
from deskpost.settings_file.sections.named import account_named
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import choice, each, elements, line_of, switch, text

KEY = "templates"
_FIELDS = ("requester_fields", "technician_fields", "closing_fields")


def apply(wanted: Sequence[Row], applying: Applying) -> None:
    """Make these templates what the file says, in its order among themselves."""
    with template_settings.alone():
        known = {row["name"]: _save(row, applying) for row in wanted}
        _settle_default(wanted, known, applying)
        for row in wanted:
            _settle_offer(row, known[row["name"]], applying)
        _arrange(list(known.values()), wanted, applying)
        for row in wanted:
            if "resources" in row:
                template_resources.apply(KEY, row, known[row["name"]], applying)


def export() -> list[dict[str, Any]]:
    """Give all templates that are not removed, in their order.

    One that is offered to removed accounts alone, so to nobody, is left out: an empty list would offer it to all.
    """
    return [one for template in template_settings.in_use() if (one := _export_one(template)) is not None]


def _export_one(template: Template) -> dict[str, Any] | None:
    accounts = list(template.accounts.order_by("pk"))
    offered = [one.name for one in accounts if one.deleted_at is None]
    if accounts and not offered:
        return None
    labels = template_settings.offerable()
    fields = {key: [one for one in getattr(template, key) if one in labels] for key in _FIELDS}
    service = template.kind == Template.Kind.SERVICE
    return {
        "name": template.name,
        "kind": template.kind,
        "default": template.default,
        **fields,
        "accounts": offered,
        "for_requesters": template.for_requesters,
        **({"resources": template_resources.export(template)} if service else {}),
    }


def _save(row: Row, applying: Applying) -> Template:
    template = template_settings.in_use().filter(name__iexact=row["name"]).first() or Template(
        name=row["name"]
    )
    new = template.pk is None
    if template.name != row["name"]:
        words = f"A template is called {template.name}; letter case does not tell templates apart."
        raise row.mistake("name", f"{words} To do: write {template.name}, or choose another name.")
    kind = row.get("kind", template.kind)
    if not new and kind != template.kind:
        words = f"{template.name} is a template of the kind {template.kind}, and stays one."
        raise row.mistake("kind", f"{words} To do: write {template.kind}, or choose another name.")
    if row.get("resources") and kind != Template.Kind.SERVICE:
        words = "Only a template of the kind service has resources. To do: write kind: service, or leave them out."
        raise row.mistake("resources", words)
    values: dict[str, Any] = {
        "kind": kind,
        **{key: _fields(row, key, template) for key in _FIELDS if key in row},
    }
    if new:
        like = template_settings.default()
        begins = {key: getattr(like, key) for key in ("requester_fields", "technician_fields")}
        values = {**begins, **values, "position": template_settings.in_use().count()}
    applying.save(KEY, row["name"], template, values, row.line)
    return template


def _fields(row: Row, key: str, template: Template) -> list[str]:
    """Give the fields that a list names, and those of the template that are removed, which come back with their field.

    Raises a Mistake with the line of one that there is not.
    """
    offerable = template_settings.offerable()
    for name, line in row[key]:
        if name not in offerable:
            words = f"There is no field {name}. {perhaps(name, offerable)}"
            raise Mistake(line, f"{words}To do: correct the name, or enter it under fields.", key)
        if key == "closing_fields" and name in NEVER_EMPTY:
            raise Mistake(line, f"Every request has a {name} already. To do: leave it out.", key)
    return template_settings.beside_removed([name for name, _ in row[key]], getattr(template, key), offerable)


def _settle_default(wanted: Sequence[Row], known: dict[str, Template], applying: Applying) -> None:
    chosen = [row for row in wanted if row.get("default")]
    if len(chosen) > 1:
        words = f"{chosen[0]['name']} is the default template already, and there is one. To do: say so of one template."
        raise chosen[1].mistake("default", words)
    refused = next(
        (row for row in wanted if row.get("default") is False and known[row["name"]].default), None
    )
    if refused and not chosen:
        words = f"{refused['name']} is the default template, and there must be one."
        raise refused.mistake("default", f"{words} To do: write default: true for another one.")
    if not chosen or known[chosen[0]["name"]].default:
        return
    row = chosen[0]
    template = known[row["name"]]
    _settle_offer(row, template, applying)
    if not template_settings.serves_all(template):
        raise row.mistake("default", _serves_all(row["name"]))
    for one, default in hand_over(template):
        same = next((other for other in known.values() if other.pk == one.pk), one)
        applying.save(KEY, same.name, same, {"default": default}, row.line_of("default"))


def _settle_offer(row: Row, template: Template, applying: Applying) -> None:
    """Say where a template is offered; called for the next default before it becomes it, for all others after that."""
    if template.default and (row.get("accounts") or row.get("for_requesters") is False):
        raise row.mistake("accounts" if row.get("accounts") else "for_requesters", _serves_all(row["name"]))
    if "for_requesters" in row:
        line = row.line_of("for_requesters")
        applying.save(KEY, template.name, template, {"for_requesters": row["for_requesters"]}, line)
    if "accounts" in row:
        named = (account_named(name, row, "accounts") for name in row["accounts"])
        _replace_accounts(row, template, [one for one in named if one is not None], applying)


def _replace_accounts(row: Row, template: Template, accounts: list[Account], applying: Applying) -> None:
    """Let a template be offered to these accounts; rows of removed ones, which no file names, stay beside them."""
    offered = template.offered_to.select_related("account")
    rows = offered.filter(account__deleted_at=None) if accounts else offered
    present = {one.account: one for one in rows}
    applying.replace(
        KEY,
        template.name,
        "accounts",
        present,
        accounts,
        lambda account: TemplateAccount(template=template, account=account),
        row.line_of("accounts"),
    )


def _serves_all(name: str) -> str:
    return (
        f"The default template serves every request that names none, so {name} must be an incident, offered to "
        "requesters and in all accounts. To do: leave out accounts and for_requesters, or choose another default."
    )


def _arrange(named: Sequence[Template], wanted: Sequence[Row], applying: Applying) -> None:
    """Give these templates the places that they have together, in the order of the file."""
    places = sorted((one.position, one.pk) for one in named)
    if [pk for _, pk in places] == [one.pk for one in named]:
        return
    for place, (template, row) in enumerate(zip(named, wanted, strict=True)):
        position = places[0][0] + place
        if template.position != position:
            applying.save(KEY, template.name, template, {"position": position}, row.line)


def _named_fields(node: Node) -> list[tuple[str, int]]:
    """Names of fields, each with its line."""
    return list(zip(each(text)(node), map(line_of, elements(node)), strict=True))


def name(node: Node) -> str:
    """A name of a template or a resource."""
    value = text(node)
    if len(value) > LONGEST_NAME:
        raise Mistake(line_of(node), f"The name is longer than {LONGEST_NAME} characters. To do: shorten it.")
    return value


SECTION = Section(
    KEY,
    rows(
        KEY,
        {
            "name": name,
            "kind": choice(*Template.Kind.values),
            "default": switch,
            **dict.fromkeys(_FIELDS, _named_fields),
            "accounts": each(text),
            "for_requesters": switch,
            "resources": template_resources.read,
        },
        required=("name",),
    ),
    apply,
    export,
)
