"""Tokens: taken from where they are kept, renewed ahead of their end by one worker at a time, and lost.

A renewed refresh token is stored before it is used. Somebody else's consent or renewal is looked for before anything is
said to be lost.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.models.functions import Now

from deskpost.access.columns import SIGN_IN, MailServerSettings
from deskpost.access.consent import Consent
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.oauth import flow, sentences
from deskpost.oauth.application import Application, Provider
from deskpost.oauth.grant import AHEAD, Tokens
from deskpost.oauth.providers import provider_of
from deskpost.secret_field import SecretUnreadable, readable
from deskpost.transports.connection import Server
from deskpost.transports.errors import ConsentLost, LoginRefused
from deskpost.transports.logins import BearerLogin

_READ_AGAIN = 2  # times, for the newer token of somebody else
_READ_AGAIN_AFTER = 0.5  # seconds
_PATIENCE = (
    30.0  # seconds for which a database that went away is waited for: the old token may be good no more
)
BACK = "/oauth/back"


def application_of(row: MailServerSettings, reach: Server) -> Application:
    """Give the application that Deskpost is for a mailbox or server; `reach` says how to get to the provider."""
    return Application(
        provider=provider_at(row),
        client_id=row.client_id,
        client_secret=row.client_secret,
        authorization_url=row.authorization_url,
        token_url=row.token_url,
        redirect_url=redirect_url(),
        scopes=row.scope,
        server=reach,
    )


def redirect_url() -> str:
    """Give where a provider sends the browser back to: below the installation's public URL."""
    public = Installation.objects.values_list("public_url", flat=True).get()
    return f"{public.rstrip('/')}{BACK}"


def bearer(row: MailServerSettings, reach: Server, saved: MailServerSettings | None = None) -> BearerLogin:
    """Give the login of a mailbox or server by OAuth, with a token that is good for some minutes.

    `saved`: the row whose consent counts where `row` itself is one that is not saved, if nothing of the sign-in is
    another. Raises ConsentLost where somebody has to consent, and what renewing raises.
    """
    keeper = row if row.pk is not None else saved
    if keeper is None or _differs(row, keeper):
        return _without_keeping(row, reach)
    consent = consent_of(keeper)
    if consent is not None and consent.lost_at is not None:
        raise ConsentLost(consent.lost_reason)
    try:
        if consent is None or not consent.access_token or _is_due(consent):
            consent = _renewed(keeper, reach, refused="")
        return _login(row, keeper, reach, consent.access_token)
    except SecretUnreadable:
        if not tokens_unreadable(keeper):
            raise  # it is the client secret
        raise LoginRefused(sentences.tokens_unreadable()) from None


def consent_of(row: MailServerSettings) -> Consent | None:
    """Give the tokens of a row, None where there never were any or it needs none; with `lost_at` nothing opens it."""
    if row.authentication != row.Authentication.OAUTH:
        return None
    return cast(Consent | None, _consents(row).filter(pk=row.pk).first())


def tokens_unreadable(row: MailServerSettings) -> bool:
    """Tell whether there are tokens that no key of this installation opens."""
    consent = consent_of(row)
    if consent is None:
        return False
    try:
        _ = consent.access_token, consent.refresh_token
    except SecretUnreadable:
        return True
    return False


class SignsInAnew(Exception):
    """The settings were changed since they were read: the tokens are for what they were, and were not kept."""


@transaction.atomic
def keep(row: MailServerSettings, tokens: Tokens, given_by: str, given_to: Person | None) -> None:
    """Store the tokens of a consent that was just given; what was lost is regained. Raises SignsInAnew.

    `told_at` stays, so that those who were told of the loss are told of the end.
    """
    if not _is_as_read(row):
        raise SignsInAnew
    _consents(row).update_or_create(
        pk=row.pk,
        defaults={
            **_columns(tokens),
            **{"given_by": given_by, "given_to": given_to, "given_at": Now()},
            **{"lost_at": None, "lost_reason": ""},
        },
    )


