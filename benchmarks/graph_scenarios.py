"""The seed page's three load scenarios: mails in by Microsoft Graph, and three notifications for each out by it.

    .venv/bin/python benchmarks/graph_scenarios.py [--scale 4] [--scenarios 1 2 3] [--workers 2] [--mails N]
        [--overflow]

Real processes: `deskpost sandbox serve` as Graph, where each request to send takes 2 to 3 s and four at a time are
let in, and `deskpost worker`s. The mailbox that mails come in by is in a sandbox that answers at once, for the seed
counts from the creation of a request. Time runs `--scale` times faster than life, in scenario 1 five times that and in
scenario 2 a quarter; all figures are those of life, so what Deskpost itself takes counts that many times. A person's
reply is written every 20 s all the while, and one was sent before the rush, as at a desk at work. Where there is a
target, the line says whether it is reached.

A mail's delay is from its row in the outbox to the answer that it was taken, the request of 2 to 3 s included. "Least
possible" is what four lanes would reach that never idle and take 2.5 s for each of the same mails at the same times;
"past their own turn" is how much later than by such lanes each was done, with the time that each request really took;
the time of one request more is allowed.

With `--overflow` notifications leave by SMTP as well (Postfix's smtp-sink) while the queue takes over 15 s.
"""

import argparse
import contextlib
import heapq
import itertools
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import requests

from deskpost.data_folder import DataFolder
from deskpost.postgres import embedded

DESK, CUSTOMER = "help@msp.example", "ute@acme.example"
CLIENTS = {"in": "11111111-0000-4000-8000-00000000000a", "out": "11111111-0000-4000-8000-00000000000b"}
SERVICE = (2.0, 3.0)  # seconds of a request
LANES = 4
IMAGES = (3, 3, 4)  # inline images: ten in every three mails
PIXELS = bytes(range(256)) * 32
REPLY_EVERY = 20.0  # seconds
OVERFLOW = 15.0  # seconds of the queue over which notifications leave by SMTP as well
LONGEST = 1_800.0  # seconds after the last mail that came in


@dataclass(frozen=True, slots=True)
class Scenario:
    """How many mails come in over how many seconds, and what the seed's product reached."""

    mails: int
    seconds: float
    scale: float  # of this scenario beside that of the others
    seed: str


SCENARIOS = {
    1: Scenario(600, 3_600.0, 5.0, "2~3 s on average, without any delays"),
    2: Scenario(100, 60.0, 0.25, "~3 s on average, without much delay"),
    3: Scenario(200, 60.0, 1.0, "8~9 s on average, at most 10 min"),
}


@dataclass
class Sandbox:
    """A sandbox process, and its admin API."""

    at: dict[str, str]

    def admin(self, method: str, path: str, **more: Any) -> Any:
        """Call the admin API."""
        token = {"Authorization": f"Bearer {self.at['admin_token']}"}
        answer = requests.request(
            method, self.at["admin"] + path, headers=token, verify=self.at["ca_file"], timeout=30, **more
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def token(self, side: str) -> str:
        """Register the application of one side, and give its token for the desk's mailbox."""
        self.admin("POST", "/mailboxes", json={"address": DESK, "name": "Help Desk", "password": "x"})
        self.admin("POST", "/clients", json={"client_id": CLIENTS[side], "client_secret": "x"})
        scope = "https://graph.microsoft.com/Mail.ReadWrite https://graph.microsoft.com/Mail.Send"
        asked = {"client_id": CLIENTS[side], "mailbox": DESK, "scope": scope, "expires_in": 86_400}
        return str(self.admin("POST", "/tokens", json=asked)["access_token"])


@contextlib.contextmanager
def process(*words: str, ready: bool = False) -> Iterator[str]:
    """Run a command of Deskpost until the block ends; give its first line when it prints one."""
    command = [sys.executable, "-P", "-m", "deskpost", *words]
    out = subprocess.PIPE if ready else subprocess.DEVNULL
    with subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, text=True) as started:
        try:
            yield started.stdout.readline() if started.stdout else ""
        finally:
            started.terminate()
            started.wait(30)


@contextlib.contextmanager
def sandbox(scale: float) -> Iterator[Sandbox]:
    """Run a sandbox until the block ends."""
    with process("sandbox", "serve", "--json", "--time-scale", str(scale), ready=True) as told:
        yield Sandbox(json.loads(told))


