"""AddRequest: the request that a command makes, for whom, by which template, with which fields."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from deskpost.desk import template_settings
from deskpost.desk.accounts import Site
from deskpost.desk.categories import Category
from deskpost.desk.field_values import Judged, Scene, Verdict, judge, scene_of_new
from deskpost.desk.fields import Group, Priority
from deskpost.desk.modules import REQUEST
from deskpost.desk.option_names import Names
from deskpost.desk.people import Person
from deskpost.desk.request_values import Value
from deskpost.desk.roles import Visible, visible
from deskpost.desk.templates import Template
from deskpost.inbound.case import Case, MailboxFacts
from deskpost.inbound.command import language, words
from deskpost.inbound.command.asked import CALLED, Asked
from deskpost.inbound.command.reading import Reading
from deskpost.inbound.command.refusing import refused
from deskpost.inbound.command.requester import ADDRESS, NAME, Requester, requester_of
from deskpost.inbound.command.rules import CommandRules
from deskpost.inbound.decided import SUBJECT_LENGTH
from deskpost.inbound.outcome import Answer, Commanded, Ends, NewRequest, Outcome
from deskpost.inbound.steps import request, unknown
from deskpost.inbound.view import DeskView

_TEMPLATE = "RequestTemplate"


@dataclass(frozen=True, slots=True)
class _Begun:
    """For whom the request is, by whom, and by which template."""

    requester: Requester
    commander: Visible
    scene: Scene
    verdicts: tuple[Verdict, ...]


def add(case: Case, desk: DeskView, reading: Reading, rules: CommandRules, person_id: int) -> Outcome:
    """Judge what the request is to begin with; what cannot be is skipped."""
    begun = _begin(case, desk, reading.asked, person_id)
    scene = begun.scene
    if not desk.ask(lambda: scene.may("request.create")):
        reason = (
            "you may open no requests for others there. To do: ask an administrator for a role, "
            "or leave the requester out."
        )
        return refused(person_id, reason)
    rest = {name: value for name, value in reading.asked.fields.items() if name not in (ADDRESS, NAME)}
    judged = desk.ask(lambda: _judged(rest, reading.asked, scene))
    reading.judge(words.counted((*begun.verdicts, *judged.verdicts), reading.asked))
    skipped = words.skipped(reading.verdicts)
    if stopped := _give(case, desk, begun):
        return replace(stopped, answer=Answer(person_id, (), (stopped.reason, *skipped)))
    commanded = Commanded(
        person_id,
        subject_of(case, rules, desk),
        language.without(reading.text, reading.asked.commands),
        replace(judged.changes, fields={**scene.begins, **judged.changes.fields}),
        scene.template,
        scene.begins,
    )
    how = (
        CALLED["add"] if reading.asked.operation else f"{CALLED['add']}, for it names fields and no operation"
    )
    told = Answer(person_id, ("A request was opened", *words.done(reading.verdicts)), skipped)
    opening = NewRequest(
        "command",
        f"{how}. {words.summary(reading.verdicts)}".strip(),
        commanded=commanded,
        answer=told,
    )
    outcome = request.open_or_refuse(case, desk, opening)
    if isinstance(outcome, Ends):
        return replace(outcome, answer=Answer(person_id, (), (outcome.reason, *skipped)))
    return outcome


def subject_of(case: Case, rules: CommandRules, desk: DeskView) -> str:
    """Give the subject without the identifier, and without the numbers of requests that there are."""
    subject = case.message.subject
    for finder in (desk.constants.delimiters, desk.constants.former):
        subject = finder.without(subject, REQUEST)
    plain = " ".join((subject.replace(rules.identifier, " ") if rules.identifier else subject).split())
    return plain[:SUBJECT_LENGTH] or "(no subject)"


def _begin(case: Case, desk: DeskView, asked: Asked, person_id: int) -> _Begun:
    commander = desk.ask(lambda: visible(Person.objects.select_related("account").get(pk=person_id)))
    requester = requester_of(case, desk, asked, commander)
    sender, person = requester.sender, requester.person
    template, begins = desk.ask(lambda: _of_mailbox(case.mailbox, sender.account_id))
    scene = desk.ask(lambda: scene_of_new(commander, sender.account_id, person, template))
    scene = replace(scene, begins=begins)
    template, verdicts = desk.ask(lambda: _template(asked.template, scene))
    return _Begun(requester, commander, replace(scene, template=template), (*verdicts, *requester.verdicts))


def _of_mailbox(mailbox: MailboxFacts, account_id: int) -> tuple[Template | None, Mapping[str, Value]]:
    """Give the template and the fields that the mailbox gives to requests of an account, as ordinary mails get them."""
    given: Mapping[str, tuple[QuerySet[Any], int | None]] = {
        _TEMPLATE: (template_settings.offered_at(account_id, works=True), mailbox.default_template_id),
        "Priority": (Priority.objects.all(), mailbox.default_priority_id),
        "Group": (Group.objects.all(), mailbox.default_group_id),
        "Category": (Category.objects.all(), mailbox.default_category_id),
        "Site": (Site.objects.filter(account=account_id), mailbox.default_site_id),
    }
    found = {name: rows.filter(pk=id).first() for name, (rows, id) in given.items() if id is not None}
    template = found.pop(_TEMPLATE, None)
    return template, {name: row for name, row in found.items() if row is not None}


def _template(wanted: str, scene: Scene) -> tuple[Template, tuple[Verdict, ...]]:
    """Give the template of this name among those offered to the person there; else the mailbox's or the default one."""
    if not wanted:
        return scene.template, ()
    rows = Template.objects.filter(
        Q(offered_to=None) | Q(offered_to__account=scene.account_id), deleted_at=None
    ).distinct()
    if not scene.works:
        rows = rows.filter(for_requesters=True)
    found = Names((row.name, row) for row in rows).find(wanted)
    if found is None:
        why = f"Skipped, no such template; {scene.template.name} serves"
        return scene.template, (Verdict(_TEMPLATE, "", "", False, why),)
    return found, (Verdict(_TEMPLATE, "", found.name, True, "Set"),)


def _judged(fields: Mapping[str, str], asked: Asked, scene: Scene) -> Judged:
    return judge(fields, asked.answers, scene, by_command=True)


def _give(case: Case, desk: DeskView, begun: _Begun) -> Ends | None:
    """Let the request be the requester's, and who commanded its writer; Ends where nobody may be made of an address."""
    requester, person = begun.requester, begun.commander.person
    if requester.sender is case.sender:
        return None
    writer = replace(case.sender, person_id=person.pk, person_name=person.name, technician=person.technician)
    case.sender = requester.sender
    stopped = unknown.stopped(case, desk) if requester.is_new else None
    case.forwarded_by = writer
    return stopped
