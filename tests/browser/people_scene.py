"""The people of the picture: technicians with scoped roles, sites, groups, somebody who reads traces alone."""

from datetime import timedelta

from django.utils import timezone

from deskpost.desk import administrators, group_settings, person_settings, role_settings
from deskpost.desk.accounts import Account
from deskpost.desk.accounts import Site as Place
from deskpost.desk.fields import Group
from deskpost.desk.people import Person
from deskpost.desk.roles import Grant, Role
from tests.browser import scene
from tests.console import builders


def build() -> scene.Scene:
    """Make the scene, with the people, roles and sites of the picture."""
    made = scene.build()
    priya, dana = made.priya, made.dana
    kestrel, vantage = (Account.objects.get(name=name) for name in ("Kestrel Logistics", "Vantage Legal"))
    rotterdam, antwerp = (
        Place.objects.create(account=kestrel, name=name) for name in ("Rotterdam", "Antwerp")
    )
    for name in ("Femi Adeyemi", "Ines Carvalho", "Jonas Weber", "Petra Novak", "Yusuf Demir"):
        address = f"{name.lower().replace(' ', '.')}@northgate-it.example"
        builders.person(name, address, "SDAccountAdmin" if name == "Petra Novak" else "SDTechnician")
    with administrators.one_stays():
        Grant.objects.filter(person=dana).delete()
        reads = Role()
        role_settings.save(priya, "page", reads, "Reads traces", ("request.view", "trace.view"))
        role = {role.name: role for role in Role.objects.all()}
        role_settings.give(priya, "page", dana, role["SDTechnician"], vantage, None)
        role_settings.give(priya, "page", dana, role["SDTechnician"], kestrel, rotterdam)
        role_settings.give(priya, "page", dana, role["SDCoordinator"], kestrel, antwerp)
        role_settings.give(Person.objects.get(name="Marco Bianchi"), "page", dana, reads, kestrel, None)
        network = Group.objects.get(name="Network")
        group_settings.save(priya, "page", network, "Network", None, [dana, made.sam])
        group_settings.save(priya, "page", Group(), "Field", kestrel, [made.sam])
        addresses = ["dana@northgate-it.example", "dana.whitfield@northgate-it.example"]
        person_settings.set_addresses(priya, "page", dana, addresses)
    Person.objects.filter(pk=dana.pk).update(last_login=timezone.now() - timedelta(hours=3))
    return made
