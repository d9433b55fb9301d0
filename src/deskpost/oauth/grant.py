"""What a provider grants: tokens, and until when they are good."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

AHEAD = timedelta(minutes=5)  # so long before its end a token is renewed


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens, none of which shows in a repr. `expires_at` is by this machine's clock: now and what the server gave.

    `refresh_token` is None where none was given: app-only. `scopes` are those granted, empty where nobody said.
    """

    access_token: str = field(repr=False)
    expires_at: datetime
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ()

    def is_due(self, now: datetime | None = None) -> bool:
        """Tell whether it is time to renew."""
        return (now or datetime.now(UTC)) >= self.expires_at - AHEAD
