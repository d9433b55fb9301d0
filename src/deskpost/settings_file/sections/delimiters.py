"""`delimiters`: the base delimiter and the modules' codes of the tokens in subjects, and tokens of former systems."""

from typing import Any

from yaml import Node

from deskpost.desk import delimiters, former_tokens, settings
from deskpost.desk.former_tokens import FormerToken, TokenRefused, Wanted
from deskpost.desk.modules import MODULES
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.mistakes import Collected, Mistake
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import Reader, choice, elements, line_of, text, whole

KEY = "delimiters"


def apply(row: Row, applying: Applying) -> None:
    """Set the base, then the codes."""
    if "base" in row:
        _change("", row["base"], row, "base", applying)
    codes: Row | None = row.get("modules")
    for module in codes.values if codes else ():
        assert codes
        _change(module, codes[module], codes, module, applying)
    if "former" in row:
        _map(row, applying)


def _map(row: Row, applying: Applying) -> None:
    """Make the tokens of former systems those of the file."""
    wanted = [wanted_of(one) for one in row["former"]]
    present = {_of(one): one for one in FormerToken.objects.order_by("pk")}
    for key, mapped in present.items():
        if key not in wanted:
            settings.remove(None, VIA, mapped)
    for one, read in zip(wanted, row["former"], strict=True):
        if one in present:
            continue
        try:
            former_tokens.change(None, VIA, None, one)
        except TokenRefused as refused:
            raise read.mistake("before", refused.words) from refused
    if set(present) != set(wanted):
        applying.note(
            KEY, "former", "tokens", [_said(one) for one in present], [_said(one) for one in wanted]
        )


def wanted_of(row: Row) -> Wanted:
    """Give a token as the file names it."""
    return Wanted(row["module"], row["before"], row.get("after", ""), row["below"])


def _of(token: FormerToken) -> Wanted:
    return Wanted(token.module, token.before, token.after, token.below)


def _said(one: Wanted) -> str:
    return f"{one.sample} {one.module} below {one.below}"


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
    mapped = [
        {
            "module": one.module,
            "before": one.before,
            **({"after": one.after} if one.after else {}),
            "below": one.below,
        }
        for one in former_tokens.present()
    ]
    return {"base": current.pop(""), "modules": current, "former": mapped}


def _checked(module: str) -> Reader:
    def read(node: Node) -> str:
        value = text(node)
        refusal = delimiters.refusal(module, value)
        if refusal:
            raise Mistake(line_of(node), refusal)
        return value

    return read


_read_token = mapping(
    "delimiters.former",
    {
        "module": choice(*MODULES),
        "before": text,
        "after": text,
        "below": whole(2, former_tokens.LARGEST),
    },
    required=("module", "before", "below"),
)


def _tokens(node: Node) -> list[Row]:
    collected, found = Collected(), []
    for element in elements(node):
        with collected.here():
            row = _read_token(element)
            if words := former_tokens.refusal(wanted_of(row)):
                raise row.mistake("before", words)
            found.append(row)
    collected.raise_if_any()
    return found


SECTION = Section(
    KEY,
    mapping(
        KEY,
        {
            "base": _checked(""),
            "modules": mapping("delimiters.modules", {code: _checked(code) for code in MODULES}),
            "former": _tokens,
        },
    ),
    apply,
    export,
)
