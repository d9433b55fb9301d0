"""How fast the outbox leaves: one worker to a local Postfix, beside smtp-source in the same run.

    .venv/bin/python benchmarks/send.py [--mails 2000] [--connections 10] [--rounds 5]

smtp-source (Debian's postfix package) sends mails of the same size over as many connections, which it keeps open, to
the same Postfix, which throws them away. Deskpost's figure includes all bookkeeping: claims under leases, composing,
every answer and attempt noted. The two take turns; quote the median of the rounds' ratios: machines are noisy.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import psycopg
from tests.servers.certificates import CertificateAuthority
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.started import program

from deskpost.data_folder import DataFolder
from deskpost.postgres import embedded

TEXT = "Hello,\n\nwe have your mail and made it request RE-1. Answer this mail to add to it.\n" * 6


def smtp_source(port: int, mails: int, connections: int, size: int) -> float:
    """Give the seconds that smtp-source takes."""
    command = [program("smtp-source") or "smtp-source", "-d", "-s", str(connections), "-m", str(mails)]
    command += ["-l", str(size), "-f", "help@desk.example", "-t", "ute@acme.example", f"127.0.0.1:{port}"]
    started = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - started


def fill_outbox(server_id: int, mails: int) -> int:
    """Queue notifications of as many requests, and give the size of one as it is sent."""
    from django.db import transaction

    from deskpost.bulk import draw_numbers
    from deskpost.desk.accounts import Account
    from deskpost.desk.fields import Status
    from deskpost.desk.installation import Instance
    from deskpost.desk.records import Record
    from deskpost.outbound.newmail import NewMail, write

    account, instance, status = Account.objects.get(), Instance.objects.get(), Status.objects.first()
    records = Record.objects.bulk_create(
        Record(number=number, instance=instance, account=account, subject="Printer", status=status)
        for number in draw_numbers("record_number_re", mails)
    )
    with transaction.atomic():
        write(
            [
                NewMail(
                    server_id=server_id,
                    account_id=account.pk,
                    record_id=record.pk,
                    conversation_id=None,
                    event="request_received",
                    sending_class=3,
                    state="queued",
                    author_id=None,
                    sender_name="Help Desk",
                    sender_address="help@desk.example",
                    reply_to="",
                    to=[["Ute Brandt", "ute@acme.example"]],
                    cc=[],
                    subject=f"##RE-{record.number}## Printer on fire",
                    text=TEXT,
                    in_reply_to=f"<{record.number}@acme.example>",
                    references=[f"<{record.number}@acme.example>"],
                    automatic=True,
                    answers="ute@acme.example",
                    reason="",
                )
                for record in records
            ]
        )
    return composed_size()


def composed_size() -> int:
    """Give the bytes of a mail of this benchmark."""
    from deskpost.outbound import letter, queue
    from deskpost.outbound.outbox import OutboxMail

    (mail,) = queue.claim(OutboxMail.objects.latest("pk").server_id or 0, "benchmark", 1)
    queue.give_back("benchmark", [mail.id])
    return len(letter.envelope(mail, ("ute@acme.example",), "a" * 36).content)


def deskpost(server_id: int, mails: int) -> float:
    """Give the seconds that a worker takes to empty the outbox."""
    from deskpost.outbound.send import send_due

    started = time.perf_counter()
    result = send_due(server_id)
    took = time.perf_counter() - started
    assert result.sent == mails, result
    return took


def make_server(port: int, connections: int) -> int:
    """Migrate an empty database, and make an outgoing server."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from deskpost.desk.installation import Instance
    from deskpost.outbound.servers import OutgoingServer

    return OutgoingServer.objects.create(
        name="Main",
        instance=Instance.objects.get(),
        server="127.0.0.1",
        port=port,
        reply_to="help@desk.example",
        connections=connections,
    ).pk


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="deskpost-bench-"))
        os.environ.update(DESKPOST_DATA=f"{folder}/data", DJANGO_SETTINGS_MODULE="deskpost.settings")
        os.environ.pop("DESKPOST_DATABASE_URL", None)
        url = stack.enter_context(embedded(DataFolder(f"{folder}/data")))
        os.environ["DESKPOST_DATABASE_URL"] = url
        authority = stack.enter_context(contextlib.closing(CertificateAuthority()))
        dovecot = stack.enter_context(Dovecot(authority))
        postfix = stack.enter_context(Postfix(authority, dovecot, discard=True))
        server_id = make_server(postfix.no_login, options.connections)
        source: list[float] = []
        ours: list[float] = []
        ratios: list[float] = []
        for _ in range(options.rounds):
            size = fill_outbox(server_id, options.mails)
            with psycopg.connect(url, autocommit=True) as database:
                database.execute("VACUUM ANALYZE")
            source.append(
                options.mails / smtp_source(postfix.no_login, options.mails, options.connections, size)
            )
            wait_until_empty(postfix)
            ours.append(options.mails / deskpost(server_id, options.mails))
            wait_until_empty(postfix)
            ratios.append(ours[-1] / source[-1])
            print(
                f"smtp-source {source[-1]:6.0f}   Deskpost {ours[-1]:6.0f} mails/s   {ratios[-1]:.0%}",
                flush=True,
            )
        left, right, ratio = map(statistics.median, (source, ours, ratios))
        print(f"{options.mails} mails of {size} bytes, {options.connections} connections, medians:")
        print(
            f"smtp-source {left:6.0f} mails/s\nDeskpost    {right:6.0f} mails/s   {ratio:.0%} of smtp-source"
        )


def wait_until_empty(postfix: Postfix) -> None:
    """Wait until Postfix has thrown away what it took, so that the next run has the machine for itself."""
    queue = postfix.folder / "queue"
    for _ in range(300):
        if not any(any((queue / name).rglob("*")) for name in ("incoming", "active", "maildrop")):
            break
        time.sleep(0.1)


if __name__ == "__main__":
    main()
