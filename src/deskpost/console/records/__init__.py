"""Tasks, problems, changes and the other modules: one list and one page for all of them, by the modules' table."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from deskpost.desk.modules import MODULES, OTHERS, TASK


class ModuleConverter:
    """A module in an address: its shipped code in small letters, whatever code subjects bear now."""

    regex = "|".join(code.lower() for code in OTHERS)

    def to_python(self, value: str) -> str:
        """Give the module's code."""
        return value.upper()

    def to_url(self, value: str) -> str:
        """Give a module's code as addresses have it."""
        return value.lower()


@dataclass(frozen=True, slots=True)
class Link:
    """A list of records, as the frame of every page links to it."""

    name: str
    icon: str
    url: str
    module: str  # empty: of all that have no link of their own


_OWN_LINK = {TASK: "square-check", "PB": "bug", "CH": "git-branch"}
_MORE = next(code for code in OTHERS if code not in _OWN_LINK)


def links() -> list[Link]:
    """Give the lists in the order in which the frame shows them."""
    own = [
        Link(gettext(MODULES[code].plural), icon, reverse("records", args=[code]), code)
        for code, icon in _OWN_LINK.items()
    ]
    return [*own, Link(gettext("More records"), "layers", reverse("records", args=[_MORE]), "")]


def link_of(module: str) -> str:
    """Give which of the links a module's pages are behind."""
    return module if module in _OWN_LINK else ""
