"""Forms that have been sent: a double click, a reload or a second try writes one mail and one request."""

from uuid import UUID

from django.db import connection, models
from django.db.models.functions import Now

from deskpost.desk.people import Person

KEPT_DAYS = 7  # how long a page may stay open and still be recognised when it is sent again


class SentForm(models.Model):
    """The token of a form that did its work. Each page that is loaded holds a new one."""

    token = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "sent_form"
        indexes = [models.Index(fields=["at"], name="sent_form_at")]

    def __str__(self) -> str:
        return str(self.token)


def first_time(token: UUID, person: Person) -> bool:
    """Note in the present transaction that this form does its work; False when it has done so before.

    Of two requests at the same moment the later waits here until the first commits. A rolled-back one leaves
    no mark, so that the form can be sent again.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sent_form WHERE at < now() - make_interval(days => %s)", [KEPT_DAYS])
        cursor.execute(
            "INSERT INTO sent_form (token, person_id, at) VALUES (%s, %s, now()) ON CONFLICT DO NOTHING",
            [token, person.pk],
        )
        return bool(cursor.rowcount)
