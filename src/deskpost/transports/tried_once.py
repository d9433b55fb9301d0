"""What servers answered to a try that nobody repeats by itself: a sample mail, or a look that somebody asked for."""

import re

_BY_ITSELF = re.compile(r"nothing(?: at first)?, Deskpost (waits and )?[^;.]+")
_BESIDE = re.compile(r"; Deskpost tries again by itself(?=\.)")


def tried_once(words: str) -> str:
    """Give a sentence of words.py or tls_words.py as it holds for such a try: the reader is who tries again."""
    words = _BESIDE.sub("", words)
    return _BY_ITSELF.sub(
        lambda said: "wait some minutes, then try once more" if said[1] else "try once more", words
    )