def lose(
    row: MailServerSettings, reason: str, still: Callable[[Consent | None], bool] = lambda consent: True
) -> bool:
    """Note that nothing can be opened until somebody consents again; the first such note counts. True: it is so.

    `still` tells of the present consent whether it is the one that opened nothing: another may have been given
    meanwhile. People are told of each loss. A new secret of an application on its own is as good as another consent.
    """
    with transaction.atomic():
        if not row.by_consent and _has_a_new_secret(row):
            return False
        consent = _locked(row)
        if not still(consent):
            return False
        if consent is None:
            _consents(row).create(pk=row.pk, lost_at=Now(), lost_reason=reason)
        elif consent.lost_at is None:
            _consents(row).filter(pk=row.pk).update(lost_at=Now(), lost_reason=reason, told_at=None)
    return True


def distrust(row: MailServerSettings) -> None:
    """Let the token be renewed before it is used next, however long it would be good for."""
    _consents(row).filter(pk=row.pk, lost_at=None).update(expires_at=None)


def forget(row: MailServerSettings) -> None:
    """Delete the tokens: they were for something else than what the row says now."""
    _consents(row).filter(pk=row.pk).delete()


def is_another(row: MailServerSettings, values: dict[str, object]) -> bool:
    """Tell whether these values would make a row sign in as another than its consent was given for."""
    return any(name in values and values[name] != getattr(row, name) for name in SIGN_IN)


def _differs(row: MailServerSettings, saved: MailServerSettings) -> bool:
    return row is not saved and any(getattr(row, name) != getattr(saved, name) for name in SIGN_IN)


def _without_keeping(row: MailServerSettings, reach: Server) -> BearerLogin:
    """Give a login for settings that are not saved: only an application on its own needs nobody's consent."""
    application = application_of(row, reach)
    if row.by_consent:
        raise ConsentLost(sentences.not_connected(application.place))
    tokens = flow.client_credentials(application)
    return BearerLogin(row.login_name, tokens.access_token, on_its_own=True)


def _login(row: MailServerSettings, keeper: MailServerSettings, reach: Server, token: str) -> BearerLogin:
    """Give the login of a row with a token of the consent that its keeper has."""

    def renew() -> BearerLogin:
        return _login(row, keeper, reach, _renewed(keeper, reach, refused=token).access_token)

    return BearerLogin(row.login_name, token, renew, on_its_own=not row.by_consent)


def _renewed(row: MailServerSettings, reach: Server, refused: str) -> Consent:
    """Give a consent with another token than the one refused. Raises ConsentLost once nothing newer comes."""
    application = application_of(row, reach)
    in_vain: dict[str, ConsentLost] = {}
    for again in range(_READ_AGAIN + 1):
        try:
            return _renewed_alone(row, application, refused, in_vain)
        except ConsentLost as lost:
            if not in_vain or again == _READ_AGAIN:
                lose(row, lost.words, lambda now: not in_vain or now is None or now.refresh_token in in_vain)
                raise
            time.sleep(_READ_AGAIN_AFTER)
    raise AssertionError("unreachable")


def _renewed_alone(
    row: MailServerSettings, application: Application, refused: str, in_vain: dict[str, ConsentLost]
) -> Consent:
    """Renew under a lock of the row, unless somebody else did meanwhile. `in_vain`: what is good no more."""
    tokens: Tokens | None = None
    before = ""
    try:
        with transaction.atomic():
            consent = _locked(row)
            if consent is not None and consent.lost_at is not None:
                raise ConsentLost(consent.lost_reason)
            if consent is not None and consent.access_token not in ("", refused) and not _is_due(consent):
                return consent
            before = consent.refresh_token if consent is not None else ""
            tokens = _asked(row, application, before, in_vain)
            return _stored(row, tokens, before)
    except (OperationalError, InterfaceError):
        if tokens is None:
            raise
    return _patiently(row, tokens, before)


