"""The mails of `tests/corpora`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "corpora"
MAILS = tuple(
    sorted(
        path
        for path in ROOT.rglob("*")
        if path.is_file() and path.suffix not in (".json", ".md") and path.name != ".gitattributes"
    )
)


def name_of(path: Path) -> str:
    """Name a mail in the output of a test."""
    return str(path.relative_to(ROOT))
