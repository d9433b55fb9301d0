"""A rule proposed for the sender of a mail that somebody took for spam: for the address, or for the whole domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.page import Viewer, id_of
from deskpost.desk.addresses import public_providers
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.rules import ANY, Criterion
from deskpost.inbound.visible import visible_mails


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the form begins with, and the other way to put it: words and an address, empty where there is none."""

    values: dict[str, Any]
    other_words: str
    other_url: str


def url_for(mail_id: int, by: str = "") -> str:
    """Give the address of the form with a rule for a mail's sender; `by`: address or domain."""
    return f"{reverse('spam_rule_new')}?{urlencode({'mail': mail_id, **({'by': by} if by else {})})}"


def proposed_by(viewer: Viewer, asked: Mapping[str, Any]) -> Proposal | None:
    """Give the rule for the sender of the mail that an address names; None where it names none that one may see."""
    mail_id = id_of(asked.get("mail"))
    if mail_id is None or not visible_mails(viewer.desk).filter(pk=mail_id).exists():
        return None
    address = MailOutcome.objects.filter(pk=mail_id).values_list("from_address", flat=True).first() or ""
    domain = address.rpartition("@")[2]
    if not address or not domain:
        return None
    public = domain in public_providers()  # of a public provider the domain is everybody's
    by_domain = asked.get("by") == "domain" or (asked.get("by") != "address" and not public)
    if by_domain:
        values = _values(gettext("Mail from %(domain)s") % {"domain": domain}, "sender_domain", domain)
        words = gettext("Only the address %(address)s") % {"address": address}
        return Proposal(values, words, url_for(mail_id, "address"))
    values = _values(gettext("Mail from %(address)s") % {"address": address}, "sender_address", address)
    words = "" if public else gettext("The whole domain %(domain)s") % {"domain": domain}
    return Proposal(values, words, "" if public else url_for(mail_id, "domain"))


def _values(name: str, field: str, entry: str) -> dict[str, Any]:
    return {"name": name[:100], "match": ANY, "criteria": (Criterion(field, "is", (entry,)),)}
