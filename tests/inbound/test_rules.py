"""Rules over mails: what each criterion looks at, how a condition compares, what a regular expression may cost."""

import random
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpost.inbound.rules import ALL, ANY, Criterion, Facts, Rule, Ruleset, Values, joined, mistakes, split
from deskpost.inbound.rules.expression import Expression, ExpressionRefused
from deskpost.mime.message import Message
from deskpost.mime.parse import parse


def message(**parts: Any) -> Message:
    made = EmailMessage()
    made["From"] = parts.get("sender", "Tom Achterberg <Tom@Kestrel.example>")
    made["To"] = parts.get("to", "Help <help@desk.example>, second@desk.example")
    made["Cc"] = parts.get("cc", "boss@kestrel.example")
    made["Subject"] = parts.get("subject", "Out of Office: straße gesperrt")
    for name, value in parts.get("headers", {}).items():
        made[name] = value
    made.set_content(parts.get("text", "The quick brown\nfox jumps.\n"))
    for name in parts.get("files", ()):
        made.add_attachment(b"x", maintype="application", subtype="octet-stream", filename=name)
    return parse(made.as_bytes())


def fits(field: str, condition: str, *values: str, of: Message | None = None, size: int = 4000) -> bool:
    rule = Rule("r", ANY, (Criterion(field, condition, values),))
    assert mistakes(rule.criteria) == []
    return rule.fits(of or message(), Facts(size))


@pytest.mark.parametrize(
    ("field", "condition", "entries", "holds"),
    [
        ("sender_address", "is", ["TOM@kestrel.EXAMPLE"], True),
        ("sender_address", "is", ["tom@kestrel.example.org"], False),
        ("sender_domain", "is", ["@Kestrel.example"], True),
        ("sender_domain", "is", ["example"], False),
        ("sender_domain", "ends with", [".example"], True),
        ("sender_name", "contains", ["achter"], True),
        ("to", "is", ["second@desk.example"], True),
        ("to", "is", ["boss@kestrel.example"], False),
        ("cc", "begins with", ["boss@"], True),
        ("subject", "contains", ["not in today", "out of office"], True),
        ("subject", "is", ["OUT OF OFFICE: STRASSE GESPERRT"], True),
        ("subject", "begins with", ["out"], True),
        ("subject", "begins with", ["office"], False),
        ("subject", "ends with", ["GESPERRT"], True),
        ("subject", "is not", ["other"], True),
        ("subject", "is not", ["other", "out of office: straße gesperrt"], False),
        ("subject", "does not contain", ["viagra", "office"], False),
        ("subject", "does not contain", ["viagra", "lottery"], True),
        ("body", "contains", ["BROWN FOX"], True),
        ("body", "contains", ["brown  cat"], False),
        ("subject", "matches", [r"^out\b.*gesperrt$"], True),
        ("body", "matches", [r"^fox"], True),
        ("subject", "matches", [r"\d{4}"], False),
        ("header:X-Mailer", "is", ["bulk 3"], False),
        ("header:X-Mailer", "is not", ["bulk 3"], True),
        ("attachment_name", "does not contain", [".exe"], True),
        ("size", "greater than", ["3"], True),
        ("size", "greater than", ["4 kB"], False),
        ("size", "less than", ["1 MB"], True),
        ("spam_score", "greater than", ["0"], False),
    ],
)
def test_each_condition_holds_as_the_handbook_says(
    field: str, condition: str, entries: list[str], holds: bool
) -> None:
    assert fits(field, condition, *entries) is holds


