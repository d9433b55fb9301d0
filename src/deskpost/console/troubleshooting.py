"""From a sentence about an error to its entry in the troubleshooting page of the handbook."""

import html
import re
from functools import cache

from django.urls import reverse

from deskpost.console.help import headings

PAGE = "troubleshooting"
SIGN_INS = "sign-in-at-providers"


def entry_of(words: str) -> str:
    """Give the address of the entry whose heading the sentence begins with; the page's own where none fits.

    A heading has an ellipsis where a sentence has a name; of several that fit, the one that says most.
    """
    fitting = [(len(said), id) for pattern, said, id in _entries() if pattern.match(words)]
    anchor = f"#{max(fitting)[1]}" if fitting else ""
    return reverse("help_page", args=[PAGE]) + anchor


def sign_in_help(words: str) -> str:
    """Give the address of the entry about a sign-in at a provider; the page about those where none fits."""
    found = entry_of(words)
    return found if "#" in found else reverse("help_page", args=[SIGN_INS])


@cache
def _entries() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    found = []
    for id, heading in headings(PAGE):
        said = html.unescape(heading)
        parts = [re.escape(part.strip()) for part in said.split("…")]
        found.append((re.compile(r"\s*.+?\s*".join(parts)), said, id))
    return tuple(found)
