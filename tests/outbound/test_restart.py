"""The alternate server and a real `deskpost run`: what its supervisor restarts changes nothing, a new start does."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deskpost import wake
from deskpost.outbound import failover
from deskpost.outbound.failover import Process
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer
from tests.command_line import Running, eventually, free_port
from tests.outbound import builders as make
from tests.servers.postfix import Postfix

pytestmark = pytest.mark.usefixtures("database")


def started(log: Path) -> Running:
    """Start all of Deskpost on the test's database."""
    return Running("run", "--port", str(free_port()), "--workers", "1", log=log)


def worker_of(run: Running, besides: int = 0) -> psutil.Process:
    """Wait for the worker of a `deskpost run` to be among the living, and give it."""

    def find() -> psutil.Process | None:
        joined = Process.objects.exclude(pid=besides).values_list("pid", flat=True)
        children = psutil.Process(run.process.pid).children()
        return next((one for one in children if one.pid in joined and "worker" in one.cmdline()), None)

    found: psutil.Process = eventually(find)
    return found


def way_of_one_mail(server: OutgoingServer) -> str:
    """Let whoever works send one mail, and give the host:port that took it."""
    (mail,) = make.queue_mails(server, ["ute@client.example"])
    wake.sending(server.pk)
    eventually(lambda: OutboxMail.objects.get(pk=mail.pk).state == "sent")
    taken: str = mail.attempts.order_by("-at")[0].server
    return taken


@pytest.mark.requirement("R68")
def test_a_worker_that_is_restarted_stays_on_the_alternate_and_a_new_start_goes_back(
    postfix_pair: Callable[..., list[Postfix]], tmp_path: Path
) -> None:
    primary, alternate = postfix_pair()
    by_primary, by_alternate = (f"127.0.0.1:{one.no_login}" for one in (primary, alternate))
    server = make.server(primary.no_login, alternate_server=by_alternate)
    before = failover.current()
    with started(tmp_path / "first") as run:
        worker = worker_of(run)
        generation = failover.current()
        assert generation == before + 1, "the start is one generation, whoever of its parts joins"
        primary.kill()
        assert way_of_one_mail(server) == by_alternate
        primary.start()

        worker.kill()
        assert worker_of(run, besides=worker.pid).pid != worker.pid
        assert failover.current() == generation
        assert failover.is_on_alternate(server)
        assert way_of_one_mail(server) == by_alternate, "the primary is back, and not used"

        assert run.end() < 30
    with started(tmp_path / "second") as run:
        worker_of(run)
        assert failover.current() == generation + 1
        assert way_of_one_mail(server) == by_primary
        run.end()
