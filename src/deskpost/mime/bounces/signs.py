"""What shows before its text is read that a mail may be a delivery report; every ordinary mail ends here."""

import re
from dataclasses import dataclass

from deskpost.mime import automatic
from deskpost.mime.bounces import addresses, original
from deskpost.mime.message import Message

STATUS_TYPES = frozenset(("message/delivery-status", "message/global-delivery-status"))
FEEDBACK_TYPES = frozenset(("message/feedback-report",))
_NOTIFICATION_TYPES = frozenset(
    ("message/disposition-notification", "message/global-disposition-notification")
)

_CERTAIN = 2
_CERTAIN_DAEMON = re.compile(
    r"(?:mailer-?_?daemon|mail-?_?daemon|mail[._-]?delivery|maildelivery|mdaemon|double-bounce)(?:[._+-][^@]*)?(?:@|$)",
    re.I,
)
_DAEMON = re.compile(
    r"(?:mailer-?_?daemon|mail-?_?daemon|postmaster|mail[._-]?delivery|mdaemon|mail-?system|mail-?administrator"
    r"|bounces?|ndr|double-bounce)(?:[._+-][^@]*)?(?:@|$)",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"\bmailer[- ]daemon\b|\bmail deliver(?:y)?\b|\bndr\b|\bdelivery (?:sub)?system\b", re.IGNORECASE
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
    r"\s*(?:re|aw|fwd?|wg|antw|sv|vs|tr|rv|res|odp|enc|回复|答复|转发|返信|転送)"
    r"\s*(?:\[\d+\])?[:：]",
    re.IGNORECASE,
)
_TELLING = frozenset(("return-path", "x-failed-recipients", "user-agent", "x-mailer"))
_FAILED_RECIPIENTS = 100


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found. `weight` counts what speaks for a report in free text; `sent_by_machine` is the sender alone."""

    status: bool
    feedback: bool
    notice: bool
    sent_by_machine: bool
    weight: int
    failed: tuple[str, ...]


def of(message: Message) -> Signs | None:
    """Give the signs of a mail that may be a report, None for every other."""
    types = (
        {attachment.content_type for attachment in message.attachments}
        if message.attachments
        else frozenset()
    )
    status = not STATUS_TYPES.isdisjoint(types)
    feedback = not FEEDBACK_TYPES.isdisjoint(types)
    headers: dict[str, str] = {}
    for name, value in message.headers:
        key = name.lower()
        if key in _TELLING and key not in headers:
            headers[key] = value
    daemon = _daemon(message)
    null_sender = "".join(headers.get("return-path", "x").split()) == "<>"
    failed = _failed(headers.get("x-failed-recipients", ""))
    notice = message.text[:1] == "{" and "otification" in message.text[:400]
    if not (status or feedback or notice or message.is_report or daemon or null_sender or failed):
        return None
    if not (status or feedback) and (
        not _NOTIFICATION_TYPES.isdisjoint(types) or _is_answer(message, daemon)
    ):
        return None
    subject = bool(_SUBJECT.search(message.subject)) and not _ANSWER.match(message.subject)
    path = headers.get("return-path", "")
    returned = not original.TYPES.isdisjoint(types)
    weight = daemon + null_sender + subject + message.is_report + returned + 2 * bool(failed)
    if daemon < _CERTAIN and not null_sender:
        weight -= bool(path) and not _DAEMON.search(path.strip("<> "))
        weight -= bool(
            _PERSONS_PROGRAM.search(f"{headers.get('user-agent', '')} {headers.get('x-mailer', '')}")
        )
    return Signs(status, feedback, notice, daemon > 0 or null_sender or bool(failed), weight, failed)


def _daemon(message: Message) -> int:
    """Tell whether a program sent it: 2 for a name that no person has, 1 for one that a person may write under."""
    if not message.from_:
        value = message.header("from")
        return 0 if value is None else _CERTAIN if _DAEMON_NAME.search(value) else int("<>" in value)
    sender = message.from_[0]
    if _CERTAIN_DAEMON.match(sender.address) or (sender.name and _DAEMON_NAME.search(sender.name)):
        return _CERTAIN
    return int(bool(_DAEMON.match(sender.address)))


def _is_answer(message: Message, daemon: int) -> bool:
    """Tell whether it is a person's answer, or an absence note, whatever it quotes."""
    if daemon >= _CERTAIN:
        return False
    if _ANSWER.match(message.subject):
        return True
    kind = automatic.recognise(message)
    return kind is not None and kind.kind == "auto-reply" and not _SUBJECT.search(message.subject)


def _failed(value: str) -> tuple[str, ...]:
    if "@" not in value:
        return ()
    pieces = re.split(r"[,;\s]+", value[:20_000], maxsplit=_FAILED_RECIPIENTS)[:_FAILED_RECIPIENTS]
    return tuple(dict.fromkeys(filter(None, map(addresses.plain, pieces))))
