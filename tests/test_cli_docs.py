"""What the handbook shows of commands and settings is tried."""

import re
from pathlib import Path

import pytest
import yaml

from deskpost import settings_file
from deskpost.desk.events import EVENTS
from deskpost.transports.microsoft import basic_ending, basic_refused
from tests.command_line import deskpost

DOCS = Path(__file__).parents[1] / "docs"
SHOWN = sorted(
    {
        line.partition("#")[0].strip()
        for page in ("command-line.md", "settings-as-code.md")
        for block in re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
        for line in block.splitlines()
        if line.startswith("deskpost ")
    }
)


@pytest.mark.parametrize("line", SHOWN)
def test_a_command_that_the_handbook_shows_exists_with_its_options(line):
    words = line.split()[1:]
    name = words[:2] if words[0] in ("settings", "sandbox") else words[:1]
    known = deskpost(*name, "--help")
    assert known.code == 0
    for option in (word for word in words if word.startswith("--")):
        assert option in known.out, f"{option} of {line}"


@pytest.mark.django_db
def test_the_example_of_the_handbook_can_be_applied(tmp_path, monkeypatch):
    monkeypatch.setenv("ANN_PASSWORD", "four horses and a staple")
    (example,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "settings-as-code.md").read_text(), re.DOTALL)
    file = tmp_path / "desk.yaml"
    file.write_text(example)
    applied = settings_file.apply(settings_file.read(file))
    assert applied.warnings == ()
    assert "mailboxes Help: created" in map(str, applied.changes)
    exported = yaml.safe_load(settings_file.export())
    shown = yaml.safe_load(example)
    assert exported.keys() == shown.keys(), "the example names every section there is"
    for section in ("mailboxes", "outgoing"):
        missing = (
            set(exported[section][0]) - set(shown[section][0]) - {"authentication", "verify_certificate"}
        )
        assert missing <= {"ca_file", "username", "password"}, missing


def test_the_handbook_names_every_event_and_every_host_of_microsoft():
    settings = (DOCS / "settings-as-code.md").read_text()
    assert all(f"`{event}`" in settings for event in EVENTS)
    hosts = re.findall(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", (DOCS / "microsoft-365.md").read_text())
    assert {host for host in hosts if basic_refused(host)} and {host for host in hosts if basic_ending(host)}
