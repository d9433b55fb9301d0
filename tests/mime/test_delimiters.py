"""The token in a subject is found wherever a mail program has left it."""

import pytest

from deskpost.mime.delimiters import Delimiters

NOW = Delimiters(("##",), {"RE": "RE", "TA": "TA"})


@pytest.mark.parametrize(
    "subject",
    [
        "##RE-123##",
        "[##RE-123##] Printer",
        "Re: AW: Fwd: SV: Printer ##RE-123##",
        "## RE-123 ##",
        "##RE -123##",
        "##RE- 123##",
        "##RE-12 3##",
        "# #RE-123# #",
        "##re-123##",
        "x##RE-123##y",
        "###RE-123###",
        "##RE-0123##",
        "##RE-\u00a0123##",
    ],
)
def test_a_token_is_found_after_any_prefix_and_with_blanks_put_in(subject):
    assert NOW.find(subject) == (("RE", 123),)


@pytest.mark.parametrize(
    "subject",
    ["", "RE-123", "#RE-123#", "##RE123##", "##RE-##", "##RE-12a##", "##XX-12##", "##RE-0##", "##RE-12", "##RE--12##",
     f"##RE-{2**63}##", "##RE-" + "9" * 5_000 + "##", "#" * 5_000, "##RE-" * 2_000, "# " * 5_000, "##RE-١٢##"],
)  # fmt: skip
def test_what_is_no_token_is_not_taken_for_one(subject):
    assert NOW.find(subject) == ()


def test_the_largest_number_is_a_token():
    assert NOW.find(f"##RE-{2**63 - 1}##") == (("RE", 2**63 - 1),)


def test_several_tokens_are_given_in_their_order_and_each_once():
    assert NOW.find("##TA-1## ##RE-2## ##TA-1##") == (("TA", 1), ("RE", 2))


def test_tokens_of_earlier_bases_and_codes_are_still_found():
    delimiters = Delimiters(("@@", "##", "#"), {"RQ": "RE", "RE": "RE", "TASK": "TA"})
    assert (
        delimiters.find("@@RQ-1@@")
        == delimiters.find("##RE-1##")
        == delimiters.find("#rq-1#")
        == (("RE", 1),)
    )
    assert delimiters.find("##TASK-7##") == (("TA", 7),)


@pytest.mark.parametrize("base", ["$^&", "!", "^" * 10, "##"])
def test_a_token_that_is_written_is_found(base):
    delimiters = Delimiters((base,), {"RE": "RE"})
    assert delimiters.find("Re: " + delimiters.write(base, "RE", 12)) == (("RE", 12),)


@pytest.mark.parametrize("base", ["", "a", "#" * 11, "[#]"])
def test_a_base_of_other_signs_is_refused(base):
    with pytest.raises(ValueError, match="no base delimiter"):
        Delimiters((base,), {"RE": "RE"})
