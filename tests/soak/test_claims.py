"""What a worker has claimed stays claimed when PostgreSQL is killed: nobody else sends it meanwhile."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak.killing import environment_of_its_own

ROOT = Path(__file__).parent.parent.parent
CLAIM_AND_KILL = """
import contextlib, os, sys, time, psutil, psycopg
from pathlib import Path
from benchmarks.send import fill_outbox, make_server
from deskpost.data_folder import DataFolder
from deskpost.postgres import embedded

folder = DataFolder(sys.argv[1])
with embedded(folder) as url:
    os.environ["DESKPOST_DATABASE_URL"] = url
    server_id = make_server(25, 1)
    from deskpost.outbound import queue
    fill_outbox(server_id, 20)
    time.sleep(1)  # PostgreSQL writes by itself what was committed up to here
    claimed = queue.claim(server_id, "somebody", 20)
    number = Path(folder.path, "postgres", "postmaster.pid").read_text().split()[0]
    postgres = psutil.Process(int(number))
    for process in [postgres, *postgres.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # children end by themselves without the first
            process.kill()
    for _ in range(200):
        try:
            with psycopg.connect(url) as database:
                print(len(claimed), database.execute(
                    "SELECT count(*) FROM outbox_mail WHERE state = 'sending' AND lease_owner = 'somebody'"
                ).fetchone()[0])
            break
        except psycopg.OperationalError:
            time.sleep(0.1)
"""


@pytest.mark.long
def test_a_claim_outlives_a_killed_database(tmp_path):
    environment = environment_of_its_own()
    environment |= {"DJANGO_SETTINGS_MODULE": "deskpost.settings", "DESKPOST_DATA": str(tmp_path / "data")}
    ran = subprocess.run(
        [sys.executable, "-c", CLAIM_AND_KILL, tmp_path / "data"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.stdout.split() == ["20", "20"], ran.stdout + ran.stderr
