"""EditRequest, CloseRequest and PickupRequest: what becomes of a request that there is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from deskpost.desk.field_values import Judged, Scene, Verdict, judge, scene_of
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import visible
from deskpost.inbound.case import Case
from deskpost.inbound.command import words
from deskpost.inbound.command.asked import CALLED, Asked, Operation
from deskpost.inbound.command.reading import Reading
from deskpost.inbound.command.refusing import refused
from deskpost.inbound.command.target import Target
from deskpost.inbound.outcome import Answer, Edits, FoundRecord, Outcome
from deskpost.inbound.view import DeskView
from deskpost.mime.message import Attachment

_CHANGES = ("request.edit", "request.assign", "request.pickup", "request.close")
_DID = {"edit": "was edited", "close": "was closed", "pickup": "was assigned"}
_OF_TECHNICIAN = ("TechnicianEmail", "Technician")
_LATE = "Skipped, it counts only when a request is made"


@dataclass(frozen=True, slots=True)
class Change:
    """One operation on one request."""

    operation: Operation
    record: FoundRecord
    target: Target
    person_id: int


def change(case: Case, desk: DeskView, reading: Reading, wanted: Change) -> Outcome:
    """Judge the operation as a whole: what it is about must be possible, of the rest what cannot be is skipped."""
    scene = desk.ask(lambda: _scene(wanted))
    asked, record, person_id = reading.asked, wanted.record, wanted.person_id
    if not desk.ask(lambda: any(scene.may(permission) for permission in _CHANGES)):
        reason = (
            f"you may not change {record.name}. To do: ask who works on it, or an administrator for a role."
        )
        return refused(person_id, reason, record=record)
    judged = desk.ask(lambda: _judged(asked, wanted.operation, scene))
    verdicts = _makes_nobody(judged) if judged.unknown_requester else judged.verdicts
    of_fields = words.counted((*verdicts, *_late(asked)), asked)
    reading.judge(of_fields)
    skipped = words.skipped(reading.verdicts)
    if why := _hindrance(wanted.operation, judged, asked):
        reason = f"{CALLED[wanted.operation]} of {record.name} is not possible: {why}."
        return refused(person_id, reason, record=record, skipped=skipped)
    may_edit = desk.ask(lambda: scene.may("request.edit"))
    if not _does_something(case, judged, of_fields, may_edit):
        what = "none of what it sets can be set" if of_fields else _nothing_read(reading)
        if _files(case) and not may_edit:
            what = f"{what}, and its files need the permission request.edit"
        return refused(person_id, f"{what}; {record.name} stays as it is.", record=record, skipped=skipped)
    reason = f"{CALLED[wanted.operation]} of {record.name}: {wanted.target.place}{_led(wanted)}."
    told = Answer(
        person_id, (f"{record.name} {_DID[wanted.operation]}", *words.done(reading.verdicts)), skipped
    )
    return Edits(
        "command",
        f"{reason} {words.summary(reading.verdicts)}".strip(),
        record,
        person_id,
        scene.present,  # type: ignore[arg-type]  # a request that there is has one
        judged.changes,
        answer=told,
    )


def _nothing_read(reading: Reading) -> str:
    return "no field to set could be read in it" if reading.left_over else "it names no field to set"


def _does_something(case: Case, judged: Judged, of_fields: Sequence[Verdict], may_edit: bool) -> bool:
    """Tell whether a mail changes anything or finds it so already; its files alone do where it names no field."""
    if judged.changes:
        return True
    files = _files(case)
    if any(one.kept for one in of_fields):
        return may_edit or not files
    return may_edit and bool(files) and not of_fields


def _files(case: Case) -> list[Attachment]:
    """Give the files that are kept of a mail; a picture within its text, such as a signature's, is none."""
    dropped = {file.part for file in case.dropped_files or ()}
    return [file for file in case.message.attachments if file.part not in dropped and not file.inline]


def _scene(wanted: Change) -> Scene:
    person = Person.objects.select_related("account").get(pk=wanted.person_id)
    record = Record.objects.select_related("requester", "status", "technician", "group", "priority")
    return scene_of(visible(person), record.get(pk=wanted.record.id))


def _judged(asked: Asked, operation: Operation, scene: Scene) -> Judged:
    acts = {"close": operation == "close", "pick_up": operation == "pickup"}
    return judge(asked.fields, asked.answers, scene, by_command=True, **acts)


def _makes_nobody(judged: Judged) -> tuple[Verdict, ...]:
    """Say beside an unknown requester what makes a person of an address."""
    return tuple(
        replace(one, why=f"{one.why}, and a request that there is makes nobody: enter the person first")
        if one.name == "RequesterEmail"
        else one
        for one in judged.verdicts
    )


def _late(asked: Asked) -> tuple[Verdict, ...]:
    return (Verdict("RequestTemplate", "", "", False, _LATE),) if asked.template else ()


def _hindrance(operation: Operation, judged: Judged, asked: Asked) -> str:
    """Say why the operation itself cannot be done; empty: it can. What was given empty is never why."""
    about = {"close": ("Status",), "pickup": _OF_TECHNICIAN}.get(operation, ())
    of_it = {one.name: one for one in judged.verdicts if one.name in about}
    if not of_it or any(one.kept for one in of_it.values()):
        return ""
    given = (name for name in about if name in of_it and asked.fields.get(name, name).strip())
    return words.skipped([of_it[next(given, about[-1])]])[0]


def _led(wanted: Change) -> str:
    """Say that a merge led to the request, where one did."""
    return (
        f", {wanted.target.written} was merged into it"
        if wanted.target.number != wanted.record.number
        else ""
    )
