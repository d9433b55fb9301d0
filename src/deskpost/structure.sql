-- Written by `make structure`. A new database begins with this; see src/deskpost/schema.py.
CREATE TYPE procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);
CREATE TYPE procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);
CREATE TYPE procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);
CREATE FUNCTION _pgh_attach_context() RETURNS uuid
    LANGUAGE plpgsql
    AS $$
                    DECLARE
                        _pgh_context_id UUID;
                        _pgh_context_metadata JSONB;
                    BEGIN
                        BEGIN
                            SELECT INTO _pgh_context_id
                                CURRENT_SETTING('pghistory.context_id');
                            SELECT INTO _pgh_context_metadata
                                CURRENT_SETTING('pghistory.context_metadata');
                            EXCEPTION WHEN OTHERS THEN
                        END;
                        IF _pgh_context_id IS NOT NULL AND _pgh_context_metadata IS NOT NULL THEN
                            INSERT INTO pghistory_context (id, metadata, created_at, updated_at)
                                VALUES (_pgh_context_id, _pgh_context_metadata, NOW(), NOW())
                                ON CONFLICT (id) DO UPDATE
                                    SET metadata = EXCLUDED.metadata,
                                        updated_at = EXCLUDED.updated_at
                                    WHERE pghistory_context.metadata != EXCLUDED.metadata;
                            RETURN _pgh_context_id;
                        ELSE
                            RETURN NULL;
                        END IF;
                    END;
                $$;
CREATE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
                DECLARE
                    _pgtrigger_ignore TEXT[];
                    _result BOOLEAN;
                BEGIN
                    BEGIN
                        SELECT INTO _pgtrigger_ignore
                            CURRENT_SETTING('pgtrigger.ignore');
                        EXCEPTION WHEN OTHERS THEN
                    END;
                    IF _pgtrigger_ignore IS NOT NULL THEN
                        SELECT trigger_name = ANY(_pgtrigger_ignore)
                        INTO _result;
                        RETURN _result;
                    ELSE
                        RETURN FALSE;
                    END IF;
                END;
            $$;
CREATE FUNCTION addresses_to_notify(given text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $_$
        SELECT coalesce(array_ndims(given), 1) = 1 AND cardinality(given) <= 20
            AND cardinality(given) = (SELECT count(DISTINCT one) FROM unnest(given) AS one
                WHERE char_length(one) <= 254
                AND one ~ '^[^[:space:][:cntrl:]@<>,;:"()\[\]\\]+@[^[:space:][:cntrl:]@<>,;:"()\[\]\\A-Z]+$'
                AND one ~ '@[^.].*[.].*[^.]$')
    $_$;
CREATE FUNCTION api_key_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        RAISE EXCEPTION 'an API key is given once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'api_key_stays';
    END $$;
CREATE FUNCTION attachment_of_the_mail_of_its_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM history_entry WHERE id = NEW.history_entry_id AND mail_id = NEW.mail_id) THEN
            RAISE EXCEPTION 'attachment % is of another mail than the change that it is a file of', NEW.id
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'attachment_of_the_mail_of_its_change';
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION command_delimiter_apart() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('command_delimiter_apart'));
        IF EXISTS (
            SELECT FROM email_command one JOIN delimiter base ON base.module = ''
            WHERE strpos(one.delimiter, base.text) > 0 OR strpos(base.text, one.delimiter) > 0
        ) THEN
            RAISE EXCEPTION 'the command delimiter cannot be told from a base delimiter: command_delimiter_apart'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'command_delimiter_apart';
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION command_delimiter_in_no_label() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('command_delimiter_apart'));
        IF EXISTS (
            SELECT FROM email_command one JOIN additional_field field ON field.deleted_at IS NULL
            WHERE one.enabled AND strpos(field.label, one.delimiter) > 0
                AND (TG_TABLE_NAME = 'email_command' OR to_jsonb(NEW) -> 'id' = to_jsonb(field.id))
        ) THEN
            RAISE EXCEPTION 'the label of a field holds the command delimiter: command_delimiter_in_no_label'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'command_delimiter_in_no_label';
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION consent_link_stays_ended() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        RAISE EXCEPTION 'a consent link that has ended works no more'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_link_stays_ended';
    END $$;
CREATE FUNCTION copies_lie_by(protocol text, graph_endpoint text, connect_url text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
        SELECT protocol || ' ' || lower(coalesce(substring(
            CASE protocol WHEN 'graph' THEN graph_endpoint ELSE connect_url END FROM '://([^/]+)'), ''))
    $$;
CREATE FUNCTION copies_lie_in(mailbox_to_open text, username text, reply_to text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
        SELECT lower(coalesce(nullif(mailbox_to_open, ''), nullif(username, ''), reply_to))
    $$;
CREATE FUNCTION end_mailbox_consent_link() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        UPDATE consent_link SET ended_at = statement_timestamp(), "end" = 'changed'
            WHERE mailbox_id = NEW.id AND ended_at IS NULL;
        RETURN NULL;
    END $$;
CREATE FUNCTION end_mailbox_loss() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        UPDATE mailbox_consent SET lost_at = NULL, lost_reason = '', access_token = '', expires_at = NULL
            WHERE mailbox_id = NEW.id AND lost_at IS NOT NULL;
        RETURN NULL;
    END $$;
CREATE FUNCTION end_server_consent_link() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        UPDATE consent_link SET ended_at = statement_timestamp(), "end" = 'changed'
            WHERE server_id = NEW.id AND ended_at IS NULL;
        RETURN NULL;
    END $$;
CREATE FUNCTION end_server_loss() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        UPDATE server_consent SET lost_at = NULL, lost_reason = '', access_token = '', expires_at = NULL
            WHERE server_id = NEW.id AND lost_at IS NOT NULL;
        RETURN NULL;
    END $$;
CREATE FUNCTION first_account_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM account WHERE id < NEW.id) THEN
            RAISE EXCEPTION 'account % is the provider''s own', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION forget_mailbox_consent() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        DELETE FROM mailbox_consent WHERE mailbox_id = NEW.id;
        DELETE FROM provider_sign_in WHERE mailbox_id = NEW.id;
        RETURN NULL;
    END $$;
CREATE FUNCTION forget_server_consent() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        DELETE FROM server_consent WHERE server_id = NEW.id;
        DELETE FROM provider_sign_in WHERE server_id = NEW.id;
        RETURN NULL;
    END $$;
CREATE FUNCTION former_token_numbers() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE
        numbers text := 'record_number_' || lower(NEW.module);
        reached bigint;
    BEGIN
        EXECUTE format('SELECT last_value FROM %I', numbers) INTO reached;
        IF reached < NEW.below - 1 THEN
            PERFORM setval(numbers::regclass, NEW.below - 1);
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION graph_client_of_one_direction() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE shared text;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('graph_client_of_one_direction'));
        SELECT incoming.name INTO shared FROM mailbox incoming JOIN outgoing_server outgoing
            ON lower(incoming.client_id) = lower(outgoing.client_id)
            AND lower(coalesce(nullif(incoming.mailbox_to_open, ''), incoming.username)) = ANY(outgoing.sender_pool || lower(
                coalesce(nullif(outgoing.mailbox_to_open, ''), nullif(outgoing.username, ''), outgoing.reply_to)))
            WHERE incoming.protocol = 'graph' AND outgoing.protocol = 'graph' AND incoming.removed_at IS NULL
            AND NOT outgoing.copied
            AND CASE TG_TABLE_NAME WHEN 'mailbox' THEN incoming.id ELSE outgoing.id END = NEW.id LIMIT 1;
        IF shared IS NOT NULL THEN
            RAISE EXCEPTION 'the application that fetches mailbox % also sends for it', shared
                USING ERRCODE = 'unique_violation', CONSTRAINT = 'graph_client_of_one_direction';
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION graph_inbox_ids(at_endpoint text, names text[]) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
        SELECT coalesce(array_agg(known.inbox_id), '{}') FROM unnest(names) AS one (name) JOIN graph_inbox known
            ON known.endpoint = graph_place(at_endpoint) AND known.mailbox = lower(btrim(one.name))
    $$;
