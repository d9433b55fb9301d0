"""Turn the documentation into pages, and check that every link between them leads somewhere."""

import html
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import markdown

LINK = re.compile(r'(?:href|src)="([^"]+)"')


def main(source: Path, target: Path) -> int:
    """Write one page a Markdown file into `target`; 1 when a link leads nowhere."""
    shutil.rmtree(target, ignore_errors=True)
    broken = []
    for file in sorted(item for item in source.rglob("*") if item.is_file()):
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix != ".md":
            shutil.copy2(file, copy)
            continue
        body = markdown.markdown(file.read_text(), extensions=["extra", "toc"])
        broken += [f"{file}: {link}" for link in LINK.findall(body) if not leads_somewhere(link, file)]
        copy.with_suffix(".html").write_text(
            page(file.stem, re.sub(r'(href="[^":]+)\.md\b', r"\1.html", body))
        )
    for line in broken:
        print(f"A link leads nowhere. {line}", file=sys.stderr)
    print(f"The documentation is in {target}.")
    return 1 if broken else 0


def leads_somewhere(link: str, file: Path) -> bool:
    """Tell whether a link of `file` is to another host, within the page, or to a file that is there."""
    parts = urlsplit(html.unescape(link))
    return bool(parts.scheme) or not parts.path or (file.parent / unquote(parts.path)).exists()


def page(title: str, body: str) -> str:
    """Give the whole page around a body."""
    return (
        f"<!doctype html><meta charset=utf-8><title>{html.escape(title)}</title>\n<main>\n{body}\n</main>\n"
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
