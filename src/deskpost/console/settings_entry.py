"""One page of settings, as All settings lists it and the search finds it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.forms import BaseForm
from django.urls import reverse
from django.utils.functional import Promise

from deskpost.console.settings_search import Places, Switch


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of settings: its name, its icon, its route, and what is set there, in words."""

    name: str | Promise
    icon: str
    route: str
    says: Callable[[], str]
    forms: tuple[type[BaseForm], ...] = ()  # whose fields the search finds
    shown_at: Callable[[], Places] | None = None  # the pages that show them, where that is not this page
    permission: str = "settings.mail"  # everywhere: who may open the page
    offers: Callable[[], Sequence[Switch]] | None = None  # what is set there by no form
    args: tuple[str, ...] = ()  # of the route
    also: Mapping[str, str | Promise] = field(default_factory=dict)  # see settings_search.Page

    @property
    def switches(self) -> Sequence[Switch]:
        """What is set on the page by no form."""
        return self.offers() if self.offers else ()

    @property
    def places(self) -> Places:
        """The pages that show its fields: each one's name and address."""
        return (self.shown_at() if self.shown_at else ()) or [(str(self.name), self.url)]

    @property
    def url(self) -> str:
        """The address of the page."""
        return reverse(self.route, args=self.args)

    @property
    def words(self) -> str:
        """What is set now."""
        return self.says()
