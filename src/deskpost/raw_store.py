"""Raw mails: where their bytes live. In PostgreSQL, in uncompressed chunks beside the row that names them."""

import io
from collections.abc import Iterable, Iterator

import psycopg
from django.db import connection

CHUNK = 1 << 20  # bytes


def chunks(mail_id: int, content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give the rows (mail, position, bytes) that store a raw mail."""
    for position, start in enumerate(range(0, len(content), CHUNK)):
        yield mail_id, position, content[start : start + CHUNK]


def put(mails: Iterable[tuple[int, bytes]]) -> None:
    """Store raw mails in the caller's transaction."""
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        connection.connection.cursor() as cursor,
        cursor.copy("COPY raw_chunk (mail_id, position, content) FROM STDIN (FORMAT BINARY)") as target,
    ):
        target.set_types(["int8", "int4", "bytea"])
        for mail_id, content in mails:
            for row in chunks(mail_id, content):
                target.write_row(row)


def load(mail_ids: Iterable[int]) -> dict[int, bytes]:
    """Give the raw bytes of these mails; one that has none (an empty mail) is empty."""
    wanted = list(mail_ids)
    found: dict[int, list[bytes]] = {mail_id: [] for mail_id in wanted}
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(
            "SELECT mail_id, content FROM raw_chunk WHERE mail_id = ANY(%s) ORDER BY mail_id, position",
            [wanted],
            binary=True,
        )
        for mail_id, content in cursor:
            found[mail_id].append(bytes(content))
    return {mail_id: b"".join(pieces) for mail_id, pieces in found.items()}


def open_raw(mail_id: int) -> io.BytesIO:
    """Give one raw mail to read from."""
    return io.BytesIO(load([mail_id])[mail_id])


def delete(mail_id: int) -> None:
    """Erase the bytes of a raw mail."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM raw_chunk WHERE mail_id = %s", [mail_id])
