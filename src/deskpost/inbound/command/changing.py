"""EditRequest, CloseRequest and PickupRequest: what becomes of a request that there is."""

from dataclasses import dataclass

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
    reading.verdicts = words.counted((*judged.verdicts, *_late(asked)), asked)
    skipped = words.skipped(reading.verdicts)
    if why := _hindrance(wanted.operation, judged):
        reason = f"{CALLED[wanted.operation]} of {record.name} is not possible: {why}."
        return refused(person_id, reason, record=record, skipped=skipped)
    files = len(case.message.attachments) - len(case.dropped_files or ())
    if not any(one.kept for one in reading.verdicts) and not judged.changes and not files:
        what = "none of what it sets can be set" if reading.verdicts else "it names no field to set"
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


def _scene(wanted: Change) -> Scene:
    person = Person.objects.select_related("account").get(pk=wanted.person_id)
    record = Record.objects.select_related("requester", "status", "technician", "group", "priority")
    return scene_of(visible(person), record.get(pk=wanted.record.id))


def _judged(asked: Asked, operation: Operation, scene: Scene) -> Judged:
    return judge(
        asked.fields, asked.answers, scene, close=operation == "close", pick_up=operation == "pickup"
    )


def _late(asked: Asked) -> tuple[Verdict, ...]:
    return (Verdict("RequestTemplate", "", "", False, _LATE),) if asked.template else ()


def _hindrance(operation: Operation, judged: Judged) -> str:
    """Say why the operation itself cannot be done; empty: it can."""
    about = {"close": ("Status",), "pickup": _OF_TECHNICIAN}.get(operation, ())
    of_it = {one.name: one for one in judged.verdicts if one.name in about}
    if not of_it or any(one.kept for one in of_it.values()):
        return ""
    return words.skipped([next(of_it[name] for name in about if name in of_it)])[0]


def _led(wanted: Change) -> str:
    """Say that a merge led to the request, where one did."""
    return (
        f", {wanted.target.written} was merged into it"
        if wanted.target.number != wanted.record.number
        else ""
    )