CREATE FUNCTION graph_place(endpoint text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $_$
        SELECT regexp_replace(lower(rtrim(btrim(endpoint), '/')), '/(v1[.]0|beta)$', '')
    $_$;
CREATE FUNCTION held_for(mailbox text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
        SELECT 'An earlier try may have sent this mail from ' || mailbox || ', which is not the mailbox of its outgoing '
            'server any more and cannot be asked. Deskpost does not send it twice on its own. To do: look into Sent '
            'Items of ' || mailbox || '; say here that the mail was sent, or send it again.'
    $$;
CREATE FUNCTION mailbox_graph_client_by_id() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM refuse_shared_graph_client(NEW.id, NULL);
        RETURN NULL;
    END $$;
CREATE FUNCTION mailbox_listens_anew() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        UPDATE mailbox_state SET listening_since = clock_timestamp(), silence_told_at = NULL
        WHERE mailbox_id = NEW.id;
        RETURN NULL;
    END $$;
CREATE FUNCTION of_a_living_account() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM FROM account WHERE id = NEW.account_id AND deleted_at IS NULL FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'account % is removed', NEW.account_id
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION outbox_file_of_one_account() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
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
    END $_$;
CREATE FUNCTION outbox_mail_hold() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION outbox_mail_hold_undecided() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION outbox_mail_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        NEW.state := 'held';
        NEW.looks := 0;
        NEW.draft_id := '';
        NEW.reason := held_for(NEW.moved_from);
        RETURN NEW;
    END $$;
CREATE FUNCTION outbox_mail_of_the_account_of_its_overflow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE of_server bigint;
    BEGIN
        SELECT account_id INTO of_server FROM outgoing_server WHERE id = NEW.overflow_by_id FOR KEY SHARE;
        IF of_server IS NOT NULL AND of_server IS DISTINCT FROM NEW.account_id THEN
            PERFORM outbox_mail_refuse_server(NEW.id, NEW.overflow_by_id);
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION outbox_mail_of_the_account_of_its_server() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE of_server bigint;
    BEGIN
        SELECT account_id INTO of_server FROM outgoing_server WHERE id = NEW.server_id FOR KEY SHARE;
        IF of_server IS NOT NULL AND of_server IS DISTINCT FROM NEW.account_id THEN
            PERFORM outbox_mail_refuse_server(NEW.id, NEW.server_id);
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION outbox_mail_refuse_server(mail bigint, server bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
    BEGIN
        RAISE EXCEPTION 'outgoing server % is of another account than outgoing mail %', server, mail
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'outbox_mail_server_of_its_account';
    END $$;
CREATE FUNCTION outbox_mails_of_the_account_of_their_servers() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM FROM outgoing_server WHERE id IN (SELECT server_id FROM written) ORDER BY id FOR KEY SHARE;
        PERFORM outbox_mail_refuse_server(mail.id, server.id)
            FROM written mail JOIN outgoing_server server ON server.id = mail.server_id
            WHERE server.account_id <> mail.account_id OR mail.account_id IS NULL AND server.account_id IS NOT NULL;
        RETURN NULL;
    END $$;
CREATE FUNCTION outgoing_server_graph_client_by_id() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM refuse_shared_graph_client(NULL, NEW.id);
        RETURN NULL;
    END $$;
CREATE FUNCTION outgoing_server_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION outgoing_server_of_the_account_of_its_mails() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
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
    END $_$;
CREATE FUNCTION outgoing_server_overflow_to_smtp() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE target outgoing_server;
    BEGIN
        PERFORM FROM outgoing_server WHERE id = NEW.overflow_to_id FOR SHARE;
        SELECT other.* INTO target FROM outgoing_server other
            WHERE (other.id = NEW.overflow_to_id
                OR other.id = NEW.id AND EXISTS (SELECT 1 FROM outgoing_server WHERE overflow_to_id = NEW.id))
            AND (other.protocol NOT IN ('smtp', 'smtps') OR other.account_id IS NOT NULL OR other.copied) LIMIT 1;
        IF target.id IS NOT NULL THEN
            RAISE EXCEPTION 'outgoing server % cannot take up what others have too much of', target.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'outgoing_server_overflow_to_smtp';
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION outgoing_server_sender_pool() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE own text := lower(coalesce(nullif(NEW.mailbox_to_open, ''), nullif(NEW.username, ''), NEW.reply_to));
    DECLARE shared text;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('graph_client_of_one_direction'));
        SELECT one INTO shared FROM unnest(NEW.sender_pool) AS one
            WHERE one = own OR one <> lower(one) OR one = ''
            OR (SELECT count(*) FROM unnest(NEW.sender_pool) AS other WHERE other = one) > 1
            OR NOT NEW.copied AND EXISTS (SELECT 1 FROM outgoing_server other WHERE other.id <> NEW.id
                AND other.protocol = 'graph' AND NOT other.copied AND lower(other.client_id) = lower(NEW.client_id)
                AND (one = ANY(other.sender_pool) OR one = lower(
                    coalesce(nullif(other.mailbox_to_open, ''), nullif(other.username, ''), other.reply_to))))
            LIMIT 1;
        IF shared IS NULL AND NOT NEW.copied THEN
            SELECT own INTO shared FROM outgoing_server other WHERE other.id <> NEW.id AND other.protocol = 'graph'
                AND NOT other.copied AND lower(other.client_id) = lower(NEW.client_id)
                AND own = ANY(other.sender_pool) LIMIT 1;
        END IF;
        IF shared IS NOT NULL THEN
            RAISE EXCEPTION 'the mailbox % cannot be in a sender pool beside what sends from it already', shared
                USING ERRCODE = 'unique_violation', CONSTRAINT = 'outgoing_server_sender_pool';
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION outgoing_server_sender_pool_by_id() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION pgtrigger_delete_delete_014f0() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_groupsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."account_id", OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_01e3f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_resourcesettingsevent" ("api_key", "deleted_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "template_id") VALUES (OLD."api_key", OLD."deleted_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position", OLD."template_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_03eb5() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "access_proxysettingssettingsevent" ("host", "id", "kind", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "username") VALUES (OLD."host", OLD."id", OLD."kind", OLD."password", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."port", OLD."username"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_15ecd() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_grantsettingsevent" ("account_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role_id", "site_id") VALUES (OLD."account_id", OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."role_id", OLD."site_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_169f8() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "mailconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (OLD."category", OLD."parameter", OLD."paramvalue", _pgh_attach_context(), NOW(), 'delete'); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_1aad4() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_itemsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "subcategory_id") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position", OLD."subcategory_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_1ce01() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_retentionsettingssettingsevent" ("dropped_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."dropped_days", OLD."id", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_209d9() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_requesttypesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_29bf7() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_instancealertsettingsevent" ("id", "instance_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."instance_id", OLD."person_id", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_3214b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_personsettingsevent" ("account_id", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_name", "site_id", "technician", "time_zone") VALUES (OLD."account_id", OLD."deleted_at", OLD."id", OLD."language", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."sign_in_name", OLD."site_id", OLD."technician", OLD."time_zone"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_32dd9() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_assetsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id") VALUES (OLD."account_id", OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."site_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_33cee() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_emailcommandsettingsevent" ("authenticity", "delimiter", "enabled", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject_contains") VALUES (OLD."authenticity", OLD."delimiter", OLD."enabled", OLD."id", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."subject_contains"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_34c00() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "access_consentlinksettingsevent" ("end", "ended_at", "ends_at", "given_by", "id", "made_at", "name", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."end", OLD."ended_at", OLD."ends_at", OLD."given_by", OLD."id", OLD."made_at", OLD."name", OLD."person_id", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_4125d() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_delimitersettingsevent" ("current", "id", "module", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "text") VALUES (OLD."current", OLD."id", OLD."module", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."since", OLD."text"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_426fe() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_instancesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_4eaca() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_installationsettingsevent" ("allow_private_networks", "auto_replies", "automatic_answers_per_hour", "give_up_after_hours", "id", "identity", "language", "notices_lapse_after_hours", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_url", "reopen_within_days", "reopenings_per_day", "time_zone", "trusted_proxies", "unknown_senders", "who_may_join") VALUES (OLD."allow_private_networks", OLD."auto_replies", OLD."automatic_answers_per_hour", OLD."give_up_after_hours", OLD."id", OLD."identity", OLD."language", OLD."notices_lapse_after_hours", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."public_url", OLD."reopen_within_days", OLD."reopenings_per_day", OLD."time_zone", OLD."trusted_proxies", OLD."unknown_senders", OLD."who_may_join"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_4f255() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_templateaccountsettingsevent" ("account_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "template_id") VALUES (OLD."account_id", OLD."id", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."template_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_69a5d() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_category_id", "default_group_id", "default_priority_id", "default_site_id", "default_template_id", "error_folder", "error_folder_name", "error_notify", "error_request", "error_stop_after", "fetch_every", "fetching", "first_fetch", "forwards_by_technicians", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "own_check", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "silence_hours", "source_folder", "source_number", "tls", "token_url", "trusted_authserv_ids", "username", "verify_certificate") VALUES (OLD."account_id", OLD."acknowledge_old", OLD."addresses", OLD."after_fetching", OLD."allowed_addresses", OLD."allowed_domains", OLD."authentication", OLD."authorization_url", OLD."ca_file", OLD."client_id", OLD."client_secret", OLD."client_secret_ends", OLD."connect_url", OLD."debug_until", OLD."default_category_id", OLD."default_group_id", OLD."default_priority_id", OLD."default_site_id", OLD."default_template_id", OLD."error_folder", OLD."error_folder_name", OLD."error_notify", OLD."error_request", OLD."error_stop_after", OLD."fetch_every", OLD."fetching", OLD."first_fetch", OLD."forwards_by_technicians", OLD."grant", OLD."graph_endpoint", OLD."id", OLD."instance_id", OLD."leave_days", OLD."mailbox_to_open", OLD."max_size_mb", OLD."move_to", OLD."name", OLD."new_requests_disabled", OLD."own_check", OLD."password", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."port", OLD."protocol", OLD."proxy", OLD."push", OLD."removed_at", OLD."scope", OLD."server", OLD."silence_hours", OLD."source_folder", OLD."source_number", OLD."tls", OLD."token_url", OLD."trusted_authserv_ids", OLD."username", OLD."verify_certificate"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_6caf8() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_rolesettingsevent" ("id", "name", "permissions", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."name", OLD."permissions", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_6cfa9() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_urgencysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_6e11e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_categorysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_76fb3() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_groupmembersettingsevent" ("group_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."group_id", OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_7b2ea() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "outbound_notificationrulesettingsevent" ("enabled", "event", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."enabled", OLD."event", OLD."id", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_7e12c() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_impactsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_7fc66() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_accountsettingsevent" ("created_at", "default", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "time_zone") VALUES (OLD."created_at", OLD."default", OLD."deleted_at", OLD."id", OLD."language", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."time_zone"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_83568() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "certain", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "sender_pool", "server", "tls", "token_url", "username", "verify_certificate") VALUES (OLD."account_id", OLD."allowed_from", OLD."alternate_server", OLD."authentication", OLD."authorization_url", OLD."ca_file", OLD."certain", OLD."client_id", OLD."client_secret", OLD."client_secret_ends", OLD."connect_url", OLD."connections", OLD."copied", OLD."debug_until", OLD."grant", OLD."graph_endpoint", OLD."id", OLD."instance_id", OLD."mailbox_to_open", OLD."mails_per_minute", OLD."name", OLD."overflow_after_s", OLD."overflow_to_id", OLD."password", OLD."paused", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."port", OLD."protocol", OLD."proxy", OLD."reply_to", OLD."scope", OLD."sender_name", OLD."sender_pool", OLD."server", OLD."tls", OLD."token_url", OLD."username", OLD."verify_certificate"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_8c66c() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_formertokensettingsevent" ("after", "before", "below", "id", "module", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."after", OLD."before", OLD."below", OLD."id", OLD."module", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_8f2a8() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_spamrulesettingsevent" ("criteria", "enabled", "id", "instance_id", "match", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."criteria", OLD."enabled", OLD."id", OLD."instance_id", OLD."match", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_a03b6() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_errorfoldersettingssettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "support_address") VALUES (OLD."id", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."support_address"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_aa885() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_templatesettingsevent" ("closing_fields", "default", "deleted_at", "for_requesters", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "requester_fields", "technician_fields") VALUES (OLD."closing_fields", OLD."default", OLD."deleted_at", OLD."for_requesters", OLD."id", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position", OLD."requester_fields", OLD."technician_fields"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_b2e8f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_attachmentsettingssettingsevent" ("extensions", "id", "max_mb", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."extensions", OLD."id", OLD."max_mb", OLD."mode", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_b4736() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_subcategorysettingsevent" ("category_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."category_id", OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_bb1e9() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_domainsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."account_id", OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_c72e9() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_modesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_cc4fa() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_levelsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_d995c() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_questionsettingsevent" ("api_key", "deleted_at", "for_requester", "for_technician", "id", "kind", "max_length", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "resource_id", "text") VALUES (OLD."api_key", OLD."deleted_at", OLD."for_requester", OLD."for_technician", OLD."id", OLD."kind", OLD."max_length", OLD."options", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position", OLD."resource_id", OLD."text"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_db615() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_prioritysettingsevent" ("id", "level", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."level", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_db794() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "globalconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (OLD."category", OLD."parameter", OLD."paramvalue", _pgh_attach_context(), NOW(), 'delete'); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_eca7e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_sitesettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."account_id", OLD."id", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_f41ad() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_statussettingsevent" ("id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_f878b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_additionalfieldsettingsevent" ("deleted_at", "id", "kind", "label", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."deleted_at", OLD."id", OLD."kind", OLD."label", OLD."options", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_delete_delete_fa44b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "outbound_ruletechniciansettingsevent" ("id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rule_id") VALUES (OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), 'delete', OLD."id", OLD."rule_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_0c9fb() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_category_id", "default_group_id", "default_priority_id", "default_site_id", "default_template_id", "error_folder", "error_folder_name", "error_notify", "error_request", "error_stop_after", "fetch_every", "fetching", "first_fetch", "forwards_by_technicians", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "own_check", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "silence_hours", "source_folder", "source_number", "tls", "token_url", "trusted_authserv_ids", "username", "verify_certificate") VALUES (NEW."account_id", NEW."acknowledge_old", NEW."addresses", NEW."after_fetching", NEW."allowed_addresses", NEW."allowed_domains", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."debug_until", NEW."default_category_id", NEW."default_group_id", NEW."default_priority_id", NEW."default_site_id", NEW."default_template_id", NEW."error_folder", NEW."error_folder_name", NEW."error_notify", NEW."error_request", NEW."error_stop_after", NEW."fetch_every", NEW."fetching", NEW."first_fetch", NEW."forwards_by_technicians", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."leave_days", NEW."mailbox_to_open", NEW."max_size_mb", NEW."move_to", NEW."name", NEW."new_requests_disabled", NEW."own_check", NEW."password", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."push", NEW."removed_at", NEW."scope", NEW."server", NEW."silence_hours", NEW."source_folder", NEW."source_number", NEW."tls", NEW."token_url", NEW."trusted_authserv_ids", NEW."username", NEW."verify_certificate"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_17dce() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "outbound_notificationrulesettingsevent" ("enabled", "event", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."enabled", NEW."event", NEW."id", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_22c24() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_sitesettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_2fa21() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_personsettingsevent" ("account_id", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_name", "site_id", "technician", "time_zone") VALUES (NEW."account_id", NEW."deleted_at", NEW."id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."sign_in_name", NEW."site_id", NEW."technician", NEW."time_zone"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_3022a() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_emailcommandsettingsevent" ("authenticity", "delimiter", "enabled", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject_contains") VALUES (NEW."authenticity", NEW."delimiter", NEW."enabled", NEW."id", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."subject_contains"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_30cf4() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_additionalfieldsettingsevent" ("deleted_at", "id", "kind", "label", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."deleted_at", NEW."id", NEW."kind", NEW."label", NEW."options", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_35175() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_subcategorysettingsevent" ("category_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."category_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_39b64() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_instancealertsettingsevent" ("id", "instance_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."instance_id", NEW."person_id", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_3a3b0() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_groupsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_4c8fa() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "outbound_ruletechniciansettingsevent" ("id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rule_id") VALUES (NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."rule_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_51782() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "mailconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."category", NEW."parameter", NEW."paramvalue", _pgh_attach_context(), NOW(), 'insert'); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_54fa9() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_delimitersettingsevent" ("current", "id", "module", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "text") VALUES (NEW."current", NEW."id", NEW."module", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."since", NEW."text"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_58283() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_templatesettingsevent" ("closing_fields", "default", "deleted_at", "for_requesters", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "requester_fields", "technician_fields") VALUES (NEW."closing_fields", NEW."default", NEW."deleted_at", NEW."for_requesters", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position", NEW."requester_fields", NEW."technician_fields"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_59a9b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_installationsettingsevent" ("allow_private_networks", "auto_replies", "automatic_answers_per_hour", "give_up_after_hours", "id", "identity", "language", "notices_lapse_after_hours", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_url", "reopen_within_days", "reopenings_per_day", "time_zone", "trusted_proxies", "unknown_senders", "who_may_join") VALUES (NEW."allow_private_networks", NEW."auto_replies", NEW."automatic_answers_per_hour", NEW."give_up_after_hours", NEW."id", NEW."identity", NEW."language", NEW."notices_lapse_after_hours", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."public_url", NEW."reopen_within_days", NEW."reopenings_per_day", NEW."time_zone", NEW."trusted_proxies", NEW."unknown_senders", NEW."who_may_join"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_5af83() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_attachmentsettingssettingsevent" ("extensions", "id", "max_mb", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."extensions", NEW."id", NEW."max_mb", NEW."mode", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_5f2fc() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_spamrulesettingsevent" ("criteria", "enabled", "id", "instance_id", "match", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."criteria", NEW."enabled", NEW."id", NEW."instance_id", NEW."match", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_65003() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_groupmembersettingsevent" ("group_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."group_id", NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_795ba() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_errorfoldersettingssettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "support_address") VALUES (NEW."id", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."support_address"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_7a9d5() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_assetsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id") VALUES (NEW."account_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."site_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_7bb11() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_accountsettingsevent" ("created_at", "default", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "time_zone") VALUES (NEW."created_at", NEW."default", NEW."deleted_at", NEW."id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."time_zone"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_878b0() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_levelsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_8ebf5() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_prioritysettingsevent" ("id", "level", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."level", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_8ee33() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_itemsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "subcategory_id") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position", NEW."subcategory_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_8f34e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_categorysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_90f5a() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_templateaccountsettingsevent" ("account_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "template_id") VALUES (NEW."account_id", NEW."id", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."template_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_90fca() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_urgencysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_997e9() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_impactsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_9d27e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "globalconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."category", NEW."parameter", NEW."paramvalue", _pgh_attach_context(), NOW(), 'insert'); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_9e18e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_rolesettingsevent" ("id", "name", "permissions", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", NEW."permissions", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_a5c41() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_formertokensettingsevent" ("after", "before", "below", "id", "module", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."after", NEW."before", NEW."below", NEW."id", NEW."module", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_b2c2f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_instancesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_c3e77() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_domainsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_c77af() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_requesttypesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_c8b32() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_modesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_d29ac() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "certain", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "sender_pool", "server", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."allowed_from", NEW."alternate_server", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."certain", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."connections", NEW."copied", NEW."debug_until", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."mailbox_to_open", NEW."mails_per_minute", NEW."name", NEW."overflow_after_s", NEW."overflow_to_id", NEW."password", NEW."paused", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."reply_to", NEW."scope", NEW."sender_name", NEW."sender_pool", NEW."server", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_d8c1f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "access_consentlinksettingsevent" ("end", "ended_at", "ends_at", "given_by", "id", "made_at", "name", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."end", NEW."ended_at", NEW."ends_at", NEW."given_by", NEW."id", NEW."made_at", NEW."name", NEW."person_id", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_db748() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_resourcesettingsevent" ("api_key", "deleted_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "template_id") VALUES (NEW."api_key", NEW."deleted_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position", NEW."template_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_e876a() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_statussettingsevent" ("id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_e911f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_retentionsettingssettingsevent" ("dropped_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."dropped_days", NEW."id", _pgh_attach_context(), NOW(), 'insert', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_ec0f8() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_questionsettingsevent" ("api_key", "deleted_at", "for_requester", "for_technician", "id", "kind", "max_length", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "resource_id", "text") VALUES (NEW."api_key", NEW."deleted_at", NEW."for_requester", NEW."for_technician", NEW."id", NEW."kind", NEW."max_length", NEW."options", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."position", NEW."resource_id", NEW."text"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_f046f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_grantsettingsevent" ("account_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role_id", "site_id") VALUES (NEW."account_id", NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."role_id", NEW."site_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_insert_insert_f23bf() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "access_proxysettingssettingsevent" ("host", "id", "kind", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "username") VALUES (NEW."host", NEW."id", NEW."kind", NEW."password", _pgh_attach_context(), NOW(), 'insert', NEW."id", NEW."port", NEW."username"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_password_update_be6ed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_personsettingsevent" ("account_id", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_name", "site_id", "technician", "time_zone") VALUES (NEW."account_id", NEW."deleted_at", NEW."id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), 'password', NEW."id", NEW."sign_in_name", NEW."site_id", NEW."technician", NEW."time_zone"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_00bd7() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_assetsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id") VALUES (NEW."account_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."site_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_047b0() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_grantsettingsevent" ("account_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role_id", "site_id") VALUES (NEW."account_id", NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."role_id", NEW."site_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_0cc05() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_questionsettingsevent" ("api_key", "deleted_at", "for_requester", "for_technician", "id", "kind", "max_length", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "resource_id", "text") VALUES (NEW."api_key", NEW."deleted_at", NEW."for_requester", NEW."for_technician", NEW."id", NEW."kind", NEW."max_length", NEW."options", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position", NEW."resource_id", NEW."text"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_119eb() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_additionalfieldsettingsevent" ("deleted_at", "id", "kind", "label", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."deleted_at", NEW."id", NEW."kind", NEW."label", NEW."options", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_199a4() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_rolesettingsevent" ("id", "name", "permissions", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", NEW."permissions", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_39d4d() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_formertokensettingsevent" ("after", "before", "below", "id", "module", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."after", NEW."before", NEW."below", NEW."id", NEW."module", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_3c75a() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_spamrulesettingsevent" ("criteria", "enabled", "id", "instance_id", "match", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."criteria", NEW."enabled", NEW."id", NEW."instance_id", NEW."match", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_3f5d8() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_instancealertsettingsevent" ("id", "instance_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."instance_id", NEW."person_id", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_3f61b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "outbound_notificationrulesettingsevent" ("enabled", "event", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."enabled", NEW."event", NEW."id", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_428f6() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_sitesettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_47254() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_personsettingsevent" ("account_id", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_name", "site_id", "technician", "time_zone") VALUES (NEW."account_id", NEW."deleted_at", NEW."id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."sign_in_name", NEW."site_id", NEW."technician", NEW."time_zone"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_5b4df() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_emailcommandsettingsevent" ("authenticity", "delimiter", "enabled", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject_contains") VALUES (NEW."authenticity", NEW."delimiter", NEW."enabled", NEW."id", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."subject_contains"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_5d4a8() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_accountsettingsevent" ("created_at", "default", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "time_zone") VALUES (NEW."created_at", NEW."default", NEW."deleted_at", NEW."id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."time_zone"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_61a31() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_urgencysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_6e7cf() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_errorfoldersettingssettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "support_address") VALUES (NEW."id", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."support_address"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_728a4() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_requesttypesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_74db5() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "certain", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "sender_pool", "server", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."allowed_from", NEW."alternate_server", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."certain", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."connections", NEW."copied", NEW."debug_until", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."mailbox_to_open", NEW."mails_per_minute", NEW."name", NEW."overflow_after_s", NEW."overflow_to_id", NEW."password", NEW."paused", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."reply_to", NEW."scope", NEW."sender_name", NEW."sender_pool", NEW."server", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_7594e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_templatesettingsevent" ("closing_fields", "default", "deleted_at", "for_requesters", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "requester_fields", "technician_fields") VALUES (NEW."closing_fields", NEW."default", NEW."deleted_at", NEW."for_requesters", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position", NEW."requester_fields", NEW."technician_fields"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_7b853() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_itemsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "subcategory_id") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position", NEW."subcategory_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_833ba() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "mailconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."category", NEW."parameter", NEW."paramvalue", _pgh_attach_context(), NOW(), 'update'); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_866fc() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_categorysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_911ce() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_attachmentsettingssettingsevent" ("extensions", "id", "max_mb", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."extensions", NEW."id", NEW."max_mb", NEW."mode", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_9490a() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_domainsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_96e24() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_modesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_99f6b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_levelsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_9dcf3() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_prioritysettingsevent" ("id", "level", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."level", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_a173d() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_resourcesettingsevent" ("api_key", "deleted_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "template_id") VALUES (NEW."api_key", NEW."deleted_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position", NEW."template_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_a712c() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_impactsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_aa861() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_category_id", "default_group_id", "default_priority_id", "default_site_id", "default_template_id", "error_folder", "error_folder_name", "error_notify", "error_request", "error_stop_after", "fetch_every", "fetching", "first_fetch", "forwards_by_technicians", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "own_check", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "silence_hours", "source_folder", "source_number", "tls", "token_url", "trusted_authserv_ids", "username", "verify_certificate") VALUES (NEW."account_id", NEW."acknowledge_old", NEW."addresses", NEW."after_fetching", NEW."allowed_addresses", NEW."allowed_domains", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."debug_until", NEW."default_category_id", NEW."default_group_id", NEW."default_priority_id", NEW."default_site_id", NEW."default_template_id", NEW."error_folder", NEW."error_folder_name", NEW."error_notify", NEW."error_request", NEW."error_stop_after", NEW."fetch_every", NEW."fetching", NEW."first_fetch", NEW."forwards_by_technicians", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."leave_days", NEW."mailbox_to_open", NEW."max_size_mb", NEW."move_to", NEW."name", NEW."new_requests_disabled", NEW."own_check", NEW."password", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."push", NEW."removed_at", NEW."scope", NEW."server", NEW."silence_hours", NEW."source_folder", NEW."source_number", NEW."tls", NEW."token_url", NEW."trusted_authserv_ids", NEW."username", NEW."verify_certificate"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_b0ec2() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_statussettingsevent" ("id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_bca83() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "access_consentlinksettingsevent" ("end", "ended_at", "ends_at", "given_by", "id", "made_at", "name", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."end", NEW."ended_at", NEW."ends_at", NEW."given_by", NEW."id", NEW."made_at", NEW."name", NEW."person_id", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_ca800() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_delimitersettingsevent" ("current", "id", "module", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "text") VALUES (NEW."current", NEW."id", NEW."module", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."since", NEW."text"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_cf748() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "globalconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."category", NEW."parameter", NEW."paramvalue", _pgh_attach_context(), NOW(), 'update'); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_d10ef() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_subcategorysettingsevent" ("category_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."category_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."position"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_d199d() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "inbound_retentionsettingssettingsevent" ("dropped_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."dropped_days", NEW."id", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_d69f9() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "access_proxysettingssettingsevent" ("host", "id", "kind", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "username") VALUES (NEW."host", NEW."id", NEW."kind", NEW."password", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."port", NEW."username"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_de2d8() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_installationsettingsevent" ("allow_private_networks", "auto_replies", "automatic_answers_per_hour", "give_up_after_hours", "id", "identity", "language", "notices_lapse_after_hours", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_url", "reopen_within_days", "reopenings_per_day", "time_zone", "trusted_proxies", "unknown_senders", "who_may_join") VALUES (NEW."allow_private_networks", NEW."auto_replies", NEW."automatic_answers_per_hour", NEW."give_up_after_hours", NEW."id", NEW."identity", NEW."language", NEW."notices_lapse_after_hours", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."public_url", NEW."reopen_within_days", NEW."reopenings_per_day", NEW."time_zone", NEW."trusted_proxies", NEW."unknown_senders", NEW."who_may_join"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_ef52a() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_instancesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_f94df() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_groupmembersettingsevent" ("group_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."group_id", NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_fd59f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "outbound_ruletechniciansettingsevent" ("id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rule_id") VALUES (NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."rule_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_fe80a() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_groupsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), 'update', NEW."id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION pgtrigger_update_update_feb0a() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "desk_templateaccountsettingsevent" ("account_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "template_id") VALUES (NEW."account_id", NEW."id", _pgh_attach_context(), NOW(), 'update', NEW."id", NEW."template_id"); RETURN NULL;
                END;
            $$;
CREATE FUNCTION procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;
CREATE FUNCTION procrastinate_defer_jobs_v1(jobs procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;
CREATE FUNCTION procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;
CREATE TABLE procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status procrastinate_job_status DEFAULT 'todo'::procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    queueing_lock text,
    priority integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::procrastinate_job_status) AND (abort_requested = true))))
);
CREATE FUNCTION procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;
CREATE FUNCTION procrastinate_finish_job_v1(job_id bigint, end_status procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;
CREATE FUNCTION procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;
CREATE FUNCTION procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION record_belongs_to_request() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM record WHERE id = NEW.belongs_to_id AND module = 'RE') THEN
            RAISE EXCEPTION 'a task belongs to a request'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'record_belongs_to_request';
        END IF;
        RETURN NULL;
    END $$;
CREATE FUNCTION record_no_circle() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE
        up bigint := NEW.merged_into_id;
    BEGIN
        WHILE up IS NOT NULL LOOP
            IF up = NEW.id THEN
                RAISE EXCEPTION 'a record that is merged leads to itself'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'record_no_circle';
            END IF;
            SELECT merged_into_id INTO up FROM record WHERE id = up FOR NO KEY UPDATE;
            IF NOT FOUND THEN
                EXIT;
            END IF;
        END LOOP;
        RETURN NEW;
    END $$;
CREATE FUNCTION refuse_shared_graph_client(incoming_id bigint, outgoing_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION removed_account_keeps_none() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
    DECLARE kept bigint;
    BEGIN
        EXECUTE format('SELECT id FROM %I WHERE account_id = $1 AND %s LIMIT 1', TG_ARGV[0], TG_ARGV[1])
            INTO kept USING NEW.id;
        IF kept IS NOT NULL THEN
            RAISE EXCEPTION 'account % still has % %', NEW.id, TG_ARGV[0], kept
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NULL;
    END $_$;
CREATE TEXT SEARCH CONFIGURATION deskpost (
    PARSER = pg_catalog."default" );
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR asciiword WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR word WITH unaccent, simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR numword WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR email WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR url WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR host WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR sfloat WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR version WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR hword_numpart WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR hword_part WITH unaccent, simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR hword_asciipart WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR numhword WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR asciihword WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR hword WITH unaccent, simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR url_path WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR file WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR "float" WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR "int" WITH simple;
ALTER TEXT SEARCH CONFIGURATION deskpost
    ADD MAPPING FOR uint WITH simple;
CREATE TABLE access_consentlinksettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    made_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    "end" text NOT NULL,
    given_by text NOT NULL,
    person_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE access_consentlinksettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME access_consentlinksettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE access_proxysettingssettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id smallint NOT NULL,
    kind text NOT NULL,
    host text NOT NULL,
    port integer NOT NULL,
    username text NOT NULL,
    password text NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id smallint NOT NULL,
    CONSTRAINT access_proxysettingssettingsevent_id_check CHECK ((id >= 0)),
    CONSTRAINT access_proxysettingssettingsevent_port_check CHECK ((port >= 0))
);
ALTER TABLE access_proxysettingssettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME access_proxysettingssettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE account (
    id bigint NOT NULL,
    name text NOT NULL,
    "default" boolean NOT NULL,
    time_zone text NOT NULL,
    language text NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT account_default_not_removed CHECK (((NOT "default") OR (deleted_at IS NULL)))
);
CREATE TABLE account_domain (
    id bigint NOT NULL,
    name text NOT NULL,
    account_id bigint NOT NULL,
    CONSTRAINT account_domain_lower_case CHECK ((name = lower(name)))
);
ALTER TABLE account_domain ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME account_domain_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE additional_field (
    id bigint NOT NULL,
    label text NOT NULL,
    kind text NOT NULL,
    options text[] NOT NULL,
    "position" smallint NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT additional_field_kind_exists CHECK ((kind = ANY (ARRAY['text'::text, 'number'::text, 'date'::text, 'choice'::text]))),
    CONSTRAINT additional_field_label_free CHECK (((label !~ '[=
]'::text) AND (regexp_replace(label, '[^[:alnum:]]'::text, ''::text, 'g'::text) <> ''::text) AND (lower(regexp_replace(label, '[^[:alnum:]]'::text, ''::text, 'g'::text)) <> ALL (ARRAY['requester'::text, 'status'::text, 'technician'::text, 'group'::text, 'priority'::text, 'urgency'::text, 'impact'::text, 'impactdetails'::text, 'category'::text, 'subcategory'::text, 'item'::text, 'requesttype'::text, 'level'::text, 'mode'::text, 'site'::text, 'asset'::text, 'assets'::text, 'resolution'::text, 'technicianemail'::text, 'requesteremail'::text, 'operation'::text, 'requestid'::text, 'requesttemplate'::text, 'subject'::text, 'description'::text])))),
    CONSTRAINT additional_field_label_not_notify CHECK ((lower(regexp_replace(label, '[^[:alnum:]]'::text, ''::text, 'g'::text)) <> 'emailstonotify'::text)),
    CONSTRAINT additional_field_options_of_a_choice CHECK ((((kind = 'choice'::text) AND (
CASE
    WHEN (options IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(options, 1), 0)
END > 0)) OR ((NOT (kind = 'choice'::text)) AND (options = '{}'::text[])))),
    CONSTRAINT additional_field_position_check CHECK (("position" >= 0))
);
ALTER TABLE additional_field ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME additional_field_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE additional_value (
    id bigint NOT NULL,
    value text NOT NULL,
    account_id bigint NOT NULL,
    field_id bigint NOT NULL,
    record_id bigint NOT NULL,
    CONSTRAINT additional_value_not_empty CHECK ((NOT (value = ''::text)))
);
ALTER TABLE additional_value ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME additional_value_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE answer (
    id bigint NOT NULL,
    "values" text[] NOT NULL,
    account_id bigint NOT NULL,
    record_id bigint NOT NULL,
    question_id bigint NOT NULL,
    CONSTRAINT answer_not_empty CHECK ((
CASE
    WHEN ("values" IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length("values", 1), 0)
END > 0))
);
ALTER TABLE answer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME answer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE asset (
    id bigint NOT NULL,
    name text NOT NULL,
    account_id bigint NOT NULL,
    site_id bigint,
    CONSTRAINT asset_has_name CHECK ((NOT (name = ''::text)))
);
ALTER TABLE asset ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME asset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE attachment (
    id bigint NOT NULL,
    name text NOT NULL,
    content_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    inline boolean NOT NULL,
    content_id text,
    mail_id bigint,
    part text,
    content bytea,
    account_id bigint NOT NULL,
    conversation_id bigint,
    history_entry_id bigint,
    mail_of_conversation bigint GENERATED ALWAYS AS (
CASE
    WHEN (history_entry_id IS NULL) THEN mail_id
    ELSE NULL::bigint
END) STORED,
    CONSTRAINT attachment_has_one_source CHECK ((((content IS NULL) AND (mail_id IS NOT NULL) AND (part IS NOT NULL)) OR ((content IS NOT NULL) AND (mail_id IS NULL) AND (part IS NULL)))),
    CONSTRAINT attachment_of_one CHECK ((((conversation_id IS NULL) OR (history_entry_id IS NULL)) AND (1 = (
CASE
    WHEN (conversation_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (history_entry_id IS NULL) THEN 1
    ELSE 0
END))))
);
ALTER TABLE attachment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME attachment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE attachment_settings (
    id smallint NOT NULL,
    mode text NOT NULL,
    extensions text[] NOT NULL,
    max_mb integer NOT NULL,
    CONSTRAINT attachment_settings_allows_something CHECK (((mode = 'denied'::text) OR ((mode = 'allowed'::text) AND (NOT (extensions = '{}'::text[]))))),
    CONSTRAINT attachment_settings_extensions CHECK ((array_to_string(extensions, ','::text) ~ '^([a-z0-9][a-z0-9_+-]{0,19}(,[a-z0-9][a-z0-9_+-]{0,19})*)?$'::text)),
    CONSTRAINT attachment_settings_max_mb CHECK (((max_mb >= 1) AND (max_mb <= 2000))),
    CONSTRAINT attachment_settings_max_mb_check CHECK ((max_mb >= 0)),
    CONSTRAINT attachment_settings_one_row CHECK ((id = 1))
);
CREATE TABLE auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_group_permissions (
    id integer NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE bell_notice (
    id bigint NOT NULL,
    kind text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    url text NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    read_at timestamp with time zone,
    person_id bigint NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL
);
ALTER TABLE bell_notice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME bell_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE category (
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT category_has_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT category_position_check CHECK (("position" >= 0))
);
ALTER TABLE category ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME category_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE consent_link (
    id bigint NOT NULL,
    token_sha256 bytea NOT NULL,
    mailbox_id bigint,
    server_id bigint,
    name text NOT NULL,
    made_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    "end" text NOT NULL,
    given_by text NOT NULL,
    trouble text NOT NULL,
    person_id bigint NOT NULL,
    CONSTRAINT consent_link_ends_for_a_reason CHECK (((("end" = ''::text) AND (ended_at IS NULL)) OR (("end" = ANY (ARRAY['used'::text, 'taken_back'::text, 'replaced'::text, 'connected'::text, 'changed'::text])) AND (ended_at IS NOT NULL)))),
    CONSTRAINT consent_link_given_by_use CHECK (((given_by = ''::text) OR ("end" = 'used'::text))),
    CONSTRAINT consent_link_hash CHECK ((octet_length(token_sha256) = 32)),
    CONSTRAINT consent_link_lasts_7_days CHECK (((ends_at > made_at) AND (ends_at <= (made_at + '7 days'::interval)))),
    CONSTRAINT consent_link_of_one CHECK ((((mailbox_id IS NULL) OR (server_id IS NULL)) AND (1 = (
CASE
    WHEN (mailbox_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (server_id IS NULL) THEN 1
    ELSE 0
END))))
);
ALTER TABLE consent_link ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME consent_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE conversation (
    id bigint NOT NULL,
    direction text NOT NULL,
    from_name text NOT NULL,
    from_address text NOT NULL,
    "to" jsonb NOT NULL,
    cc jsonb NOT NULL,
    subject text NOT NULL,
    message_id text,
    at timestamp with time zone NOT NULL,
    text text NOT NULL,
    automatic boolean NOT NULL,
    mail_id bigint,
    search tsvector GENERATED ALWAYS AS (to_tsvector('deskpost'::regconfig, ((((((COALESCE("left"(subject, 1000), ''::text) || ' '::text) || COALESCE("left"(from_name, 500), ''::text)) || ' '::text) || COALESCE("left"(from_address, 500), ''::text)) || ' '::text) || COALESCE("left"(text, 100000), ''::text)))) STORED,
    account_id bigint NOT NULL,
    author_id bigint,
    record_id bigint NOT NULL,
    html bytea,
    relayed_to_id bigint,
    came_from_id bigint,
    CONSTRAINT conversation_direction_exists CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text, 'note'::text]))),
    CONSTRAINT conversation_relayed_is_in CHECK (((relayed_to_id IS NULL) OR (direction = 'in'::text)))
)
WITH (toast_tuple_target='8160');
ALTER TABLE ONLY conversation ALTER COLUMN text SET STORAGE EXTERNAL;
ALTER TABLE ONLY conversation ALTER COLUMN search SET STATISTICS 500;
ALTER TABLE ONLY conversation ALTER COLUMN search SET STORAGE EXTERNAL;
ALTER TABLE ONLY conversation ALTER COLUMN html SET STORAGE EXTERNAL;
ALTER TABLE conversation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME conversation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE dead_address (
    id bigint NOT NULL,
    key text NOT NULL,
    since timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    words text NOT NULL,
    report_id bigint NOT NULL,
    account_id bigint NOT NULL
);
ALTER TABLE dead_address ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME dead_address_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE delimiter (
    id bigint NOT NULL,
    module text NOT NULL,
    text text NOT NULL,
    current boolean NOT NULL,
    since timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT delimiter_characters CHECK ((((module = ''::text) AND (text ~ '^[!@#$%^&]{1,10}$'::text)) OR ((NOT (module = ''::text)) AND (text ~ '^[A-Z]{2,4}$'::text)))),
    CONSTRAINT delimiter_module_exists CHECK ((module = ANY (ARRAY[''::text, 'RE'::text, 'TA'::text, 'SO'::text, 'PO'::text, 'PR'::text, 'CO'::text, 'CH'::text, 'PB'::text, 'PJ'::text])))
);
ALTER TABLE delimiter ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME delimiter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_accountsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    "default" boolean NOT NULL,
    time_zone text NOT NULL,
    language text NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    deleted_at timestamp with time zone,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE desk_accountsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_accountsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_additionalfieldsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    label text NOT NULL,
    kind text NOT NULL,
    options text[] NOT NULL,
    "position" smallint NOT NULL,
    deleted_at timestamp with time zone,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_additionalfieldsettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_additionalfieldsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_additionalfieldsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_assetsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    account_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    site_id bigint
);
ALTER TABLE desk_assetsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_assetsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_categorysettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_categorysettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_categorysettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_categorysettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_delimitersettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    module text NOT NULL,
    text text NOT NULL,
    current boolean NOT NULL,
    since timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE desk_delimitersettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_delimitersettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_domainsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    account_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE desk_domainsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_domainsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_formertokensettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    module text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    below bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE desk_formertokensettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_formertokensettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_grantsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    account_id bigint,
    person_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    role_id bigint NOT NULL,
    site_id bigint
);
ALTER TABLE desk_grantsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_grantsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_groupmembersettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    group_id bigint NOT NULL,
    person_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE desk_groupmembersettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_groupmembersettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_groupsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    account_id bigint,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE desk_groupsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_groupsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_impactsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_impactsettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_impactsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_impactsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_installationsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id smallint NOT NULL,
    identity uuid NOT NULL,
    public_url text NOT NULL,
    time_zone text NOT NULL,
    language text NOT NULL,
    trusted_proxies text[] NOT NULL,
    who_may_join text NOT NULL,
    reopen_within_days integer NOT NULL,
    reopenings_per_day integer NOT NULL,
    automatic_answers_per_hour integer CONSTRAINT desk_installationsettingsev_automatic_answers_per_hour_not_null NOT NULL,
    allow_private_networks boolean NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id smallint NOT NULL,
    give_up_after_hours integer NOT NULL,
    notices_lapse_after_hours integer CONSTRAINT desk_installationsettingseve_notices_lapse_after_hours_not_null NOT NULL,
    unknown_senders text DEFAULT 'create'::text NOT NULL,
    auto_replies text DEFAULT 'join'::text NOT NULL,
    CONSTRAINT desk_installationsettingsevent_automatic_answers_per_hour_check CHECK ((automatic_answers_per_hour >= 0)),
    CONSTRAINT desk_installationsettingsevent_give_up_after_hours_check CHECK ((give_up_after_hours >= 0)),
    CONSTRAINT desk_installationsettingsevent_notices_lapse_after_hours_check CHECK ((notices_lapse_after_hours >= 0)),
    CONSTRAINT desk_installationsettingsevent_reopen_within_days_check CHECK ((reopen_within_days >= 0)),
    CONSTRAINT desk_installationsettingsevent_reopenings_per_day_check CHECK ((reopenings_per_day >= 0))
);
ALTER TABLE desk_installationsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_installationsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_instancealertsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    instance_id bigint NOT NULL,
    person_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE desk_instancealertsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_instancealertsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_instancesettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE desk_instancesettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_instancesettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_itemsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    subcategory_id bigint NOT NULL,
    CONSTRAINT desk_itemsettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_itemsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_itemsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_levelsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_levelsettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_levelsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_levelsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_modesettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_modesettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_modesettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_modesettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_personaddresssettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    address text NOT NULL,
    "primary" boolean NOT NULL,
    person_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    preferred boolean DEFAULT false NOT NULL
);
ALTER TABLE desk_personaddresssettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_personaddresssettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_personsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    sign_in_name text,
    technician boolean NOT NULL,
    time_zone text NOT NULL,
    language text NOT NULL,
    deleted_at timestamp with time zone,
    account_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    site_id bigint
);
ALTER TABLE desk_personsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_personsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_prioritysettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    level smallint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_prioritysettingsevent_level_check CHECK ((level >= 0))
);
ALTER TABLE desk_prioritysettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_prioritysettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_questionsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    text text NOT NULL,
    kind text NOT NULL,
    api_key text NOT NULL,
    options text[] NOT NULL,
    max_length integer,
    for_requester boolean NOT NULL,
    for_technician boolean NOT NULL,
    "position" smallint NOT NULL,
    deleted_at timestamp with time zone,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    resource_id bigint NOT NULL,
    CONSTRAINT desk_questionsettingsevent_max_length_check CHECK ((max_length >= 0)),
    CONSTRAINT desk_questionsettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_questionsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_questionsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_requesttypesettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_requesttypesettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_requesttypesettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_requesttypesettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_resourcesettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    api_key text NOT NULL,
    "position" smallint NOT NULL,
    deleted_at timestamp with time zone,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    template_id bigint NOT NULL,
    CONSTRAINT desk_resourcesettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_resourcesettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_resourcesettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_rolesettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    permissions text[] NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE desk_rolesettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_rolesettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_sitesettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    account_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE desk_sitesettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_sitesettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_statussettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    "position" smallint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_statussettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_statussettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_statussettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_subcategorysettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    category_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_subcategorysettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_subcategorysettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_subcategorysettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_templateaccountsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    template_id bigint NOT NULL
);
ALTER TABLE desk_templateaccountsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_templateaccountsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_templatesettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    "default" boolean NOT NULL,
    requester_fields text[] NOT NULL,
    technician_fields text[] NOT NULL,
    closing_fields text[] NOT NULL,
    for_requesters boolean NOT NULL,
    "position" smallint NOT NULL,
    deleted_at timestamp with time zone,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_templatesettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_templatesettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_templatesettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_urgencysettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT desk_urgencysettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE desk_urgencysettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_urgencysettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE django_migrations (
    id integer NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE dropped_file (
    id bigint NOT NULL,
    part text NOT NULL,
    name text NOT NULL,
    size bigint NOT NULL,
    why text NOT NULL,
    detail text NOT NULL,
    taken_in_at timestamp with time zone,
    mail_id bigint NOT NULL,
    taken_in_by_id bigint,
    CONSTRAINT dropped_file_taken_in CHECK (((taken_in_by_id IS NULL) OR (taken_in_at IS NOT NULL))),
    CONSTRAINT dropped_file_why_exists CHECK ((why = ANY (ARRAY['name'::text, 'extension'::text, 'type'::text, 'empty'::text, 'size'::text])))
);
ALTER TABLE dropped_file ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME dropped_file_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE email_command (
    id smallint NOT NULL,
    enabled boolean NOT NULL,
    subject_contains text NOT NULL,
    delimiter text NOT NULL,
    authenticity text NOT NULL,
    CONSTRAINT email_command_authenticity_exists CHECK ((authenticity = ANY (ARRAY['require_pass'::text, 'refuse_fail'::text, 'ignore'::text]))),
    CONSTRAINT email_command_delimiter CHECK ((delimiter ~ '^[!-/:-<>-@[-`{-~§€£¥¤°¬¦¶·«»¡¿×÷±]{1,10}$'::text)),
    CONSTRAINT email_command_identifier_when_on CHECK (((NOT enabled) OR (subject_contains ~ '\S'::text))),
    CONSTRAINT email_command_one_row CHECK ((id = 1))
);
CREATE TABLE error_folder_settings (
    id smallint NOT NULL,
    support_address text NOT NULL,
    CONSTRAINT error_folder_settings_one_row CHECK ((id = 1))
);
CREATE TABLE error_mail (
    mail_id bigint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    step text NOT NULL,
    why text NOT NULL,
    details text NOT NULL,
    place text NOT NULL,
    folder text NOT NULL,
    refusals integer NOT NULL,
    words text NOT NULL,
    copied boolean NOT NULL,
    copying_since text NOT NULL,
    mailbox_id bigint NOT NULL,
    request_id bigint,
    CONSTRAINT error_mail_in_a_folder CHECK (((NOT (place = 'folder'::text)) OR (NOT (folder = ''::text)))),
    CONSTRAINT error_mail_place_exists CHECK ((place = ANY (ARRAY['kept'::text, 'to_move'::text, 'folder'::text, 'to_inbox'::text]))),
    CONSTRAINT error_mail_refusals_check CHECK ((refusals >= 0))
);
CREATE TABLE first_administrator_link (
    id bigint NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
ALTER TABLE first_administrator_link ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME first_administrator_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE former_token (
    id bigint NOT NULL,
    module text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    below bigint NOT NULL,
    CONSTRAINT former_token_module_exists CHECK ((module = ANY (ARRAY['RE'::text, 'TA'::text, 'SO'::text, 'PO'::text, 'PR'::text, 'CO'::text, 'CH'::text, 'PB'::text, 'PJ'::text]))),
    CONSTRAINT former_token_number_bounded CHECK (((below >= 2) AND (below <= '1000000000000'::bigint))),
    CONSTRAINT former_token_text_after CHECK (((after = ''::text) OR (after ~ '^[^0-9].{0,39}$'::text))),
    CONSTRAINT former_token_text_before CHECK ((before ~ '^(?=.*[^A-Za-z0-9\s]).{1,39}[^0-9]$'::text))
);
ALTER TABLE former_token ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME former_token_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE generation (
    id bigint NOT NULL,
    started_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);
ALTER TABLE generation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME generation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE globalconfig (
    category text NOT NULL,
    parameter text NOT NULL,
    paramvalue text NOT NULL
);
CREATE TABLE globalconfig_version (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    category text NOT NULL,
    parameter text NOT NULL,
    paramvalue text NOT NULL,
    id bigint GENERATED ALWAYS AS (hashtextextended(((category || ' '::text) || parameter), (0)::bigint)) STORED,
    pgh_context_id uuid
);
ALTER TABLE globalconfig_version ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME globalconfig_version_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE graph_inbox (
    id bigint NOT NULL,
    endpoint text NOT NULL,
    mailbox text NOT NULL,
    inbox_id text NOT NULL,
    told_at timestamp with time zone NOT NULL,
    CONSTRAINT graph_inbox_says_which CHECK ((NOT (inbox_id = ''::text)))
);
ALTER TABLE graph_inbox ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME graph_inbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE graph_lane (
    id bigint NOT NULL,
    mailbox text NOT NULL,
    client_id text NOT NULL,
    number smallint NOT NULL,
    owner text NOT NULL,
    until timestamp with time zone NOT NULL,
    mail_id bigint,
    taken_at timestamp with time zone,
    CONSTRAINT graph_lane_four CHECK (((number >= 1) AND (number <= 4))),
    CONSTRAINT graph_lane_number_check CHECK ((number >= 0))
);
ALTER TABLE graph_lane ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME graph_lane_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE graph_pause (
    id bigint NOT NULL,
    mailbox text NOT NULL,
    client_id text NOT NULL,
    not_before timestamp with time zone NOT NULL,
    step smallint NOT NULL,
    CONSTRAINT graph_pause_step_check CHECK ((step >= 0))
);
ALTER TABLE graph_pause ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME graph_pause_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE graph_subscription (
    mailbox_id bigint NOT NULL,
    subscription text NOT NULL,
    secret_sha256 bytea NOT NULL,
    version text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    renew_at timestamp with time zone NOT NULL
);
CREATE TABLE graph_throttle (
    id bigint NOT NULL,
    mailbox text NOT NULL,
    client_id text NOT NULL,
    minute timestamp with time zone NOT NULL,
    answers bigint NOT NULL,
    longest double precision NOT NULL,
    CONSTRAINT graph_throttle_counts CHECK ((answers >= 1)),
    CONSTRAINT graph_throttle_longest CHECK ((longest >= (0.0)::double precision))
);
ALTER TABLE graph_throttle ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME graph_throttle_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE graph_wish (
    id bigint NOT NULL,
    mailbox text NOT NULL,
    client_id text NOT NULL,
    owner text NOT NULL,
    urgency smallint NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT graph_wish_urgency_check CHECK ((urgency >= 0))
);
ALTER TABLE graph_wish ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME graph_wish_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE history_entry (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    by text NOT NULL,
    via text NOT NULL,
    changes jsonb NOT NULL,
    mail_id bigint,
    account_id bigint NOT NULL,
    person_id bigint,
    record_id bigint NOT NULL,
    CONSTRAINT history_via_exists CHECK ((via = ANY (ARRAY['page'::text, 'mail'::text, 'api'::text, 'rule'::text, 'import'::text, 'cli'::text])))
);
ALTER TABLE history_entry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME history_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact (
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT impact_has_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT impact_position_check CHECK (("position" >= 0))
);
ALTER TABLE impact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE inbound_attachmentsettingssettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id smallint NOT NULL,
    mode text NOT NULL,
    extensions text[] NOT NULL,
    max_mb integer NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id smallint NOT NULL,
    CONSTRAINT inbound_attachmentsettingssettingsevent_max_mb_check CHECK ((max_mb >= 0))
);
ALTER TABLE inbound_attachmentsettingssettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME inbound_attachmentsettingssettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE inbound_emailcommandsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id smallint NOT NULL,
    enabled boolean NOT NULL,
    subject_contains text NOT NULL,
    delimiter text NOT NULL,
    authenticity text NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id smallint NOT NULL
);
ALTER TABLE inbound_emailcommandsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME inbound_emailcommandsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE inbound_errorfoldersettingssettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone CONSTRAINT inbound_errorfoldersettingssettingseven_pgh_created_at_not_null NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id smallint NOT NULL,
    support_address text CONSTRAINT inbound_errorfoldersettingssettingseve_support_address_not_null NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id smallint NOT NULL
);
ALTER TABLE inbound_errorfoldersettingssettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME inbound_errorfoldersettingssettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE inbound_mailboxsettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    protocol text NOT NULL,
    server text NOT NULL,
    port integer NOT NULL,
    tls text NOT NULL,
    verify_certificate boolean NOT NULL,
    ca_file text NOT NULL,
    username text NOT NULL,
    password text NOT NULL,
    addresses text[] NOT NULL,
    source_folder text NOT NULL,
    fetch_every integer NOT NULL,
    first_fetch text NOT NULL,
    acknowledge_old boolean NOT NULL,
    after_fetching text NOT NULL,
    move_to text NOT NULL,
    max_size_mb integer NOT NULL,
    new_requests_disabled boolean NOT NULL,
    allowed_addresses text[] NOT NULL,
    allowed_domains text[] NOT NULL,
    fetching boolean NOT NULL,
    source_number integer NOT NULL,
    account_id bigint,
    default_group_id bigint,
    default_priority_id bigint,
    default_site_id bigint,
    instance_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    leave_days integer,
    removed_at timestamp with time zone,
    authentication text NOT NULL,
    authorization_url text NOT NULL,
    client_id text NOT NULL,
    client_secret text NOT NULL,
    client_secret_ends date,
    connect_url text NOT NULL,
    debug_until timestamp with time zone,
    "grant" text NOT NULL,
    graph_endpoint text NOT NULL,
    mailbox_to_open text NOT NULL,
    proxy boolean NOT NULL,
    push boolean NOT NULL,
    scope text NOT NULL,
    token_url text NOT NULL,
    error_folder boolean DEFAULT false NOT NULL,
    error_folder_name text DEFAULT ''::text NOT NULL,
    error_notify boolean DEFAULT true NOT NULL,
    error_stop_after integer,
    own_check boolean DEFAULT false NOT NULL,
    trusted_authserv_ids text[] DEFAULT '{}'::text[] NOT NULL,
    silence_hours integer,
    forwards_by_technicians boolean DEFAULT true NOT NULL,
    error_request boolean DEFAULT false NOT NULL,
    default_category_id bigint,
    default_template_id bigint,
    CONSTRAINT inbound_mailboxsettingsevent_error_stop_after_check CHECK ((error_stop_after >= 0)),
    CONSTRAINT inbound_mailboxsettingsevent_fetch_every_check CHECK ((fetch_every >= 0)),
    CONSTRAINT inbound_mailboxsettingsevent_leave_days_check CHECK ((leave_days >= 0)),
    CONSTRAINT inbound_mailboxsettingsevent_max_size_mb_check CHECK ((max_size_mb >= 0)),
    CONSTRAINT inbound_mailboxsettingsevent_port_check CHECK ((port >= 0)),
    CONSTRAINT inbound_mailboxsettingsevent_silence_hours_check CHECK ((silence_hours >= 0)),
    CONSTRAINT inbound_mailboxsettingsevent_source_number_check CHECK ((source_number >= 0))
);
ALTER TABLE inbound_mailboxsettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME inbound_mailboxsettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE inbound_message (
    id bigint NOT NULL,
    source_number integer NOT NULL,
    folder text NOT NULL,
    validity text NOT NULL,
    uid text NOT NULL,
    size bigint NOT NULL,
    sha256 bytea NOT NULL,
    truncated boolean NOT NULL,
    refusal text NOT NULL,
    received_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    mailbox_id bigint NOT NULL,
    listed_size bigint,
    CONSTRAINT inbound_message_source_number_check CHECK ((source_number >= 0))
);
ALTER TABLE inbound_message ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME inbound_message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE inbound_present (
    id bigint NOT NULL,
    source_number integer NOT NULL,
    uid text NOT NULL,
    skipped boolean NOT NULL,
    mailbox_id bigint NOT NULL,
    CONSTRAINT inbound_present_source_number_check CHECK ((source_number >= 0))
);
ALTER TABLE inbound_present ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME inbound_present_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE inbound_retentionsettingssettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id smallint NOT NULL,
    dropped_days integer,
    pgh_context_id uuid,
    pgh_obj_id smallint NOT NULL,
    CONSTRAINT inbound_retentionsettingssettingsevent_dropped_days_check CHECK ((dropped_days >= 0))
);
ALTER TABLE inbound_retentionsettingssettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME inbound_retentionsettingssettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE inbound_spamrulesettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    "position" integer NOT NULL,
    match text NOT NULL,
    criteria jsonb NOT NULL,
    enabled boolean NOT NULL,
    instance_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT inbound_spamrulesettingsevent_position_check CHECK (("position" >= 0))
);
ALTER TABLE inbound_spamrulesettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME inbound_spamrulesettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE inbound_unacknowledged (
    mail_id bigint NOT NULL,
    refusals integer NOT NULL,
    copied boolean DEFAULT false NOT NULL,
    reason text NOT NULL,
    mailbox_id bigint NOT NULL,
    copying_since text DEFAULT ''::text NOT NULL,
    CONSTRAINT inbound_unacknowledged_refusals_check CHECK ((refusals >= 0))
);
CREATE TABLE inbound_undecided (
    mail_id bigint NOT NULL,
    exempt boolean NOT NULL,
    old boolean NOT NULL,
    mailbox_id bigint NOT NULL,
    after_all boolean DEFAULT false NOT NULL,
    ordinary boolean DEFAULT false NOT NULL
);
CREATE TABLE installation (
    id smallint NOT NULL,
    identity uuid NOT NULL,
    public_url text NOT NULL,
    time_zone text NOT NULL,
    language text NOT NULL,
    trusted_proxies text[] NOT NULL,
    who_may_join text NOT NULL,
    reopen_within_days integer NOT NULL,
    reopenings_per_day integer NOT NULL,
    automatic_answers_per_hour integer NOT NULL,
    allow_private_networks boolean NOT NULL,
    give_up_after_hours integer NOT NULL,
    notices_lapse_after_hours integer NOT NULL,
    unknown_senders text DEFAULT 'create'::text NOT NULL,
    auto_replies text DEFAULT 'join'::text NOT NULL,
    CONSTRAINT installation_auto_replies_exist CHECK ((auto_replies = ANY (ARRAY['join'::text, 'end'::text]))),
    CONSTRAINT installation_automatic_answers_per_hour_check CHECK ((automatic_answers_per_hour >= 0)),
    CONSTRAINT installation_give_up_after_hours_check CHECK ((give_up_after_hours >= 0)),
    CONSTRAINT installation_notices_lapse_after_hours_check CHECK ((notices_lapse_after_hours >= 0)),
    CONSTRAINT installation_one_row CHECK ((id = 1)),
    CONSTRAINT installation_outbox_ages CHECK (((give_up_after_hours >= 1) AND (notices_lapse_after_hours >= 1))),
    CONSTRAINT installation_reopen_within_days_check CHECK ((reopen_within_days >= 0)),
    CONSTRAINT installation_reopenings_per_day_check CHECK ((reopenings_per_day >= 0)),
    CONSTRAINT installation_unknown_senders_exist CHECK ((unknown_senders = ANY (ARRAY['create'::text, 'refuse'::text, 'hold'::text])))
);
CREATE TABLE instance (
    id bigint NOT NULL,
    name text NOT NULL
);
CREATE TABLE instance_alert (
    id bigint NOT NULL,
    instance_id bigint NOT NULL,
    person_id bigint NOT NULL
);
ALTER TABLE instance_alert ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME instance_alert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE instance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME instance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE item (
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    subcategory_id bigint NOT NULL,
    CONSTRAINT item_has_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT item_position_check CHECK (("position" >= 0))
);
ALTER TABLE item ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME item_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE lease (
    thing text NOT NULL,
    owner text NOT NULL,
    until timestamp with time zone NOT NULL
);
CREATE TABLE level (
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT level_has_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT level_position_check CHECK (("position" >= 0))
);
ALTER TABLE level ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME level_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE mail_act (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    by text NOT NULL,
    kind text NOT NULL,
    before jsonb,
    came_from_id bigint,
    mail_id bigint NOT NULL,
    person_id bigint,
    went_to_id bigint,
    CONSTRAINT mail_act_kind_exists CHECK ((kind = ANY (ARRAY['read'::text, 'downloaded'::text, 'moved'::text, 'own'::text, 'again'::text, 'after_all'::text, 'spam'::text, 'file'::text, 'details'::text, 'refused'::text, 'ordinary'::text])))
);
ALTER TABLE mail_act ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME mail_act_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE mail_outcome (
    mail_id bigint NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    message_id text,
    content_key bytea,
    sender_account bigint,
    original boolean NOT NULL,
    from_address text NOT NULL,
    subject text NOT NULL,
    loop_key bytea,
    written_at timestamp with time zone,
    trace jsonb NOT NULL,
    processed_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    account_id bigint,
    conversation_id bigint,
    duplicate_of_id bigint,
    instance_id bigint NOT NULL,
    record_id bigint,
    words text[] DEFAULT '{}'::text[] NOT NULL,
    decided_by jsonb,
    authenticity text DEFAULT ''::text NOT NULL,
    raw_erased_at timestamp with time zone,
    CONSTRAINT mail_outcome_authenticity_exists CHECK ((authenticity = ANY (ARRAY[''::text, 'pass'::text, 'fail'::text, 'none'::text]))),
    CONSTRAINT mail_outcome_kind_exists CHECK ((kind = ANY (ARRAY['request'::text, 'conversation'::text, 'command'::text, 'bounce'::text, 'automatic'::text, 'duplicate'::text, 'dropped'::text, 'refused'::text, 'held'::text, 'error'::text]))),
    CONSTRAINT mail_outcome_record_has_account CHECK ((((conversation_id IS NULL) AND (record_id IS NULL)) OR (account_id IS NOT NULL)))
);
CREATE TABLE mailbox (
    id bigint NOT NULL,
    name text NOT NULL,
    protocol text NOT NULL,
    server text NOT NULL,
    port integer NOT NULL,
    tls text NOT NULL,
    verify_certificate boolean NOT NULL,
    ca_file text NOT NULL,
    username text NOT NULL,
    password text NOT NULL,
    addresses text[] NOT NULL,
    source_folder text NOT NULL,
    fetch_every integer NOT NULL,
    first_fetch text NOT NULL,
    acknowledge_old boolean NOT NULL,
    after_fetching text NOT NULL,
    move_to text NOT NULL,
    max_size_mb integer NOT NULL,
    new_requests_disabled boolean NOT NULL,
    allowed_addresses text[] NOT NULL,
    allowed_domains text[] NOT NULL,
    fetching boolean NOT NULL,
    source_number integer NOT NULL,
    account_id bigint,
    default_group_id bigint,
    default_priority_id bigint,
    default_site_id bigint,
    instance_id bigint NOT NULL,
    leave_days integer,
    removed_at timestamp with time zone,
    authentication text NOT NULL,
    authorization_url text NOT NULL,
    client_id text NOT NULL,
    client_secret text NOT NULL,
    client_secret_ends date,
    connect_url text NOT NULL,
    debug_until timestamp with time zone,
    "grant" text NOT NULL,
    graph_endpoint text NOT NULL,
    mailbox_to_open text NOT NULL,
    proxy boolean NOT NULL,
    push boolean NOT NULL,
    scope text NOT NULL,
    token_url text NOT NULL,
    error_folder boolean DEFAULT false NOT NULL,
    error_folder_name text DEFAULT ''::text NOT NULL,
    error_notify boolean DEFAULT true NOT NULL,
    error_stop_after integer,
    own_check boolean DEFAULT false NOT NULL,
    trusted_authserv_ids text[] DEFAULT '{}'::text[] NOT NULL,
    silence_hours integer,
    forwards_by_technicians boolean DEFAULT true NOT NULL,
    error_request boolean DEFAULT false NOT NULL,
    default_category_id bigint,
    default_template_id bigint,
    CONSTRAINT mailbox_error_folder_is_another CHECK (((NOT error_folder) OR ((NOT (error_folder_name = ''::text)) AND (NOT (lower(btrim(error_folder_name, ' /'::text)) = lower(btrim(source_folder, ' /'::text)))) AND (NOT (lower(btrim(error_folder_name, ' /'::text)) = 'inbox'::text))))),
    CONSTRAINT mailbox_error_folder_not_at_pop CHECK (((NOT error_folder) OR (NOT (protocol = ANY (ARRAY['pop'::text, 'pops'::text]))))),
    CONSTRAINT mailbox_error_stop_after CHECK (((error_stop_after IS NULL) OR (error_stop_after >= 1))),
    CONSTRAINT mailbox_error_stop_after_check CHECK ((error_stop_after >= 0)),
    CONSTRAINT mailbox_fetch_every_check CHECK ((fetch_every >= 0)),
    CONSTRAINT mailbox_graph_by_oauth CHECK (((NOT (protocol = 'graph'::text)) OR (authentication = 'oauth'::text))),
    CONSTRAINT mailbox_interval CHECK (((fetch_every >= 10) AND (fetch_every <= 86400))),
    CONSTRAINT mailbox_leave_days CHECK (((leave_days IS NULL) OR ((after_fetching = 'leave'::text) AND (leave_days >= 1)))),
    CONSTRAINT mailbox_leave_days_check CHECK ((leave_days >= 0)),
    CONSTRAINT mailbox_max_size CHECK ((max_size_mb >= 1)),
    CONSTRAINT mailbox_max_size_mb_check CHECK ((max_size_mb >= 0)),
    CONSTRAINT mailbox_port CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT mailbox_port_check CHECK ((port >= 0)),
    CONSTRAINT mailbox_removed_rests CHECK (((removed_at IS NULL) OR ((client_secret = ''::text) AND (NOT fetching) AND (password = ''::text)))),
    CONSTRAINT mailbox_signs_in CHECK ((NOT (authentication = 'none'::text))),
    CONSTRAINT mailbox_silence_hours CHECK (((silence_hours IS NULL) OR ((silence_hours >= 1) AND (silence_hours <= 8760)))),
    CONSTRAINT mailbox_silence_hours_check CHECK ((silence_hours >= 0)),
    CONSTRAINT mailbox_source_number_check CHECK ((source_number >= 0))
);
CREATE TABLE mailbox_consent (
    access_token text NOT NULL,
    refresh_token text NOT NULL,
    expires_at timestamp with time zone,
    given_by text NOT NULL,
    given_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lost_at timestamp with time zone,
    lost_reason text NOT NULL,
    told_at timestamp with time zone,
    warned_days smallint,
    mailbox_id bigint NOT NULL,
    given_to_id bigint,
    CONSTRAINT mailbox_consent_warned_days_check CHECK ((warned_days >= 0))
);
ALTER TABLE mailbox ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME mailbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE mailbox_minute (
    id bigint NOT NULL,
    minute timestamp with time zone NOT NULL,
    what text NOT NULL,
    count bigint NOT NULL,
    mailbox_id bigint NOT NULL,
    CONSTRAINT mailbox_minute_counts CHECK ((count >= 1)),
    CONSTRAINT mailbox_minute_of_what CHECK ((what = ANY (ARRAY['in'::text, 'request'::text, 'conversation'::text, 'command'::text, 'bounce'::text, 'automatic'::text, 'duplicate'::text, 'dropped'::text, 'refused'::text, 'held'::text, 'error'::text, 'connection'::text, 'sign_in'::text, 'consent'::text, 'service'::text, 'throttled'::text])))
);
ALTER TABLE mailbox_minute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME mailbox_minute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE mailbox_push (
    mailbox_id bigint NOT NULL,
    version text DEFAULT ''::text NOT NULL,
    connected_at timestamp with time zone,
    last_push_at timestamp with time zone,
    reason text DEFAULT ''::text NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    next_try_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT mailbox_push_failures_check CHECK ((failures >= 0)),
    CONSTRAINT mailbox_push_reason CHECK (((connected_at IS NULL) OR (reason = ''::text)))
);
CREATE TABLE mailbox_state (
    mailbox_id bigint NOT NULL,
    source_number integer NOT NULL,
    first_started_at timestamp with time zone,
    validity text NOT NULL,
    bookmark text,
    old_until text,
    next_fetch_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    last_fetch_at timestamp with time zone,
    failing_since timestamp with time zone,
    consecutive_failures integer NOT NULL,
    reason text NOT NULL,
    stopped_by text NOT NULL,
    backlog bigint,
    junk_looked_at timestamp with time zone,
    junk_mark text NOT NULL,
    junk_new integer,
    outage_told_at timestamp with time zone,
    stuck_at text DEFAULT ''::text NOT NULL,
    stuck_times integer DEFAULT 0 NOT NULL,
    patience_since timestamp with time zone,
    downloaded bigint DEFAULT 0 NOT NULL,
    downloading_since timestamp with time zone,
    paced_until timestamp with time zone,
    closed_since timestamp with time zone,
    closed_tries integer DEFAULT 0 NOT NULL,
    error_total integer,
    error_total_at timestamp with time zone,
    held_at_limit boolean DEFAULT false NOT NULL,
    last_mail_at timestamp with time zone,
    listening_since timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    silence_told_at timestamp with time zone,
    CONSTRAINT mailbox_state_closed_since_its_first_try CHECK ((((closed_since IS NULL) AND (closed_tries = 0)) OR ((closed_since IS NOT NULL) AND (closed_tries > 0)))),
    CONSTRAINT mailbox_state_closed_tries_check CHECK ((closed_tries >= 0)),
    CONSTRAINT mailbox_state_consecutive_failures_check CHECK ((consecutive_failures >= 0)),
    CONSTRAINT mailbox_state_error_total_check CHECK ((error_total >= 0)),
    CONSTRAINT mailbox_state_junk_new_check CHECK ((junk_new >= 0)),
    CONSTRAINT mailbox_state_source_number_check CHECK ((source_number >= 0)),
    CONSTRAINT mailbox_state_stuck_times_check CHECK ((stuck_times >= 0))
);
CREATE TABLE mailconfig (
    category text NOT NULL,
    parameter text NOT NULL,
    paramvalue text NOT NULL
);
CREATE TABLE mailconfig_version (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    category text NOT NULL,
    parameter text NOT NULL,
    paramvalue text NOT NULL,
    id bigint GENERATED ALWAYS AS (hashtextextended(((category || ' '::text) || parameter), (0)::bigint)) STORED,
    pgh_context_id uuid
);
ALTER TABLE mailconfig_version ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME mailconfig_version_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE mode (
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT mode_has_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT mode_position_check CHECK (("position" >= 0))
);
ALTER TABLE mode ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME mode_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE notification_rule (
    id bigint NOT NULL,
    event text NOT NULL,
    enabled boolean NOT NULL
);
ALTER TABLE notification_rule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME notification_rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE notification_rule_technician (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    rule_id bigint NOT NULL
);
ALTER TABLE notification_rule_technician ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME notification_rule_technician_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outbound_notificationrulesettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    event text NOT NULL,
    enabled boolean NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL
);
ALTER TABLE outbound_notificationrulesettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME outbound_notificationrulesettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outbound_outgoingserversettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    protocol text NOT NULL,
    server text NOT NULL,
    alternate_server text NOT NULL,
    port integer NOT NULL,
    tls text NOT NULL,
    verify_certificate boolean CONSTRAINT outbound_outgoingserversettingseven_verify_certificate_not_null NOT NULL,
    ca_file text NOT NULL,
    authentication text NOT NULL,
    username text NOT NULL,
    password text NOT NULL,
    sender_name text NOT NULL,
    reply_to text NOT NULL,
    allowed_from jsonb NOT NULL,
    connections smallint NOT NULL,
    mails_per_minute integer,
    paused boolean NOT NULL,
    copied boolean NOT NULL,
    account_id bigint,
    instance_id bigint,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    authorization_url text NOT NULL,
    client_id text NOT NULL,
    client_secret text NOT NULL,
    client_secret_ends date,
    connect_url text NOT NULL,
    debug_until timestamp with time zone,
    "grant" text NOT NULL,
    graph_endpoint text NOT NULL,
    mailbox_to_open text NOT NULL,
    proxy boolean NOT NULL,
    scope text NOT NULL,
    token_url text NOT NULL,
    overflow_after_s integer,
    overflow_to_id bigint,
    certain boolean NOT NULL,
    sender_pool text[] NOT NULL,
    CONSTRAINT outbound_outgoingserversettingsevent_connections_check CHECK ((connections >= 0)),
    CONSTRAINT outbound_outgoingserversettingsevent_mails_per_minute_check CHECK ((mails_per_minute >= 0)),
    CONSTRAINT outbound_outgoingserversettingsevent_overflow_after_s_check CHECK ((overflow_after_s >= 0)),
    CONSTRAINT outbound_outgoingserversettingsevent_port_check CHECK ((port >= 0))
);
ALTER TABLE outbound_outgoingserversettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME outbound_outgoingserversettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outbound_ruletechniciansettingsevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_db_user text DEFAULT CURRENT_USER NOT NULL,
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    pgh_context_id uuid,
    pgh_obj_id bigint NOT NULL,
    rule_id bigint NOT NULL
);
ALTER TABLE outbound_ruletechniciansettingsevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME outbound_ruletechniciansettingsevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outbox_act (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    kind text NOT NULL,
    who text NOT NULL,
    server text DEFAULT ''::text NOT NULL,
    mail_id bigint NOT NULL,
    CONSTRAINT outbox_act_kind_exists CHECK ((kind = ANY (ARRAY['retried'::text, 'through'::text, 'cancelled'::text, 'was_sent'::text, 'looked'::text])))
);
ALTER TABLE outbox_act ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME outbox_act_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outbox_attempt (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    server text NOT NULL,
    result text NOT NULL,
    ms double precision NOT NULL,
    mail_id bigint NOT NULL,
    report_id bigint
);
ALTER TABLE outbox_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME outbox_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outbox_file (
    id bigint NOT NULL,
    attachment_id bigint NOT NULL,
    mail_id bigint NOT NULL
);
ALTER TABLE outbox_file ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME outbox_file_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outbox_mail (
    id bigint NOT NULL,
    event text NOT NULL,
    sending_class smallint NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    message_id text NOT NULL,
    date timestamp with time zone NOT NULL,
    sender_name text NOT NULL,
    sender_address text NOT NULL,
    reply_to text DEFAULT ''::text NOT NULL,
    "to" jsonb NOT NULL,
    cc jsonb DEFAULT '[]'::jsonb NOT NULL,
    bcc jsonb DEFAULT '[]'::jsonb NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text,
    in_reply_to text,
    "references" text[] DEFAULT '{}'::text[] NOT NULL,
    automatic boolean NOT NULL,
    answers text,
    recipients jsonb DEFAULT '{}'::jsonb NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    unknown_fate boolean DEFAULT false NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    next_try_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    give_up_at timestamp with time zone NOT NULL,
    lease_owner text,
    lease_until timestamp with time zone,
    done_at timestamp with time zone,
    account_id bigint,
    author_id bigint,
    conversation_id bigint,
    record_id bigint,
    server_id bigint,
    asked_for boolean DEFAULT false NOT NULL,
    looks smallint DEFAULT 0 NOT NULL,
    overflow_by_id bigint,
    draft_id text DEFAULT ''::text NOT NULL,
    sent_from text DEFAULT ''::text NOT NULL,
    moved_from text DEFAULT ''::text NOT NULL,
    CONSTRAINT outbox_mail_looks_check CHECK ((looks >= 0)),
    CONSTRAINT outbox_mail_overflow_of_notifications CHECK (((overflow_by_id IS NULL) OR (sending_class >= 3))),
    CONSTRAINT outbox_mail_pool_of_notifications CHECK (((sent_from = ''::text) OR (sending_class >= 3))),
    CONSTRAINT outbox_mail_record_has_account CHECK ((((conversation_id IS NULL) AND (record_id IS NULL)) OR (account_id IS NOT NULL))),
    CONSTRAINT outbox_mail_sending_class_check CHECK ((sending_class >= 0)),
    CONSTRAINT outbox_mail_state_exists CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'held'::text, 'lapsed'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT outbox_mail_tries_check CHECK ((tries >= 0)),
    CONSTRAINT outbox_mail_waits_for_a_server CHECK (((NOT (state = ANY (ARRAY['queued'::text, 'sending'::text]))) OR (server_id IS NOT NULL)))
);
ALTER TABLE outbox_mail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME outbox_mail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outgoing_server (
    id bigint NOT NULL,
    name text NOT NULL,
    protocol text NOT NULL,
    server text NOT NULL,
    alternate_server text NOT NULL,
    port integer NOT NULL,
    tls text NOT NULL,
    verify_certificate boolean NOT NULL,
    ca_file text NOT NULL,
    authentication text NOT NULL,
    username text NOT NULL,
    password text NOT NULL,
    sender_name text NOT NULL,
    reply_to text NOT NULL,
    allowed_from jsonb NOT NULL,
    connections smallint NOT NULL,
    mails_per_minute integer,
    paused boolean NOT NULL,
    copied boolean NOT NULL,
    account_id bigint,
    instance_id bigint,
    authorization_url text NOT NULL,
    client_id text NOT NULL,
    client_secret text NOT NULL,
    client_secret_ends date,
    connect_url text NOT NULL,
    debug_until timestamp with time zone,
    "grant" text NOT NULL,
    graph_endpoint text NOT NULL,
    mailbox_to_open text NOT NULL,
    proxy boolean NOT NULL,
    scope text NOT NULL,
    token_url text NOT NULL,
    overflow_after_s integer,
    overflow_to_id bigint,
    certain boolean NOT NULL,
    sender_pool text[] NOT NULL,
    CONSTRAINT outgoing_server_certain_of_graph CHECK (((NOT certain) OR (protocol = 'graph'::text))),
    CONSTRAINT outgoing_server_connections CHECK ((connections >= 1)),
    CONSTRAINT outgoing_server_connections_check CHECK ((connections >= 0)),
    CONSTRAINT outgoing_server_graph_by_oauth CHECK (((NOT (protocol = 'graph'::text)) OR (authentication = 'oauth'::text))),
    CONSTRAINT outgoing_server_mails_per_minute_check CHECK ((mails_per_minute >= 0)),
    CONSTRAINT outgoing_server_one_scope CHECK (((instance_id IS NULL) OR (account_id IS NULL))),
    CONSTRAINT outgoing_server_overflow_after_a_second CHECK (((overflow_after_s IS NULL) OR (overflow_after_s >= 1))),
    CONSTRAINT outgoing_server_overflow_after_s_check CHECK ((overflow_after_s >= 0)),
    CONSTRAINT outgoing_server_overflow_after_some_time CHECK (((overflow_to_id IS NULL) OR (overflow_after_s IS NOT NULL))),
    CONSTRAINT outgoing_server_overflow_of_graph CHECK (((overflow_to_id IS NULL) OR ((protocol = 'graph'::text) AND (NOT ((overflow_to_id = id) AND (overflow_to_id IS NOT NULL)))))),
    CONSTRAINT outgoing_server_pool_of_graph CHECK (((sender_pool = '{}'::text[]) OR (protocol = 'graph'::text))),
    CONSTRAINT outgoing_server_pool_of_so_many CHECK ((
CASE
    WHEN (sender_pool IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(sender_pool, 1), 0)
END <= 8)),
    CONSTRAINT outgoing_server_port CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT outgoing_server_port_check CHECK ((port >= 0))
);
ALTER TABLE outgoing_server ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME outgoing_server_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outgoing_server_state (
    server_id bigint NOT NULL,
    alternate_generation bigint,
    alternate_since timestamp with time zone,
    alternate_reason text DEFAULT ''::text NOT NULL,
    failing_since timestamp with time zone,
    reason text DEFAULT ''::text NOT NULL,
    last_sent_at timestamp with time zone,
    not_before timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    paced_until timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    broke_off bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    keeps_headers boolean,
    keeps_message_id boolean,
    overflow_since timestamp with time zone,
    seconds_a_mail double precision,
    patience_since timestamp with time zone,
    ended_since timestamp with time zone,
    CONSTRAINT outgoing_server_ended_or_fails CHECK (((ended_since IS NULL) OR ((failing_since IS NULL) AND (patience_since IS NULL)))),
    CONSTRAINT outgoing_server_fails_or_waits_as_asked CHECK (((failing_since IS NULL) OR (patience_since IS NULL)))
);
CREATE TABLE person (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    name text NOT NULL,
    sign_in_name text,
    technician boolean NOT NULL,
    time_zone text NOT NULL,
    language text NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    deleted_at timestamp with time zone,
    account_id bigint NOT NULL,
    site_id bigint,
    CONSTRAINT person_sign_in_name_lower_case CHECK (((sign_in_name IS NULL) OR (sign_in_name = lower(sign_in_name))))
);
CREATE TABLE person_address (
    id bigint NOT NULL,
    address text NOT NULL,
    key text NOT NULL,
    "primary" boolean NOT NULL,
    account_id bigint NOT NULL,
    person_id bigint NOT NULL,
    preferred boolean DEFAULT false NOT NULL,
    CONSTRAINT person_address_without_controls CHECK ((NOT (address ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'::text)))
);
ALTER TABLE person_address ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME person_address_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE person ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE pghistory_context (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    metadata jsonb NOT NULL
);
CREATE TABLE priority (
    id bigint NOT NULL,
    name text NOT NULL,
    level smallint NOT NULL,
    CONSTRAINT priority_level_check CHECK ((level >= 0))
);
ALTER TABLE priority ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME priority_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE process (
    id bigint NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    started text NOT NULL,
    kind text NOT NULL,
    seen_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);
ALTER TABLE process ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME process_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);
CREATE SEQUENCE procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE procrastinate_events_id_seq OWNED BY procrastinate_events.id;
CREATE SEQUENCE procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE procrastinate_jobs_id_seq OWNED BY procrastinate_jobs.id;
CREATE TABLE procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);
CREATE SEQUENCE procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE procrastinate_periodic_defers_id_seq OWNED BY procrastinate_periodic_defers.id;
CREATE TABLE procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE provider_sign_in (
    state_sha256 bytea NOT NULL,
    session_key text NOT NULL,
    mailbox_id bigint,
    server_id bigint,
    verifier text NOT NULL,
    begun_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    person_id bigint NOT NULL,
    link_id bigint,
    CONSTRAINT provider_sign_in_of_one CHECK ((((mailbox_id IS NULL) OR (server_id IS NULL)) AND (1 = (
CASE
    WHEN (mailbox_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (server_id IS NULL) THEN 1
    ELSE 0
END))))
);
CREATE TABLE proxy_settings (
    id smallint NOT NULL,
    kind text NOT NULL,
    host text NOT NULL,
    port integer NOT NULL,
    username text NOT NULL,
    password text NOT NULL,
    CONSTRAINT proxy_settings_id_check CHECK ((id >= 0)),
    CONSTRAINT proxy_settings_one_row CHECK ((id = 1)),
    CONSTRAINT proxy_settings_port CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT proxy_settings_port_check CHECK ((port >= 0))
);
CREATE TABLE question (
    id bigint NOT NULL,
    text text NOT NULL,
    kind text NOT NULL,
    api_key text NOT NULL,
    options text[] NOT NULL,
    max_length integer,
    for_requester boolean NOT NULL,
    for_technician boolean NOT NULL,
    "position" smallint NOT NULL,
    deleted_at timestamp with time zone,
    resource_id bigint NOT NULL,
    CONSTRAINT question_has_text CHECK ((NOT (text = ''::text))),
    CONSTRAINT question_key_form CHECK ((api_key ~ '^[A-Za-z0-9_]{1,100}$'::text)),
    CONSTRAINT question_kind_exists CHECK ((kind = ANY (ARRAY['select'::text, 'radio'::text, 'check'::text, 'text'::text]))),
    CONSTRAINT question_max_length_check CHECK ((max_length >= 0)),
    CONSTRAINT question_options CHECK ((((kind = 'text'::text) AND (options = '{}'::text[])) OR ((NOT (kind = 'text'::text)) AND (max_length IS NULL) AND (
CASE
    WHEN (options IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(options, 1), 0)
END > 0)))),
    CONSTRAINT question_position_check CHECK (("position" >= 0))
);
ALTER TABLE question ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME question_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE raw_chunk (
    mail_id bigint NOT NULL,
    "position" integer NOT NULL,
    content bytea NOT NULL
)
WITH (toast_tuple_target='8160');
ALTER TABLE ONLY raw_chunk ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE record (
    id bigint NOT NULL,
    module text NOT NULL,
    number bigint NOT NULL,
    subject text NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    closed_at timestamp with time zone,
    deleted_at timestamp with time zone,
    last_mail_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    last_mail_direction text NOT NULL,
    preview text DEFAULT ''::text NOT NULL,
    account_id bigint NOT NULL,
    group_id bigint,
    instance_id bigint NOT NULL,
    linked_to_id bigint,
    merged_into_id bigint,
    priority_id bigint,
    requester_id bigint,
    technician_id bigint,
    status_id bigint NOT NULL,
    belongs_to_id bigint,
    CONSTRAINT record_direction_exists CHECK ((last_mail_direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT record_merged_is_closed CHECK (((merged_into_id IS NULL) OR (closed_at IS NOT NULL))),
    CONSTRAINT record_module_exists CHECK ((module = ANY (ARRAY['RE'::text, 'TA'::text, 'SO'::text, 'PO'::text, 'PR'::text, 'CO'::text, 'CH'::text, 'PB'::text, 'PJ'::text]))),
    CONSTRAINT record_not_into_itself CHECK ((NOT ((merged_into_id = id) AND (merged_into_id IS NOT NULL)))),
    CONSTRAINT record_tasks_belong CHECK (((belongs_to_id IS NULL) OR (module = 'TA'::text)))
);
ALTER TABLE record ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME record_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE record_merge (
    record_id bigint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    by text NOT NULL,
    closed_before timestamp with time zone,
    mails bigint[] NOT NULL,
    account_id bigint NOT NULL,
    person_id bigint,
    status_before_id bigint NOT NULL
);
CREATE SEQUENCE record_number_ch
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE record_number_co
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE record_number_pb
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE record_number_pj
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE record_number_po
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE record_number_pr
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE record_number_re
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE record_number_so
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE record_number_ta
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE record_seen (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id bigint NOT NULL,
    record_id bigint NOT NULL
);
ALTER TABLE record_seen ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME record_seen_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE request_asset (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    asset_id bigint NOT NULL,
    record_id bigint NOT NULL
);
ALTER TABLE request_asset ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME request_asset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE request_details (
    record_id bigint NOT NULL,
    impact_details text DEFAULT ''::text NOT NULL,
    resolution text DEFAULT ''::text NOT NULL,
    notify text[] DEFAULT '{}'::text[] NOT NULL,
    account_id bigint NOT NULL,
    category_id bigint,
    impact_id bigint,
    item_id bigint,
    level_id bigint,
    mode_id bigint,
    site_id bigint,
    request_type_id bigint,
    subcategory_id bigint,
    template_id bigint,
    urgency_id bigint,
    CONSTRAINT request_item_has_subcategory CHECK (((item_id IS NULL) OR (subcategory_id IS NOT NULL))),
    CONSTRAINT request_notify_addresses CHECK (addresses_to_notify(notify)),
    CONSTRAINT request_subcategory_has_category CHECK (((subcategory_id IS NULL) OR (category_id IS NOT NULL)))
);
CREATE TABLE request_template (
    id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    "default" boolean NOT NULL,
    requester_fields text[] NOT NULL,
    technician_fields text[] NOT NULL,
    closing_fields text[] NOT NULL,
    for_requesters boolean NOT NULL,
    "position" smallint NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT request_template_position_check CHECK (("position" >= 0)),
    CONSTRAINT template_default_serves_all CHECK (((NOT "default") OR ((deleted_at IS NULL) AND for_requesters AND (kind = 'incident'::text)))),
    CONSTRAINT template_has_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT template_kind_exists CHECK ((kind = ANY (ARRAY['incident'::text, 'service'::text])))
);
CREATE TABLE request_template_account (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    template_id bigint NOT NULL
);
ALTER TABLE request_template_account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME request_template_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE request_template ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME request_template_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE request_type (
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT request_type_position_check CHECK (("position" >= 0)),
    CONSTRAINT requesttype_has_name CHECK ((NOT (name = ''::text)))
);
ALTER TABLE request_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME request_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE resource (
    id bigint NOT NULL,
    name text NOT NULL,
    api_key text NOT NULL,
    "position" smallint NOT NULL,
    deleted_at timestamp with time zone,
    template_id bigint NOT NULL,
    CONSTRAINT resource_has_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT resource_key_form CHECK ((api_key ~ '^[A-Za-z0-9_]{1,100}$'::text)),
    CONSTRAINT resource_position_check CHECK (("position" >= 0))
);
ALTER TABLE resource ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME resource_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE retention_settings (
    id smallint NOT NULL,
    dropped_days integer,
    CONSTRAINT retention_settings_dropped_days CHECK (((dropped_days IS NULL) OR ((dropped_days >= 1) AND (dropped_days <= 3650)))),
    CONSTRAINT retention_settings_dropped_days_check CHECK ((dropped_days >= 0)),
    CONSTRAINT retention_settings_one_row CHECK ((id = 1))
);
CREATE TABLE role (
    id bigint NOT NULL,
    name text NOT NULL,
    permissions text[] NOT NULL
);
CREATE TABLE role_grant (
    id bigint NOT NULL,
    account_id bigint,
    person_id bigint NOT NULL,
    role_id bigint NOT NULL,
    site_id bigint,
    CONSTRAINT role_grant_site_needs_account CHECK (((site_id IS NULL) OR (NOT (account_id IS NULL))))
);
ALTER TABLE role_grant ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME role_grant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE role ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME role_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sender_pool_state (
    id bigint NOT NULL,
    mailbox text NOT NULL,
    failing_since timestamp with time zone,
    reason text DEFAULT ''::text NOT NULL,
    not_before timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    keeps_message_id boolean,
    server_id bigint NOT NULL,
    CONSTRAINT sender_pool_state_says_why CHECK (((failing_since IS NULL) OR (NOT (reason = ''::text))))
);
ALTER TABLE sender_pool_state ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sender_pool_state_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sent_copy (
    id bigint NOT NULL,
    message_id text,
    look_at timestamp with time zone,
    looks smallint DEFAULT 0 NOT NULL,
    mail_id bigint NOT NULL,
    CONSTRAINT sent_copy_known_or_looked_for CHECK ((((message_id IS NULL) OR (look_at IS NULL)) AND (1 = (
CASE
    WHEN (message_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (look_at IS NULL) THEN 1
    ELSE 0
END)))),
    CONSTRAINT sent_copy_looks_check CHECK ((looks >= 0))
);
ALTER TABLE sent_copy ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sent_copy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sent_form (
    token uuid NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    person_id bigint NOT NULL
);
CREATE TABLE server_consent (
    access_token text NOT NULL,
    refresh_token text NOT NULL,
    expires_at timestamp with time zone,
    given_by text NOT NULL,
    given_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lost_at timestamp with time zone,
    lost_reason text NOT NULL,
    told_at timestamp with time zone,
    warned_days smallint,
    server_id bigint NOT NULL,
    given_to_id bigint,
    CONSTRAINT server_consent_warned_days_check CHECK ((warned_days >= 0))
);
CREATE TABLE server_minute (
    id bigint NOT NULL,
    minute timestamp with time zone NOT NULL,
    what text NOT NULL,
    sending_class smallint NOT NULL,
    count bigint NOT NULL,
    seconds double precision NOT NULL,
    server_id bigint,
    CONSTRAINT server_minute_counts CHECK ((count >= 1)),
    CONSTRAINT server_minute_of_class CHECK ((((sending_class = 0) OR (what = ANY (ARRAY['sent'::text, 'failed'::text]))) AND (1 = (
CASE
    WHEN (sending_class = 0) THEN 1
    ELSE 0
END +
CASE
    WHEN (what = ANY (ARRAY['sent'::text, 'failed'::text])) THEN 1
    ELSE 0
END)))),
    CONSTRAINT server_minute_of_what CHECK ((what = ANY (ARRAY['sent'::text, 'failed'::text, 'connection'::text, 'sign_in'::text, 'consent'::text, 'service'::text, 'throttled'::text]))),
    CONSTRAINT server_minute_sending_class_check CHECK ((sending_class >= 0))
);
ALTER TABLE server_minute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME server_minute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE setup_assistant (
    person_id bigint NOT NULL,
    question smallint NOT NULL,
    address text NOT NULL,
    runner text NOT NULL,
    found jsonb NOT NULL,
    tests jsonb NOT NULL,
    outgoing text NOT NULL,
    mailbox_id bigint,
    CONSTRAINT setup_assistant_question CHECK (((question >= 1) AND (question <= 6))),
    CONSTRAINT setup_assistant_question_check CHECK ((question >= 0))
);
CREATE TABLE sign_in_attempt (
    id bigint NOT NULL,
    name_key bytea NOT NULL,
    address text NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);
ALTER TABLE sign_in_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sign_in_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE site (
    id bigint NOT NULL,
    name text NOT NULL,
    account_id bigint NOT NULL
);
ALTER TABLE site ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME site_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE spam_rule (
    id bigint NOT NULL,
    name text NOT NULL,
    "position" integer NOT NULL,
    match text NOT NULL,
    criteria jsonb NOT NULL,
    enabled boolean NOT NULL,
    instance_id bigint NOT NULL,
    CONSTRAINT spam_rule_criteria CHECK (
CASE
    WHEN (jsonb_typeof(criteria) = 'array'::text) THEN (((jsonb_array_length(criteria) >= 1) AND (jsonb_array_length(criteria) <= 20)) AND (jsonb_array_length(jsonb_path_query_array(criteria, 'strict $[*]?((((@."field" like_regex "^(sender_address|sender_domain|sender_name|to|cc|subject|body|attachment_name|size|spam_score|authenticity|header:[!-9;-~]{1,100})$" && @."condition" like_regex "^(is|is not|contains|does not contain|begins with|ends with|matches|greater than|less than)$") && @."values".type() == "array") && @."values".size() > 0) && !(exists (@."values"[*]?(@.type() != "string" || @ == ""))))'::jsonpath)) = jsonb_array_length(criteria)))
    ELSE false
END),
    CONSTRAINT spam_rule_has_a_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT spam_rule_match_exists CHECK ((match = ANY (ARRAY['all'::text, 'any'::text]))),
    CONSTRAINT spam_rule_position_check CHECK (("position" >= 0))
);
ALTER TABLE spam_rule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME spam_rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE status (
    id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT status_position_check CHECK (("position" >= 0))
);
ALTER TABLE status ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME status_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subcategory (
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    category_id bigint NOT NULL,
    CONSTRAINT subcategory_has_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT subcategory_position_check CHECK (("position" >= 0))
);
ALTER TABLE subcategory ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subcategory_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE technician_group (
    id bigint NOT NULL,
    name text NOT NULL,
    account_id bigint
);
ALTER TABLE technician_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME technician_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE technician_group_member (
    id bigint NOT NULL,
    group_id bigint NOT NULL,
    person_id bigint NOT NULL
);
ALTER TABLE technician_group_member ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME technician_group_member_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE SEQUENCE template_key
    START WITH 301
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE urgency (
    id bigint NOT NULL,
    name text NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT urgency_has_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT urgency_position_check CHECK (("position" >= 0))
);
ALTER TABLE urgency ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME urgency_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wire_log (
    id bigint NOT NULL,
    mailbox_id bigint,
    server_id bigint,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    text text NOT NULL,
    CONSTRAINT wire_log_of_one CHECK ((((mailbox_id IS NULL) OR (server_id IS NULL)) AND (1 = (
CASE
    WHEN (mailbox_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (server_id IS NULL) THEN 1
    ELSE 0
END))))
);
ALTER TABLE wire_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wire_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wire_log_reading (
    id bigint NOT NULL,
    mailbox_id bigint,
    server_id bigint,
    thing text NOT NULL,
    name text NOT NULL,
    connections integer NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    person_id bigint,
    CONSTRAINT wire_log_reading_connections_check CHECK ((connections >= 0))
);
ALTER TABLE wire_log_reading ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wire_log_reading_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY procrastinate_events ALTER COLUMN id SET DEFAULT nextval('procrastinate_events_id_seq'::regclass);
ALTER TABLE ONLY procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('procrastinate_jobs_id_seq'::regclass);
ALTER TABLE ONLY procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('procrastinate_periodic_defers_id_seq'::regclass);
INSERT INTO account VALUES
	(1, 'MSP', true, 'UTC', 'en', now(), NULL);
INSERT INTO attachment_settings VALUES
	(1, 'denied', '{bat,cmd,com,cpl,exe,hta,js,jse,lnk,msi,pif,ps1,reg,scr,vbe,vbs,wsf,wsh}', 10);
INSERT INTO auth_permission VALUES
	(1, 'Can add account settingsevent', 3, 'add_accountsettingsevent'),
	(2, 'Can change account settingsevent', 3, 'change_accountsettingsevent'),
	(3, 'Can delete account settingsevent', 3, 'delete_accountsettingsevent'),
	(4, 'Can view account settingsevent', 3, 'view_accountsettingsevent'),
	(5, 'Can add attachment', 4, 'add_attachment'),
	(6, 'Can change attachment', 4, 'change_attachment'),
	(7, 'Can delete attachment', 4, 'delete_attachment'),
	(8, 'Can view attachment', 4, 'view_attachment'),
	(9, 'Can add conversation', 5, 'add_conversation'),
	(10, 'Can change conversation', 5, 'change_conversation'),
	(11, 'Can delete conversation', 5, 'delete_conversation'),
	(12, 'Can view conversation', 5, 'view_conversation'),
	(13, 'Can add delimiter', 6, 'add_delimiter'),
	(14, 'Can change delimiter', 6, 'change_delimiter'),
	(15, 'Can delete delimiter', 6, 'delete_delimiter'),
	(16, 'Can view delimiter', 6, 'view_delimiter'),
	(17, 'Can add delimiter settingsevent', 7, 'add_delimitersettingsevent'),
	(18, 'Can change delimiter settingsevent', 7, 'change_delimitersettingsevent'),
	(19, 'Can delete delimiter settingsevent', 7, 'delete_delimitersettingsevent'),
	(20, 'Can view delimiter settingsevent', 7, 'view_delimitersettingsevent'),
	(21, 'Can add domain', 8, 'add_domain'),
	(22, 'Can change domain', 8, 'change_domain'),
	(23, 'Can delete domain', 8, 'delete_domain'),
	(24, 'Can view domain', 8, 'view_domain'),
	(25, 'Can add domain settingsevent', 9, 'add_domainsettingsevent'),
	(26, 'Can change domain settingsevent', 9, 'change_domainsettingsevent'),
	(27, 'Can delete domain settingsevent', 9, 'delete_domainsettingsevent'),
	(28, 'Can view domain settingsevent', 9, 'view_domainsettingsevent'),
	(29, 'Can add first administrator link', 10, 'add_firstadministratorlink'),
	(30, 'Can change first administrator link', 10, 'change_firstadministratorlink'),
	(31, 'Can delete first administrator link', 10, 'delete_firstadministratorlink'),
	(32, 'Can view first administrator link', 10, 'view_firstadministratorlink'),
	(33, 'Can add grant', 11, 'add_grant'),
	(34, 'Can change grant', 11, 'change_grant'),
	(35, 'Can delete grant', 11, 'delete_grant'),
	(36, 'Can view grant', 11, 'view_grant'),
	(37, 'Can add grant settingsevent', 12, 'add_grantsettingsevent'),
	(38, 'Can change grant settingsevent', 12, 'change_grantsettingsevent'),
	(39, 'Can delete grant settingsevent', 12, 'delete_grantsettingsevent'),
	(40, 'Can view grant settingsevent', 12, 'view_grantsettingsevent'),
	(41, 'Can add group', 13, 'add_group'),
	(42, 'Can change group', 13, 'change_group'),
	(43, 'Can delete group', 13, 'delete_group'),
	(44, 'Can view group', 13, 'view_group'),
	(45, 'Can add group member', 14, 'add_groupmember'),
	(46, 'Can change group member', 14, 'change_groupmember'),
	(47, 'Can delete group member', 14, 'delete_groupmember'),
	(48, 'Can view group member', 14, 'view_groupmember'),
	(49, 'Can add group member settingsevent', 15, 'add_groupmembersettingsevent'),
	(50, 'Can change group member settingsevent', 15, 'change_groupmembersettingsevent'),
	(51, 'Can delete group member settingsevent', 15, 'delete_groupmembersettingsevent'),
	(52, 'Can view group member settingsevent', 15, 'view_groupmembersettingsevent'),
	(53, 'Can add group settingsevent', 16, 'add_groupsettingsevent'),
	(54, 'Can change group settingsevent', 16, 'change_groupsettingsevent'),
	(55, 'Can delete group settingsevent', 16, 'delete_groupsettingsevent'),
	(56, 'Can view group settingsevent', 16, 'view_groupsettingsevent'),
	(57, 'Can add history entry', 17, 'add_historyentry'),
	(58, 'Can change history entry', 17, 'change_historyentry'),
	(59, 'Can delete history entry', 17, 'delete_historyentry'),
	(60, 'Can view history entry', 17, 'view_historyentry'),
	(61, 'Can add installation', 18, 'add_installation'),
	(62, 'Can change installation', 18, 'change_installation'),
	(63, 'Can delete installation', 18, 'delete_installation'),
	(64, 'Can view installation', 18, 'view_installation'),
	(65, 'Can add installation settingsevent', 19, 'add_installationsettingsevent'),
	(66, 'Can change installation settingsevent', 19, 'change_installationsettingsevent'),
	(67, 'Can delete installation settingsevent', 19, 'delete_installationsettingsevent'),
	(68, 'Can view installation settingsevent', 19, 'view_installationsettingsevent'),
	(69, 'Can add instance', 20, 'add_instance'),
	(70, 'Can change instance', 20, 'change_instance'),
	(71, 'Can delete instance', 20, 'delete_instance'),
	(72, 'Can view instance', 20, 'view_instance'),
	(73, 'Can add instance alert', 21, 'add_instancealert'),
	(74, 'Can change instance alert', 21, 'change_instancealert'),
	(75, 'Can delete instance alert', 21, 'delete_instancealert'),
	(76, 'Can view instance alert', 21, 'view_instancealert'),
	(77, 'Can add instance alert settingsevent', 22, 'add_instancealertsettingsevent'),
	(78, 'Can change instance alert settingsevent', 22, 'change_instancealertsettingsevent'),
	(79, 'Can delete instance alert settingsevent', 22, 'delete_instancealertsettingsevent'),
	(80, 'Can view instance alert settingsevent', 22, 'view_instancealertsettingsevent'),
	(81, 'Can add instance settingsevent', 23, 'add_instancesettingsevent'),
	(82, 'Can change instance settingsevent', 23, 'change_instancesettingsevent'),
	(83, 'Can delete instance settingsevent', 23, 'delete_instancesettingsevent'),
	(84, 'Can view instance settingsevent', 23, 'view_instancesettingsevent'),
	(85, 'Can add person address', 24, 'add_personaddress'),
	(86, 'Can change person address', 24, 'change_personaddress'),
	(87, 'Can delete person address', 24, 'delete_personaddress'),
	(88, 'Can view person address', 24, 'view_personaddress'),
	(89, 'Can add priority', 25, 'add_priority'),
	(90, 'Can change priority', 25, 'change_priority'),
	(91, 'Can delete priority', 25, 'delete_priority'),
	(92, 'Can view priority', 25, 'view_priority'),
	(93, 'Can add priority settingsevent', 26, 'add_prioritysettingsevent'),
	(94, 'Can change priority settingsevent', 26, 'change_prioritysettingsevent'),
	(95, 'Can delete priority settingsevent', 26, 'delete_prioritysettingsevent'),
	(96, 'Can view priority settingsevent', 26, 'view_prioritysettingsevent'),
	(97, 'Can add record', 27, 'add_record'),
	(98, 'Can change record', 27, 'change_record'),
	(99, 'Can delete record', 27, 'delete_record'),
	(100, 'Can view record', 27, 'view_record'),
	(101, 'Can add record seen', 28, 'add_recordseen'),
	(102, 'Can change record seen', 28, 'change_recordseen'),
	(103, 'Can delete record seen', 28, 'delete_recordseen'),
	(104, 'Can view record seen', 28, 'view_recordseen'),
	(105, 'Can add role', 29, 'add_role'),
	(106, 'Can change role', 29, 'change_role'),
	(107, 'Can delete role', 29, 'delete_role'),
	(108, 'Can view role', 29, 'view_role'),
	(109, 'Can add role settingsevent', 30, 'add_rolesettingsevent'),
	(110, 'Can change role settingsevent', 30, 'change_rolesettingsevent'),
	(111, 'Can delete role settingsevent', 30, 'delete_rolesettingsevent'),
	(112, 'Can view role settingsevent', 30, 'view_rolesettingsevent'),
	(113, 'Can add sent form', 31, 'add_sentform'),
	(114, 'Can change sent form', 31, 'change_sentform'),
	(115, 'Can delete sent form', 31, 'delete_sentform'),
	(116, 'Can view sent form', 31, 'view_sentform'),
	(117, 'Can add sign in attempt', 32, 'add_signinattempt'),
	(118, 'Can change sign in attempt', 32, 'change_signinattempt'),
	(119, 'Can delete sign in attempt', 32, 'delete_signinattempt'),
	(120, 'Can view sign in attempt', 32, 'view_signinattempt'),
	(121, 'Can add site', 33, 'add_site'),
	(122, 'Can change site', 33, 'change_site'),
	(123, 'Can delete site', 33, 'delete_site'),
	(124, 'Can view site', 33, 'view_site'),
	(125, 'Can add site settingsevent', 34, 'add_sitesettingsevent'),
	(126, 'Can change site settingsevent', 34, 'change_sitesettingsevent'),
	(127, 'Can delete site settingsevent', 34, 'delete_sitesettingsevent'),
	(128, 'Can view site settingsevent', 34, 'view_sitesettingsevent'),
	(129, 'Can add status', 35, 'add_status'),
	(130, 'Can change status', 35, 'change_status'),
	(131, 'Can delete status', 35, 'delete_status'),
	(132, 'Can view status', 35, 'view_status'),
	(133, 'Can add status settingsevent', 36, 'add_statussettingsevent'),
	(134, 'Can change status settingsevent', 36, 'change_statussettingsevent'),
	(135, 'Can delete status settingsevent', 36, 'delete_statussettingsevent'),
	(136, 'Can view status settingsevent', 36, 'view_statussettingsevent'),
	(137, 'Can add account', 37, 'add_account'),
	(138, 'Can change account', 37, 'change_account'),
	(139, 'Can delete account', 37, 'delete_account'),
	(140, 'Can view account', 37, 'view_account'),
	(141, 'Can add person', 38, 'add_person'),
	(142, 'Can change person', 38, 'change_person'),
	(143, 'Can delete person', 38, 'delete_person'),
	(144, 'Can view person', 38, 'view_person'),
	(145, 'Can add person address settingsevent', 39, 'add_personaddresssettingsevent'),
	(146, 'Can change person address settingsevent', 39, 'change_personaddresssettingsevent'),
	(147, 'Can delete person address settingsevent', 39, 'delete_personaddresssettingsevent'),
	(148, 'Can view person address settingsevent', 39, 'view_personaddresssettingsevent'),
	(149, 'Can add person settingsevent', 40, 'add_personsettingsevent'),
	(150, 'Can change person settingsevent', 40, 'change_personsettingsevent'),
	(151, 'Can delete person settingsevent', 40, 'delete_personsettingsevent'),
	(152, 'Can view person settingsevent', 40, 'view_personsettingsevent'),
	(153, 'Can add merge', 41, 'add_merge'),
	(154, 'Can change merge', 41, 'change_merge'),
	(155, 'Can delete merge', 41, 'delete_merge'),
	(156, 'Can view merge', 41, 'view_merge'),
	(157, 'Can add additional field', 42, 'add_additionalfield'),
	(158, 'Can change additional field', 42, 'change_additionalfield'),
	(159, 'Can delete additional field', 42, 'delete_additionalfield'),
	(160, 'Can view additional field', 42, 'view_additionalfield'),
	(161, 'Can add additional field settingsevent', 43, 'add_additionalfieldsettingsevent'),
	(162, 'Can change additional field settingsevent', 43, 'change_additionalfieldsettingsevent'),
	(163, 'Can delete additional field settingsevent', 43, 'delete_additionalfieldsettingsevent'),
	(164, 'Can view additional field settingsevent', 43, 'view_additionalfieldsettingsevent'),
	(165, 'Can add additional value', 44, 'add_additionalvalue'),
	(166, 'Can change additional value', 44, 'change_additionalvalue'),
	(167, 'Can delete additional value', 44, 'delete_additionalvalue'),
	(168, 'Can view additional value', 44, 'view_additionalvalue'),
	(169, 'Can add answer', 45, 'add_answer'),
	(170, 'Can change answer', 45, 'change_answer'),
	(171, 'Can delete answer', 45, 'delete_answer'),
	(172, 'Can view answer', 45, 'view_answer'),
	(173, 'Can add asset', 46, 'add_asset'),
	(174, 'Can change asset', 46, 'change_asset'),
	(175, 'Can delete asset', 46, 'delete_asset'),
	(176, 'Can view asset', 46, 'view_asset'),
	(177, 'Can add asset settingsevent', 47, 'add_assetsettingsevent'),
	(178, 'Can change asset settingsevent', 47, 'change_assetsettingsevent'),
	(179, 'Can delete asset settingsevent', 47, 'delete_assetsettingsevent'),
	(180, 'Can view asset settingsevent', 47, 'view_assetsettingsevent'),
	(181, 'Can add category', 48, 'add_category'),
	(182, 'Can change category', 48, 'change_category'),
	(183, 'Can delete category', 48, 'delete_category'),
	(184, 'Can view category', 48, 'view_category'),
	(185, 'Can add category settingsevent', 49, 'add_categorysettingsevent'),
	(186, 'Can change category settingsevent', 49, 'change_categorysettingsevent'),
	(187, 'Can delete category settingsevent', 49, 'delete_categorysettingsevent'),
	(188, 'Can view category settingsevent', 49, 'view_categorysettingsevent'),
	(189, 'Can add impact', 50, 'add_impact'),
	(190, 'Can change impact', 50, 'change_impact'),
	(191, 'Can delete impact', 50, 'delete_impact'),
	(192, 'Can view impact', 50, 'view_impact'),
	(193, 'Can add impact settingsevent', 51, 'add_impactsettingsevent'),
	(194, 'Can change impact settingsevent', 51, 'change_impactsettingsevent'),
	(195, 'Can delete impact settingsevent', 51, 'delete_impactsettingsevent'),
	(196, 'Can view impact settingsevent', 51, 'view_impactsettingsevent'),
	(197, 'Can add item', 52, 'add_item'),
	(198, 'Can change item', 52, 'change_item'),
	(199, 'Can delete item', 52, 'delete_item'),
	(200, 'Can view item', 52, 'view_item'),
	(201, 'Can add item settingsevent', 53, 'add_itemsettingsevent'),
	(202, 'Can change item settingsevent', 53, 'change_itemsettingsevent'),
	(203, 'Can delete item settingsevent', 53, 'delete_itemsettingsevent'),
	(204, 'Can view item settingsevent', 53, 'view_itemsettingsevent'),
	(205, 'Can add level', 54, 'add_level'),
	(206, 'Can change level', 54, 'change_level'),
	(207, 'Can delete level', 54, 'delete_level'),
	(208, 'Can view level', 54, 'view_level'),
	(209, 'Can add level settingsevent', 55, 'add_levelsettingsevent'),
	(210, 'Can change level settingsevent', 55, 'change_levelsettingsevent'),
	(211, 'Can delete level settingsevent', 55, 'delete_levelsettingsevent'),
	(212, 'Can view level settingsevent', 55, 'view_levelsettingsevent'),
	(213, 'Can add mode', 56, 'add_mode'),
	(214, 'Can change mode', 56, 'change_mode'),
	(215, 'Can delete mode', 56, 'delete_mode'),
	(216, 'Can view mode', 56, 'view_mode'),
	(217, 'Can add mode settingsevent', 57, 'add_modesettingsevent'),
	(218, 'Can change mode settingsevent', 57, 'change_modesettingsevent'),
	(219, 'Can delete mode settingsevent', 57, 'delete_modesettingsevent'),
	(220, 'Can view mode settingsevent', 57, 'view_modesettingsevent'),
	(221, 'Can add question', 58, 'add_question'),
	(222, 'Can change question', 58, 'change_question'),
	(223, 'Can delete question', 58, 'delete_question'),
	(224, 'Can view question', 58, 'view_question'),
	(225, 'Can add question settingsevent', 59, 'add_questionsettingsevent'),
	(226, 'Can change question settingsevent', 59, 'change_questionsettingsevent'),
	(227, 'Can delete question settingsevent', 59, 'delete_questionsettingsevent'),
	(228, 'Can view question settingsevent', 59, 'view_questionsettingsevent'),
	(229, 'Can add request asset', 60, 'add_requestasset'),
	(230, 'Can change request asset', 60, 'change_requestasset'),
	(231, 'Can delete request asset', 60, 'delete_requestasset'),
	(232, 'Can view request asset', 60, 'view_requestasset'),
	(233, 'Can add request details', 61, 'add_requestdetails'),
	(234, 'Can change request details', 61, 'change_requestdetails'),
	(235, 'Can delete request details', 61, 'delete_requestdetails'),
	(236, 'Can view request details', 61, 'view_requestdetails'),
	(237, 'Can add request type', 62, 'add_requesttype'),
	(238, 'Can change request type', 62, 'change_requesttype'),
	(239, 'Can delete request type', 62, 'delete_requesttype'),
	(240, 'Can view request type', 62, 'view_requesttype'),
	(241, 'Can add request type settingsevent', 63, 'add_requesttypesettingsevent'),
	(242, 'Can change request type settingsevent', 63, 'change_requesttypesettingsevent'),
	(243, 'Can delete request type settingsevent', 63, 'delete_requesttypesettingsevent'),
	(244, 'Can view request type settingsevent', 63, 'view_requesttypesettingsevent'),
	(245, 'Can add resource', 64, 'add_resource'),
	(246, 'Can change resource', 64, 'change_resource'),
	(247, 'Can delete resource', 64, 'delete_resource'),
	(248, 'Can view resource', 64, 'view_resource'),
	(249, 'Can add resource settingsevent', 65, 'add_resourcesettingsevent'),
	(250, 'Can change resource settingsevent', 65, 'change_resourcesettingsevent'),
	(251, 'Can delete resource settingsevent', 65, 'delete_resourcesettingsevent'),
	(252, 'Can view resource settingsevent', 65, 'view_resourcesettingsevent'),
	(253, 'Can add subcategory', 66, 'add_subcategory'),
	(254, 'Can change subcategory', 66, 'change_subcategory'),
	(255, 'Can delete subcategory', 66, 'delete_subcategory'),
	(256, 'Can view subcategory', 66, 'view_subcategory'),
	(257, 'Can add subcategory settingsevent', 67, 'add_subcategorysettingsevent'),
	(258, 'Can change subcategory settingsevent', 67, 'change_subcategorysettingsevent'),
	(259, 'Can delete subcategory settingsevent', 67, 'delete_subcategorysettingsevent'),
	(260, 'Can view subcategory settingsevent', 67, 'view_subcategorysettingsevent'),
	(261, 'Can add template', 68, 'add_template'),
	(262, 'Can change template', 68, 'change_template'),
	(263, 'Can delete template', 68, 'delete_template'),
	(264, 'Can view template', 68, 'view_template'),
	(265, 'Can add template account', 69, 'add_templateaccount'),
	(266, 'Can change template account', 69, 'change_templateaccount'),
	(267, 'Can delete template account', 69, 'delete_templateaccount'),
	(268, 'Can view template account', 69, 'view_templateaccount'),
	(269, 'Can add template account settingsevent', 70, 'add_templateaccountsettingsevent'),
	(270, 'Can change template account settingsevent', 70, 'change_templateaccountsettingsevent'),
	(271, 'Can delete template account settingsevent', 70, 'delete_templateaccountsettingsevent'),
	(272, 'Can view template account settingsevent', 70, 'view_templateaccountsettingsevent'),
	(273, 'Can add template settingsevent', 71, 'add_templatesettingsevent'),
	(274, 'Can change template settingsevent', 71, 'change_templatesettingsevent'),
	(275, 'Can delete template settingsevent', 71, 'delete_templatesettingsevent'),
	(276, 'Can view template settingsevent', 71, 'view_templatesettingsevent'),
	(277, 'Can add urgency', 72, 'add_urgency'),
	(278, 'Can change urgency', 72, 'change_urgency'),
	(279, 'Can delete urgency', 72, 'delete_urgency'),
	(280, 'Can view urgency', 72, 'view_urgency'),
	(281, 'Can add urgency settingsevent', 73, 'add_urgencysettingsevent'),
	(282, 'Can change urgency settingsevent', 73, 'change_urgencysettingsevent'),
	(283, 'Can delete urgency settingsevent', 73, 'delete_urgencysettingsevent'),
	(284, 'Can view urgency settingsevent', 73, 'view_urgencysettingsevent'),
	(285, 'Can add former token', 74, 'add_formertoken'),
	(286, 'Can change former token', 74, 'change_formertoken'),
	(287, 'Can delete former token', 74, 'delete_formertoken'),
	(288, 'Can view former token', 74, 'view_formertoken'),
	(289, 'Can add former token settingsevent', 75, 'add_formertokensettingsevent'),
	(290, 'Can change former token settingsevent', 75, 'change_formertokensettingsevent'),
	(291, 'Can delete former token settingsevent', 75, 'delete_formertokensettingsevent'),
	(292, 'Can view former token settingsevent', 75, 'view_formertokensettingsevent'),
	(293, 'Can add proxy settings settingsevent', 76, 'add_proxysettingssettingsevent'),
	(294, 'Can change proxy settings settingsevent', 76, 'change_proxysettingssettingsevent'),
	(295, 'Can delete proxy settings settingsevent', 76, 'delete_proxysettingssettingsevent'),
	(296, 'Can view proxy settings settingsevent', 76, 'view_proxysettingssettingsevent'),
	(297, 'Can add sign in', 77, 'add_signin'),
	(298, 'Can change sign in', 77, 'change_signin'),
	(299, 'Can delete sign in', 77, 'delete_signin'),
	(300, 'Can view sign in', 77, 'view_signin'),
	(301, 'Can add wire log', 78, 'add_wirelog'),
	(302, 'Can change wire log', 78, 'change_wirelog'),
	(303, 'Can delete wire log', 78, 'delete_wirelog'),
	(304, 'Can view wire log', 78, 'view_wirelog'),
	(305, 'Can add graph lane', 79, 'add_graphlane'),
	(306, 'Can change graph lane', 79, 'change_graphlane'),
	(307, 'Can delete graph lane', 79, 'delete_graphlane'),
	(308, 'Can view graph lane', 79, 'view_graphlane'),
	(309, 'Can add proxy settings', 80, 'add_proxysettings'),
	(310, 'Can change proxy settings', 80, 'change_proxysettings'),
	(311, 'Can delete proxy settings', 80, 'delete_proxysettings'),
	(312, 'Can view proxy settings', 80, 'view_proxysettings'),
	(313, 'Can add graph wish', 81, 'add_graphwish'),
	(314, 'Can change graph wish', 81, 'change_graphwish'),
	(315, 'Can delete graph wish', 81, 'delete_graphwish'),
	(316, 'Can view graph wish', 81, 'view_graphwish'),
	(317, 'Can add graph pause', 82, 'add_graphpause'),
	(318, 'Can change graph pause', 82, 'change_graphpause'),
	(319, 'Can delete graph pause', 82, 'delete_graphpause'),
	(320, 'Can view graph pause', 82, 'view_graphpause'),
	(321, 'Can add wire log reading', 83, 'add_wirelogreading'),
	(322, 'Can change wire log reading', 83, 'change_wirelogreading'),
	(323, 'Can delete wire log reading', 83, 'delete_wirelogreading'),
	(324, 'Can view wire log reading', 83, 'view_wirelogreading'),
	(325, 'Can add consent link', 84, 'add_consentlink'),
	(326, 'Can change consent link', 84, 'change_consentlink'),
	(327, 'Can delete consent link', 84, 'delete_consentlink'),
	(328, 'Can view consent link', 84, 'view_consentlink'),
	(329, 'Can add consent link settingsevent', 85, 'add_consentlinksettingsevent'),
	(330, 'Can change consent link settingsevent', 85, 'change_consentlinksettingsevent'),
	(331, 'Can delete consent link settingsevent', 85, 'delete_consentlinksettingsevent'),
	(332, 'Can view consent link settingsevent', 85, 'view_consentlinksettingsevent'),
	(333, 'Can add graph inbox', 86, 'add_graphinbox'),
	(334, 'Can change graph inbox', 86, 'change_graphinbox'),
	(335, 'Can delete graph inbox', 86, 'delete_graphinbox'),
	(336, 'Can view graph inbox', 86, 'view_graphinbox'),
	(337, 'Can add graph throttle', 87, 'add_graphthrottle'),
	(338, 'Can change graph throttle', 87, 'change_graphthrottle'),
	(339, 'Can delete graph throttle', 87, 'delete_graphthrottle'),
	(340, 'Can view graph throttle', 87, 'view_graphthrottle'),
	(341, 'Can add generation', 88, 'add_generation'),
	(342, 'Can change generation', 88, 'change_generation'),
	(343, 'Can delete generation', 88, 'delete_generation'),
	(344, 'Can view generation', 88, 'view_generation'),
	(345, 'Can add notification rule', 89, 'add_notificationrule'),
	(346, 'Can change notification rule', 89, 'change_notificationrule'),
	(347, 'Can delete notification rule', 89, 'delete_notificationrule'),
	(348, 'Can view notification rule', 89, 'view_notificationrule'),
	(349, 'Can add outgoing server', 90, 'add_outgoingserver'),
	(350, 'Can change outgoing server', 90, 'change_outgoingserver'),
	(351, 'Can delete outgoing server', 90, 'delete_outgoingserver'),
	(352, 'Can view outgoing server', 90, 'view_outgoingserver'),
	(353, 'Can add notification rule settingsevent', 91, 'add_notificationrulesettingsevent'),
	(354, 'Can change notification rule settingsevent', 91, 'change_notificationrulesettingsevent'),
	(355, 'Can delete notification rule settingsevent', 91, 'delete_notificationrulesettingsevent'),
	(356, 'Can view notification rule settingsevent', 91, 'view_notificationrulesettingsevent'),
	(357, 'Can add outbox mail', 92, 'add_outboxmail'),
	(358, 'Can change outbox mail', 92, 'change_outboxmail'),
	(359, 'Can delete outbox mail', 92, 'delete_outboxmail'),
	(360, 'Can view outbox mail', 92, 'view_outboxmail'),
	(361, 'Can add outgoing server state', 93, 'add_outgoingserverstate'),
	(362, 'Can change outgoing server state', 93, 'change_outgoingserverstate'),
	(363, 'Can delete outgoing server state', 93, 'delete_outgoingserverstate'),
	(364, 'Can view outgoing server state', 93, 'view_outgoingserverstate'),
	(365, 'Can add outgoing server settingsevent', 94, 'add_outgoingserversettingsevent'),
	(366, 'Can change outgoing server settingsevent', 94, 'change_outgoingserversettingsevent'),
	(367, 'Can delete outgoing server settingsevent', 94, 'delete_outgoingserversettingsevent'),
	(368, 'Can view outgoing server settingsevent', 94, 'view_outgoingserversettingsevent'),
	(369, 'Can add process', 95, 'add_process'),
	(370, 'Can change process', 95, 'change_process'),
	(371, 'Can delete process', 95, 'delete_process'),
	(372, 'Can view process', 95, 'view_process'),
	(373, 'Can add rule technician', 96, 'add_ruletechnician'),
	(374, 'Can change rule technician', 96, 'change_ruletechnician'),
	(375, 'Can delete rule technician', 96, 'delete_ruletechnician'),
	(376, 'Can view rule technician', 96, 'view_ruletechnician'),
	(377, 'Can add rule technician settingsevent', 97, 'add_ruletechniciansettingsevent'),
	(378, 'Can change rule technician settingsevent', 97, 'change_ruletechniciansettingsevent'),
	(379, 'Can delete rule technician settingsevent', 97, 'delete_ruletechniciansettingsevent'),
	(380, 'Can view rule technician settingsevent', 97, 'view_ruletechniciansettingsevent'),
	(381, 'Can add outbox file', 98, 'add_outboxfile'),
	(382, 'Can change outbox file', 98, 'change_outboxfile'),
	(383, 'Can delete outbox file', 98, 'delete_outboxfile'),
	(384, 'Can view outbox file', 98, 'view_outboxfile'),
	(385, 'Can add outbox attempt', 99, 'add_outboxattempt'),
	(386, 'Can change outbox attempt', 99, 'change_outboxattempt'),
	(387, 'Can delete outbox attempt', 99, 'delete_outboxattempt'),
	(388, 'Can view outbox attempt', 99, 'view_outboxattempt'),
	(389, 'Can add bell notice', 100, 'add_bellnotice'),
	(390, 'Can change bell notice', 100, 'change_bellnotice'),
	(391, 'Can delete bell notice', 100, 'delete_bellnotice'),
	(392, 'Can view bell notice', 100, 'view_bellnotice'),
	(393, 'Can add outbox act', 101, 'add_outboxact'),
	(394, 'Can change outbox act', 101, 'change_outboxact'),
	(395, 'Can delete outbox act', 101, 'delete_outboxact'),
	(396, 'Can view outbox act', 101, 'view_outboxact'),
	(397, 'Can add server consent', 102, 'add_serverconsent'),
	(398, 'Can change server consent', 102, 'change_serverconsent'),
	(399, 'Can delete server consent', 102, 'delete_serverconsent'),
	(400, 'Can view server consent', 102, 'view_serverconsent'),
	(401, 'Can add sent copy', 103, 'add_sentcopy'),
	(402, 'Can change sent copy', 103, 'change_sentcopy'),
	(403, 'Can delete sent copy', 103, 'delete_sentcopy'),
	(404, 'Can view sent copy', 103, 'view_sentcopy'),
	(405, 'Can add sender pool state', 104, 'add_senderpoolstate'),
	(406, 'Can change sender pool state', 104, 'change_senderpoolstate'),
	(407, 'Can delete sender pool state', 104, 'delete_senderpoolstate'),
	(408, 'Can view sender pool state', 104, 'view_senderpoolstate'),
	(409, 'Can add dead address', 105, 'add_deadaddress'),
	(410, 'Can change dead address', 105, 'change_deadaddress'),
	(411, 'Can delete dead address', 105, 'delete_deadaddress'),
	(412, 'Can view dead address', 105, 'view_deadaddress'),
	(413, 'Can add server minute', 106, 'add_serverminute'),
	(414, 'Can change server minute', 106, 'change_serverminute'),
	(415, 'Can delete server minute', 106, 'delete_serverminute'),
	(416, 'Can view server minute', 106, 'view_serverminute'),
	(417, 'Can add lease', 107, 'add_lease'),
	(418, 'Can change lease', 107, 'change_lease'),
	(419, 'Can delete lease', 107, 'delete_lease'),
	(420, 'Can view lease', 107, 'view_lease'),
	(421, 'Can add mailbox', 108, 'add_mailbox'),
	(422, 'Can change mailbox', 108, 'change_mailbox'),
	(423, 'Can delete mailbox', 108, 'delete_mailbox'),
	(424, 'Can view mailbox', 108, 'view_mailbox'),
	(425, 'Can add raw chunk', 109, 'add_rawchunk'),
	(426, 'Can change raw chunk', 109, 'change_rawchunk'),
	(427, 'Can delete raw chunk', 109, 'delete_rawchunk'),
	(428, 'Can view raw chunk', 109, 'view_rawchunk'),
	(429, 'Can add mailbox state', 110, 'add_mailboxstate'),
	(430, 'Can change mailbox state', 110, 'change_mailboxstate'),
	(431, 'Can delete mailbox state', 110, 'delete_mailboxstate'),
	(432, 'Can view mailbox state', 110, 'view_mailboxstate'),
	(433, 'Can add inbound message', 111, 'add_inboundmessage'),
	(434, 'Can change inbound message', 111, 'change_inboundmessage'),
	(435, 'Can delete inbound message', 111, 'delete_inboundmessage'),
	(436, 'Can view inbound message', 111, 'view_inboundmessage'),
	(437, 'Can add mailbox settingsevent', 112, 'add_mailboxsettingsevent'),
	(438, 'Can change mailbox settingsevent', 112, 'change_mailboxsettingsevent'),
	(439, 'Can delete mailbox settingsevent', 112, 'delete_mailboxsettingsevent'),
	(440, 'Can view mailbox settingsevent', 112, 'view_mailboxsettingsevent'),
	(441, 'Can add present', 113, 'add_present'),
	(442, 'Can change present', 113, 'change_present'),
	(443, 'Can delete present', 113, 'delete_present'),
	(444, 'Can view present', 113, 'view_present'),
	(445, 'Can add mail outcome', 114, 'add_mailoutcome'),
	(446, 'Can change mail outcome', 114, 'change_mailoutcome'),
	(447, 'Can delete mail outcome', 114, 'delete_mailoutcome'),
	(448, 'Can view mail outcome', 114, 'view_mailoutcome'),
	(449, 'Can add unacknowledged', 115, 'add_unacknowledged'),
	(450, 'Can change unacknowledged', 115, 'change_unacknowledged'),
	(451, 'Can delete unacknowledged', 115, 'delete_unacknowledged'),
	(452, 'Can view unacknowledged', 115, 'view_unacknowledged'),
	(453, 'Can add undecided', 116, 'add_undecided'),
	(454, 'Can change undecided', 116, 'change_undecided'),
	(455, 'Can delete undecided', 116, 'delete_undecided'),
	(456, 'Can view undecided', 116, 'view_undecided'),
	(457, 'Can add mail act', 117, 'add_mailact'),
	(458, 'Can change mail act', 117, 'change_mailact'),
	(459, 'Can delete mail act', 117, 'delete_mailact'),
	(460, 'Can view mail act', 117, 'view_mailact'),
	(461, 'Can add mail config', 118, 'add_mailconfig'),
	(462, 'Can change mail config', 118, 'change_mailconfig'),
	(463, 'Can delete mail config', 118, 'delete_mailconfig'),
	(464, 'Can view mail config', 118, 'view_mailconfig'),
	(465, 'Can add mail config event', 119, 'add_mailconfigevent'),
	(466, 'Can change mail config event', 119, 'change_mailconfigevent'),
	(467, 'Can delete mail config event', 119, 'delete_mailconfigevent'),
	(468, 'Can view mail config event', 119, 'view_mailconfigevent'),
	(469, 'Can add mailbox consent', 120, 'add_mailboxconsent'),
	(470, 'Can change mailbox consent', 120, 'change_mailboxconsent'),
	(471, 'Can delete mailbox consent', 120, 'delete_mailboxconsent'),
	(472, 'Can view mailbox consent', 120, 'view_mailboxconsent'),
	(473, 'Can add graph subscription', 121, 'add_graphsubscription'),
	(474, 'Can change graph subscription', 121, 'change_graphsubscription'),
	(475, 'Can delete graph subscription', 121, 'delete_graphsubscription'),
	(476, 'Can view graph subscription', 121, 'view_graphsubscription'),
	(477, 'Can add mailbox push', 122, 'add_mailboxpush'),
	(478, 'Can change mailbox push', 122, 'change_mailboxpush'),
	(479, 'Can delete mailbox push', 122, 'delete_mailboxpush'),
	(480, 'Can view mailbox push', 122, 'view_mailboxpush'),
	(481, 'Can add setup assistant', 123, 'add_setupassistant'),
	(482, 'Can change setup assistant', 123, 'change_setupassistant'),
	(483, 'Can delete setup assistant', 123, 'delete_setupassistant'),
	(484, 'Can view setup assistant', 123, 'view_setupassistant'),
	(485, 'Can add attachment settings', 124, 'add_attachmentsettings'),
	(486, 'Can change attachment settings', 124, 'change_attachmentsettings'),
	(487, 'Can delete attachment settings', 124, 'delete_attachmentsettings'),
	(488, 'Can view attachment settings', 124, 'view_attachmentsettings'),
	(489, 'Can add attachment settings settingsevent', 125, 'add_attachmentsettingssettingsevent'),
	(490, 'Can change attachment settings settingsevent', 125, 'change_attachmentsettingssettingsevent'),
	(491, 'Can delete attachment settings settingsevent', 125, 'delete_attachmentsettingssettingsevent'),
	(492, 'Can view attachment settings settingsevent', 125, 'view_attachmentsettingssettingsevent'),
	(493, 'Can add dropped file', 126, 'add_droppedfile'),
	(494, 'Can change dropped file', 126, 'change_droppedfile'),
	(495, 'Can delete dropped file', 126, 'delete_droppedfile'),
	(496, 'Can view dropped file', 126, 'view_droppedfile'),
	(497, 'Can add global config', 127, 'add_globalconfig'),
	(498, 'Can change global config', 127, 'change_globalconfig'),
	(499, 'Can delete global config', 127, 'delete_globalconfig'),
	(500, 'Can view global config', 127, 'view_globalconfig'),
	(501, 'Can add global config event', 128, 'add_globalconfigevent'),
	(502, 'Can change global config event', 128, 'change_globalconfigevent'),
	(503, 'Can delete global config event', 128, 'delete_globalconfigevent'),
	(504, 'Can view global config event', 128, 'view_globalconfigevent'),
	(505, 'Can add spam rule', 129, 'add_spamrule'),
	(506, 'Can change spam rule', 129, 'change_spamrule'),
	(507, 'Can delete spam rule', 129, 'delete_spamrule'),
	(508, 'Can view spam rule', 129, 'view_spamrule'),
	(509, 'Can add spam rule settingsevent', 130, 'add_spamrulesettingsevent'),
	(510, 'Can change spam rule settingsevent', 130, 'change_spamrulesettingsevent'),
	(511, 'Can delete spam rule settingsevent', 130, 'delete_spamrulesettingsevent'),
	(512, 'Can view spam rule settingsevent', 130, 'view_spamrulesettingsevent'),
	(513, 'Can add error folder settings', 131, 'add_errorfoldersettings'),
	(514, 'Can change error folder settings', 131, 'change_errorfoldersettings'),
	(515, 'Can delete error folder settings', 131, 'delete_errorfoldersettings'),
	(516, 'Can view error folder settings', 131, 'view_errorfoldersettings'),
	(517, 'Can add error folder settings settingsevent', 132, 'add_errorfoldersettingssettingsevent'),
	(518, 'Can change error folder settings settingsevent', 132, 'change_errorfoldersettingssettingsevent'),
	(519, 'Can delete error folder settings settingsevent', 132, 'delete_errorfoldersettingssettingsevent'),
	(520, 'Can view error folder settings settingsevent', 132, 'view_errorfoldersettingssettingsevent'),
	(521, 'Can add error mail', 133, 'add_errormail'),
	(522, 'Can change error mail', 133, 'change_errormail'),
	(523, 'Can delete error mail', 133, 'delete_errormail'),
	(524, 'Can view error mail', 133, 'view_errormail'),
	(525, 'Can add retention settings', 134, 'add_retentionsettings'),
	(526, 'Can change retention settings', 134, 'change_retentionsettings'),
	(527, 'Can delete retention settings', 134, 'delete_retentionsettings'),
	(528, 'Can view retention settings', 134, 'view_retentionsettings'),
	(529, 'Can add retention settings settingsevent', 135, 'add_retentionsettingssettingsevent'),
	(530, 'Can change retention settings settingsevent', 135, 'change_retentionsettingssettingsevent'),
	(531, 'Can delete retention settings settingsevent', 135, 'delete_retentionsettingssettingsevent'),
	(532, 'Can view retention settings settingsevent', 135, 'view_retentionsettingssettingsevent'),
	(533, 'Can add mailbox minute', 136, 'add_mailboxminute'),
	(534, 'Can change mailbox minute', 136, 'change_mailboxminute'),
	(535, 'Can delete mailbox minute', 136, 'delete_mailboxminute'),
	(536, 'Can view mailbox minute', 136, 'view_mailboxminute'),
	(537, 'Can add email command', 137, 'add_emailcommand'),
	(538, 'Can change email command', 137, 'change_emailcommand'),
	(539, 'Can delete email command', 137, 'delete_emailcommand'),
	(540, 'Can view email command', 137, 'view_emailcommand'),
	(541, 'Can add email command settingsevent', 138, 'add_emailcommandsettingsevent'),
	(542, 'Can change email command settingsevent', 138, 'change_emailcommandsettingsevent'),
	(543, 'Can delete email command settingsevent', 138, 'delete_emailcommandsettingsevent'),
	(544, 'Can view email command settingsevent', 138, 'view_emailcommandsettingsevent'),
	(545, 'Can add permission', 139, 'add_permission'),
	(546, 'Can change permission', 139, 'change_permission'),
	(547, 'Can delete permission', 139, 'delete_permission'),
	(548, 'Can view permission', 139, 'view_permission'),
	(549, 'Can add group', 140, 'add_group'),
	(550, 'Can change group', 140, 'change_group'),
	(551, 'Can delete group', 140, 'delete_group'),
	(552, 'Can view group', 140, 'view_group'),
	(553, 'Can add content type', 141, 'add_contenttype'),
	(554, 'Can change content type', 141, 'change_contenttype'),
	(555, 'Can delete content type', 141, 'delete_contenttype'),
	(556, 'Can view content type', 141, 'view_contenttype'),
	(557, 'Can add session', 142, 'add_session'),
	(558, 'Can change session', 142, 'change_session'),
	(559, 'Can delete session', 142, 'delete_session'),
	(560, 'Can view session', 142, 'view_session'),
	(561, 'Can add context', 143, 'add_context'),
	(562, 'Can change context', 143, 'change_context'),
	(563, 'Can delete context', 143, 'delete_context'),
	(564, 'Can view context', 143, 'view_context'),
	(565, 'Can add events', 1, 'add_events'),
	(566, 'Can change events', 1, 'change_events'),
	(567, 'Can delete events', 1, 'delete_events'),
	(568, 'Can view events', 1, 'view_events'),
	(569, 'Can add middleware events', 2, 'add_middlewareevents'),
	(570, 'Can change middleware events', 2, 'change_middlewareevents'),
	(571, 'Can delete middleware events', 2, 'delete_middlewareevents'),
	(572, 'Can view middleware events', 2, 'view_middlewareevents'),
	(573, 'Can add procrastinate event', 144, 'add_procrastinateevent'),
	(574, 'Can change procrastinate event', 144, 'change_procrastinateevent'),
	(575, 'Can delete procrastinate event', 144, 'delete_procrastinateevent'),
	(576, 'Can view procrastinate event', 144, 'view_procrastinateevent'),
	(577, 'Can add procrastinate job', 145, 'add_procrastinatejob'),
	(578, 'Can change procrastinate job', 145, 'change_procrastinatejob'),
	(579, 'Can delete procrastinate job', 145, 'delete_procrastinatejob'),
	(580, 'Can view procrastinate job', 145, 'view_procrastinatejob'),
	(581, 'Can add procrastinate periodic defer', 146, 'add_procrastinateperiodicdefer'),
	(582, 'Can change procrastinate periodic defer', 146, 'change_procrastinateperiodicdefer'),
	(583, 'Can delete procrastinate periodic defer', 146, 'delete_procrastinateperiodicdefer'),
	(584, 'Can view procrastinate periodic defer', 146, 'view_procrastinateperiodicdefer'),
	(585, 'Can add procrastinate worker', 147, 'add_procrastinateworker'),
	(586, 'Can change procrastinate worker', 147, 'change_procrastinateworker'),
	(587, 'Can delete procrastinate worker', 147, 'delete_procrastinateworker'),
	(588, 'Can view procrastinate worker', 147, 'view_procrastinateworker');
INSERT INTO delimiter VALUES
	(1, '', '##', true, now()),
	(2, 'RE', 'RE', true, now()),
	(3, 'TA', 'TA', true, now()),
	(4, 'SO', 'SO', true, now()),
	(5, 'PO', 'PO', true, now()),
	(6, 'PR', 'PR', true, now()),
	(7, 'CO', 'CO', true, now()),
	(8, 'CH', 'CH', true, now()),
	(9, 'PB', 'PB', true, now()),
	(10, 'PJ', 'PJ', true, now());
INSERT INTO desk_accountsettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'MSP', true, 'UTC', 'en', now(), NULL, NULL, 1);
INSERT INTO desk_delimitersettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, '', '##', true, now(), NULL, 1),
	(2, now(), 'insert', CURRENT_USER, 2, 'RE', 'RE', true, now(), NULL, 2),
	(3, now(), 'insert', CURRENT_USER, 3, 'TA', 'TA', true, now(), NULL, 3),
	(4, now(), 'insert', CURRENT_USER, 4, 'SO', 'SO', true, now(), NULL, 4),
	(5, now(), 'insert', CURRENT_USER, 5, 'PO', 'PO', true, now(), NULL, 5),
	(6, now(), 'insert', CURRENT_USER, 6, 'PR', 'PR', true, now(), NULL, 6),
	(7, now(), 'insert', CURRENT_USER, 7, 'CO', 'CO', true, now(), NULL, 7),
	(8, now(), 'insert', CURRENT_USER, 8, 'CH', 'CH', true, now(), NULL, 8),
	(9, now(), 'insert', CURRENT_USER, 9, 'PB', 'PB', true, now(), NULL, 9),
	(10, now(), 'insert', CURRENT_USER, 10, 'PJ', 'PJ', true, now(), NULL, 10);
INSERT INTO desk_impactsettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'Affects User', 0, NULL, 1),
	(2, now(), 'insert', CURRENT_USER, 2, 'Affects Group', 1, NULL, 2),
	(3, now(), 'insert', CURRENT_USER, 3, 'Affects Department', 2, NULL, 3),
	(4, now(), 'insert', CURRENT_USER, 4, 'Affects Business', 3, NULL, 4);
INSERT INTO desk_installationsettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, current_setting('deskpost.identity')::uuid, '', 'UTC', 'en', '{}', 'account', 30, 5, 10, true, NULL, 1, 48, 48, 'create', 'join');
INSERT INTO desk_instancesettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'IT Help Desk', NULL, 1);
INSERT INTO desk_levelsettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'Tier 1', 0, NULL, 1),
	(2, now(), 'insert', CURRENT_USER, 2, 'Tier 2', 1, NULL, 2),
	(3, now(), 'insert', CURRENT_USER, 3, 'Tier 3', 2, NULL, 3),
	(4, now(), 'insert', CURRENT_USER, 4, 'Tier 4', 3, NULL, 4);
INSERT INTO desk_modesettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'E-Mail', 0, NULL, 1),
	(2, now(), 'insert', CURRENT_USER, 2, 'Phone Call', 1, NULL, 2),
	(3, now(), 'insert', CURRENT_USER, 3, 'Web Form', 2, NULL, 3);
INSERT INTO desk_prioritysettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'Low', 1, NULL, 1),
	(2, now(), 'insert', CURRENT_USER, 2, 'Normal', 2, NULL, 2),
	(3, now(), 'insert', CURRENT_USER, 3, 'High', 3, NULL, 3),
	(4, now(), 'insert', CURRENT_USER, 4, 'Urgent', 4, NULL, 4);
INSERT INTO desk_requesttypesettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'Incident', 0, NULL, 1),
	(2, now(), 'insert', CURRENT_USER, 2, 'Request For Information', 1, NULL, 2),
	(3, now(), 'insert', CURRENT_USER, 3, 'Service Request', 2, NULL, 3);
INSERT INTO desk_rolesettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'SDAdmin', '{request.view,request.create,request.edit,request.assign,request.pickup,request.close,request.delete,conversation.reply,conversation.forward,settings.mail,settings.desk,directory.manage,outbox.manage,trace.view}', NULL, 1),
	(2, now(), 'insert', CURRENT_USER, 2, 'SDAccountAdmin', '{request.view,request.create,request.edit,request.assign,request.pickup,request.close,request.delete,conversation.reply,conversation.forward,settings.desk,trace.view}', NULL, 2),
	(3, now(), 'insert', CURRENT_USER, 3, 'SDCoordinator', '{request.view,request.create,request.edit,request.assign,request.pickup,request.close,request.delete,conversation.reply,conversation.forward,outbox.manage,trace.view}', NULL, 3),
	(4, now(), 'insert', CURRENT_USER, 4, 'SDTechnician', '{request.view,request.create,request.edit,request.assign,request.pickup,request.close,conversation.reply,conversation.forward,trace.view}', NULL, 4),
	(5, now(), 'insert', CURRENT_USER, 5, 'SDRequester', '{request.create,conversation.reply}', NULL, 5);
INSERT INTO desk_statussettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'Open', 'open', 0, NULL, 1),
	(2, now(), 'insert', CURRENT_USER, 2, 'In progress', 'open', 1, NULL, 2),
	(3, now(), 'insert', CURRENT_USER, 3, 'Waiting for customer', 'waiting', 2, NULL, 3),
	(4, now(), 'insert', CURRENT_USER, 4, 'On hold', 'waiting', 3, NULL, 4),
	(5, now(), 'insert', CURRENT_USER, 5, 'Resolved', 'resolved', 4, NULL, 5),
	(6, now(), 'insert', CURRENT_USER, 6, 'Closed', 'closed', 5, NULL, 6);
INSERT INTO desk_templatesettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'Default request', 'incident', true, '{Priority,Urgency,Impact,ImpactDetails,Category,SubCategory,Item,Site,Asset}', '{Status,Technician,Group,Priority,Urgency,Impact,ImpactDetails,Category,SubCategory,Item,RequestType,Level,Mode,Site,Asset,Resolution}', '{}', true, 0, NULL, NULL, 1),
	(2, now(), 'update', CURRENT_USER, 1, 'Default request', 'incident', true, '{Priority,Urgency,Impact,ImpactDetails,Category,SubCategory,Item,Site,Asset}', '{Status,Technician,Group,Priority,Urgency,Impact,ImpactDetails,Category,SubCategory,Item,RequestType,Level,Mode,Site,Asset,Resolution,EmailsToNotify}', '{}', true, 0, NULL, NULL, 1);
INSERT INTO desk_urgencysettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'Low', 0, NULL, 1),
	(2, now(), 'insert', CURRENT_USER, 2, 'Normal', 1, NULL, 2),
	(3, now(), 'insert', CURRENT_USER, 3, 'High', 2, NULL, 3),
	(4, now(), 'insert', CURRENT_USER, 4, 'Urgent', 3, NULL, 4);
INSERT INTO django_content_type VALUES
	(1, 'pghistory', 'events'),
	(2, 'pghistory', 'middlewareevents'),
	(3, 'desk', 'accountsettingsevent'),
	(4, 'desk', 'attachment'),
	(5, 'desk', 'conversation'),
	(6, 'desk', 'delimiter'),
	(7, 'desk', 'delimitersettingsevent'),
	(8, 'desk', 'domain'),
	(9, 'desk', 'domainsettingsevent'),
	(10, 'desk', 'firstadministratorlink'),
	(11, 'desk', 'grant'),
	(12, 'desk', 'grantsettingsevent'),
	(13, 'desk', 'group'),
	(14, 'desk', 'groupmember'),
	(15, 'desk', 'groupmembersettingsevent'),
	(16, 'desk', 'groupsettingsevent'),
	(17, 'desk', 'historyentry'),
	(18, 'desk', 'installation'),
	(19, 'desk', 'installationsettingsevent'),
	(20, 'desk', 'instance'),
	(21, 'desk', 'instancealert'),
	(22, 'desk', 'instancealertsettingsevent'),
	(23, 'desk', 'instancesettingsevent'),
	(24, 'desk', 'personaddress'),
	(25, 'desk', 'priority'),
	(26, 'desk', 'prioritysettingsevent'),
	(27, 'desk', 'record'),
	(28, 'desk', 'recordseen'),
	(29, 'desk', 'role'),
	(30, 'desk', 'rolesettingsevent'),
	(31, 'desk', 'sentform'),
	(32, 'desk', 'signinattempt'),
	(33, 'desk', 'site'),
	(34, 'desk', 'sitesettingsevent'),
	(35, 'desk', 'status'),
	(36, 'desk', 'statussettingsevent'),
	(37, 'desk', 'account'),
	(38, 'desk', 'person'),
	(39, 'desk', 'personaddresssettingsevent'),
	(40, 'desk', 'personsettingsevent'),
	(41, 'desk', 'merge'),
	(42, 'desk', 'additionalfield'),
	(43, 'desk', 'additionalfieldsettingsevent'),
	(44, 'desk', 'additionalvalue'),
	(45, 'desk', 'answer'),
	(46, 'desk', 'asset'),
	(47, 'desk', 'assetsettingsevent'),
	(48, 'desk', 'category'),
	(49, 'desk', 'categorysettingsevent'),
	(50, 'desk', 'impact'),
	(51, 'desk', 'impactsettingsevent'),
	(52, 'desk', 'item'),
	(53, 'desk', 'itemsettingsevent'),
	(54, 'desk', 'level'),
	(55, 'desk', 'levelsettingsevent'),
	(56, 'desk', 'mode'),
	(57, 'desk', 'modesettingsevent'),
	(58, 'desk', 'question'),
	(59, 'desk', 'questionsettingsevent'),
	(60, 'desk', 'requestasset'),
	(61, 'desk', 'requestdetails'),
	(62, 'desk', 'requesttype'),
	(63, 'desk', 'requesttypesettingsevent'),
	(64, 'desk', 'resource'),
	(65, 'desk', 'resourcesettingsevent'),
	(66, 'desk', 'subcategory'),
	(67, 'desk', 'subcategorysettingsevent'),
	(68, 'desk', 'template'),
	(69, 'desk', 'templateaccount'),
	(70, 'desk', 'templateaccountsettingsevent'),
	(71, 'desk', 'templatesettingsevent'),
	(72, 'desk', 'urgency'),
	(73, 'desk', 'urgencysettingsevent'),
	(74, 'desk', 'formertoken'),
	(75, 'desk', 'formertokensettingsevent'),
	(76, 'access', 'proxysettingssettingsevent'),
	(77, 'access', 'signin'),
	(78, 'access', 'wirelog'),
	(79, 'access', 'graphlane'),
	(80, 'access', 'proxysettings'),
	(81, 'access', 'graphwish'),
	(82, 'access', 'graphpause'),
	(83, 'access', 'wirelogreading'),
	(84, 'access', 'consentlink'),
	(85, 'access', 'consentlinksettingsevent'),
	(86, 'access', 'graphinbox'),
	(87, 'access', 'graphthrottle'),
	(88, 'outbound', 'generation'),
	(89, 'outbound', 'notificationrule'),
	(90, 'outbound', 'outgoingserver'),
	(91, 'outbound', 'notificationrulesettingsevent'),
	(92, 'outbound', 'outboxmail'),
	(93, 'outbound', 'outgoingserverstate'),
	(94, 'outbound', 'outgoingserversettingsevent'),
	(95, 'outbound', 'process'),
	(96, 'outbound', 'ruletechnician'),
	(97, 'outbound', 'ruletechniciansettingsevent'),
	(98, 'outbound', 'outboxfile'),
	(99, 'outbound', 'outboxattempt'),
	(100, 'outbound', 'bellnotice'),
	(101, 'outbound', 'outboxact'),
	(102, 'outbound', 'serverconsent'),
	(103, 'outbound', 'sentcopy'),
	(104, 'outbound', 'senderpoolstate'),
	(105, 'outbound', 'deadaddress'),
	(106, 'outbound', 'serverminute'),
	(107, 'inbound', 'lease'),
	(108, 'inbound', 'mailbox'),
	(109, 'inbound', 'rawchunk'),
	(110, 'inbound', 'mailboxstate'),
	(111, 'inbound', 'inboundmessage'),
	(112, 'inbound', 'mailboxsettingsevent'),
	(113, 'inbound', 'present'),
	(114, 'inbound', 'mailoutcome'),
	(115, 'inbound', 'unacknowledged'),
	(116, 'inbound', 'undecided'),
	(117, 'inbound', 'mailact'),
	(118, 'inbound', 'mailconfig'),
	(119, 'inbound', 'mailconfigevent'),
	(120, 'inbound', 'mailboxconsent'),
	(121, 'inbound', 'graphsubscription'),
	(122, 'inbound', 'mailboxpush'),
	(123, 'inbound', 'setupassistant'),
	(124, 'inbound', 'attachmentsettings'),
	(125, 'inbound', 'attachmentsettingssettingsevent'),
	(126, 'inbound', 'droppedfile'),
	(127, 'inbound', 'globalconfig'),
	(128, 'inbound', 'globalconfigevent'),
	(129, 'inbound', 'spamrule'),
	(130, 'inbound', 'spamrulesettingsevent'),
	(131, 'inbound', 'errorfoldersettings'),
	(132, 'inbound', 'errorfoldersettingssettingsevent'),
	(133, 'inbound', 'errormail'),
	(134, 'inbound', 'retentionsettings'),
	(135, 'inbound', 'retentionsettingssettingsevent'),
	(136, 'inbound', 'mailboxminute'),
	(137, 'inbound', 'emailcommand'),
	(138, 'inbound', 'emailcommandsettingsevent'),
	(139, 'auth', 'permission'),
	(140, 'auth', 'group'),
	(141, 'contenttypes', 'contenttype'),
	(142, 'sessions', 'session'),
	(143, 'pghistory', 'context'),
	(144, 'procrastinate', 'procrastinateevent'),
	(145, 'procrastinate', 'procrastinatejob'),
	(146, 'procrastinate', 'procrastinateperiodicdefer'),
	(147, 'procrastinate', 'procrastinateworker');
INSERT INTO django_migrations VALUES
	(1, 'pghistory', '0001_initial', now()),
	(2, 'pghistory', '0002_aggregateevent', now()),
	(3, 'pghistory', '0003_auto_20201023_1636', now()),
	(4, 'pghistory', '0004_auto_20220906_1625', now()),
	(5, 'pghistory', '0005_events_middlewareevents', now()),
	(6, 'pghistory', '0006_delete_aggregateevent', now()),
	(7, 'pghistory', '0007_auto_20250421_0444', now()),
	(8, 'desk', '0001_initial', now()),
	(9, 'outbound', '0001_initial', now()),
	(10, 'desk', '0002_promises', now()),
	(11, 'outbound', '0002_promises', now()),
	(12, 'outbound', '0003_server_promises', now()),
	(13, 'outbound', '0004_outbox_page', now()),
	(14, 'outbound', '0005_outbox_ages', now()),
	(15, 'outbound', '0006_bell', now()),
	(16, 'outbound', '0007_acts_and_bell_details', now()),
	(17, 'outbound', '0008_mails_in_a_row_at_which_a_server_breaks_off', now()),
	(18, 'desk', '0003_quick_lists', now()),
	(19, 'desk', '0004_deflated_html', now()),
	(20, 'desk', '0005_outbox_ages', now()),
	(21, 'desk', '0006_relayed_mails', now()),
	(22, 'desk', '0007_removed_accounts', now()),
	(23, 'desk', '0008_history_of_people', now()),
	(24, 'desk', '0009_one_account_of_a_name', now()),
	(25, 'desk', '0010_preferred_addresses', now()),
	(26, 'desk', '0011_one_spelling_of_domains', now()),
	(27, 'access', '0001_initial', now()),
	(28, 'outbound', '0009_every_sign_in', now()),
	(29, 'outbound', '0010_consents_of_what_is_signed_in_as', now()),
	(30, 'outbound', '0011_whether_a_mail_was_sent', now()),
	(31, 'outbound', '0012_overflow', now()),
	(32, 'inbound', '0001_initial', now()),
	(33, 'inbound', '0002_promises', now()),
	(34, 'inbound', '0003_ages_junk_copies', now()),
	(35, 'inbound', '0004_mail_trace', now()),
	(36, 'inbound', '0005_removed_mailboxes', now()),
	(37, 'inbound', '0006_connectivity', now()),
	(38, 'inbound', '0007_mail_settings_of_living_accounts', now()),
	(39, 'inbound', '0008_stuck_mails', now()),
	(40, 'inbound', '0009_every_sign_in', now()),
	(41, 'inbound', '0010_push', now()),
	(42, 'inbound', '0011_consents_of_what_is_signed_in_as', now()),
	(43, 'inbound', '0012_setup_assistant', now()),
	(44, 'access', '0002_lanes_in_order', now()),
	(45, 'access', '0003_readings_of_wire_logs', now()),
	(46, 'access', '0004_consent_links', now()),
	(47, 'access', '0005_names_of_a_graph_mailbox', now()),
	(48, 'access', '0006_what_lanes_are_taken_for', now()),
	(49, 'contenttypes', '0001_initial', now()),
	(50, 'contenttypes', '0002_remove_content_type_name', now()),
	(51, 'auth', '0001_initial', now()),
	(52, 'auth', '0002_alter_permission_name_max_length', now()),
	(53, 'auth', '0003_alter_user_email_max_length', now()),
	(54, 'auth', '0004_alter_user_username_opts', now()),
	(55, 'auth', '0005_alter_user_last_login_null', now()),
	(56, 'auth', '0006_require_contenttypes_0002', now()),
	(57, 'auth', '0007_alter_validators_add_error_messages', now()),
	(58, 'auth', '0008_alter_user_username_max_length', now()),
	(59, 'auth', '0009_alter_user_last_name_max_length', now()),
	(60, 'auth', '0010_alter_group_name_max_length', now()),
	(61, 'auth', '0011_update_proxy_permissions', now()),
	(62, 'auth', '0012_alter_user_first_name_max_length', now()),
	(63, 'desk', '0012_files_that_stay', now()),
	(64, 'desk', '0013_merged_requests', now()),
	(65, 'desk', '0014_unknown_senders', now()),
	(66, 'desk', '0015_auto_replies', now()),
	(67, 'desk', '0016_request_fields', now()),
	(68, 'desk', '0017_modules', now()),
	(69, 'desk', '0018_sites_in_use_stay', now()),
	(70, 'desk', '0019_emails_to_notify', now()),
	(71, 'desk', '0020_addresses_without_controls', now()),
	(72, 'outbound', '0013_new_secret_ends_a_loss', now()),
	(73, 'outbound', '0014_waiting_as_asked', now()),
	(74, 'outbound', '0015_sending_in_two_steps', now()),
	(75, 'outbound', '0016_sender_pool', now()),
	(76, 'inbound', '0013_new_secret_ends_a_loss', now()),
	(77, 'inbound', '0014_long_patience', now()),
	(78, 'inbound', '0015_pace_of_first_fetches', now()),
	(79, 'inbound', '0016_mailboxes_met_closed', now()),
	(80, 'inbound', '0017_directions_by_what_a_mailbox_is', now()),
	(81, 'inbound', '0018_attachment_settings', now()),
	(82, 'inbound', '0019_spam_filter', now()),
	(83, 'inbound', '0020_error_folder', now()),
	(84, 'inbound', '0021_authenticity', now()),
	(85, 'inbound', '0022_spam_rules_on_authenticity', now()),
	(86, 'inbound', '0023_silence_alarm', now()),
	(87, 'inbound', '0024_retention_of_dropped_mails', now()),
	(88, 'inbound', '0025_forwards_by_technicians', now()),
	(89, 'inbound', '0026_mails_a_minute', now()),
	(90, 'inbound', '0027_error_folder_is_no_inbox', now()),
	(91, 'inbound', '0028_requests_of_error_mails', now()),
	(92, 'inbound', '0029_mailbox_defaults', now()),
	(93, 'inbound', '0030_email_command', now()),
	(94, 'inbound', '0031_labels_without_the_command_delimiter', now()),
	(95, 'outbound', '0017_service_ended', now()),
	(96, 'outbound', '0018_where_a_mail_may_have_been_sent', now()),
	(97, 'outbound', '0019_mail_of_a_removed_mailbox', now()),
	(98, 'outbound', '0020_pools_by_what_a_mailbox_is', now()),
	(99, 'outbound', '0021_bounced_mails', now()),
	(100, 'outbound', '0022_mails_a_minute', now()),
	(101, 'procrastinate', '0001_initial', now()),
	(102, 'procrastinate', '0002_drop_started_at_column', now()),
	(103, 'procrastinate', '0003_drop_started_at_column', now()),
	(104, 'procrastinate', '0004_drop_procrastinate_version_table', now()),
	(105, 'procrastinate', '0005_fix_procrastinate_fetch_job', now()),
	(106, 'procrastinate', '0006_fix_trigger_status_events_insert', now()),
	(107, 'procrastinate', '0007_add_queueing_lock_column', now()),
	(108, 'procrastinate', '0008_close_fetch_job_race_condition', now()),
	(109, 'procrastinate', '0009_add_defer_job_function', now()),
	(110, 'procrastinate', '0010_add_procrastinate_periodic_defers', now()),
	(111, 'procrastinate', '0011_add_foreign_key_index', now()),
	(112, 'procrastinate', '0012_add_locks_to_periodic_defer', now()),
	(113, 'procrastinate', '0013_fix_procrastinate_defer_periodic_job', now()),
	(114, 'procrastinate', '0014_add_finish_job_and_retry_job_functions', now()),
	(115, 'procrastinate', '0015_add_trigger_on_job_deletion', now()),
	(116, 'procrastinate', '0016_delete_finished_jobs', now()),
	(117, 'procrastinate', '0017_add_checks_to_finish_job', now()),
	(118, 'procrastinate', '0018_add_checks_to_retry_job', now()),
	(119, 'procrastinate', '0019_fix_finish_job_compat_issue', now()),
	(120, 'procrastinate', '0020_add_index_on_procrastinate_jobs', now()),
	(121, 'procrastinate', '0021_add_kwargs_to_defer_periodic_job', now()),
	(122, 'procrastinate', '0022_null_locks_excluded', now()),
	(123, 'procrastinate', '0023_remove_old_finish_job_function', now()),
	(124, 'procrastinate', '0024_job_id_bigint', now()),
	(125, 'procrastinate', '0025_add_models', now()),
	(126, 'procrastinate', '0026_add_job_priority', now()),
	(127, 'procrastinate', '0027_add_periodic_job_priority', now()),
	(128, 'procrastinate', '0028_add_cancel_states', now()),
	(129, 'procrastinate', '0029_add_additional_params_to_retry_job', now()),
	(130, 'procrastinate', '0030_alter_procrastinateevent_options', now()),
	(131, 'procrastinate', '0031_add_indexes_for_fetch_job', now()),
	(132, 'procrastinate', '0032_pre_cancel_notification', now()),
	(133, 'procrastinate', '0033_post_cancel_notification', now()),
	(134, 'procrastinate', '0034_pre_add_heartbeat', now()),
	(135, 'procrastinate', '0035_post_add_heartbeat', now()),
	(136, 'procrastinate', '0036_add_worker_model', now()),
	(137, 'procrastinate', '0037_pre_batch_defer_jobs', now()),
	(138, 'procrastinate', '0038_post_batch_defer_jobs', now()),
	(139, 'procrastinate', '0039_pre_priority_lock_fetch_job', now()),
	(140, 'procrastinate', '0040_pre_retry_failed_job', now()),
	(141, 'procrastinate', '0041_post_retry_failed_job', now()),
	(142, 'sessions', '0001_initial', now());
INSERT INTO email_command VALUES
	(1, false, '', '$', 'require_pass');
INSERT INTO error_folder_settings VALUES
	(1, '');
INSERT INTO generation VALUES
	(1, now());
INSERT INTO globalconfig VALUES
	('EMAIL_PROCESSING', 'sendAttachmentStrippedNotification', 'true');
INSERT INTO globalconfig_version VALUES
	(1, now(), 'insert', CURRENT_USER, 'EMAIL_PROCESSING', 'sendAttachmentStrippedNotification', 'true', DEFAULT, NULL);
INSERT INTO impact VALUES
	(1, 'Affects User', 0),
	(2, 'Affects Group', 1),
	(3, 'Affects Department', 2),
	(4, 'Affects Business', 3);
INSERT INTO inbound_attachmentsettingssettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 'denied', '{bat,cmd,com,cpl,exe,hta,js,jse,lnk,msi,pif,ps1,reg,scr,vbe,vbs,wsf,wsh}', 10, NULL, 1);
INSERT INTO inbound_emailcommandsettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, false, '', '$', 'require_pass', NULL, 1);
INSERT INTO inbound_errorfoldersettingssettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, '', NULL, 1);
INSERT INTO inbound_retentionsettingssettingsevent VALUES
	(1, now(), 'insert', CURRENT_USER, 1, 90, NULL, 1);
INSERT INTO installation VALUES
	(1, current_setting('deskpost.identity')::uuid, '', 'UTC', 'en', '{}', 'account', 30, 5, 10, true, 48, 48, 'create', 'join');
INSERT INTO instance VALUES
	(1, 'IT Help Desk');
INSERT INTO level VALUES
	(1, 'Tier 1', 0),
	(2, 'Tier 2', 1),
	(3, 'Tier 3', 2),
	(4, 'Tier 4', 3);
INSERT INTO mailconfig VALUES
	('FETCHING_MAILBOX_CONNECTIVITY', 'CONSECUTIVE_RETRY_THRESHOLD', '5'),
	('FETCHING_MAILBOX_CONNECTIVITY', 'NOTIFICATION_ENABLED', 'true');
INSERT INTO mailconfig_version VALUES
	(1, now(), 'insert', CURRENT_USER, 'FETCHING_MAILBOX_CONNECTIVITY', 'CONSECUTIVE_RETRY_THRESHOLD', '5', DEFAULT, NULL),
	(2, now(), 'insert', CURRENT_USER, 'FETCHING_MAILBOX_CONNECTIVITY', 'NOTIFICATION_ENABLED', 'true', DEFAULT, NULL);
INSERT INTO mode VALUES
	(1, 'E-Mail', 0),
	(2, 'Phone Call', 1),
	(3, 'Web Form', 2);
INSERT INTO priority VALUES
	(1, 'Low', 1),
	(2, 'Normal', 2),
	(3, 'High', 3),
	(4, 'Urgent', 4);
INSERT INTO request_template VALUES
	(1, 'Default request', 'incident', true, '{Priority,Urgency,Impact,ImpactDetails,Category,SubCategory,Item,Site,Asset}', '{Status,Technician,Group,Priority,Urgency,Impact,ImpactDetails,Category,SubCategory,Item,RequestType,Level,Mode,Site,Asset,Resolution,EmailsToNotify}', '{}', true, 0, NULL);
INSERT INTO request_type VALUES
	(1, 'Incident', 0),
	(2, 'Request For Information', 1),
	(3, 'Service Request', 2);
INSERT INTO retention_settings VALUES
	(1, 90);
INSERT INTO role VALUES
	(1, 'SDAdmin', '{request.view,request.create,request.edit,request.assign,request.pickup,request.close,request.delete,conversation.reply,conversation.forward,settings.mail,settings.desk,directory.manage,outbox.manage,trace.view}'),
	(2, 'SDAccountAdmin', '{request.view,request.create,request.edit,request.assign,request.pickup,request.close,request.delete,conversation.reply,conversation.forward,settings.desk,trace.view}'),
	(3, 'SDCoordinator', '{request.view,request.create,request.edit,request.assign,request.pickup,request.close,request.delete,conversation.reply,conversation.forward,outbox.manage,trace.view}'),
	(4, 'SDTechnician', '{request.view,request.create,request.edit,request.assign,request.pickup,request.close,conversation.reply,conversation.forward,trace.view}'),
	(5, 'SDRequester', '{request.create,conversation.reply}');
INSERT INTO status VALUES
	(1, 'Open', 'open', 0),
	(2, 'In progress', 'open', 1),
	(3, 'Waiting for customer', 'waiting', 2),
	(4, 'On hold', 'waiting', 3),
	(5, 'Resolved', 'resolved', 4),
	(6, 'Closed', 'closed', 5);
INSERT INTO urgency VALUES
	(1, 'Low', 0),
	(2, 'Normal', 1),
	(3, 'High', 2),
	(4, 'Urgent', 3);
SELECT pg_catalog.setval('access_consentlinksettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('access_proxysettingssettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('account_domain_id_seq', 1, false);
SELECT pg_catalog.setval('account_id_seq', 1, true);
SELECT pg_catalog.setval('additional_field_id_seq', 1, false);
SELECT pg_catalog.setval('additional_value_id_seq', 1, false);
SELECT pg_catalog.setval('answer_id_seq', 1, false);
SELECT pg_catalog.setval('asset_id_seq', 1, false);
SELECT pg_catalog.setval('attachment_id_seq', 1, false);
SELECT pg_catalog.setval('auth_group_id_seq', 1, false);
SELECT pg_catalog.setval('auth_group_permissions_id_seq', 1, false);
SELECT pg_catalog.setval('auth_permission_id_seq', 588, true);
SELECT pg_catalog.setval('bell_notice_id_seq', 1, false);
SELECT pg_catalog.setval('category_id_seq', 1, false);
SELECT pg_catalog.setval('consent_link_id_seq', 1, false);
SELECT pg_catalog.setval('conversation_id_seq', 1, false);
SELECT pg_catalog.setval('dead_address_id_seq', 1, false);
SELECT pg_catalog.setval('delimiter_id_seq', 10, true);
SELECT pg_catalog.setval('desk_accountsettingsevent_pgh_id_seq', 1, true);
SELECT pg_catalog.setval('desk_additionalfieldsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_assetsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_categorysettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_delimitersettingsevent_pgh_id_seq', 10, true);
SELECT pg_catalog.setval('desk_domainsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_formertokensettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_grantsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_groupmembersettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_groupsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_impactsettingsevent_pgh_id_seq', 4, true);
SELECT pg_catalog.setval('desk_installationsettingsevent_pgh_id_seq', 1, true);
SELECT pg_catalog.setval('desk_instancealertsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_instancesettingsevent_pgh_id_seq', 1, true);
SELECT pg_catalog.setval('desk_itemsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_levelsettingsevent_pgh_id_seq', 4, true);
SELECT pg_catalog.setval('desk_modesettingsevent_pgh_id_seq', 3, true);
SELECT pg_catalog.setval('desk_personaddresssettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_personsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_prioritysettingsevent_pgh_id_seq', 4, true);
SELECT pg_catalog.setval('desk_questionsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_requesttypesettingsevent_pgh_id_seq', 3, true);
SELECT pg_catalog.setval('desk_resourcesettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_rolesettingsevent_pgh_id_seq', 5, true);
SELECT pg_catalog.setval('desk_sitesettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_statussettingsevent_pgh_id_seq', 6, true);
SELECT pg_catalog.setval('desk_subcategorysettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_templateaccountsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('desk_templatesettingsevent_pgh_id_seq', 2, true);
SELECT pg_catalog.setval('desk_urgencysettingsevent_pgh_id_seq', 4, true);
SELECT pg_catalog.setval('django_content_type_id_seq', 147, true);
SELECT pg_catalog.setval('django_migrations_id_seq', 142, true);
SELECT pg_catalog.setval('dropped_file_id_seq', 1, false);
SELECT pg_catalog.setval('first_administrator_link_id_seq', 1, false);
SELECT pg_catalog.setval('former_token_id_seq', 1, false);
SELECT pg_catalog.setval('generation_id_seq', 1, true);
SELECT pg_catalog.setval('globalconfig_version_pgh_id_seq', 1, true);
SELECT pg_catalog.setval('graph_inbox_id_seq', 1, false);
SELECT pg_catalog.setval('graph_lane_id_seq', 1, false);
SELECT pg_catalog.setval('graph_pause_id_seq', 1, false);
SELECT pg_catalog.setval('graph_throttle_id_seq', 1, false);
SELECT pg_catalog.setval('graph_wish_id_seq', 1, false);
SELECT pg_catalog.setval('history_entry_id_seq', 1, false);
SELECT pg_catalog.setval('impact_id_seq', 4, true);
SELECT pg_catalog.setval('inbound_attachmentsettingssettingsevent_pgh_id_seq', 1, true);
SELECT pg_catalog.setval('inbound_emailcommandsettingsevent_pgh_id_seq', 1, true);
SELECT pg_catalog.setval('inbound_errorfoldersettingssettingsevent_pgh_id_seq', 1, true);
SELECT pg_catalog.setval('inbound_mailboxsettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('inbound_message_id_seq', 1, false);
SELECT pg_catalog.setval('inbound_present_id_seq', 1, false);
SELECT pg_catalog.setval('inbound_retentionsettingssettingsevent_pgh_id_seq', 1, true);
SELECT pg_catalog.setval('inbound_spamrulesettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('instance_alert_id_seq', 1, false);
SELECT pg_catalog.setval('instance_id_seq', 1, true);
SELECT pg_catalog.setval('item_id_seq', 1, false);
SELECT pg_catalog.setval('level_id_seq', 4, true);
SELECT pg_catalog.setval('mail_act_id_seq', 1, false);
SELECT pg_catalog.setval('mailbox_id_seq', 1, false);
SELECT pg_catalog.setval('mailbox_minute_id_seq', 1, false);
SELECT pg_catalog.setval('mailconfig_version_pgh_id_seq', 2, true);
SELECT pg_catalog.setval('mode_id_seq', 3, true);
SELECT pg_catalog.setval('notification_rule_id_seq', 1, false);
SELECT pg_catalog.setval('notification_rule_technician_id_seq', 1, false);
SELECT pg_catalog.setval('outbound_notificationrulesettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('outbound_outgoingserversettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('outbound_ruletechniciansettingsevent_pgh_id_seq', 1, false);
SELECT pg_catalog.setval('outbox_act_id_seq', 1, false);
SELECT pg_catalog.setval('outbox_attempt_id_seq', 1, false);
SELECT pg_catalog.setval('outbox_file_id_seq', 1, false);
SELECT pg_catalog.setval('outbox_mail_id_seq', 1, false);
SELECT pg_catalog.setval('outgoing_server_id_seq', 1, false);
SELECT pg_catalog.setval('person_address_id_seq', 1, false);
SELECT pg_catalog.setval('person_id_seq', 1, false);
SELECT pg_catalog.setval('priority_id_seq', 4, true);
SELECT pg_catalog.setval('process_id_seq', 1, false);
SELECT pg_catalog.setval('procrastinate_events_id_seq', 1, false);
SELECT pg_catalog.setval('procrastinate_jobs_id_seq', 1, false);
SELECT pg_catalog.setval('procrastinate_periodic_defers_id_seq', 1, false);
SELECT pg_catalog.setval('procrastinate_workers_id_seq', 1, false);
SELECT pg_catalog.setval('question_id_seq', 1, false);
SELECT pg_catalog.setval('record_id_seq', 1, false);
SELECT pg_catalog.setval('record_number_ch', 1, false);
SELECT pg_catalog.setval('record_number_co', 1, false);
SELECT pg_catalog.setval('record_number_pb', 1, false);
SELECT pg_catalog.setval('record_number_pj', 1, false);
SELECT pg_catalog.setval('record_number_po', 1, false);
SELECT pg_catalog.setval('record_number_pr', 1, false);
SELECT pg_catalog.setval('record_number_re', 1, false);
SELECT pg_catalog.setval('record_number_so', 1, false);
SELECT pg_catalog.setval('record_number_ta', 1, false);
SELECT pg_catalog.setval('record_seen_id_seq', 1, false);
SELECT pg_catalog.setval('request_asset_id_seq', 1, false);
SELECT pg_catalog.setval('request_template_account_id_seq', 1, false);
SELECT pg_catalog.setval('request_template_id_seq', 1, true);
SELECT pg_catalog.setval('request_type_id_seq', 3, true);
SELECT pg_catalog.setval('resource_id_seq', 1, false);
SELECT pg_catalog.setval('role_grant_id_seq', 1, false);
SELECT pg_catalog.setval('role_id_seq', 5, true);
SELECT pg_catalog.setval('sender_pool_state_id_seq', 1, false);
SELECT pg_catalog.setval('sent_copy_id_seq', 1, false);
SELECT pg_catalog.setval('server_minute_id_seq', 1, false);
SELECT pg_catalog.setval('sign_in_attempt_id_seq', 1, false);
SELECT pg_catalog.setval('site_id_seq', 1, false);
SELECT pg_catalog.setval('spam_rule_id_seq', 1, false);
SELECT pg_catalog.setval('status_id_seq', 6, true);
SELECT pg_catalog.setval('subcategory_id_seq', 1, false);
SELECT pg_catalog.setval('technician_group_id_seq', 1, false);
SELECT pg_catalog.setval('technician_group_member_id_seq', 1, false);
SELECT pg_catalog.setval('template_key', 301, false);
SELECT pg_catalog.setval('urgency_id_seq', 4, true);
SELECT pg_catalog.setval('wire_log_id_seq', 1, false);
SELECT pg_catalog.setval('wire_log_reading_id_seq', 1, false);
ALTER TABLE ONLY access_consentlinksettingsevent
    ADD CONSTRAINT access_consentlinksettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY access_proxysettingssettingsevent
    ADD CONSTRAINT access_proxysettingssettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY account_domain
    ADD CONSTRAINT account_domain_name_key UNIQUE (name);
ALTER TABLE ONLY account_domain
    ADD CONSTRAINT account_domain_pkey PRIMARY KEY (id);
ALTER TABLE ONLY account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY additional_field
    ADD CONSTRAINT additional_field_pkey PRIMARY KEY (id);
ALTER TABLE ONLY additional_value
    ADD CONSTRAINT additional_value_once UNIQUE (record_id, field_id);
ALTER TABLE ONLY additional_value
    ADD CONSTRAINT additional_value_pkey PRIMARY KEY (id);
ALTER TABLE ONLY answer
    ADD CONSTRAINT answer_once UNIQUE (record_id, question_id);
ALTER TABLE ONLY answer
    ADD CONSTRAINT answer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY asset
    ADD CONSTRAINT asset_and_account UNIQUE (id, account_id);
ALTER TABLE ONLY asset
    ADD CONSTRAINT asset_pkey PRIMARY KEY (id);
ALTER TABLE ONLY attachment
    ADD CONSTRAINT attachment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY attachment_settings
    ADD CONSTRAINT attachment_settings_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY bell_notice
    ADD CONSTRAINT bell_notice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY category
    ADD CONSTRAINT category_pkey PRIMARY KEY (id);
ALTER TABLE ONLY consent_link
    ADD CONSTRAINT consent_link_pkey PRIMARY KEY (id);
ALTER TABLE ONLY consent_link
    ADD CONSTRAINT consent_link_token_sha256_key UNIQUE (token_sha256);
ALTER TABLE ONLY conversation
    ADD CONSTRAINT conversation_and_account UNIQUE (id, account_id);
ALTER TABLE ONLY conversation
    ADD CONSTRAINT conversation_mail_and_account UNIQUE (mail_id, account_id);
ALTER TABLE ONLY conversation
    ADD CONSTRAINT conversation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY dead_address
    ADD CONSTRAINT dead_address_once UNIQUE (account_id, key);
ALTER TABLE ONLY dead_address
    ADD CONSTRAINT dead_address_pkey PRIMARY KEY (id);
ALTER TABLE ONLY delimiter
    ADD CONSTRAINT delimiter_once UNIQUE (module, text);
ALTER TABLE ONLY delimiter
    ADD CONSTRAINT delimiter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY desk_accountsettingsevent
    ADD CONSTRAINT desk_accountsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_additionalfieldsettingsevent
    ADD CONSTRAINT desk_additionalfieldsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_assetsettingsevent
    ADD CONSTRAINT desk_assetsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_categorysettingsevent
    ADD CONSTRAINT desk_categorysettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_delimitersettingsevent
    ADD CONSTRAINT desk_delimitersettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_domainsettingsevent
    ADD CONSTRAINT desk_domainsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_formertokensettingsevent
    ADD CONSTRAINT desk_formertokensettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_grantsettingsevent
    ADD CONSTRAINT desk_grantsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_groupmembersettingsevent
    ADD CONSTRAINT desk_groupmembersettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_groupsettingsevent
    ADD CONSTRAINT desk_groupsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_impactsettingsevent
    ADD CONSTRAINT desk_impactsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_installationsettingsevent
    ADD CONSTRAINT desk_installationsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_instancealertsettingsevent
    ADD CONSTRAINT desk_instancealertsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_instancesettingsevent
    ADD CONSTRAINT desk_instancesettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_itemsettingsevent
    ADD CONSTRAINT desk_itemsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_levelsettingsevent
    ADD CONSTRAINT desk_levelsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_modesettingsevent
    ADD CONSTRAINT desk_modesettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_personaddresssettingsevent
    ADD CONSTRAINT desk_personaddresssettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_personsettingsevent
    ADD CONSTRAINT desk_personsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_prioritysettingsevent
    ADD CONSTRAINT desk_prioritysettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_questionsettingsevent
    ADD CONSTRAINT desk_questionsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_requesttypesettingsevent
    ADD CONSTRAINT desk_requesttypesettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_resourcesettingsevent
    ADD CONSTRAINT desk_resourcesettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_rolesettingsevent
    ADD CONSTRAINT desk_rolesettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_sitesettingsevent
    ADD CONSTRAINT desk_sitesettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_statussettingsevent
    ADD CONSTRAINT desk_statussettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_subcategorysettingsevent
    ADD CONSTRAINT desk_subcategorysettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_templateaccountsettingsevent
    ADD CONSTRAINT desk_templateaccountsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_templatesettingsevent
    ADD CONSTRAINT desk_templatesettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY desk_urgencysettingsevent
    ADD CONSTRAINT desk_urgencysettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY dropped_file
    ADD CONSTRAINT dropped_file_once UNIQUE (mail_id, part);
ALTER TABLE ONLY dropped_file
    ADD CONSTRAINT dropped_file_pkey PRIMARY KEY (id);
ALTER TABLE ONLY email_command
    ADD CONSTRAINT email_command_pkey PRIMARY KEY (id);
ALTER TABLE ONLY error_folder_settings
    ADD CONSTRAINT error_folder_settings_pkey PRIMARY KEY (id);
ALTER TABLE ONLY error_mail
    ADD CONSTRAINT error_mail_pkey PRIMARY KEY (mail_id);
ALTER TABLE ONLY first_administrator_link
    ADD CONSTRAINT first_administrator_link_pkey PRIMARY KEY (id);
ALTER TABLE ONLY first_administrator_link
    ADD CONSTRAINT first_administrator_link_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY former_token
    ADD CONSTRAINT former_token_once UNIQUE (before, after);
ALTER TABLE ONLY former_token
    ADD CONSTRAINT former_token_pkey PRIMARY KEY (id);
ALTER TABLE ONLY generation
    ADD CONSTRAINT generation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY globalconfig
    ADD CONSTRAINT globalconfig_pkey PRIMARY KEY (category, parameter);
ALTER TABLE ONLY globalconfig_version
    ADD CONSTRAINT globalconfig_version_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY graph_inbox
    ADD CONSTRAINT graph_inbox_once UNIQUE (endpoint, mailbox);
ALTER TABLE ONLY graph_inbox
    ADD CONSTRAINT graph_inbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY graph_lane
    ADD CONSTRAINT graph_lane_once UNIQUE (mailbox, client_id, number);
ALTER TABLE ONLY graph_lane
    ADD CONSTRAINT graph_lane_pkey PRIMARY KEY (id);
ALTER TABLE ONLY graph_pause
    ADD CONSTRAINT graph_pause_once UNIQUE (mailbox, client_id);
ALTER TABLE ONLY graph_pause
    ADD CONSTRAINT graph_pause_pkey PRIMARY KEY (id);
ALTER TABLE ONLY graph_subscription
    ADD CONSTRAINT graph_subscription_pkey PRIMARY KEY (mailbox_id);
ALTER TABLE ONLY graph_subscription
    ADD CONSTRAINT graph_subscription_subscription_key UNIQUE (subscription);
ALTER TABLE ONLY graph_throttle
    ADD CONSTRAINT graph_throttle_once UNIQUE (minute, mailbox, client_id);
ALTER TABLE ONLY graph_throttle
    ADD CONSTRAINT graph_throttle_pkey PRIMARY KEY (id);
ALTER TABLE ONLY graph_wish
    ADD CONSTRAINT graph_wish_once UNIQUE (mailbox, client_id, owner);
ALTER TABLE ONLY graph_wish
    ADD CONSTRAINT graph_wish_pkey PRIMARY KEY (id);
ALTER TABLE ONLY technician_group_member
    ADD CONSTRAINT group_member_once UNIQUE (group_id, person_id);
ALTER TABLE ONLY technician_group
    ADD CONSTRAINT group_name_once UNIQUE NULLS NOT DISTINCT (name, account_id);
ALTER TABLE ONLY history_entry
    ADD CONSTRAINT history_and_account UNIQUE (id, account_id);
ALTER TABLE ONLY history_entry
    ADD CONSTRAINT history_entry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact
    ADD CONSTRAINT impact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbound_attachmentsettingssettingsevent
    ADD CONSTRAINT inbound_attachmentsettingssettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY inbound_emailcommandsettingsevent
    ADD CONSTRAINT inbound_emailcommandsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY inbound_errorfoldersettingssettingsevent
    ADD CONSTRAINT inbound_errorfoldersettingssettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY inbound_mailboxsettingsevent
    ADD CONSTRAINT inbound_mailboxsettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY inbound_message
    ADD CONSTRAINT inbound_message_origin UNIQUE (mailbox_id, source_number, folder, validity, uid);
ALTER TABLE ONLY inbound_message
    ADD CONSTRAINT inbound_message_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbound_present
    ADD CONSTRAINT inbound_present_once UNIQUE (mailbox_id, source_number, uid);
ALTER TABLE ONLY inbound_present
    ADD CONSTRAINT inbound_present_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbound_retentionsettingssettingsevent
    ADD CONSTRAINT inbound_retentionsettingssettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY inbound_spamrulesettingsevent
    ADD CONSTRAINT inbound_spamrulesettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY inbound_unacknowledged
    ADD CONSTRAINT inbound_unacknowledged_pkey PRIMARY KEY (mail_id);
ALTER TABLE ONLY inbound_undecided
    ADD CONSTRAINT inbound_undecided_pkey PRIMARY KEY (mail_id);
ALTER TABLE ONLY installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY instance_alert
    ADD CONSTRAINT instance_alert_once UNIQUE (instance_id, person_id);
ALTER TABLE ONLY instance_alert
    ADD CONSTRAINT instance_alert_pkey PRIMARY KEY (id);
ALTER TABLE ONLY instance
    ADD CONSTRAINT instance_name_key UNIQUE (name);
ALTER TABLE ONLY instance
    ADD CONSTRAINT instance_pkey PRIMARY KEY (id);
ALTER TABLE ONLY item
    ADD CONSTRAINT item_and_subcategory UNIQUE (id, subcategory_id);
ALTER TABLE ONLY item
    ADD CONSTRAINT item_pkey PRIMARY KEY (id);
ALTER TABLE ONLY lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (thing);
ALTER TABLE ONLY level
    ADD CONSTRAINT level_pkey PRIMARY KEY (id);
ALTER TABLE ONLY mail_act
    ADD CONSTRAINT mail_act_pkey PRIMARY KEY (id);
ALTER TABLE ONLY mail_outcome
    ADD CONSTRAINT mail_outcome_pkey PRIMARY KEY (mail_id);
ALTER TABLE ONLY mailbox_consent
    ADD CONSTRAINT mailbox_consent_pkey PRIMARY KEY (mailbox_id);
ALTER TABLE ONLY mailbox_minute
    ADD CONSTRAINT mailbox_minute_once UNIQUE (minute, mailbox_id, what);
ALTER TABLE ONLY mailbox_minute
    ADD CONSTRAINT mailbox_minute_pkey PRIMARY KEY (id);
ALTER TABLE ONLY mailbox
    ADD CONSTRAINT mailbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY mailbox_push
    ADD CONSTRAINT mailbox_push_pkey PRIMARY KEY (mailbox_id);
ALTER TABLE ONLY mailbox_state
    ADD CONSTRAINT mailbox_state_pkey PRIMARY KEY (mailbox_id);
ALTER TABLE ONLY mailconfig
    ADD CONSTRAINT mailconfig_pkey PRIMARY KEY (category, parameter);
ALTER TABLE ONLY mailconfig_version
    ADD CONSTRAINT mailconfig_version_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY mode
    ADD CONSTRAINT mode_pkey PRIMARY KEY (id);
ALTER TABLE ONLY notification_rule
    ADD CONSTRAINT notification_rule_event_key UNIQUE (event);
ALTER TABLE ONLY notification_rule
    ADD CONSTRAINT notification_rule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY notification_rule_technician
    ADD CONSTRAINT notification_rule_technician_pkey PRIMARY KEY (id);
ALTER TABLE ONLY outbound_notificationrulesettingsevent
    ADD CONSTRAINT outbound_notificationrulesettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY outbound_outgoingserversettingsevent
    ADD CONSTRAINT outbound_outgoingserversettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY outbound_ruletechniciansettingsevent
    ADD CONSTRAINT outbound_ruletechniciansettingsevent_pkey PRIMARY KEY (pgh_id);
ALTER TABLE ONLY outbox_act
    ADD CONSTRAINT outbox_act_pkey PRIMARY KEY (id);
ALTER TABLE ONLY outbox_attempt
    ADD CONSTRAINT outbox_attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY outbox_file
    ADD CONSTRAINT outbox_file_once UNIQUE (mail_id, attachment_id);
ALTER TABLE ONLY outbox_file
    ADD CONSTRAINT outbox_file_pkey PRIMARY KEY (id);
ALTER TABLE ONLY outbox_mail
    ADD CONSTRAINT outbox_mail_message_id_once UNIQUE (message_id);
ALTER TABLE ONLY outbox_mail
    ADD CONSTRAINT outbox_mail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY outgoing_server
    ADD CONSTRAINT outgoing_server_name_key UNIQUE (name);
ALTER TABLE ONLY outgoing_server
    ADD CONSTRAINT outgoing_server_once_per_scope UNIQUE NULLS NOT DISTINCT (instance_id, account_id);
ALTER TABLE ONLY outgoing_server
    ADD CONSTRAINT outgoing_server_pkey PRIMARY KEY (id);
ALTER TABLE ONLY outgoing_server_state
    ADD CONSTRAINT outgoing_server_state_pkey PRIMARY KEY (server_id);
ALTER TABLE ONLY person_address
    ADD CONSTRAINT person_address_once_per_account UNIQUE (account_id, key);
ALTER TABLE ONLY person_address
    ADD CONSTRAINT person_address_pkey PRIMARY KEY (id);
ALTER TABLE ONLY person
    ADD CONSTRAINT person_and_account UNIQUE (id, account_id);
ALTER TABLE ONLY person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);
ALTER TABLE ONLY person
    ADD CONSTRAINT person_sign_in_name_key UNIQUE (sign_in_name);
ALTER TABLE ONLY pghistory_context
    ADD CONSTRAINT pghistory_context_pkey PRIMARY KEY (id);
ALTER TABLE ONLY priority
    ADD CONSTRAINT priority_name_key UNIQUE (name);
ALTER TABLE ONLY priority
    ADD CONSTRAINT priority_pkey PRIMARY KEY (id);
ALTER TABLE ONLY process
    ADD CONSTRAINT process_once UNIQUE (host, pid, started);
ALTER TABLE ONLY process
    ADD CONSTRAINT process_pkey PRIMARY KEY (id);
ALTER TABLE ONLY procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);
ALTER TABLE ONLY procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY provider_sign_in
    ADD CONSTRAINT provider_sign_in_pkey PRIMARY KEY (state_sha256);
ALTER TABLE ONLY proxy_settings
    ADD CONSTRAINT proxy_settings_pkey PRIMARY KEY (id);
ALTER TABLE ONLY question
    ADD CONSTRAINT question_api_key_key UNIQUE (api_key);
ALTER TABLE ONLY question
    ADD CONSTRAINT question_pkey PRIMARY KEY (id);
ALTER TABLE ONLY raw_chunk
    ADD CONSTRAINT raw_chunk_pkey PRIMARY KEY (mail_id, "position");
ALTER TABLE ONLY record
    ADD CONSTRAINT record_and_account UNIQUE (id, account_id);
ALTER TABLE ONLY record_merge
    ADD CONSTRAINT record_merge_pkey PRIMARY KEY (record_id);
ALTER TABLE ONLY record
    ADD CONSTRAINT record_number_once UNIQUE (module, number);
ALTER TABLE ONLY record
    ADD CONSTRAINT record_pkey PRIMARY KEY (id);
ALTER TABLE ONLY record_seen
    ADD CONSTRAINT record_seen_once UNIQUE (record_id, person_id);
ALTER TABLE ONLY record_seen
    ADD CONSTRAINT record_seen_pkey PRIMARY KEY (id);
ALTER TABLE ONLY request_asset
    ADD CONSTRAINT request_asset_once UNIQUE (record_id, asset_id);
ALTER TABLE ONLY request_asset
    ADD CONSTRAINT request_asset_pkey PRIMARY KEY (id);
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_pkey PRIMARY KEY (record_id);
ALTER TABLE ONLY request_template_account
    ADD CONSTRAINT request_template_account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY request_template
    ADD CONSTRAINT request_template_pkey PRIMARY KEY (id);
ALTER TABLE ONLY request_type
    ADD CONSTRAINT request_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY resource
    ADD CONSTRAINT resource_api_key_key UNIQUE (api_key);
ALTER TABLE ONLY resource
    ADD CONSTRAINT resource_pkey PRIMARY KEY (id);
ALTER TABLE ONLY retention_settings
    ADD CONSTRAINT retention_settings_pkey PRIMARY KEY (id);
ALTER TABLE ONLY role_grant
    ADD CONSTRAINT role_grant_once UNIQUE NULLS NOT DISTINCT (person_id, role_id, account_id, site_id);
ALTER TABLE ONLY role_grant
    ADD CONSTRAINT role_grant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY role
    ADD CONSTRAINT role_name_key UNIQUE (name);
ALTER TABLE ONLY role
    ADD CONSTRAINT role_pkey PRIMARY KEY (id);
ALTER TABLE ONLY notification_rule_technician
    ADD CONSTRAINT rule_technician_once UNIQUE (rule_id, person_id);
ALTER TABLE ONLY sender_pool_state
    ADD CONSTRAINT sender_pool_state_once UNIQUE (server_id, mailbox);
ALTER TABLE ONLY sender_pool_state
    ADD CONSTRAINT sender_pool_state_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sent_copy
    ADD CONSTRAINT sent_copy_once UNIQUE (mail_id, message_id);
ALTER TABLE ONLY sent_copy
    ADD CONSTRAINT sent_copy_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sent_form
    ADD CONSTRAINT sent_form_pkey PRIMARY KEY (token);
ALTER TABLE ONLY server_consent
    ADD CONSTRAINT server_consent_pkey PRIMARY KEY (server_id);
ALTER TABLE ONLY server_minute
    ADD CONSTRAINT server_minute_once UNIQUE (minute, server_id, what, sending_class);
ALTER TABLE ONLY server_minute
    ADD CONSTRAINT server_minute_pkey PRIMARY KEY (id);
ALTER TABLE ONLY setup_assistant
    ADD CONSTRAINT setup_assistant_pkey PRIMARY KEY (person_id);
ALTER TABLE ONLY sign_in_attempt
    ADD CONSTRAINT sign_in_attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY site
    ADD CONSTRAINT site_and_account UNIQUE (id, account_id);
ALTER TABLE ONLY site
    ADD CONSTRAINT site_once_per_account UNIQUE (account_id, name);
ALTER TABLE ONLY site
    ADD CONSTRAINT site_pkey PRIMARY KEY (id);
ALTER TABLE ONLY spam_rule
    ADD CONSTRAINT spam_rule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY spam_rule
    ADD CONSTRAINT spam_rule_position_once UNIQUE (instance_id, "position") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY status
    ADD CONSTRAINT status_name_key UNIQUE (name);
ALTER TABLE ONLY status
    ADD CONSTRAINT status_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subcategory
    ADD CONSTRAINT subcategory_and_category UNIQUE (id, category_id);
ALTER TABLE ONLY subcategory
    ADD CONSTRAINT subcategory_pkey PRIMARY KEY (id);
ALTER TABLE ONLY technician_group_member
    ADD CONSTRAINT technician_group_member_pkey PRIMARY KEY (id);
ALTER TABLE ONLY technician_group
    ADD CONSTRAINT technician_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY request_template_account
    ADD CONSTRAINT template_account_once UNIQUE (template_id, account_id);
ALTER TABLE ONLY urgency
    ADD CONSTRAINT urgency_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wire_log
    ADD CONSTRAINT wire_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wire_log_reading
    ADD CONSTRAINT wire_log_reading_pkey PRIMARY KEY (id);
CREATE INDEX access_consentlinksettingsevent_person_id_62630069 ON access_consentlinksettingsevent USING btree (person_id);
CREATE INDEX access_consentlinksettingsevent_pgh_context_id_cbc5ad2a ON access_consentlinksettingsevent USING btree (pgh_context_id);
CREATE INDEX access_consentlinksettingsevent_pgh_obj_id_2b1a4a16 ON access_consentlinksettingsevent USING btree (pgh_obj_id);
CREATE INDEX access_proxysettingssettingsevent_pgh_context_id_54eb80e7 ON access_proxysettingssettingsevent USING btree (pgh_context_id);
CREATE INDEX access_proxysettingssettingsevent_pgh_obj_id_49c1dc64 ON access_proxysettingssettingsevent USING btree (pgh_obj_id);
CREATE INDEX account_domain_account_id_aeb7a8cf ON account_domain USING btree (account_id);
CREATE INDEX account_domain_name_e6157b8b_like ON account_domain USING btree (name text_pattern_ops);
CREATE UNIQUE INDEX account_name_once ON account USING btree (lower(name));
CREATE UNIQUE INDEX account_one_default ON account USING btree ("default") WHERE "default";
CREATE UNIQUE INDEX additional_field_label_once ON additional_field USING btree (lower(label)) WHERE (deleted_at IS NULL);
CREATE INDEX additional_value_field_id_7bb7f62d ON additional_value USING btree (field_id);
CREATE INDEX answer_question_id_523c1648 ON answer USING btree (question_id);
CREATE UNIQUE INDEX asset_name_once_per_account ON asset USING btree (account_id, lower(name));
CREATE INDEX asset_site_id_31370f7b ON asset USING btree (site_id);
CREATE INDEX attachment_conversation_id_92824974 ON attachment USING btree (conversation_id);
CREATE INDEX attachment_of_history ON attachment USING btree (history_entry_id) WHERE (history_entry_id IS NOT NULL);
CREATE INDEX auth_group_name_a6ea08ec_like ON auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON auth_permission USING btree (content_type_id);
CREATE INDEX bell_notice_age ON bell_notice USING btree (at);
CREATE INDEX bell_notice_newest ON bell_notice USING btree (person_id, id DESC);
CREATE INDEX bell_notice_unread ON bell_notice USING btree (person_id) WHERE (read_at IS NULL);
CREATE UNIQUE INDEX category_name_once ON category USING btree (lower(name));
CREATE UNIQUE INDEX consent_link_open_of_mailbox ON consent_link USING btree (mailbox_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX consent_link_open_of_server ON consent_link USING btree (server_id) WHERE (ended_at IS NULL);
CREATE INDEX consent_link_person_id_e2bd220c ON consent_link USING btree (person_id);
CREATE INDEX conversation_came_from ON conversation USING btree (came_from_id) WHERE (came_from_id IS NOT NULL);
CREATE INDEX conversation_message_id ON conversation USING btree (message_id);
CREATE UNIQUE INDEX conversation_of_mail ON conversation USING btree (mail_id) WHERE (mail_id IS NOT NULL);
CREATE INDEX conversation_of_record ON conversation USING btree (record_id, at);
CREATE INDEX conversation_search ON conversation USING gin (search);
CREATE UNIQUE INDEX delimiter_code_one_module ON delimiter USING btree (text) WHERE (NOT (module = ''::text));
CREATE UNIQUE INDEX delimiter_one_current ON delimiter USING btree (module) WHERE current;
CREATE INDEX desk_accountsettingsevent_pgh_context_id_78d7dc25 ON desk_accountsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_accountsettingsevent_pgh_obj_id_0c79b343 ON desk_accountsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_additionalfieldsettingsevent_pgh_context_id_3db930a3 ON desk_additionalfieldsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_additionalfieldsettingsevent_pgh_obj_id_be2659e0 ON desk_additionalfieldsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_assetsettingsevent_account_id_4f1af0d4 ON desk_assetsettingsevent USING btree (account_id);
CREATE INDEX desk_assetsettingsevent_pgh_context_id_c5f03cab ON desk_assetsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_assetsettingsevent_pgh_obj_id_843cff51 ON desk_assetsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_assetsettingsevent_site_id_51a2a0c3 ON desk_assetsettingsevent USING btree (site_id);
CREATE INDEX desk_categorysettingsevent_pgh_context_id_871e5a54 ON desk_categorysettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_categorysettingsevent_pgh_obj_id_5c4c6c81 ON desk_categorysettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_delimitersettingsevent_pgh_context_id_00576d33 ON desk_delimitersettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_delimitersettingsevent_pgh_obj_id_4f2a423b ON desk_delimitersettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_domainsettingsevent_account_id_8a412eb3 ON desk_domainsettingsevent USING btree (account_id);
CREATE INDEX desk_domainsettingsevent_pgh_context_id_b4464892 ON desk_domainsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_domainsettingsevent_pgh_obj_id_6a6b1321 ON desk_domainsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_formertokensettingsevent_pgh_context_id_3ef08020 ON desk_formertokensettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_formertokensettingsevent_pgh_obj_id_f67272b2 ON desk_formertokensettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_grantsettingsevent_account_id_6b107d0b ON desk_grantsettingsevent USING btree (account_id);
CREATE INDEX desk_grantsettingsevent_person_id_2ec8d17d ON desk_grantsettingsevent USING btree (person_id);
CREATE INDEX desk_grantsettingsevent_pgh_context_id_ae77e38d ON desk_grantsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_grantsettingsevent_pgh_obj_id_65fd5e1c ON desk_grantsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_grantsettingsevent_role_id_a746760f ON desk_grantsettingsevent USING btree (role_id);
CREATE INDEX desk_grantsettingsevent_site_id_6a18f1ac ON desk_grantsettingsevent USING btree (site_id);
CREATE INDEX desk_groupmembersettingsevent_group_id_29614c27 ON desk_groupmembersettingsevent USING btree (group_id);
CREATE INDEX desk_groupmembersettingsevent_person_id_3b4da430 ON desk_groupmembersettingsevent USING btree (person_id);
CREATE INDEX desk_groupmembersettingsevent_pgh_context_id_71f515d0 ON desk_groupmembersettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_groupmembersettingsevent_pgh_obj_id_ad9b0a21 ON desk_groupmembersettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_groupsettingsevent_account_id_8ea5e3d4 ON desk_groupsettingsevent USING btree (account_id);
CREATE INDEX desk_groupsettingsevent_pgh_context_id_d60af5d1 ON desk_groupsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_groupsettingsevent_pgh_obj_id_9f60932c ON desk_groupsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_impactsettingsevent_pgh_context_id_87179edb ON desk_impactsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_impactsettingsevent_pgh_obj_id_2235c96f ON desk_impactsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_installationsettingsevent_pgh_context_id_ccb47ded ON desk_installationsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_installationsettingsevent_pgh_obj_id_9d337868 ON desk_installationsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_instancealertsettingsevent_instance_id_ed861b6f ON desk_instancealertsettingsevent USING btree (instance_id);
CREATE INDEX desk_instancealertsettingsevent_person_id_24b09466 ON desk_instancealertsettingsevent USING btree (person_id);
CREATE INDEX desk_instancealertsettingsevent_pgh_context_id_9ada9361 ON desk_instancealertsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_instancealertsettingsevent_pgh_obj_id_a8dec7d7 ON desk_instancealertsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_instancesettingsevent_pgh_context_id_d956c481 ON desk_instancesettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_instancesettingsevent_pgh_obj_id_ae31cb47 ON desk_instancesettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_itemsettingsevent_pgh_context_id_a1d81d96 ON desk_itemsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_itemsettingsevent_pgh_obj_id_c7178ed9 ON desk_itemsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_itemsettingsevent_subcategory_id_2327d665 ON desk_itemsettingsevent USING btree (subcategory_id);
CREATE INDEX desk_levelsettingsevent_pgh_context_id_b3ed563a ON desk_levelsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_levelsettingsevent_pgh_obj_id_c5a23c51 ON desk_levelsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_modesettingsevent_pgh_context_id_34cbd4ea ON desk_modesettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_modesettingsevent_pgh_obj_id_f36f3883 ON desk_modesettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_personaddresssettingsevent_person_id_0c82f06d ON desk_personaddresssettingsevent USING btree (person_id);
CREATE INDEX desk_personaddresssettingsevent_pgh_context_id_08417906 ON desk_personaddresssettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_personaddresssettingsevent_pgh_obj_id_c2b1f76f ON desk_personaddresssettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_personsettingsevent_account_id_e6fbb864 ON desk_personsettingsevent USING btree (account_id);
CREATE INDEX desk_personsettingsevent_pgh_context_id_45117377 ON desk_personsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_personsettingsevent_pgh_obj_id_7411316d ON desk_personsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_personsettingsevent_site_id_ddc04b79 ON desk_personsettingsevent USING btree (site_id);
CREATE INDEX desk_prioritysettingsevent_pgh_context_id_122110d7 ON desk_prioritysettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_prioritysettingsevent_pgh_obj_id_4502d12d ON desk_prioritysettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_questionsettingsevent_pgh_context_id_3eb51c8e ON desk_questionsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_questionsettingsevent_pgh_obj_id_ce28dcf5 ON desk_questionsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_questionsettingsevent_resource_id_fb9bdf93 ON desk_questionsettingsevent USING btree (resource_id);
CREATE INDEX desk_requesttypesettingsevent_pgh_context_id_6acc90b9 ON desk_requesttypesettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_requesttypesettingsevent_pgh_obj_id_4154134e ON desk_requesttypesettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_resourcesettingsevent_pgh_context_id_b6cfcf03 ON desk_resourcesettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_resourcesettingsevent_pgh_obj_id_cfa999cb ON desk_resourcesettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_resourcesettingsevent_template_id_05c89232 ON desk_resourcesettingsevent USING btree (template_id);
CREATE INDEX desk_rolesettingsevent_pgh_context_id_01aeb9f8 ON desk_rolesettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_rolesettingsevent_pgh_obj_id_9e4cc0a6 ON desk_rolesettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_sitesettingsevent_account_id_eb87fc15 ON desk_sitesettingsevent USING btree (account_id);
CREATE INDEX desk_sitesettingsevent_pgh_context_id_c01d2231 ON desk_sitesettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_sitesettingsevent_pgh_obj_id_3c229707 ON desk_sitesettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_statussettingsevent_pgh_context_id_67ac8b8e ON desk_statussettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_statussettingsevent_pgh_obj_id_8ec2d661 ON desk_statussettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_subcategorysettingsevent_category_id_d2100b10 ON desk_subcategorysettingsevent USING btree (category_id);
CREATE INDEX desk_subcategorysettingsevent_pgh_context_id_a6b097b3 ON desk_subcategorysettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_subcategorysettingsevent_pgh_obj_id_ca3c0570 ON desk_subcategorysettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_templateaccountsettingsevent_account_id_77942794 ON desk_templateaccountsettingsevent USING btree (account_id);
CREATE INDEX desk_templateaccountsettingsevent_pgh_context_id_e4774822 ON desk_templateaccountsettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_templateaccountsettingsevent_pgh_obj_id_251afcb7 ON desk_templateaccountsettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_templateaccountsettingsevent_template_id_080b751d ON desk_templateaccountsettingsevent USING btree (template_id);
CREATE INDEX desk_templatesettingsevent_pgh_context_id_f206d84e ON desk_templatesettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_templatesettingsevent_pgh_obj_id_79e05858 ON desk_templatesettingsevent USING btree (pgh_obj_id);
CREATE INDEX desk_urgencysettingsevent_pgh_context_id_0df5068f ON desk_urgencysettingsevent USING btree (pgh_context_id);
CREATE INDEX desk_urgencysettingsevent_pgh_obj_id_f0729c3a ON desk_urgencysettingsevent USING btree (pgh_obj_id);
CREATE INDEX django_session_expire_date_a5c62663 ON django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX error_mail_place ON error_mail USING btree (mailbox_id, place);
CREATE INDEX globalconfig_version_pgh_context_id_cc1daf5a ON globalconfig_version USING btree (pgh_context_id);
CREATE INDEX graph_subscription_subscription_63b5f09e_like ON graph_subscription USING btree (subscription text_pattern_ops);
CREATE INDEX history_of_record ON history_entry USING btree (record_id, at);
CREATE INDEX idx_procrastinate_jobs_worker_not_null ON procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::procrastinate_job_status));
CREATE INDEX idx_procrastinate_workers_last_heartbeat ON procrastinate_workers USING btree (last_heartbeat);
CREATE UNIQUE INDEX impact_name_once ON impact USING btree (lower(name));
CREATE INDEX inbound_attachmentsettingssettingsevent_pgh_context_id_39bb3d97 ON inbound_attachmentsettingssettingsevent USING btree (pgh_context_id);
CREATE INDEX inbound_attachmentsettingssettingsevent_pgh_obj_id_01332a5b ON inbound_attachmentsettingssettingsevent USING btree (pgh_obj_id);
CREATE INDEX inbound_emailcommandsettingsevent_pgh_context_id_100567fa ON inbound_emailcommandsettingsevent USING btree (pgh_context_id);
CREATE INDEX inbound_emailcommandsettingsevent_pgh_obj_id_bc1b81af ON inbound_emailcommandsettingsevent USING btree (pgh_obj_id);
CREATE INDEX inbound_errorfoldersetting_pgh_context_id_1cd198bb ON inbound_errorfoldersettingssettingsevent USING btree (pgh_context_id);
CREATE INDEX inbound_errorfoldersettingssettingsevent_pgh_obj_id_4143e032 ON inbound_errorfoldersettingssettingsevent USING btree (pgh_obj_id);
CREATE INDEX inbound_mailboxsettingsevent_account_id_18d0b392 ON inbound_mailboxsettingsevent USING btree (account_id);
CREATE INDEX inbound_mailboxsettingsevent_default_category_id_b6d8db9f ON inbound_mailboxsettingsevent USING btree (default_category_id);
CREATE INDEX inbound_mailboxsettingsevent_default_group_id_5ac4990a ON inbound_mailboxsettingsevent USING btree (default_group_id);
CREATE INDEX inbound_mailboxsettingsevent_default_priority_id_a2997ce0 ON inbound_mailboxsettingsevent USING btree (default_priority_id);
CREATE INDEX inbound_mailboxsettingsevent_default_site_id_e1bf8801 ON inbound_mailboxsettingsevent USING btree (default_site_id);
CREATE INDEX inbound_mailboxsettingsevent_default_template_id_c90b8616 ON inbound_mailboxsettingsevent USING btree (default_template_id);
CREATE INDEX inbound_mailboxsettingsevent_instance_id_7bcfce9a ON inbound_mailboxsettingsevent USING btree (instance_id);
CREATE INDEX inbound_mailboxsettingsevent_pgh_context_id_4e0d34cb ON inbound_mailboxsettingsevent USING btree (pgh_context_id);
CREATE INDEX inbound_mailboxsettingsevent_pgh_obj_id_7db2b052 ON inbound_mailboxsettingsevent USING btree (pgh_obj_id);
CREATE INDEX inbound_message_received ON inbound_message USING brin (received_at) WITH (autosummarize='on');
CREATE INDEX inbound_retentionsettingssettingsevent_pgh_context_id_6585c538 ON inbound_retentionsettingssettingsevent USING btree (pgh_context_id);
CREATE INDEX inbound_retentionsettingssettingsevent_pgh_obj_id_e76ed220 ON inbound_retentionsettingssettingsevent USING btree (pgh_obj_id);
CREATE INDEX inbound_spamrulesettingsevent_instance_id_9a528e30 ON inbound_spamrulesettingsevent USING btree (instance_id);
CREATE INDEX inbound_spamrulesettingsevent_pgh_context_id_d1e81811 ON inbound_spamrulesettingsevent USING btree (pgh_context_id);
CREATE INDEX inbound_spamrulesettingsevent_pgh_obj_id_734b535a ON inbound_spamrulesettingsevent USING btree (pgh_obj_id);
CREATE INDEX inbound_unacknowledged_mailbox_id_0f810cb4 ON inbound_unacknowledged USING btree (mailbox_id);
CREATE INDEX inbound_undecided_queue ON inbound_undecided USING btree (mailbox_id, mail_id);
CREATE INDEX instance_alert_instance_id_abba42e0 ON instance_alert USING btree (instance_id);
CREATE INDEX instance_alert_person_id_9e68695f ON instance_alert USING btree (person_id);
CREATE INDEX instance_name_bc9d3238_like ON instance USING btree (name text_pattern_ops);
CREATE UNIQUE INDEX item_name_once ON item USING btree (subcategory_id, lower(name));
CREATE INDEX lease_thing_da6ce348_like ON lease USING btree (thing text_pattern_ops);
CREATE UNIQUE INDEX level_name_once ON level USING btree (lower(name));
CREATE INDEX mail_act_of_mail ON mail_act USING btree (mail_id, at);
CREATE INDEX mail_outcome_conversation_id_60feffbc ON mail_outcome USING btree (conversation_id);
CREATE INDEX mail_outcome_dropped ON mail_outcome USING btree (processed_at) WHERE ((kind = 'dropped'::text) AND (raw_erased_at IS NULL));
CREATE INDEX mail_outcome_loop ON mail_outcome USING btree (loop_key, written_at);
CREATE INDEX mail_outcome_message_id ON mail_outcome USING btree (message_id);
CREATE INDEX mail_outcome_of_account ON mail_outcome USING btree (account_id, mail_id);
CREATE UNIQUE INDEX mail_outcome_original_once ON mail_outcome USING btree (content_key, instance_id, sender_account, message_id) NULLS NOT DISTINCT WHERE original;
CREATE INDEX mail_outcome_rare_kinds ON mail_outcome USING btree (kind, mail_id) WHERE (kind = ANY (ARRAY['command'::text, 'bounce'::text, 'automatic'::text, 'duplicate'::text, 'dropped'::text, 'refused'::text, 'held'::text, 'error'::text]));
CREATE INDEX mail_outcome_record_id_c94c09ca ON mail_outcome USING btree (record_id);
CREATE INDEX mail_outcome_words ON mail_outcome USING gin (array_to_tsvector(words));
CREATE INDEX mailbox_account_id_825addea ON mailbox USING btree (account_id);
CREATE INDEX mailbox_consent_given_to_id_4ddc1c82 ON mailbox_consent USING btree (given_to_id);
CREATE INDEX mailbox_default_category_id_5e9442e0 ON mailbox USING btree (default_category_id);
CREATE INDEX mailbox_default_group_id_d502df3b ON mailbox USING btree (default_group_id);
CREATE INDEX mailbox_default_priority_id_3f656191 ON mailbox USING btree (default_priority_id);
CREATE INDEX mailbox_default_site_id_40962e7b ON mailbox USING btree (default_site_id);
CREATE INDEX mailbox_default_template_id_113ba3e5 ON mailbox USING btree (default_template_id);
CREATE INDEX mailbox_instance_id_3c974bb9 ON mailbox USING btree (instance_id);
CREATE UNIQUE INDEX mailbox_name_once ON mailbox USING btree (name) WHERE (removed_at IS NULL);
CREATE INDEX mailconfig_version_pgh_context_id_286ee44b ON mailconfig_version USING btree (pgh_context_id);
CREATE UNIQUE INDEX mode_name_once ON mode USING btree (lower(name));
CREATE INDEX notification_rule_event_5d8639b0_like ON notification_rule USING btree (event text_pattern_ops);
CREATE INDEX notification_rule_technician_person_id_359448e1 ON notification_rule_technician USING btree (person_id);
CREATE INDEX notification_rule_technician_rule_id_a2d43334 ON notification_rule_technician USING btree (rule_id);
CREATE INDEX outbound_notificationrulesettingsevent_pgh_context_id_81ab7afd ON outbound_notificationrulesettingsevent USING btree (pgh_context_id);
CREATE INDEX outbound_notificationrulesettingsevent_pgh_obj_id_2f8907e3 ON outbound_notificationrulesettingsevent USING btree (pgh_obj_id);
CREATE INDEX outbound_outgoingserversettingsevent_account_id_08743784 ON outbound_outgoingserversettingsevent USING btree (account_id);
CREATE INDEX outbound_outgoingserversettingsevent_instance_id_4e2e413d ON outbound_outgoingserversettingsevent USING btree (instance_id);
CREATE INDEX outbound_outgoingserversettingsevent_overflow_to_id_a9ab736b ON outbound_outgoingserversettingsevent USING btree (overflow_to_id);
CREATE INDEX outbound_outgoingserversettingsevent_pgh_context_id_18b2f044 ON outbound_outgoingserversettingsevent USING btree (pgh_context_id);
CREATE INDEX outbound_outgoingserversettingsevent_pgh_obj_id_1ebec20c ON outbound_outgoingserversettingsevent USING btree (pgh_obj_id);
CREATE INDEX outbound_ruletechniciansettingsevent_person_id_9c2dce9b ON outbound_ruletechniciansettingsevent USING btree (person_id);
CREATE INDEX outbound_ruletechniciansettingsevent_pgh_context_id_bfa0ce5d ON outbound_ruletechniciansettingsevent USING btree (pgh_context_id);
CREATE INDEX outbound_ruletechniciansettingsevent_pgh_obj_id_008b9966 ON outbound_ruletechniciansettingsevent USING btree (pgh_obj_id);
CREATE INDEX outbound_ruletechniciansettingsevent_rule_id_0025a544 ON outbound_ruletechniciansettingsevent USING btree (rule_id);
CREATE INDEX outbox_act_of_mail ON outbox_act USING btree (mail_id, at);
CREATE INDEX outbox_attempt_of_mail ON outbox_attempt USING btree (mail_id, at);
CREATE UNIQUE INDEX outbox_attempt_report_once ON outbox_attempt USING btree (mail_id, report_id) WHERE (report_id IS NOT NULL);
CREATE INDEX outbox_file_attachment_id_300ef929 ON outbox_file USING btree (attachment_id);
CREATE INDEX outbox_mail_answers ON outbox_mail USING btree (answers, created_at) WHERE (answers IS NOT NULL);
CREATE INDEX outbox_mail_drafts_left ON outbox_mail USING btree (server_id) WHERE ((state = ANY (ARRAY['failed'::text, 'lapsed'::text, 'cancelled'::text])) AND (NOT (draft_id = ''::text)));
CREATE INDEX outbox_mail_ended ON outbox_mail USING btree (state, id) WHERE (state = ANY (ARRAY['failed'::text, 'lapsed'::text, 'cancelled'::text]));
CREATE INDEX outbox_mail_held ON outbox_mail USING btree (id) WHERE (state = 'held'::text);
CREATE INDEX outbox_mail_leases ON outbox_mail USING btree (lease_until) WHERE (state = 'sending'::text);
CREATE INDEX outbox_mail_of_conversation ON outbox_mail USING btree (conversation_id);
CREATE INDEX outbox_mail_of_record ON outbox_mail USING btree (record_id, id);
CREATE INDEX outbox_mail_sent ON outbox_mail USING btree (done_at) WHERE (state = 'sent'::text);
CREATE INDEX outbox_mail_waiting ON outbox_mail USING btree (server_id, sending_class, id) WHERE (state = 'queued'::text);
CREATE INDEX outgoing_server_account_id_219a430c ON outgoing_server USING btree (account_id);
CREATE INDEX outgoing_server_instance_id_4f390c2e ON outgoing_server USING btree (instance_id);
CREATE INDEX outgoing_server_name_c62abf18_like ON outgoing_server USING btree (name text_pattern_ops);
CREATE INDEX person_account_id_e366d23a ON person USING btree (account_id);
CREATE INDEX person_address_account_id_426a6cc7 ON person_address USING btree (account_id);
CREATE INDEX person_address_key ON person_address USING btree (key);
CREATE UNIQUE INDEX person_address_one_preferred ON person_address USING btree (key) WHERE preferred;
CREATE UNIQUE INDEX person_address_one_primary ON person_address USING btree (person_id) WHERE "primary";
CREATE INDEX person_address_person_id_8a6c3779 ON person_address USING btree (person_id);
CREATE INDEX person_requesters_by_name ON person USING btree (name, id) WHERE ((deleted_at IS NULL) AND (NOT technician) AND (NOT (sign_in_name IS NULL)));
CREATE INDEX person_sign_in_name_9078be7a_like ON person USING btree (sign_in_name text_pattern_ops);
CREATE INDEX person_site_id_1effcd74 ON person USING btree (site_id);
CREATE INDEX person_technicians ON person USING btree (name) WHERE technician;
CREATE INDEX priority_name_0d5eec91_like ON priority USING btree (name text_pattern_ops);
CREATE INDEX procrastinate_events_job_id_fkey_v1 ON procrastinate_events USING btree (job_id);
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::procrastinate_job_status, 'doing'::procrastinate_job_status]));
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::procrastinate_job_status);
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::procrastinate_job_status);
CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON procrastinate_jobs USING btree (queue_name);
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::procrastinate_job_status);
CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON procrastinate_periodic_defers USING btree (job_id);
CREATE INDEX provider_sign_in_link_id_e3d10147 ON provider_sign_in USING btree (link_id);
CREATE INDEX provider_sign_in_person_id_e4996e85 ON provider_sign_in USING btree (person_id);
CREATE INDEX question_api_key_9d893116_like ON question USING btree (api_key text_pattern_ops);
CREATE INDEX record_belongs_to ON record USING btree (belongs_to_id) WHERE (NOT (belongs_to_id IS NULL));
CREATE INDEX record_linked_to ON record USING btree (linked_to_id) WHERE (NOT (linked_to_id IS NULL));
CREATE INDEX record_merged_into ON record USING btree (merged_into_id) WHERE (NOT (merged_into_id IS NULL));
CREATE INDEX record_newest ON record USING btree (last_mail_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (module = 'RE'::text));
CREATE INDEX record_newest_of_account ON record USING btree (account_id, last_mail_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (module = 'RE'::text));
CREATE INDEX record_newest_of_module ON record USING btree (module, last_mail_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (NOT (module = 'RE'::text)));
CREATE INDEX record_newest_of_status ON record USING btree (status_id, last_mail_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (module = 'RE'::text));
CREATE INDEX record_newest_open ON record USING btree (last_mail_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (module = 'RE'::text) AND (closed_at IS NULL));
CREATE INDEX record_of_group ON record USING btree (group_id) WHERE (NOT (group_id IS NULL));
CREATE INDEX record_of_priority ON record USING btree (priority_id, last_mail_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (module = 'RE'::text) AND (NOT (priority_id IS NULL)));
CREATE INDEX record_of_requester ON record USING btree (requester_id, last_mail_at DESC);
CREATE INDEX record_of_technician ON record USING btree (technician_id, last_mail_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (module = 'RE'::text) AND (NOT (technician_id IS NULL)));
CREATE INDEX record_open_of_technician ON record USING btree (technician_id, last_mail_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (module = 'RE'::text) AND (closed_at IS NULL));
CREATE INDEX record_seen_person_id_abafabdc ON record_seen USING btree (person_id);
CREATE INDEX record_seen_record_id_a1344a37 ON record_seen USING btree (record_id);
CREATE INDEX request_asset_asset_id_9b786ba1 ON request_asset USING btree (asset_id);
CREATE INDEX request_details_category_id_959ae35f ON request_details USING btree (category_id);
CREATE INDEX request_details_item_id_ae159717 ON request_details USING btree (item_id);
CREATE INDEX request_details_site_id_ff7c12ae ON request_details USING btree (site_id);
CREATE INDEX request_details_subcategory_id_7f75c5ce ON request_details USING btree (subcategory_id);
CREATE INDEX request_details_template_id_0c66eb4a ON request_details USING btree (template_id);
CREATE INDEX request_template_account_account_id_28840966 ON request_template_account USING btree (account_id);
CREATE UNIQUE INDEX requesttype_name_once ON request_type USING btree (lower(name));
CREATE INDEX resource_api_key_06f511d2_like ON resource USING btree (api_key text_pattern_ops);
CREATE UNIQUE INDEX resource_name_once ON resource USING btree (template_id, lower(name)) WHERE (deleted_at IS NULL);
CREATE INDEX role_grant_account_id_70b875ce ON role_grant USING btree (account_id);
CREATE INDEX role_grant_person_id_e6efcfc2 ON role_grant USING btree (person_id);
CREATE INDEX role_grant_role_id_ba13d46a ON role_grant USING btree (role_id);
CREATE INDEX role_grant_site_id_934cb81e ON role_grant USING btree (site_id);
CREATE INDEX role_name_d257ae6b_like ON role USING btree (name text_pattern_ops);
CREATE INDEX sent_copy_look_at ON sent_copy USING btree (look_at) WHERE (message_id IS NULL);
CREATE INDEX sent_copy_mail_id_08c726b7 ON sent_copy USING btree (mail_id);
CREATE INDEX sent_copy_message_id ON sent_copy USING btree (message_id) WHERE (look_at IS NULL);
CREATE INDEX sent_form_at ON sent_form USING btree (at);
CREATE INDEX sent_form_person_id_7bb7c07a ON sent_form USING btree (person_id);
CREATE INDEX server_consent_given_to_id_b016be86 ON server_consent USING btree (given_to_id);
CREATE INDEX setup_assistant_mailbox_id_f323795e ON setup_assistant USING btree (mailbox_id);
CREATE INDEX sign_in_attempt_address ON sign_in_attempt USING btree (address, at);
CREATE INDEX sign_in_attempt_name ON sign_in_attempt USING btree (name_key, at);
CREATE INDEX site_account_id_2a544f3c ON site USING btree (account_id);
CREATE INDEX spam_rule_instance_id_2cd2e748 ON spam_rule USING btree (instance_id);
CREATE UNIQUE INDEX spam_rule_name_once ON spam_rule USING btree (lower(name));
CREATE INDEX status_name_68e1d769_like ON status USING btree (name text_pattern_ops);
CREATE UNIQUE INDEX subcategory_name_once ON subcategory USING btree (category_id, lower(name));
CREATE INDEX technician_group_account_id_f4b4dbae ON technician_group USING btree (account_id);
CREATE INDEX technician_group_member_group_id_7094395c ON technician_group_member USING btree (group_id);
CREATE INDEX technician_group_member_person_id_b884e31f ON technician_group_member USING btree (person_id);
CREATE UNIQUE INDEX template_name_once ON request_template USING btree (lower(name)) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX template_one_default ON request_template USING btree ("default") WHERE "default";
CREATE UNIQUE INDEX urgency_name_once ON urgency USING btree (lower(name));
CREATE INDEX wire_log_ages ON wire_log USING btree (at);
CREATE INDEX wire_log_of_mailbox ON wire_log USING btree (mailbox_id, id);
CREATE INDEX wire_log_of_server ON wire_log USING btree (server_id, id);
CREATE INDEX wire_log_reading_mailbox ON wire_log_reading USING btree (mailbox_id, id);
CREATE INDEX wire_log_reading_person_id_724b57b5 ON wire_log_reading USING btree (person_id);
CREATE INDEX wire_log_reading_server ON wire_log_reading USING btree (server_id, id);
CREATE TRIGGER account_domain_of_a_living_account AFTER INSERT OR UPDATE OF account_id ON account_domain FOR EACH ROW EXECUTE FUNCTION of_a_living_account();
CREATE TRIGGER account_first_stays AFTER UPDATE OF deleted_at ON account FOR EACH ROW WHEN ((new.deleted_at IS NOT NULL)) EXECUTE FUNCTION first_account_stays();
CREATE TRIGGER account_removed_has_no_domain AFTER UPDATE OF deleted_at ON account FOR EACH ROW WHEN ((new.deleted_at IS NOT NULL)) EXECUTE FUNCTION removed_account_keeps_none('account_domain', 'true');
CREATE TRIGGER account_removed_has_no_mailbox AFTER UPDATE OF deleted_at ON account FOR EACH ROW WHEN ((new.deleted_at IS NOT NULL)) EXECUTE FUNCTION removed_account_keeps_none('mailbox', 'removed_at IS NULL');
CREATE TRIGGER account_removed_has_no_server AFTER UPDATE OF deleted_at ON account FOR EACH ROW WHEN ((new.deleted_at IS NOT NULL)) EXECUTE FUNCTION removed_account_keeps_none('outgoing_server', 'true');
CREATE TRIGGER account_removed_lets_nobody_in AFTER UPDATE OF deleted_at ON account FOR EACH ROW WHEN ((new.deleted_at IS NOT NULL)) EXECUTE FUNCTION removed_account_keeps_none('person', 'sign_in_name IS NOT NULL AND deleted_at IS NULL');
CREATE TRIGGER api_key_stays BEFORE UPDATE OF api_key ON question FOR EACH ROW WHEN ((old.api_key IS DISTINCT FROM new.api_key)) EXECUTE FUNCTION api_key_stays();
CREATE TRIGGER api_key_stays BEFORE UPDATE OF api_key ON resource FOR EACH ROW WHEN ((old.api_key IS DISTINCT FROM new.api_key)) EXECUTE FUNCTION api_key_stays();
CREATE CONSTRAINT TRIGGER attachment_of_the_account_of_its_mails AFTER UPDATE OF account_id ON attachment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.account_id IS DISTINCT FROM old.account_id)) EXECUTE FUNCTION outbox_file_of_one_account('attachment_id');
CREATE TRIGGER attachment_of_the_mail_of_its_change AFTER INSERT OR UPDATE ON attachment FOR EACH ROW WHEN (((new.history_entry_id IS NOT NULL) AND (new.mail_id IS NOT NULL))) EXECUTE FUNCTION attachment_of_the_mail_of_its_change();
CREATE TRIGGER command_delimiter_apart AFTER INSERT OR UPDATE OF module, text ON delimiter FOR EACH ROW WHEN ((new.module = ''::text)) EXECUTE FUNCTION command_delimiter_apart();
CREATE TRIGGER command_delimiter_apart AFTER INSERT OR UPDATE OF delimiter ON email_command FOR EACH ROW EXECUTE FUNCTION command_delimiter_apart();
CREATE TRIGGER command_delimiter_in_no_label AFTER UPDATE OF label, deleted_at ON additional_field FOR EACH ROW WHEN (((old.label IS DISTINCT FROM new.label) OR (old.deleted_at IS DISTINCT FROM new.deleted_at))) EXECUTE FUNCTION command_delimiter_in_no_label();
CREATE TRIGGER command_delimiter_in_no_label AFTER UPDATE OF enabled, delimiter ON email_command FOR EACH ROW WHEN ((new.enabled AND ((old.enabled IS DISTINCT FROM new.enabled) OR (old.delimiter IS DISTINCT FROM new.delimiter)))) EXECUTE FUNCTION command_delimiter_in_no_label();
CREATE TRIGGER command_delimiter_in_no_label_new AFTER INSERT ON additional_field FOR EACH ROW EXECUTE FUNCTION command_delimiter_in_no_label();
CREATE TRIGGER consent_link_stays_ended BEFORE UPDATE ON consent_link FOR EACH ROW WHEN (((old.ended_at IS NOT NULL) AND ((((old.ended_at IS DISTINCT FROM new.ended_at) OR (old."end" IS DISTINCT FROM new."end")) OR (old.given_by IS DISTINCT FROM new.given_by)) OR (old.token_sha256 IS DISTINCT FROM new.token_sha256)))) EXECUTE FUNCTION consent_link_stays_ended();
CREATE CONSTRAINT TRIGGER former_token_numbers AFTER INSERT OR UPDATE ON former_token DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION former_token_numbers();
CREATE TRIGGER mailbox_consent_link AFTER UPDATE ON mailbox FOR EACH ROW WHEN ((((((((((((((old.protocol IS DISTINCT FROM new.protocol) OR (old.server IS DISTINCT FROM new.server)) OR (old.connect_url IS DISTINCT FROM new.connect_url)) OR (old.graph_endpoint IS DISTINCT FROM new.graph_endpoint)) OR (old.authentication IS DISTINCT FROM new.authentication)) OR (old.username IS DISTINCT FROM new.username)) OR (old.client_id IS DISTINCT FROM new.client_id)) OR (old.authorization_url IS DISTINCT FROM new.authorization_url)) OR (old.token_url IS DISTINCT FROM new.token_url)) OR (old.scope IS DISTINCT FROM new.scope)) OR (old."grant" IS DISTINCT FROM new."grant")) OR (old.mailbox_to_open IS DISTINCT FROM new.mailbox_to_open)) OR (old.removed_at IS DISTINCT FROM new.removed_at))) EXECUTE FUNCTION end_mailbox_consent_link();
CREATE TRIGGER mailbox_graph_client AFTER INSERT OR UPDATE ON mailbox FOR EACH ROW WHEN (((new.protocol = 'graph'::text) AND (new.removed_at IS NULL))) EXECUTE FUNCTION graph_client_of_one_direction();
CREATE TRIGGER mailbox_graph_client_made AFTER INSERT ON mailbox FOR EACH ROW WHEN ((new.protocol = 'graph'::text)) EXECUTE FUNCTION mailbox_graph_client_by_id();
CREATE TRIGGER mailbox_graph_client_moved AFTER UPDATE ON mailbox FOR EACH ROW WHEN (((new.protocol = 'graph'::text) AND (new.removed_at IS NULL) AND (((((old.protocol IS DISTINCT FROM new.protocol) OR (old.graph_endpoint IS DISTINCT FROM new.graph_endpoint)) OR (old.client_id IS DISTINCT FROM new.client_id)) OR (old.mailbox_to_open IS DISTINCT FROM new.mailbox_to_open)) OR (old.username IS DISTINCT FROM new.username)))) EXECUTE FUNCTION mailbox_graph_client_by_id();
CREATE TRIGGER mailbox_has_a_new_secret AFTER UPDATE OF client_secret ON mailbox FOR EACH ROW WHEN (((new."grant" = 'client_credentials'::text) AND (new.client_secret <> ''::text) AND (old.client_secret IS DISTINCT FROM new.client_secret))) EXECUTE FUNCTION end_mailbox_loss();
CREATE TRIGGER mailbox_listens_anew AFTER UPDATE OF fetching, silence_hours, source_number ON mailbox FOR EACH ROW WHEN ((((old.fetching IS DISTINCT FROM new.fetching) OR (old.silence_hours IS DISTINCT FROM new.silence_hours)) OR (old.source_number IS DISTINCT FROM new.source_number))) EXECUTE FUNCTION mailbox_listens_anew();
CREATE TRIGGER mailbox_of_a_living_account AFTER INSERT OR UPDATE OF account_id, removed_at ON mailbox FOR EACH ROW WHEN (((new.account_id IS NOT NULL) AND (new.removed_at IS NULL))) EXECUTE FUNCTION of_a_living_account();
CREATE TRIGGER mailbox_signs_in_anew AFTER UPDATE ON mailbox FOR EACH ROW WHEN ((((((((((((old.protocol IS DISTINCT FROM new.protocol) OR (old.server IS DISTINCT FROM new.server)) OR (old.connect_url IS DISTINCT FROM new.connect_url)) OR (old.graph_endpoint IS DISTINCT FROM new.graph_endpoint)) OR (old.authentication IS DISTINCT FROM new.authentication)) OR (old.username IS DISTINCT FROM new.username)) OR (old.client_id IS DISTINCT FROM new.client_id)) OR (old.authorization_url IS DISTINCT FROM new.authorization_url)) OR (old.token_url IS DISTINCT FROM new.token_url)) OR (old.scope IS DISTINCT FROM new.scope)) OR (old."grant" IS DISTINCT FROM new."grant"))) EXECUTE FUNCTION forget_mailbox_consent();
CREATE TRIGGER new_outgoing_server_of_the_account_of_its_mails AFTER INSERT ON outgoing_server FOR EACH ROW WHEN ((new.account_id IS NOT NULL)) EXECUTE FUNCTION outgoing_server_of_the_account_of_its_mails();
CREATE CONSTRAINT TRIGGER outbox_file_of_one_account AFTER INSERT OR UPDATE ON outbox_file DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION outbox_file_of_one_account('id');
CREATE TRIGGER outbox_mail_hold BEFORE UPDATE OF server_id ON outbox_mail FOR EACH ROW WHEN (((new.server_id IS NULL) AND (new.state = ANY (ARRAY['queued'::text, 'sending'::text])))) EXECUTE FUNCTION outbox_mail_hold();
CREATE TRIGGER outbox_mail_hold_undecided BEFORE UPDATE OF server_id ON outbox_mail FOR EACH ROW WHEN (((new.server_id IS NULL) AND (old.server_id IS NOT NULL) AND (new.state = 'held'::text) AND new.unknown_fate AND ((old.state = 'held'::text) OR ((old.state = 'queued'::text) AND (old.looks < 5)) OR ((old.state = 'sending'::text) AND (old.overflow_by_id IS NULL))))) EXECUTE FUNCTION outbox_mail_hold_undecided();
CREATE TRIGGER outbox_mail_moved BEFORE UPDATE OF state ON outbox_mail FOR EACH ROW WHEN (((old.state = 'sending'::text) AND (new.state = 'queued'::text) AND (new.moved_from <> ''::text) AND new.unknown_fate AND (new.looks < 5))) EXECUTE FUNCTION outbox_mail_moved();
CREATE CONSTRAINT TRIGGER outbox_mail_of_the_account_of_its_files AFTER UPDATE OF account_id ON outbox_mail DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.account_id IS DISTINCT FROM old.account_id)) EXECUTE FUNCTION outbox_file_of_one_account('mail_id');
CREATE TRIGGER outbox_mail_of_the_account_of_its_overflow AFTER UPDATE OF overflow_by_id ON outbox_mail FOR EACH ROW WHEN (((new.overflow_by_id IS NOT NULL) AND (new.overflow_by_id IS DISTINCT FROM old.overflow_by_id))) EXECUTE FUNCTION outbox_mail_of_the_account_of_its_overflow();
CREATE TRIGGER outbox_mail_of_the_account_of_its_server AFTER UPDATE OF server_id, account_id, state ON outbox_mail FOR EACH ROW WHEN (((new.server_id IS NOT NULL) AND (new.state = ANY (ARRAY['queued'::text, 'sending'::text, 'held'::text])) AND ((new.server_id IS DISTINCT FROM old.server_id) OR (new.account_id IS DISTINCT FROM old.account_id) OR (old.state <> ALL (ARRAY['queued'::text, 'sending'::text, 'held'::text]))))) EXECUTE FUNCTION outbox_mail_of_the_account_of_its_server();
CREATE TRIGGER outbox_mails_of_the_account_of_their_servers AFTER INSERT ON outbox_mail REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION outbox_mails_of_the_account_of_their_servers();
CREATE TRIGGER outgoing_server_consent_link AFTER UPDATE ON outgoing_server FOR EACH ROW WHEN ((((((((((((((old.protocol IS DISTINCT FROM new.protocol) OR (old.server IS DISTINCT FROM new.server)) OR (old.connect_url IS DISTINCT FROM new.connect_url)) OR (old.graph_endpoint IS DISTINCT FROM new.graph_endpoint)) OR (old.authentication IS DISTINCT FROM new.authentication)) OR (old.username IS DISTINCT FROM new.username)) OR (old.client_id IS DISTINCT FROM new.client_id)) OR (old.authorization_url IS DISTINCT FROM new.authorization_url)) OR (old.token_url IS DISTINCT FROM new.token_url)) OR (old.scope IS DISTINCT FROM new.scope)) OR (old."grant" IS DISTINCT FROM new."grant")) OR (old.mailbox_to_open IS DISTINCT FROM new.mailbox_to_open)) OR (
        CASE
            WHEN (old.username = ''::text) THEN old.reply_to
            ELSE NULL::text
        END IS DISTINCT FROM
        CASE
            WHEN (new.username = ''::text) THEN new.reply_to
            ELSE NULL::text
        END))) EXECUTE FUNCTION end_server_consent_link();
