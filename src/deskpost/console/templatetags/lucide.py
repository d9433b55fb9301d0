"""The tag of the icons, `lucide`, with each drawing kept: a page has fifty, which were a sixth of its time."""

import functools

from django import template
from lucide.templatetags.lucide import lucide as draw

register = template.Library()
_drawn = functools.lru_cache(1000)(draw)


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: str) -> str:
    """Give an icon as SVG."""
    return _drawn(name, size=size, **attributes)
