"""What a server's answer means for a mail: sent, failed, or tried again later. Pure but for the jitter."""

import random
from collections.abc import Mapping
from datetime import datetime

from deskpost.outbound.tries import Claimed, Outcome
from deskpost.transports.envelope import Answer, Delivery

_FIRST_DELAY = 5.0  # seconds; three times as long after each further try
_LONGEST_DELAY = 1800.0
_AGAIN = " An earlier try may have been taken as well, so the mail may arrive twice."


def delay(tries: int) -> float:
    """Give the seconds to wait before the next try after so many, with a fifth of jitter."""
    return min(_FIRST_DELAY * 3.0 ** min(tries, 20), _LONGEST_DELAY) * random.uniform(0.8, 1.2)  # noqa: S311


def of_delivery(
    mail: Claimed, addresses: Mapping[str, str], delivery: Delivery, now: datetime
) -> tuple[Outcome, str]:
    """Give what is to be written of a mail, and the words of the try.

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
        elif answer.accepted:
            done[address] = {"state": "sent", "answer": _said(answer)}
        elif answer.permanent or mail.give_up_at <= now:
            done[address] = {"state": "failed", "answer": _said(answer)}
            missed.append(address)
            words.append(f"{address}: {_said(answer)}")
        else:
            later[address] = _said(answer)
            words.append(f"{address}: {_said(answer)}")
    result = "; ".join(dict.fromkeys(_first_words(delivery) + words))
    if mail.unknown_fate and not delivery.unknown and delivery.data is not None:
        result += _AGAIN
    if later and mail.give_up_at > now:
        reason = "; ".join(dict.fromkeys(later.values()))
        wait = delay(mail.tries)
        return Outcome(mail.id, "queued", done, reason, delivery.unknown, wait, tuple(missed)), result
    done.update({address: {"state": "failed", "answer": said} for address, said in later.items()})
    refused = [f"{address}: {fate['answer']}" for address, fate in done.items() if fate["state"] == "failed"]
    state = "failed" if len(refused) == len(done) else "sent"
    missed += later
    return Outcome(mail.id, state, done, "; ".join(refused), delivery.unknown, missed=tuple(missed)), result


def of_refusal(
    mail: Claimed, addresses: Mapping[str, str], words: str, permanent: bool, now: datetime
) -> Outcome:
    """Give what is to be written of a mail that could not be handed over at all, for good or for now."""
    if permanent or mail.give_up_at <= now:
        missed = tuple(addresses.values())
        return Outcome(mail.id, "failed", mail.recipients, words, mail.unknown_fate, missed=missed)
    return Outcome(mail.id, "queued", mail.recipients, words, mail.unknown_fate, delay(mail.tries))


def _first_words(delivery: Delivery) -> list[str]:
    if delivery.unknown:
        return [delivery.words]
    if delivery.data is None:
        return []
    return [_said(delivery.data)]


def _said(answer: Answer) -> str:
    return f"{answer.code} {answer.text}".strip()
