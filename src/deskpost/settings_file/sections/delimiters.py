"""`delimiters`: the base delimiter and the modules' codes of the tokens in subjects."""

from typing import Any

from yaml import Node

from deskpost.desk import delimiters
from deskpost.desk.modules import MODULES
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.mistakes import Mistake
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import Reader, line_of, text

KEY = "delimiters"


def apply(row: Row, applying: Applying) -> None:
    """Set the base, then the codes."""
    if "base" in row:
        _change("", row["base"], row, "base", applying)
    codes: Row | None = row.get("modules")
    for module in codes.values if codes else ():
        assert codes
        _change(module, codes[module], codes, module, applying)


def _change(module: str, wanted: str, row: Row, key: str, applying: Applying) -> None:
    try:
        before = delimiters.change(None, VIA, module, wanted)
    except delimiters.DelimiterRefused as refused:
        raise row.mistake(key, refused.words) from refused
    if before is not None:
        applying.note(KEY, module, "base" if not module else "code", before, wanted)


def export() -> dict[str, Any]:
    """Give what is in use now; earlier ones still thread and are no settings."""
    current = delimiters.current()
    return {"base": current.pop(""), "modules": current}


def _checked(module: str) -> Reader:
    def read(node: Node) -> str:
        value = text(node)
        refusal = delimiters.refusal(module, value)
        if refusal:
            raise Mistake(line_of(node), refusal)
        return value

    return read


SECTION = Section(
    KEY,
    mapping(
        KEY,
        {
            "base": _checked(""),
            "modules": mapping("delimiters.modules", {code: _checked(code) for code in MODULES}),
        },
    ),
    apply,
    export,
)
