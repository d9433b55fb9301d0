"""Subscriptions to Graph's change notifications: which one a mailbox has, and until when."""

from django.db import models

from deskpost.inbound.mailboxes import Mailbox


class GraphSubscription(models.Model):
    """The one subscription of a mailbox. Of the secret that its notifications carry only the hash is kept."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, primary_key=True, related_name="+")
    subscription = models.TextField(unique=True)  # Graph's id of it
    secret_sha256 = models.BinaryField()
    version = models.TextField()  # of the settings that it was made with
    expires_at = models.DateTimeField()
    renew_at = models.DateTimeField()

    class Meta:
        db_table = "graph_subscription"

    def __str__(self) -> str:
        return f"subscription of {self.mailbox_id}"