def _asked(
    row: MailServerSettings, application: Application, refresh_token: str, in_vain: dict[str, ConsentLost]
) -> Tokens:
    if not row.by_consent:
        return flow.client_credentials(application)
    if not refresh_token:
        raise ConsentLost(sentences.not_connected(application.place))
    if refresh_token in in_vain:
        raise in_vain[refresh_token]
    try:
        return flow.refresh(application, refresh_token)
    except ConsentLost as lost:
        in_vain[refresh_token] = lost
        raise


def _locked(row: MailServerSettings) -> Consent | None:
    return cast(Consent | None, _consents(row).select_for_update(of=("self",)).filter(pk=row.pk).first())


def _stored(row: MailServerSettings, tokens: Tokens, before: str) -> Consent:
    """Store tokens in place of those of the refresh token `before`; give what is there then.

    A newer refresh token ends a loss that was noted meanwhile by who had the old one.
    Not stored are tokens for settings that were changed meanwhile, nor any in place of a newer consent.
    """
    with transaction.atomic():
        present = _locked(row)
        if present is None:
            if not _is_as_read(row):
                raise ConsentLost(sentences.not_connected(row.host))
            present = _locked(row)  # another process may have stored its first tokens before we had the lock
        if present is not None and present.refresh_token != before:
            return present
        if present is not None:
            _consents(row).filter(pk=row.pk).update(**_columns(tokens), **_regained(tokens, before))
        else:
            _consents(row).create(pk=row.pk, **_columns(tokens))
        return cast(Consent, _consents(row).get(pk=row.pk))


def _is_as_read(row: MailServerSettings) -> bool:
    """Tell whether a row still signs in as when it was read, and let nobody change it until the transaction ends.

    Locks the row before its consent, as who changes its settings does.
    """
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
    present = rows.filter(pk=row.pk).first()
    return present is not None and not _differs(row, present)


def _has_a_new_secret(row: MailServerSettings) -> bool:
    present = type(row)._default_manager.filter(pk=row.pk).first()
    return present is not None and readable(present, "client_secret") != readable(row, "client_secret")


def _patiently(row: MailServerSettings, tokens: Tokens, before: str) -> Consent:
    """Store what must not be lost, again and again while the database is away."""
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            return _stored(row, tokens, before)
        except (OperationalError, InterfaceError):
            if time.monotonic() > ends:
                raise
            connection.close()
            time.sleep(0.25)


def _regained(tokens: Tokens, before: str) -> dict[str, object]:
    """Give what ends a loss, as `keep` does, where the provider gave another refresh token than `before`."""
    return {"lost_at": None, "lost_reason": ""} if tokens.refresh_token not in (None, before) else {}


def _columns(tokens: Tokens) -> dict[str, object]:
    return {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token or "",
        "expires_at": tokens.expires_at,
    }


def _is_due(consent: Consent) -> bool:
    """By this machine's clock, as when it was kept: renewing once too often does no harm."""
    return consent.expires_at is None or datetime.now(UTC) >= consent.expires_at - AHEAD


def _consents(row: MailServerSettings) -> models.QuerySet[models.Model]:
    return _model(row)._default_manager.all()


def _model(row: MailServerSettings) -> type[models.Model]:
    related: Any = row._meta.get_field("consent")  # type: ignore[misc]  # each of the two has it
    return cast(type[models.Model], related.related_model)


def provider_at(row: MailServerSettings) -> Provider:
    """Give whose sign-in a mailbox or server uses, by the host of its token URL, else by that of the mail server.

    Graph knows Microsoft's alone, whatever the host is called: it is asked who consented, for `/me` would open
    anybody's mailbox.
    """
    found = provider_of(row.token_url)
    if found == "other":
        found = "microsoft" if row.protocol == "graph" else provider_of(row.host)
    return found
