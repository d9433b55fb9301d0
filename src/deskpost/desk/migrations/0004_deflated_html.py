"""The HTML of conversations lies deflated in its column; what was there before is deflated too."""

from django.db import migrations

from deskpost.desk.deflated import DeflatedField, deflate, inflate

BATCH = 100  # rows: a mail's HTML may be megabytes


def convert(schema_editor, source, target, type_of_target, conversion):
    """Fill one column of all conversations from another, a batch of rows at a time."""
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT id, {source} FROM conversation WHERE id > %s AND {source} IS NOT NULL ORDER BY id LIMIT {BATCH}",
                [last],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            cursor.execute(
                f"UPDATE conversation SET {target} = made.value FROM unnest(%s::bigint[], %s::{type_of_target}[]) "
                "AS made (id, value) WHERE conversation.id = made.id",
                [[pk for pk, _ in rows], [conversion(value) for _, value in rows]],
            )


def deflate_all(apps, schema_editor):
    convert(schema_editor, "html", "html_deflated", "bytea", deflate)


def inflate_all(apps, schema_editor):
    convert(schema_editor, "html_deflated", "html", "text", inflate)


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_quick_lists")]

    operations = [
        migrations.AddField("conversation", "html_deflated", DeflatedField(null=True)),
        migrations.RunSQL(  # what is deflated does not get smaller again
            "ALTER TABLE conversation ALTER COLUMN html_deflated SET STORAGE EXTERNAL", migrations.RunSQL.noop
        ),
        migrations.RunPython(deflate_all, inflate_all),
        migrations.RemoveField("conversation", "html"),
        migrations.RenameField("conversation", "html_deflated", "html"),
    ]
