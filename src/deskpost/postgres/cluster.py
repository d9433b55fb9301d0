"""The database cluster of a data folder: made once, with the application's role and database in it."""

import os
import shutil
import subprocess
from pathlib import Path

from deskpost.data_folder import DataFolder, DataFolderUnusable, told_in_words
from deskpost.postgres.binaries import Binaries
from deskpost.postgres.places import DATABASE, ROLE, cluster_folder
from deskpost.postgres.server_user import ServerUser
from deskpost.postgres.words import not_started, said

_SETTINGS = """\

# Written by Deskpost when it made the database. What you add below wins; nothing overwrites it.
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.max = 2000
# One log file for each day of the week. Statements and details stay out of it: they carry mail and secrets.
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_min_error_statement = panic
log_error_verbosity = terse
"""

# The application's role owns its database and may make others (tests do), but is no superuser: whoever
# talks it into running SQL gets neither programs nor files of the machine. So what needs a superuser, the
# extensions, is put into template1 here, and every database made from it has them.
_STATEMENTS = {
    "template1": (
        f"CREATE ROLE {ROLE} LOGIN CREATEDB",
        f"GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO {ROLE}",
        "CREATE EXTENSION pg_trgm",
        "CREATE EXTENSION unaccent",
        "CREATE EXTENSION pg_stat_statements",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {ROLE}",
    ),
    "postgres": (f"CREATE DATABASE {DATABASE} OWNER {ROLE} TEMPLATE template1",),
}


def ensure(folder: DataFolder, binaries: Binaries, user: ServerUser) -> None:
    """Make the cluster unless it is there. Raises DataFolderUnusable; nothing half made takes its place."""
    cluster = cluster_folder(folder)
    new = cluster.with_name("postgres.new")
    with told_in_words(folder.path):
        shutil.rmtree(new, ignore_errors=True)
        if cluster.exists():
            return
        own(new, user)
    _run([binaries.program("initdb"), "-D", new, *_options(binaries)], user, folder)
    with told_in_words(folder.path), (new / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
    for database, statements in _STATEMENTS.items():
        alone: list[str | Path] = [
            binaries.program("postgres"),
            "--single",
            "-D",
            new,
            "-c",
            "exit_on_error=on",
            database,
        ]
        _run(alone, user, folder, "".join(f"{statement}\n" for statement in statements))
    with told_in_words(folder.path):
        new.rename(cluster)


def own(folder: Path, user: ServerUser) -> None:
    """Make a folder (0700) for the server alone, unless it is there. Refuses one that is somebody else's."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, user.uid, user.gid)
    found = folder.lstat()
    if found.st_uid != user.uid or found.st_mode & 0o077 or folder.is_symlink():
        raise DataFolderUnusable(
            f"The folder {folder} belongs to somebody else or is open to others. "
            f"To do: remove it, or give it to the user {user.name} alone (mode 0700)."
        )


def environment() -> dict[str, str]:
    """Give the few variables that PostgreSQL's programs get."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _options(binaries: Binaries) -> list[str]:
    """Give initdb's options: code point order and full lower(), by the server itself from 17 on."""
    options = ["--encoding=UTF8", "--username=postgres", "--auth=peer", "--no-instructions"]
    if binaries.major >= 17:
        return [*options, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*options, "--locale=C.UTF-8", "--lc-messages=C"]


def _run(command: list[str | Path], user: ServerUser, folder: DataFolder, lines: str = "") -> None:
    try:
        done = subprocess.run(
            command,
            input=lines,
            capture_output=True,
            text=True,
            errors="replace",
            env=environment(),
            preexec_fn=user.become,  # the keeper has one thread
            cwd="/",
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as refused:
        raise not_started(folder, said(refused)) from refused
    if done.returncode:
        raise not_started(folder, done.stdout + done.stderr)
