"""PostgreSQL is killed again and again while Deskpost starts: it starts all the same."""

import random
import time

from tests.command_line import deskpost as command
from tests.command_line import eventually
from tests.soak.killing import environment_of_its_own, running

KILLS = 4


def test_deskpost_starts_though_postgresql_dies_meanwhile(tmp_path):
    data = tmp_path / "data"
    draw = random.Random(1)
    assert command("migrate", "--data", data, DESKPOST_DATABASE_URL="").code == 0
    with running(data, environment_of_its_own(), tmp_path / "run.log") as deskpost:
        while deskpost.kills["postgres"] < KILLS:
            time.sleep(0.3)
            assert deskpost.process.poll() is None, deskpost.said()
            deskpost.kill("postgres", draw)
        eventually(deskpost.ask, 180)
        assert deskpost.process.poll() is None, deskpost.said()
