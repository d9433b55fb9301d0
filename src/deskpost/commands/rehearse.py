"""`deskpost rehearse [FILE.yaml] [--last N]`: how the last mails would be treated, with nothing written."""

import json as json_module
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskpost.commands.database import database
from deskpost.commands.options import Data, Json
from deskpost.commands.output import print_json, write

if TYPE_CHECKING:
    from deskpost.inbound.rehearsal import Judged, Treated

MOST = 1_000_000
_LONGEST = 200  # characters of a reason, to people


def rehearse(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE.yaml]", readable=False, help="Changed settings; without it, the present ones."
        ),
    ] = None,
    last: Annotated[
        int, typer.Option("--last", metavar="N", min=1, max=MOST, help="So many mails, the newest.")
    ] = 1000,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show which of the last mails changed settings would treat otherwise; write nothing.

    Without a file: which of them the present settings would treat otherwise than they were treated.
    """
    with database(data):
        from deskpost.inbound import rehearsal
        from deskpost.settings_file import read, rehearsing

        changed = rehearsing.changed(read(file)) if file else None
        counts: Counter[str] = Counter()
        told = _as_json if json else _as_text
        try:
            for one in rehearsal.rehearse(rehearsing.present(), changed, last, _progress):
                counts["judged"] += 1
                counts["unknown"] += bool(one.changed.unopened)
                before = one.present if file else one.became
                differs = one.changed.differs(before) if file else one.changed.differs_from_past(before)
                if differs:
                    _end_progress()
                    told(one, first=not counts["differ"])
                    counts["differ"] += 1
                    counts[_change(before.kind, one.changed.kind)] += 1
                elif file and one.changed.differs_from_past(one.became):
                    counts["already"] += 1
        finally:
            _end_progress()
    _end_json(counts) if json else write(_summary(counts))


def _as_json(one: "Judged", *, first: bool) -> None:
    value = {
        "mail": one.mail.pk,
        "message_id": one.mail.outcome.message_id,
        "mailbox": _mailbox_name(one),
        "from": one.mail.outcome.from_address,
        "subject": one.mail.outcome.subject,
        "received_at": one.mail.received_at.isoformat(),
        "became": _outcome(one.became),
        "present": _outcome(one.present),
        "changed": _outcome(one.changed),
    }
    write(('{"differ": [\n ' if first else ",\n ") + json_module.dumps(value, ensure_ascii=False))


def _end_json(counts: Counter[str]) -> None:
    if not counts["differ"]:
        print_json({"differ": [], **_counted(counts)})
        return
    write(f"],\n {json_module.dumps(_counted(counts))[1:]}\n")


def _counted(counts: Counter[str]) -> dict[str, int]:
    return {
        "judged": counts["judged"],
        "differ_already": counts["already"],
        "names_unopened": counts["unknown"],
    }


def _outcome(treated: "Treated") -> dict[str, Any]:
    return {
        "kind": treated.kind,
        "record": _record_name(treated),
        "reason": treated.reason,
        "reopens": treated.reopens,
        "account": _account_name(treated),
        "dropped_files": list(treated.files.values()),
        "record_of_mail": -treated.record_id if treated.record_id and treated.record_id < 0 else None,
        "names_unopened": list(treated.unopened),
    }


def _as_text(one: "Judged", *, first: bool) -> None:
    del first
    lines = [
        f"Mail {one.mail.pk} of {one.mail.received_at:%Y-%m-%d %H:%M} UTC, mailbox {_mailbox_name(one)}, "
        f"from {one.mail.outcome.from_address or 'nobody'}: {one.mail.outcome.subject or '(no subject)'}",
        f"  it became   {_words(one.became)}",
    ]
    if one.present.differs_from_past(one.became) and one.present is not one.changed:
        lines.append(f"  as set now  {_words(one.present)}")
    lines.append(f"  it would be {_words(one.changed)}")
    if one.changed.unopened:
        lines.append(
            f"  not known   whether it would have come: {', '.join(one.changed.unopened)} would not be there"
        )
    write("".join(f"{' '.join(line.split()) if n == 0 else line}\n" for n, line in enumerate(lines)))


def _words(treated: "Treated") -> str:
    named = f"{treated.kind} {_record_name(treated) or ''}".rstrip()
    if treated.record_id is not None and treated.record_id < 0:
        named += f" of the request that mail {-treated.record_id} would open"
    facts = [f"account {name}"] if (name := _account_name(treated)) else []
    facts += [f"dropped {file}" for file in treated.files.values()]
    reason = " ".join(treated.reason.split())
    shown = reason if len(reason) <= _LONGEST else f"{reason[:_LONGEST]}..."
    return f"{named}; {'; '.join([*facts, shown])}"


def _mailbox_name(one: "Judged") -> str:
    from deskpost.inbound.mailboxes import Mailbox

    return Mailbox.every.values_list("name", flat=True).get(pk=one.mail.mailbox_id)


def _record_name(treated: "Treated") -> str | None:
    from deskpost.desk import delimiters
    from deskpost.desk.records import Record

    if treated.record_id is not None and treated.record_id < 0:
        return None
    record = Record.objects.filter(pk=treated.record_id).first() if treated.record_id else None
    return delimiters.name_of(record) if record else None


def _account_name(treated: "Treated") -> str | None:
    from deskpost.desk.accounts import Account

    return Account.objects.filter(pk=treated.account_id or 0).values_list("name", flat=True).first()


def _change(before: str, after: str) -> str:
    return (
        f"{before} -> {after}"
        if before != after
        else f"{after} -> {after} with other files, account or place"
    )


def _summary(counts: Counter[str]) -> str:
    judged, differ = counts["judged"], counts["differ"]
    if not judged:
        return "No mail has been processed yet, so there is nothing to rehearse.\n"
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items()) if " -> " in kind)
    words = f"{judged} mails judged, {differ} would be treated otherwise{f': {kinds}' if kinds else ''}.\n"
    if counts["already"]:
        words += (
            f"{counts['already']} more would be treated otherwise today without this file, too: "
            "to see them, leave out the file.\n"
        )
    if counts["unknown"]:
        words += (
            f"{counts['unknown']} name requests that would not have been opened: "
            "whether these mails would have been written is not known.\n"
        )
    return words


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {of} mails judged ")
        sys.stderr.flush()


def _end_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
