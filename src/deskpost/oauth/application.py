"""The application that Deskpost is at a provider: its ids, its addresses, and what it asks for."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from deskpost.transports.connection import Server

Provider = Literal["microsoft", "google", "other"]


@dataclass(frozen=True, slots=True)
class Application:
    """A registered application; its secret shows in no repr. `scopes` is as people write it, with commas or blanks.

    `server` says how to reach the provider: certificates, limits of time, private networks.
    """

    provider: Provider
    client_id: str
    client_secret: str = field(repr=False)
    authorization_url: str
    token_url: str
    redirect_url: str
    scopes: str
    server: Server = field(default_factory=lambda: Server("", 443))

    @property
    def place(self) -> str:
        """The host of the token endpoint, as people read it."""
        try:
            return urlsplit(self.token_url).netloc.rpartition("@")[2] or self.token_url
        except ValueError:
            return self.token_url
