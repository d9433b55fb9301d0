"""The data folder: where one installation keeps its database, its keys and its locks."""

import base64
import binascii
import contextlib
import errno
import fcntl
import os
import pwd
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

SYSTEM_USER = "deskpost"
"""The system user that the embedded PostgreSQL runs as when Deskpost is started by root."""

_OURS = {"keys", "installation", "run.lock", "socket", "static"}
_OURS_BEGIN = ("postgres", ".deskpost-")


class DataFolderUnusable(Exception):
    """The data folder, or the database in it, cannot be used. `words` says why and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class AlreadyRunning(DataFolderUnusable):
    """Another `deskpost run` or `deskpost demo` works on this data folder."""


class NoInstallation(DataFolderUnusable):
    """Nothing was ever set up in this data folder, and the command at hand only looks: it begins no installation."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The data folder {folder} holds no installation of Deskpost. To do: name the right folder with --data "
            "or DESKPOST_DATA; to begin a new one there, use deskpost run, migrate or settings apply."
        )


class DataFolder:
    """One installation's folder. Naming it touches nothing; the first use creates it."""

    def __init__(self, path: str | Path | None = None) -> None:
        """Take `path`, else DESKPOST_DATA, else /var/lib/deskpost for root, else the user's data folder."""
        chosen = path or os.environ.get("DESKPOST_DATA") or _default()
        self.path = Path(os.path.abspath(Path(chosen).expanduser()))  # noqa: PTH100 - links stay as written

    def __repr__(self) -> str:
        return f"DataFolder({str(self.path)!r})"

    def create(self) -> Path:
        """Make the folder (0700) unless it exists, and give its path. Raises DataFolderUnusable."""
        with told_in_words(self.path):
            if self.path.exists() and not self.path.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "not a folder")
            if not self.path.is_dir():
                self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
                read_only = os.statvfs(self.path).f_flag & os.ST_RDONLY
                raise OSError(errno.EROFS if read_only else errno.EACCES, "not writable")
        return self.path

    def keys(self) -> list[bytes]:
        """Give the Fernet keys, newest first: those of DESKPOST_KEYS, else of the file `keys`.

        The file (0600) is made on first use; two processes that meet there agree on one key.
        Raises DataFolderUnusable when a key is not 32 bytes in base64, without showing it.
        """
        given = os.environ.get("DESKPOST_KEYS")
        if given:
            return _checked(given.replace(",", " ").split(), "DESKPOST_KEYS")
        file = self.create() / "keys"
        fresh = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        return _checked(self._once(file, fresh).split(), f"The file {file}")

    def installation_id(self) -> str:
        """Give the 32 hexadecimal digits that name this installation, made on first use."""
        return self._once(self.create() / "installation", secrets.token_hex(16)).strip()

    @contextlib.contextmanager
    def lock_run(self) -> Iterator[None]:
        """Hold this folder as the one `run` or `demo` on it. Raises AlreadyRunning, naming the process."""
        with self.open_lock("run.lock") as descriptor:
            if not try_lock(descriptor, fcntl.LOCK_EX):
                holder = os.pread(descriptor, 20, 0).decode().strip() or "unknown"
                raise AlreadyRunning(
                    f"Deskpost is already running on the data folder {self.path} (process {holder}). "
                    "To do: use that one, end it first, or name another folder with --data."
                )
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield

    @contextlib.contextmanager
    def open_lock(self, name: str) -> Iterator[int]:
        """Give a descriptor of the lock file `name`; its locks end with the process."""
        file = self.create() / name
        with told_in_words(self.path):
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self.adopt(descriptor)
            yield descriptor
        finally:
            os.close(descriptor)

    def adopt(self, file: Path | int) -> None:
        """Give a file that root made in a person's data folder to that person, who may come back alone."""
        owner = self.path.stat()
        if os.geteuid() == 0 and owner.st_uid not in (0, system_user_id()):
            os.chown(file, owner.st_uid, owner.st_gid)

    def holds_only_ours(self) -> bool:
        """Tell whether nothing lies in the folder but what Deskpost put there."""
        return all(
            name in _OURS or name.startswith(_OURS_BEGIN)
            for name in (item.name for item in self.path.iterdir())
        )

    def _once(self, file: Path, content: str) -> str:
        """Give what `file` holds; when it is not there, first write `content`, whole or not at all."""
        with told_in_words(self.path):
            if not file.exists():
                descriptor, name = tempfile.mkstemp(prefix=".deskpost-", dir=self.path)
                try:
                    with os.fdopen(descriptor, "w") as new:
                        new.write(content + "\n")
                        new.flush()
                        os.fsync(new.fileno())
                    self.adopt(Path(name))
                    with contextlib.suppress(FileExistsError):
                        os.link(name, file)
                finally:
                    Path(name).unlink()
            return file.read_text()


def try_lock(descriptor: int, kind: int) -> bool:
    """Take the lock (fcntl.LOCK_EX or LOCK_SH) if it is free; tell whether it was."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def told_in_words(folder: Path) -> Iterator[None]:
    """Turn what the system says about files in `folder` into DataFolderUnusable."""
    try:
        yield
    except OSError as refused:
        raise DataFolderUnusable(_words(refused, folder)) from refused


def system_user_id() -> int | None:
    """Give the user id of the dedicated system user, None while there is none."""
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    except KeyError:
        return None


def _default() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/deskpost")
    home = os.environ.get("XDG_DATA_HOME") or Path("~/.local/share").expanduser()
    return Path(home) / "deskpost"


def _checked(keys: list[str], source: str) -> list[bytes]:
    if not keys:
        raise DataFolderUnusable(
            f"{source} holds no key. To do: put back the keys of this installation, newest first."
        )
    for number, key in enumerate(keys, start=1):
        try:
            usable = len(base64.b64decode(key.encode(), altchars=b"-_", validate=True)) == 32
        except (binascii.Error, ValueError):
            usable = False
        if not usable:
            raise DataFolderUnusable(
                f"{source} holds something that is no key (entry {number}). "
                "To do: put back the keys of this installation; each is 32 bytes in URL-safe base64."
            )
    return [key.encode() for key in keys]


def _words(refused: OSError, folder: Path) -> str:
    match refused.errno:
        case errno.EACCES | errno.EPERM:
            return (
                f"The data folder {folder} cannot be used: {_user()} may not write there. "
                "To do: give that folder to this user, or name another one with --data."
            )
        case errno.ENOTDIR | errno.EEXIST | errno.EISDIR:
            return (
                f"The data folder {folder} cannot be used: it, or one it lies in, is a file and not a "
                "folder. To do: name a folder with --data."
            )
        case errno.ENOSPC | errno.EDQUOT:
            return (
                f"The disk that holds the data folder {folder} is full. "
                "To do: free some space, then start again; nothing is lost."
            )
        case errno.EROFS:
            return (
                f"The data folder {folder} cannot be used: its disk is read-only. "
                "To do: make the disk writable, or name another folder with --data."
            )
    said = os.strerror(refused.errno) if refused.errno else "nothing more"
    return (
        f"The data folder {folder} cannot be used; the system says: {said}. "
        "To do: mend that, or name another folder with --data."
    )


def _user() -> str:
    try:
        return f"the user {pwd.getpwuid(os.geteuid()).pw_name}"
    except KeyError:
        return f"the user with number {os.geteuid()}"
