"""A database filled with as many requests as wanted, by statements over whole sets: a million take some minutes.

Each request has its person, its mails in and out, history, outcome, raw mail and a receipt that was sent. The words
of the mails are as unevenly common as in a language: word number r of WORDS is met about once in r of its likes.
"""

import random
from collections.abc import Iterator, Sequence

import orjson
import psycopg

CHUNK = 50_000  # requests in one transaction
REQUESTS_A_PERSON = 8
LONG_TALK = 200  # mails of the first request: more than a page opens
PARAGRAPHS = 20_000
_SYLLABLES = ("ba", "ke", "lo", "mi", "nu", "pra", "ste", "to", "vi", "zan", "dro", "fe", "gul", "ha", "ri")


def _words(count: int) -> Iterator[str]:
    """Give made words, each another."""
    for number in range(count):
        word = ""
        while number or len(word) < 4:
            number, place = divmod(number, len(_SYLLABLES))
            word += _SYLLABLES[place]
        yield word + "s"


WORDS: Sequence[str] = tuple(dict.fromkeys(_words(30_000)))
"""The words of the mails, the most common first."""

# Each run draws the same: from the number of the row, as a fraction of 1.
_DRAW = """
    CREATE FUNCTION pg_temp.draw(number bigint, salt bigint) RETURNS float8 IMMUTABLE LANGUAGE sql AS
    'SELECT (hashint8extended(number, salt) & 4503599627370495)::float8 / 4503599627370496'
"""
_LISTS = """
    CREATE TEMP TABLE an_account AS
        SELECT account.id, row_number() OVER (ORDER BY account.id) - 1 AS place,
            coalesce((SELECT min(name) FROM account_domain d WHERE d.account_id = account.id), 'client.example')
                AS domain
        FROM account WHERE NOT "default";
    CREATE TEMP TABLE a_technician AS
        SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM person WHERE technician;
    CREATE TEMP TABLE a_status AS
        SELECT kind, min(id) AS id FROM status GROUP BY kind;
    CREATE TEMP TABLE a_priority AS
        SELECT id, row_number() OVER (ORDER BY level) - 1 AS place FROM priority;
    CREATE TEMP TABLE a_paragraph (place bigint PRIMARY KEY, text text, html {html});
"""
_PEOPLE = """
    CREATE TEMP TABLE a_person AS
        SELECT n AS place, nextval('person_id_seq') AS id, account.id AS account_id, account.domain
        FROM generate_series(0, %(people)s - 1) n
        JOIN an_account account
            ON account.place = floor(pow(pg_temp.draw(n, 1), 3) * (SELECT count(*) FROM an_account))::bigint;
    CREATE UNIQUE INDEX ON a_person (place);
    INSERT INTO person (id, account_id, name, password, technician, time_zone, language)
        SELECT id, account_id, 'Person ' || id, '', false, '', '' FROM a_person;
    INSERT INTO person_address (account_id, person_id, address, key, "primary")
        SELECT account_id, id, 'filled' || id || '@' || domain, 'filled' || id || '@' || domain, true FROM a_person;
"""
# The older ones are closed but for a few; of the newest tenth more than half are open, and a quarter of those wait.
_REQUESTS = """
    DROP TABLE IF EXISTS a_request, a_mail;
    CREATE TEMP TABLE a_request AS
    SELECT n, nextval('record_id_seq') AS id, nextval('record_number_re') AS number, began AS created_at,
        person.id AS person_id, person.account_id, 'filled' || person.id || '@' || person.domain AS address,
        status.id AS status_id, kind, priority.id AS priority_id,
        CASE WHEN kind IN ('closed', 'resolved') THEN began + interval '3 days' END AS closed_at,
        CASE WHEN kind IN ('closed', 'resolved') OR pg_temp.draw(n, 6) > 0.05 THEN technician.id END AS technician_id
    FROM (
        SELECT n, now() - (%(all)s - n + pg_temp.draw(n, 2)) * interval '1095 days' / %(all)s AS began,
            CASE WHEN pg_temp.draw(n, 3) > (CASE WHEN n > 0.9 * %(all)s THEN 0.6 ELSE 0.04 END)
                THEN CASE WHEN pg_temp.draw(n, 4) < 0.1 THEN 'resolved' ELSE 'closed' END
                WHEN pg_temp.draw(n, 4) < 0.25 THEN 'waiting' ELSE 'open' END AS kind
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) n) AS drawn
    JOIN a_person person ON person.place = floor(pg_temp.draw(n, 5) * %(people)s)::bigint
    JOIN a_status status USING (kind)
    JOIN a_priority priority
        ON priority.place = floor(pg_temp.draw(n, 7) * (SELECT count(*) FROM a_priority))::bigint
    LEFT JOIN a_technician technician
        ON technician.place = floor(pg_temp.draw(n, 8) * (SELECT count(*) FROM a_technician))::bigint
    ORDER BY n;
    CREATE TEMP TABLE a_mail AS
    SELECT request.*, nextval('conversation_id_seq') AS conversation_id, turn,
        CASE WHEN turn %% 2 = 1 THEN 'out' ELSE 'in' END AS direction,
        CASE WHEN turn %% 2 = 0 THEN nextval('inbound_message_id_seq') END AS mail_id,
        least(request.created_at + turn * interval '7 hours', now()) AS at,
        '<' || request.n || '.' || turn || '@filled.example>' AS message_id,
        'sn' || request.number || E'x\\n' || one.text || E'\\n\\n' || two.text || E'\\n\\n' || three.text AS text,
        one.html
    FROM a_request request
    CROSS JOIN LATERAL generate_series(0, CASE WHEN n = 0 THEN %(long)s ELSE greatest(n %% 4 - 1, 0) END) turn
    JOIN a_paragraph one ON one.place = floor(pg_temp.draw(n, 10 + turn) * %(paragraphs)s)::bigint
    JOIN a_paragraph two ON two.place = floor(pg_temp.draw(n, 1010 + turn) * %(paragraphs)s)::bigint
    JOIN a_paragraph three ON three.place = floor(pg_temp.draw(n, 2010 + turn) * %(paragraphs)s)::bigint
    ORDER BY n, turn;
"""
_ROWS = """
    INSERT INTO record (id, module, number, instance_id, account_id, subject, status_id, priority_id, technician_id,
        requester_id, created_at, updated_at, closed_at, last_mail_at, last_mail_direction, preview)
    SELECT id, 'RE', number, %(instance)s, account_id, 'Trouble number ' || number, status_id, priority_id,
        technician_id, person_id, created_at, last.at, closed_at, last.at, last.direction, left(last.text, 160)
    FROM a_request
    JOIN (SELECT DISTINCT ON (id) id, at, direction, text FROM a_mail ORDER BY id, turn DESC) last USING (id);

    INSERT INTO inbound_message (id, mailbox_id, source_number, folder, validity, uid, size, sha256, truncated,
        refusal, received_at)
    SELECT mail_id, %(mailbox)s, 1, 'INBOX', 'filled', mail_id, length(text) + 400, sha256(text::bytea), false, '', at
    FROM a_mail WHERE mail_id IS NOT NULL;

    INSERT INTO raw_chunk (mail_id, position, content)
    SELECT mail_id, 0, convert_to('From: ' || address || E'\\r\\nMessage-ID: ' || message_id || E'\\r\\n\\r\\n'
        || text, 'UTF8') FROM a_mail WHERE mail_id IS NOT NULL;

    INSERT INTO conversation (id, record_id, account_id, direction, author_id, from_name, from_address, "to", cc,
        subject, message_id, at, text, html, automatic, mail_id)
    SELECT conversation_id, id, account_id, direction, CASE WHEN direction = 'in' THEN person_id ELSE technician_id END,
        '', CASE WHEN direction = 'in' THEN address ELSE 'help@desk.example' END,
        jsonb_build_array(jsonb_build_array('', CASE WHEN direction = 'in' THEN 'help@desk.example' ELSE address END)),
        '[]', 'Trouble number ' || number, message_id, at, text, html, false, mail_id
    FROM a_mail;

    INSERT INTO history_entry (record_id, account_id, at, person_id, by, via, changes, mail_id)
    SELECT id, account_id, created_at, person_id, address, 'mail', '[]'::jsonb, mail_id FROM a_mail WHERE turn = 0
    UNION ALL SELECT id, account_id, closed_at, technician_id, 'Tech', 'page', '[["Status", "Open", "Closed"]]', NULL
    FROM a_request WHERE closed_at IS NOT NULL;

    INSERT INTO attachment (conversation_id, account_id, name, content_type, size, sha256, inline, mail_id, part)
    SELECT conversation_id, account_id, 'report.pdf', 'application/pdf', 80000, '', false, mail_id, '2'
    FROM a_mail WHERE mail_id IS NOT NULL AND n %% 5 = 0;

    INSERT INTO mail_outcome (mail_id, instance_id, account_id, kind, reason, record_id, conversation_id, message_id,
        content_key, sender_account, original, from_address, subject, words, loop_key, written_at, trace, processed_at)
    SELECT mail_id, %(instance)s, account_id, CASE WHEN turn = 0 THEN 'request' ELSE 'conversation' END, 'Filled.', id,
        conversation_id, message_id, sha256(message_id::bytea), account_id, true, address, 'Trouble number ' || number,
        ARRAY['s:trouble', 's:number', 's:' || number, 'f:' || address, 'f:' || split_part(address, '@', 2),
            't:help@desk.example', 't:desk.example'],
        sha256((address || n)::bytea), at, %(trace)s, at
    FROM a_mail WHERE mail_id IS NOT NULL;

    WITH told AS (
        INSERT INTO outbox_mail (account_id, record_id, conversation_id, event, sending_class, state, message_id, date,
            sender_name, sender_address, "to", subject, text, in_reply_to, automatic, answers, tries, created_at,
            give_up_at, done_at)
        SELECT account_id, id, conversation_id, 'request_received', 3, 'sent', '<dp-' || id || '@filled.example>', at,
            'Desk', 'help@desk.example', jsonb_build_array(jsonb_build_array('', address)),
            '##RE-' || number || '## Trouble number ' || number, repeat('We have your mail. ', 20), message_id, true,
            address, 1, at, at + interval '2 days', at
        FROM a_mail WHERE turn = 0 RETURNING id, date)
    INSERT INTO outbox_attempt (mail_id, at, server, result, ms)
    SELECT id, date, 'filled:25', '250 2.0.0 Ok', 5 FROM told;
"""


