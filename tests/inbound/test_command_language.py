"""The language of commands: what is a command in a text, what is prose, and what of a mail is its sender's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpost.inbound.command import language
from deskpost.inbound.command.asked import read
from deskpost.inbound.command.left_over import MOST, left_over
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
    assert found(own_words(text, "$").text) == []


def test_what_stands_below_marked_lines_is_the_senders_again() -> None:
    text = "On Mon, Nov 23, 2026 at 9:00 AM Bob <b@x.example> wrote:\n> $a=b$\n\n$c=d\n- e:$\n"
    assert found(own_words(text, "$").text) == [("c", "d\n- e:")]
    assert len(language.read(own_words("*a=b*\n" * 10_000, "*").text, "*")) == 10_000


def left(text: str, sign: str = "$") -> list[tuple[str, str]]:
    """Give name and reason of what is left over in a mail."""
    own = own_words(text, sign)
    found = left_over(own, sign, language.read(own.text, sign), frozenset())
    return [(one.verdict.name, one.verdict.why) for one in found]


ENDED, OPEN, NONE = (
    "the delimiter before it ended",
    "no delimiter closes it",
    "a delimiter is here and no command",
)


@pytest.mark.requirement("R123", "R127")
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("$Resolution=costs $5 or $6$", [("“5 or …6”", f"{ENDED} Resolution")]),
        ("$Resolution=costs 5$ or 6$", [("“or 6”", f"{ENDED} Resolution")]),
        ("$Resolution=costs $5\nSam", [("“5”", f"{ENDED} Resolution")]),
        ("$Resolution=costs 5$\nand more\n$", [("“…”", NONE)]),
        ("$Priority=High\n$Urgency=High$", [("“Urgency=High”", f"{ENDED} Priority")]),
        ("$Priority=High\n$ Level=4$", [("“Level=4”", f"{ENDED} Priority")]),
        ("$Priority=High$\n$Urgency=Low", [("“Urgency=Low”", OPEN)]),
        ("$Priority High$\n$Urgency=Low$", [("“Priority High”", NONE)]),
        ("$Urgency=Low$\n$Priority: High$", [("“Priority: High”", NONE)]),
        ("$2nd=Low$ $Urgency=High$\n$2nd=5$\n$=x$", [("“2nd=Low”", NONE), ("“2nd=5”", NONE), ("“=x”", NONE)]),
        ("$Urgency=High$\nLevel=4$\nPriority=High$", [("“Level=4”", NONE), ("“Priority=High”", NONE)]),
        ("$a=b$\n@@res_1.q_2=x", [("“res_1.q_2=x”", NONE)]),
        ("@@res_1.q_2=x\n@@res_1.q_3=y@@", [("“res_1.q_3=y”", f"{ENDED} res_1.q_2")]),
        (
            "$a=b$\n$Resolution=Steps:\n- one\n--\nfoo$\n$c=d$",
            [("“Resolution=Steps:”", f"{OPEN} before the line “--”")],
        ),
        ("$a=b$\n$c=Steps:\n\n> old $x=y$\n", [("“c=Steps:”", f"{OPEN} before the line “> old …x=y”")]),
        ("$a=see\n> this\n> that\nand$", [("“> this”", "it stands in the value of a")]),
        # prose
        ("It costs $5 or 6 $, total=$10.\n$a=b$\nIn all $5, $ 6\nand 7$.\n", []),
        ("Paid $ or US$5, in a$b.\n$a=b$$c=d$ $e=f$, and so.\n> $old=x\n-- \n$Sam", []),
        ("It costs $5 or $Priority=High$.\nmail me@@x.example", []),
    ],
)
def test_what_looks_like_a_command_and_is_none_is_named(text: str, named: list[tuple[str, str]]) -> None:
    got = left(text)
    assert [name for name, _ in got] == [name for name, _ in named]
    for (_, why), (_, words) in zip(got, named, strict=True):
        assert words in why


@pytest.mark.parametrize("sign", ["$", "$$", '"', "(", ":", "-", "@@", "'", "/"])
def test_what_is_named_is_short_and_few_and_commands_nothing(sign: str) -> None:
    line = f"{sign}Urgency=High, {'x' * 100}\n"
    for text in (line * 10_000, f"{sign}a=b{sign}\n" * 10_000 + line * 10_000, f"{sign} " * 10_000 + line):
        assert len(left(text, sign)) <= MOST + 1
    for mistyped in (f"{sign}Urgency=High", f"{sign}Urgency High{sign}", f"Urgency=High{sign}"):
        names = [name for name, _ in left(f"{sign}a=b{sign}\n" + f"{mistyped}\n\n" * 3, sign)]
        told = "\n".join(f"- {name}: no value (set)" for name in names)
        assert names, mistyped
        assert language.read(f"Skipped:\n{told}", sign) == ()


@pytest.mark.requirement("R127")
def test_ten_thousand_stray_delimiters_are_counted() -> None:
    assert left("$a=b$\n" + "$Urgent$\n" * 10_000)[MOST:] == [
        ("9995 more", "Skipped, there too a delimiter or a quoted line is in the way")
    ]
