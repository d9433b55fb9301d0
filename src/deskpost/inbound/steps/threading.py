"""Step 10: which request a mail belongs to, and whether its sender may join it."""

from dataclasses import dataclass
from datetime import timedelta

from deskpost.inbound import answered, deciders
from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Ends, FoundRecord, Joins, NewRequest, Outcome, Setting
from deskpost.inbound.steps import authenticity, from_alone, request
from deskpost.inbound.view import DeskView

_ENDED = ("closed", "resolved")


@dataclass(frozen=True, slots=True)
class Thread:
    """A record that a mail names, and by what."""

    record: FoundRecord
    by: str
    token: bool = False
    setting: Setting | None = None  # the delimiter or former token by which it is named


def join(case: Case, desk: DeskView) -> Outcome | None:
    """Join the request that the mail names, if its sender may; else the mail waits there, or goes on as new."""
    outcome = _join(case, desk)
    if not isinstance(outcome, Joins):
        return outcome
    twin = desk.twin_in(outcome.record.id, case)
    return from_alone.marked(case, desk, outcome) if twin is None else _twin(outcome, twin)


def _twin(joins: Joins, twin: int) -> Ends:
    """End a mail that stands at its request already: it came another way, or was taken up again."""
    there = f"The same mail stands there already as mail {twin}: same content, same Message-ID."
    return Ends("duplicate", f"{joins.reason} {there}", duplicate_of=twin)


def _join(case: Case, desk: DeskView) -> Outcome | None:
    threads = [
        thread
        for thread in (_by_token(case, desk), _by_delimiter(case, desk), _by_mail(case, desk))
        if thread
    ]
    if not threads:
        return None
    thread = threads[0]
    reason = f"It names {thread.record.name}: {thread.by}."
    others = sorted({other.record.name for other in threads[1:] if other.record.id != thread.record.id})
    if others:
        reason += f" It also names {', '.join(others)}, by a weaker sign."
    if case.automatic is not None and case.automatic.never_opens:
        joins = _may_join(case, desk, thread) and not authenticity.failed(case)
        return _quietly(desk, thread, reason, case.automatic.reason) if joins else None
    if authenticity.failed(case):
        return _forged(case, thread, reason)
    if not _may_join(case, desk, thread):
        return _stranger(case, desk, thread, reason)
    if thread.record.status_kind not in _ENDED:
        return Joins("conversation", reason, thread.record, by=_let_in_by(case, desk, thread))
    return _ended(case, desk, thread, reason)


def _quietly(desk: DeskView, thread: Thread, reason: str, why: str) -> Outcome:
    """Let an auto-reply join quietly, or end at its request where that is set."""
    by = desk.constants.settings.get("auto_replies")
    if desk.constants.auto_replies == "end":
        return Ends("automatic", f"{reason} It joins nothing: {why}.", record=thread.record, by=by)
    return Joins("conversation", f"{reason} Joined quietly: {why}.", thread.record, quietly=True, by=by)


def _by_token(case: Case, desk: DeskView) -> Thread | None:
    """Look for a signed reply token: in an address, in In-Reply-To and References, in the quoted body."""
    for place, mail_id in answered.by_token(case.message, desk):
        mail = desk.addressee(mail_id)
        record = desk.record(mail.record_id) if mail and mail.record_id is not None else None
        if mail and record:
            moved = ", followed to where that mail was moved" if mail.record_id != mail.sent_for else ""
            merged = ", followed to where it was merged" if record.id != mail.record_id else ""
            return Thread(record, f"signed reply token in {place}{moved}{merged}", token=True)
    return None


def _by_delimiter(case: Case, desk: DeskView) -> Thread | None:
    """Look for a delimiter in the subject whose module and number name one record; then for a former system's."""
    if case.named is not None:  # a RequestID in the text is as good, and its sender has a login
        record, led = _of_number(desk, *case.named)
        if record is not None:
            return Thread(record, f"RequestID in the text{led}")
    for token in desk.constants.delimiters.tokens(case.message.subject):
        record, led = _of_number(desk, token.module, token.number)
        if record is not None:
            by = desk.constants.settings.get(deciders.delimiter(token.base, token.code))
            return Thread(record, f"number in the subject{led}", setting=by)
    for former, number in desk.constants.former.tokens(case.message.subject):
        record, led = _of_number(desk, former.module, number)
        if record is not None:
            by = desk.constants.settings.get(deciders.former_token(former.before, former.after))
            return Thread(record, f"number of a former system in the subject{led}", setting=by)
    return None


