"""The Django application of the pages."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The web pages."""

    name = "deskpost.console"
    label = "console"
