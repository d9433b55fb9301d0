"""Finding a setting: over the labels and the help of the fields of all settings' forms, and the pages' own names."""

from collections.abc import Iterable, Iterator, Sequence
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


def find(asked: str, pages: Iterable[Page]) -> tuple[list[Found], bool]:
    """Give the settings that all these words are in, those with them in the name first, and whether there are more."""
    words = asked[:LONGEST].casefold().split()[:_MOST_WORDS]
    found: list[tuple[int, Found]] = []
    for page in pages if words else ():
        for one in (_page(page), *_fields(page)):
            named, said = one.name.casefold(), f"{one.name} {one.help} {one.page}".casefold()
            if all(word in said for word in words):
                found.append((sum(word not in named for word in words), one))
    found.sort(key=lambda pair: pair[0])
    return [one for _, one in found[:MOST]], len(found) > MOST


def _page(page: Page) -> Found:
    return Found(str(page.name), "", gettext("Page"), page.icon, page.url, (), 0)


def _fields(page: Page) -> Iterator[Found]:
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
            yield Found(
                name=label,
                help=str(field.help_text),
                page=str(page.name),
                icon=page.icon,
                url=places[0][1],
                others=places[:_MOST_PLACES] if len(places) > 1 else (),
                more=max(0, len(places) - _MOST_PLACES),
            )
