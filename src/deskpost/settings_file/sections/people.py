"""`people`: who writes and reads mail, who may sign in, and what they may do. Known by their e-mail address."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from deskpost.desk import person_settings
from deskpost.desk.accounts import Account
from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.roles import Grant, Role
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.kinds import address
from deskpost.settings_file.mistakes import Mistake, listed, perhaps
from deskpost.settings_file.rows import Row, mapping, rows
from deskpost.settings_file.secrets import MASK, Kept, secret
from deskpost.settings_file.sections.named import account_named, group_named, site_named
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import each, is_null, or_null, switch, text

KEY = "people"


def apply(people: Sequence[Row], applying: Applying) -> None:
    """Make and change people, one by one. Two rows of one person are refused: the second would undo the first."""
    lines: dict[int, int] = {}
    for row in people:
        account = account_named(row.get("account"), row, "account")
        person = _find(row["email"], account, row)
        if person.pk in lines:
            raise row.mistake(
                "email",
                f"{row['email']} is an address of the person in line {lines[person.pk]} already; letter case and "
                "a plus-tag do not tell people apart. To do: remove one of the two, or make them one.",
            )
        _apply_one(row, person, account, applying)
        lines[person.pk] = row.line_of("email")


def export() -> list[dict[str, Any]]:
    """Give technicians, and everybody who may sign in; requesters that mail made are no settings."""
    people = Person.objects.filter(deleted_at=None).exclude(technician=False, sign_in_name=None)
    return [_export_one(person) for person in people.select_related("account", "site").order_by("pk")]


def provider() -> Account:
    """Give the provider's own account: the one every installation begins with."""
    return Account.objects.order_by("pk")[0]


def _apply_one(row: Row, person: Person, account: Account | None, applying: Applying) -> None:
    email = row["email"]
    values: dict[str, Any] = {key: row[key] for key in ("name", "technician") if key in row}
    if person.pk is None:
        person.account = account or provider()
        values.setdefault("name", row["email"])
    elif account is not None and person.account_id != account.pk:
        raise row.mistake(
            "account",
            f"{email} belongs to the account {person.account.name} and cannot be moved. "
            "To do: name that account, or leave the key out.",
        )
    if "site" in row:
        values["site"] = site_named(row["site"], person.account, row, "site")
    values.update(_sign_in(row, person, applying))
    person_settings.note_as_known(None, VIA, person)
    applying.save(KEY, email, person, values, row.line)
    _addresses(row, person, applying)
    if "roles" in row:
        _roles(row, person, applying)
    if "groups" in row:
        groups = {group_named(name, person.account, row, "groups"): name for name in row["groups"]}
        present = {member.group: member for member in _memberships(person)}
        applying.replace(
            KEY,
            email,
            "groups",
            present,
            list(groups),
            lambda group: GroupMember(group=group, person=person),
            row.line_of("groups"),
        )


def _find(email: str, account: Account | None, row: Row) -> Person:
    """Give the person with this address: of the account, where one is named; a new one where there is none."""
    known = PersonAddress.objects.filter(key=fold(email), person__deleted_at=None).select_related(
        "person__account"
    )
    people = {one.person_id: one.person for one in known}
    signing_in = Person.objects.filter(sign_in_name=email, deleted_at=None).select_related("account").first()
    if signing_in:
        people[signing_in.pk] = signing_in
    if account is not None:
        own = [person for person in people.values() if person.account_id == account.pk]
        return own[0] if own else signing_in or Person(account=account)
    if len(people) > 1:
        accounts = listed(person.account.name for person in people.values())
        raise row.mistake(
            "email",
            f"{email} is somebody's address in several accounts: {accounts}. To do: name the account.",
        )
    return next(iter(people.values()), Person())


def _sign_in(row: Row, person: Person, applying: Applying) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "login" in row:
        values["sign_in_name"] = row["email"] if row["login"] else None
    password = row.get("password")
    if password is None or isinstance(password, Kept):
        if isinstance(password, Kept) and not person.password:
            raise row.mistake(
                "password",
                f"{MASK} stands for a password, and there is none to keep. To do: write the password.",
            )
        return values
    if not (row.get("login") or person.sign_in_name):
        raise row.mistake("password", "A password is for people who sign in. To do: set login: true as well.")
    if not (person.password and check_password(password, person.password)):
        values["password"] = make_password(password)
        try:
            validate_password(password)
        except ValidationError as weak:
            applying.warn(
                row.line_of("password"),
                f"A weak password was taken: {' '.join(weak.messages)} To do: choose a longer one.",
            )
    return values


