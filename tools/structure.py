"""Print the SQL that makes a new database of this version: what the migrations make of an empty one.

`structure.py ADDRESS` prints that of a database to which nothing but the migrations was done; without an address, of
one that it makes and migrates for it. What differs between installations (who they are, moments, the role) is asked
of the database that is made.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from deskpost.data_folder import DataFolder
from deskpost.postgres import binaries, embedded

HEAD = "-- Written by `make structure`. A new database begins with this; see src/deskpost/schema.py.\n"
OPTIONS = ("--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=1000")
# Of pg_dump itself, of a version of PostgreSQL, or of what the migrations only make sure of.
_LEFT_OUT = re.compile(r"--|\\|SET |SELECT pg_catalog\.set_config|CREATE EXTENSION|COMMENT ON EXTENSION|$")
_BODY = re.compile(r"\$\w*\$")
_MOMENT = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00'")
_IDENTITY = re.compile(r"'[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}'")
_MADE_BY = re.compile(r"(?<=(?:'insert'|'update'), )'[^']*'(?=, )")


def main(address: str = "") -> None:
    """Print the SQL of the database at this address, or of a new one."""
    if address:
        print(structure(dump(address)), end="")
        return
    with tempfile.TemporaryDirectory() as folder, embedded(DataFolder(folder)) as new:
        migrate(new, folder)
        main(new)


def migrate(address: str, folder: str) -> None:
    """Make all tables by migrations alone."""
    os.environ.update(
        DESKPOST_DATABASE_URL=address, DESKPOST_DATA=folder, DJANGO_SETTINGS_MODULE="deskpost.settings"
    )
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    connections.close_all()


def dump(address: str) -> str:
    """Give what pg_dump prints of a database."""
    words = [binaries.find().program("pg_dump"), *OPTIONS, "--dbname", address]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout


def structure(dump: str) -> str:
    """Give what pg_dump printed as the SQL for a new database, in whatever schema it looks into first."""
    return HEAD + "".join(f"{line}\n" for line in _lines(dump))


def _lines(dump: str) -> Iterator[str]:
    in_body = False
    for line in dump.splitlines():
        if in_body or not _LEFT_OUT.match(line):
            said = line.replace("public.", "")
            yield said if in_body else _of_this_installation(said)
        in_body ^= len(_BODY.findall(line)) % 2 == 1


def _of_this_installation(line: str) -> str:
    line = _MOMENT.sub("now()", line)
    line = _IDENTITY.sub("current_setting('deskpost.identity')::uuid", line)
    return _MADE_BY.sub("CURRENT_USER", line)


if __name__ == "__main__":
    main(*sys.argv[1:])
