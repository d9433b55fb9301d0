"""What may have been sent from the mailbox of a server that is removed waits for a person, not for another server."""

from django.db import migrations

# After outbox_mail_hold, as its name comes later. What overflowed to another server was not sent from this mailbox.
PROMISE = """
    CREATE FUNCTION outbox_mail_hold_undecided() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        own text := (SELECT copies_lie_in(mailbox_to_open, username, reply_to) FROM outgoing_server
            WHERE id = OLD.server_id AND protocol IN ('ews', 'graph'));
    BEGIN
        IF own IS NOT NULL THEN
            NEW.moved_from := coalesce(nullif(OLD.moved_from, ''), nullif(OLD.sent_from, ''), own);
            NEW.looks := 0;
            NEW.draft_id := '';
            NEW.reason := held_for(NEW.moved_from);
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER outbox_mail_hold_undecided BEFORE UPDATE OF server_id ON outbox_mail FOR EACH ROW
        WHEN (NEW.server_id IS NULL AND OLD.server_id IS NOT NULL AND NEW.state = 'held' AND NEW.unknown_fate
            AND (OLD.state = 'held' OR OLD.state = 'queued' AND OLD.looks < 5
                OR OLD.state = 'sending' AND OLD.overflow_by_id IS NULL))
        EXECUTE FUNCTION outbox_mail_hold_undecided()
"""
NO_PROMISE = """
    DROP TRIGGER outbox_mail_hold_undecided ON outbox_mail;
    DROP FUNCTION outbox_mail_hold_undecided()
"""


class Migration(migrations.Migration):
    dependencies = [("outbound", "0018_where_a_mail_may_have_been_sent")]

    operations = [migrations.RunSQL(PROMISE, NO_PROMISE)]