def _addresses(row: Row, person: Person, applying: Applying) -> None:
    """Keep the primary address, and make the others those of the file where it names them."""
    email = row["email"]
    present = list(person.addresses.order_by("pk"))
    others = row["other_emails"] if "other_emails" in row else [one.address for one in present]
    preferred, before = row.get("preferred"), person_settings.is_preferred(person)
    with applying.writing("addresses", row.line_of("preferred" if preferred else "other_emails")):
        changed = person_settings.set_addresses(None, VIA, person, [email, *others], preferred)
    if preferred is not None and preferred != before:
        applying.note(KEY, email, "preferred", before, preferred)
    if changed and set(changed[0]) != set(changed[1]):
        applying.note(KEY, email, "addresses", *changed)


def _roles(row: Row, person: Person, applying: Applying) -> None:
    """Make a person's roles those of the file."""
    wanted = [_grant(entry, row, person) for entry in row["roles"]]
    present = {(one.role, one.account, one.site): one for one in _grants(person)}

    def make(key: tuple[Any, ...]) -> Grant:
        return Grant(person=person, role=key[0], account=key[1], site=key[2])

    line = row.line_of("roles")
    applying.replace(KEY, row["email"], "roles", present, wanted, make, line, _role_named)


def _grants(person: Person) -> "QuerySet[Grant]":
    """Give a person's roles, but those in accounts that are removed: no file names them, none takes them away."""
    rows = person.grants.filter(account__deleted_at=None)
    return rows.select_related("role", "account", "site").order_by("pk")


def _role_named(key: tuple[Any, ...]) -> str:
    """Give a role and where it holds: "SDTechnician (Acme, Berlin)", the bare role where it holds everywhere."""
    role, *places = key
    where = ", ".join(place.name for place in places if place is not None)
    return f"{role} ({where})" if where else str(role)


def _grant(entry: str | Row, row: Row, person: Person) -> tuple[Any, ...]:
    """Give (role, account, site) of one entry. A bare name: everywhere for the provider's people, else at home."""
    name = entry if isinstance(entry, str) else entry["role"]
    role = Role.objects.filter(name=name).first()
    if role is None:
        names = list(Role.objects.values_list("name", flat=True))
        raise row.mistake(
            "roles",
            f"There is no role {name}. {perhaps(name, names)}Allowed: {listed(names)}. To do: write one of these.",
        )
    if isinstance(entry, str):
        return role, None if person.account_id == provider().pk else person.account, None
    account = account_named(entry.get("account"), entry, "account")
    return role, account, site_named(entry.get("site"), account, entry, "site")


def _memberships(person: Person) -> Sequence[GroupMember]:
    members = GroupMember.objects.filter(person=person, group__account__deleted_at=None)
    return list(members.select_related("group"))


def _export_one(person: Person) -> dict[str, Any]:
    addresses = list(person.addresses.order_by("-primary", "pk").values_list("address", flat=True))
    email = person.sign_in_name or (addresses[0] if addresses else "")
    groups = Group.objects.filter(members=person, account__deleted_at=None).order_by("name")
    return {
        "name": person.name,
        "email": email,
        "other_emails": [other for other in addresses if fold(other) != fold(email)],
        **({"preferred": True} if person_settings.is_preferred(person) else {}),
        "account": person.account.name,
        "site": person.site.name if person.site else None,
        "login": person.sign_in_name is not None,
        **({"password": MASK} if person.password else {}),
        "technician": person.technician,
        "roles": [
            {
                "role": grant.role.name,
                "account": grant.account.name if grant.account else None,
                "site": grant.site.name if grant.site else None,
            }
            for grant in _grants(person)
        ],
        "groups": [group.name for group in groups],
    }


_scoped_role = mapping(
    "A role", {"role": text, "account": or_null(text), "site": or_null(text)}, required=("role",)
)


def _role(node: Any) -> str | Row:
    """A role's name, or {role, account, site}."""
    if is_null(node):
        raise Mistake(
            int(node.start_mark.line) + 1,
            "A role is missing. To do: write a name, or {role: ..., account: ..., site: ...}.",
        )
    return _scoped_role(node) if node.id == "mapping" else text(node)


SECTION = Section(
    KEY,
    rows(
        "people",
        {
            "name": text,
            "email": address,
            "other_emails": each(address),
            "preferred": switch,
            "account": or_null(text),
            "site": or_null(text),
            "login": switch,
            "password": or_null(secret),
            "technician": switch,
            "roles": each(_role),
            "groups": each(text),
        },
        required=("email",),
        name="email",
    ),
    apply,
    export,
)
