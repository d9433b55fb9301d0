"""The pages of settings that benchmarks/pages.py asks for, and what is set: mailboxes, servers, and their history."""

from collections.abc import Callable

MAILBOXES, SERVERS, CHANGES = 30, 20, 600
_ADMIN = "/admin/mail-server-settings"
_FIXED = {
    "incoming": f"{_ADMIN}/incoming/",
    "a new mailbox": f"{_ADMIN}/incoming/new/",
    "outgoing": f"{_ADMIN}/outgoing/",
    "delimiters": f"{_ADMIN}/delimiters/",
    "other": f"{_ADMIN}/other/",
    "outbox": "/outbox/",
    "outbox, sent": "/outbox/?tab=sent",
    "history, of all": "/admin/history/",
    "history, of mailboxes": "/admin/history/?kind=mailbox",
    "history, by SQL": "/admin/history/?by=sql",
    "all settings": "/admin/",
    "all settings, a field": "/admin/?q=address",
    "notification rules": "/admin/notification-rules/",
    "a notification rule": "/admin/notification-rules/request_received/",
    "bell": "/bell/",
    "accounts": "/admin/accounts/",
    "people": "/admin/people/",
    "roles": "/admin/roles/",
    "groups": "/admin/groups/",
}


def addresses() -> dict[str, Callable[[int], str]]:
    """Give the address of each kind of page, the n-th time."""
    fixed: dict[str, Callable[[int], str]] = {name: _always(path) for name, path in _FIXED.items()}
    return {
        **fixed,
        "a mailbox": lambda n: f"{_ADMIN}/incoming/{1 + n % MAILBOXES}/",
        "the server of an account": lambda n: f"{_ADMIN}/outgoing/account-{2 + n % SERVERS}/",
    }


def fill_settings(who: str) -> None:
    """Set up mailboxes and servers, change them many times, and ring the bell of the administrator with this name."""
    from deskpost.desk import settings
    from deskpost.desk.accounts import Account
    from deskpost.desk.installation import Instance
    from deskpost.desk.people import Person
    from deskpost.inbound.mailboxes import Mailbox, MailboxState
    from deskpost.outbound.servers import OutgoingServer

    admin, desk = Person.objects.get(sign_in_name=who), Instance.objects.get()
    mailboxes = list(Mailbox.objects.all())
    for number in range(len(mailboxes), MAILBOXES):
        name = f"box-{number}"
        box = Mailbox(
            name=name, instance=desk, protocol="imap", server="127.0.0.1", port=143, username=name, password="-",
            addresses=[f"{name}@desk.example"],
        )  # fmt: skip
        settings.change(admin, "page", box, {"fetching": bool(number % 3)})
        mailboxes.append(box)
    for box in mailboxes:
        MailboxState.objects.get_or_create(mailbox=box)
    servers = [OutgoingServer(name="IT Help Desk", instance=desk)]
    servers += [
        OutgoingServer(name=one.name, account=one) for one in Account.objects.order_by("pk")[1 : SERVERS + 1]
    ]
    for server in servers:
        settings.change(
            admin, "page", server, {"server": "127.0.0.1", "port": 25, "reply_to": "help@desk.example"}
        )
    rows = [*mailboxes, *servers]
    for number in range(CHANGES):
        settings.change(admin, "page", rows[number % len(rows)], {"port": 1000 + number})


def _always(address: str) -> Callable[[int], str]:
    return lambda _: address
