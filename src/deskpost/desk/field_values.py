"""The judge of what somebody wants to set in a request: the same for pages, mail and command line. It writes nothing.

Each thing asked for gets a verdict, and those that are kept become `Changes` for `editing.write`. What a person gets
to set is the template's word, whether it may be set now that of the person's roles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext

from deskpost.desk import permitted
from deskpost.desk.accounts import Site
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.additional_values import Unfit, read_additional, show_additional
from deskpost.desk.addresses import can_be_sent_to
from deskpost.desk.answer_values import judge_answer
from deskpost.desk.assets import Asset
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.choices import Impact, Level, Mode, RequestType, Urgency
from deskpost.desk.editing import closes, offered_by, present_of, questions_of, same, template_of
from deskpost.desk.fields import Group, GroupMember, Priority, Status
from deskpost.desk.lower_case import lowered
from deskpost.desk.one_address import has_controls, read_one, without_controls
from deskpost.desk.option_names import Names
from deskpost.desk.people import Person, fold
from deskpost.desk.people_named import People
from deskpost.desk.records import Record
from deskpost.desk.request_fields import BY_ADDRESS, BY_COMMAND, FIELDS, folded
from deskpost.desk.request_values import (
    CHILDREN,
    NOTHING,
    Changes,
    Present,
    Value,
    after,
    joined,
    text_of,
    unfilled,
)
from deskpost.desk.roles import Visible
from deskpost.desk.templates import Question, Template
from deskpost.domain_names import one_spelling

LONGEST = 100_000  # characters of a resolution, and of the details of an impact
MOST_ASSETS = 1000
MOST_NOTIFIED = 20  # addresses: each gets a mail of its own, and servers take some thirty mails a minute
_LISTS: Mapping[str, type[Model]] = {
    "Status": Status,
    "Priority": Priority,
    "Urgency": Urgency,
    "Impact": Impact,
    "Category": Category,
    "RequestType": RequestType,
    "Level": Level,
    "Mode": Mode,
}
# Parents before children, and closing last: it looks at what the others leave.
_ORDER = ("Requester", "Site", "Category", "SubCategory", "Item", "Group", "Technician")
_OF_TECHNICIAN = ("Technician", "TechnicianEmail")
_TO_REQUESTERS = ("Status", "Technician", "Priority")  # seen whatever the template gives them to set
_NAMES = {folded(name): name for name in (*FIELDS, *BY_ADDRESS)}
_NAMES_BY_COMMAND = {folded(name): name for name in (*BY_COMMAND, *BY_ADDRESS)}


@dataclass(frozen=True, slots=True)
class Picked:
    """Rows that were chosen from a list by their ids, as pages do, in place of a name. Empty: nothing is chosen."""

    ids: tuple[int, ...] = ()


Asked = str | Picked


@dataclass(frozen=True)
class Scene:
    """Who wants to set something, and where. `present`: None while a request is being made, for `requester`.

    `begins`: what a request that is being made has in its fields where nothing else is set.
    """

    who: Person
    desk: Visible
    account_id: int
    site_id: int | None  # of the requester
    requester: Person | None
    present: Present | None
    template: Template
    time_zone: str  # IANA name
    begins: Mapping[str, Value] = field(default_factory=dict)

    @property
    def works(self) -> bool:
        """Whether the person works on requests there, and so gets what a template gives to technicians."""
        return self.desk.may_at("request.view", self.account_id, self.site_id)

    def may(self, permission: str) -> bool:
        """Tell whether the person has a permission for requests there.

        Everybody makes requests of their own, as an ordinary mail does: for that nobody needs a role.
        """
        if permission == "request.create" and self.present is None and self.requester == self.who:
            return True
        return self.desk.may_at(permission, self.account_id, self.site_id)


def scene_of(desk: Visible, record: Record) -> Scene:
    """Give the scene in which a person sets fields of a request that there is."""
    person, requester = desk.person, record.requester
    return Scene(
        who=person,
        desk=desk,
        account_id=record.account_id,
        site_id=requester.site_id if requester else None,
        requester=requester,
        present=present_of(record),
        template=template_of(record),
        time_zone=zone_of(person),
    )


def scene_of_new(
    desk: Visible, account_id: int, requester: Person | None, template: Template | None = None
) -> Scene:
    """Give the scene in which a person makes a request for somebody; `template`: None for the default one."""
    return Scene(
        who=desk.person,
        desk=desk,
        account_id=account_id,
        site_id=requester.site_id if requester else None,
        requester=requester,
        present=None,
        template=template or template_of(None),
        time_zone=zone_of(desk.person),
    )


def zone_of(person: Person) -> str:
    """Give the time zone in which a person writes times."""
    return person.time_zone or person.account.time_zone


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one thing asked for: a field by its name or label, an answer by its keys.

    `now` and `then`: the value before, and the one that is set, "" for none. `why`: in words, such as "Set".
    `lacks`: the permission that the person has not, where that is why. `reason`: the words of a skipped one alone.
    """

    name: str
    now: str
    then: str
    kept: bool
    why: str
    lacks: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to be set, and a verdict on each thing asked for, in the order asked.

    `unknown_requester`: the address asked for as the requester's, when nobody of the account has it.
    `missing`: the labels of what must be filled before the request may be closed as asked. `lacking`: the names of
    assets that were left out, for there are none.
    """

    changes: Changes
    verdicts: tuple[Verdict, ...]
    unknown_requester: str = ""
    missing: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[Verdict, ...]:
        """What was skipped."""
        return tuple(one for one in self.verdicts if not one.kept)


def judge(
    asked: Mapping[str, Asked],
    answers: Mapping[tuple[str, str], str | tuple[str, ...]],
    scene: Scene,
    *,
    close: bool = False,
    pick_up: bool = False,
    by_command: bool = False,
) -> Judged:
    """Judge fields by their names or labels, and answers by the keys of resource and question.

    `by_command`: a mail asks, for which there are no fields but those of commands. `close` and `pick_up`: the acts of
    that name, for which a role counts and no template; their verdicts are those of Status and Technician. Of two
    spellings of one name the last counts. An answer in a tuple names whole options.
    """
    return Judge(scene).judge(asked, answers, close=close, pick_up=pick_up, by_command=by_command)


@dataclass(frozen=True)
class Judge:
    """Judges in one scene. What it looks up is read once, however much is asked."""

    scene: Scene

    @cached_property
    def additional(self) -> tuple[AdditionalField, ...]:
        """The additional fields that there are."""
        return tuple(AdditionalField.objects.filter(deleted_at=None))

    @cached_property
    def questions(self) -> Mapping[tuple[str, str], Question]:
        """The questions that the person gets, by the keys of resource and question."""
        rows = questions_of(self.scene.template, self.scene.works)
        return {(row.resource.api_key, row.api_key): row for row in rows}

    @cached_property
    def present(self) -> Present:
        """What the request has; of one that is being made, what it begins with."""
        if self.scene.present is not None:
            return self.scene.present
        opened = next((row for row in self.rows("Status") if row.kind == Status.Kind.OPEN), None)
        begins = {"Status": opened, "Requester": self.scene.requester, **self.scene.begins}
        return Present({**NOTHING.fields, **begins})

    def is_offered(self, name: str) -> bool:
        """Tell whether the template gives the person a field: one of FIELDS, or an additional one by its label."""
        field = FIELDS.get(name)
        if field is not None and not field.offered:
            return True
        return name.casefold() in self._offered

    def sees(self, name: str) -> bool:
        """Tell whether the person may know what a request has in a field, or in an additional one by its label."""
        return self.scene.works or name in _TO_REQUESTERS or name.casefold() in self._offered

    def may_set(self, name: str) -> bool:
        """Tell whether the person's roles let a field be set to anything; to which values, a verdict tells."""
        return any(self.scene.may(permission) for permission in self._permissions(name))

    def choices(self, name: str, present: Present | None = None) -> Any:
        """Give the rows that a field could be set to: of a subcategory or item, those under its present parent.

        Whether the person may set each of them, `may_set` and a verdict tell. Nothing for texts.
        """
        fields = (present or self.present).fields
        match name:
            case "SubCategory" | "Item":
                parent = fields[CHILDREN[name]]
                return self._children(name, parent.pk) if isinstance(parent, Model) else ()
            case "Site":
                return self._sites
            case "Group":
                return self._groups
            case "Asset":
                return self._assets
            case "Technician":
                return self._people(fields["Requester"]).technicians()
            case "Requester":
                return self._people(None).requesters()
        return self.rows(name) if name in _LISTS else ()

    def judge(
        self,
        asked: Mapping[str, Asked],
        answers: Mapping[tuple[str, str], str | tuple[str, ...]],
        *,
        close: bool = False,
        pick_up: bool = False,
        by_command: bool = False,
    ) -> Judged:
        """Judge what is asked, as the function of this name tells."""
        course = _Course(self, close, pick_up, _NAMES_BY_COMMAND if by_command else _NAMES)
        course.judge_fields(asked)
        for keys, answer in answers.items():
            course.judge_answer(keys, answer)
        return course.judged(asked, answers)

    def needs(self, name: str, value: Value) -> tuple[str, ...]:
        """Give the permissions of which one is enough to set a field to a value."""
        before = self.present.fields[name]
        if name == "Status" and isinstance(value, Status) and isinstance(before, Status):
            closing = Status.Kind.CLOSED in (value.kind, before.kind) and value != before
            return ("request.close",) if closing else (self._basic,)
        if name == "Technician":
            picks_up = value == self.scene.who and before is None
            return ("request.pickup", "request.assign") if picks_up else ("request.assign",)
        return self._permissions(name)

    def may_set_to(self, name: str, value: Value) -> bool:
        """Tell whether the person's roles let a field be set to a value."""
        return any(self.scene.may(permission) for permission in self.needs(name, value))

    @property
    def _basic(self) -> str:
        return "request.create" if self.scene.present is None else "request.edit"

    def _permissions(self, name: str) -> tuple[str, ...]:
        """Give the permissions that let a field be set to some value."""
        match name:
            case "Status":
                return (self._basic, "request.close")
            case "Technician":
                return ("request.assign", "request.pickup")
            case "Group":
                return ("request.assign",)
        return (self._basic,)

    @cached_property
    def _offered(self) -> frozenset[str]:
        return frozenset(name.casefold() for name in offered_by(self.scene.template, self.scene.works))

    @cached_property
    def _labels(self) -> Names[AdditionalField]:
        return Names((field.label, field) for field in self.additional)

    @cached_property
    def _question_names(self) -> Names[Question]:
        return Names((".".join(keys), question) for keys, question in self.questions.items())

    @cached_property
    def _read(self) -> dict[object, tuple[Any, ...]]:
        return {}

    def rows(self, name: str) -> tuple[Any, ...]:
        """Give the rows of a list that is one for all accounts, such as "Priority"."""
        if name not in self._read:
            self._read[name] = tuple(_LISTS[name]._default_manager.all())
        return self._read[name]

    def _children(self, name: str, parent: int) -> tuple[Any, ...]:
        if (name, parent) not in self._read:
            of = {f"{CHILDREN[name].lower()}_id": parent}
            rows = Subcategory.objects.all() if name == "SubCategory" else Item.objects.all()
            self._read[name, parent] = tuple(rows.filter(**of))
        return self._read[name, parent]

    @cached_property
    def _seen_sites(self) -> Q:
        """The condition on sites that the person sees: in their own request all, else those where they work."""
        scene = self.scene
        own = not scene.works and scene.requester == scene.who
        if own or scene.desk.may_at("request.view", scene.account_id, None):
            return Q()
        return Q(pk__in=scene.desk.sites_with("request.view", scene.account_id))

    @cached_property
    def _sites(self) -> tuple[Site, ...]:
        rows = Site.objects.filter(self._seen_sites, account=self.scene.account_id)
        return tuple(rows.order_by("name"))

    @cached_property
    def _groups(self) -> tuple[Group, ...]:
        # An account's own group stands before one of all accounts with the same name.
        rows = permitted.groups_for(self.scene.account_id)
        return tuple(rows.order_by(F("account").asc(nulls_last=True), "name"))

    @property
    def _assets(self) -> QuerySet[Asset]:
        rows = Asset.objects.filter(account=self.scene.account_id)
        if not self._seen_sites:
            return rows
        sites = [site.pk for site in self._sites]
        return rows.filter(Q(site=None) | Q(site__in=sites)) if sites else rows.none()

    @cached_property
    def unseen_assets(self) -> tuple[Asset, ...]:
        """The assets of the request that the person does not see, and which stay whatever is set."""
        present = self.present.fields["Asset"]
        if not isinstance(present, tuple) or not present:
            return ()
        seen = set(self._assets.filter(pk__in=[one.pk for one in present]).values_list("pk", flat=True))
        return tuple(one for one in present if one.pk not in seen)

    def _people(self, requester: Value) -> People:
        site = requester.site_id if isinstance(requester, Person) else self.scene.site_id
        return People(self.scene.desk, self.scene.account_id, site)


