"""A consent is for what a mailbox signs in as: a change of that, by whoever, deletes it and the sign-ins under way."""

from django.db import migrations

# The columns of access.columns.SIGN_IN.
PROMISE = """
    CREATE FUNCTION forget_mailbox_consent() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM mailbox_consent WHERE mailbox_id = NEW.id;
        DELETE FROM provider_sign_in WHERE mailbox_id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER mailbox_signs_in_anew AFTER UPDATE ON mailbox FOR EACH ROW
        WHEN ((OLD.protocol, OLD.server, OLD.connect_url, OLD.graph_endpoint, OLD.authentication, OLD.username,
            OLD.client_id, OLD.authorization_url, OLD.token_url, OLD.scope, OLD."grant")
        IS DISTINCT FROM (NEW.protocol, NEW.server, NEW.connect_url, NEW.graph_endpoint, NEW.authentication,
            NEW.username, NEW.client_id, NEW.authorization_url, NEW.token_url, NEW.scope, NEW."grant"))
        EXECUTE FUNCTION forget_mailbox_consent()
"""
NO_PROMISE = """
    DROP TRIGGER mailbox_signs_in_anew ON mailbox;
    DROP FUNCTION forget_mailbox_consent()
"""


class Migration(migrations.Migration):

    dependencies = [("access", "0001_initial"), ("inbound", "0010_push")]

    operations = [migrations.RunSQL(PROMISE, NO_PROMISE)]
