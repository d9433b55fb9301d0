"""The Django application of the desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Accounts, people, requests and their history."""

    name = "deskpost.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
