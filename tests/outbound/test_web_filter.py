"""A web filter that refuses mails on their way to Graph and EWS: that mail's trouble first, and never the consent's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost.outbound import health, taken_lately
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.route import Route
from deskpost.outbound.send import SendResult, sample, send_due
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState, ServerConsent
from tests.outbound import builders as make
from tests.outbound.graph_desk import CUSTOMER, Desk

pytestmark = pytest.mark.usefixtures("database")

PAGE = "<html><head><title>Data loss prevention: blocked</title></head><body>Ask IT.</body></html>"
PATHS = {"graph": "/sendMail$", "ews": "#CreateItem"}


def filtered(
    desk: Desk, protocol: str, times: int | None = 1, status: int = 403, path: str | None = None
) -> None:
    where = PATHS[protocol] if path is None else path
    desk.fault("status", {"status": status, "body": PAGE}, where, times=times, service=protocol)


def is_consented(server: OutgoingServer) -> bool:
    return ServerConsent.objects.get(server=server).lost_at is None


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("protocol", ["graph", "ews"])
def test_a_mail_that_a_filter_refuses_waits_alone(desk: Desk, protocol: str, status: int) -> None:
    server = desk.server(protocol, connections=1)
    make.queue_mails(server, [CUSTOMER, "bob@acme.example", "eve@acme.example"])
    filtered(desk, protocol, status=status)
    assert send_due(server.pk) == SendResult(sent=2, queued_again=1)
    assert is_consented(server) and len(desk.sent) == 2
    bad = OutboxMail.objects.get(state="queued")
    assert (bad.tries, bad.unknown_fate) == (1, False)
    assert "Something between Deskpost and 127.0.0.1" in bad.reason
    assert f'a web page (status {status}): "Data loss prevention: blocked".' in bad.reason
    OutboxMail.objects.filter(pk=bad.pk).update(next_try_at=timezone.now())
    assert send_due(server.pk) == SendResult(sent=1)
    assert sorted(to for _, to, _ in desk.sent) == [["bob@acme.example"], ["eve@acme.example"], [CUSTOMER]]


def test_a_filter_that_refuses_the_draft_of_a_mail_holds_up_no_other(desk: Desk) -> None:
    server = desk.server(certain=True, connections=1)
    make.queue_mails(server, [CUSTOMER, "bob@acme.example"])
    filtered(desk, "graph", path="/messages$")
    assert send_due(server.pk) == SendResult(sent=1, queued_again=1)
    assert "Something between" in OutboxMail.objects.get(state="queued").reason and is_consented(server)


@pytest.mark.parametrize("protocol", ["graph", "ews"])
def test_a_filter_that_refuses_five_mails_in_a_row_is_the_servers_trouble(desk: Desk, protocol: str) -> None:
    server = desk.server(protocol, connections=1)
    make.queue_mails(server, [f"n{number}@acme.example" for number in range(8)])
    filtered(desk, protocol, times=None)
    result = send_due(server.pk)
    assert result.queued_again >= health.SERVER_S_TROUBLE and "Something between" in result.trouble
    state = OutgoingServerState.objects.get(server=server)
    assert state.failing_since is not None and is_consented(server)
    desk.cloud.faults.clear()
    OutgoingServerState.objects.update(not_before=timezone.now())
    OutboxMail.objects.update(next_try_at=timezone.now())
    assert send_due(server.pk) == SendResult(sent=8), "once the page is gone it goes on by itself"


@pytest.mark.parametrize("protocol", ["graph", "ews"])
def test_a_filter_before_the_first_mail_is_failing_and_no_loss_of_consent(desk: Desk, protocol: str) -> None:
    server = desk.server(protocol)
    make.queue_mails(server, [CUSTOMER])
    taken_lately.note(Route(server, False).present, False)  # as in a process that has just begun
    filtered(desk, protocol, path="", times=None)
    assert "Something between" in send_due(server.pk).trouble
    desk.cloud.faults.clear()
    assert is_consented(server) and OutgoingServerState.objects.get(server=server).failing_since is not None
    filtered(desk, protocol, path="")
    one = sample(server, CUSTOMER)
    assert not one.ok and "answered with a web page" in one.words and is_consented(server)


def test_graphs_own_no_to_sending_is_the_loss_of_a_persons_consent(desk: Desk) -> None:
    server = desk.server(connections=1)
    make.queue_mails(server, [CUSTOMER, "bob@acme.example"])
    refusal = '{"error": {"code": "ErrorAccessDenied", "message": "Access is denied."}}'
    desk.fault("status", {"status": 403, "body": refusal}, "/sendMail$")
    assert "Mail.Send" in send_due(server.pk).trouble
    assert not is_consented(server)


def test_a_limit_of_the_mailbox_waits_an_hour_whatever_the_status(desk: Desk) -> None:
    server = desk.server(connections=1)
    mails = make.queue_mails(server, [CUSTOMER, "bob@acme.example"])
    refusal = '{"error": {"code": "ErrorExceededMessageLimit", "message": "SubmissionQuotaExceeded"}}'
    desk.fault("status", {"status": 403, "body": refusal}, "/sendMail$", times=None)
    assert "takes no more mail from this mailbox for a while" in send_due(server.pk).trouble
    state = OutgoingServerState.objects.get(server=server)
    assert state.patience_since is not None and state.not_before > timezone.now() + timedelta(minutes=55)
    assert is_consented(server)
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {"queued"} and len(mails) == 2
