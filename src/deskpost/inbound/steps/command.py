"""Step 9: Email Command. A mail of somebody with a login, with the identifier in its subject, may say what to do.

Its sender's own words alone are read. What commands nothing goes on as an ordinary mail; a command is done, or is
refused and changes nothing.
"""

from deskpost.desk.additional_fields import AdditionalField
from deskpost.inbound.case import Case
from deskpost.inbound.command import adding, changing, language, refusing, target, words
from deskpost.inbound.command import asked as reading_of
from deskpost.inbound.command.asked import CALLED
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
    text = own_words(text_to_read(case.message, case.text), rules.delimiter)
    commands = language.read(text, rules.delimiter)
    if not commands:
        case.found("The subject has the identifier, and the new text no command", rules.settings["delimiter"])
        return None
    asked = reading_of.read(commands, desk.ask(_labels))
    case.reading = Reading(text, asked, asked.operation)
    return _obey(case, desk, case.reading, rules)


def commander(case: Case, desk: DeskView) -> int | None:
    """Give the person with a login who sent a mail; None where there is none, or one of several.

    In a mailbox of an account it may be one of another account, whose mails there are those of a second person with
    the same address: mail makes one, for a request has its requester in its account.
    """
    sender = case.sender
    if sender.sign_in:
        return sender.person_id
    found = [one for one in desk.people(sender.key) if one.sign_in] if sender.key else []
    return found[0].id if len(found) == 1 else None


def _why_not_read(case: Case, desk: DeskView) -> str:
    if case.ordinary:
        return "a person wants it as an ordinary mail"
    if case.automatic is not None and case.automatic.never_opens and not case.automatic.by_repetition:
        return f"{case.automatic.kind}, {case.automatic.reason}"
    if case.sender.sent_through:
        return f"{case.sender.sent_through} sent it in another's name"
    if commander(case, desk) is None:
        return f"{case.sender.address or 'its sender'} has no login"
    return ""


def _obey(case: Case, desk: DeskView, reading: Reading, rules: CommandRules) -> Outcome | None:
    asked, named = reading.asked, target.target_of(case, desk, reading.asked)
    person_id = commander(case, desk)
    assert person_id is not None  # else it was not read
    if not asked.operation and not asked.unknown:
        if named is not None or not asked.sets_something:
            _ordinary(case, named)
            return None
        reading.operation = "add"
    operation = reading.operation
    if operation is not None and operation != "add" and named is None:
        case.note(
            f"{CALLED[operation]} was skipped, for neither text nor subject names a request; "
            "the mail goes on as an ordinary one"
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
        return refusing.refused(person_id, reason)
    if operation == "add":
        return adding.add(case, desk, reading, rules, person_id)
    assert named is not None
    record = target.record_of(named, desk, person_id)
    if record is None:
        return refusing.refused(person_id, f"{named.written} {refusing.NOT_YOURS}")
    return changing.change(case, desk, reading, changing.Change(operation, record, named, person_id))


def _ordinary(case: Case, named: target.Target | None) -> None:
    """Let a mail without an operation go on; a request that its text alone names is where it belongs."""
    if named is not None and named.number:
        case.named = ("RE", named.number)
        case.found(f"It names {named.written} and no operation: it goes on as an ordinary mail")
    else:
        case.found("It names no operation, and nothing to set: it goes on as an ordinary mail")


def _labels() -> frozenset[str]:
    rows = AdditionalField.objects.filter(deleted_at=None, label__contains=".")
    return frozenset(label.casefold() for label in rows.values_list("label", flat=True))