class _Course:
    """One judging: what the request would have so far, and the verdicts."""

    def __init__(self, judge: Judge, close: bool, pick_up: bool, names: Mapping[str, str]) -> None:
        self.asks = judge
        self.scene = judge.scene
        self.names = names
        self.acts = {name for name, act in (("Status", close), ("Technician", pick_up)) if act}
        self.fields: dict[str, Value] = {}
        self.additional: dict[AdditionalField, str] = {}
        self.answers: dict[Question, tuple[str, ...]] = {}
        self.verdicts: dict[object, Verdict] = {}
        self.missing: tuple[str, ...] = ()
        self.lacking: tuple[str, ...] = ()
        self.unknown_requester = ""

    @property
    def then(self) -> Present:
        return after(self.asks.present, self.changes)

    @property
    def changes(self) -> Changes:
        return Changes(dict(self.fields), dict(self.additional), dict(self.answers))

    def judge_fields(self, asked: Mapping[str, Asked]) -> None:
        """Judge every field, parents before children and closing last."""
        wanted: dict[str, tuple[str, Asked]] = {}  # by the name in FIELDS or BY_ADDRESS
        for raw, value in asked.items():
            name = self.names.get(folded(raw))
            if name is None:
                self.verdicts[raw] = self._additional(raw, value)
                continue
            if name in wanted:
                self.verdicts.pop(wanted.pop(name)[0], None)
            wanted[name] = (raw, value)
        self._act(wanted)
        for address, name in BY_ADDRESS.items():
            if name in wanted and address in wanted and wanted[address][1] != "":
                raw, value = wanted.pop(name)
                now = text_of(self.asks.present.fields[name])
                self.verdicts[raw] = _skipped(raw, now, gettext("%(field)s counts") % {"field": address})
        places = {name: place for place, name in enumerate(_ORDER)}
        places["Status"] = len(places) + 1
        for name in sorted(wanted, key=lambda one: places.get(BY_ADDRESS.get(one, one), len(_ORDER))):
            raw, value = wanted[name]
            self.verdicts[raw] = self._field(raw, name, value)
        parent = next((name for name in ("Category", "SubCategory") if name in self.fields), "")
        for child in CHILDREN:
            if parent and child not in wanted:
                self._tell_of_child(wanted[parent][0], child)
        if "Group" in self.fields and "Technician" not in self.fields:
            self._tell_of_technician(wanted["Group"][0])

    def judge_answer(self, keys: tuple[str, str], answer: str | tuple[str, ...]) -> None:
        """Judge an answer by the keys of its resource and question."""
        name = ".".join(keys)
        question = self.asks._question_names.find(name)
        if question is None:
            self.verdicts[keys] = _skipped(name, "", gettext("no such question"))
            return
        present = self.asks.present.answers.get(question.pk, ())
        now = "; ".join(present)
        if not self.scene.may(self.asks._basic):
            self.verdicts[keys] = _refused(name, now, _Lacking((self.asks._basic,)))
            return
        heard = judge_answer(question, answer, present)
        self.answers.pop(question, None)
        if heard.values != present:
            self.answers[question] = heard.values
        why = gettext("Already so") if heard.kept and heard.values == present else heard.why
        self.verdicts[keys] = Verdict(name, now, "; ".join(heard.values), heard.kept, why)

    def judged(self, asked: Iterable[object], answers: Iterable[object]) -> Judged:
        """Give the verdicts in the order asked, those of acts first."""
        named = dict.fromkeys((*asked, *answers))
        order = [*(key for key in self.verdicts if key not in named), *named]
        verdicts = tuple(self.verdicts[key] for key in order if key in self.verdicts)
        return Judged(self.changes, verdicts, self.unknown_requester, self.missing, self.lacking)

    def _act(self, wanted: dict[str, tuple[str, Asked]]) -> None:
        """Put in what the acts of closing and picking up set, where no field says so."""
        if "Technician" in self.acts:
            self._take_out_empty(wanted)
            if not any(name in wanted for name in _OF_TECHNICIAN):
                wanted["Technician"] = ("Technician", Picked((self.scene.who.pk,)))
        if "Status" in self.acts:
            closed = [row for row in self.asks.rows("Status") if row.kind == Status.Kind.CLOSED]
            raw, value = wanted.get("Status", ("Status", ""))
            named = found_in(closed, value)
            if named is None and isinstance(value, str) and value.strip():
                there = found_in(self.asks.rows("Status"), value)
                why = gettext("no closed status") if there else gettext("no such value")
                self.verdicts["Status", "given"] = _skipped(raw, "", f"{why}: {value.strip()[:60]}")
            chosen = named or (closed[0] if closed else None)
            wanted["Status"] = (raw, Picked((chosen.pk,) if chosen else ()))

    def _take_out_empty(self, wanted: dict[str, tuple[str, Asked]]) -> None:
        """Skip an empty technician of whoever picks up: it names nobody, so it is as if it had not been given."""
        for name in _OF_TECHNICIAN:
            raw, value = wanted.get(name, ("", Picked()))
            if isinstance(value, str) and not value.replace("\0", "").strip():
                del wanted[name]
                self.verdicts[name, "given"] = _skipped(raw, "", gettext("it names nobody"))

    def _field(self, raw: str, name: str, asked: Asked) -> Verdict:
        target = BY_ADDRESS.get(name, name)
        present = self.asks.present.fields[target]
        now = text_of(present)
        try:
            value, why = self._wanted(name, target, asked)
        except Unfit as unfit:
            return _refused(raw, now, unfit)
        if same(value, present):
            return Verdict(raw, now, now, True, gettext("Already so"))
        self.fields[target] = value
        return Verdict(raw, now, text_of(value), True, why)

    def _wanted(self, name: str, target: str, asked: Asked) -> tuple[Value, str]:
        """Give the value that is wanted, and words on it. Raises Unfit."""
        if target not in self.acts and not self.asks.is_offered(target):
            raise Unfit(gettext("not offered to you"))
        by_act = target in self.acts and isinstance(asked, Picked)
        if not by_act and not self.asks.may_set(target):
            raise _Lacking(self.asks._permissions(target))
        asked = asked.replace("\0", "").strip() if isinstance(asked, str) else asked
        if asked in ("", Picked()):
            if target in ("Status", "Requester"):
                raise Unfit(gettext("it cannot be empty"))
            value: Value = () if target == "Asset" else None
            why = gettext("Emptied")
        else:
            value, why = self._found(name, target, asked)
        if isinstance(value, tuple) and (unseen := self.asks.unseen_assets):
            value = (*value, *unseen)
            words = gettext("%(why)s; %(names)s stays, of a site you do not work for")
            why = words % {"why": why, "names": text_of(unseen)}
        if not same(value, self.asks.present.fields[target]) and not self.asks.may_set_to(target, value):
            raise _Lacking(self.asks.needs(target, value))
        if target == "Status":
            self._check_closing(value)
        return value, why

    def _found(self, name: str, target: str, asked: Asked) -> tuple[Value, str]:
        """Give the row, text or assets that are asked for. Raises Unfit where there are none."""
        done = gettext("Set")
        match target:
            case "ImpactDetails" | "Resolution":
                if not isinstance(asked, str) or len(asked) > LONGEST:
                    raise Unfit(gettext("longer than %(most)s characters") % {"most": LONGEST})
                return asked, done
            case "EmailsToNotify":
                return _addresses(asked), done
            case "Asset":
                return self._assets(asked)
            case "Technician":
                return self._technician(name, asked)
            case "Requester":
                return self._requester(name, asked), done
        rows = tuple(self.asks.choices(target, self.then))
        row = found_in(rows, asked)
        if row is None:
            raise Unfit(self._none_such(target))
        return row, done

    def _none_such(self, target: str) -> str:
        if target not in CHILDREN:
            return gettext("no such value")
        parent = self.then.fields[CHILDREN[target]]
        if parent is None:
            return gettext("there is no %(parent)s") % {"parent": CHILDREN[target]}
        if CHILDREN[target] not in self.fields and not self.asks.sees(CHILDREN[target]):
            return gettext("no such value")
        return gettext("not under %(parent)s") % {"parent": text_of(parent)}

    def _assets(self, asked: Asked) -> tuple[tuple[Asset, ...], str]:
        rows = self.asks._assets
        if isinstance(asked, Picked):
            ids = set(asked.ids) - {one.pk for one in self.asks.unseen_assets}
            found = tuple(rows.filter(pk__in=ids))
            if len(found) < len(ids):
                raise Unfit(gettext("no such value"))
            return found, gettext("Set")
        parts = dict.fromkeys(name for part in asked.split(",") if (name := " ".join(part.split())))
        if len(parts) > MOST_ASSETS:
            raise Unfit(gettext("more than %(most)s assets") % {"most": MOST_ASSETS})
        folded = lowered([" ".join(asked.split()), *parts])
        near = rows.annotate(folded=Lower("name")).filter(folded__in=folded.values())
        by_name = {row.folded: row for row in near}
        whole = folded[" ".join(asked.split())]
        if whole in by_name:
            return (by_name[whole],), gettext("Set")
        lacking = [name for name in parts if folded[name] not in by_name]
        if not by_name:
            raise Unfit(gettext("no such value"))
        self.lacking = tuple(lacking)
        why = gettext("Set, without %(names)s") % {"names": ", ".join(lacking)[:200]}
        return tuple(by_name.values()), why if lacking else gettext("Set")

    def _technician(self, name: str, asked: Asked) -> tuple[Person, str]:
        people = self.asks._people(self.then.fields["Requester"])
        person = self._person(people, people.technicians(), name, asked)
        group = self.then.fields["Group"]
        if person is None:
            named = isinstance(asked, str)
            raise Unfit(
                gettext("no technician here has this address") if named else gettext("no technician here")
            )
        if not isinstance(group, Group) or person == self.scene.who:
            return person, gettext("Set")
        members = set(GroupMember.objects.filter(group=group).values_list("person_id", flat=True))
        told = "Group" in self.fields or self.asks.sees("Group")
        if members and person.pk not in members:
            words = gettext("not in group %(group)s") if told else gettext("not in the group")
            raise Unfit(words % {"group": group})
        told = told and bool(members)
        return person, gettext("Set, in group %(group)s") % {"group": group} if told else gettext("Set")

    def _requester(self, name: str, asked: Asked) -> Person:
        people = self.asks._people(None)
        person = self._person(people, people.requesters(), name, asked)
        if person is None:
            if self.scene.works and isinstance(asked, str):
                self.unknown_requester = asked
            raise Unfit(gettext("nobody here has this address"))
        return person

    def _person(self, people: People, rows: QuerySet[Person], name: str, asked: Asked) -> Person | None:
        if isinstance(asked, Picked):
            return rows.filter(pk__in=asked.ids).first()
        if name in BY_ADDRESS:
            return people.by_address(rows, asked)
        return people.by_name(rows, asked, f"{name}Email")

    def _check_closing(self, status: Value) -> None:
        before = self.asks.present.fields["Status"]
        assert isinstance(status, Status)
        assert before is None or isinstance(before, Status)
        if not closes(before, status):
            return
        self.missing = unfilled(self.then, self.scene.template)
        if self.missing:
            raise Unfit(gettext("first to be filled in: %(fields)s") % {"fields": ", ".join(self.missing)})

    def _tell_of_child(self, raw: str, child: str) -> None:
        """Say beside a changed parent that a child which does not fit it goes, to who sees the child."""
        present = self.asks.present.fields[child]
        verdict = self.verdicts.get(raw)
        goes_too = present is not None and self.then.fields[child] is None
        if verdict and verdict.kept and goes_too and self.asks.sees(child):
            goes = gettext("%(why)s, and %(field)s %(value)s goes")
            why = goes % {"why": verdict.why, "field": child, "value": text_of(present)}
            self.verdicts[raw] = replace(verdict, why=why)

    def _tell_of_technician(self, raw: str) -> None:
        """Say beside a new group that the technician, who stays, is not in it."""
        technician, group = self.then.fields["Technician"], self.then.fields["Group"]
        members = GroupMember.objects.filter(group=group) if isinstance(group, Group) else None
        if not isinstance(technician, Person) or members is None or not members.exists():
            return
        if not members.filter(person=technician).exists():
            words = gettext("%(why)s; %(who)s is not in %(group)s")
            verdict = self.verdicts[raw]
            why = words % {"why": verdict.why, "who": technician.name, "group": group}
            self.verdicts[raw] = replace(verdict, why=why)

    def _additional(self, raw: str, asked: Asked) -> Verdict:
        field = self.asks._labels.find(raw)
        if field is None or not isinstance(asked, str):
            return _skipped(raw, "", gettext("no such field"))
        zone, present = self.scene.time_zone, self.asks.present.additional.get(field.pk, "")
        now = show_additional(field, present, zone)
        try:
            if not self.asks.is_offered(field.label):
                raise Unfit(gettext("not offered to you"))
            if not self.scene.may(self.asks._basic):
                raise _Lacking((self.asks._basic,))
            text = asked.replace("\0", "").strip()
            value = read_additional(field, text, zone) if text else ""
        except Unfit as unfit:
            return _refused(raw, now, unfit)
        self.additional.pop(field, None)
        if value == present:
            return Verdict(raw, now, now, True, gettext("Already so"))
        self.additional[field] = value
        then = show_additional(field, value, zone)
        return Verdict(raw, now, then, True, gettext("Set") if value else gettext("Emptied"))


