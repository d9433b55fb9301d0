"""One application never fetches and sends for one mailbox of Graph, by whatever two names it is known."""

from django.db import migrations

# Beside the trigger of 0009, which compares names at every write. What two names lead to is told after they were saved,
# and then fetching must still be switched off and on: so this one judges only whoever writes where a row leads to.
PROMISE = """
    CREATE FUNCTION refuse_shared_graph_client(incoming_id bigint, outgoing_id bigint) RETURNS void
    LANGUAGE plpgsql AS $$
    DECLARE shared text;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('graph_client_of_one_direction'));
        SELECT incoming.name INTO shared FROM mailbox incoming JOIN outgoing_server outgoing
            ON lower(incoming.client_id) = lower(outgoing.client_id)
            WHERE incoming.protocol = 'graph' AND outgoing.protocol = 'graph' AND incoming.removed_at IS NULL
            AND NOT outgoing.copied
            AND incoming.id = coalesce(incoming_id, incoming.id) AND outgoing.id = coalesce(outgoing_id, outgoing.id)
            AND graph_inbox_ids(incoming.graph_endpoint,
                ARRAY[coalesce(nullif(incoming.mailbox_to_open, ''), incoming.username)])
            && graph_inbox_ids(outgoing.graph_endpoint, outgoing.sender_pool || coalesce(
                nullif(outgoing.mailbox_to_open, ''), nullif(outgoing.username, ''), outgoing.reply_to))
            LIMIT 1;
        IF shared IS NOT NULL THEN
            RAISE EXCEPTION 'the application that fetches mailbox % also sends for it', shared
                USING ERRCODE = 'unique_violation', CONSTRAINT = 'graph_client_of_one_direction';
        END IF;
    END $$;
    CREATE FUNCTION mailbox_graph_client_by_id() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM refuse_shared_graph_client(NEW.id, NULL);
        RETURN NULL;
    END $$;
    CREATE FUNCTION outgoing_server_graph_client_by_id() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM refuse_shared_graph_client(NULL, NEW.id);
        RETURN NULL;
    END $$;
    CREATE TRIGGER mailbox_graph_client_made AFTER INSERT ON mailbox FOR EACH ROW
        WHEN (NEW.protocol = 'graph') EXECUTE FUNCTION mailbox_graph_client_by_id();
    CREATE TRIGGER mailbox_graph_client_moved AFTER UPDATE ON mailbox FOR EACH ROW
        WHEN (NEW.protocol = 'graph' AND NEW.removed_at IS NULL
            AND (OLD.protocol, OLD.graph_endpoint, OLD.client_id, OLD.mailbox_to_open, OLD.username)
            IS DISTINCT FROM (NEW.protocol, NEW.graph_endpoint, NEW.client_id, NEW.mailbox_to_open, NEW.username))
        EXECUTE FUNCTION mailbox_graph_client_by_id();
    CREATE TRIGGER outgoing_server_graph_client_made AFTER INSERT ON outgoing_server FOR EACH ROW
        WHEN (NEW.protocol = 'graph') EXECUTE FUNCTION outgoing_server_graph_client_by_id();
    CREATE TRIGGER outgoing_server_graph_client_moved AFTER UPDATE ON outgoing_server FOR EACH ROW
        WHEN (NEW.protocol = 'graph' AND (OLD.protocol, OLD.graph_endpoint, OLD.client_id, OLD.mailbox_to_open,
            OLD.username, OLD.reply_to, OLD.sender_pool, OLD.copied)
            IS DISTINCT FROM (NEW.protocol, NEW.graph_endpoint, NEW.client_id, NEW.mailbox_to_open,
            NEW.username, NEW.reply_to, NEW.sender_pool, NEW.copied))
        EXECUTE FUNCTION outgoing_server_graph_client_by_id()
"""
NO_PROMISE = """
    DROP TRIGGER outgoing_server_graph_client_moved ON outgoing_server;
    DROP TRIGGER outgoing_server_graph_client_made ON outgoing_server;
    DROP TRIGGER mailbox_graph_client_moved ON mailbox;
    DROP TRIGGER mailbox_graph_client_made ON mailbox;
    DROP FUNCTION outgoing_server_graph_client_by_id();
    DROP FUNCTION mailbox_graph_client_by_id();
    DROP FUNCTION refuse_shared_graph_client(bigint, bigint)
"""


class Migration(migrations.Migration):

    dependencies = [
        ("access", "0005_names_of_a_graph_mailbox"),
        ("outbound", "0016_sender_pool"),
        ("inbound", "0016_mailboxes_met_closed"),
    ]

    operations = [migrations.RunSQL(PROMISE, NO_PROMISE)]
