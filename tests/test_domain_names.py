"""Domains beyond ASCII have one spelling, and another for the wire."""

import random

import pytest

from deskpost.desk.addresses import is_domain
from deskpost.desk.people import fold
from deskpost.domain_names import in_ascii, one_spelling
from deskpost.mime.header_writing import address_text


@pytest.mark.parametrize(
    ("spellings", "wire"),
    [
        (
            ("müller.example", "MÜLLER.Example", "mu\u0308ller.example.", "XN--Mller-KVA.example"),
            "xn--mller-kva.example",
        ),
        (("straße.example", "xn--strae-oqa.example"), "xn--strae-oqa.example"),
        (("日本。example", "日本.example", "xn--wgv71a.example"), "xn--wgv71a.example"),
        (("हिन्दी.example", "xn--j2bd4cyah0f.example"), "xn--j2bd4cyah0f.example"),
        (("ACME.example", "acme.example.", "\uff41cme.example"), "acme.example"),
    ],
)
def test_all_spellings_of_a_domain_are_one(spellings, wire):
    assert len({one_spelling(one) for one in spellings}) == 1
    assert {in_ascii(one).lower() for one in spellings} == {wire}
    assert all(is_domain(one) for one in spellings)
    assert len({fold(f"Ann+tag@{one}") for one in spellings}) == 1
    assert {address_text(f"ann@{one}").lower() for one in spellings} == {f"ann@{wire}"}


def test_domains_that_differ_stay_apart():
    assert one_spelling("straße.example") != one_spelling("strasse.example")
    assert one_spelling("müller.example") != one_spelling("mueller.example")


@pytest.mark.parametrize(
    "label",
    [
        "xn--acme-",
        "xn--",
        "xn--Mller-kva9".lower(),
        "xn--a\u00fc",
        "xn--99999999",
        "xn--ls8h" * 20,
        "a..b",
        ".",
    ],
)
def test_what_only_pretends_to_be_encoded_is_left_as_it_is(label):
    assert one_spelling(label) == label


def test_no_text_however_odd_is_taken_for_another_or_breaks_anything():
    dice = random.Random(20)
    signs = "aé.xn--üß\u0130\u200d\u202e\u3002\ud800\0@ Kı-9💩\u0308"
    for _ in range(3000):
        text = "".join(dice.choice(signs) for _ in range(dice.randrange(12)))
        once = one_spelling(text)
        assert one_spelling(once) == once
        assert "\ud800" in text or "\ud800" not in once
        in_ascii(text)
        assert not (is_domain(text) and ("\u202e" in text or "\ud800" in text or "\0" in text))
