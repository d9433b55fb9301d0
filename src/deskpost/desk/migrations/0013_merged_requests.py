"""Requests are merged: what came from which, what each was before, and no circle of them whoever writes."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# The rows are locked on the way up, so that of two merges at once the second sees what the first one wrote.
NO_CIRCLE = """
    CREATE FUNCTION record_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        up bigint := NEW.merged_into_id;
    BEGIN
        WHILE up IS NOT NULL LOOP
            IF up = NEW.id THEN
                RAISE EXCEPTION 'a record that is merged leads to itself'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'record_no_circle';
            END IF;
            SELECT merged_into_id INTO up FROM record WHERE id = up FOR NO KEY UPDATE;
            IF NOT FOUND THEN
                EXIT;
            END IF;
        END LOOP;
        RETURN NEW;
    END $$;
    CREATE TRIGGER record_no_circle BEFORE INSERT OR UPDATE OF merged_into_id ON record FOR EACH ROW
        WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION record_no_circle()
"""
CIRCLES = "DROP TRIGGER record_no_circle ON record; DROP FUNCTION record_no_circle()"


def of_account(table, column):
    """Give the statements that tie a row's column to a record of the row's account."""
    name = f"{table}_{column.removesuffix('_id')}_and_account"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, account_id) "
        "REFERENCES record (id, account_id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0012_files_that_stay'),
    ]

    operations = [
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('record', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='merge', serialize=False, to='desk.record')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.TextField()),
                ('closed_before', models.DateTimeField(null=True)),
                ('mails', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.account')),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('status_before', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.status')),
            ],
            options={
                'db_table': 'record_merge',
            },
        ),
        of_account('record_merge', 'record_id'),
        migrations.AddField(
            model_name='conversation',
            name='came_from',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='desk.record'),
        ),
        of_account('conversation', 'came_from_id'),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('came_from__isnull', False)), fields=['came_from'], name='conversation_came_from'),
        ),
        migrations.RunSQL(
            'UPDATE record SET closed_at = updated_at WHERE merged_into_id IS NOT NULL AND closed_at IS NULL',
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='record',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), ('closed_at__isnull', False), _connector='OR'), name='record_merged_is_closed'),
        ),
        migrations.RunSQL(NO_CIRCLE, CIRCLES),
    ]
