"""`deskpost requests`, `show`, `outbox`, `mailboxes`, `trace`: looking things up."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from deskpost.commands.database import database
from deskpost.commands.options import Data, Json
from deskpost.commands.output import is_utf_8, print_json, print_json_list, print_table, write
from deskpost.commands.stop import Stop
from deskpost.desk.modules import MODULES

Last = Annotated[int | None, typer.Option("--last", metavar="N", min=1, help="The newest N alone.")]
SHOWN = 50  # by default, to people


def requests(
    account: Annotated[
        str | None, typer.Option("--account", metavar="A", help="Of this account alone.")
    ] = None,
    module: Annotated[
        str, typer.Option("--module", metavar="CODE", help="Records of this module, such as TA for tasks.")
    ] = "RE",
    last: Last = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """List requests, or the records of another module, the newest first; 50 of them, with --json all."""
    with database(data):
        from deskpost.desk import delimiters, describe
        from deskpost.desk.accounts import Account
        from deskpost.desk.records import Record

        named = delimiters.module_of(module.upper()) if is_utf_8(module) else None
        if named is None:
            codes = ", ".join(delimiters.current()[code] for code in MODULES)
            raise Stop(f"There is no module with the code {module}. To do: give one of {codes}.")
        records = Record.objects.filter(module=named, deleted_at=None).order_by("-number")
        if account is not None:
            if not (is_utf_8(account) and Account.objects.filter(name=account).exists()):
                raise Stop(
                    f"There is no account with the name {account}. To do: see deskpost settings export."
                )
            records = records.filter(account__name=account)
        if json:
            print_json_list(describe.requests_json(records[:last]))
            return
        print_table(
            (MODULES[named].name, "Status", "Account", "Requester", "Technician", "Subject"),
            (
                (
                    one["id"],
                    one["status"],
                    one["account"],
                    one["requester"]["address"] or one["requester"]["name"],
                    one["technician"]["name"] if one["technician"] else "",
                    one["subject"][:80],
                )
                for one in describe.requests_json(records[: last or SHOWN])
            ),
        )


def show(
    name: Annotated[str, typer.Argument(metavar="RE-123")], data: Data = None, json: Json = False
) -> None:
    """Show one request, or a record such as TA-5, with its conversations and its history."""
    with database(data):
        from deskpost.desk import describe

        record = describe.find(name)
        if record is None:
            raise Stop(_no_such_record(name))
        shown = describe.show_json(record)
        if json:
            print_json(shown)
        else:
            write(describe.as_text(shown))


def _no_such_record(name: str) -> str:
    if not name.strip():
        return "The number of the request to show is empty. To do: give one such as RE-123; see deskpost requests."
    return f"There is nothing with the number {name}. To do: give one such as RE-123; see deskpost requests."


def outbox(
    last: Last = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """List outgoing mails and their states, the newest first; 50 of them, with --json all."""
    with database(data):
        from deskpost.outbound import describe

        mails = describe.outbox_json(last if json else last or SHOWN)
        if json:
            print_json_list(mails)
            return
        print_table(
            ("State", "Class", "Server", "To", "Record", "Event", "Tries", "Subject", "Reason"),
            (
                (
                    one["state"],
                    one["class"],
                    one["server"] or "none",
                    ", ".join(one["to"])[:60],
                    one["record"] or "",
                    one["event"],
                    len(one["attempts"]),
                    one["subject"][:60],
                    one["reason"] or _last_try(one),
                )
                for one in mails
            ),
        )


def _last_try(mail: Mapping[str, Any]) -> str:
    """Give what the last try of a mail that still waits came to."""
    tries = mail["attempts"] if mail["state"] in ("queued", "sending") else []
    return str(tries[-1]["result"]) if tries else ""


def mailboxes(
    first_fetch: Annotated[
        bool,
        typer.Option(
            "--first-fetch", help="Count at the servers what first fetches would take, changing nothing."
        ),
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """List mailboxes and how each fares."""
    with database(data):
        from deskpost.inbound import describe

        described = describe.mailboxes_json()
        if first_fetch:
            counted = describe.first_fetches_json()
            if json:
                print_json_list([{**one, "first_fetch": counted[one["name"]]} for one in described])
            else:
                print_table(
                    ("Mailbox", "First fetch", "Takes", "There now", "Reason"), _first_fetches(counted)
                )
            return
        if json:
            print_json_list(described)
            return
        print_table(
            (
                "Mailbox",
                "Protocol",
                "State",
                "Last fetch",
                "Backlog",
                "Error mails",
                "New in junk",
                "Failures",
                "Reason",
            ),
            (
                (
                    one["name"],
                    one["protocol"],
                    one["state"],
                    one["last_fetch"] or "never",
                    "unknown" if one["backlog"] is None else one["backlog"],
                    one["error_mails"],
                    "unknown" if one["junk_new"] is None else one["junk_new"],
                    one["consecutive_failures"],
                    one["reason"] or "",
                )
                for one in described
            ),
        )


def _first_fetches(counted: Mapping[str, Mapping[str, Any] | None]) -> Iterator[tuple[object, ...]]:
    """Give a row for each mailbox. Where the server could not be asked the reason says why."""
    for name, one in counted.items():
        if one is None:
            yield name, "was made", "", "", ""
        else:
            takes, there = ("unknown" if one[key] is None else one[key] for key in ("takes", "there"))
            yield name, one["choice"], takes, there, one["reason"] or ""


def trace(
    message_id: Annotated[str, typer.Argument(metavar="MESSAGE-ID")], data: Data = None, json: Json = False
) -> None:
    """Show the way of one mail: each step, what it decided and why."""
    with database(data):
        from deskpost.inbound import trace as traces

        named = traces.find(message_id) if is_utf_8(message_id) else []
        found = [traces.as_json(mail_id) for mail_id in named]
    if not found:
        raise Stop(
            f"No mail with the Message-ID {message_id} has been processed. To do: see that it is spelled as in "
            "the mail, in quotes for the shell; while it waits to be processed it is not found here."
        )
    for one in found:
        if json:
            print_json(one)
            continue
        outcome = one["outcome"] or {"kind": "waiting", "record": None, "reason": "not processed yet"}
        record = f" {outcome['record']}" if outcome["record"] else ""
        write(f"{one['message_id']} in {one['mailbox']}: {outcome['kind']}{record}, {outcome['reason']}\n")
        print_table(
            ("Step", "Verdict", "Reason", "ms"),
            (
                (step["step"], step["verdict"], f"{step['reason']}{_judged_by(step)}", f"{step['ms']:.2f}")
                for step in one["steps"]
            ),
        )


def _judged_by(step: Mapping[str, Any]) -> str:
    """Give the setting by which a step judged, with what it said then; a mail of ours stands in the reason."""
    from deskpost.desk.settings_words import FIELDS, KINDS

    by = step.get("by")
    if by is None or by["kind"] not in KINDS:
        return ""
    name = f" “{by['name']}”" if by["name"] else ""
    field = f", {FIELDS.get(by['column'], by['column'])}" if "column" in by else ""
    return f" ({KINDS[by['kind']]}{name}{field}: {by['value']})"
