"""The language of commands: what is a command in a text, what is prose, and what of a mail is its sender's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpost.inbound.command import language
from deskpost.inbound.command.asked import read
from deskpost.inbound.command.own_words import own_words


def found(text: str, sign: str = "$") -> list[tuple[str, str]]:
    return [(one.name, one.value) for one in language.read(text, sign)]


@pytest.mark.requirement("R123", "R124")
@pytest.mark.parametrize(
    ("text", "sign", "commands"),
    [
        ("$Priority=High$$Category=Printer$", "$", [("Priority", "High"), ("Category", "Printer")]),
        ("costs $5 or $6", "$", []),
        ("costs $5 or $Priority=High$", "$", [("Priority", "High")]),
        ("$ Priority \xa0= High = best $", "$", [("Priority", "High = best")]),
        ("$Resolution=one\ntwo$", "$", [("Resolution", "one\ntwo")]),
        ("$Priority=High", "$", []),
        ("$=x$ $\nPri=1$ $Other\nfield=High$ $Impact\n\nDetails=x$", "$", []),
        ("$Impact\nDetails=No print$", "$", [("Impact Details", "No print")]),
        ("the price is $5, total=$10 and $Priority=High$", "$", [("Priority", "High")]),
        ("$See this. Total=5$ $2nd=7$", "$", []),
        ("@@Priority=High@@@@res_1.q_2=a, b@@", "@@", [("Priority", "High"), ("res_1.q_2", "a, b")]),
        ("$$$a=b$$$$$$c=d$$$", "$$$", [("a", "b"), ("c", "d")]),
        ("%a=b% 5 % of %c=d%", "%", [("a", "b"), ("c", "d")]),
        ("@@res_1.q_2=costs $5@@ $a=b$", "$", [("res_1.q_2", "costs $5"), ("a", "b")]),
        ("$res_1.q_2=x$ me@@x.example, y@@ = 1", "$", [("res_1.q_2", "x")]),
        ("$a=see @@x.y=z@@$", "$", [("a", "see @@x.y=z@@")]),
        ("$Größe (m²)=3$", "$", [("Größe (m²)", "3")]),
    ],
)
def test_what_is_a_command(text: str, sign: str, commands: list[tuple[str, str]]) -> None:
    assert found(text, sign) == commands


@given(st.text(alphabet="$@= a.\n", max_size=60))
def test_places_are_in_order_apart_and_end_at_delimiters(text: str) -> None:
    at = 0
    for one in language.read(text, "$"):
        assert at <= one.start < one.end <= len(text)
        assert text[one.start] in "$@"
        assert text[one.end - 1] == text[one.start]
        at = one.end


def test_the_text_without_commands_has_no_empty_lines_of_theirs() -> None:
    text = "Hello\n\n$a=b$\n$c=d\ne$ $f=g$\n\nworld $h=i$ here\n"
    assert language.without(text, language.read(text, "$")) == "Hello\n\nworld  here"


@pytest.mark.requirement("R127")
def test_the_last_value_counts_and_what_it_overrode_is_known() -> None:
    text = "$priority=Low$ $Sub Category=x$ $Priority=High$ $operation=ADD_REQUEST$ $request id=12$"
    commands = language.read(text, "$")
    asked = read(commands)
    assert (asked.operation, asked.request) == ("add", "12")
    assert asked.fields == {"Priority": "High", "SubCategory": "x"}
    assert (asked.overwritten, asked.given["Priority"]) == ({0}, 2)
    dotted = read(language.read("$Kst.Nr=1$", "$"), frozenset({"kst.nr"}))
    assert (dotted.fields, dotted.answers) == ({"Kst.Nr": "1"}, {})
    assert read(language.read("$Kst.Nr=1$", "$")).answers == {("Kst", "Nr"): "1"}


@pytest.mark.parametrize(
    "text",
    [
        "Yes.\n\nOn Mon, Nov 23, 2026 at 9:00 AM Bob <bob@x.example> wrote:\n> $a=b$\n",
        "Yes.\n> $a=b$\n",
        "> $a=b$",
        "-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: x\nSubject: y\n\n$a=b$",
        "Ja.\n\nVon: Bob <b@x.example>\nGesendet: Montag, 23. November 2026 09:00\nAn: x@y.example\n\n$a=b$",
        "FYI\n---------- Forwarded message ---------\nFrom: A <a@b.example>\n\n$a=b$",
        "Yes\n-- \n$a=b$",
    ],
)
def test_what_is_quoted_forwarded_or_signed_is_not_the_senders_own(text: str) -> None:
    assert found(own_words(text, "$")) == []


def test_what_stands_below_marked_lines_is_the_senders_again() -> None:
    text = "On Mon, Nov 23, 2026 at 9:00 AM Bob <b@x.example> wrote:\n> $a=b$\n\n$c=d\n- e:$\n"
    assert found(own_words(text, "$")) == [("c", "d\n- e:")]
    assert len(language.read(own_words("*a=b*\n" * 10_000, "*"), "*")) == 10_000
