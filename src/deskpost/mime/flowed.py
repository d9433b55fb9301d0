"""format=flowed undone (RFC 3676): lines that a mail program broke are made whole again."""


def unwrapped(text: str, without_blank: bool) -> str:
    """Give the text with its soft line breaks taken out; `without_blank` is DelSp=yes.

    A text of very many very short lines is given as it is.
    """
    lines = text.split("\n")
    if len(lines) > 1_000 + len(text) // 16:
        return text
    paragraphs: list[str] = []
    pieces: list[str] = []
    depth = 0
    for line in lines:
        content = line.lstrip(">")
        level = len(line) - len(content)
        if content[:1] == " ":
            content = content[1:]
        if pieces and (level != depth or content == "-- "):
            paragraphs.append(_quoted(pieces, depth))
            pieces = []
        depth = level
        flows = content[-1:] == " " and content != "-- "
        pieces.append(content[:-1] if flows and without_blank else content)
        if not flows:
            paragraphs.append(_quoted(pieces, depth))
            pieces = []
    if pieces:
        paragraphs.append(_quoted(pieces, depth))
    return "\n".join(paragraphs)


def _quoted(pieces: list[str], depth: int) -> str:
    text = "".join(pieces)
    return f"{'>' * depth} {text}" if depth else text
