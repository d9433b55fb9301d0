"""Names of folders as mail servers compare them: Exchange without regard to case, INBOX so at each of them."""

INBOX = "inbox"  # RFC 3501 section 5.1: in any case


def key(folder: str) -> str:
    """Give what is the same for two names of one folder: levels without blanks around them, case folded."""
    return "/".join(filter(None, (level.strip().casefold() for level in folder.split("/"))))


def same(one: str, other: str) -> bool:
    """Tell whether two names may stand for one folder at some server."""
    return key(one) == key(other)


def has_empty_level(folder: str) -> bool:
    """Tell whether nothing stands before, after or between the slashes, as in "Errors/"."""
    return not all(level.strip() for level in folder.split("/"))
