"""Generations: the life of the application from its start until the last of its processes has gone."""

from django.db import models
from django.db.models.functions import Now


class Generation(models.Model):
    """One life of the application. A server on its alternate stays there for the rest of it."""

    started_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "generation"

    def __str__(self) -> str:
        return str(self.pk)


class Process(models.Model):
    """A web, worker or run process that says every few seconds that it lives."""

    host = models.TextField()
    pid = models.IntegerField()
    started = (
        models.TextField()
    )  # start time of the process as the kernel tells it: a pid alone is used again
    kind = models.TextField()
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "process"
        constraints = [models.UniqueConstraint(fields=["host", "pid", "started"], name="process_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.host}:{self.pid}"