def set_up(coming: Sandbox, going: Sandbox) -> tuple[int, int]:
    """Make the desk: a mailbox, a server, whom a new request is told to. Give the ids of mailbox and server."""
    from django.utils import timezone

    from deskpost.desk.accounts import Account, Domain
    from deskpost.desk.fields import Group
    from deskpost.desk.installation import Instance, InstanceAlert
    from deskpost.desk.people import Person, PersonAddress, fold
    from deskpost.desk.roles import Grant, Role
    from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState
    from deskpost.outbound.servers import OutgoingServer, ServerConsent

    instance = Instance.objects.get()
    account = Account.objects.create(name="Acme")
    Domain.objects.create(account=account, name="acme.example")
    people = []
    for name in ("Ann", "Bob"):
        person = Person.objects.create(name=name, account=account, technician=True)
        address = f"{name.lower()}@msp.example"
        PersonAddress.objects.create(
            account=account, person=person, address=address, key=fold(address), primary=True
        )
        Grant.objects.create(person=person, role=Role.objects.get(name="SDTechnician"))
        people.append(person)
    group = Group.objects.create(name="Hardware")
    people[1].work_groups.add(group)
    InstanceAlert.objects.create(instance=instance, person=people[0])

    def columns(of: Sandbox, side: str) -> dict[str, Any]:
        return {
            "protocol": "graph",
            "authentication": "oauth",
            "server": "",
            "port": 443,
            "tls": "implicit",
            "ca_file": of.at["ca_file"],
            "graph_endpoint": of.at["graph"],
            "username": DESK,
            "client_id": CLIENTS[side],
            "client_secret": "x",
        }

    def tokens(of: Sandbox, side: str) -> dict[str, Any]:
        ends = timezone.now() + timedelta(days=1)
        return {"access_token": of.token(side), "refresh_token": "x", "expires_at": ends}

    mailbox = Mailbox.objects.create(
        name="Help",
        instance=instance,
        addresses=[DESK],
        fetching=True,
        default_group=group,
        **columns(coming, "in"),
    )
    MailboxState.objects.get_or_create(mailbox=mailbox)
    MailboxConsent.objects.create(mailbox=mailbox, **tokens(coming, "in"))
    server = OutgoingServer.objects.create(
        name="Main", instance=instance, reply_to=DESK, connections=LANES, **columns(going, "out")
    )
    ServerConsent.objects.create(server=server, **tokens(going, "out"))
    return mailbox.pk, server.pk


def set_up_overflow(server_id: int, port: int, scale: float) -> None:
    """Let the server's notifications leave by SMTP too, when its queue takes too long."""
    from deskpost.outbound.servers import OutgoingServer, OutgoingServerState

    relay = OutgoingServer.objects.create(
        name="Relay", server="127.0.0.1", port=port, tls="none", reply_to=DESK
    )
    limit = max(1, round(OVERFLOW / scale))
    OutgoingServer.objects.filter(pk=server_id).update(overflow_to=relay, overflow_after_s=limit)
    OutgoingServerState.objects.update_or_create(
        server_id=server_id, defaults={"seconds_a_mail": sum(SERVICE) / 2 / scale}
    )


