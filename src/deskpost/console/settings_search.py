"""Finding a setting: over the labels and the help of all settings' forms, the names of pages, groups and rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.forms import BaseForm
from django.utils.functional import Promise
from django.utils.translation import gettext

LONGEST = 100  # letters of what is looked for; the rest is left out
MOST = 50  # settings that are shown
_MOST_WORDS = 8
_MOST_PLACES = 4  # pages named beside one field

Places = Sequence[tuple[str, str]]  # the name and the address of each page that shows a form


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting that is no field of a form, such as a notification rule. `also`: other words for it."""

    name: str
    help: str
    url: str
    also: str


class Page(Protocol):
    """A page of settings, as All settings lists it."""

    @property
    def name(self) -> str | Promise: ...

    @property
    def icon(self) -> str: ...

    @property
    def forms(self) -> tuple[type[BaseForm], ...]: ...

    @property
    def url(self) -> str: ...

    @property
    def places(self) -> Places: ...

    @property
    def switches(self) -> Sequence[Switch]: ...

    @property
    def also(self) -> Mapping[str, str | Promise]:
        """Other words by which people look for a field, or under "" for the page."""


@dataclass(frozen=True, slots=True)
class Found:
    """A setting: its name, its help, its page, and where it is set: (name of the place, its address)."""

    name: str
    help: str
    page: str
    icon: str
    url: str
    others: Places
    more: int  # places that are not named


def find(asked: str, groups: Iterable[tuple[str | Promise, Iterable[Page]]]) -> tuple[list[Found], bool]:
    """Give the settings that all these words are in, those with them in the name first, and whether there are more."""
    words = asked[:LONGEST].casefold().split()[:_MOST_WORDS]
    found: list[tuple[int, Found]] = []
    for group, pages in groups if words else ():
        for one, also in (pair for page in pages for pair in _of(page, str(group))):
            named, said = one.name.casefold(), f"{one.name} {one.help} {one.page} {also}".casefold()
            if all(word in said for word in words):
                found.append((sum(word not in named for word in words), one))
    found.sort(key=lambda pair: pair[0])
    return [one for _, one in found[:MOST]], len(found) > MOST


def _of(page: Page, group: str) -> Iterator[tuple[Found, str]]:
    """Give what there is of a page to be found, each with other words for it."""
    yield (
        Found(str(page.name), "", gettext("Page"), page.icon, page.url, (), 0),
        f"{group} {page.also.get('', '')}",
    )
    for one in page.switches:
        yield Found(one.name, one.help, str(page.name), page.icon, one.url, (), 0), one.also
    yield from _fields(page)


def _fields(page: Page) -> Iterator[tuple[Found, str]]:
    """Give the fields that people see, each once: a form may have one for each protocol under the same label."""
    seen: set[str] = set()
    for form in page.forms:
        for name, field in form.base_fields.items():  # type: ignore[attr-defined]
            label = str(field.label or "")
            if not label or label in seen or field.widget.is_hidden:
                continue
            seen.add(label)
            anchor = field.widget.id_for_label(f"id_{name}") or f"id_{name}"
            places = [(words, f"{url}#{anchor}") for words, url in page.places]
            found = Found(
                name=label,
                help=str(field.help_text),
                page=str(page.name),
                icon=page.icon,
                url=places[0][1],
                others=places[:_MOST_PLACES] if len(places) > 1 else (),
                more=max(0, len(places) - _MOST_PLACES),
            )
            yield found, str(page.also.get(name, ""))