def test_headers_and_files_are_found_by_name_each_of_several() -> None:
    mail = message(
        headers={"X-Mailer": "Bulk 3", "List-Id": "<offers.promo.example>"}, files=("a.TXT", "Lohn.ics")
    )
    assert fits("header:x-mailer", "is", "bulk 3", of=mail)
    assert fits("header:List-Id", "contains", "promo", of=mail)
    assert fits("attachment_name", "ends with", ".ics", ".vcf", of=mail)
    assert not fits("attachment_name", "does not contain", "lohn", of=mail)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Spam-Score", "9.1 (+++++++++)"),
        ("X-Spam-Status", "Yes, score=9.1 required=5.0 tests=BAYES_99"),
        ("X-Rspamd-Score", "9.10"),
        ("X-Spamd-Result", "default: False [9.10 / 15.00]; FROM_HAS_DN(0.00)[]"),
    ],
)
def test_the_score_of_spamassassin_and_rspamd_is_read(header: str, value: str) -> None:
    mail = message(headers={header: value})
    assert fits("spam_score", "greater than", "7", of=mail)
    assert not fits("spam_score", "greater than", "9.1", of=mail)
    assert fits("spam_score", "less than", "10", of=mail)


def test_a_domain_beyond_ascii_is_one_in_each_spelling() -> None:
    mail = message(sender="x@xn--mller-kva.example")
    assert fits("sender_domain", "is", "Müller.example", of=mail)
    assert not fits("sender_domain", "is not", "müller.example", of=mail)


def test_lines_are_joined_by_all_or_any() -> None:
    lines = (Criterion("subject", "contains", ("office",)), Criterion("sender_domain", "is", ("x.example",)))
    assert not Rule("r", ALL, lines).fits(message(), Facts(1))
    assert Rule("r", ANY, lines).fits(message(), Facts(1))
    assert Rule("r", ALL, lines).fits(message(sender="a@x.example"), Facts(1))
    assert not Rule("r", ANY, ()).fits(message(), Facts(1))


def test_the_first_rule_in_order_that_is_on_decides_and_says_why() -> None:
    def rule(name: str, place: int, entry: str, *, on: bool = True) -> Rule:
        return Rule(name, ANY, (Criterion("subject", "contains", ("nothing", entry)),), place, on, place)

    rules = Ruleset([rule("late", 9, "out"), rule("off", 1, "out", on=False), rule("early", 3, "office")])
    values = Values(message(), Facts(1))
    found = rules.first(values)
    assert found is not None and found.name == "early"
    assert [hit.words for hit in found.why(values)] == ["Subject contains “office”"]
    assert rules.summary == "2 rules, 2 criteria"


@pytest.mark.parametrize(
    ("written", "entries"),
    [
        ("a, b ,c", ("a", "b", "c")),
        ('"a, b", c', ("a, b", "c")),
        ('a "quoted" word, b', ('a "quoted" word', "b")),
        ('"he said ""no"", twice"', ('he said "no", twice',)),
        ('"never closed, b', ('"never closed', "b")),
        ("a,,\n b,a", ("a", "b")),
        (" , ", ()),
    ],
)
def test_entries_stand_between_commas_and_in_quotes_may_hold_one(
    written: str, entries: tuple[str, ...]
) -> None:
    assert split(written) == entries


@given(st.lists(st.text('ab",é;', min_size=1, max_size=8), max_size=6, unique=True))
def test_entries_that_are_written_are_read_back(entries: list[str]) -> None:
    assert split(joined(entries)) == tuple(entries)


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (Criterion("subject", "contains", ()), "There is no entry"),
        (Criterion("verdict", "is", ("fail",)), "verdict is nothing to look at"),
        (Criterion("header:X Y", "is", ("a",)), "no name of a header"),
        (Criterion("subject", "equals", ("a",)), "equals is no condition"),
        (Criterion("subject", "greater than", ("7",)), "Subject cannot be compared by “greater than”"),
        (Criterion("size", "contains", ("7",)), "Size cannot be compared by “contains”"),
        (Criterion("size", "greater than", ("7 GB",)), "7 GB is no number here"),
        (Criterion("spam_score", "less than", ("low",)), "low is no number here"),
        (Criterion("authenticity", "is", ("failed",)), "failed is no verdict"),
        (Criterion("subject", "matches", ("(a",)), "(a is no regular expression"),
        (Criterion("subject", "is", ("a\u0007",)), "a sign that is not seen"),
        (Criterion("subject", "is", ("x" * 501,)), "501 characters"),
        (Criterion("subject", "is", tuple(map(str, range(1001)))), "1001 entries"),
    ],
)
def test_what_cannot_be_used_is_said_with_what_to_do(criterion: Criterion, words: str) -> None:
    ((place, said),) = mistakes((criterion,))
    assert place == 0 and words in said and "To do: " in said


