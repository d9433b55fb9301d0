"""A consent is for what a server signs in as: a change of that, by whoever, deletes it and the sign-ins under way."""

from django.db import migrations

# The columns of access.columns.SIGN_IN. A server without user name signs in as its own address.
PROMISE = """
    CREATE FUNCTION forget_server_consent() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM server_consent WHERE server_id = NEW.id;
        DELETE FROM provider_sign_in WHERE server_id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER outgoing_server_signs_in_anew AFTER UPDATE ON outgoing_server FOR EACH ROW
        WHEN ((OLD.protocol, OLD.server, OLD.connect_url, OLD.graph_endpoint, OLD.authentication, OLD.username,
            OLD.client_id, OLD.authorization_url, OLD.token_url, OLD.scope, OLD."grant",
            CASE WHEN OLD.username = '' THEN OLD.reply_to END)
        IS DISTINCT FROM (NEW.protocol, NEW.server, NEW.connect_url, NEW.graph_endpoint, NEW.authentication,
            NEW.username, NEW.client_id, NEW.authorization_url, NEW.token_url, NEW.scope, NEW."grant",
            CASE WHEN NEW.username = '' THEN NEW.reply_to END))
        EXECUTE FUNCTION forget_server_consent()
"""
NO_PROMISE = """
    DROP TRIGGER outgoing_server_signs_in_anew ON outgoing_server;
    DROP FUNCTION forget_server_consent()
"""


class Migration(migrations.Migration):

    dependencies = [("access", "0001_initial"), ("outbound", "0009_every_sign_in")]

    operations = [migrations.RunSQL(PROMISE, NO_PROMISE)]
