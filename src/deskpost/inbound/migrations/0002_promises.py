"""What Django cannot say of the tables of incoming mail."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inbound", "0001_initial"), ("desk", "0002_promises")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE raw_chunk ALTER COLUMN content SET STORAGE EXTERNAL", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            "ALTER TABLE raw_chunk ADD CONSTRAINT raw_chunk_mail FOREIGN KEY (mail_id) "
            "REFERENCES inbound_message (id) ON DELETE CASCADE",
            "ALTER TABLE raw_chunk DROP CONSTRAINT raw_chunk_mail",
        ),
        migrations.RunSQL(
            "ALTER TABLE conversation ADD CONSTRAINT conversation_mail FOREIGN KEY (mail_id) "
            "REFERENCES inbound_message (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE conversation DROP CONSTRAINT conversation_mail",
        ),
        migrations.RunSQL(
            "CREATE UNIQUE INDEX conversation_of_mail ON conversation (mail_id) WHERE mail_id IS NOT NULL",
            "DROP INDEX conversation_of_mail",
        ),
        migrations.RunSQL(
            # A forward has the files of the mail that it passes on; no file is of a mail of another account.
            "ALTER TABLE attachment ADD CONSTRAINT attachment_mail_and_account FOREIGN KEY (mail_id, account_id) "
            "REFERENCES conversation (mail_id, account_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE attachment DROP CONSTRAINT attachment_mail_and_account",
        ),
        migrations.RunSQL(
            "ALTER TABLE mail_outcome ADD CONSTRAINT mail_outcome_record_and_account FOREIGN KEY "
            "(record_id, account_id) REFERENCES record (id, account_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE mail_outcome DROP CONSTRAINT mail_outcome_record_and_account",
        ),
        migrations.RunSQL(
            "ALTER TABLE mail_outcome ADD CONSTRAINT mail_outcome_conversation_and_account FOREIGN KEY "
            "(conversation_id, account_id) REFERENCES conversation (id, account_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE mail_outcome DROP CONSTRAINT mail_outcome_conversation_and_account",
        ),
    ]
