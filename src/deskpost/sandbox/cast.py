"""Who plays in the demo: the desk of Northgate IT, its technicians, and the customers who write to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody with a mailbox in the outside world. `id` chooses the tint of the initials."""

    id: int
    name: str
    address: str


PROVIDER = "Northgate IT"
DESK = "support@northgate-it.example"
"""The desk's mailbox at Microsoft Graph, and the address it writes from."""
BY_EWS, BY_IMAP = "service@northgate-it.example", "projects@northgate-it.example"
"""Two more mailboxes of the desk, not fetched until somebody starts it."""
DESK_ADDRESSES = (DESK, BY_EWS, BY_IMAP)
FETCHING, SENDING = "9b1c6f0e-2a41-4c57-8f0d-6d1b5e7a9c10", "c47d0e93-5b18-4e6a-9a2f-0f3c8d61b7e4"
"""Deskpost's two applications at Microsoft's sign-in: fetching and sending are counted apart."""
DESK_NAME = "Northgate IT Support"
CUSTOMERS: tuple[Player, ...] = (
    Player(5, "Ute Brandt", "ute@orchardpine.example"),
    Player(3, "Tom Achterberg", "tom.achterberg@kestrel.example"),
    Player(4, "Marisol Ibarra", "m.ibarra@harbourdental.example"),
    Player(7, "Peter Lindqvist", "peter.lindqvist@orchardpine.example"),
    Player(8, "Farida Nasser", "f.nasser@kestrel.example"),
    Player(9, "João Tavares", "joao.tavares@harbourdental.example"),
)
TECHNICIANS: tuple[Player, ...] = (
    Player(1, "Sam Okafor", "sam@northgate-it.example"),
    Player(0, "Dana Whitfield", "dana@northgate-it.example"),
    Player(2, "Priya Raman", "priya@northgate-it.example"),
)
ADMINISTRATOR = TECHNICIANS[2]
ADDRESSES: tuple[str, ...] = (*DESK_ADDRESSES, *(player.address for player in (*CUSTOMERS, *TECHNICIANS)))


def customer(address: str) -> Player:
    """Give who writes from an address: one of the cast, else somebody known by the address alone."""
    known = {player.address: player for player in CUSTOMERS}
    return known.get(address) or Player(sum(address.encode()) % 12, address, address)
