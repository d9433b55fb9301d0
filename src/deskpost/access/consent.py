"""What a provider has granted: the tokens of a mailbox or an outgoing server, and whether they are good."""

from django.db import models
from django.db.models.functions import Now

from deskpost.desk.people import Person
from deskpost.secret_field import SecretField, readable


class Consent(models.Model):
    """The tokens of one mailbox or server. Not a setting: never copied, exported or in the history.

    A row is there as soon as there are tokens, and once they are good no more `lost_at` says since when.
    """

    access_token = SecretField(default="")
    refresh_token = SecretField(default="")  # empty where the application signs in on its own
    expires_at = models.DateTimeField(null=True)
    given_by = models.TextField(
        default=""
    )  # the user that signed in at the provider; empty: it does not tell
    given_to = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField(db_default=Now())
    lost_at = models.DateTimeField(null=True)
    lost_reason = models.TextField(default="")  # in words, with what to do
    told_at = models.DateTimeField(null=True)  # when people were told of the loss
    warned_days = models.PositiveSmallIntegerField(
        null=True
    )  # before the end of the client secret, last warned of

    class Meta:
        abstract = True

    @property
    def never_given(self) -> bool:
        """Whether there never were tokens: the row only says since when they are missed."""
        return readable(self, "access_token") == ""
