"""The wheel that `make dist` builds works alone: in an environment of its own, outside the checkout."""

import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo import demo_page
from tests.test_install import CHECKOUT, bare


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    target = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", target]
    subprocess.run(build, cwd=CHECKOUT, capture_output=True, check=True)
    return next(target.glob("deskpost-*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh virtual environment with the wheel and what the lock names."""
    place = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "venv"], check=True)
    pip = [sys.executable, "-m", "pip", "--python", place / "venv/bin/python"]
    # Compiled is each module that is imported, when it is.
    install = [*pip, "install", "--quiet", "--no-deps", "--no-compile"]
    lock = CHECKOUT / "requirements/main.txt"
    subprocess.run([*install, "--require-hashes", "-r", lock], check=True, cwd="/")
    subprocess.run([*install, wheel], check=True, cwd="/")
    yield place / "venv"


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"deskpost"}
    shipped = {
        path.relative_to(CHECKOUT / "src").as_posix()
        for path in (CHECKOUT / "src/deskpost").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.long  # tests/test_install.py has the demo from a checkout
def test_the_demo_runs_from_the_wheel_outside_the_checkout(environment, tmp_path):
    command = [environment / "bin/deskpost", "demo", "--data", tmp_path / "data"]
    variables = bare(CHECKOUT) | {"HOME": str(tmp_path)}
    with demo_page(command, variables) as address, urllib.request.urlopen(address) as page:
        assert page.status == 200
        assert "Deskpost" in page.read().decode()
