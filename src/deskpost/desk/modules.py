"""The nine kinds of record a mail can belong to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Module:
    """One kind of record: its shipped code in subjects, and its name for people."""

    code: str
    name: str


MODULES: dict[str, Module] = {
    module.code: module
    for module in (
        Module("RE", "Request"),
        Module("TA", "Task"),
        Module("SO", "Solution"),
        Module("PO", "Purchase order"),
        Module("PR", "Purchase request"),
        Module("CO", "Contract"),
        Module("CH", "Change"),
        Module("PB", "Problem"),
        Module("PJ", "Project"),
    )
}