CREATE TRIGGER outgoing_server_graph_client AFTER INSERT OR UPDATE ON outgoing_server FOR EACH ROW WHEN ((new.protocol = 'graph'::text)) EXECUTE FUNCTION graph_client_of_one_direction();
CREATE TRIGGER outgoing_server_graph_client_made AFTER INSERT ON outgoing_server FOR EACH ROW WHEN ((new.protocol = 'graph'::text)) EXECUTE FUNCTION outgoing_server_graph_client_by_id();
CREATE TRIGGER outgoing_server_graph_client_moved AFTER UPDATE ON outgoing_server FOR EACH ROW WHEN (((new.protocol = 'graph'::text) AND ((((((((old.protocol IS DISTINCT FROM new.protocol) OR (old.graph_endpoint IS DISTINCT FROM new.graph_endpoint)) OR (old.client_id IS DISTINCT FROM new.client_id)) OR (old.mailbox_to_open IS DISTINCT FROM new.mailbox_to_open)) OR (old.username IS DISTINCT FROM new.username)) OR (old.reply_to IS DISTINCT FROM new.reply_to)) OR (old.sender_pool IS DISTINCT FROM new.sender_pool)) OR (old.copied IS DISTINCT FROM new.copied)))) EXECUTE FUNCTION outgoing_server_graph_client_by_id();
CREATE TRIGGER outgoing_server_has_a_new_secret AFTER UPDATE OF client_secret ON outgoing_server FOR EACH ROW WHEN (((new."grant" = 'client_credentials'::text) AND (new.client_secret <> ''::text) AND (old.client_secret IS DISTINCT FROM new.client_secret))) EXECUTE FUNCTION end_server_loss();
CREATE TRIGGER outgoing_server_moved AFTER UPDATE OF protocol, graph_endpoint, connect_url, mailbox_to_open, username, reply_to ON outgoing_server FOR EACH ROW WHEN ((old.protocol = ANY (ARRAY['ews'::text, 'graph'::text]))) EXECUTE FUNCTION outgoing_server_moved();
CREATE TRIGGER outgoing_server_of_a_living_account AFTER INSERT OR UPDATE OF account_id ON outgoing_server FOR EACH ROW WHEN ((new.account_id IS NOT NULL)) EXECUTE FUNCTION of_a_living_account();
CREATE TRIGGER outgoing_server_of_the_account_of_its_mails AFTER UPDATE OF id, account_id ON outgoing_server FOR EACH ROW WHEN (((new.account_id IS NOT NULL) AND ((new.id IS DISTINCT FROM old.id) OR (new.account_id IS DISTINCT FROM old.account_id)))) EXECUTE FUNCTION outgoing_server_of_the_account_of_its_mails();
CREATE TRIGGER outgoing_server_overflow_to_smtp AFTER INSERT OR UPDATE OF overflow_to_id, protocol, account_id, copied ON outgoing_server FOR EACH ROW EXECUTE FUNCTION outgoing_server_overflow_to_smtp();
CREATE TRIGGER outgoing_server_sender_pool AFTER INSERT OR UPDATE ON outgoing_server FOR EACH ROW WHEN ((new.protocol = 'graph'::text)) EXECUTE FUNCTION outgoing_server_sender_pool();
CREATE TRIGGER outgoing_server_sender_pool_made AFTER INSERT ON outgoing_server FOR EACH ROW WHEN ((new.protocol = 'graph'::text)) EXECUTE FUNCTION outgoing_server_sender_pool_by_id();
CREATE TRIGGER outgoing_server_sender_pool_moved AFTER UPDATE ON outgoing_server FOR EACH ROW WHEN (((new.protocol = 'graph'::text) AND ((((((((old.protocol IS DISTINCT FROM new.protocol) OR (old.graph_endpoint IS DISTINCT FROM new.graph_endpoint)) OR (old.client_id IS DISTINCT FROM new.client_id)) OR (old.mailbox_to_open IS DISTINCT FROM new.mailbox_to_open)) OR (old.username IS DISTINCT FROM new.username)) OR (old.reply_to IS DISTINCT FROM new.reply_to)) OR (old.sender_pool IS DISTINCT FROM new.sender_pool)) OR (old.copied IS DISTINCT FROM new.copied)))) EXECUTE FUNCTION outgoing_server_sender_pool_by_id();
CREATE TRIGGER outgoing_server_signs_in_anew AFTER UPDATE ON outgoing_server FOR EACH ROW WHEN (((((((((((((old.protocol IS DISTINCT FROM new.protocol) OR (old.server IS DISTINCT FROM new.server)) OR (old.connect_url IS DISTINCT FROM new.connect_url)) OR (old.graph_endpoint IS DISTINCT FROM new.graph_endpoint)) OR (old.authentication IS DISTINCT FROM new.authentication)) OR (old.username IS DISTINCT FROM new.username)) OR (old.client_id IS DISTINCT FROM new.client_id)) OR (old.authorization_url IS DISTINCT FROM new.authorization_url)) OR (old.token_url IS DISTINCT FROM new.token_url)) OR (old.scope IS DISTINCT FROM new.scope)) OR (old."grant" IS DISTINCT FROM new."grant")) OR (
        CASE
            WHEN (old.username = ''::text) THEN old.reply_to
            ELSE NULL::text
        END IS DISTINCT FROM
        CASE
            WHEN (new.username = ''::text) THEN new.reply_to
            ELSE NULL::text
        END))) EXECUTE FUNCTION forget_server_consent();
