"""What Django cannot say of the desk's tables: composite foreign keys, the modules' numbers, shipped rows."""

from django.db import migrations

MODULES = ("RE", "TA", "SO", "PO", "PR", "CO", "CH", "PB", "PJ")
COMPOSITE = (  # table, column, target: a row's account is the account of what it belongs to
    ("conversation", "record_id", "record"),
    ("history_entry", "record_id", "record"),
    ("attachment", "conversation_id", "conversation"),
    ("person_address", "person_id", "person"),
    ("record", "requester_id", "person"),
    ("record", "merged_into_id", "record"),
)
STATUSES = (
    ("Open", "open"),
    ("In progress", "open"),
    ("Waiting for customer", "waiting"),
    ("On hold", "waiting"),
    ("Resolved", "resolved"),
    ("Closed", "closed"),
)
PRIORITIES = ("Low", "Normal", "High", "Urgent")


def composite_keys():
    """Give the statements that tie each row to its parent together with the parent's account."""
    for table, column, target in COMPOSITE:
        name = f"{table}_{target}_and_account"
        yield migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, account_id) "
            f"REFERENCES {target} (id, account_id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )


def sequences():
    """Give one sequence of numbers per module."""
    for module in MODULES:
        name = f"record_number_{module.lower()}"
        yield migrations.RunSQL(f"CREATE SEQUENCE {name} AS bigint", f"DROP SEQUENCE {name}")


def fill(apps, schema_editor):
    """Write the rows that every installation begins with."""
    from deskpost.desk.roles import SHIPPED_ROLES

    model = lambda name: apps.get_model("desk", name)
    model("Installation").objects.create()
    model("Account").objects.create(name="MSP", default=True)
    model("Instance").objects.create(name="IT Help Desk")
    model("Role").objects.bulk_create(
        model("Role")(name=name, permissions=list(permissions)) for name, permissions in SHIPPED_ROLES.items()
    )
    model("Status").objects.bulk_create(
        model("Status")(name=name, kind=kind, position=place) for place, (name, kind) in enumerate(STATUSES)
    )
    model("Priority").objects.bulk_create(
        model("Priority")(name=name, level=level) for level, name in enumerate(PRIORITIES, 1)
    )
    model("Delimiter").objects.bulk_create(
        model("Delimiter")(module=module, text=module or "##") for module in ("", *MODULES)
    )


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial")]

    operations = [
        # A mail of a few kB lies in its row, not compressed into pieces elsewhere: that costs more than it saves.
        migrations.RunSQL(
            "ALTER TABLE conversation SET (toast_tuple_target = 8160)",
            "ALTER TABLE conversation RESET (toast_tuple_target)",
        ),
        *composite_keys(),
        *sequences(),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
