"""What a row has room for of a sentence about an error: what it means and what to do, without the server's own words.

These stand whole in the form of the mailbox or server.
"""

import re

LONGEST = 200  # signs of each part
# As the words modules quote: outlook.office365.com answered: "...". The quoted text may hold such signs itself.
_ANSWER = re.compile(r' (?:It|\S+) answered: ".*"\.')


def brief(words: str, longest: int = LONGEST) -> tuple[str, str]:
    """Give what an error means, in whole sentences, and what to do, empty where nothing is."""
    cause, _found, to_do = words.partition(" To do: ")
    meaning = _ANSWER.sub("", cause).strip()
    return _cut(meaning, longest), "" if to_do.startswith("nothing") else _cut(to_do, longest)


def _cut(text: str, longest: int) -> str:
    """Cut between two words; a text without blanks anywhere."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 2]
    return f"{kept.rsplit(' ', 1)[0] if ' ' in kept else kept} …"
