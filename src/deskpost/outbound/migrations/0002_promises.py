"""An outgoing mail's account is that of its record, conversation and files; without a server it is held."""

from django.db import migrations


def composite(target):
    """Tie an outgoing mail to a row together with that row's account."""
    name = f"outbox_mail_{target}_and_account"
    return migrations.RunSQL(
        f"ALTER TABLE outbox_mail ADD CONSTRAINT {name} FOREIGN KEY ({target}_id, account_id) "
        f"REFERENCES {target} (id, account_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE outbox_mail DROP CONSTRAINT {name}",
    )


HOLD = """
    CREATE FUNCTION outbox_mail_hold() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.unknown_fate := NEW.unknown_fate OR NEW.state = 'sending';
        NEW.state := 'held';
        NEW.lease_owner := NULL;
        NEW.lease_until := NULL;
        NEW.reason := 'The outgoing server of this mail was removed, so it waits. To do: set up a server for '
            'its account, its instance or the ESM Directory in the outgoing mail server settings; '
            'the mail then leaves by itself.';
        RETURN NEW;
    END $$;
    CREATE TRIGGER outbox_mail_hold BEFORE UPDATE OF server_id ON outbox_mail FOR EACH ROW
        WHEN (NEW.server_id IS NULL AND NEW.state IN ('queued', 'sending'))
        EXECUTE FUNCTION outbox_mail_hold()
"""
FILES = """
    CREATE FUNCTION outbox_file_of_one_account() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT account_id FROM outbox_mail WHERE id = NEW.mail_id) IS DISTINCT FROM
           (SELECT account_id FROM attachment WHERE id = NEW.attachment_id) THEN
            RAISE EXCEPTION 'attachment % and outgoing mail % are of two accounts', NEW.attachment_id, NEW.mail_id
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'outbox_file_of_one_account';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER outbox_file_of_one_account AFTER INSERT OR UPDATE ON outbox_file
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION outbox_file_of_one_account()
"""


class Migration(migrations.Migration):
    dependencies = [("outbound", "0001_initial"), ("desk", "0002_promises")]

    operations = [
        composite("record"),
        composite("conversation"),
        migrations.RunSQL(
            HOLD, "DROP TRIGGER outbox_mail_hold ON outbox_mail; DROP FUNCTION outbox_mail_hold()"
        ),
        migrations.RunSQL(
            FILES,
            "DROP TRIGGER outbox_file_of_one_account ON outbox_file; DROP FUNCTION outbox_file_of_one_account()",
        ),
        migrations.RunSQL(
            "INSERT INTO generation DEFAULT VALUES", migrations.RunSQL.noop
        ),
    ]
