"""A desk whose requests have fields: a tree of categories, additional fields, assets of two accounts."""

from deskpost.desk import additional_field_settings, asset_settings, value_lists
from deskpost.desk.accounts import Account
from deskpost.desk.accounts import Site as Place
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.assets import Asset
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.choices import Level
from deskpost.desk.records import Record
from deskpost.desk.request_details import RequestDetails
from tests.browser import scene
from tests.console import builders

TREE = {
    "Network": {"VPN": ["Client", "Certificate"], "Wireless": ["Access point"]},
    "Printer": {"Laser": ["Toner", "Drum", "Paper feed"], "Label printer": []},
    "Software": {"Office suite": [], "Line-of-business applications of the customer": ["Licence"]},
    "Hardware": {},
}


def build() -> scene.Scene:
    """Make the scene."""
    made = scene.build()
    who = (made.priya, "page")
    for name, below in TREE.items():
        category = Category(name=name)
        value_lists.save(*who, category, {"name": name})
        for part, items in below.items():
            sub = Subcategory(category=category, name=part)
            value_lists.save(*who, sub, {"name": part})
            for item in items:
                value_lists.save(*who, Item(subcategory=sub, name=item), {"name": item})
    for label, kind, options in (
        ("Cost Centre", "text", []),
        ("Warranty until", "date", []),
        ("Floor", "choice", ["Ground", "First", "Second", "Roof"]),
        ("Old inventory number", "number", []),
    ):
        additional_field_settings.save(*who, AdditionalField(), label, kind, options)
    additional_field_settings.remove(*who, AdditionalField.objects.get(label="Old inventory number"))
    kestrel, vantage = (Account.objects.get(name=name) for name in ("Kestrel Logistics", "Vantage Legal"))
    antwerp = Place.objects.create(account=kestrel, name="Antwerp")
    for account, site, names in (
        (kestrel, antwerp, ("KES-PC-0412", "KES-PC-0413", "Label printer of the ramp")),
        (kestrel, None, ("Adobe Creative Cloud, 20 seats",)),
        (vantage, None, ("VL-NB-0071", "Plotter")),
    ):
        for name in names:
            asset_settings.save(*who, Asset(), name, account, site)
    Asset.objects.bulk_create(Asset(account=vantage, name=f"VL-PC-{n:04}") for n in range(80))
    pc = Asset.objects.get(name="KES-PC-0412")
    asset_settings.save(*who, pc, "KES-PC-0500", kestrel, None)
    record = Record.objects.order_by("pk")[0]
    RequestDetails.objects.update_or_create(
        record=record, defaults={"account": record.account, "level": Level.objects.get(name="Tier 2")}
    )
    builders.person(
        "Kim Jansen", "kim@kestrel.example", "SDAccountAdmin", account=kestrel, within=kestrel, at=antwerp
    )
    return made
