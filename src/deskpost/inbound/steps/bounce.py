"""Step 4: delivery reports and complaints. They make no request; each is tied to the mail of ours that it is about.

Only a report that names that mail by its token, or by a Message-ID that it has elsewhere, is believed: nobody else
knows those. One that a mail system did not send calls no address dead, and one whose sender may be forged marks
nothing. RFC 3464, RFC 5965.
"""

from collections.abc import Iterator, Sequence

from deskpost.desk.people import fold
from deskpost.inbound.case import Case
from deskpost.inbound.outcome import OF_OURS, Ends, Outcome, Reported, Setting
from deskpost.inbound.steps import authenticity
from deskpost.inbound.view import Addressee, DeskView
from deskpost.mime import automatic, bounce
from deskpost.mime.bounce import Recipient, Report
from deskpost.outbound.tokens import Tokens
from deskpost.outbound.tries import Unreached

_READ = 1_000_000  # bytes of a report in which a token is looked for
_NAMED = 5  # addresses at most that the words of a report name
_KINDS = {
    "failed": "A delivery report",
    "delayed": "A report of a delay",
    "delivered": "A report that a mail was delivered",
    "complaint": "A complaint: somebody called a mail spam",
}


def recognise(case: Case, desk: DeskView) -> Outcome | None:
    """End the way of a report. One in free text that names no mail of ours goes on: a person may have written it.

    So does one that a person redirects or sends on here, unless it is about a mail of ours to whom it names: it was
    reported to that person.
    """
    report = bounce.recognise(case.raw, case.message)
    if report is None:
        return None
    case.report = _tied(report, case, desk)
    if case.report is not None:
        mail_id = case.report.mail_id
        ours = Setting(OF_OURS, mail_id, str(mail_id), "")
        return Ends("bounce", case.report.words, record=case.report.record, by=ours)
    if not _is_sure(report, case):
        case.note("looks like a delivery report, and names no mail of ours")
        return None
    return Ends("bounce", f"{_KINDS[report.kind]}{_about(report)}. It names no mail that Deskpost sent.")


def read(case: Case, desk: DeskView) -> None:
    """Note what a report says though the mail itself is dropped: its words about our mail are still true."""
    report = bounce.recognise(case.raw, case.message)
    if report is not None:
        case.report = _tied(report, case, desk)


def _is_sure(report: Report, case: Case) -> bool:
    """Tell whether a report that names no mail of ours is one all the same."""
    if report.by_form or report.by_person:
        return False
    found = automatic.recognise(case.message)
    if found is not None and found.kind == "report":
        return True
    return report.by_system and report.by_daemon and automatic.from_nobody(case.message)


def _tied(report: Report, case: Case, desk: DeskView) -> Reported | None:
    mail = next(_named(case, report, desk), None)
    if mail is None or (report.by_person and not _is_to_these(mail, report.recipients)):
        return None
    record = desk.record(mail.record_id) if mail.record_id is not None else None
    forged = authenticity.failed(case)
    unreached = () if forged else tuple(_unreached(report, mail))
    unnamed = "" if forged else _unnamed(report.recipients, mail)
    said = "; ".join(f"{one.address or 'somebody'}: {words_of(one)}" for one in report.recipients[:_NAMED])
    words = f"{_KINDS[report.kind]} about mail {mail.id} of the outbox. {said}"
    if report.kind == "failed" and not unreached and not forged:
        words += " None of them is among those that the mail was sent to."
    if forged:
        words += f" It marks nobody, for its sender may be forged: {authenticity.verdict_of(case).reason}."
    return Reported(mail.id, record, words, unreached, unnamed)


def words_of(one: Recipient) -> str:
    """Give what a server said of one recipient, with its codes where they do not stand in that."""
    codes = [code for code in (one.reply_code, one.status) if code and code not in one.said]
    return " ".join((*codes, one.said)).strip() or "no reason given"


def _unreached(report: Report, mail: Addressee) -> Iterator[Unreached]:
    """Give those of the mail's recipients who were not reached.

    A mail to one alone was not reached by whatever address the report names: it may have been forwarded there.
    """
    for one in report.recipients:
        key = fold(one.address)
        if one.kind != "failed":
            continue
        if key in mail.recipients:
            yield Unreached(key, words_of(one), bool(one.hard) and report.by_system)
        elif len(mail.recipients) == 1:
            where = f"{one.address}: " if one.address else ""
            yield Unreached(next(iter(mail.recipients)), f"{where}{words_of(one)}", hard=False)


def _unnamed(recipients: Sequence[Recipient], mail: Addressee) -> str:
    """Give whom a report names in place of one of the mail's several recipients, if anybody, and what was said."""
    failed = [one for one in recipients if one.kind == "failed"]
    others = [one for one in failed if fold(one.address) not in mail.recipients]
    known = {fold(one.address) for one in failed} & mail.recipients
    if not others or len(mail.recipients) - len(known) < 2:
        return ""
    return "; ".join(f"{one.address or 'nobody'}: {words_of(one)}" for one in others[:_NAMED])


def _named(case: Case, report: Report, desk: DeskView) -> Iterator[Addressee]:
    """Give the mails of ours that a report names, the surest first.

    One by its form alone, or that a person seems to send on, names what it returns: people quote.
    """
    tokens: Tokens = desk.constants.tokens
    name = report.original.message_id
    places = (
        [name or ""]
        if report.by_form or report.by_person
        else [name or "", case.raw[:_READ].decode("latin-1")]
    )
    ids = dict.fromkeys(mail_id for text in places for mail_id in tokens.find(text))
    yield from (mail for mail_id in ids if (mail := desk.addressee(mail_id)))
    if name:
        yield from desk.sent([name])


def _is_to_these(mail: Addressee, recipients: Sequence[Recipient]) -> bool:
    return any(fold(one.address) in mail.recipients for one in recipients)


def _about(report: Report) -> str:
    addresses = [one.address for one in report.recipients if one.address][:3]
    return f" about {', '.join(addresses)}" if addresses else ""
