"""An application that signs in on its own gets its tokens by its secret: a new one, by whoever, ends their loss."""

from django.db import migrations

# The old token goes too, so that the next one is got by the new secret. Who was told of the loss is told of its end.
PROMISE = """
    CREATE FUNCTION end_mailbox_loss() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE mailbox_consent SET lost_at = NULL, lost_reason = '', access_token = '', expires_at = NULL
            WHERE mailbox_id = NEW.id AND lost_at IS NOT NULL;
        RETURN NULL;
    END $$;
    CREATE TRIGGER mailbox_has_a_new_secret AFTER UPDATE OF client_secret ON mailbox FOR EACH ROW
        WHEN (NEW."grant" = 'client_credentials' AND NEW.client_secret <> ''
            AND OLD.client_secret IS DISTINCT FROM NEW.client_secret)
        EXECUTE FUNCTION end_mailbox_loss()
"""
NO_PROMISE = """
    DROP TRIGGER mailbox_has_a_new_secret ON mailbox;
    DROP FUNCTION end_mailbox_loss()
"""


class Migration(migrations.Migration):

    dependencies = [("inbound", "0012_setup_assistant")]

    operations = [migrations.RunSQL(PROMISE, NO_PROMISE)]
