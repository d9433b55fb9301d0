"""Prints the fault matrix at the end of a run: what each way of mail does at each fault, and how it goes on."""

from typing import NamedTuple

import pytest


class Found(NamedTuple):
    """What a run found of a fault: the state on the page, the first sentence there, and how it goes on."""

    fault: str
    way: str
    state: str
    sentence: str
    recovery: str


FOUND: list[Found] = []


def lines() -> list[str]:
    """Give the table, ways that fare alike in one row."""
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for one in FOUND:
        alike.setdefault((one.fault, one.state, one.sentence, one.recovery), []).append(one.way)
    rows = [
        f"| {fault} | {', '.join(ways)} | {state} | {sentence} | {recovery} |"
        for (fault, state, sentence, recovery), ways in alike.items()
    ]
    return [
        "| fault | mail | state | what people read first | how it goes on |",
        "|---|---|---|---|---|",
        *rows,
    ]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that prints the summary what this one has found, when tests run in several."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["faults"] = [list(one) for one in FOUND]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take in what a process that ran tests has found."""
    FOUND.extend(Found(*one) for one in getattr(node, "workeroutput", {}).get("faults", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the matrix."""
    if FOUND:
        terminalreporter.section("fault matrix")
        for line in lines():
            terminalreporter.write_line(line)
