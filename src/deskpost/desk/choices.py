"""Lists of values of which a request has one each: level, mode, urgency, impact and request type."""

import pghistory
from django.db import models
from django.db.models.functions import Lower


class Choice(models.Model):
    """One value of a list that an administrator fills. Letter case does not tell two apart."""

    name = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)  # in its list

    class Meta:
        abstract = True
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="%(class)s_name_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="%(class)s_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Level(Choice):
    """How far up a request is handled, such as Tier 1."""

    class Meta(Choice.Meta):
        db_table = "level"


@pghistory.track()
class Mode(Choice):
    """How a request came, such as E-mail or Phone."""

    class Meta(Choice.Meta):
        db_table = "mode"


@pghistory.track()
class Urgency(Choice):
    """How soon a request must be answered."""

    class Meta(Choice.Meta):
        db_table = "urgency"


@pghistory.track()
class Impact(Choice):
    """Whom a request affects."""

    class Meta(Choice.Meta):
        db_table = "impact"


@pghistory.track()
class RequestType(Choice):
    """What kind of request it is, such as Incident."""

    class Meta(Choice.Meta):
        db_table = "request_type"


LISTS: tuple[type[Choice], ...] = (Level, Mode, Urgency, Impact, RequestType)
