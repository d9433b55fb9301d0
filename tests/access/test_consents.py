"""Tokens of a mailbox or server: renewed ahead by one worker, stored before they are used, lost in one place."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from deskpost.access import consents, targets
from deskpost.access.columns import SIGN_IN, MailServerSettings
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent
from deskpost.oauth import flow
from deskpost.oauth.grant import Tokens
from deskpost.outbound.servers import OutgoingServer, ServerConsent
from deskpost.sandbox.cloud.cloud import Fault
from deskpost.secret_field import encrypt
from deskpost.transports.errors import (
    ConsentLost,
    LoginRefused,
    ProtocolViolated,
    ServerUnreachable,
    Throttled,
    TransportError,
)
from deskpost.transports.logins import BearerLogin
from tests.access import rows
from tests.oauth.world import DESK, SECRET, World
from tests.outbound import builders as make
from tests.servers.held import Held

SPENT = timedelta(minutes=1)  # such a token is renewed before it is used


def login(row: MailServerSettings) -> BearerLogin:
    found = targets.login_of(row, targets.server_of(row, 5.0))
    assert isinstance(found, BearerLogin)
    return found


def consent_of(row: Mailbox) -> MailboxConsent:
    return MailboxConsent.objects.get(mailbox=row)


def asked_for_tokens(there: World, since: int) -> list[int]:
    return [one.status for one in there.cloud.asked[since:] if one.path.endswith("/token")]


def test_a_token_that_is_good_for_long_is_used_as_it_is(db: None, there: World) -> None:
    row = rows.mailbox(there)
    tokens, before = rows.consented(there, row), len(there.cloud.asked)
    found = login(row)
    assert (found.username, found.token) == (DESK, tokens.access_token)
    assert asked_for_tokens(there, before) == []


def test_a_token_is_renewed_five_minutes_ahead_and_kept_with_its_new_refresh_token(
    db: None, there: World
) -> None:
    row = rows.mailbox(there)
    old = rows.consented(there, row, lasts=SPENT)
    found, kept = login(row), consent_of(row)
    assert found.token == kept.access_token != old.access_token
    assert kept.refresh_token not in ("", old.refresh_token)
    assert there.cloud.tokens.find(found.token) is not None
    assert kept.expires_at is not None and kept.expires_at > timezone.now() + timedelta(minutes=50)


@pytest.mark.pain("two-workers-refresh-one-token")
def test_two_workers_that_renew_one_token_at_the_same_time_ask_once(database: str, there: World) -> None:
    row = rows.mailbox(there)
    rows.consented(there, row, lasts=SPENT)
    before, together = len(there.cloud.asked), threading.Barrier(2)
    there.cloud.faults.append(Fault("sign_in", "latency", 0.5, path="/token$"))

    def work() -> str:
        try:
            mine = Mailbox.objects.get(pk=row.pk)
            together.wait(60)
            return login(mine).token
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        tokens = [future.result(60) for future in [pool.submit(work), pool.submit(work)]]
    assert tokens[0] == tokens[1] == consent_of(row).access_token
    assert asked_for_tokens(there, before) == [200]


def test_a_rotated_refresh_token_is_stored_before_the_login_is_given(db: None, there: World) -> None:
    row = rows.mailbox(there)
    tokens = rows.consented(there, row)
    renew = login(row).renew
    assert renew is not None
    fresh = renew()
    kept = consent_of(row)
    assert fresh.token == kept.access_token != tokens.access_token
    assert kept.refresh_token in there.cloud.tokens.refresh, "the one that the provider takes next"


def test_a_token_refused_by_the_mail_server_is_renewed_unless_somebody_did_meanwhile(
    db: None, there: World
) -> None:
    row = rows.mailbox(there)
    rows.consented(there, row)
    first, second = login(row), login(row)
    assert first.renew is not None and second.renew is not None
    fresh, before = first.renew(), len(there.cloud.asked)
    assert second.renew().token == fresh.token
    assert asked_for_tokens(there, before) == []


@pytest.mark.pain("two-workers-refresh-one-token")
def test_a_refusal_while_a_newer_token_is_there_loses_nothing(
    database: str, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = rows.mailbox(there)
    old = rows.consented(there, row, lasts=SPENT)
    there.cloud.tokens.refresh.pop(old.refresh_token or "")  # used up, as if by a worker that died
    newer: list[Tokens] = []

    def meanwhile(seconds: float) -> None:
        newer.append(rows.consented(there, row))

    monkeypatch.setattr("deskpost.access.consents.time.sleep", meanwhile)
    assert login(row).token == newer[0].access_token
    assert consent_of(row).lost_at is None


def test_a_consent_that_was_taken_back_is_lost_with_its_reason_and_asks_no_more(
    db: None, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.access.consents._READ_AGAIN_AFTER", 0.0)
    row = rows.mailbox(there)
    rows.consented(there, row, lasts=SPENT)
    there.cloud.tokens.revoke(DESK)
    before = len(there.cloud.asked)
    with pytest.raises(ConsentLost, match="AADSTS50173.*Reconnect"):
        login(row)
    assert consent_of(row).lost_at is not None and "AADSTS50173" in consent_of(row).lost_reason
    with pytest.raises(ConsentLost, match="AADSTS50173"):
        login(row)
    assert asked_for_tokens(there, before) == [400], "the same refresh token is not tried twice"


def test_without_a_consent_it_is_said_to_connect(db: None, there: World) -> None:
    row = rows.mailbox(there)
    with pytest.raises(ConsentLost, match="Nobody has consented.*choose Connect"):
        login(row)
    assert consent_of(row).lost_at is not None


def test_a_consent_that_is_given_again_regains_what_was_lost(db: None, there: World) -> None:
    row = rows.mailbox(there)
    consents.lose(row, "It was taken back.")
    tokens = rows.consented(there, row)
    assert (consent_of(row).lost_at, login(row).token) == (None, tokens.access_token)


@pytest.mark.parametrize(
    ("do", "value", "error"),
    [
        ("status", 500, (ServerUnreachable, ProtocolViolated)),
        ("status", 503, (ServerUnreachable, Throttled)),
        ("reset", None, ServerUnreachable),
        ("half_answer", None, (ServerUnreachable, ProtocolViolated)),
    ],
)
def test_a_disturbed_token_endpoint_loses_no_consent(
    db: None, there: World, do: str, value: object, error: Any
) -> None:
    row = rows.mailbox(there)
    tokens = rows.consented(there, row, lasts=SPENT)
    there.fault(do, value)
    with pytest.raises(error) as caught:
        login(row)
    assert not isinstance(caught.value, ConsentLost)
    kept = consent_of(row)
    assert (kept.lost_at, kept.refresh_token) == (None, tokens.refresh_token)


def test_a_token_endpoint_that_answers_with_a_page_loses_no_consent(db: None, there: World) -> None:
    row = rows.mailbox(there, token_url=there.application.authorization_url)
    rows.consented(there, row, lasts=SPENT)
    with pytest.raises(TransportError, match="To do: check") as caught:
        login(row)
    assert isinstance(caught.value, ProtocolViolated) and consent_of(row).lost_at is None


def test_the_id_of_a_secret_in_its_place_is_a_setting_that_is_wrong(db: None, there: World) -> None:
    row = rows.mailbox(there, client_secret="9d3c1f0e-1111-4000-8000-00000000abcd")
    rows.consented(there, row, lasts=SPENT)
    with pytest.raises(
        LoginRefused, match="is the id of a secret and not the secret.*copy the column Value"
    ) as said:
        login(row)
    assert not isinstance(said.value, ConsentLost) and consent_of(row).lost_at is None


def test_a_clock_that_is_an_hour_off_is_named_beside_the_refusal(
    db: None, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.access.consents._READ_AGAIN_AFTER", 0.0)
    row = rows.mailbox(there)
    rows.consented(there, row, lasts=SPENT)
    there.cloud.tokens.revoke(DESK)
    there.cloud.habits.clock_ahead = 3600.0
    with pytest.raises(ConsentLost, match="clock of this machine is 1 h behind"):
        login(row)


def test_tokens_that_came_while_the_database_went_away_are_stored_once_it_is_back(
    database: str, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = rows.mailbox(there)
    old = rows.consented(there, row, lasts=SPENT)
    asked = consents._asked

    def and_lose_the_connection(*values: Any) -> Tokens:
        tokens = asked(*values)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        _end_backend(pid)
        return tokens

    monkeypatch.setattr("deskpost.access.consents._asked", and_lose_the_connection)
    found, kept = login(row), consent_of(row)
    assert found.token == kept.access_token != old.access_token
    assert kept.refresh_token in there.cloud.tokens.refresh


def in_another_thread(work: Callable[[], Any]) -> Any:
    def and_close() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(and_close).result(60)


def test_a_provider_that_answers_late_is_given_up_before_the_lock_can_be_taken_away(
    database: str, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM current_setting('idle_in_transaction_session_timeout')::interval)"
        )
        (taken_away,) = cursor.fetchone()
        assert float(taken_away) > flow.WITHIN * 1.4
        cursor.execute("SET idle_in_transaction_session_timeout = '10s'")
    real, within = flow.WITHIN, 1.5
    monkeypatch.setattr(flow, "WITHIN", within)
    row = rows.mailbox(there)
    old, before = rows.consented(there, row, lasts=SPENT), len(there.cloud.asked)
    late = Held()
    there.cloud.faults.append(Fault("sign_in", "latency", late, path="/token$", times=1))
    server = replace(targets.server_of(row), step_timeout=60.0)
    try:
        with pytest.raises(ServerUnreachable, match=rf"no full answer within {within} s"):
            targets.login_of(row, server)
        monkeypatch.setattr(flow, "WITHIN", real)
        kept = consent_of(row)
        assert (kept.lost_at, kept.refresh_token) == (None, old.refresh_token)
        fresh = in_another_thread(lambda: login(Mailbox.objects.get(pk=row.pk)).token)
    finally:
        late.let_go()
        connections.close_all()
    assert fresh == consent_of(row).access_token != old.access_token and consent_of(row).lost_at is None
    make.wait_until(lambda: len(asked_for_tokens(there, before)) == 2)  # the late one speaks to nobody


def test_a_newer_refresh_token_that_is_stored_late_ends_the_loss_that_was_noted_meanwhile(
    database: str, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.access.consents._READ_AGAIN_AFTER", 0.0)
    row = rows.mailbox(there)
    old = rows.consented(there, row, lasts=SPENT)
    asked = consents._asked

    def and_lose_the_lock(*values: Any) -> Tokens:
        tokens = asked(*values)
        monkeypatch.setattr("deskpost.access.consents._asked", asked)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        _end_backend(pid)
        with pytest.raises(ConsentLost):  # it sends the refresh token that was just used up
            in_another_thread(lambda: login(Mailbox.objects.get(pk=row.pk)))
        in_another_thread(lambda: MailboxConsent.objects.exclude(lost_at=None).update(told_at=timezone.now()))
        return tokens

    monkeypatch.setattr("deskpost.access.consents._asked", and_lose_the_lock)
    found, kept = login(row), consent_of(row)
    assert found.token == kept.access_token != old.access_token
    assert (kept.lost_at, kept.lost_reason) == (None, "") and kept.refresh_token in there.cloud.tokens.refresh
    assert kept.told_at is not None, "who was told of the loss is told of its end"
    assert login(row).token == found.token


def test_tokens_for_settings_that_were_changed_meanwhile_are_not_stored(
    database: str, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = rows.mailbox(there, grant="client_credentials", scope="https://outlook.office365.com/.default")
    asked = consents._asked

    def and_change(*values: Any) -> Tokens:
        tokens = asked(*values)
        Mailbox.objects.filter(pk=row.pk).update(client_id="another")
        return tokens

    monkeypatch.setattr("deskpost.access.consents._asked", and_change)
    with pytest.raises(ConsentLost):
        login(row)
    assert not MailboxConsent.objects.filter(mailbox=row).exclude(access_token="").exists()


def test_an_application_on_its_own_needs_nobody(db: None, there: World) -> None:
    row = rows.mailbox(there, grant="client_credentials", scope="https://outlook.office365.com/.default")
    found, before = login(row), len(there.cloud.asked)
    assert found.on_its_own and found.token == consent_of(row).access_token
    assert login(row).token == found.token and asked_for_tokens(there, before) == []


def test_two_workers_that_get_the_first_token_of_an_application_at_the_same_time_both_sign_in(
    database: str, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = rows.mailbox(there, grant="client_credentials", scope="https://outlook.office365.com/.default")
    asked, together = consents._asked, threading.Barrier(2)

    def and_wait(*values: Any) -> Tokens:
        tokens = asked(*values)
        together.wait(60)
        return tokens

    monkeypatch.setattr("deskpost.access.consents._asked", and_wait)

    def work() -> str:
        try:
            return login(Mailbox.objects.get(pk=row.pk)).token
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        tokens = [future.result(60) for future in [pool.submit(work), pool.submit(work)]]
    assert consent_of(row).access_token in tokens
    assert all(there.cloud.tokens.find(token) for token in tokens)


VALUES = {
    "protocol": "imap",
    "authentication": "basic",
    "grant": "client_credentials",
}


@pytest.mark.parametrize("column", SIGN_IN)
def test_a_change_of_what_is_signed_in_as_deletes_the_consent_also_by_sql(
    db: None, there: World, column: str
) -> None:
    box, out = rows.mailbox(there), rows.server(there)
    for row in (box, out):
        rows.consented(there, row)
        value = "smtps" if column == "protocol" and row is out else VALUES.get(column, "other.example")
        with connection.cursor() as cursor:
            table = row._meta.db_table
            cursor.execute(f"UPDATE {table} SET client_secret_ends = now() WHERE id = %s", [row.pk])  # noqa: S608
            assert consents.consent_of(row) is not None, "this was no change of the sign-in"
            cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE id = %s', [value, row.pk])  # noqa: S608
    assert not MailboxConsent.objects.exists() and not ServerConsent.objects.exists()


APPLICATION = {"grant": "client_credentials", "scope": "https://outlook.office365.com/.default"}


@pytest.mark.parametrize("build", [rows.mailbox, rows.server], ids=["mailbox", "server"])
def test_a_new_secret_ends_the_loss_of_an_application_on_its_own_also_by_sql(
    db: None, there: World, build: Callable[..., Any]
) -> None:
    row = build(there, **APPLICATION)
    old = login(row).token
    assert consents.lose(row, "The secret has ended. To do: make a new one.")
    with pytest.raises(ConsentLost):
        login(row)
    changed = type(row).objects.get(pk=row.pk)
    changed.client_secret_ends = timezone.localdate()
    changed.save(update_fields=["client_secret_ends"])
    assert consents.consent_of(row).lost_at is not None, "its date is no secret"  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        table = row._meta.db_table
        cursor.execute(f"UPDATE {table} SET client_secret = %s WHERE id = %s", [encrypt(SECRET), row.pk])
    kept = consents.consent_of(row)
    assert kept is not None and (kept.lost_at, kept.lost_reason) == (None, "")
    assert login(type(row).objects.get(pk=row.pk)).token != old, "got by the new secret"


def test_a_new_secret_does_not_end_the_loss_of_a_person_s_consent(db: None, there: World) -> None:
    row = rows.mailbox(there)
    rows.consented(there, row)
    consents.lose(row, "It was taken back. To do: choose Reconnect.")
    row.client_secret = "another"
    row.save(update_fields=["client_secret"])
    assert consent_of(row).lost_at is not None and consent_of(row).refresh_token


def test_who_failed_with_the_old_secret_loses_nothing_once_there_is_a_new_one(db: None, there: World) -> None:
    before = rows.mailbox(there, **APPLICATION)
    login(before)
    now = Mailbox.objects.get()
    now.client_secret = "another"
    now.save(update_fields=["client_secret"])
    assert not consents.lose(before, "The secret has ended.") and consent_of(before).lost_at is None
    assert consents.lose(now, "It is not let in.") and consent_of(now).lost_at is not None


def test_a_server_without_user_name_signs_in_as_its_address(db: None, there: World) -> None:
    named, nameless = rows.server(there), rows.server
    rows.consented(there, named)
    OutgoingServer.objects.update(reply_to="other@contoso.example")
    assert ServerConsent.objects.exists(), "the user name says who signs in"
    OutgoingServer.objects.all().delete()
    row = nameless(there, username="")
    rows.consented(there, row)
    OutgoingServer.objects.update(reply_to="third@contoso.example")
    assert not ServerConsent.objects.exists()


def test_tokens_are_encrypted_at_rest_and_in_no_repr(db: None, there: World) -> None:
    row = rows.mailbox(there)
    tokens = rows.consented(there, row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT mailbox_consent::text FROM mailbox_consent")
        stored = str(cursor.fetchall())
    shown = f"{stored} {consent_of(row)!r} {login(row)!r} {targets.target_of(row)!r}"
    assert DESK in shown
    assert tokens.access_token not in shown and str(tokens.refresh_token) not in shown


def _end_backend(pid: int) -> None:
    def end() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        finally:
            connections.close_all()

    thread = threading.Thread(target=end)
    thread.start()
    thread.join(60)
