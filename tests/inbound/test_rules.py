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
        (Criterion("spam_score", "greater than", ("nan",)), "nan is no number here"),
        (Criterion("spam_score", "greater than", ("-inf",)), "-inf is no number here"),
        (Criterion("spam_score", "greater than", ("1_0",)), "1_0 is no number here"),
        (Criterion("spam_score", "greater than", ("٣",)), "٣ is no number here"),
        (Criterion("size", "greater than", ("²",)), "² is no number here"),
        (Criterion("authenticity", "is", ("failed",)), "failed is no verdict"),
        (Criterion("subject", "matches", ("(a",)), "(a is no regular expression"),
        (Criterion("subject", "is", ("a\u0007",)), "a sign that is not seen"),
        (Criterion("sender_domain", "contains", ("@",)), "An entry is empty"),
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
    assert rules.out_of_time(values) == [("Endless", "Body matches “(.*a){20}$”")]


ENDLESS = ("(.*a){20}$", "(.*a){19}$")


@pytest.mark.parametrize("first", [ENDLESS[:1], ENDLESS])
def test_one_slow_expression_switches_off_no_other(first: tuple[str, ...]) -> None:
    slow = Rule("Slow", ANY, (Criterion("body", "matches", first),), 1, True, 1)
    same = Rule("Same", ALL, (Criterion("body", "matches", first), Criterion("cc", "is", ("x",))), 2, True, 2)
    good = Rule("Good", ANY, (Criterion("subject", "matches", (*first, "^out of")),), 3, True, 3)
    rules = Ruleset([slow, same, good])
    values = Values(message(text="ab" * 60_000), Facts(1))
    found = rules.first(values)
    assert found is not None and found.name == "Good"
    assert [hit.words for hit in found.why(values)] == ["Subject matches “^out of”"]
    told = [f"Body matches “{one}”" for one in first]
    assert rules.out_of_time(values) == [(name, words) for name in ("Slow", "Same") for words in told]


@pytest.mark.parametrize("condition", ["contains", "does not contain", "begins with", "is not", "matches"])
def test_a_criterion_that_has_no_time_left_counts_as_not_fitting_and_is_named(condition: str) -> None:
    entries = tuple(f"word {n}" for n in range(1000 if condition != "matches" else 20))
    rules = Ruleset([Rule("Long", ANY, (Criterion("body", condition, entries),), 1, True, 1)])
    values = Values(message(text="a b " * 200_000), Facts(1), until=0.0)
    assert rules.first(values) is None
    assert {name for name, _ in rules.out_of_time(values)} == {"Long"}


def test_a_criterion_sees_the_first_million_characters_of_a_text() -> None:
    mail = message(text="early\n" + "brown fox\n" * 110_000 + "late\n")
    assert fits("body", "contains", "early", of=mail)
    assert not fits("body", "contains", "late", of=mail)
    assert not fits("body", "ends with", "late", of=mail)


def _texts() -> dict[str, str]:
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghij äß語文", k=chance.randint(1, 12))) for _ in range(60_000)]
    return {
        "prose": "the quick brown fox jumps over lazy dogs and says viagr to all " * 2000,
        "chance": "x" * 5000 + " ".join(words),
        "one letter": "a" * 200_000,
        "short": "quick viagr",
        "": "",
    }


@pytest.mark.parametrize("kind", ["prose", "chance", "one letter", "short", ""])
def test_many_entries_find_what_each_of_them_alone_finds(kind: str) -> None:
    from deskpost.inbound.rules.searching import Searched, sought
    from deskpost.inbound.rules.values import folded

    text, chance = folded(_texts()[kind]), random.Random(11)
    for round_ in range(60):
        entries = [f"viagra word{n} x" for n in range(chance.choice((1, 40, 300)))]
        entries += [f"{'abcdefgh'[:n]}ü" for n in range(8)]
        if round_ % 2 and text:
            length = chance.randint(1, 30)
            at = chance.randrange(max(1, len(text) - length))
            entries.insert(chance.randrange(len(entries)), folded(text[at : at + length]) or "q")
        wanted = next((one for one in entries if one in text), None)
        assert sought(entries)(Searched(text), lambda: None) == wanted


