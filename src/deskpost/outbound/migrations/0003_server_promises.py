"""No mail leaves by a server of another account, and no file with a mail of one, whichever row is written."""

from django.db import migrations

# A file goes with a mail of its own account, whichever of the three rows is written. Who writes the row between
# holds the other two: whoever moves one of them meanwhile waits for the commit, and is refused by its own check.
FILES = """
    CREATE FUNCTION outbox_file_of_one_account() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE crossing outbox_file;
    BEGIN
        IF TG_TABLE_NAME = 'outbox_file' THEN
            PERFORM FROM outbox_mail WHERE id = NEW.mail_id FOR SHARE;
            PERFORM FROM attachment WHERE id = NEW.attachment_id FOR SHARE;
        END IF;
        EXECUTE format('SELECT file.* FROM outbox_file file JOIN outbox_mail mail ON mail.id = file.mail_id '
            'JOIN attachment ON attachment.id = file.attachment_id WHERE file.%I = $1 '
            'AND mail.account_id IS DISTINCT FROM attachment.account_id LIMIT 1', TG_ARGV[0])
            INTO crossing USING NEW.id;
        IF crossing.id IS NOT NULL THEN
            RAISE EXCEPTION 'attachment % and outgoing mail % are of two accounts',
                crossing.attachment_id, crossing.mail_id
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'outbox_file_of_one_account';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER outbox_file_of_one_account AFTER INSERT OR UPDATE ON outbox_file
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION outbox_file_of_one_account('id');
    CREATE CONSTRAINT TRIGGER outbox_mail_of_the_account_of_its_files AFTER UPDATE OF account_id ON outbox_mail
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.account_id IS DISTINCT FROM OLD.account_id)
        EXECUTE FUNCTION outbox_file_of_one_account('mail_id');
    CREATE CONSTRAINT TRIGGER attachment_of_the_account_of_its_mails AFTER UPDATE OF account_id ON attachment
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.account_id IS DISTINCT FROM OLD.account_id)
        EXECUTE FUNCTION outbox_file_of_one_account('attachment_id')
"""
NO_FILES = """
    DROP TRIGGER outbox_file_of_one_account ON outbox_file;
    DROP TRIGGER outbox_mail_of_the_account_of_its_files ON outbox_mail;
    DROP TRIGGER attachment_of_the_account_of_its_mails ON attachment;
    DROP FUNCTION outbox_file_of_one_account()
"""
# As 0002_promises made it.
EARLIER_FILES = """
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
NO_EARLIER_FILES = """
    DROP TRIGGER outbox_file_of_one_account ON outbox_file;
    DROP FUNCTION outbox_file_of_one_account()
"""
# A mail that waits for a server of another account is held (0002_promises), and leaves by one of its own.
FREE = """
    UPDATE outbox_mail mail SET server_id = NULL FROM outgoing_server server
        WHERE server.id = mail.server_id AND mail.state IN ('queued', 'sending', 'held')
        AND server.account_id IS NOT NULL AND server.account_id IS DISTINCT FROM mail.account_id
