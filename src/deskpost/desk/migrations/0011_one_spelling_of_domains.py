"""Mail domains, and the domains of the addresses people write from, in the one spelling that is compared.

Where that spelling is held already by another account, or by another person of the account, the row stays as it is:
nobody can tell here to whom it belongs, and what is compared finds the other.
"""

from django.db import migrations
from django.db.models import Q

from deskpost.domain_names import one_spelling

_BEYOND_ASCII = r"[^\u0001-\u007F]"


def _perhaps_otherwise(name):
    """Give the condition for a text that may have another spelling."""
    return (
        Q(**{f"{name}__contains": "xn--"})
        | Q(**{f"{name}__endswith": "."})
        | Q(**{f"{name}__regex": _BEYOND_ASCII})
    )


def respell_domains(apps, schema_editor):
    """Give each mail domain its spelling; one that its account has in that spelling too goes."""
    domains = apps.get_model("desk", "Domain").objects
    for row in domains.filter(_perhaps_otherwise("name")).order_by("pk"):
        name = one_spelling(row.name)
        holder = domains.filter(name=name).first()
        if holder is None:
            domains.filter(pk=row.pk).update(name=name)
        elif holder.pk != row.pk and holder.account_id == row.account_id:
            row.delete()


def respell_addresses(apps, schema_editor):
    """Give what each address is compared by its spelling."""
    addresses = apps.get_model("desk", "PersonAddress").objects
    rows = addresses.filter(_perhaps_otherwise("key")).order_by("pk")
    for pk, account_id, old, preferred in rows.values_list("pk", "account_id", "key", "preferred").iterator():
        local, at, domain = old.rpartition("@")
        key = f"{local}{at}{one_spelling(domain)}"
        if key == old or addresses.filter(account_id=account_id, key=key).exists():
            continue
        stays = preferred and not addresses.filter(key=key, preferred=True).exists()
        addresses.filter(pk=pk).update(key=key, preferred=stays)


class Migration(migrations.Migration):
    dependencies = [("desk", "0010_preferred_addresses")]

    operations = [
        migrations.RunPython(respell_domains, migrations.RunPython.noop),
        migrations.RunPython(respell_addresses, migrations.RunPython.noop),
    ]