def test_a_thousand_entries_are_looked_for_in_few_passes_over_a_large_text() -> None:
    from deskpost.inbound.rules.searching import Searched, sought

    class Counted(str):
        passes = 0

        def __contains__(self, key: object) -> bool:
            Counted.passes += 1
            return super().__contains__(key)  # type: ignore[arg-type]

    text = Counted("the quick brown fox jumps over lazy dogs and says viagr to all " * 16_000)
    entries = [f"viagra word{n} x" for n in range(500)] + [f"qx{n}" for n in range(500)]
    assert sought(entries)(Searched(text), lambda: None) is None
    assert Counted.passes <= 20


def test_letters_that_are_written_decomposed_are_found_by_composed_entries_and_the_other_way() -> None:
    mail = message(
        subject="u\u0308ber Angebot", text="ein u\u0308bles Angebot\n", sender="Mu\u0308ller <m@x.example>"
    )
    assert fits("subject", "contains", "über", of=mail)
    assert fits("subject", "matches", "^über", of=mail)
    assert fits("body", "contains", "ÜBLES", of=mail)
    assert fits("sender_name", "is", "müller", of=mail)
    assert fits("body", "contains", "über", of=message(text="über")) is True
    assert fits("body", "contains", "u\u0308ber", of=message(text="Über")) is True


def test_an_address_of_a_domain_beyond_ascii_is_one_in_each_spelling() -> None:
    mail = message(sender="X@xn--mller-kva.example", to="y@xn--mller-kva.example")
    below = parse("From: x@a.müller.example\r\n\r\nx".encode())
    for entry in ("x@müller.example", "X@MÜLLER.example", "x@xn--mller-kva.example"):
        assert fits("sender_address", "is", entry, of=mail)
        assert not fits("sender_address", "is not", entry, of=mail)
    assert fits("sender_address", "ends with", "@Müller.example", of=mail)
    assert fits("sender_address", "ends with", ".xn--mller-kva.example", of=below)
    assert fits("sender_address", "contains", "müller", of=mail)
    assert fits("sender_domain", "matches", "^müller", of=mail)
    assert fits("sender_address", "matches", "@xn--mller", of=mail)
    assert fits("to", "is", "y@müller.example", of=mail)
    assert not fits("sender_address", "is", "x@straße.example", of=message(sender="x@strasse.example"))


def test_of_several_from_headers_any_fits() -> None:
    mail = parse(b"From: Eve <a@a.example>\r\nFrom: Bob <b@B.example>, c@c.example\r\n\r\nx")
    for domain in ("a.example", "b.example", "c.example"):
        assert fits("sender_domain", "is", domain, of=mail)
    assert fits("sender_address", "is", "b@b.example", of=mail)
    assert fits("sender_name", "is", "bob", of=mail)
    assert not fits("sender_domain", "is not", "b.example", of=mail)


def test_of_an_alternative_the_text_of_the_html_is_looked_at_where_it_differs() -> None:
    made = EmailMessage()
    made.set_content("hello\n")
    made.add_alternative("<p>Buy <b>che</b>ap &#112;ills</p><!-- hidden -->", subtype="html")
    mail = parse(made.as_bytes())
    assert fits("body", "contains", "cheap pills", of=mail)
    assert fits("body", "contains", "hello", of=mail)
    assert not fits("body", "contains", "hidden", of=mail)
    assert not fits("body", "does not contain", "pills", of=mail)
    alone = EmailMessage()
    alone.set_content("<p>Buy pills</p>", subtype="html")
    assert Values(parse(alone.as_bytes()), Facts(1)).raw["body"] == ("Buy pills",), "looked at once"


@pytest.mark.parametrize(
    "header", ["X-Spam-Score: +5.1", "X-Spam-Status: Yes, score=+5.1 required=5", "X-Spam-Score: score=5.1"]
)
def test_a_score_with_a_sign_or_a_word_before_it_is_read(header: str) -> None:
    name, _, value = header.partition(": ")
    mail = message(headers={name: value})
    assert fits("spam_score", "greater than", "5", of=mail)
    assert not fits("spam_score", "less than", "+5", of=mail)


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
