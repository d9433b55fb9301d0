"""The Django application of what incoming and outgoing mail share to reach servers."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Consents, tokens, lanes, the proxy, wire logs."""

    name = "deskpost.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
