"""The Django application of outgoing mail."""

from django.apps import AppConfig


class OutboundConfig(AppConfig):
    """Outgoing servers, notification rules and the outbox."""

    name = "deskpost.outbound"
    label = "outbound"
    default_auto_field = "django.db.models.BigAutoField"
