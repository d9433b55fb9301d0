"""A mailbox of a sender pool is one server's, and named there once, by whatever name it is known."""

from django.db import migrations

# Beside the trigger of 0016, which compares names at every write: this one judges only whoever writes where a server
# leads to, for what two names lead to is told after they were saved.
PROMISE = """
    CREATE FUNCTION outgoing_server_sender_pool_by_id() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE own text[] := graph_inbox_ids(NEW.graph_endpoint,
        ARRAY[coalesce(nullif(NEW.mailbox_to_open, ''), nullif(NEW.username, ''), NEW.reply_to)]);
    DECLARE pool text[] := graph_inbox_ids(NEW.graph_endpoint, NEW.sender_pool);
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('graph_client_of_one_direction'));
        IF own && pool OR (SELECT count(*) <> count(DISTINCT one) FROM unnest(pool) AS one)
            OR NOT NEW.copied AND EXISTS (SELECT 1 FROM outgoing_server other WHERE other.id <> NEW.id
                AND other.protocol = 'graph' AND NOT other.copied AND lower(other.client_id) = lower(NEW.client_id)
                AND (graph_inbox_ids(other.graph_endpoint, other.sender_pool) && (own || pool)
                    OR graph_inbox_ids(other.graph_endpoint, ARRAY[coalesce(nullif(other.mailbox_to_open, ''),
                        nullif(other.username, ''), other.reply_to)]) && pool))
        THEN
            RAISE EXCEPTION 'a mailbox cannot be in a sender pool beside what sends from it already'
                USING ERRCODE = 'unique_violation', CONSTRAINT = 'outgoing_server_sender_pool';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER outgoing_server_sender_pool_made AFTER INSERT ON outgoing_server FOR EACH ROW
        WHEN (NEW.protocol = 'graph') EXECUTE FUNCTION outgoing_server_sender_pool_by_id();
    CREATE TRIGGER outgoing_server_sender_pool_moved AFTER UPDATE ON outgoing_server FOR EACH ROW
        WHEN (NEW.protocol = 'graph' AND (OLD.protocol, OLD.graph_endpoint, OLD.client_id, OLD.mailbox_to_open,
            OLD.username, OLD.reply_to, OLD.sender_pool, OLD.copied)
            IS DISTINCT FROM (NEW.protocol, NEW.graph_endpoint, NEW.client_id, NEW.mailbox_to_open,
            NEW.username, NEW.reply_to, NEW.sender_pool, NEW.copied))
        EXECUTE FUNCTION outgoing_server_sender_pool_by_id()
"""
NO_PROMISE = """
    DROP TRIGGER outgoing_server_sender_pool_moved ON outgoing_server;
    DROP TRIGGER outgoing_server_sender_pool_made ON outgoing_server;
    DROP FUNCTION outgoing_server_sender_pool_by_id()
"""


class Migration(migrations.Migration):

    dependencies = [
        ("access", "0005_names_of_a_graph_mailbox"),
        ("outbound", "0019_mail_of_a_removed_mailbox"),
    ]

    operations = [migrations.RunSQL(PROMISE, NO_PROMISE)]
