"""The desk of picture 05: an IT Help Desk on its alternate, an account and the directory with servers of their own."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from deskpost.desk import settings
from deskpost.desk.accounts import Account
from deskpost.desk.people import Person
from deskpost.outbound import failover
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from tests.browser.scene import CUSTOMERS
from tests.console import builders
from tests.outbound.builders import instance, queue_mails

REASON = (
    "smtp1.northgate-it.example:587 refused the connection: nothing listens at this port, or a firewall turns it "
    "away. To do: check the port, and that the mail server is running."
)


@dataclass(frozen=True)
class Outgoing:
    """Who looks, and what there is."""

    priya: Person
    main: OutgoingServer
    vantage: Account
    kestrel: Account


def build() -> Outgoing:
    """Make the scene in the present database."""
    Account.objects.filter(default=True).update(name="Northgate IT")
    accounts = {name: builders.account(name, domain) for name, domain in CUSTOMERS.items()}
    priya = builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")
    marco = builders.person("Marco Bianchi", "marco@northgate-it.example", "SDAdmin")
    main = servers(priya, marco, accounts["Vantage Legal"])
    return Outgoing(priya, main, accounts["Vantage Legal"], accounts["Kestrel Logistics"])


def servers(priya: Person, marco: Person, account: Account) -> OutgoingServer:
    """Make the servers, in place of any other, and give the IT Help Desk's, which is on its alternate."""
    OutgoingServer.objects.all().delete()
    main = _server(
        marco, "IT Help Desk", "smtp1", builders.HELP, instance=instance(), sender_name="Northgate IT Support"
    )
    settings.change(
        marco,
        "page",
        main,
        {
            "alternate_server": "smtp2.northgate-it.example",
            "authentication": "basic",
            "username": "deskpost",
            "password": "a long password",
        },
    )
    own = _server(priya, "Vantage Legal", "smtp3", "it@vantagelegal.example", account=account)
    _server(
        priya,
        "ESM Directory",
        "smtp4",
        "security@northgate-it.example",
        protocol="smtps",
        tls="implicit",
        port=465,
    )
    failover.use_alternate(main, REASON)
    since = timezone.now() - timedelta(minutes=76)
    OutgoingServerState.objects.filter(server=main).update(alternate_since=since, last_sent_at=timezone.now())
    queue_mails(main, [f"t{number}@kestrel.example" for number in range(24)])
    OutboxMail.objects.update(state="sent", done_at=timezone.now())
    queue_mails(own, ["helen@vantage.example"] * 3)
    OutboxMail.objects.filter(state="queued").update(next_try_at=timezone.now() - timedelta(minutes=9))
    return main


def _server(who: Person, name: str, host: str, address: str, **fields: object) -> OutgoingServer:
    values = {"server": f"{host}.northgate-it.example", "reply_to": address, "tls": "starttls", "port": 587}
    row = OutgoingServer(name=name)
    settings.change(who, "page", row, {**values, **fields})
    return row
