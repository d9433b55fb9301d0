"""The proxy that mail servers are reached through, where their settings say so."""

from typing import Literal

import pghistory
from django.db import models
from django.db.models import Q

from deskpost.secret_field import SecretField, readable
from deskpost.transports.proxy import NOWHERE, Proxy

_KINDS: dict[str, Literal["http", "socks5"]] = {"http": "http", "socks5": "socks5"}


@pghistory.track()
class ProxySettings(models.Model):
    """The one proxy. No row: there is none."""

    class Kind(models.TextChoices):
        """How it is spoken to: HTTP CONNECT (RFC 9110 section 9.3.6) or SOCKS5 (RFC 1928)."""

        HTTP = "http"
        SOCKS5 = "socks5"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    kind = models.TextField(choices=Kind.choices, default=Kind.HTTP)
    host = models.TextField()
    port = models.PositiveIntegerField()
    username = models.TextField(default="", blank=True)
    password = SecretField(default="", blank=True)

    class Meta:
        db_table = "proxy_settings"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="proxy_settings_one_row"),
            models.CheckConstraint(condition=Q(port__gte=1, port__lte=65535), name="proxy_settings_port"),
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def settings() -> ProxySettings | None:
    """Give the settings of the proxy, None where there is none."""
    return ProxySettings.objects.first()


def present() -> Proxy:
    """Give the proxy that is set up; where there is none, or its password cannot be read, one that leads nowhere."""
    found = settings()
    return NOWHERE if found is None or readable(found, "password") is None else proxy_of(found)


def proxy_of(row: ProxySettings) -> Proxy:
    """Give the proxy of these settings, saved or not. Raises SecretUnreadable."""
    return Proxy(_KINDS[row.kind], row.host, row.port, row.username, row.password)
