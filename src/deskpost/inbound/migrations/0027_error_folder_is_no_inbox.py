"""An error folder is another folder than the one that is fetched from, in whatever case it is written."""

from django.db import migrations, models
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

_FOLDED = "lower(btrim({}, ' /'))"


def _folded(column: str) -> Lower:
    return Lower(
        models.Func(
            models.F(column), models.Value(" /"), function="btrim", output_field=models.TextField()
        )
    )


class Migration(migrations.Migration):
    """Names lose slashes at their ends; a folder in which error mails came in again is switched off."""

    dependencies = [("inbound", "0026_mails_a_minute")]

    operations = [
        migrations.RunSQL(
            "UPDATE mailbox SET error_folder_name = btrim(error_folder_name, ' /') "
            "WHERE error_folder_name <> btrim(error_folder_name, ' /')"
            " AND (NOT error_folder OR btrim(error_folder_name, ' /') NOT IN ('', source_folder))",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "UPDATE mailbox SET error_folder = false WHERE error_folder AND "
            f"{_FOLDED.format('error_folder_name')} IN ('', 'inbox', {_FOLDED.format('source_folder')})",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="mailbox", name="mailbox_error_folder_is_another"),
        migrations.AddConstraint(
            model_name="mailbox",
            constraint=models.CheckConstraint(
                condition=models.Q(error_folder=False)
                | (
                    ~models.Q(error_folder_name="")
                    & ~models.Q(Exact(_folded("error_folder_name"), _folded("source_folder")))
                    & ~models.Q(Exact(_folded("error_folder_name"), models.Value("inbox")))
                ),
                name="mailbox_error_folder_is_another",
            ),
        ),
    ]
