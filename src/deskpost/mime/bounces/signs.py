"""What shows before its text is read that a mail may be a delivery report; every ordinary mail ends here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from deskpost.mime import automatic
from deskpost.mime.bounces import addresses, daemons, original, persons
from deskpost.mime.message import Message

FEEDBACK_TYPES = frozenset(("message/feedback-report",))
_NOTIFICATION_TYPES = frozenset(
    ("message/disposition-notification", "message/global-disposition-notification")
)

_PERSONS_PROGRAM = re.compile(
    r"outlook|thunderbird|apple mail|iphone|ipad|android|\bmutt\b|evolution|kmail|foxmail|roundcube|zimbra|webmail"
    r"|windows mail|sogo|horde|the bat|em client|postbox|claws|mozilla",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:un)?deliver(?:able|ed|y|d)\b.{0,30}\b(?:mail|message|status|fail|failure|failed|error|delay|notification"
    r"|problem|:)|undeliver|^fail(?:ure|ed)\b.{0,30}\b(?:notice|mail|deliver|message)|returned (?:e-?)?mail"
    r"|mail (?:delivery|failed|failure)|returned to sender|returning (?:message )?to sender"
    r"|message .{0,40}(?:delayed|has failed|not delivered)|delayed mail"
    r"|(?:mail|message|nachricht|e-mail) (?:delivery|could not|rejected|undeliverable|unzustellbar)"
    r"|non-?delivery|non remis|unzustellbar|nicht zustellbar|zustellung|zustellfehler|can(?:not|'t) be delivered"
    r"|not delivered|no entregado|não entregue|mancato recapito|配信|配送|送信でき|退信|未送達|не доставлен|送信エラー",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\s*(?:re|aw|fwd?|wg|antw|sv|vs|tr|rv|res|odp|enc|r|i|rif|ynt|[iİ]lt|vl|v[áb]|odg|pd|ats|fs|doorst|bls|trs"
    r"|απ|σχετ|πρθ|отв|на"
    r"|回复|答复|回覆|转发|轉寄|返信|転送|회신|전달|השב|הועבר|رد)"
    r"\s*(?:\[\d+\])?[:：]",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"[^:：]{0,40}(?:reply|response|office|antwort|abwesen|absence|vacation|away)", re.IGNORECASE
)
_COMPLAINT = re.compile(
    r"\s*complaint about message from\b", re.IGNORECASE
)  # Outlook.com, without a feedback part
_PERSONS_HEADERS = frozenset(("thread-index", "thread-topic", "x-ms-has-attach", "x-gm-message-state"))
_REDIRECTED = frozenset(("resent-from", "resent-sender", "resent-to"))
_TELLING = _PERSONS_HEADERS | _REDIRECTED | {"return-path", "x-failed-recipients", "user-agent", "x-mailer"}
_NO_TYPES: frozenset[str] = frozenset()
_FAILED_RECIPIENTS = 100
_LONGEST = 500  # characters of a name or subject that are looked at


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found: parts for machines (a delivery status, a feedback report, a notice as JSON), and other signs.

    `weight` counts what speaks for a report in free text, `daemon` what its sender's name does. `failed` is who the
    header X-Failed-Recipients names. `by_system`: its sender is none that a person has. `answers`: it answers a mail as
    people do. `by_person`: a person sends on, in its form, what was reported to that person.
    """

    status: bool
    feedback: bool
    notice: bool
    weight: int
    daemon: int
    failed: tuple[str, ...]
    by_system: bool
    answers: bool
    by_person: bool


def of(message: Message) -> Signs | None:
    """Give the signs of a mail that may be a report, None for every other."""
    types = {each.content_type for each in message.attachments} if message.attachments else _NO_TYPES
    headers: dict[str, str] = {}
    for name, value in message.headers:
        key = name.lower()
        if key in _TELLING and key not in headers:
            headers[key] = value
    daemon = daemons.weight(message)
    null_sender = "".join(headers.get("return-path", "").split()) == "<>"
    failed = _failed(headers.get("x-failed-recipients", ""))
    notice = message.text[:1] == "{" and "otification" in message.text[:400]
    complaint = _COMPLAINT.match(message.subject) is not None
    if not (message.is_report or daemon or null_sender or failed or notice or complaint):
        return None
    status = not daemons.STATUS_TYPES.isdisjoint(types)
    feedback = not FEEDBACK_TYPES.isdisjoint(types)
    returned = not original.TYPES.isdisjoint(types)
    if not (status or feedback):
        if not _NOTIFICATION_TYPES.isdisjoint(types) or _is_answer(message, daemon):
            return None
        feedback = complaint and returned
    weight = daemon + null_sender + message.is_report + returned + 2 * bool(failed) + _says_so(message)
    if daemon < daemons.CERTAIN and not null_sender:
        weight -= _speaks_against(headers)
    named = daemon >= daemons.CERTAIN or (daemon > 0 and status)
    by_system = null_sender or (named and not _has_persons_path(headers))
    answers = bool(message.in_reply_to or message.references) and not message.is_report
    return Signs(
        status,
        feedback,
        notice,
        weight,
        daemon,
        failed,
        by_system and _REDIRECTED.isdisjoint(headers),
        answers and not failed and daemon < daemons.CERTAIN and not (daemon and null_sender) and not returned,
        persons.is_theirs(message),
    )


def _says_so(message: Message) -> bool:
    """Tell whether the subject is that of a report."""
    return _SUBJECT.search(message.subject[:_LONGEST]) is not None and not _ANSWER.match(message.subject)


def _has_persons_path(headers: Mapping[str, str]) -> bool:
    path = headers.get("return-path", "").strip("<> ")
    return bool(path) and not daemons.NAME.match(path)


def _speaks_against(headers: Mapping[str, str]) -> int:
    """Count what shows that a person wrote it: a report has no sender to answer to, and no program of a person's."""
    path = headers.get("return-path", "").strip("<> ")
    program = f"{headers.get('user-agent', '')[:_LONGEST]} {headers.get('x-mailer', '')[:_LONGEST]}"
    by_person = _PERSONS_PROGRAM.search(program) or not _PERSONS_HEADERS.isdisjoint(headers)
    answerable = 0 if not path or daemons.CERTAIN_NAME.match(path) else 1 if daemons.NAME.match(path) else 2
    return answerable + bool(by_person)


def _is_answer(message: Message, daemon: int) -> bool:
    """Tell whether it is a person's answer, or an absence note, whatever it quotes."""
    if daemon >= daemons.CERTAIN:
        return False
    if _ANSWER.match(message.subject):
        return True
    kind = automatic.recognise(message)
    if kind is None or kind.kind != "auto-reply":
        return False
    return bool(_AWAY.match(message.subject)) or not _SUBJECT.search(message.subject[:_LONGEST])


def _failed(value: str) -> tuple[str, ...]:
    if "@" not in value:
        return ()
    pieces = re.split(r"[,;\s]+", value[:20_000], maxsplit=_FAILED_RECIPIENTS)[:_FAILED_RECIPIENTS]
    return tuple(dict.fromkeys(filter(None, map(addresses.plain, pieces))))
