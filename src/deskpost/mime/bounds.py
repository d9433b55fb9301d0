"""How much work one mail may cause.

Every bound is a small fixed number and a share of the mail's size, so that a large mail, however it is made, costs
about 50 ms per MB at most, and no mail that a person or a program has sent in earnest meets one. The fixed
numbers are what a small mail in earnest needs: one of 20 kB made to hurt costs up to 3 ms (docs/measured.md).
What a bound cuts off is said in a defect. What was compressed costs what its bound (`expanded`) would as HTML.
"""

HEADER_BYTES = 524_288
"""Bytes of one header block that are read."""

FIELDS = 1_000
"""Header fields of one block that are read."""

VALUE_CHARACTERS = 65_536
"""Characters of one header field that are read."""

PARAMETERS = 64
"""Parameters of one Content-Type or Content-Disposition that are read."""

DEPTH = 20
"""Multiparts inside one another that are opened."""

IDENTIFIERS = 200
"""Message-IDs of one References or In-Reply-To that are kept: the first and the last hundred."""

DEFECTS = 50
"""Defects that are told of one mail, beside those about bounds."""


class Bounds:
    """What is left of the work allowed for one mail of `size` bytes, and what was found wrong with it."""

    __slots__ = (
        "addresses",
        "defects",
        "encoded_words",
        "expanded",
        "guesses",
        "near_misses",
        "parts",
        "work",
    )

    def __init__(self, size: int) -> None:
        self.parts = 100 + min(size // 200, 1_900)  # a hundred contact cards fit into 20 kB
        self.encoded_words = 100 + min(size // 128, 4_900)
        self.addresses = 100 + min(size // 40, 1_900)
        self.work = 300 + size // 50  # about microseconds: unusual addresses sign by sign, different entities
        self.near_misses = 100 + size // 64
        self.guesses = 3
        self.expanded = 50_000 + min(
            size * 4, 20_000_000
        )  # bytes that compressed ones may become, all together
        self.defects: list[str] = []

    def note(self, words: str) -> None:
        """Keep a defect, in words, once."""
        if words not in self.defects and len(self.defects) < DEFECTS:
            self.defects.append(words)

    def cut(self, words: str) -> None:
        """Keep, once, what a bound cut off: it is told however many other defects there are."""
        if words not in self.defects:
            self.defects.append(words)
