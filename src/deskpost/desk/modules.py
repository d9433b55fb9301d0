"""The nine kinds of record a mail can belong to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Module:
    """One kind of record: its shipped code in subjects, and its names for people, of one and of several."""

    code: str
    name: str
    plural: str


MODULES: dict[str, Module] = {
    module.code: module
    for module in (
        Module("RE", "Request", "Requests"),
        Module("TA", "Task", "Tasks"),
        Module("SO", "Solution", "Solutions"),
        Module("PO", "Purchase order", "Purchase orders"),
        Module("PR", "Purchase request", "Purchase requests"),
        Module("CO", "Contract", "Contracts"),
        Module("CH", "Change", "Changes"),
        Module("PB", "Problem", "Problems"),
        Module("PJ", "Project", "Projects"),
    )
}

REQUEST = "RE"
TASK = "TA"
OTHERS = tuple(code for code in MODULES if code != REQUEST)
"""The kinds of record beside requests: one list and one page serve them all."""