BOMBS = {
    "counts in counts": "((((((((((a?){9}){9}){9}){9}){9}){9}){9}){9}){9}){9}",
    "huge counts": "(?:(?:a{1000000}){1000000})b",
    "two large counts": "(a{1,100}){1,100}",
    "itself": "(a|(?R))*b",
    "a group of its own": "(a(?1)?b)",
    "a named group": "(?<x>a(?&x)?b)",
    "behind a comment": "(?#[)(a|(?R))*]",
    "counts behind a comment": "(?#[)(((a{99}){99}){99})]",
    "a named list": r"\L<words>",
    "with errors": "(?:lottery){e<=5}",
    "with insertions": "(?:lottery){i}",
    "too long": "a" * 501,
}


@pytest.mark.parametrize("pattern", BOMBS.values(), ids=BOMBS)
def test_a_pattern_that_takes_memory_before_it_is_searched_for_is_refused(pattern: str) -> None:
    with pytest.raises(ExpressionRefused):
        Expression(pattern)


@pytest.mark.parametrize(
    "pattern", [r"\d{3}-\d{4}", r"\p{Lu}{2}", r"a{2,}", r"\{e\}", r"(?i)a(?=b)", "{name}"]
)
def test_ordinary_counts_and_braces_are_taken(pattern: str) -> None:
    Expression(pattern)


def test_a_pattern_that_never_ends_counts_as_not_fitting_and_the_next_rule_is_asked() -> None:
    endless = Rule("Endless", ANY, (Criterion("body", "matches", (r"(.*a){20}$", "(x+x+)+y")),), 1, True, 1)
    plain = Rule("Plain", ANY, (Criterion("subject", "contains", ("office",)),), 2, True, 2)
    rules = Ruleset([endless, plain])
    values = Values(message(text="ab" * 400_000), Facts(1))
    found = rules.first(values)
    assert found is not None and found.name == "Plain"
    assert values.out_of_time == {r"(.*a){20}$", "(x+x+)+y"}, "the second has no time left"
    assert rules.out_of_time(values) == ["Endless"]


def test_a_rule_that_was_written_past_the_page_fits_nothing_and_stops_no_other() -> None:
    broken = [
        Rule("no field", ANY, (Criterion("verdict", "is", ("x",)),), 1, True, 1),
        Rule("no pattern", ANY, (Criterion("subject", "matches", ("(",)),), 2, True, 2),
        Rule("no number", ANY, (Criterion("size", "greater than", ("x",)),), 3, True, 3),
        Rule("no entry", ANY, (Criterion("subject", "contains", ()),), 4, True, 4),
    ]
    rules = Ruleset(
        [*broken, Rule("good", ANY, (Criterion("subject", "contains", ("office",)),), 5, True, 5)]
    )
    assert [rule.name for rule in rules.unusable] == [rule.name for rule in broken]
    found = rules.first(Values(message(), Facts(1)))
    assert found is not None and found.name == "good"


def test_a_hundred_rules_read_each_part_of_a_mail_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from deskpost.inbound.rules import values as module

    read: list[str] = []
    real = module.folded
    monkeypatch.setattr(module, "folded", lambda text: read.append(text) or real(text))
    fields = ("subject", "sender_address", "sender_name", "body", "to")
    made = [
        Rule(
            str(n), ANY, (Criterion(random.Random(n).choice(fields), "contains", (f"word {n}",)),), n, True, n
        )
        for n in range(100)
    ]
    rules = Ruleset(made)
    read.clear()
    assert rules.first(Values(message(), Facts(1))) is None
    assert len(read) <= 6, "two recipients, and each other part once"
