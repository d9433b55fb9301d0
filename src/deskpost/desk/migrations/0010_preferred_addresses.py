"""Where several accounts know an address, one of its people may be the one to whom its mail belongs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0009_one_account_of_a_name")]

    operations = [
        migrations.AddField(
            model_name="personaddress",
            name="preferred",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="personaddresssettingsevent",
            name="preferred",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="personaddress",
            constraint=models.UniqueConstraint(
                condition=models.Q(preferred=True), fields=("key",), name="person_address_one_preferred"
            ),
        ),
    ]