_SEARCHED = ("conversation_search", "mail_outcome_words")


def fill(url: str, mailbox_id: int, instance_id: int, requests: int) -> None:
    """Write so many requests into a migrated database, spread over its accounts and technicians.

    The accounts get unequal shares; the default one gets none. The search indexes are built once, at the end.
    """
    if not requests:
        return
    from deskpost.inbound.pipeline import STEPS

    people = max(requests // REQUESTS_A_PERSON, 1)
    values = {
        "all": requests,
        "people": people,
        "paragraphs": PARAGRAPHS,
        "long": LONG_TALK,
        "mailbox": mailbox_id,
        "instance": instance_id,
        "trace": orjson.dumps([[name, "passed", "Nothing to say.", 0.05] for name, _ in STEPS]).decode(),
    }
    with psycopg.connect(url, autocommit=True) as database:
        for setting in ("synchronous_commit = off", "maintenance_work_mem = '512MB'", "work_mem = '64MB'"):
            database.execute(f"SET {setting}")
        run(database, _DRAW + ";" + _LISTS.format(html=html_type()), {})
        write_paragraphs(database)
        run(database, _PEOPLE, values)
        search = "SELECT pg_get_indexdef(name::regclass) FROM unnest(%s::text[]) name"
        definitions = database.execute(search, [list(_SEARCHED)]).fetchall()
        database.execute(f"DROP INDEX {', '.join(_SEARCHED)}")
        database.execute("ANALYZE a_person, a_paragraph")
        for first in range(0, requests, CHUNK):
            bounds = {"first": first, "last": min(first + CHUNK, requests) - 1}
            with database.transaction():
                run(database, _REQUESTS, values | bounds)
                database.execute("ANALYZE a_request, a_mail")
                run(database, _ROWS, values)
        for (definition,) in definitions:
            database.execute(definition)
        database.execute("VACUUM ANALYZE")


def run(database: psycopg.Connection, statements: str, values: dict[str, object]) -> None:
    """Run statements one after the other, with the values that they name."""
    with psycopg.ClientCursor(database) as cursor:
        cursor.execute(statements, values or None)


def html_type() -> str:
    """Give the type of the column that holds a mail's HTML."""
    from django.db import connection

    from deskpost.desk.conversations import Conversation

    return Conversation._meta.get_field("html").db_type(connection) or ""


def write_paragraphs(database: psycopg.Connection) -> None:
    """Write the paragraphs of which each mail has three, each with the HTML of a whole mail."""
    from django.db import connection

    from deskpost.desk.conversations import Conversation

    field = Conversation._meta.get_field("html")
    draw = random.Random(1)
    sums = [0.0]
    for rank in range(1, len(WORDS) + 1):
        sums.append(sums[-1] + 1 / rank)
    with database.cursor().copy("COPY a_paragraph FROM STDIN") as copy:
        for place in range(PARAGRAPHS):
            words = draw.choices(WORDS, cum_weights=sums[1:], k=120)
            html = "".join(f"<p>{' '.join(words[at : at + 20])}</p>" for at in range(0, 120, 20))
            text = " ".join(words[:40]).capitalize()
            copy.write_row((place, text, field.get_db_prep_value(html, connection)))
