"""From a fresh checkout to a running Deskpost: the commands of the Makefile, and the locks they go by."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo import demo_page
from tests.holder import IS_ROOT, NOBODY, as_nobody, open_folder, plain_python

CHECKOUT = Path(__file__).parent.parent
LOCKS = sorted((CHECKOUT / "requirements").glob("*.txt"))
_NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "build", "dist", "output"
)


@pytest.fixture(scope="module")
def fresh() -> Iterator[Path]:
    """A copy of the checkout that belongs to a plain user, with a home of its own."""
    with open_folder() as place:
        shutil.copytree(CHECKOUT, place / "deskpost", ignore=_NOT_COPIED)
        (place / "home").mkdir()
        if IS_ROOT:
            for item in (place, *place.rglob("*")):
                os.chown(item, NOBODY.pw_uid, NOBODY.pw_gid, follow_symlinks=False)
        yield place / "deskpost"


def bare(checkout: Path) -> dict[str, str]:
    """Give what a new user's shell has, and how this machine reaches its package registry."""
    kept = {name: value for name, value in os.environ.items() if re.match(r"(?i)pip_|ssl_|.*_proxy$", name)}
    return {
        **kept,
        "HOME": str(checkout.parent / "home"),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
    }


def make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in the copy as the plain user it belongs to."""
    command = [*as_nobody(), "make", "-C", str(checkout), f"PYTHON={plain_python()}", *arguments]
    return subprocess.run(command, env=bare(checkout), capture_output=True, text=True, check=False)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_pins_every_package_by_hash_and_names_no_registry(lock):
    text = lock.read_text()
    pins = re.findall(r"(?m)^\S.*$(?:\n +\S.*)*", re.sub(r"(?m)^#.*\n", "", text))
    assert len(pins) > 5
    assert not [pin for pin in pins if not re.match(r"[\w.-]+==\S+.*\\\n +--hash=sha256:[0-9a-f]{64}", pin)]
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host", text)


def test_the_locks_agree_with_each_other():
    pins: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version, where in re.findall(r"(?m)^([\w.-]+)==(\S+)( ;[^\\\n]*)?", lock.read_text()):
            pins.setdefault(name + where, set()).add(version)
    assert not {name: versions for name, versions in pins.items() if len(versions) > 1}


def test_a_plain_user_installs_it_with_one_command(fresh):
    done = make(fresh, "install")
    assert done.returncode == 0, done.stderr
    version = subprocess.run(
        [*as_nobody(), fresh / ".venv/bin/python", "-c", "import deskpost; print(deskpost.__file__)"],
        env=bare(fresh),
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    assert version.stdout.strip() == str(fresh / "src/deskpost/__init__.py")
    assert (fresh / ".venv/bin/deskpost").exists()
    again = make(fresh, "install")
    assert (again.returncode, again.stderr) == (0, "")
    assert "Installing" not in again.stdout


def test_a_plain_user_sees_the_demo_with_one_command_and_nothing_is_left_of_it(fresh):
    command = [*as_nobody(), "make", "-C", str(fresh), f"PYTHON={plain_python()}", "demo"]
    home = fresh.parent / "home"
    environment = {**bare(fresh), "TMPDIR": str(home)}
    with (
        demo_page(command, environment, through_make=True) as address,
        urllib.request.urlopen(address) as page,
    ):
        assert page.status == 200
        assert "Deskpost" in page.read().decode()
        assert [one.name for one in home.iterdir() if one.name.startswith("deskpost-demo-")] != []
    assert [one.name for one in home.iterdir() if one.name.startswith("deskpost-demo-")] == []


def test_a_python_that_is_too_old_is_told_of(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    command = [CHECKOUT / "tools/virtual-environment", old]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told.returncode == 1
    assert "needs Python 3.11 or newer" in told.stderr
    assert "To do: install Debian's package python3" in told.stderr


def test_a_python_without_venv_is_told_of(tmp_path):
    bare_python = tmp_path / "python3"
    bare_python.write_text(f'#!/bin/sh\n[ "$2" = venv ] && exit 1\nexec {sys.executable} "$@"\n')
    bare_python.chmod(0o755)
    command = [CHECKOUT / "tools/virtual-environment", bare_python]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told.returncode == 1
    assert "To do: install Debian's package python3-venv." in told.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_plain_user_is_told_which_debian_packages_the_tests_need(tmp_path):
    # An empty PATH is a machine on which none of the programs looked for by name is there.
    (tmp_path / "bin").mkdir()
    for name in ("id", "ls", "sh"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    (tmp_path / "tool").write_text(
        (CHECKOUT / "tools/debian-packages").read_text().replace(":/usr/sbin:/sbin", "")
    )
    command = [*as_nobody(), f"PATH={tmp_path / 'bin'}", "/bin/sh", "-s"] if IS_ROOT else ["/bin/sh", "-s"]
    told = subprocess.run(
        command,
        input=(tmp_path / "tool").read_text(),
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path / "bin")} if not IS_ROOT else None,
        cwd="/",
    )
    assert told.returncode == 1
    assert "The tests need these Debian packages, which are missing: postfix " in told.stderr
    assert "To do: let root install them (apt-get install postfix " in told.stderr
    assert told.stderr.count(" chromium-headless-shell ") == 2


def test_the_requirements_without_a_test_are_named(tmp_path):
    (tmp_path / "rows.md").write_text(
        '| R1 | "one" | seen |\n| R2 | "two" | seen |\n| R3 | "three" | seen |\n'
    )
    (tmp_path / "test_them.py").write_text(
        'import pytest\n\n@pytest.mark.requirement("R1", "R3")\ndef test_both(): ...\n'
        '\nclass TestMore:\n    @pytest.mark.requirement("R3")\n    def test_again(self): ...\n'
    )
    tool = [sys.executable, CHECKOUT / "tools/requirements.py", "rows.md", "."]
    told = subprocess.run(tool, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert told.stdout == (
        'R1    "one"\n      test_them.py::test_both\n'
        'R2    "two"\n      no test yet\n'
        'R3    "three"\n      test_them.py::test_both\n      test_them.py::TestMore::test_again\n'
        "2 of 3 rows have a test, 1 have none.\n"
    )


def test_a_row_that_there_is_not_is_told_of(tmp_path):
    (tmp_path / "rows.md").write_text('| R1 | "one" | seen |\n')
    (tmp_path / "test_them.py").write_text('@pytest.mark.requirement("R9")\ndef test_it(): ...\n')
    tool = [sys.executable, CHECKOUT / "tools/requirements.py", "rows.md", "."]
    told = subprocess.run(tool, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told.returncode == 1
    assert told.stderr == "test_them.py::test_it names R9, which is no row.\n"


def test_the_lines_of_another_page_are_named_by_their_own_mark(tmp_path):
    (tmp_path / "lines.md").write_text(
        "| line | suffered |\n| `no-id` | lost | here |\n| `odd` | late | here |\n"
    )
    (tmp_path / "test_them.py").write_text(
        '@pytest.mark.requirement("R1")\n@pytest.mark.pain("odd")\ndef test_it(): ...\n'
    )
    tool = [sys.executable, CHECKOUT / "tools/requirements.py", "lines.md", ".", "pain"]
    told = subprocess.run(tool, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert told.stdout == (
        "no-id lost\n      no test yet\n"
        "odd   late\n      test_them.py::test_it\n"
        "1 of 2 rows have a test, 1 have none.\n"
    )
