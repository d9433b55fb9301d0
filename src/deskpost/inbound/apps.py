"""The Django application of incoming mail."""

from django.apps import AppConfig


class InboundConfig(AppConfig):
    """Mailboxes and the mails fetched from them."""

    name = "deskpost.inbound"
    label = "inbound"
    default_auto_field = "django.db.models.BigAutoField"
