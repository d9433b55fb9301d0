"""Templates of requests: who gets which fields, what must be filled before closing, and resources with questions."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower

from deskpost.desk.accounts import Account


@pghistory.track()
class Template(models.Model):
    """A form that requests are made by. The default one serves every request that names none.

    `requester_fields` and `technician_fields` hold names of `request_fields.OFFERED` and labels of additional fields:
    who gets a field may set it when a request is made, and by mail later. `closing_fields`: what must be filled
    before a request of it is closed. One that is removed is offered no more; its requests keep it.
    """

    class Kind(models.TextChoices):
        """What a request by it is. A service template carries resources."""

        INCIDENT = "incident"
        SERVICE = "service"

    name = models.TextField()
    kind = models.TextField(choices=Kind.choices, default=Kind.INCIDENT)
    default = models.BooleanField(default=False)
    requester_fields = ArrayField(models.TextField(), default=list, blank=True)
    technician_fields = ArrayField(models.TextField(), default=list, blank=True)
    closing_fields = ArrayField(models.TextField(), default=list, blank=True)
    for_requesters = models.BooleanField(default=True)  # whether requesters may choose it
    accounts: "models.ManyToManyField[Account, TemplateAccount]" = models.ManyToManyField(
        Account, through="TemplateAccount", related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "request_template"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(Lower("name"), condition=Q(deleted_at=None), name="template_name_once"),
            models.UniqueConstraint(
                fields=["default"], condition=Q(default=True), name="template_one_default"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("incident", "service")), name="template_kind_exists"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="template_has_name"),
            models.CheckConstraint(
                condition=Q(default=False) | Q(deleted_at=None, kind="incident", for_requesters=True),
                name="template_default_serves_all",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class TemplateAccount(models.Model):
    """An account to which a template is offered; one without any such row is offered to all."""

    template = models.ForeignKey(
        Template, on_delete=models.CASCADE, related_name="offered_to", db_index=False
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "request_template_account"
        constraints = [models.UniqueConstraint(fields=["template", "account"], name="template_account_once")]

    def __str__(self) -> str:
        return f"{self.template_id} for {self.account_id}"


@pghistory.track()
class Resource(models.Model):
    """Something that is asked for by a service template, such as a laptop, with the questions about it."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="resources", db_index=False)
    name = models.TextField()
    api_key = models.TextField(
        unique=True
    )  # given once, such as res_301: a trigger of the migration keeps it
    position = models.PositiveSmallIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "resource"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                "template", Lower("name"), condition=Q(deleted_at=None), name="resource_name_once"
            ),
            models.CheckConstraint(
                condition=Q(api_key__regex=r"^[A-Za-z0-9_]{1,100}$"), name="resource_key_form"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="resource_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Question(models.Model):
    """A question about a resource, and who gets it. Removed ones keep the answers that requests have."""

    class Kind(models.TextChoices):
        """How many answers it takes: one option (select, radio), any of the options (check), or the whole text."""

        SELECT = "select"
        RADIO = "radio"
        CHECK = "check"
        TEXT = "text"

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="questions", db_index=False)
    text = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    api_key = models.TextField(unique=True)  # given once, such as qstn_select_302: the trigger keeps it, too
    options = ArrayField(models.TextField(), default=list, blank=True)
    max_length = models.PositiveIntegerField(null=True, blank=True)  # characters of a text
    for_requester = models.BooleanField(default=True)
    for_technician = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "question"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("select", "radio", "check", "text")), name="question_kind_exists"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="text", options=[]) | (~Q(kind="text") & Q(options__len__gt=0, max_length=None))
                ),
                name="question_options",
            ),
            models.CheckConstraint(
                condition=Q(api_key__regex=r"^[A-Za-z0-9_]{1,100}$"), name="question_key_form"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="question_has_text"),
        ]

    def __str__(self) -> str:
        return self.text


def new_key(kind: str) -> str:
    """Draw a key, such as `res_301`: a kind, and a number that no other drawn key has.

    One that a settings file has given already is passed over.
    """
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('template_key')")
            (number,) = cursor.fetchone()
        key = f"{kind}_{number}"
        if not any(model.objects.filter(api_key=key).exists() for model in (Resource, Question)):
            return key


def key_of_question(kind: str) -> str:
    """Give the beginning of the key of a question of this kind."""
    return f"qstn_{'string' if kind == Question.Kind.TEXT else kind}"
