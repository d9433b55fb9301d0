"""What requests are about: categories, their subcategories, and the items of those."""

import pghistory
from django.db import models
from django.db.models.functions import Lower


@pghistory.track()
class Category(models.Model):
    """A field of work, such as Network. Letter case does not tell two apart, here and below."""

    name = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "category"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="category_name_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="category_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Subcategory(models.Model):
    """A part of a category."""

    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, related_name="subcategories", db_index=False
    )
    name = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "subcategory"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("category", Lower("name"), name="subcategory_name_once"),
            models.UniqueConstraint(fields=["id", "category"], name="subcategory_and_category"),
            models.CheckConstraint(condition=~models.Q(name=""), name="subcategory_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Item(models.Model):
    """A thing of a subcategory."""

    subcategory = models.ForeignKey(
        Subcategory, on_delete=models.CASCADE, related_name="items", db_index=False
    )
    name = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "item"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("subcategory", Lower("name"), name="item_name_once"),
            models.UniqueConstraint(fields=["id", "subcategory"], name="item_and_subcategory"),
            models.CheckConstraint(condition=~models.Q(name=""), name="item_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
