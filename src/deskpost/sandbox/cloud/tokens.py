"""Applications and the tokens they were given: who may open which mailbox, with which scopes, until when."""

import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from deskpost.sandbox.cloud.scopes import Resource, audiences_of, names_of, resource_of

LASTS = 3_599  # seconds that an access token is good for


@dataclass(slots=True)
class Application:
    """A registered application."""

    client_id: str
    secrets: set[str]
    redirect_uris: set[str]
    app_only: bool = False  # may act without a person


@dataclass(frozen=True, slots=True)
class Access:
    """An access token: for whose mailbox (None: app-only, any that it is allowed), and for what.

    Its scopes are in full (`https://graph.microsoft.com/Mail.Send`), beside those of OpenID.
    """

    token: str
    client_id: str
    mailbox: str | None
    scopes: frozenset[str]
    expires_at: float

    @property
    def resource(self) -> Resource:
        """The one resource that it opens."""
        return resource_of(self.scopes)

    def is_for(self, hosts: Iterable[str]) -> bool:
        """Tell whether it was made for the resource that has one of these host names, and for no other."""
        return audiences_of(self.scopes) <= frozenset(hosts)

    def allows(self, *names: str) -> bool:
        """Tell whether it holds one of these permissions (`Mail.Send`). `.default` holds them all."""
        held = names_of(self.scopes)
        return ".default" in held or any(name.lower() in held for name in names)


@dataclass(slots=True)
class Tokens:
    """The register of both."""

    applications: dict[str, Application] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    refresh: dict[str, Access] = field(default_factory=dict)  # what each refresh token renews
    consents: dict[tuple[str, str | None], frozenset[str]] = field(default_factory=dict)
    revoked: dict[str, float] = field(default_factory=dict)  # refresh tokens that were taken back, and when
    lock: threading.RLock = field(default_factory=threading.RLock)

    def register(self, application: Application) -> None:
        """Make an application known, or known anew."""
        with self.lock:
            self.applications[application.client_id] = application

    def grant(
        self, client_id: str, mailbox: str | None, scopes: Iterable[str], lasts: float = LASTS
    ) -> tuple[Access, str]:
        """Give an access token and the refresh token that renews it."""
        address = mailbox.strip().lower() if mailbox else None
        access = Access(secrets.token_urlsafe(64), client_id, address, frozenset(scopes), time.time() + lasts)
        renews = secrets.token_urlsafe(64)
        with self.lock:
            self.access[access.token] = access
            self.refresh[renews] = access
        self.consent(client_id, address, access.scopes)
        return access, renews

    def consent(self, client_id: str, mailbox: str | None, scopes: Iterable[str]) -> None:
        """Note that a mailbox's person lets an application do this."""
        with self.lock:
            self.consents[client_id, mailbox] = self.consented(client_id, mailbox) | frozenset(scopes)

    def consented(self, client_id: str, mailbox: str | None) -> frozenset[str]:
        """Give the scopes that were ever consented to."""
        return self.consents.get((client_id, mailbox), frozenset())

    def find(self, token: str) -> Access | None:
        """Give a token that is good now."""
        with self.lock:
            found = self.access.get(token)
        return found if found is not None and found.expires_at > time.time() else None

    def renew(self, refresh_token: str, scopes: Iterable[str] | None = None) -> tuple[Access, str] | None:
        """Give new tokens for a refresh token, which is good no longer (rotation); None: it was not good.

        `scopes` are those to give now, the same as before without them.
        """
        with self.lock:
            old = self.refresh.pop(refresh_token, None)
        if old is None:
            return None
        return self.grant(old.client_id, old.mailbox, old.scopes if scopes is None else scopes)

    def revoke(self, mailbox: str) -> None:
        """Take back all tokens of a mailbox."""
        address = mailbox.strip().lower()
        with self.lock:
            for held in (self.access, self.refresh):
                for token in [token for token, one in held.items() if one.mailbox == address]:
                    del held[token]
                    if held is self.refresh:
                        self.revoked[token] = time.time()