@contextlib.contextmanager
def smtp_sink() -> Iterator[int]:
    """Run a server that takes every mail until the block ends; give its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    command = [shutil.which("smtp-sink") or "/usr/sbin/smtp-sink", *user, f"127.0.0.1:{port}", "100"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as started:
        try:
            until(lambda: _answers(port), 10)
            yield port
        finally:
            started.terminate()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def mail(number: int) -> bytes:
    """Give a customer's mail with its inline images."""
    message = EmailMessage()
    message["From"], message["To"] = (
        f"Ute {number} <ute{number}@acme.example>",
        DESK,
    )  # receipts to one are limited
    message["Subject"] = f"Printer {number} is on fire"
    message["Message-ID"] = f"<{time.monotonic_ns()}.{number}@acme.example>"
    images = range(IMAGES[number % len(IMAGES)])
    message.set_content("It burns.")
    shown = "".join(f'<img src="cid:{one}.{number}@acme.example">' for one in images)
    message.add_alternative(f"<p>It burns.</p>{shown}", subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    for one in images:
        html.add_related(PIXELS, "image", "png", cid=f"<{one}.{number}@acme.example>")  # type: ignore[union-attr]
    return message.as_bytes()


def write_reply(server_id: int) -> None:
    """Put a person's reply into the outbox."""
    from django.db import transaction

    from deskpost.outbound.newmail import NewMail, write

    with transaction.atomic():
        write(
            [
                NewMail(
                    server_id=server_id, account_id=None, record_id=None, conversation_id=None, event="reply",
                    sending_class=2, state="queued", author_id=None, sender_name="Bob", sender_address=DESK,
                    reply_to="", to=[["Ute Brandt", CUSTOMER]], cc=[], subject="Re: Printer", text="Put it out.",
                    in_reply_to=None, references=[], automatic=False, answers=None, reason="",
                )
            ]
        )  # fmt: skip


def run(number: int, scale: float, workers: int, mails: int | None, overflow: bool) -> None:
    """Run one scenario and print what came of it."""
    scenario = SCENARIOS[number]
    scale *= scenario.scale
    wanted = mails or scenario.mails
    seconds = scenario.seconds * wanted / scenario.mails
    with contextlib.ExitStack() as stack:
        coming, going = stack.enter_context(sandbox(scale)), stack.enter_context(sandbox(scale))
        mailbox_id, server_id = set_up(coming, going)
        going.admin("PUT", "/limits", json={"service_time": list(SERVICE), "concurrent": LANES})
        if overflow:
            set_up_overflow(server_id, stack.enter_context(smtp_sink()), scale)
        longest = max(LONGEST / scale, 120.0)
        for _ in range(workers):
            stack.enter_context(process("worker"))
        began, replies = feed(
            coming, mailbox_id, server_id, wanted, seconds / scale, REPLY_EVERY / scale, longest
        )
        wait_until_sent(server_id, began, 3 * wanted + replies, longest)
        tell(number, scenario, scale, wanted, seconds, going, began, server_id)


def feed(
    coming: Sandbox,
    mailbox_id: int,
    server_id: int,
    mails: int,
    seconds: float,
    reply_every: float,
    longest: float,
) -> tuple[datetime, int]:
    """Deliver mails evenly over so many seconds, and write replies until all are out. Give when, and how many."""
    from django.utils import timezone

    from deskpost import wake
    from deskpost.inbound.mailboxes import MailboxState
    from deskpost.outbound.outbox import OutboxMail

    wake.fetching(mailbox_id)
    until(lambda: MailboxState.objects.filter(mailbox=mailbox_id, last_fetch_at__isnull=False).exists(), 120)
    write_reply(server_id)  # a desk at work: its server took a mail before the rush
    until(lambda: OutboxMail.objects.filter(server=server_id, state="sent").exists(), 120)
    began, start, replies, delivered = timezone.now(), time.monotonic(), 0, 0
    while True:
        passed = time.monotonic() - start
        while delivered < mails and passed >= delivered * seconds / mails:
            coming.admin("POST", f"/mailboxes/{DESK}/messages", data=mail(delivered))
            delivered += 1
        wake.fetching(mailbox_id)
        if passed >= (replies + 0.5) * reply_every:
            write_reply(server_id)
            replies += 1
        notices = OutboxMail.objects.filter(created_at__gte=began, sending_class=3)
        left = notices.exclude(state="sent").count()
        if delivered == mails and notices.count() >= 3 * mails and left <= 2 * LANES:
            return began, replies
        assert passed < seconds + longest, (
            f"{notices.count()} notifications are written, {left} of them not sent"
        )
        time.sleep(0.05)


def wait_until_sent(server_id: int, began: datetime, count: int, longest: float) -> None:
    """Wait until all is sent."""
    from deskpost.outbound.outbox import OutboxMail

    sent = OutboxMail.objects.filter(server=server_id, created_at__gte=began, state="sent")
    until(lambda: sent.count() >= count, longest)


def until(true: Any, seconds: float) -> None:
    """Wait for something to become true."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come true in time"
        time.sleep(0.05)


def least(created: Sequence[float], services: Iterable[float]) -> list[float]:
    """Give the delay of each of these mails, in order, with lanes that never idle; requests take so long."""
    free = [0.0] * LANES
    delays = []
    for at, service in zip(created, services, strict=False):
        ends = max(at, heapq.heappop(free)) + service
        heapq.heappush(free, ends)
        delays.append(ends - at)
    return delays


def spread(delays: Sequence[float]) -> str:
    """Give median, 95th of a hundred, and longest, in seconds."""
    ordered = sorted(delays)
    at_95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"median {statistics.median(ordered):6.1f}   p95 {at_95:6.1f}   longest {ordered[-1]:6.1f}"


def judged(found: float, target: float, words: str = "") -> str:
    """Say whether a target is reached."""
    return f"   (target {words or f'{target:g} s'}: {'reached' if found <= target else 'missed'})"


def tell(
    number: int, scenario: Scenario, scale: float, mails: int, seconds: float, going: Sandbox, began: datetime,
    server_id: int,
) -> None:  # fmt: skip
    """Print what came of a scenario."""
    from deskpost.outbound.outbox import OutboxMail

    rows = OutboxMail.objects.filter(server=server_id, created_at__gte=began, state="sent").order_by(
        "created_at"
    )
    found = [
        (
            one.sending_class,
            *((at - began).total_seconds() * scale for at in (one.created_at, one.done_at) if at),
        )
        for one in rows
    ]
    notices = [(made, done) for kind, made, done in found if kind > 2]
    replies = [done - made for kind, made, done in found if kind <= 2]
    every = going.admin("GET", "/requests")
    asked = [one for one in every if one["path"].endswith("/sendMail")][1:]  # the first was before the rush
    service = sum(SERVICE) / 2
    whole = max(done for _, done in notices) - min(made for made, _ in notices)
    best = least([made for _, made, _ in found], itertools.repeat(service))
    ideal = max(made + delay for (_, made, _), delay in zip(found, best, strict=True)) - notices[0][0]
    images = sum(IMAGES[one % len(IMAGES)] for one in range(mails))
    print(
        f"Scenario {number}, {scale:g} times faster than life: {mails} mails in over {seconds:.0f} s with {images} "
        f"inline images, {len(notices)} notifications and {len(replies)} replies were sent"
    )
    waited = [done - made for made, done in notices]
    by_smtp = rows.exclude(overflow_by=None).count()
    print(f"  the seed's product   {scenario.seed}")
    print(f"  notifications        {spread(waited)} s{judged(max(waited), 30.0) if by_smtp else ''}")
    print(f"  least possible       {spread(best)} s")
    print(f"  people's replies     {spread(replies)} s{judged(max(replies), 10.0)}"
          if replies else "  people's replies     none")  # fmt: skip
    if number != 3:
        took = [one["ms"] / 1000 * scale for one in asked] + [service] * len(found)
        turn = least([made for _, made, _ in found], took)
        turns = sorted(made + delay for (_, made, _), delay in zip(found, turn, strict=True))
        past = [at - turn for at, turn in zip(sorted(done for _, _, done in found), turns, strict=True)]
        print(f"  past their own turn  {spread(past)} s{judged(max(past), SERVICE[1])}")
    target = judged(whole / ideal, 1.05, "5 % over") if number == 3 and not by_smtp else ""
    print(
        f"  the whole            {whole:.0f} s, least possible {ideal:.0f} s, {whole / ideal - 1:+.1%}{target}"
    )
    if by_smtp:
        print(f"  overflow             {by_smtp} notifications left by SMTP")
    refused = sum(one["status"] == 429 for one in asked)
    print(f"  requests to send     {len(asked)}, at most {max(one['concurrent'] for one in asked)} at a time, "
          f"{refused} refused, {statistics.mean(one['ms'] for one in asked) / 1000 * scale:.2f} s each; "
          f"{len(every) - len(asked) - 1} others", flush=True)  # fmt: skip


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=4.0)
    parser.add_argument("--scenarios", type=int, nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--mails", type=int, help="instead of the seed's number, at the seed's rate")
    parser.add_argument("--overflow", action="store_true")
    options = parser.parse_args()
    if len(options.scenarios) > 1:  # each with a database, workers and sandboxes of its own
        for number in options.scenarios:
            words = ["--scale", str(options.scale), "--workers", str(options.workers)]
            words += ["--overflow"] if options.overflow else []
            words += ["--mails", str(options.mails)] if options.mails else []
            subprocess.run([sys.executable, __file__, "--scenarios", str(number), *words], check=True)
        return
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="deskpost-bench-"))
        os.environ.update(DESKPOST_DATA=f"{folder}/data", DJANGO_SETTINGS_MODULE="deskpost.settings")
        os.environ.pop("DESKPOST_DATABASE_URL", None)
        os.environ["DESKPOST_DATABASE_URL"] = stack.enter_context(embedded(DataFolder(f"{folder}/data")))
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        stack.callback(connections.close_all)
        run(options.scenarios[0], options.scale, options.workers, options.mails, options.overflow)


if __name__ == "__main__":
    main()
