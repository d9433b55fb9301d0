"""Microsoft's own client of Graph, msgraph-sdk, unchanged, against the sandbox under the real host names."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.servers.started import STARTED

from .cloud_world import HELP, ROBOT, SALES, world
from .graph_world import mail

pytestmark = pytest.mark.long

_FOLDER = Path(__file__).parents[3] / "build" / "msgraph"  # where `make soak` installs it


def test_msgraph_sdk_lists_follows_delta_asks_a_batch_and_sends(tmp_path: Path) -> None:
    if not (_FOLDER / "installed").is_file():
        pytest.skip("msgraph-sdk is not installed in build/msgraph (make soak does it)")
    with world(tmp_path) as there:
        box, sales = (there.cloud.store.mailbox(address) for address in (HELP, SALES))
        assert box is not None and sales is not None
        raws = [mail(f"Number {number}", to=HELP) for number in range(5)]
        for raw in raws:
            there.cloud.store.deliver(box, raw)
        told = _told(there.at.proxy, there.at.ca_file, there.cloud.tenant)
        [sent] = sales.in_folder(sales.folder("inbox").id)
    assert told == {
        "listed": [f"Number {number}" for number in range(5)],
        "content": raws[0].decode(),
        "delta": [f"Number {number}" for number in range(5)],
        "changed": [[True, True, False], [False, None, True]],
        "unchanged": 0,
        "batch": {"0": 200, "1": 200, "2": 404},
        "of_batch": raws[2].decode(),
    }
    assert sent.message["Subject"] == "Maintenance tonight"
    STARTED["msgraph-sdk"] += 1


def _told(proxy: str, ca_file: str, tenant: str) -> dict[str, object]:
    """Let the client run in its own virtual environment, the proxy and the certificates told by its environment."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HTTPS_PROXY": proxy,
        "SSL_CERT_FILE": ca_file,
        "REQUESTS_CA_BUNDLE": ca_file,
    }
    script = Path(__file__).parent / "msgraph_client.py"
    command = [_FOLDER / "bin/python", script, tenant, ROBOT, "robot's", HELP, SALES]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    return dict(json.loads(done.stdout))
