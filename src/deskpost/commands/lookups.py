"""`deskpost requests`, `show`, `outbox`, `mailboxes`, `trace`: looking things up."""

from typing import Annotated

import typer

from deskpost.commands.database import database
from deskpost.commands.options import Data, Json
from deskpost.commands.output import print_json, print_json_list, print_table, write
from deskpost.commands.stop import Stop

Last = Annotated[int | None, typer.Option("--last", metavar="N", min=1, help="The newest N alone.")]
SHOWN = 50  # by default, to people


def requests(
    account: Annotated[
        str | None, typer.Option("--account", metavar="A", help="Of this account alone.")
    ] = None,
    last: Last = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """List requests, the newest first; 50 of them, with --json all."""
    with database(data):
        from deskpost.desk import describe
        from deskpost.desk.accounts import Account
        from deskpost.desk.records import Record

        records = Record.objects.filter(module="RE", deleted_at=None).order_by("-number")
        if account is not None:
            if not Account.objects.filter(name=account).exists():
                raise Stop(
                    f"There is no account with the name {account}. To do: see deskpost settings export."
                )
            records = records.filter(account__name=account)
        if json:
            print_json_list(describe.requests_json(records[:last]))
            return
        print_table(
            ("Request", "Status", "Account", "Requester", "Technician", "Subject"),
            (
                (
                    one["id"],
                    one["status"],
                    one["account"],
                    one["requester"]["address"],
                    one["technician"]["name"] if one["technician"] else "",
                    one["subject"][:80],
                )
                for one in describe.requests_json(records[: last or SHOWN])
            ),
        )


def show(
    name: Annotated[str, typer.Argument(metavar="RE-123")], data: Data = None, json: Json = False
) -> None:
    """Show one request with its conversations and its history."""
    with database(data):
        from deskpost.desk import describe

        record = describe.find(name)
        if record is None:
            raise Stop(f"There is nothing with the number {name}. To do: see deskpost requests.")
        shown = describe.show_json(record)
        if json:
            print_json(shown)
        else:
            write(describe.as_text(shown))


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
            ("State", "Class", "Server", "To", "Record", "Event", "Tries", "Subject"),
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
                )
                for one in mails
            ),
        )


def mailboxes(data: Data = None, json: Json = False) -> None:
    """List mailboxes and how each fares."""
    with database(data):
        from deskpost.inbound import describe

        described = describe.mailboxes_json()
        if json:
            print_json_list(described)
            return
        print_table(
            ("Mailbox", "Protocol", "State", "Last fetch", "Backlog", "Error mails", "Failures", "Reason"),
            (
                (
                    one["name"],
                    one["protocol"],
                    one["state"],
                    one["last_fetch"] or "never",
                    "unknown" if one["backlog"] is None else one["backlog"],
                    one["error_mails"],
                    one["consecutive_failures"],
                    one["reason"] or "",
                )
                for one in described
            ),
        )


def trace(
    message_id: Annotated[str, typer.Argument(metavar="MESSAGE-ID")], data: Data = None, json: Json = False
) -> None:
    """Show the way of one mail: each step, what it decided and why."""
    with database(data):
        from deskpost.inbound import trace as traces

        found = [traces.as_json(mail_id) for mail_id in traces.find(message_id)]
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
            ((step["step"], step["verdict"], step["reason"], f"{step['ms']:.2f}") for step in one["steps"]),
        )
