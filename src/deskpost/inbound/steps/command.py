"""Step 9: Email Command. A mail of somebody with a login, with the identifier in its subject, may say what to do.

Its sender's own words alone are read. What commands nothing goes on as an ordinary mail; a command is done, or is
refused and changes nothing.
"""

from django.db.models.functions import Lower

from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.people import fold
from deskpost.desk.templates import Question
from deskpost.inbound.case import Case
from deskpost.inbound.command import adding, changing, language, left_over, names, refusing, target, words
from deskpost.inbound.command import asked as reading_of
from deskpost.inbound.command.asked import CALLED, Asked
from deskpost.inbound.command.html_words import text_to_read
from deskpost.inbound.command.own_words import own_words
from deskpost.inbound.command.reading import Reading
from deskpost.inbound.command.rules import CommandRules
from deskpost.inbound.outcome import Outcome
from deskpost.inbound.view import DeskView

NAME = "email command"  # as the pipeline calls it


def perform(case: Case, desk: DeskView) -> Outcome | None:
    """Do what the mail commands, say why not, or let it go on as an ordinary mail."""
    case.named = case.reading = None  # a batch may be decided again
    rules = desk.constants.command
    if rules is None or rules.identifier not in case.message.subject:
        return None
    if why_not := _why_not_read(case, desk):
        case.found(f"Not read for commands: {why_not}", rules.settings["subject_contains"])
        return None
    own = own_words(text_to_read(case.message, case.text), rules.delimiter)
    labels = desk.ask(_labels)
    commands = language.read(own.text, rules.delimiter, labels)
    if not commands:
        case.found("The subject has the identifier, and the new text no command", rules.settings["delimiter"])
        return None
    asked = reading_of.read(commands, labels)
    left = left_over.left_over(own, rules.delimiter, commands, labels)
    case.reading = Reading(own.text, asked, asked.operation, left)
    case.reading.judge()
    return _obey(case, desk, case.reading, rules, labels)


def commander(case: Case, desk: DeskView) -> int | None:
    """Give the person with a login who sent a mail; None where there is none, or one of several.

    In a mailbox of an account it may be one of another account, whose mails there are those of a second person with
    the same address: mail makes one, for a request has its requester in its account. One whom people entered is
    somebody else, and has no rights but their own.
    """
    sender = case.sender
    if sender.sign_in:
        return sender.person_id
    known = desk.people(sender.key) if sender.key else []
    if any(one.id == sender.person_id and one.entered for one in known):
        return None
    found = [one for one in known if one.sign_in]
    return found[0].id if len(found) == 1 else None


def _why_not_read(case: Case, desk: DeskView) -> str:
    if case.ordinary:
        return "a person wants it as an ordinary mail"
    if case.automatic is not None and case.automatic.never_opens and not case.automatic.by_repetition:
        return f"{case.automatic.kind}, {case.automatic.reason}"
    if case.sender.sent_through:
        return f"{case.sender.sent_through} sent it in another's name"
    stated = case.message.from_[0].address if case.message.from_ else ""
    if fold(stated) != case.sender.key:
        return "its From does not name its sender"  # no verdict speaks of whom another header names
    if commander(case, desk) is None:
        return f"{case.sender.address or 'its sender'} has no login"
    return ""


def _obey(
    case: Case, desk: DeskView, reading: Reading, rules: CommandRules, labels: frozenset[str]
) -> Outcome | None:
    asked, named = reading.asked, target.target_of(case, desk, reading.asked)
    person_id = commander(case, desk)
    assert person_id is not None  # else it was not read
    if not asked.operation and not asked.unknown:
        if asked.request and named is not None and not _is_there(case, desk, named, person_id):
            reason = f"{named.written} {refusing.NOT_YOURS}"
            return refusing.unless_genuine(case, rules, person_id) or refusing.refused(person_id, reason)
        if named is not None or not _sets_something(desk, asked, labels):
            _ordinary(case, named, in_text=bool(asked.request))
            return None
        reading.operation = "add"
    operation = reading.operation
    if operation is not None and operation != "add" and named is None:
        case.note(
            f"{CALLED[operation]} was skipped, for neither text nor subject names a request; "
            f"the mail goes on as an ordinary one. {words.summary(reading.verdicts)}".strip()
        )
        return None
    if refusal := refusing.unless_genuine(case, rules, person_id):
        return refusal
    if case.automatic is not None and case.automatic.by_repetition:
        # Who works through a queue sends many commands on one subject: that it is theirs is confirmed.
        case.automatic = None
    if operation is None:
        known = ", ".join(CALLED.values())
        reason = f"there is no operation {words.short(asked.unknown, 60)}. To do: use one of {known}."
        return refusing.refused(person_id, reason, skipped=words.skipped(reading.verdicts))
    if operation == "add":
        return adding.add(case, desk, reading, rules, person_id)
    assert named is not None
    record = target.record_of(named, desk, person_id)
    if record is None:
        return refusing.refused(person_id, f"{named.written} {refusing.NOT_YOURS}")
    return changing.change(case, desk, reading, changing.Change(operation, record, named, person_id))


def _sets_something(desk: DeskView, asked: Asked, labels: frozenset[str]) -> bool:
    return asked.sets_something(labels) or (bool(asked.answers) and desk.ask(lambda: _has_question(asked)))


def _has_question(asked: Asked) -> bool:
    """Tell whether one of the answers is to a question that there is: `costs $5.total=7$` has none."""
    wanted = {".".join(keys).casefold() for keys in asked.answers}
    rows = Question.objects.annotate(key=Lower("api_key")).filter(
        deleted_at=None, key__in=[key.casefold() for _, key in asked.answers]
    )
    return any(
        ".".join(keys).casefold() in wanted for keys in rows.values_list("resource__api_key", "api_key")
    )


def _is_there(case: Case, desk: DeskView, named: target.Target, person_id: int) -> bool:
    """Tell whether a mail without an operation can belong to what its text names: threading says who may answer."""
    if target.record_of(named, desk, person_id) is not None:
        return True
    record = desk.record_of_number("RE", named.number)[0] if named.number else None
    return record is not None and record.account_id == case.sender.account_id


def _ordinary(case: Case, named: target.Target | None, *, in_text: bool) -> None:
    """Let a mail without an operation go on; a request that its text alone names is where it belongs."""
    if named is not None:
        if in_text:
            case.named = ("RE", named.number)
        case.found(f"It names {named.written} and no operation: it goes on as an ordinary mail")
    else:
        case.found("It names no operation, and nothing to set: it goes on as an ordinary mail")


def _labels() -> frozenset[str]:
    rows = AdditionalField.objects.filter(deleted_at=None)
    return frozenset(map(names.label, rows.values_list("label", flat=True)))
