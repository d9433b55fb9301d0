"""What people read of addresses to which mail cannot be delivered."""

from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from deskpost.outbound import bounced


def warnings(account_id: int | None, addresses: Iterable[str]) -> Iterator[str]:
    """Give a sentence for each of these addresses to which mail of an account cannot be delivered."""
    for one in bounced.dead(account_id, addresses).values():
        yield gettext(
            "Mail to %(address)s came back on %(day)s: %(words)s To do: write to another address, or ask by telephone."
        ) % {
            "address": one.key,
            "day": date_format(timezone.localtime(one.since), "j M"),
            "words": one.words if one.words.endswith(".") else f"{one.words}.",
        }
