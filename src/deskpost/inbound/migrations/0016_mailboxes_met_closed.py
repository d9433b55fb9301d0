"""A mailbox whose token is taken and which is not opened: since when, and by how many tries in a row."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbound', '0015_pace_of_first_fetches'),
    ]

    operations = [
        migrations.AddField(
            model_name='mailboxstate',
            name='closed_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='mailboxstate',
            name='closed_tries',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name='mailboxstate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_since', None), ('closed_tries', 0)), models.Q(('closed_since__isnull', False), ('closed_tries__gt', 0)), _connector='OR'), name='mailbox_state_closed_since_its_first_try'),
        ),
    ]
