"""What kind of trouble an error is, for counts by kind: one word for each branch of the family in errors.py."""

from typing import Literal

from deskpost.transports.errors import (
    ApplicationRefused,
    ConsentLost,
    LoginRefused,
    ServiceEnded,
    Throttled,
    TransportError,
)

Kind = Literal["connection", "sign_in", "consent", "service", "throttled"]
KINDS: tuple[Kind, ...] = ("connection", "sign_in", "consent", "service", "throttled")


def kind_of(error: TransportError) -> Kind:
    """Give the kind: "connection" is whatever keeps a server from being used that is none of the others."""
    match error:
        case Throttled():
            return "throttled"
        case ServiceEnded():
            return "service"
        case ConsentLost() | ApplicationRefused():
            return "consent"
        case LoginRefused():
            return "sign_in"
    return "connection"
