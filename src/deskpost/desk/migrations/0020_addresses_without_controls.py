"""No address that somebody writes from holds signs that control and are not seen.

One that does, which earlier mails could bring, shows a mark and its row's number in their place: without them it could
be the address of somebody else.
"""

from django.db import migrations, models

MARK_THEM = """
UPDATE person_address SET
    address = regexp_replace(address, '[\\u0001-\\u001f\\u007f-\\u009f\\u2028\\u2029]', chr(65533) || id, 'g'),
    key = regexp_replace(key, '[\\u0001-\\u001f\\u007f-\\u009f\\u2028\\u2029]', chr(65533) || id, 'g')
WHERE address ~ '[\\u0001-\\u001f\\u007f-\\u009f\\u2028\\u2029]'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0019_emails_to_notify'),
    ]

    operations = [
        migrations.RunSQL(MARK_THEM, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='personaddress',
            constraint=models.CheckConstraint(condition=models.Q(('address__regex', '[\\u0001-\\u001f\\u007f-\\u009f\\u2028\\u2029]'), _negated=True), name='person_address_without_controls'),
        ),
    ]
