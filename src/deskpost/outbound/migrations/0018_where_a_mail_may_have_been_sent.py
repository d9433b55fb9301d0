"""Mails that may have been sent are held when their server's mailbox changes: they would be looked for elsewhere."""

from django.db import migrations, models

# By Graph and EWS a mail whose answer was lost is looked for in the mailbox that it left from. Once the server has
# another, nobody can: whoever saves it, a person decides. What is being sent at this moment is held as well, when its
# answer is lost or it is given back unasked. The pool's mailboxes are asked on, as long as the protocol and its address stay.
PROMISE = """
    CREATE FUNCTION copies_lie_by(protocol text, graph_endpoint text, connect_url text) RETURNS text
        LANGUAGE sql IMMUTABLE AS $$
        SELECT protocol || ' ' || lower(coalesce(substring(
            CASE protocol WHEN 'graph' THEN graph_endpoint ELSE connect_url END FROM '://([^/]+)'), ''))
    $$;
    CREATE FUNCTION copies_lie_in(mailbox_to_open text, username text, reply_to text) RETURNS text
        LANGUAGE sql IMMUTABLE AS $$
        SELECT lower(coalesce(nullif(mailbox_to_open, ''), nullif(username, ''), reply_to))
    $$;
    CREATE FUNCTION held_for(mailbox text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT 'An earlier try may have sent this mail from ' || mailbox || ', which is not the mailbox of its outgoing '
            'server any more and cannot be asked. Deskpost does not send it twice on its own. To do: look into Sent '
            'Items of ' || mailbox || '; say here that the mail was sent, or send it again.'
    $$;
    CREATE FUNCTION outgoing_server_moved() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        elsewhere boolean := copies_lie_by(OLD.protocol, OLD.graph_endpoint, OLD.connect_url)
            <> copies_lie_by(NEW.protocol, NEW.graph_endpoint, NEW.connect_url);
        own text := copies_lie_in(OLD.mailbox_to_open, OLD.username, OLD.reply_to);
    BEGIN
        IF NOT elsewhere AND own = copies_lie_in(NEW.mailbox_to_open, NEW.username, NEW.reply_to) THEN
            RETURN NULL;
        END IF;
        UPDATE outbox_mail SET moved_from = coalesce(nullif(sent_from, ''), own), draft_id = ''
            WHERE server_id = NEW.id AND state IN ('queued', 'sending', 'held') AND moved_from = ''
            AND (elsewhere OR sent_from = '') AND (state = 'sending' OR unknown_fate AND (state = 'held' OR looks < 5));
        UPDATE outbox_mail SET draft_id = '' WHERE server_id = NEW.id AND state = 'queued' AND draft_id <> ''
            AND (elsewhere OR sent_from = '');
        UPDATE outbox_mail SET state = 'held', looks = 0, reason = held_for(moved_from)
            WHERE server_id = NEW.id AND state IN ('queued', 'held') AND unknown_fate AND moved_from <> '';
        RETURN NULL;
    END $$;
    CREATE TRIGGER outgoing_server_moved AFTER UPDATE OF protocol, graph_endpoint, connect_url, mailbox_to_open,
        username, reply_to ON outgoing_server FOR EACH ROW WHEN (OLD.protocol IN ('ews', 'graph'))
        EXECUTE FUNCTION outgoing_server_moved();
    CREATE FUNCTION outbox_mail_moved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.state := 'held';
        NEW.looks := 0;
        NEW.draft_id := '';
        NEW.reason := held_for(NEW.moved_from);
        RETURN NEW;
    END $$;
    CREATE TRIGGER outbox_mail_moved BEFORE UPDATE OF state ON outbox_mail FOR EACH ROW
        WHEN (OLD.state = 'sending' AND NEW.state = 'queued' AND NEW.moved_from <> '' AND NEW.unknown_fate
            AND NEW.looks < 5)
        EXECUTE FUNCTION outbox_mail_moved()
"""
NO_PROMISE = """
    DROP TRIGGER outgoing_server_moved ON outgoing_server;
    DROP FUNCTION outgoing_server_moved();
    DROP TRIGGER outbox_mail_moved ON outbox_mail;
    DROP FUNCTION outbox_mail_moved();
    DROP FUNCTION held_for(text);
    DROP FUNCTION copies_lie_in(text, text, text);
    DROP FUNCTION copies_lie_by(text, text, text)
"""


class Migration(migrations.Migration):
    dependencies = [("outbound", "0017_service_ended")]

    operations = [
        migrations.AddField(
            model_name="outboxmail",
            name="moved_from",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.RunSQL(PROMISE, NO_PROMISE),
    ]
