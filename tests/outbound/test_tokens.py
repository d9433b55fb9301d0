"""Signed reply tokens."""

import time

import pytest

from deskpost.outbound.tokens import Tokens

NEW, OLD = b"n" * 44, b"o" * 44
ours = Tokens((NEW, OLD))


@pytest.mark.parametrize("mail_id", [0, 1, 31, 32, 123_456, 2**63 - 1])
def test_a_token_names_its_mail_whatever_the_letter_case(mail_id: int) -> None:
    token = ours.token(mail_id)
    assert token == token.lower()
    assert ours.verify(token) == mail_id
    assert ours.verify(token.upper()) == mail_id


def test_a_token_fits_the_local_part_of_a_plus_address() -> None:
    assert len("helpdesk+" + ours.token(2**63 - 1)) <= 64


def test_a_token_of_a_key_that_was_rotated_out_still_verifies_and_a_strangers_does_not() -> None:
    assert ours.verify(Tokens((OLD,)).token(7)) == 7
    assert ours.verify(Tokens((b"x" * 44,)).token(7)) is None


def test_a_changed_token_is_no_token() -> None:
    token = ours.token(7)
    for place, sign in enumerate(token):
        for other in "a7-":
            changed = token[:place] + other + token[place + 1 :]
            if other != sign:
                assert ours.verify(changed) is None
    assert ours.verify(token + "a") is None
    assert ours.verify(token.replace("dp-h-", "dp-ah-")) is None


def test_tokens_are_found_in_message_ids_plus_addresses_and_quoted_text_in_their_order() -> None:
    text = f"<{ours.token(5)}@desk.example> help+{ours.token(9).upper()}@desk.example\n> > {ours.token(5)}\n"
    assert ours.find(text) == (5, 9)
    assert ours.find(Tokens((b"x" * 44,)).token(7)) == ()


def test_letters_that_only_look_like_ours_are_no_token() -> None:
    token = next(token for token in map(ours.token, range(1000)) if "k" in token and "s" in token)
    assert ours.find(token.replace("k", "\N{KELVIN SIGN}")) == ()
    assert ours.find(token.replace("s", "\N{LATIN SMALL LETTER LONG S}")) == ()


@pytest.mark.parametrize("hostile", ["dp-", "dp-aaaaaaaaaaaaa-", "dp-a-" + "a" * 26 + " ", "dp-" + "a" * 40])
def test_a_megabyte_of_almost_tokens_is_read_in_no_time(hostile: str) -> None:
    text = hostile * (1_000_000 // len(hostile))
    started = time.thread_time()
    assert ours.find(text) == ()
    assert time.thread_time() - started < 1


def test_more_forged_tokens_than_anybody_quotes_cost_no_more() -> None:
    text = " ".join(
        f"dp-{'b' * 13}-{number:026}".replace("0", "a").replace("1", "b") for number in range(10_000)
    )
    assert ours.find(text) == ()
