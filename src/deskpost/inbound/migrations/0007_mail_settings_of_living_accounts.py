"""A removed account has no mailbox and no outgoing server: those of its own are removed before."""

from django.db import migrations

LIVING = """
    CREATE TRIGGER account_removed_has_no_mailbox AFTER UPDATE OF deleted_at ON account FOR EACH ROW
        WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION removed_account_keeps_none('mailbox', 'removed_at IS NULL');
    CREATE TRIGGER account_removed_has_no_server AFTER UPDATE OF deleted_at ON account FOR EACH ROW
        WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION removed_account_keeps_none('outgoing_server', 'true');
    CREATE TRIGGER mailbox_of_a_living_account AFTER INSERT OR UPDATE OF account_id, removed_at ON mailbox
        FOR EACH ROW WHEN (NEW.account_id IS NOT NULL AND NEW.removed_at IS NULL)
        EXECUTE FUNCTION of_a_living_account();
    CREATE TRIGGER outgoing_server_of_a_living_account AFTER INSERT OR UPDATE OF account_id ON outgoing_server
        FOR EACH ROW WHEN (NEW.account_id IS NOT NULL) EXECUTE FUNCTION of_a_living_account()
"""
NOT_LIVING = """
    DROP TRIGGER account_removed_has_no_mailbox ON account;
    DROP TRIGGER account_removed_has_no_server ON account;
    DROP TRIGGER mailbox_of_a_living_account ON mailbox;
    DROP TRIGGER outgoing_server_of_a_living_account ON outgoing_server
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inbound", "0006_connectivity"),
        ("outbound", "0001_initial"),
        ("desk", "0007_removed_accounts"),
    ]

    operations = [migrations.RunSQL(LIVING, NOT_LIVING)]