def found_in(rows: Iterable[Any], asked: Asked) -> Any:
    """Give the row that is asked for by its name, or picked by its id; None where there is none."""
    if isinstance(asked, str):
        return Names((row.name, row) for row in rows).find(asked)
    return next((row for row in rows if row.pk in asked.ids), None)


def _addresses(asked: Asked) -> str | None:
    """Give the addresses that are typed, with commas or semicolons between, names left out, each once. Raises Unfit."""
    typed = asked.replace(";", ",") if isinstance(asked, str) else ""
    parts = [part for part in typed.split(",") if part.strip()]
    if len(parts) > MOST_NOTIFIED:
        raise Unfit(gettext("more than %(most)s addresses") % {"most": MOST_NOTIFIED})
    found: dict[str, str] = {}
    for part in parts:
        local, at, domain = (read_one(part) or ("", ""))[1].rpartition("@")
        address = f"{local}{at}{one_spelling(domain)}"
        if has_controls(part) or not can_be_sent_to(address):
            shown = {"typed": without_controls(part.strip())[:60]}
            raise Unfit(gettext("“%(typed)s” is no address such as ann@company.example") % shown)
        found.setdefault(fold(address), address)
    return joined(found.values())


def _skipped(name: str, now: str, why: str) -> Verdict:
    return Verdict(name, now, "", False, gettext("Skipped, %(why)s") % {"why": why}, reason=why)


class _Lacking(Unfit):
    """The person may not set it: none of these permissions is theirs."""

    def __init__(self, permissions: tuple[str, ...]) -> None:
        super().__init__(gettext("needs the permission %(permission)s") % {"permission": permissions[0]})
        self.permission = permissions[0]


def _refused(name: str, now: str, unfit: Unfit) -> Verdict:
    lacks = unfit.permission if isinstance(unfit, _Lacking) else ""
    return replace(_skipped(name, now, unfit.why), lacks=lacks)
