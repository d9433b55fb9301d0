"""Which mailbox a name leads to at Microsoft Graph: by the id of its Inbox, which is the same by every name."""

from django.db import migrations, models

# An endpoint may be written with its version. Ids are compared with letter case, names without.
PROMISE = """
    CREATE FUNCTION graph_place(endpoint text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT regexp_replace(lower(rtrim(btrim(endpoint), '/')), '/(v1[.]0|beta)$', '')
    $$;
    CREATE FUNCTION graph_inbox_ids(at_endpoint text, names text[]) RETURNS text[] LANGUAGE sql STABLE AS $$
        SELECT coalesce(array_agg(known.inbox_id), '{}') FROM unnest(names) AS one (name) JOIN graph_inbox known
            ON known.endpoint = graph_place(at_endpoint) AND known.mailbox = lower(btrim(one.name))
    $$
"""
NO_PROMISE = """
    DROP FUNCTION graph_inbox_ids(text, text[]);
    DROP FUNCTION graph_place(text)
"""


class Migration(migrations.Migration):

    dependencies = [("access", "0004_consent_links")]

    operations = [
        migrations.CreateModel(
            name="GraphInbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint", models.TextField()),
                ("mailbox", models.TextField()),
                ("inbox_id", models.TextField()),
                ("told_at", models.DateTimeField()),
            ],
            options={"db_table": "graph_inbox"},
        ),
        migrations.AddConstraint(
            model_name="graphinbox",
            constraint=models.UniqueConstraint(fields=("endpoint", "mailbox"), name="graph_inbox_once"),
        ),
        migrations.AddConstraint(
            model_name="graphinbox",
            constraint=models.CheckConstraint(
                condition=models.Q(("inbox_id", ""), _negated=True), name="graph_inbox_says_which"
            ),
        ),
        migrations.RunSQL(PROMISE, NO_PROMISE),
    ]
