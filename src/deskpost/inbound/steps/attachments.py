"""Step 8: the files of a mail: which do not stay, and why. It ends no mail."""

from deskpost.inbound import deciders
from deskpost.inbound.case import Case
from deskpost.inbound.file_errors import FILE_ERRORS
from deskpost.inbound.outcome import Outcome, Setting
from deskpost.inbound.view import DeskView
from deskpost.mime.file_checks import EXTENSION, SIZE, DroppedFile, FileRules, judge

_TOLD = 3  # dropped files that the trace's line names
_LONGEST_NAME = 80  # characters


def check(case: Case, desk: DeskView) -> Outcome | None:
    """Mark the files that fail a check; the rest of the mail goes on."""
    judge_files(case, desk.constants.file_rules)
    files, dropped = len(case.message.attachments), case.dropped_files or ()
    if dropped:
        case.note(f"dropped {len(dropped)} of {files}: {_words(dropped)}", _setting(dropped, desk))
    elif files:
        case.found(f"{files} {'files stay' if files > 1 else 'file stays'}")
    return None


def judge_files(case: Case, rules: FileRules) -> None:
    """Judge the files of a mail that was parsed, whatever step decided on it."""
    judged = [judge(file, rules) for file in case.message.attachments]
    case.dropped_files = tuple(one for one in judged if one)


def _setting(dropped: tuple[DroppedFile, ...], desk: DeskView) -> Setting | None:
    """Give the setting by which files fell; names, contents and empty files are judged by none."""
    by = {file.why for file in dropped} & {EXTENSION, SIZE}
    names = {EXTENSION: "extensions", SIZE: "max_mb"}
    name = deciders.FILES if len(by) > 1 else next((names[why] for why in by), "")
    return desk.constants.settings.get(name)


def _words(dropped: tuple[DroppedFile, ...]) -> str:
    told = [
        f"{one.name[:_LONGEST_NAME]}: {FILE_ERRORS[one.why].error} ({one.detail})" for one in dropped[:_TOLD]
    ]
    more = len(dropped) - _TOLD
    return "; ".join([*told, f"and {more} more"] if more > 0 else told)
