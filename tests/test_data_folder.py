"""The data folder: made closed to others, with keys that are made once, and one `run` at a time."""

import os
import pwd
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, MultiFernet

from deskpost.data_folder import AlreadyRunning, DataFolder, DataFolderUnusable
from tests.holder import SOURCE, as_nobody, copy_source, needs_root, open_folder, plain_python

_ASK = (
    "import sys\nfrom deskpost.data_folder import *\ntry: print(DataFolder(sys.argv[1]).keys())\n"
    "except DataFolderUnusable as unusable: sys.exit(unusable.words)"
)
_RUN = (
    "import sys\nfrom deskpost.data_folder import *\n"
    "with DataFolder(sys.argv[1]).lock_run():\n print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKPOST_KEYS", raising=False)
    monkeypatch.delenv("DESKPOST_DATA", raising=False)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_named_goes_before_the_environment_and_that_before_the_users_own_folder(
    tmp_path, monkeypatch
):
    own = (
        "/var/lib/deskpost"
        if os.geteuid() == 0
        else f"{pwd.getpwuid(os.geteuid()).pw_dir}/.local/share/deskpost"
    )
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert DataFolder().path == Path(own)
    monkeypatch.setenv("DESKPOST_DATA", str(tmp_path / "environment"))
    assert DataFolder().path == tmp_path / "environment"
    assert DataFolder(str(tmp_path / "named")).path == tmp_path / "named"


def test_naming_it_touches_nothing_and_using_it_makes_it_closed_to_others(tmp_path):
    folder = DataFolder(tmp_path / "deep" / "data")
    assert not folder.path.exists()
    folder.create()
    assert mode(folder.path) == 0o700


def test_keys_are_made_once_however_many_ask_at_once(tmp_path):
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: tuple(DataFolder(tmp_path / "data").keys()), range(64)))
    assert len(set(answers)) == 1
    assert mode(tmp_path / "data" / "keys") == 0o600
    assert [item.name for item in (tmp_path / "data").iterdir()] == ["keys"]


def test_the_keys_are_fernet_keys_the_newest_first(tmp_path):
    folder = DataFolder(tmp_path / "data")
    old = folder.keys()
    token = Fernet(old[0]).encrypt(b"secret")
    new = Fernet.generate_key()
    (folder.path / "keys").write_bytes(new + b"\n" + old[0] + b"\n")
    assert folder.keys() == [new, *old]
    both = MultiFernet([Fernet(new), *map(Fernet, old)])
    assert both.decrypt(token) == b"secret"


def test_keys_may_come_from_the_environment_and_then_no_folder_is_made(tmp_path, monkeypatch):
    keys = [Fernet.generate_key(), Fernet.generate_key()]
    monkeypatch.setenv("DESKPOST_KEYS", b",".join(keys).decode())
    assert DataFolder(tmp_path / "data").keys() == keys
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("content", ["", "\n", "c2VjcmV0LXdvcmQ=", "not a key at all", "ü" * 44])
def test_a_file_that_holds_no_keys_is_told_of_and_not_shown(tmp_path, content):
    folder = DataFolder(tmp_path)
    (tmp_path / "keys").write_text(content)
    with pytest.raises(DataFolderUnusable, match=r"no key.*To do: put back the keys") as unusable:
        folder.keys()
    assert not content.strip() or content not in unusable.value.words


def test_the_installation_has_one_name_of_its_own(tmp_path):
    assert DataFolder(tmp_path / "a").installation_id() == DataFolder(tmp_path / "a").installation_id()
    assert DataFolder(tmp_path / "a").installation_id() != DataFolder(tmp_path / "b").installation_id()


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_file_in_the_place_of_the_folder_is_told_of(tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderUnusable) as unusable:
        DataFolder(tmp_path / name).keys()
    assert unusable.value.words == (
        f"The data folder {tmp_path / name} cannot be used: it, or one it lies in, is a file and not a folder. "
        "To do: name a folder with --data."
    )


def test_a_folder_without_rights_is_told_of():
    with open_folder() as place:
        source = copy_source(place / "source", with_postgres=False)
        (place / "closed").mkdir(mode=0o700)
        (place / "theirs").mkdir(mode=0o755)
        if os.geteuid() != 0:
            (place / "closed").chmod(0)
            (place / "theirs").chmod(0o555)
        for name in ("closed/data", "closed", "theirs", "theirs/data"):
            command = [*as_nobody(), plain_python(), "-c", _ASK, str(place / name)]
            environment = {**os.environ, "PYTHONPATH": str(source)}
            told = subprocess.run(
                command, capture_output=True, text=True, env=environment, cwd="/", check=False
            )
            assert told.returncode == 1
            assert told.stderr.strip() == (
                f"The data folder {place / name} cannot be used: the user "
                f"{pwd.getpwuid(os.getuid()).pw_name if os.geteuid() else 'nobody'} may not write there. "
                "To do: give that folder to this user, or name another one with --data."
            )
        (place / "closed").chmod(0o700)


@needs_root
def test_what_root_makes_in_a_persons_folder_is_the_persons():
    with open_folder() as place:
        os.chown(place, 65534, 65534)
        DataFolder(place).keys()
        assert (place / "keys").owner() == "nobody"


def test_a_second_run_is_refused_naming_the_first(tmp_path):
    command = [sys.executable, "-c", _RUN, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as first:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning) as refused, DataFolder(tmp_path).lock_run():
            pass
        assert refused.value.words == (
            f"Deskpost is already running on the data folder {tmp_path} (process {first.pid}). "
            "To do: use that one, end it first, or name another folder with --data."
        )
        first.kill()
        first.wait()
    with DataFolder(tmp_path).lock_run():
        pass
