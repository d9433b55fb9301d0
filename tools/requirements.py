"""Print the rows of docs/requirements.md, or of docs/pains.md, with the tests that prove each, and those with none.

The tests are read, not run: a row is carried by `@pytest.mark.requirement("R1", ...)`, or `pain`, on a function, on a
class, or on a whole module (`pytestmark`).
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROW = re.compile(r"^\| (R\d+|`[a-z0-9-]+`) \| (.+?) \|")


def main(page: Path, tests: Path, marker: str = "requirement") -> int:
    """Print every row of a page; 1 when a test names a row that there is not."""
    rows = rows_of(page.read_text())
    proofs: dict[str, list[str]] = defaultdict(list)
    for file in sorted(tests.rglob("test_*.py")):
        for row, test in carried(ast.parse(file.read_text()), file.as_posix(), marker):
            proofs[row].append(test)
    for row, quoted in rows.items():
        print(f"{row:5} {quoted}")
        print("".join(f"      {test}\n" for test in proofs[row]) or "      no test yet\n", end="")
    proven = sum(bool(proofs[row]) for row in rows)
    print(f"{proven} of {len(rows)} rows have a test, {len(rows) - proven} have none.")
    unknown = sorted(set(proofs) - set(rows))
    for row in unknown:
        print(f"{', '.join(proofs[row])} names {row}, which is no row.", file=sys.stderr)
    return 1 if unknown else 0


def rows_of(page: str) -> dict[str, str]:
    """Give the rows of a page, each with what it says."""
    found = (ROW.match(line) for line in page.splitlines())
    return {row[1].strip("`"): row[2] for row in found if row}


def carried(tree: ast.Module, name: str, marker: str) -> Iterator[tuple[str, str]]:
    """Give (row, test) for each mark in a module of tests."""
    for item in tree.body:
        if isinstance(item, ast.Assign) and any(
            getattr(aim, "id", "") == "pytestmark" for aim in item.targets
        ):
            yield from ((row, name) for row in marks([item.value], marker))
        if isinstance(item, ast.ClassDef):
            yield from ((row, f"{name}::{item.name}") for row in marks(item.decorator_list, marker))
            for inner in item.body:
                if isinstance(inner, ast.FunctionDef):
                    named = f"{name}::{item.name}::{inner.name}"
                    yield from ((row, named) for row in marks(inner.decorator_list, marker))
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ((row, f"{name}::{item.name}") for row in marks(item.decorator_list, marker))


def marks(nodes: list[ast.expr], marker: str) -> Iterator[str]:
    """Give the rows named by `pytest.mark.<marker>(...)` in these expressions."""
    for node in nodes:
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == marker:
                yield from (str(row.value) for row in call.args if isinstance(row, ast.Constant))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
