"""A removed account is not the default, and has no domain and nobody who signs in, whoever writes to the tables."""

from django.db import migrations, models

# Who gives an account something waits for whoever removes it at that moment, and the other way round: the row of the
# account is locked by both, and each sees what the other committed.
LIVING = """
    CREATE FUNCTION of_a_living_account() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM FROM account WHERE id = NEW.account_id AND deleted_at IS NULL FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'account % is removed', NEW.account_id
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION removed_account_keeps_none() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE kept bigint;
    BEGIN
        EXECUTE format('SELECT id FROM %I WHERE account_id = $1 AND %s LIMIT 1', TG_ARGV[0], TG_ARGV[1])
            INTO kept USING NEW.id;
        IF kept IS NOT NULL THEN
            RAISE EXCEPTION 'account % still has % %', NEW.id, TG_ARGV[0], kept
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION first_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM account WHERE id < NEW.id) THEN
            RAISE EXCEPTION 'account % is the provider''s own', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER account_first_stays AFTER UPDATE OF deleted_at ON account FOR EACH ROW
        WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION first_account_stays();
    CREATE TRIGGER account_removed_has_no_domain AFTER UPDATE OF deleted_at ON account FOR EACH ROW
        WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION removed_account_keeps_none('account_domain', 'true');
    CREATE TRIGGER account_removed_lets_nobody_in AFTER UPDATE OF deleted_at ON account FOR EACH ROW
        WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION
        removed_account_keeps_none('person', 'sign_in_name IS NOT NULL AND deleted_at IS NULL');
    CREATE TRIGGER account_domain_of_a_living_account AFTER INSERT OR UPDATE OF account_id ON account_domain
        FOR EACH ROW EXECUTE FUNCTION of_a_living_account();
    CREATE TRIGGER person_of_a_living_account AFTER INSERT OR UPDATE OF account_id, sign_in_name, deleted_at ON person
        FOR EACH ROW WHEN (NEW.sign_in_name IS NOT NULL AND NEW.deleted_at IS NULL)
        EXECUTE FUNCTION of_a_living_account()
"""
NOT_LIVING = """
    DROP TRIGGER account_first_stays ON account;
    DROP TRIGGER account_removed_has_no_domain ON account;
    DROP TRIGGER account_removed_lets_nobody_in ON account;
    DROP TRIGGER account_domain_of_a_living_account ON account_domain;
    DROP TRIGGER person_of_a_living_account ON person;
    DROP FUNCTION of_a_living_account();
    DROP FUNCTION removed_account_keeps_none();
    DROP FUNCTION first_account_stays()
"""


class Migration(migrations.Migration):
    dependencies = [("desk", "0006_relayed_mails")]

    operations = [
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(default=False) | models.Q(deleted_at=None), name="account_default_not_removed"
            ),
        ),
        migrations.RunSQL(LIVING, NOT_LIVING),
    ]
