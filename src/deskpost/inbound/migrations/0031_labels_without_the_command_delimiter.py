"""While Email Command is on, no additional field has its delimiter in its label: no command could name it.

Fields that have it already stay as they are until they, or the delimiter, are changed.
"""

from django.db import migrations

# Of two who change both sides at once the second sees what the first wrote: they take the same lock first.
_NO_LABEL = """
    CREATE FUNCTION command_delimiter_in_no_label() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('command_delimiter_apart'));
        IF EXISTS (
            SELECT FROM email_command one JOIN additional_field field ON field.deleted_at IS NULL
            WHERE one.enabled AND strpos(field.label, one.delimiter) > 0
                AND (TG_TABLE_NAME = 'email_command' OR to_jsonb(NEW) -> 'id' = to_jsonb(field.id))
        ) THEN
            RAISE EXCEPTION 'the label of a field holds the command delimiter: command_delimiter_in_no_label'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'command_delimiter_in_no_label';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER command_delimiter_in_no_label AFTER UPDATE OF enabled, delimiter ON email_command
        FOR EACH ROW WHEN (NEW.enabled AND (OLD.enabled, OLD.delimiter) IS DISTINCT FROM (NEW.enabled, NEW.delimiter))
        EXECUTE FUNCTION command_delimiter_in_no_label();
    CREATE TRIGGER command_delimiter_in_no_label_new AFTER INSERT ON additional_field
        FOR EACH ROW EXECUTE FUNCTION command_delimiter_in_no_label();
    CREATE TRIGGER command_delimiter_in_no_label AFTER UPDATE OF label, deleted_at ON additional_field
        FOR EACH ROW WHEN ((OLD.label, OLD.deleted_at) IS DISTINCT FROM (NEW.label, NEW.deleted_at))
        EXECUTE FUNCTION command_delimiter_in_no_label();
"""
_AS_BEFORE = """
    DROP TRIGGER command_delimiter_in_no_label ON additional_field;
    DROP TRIGGER command_delimiter_in_no_label_new ON additional_field;
    DROP TRIGGER command_delimiter_in_no_label ON email_command;
    DROP FUNCTION command_delimiter_in_no_label();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0020_addresses_without_controls'),
        ('inbound', '0030_email_command'),
    ]

    operations = [
        migrations.RunSQL(_NO_LABEL, _AS_BEFORE),
    ]
