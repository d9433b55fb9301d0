"""Scopes in plain words, for who is asked to consent and knows none."""

import pytest

from deskpost.oauth import providers, scope_words, scopes
from deskpost.oauth.clouds import CLOUDS


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.key)
@pytest.mark.parametrize("use", providers.USES)
def test_every_scope_that_deskpost_proposes_has_plain_words(use, cloud):
    proposed = providers.microsoft(use, cloud).scopes
    said = scope_words.spoken("microsoft", proposed, on_its_own=False)
    assert len(said) == len(scopes.read(proposed)) + 1, "each its own, and who consented"
    assert not any("provider calls" in one or "://" in one for one in said), said


def test_google_is_asked_for_all_of_its_mail_and_says_so():
    said = scope_words.spoken("google", providers.GOOGLE_SCOPE, on_its_own=False)
    assert said[0].startswith("read the mail of this mailbox") and said[0].endswith(
        "and send mail in its name"
    )


def test_an_unknown_scope_is_said_as_it_is_and_nothing_is_left_out():
    said = scope_words.spoken("other", "https://sso.example/Everything openid x::y", on_its_own=False)
    assert said[:2] == (
        'do what the provider calls "https://sso.example/Everything"',
        'do what the provider calls "x::y"',
    )
    assert len(said) == 3


@pytest.mark.parametrize("scope", ["https://sso.example/Mail.Read", "Mail.Read", "http://[/Mail.Read"])
def test_a_known_name_at_another_resource_is_not_taken_for_microsofts(scope):
    said = scope_words.spoken("other", scope, on_its_own=False)
    assert said == (f'do what the provider calls "{scope}"',)


def test_an_application_on_its_own_is_said_to_open_every_mailbox():
    said = scope_words.spoken("microsoft", "https://graph.microsoft.com/.default", on_its_own=True)
    assert any("every mailbox of the organisation" in one for one in said)
