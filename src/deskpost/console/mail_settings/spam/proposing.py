"""A rule proposed for the senders of mails that somebody took for spam: for addresses, or for whole domains."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.page import Viewer, id_of
from deskpost.desk.addresses import public_providers
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.rules import ANY, Criterion
from deskpost.inbound.visible import visible_mails

MOST = 100  # mails


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the form begins with, and the other way to put it: words and an address, empty where there is none."""

    values: dict[str, Any]
    other_words: str
    other_url: str


def url_for(*mail_ids: int, by: str = "") -> str:
    """Give the address of the form with a rule for the senders of these mails; `by`: address or domain."""
    asked = [*(("mail", id) for id in mail_ids), *([("by", by)] if by else [])]
    return f"{reverse('spam_rule_new')}?{urlencode(asked)}"


def proposed_by(viewer: Viewer, asked: QueryDict) -> Proposal | None:
    """Give the rule for the senders of the mails that an address names; None where it names none that one may see.

    For their domains; of a public mail provider, whose domain is everybody's, for the address.
    """
    named = [id for id in map(id_of, asked.getlist("mail")[:MOST]) if id is not None]
    ids = list(visible_mails(viewer.desk).filter(pk__in=named).values_list("pk", flat=True))
    rows = MailOutcome.objects.filter(pk__in=ids).order_by("pk").values_list("from_address", flat=True)
    addresses = [one for one in dict.fromkeys(rows) if one.rpartition("@")[0] and one.rpartition("@")[2]]
    if not addresses:
        return None
    public = public_providers()
    own = [one for one in addresses if one.rpartition("@")[2] not in public]
    if not own or asked.get("by") == "address":
        other = gettext("The whole domain %(domain)s") % {"domain": _listed(_domains(own))} if own else ""
        return Proposal(_values((), addresses), other, url_for(*ids, by="domain") if own else "")
    others = [one for one in addresses if one not in own]
    words = gettext("Only the address %(address)s") % {"address": _listed(addresses)}
    return Proposal(_values(_domains(own), others), words, url_for(*ids, by="address"))


def _domains(addresses: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(one.rpartition("@")[2] for one in addresses))


def _listed(entries: Sequence[str]) -> str:
    return ", ".join(entries)


def _values(domains: Sequence[str], addresses: Sequence[str]) -> dict[str, Any]:
    name = gettext("Mail from %(senders)s") % {"senders": _listed([*domains, *addresses])}
    lines = (("sender_domain", domains), ("sender_address", addresses))
    criteria = tuple(Criterion(field, "is", tuple(entries)) for field, entries in lines if entries)
    return {"name": name[:100], "match": ANY, "criteria": criteria}
