"""The setting that decided a mail, as a link for who may open it, with what it said then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.page import Viewer
from deskpost.desk.settings_words import KINDS
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.spam.rules import KIND, SpamRule


@dataclass(frozen=True, slots=True)
class Decider:
    """A setting: what it is called, its address (empty for who may not open it), and what it said then."""

    words: str
    url: str
    said: str


def deciders(viewer: Viewer, outcomes: Iterable[MailOutcome | None]) -> Mapping[int, Decider]:
    """Give the settings that decided these mails, by mail. One question for all of them."""
    decided = {one.pk: one.decided_by for one in outcomes if one is not None and one.decided_by}
    if not decided:
        return {}
    opens = viewer.desk.everywhere("settings.mail")
    ids = {by["id"] for by in decided.values() if by["kind"] == KIND}
    there = set(SpamRule.objects.filter(pk__in=ids).values_list("pk", flat=True)) if opens and ids else set()
    return {mail: _decider(by, opens, by["id"] in there) for mail, by in decided.items()}


def _decider(by: Mapping[str, object], opens: bool, there: bool) -> Decider:
    words = gettext("%(kind)s “%(name)s”") % {
        "kind": KINDS.get(str(by["kind"]), by["kind"]),
        "name": by["name"],
    }
    url = ""
    if opens:
        history = f"{reverse('settings_history')}?kind={by['kind']}&row={by['id']}"
        url = reverse("spam_rule", args=[by["id"]]) if there else history  # what was removed has its history
    return Decider(words, url, str(by["value"]))
