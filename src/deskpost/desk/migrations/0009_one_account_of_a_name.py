"""Letter case does not tell two accounts apart. Where it did, the later ones get a number, and the log says so."""

import logging
from typing import Any

from django.db import migrations, models
from django.db.models.functions import Lower

log = logging.getLogger("deskpost.upgrade")


def number_doubles(apps: Any, schema_editor: Any) -> None:
    """Let the first keep its name (one that is not removed before one that is), and number the others."""
    accounts = apps.get_model("desk", "Account").objects
    rows = list(
        accounts.annotate(folded=Lower("name")).order_by(models.F("deleted_at").asc(nulls_first=True), "pk")
    )
    taken = {row.folded for row in rows}
    kept: dict[str, str] = {}
    for row in rows:
        if row.folded not in kept:
            kept[row.folded] = row.name
            continue
        number = 2
        while f"{row.folded} ({number})" in taken:
            number += 1
        name = f"{row.name} ({number})"
        taken.add(f"{row.folded} ({number})")
        log.warning(
            "The accounts %s and %s had one name but for letter case. The second is called %s now. "
            "To do: rename it on its page, and write the new name in your settings file.",
            kept[row.folded],
            row.name,
            name,
        )
        accounts.filter(pk=row.pk).update(name=name)


class Migration(migrations.Migration):
    dependencies = [("desk", "0008_history_of_people")]

    operations = [
        migrations.RunPython(number_doubles, migrations.RunPython.noop),
        migrations.AlterField(model_name="account", name="name", field=models.TextField()),
        migrations.AddConstraint(
            model_name="account", constraint=models.UniqueConstraint(Lower("name"), name="account_name_once")
        ),
    ]
