"""Writing many rows at once: ids drawn first, then COPY, inside the caller's transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg import sql


def draw_ids(model: type[models.Model], count: int) -> list[int]:
    """Draw `count` primary keys of a table from its sequence, ascending."""
    return draw_numbers(f"{model._meta.db_table}_id_seq", count)


def draw_numbers(sequence: str, count: int) -> list[int]:
    """Draw `count` numbers from a sequence. Gaps are allowed, doubles impossible."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count])
        return sorted(number for (number,) in cursor.fetchall())


def copy(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table. Each row has the values of `fields` in order; what is for a JSON field is wrapped."""
    columns = [model._meta.get_field(name) for name in fields]
    json_places = [place for place, column in enumerate(columns) if isinstance(column, models.JSONField)]
    text_places = [place for place, column in enumerate(columns) if _holds_texts(column)]
    names = sql.SQL(", ").join([sql.Identifier(_column(model, name)) for name in fields])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), names)
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        connection.connection.cursor() as cursor,
        cursor.copy(statement) as target,
    ):
        for row in rows:
            if json_places or text_places:
                row = list(row)
                for place in json_places:
                    row[place] = None if row[place] is None else orjson.dumps(row[place]).decode()
                for place in text_places:
                    row[place] = array_of(row[place])
            target.write_row(row)


def array_of(texts: Sequence[str] | None) -> Sequence[str] | str | None:
    """Give texts as PostgreSQL writes an array of them (its manual, 8.15.6); where they need care, unchanged."""
    if not texts:
        return "{}" if texts is not None else None
    together = '","'.join(texts)
    if "\\" in together or together.count('"') != 2 * (len(texts) - 1):
        return texts
    return f'{{"{together}"}}'


def _holds_texts(column: Any) -> bool:
    return isinstance(column, ArrayField) and isinstance(column.base_field, models.TextField)


def _column(model: type[models.Model], field: str) -> str:
    """Give the column of a field."""
    column = getattr(model._meta.get_field(field), "column", None)
    if not isinstance(column, str):
        raise LookupError(f"{model.__name__}.{field} has no column")
    return column
