"""What a request has beyond the columns of every record: a row where any of it is set, and its assets and values."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from deskpost.desk.accounts import Account, Site
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.assets import Asset
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.choices import Impact, Level, Mode, RequestType, Urgency
from deskpost.desk.records import Record
from deskpost.desk.templates import Question, Template


class RequestDetails(models.Model):
    """The further fields of one request. Site, subcategory and item are those of their account and parents.

    Composite foreign keys of the migration say so, and that the account is the record's.
    """

    record = models.OneToOneField(
        Record, on_delete=models.CASCADE, primary_key=True, related_name="details", db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    template = models.ForeignKey(Template, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(Level, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    mode = models.ForeignKey(Mode, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    urgency = models.ForeignKey(
        Urgency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    impact = models.ForeignKey(Impact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    impact_details = models.TextField(default="", db_default="")
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    subcategory = models.ForeignKey(Subcategory, null=True, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="+")
    request_type = models.ForeignKey(
        RequestType, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    site = models.ForeignKey(
        Site, null=True, on_delete=models.RESTRICT, related_name="+", db_constraint=False
    )
    resolution = models.TextField(default="", db_default="")
    notify = ArrayField(models.TextField(), default=list, db_default=[])  # addresses: a migration says which

    class Meta:
        db_table = "request_details"
        constraints = [
            models.CheckConstraint(
                condition=Q(subcategory=None) | Q(category__isnull=False),
                name="request_subcategory_has_category",
            ),
            models.CheckConstraint(
                condition=Q(item=None) | Q(subcategory__isnull=False), name="request_item_has_subcategory"
            ),
        ]

    def __str__(self) -> str:
        return f"details of {self.record_id}"


class RequestAsset(models.Model):
    """An asset that a request is about, of the same account."""

    record = models.ForeignKey(
        Record, on_delete=models.CASCADE, related_name="request_assets", db_index=False, db_constraint=False
    )
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        db_table = "request_asset"
        constraints = [models.UniqueConstraint(fields=["record", "asset"], name="request_asset_once")]

    def __str__(self) -> str:
        return f"{self.asset_id} of {self.record_id}"


class AdditionalValue(models.Model):
    """What a request has in an additional field.

    As text: a number in plain digits, a day as 2026-11-23, a moment as 2026-11-23T14:30+00:00, an option's name.
    """

    record = models.ForeignKey(
        Record,
        on_delete=models.CASCADE,
        related_name="additional_values",
        db_index=False,
        db_constraint=False,
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    field = models.ForeignKey(AdditionalField, on_delete=models.PROTECT, related_name="+")
    value = models.TextField()

    class Meta:
        db_table = "additional_value"
        constraints = [
            models.UniqueConstraint(fields=["record", "field"], name="additional_value_once"),
            models.CheckConstraint(condition=~Q(value=""), name="additional_value_not_empty"),
        ]

    def __str__(self) -> str:
        return self.value


class Answer(models.Model):
    """A request's answer to a question about a resource: option names, or the one text."""

    record = models.ForeignKey(
        Record, on_delete=models.CASCADE, related_name="answers", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    values = ArrayField(models.TextField())

    class Meta:
        db_table = "answer"
        constraints = [
            models.UniqueConstraint(fields=["record", "question"], name="answer_once"),
            models.CheckConstraint(condition=Q(values__len__gt=0), name="answer_not_empty"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.values)