"""
# A mail leaves by a server of its own account or of no account. Inserts are checked a statement at a time, since
# hundreds of mails are written at once; updates only where a mail is put in the way of being sent. A key lock is
# enough against somebody who gives the server to an account meanwhile: its account is in a unique index.
SERVERS = """
    CREATE FUNCTION outbox_mail_refuse_server(mail bigint, server bigint) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'outgoing server % is of another account than outgoing mail %', server, mail
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'outbox_mail_server_of_its_account';
    END $$;
    CREATE FUNCTION outbox_mails_of_the_account_of_their_servers() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM FROM outgoing_server WHERE id IN (SELECT server_id FROM written) ORDER BY id FOR KEY SHARE;
        PERFORM outbox_mail_refuse_server(mail.id, server.id)
            FROM written mail JOIN outgoing_server server ON server.id = mail.server_id
            WHERE server.account_id <> mail.account_id OR mail.account_id IS NULL AND server.account_id IS NOT NULL;
        RETURN NULL;
    END $$;
    CREATE FUNCTION outbox_mail_of_the_account_of_its_server() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE of_server bigint;
    BEGIN
        SELECT account_id INTO of_server FROM outgoing_server WHERE id = NEW.server_id FOR KEY SHARE;
        IF of_server IS NOT NULL AND of_server IS DISTINCT FROM NEW.account_id THEN
            PERFORM outbox_mail_refuse_server(NEW.id, NEW.server_id);
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION outgoing_server_of_the_account_of_its_mails() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE kind text; crossing bigint;
    BEGIN
        FOREACH kind IN ARRAY ARRAY['queued', 'sending', 'held'] LOOP
            EXECUTE format('SELECT id FROM outbox_mail WHERE server_id = $1 AND state = %L '
                'AND account_id IS DISTINCT FROM $2 LIMIT 1', kind) INTO crossing USING NEW.id, NEW.account_id;
            IF crossing IS NOT NULL THEN
                PERFORM outbox_mail_refuse_server(crossing, NEW.id);
            END IF;
        END LOOP;
        RETURN NULL;
    END $$;
    CREATE TRIGGER outbox_mails_of_the_account_of_their_servers AFTER INSERT ON outbox_mail
        REFERENCING NEW TABLE AS written FOR EACH STATEMENT
        EXECUTE FUNCTION outbox_mails_of_the_account_of_their_servers();
    CREATE TRIGGER outbox_mail_of_the_account_of_its_server AFTER UPDATE OF server_id, account_id, state
        ON outbox_mail FOR EACH ROW WHEN (
            NEW.server_id IS NOT NULL AND NEW.state IN ('queued', 'sending', 'held') AND (
                NEW.server_id IS DISTINCT FROM OLD.server_id OR NEW.account_id IS DISTINCT FROM OLD.account_id
                OR OLD.state NOT IN ('queued', 'sending', 'held')))
        EXECUTE FUNCTION outbox_mail_of_the_account_of_its_server();
    CREATE TRIGGER outgoing_server_of_the_account_of_its_mails AFTER UPDATE OF id, account_id ON outgoing_server
        FOR EACH ROW WHEN (NEW.account_id IS NOT NULL AND (NEW.id, NEW.account_id) IS DISTINCT FROM
            (OLD.id, OLD.account_id)) EXECUTE FUNCTION outgoing_server_of_the_account_of_its_mails();
    CREATE TRIGGER new_outgoing_server_of_the_account_of_its_mails AFTER INSERT ON outgoing_server
        FOR EACH ROW WHEN (NEW.account_id IS NOT NULL)
        EXECUTE FUNCTION outgoing_server_of_the_account_of_its_mails()
"""
NO_SERVERS = """
    DROP TRIGGER outbox_mails_of_the_account_of_their_servers ON outbox_mail;
    DROP TRIGGER outbox_mail_of_the_account_of_its_server ON outbox_mail;
    DROP TRIGGER outgoing_server_of_the_account_of_its_mails ON outgoing_server;
    DROP TRIGGER new_outgoing_server_of_the_account_of_its_mails ON outgoing_server;
    DROP FUNCTION outbox_mails_of_the_account_of_their_servers();
    DROP FUNCTION outbox_mail_of_the_account_of_its_server();
    DROP FUNCTION outgoing_server_of_the_account_of_its_mails();
    DROP FUNCTION outbox_mail_refuse_server(bigint, bigint)
"""


class Migration(migrations.Migration):
    dependencies = [("outbound", "0002_promises")]

    operations = [
        migrations.RunSQL(NO_EARLIER_FILES, EARLIER_FILES),
        migrations.RunSQL(FILES, NO_FILES),
        migrations.RunSQL(FREE, migrations.RunSQL.noop),
        migrations.RunSQL(SERVERS, NO_SERVERS),
    ]
