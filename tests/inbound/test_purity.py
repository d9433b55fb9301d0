"""Deciding is pure: the steps read the desk through the view alone, and write nothing."""

from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from deskpost.inbound import pipeline
from deskpost.inbound.batches import begin, decide_batch
from deskpost.inbound.case import Case
from deskpost.inbound.collecting.collect import store
from deskpost.inbound.command.settings import EmailCommand
from deskpost.inbound.deliver import deliver, rehearse
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.standing import Settings, facts_of
from deskpost.inbound.view import DeskView
from deskpost.outbound.outbox import OutboxMail
from deskpost.transports.source import RawMail
from tests.console import builders
from tests.inbound.builders import account, mail, mailbox

pytestmark = pytest.mark.usefixtures("database")
CORPORA = Path(__file__).parent.parent / "corpora"
MAILS = sorted(path for path in CORPORA.rglob("*") if path.is_file() and path.suffix not in (".json", ".md"))


def case_of(raw: bytes, box: object, number: int = 0) -> Case:
    return Case(number, facts_of(box), raw, len(raw), timezone.now())


def test_every_step_runs_with_the_database_forbidden_but_through_the_view(monkeypatch):
    account("Acme", "acme.example")
    box = mailbox()
    deliver(box, mail())
    receipt = OutboxMail.objects.get().message_id
    raws = [
        mail(message_id="<2@x>", subject="##RE-1##"),
        mail(message_id="<3@x>", subject="x", In_Reply_To=receipt),
        mail(message_id="<4@x>", subject="##RE-1##", sender="eve@other.example"),
        mail(message_id="<5@x>", subject="away", Auto_Submitted="auto-replied"),
        mail(),
        mail(
            message_id="<6@x>",
            sender="sam@msp.example",
            subject="@@desk ##RE-1##",
            text="$Operation=CloseRequest$",
        ),
        mail(
            message_id="<7@x>",
            sender="sam@msp.example",
            subject="@@desk",
            text="$Requester=Ute Brandt$ $Level=Tier 1$",
        ),
    ]
    builders.person("Sam Okafor", "sam@msp.example", "SDTechnician")
    EmailCommand.objects.update(enabled=True, subject_contains="@@desk", authenticity="ignore")
    constants = Settings().constants
    inside_view = []

    class WatchedView(DeskView):
        def _rows(self, statement, parameters):
            inside_view.append(statement)
            try:
                return super()._rows(statement, parameters)
            finally:
                inside_view.pop()

        def ask(self, question):
            inside_view.append("a question of the desk's own")
            try:
                return super().ask(question)
            finally:
                inside_view.pop()

    def forbid(execute, sql, parameters, many, context):
        assert inside_view, f"a step asked the database past the view: {sql}"
        return execute(sql, parameters, many, context)

    monkeypatch.setattr("deskpost.inbound.batches.DeskView", WatchedView)
    monkeypatch.setattr(pipeline.log, "exception", lambda *words: pytest.fail(str(words)))
    with connection.execute_wrapper(forbid):
        decided = decide_batch([begin(case_of(raw, box, n)) for n, raw in enumerate(raws, 100)], constants)
    assert [d.outcome.kind for d in decided] == [
        "conversation",
        "conversation",
        "held",
        "automatic",
        "duplicate",
        "command",
        "command",
    ]


def test_a_step_that_raises_makes_an_error_mail_and_the_next_goes_on(monkeypatch):
    def explode(case, desk):
        if case.message.subject == "poison":
            raise RuntimeError("boom")

    steps = list(pipeline.STEPS)
    monkeypatch.setattr(pipeline, "STEPS", (*steps[:3], ("exploding", explode), *steps[3:]))
    box = mailbox()
    kinds = [
        deliver(box, mail(message_id=f"<{n}@x>", subject=subject))["outcome"]["kind"]
        for n, subject in enumerate(["good", "poison", "also good"])
    ]
    assert kinds == ["request", "error", "request"]
    error = MailOutcome.objects.get(kind="error")
    assert error.reason == f"The step exploding failed on this mail. {to_do(error)}"
    assert error.subject == "poison"


def to_do(error: MailOutcome) -> str:
    """Give what an error mail says of the fault: where to look, and what to do after."""
    return (
        f"To do: look into the log of the worker for mail {error.pk}. Once the cause is mended, "
        "process the mail again from its trace."
    )


def test_a_mail_that_cannot_be_written_is_an_error_mail_and_its_batch_is_written(monkeypatch):
    from deskpost.inbound import rows

    real = rows.subject_of
    monkeypatch.setattr(
        rows, "subject_of", lambda row: None if row.decided.case.message.subject == "poison" else real(row)
    )
    box = mailbox()
    raws = [mail(message_id=f"<{n}@x>", subject=s) for n, s in enumerate(["good", "poison", "also good"])]
    store(
        box,
        1,
        "INBOX",
        "1",
        [RawMail(str(n), len(r), r, False) for n, r in enumerate(raws)],
        timezone.now(),
        bool,
    )
    assert process(box.pk) == 3
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["error", "request", "request"]
    assert Record.objects.count() == 2
    error = MailOutcome.objects.get(kind="error")
    assert error.reason == f"What this mail became could not be written. {to_do(error)}"


def test_rehearsing_the_corpora_writes_nothing(database):
    box = mailbox()
    rehearse(box, mail())

    def written() -> tuple[int, ...]:
        with psycopg.connect(database) as own:
            own.execute("SELECT pg_stat_force_next_flush()")
            return own.execute(
                "SELECT sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) FROM pg_stat_user_tables"
            ).fetchone()

    connection.close()  # flushes this session's counts
    before = written()
    kinds = {rehearse(box, path.read_bytes())["outcome"]["kind"] for path in MAILS}
    connection.close()
    assert written() == before
    assert "error" not in kinds
    assert "request" in kinds


def test_every_mail_of_the_corpora_gets_its_outcome_and_none_is_an_error():
    box = mailbox(max_size_mb=50)
    raws = [path.read_bytes() for path in MAILS]
    fetched = [RawMail(str(n), len(raw), raw, False) for n, raw in enumerate(raws)]
    with transaction.atomic():
        store(box, 1, "INBOX", "1", fetched, timezone.now(), lambda uid: False)
    assert process(box.pk) == len(raws) > 500
    errors = MailOutcome.objects.filter(kind="error").values_list("subject", "reason")
    assert list(errors) == []
    assert Conversation.objects.count() == MailOutcome.objects.filter(conversation__isnull=False).count()
