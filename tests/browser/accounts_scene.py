"""The scene with what the pages of accounts show: sites, mail settings of an account's own, and a removed account."""

from deskpost.desk import account_removal, account_settings
from deskpost.desk.account_settings import Wanted
from deskpost.desk.accounts import Account, Site
from deskpost.desk.people import Person
from deskpost.desk.roles import Grant, Role
from tests.browser import scene
from tests.console import builders


def build() -> scene.Scene:
    """Make the scene; Kestrel has sites, a mailbox and a server of its own, and one account was removed."""
    made = scene.build()
    kestrel = Account.objects.get(name="Kestrel Logistics")
    names = ("kestrel.example", "kestrel-cargo.example", "kestrel.eu.example", "old.kestrel.example")
    sites = ("Antwerp", "Rotterdam", "Lisbon")
    wanted = Wanted(kestrel.name, "Europe/Amsterdam", "en", names, new_sites=sites)
    account_settings.save(made.priya, "page", kestrel, wanted)
    rotterdam = Site.objects.get(name="Rotterdam")
    Person.objects.filter(account=kestrel).update(site=rotterdam)
    role = Role.objects.get(name="SDCoordinator")
    Grant.objects.create(person=made.dana, role=role, account=kestrel, site=rotterdam)
    builders.mailbox("Kestrel", account=kestrel, addresses=["it@kestrel.example"], fetching=True)
    builders.outgoing_of(kestrel)
    gone = builders.account("Meadow Foods", "meadow.example")
    builders.person("Al Meadow", "al@meadow.example", account=gone)
    account_removal.remove(made.priya, "page", gone)
    return made
