"""A site that requests or assets have is not removed from under them, which the database held to already."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0017_modules'),
    ]

    operations = [
        migrations.AlterField(
            model_name='asset',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='desk.site'),
        ),
        migrations.AlterField(
            model_name='requestdetails',
            name='site',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='desk.site'),
        ),
    ]
