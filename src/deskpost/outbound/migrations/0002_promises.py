"""An outgoing mail's account is its record's, and its conversation's."""

from django.db import migrations


def composite(target):
    """Tie an outgoing mail to a row together with that row's account."""
    name = f"outbox_mail_{target}_and_account"
    return migrations.RunSQL(
        f"ALTER TABLE outbox_mail ADD CONSTRAINT {name} FOREIGN KEY ({target}_id, account_id) "
        f"REFERENCES {target} (id, account_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE outbox_mail DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("outbound", "0001_initial"), ("desk", "0002_promises")]

    operations = [
        composite("record"),
        composite("conversation"),
        migrations.RunSQL(
            "INSERT INTO generation DEFAULT VALUES", migrations.RunSQL.noop
        ),
    ]