def _of_number(desk: DeskView, module: str, number: int) -> tuple[FoundRecord | None, str]:
    """Give the record of a number, and the words that a merge led to it."""
    record, merged = desk.record_of_number(module, number)
    return record, f", {record.code}-{number} was merged into it" if record and merged else ""


def _by_mail(case: Case, desk: DeskView) -> Thread | None:
    """Look for a mail named in In-Reply-To or References that a record of the same account holds."""
    for name in (*reversed(case.message.in_reply_to), *reversed(case.message.references)):
        for record in desk.records_of_mail(name):
            if record.account_id == case.sender.account_id:
                merged = ", whose request was merged into it" if desk.was_merged(name, record) else ""
                return Thread(record, f"it answers {name}{merged}")
    return None


def _may_join(case: Case, desk: DeskView, thread: Thread) -> bool:
    """Tell whether the sender may join: never across accounts, but for those who may see the record."""
    sender, record = case.sender, thread.record
    if sender.person_id is not None:
        if sender.person_id == record.requester_id:
            return True
        if sender.sign_in and desk.may_see(sender.person_id, record):
            return True
    if _is_of_another(case, thread):
        return False
    if sender.belongs or thread.token or desk.constants.who_may_join == "open":
        return True
    if sender.key and desk.took_part(record.id, sender.key):
        return True
    return sender.person_id is not None and desk.asked_in(record.id, sender.person_id)


def _is_of_another(case: Case, thread: Thread) -> bool:
    return case.sender.belongs and case.sender.account_id != thread.record.account_id


def _let_in_by(case: Case, desk: DeskView, thread: Thread) -> Setting | None:
    """Give the setting by which a stranger may join; for whom the request's account knows, the delimiter."""
    if desk.constants.who_may_join != "open" or case.sender.belongs or thread.token:
        return thread.setting
    return desk.constants.settings.get("who_may_join")


def _stranger(case: Case, desk: DeskView, thread: Thread, reason: str) -> Outcome:
    """Say what becomes of the mail of somebody who may not join: held there, or under `strict` a linked request."""
    by = desk.constants.settings.get("who_may_join")
    if desk.constants.who_may_join == "strict":
        linked = f"{reason} Its sender may not join it, so a request of its own is linked to it."
        return request.open_or_refuse(case, desk, NewRequest("request", linked, thread.record, by=by))
    across = _is_of_another(case, thread)
    always = " No mail joins across accounts, whatever is set." if across else ""
    return Ends(
        "held",
        f"{reason} Its sender may not join it: an unverified reply.{always} "
        "To do: a technician accepts it or makes it a request of its own.",
        record=thread.record,
        by=None if across else by,
    )


def _forged(case: Case, thread: Thread, reason: str) -> Outcome:
    """Let a mail wait that its sender's domain disowns, whoever may join: anybody can write a known name into From."""
    return Ends(
        "held",
        f"{reason} Its sender may be forged: {authenticity.verdict_of(case).reason}. So it is an unverified reply. "
        "To do: a technician who knows that it is genuine accepts it, or makes it a request of its own.",
        record=thread.record,
        by=authenticity.source_of(case),
    )


def _ended(case: Case, desk: DeskView, thread: Thread, reason: str) -> Outcome:
    """Reopen an ended request; after too long open a linked one; automatic mail joins without reopening."""
    record, settings = thread.record, desk.constants.settings
    within, a_day = settings.get("reopen_within_days"), settings.get("reopenings_per_day")
    if case.automatic is not None:
        return Joins(
            "conversation", f"{reason} Automatic mail does not reopen it.", record, by=thread.setting
        )
    days = desk.constants.reopen_within_days
    if record.closed_at is not None and case.received_at - record.closed_at > timedelta(days=days):
        linked = f"{reason} It was closed over {days} days ago, so a new request is linked to it."
        return request.open_or_refuse(case, desk, NewRequest("request", linked, record, by=within))
    if desk.reopenings(record.id, case.received_at) >= desk.constants.reopenings_per_day:
        often = f"{reason} It was reopened too often today and stays closed."
        return Joins("conversation", often, record, by=a_day)
    again = f"{reason} It was closed and is open again."
    return Joins("conversation", again, record, reopens=True, by=within)
