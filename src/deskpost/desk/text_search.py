"""Which conversations have a text: asked of the index when they are few, and known beforehand when they are many."""

import json
import re
from collections.abc import Collection
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from deskpost.desk.conversations import Conversation

MOST_FOUND = (
    6_000  # conversations with a text, beyond which it is a common one: about there both ways cost the same
)
_UNHEARD_OF = "zqxwvkjhgq"  # a word that no mail has
_WORD = re.compile(r"(?!or\b)[^\W_]+", re.IGNORECASE)


class _Words(SearchQuery):
    """A search as people type it, whose last word may be only begun."""

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        sql, params = super().as_sql(*args, **kwargs)
        return f"regexp_replace(({sql})::text, '''$', ''':*')::tsquery", params


def query(text: str) -> SearchQuery:
    """Give what the search column of conversations is asked for."""
    return _Words(text, config="deskpost", search_type="websearch")


def found(text: str) -> list[tuple[int, int]]:
    """Give the conversations with a text and their records, whoever may see them; MOST_FOUND and one more at most."""
    rows = Conversation.objects.filter(search=query(text)).values_list("pk", "record_id")
    return list(rows[: MOST_FOUND + 1])


def is_known_to_be_common(text: str) -> bool:
    """Tell whether PostgreSQL knows, from its statistics alone, that more than MOST_FOUND conversations have a text.

    Of a word that is not among the most common ones it guesses, and guesses the same of a word that no mail has.
    """
    expected = _expected(text)
    return expected > MOST_FOUND and expected > 1.5 * _expected(_WORD.sub(_UNHEARD_OF, text))


def these(ids: Collection[int]) -> RawSQL:
    """Give ids as one value, from whose length PostgreSQL plans; thousands of them are slow to read as a list."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)], BigIntegerField())


def _expected(text: str) -> int:
    """Give in how many conversations PostgreSQL expects a text, without looking."""
    (plan,) = json.loads(Conversation.objects.filter(search=query(text)).explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])
