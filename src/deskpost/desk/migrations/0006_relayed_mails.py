"""A technician's mail to the desk knows the requester who is to have it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0005_outbox_ages'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='relayed_to',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='desk.person'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(('relayed_to', None), ('direction', 'in'), _connector='OR'), name='conversation_relayed_is_in'),
        ),
        migrations.RunSQL(
            'ALTER TABLE conversation ADD CONSTRAINT conversation_relayed_to_account FOREIGN KEY (relayed_to_id, account_id) '
            'REFERENCES person (id, account_id) DEFERRABLE INITIALLY DEFERRED',
            'ALTER TABLE conversation DROP CONSTRAINT conversation_relayed_to_account',
        ),
    ]
