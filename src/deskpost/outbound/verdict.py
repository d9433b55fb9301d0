"""What a server's answer means for a mail: sent, failed, or tried again later. Pure but for the jitter."""

import random
from collections.abc import Mapping
from datetime import datetime

from deskpost.outbound import fate
from deskpost.outbound.tries import Claimed, Outcome
from deskpost.transports.envelope import Answer, Delivery
from deskpost.transports.throttling import SENDING_LIMIT_WAIT, sending_limit_reached

_FIRST_DELAY = 5.0  # seconds; three times as long after each further try
_LONGEST_DELAY = 1800.0
_AGAIN = " An earlier try may have been taken as well, so the mail may arrive twice."


def delay(tries: int) -> float:
    """Give the seconds to wait before the next try after so many, with a fifth of jitter."""
    return min(_FIRST_DELAY * 3.0 ** min(tries, 20), _LONGEST_DELAY) * random.uniform(0.8, 1.2)  # noqa: S311


def of_delivery(
    mail: Claimed,
    addresses: Mapping[str, str],
    delivery: Delivery,
    now: datetime,
    *,
    may_look: bool = False,
) -> tuple[Outcome, str]:
    """Give what is to be written of a mail, and the words of the try.

    `may_look`: the mailbox can be asked for it, so that one of unknown fate waits for that even after its time.

    `addresses` leads from a recipient as SMTP wrote it to the row's. Each recipient has a fate of its own: who was
    reached or refused for good is done with, who was refused for now is tried again until the mail's time is over.
    """
    done = dict(mail.recipients)
    missed: list[str] = []
    later: dict[str, str] = {}
    words: list[str] = []
    for written, address in addresses.items():
        answer = delivery.answer_for(written)
        if answer is None:
            later[address] = delivery.words
        elif answer.accepted or fate.taken_already(answer.text):
            done[address] = {"state": "sent", "answer": _said(answer)}
        elif (answer.permanent and not sending_limit_reached(answer.text)) or mail.give_up_at <= now:
            done[address] = {"state": "failed", "answer": _said(answer)}
            missed.append(address)
            words.append(f"{address}: {_said(answer)}")
        else:
            later[address] = _said(answer)
            words.append(f"{address}: {_said(answer)}")
    result = "; ".join(dict.fromkeys(_first_words(delivery) + words))
    if mail.unknown_fate and not delivery.unknown and delivery.data is not None:
        result += _AGAIN
    if later and (mail.give_up_at > now or (delivery.unknown and may_look)):
        reason = "; ".join(dict.fromkeys(later.values()))
        wait = delay(mail.tries)
        if sending_limit_reached(reason):
            wait = max(wait, SENDING_LIMIT_WAIT)
        return Outcome(mail.id, "queued", done, reason, delivery.unknown, wait, missed=tuple(missed)), result
    done.update({address: {"state": "failed", "answer": said} for address, said in later.items()})
    refused = [f"{address}: {fate['answer']}" for address, fate in done.items() if fate["state"] == "failed"]
    state = "failed" if len(refused) == len(done) else "sent"
    missed += later
    sent_as = fate.microsoft_s_id(delivery.data.text) if delivery.data and state == "sent" else ""
    outcome = Outcome(
        mail.id,
        state,
        done,
        "; ".join(refused),
        delivery.unknown,
        sent_as=sent_as if sent_as != mail.message_id else "",
        missed=tuple(missed),
    )
    return outcome, result


def of_look(
    mail: Claimed, addresses: Mapping[str, str], found: fate.Fate, place: str, now: datetime
) -> tuple[Outcome | None, str]:
    """Give what is to be written of a mail that was looked for, None when it is to be sent now; and that in words.

    One that was not sent, and whose time for tries is over, fails.
    """
    looks = mail.looks + 1
    if found.kind == "sent" and found.copy is not None:
        words = fate.FOUND.format(place=place)
        done = {**mail.recipients, **{one: {"state": "sent", "answer": words} for one in addresses.values()}}
        other = found.copy.message_id if found.copy.message_id != mail.message_id else ""
        return Outcome(mail.id, "sent", done, tried=False, sent_as=other), words
    over = mail.give_up_at <= now
    if over and (looks > 1 if found.kind == "draft" else found.kind == "absent" and looks >= fate.ENOUGH):
        words = fate.NOT_SENT_IN_TIME.format(place=place)
        missed = tuple(addresses.values())
        return Outcome(
            mail.id, "failed", mail.recipients, words, looks=looks, tried=False, missed=missed
        ), words
    if found.kind == "draft" and looks > 1:
        return None, fate.NEVER_SENT.format(place=place)
    what = fate.LIKELY if found.kind == "likely" else fate.ABSENT
    words = fate.LOOKED.format(look=looks, of=fate.ENOUGH, place=place, what=what)
    if looks < fate.ENOUGH:
        wait = fate.wait_after(looks)
        return Outcome(mail.id, "queued", mail.recipients, words, True, wait, looks=looks, tried=False), words
    if found.kind == "likely" and found.copy is not None:
        held = fate.HELD.format(place=place, of=looks, at=now, copy=found.copy.at)
        return Outcome(mail.id, "held", mail.recipients, held, True, looks=looks, tried=False), words
    return None, fate.GIVEN_UP.format(place=place, of=looks)


def of_no_look(mail: Claimed, mailbox: str, why: str) -> tuple[Outcome, str]:
    """Give what is to be written of a mail whose mailbox cannot be asked for it, and that in words."""
    looks, why = mail.looks + 1, why.partition(" To do: ")[0]
    said = {"look": looks, "of": fate.ENOUGH, "mailbox": mailbox, "why": why}
    words = fate.NOT_ASKED.format(**said)
    if looks < fate.ENOUGH:
        wait = fate.wait_after(looks)
        return Outcome(mail.id, "queued", mail.recipients, words, True, wait, looks=looks, tried=False), words
    held = fate.HELD_UNASKED.format(**said)
    return Outcome(mail.id, "held", mail.recipients, held, True, looks=looks, tried=False), words


def of_refusal(
    mail: Claimed,
    addresses: Mapping[str, str],
    words: str,
    permanent: bool,
    now: datetime,
    *,
    looking: bool = False,
) -> Outcome:
    """Give what is to be written of a mail that could not be handed over at all, for good or for now.

    `looking`: it was not even offered, for it could not be looked for. Then it is held instead of given up.
    """
    over, unknown = permanent or mail.give_up_at <= now, mail.unknown_fate
    if over and looking:
        looks = max(mail.looks, 1)
        return Outcome(mail.id, "held", mail.recipients, fate.held_in_time(words), unknown, looks=looks)
    if over:
        missed = tuple(addresses.values())
        words += fate.MAYBE if unknown else ""
        return Outcome(mail.id, "failed", mail.recipients, words, unknown, missed=missed)
    wait = delay(mail.tries)
    return Outcome(mail.id, "queued", mail.recipients, words, unknown, wait, looks=mail.looks)


def _first_words(delivery: Delivery) -> list[str]:
    if delivery.unknown:
        return [delivery.words]
    if delivery.data is None:
        return []
    return [_said(delivery.data)]


def _said(answer: Answer) -> str:
    return f"{answer.code} {answer.text}".strip()
