"""Arrays of texts as COPY writes them are read back as they were."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from deskpost.bulk import array_of

TEXTS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=6)


def read(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [array_of(texts)])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["NULL", "null", "a,b", "{x}", " x ", "\n", "ü"],
        ['"', "x"],
        ['a"', '"b'],
        ['a","b', "c"],
        ['","'],
        ["\\", 'x\\"'],
        ["s:printer", "f:ann@acme.example"],
    ],
)
def test_an_array_of_texts_is_read_back_as_it_was(texts: list[str]) -> None:
    assert read(texts) == texts


@pytest.mark.django_db
@given(st.lists(TEXTS, min_size=30, max_size=30))
def test_whatever_the_texts_are(many: list[list[str]]) -> None:
    for texts in many:
        assert read(texts) == texts


def test_what_needs_no_care_is_written_without_any() -> None:
    assert array_of(["a", "b c"]) == '{"a","b c"}' and array_of([]) == "{}" and array_of(None) is None
