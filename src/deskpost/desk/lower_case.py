"""Letter case as the database folds it, whose constraints say which names are the same."""

from collections.abc import Iterable, Mapping

from django.db import connection


def lowered(names: Iterable[str]) -> Mapping[str, str]:
    """Give each name in the database's lower case, which is not Python's for letters such as İ and ß."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, lower(name) FROM unnest(%s::text[]) AS name", [list(names)])
        return dict(cursor.fetchall())
