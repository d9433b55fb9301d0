"""Tokens from an authorization server written by others: kept, renewed under rotation, lost and regained."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from deskpost.access import consents, targets
from deskpost.desk.installation import Installation
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent
from deskpost.transports.errors import ConsentLost
from deskpost.transports.logins import BearerLogin
from tests.access import rows
from tests.inbound import builders
from tests.oauth.test_oidc_provider import DESK, connected
from tests.servers.oidc_provider import OidcProvider

pytestmark = pytest.mark.long


def mailbox(there: OidcProvider, **settings: object) -> Mailbox:
    Installation.objects.update(public_url=rows.PUBLIC)
    application = there.application
    values = {
        "server": "imap.contoso.example",
        "authentication": "oauth",
        "username": DESK,
        "password": "",
        "client_id": application.client_id,
        "client_secret": application.client_secret,
        "authorization_url": application.authorization_url,
        "token_url": application.token_url,
        "scope": application.scopes,
        "ca_file": application.server.ca_file,
    }
    return builders.mailbox(protocol="imaps", port=993, tls="implicit", **values | settings)


def login(row: Mailbox) -> BearerLogin:
    return consents.bearer(row, targets.server_of(row, 10.0))


def kept(row: Mailbox) -> MailboxConsent:
    return MailboxConsent.objects.get(mailbox=row)


def test_a_token_that_ends_soon_is_renewed_again_and_again_by_what_came_with_the_last_one(
    db: None, oidc_provider: OidcProvider
) -> None:
    row = mailbox(oidc_provider)
    assert consents.application_of(row, oidc_provider.application.server) == oidc_provider.application
    consents.keep(row, connected(oidc_provider), DESK, None)
    renewed = {kept(row).refresh_token}
    for _ in range(3):
        assert login(row).token == kept(row).access_token
        renewed.add(kept(row).refresh_token)
    assert len(renewed) == 4


def test_two_workers_renew_one_after_the_other_and_neither_uses_up_the_consent(
    database: str, oidc_provider: OidcProvider
) -> None:
    row = mailbox(oidc_provider)
    consents.keep(row, connected(oidc_provider), DESK, None)
    together = threading.Barrier(2)

    def work() -> str:
        try:
            mine = Mailbox.objects.get(pk=row.pk)
            together.wait(60)
            return login(mine).token
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        tokens = [future.result(60) for future in [pool.submit(work), pool.submit(work)]]
    assert kept(row).access_token in tokens and kept(row).lost_at is None
    assert login(row).token, "the provider ends a consent whose token is used twice"


def test_a_consent_that_was_taken_back_is_lost_until_another_is_given(
    db: None, oidc_provider: OidcProvider
) -> None:
    row = mailbox(oidc_provider)
    consents.keep(row, connected(oidc_provider), DESK, None)
    oidc_provider.revoke(kept(row).refresh_token)
    with pytest.raises(ConsentLost, match="taken back or has ended"):
        login(row)
    assert kept(row).lost_at is not None and "invalid_grant" in kept(row).lost_reason
    consents.keep(row, connected(oidc_provider), DESK, None)
    assert kept(row).lost_at is None and login(row).token == kept(row).access_token


def test_an_application_on_its_own_gets_tokens_without_anybody(db: None, oidc_provider: OidcProvider) -> None:
    row = mailbox(oidc_provider, grant=Mailbox.Grant.CLIENT_CREDENTIALS, scope="mail")
    found = login(row)
    assert found.on_its_own and found.token == kept(row).access_token and kept(row).refresh_token == ""
