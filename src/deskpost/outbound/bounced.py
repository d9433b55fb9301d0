"""Mails that a server took and that a report says were not delivered after all, as far as incoming mail tells it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, models
from django.db.models.functions import Now

from deskpost.desk.accounts import Account
from deskpost.desk.people import fold
from deskpost.outbound.outbox import OutboxAttempt, OutboxMail
from deskpost.outbound.tries import Unreached

_NOT_DELIVERED = "Not delivered, as a report says. {words}"
_ONE_OF = "At least one of {whom} was not reached, as a report says. It names {words}"
_LISTED = 3  # recipients that are named
_ALIVE = """
    DELETE FROM dead_address dead USING unnest(%s::bigint[], %s::text[]) AS wrote (account_id, key)
    WHERE dead.account_id = wrote.account_id AND dead.key = wrote.key
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What one report says of one mail. `report_id`: the incoming mail that is the report; `place`: who sent it.

    `unnamed`: what it says of addresses that the mail was not sent to, and that stand for one of its recipients.
    """

    mail_id: int
    report_id: int
    place: str
    words: str
    unreached: tuple[Unreached, ...]
    unnamed: str = ""


class DeadAddress(models.Model):
    """An address to which mail of an account cannot be delivered for good, until a mail comes from it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.TextField()  # folded
    since = models.DateTimeField(db_default=Now())
    words = models.TextField()  # what the server said
    report_id = models.BigIntegerField()  # the incoming mail that told it

    class Meta:
        db_table = "dead_address"
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="dead_address_once")]

    def __str__(self) -> str:
        return self.key


def mark(reports: Sequence[Told]) -> dict[int, list[str]]:
    """Note what reports say, in the caller's transaction; give who is newly known not to have got a mail.

    Where nobody knows which of several recipients it was, that is said in the place of an address.

    To be told with `failures.tell_authors`. A report that is processed again marks nobody anew.
    """
    if not reports:
        return {}
    ids = sorted({one.mail_id for one in reports})
    held = OutboxMail.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    mails = {mail.pk: mail for mail in held}
    missed: dict[int, list[str]] = {}
    for one in reports:
        mail = mails.get(one.mail_id)
        if mail is None or OutboxAttempt.objects.filter(mail=mail, report_id=one.report_id).exists():
            continue
        OutboxAttempt.objects.create(mail=mail, server=one.place, result=one.words, report_id=one.report_id)
        fresh = _mark(mail, one)
        if one.unnamed and _ONE_OF.partition("{")[0] not in mail.reason:  # who has the mail could forge many
            fresh.append(_one_of(mail, one.unnamed))
        if fresh:
            missed.setdefault(mail.pk, []).extend(fresh)
    return missed


def alive(senders: Iterable[tuple[int, str]]) -> None:
    """Forget that these (account, folded address) could not be reached: mail came from there."""
    pairs = list(dict.fromkeys(senders))
    if pairs:
        with connection.cursor() as cursor:
            cursor.execute(_ALIVE, [list(each) for each in zip(*pairs, strict=True)])


def dead(account_id: int | None, addresses: Iterable[str]) -> Mapping[str, DeadAddress]:
    """Give which of these addresses cannot be reached for an account: folded address -> why and since when."""
    keys = {fold(address) for address in addresses}
    found = DeadAddress.objects.filter(account=account_id, key__in=keys)
    return {one.key: one for one in found}


def _mark(mail: OutboxMail, told: Told) -> list[str]:
    """Mark the recipients who were not reached; give those who were not marked before."""
    named = {fold(address): address for _, address in (*mail.to, *mail.cc, *mail.bcc)}
    fresh = []
    for one in told.unreached:
        address = named.get(one.key)
        if address is None:
            continue
        if mail.recipients.get(address, {}).get("state") != "failed":
            fresh.append(address)
        answer = _NOT_DELIVERED.format(words=one.words)
        mail.recipients[address] = {"state": "failed", "answer": answer, "report": told.report_id}
        if one.hard and mail.account_id is not None:
            DeadAddress.objects.get_or_create(
                account_id=mail.account_id,
                key=one.key,
                defaults={"words": one.words, "report_id": told.report_id},
            )
    if fresh:
        _write(mail, everybody=set(named.values()))
    return fresh


def _one_of(mail: OutboxMail, words: str) -> str:
    """Note that one of the recipients was not reached, nobody knows who; give whom that may be."""
    addresses = [address for _, address in (*mail.to, *mail.cc, *mail.bcc)]
    open_ones = [one for one in addresses if mail.recipients.get(one, {}).get("state") != "failed"]
    listed = len(open_ones) <= _LISTED
    whom = " and ".join(open_ones) if listed else f"its {len(open_ones)} recipients"
    said = _ONE_OF.format(whom=whom, words=words)
    mail.reason = f"{mail.reason}; {said}" if mail.reason else said
    OutboxMail.objects.filter(pk=mail.pk).update(reason=mail.reason)
    return f"one of {whom}"


def _write(mail: OutboxMail, everybody: set[str]) -> None:
    """Write the recipients. A mail that reached nobody has failed; one that is on its way yet is not touched."""
    failed = {address: fate for address, fate in mail.recipients.items() if fate["state"] == "failed"}
    changes: dict[str, object] = {"recipients": mail.recipients}
    if mail.state in (OutboxMail.State.SENT, OutboxMail.State.FAILED):
        changes["reason"] = mail.reason = "; ".join(
            f"{address}: {fate['answer']}" for address, fate in failed.items()
        )
        if everybody <= failed.keys():
            changes["state"] = OutboxMail.State.FAILED
    OutboxMail.objects.filter(pk=mail.pk).update(**changes)
