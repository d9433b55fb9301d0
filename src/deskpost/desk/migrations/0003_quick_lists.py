"""Lists, counts and searches stay quick with many requests: indexes hold what lists show, statistics tell common words."""

from django.db import migrations, models
from django.db.models import Q

LISTED = Q(("deleted_at", None), ("module", "RE"))
OPEN = Q(("deleted_at", None), ("module", "RE"), ("closed_at", None))
NEWEST_FIRST = ("-last_mail_at", "-id")
LISTS = (  # name, what each begins with, which rows it holds
    ("record_newest", (), LISTED),
    ("record_newest_of_account", ("account",), LISTED),
    ("record_newest_of_status", ("status",), LISTED),
    ("record_newest_open", (), OPEN),
    ("record_open_of_technician", ("technician",), OPEN),
    ("record_of_technician", ("technician",), LISTED & ~Q(("technician", None))),
    ("record_of_priority", ("priority",), LISTED & ~Q(("priority", None))),
)


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_promises")]

    operations = [
        *(migrations.RemoveIndex("record", name) for name, _, _ in LISTS),
        *(
            migrations.AddIndex(
                "record", models.Index(fields=[*first, *NEWEST_FIRST], name=name, condition=held)
            )
            for name, first, held in LISTS
        ),
        migrations.AddIndex(
            "person", models.Index(fields=["name"], name="person_technicians", condition=Q(technician=True))
        ),
        # How common a word is decides how a search is done (desk/text_search.py): 5,000 words are counted, not 1,000.
        migrations.RunSQL(
            "ALTER TABLE conversation ALTER COLUMN search SET STATISTICS 500",
            "ALTER TABLE conversation ALTER COLUMN search SET STATISTICS -1",
        ),
        # What does not get smaller is not tried: words with their places. Text would, to about half, for a tenth
        # of the time that all wait for; the raw mail beside it is not compressed either.
        *(
            migrations.RunSQL(
                f"ALTER TABLE conversation ALTER COLUMN {column} SET STORAGE EXTERNAL",
                f"ALTER TABLE conversation ALTER COLUMN {column} SET STORAGE EXTENDED",
            )
            for column in ("search", "text")
        ),
    ]