CREATE TRIGGER person_of_a_living_account AFTER INSERT OR UPDATE OF account_id, sign_in_name, deleted_at ON person FOR EACH ROW WHEN (((new.sign_in_name IS NOT NULL) AND (new.deleted_at IS NULL))) EXECUTE FUNCTION of_a_living_account();
CREATE TRIGGER pgtrigger_delete_delete_014f0 AFTER DELETE ON technician_group FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_014f0();
COMMENT ON TRIGGER pgtrigger_delete_delete_014f0 ON technician_group IS '0247b492b017181cd27e731bb326089c7c382643';
CREATE TRIGGER pgtrigger_delete_delete_01e3f AFTER DELETE ON resource FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_01e3f();
COMMENT ON TRIGGER pgtrigger_delete_delete_01e3f ON resource IS 'bf0515df67b6f904f44d6ec3375bac28bdd4b932';
CREATE TRIGGER pgtrigger_delete_delete_03eb5 AFTER DELETE ON proxy_settings FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_03eb5();
COMMENT ON TRIGGER pgtrigger_delete_delete_03eb5 ON proxy_settings IS '2f6622f9e475f395ce49dfd7cd9d3957515ed38c';
CREATE TRIGGER pgtrigger_delete_delete_15ecd AFTER DELETE ON role_grant FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_15ecd();
COMMENT ON TRIGGER pgtrigger_delete_delete_15ecd ON role_grant IS '89e33056a9335f3b856dcd9dc7e04449896ecb06';
CREATE TRIGGER pgtrigger_delete_delete_169f8 AFTER DELETE ON mailconfig FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_169f8();
COMMENT ON TRIGGER pgtrigger_delete_delete_169f8 ON mailconfig IS '9871b8bd7090f5594cc263a09f3897433d96ac4c';
CREATE TRIGGER pgtrigger_delete_delete_1aad4 AFTER DELETE ON item FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_1aad4();
COMMENT ON TRIGGER pgtrigger_delete_delete_1aad4 ON item IS 'd627bbc545424a994b95964aa48c6095b4cc3240';
CREATE TRIGGER pgtrigger_delete_delete_1ce01 AFTER DELETE ON retention_settings FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_1ce01();
COMMENT ON TRIGGER pgtrigger_delete_delete_1ce01 ON retention_settings IS '3079d104c34854f9f83026441db733627204d848';
CREATE TRIGGER pgtrigger_delete_delete_209d9 AFTER DELETE ON request_type FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_209d9();
COMMENT ON TRIGGER pgtrigger_delete_delete_209d9 ON request_type IS 'd77b4f0dfefc3cbd670625f384d372756a0b8582';
CREATE TRIGGER pgtrigger_delete_delete_29bf7 AFTER DELETE ON instance_alert FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_29bf7();
COMMENT ON TRIGGER pgtrigger_delete_delete_29bf7 ON instance_alert IS 'c31ef26631e5835213461d950d5cd5df169308b8';
CREATE TRIGGER pgtrigger_delete_delete_3214b AFTER DELETE ON person FOR EACH ROW WHEN ((old.technician OR (old.sign_in_name IS NOT NULL))) EXECUTE FUNCTION pgtrigger_delete_delete_3214b();
COMMENT ON TRIGGER pgtrigger_delete_delete_3214b ON person IS 'ef2ffe9fea83d9238464a2d19d39216b477beb82';
CREATE TRIGGER pgtrigger_delete_delete_32dd9 AFTER DELETE ON asset FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_32dd9();
COMMENT ON TRIGGER pgtrigger_delete_delete_32dd9 ON asset IS '35e22512ae8d743c69565682892605654daf9328';
CREATE TRIGGER pgtrigger_delete_delete_33cee AFTER DELETE ON email_command FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_33cee();
COMMENT ON TRIGGER pgtrigger_delete_delete_33cee ON email_command IS 'e3a95f86cac3f8f86a3ca9b21718ecbb3936ff3b';
CREATE TRIGGER pgtrigger_delete_delete_34c00 AFTER DELETE ON consent_link FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_34c00();
COMMENT ON TRIGGER pgtrigger_delete_delete_34c00 ON consent_link IS 'dbe4910955d7b46c03d81b0c28b83b05b4b748be';
CREATE TRIGGER pgtrigger_delete_delete_4125d AFTER DELETE ON delimiter FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_4125d();
COMMENT ON TRIGGER pgtrigger_delete_delete_4125d ON delimiter IS 'f904760ce4ea2cda6381524cfb0bb4379041f8e5';
CREATE TRIGGER pgtrigger_delete_delete_426fe AFTER DELETE ON instance FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_426fe();
COMMENT ON TRIGGER pgtrigger_delete_delete_426fe ON instance IS 'aeabaf756262e635052c7d8501e56084bae476d2';
CREATE TRIGGER pgtrigger_delete_delete_4eaca AFTER DELETE ON installation FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_4eaca();
COMMENT ON TRIGGER pgtrigger_delete_delete_4eaca ON installation IS '36fb71f3de40851574590c133940f6d6786297f6';
CREATE TRIGGER pgtrigger_delete_delete_4f255 AFTER DELETE ON request_template_account FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_4f255();
COMMENT ON TRIGGER pgtrigger_delete_delete_4f255 ON request_template_account IS '91f12a67d477eb7e7111bd3ec8020e8c8c4743cc';
CREATE TRIGGER pgtrigger_delete_delete_69a5d AFTER DELETE ON mailbox FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_69a5d();
COMMENT ON TRIGGER pgtrigger_delete_delete_69a5d ON mailbox IS '4f820f2b8762ca5433030667b76a53df8890efc0';
CREATE TRIGGER pgtrigger_delete_delete_6caf8 AFTER DELETE ON role FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_6caf8();
COMMENT ON TRIGGER pgtrigger_delete_delete_6caf8 ON role IS 'a9cea19e1960c39db1da256094787b3e242d91f4';
CREATE TRIGGER pgtrigger_delete_delete_6cfa9 AFTER DELETE ON urgency FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_6cfa9();
COMMENT ON TRIGGER pgtrigger_delete_delete_6cfa9 ON urgency IS '587d9bac3008d56efbe613f01c867b3949cea17e';
CREATE TRIGGER pgtrigger_delete_delete_6e11e AFTER DELETE ON category FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_6e11e();
COMMENT ON TRIGGER pgtrigger_delete_delete_6e11e ON category IS '5ae9de7bbf2067e00726eeb10493f5a878e57ee8';
CREATE TRIGGER pgtrigger_delete_delete_76fb3 AFTER DELETE ON technician_group_member FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_76fb3();
COMMENT ON TRIGGER pgtrigger_delete_delete_76fb3 ON technician_group_member IS '84540b5d01238b6b45b698cc712292a44ebeb395';
CREATE TRIGGER pgtrigger_delete_delete_7b2ea AFTER DELETE ON notification_rule FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_7b2ea();
COMMENT ON TRIGGER pgtrigger_delete_delete_7b2ea ON notification_rule IS '6da26dcda4a5aaad3f4aea64c0fe8bbab017f753';
CREATE TRIGGER pgtrigger_delete_delete_7e12c AFTER DELETE ON impact FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_7e12c();
COMMENT ON TRIGGER pgtrigger_delete_delete_7e12c ON impact IS '7fa9b8973211d0d9340d4d28c6716c8b62620e06';
CREATE TRIGGER pgtrigger_delete_delete_7fc66 AFTER DELETE ON account FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_7fc66();
COMMENT ON TRIGGER pgtrigger_delete_delete_7fc66 ON account IS '55055b199c220ba925eb184da1f5f6c7b087993a';
CREATE TRIGGER pgtrigger_delete_delete_83568 AFTER DELETE ON outgoing_server FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_83568();
COMMENT ON TRIGGER pgtrigger_delete_delete_83568 ON outgoing_server IS '60f8c85358493e7117bd151dcf2fd1410168f15e';
CREATE TRIGGER pgtrigger_delete_delete_8c66c AFTER DELETE ON former_token FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_8c66c();
COMMENT ON TRIGGER pgtrigger_delete_delete_8c66c ON former_token IS 'b31192cd0bfbb3ae76218ef4a2d1e2b72250ef61';
CREATE TRIGGER pgtrigger_delete_delete_8f2a8 AFTER DELETE ON spam_rule FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_8f2a8();
COMMENT ON TRIGGER pgtrigger_delete_delete_8f2a8 ON spam_rule IS 'abcff488d82955618e0e4411847d6905ce5d8773';
CREATE TRIGGER pgtrigger_delete_delete_a03b6 AFTER DELETE ON error_folder_settings FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_a03b6();
COMMENT ON TRIGGER pgtrigger_delete_delete_a03b6 ON error_folder_settings IS '07f6d577aadf1d8c177c8f43ab69ddd5093dbc9e';
CREATE TRIGGER pgtrigger_delete_delete_aa885 AFTER DELETE ON request_template FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_aa885();
COMMENT ON TRIGGER pgtrigger_delete_delete_aa885 ON request_template IS 'dee3217bc1b31ac2df413f761bf733252df5880e';
CREATE TRIGGER pgtrigger_delete_delete_b2e8f AFTER DELETE ON attachment_settings FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_b2e8f();
COMMENT ON TRIGGER pgtrigger_delete_delete_b2e8f ON attachment_settings IS '81ad7c46f6d260885b542a8646d0c202876342a8';
CREATE TRIGGER pgtrigger_delete_delete_b4736 AFTER DELETE ON subcategory FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_b4736();
COMMENT ON TRIGGER pgtrigger_delete_delete_b4736 ON subcategory IS 'ec60e61b8c38761365d9b61e7c114d3a93562072';
CREATE TRIGGER pgtrigger_delete_delete_bb1e9 AFTER DELETE ON account_domain FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_bb1e9();
COMMENT ON TRIGGER pgtrigger_delete_delete_bb1e9 ON account_domain IS '0ac5deb445ef784af69d27a8e1c397abfa8da85b';
CREATE TRIGGER pgtrigger_delete_delete_c72e9 AFTER DELETE ON mode FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_c72e9();
COMMENT ON TRIGGER pgtrigger_delete_delete_c72e9 ON mode IS '675955a7e91da24cbc255f77eed1f19912fb0f86';
CREATE TRIGGER pgtrigger_delete_delete_cc4fa AFTER DELETE ON level FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_cc4fa();
COMMENT ON TRIGGER pgtrigger_delete_delete_cc4fa ON level IS '7b130993c744e8d8ea1d905876dcd066e7ab0fca';
CREATE TRIGGER pgtrigger_delete_delete_d995c AFTER DELETE ON question FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_d995c();
COMMENT ON TRIGGER pgtrigger_delete_delete_d995c ON question IS '7ba6627e370fc37d6231127ad0063cadc0e8778e';
CREATE TRIGGER pgtrigger_delete_delete_db615 AFTER DELETE ON priority FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_db615();
COMMENT ON TRIGGER pgtrigger_delete_delete_db615 ON priority IS 'e48052a095f6dcdbdb58fc781aaed76e7fe60424';
CREATE TRIGGER pgtrigger_delete_delete_db794 AFTER DELETE ON globalconfig FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_db794();
COMMENT ON TRIGGER pgtrigger_delete_delete_db794 ON globalconfig IS '875678fff27af702b230968c008172a2dceeb7a1';
CREATE TRIGGER pgtrigger_delete_delete_eca7e AFTER DELETE ON site FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_eca7e();
COMMENT ON TRIGGER pgtrigger_delete_delete_eca7e ON site IS '3a32f13d34052340dd121a076916588c47f23fff';
CREATE TRIGGER pgtrigger_delete_delete_f41ad AFTER DELETE ON status FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_f41ad();
COMMENT ON TRIGGER pgtrigger_delete_delete_f41ad ON status IS '3bb8a9886751811df8bdbc252d56218047486ada';
CREATE TRIGGER pgtrigger_delete_delete_f878b AFTER DELETE ON additional_field FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_f878b();
COMMENT ON TRIGGER pgtrigger_delete_delete_f878b ON additional_field IS '964597fab5ee7996ef97dcb3de16a8af04ed7ba4';
CREATE TRIGGER pgtrigger_delete_delete_fa44b AFTER DELETE ON notification_rule_technician FOR EACH ROW EXECUTE FUNCTION pgtrigger_delete_delete_fa44b();
COMMENT ON TRIGGER pgtrigger_delete_delete_fa44b ON notification_rule_technician IS '92e8b2e4cbcee3149abb064764cfa8da8de094cb';
CREATE TRIGGER pgtrigger_insert_insert_0c9fb AFTER INSERT ON mailbox FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_0c9fb();
COMMENT ON TRIGGER pgtrigger_insert_insert_0c9fb ON mailbox IS '027526a3ddb4b05a4cd01c2b0f8a4285dcdbdc86';
CREATE TRIGGER pgtrigger_insert_insert_17dce AFTER INSERT ON notification_rule FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_17dce();
COMMENT ON TRIGGER pgtrigger_insert_insert_17dce ON notification_rule IS 'e1996bbe05c1507bdab7ecbd89ffe011f7aa615e';
CREATE TRIGGER pgtrigger_insert_insert_22c24 AFTER INSERT ON site FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_22c24();
COMMENT ON TRIGGER pgtrigger_insert_insert_22c24 ON site IS 'e4bc98e3d93d4069d608a4a06ab2a28b09c2d957';
CREATE TRIGGER pgtrigger_insert_insert_2fa21 AFTER INSERT ON person FOR EACH ROW WHEN ((new.technician OR (new.sign_in_name IS NOT NULL))) EXECUTE FUNCTION pgtrigger_insert_insert_2fa21();
COMMENT ON TRIGGER pgtrigger_insert_insert_2fa21 ON person IS '9d2306bc8497d5586debcd73a756a797e071fd48';
CREATE TRIGGER pgtrigger_insert_insert_3022a AFTER INSERT ON email_command FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_3022a();
COMMENT ON TRIGGER pgtrigger_insert_insert_3022a ON email_command IS 'b432c6b29ac57644d80b998762cfb1dcd2d2ccc3';
CREATE TRIGGER pgtrigger_insert_insert_30cf4 AFTER INSERT ON additional_field FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_30cf4();
COMMENT ON TRIGGER pgtrigger_insert_insert_30cf4 ON additional_field IS 'eaf7cd4cee637341b79fe976c8a5c630572e0e3b';
CREATE TRIGGER pgtrigger_insert_insert_35175 AFTER INSERT ON subcategory FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_35175();
COMMENT ON TRIGGER pgtrigger_insert_insert_35175 ON subcategory IS '6405f68a7556acf326646c06114e47f942ef5b36';
CREATE TRIGGER pgtrigger_insert_insert_39b64 AFTER INSERT ON instance_alert FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_39b64();
COMMENT ON TRIGGER pgtrigger_insert_insert_39b64 ON instance_alert IS '8f9c5e875b58293039fd2df7e148cf257e489359';
CREATE TRIGGER pgtrigger_insert_insert_3a3b0 AFTER INSERT ON technician_group FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_3a3b0();
COMMENT ON TRIGGER pgtrigger_insert_insert_3a3b0 ON technician_group IS '263910a7bed1f753d09e016e88697644140eba1e';
CREATE TRIGGER pgtrigger_insert_insert_4c8fa AFTER INSERT ON notification_rule_technician FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_4c8fa();
COMMENT ON TRIGGER pgtrigger_insert_insert_4c8fa ON notification_rule_technician IS '8834266c028d6939a1d70bff1c6caaa14e43c143';
CREATE TRIGGER pgtrigger_insert_insert_51782 AFTER INSERT ON mailconfig FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_51782();
COMMENT ON TRIGGER pgtrigger_insert_insert_51782 ON mailconfig IS '1900a8448864ba480a2dad2906caf3c84fb3bfb7';
CREATE TRIGGER pgtrigger_insert_insert_54fa9 AFTER INSERT ON delimiter FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_54fa9();
COMMENT ON TRIGGER pgtrigger_insert_insert_54fa9 ON delimiter IS '30dc6f70b76eb17fc9c1145d275255e68b17c4ef';
CREATE TRIGGER pgtrigger_insert_insert_58283 AFTER INSERT ON request_template FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_58283();
COMMENT ON TRIGGER pgtrigger_insert_insert_58283 ON request_template IS '55d1628ee6efa7dda05d66d4599e970e5b6af549';
CREATE TRIGGER pgtrigger_insert_insert_59a9b AFTER INSERT ON installation FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_59a9b();
COMMENT ON TRIGGER pgtrigger_insert_insert_59a9b ON installation IS '7d4af9f153025e366d41fffe50382bc995f3ccf3';
CREATE TRIGGER pgtrigger_insert_insert_5af83 AFTER INSERT ON attachment_settings FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_5af83();
COMMENT ON TRIGGER pgtrigger_insert_insert_5af83 ON attachment_settings IS '446f1040a805d0d3cefa069b29bd830e90269b6f';
CREATE TRIGGER pgtrigger_insert_insert_5f2fc AFTER INSERT ON spam_rule FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_5f2fc();
COMMENT ON TRIGGER pgtrigger_insert_insert_5f2fc ON spam_rule IS '644efacae23ec3a32f441e5e8ada76f7c4729cb5';
CREATE TRIGGER pgtrigger_insert_insert_65003 AFTER INSERT ON technician_group_member FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_65003();
COMMENT ON TRIGGER pgtrigger_insert_insert_65003 ON technician_group_member IS '5c5de3fe64cf29fe0f297a47692d067b2905b159';
CREATE TRIGGER pgtrigger_insert_insert_795ba AFTER INSERT ON error_folder_settings FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_795ba();
COMMENT ON TRIGGER pgtrigger_insert_insert_795ba ON error_folder_settings IS '657b59bcc4262647ca60c63d3382a1a5c950df17';
CREATE TRIGGER pgtrigger_insert_insert_7a9d5 AFTER INSERT ON asset FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_7a9d5();
COMMENT ON TRIGGER pgtrigger_insert_insert_7a9d5 ON asset IS 'bc71346cf63997d249fe2b80e5dc0333723e9e19';
CREATE TRIGGER pgtrigger_insert_insert_7bb11 AFTER INSERT ON account FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_7bb11();
COMMENT ON TRIGGER pgtrigger_insert_insert_7bb11 ON account IS '5a5ea99ae3fd225697ebd0c9ec29a75f5a24e671';
CREATE TRIGGER pgtrigger_insert_insert_878b0 AFTER INSERT ON level FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_878b0();
COMMENT ON TRIGGER pgtrigger_insert_insert_878b0 ON level IS '4eca74666a45a4286fd34fef5601a4b0dbeabc38';
CREATE TRIGGER pgtrigger_insert_insert_8ebf5 AFTER INSERT ON priority FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_8ebf5();
COMMENT ON TRIGGER pgtrigger_insert_insert_8ebf5 ON priority IS '0361576e558db7258c3af1936888d00ab862d77d';
CREATE TRIGGER pgtrigger_insert_insert_8ee33 AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_8ee33();
COMMENT ON TRIGGER pgtrigger_insert_insert_8ee33 ON item IS 'fc9c8bc02e7b63fcd8d6b8724604c17dff9e0c9b';
CREATE TRIGGER pgtrigger_insert_insert_8f34e AFTER INSERT ON category FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_8f34e();
COMMENT ON TRIGGER pgtrigger_insert_insert_8f34e ON category IS 'f31a0bef91143f3ac2d44e37fc2ae9f8910917b1';
CREATE TRIGGER pgtrigger_insert_insert_90f5a AFTER INSERT ON request_template_account FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_90f5a();
COMMENT ON TRIGGER pgtrigger_insert_insert_90f5a ON request_template_account IS 'b56f5b2c156a2a99d11374e2ae34ba8306b18b98';
CREATE TRIGGER pgtrigger_insert_insert_90fca AFTER INSERT ON urgency FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_90fca();
COMMENT ON TRIGGER pgtrigger_insert_insert_90fca ON urgency IS 'a1846581e8854faa8396b8c8091bb732406d4f7e';
CREATE TRIGGER pgtrigger_insert_insert_997e9 AFTER INSERT ON impact FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_997e9();
COMMENT ON TRIGGER pgtrigger_insert_insert_997e9 ON impact IS 'b1933d05abdd396b398e9d0aa012c87be3ab63b3';
CREATE TRIGGER pgtrigger_insert_insert_9d27e AFTER INSERT ON globalconfig FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_9d27e();
COMMENT ON TRIGGER pgtrigger_insert_insert_9d27e ON globalconfig IS '8c7d91bb97f810b5ac22c95f9adf0ec496683c1b';
CREATE TRIGGER pgtrigger_insert_insert_9e18e AFTER INSERT ON role FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_9e18e();
COMMENT ON TRIGGER pgtrigger_insert_insert_9e18e ON role IS '35ae73ec8734556b0c916891d188589389a3d426';
CREATE TRIGGER pgtrigger_insert_insert_a5c41 AFTER INSERT ON former_token FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_a5c41();
COMMENT ON TRIGGER pgtrigger_insert_insert_a5c41 ON former_token IS '8b15a1eff49d05864fa285050c575c9f6cbb0a2e';
CREATE TRIGGER pgtrigger_insert_insert_b2c2f AFTER INSERT ON instance FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_b2c2f();
COMMENT ON TRIGGER pgtrigger_insert_insert_b2c2f ON instance IS '005ee1c95334ec626fc419c1406f24ec21c4163a';
CREATE TRIGGER pgtrigger_insert_insert_c3e77 AFTER INSERT ON account_domain FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_c3e77();
COMMENT ON TRIGGER pgtrigger_insert_insert_c3e77 ON account_domain IS 'a0fdbe57e4d1feada2ec5e54948fa23f567eb33d';
CREATE TRIGGER pgtrigger_insert_insert_c77af AFTER INSERT ON request_type FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_c77af();
COMMENT ON TRIGGER pgtrigger_insert_insert_c77af ON request_type IS '2f2c504d58efb675da607ccaaef7c81f3d96d4d2';
CREATE TRIGGER pgtrigger_insert_insert_c8b32 AFTER INSERT ON mode FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_c8b32();
COMMENT ON TRIGGER pgtrigger_insert_insert_c8b32 ON mode IS '5c7cdcc76c921651d046fd405f6ce1e33544bc9a';
CREATE TRIGGER pgtrigger_insert_insert_d29ac AFTER INSERT ON outgoing_server FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_d29ac();
COMMENT ON TRIGGER pgtrigger_insert_insert_d29ac ON outgoing_server IS 'a01cb64627d8bcb20481197c0409083e15bb3d4d';
CREATE TRIGGER pgtrigger_insert_insert_d8c1f AFTER INSERT ON consent_link FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_d8c1f();
COMMENT ON TRIGGER pgtrigger_insert_insert_d8c1f ON consent_link IS '04ec4379c24b89e55eed4ce9470767639e766b27';
CREATE TRIGGER pgtrigger_insert_insert_db748 AFTER INSERT ON resource FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_db748();
COMMENT ON TRIGGER pgtrigger_insert_insert_db748 ON resource IS 'a107ae70a11c96c729e821a68038c9d3f6147dc0';
CREATE TRIGGER pgtrigger_insert_insert_e876a AFTER INSERT ON status FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_e876a();
COMMENT ON TRIGGER pgtrigger_insert_insert_e876a ON status IS '0e7f9078795087c410ea098384cfb07bc2bb5326';
CREATE TRIGGER pgtrigger_insert_insert_e911f AFTER INSERT ON retention_settings FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_e911f();
COMMENT ON TRIGGER pgtrigger_insert_insert_e911f ON retention_settings IS '6079a73a4cdf8a868669f4f85ff9339ade677357';
CREATE TRIGGER pgtrigger_insert_insert_ec0f8 AFTER INSERT ON question FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_ec0f8();
COMMENT ON TRIGGER pgtrigger_insert_insert_ec0f8 ON question IS '2ab05316fda45c8efd5f770ab02d7bda99bfffb6';
CREATE TRIGGER pgtrigger_insert_insert_f046f AFTER INSERT ON role_grant FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_f046f();
COMMENT ON TRIGGER pgtrigger_insert_insert_f046f ON role_grant IS 'c54eb0b92f78f86839535d9814fa2e11fb82dd00';
CREATE TRIGGER pgtrigger_insert_insert_f23bf AFTER INSERT ON proxy_settings FOR EACH ROW EXECUTE FUNCTION pgtrigger_insert_insert_f23bf();
COMMENT ON TRIGGER pgtrigger_insert_insert_f23bf ON proxy_settings IS '91429e585bd87a3a0ae936dd21180b78e9cd693a';
CREATE TRIGGER pgtrigger_password_update_be6ed AFTER UPDATE ON person FOR EACH ROW WHEN (((old.password)::text IS DISTINCT FROM (new.password)::text)) EXECUTE FUNCTION pgtrigger_password_update_be6ed();
COMMENT ON TRIGGER pgtrigger_password_update_be6ed ON person IS '1a6dedc443273d59eed3029d8149efc501ec46a3';
CREATE TRIGGER pgtrigger_update_update_00bd7 AFTER UPDATE ON asset FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_00bd7();
COMMENT ON TRIGGER pgtrigger_update_update_00bd7 ON asset IS 'a7b8f5c2d8baa58621f491b1b146a54e668044bf';
CREATE TRIGGER pgtrigger_update_update_047b0 AFTER UPDATE ON role_grant FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_047b0();
COMMENT ON TRIGGER pgtrigger_update_update_047b0 ON role_grant IS '9e7803e9b866f505c3a531134c42bdf3798d23db';
CREATE TRIGGER pgtrigger_update_update_0cc05 AFTER UPDATE ON question FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_0cc05();
COMMENT ON TRIGGER pgtrigger_update_update_0cc05 ON question IS 'bd3c68ddf460e0b66112a28e45eb814935768782';
CREATE TRIGGER pgtrigger_update_update_119eb AFTER UPDATE ON additional_field FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_119eb();
COMMENT ON TRIGGER pgtrigger_update_update_119eb ON additional_field IS '24caab4c47764f1195371d583498c8c75f164b30';
CREATE TRIGGER pgtrigger_update_update_199a4 AFTER UPDATE ON role FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_199a4();
COMMENT ON TRIGGER pgtrigger_update_update_199a4 ON role IS '31b2d64c93581e6873f1317d6b15fdecbf6a7d4c';
CREATE TRIGGER pgtrigger_update_update_39d4d AFTER UPDATE ON former_token FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_39d4d();
COMMENT ON TRIGGER pgtrigger_update_update_39d4d ON former_token IS '701addd017187e1afec4d83a633b4310de96f17d';
CREATE TRIGGER pgtrigger_update_update_3c75a AFTER UPDATE ON spam_rule FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_3c75a();
COMMENT ON TRIGGER pgtrigger_update_update_3c75a ON spam_rule IS 'c7b0f585c29a91ce1e40f2ebd9a973f9f052fbd1';
CREATE TRIGGER pgtrigger_update_update_3f5d8 AFTER UPDATE ON instance_alert FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_3f5d8();
COMMENT ON TRIGGER pgtrigger_update_update_3f5d8 ON instance_alert IS 'cc2393eccb40b9c8f5bd4d93132addbc0287400e';
CREATE TRIGGER pgtrigger_update_update_3f61b AFTER UPDATE ON notification_rule FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_3f61b();
COMMENT ON TRIGGER pgtrigger_update_update_3f61b ON notification_rule IS '82fc936bfd0126630892646bb214c865c30adf44';
CREATE TRIGGER pgtrigger_update_update_428f6 AFTER UPDATE ON site FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_428f6();
COMMENT ON TRIGGER pgtrigger_update_update_428f6 ON site IS '0dab1e7bc16f1d5ecdfa7fc4f841704ea16e659f';
CREATE TRIGGER pgtrigger_update_update_47254 AFTER UPDATE ON person FOR EACH ROW WHEN (((old.account_id IS DISTINCT FROM new.account_id) OR (old.deleted_at IS DISTINCT FROM new.deleted_at) OR (old.id IS DISTINCT FROM new.id) OR (old.language IS DISTINCT FROM new.language) OR (old.name IS DISTINCT FROM new.name) OR (old.sign_in_name IS DISTINCT FROM new.sign_in_name) OR (old.site_id IS DISTINCT FROM new.site_id) OR (old.technician IS DISTINCT FROM new.technician) OR (old.time_zone IS DISTINCT FROM new.time_zone))) EXECUTE FUNCTION pgtrigger_update_update_47254();
COMMENT ON TRIGGER pgtrigger_update_update_47254 ON person IS '0fc7c5302f123289914e70c840286a2a839d529e';
CREATE TRIGGER pgtrigger_update_update_5b4df AFTER UPDATE ON email_command FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_5b4df();
COMMENT ON TRIGGER pgtrigger_update_update_5b4df ON email_command IS '8878633a818e8d6e995ec8074ba43fe0c45f4d33';
CREATE TRIGGER pgtrigger_update_update_5d4a8 AFTER UPDATE ON account FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_5d4a8();
COMMENT ON TRIGGER pgtrigger_update_update_5d4a8 ON account IS '37699dded65859eb129044b4bfdfb197395cb3e2';
CREATE TRIGGER pgtrigger_update_update_61a31 AFTER UPDATE ON urgency FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_61a31();
COMMENT ON TRIGGER pgtrigger_update_update_61a31 ON urgency IS '14a7cab351038e3413062296fb031c807c7c7e4a';
CREATE TRIGGER pgtrigger_update_update_6e7cf AFTER UPDATE ON error_folder_settings FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_6e7cf();
COMMENT ON TRIGGER pgtrigger_update_update_6e7cf ON error_folder_settings IS 'ede3ce5c2f3afe54928b034a8f2f16a1fad97684';
CREATE TRIGGER pgtrigger_update_update_728a4 AFTER UPDATE ON request_type FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_728a4();
COMMENT ON TRIGGER pgtrigger_update_update_728a4 ON request_type IS '1ee1c23aa11324c0f2b06d2f49323b1760948713';
CREATE TRIGGER pgtrigger_update_update_74db5 AFTER UPDATE ON outgoing_server FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_74db5();
COMMENT ON TRIGGER pgtrigger_update_update_74db5 ON outgoing_server IS '58a5e17b741c477adefa5dba708d9282235c84e6';
CREATE TRIGGER pgtrigger_update_update_7594e AFTER UPDATE ON request_template FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_7594e();
COMMENT ON TRIGGER pgtrigger_update_update_7594e ON request_template IS 'ccbc8403e107cdfb8d938ca53e2be722cbbacd5a';
CREATE TRIGGER pgtrigger_update_update_7b853 AFTER UPDATE ON item FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_7b853();
COMMENT ON TRIGGER pgtrigger_update_update_7b853 ON item IS 'b614cc17761c1db24c03cbe7e8f96e141b000b1e';
CREATE TRIGGER pgtrigger_update_update_833ba AFTER UPDATE ON mailconfig FOR EACH ROW WHEN (((old.category IS DISTINCT FROM new.category) OR (old.parameter IS DISTINCT FROM new.parameter) OR (old.paramvalue IS DISTINCT FROM new.paramvalue))) EXECUTE FUNCTION pgtrigger_update_update_833ba();
COMMENT ON TRIGGER pgtrigger_update_update_833ba ON mailconfig IS 'abab6b141b7c2d8d812d42e4aff99237e880cd22';
CREATE TRIGGER pgtrigger_update_update_866fc AFTER UPDATE ON category FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_866fc();
COMMENT ON TRIGGER pgtrigger_update_update_866fc ON category IS 'ec11f44b2c6a8c510cc8c35bff8eff3ad8811ddb';
CREATE TRIGGER pgtrigger_update_update_911ce AFTER UPDATE ON attachment_settings FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_911ce();
COMMENT ON TRIGGER pgtrigger_update_update_911ce ON attachment_settings IS 'f3acbd9c002fbd3b9c7bfb26aad5f8f4ce41cb39';
CREATE TRIGGER pgtrigger_update_update_9490a AFTER UPDATE ON account_domain FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_9490a();
COMMENT ON TRIGGER pgtrigger_update_update_9490a ON account_domain IS '4db9562a3bf7fbe9dc5b96054ab96d472c908c83';
CREATE TRIGGER pgtrigger_update_update_96e24 AFTER UPDATE ON mode FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_96e24();
COMMENT ON TRIGGER pgtrigger_update_update_96e24 ON mode IS '53ba8f10be5d97755059598b3d873e9ee5e35035';
CREATE TRIGGER pgtrigger_update_update_99f6b AFTER UPDATE ON level FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_99f6b();
COMMENT ON TRIGGER pgtrigger_update_update_99f6b ON level IS 'f679c9df907041b6763221648058a60ce71664f5';
CREATE TRIGGER pgtrigger_update_update_9dcf3 AFTER UPDATE ON priority FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_9dcf3();
COMMENT ON TRIGGER pgtrigger_update_update_9dcf3 ON priority IS 'db4488e7ccd6250903a421bc3bf4f91f89ad2208';
CREATE TRIGGER pgtrigger_update_update_a173d AFTER UPDATE ON resource FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_a173d();
COMMENT ON TRIGGER pgtrigger_update_update_a173d ON resource IS '2e0aa5eee1725ff5a918da503cc438d39c9daef4';
CREATE TRIGGER pgtrigger_update_update_a712c AFTER UPDATE ON impact FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_a712c();
COMMENT ON TRIGGER pgtrigger_update_update_a712c ON impact IS '961beba2ce03d27ea579fb0711ee1520976e9984';
CREATE TRIGGER pgtrigger_update_update_aa861 AFTER UPDATE ON mailbox FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_aa861();
COMMENT ON TRIGGER pgtrigger_update_update_aa861 ON mailbox IS '2e33b96fd94631bb53e4d840ce7c8bb99d307287';
CREATE TRIGGER pgtrigger_update_update_b0ec2 AFTER UPDATE ON status FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_b0ec2();
COMMENT ON TRIGGER pgtrigger_update_update_b0ec2 ON status IS '018d08612cd0579a618290dd00a1473d5a7d48b0';
CREATE TRIGGER pgtrigger_update_update_bca83 AFTER UPDATE ON consent_link FOR EACH ROW WHEN (((old."end" IS DISTINCT FROM new."end") OR (old.ended_at IS DISTINCT FROM new.ended_at) OR (old.ends_at IS DISTINCT FROM new.ends_at) OR (old.given_by IS DISTINCT FROM new.given_by) OR (old.id IS DISTINCT FROM new.id) OR (old.made_at IS DISTINCT FROM new.made_at) OR (old.name IS DISTINCT FROM new.name) OR (old.person_id IS DISTINCT FROM new.person_id))) EXECUTE FUNCTION pgtrigger_update_update_bca83();
COMMENT ON TRIGGER pgtrigger_update_update_bca83 ON consent_link IS 'd34b985084b0dc017fbc66e1fdf148a181fa006f';
CREATE TRIGGER pgtrigger_update_update_ca800 AFTER UPDATE ON delimiter FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_ca800();
COMMENT ON TRIGGER pgtrigger_update_update_ca800 ON delimiter IS '1ce4c9c8e13672dff0dfa64b013d269e3f26a963';
CREATE TRIGGER pgtrigger_update_update_cf748 AFTER UPDATE ON globalconfig FOR EACH ROW WHEN (((old.category IS DISTINCT FROM new.category) OR (old.parameter IS DISTINCT FROM new.parameter) OR (old.paramvalue IS DISTINCT FROM new.paramvalue))) EXECUTE FUNCTION pgtrigger_update_update_cf748();
COMMENT ON TRIGGER pgtrigger_update_update_cf748 ON globalconfig IS '82715c0e7fa0ebf0dc1436c71d00b80a3b6fb855';
CREATE TRIGGER pgtrigger_update_update_d10ef AFTER UPDATE ON subcategory FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_d10ef();
COMMENT ON TRIGGER pgtrigger_update_update_d10ef ON subcategory IS '1e732a17c0233cf6e286b64f891beaee41ffb6ca';
CREATE TRIGGER pgtrigger_update_update_d199d AFTER UPDATE ON retention_settings FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_d199d();
COMMENT ON TRIGGER pgtrigger_update_update_d199d ON retention_settings IS '9838cb27d727aeecd5950c8aac28d22d7234662e';
CREATE TRIGGER pgtrigger_update_update_d69f9 AFTER UPDATE ON proxy_settings FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_d69f9();
COMMENT ON TRIGGER pgtrigger_update_update_d69f9 ON proxy_settings IS 'd7673274ca61ccc5b0039a41b4f59a036fa0cc99';
CREATE TRIGGER pgtrigger_update_update_de2d8 AFTER UPDATE ON installation FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_de2d8();
COMMENT ON TRIGGER pgtrigger_update_update_de2d8 ON installation IS '09879528d2ee49e515dd5eb03d99b7ab38bbad4e';
CREATE TRIGGER pgtrigger_update_update_ef52a AFTER UPDATE ON instance FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_ef52a();
COMMENT ON TRIGGER pgtrigger_update_update_ef52a ON instance IS '2dff85933664528f57cec24d922214db70186f2c';
CREATE TRIGGER pgtrigger_update_update_f94df AFTER UPDATE ON technician_group_member FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_f94df();
COMMENT ON TRIGGER pgtrigger_update_update_f94df ON technician_group_member IS 'ff85a7a317d8474dea2a5a788f2df8245f31eaff';
CREATE TRIGGER pgtrigger_update_update_fd59f AFTER UPDATE ON notification_rule_technician FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_fd59f();
COMMENT ON TRIGGER pgtrigger_update_update_fd59f ON notification_rule_technician IS '832317fbfa06c5a868661a18a83e79e87c0b7b54';
CREATE TRIGGER pgtrigger_update_update_fe80a AFTER UPDATE ON technician_group FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_fe80a();
COMMENT ON TRIGGER pgtrigger_update_update_fe80a ON technician_group IS '76f45d99896443741080582d86fea82b244a05c1';
CREATE TRIGGER pgtrigger_update_update_feb0a AFTER UPDATE ON request_template_account FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION pgtrigger_update_update_feb0a();
COMMENT ON TRIGGER pgtrigger_update_update_feb0a ON request_template_account IS '63bb492bf258d4a19859fd79cf3c3b1ab97b75a6';
CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::procrastinate_job_status))) EXECUTE FUNCTION procrastinate_notify_queue_abort_job_v1();
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate_job_status)) EXECUTE FUNCTION procrastinate_notify_queue_job_inserted_v1();
CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION procrastinate_trigger_abort_requested_events_procedure_v1();
CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION procrastinate_unlink_periodic_defers_v1();
CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::procrastinate_job_status))) EXECUTE FUNCTION procrastinate_trigger_function_scheduled_events_v1();
CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate_job_status)) EXECUTE FUNCTION procrastinate_trigger_function_status_events_insert_v1();
CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION procrastinate_trigger_function_status_events_update_v1();
CREATE CONSTRAINT TRIGGER record_belongs_to_request AFTER INSERT OR UPDATE OF belongs_to_id ON record DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN ((new.belongs_to_id IS NOT NULL)) EXECUTE FUNCTION record_belongs_to_request();
CREATE TRIGGER record_no_circle BEFORE INSERT OR UPDATE OF merged_into_id ON record FOR EACH ROW WHEN ((new.merged_into_id IS NOT NULL)) EXECUTE FUNCTION record_no_circle();
ALTER TABLE ONLY account_domain
    ADD CONSTRAINT account_domain_account_id_aeb7a8cf_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY additional_value
    ADD CONSTRAINT additional_value_field_id_7bb7f62d_fk_additional_field_id FOREIGN KEY (field_id) REFERENCES additional_field(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY additional_value
    ADD CONSTRAINT additional_value_record_of_its_own FOREIGN KEY (record_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY answer
    ADD CONSTRAINT answer_question_id_523c1648_fk_question_id FOREIGN KEY (question_id) REFERENCES question(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY answer
    ADD CONSTRAINT answer_record_of_its_own FOREIGN KEY (record_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY asset
    ADD CONSTRAINT asset_account_id_bb31e0da_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY asset
    ADD CONSTRAINT asset_site_of_its_own FOREIGN KEY (site_id, account_id) REFERENCES site(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY attachment
    ADD CONSTRAINT attachment_conversation_and_account FOREIGN KEY (conversation_id, account_id) REFERENCES conversation(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY attachment
    ADD CONSTRAINT attachment_history_entry_of_its_own FOREIGN KEY (history_entry_id, account_id) REFERENCES history_entry(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY attachment
    ADD CONSTRAINT attachment_mail_and_account FOREIGN KEY (mail_of_conversation, account_id) REFERENCES conversation(mail_id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY bell_notice
    ADD CONSTRAINT bell_notice_person_id_30898c2e_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY consent_link
    ADD CONSTRAINT consent_link_mailbox FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) ON DELETE CASCADE;
ALTER TABLE ONLY consent_link
    ADD CONSTRAINT consent_link_person_id_e2bd220c_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY consent_link
    ADD CONSTRAINT consent_link_server FOREIGN KEY (server_id) REFERENCES outgoing_server(id) ON DELETE CASCADE;
ALTER TABLE ONLY conversation
    ADD CONSTRAINT conversation_author_id_80af4610_fk_person_id FOREIGN KEY (author_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY conversation
    ADD CONSTRAINT conversation_came_from_and_account FOREIGN KEY (came_from_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY conversation
    ADD CONSTRAINT conversation_mail FOREIGN KEY (mail_id) REFERENCES inbound_message(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY conversation
    ADD CONSTRAINT conversation_record_and_account FOREIGN KEY (record_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY conversation
    ADD CONSTRAINT conversation_relayed_to_account FOREIGN KEY (relayed_to_id, account_id) REFERENCES person(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY dead_address
    ADD CONSTRAINT dead_address_account_id_b25cafab_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY dropped_file
    ADD CONSTRAINT dropped_file_mail_id_ab59928b_fk_inbound_message_id FOREIGN KEY (mail_id) REFERENCES inbound_message(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY dropped_file
    ADD CONSTRAINT dropped_file_taken_in_by_id_e9c5b1b5_fk_person_id FOREIGN KEY (taken_in_by_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY error_mail
    ADD CONSTRAINT error_mail_mail_id_f7d8f5df_fk_inbound_message_id FOREIGN KEY (mail_id) REFERENCES inbound_message(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY error_mail
    ADD CONSTRAINT error_mail_mailbox_id_6d439d5c_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY error_mail
    ADD CONSTRAINT error_mail_request_id_bfc94d2d_fk_record_id FOREIGN KEY (request_id) REFERENCES record(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY graph_subscription
    ADD CONSTRAINT graph_subscription_mailbox_id_4b85247d_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY history_entry
    ADD CONSTRAINT history_entry_person_id_930e4a1c_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY history_entry
    ADD CONSTRAINT history_entry_record_and_account FOREIGN KEY (record_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY inbound_message
    ADD CONSTRAINT inbound_message_mailbox_id_6fd7a65e_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY inbound_present
    ADD CONSTRAINT inbound_present_mailbox_id_4890df65_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY inbound_unacknowledged
    ADD CONSTRAINT inbound_unacknowledged_mail_id_ec66cc5a_fk_inbound_message_id FOREIGN KEY (mail_id) REFERENCES inbound_message(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY inbound_unacknowledged
    ADD CONSTRAINT inbound_unacknowledged_mailbox_id_0f810cb4_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY inbound_undecided
    ADD CONSTRAINT inbound_undecided_mail_id_b3579d13_fk_inbound_message_id FOREIGN KEY (mail_id) REFERENCES inbound_message(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY inbound_undecided
    ADD CONSTRAINT inbound_undecided_mailbox_id_b643e5fb_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY instance_alert
    ADD CONSTRAINT instance_alert_instance_id_abba42e0_fk_instance_id FOREIGN KEY (instance_id) REFERENCES instance(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY instance_alert
    ADD CONSTRAINT instance_alert_person_id_9e68695f_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY item
    ADD CONSTRAINT item_subcategory_id_507b593a_fk_subcategory_id FOREIGN KEY (subcategory_id) REFERENCES subcategory(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mail_act
    ADD CONSTRAINT mail_act_came_from_id_5ced4c2d_fk_record_id FOREIGN KEY (came_from_id) REFERENCES record(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mail_act
    ADD CONSTRAINT mail_act_mail_id_378a7ace_fk_inbound_message_id FOREIGN KEY (mail_id) REFERENCES inbound_message(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mail_act
    ADD CONSTRAINT mail_act_person_id_0be3cce4_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mail_act
    ADD CONSTRAINT mail_act_went_to_id_d0ba6d53_fk_record_id FOREIGN KEY (went_to_id) REFERENCES record(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mail_outcome
    ADD CONSTRAINT mail_outcome_account_id_674e3a3c_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mail_outcome
    ADD CONSTRAINT mail_outcome_conversation_and_account FOREIGN KEY (conversation_id, account_id) REFERENCES conversation(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mail_outcome
    ADD CONSTRAINT mail_outcome_duplicate_of_id_ad741f7b_fk_inbound_message_id FOREIGN KEY (duplicate_of_id) REFERENCES inbound_message(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mail_outcome
    ADD CONSTRAINT mail_outcome_instance_id_c4cbfdcc_fk_instance_id FOREIGN KEY (instance_id) REFERENCES instance(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mail_outcome
    ADD CONSTRAINT mail_outcome_mail_id_7a587598_fk_inbound_message_id FOREIGN KEY (mail_id) REFERENCES inbound_message(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mail_outcome
    ADD CONSTRAINT mail_outcome_record_and_account FOREIGN KEY (record_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox
    ADD CONSTRAINT mailbox_account_id_825addea_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox_consent
    ADD CONSTRAINT mailbox_consent_given_to_id_4ddc1c82_fk_person_id FOREIGN KEY (given_to_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox_consent
    ADD CONSTRAINT mailbox_consent_mailbox_id_d986371a_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox
    ADD CONSTRAINT mailbox_default_category_id_5e9442e0_fk_category_id FOREIGN KEY (default_category_id) REFERENCES category(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox
    ADD CONSTRAINT mailbox_default_group_id_d502df3b_fk_technician_group_id FOREIGN KEY (default_group_id) REFERENCES technician_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox
    ADD CONSTRAINT mailbox_default_priority_id_3f656191_fk_priority_id FOREIGN KEY (default_priority_id) REFERENCES priority(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox
    ADD CONSTRAINT mailbox_default_site_id_40962e7b_fk_site_id FOREIGN KEY (default_site_id) REFERENCES site(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox
    ADD CONSTRAINT mailbox_default_template_id_113ba3e5_fk_request_template_id FOREIGN KEY (default_template_id) REFERENCES request_template(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox
    ADD CONSTRAINT mailbox_instance_id_3c974bb9_fk_instance_id FOREIGN KEY (instance_id) REFERENCES instance(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox_minute
    ADD CONSTRAINT mailbox_minute_mailbox_id_64f765d1_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox_push
    ADD CONSTRAINT mailbox_push_mailbox_id_13923320_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY mailbox_state
    ADD CONSTRAINT mailbox_state_mailbox_id_06d3f235_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY notification_rule_technician
    ADD CONSTRAINT notification_rule_te_rule_id_a2d43334_fk_notificat FOREIGN KEY (rule_id) REFERENCES notification_rule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY notification_rule_technician
    ADD CONSTRAINT notification_rule_technician_person_id_359448e1_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outbox_act
    ADD CONSTRAINT outbox_act_mail_id_f600125c_fk_outbox_mail_id FOREIGN KEY (mail_id) REFERENCES outbox_mail(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outbox_attempt
    ADD CONSTRAINT outbox_attempt_mail_id_c6df61b9_fk_outbox_mail_id FOREIGN KEY (mail_id) REFERENCES outbox_mail(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outbox_file
    ADD CONSTRAINT outbox_file_attachment_id_300ef929_fk_attachment_id FOREIGN KEY (attachment_id) REFERENCES attachment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outbox_file
    ADD CONSTRAINT outbox_file_mail_id_cf33afab_fk_outbox_mail_id FOREIGN KEY (mail_id) REFERENCES outbox_mail(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outbox_mail
    ADD CONSTRAINT outbox_mail_account_id_cb80d80b_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outbox_mail
    ADD CONSTRAINT outbox_mail_author_id_785a0e0a_fk_person_id FOREIGN KEY (author_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outbox_mail
    ADD CONSTRAINT outbox_mail_conversation_and_account FOREIGN KEY (conversation_id, account_id) REFERENCES conversation(id, account_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outbox_mail
    ADD CONSTRAINT outbox_mail_overflow_by_id_1d90179a_fk_outgoing_server_id FOREIGN KEY (overflow_by_id) REFERENCES outgoing_server(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outbox_mail
    ADD CONSTRAINT outbox_mail_record_and_account FOREIGN KEY (record_id, account_id) REFERENCES record(id, account_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outbox_mail
    ADD CONSTRAINT outbox_mail_server_id_7faf1b47_fk_outgoing_server_id FOREIGN KEY (server_id) REFERENCES outgoing_server(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outgoing_server
    ADD CONSTRAINT outgoing_server_account_id_219a430c_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outgoing_server
    ADD CONSTRAINT outgoing_server_instance_id_4f390c2e_fk_instance_id FOREIGN KEY (instance_id) REFERENCES instance(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outgoing_server
    ADD CONSTRAINT outgoing_server_overflow_to_id_e0d46601_fk_outgoing_server_id FOREIGN KEY (overflow_to_id) REFERENCES outgoing_server(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY outgoing_server_state
    ADD CONSTRAINT outgoing_server_state_server_id_1b17970f_fk_outgoing_server_id FOREIGN KEY (server_id) REFERENCES outgoing_server(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY person
    ADD CONSTRAINT person_account_id_e366d23a_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY person_address
    ADD CONSTRAINT person_address_account_id_426a6cc7_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY person_address
    ADD CONSTRAINT person_address_person_and_account FOREIGN KEY (person_id, account_id) REFERENCES person(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY person_address
    ADD CONSTRAINT person_address_person_id_8a6c3779_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY person
    ADD CONSTRAINT person_site_id_1effcd74_fk_site_id FOREIGN KEY (site_id) REFERENCES site(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES procrastinate_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES procrastinate_workers(id) ON DELETE SET NULL;
ALTER TABLE ONLY procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES procrastinate_jobs(id);
ALTER TABLE ONLY provider_sign_in
    ADD CONSTRAINT provider_sign_in_link_id_e3d10147_fk_consent_link_id FOREIGN KEY (link_id) REFERENCES consent_link(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY provider_sign_in
    ADD CONSTRAINT provider_sign_in_mailbox FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) ON DELETE CASCADE;
ALTER TABLE ONLY provider_sign_in
    ADD CONSTRAINT provider_sign_in_person_id_e4996e85_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY provider_sign_in
    ADD CONSTRAINT provider_sign_in_server FOREIGN KEY (server_id) REFERENCES outgoing_server(id) ON DELETE CASCADE;
ALTER TABLE ONLY question
    ADD CONSTRAINT question_resource_id_e8fd0773_fk_resource_id FOREIGN KEY (resource_id) REFERENCES resource(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY raw_chunk
    ADD CONSTRAINT raw_chunk_mail FOREIGN KEY (mail_id) REFERENCES inbound_message(id) ON DELETE CASCADE;
ALTER TABLE ONLY record
    ADD CONSTRAINT record_account_id_0863ed43_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record
    ADD CONSTRAINT record_belongs_to_and_account FOREIGN KEY (belongs_to_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record
    ADD CONSTRAINT record_group_id_31588a94_fk_technician_group_id FOREIGN KEY (group_id) REFERENCES technician_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record
    ADD CONSTRAINT record_instance_id_6ea40b1a_fk_instance_id FOREIGN KEY (instance_id) REFERENCES instance(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record
    ADD CONSTRAINT record_linked_to_id_051c016f_fk_record_id FOREIGN KEY (linked_to_id) REFERENCES record(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record_merge
    ADD CONSTRAINT record_merge_person_id_2d0add1d_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record_merge
    ADD CONSTRAINT record_merge_record_and_account FOREIGN KEY (record_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record_merge
    ADD CONSTRAINT record_merge_status_before_id_42f9cb6c_fk_status_id FOREIGN KEY (status_before_id) REFERENCES status(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record
    ADD CONSTRAINT record_person_and_account FOREIGN KEY (requester_id, account_id) REFERENCES person(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record
    ADD CONSTRAINT record_priority_id_e3eecd0c_fk_priority_id FOREIGN KEY (priority_id) REFERENCES priority(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record
    ADD CONSTRAINT record_record_and_account FOREIGN KEY (merged_into_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record_seen
    ADD CONSTRAINT record_seen_person_id_abafabdc_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record_seen
    ADD CONSTRAINT record_seen_record_id_a1344a37_fk_record_id FOREIGN KEY (record_id) REFERENCES record(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record
    ADD CONSTRAINT record_status_id_4d9aed37_fk_status_id FOREIGN KEY (status_id) REFERENCES status(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY record
    ADD CONSTRAINT record_technician_id_b3dfed5d_fk_person_id FOREIGN KEY (technician_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_asset
    ADD CONSTRAINT request_asset_asset_of_its_own FOREIGN KEY (asset_id, account_id) REFERENCES asset(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_asset
    ADD CONSTRAINT request_asset_record_of_its_own FOREIGN KEY (record_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_category_id_959ae35f_fk_category_id FOREIGN KEY (category_id) REFERENCES category(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_impact_id_e79e5a98_fk_impact_id FOREIGN KEY (impact_id) REFERENCES impact(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_item_id_ae159717_fk_item_id FOREIGN KEY (item_id) REFERENCES item(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_item_of_its_own FOREIGN KEY (item_id, subcategory_id) REFERENCES item(id, subcategory_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_level_id_d1cd0d66_fk_level_id FOREIGN KEY (level_id) REFERENCES level(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_mode_id_e68d249d_fk_mode_id FOREIGN KEY (mode_id) REFERENCES mode(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_record_of_its_own FOREIGN KEY (record_id, account_id) REFERENCES record(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_request_type_id_3fc69471_fk_request_type_id FOREIGN KEY (request_type_id) REFERENCES request_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_site_of_its_own FOREIGN KEY (site_id, account_id) REFERENCES site(id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_subcategory_id_7f75c5ce_fk_subcategory_id FOREIGN KEY (subcategory_id) REFERENCES subcategory(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_subcategory_of_its_own FOREIGN KEY (subcategory_id, category_id) REFERENCES subcategory(id, category_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_template_id_0c66eb4a_fk_request_template_id FOREIGN KEY (template_id) REFERENCES request_template(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_details
    ADD CONSTRAINT request_details_urgency_id_61142e33_fk_urgency_id FOREIGN KEY (urgency_id) REFERENCES urgency(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_template_account
    ADD CONSTRAINT request_template_acc_template_id_4c80f3a1_fk_request_t FOREIGN KEY (template_id) REFERENCES request_template(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY request_template_account
    ADD CONSTRAINT request_template_account_account_id_28840966_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY resource
    ADD CONSTRAINT resource_template_id_f5089126_fk_request_template_id FOREIGN KEY (template_id) REFERENCES request_template(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY role_grant
    ADD CONSTRAINT role_grant_account_id_70b875ce_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY role_grant
    ADD CONSTRAINT role_grant_person_id_e6efcfc2_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY role_grant
    ADD CONSTRAINT role_grant_role_id_ba13d46a_fk_role_id FOREIGN KEY (role_id) REFERENCES role(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY role_grant
    ADD CONSTRAINT role_grant_site_id_934cb81e_fk_site_id FOREIGN KEY (site_id) REFERENCES site(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sender_pool_state
    ADD CONSTRAINT sender_pool_state_server_id_8087356a_fk_outgoing_server_id FOREIGN KEY (server_id) REFERENCES outgoing_server(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sent_copy
    ADD CONSTRAINT sent_copy_mail_id_08c726b7_fk_outbox_mail_id FOREIGN KEY (mail_id) REFERENCES outbox_mail(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sent_form
    ADD CONSTRAINT sent_form_person_id_7bb7c07a_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY server_consent
    ADD CONSTRAINT server_consent_given_to_id_b016be86_fk_person_id FOREIGN KEY (given_to_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY server_consent
    ADD CONSTRAINT server_consent_server_id_4f4cc06a_fk_outgoing_server_id FOREIGN KEY (server_id) REFERENCES outgoing_server(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY server_minute
    ADD CONSTRAINT server_minute_server_id_bbbb6d0c_fk_outgoing_server_id FOREIGN KEY (server_id) REFERENCES outgoing_server(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY setup_assistant
    ADD CONSTRAINT setup_assistant_mailbox_id_f323795e_fk_mailbox_id FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY setup_assistant
    ADD CONSTRAINT setup_assistant_person_id_d39efb53_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY site
    ADD CONSTRAINT site_account_id_2a544f3c_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY spam_rule
    ADD CONSTRAINT spam_rule_instance_id_2cd2e748_fk_instance_id FOREIGN KEY (instance_id) REFERENCES instance(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subcategory
    ADD CONSTRAINT subcategory_category_id_4b55556d_fk_category_id FOREIGN KEY (category_id) REFERENCES category(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY technician_group
    ADD CONSTRAINT technician_group_account_id_f4b4dbae_fk_account_id FOREIGN KEY (account_id) REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY technician_group_member
    ADD CONSTRAINT technician_group_mem_group_id_7094395c_fk_technicia FOREIGN KEY (group_id) REFERENCES technician_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY technician_group_member
    ADD CONSTRAINT technician_group_member_person_id_b884e31f_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wire_log
    ADD CONSTRAINT wire_log_mailbox FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) ON DELETE CASCADE;
ALTER TABLE ONLY wire_log_reading
    ADD CONSTRAINT wire_log_reading_mailbox_there FOREIGN KEY (mailbox_id) REFERENCES mailbox(id) ON DELETE SET NULL;
ALTER TABLE ONLY wire_log_reading
    ADD CONSTRAINT wire_log_reading_person_id_724b57b5_fk_person_id FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wire_log_reading
    ADD CONSTRAINT wire_log_reading_server_there FOREIGN KEY (server_id) REFERENCES outgoing_server(id) ON DELETE SET NULL;
ALTER TABLE ONLY wire_log
    ADD CONSTRAINT wire_log_server FOREIGN KEY (server_id) REFERENCES outgoing_server(id) ON DELETE CASCADE;
