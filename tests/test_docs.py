"""The handbook, README and CONTRIBUTING: what they show is run, parsed or applied; what they link to is there."""

import http.client
import inspect
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import typer
from django.urls import reverse

from deskpost import cli, settings_file
from deskpost.console import help
from deskpost.transports import ews_words, graph_words, http_words, login_words, proxy_words, tls_words, words
from tests.command_line import Running, deskpost, eventually, free_port
from tests.console import builders
from tests.console.conftest import build_desk

CHECKOUT = Path(__file__).parents[1]
DOCS = CHECKOUT / "docs"
HANDBOOK = sorted(page for page in DOCS.glob("*.md") if page.name != "requirements.md")
PAGES = [
    *HANDBOOK,
    *sorted(DOCS.glob("decisions/*.md")),
    CHECKOUT / "README.md",
    CHECKOUT / "CONTRIBUTING.md",
]
GOES_ON = ("run", "web", "worker", "demo")  # until they are told to end
SECRETS = {"ANN_PASSWORD": "four horses and a staple", "HELP_PASSWORD": "a lamp in the corner"}

_BLOCK = re.compile(
    r"(?:^`(?P<name>[\w.-]+)`:\n\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
_INLINE = re.compile(r"`(?:\S*/)?deskpost ([a-z][^`\n]*)`")
_COMMAND = re.compile(r"(?:\S*/)?deskpost(?: |$)")
_LINK = re.compile(r"(?<!`)\[[^\]\n]+\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, and the name under which a page shows a file."""

    language: str
    text: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A command of a console block, and what the page shows that it prints."""

    words: tuple[str, ...]
    prints: tuple[str, ...]


def blocks(page: Path) -> list[Block]:
    return [
        Block(found["language"], found["text"], found["name"]) for found in _BLOCK.finditer(page.read_text())
    ]


def shown(block: Block) -> Iterator[Shown]:
    for part in block.text.split("$ ")[1:]:
        command, *lines = part.splitlines()
        yield Shown(tuple(shlex.split(command)), tuple(line for line in lines if line.strip(" .")))


def commands(page: Path) -> Iterator[list[str]]:
    """Give the words after `deskpost` of every command line in a page's blocks."""
    for block in blocks(page):
        for line in block.text.splitlines():
            line = line.removeprefix("$ ").partition(" #")[0].strip()
            if block.language in ("sh", "console") and _COMMAND.match(line):
                yield shlex.split(line)[1:]


def names(page: Path) -> str:
    return page.relative_to(CHECKOUT).as_posix()


def having(language: str) -> list[Path]:
    return [page for page in PAGES if any(block.language == language for block in blocks(page))]


# What is run


@pytest.mark.parametrize("page", having("console"), ids=names)
def test_commands_print_what_the_page_shows(page, database, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environment = {**SECRETS, "DESKPOST_DATA": str(tmp_path / "data")}
    for block in blocks(page):
        if block.name:
            (tmp_path / block.name).write_text(block.text)
        for one in shown(block) if block.language == "console" else ():
            assert one.words[0] == "deskpost", f"{names(page)} runs {one.words[0]}"
            if one.words[1] in GOES_ON:
                prints_while_it_runs(one, tmp_path / "log", environment)
                continue
            ran = deskpost(*one.words[1:], **environment)
            assert ran.code == 0, ran.err
            assert not missing(one.prints, ran.out), ran.out


def prints_while_it_runs(one: Shown, log: Path, environment: dict[str, str]) -> None:
    with Running(*one.words[1:], "--port", str(free_port()), log=log, **environment) as running:
        eventually(lambda: not missing(one.prints, running.said))
        assert running.end() < 30


def missing(expected: tuple[str, ...], printed: str) -> list[str]:
    """Give the lines that were not printed, in their order; any number stands for any, ... for anything."""
    left, lines = list(expected), [alike(line) for line in printed.splitlines()]
    for line in lines:
        if left and re.search(".*".join(map(re.escape, alike(left[0]).split("..."))), line):
            left.pop(0)
    return left


def alike(line: str) -> str:
    return " ".join(re.sub(r"\d+(\.\d+)?", "0", line).split())


@pytest.mark.parametrize("page", having("yaml"), ids=names)
@pytest.mark.django_db
def test_settings_that_a_page_shows_can_be_applied(page, tmp_path, monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    for number, block in enumerate(block for block in blocks(page) if block.language == "yaml"):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block.text)
        settings_file.apply(settings_file.read(file))


def test_forms_work_behind_the_web_server_of_the_handbook(database, tmp_path):
    (site,) = [block.text for block in blocks(DOCS / "operating.md") if block.language == "nginx"]
    values = {"$host": "desk.msp.example", "$scheme": "https", "$remote_addr": "192.0.2.1"}
    headers = {name: values[value] for name, value in re.findall(r"proxy_set_header (\S+) (\S+);", site)}
    port = free_port()
    environment = {"DESKPOST_HTTPS": "1", "DESKPOST_DATA": str(tmp_path / "data")}
    with Running("web", "--port", str(port), log=tmp_path / "log", **environment):
        page, cookies = eventually(lambda: answer(port, "GET", headers))[1:]
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)[1]
        form = f"csrfmiddlewaretoken={token}&username=nobody&password=nothing"
        sent = {**headers, "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        sent["Origin"], sent["Referer"] = "https://desk.msp.example", "https://desk.msp.example/sign-in/"
        assert "Secure" in cookies
        assert answer(port, "POST", sent, form)[0] == 401, "nobody is not let in, and the form is read"
        sent["Origin"] = "https://elsewhere.example"
        assert answer(port, "POST", sent, form)[0] == 403


def answer(port: int, method: str, headers: dict[str, str], form: str = "") -> tuple[int, str, str] | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, "/sign-in/", form, headers)
        response = connection.getresponse()
        return response.status, response.read().decode(), response.headers.get("Set-Cookie", "")
    except ConnectionError:
        return None
    finally:
        connection.close()


# What is parsed


@pytest.mark.parametrize("page", [page for page in PAGES if list(commands(page))], ids=names)
def test_command_lines_that_a_page_shows_can_be_parsed(page):
    for given in commands(page):
        command, rest = known(given)
        try:
            command.make_context("deskpost", list(rest))
        except typer.TyperException as wrong:
            pytest.fail(f"deskpost {shlex.join(given)}: {wrong}")


def test_commands_and_options_named_in_a_text_are_there():
    named = {(page, line) for page in PAGES for line in _INLINE.findall(page.read_text())}
    assert len(named) > 20
    for page, line in named:
        if line.startswith(("service", "backup")):
            pytest.fail(f"{names(page)} names deskpost {line}, which is not there yet")
        command, rest = known(line.split())
        options = {option for parameter in command.params for option in parameter.opts}
        for option in (word.strip("[]|,") for word in rest if word.strip("[").startswith("-")):
            assert option in options, f"{names(page)}: deskpost {line}"


def known(given: list[str]) -> tuple[typer.core.TyperCommand, list[str]]:
    """Give the command that words name, and the words that are left for it."""
    command, rest = typer.main.get_command(cli.app), list(given)
    while hasattr(command, "commands"):
        assert rest and rest[0] in command.commands, f"there is no command deskpost {' '.join(given)}"
        command = command.commands[rest.pop(0)]
    assert command.help
    return command, rest


def test_make_targets_that_a_page_names_are_there():
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE)
        assert set(named) <= targets, names(page)


# What is linked, and what is said


def test_every_link_of_the_handbook_leads_somewhere(tmp_path):
    program = [sys.executable, CHECKOUT / "tools/docs.py", DOCS, tmp_path / "pages"]
    made = subprocess.run(program, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(page):
    for link in _LINK.findall(page.read_text()):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = page.parent / unquote(parts.path) if parts.path else page
        assert target.exists(), link
        assert not parts.fragment or parts.fragment in anchors(target), link


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.django_db
def test_links_and_pictures_of_the_handbook_work_inside_the_product():
    client = builders.signed_in(build_desk().dana)
    for page in HANDBOOK:
        shown_page = client.get(reverse("help_page", args=[page.stem])).content.decode()
        prose = shown_page.partition('<div class="prose">')[2].partition("</main>")[0]
        for link in re.findall(r'(?:href|src)="([^"]+)"', prose):
            path, _, anchor = link.partition("#")
            if path.startswith(("http", "mailto")):
                continue
            target = client.get(path, follow=True) if path else None
            assert target is None or target.status_code == 200, f"{page.name}: {link}"
            there = target.content.decode(errors="replace") if target else shown_page
            assert not anchor or f'id="{anchor}"' in there, f"{page.name}: {link}"


def test_the_first_page_leads_to_every_other_and_comes_first():
    linked = {link.partition("#")[0] for link in _LINK.findall((DOCS / "index.md").read_text())}
    assert {page.name for page in HANDBOOK} - {"index.md"} <= linked
    assert help.chapters()[0].key == "index"


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_a_page_names_no_path_of_the_machine_it_was_written_on(page):
    text = page.read_text()
    assert not re.search(r"(?<![\w.])/(home|root|mnt|workspace)/", text)
    folder = f"/{CHECKOUT.parts[1]}"
    assert folder in ("/tmp", "/opt", "/usr", "/var", "/etc") or f"{folder}/" not in text
    assert str(CHECKOUT) not in text


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_a_page_speaks_plainly(page):
    prose = _BLOCK.sub("", page.read_text())
    prose = re.sub(r"`[^`\n]*`|!\[", "", prose)
    assert "!" not in prose
    for word in ("please", "oops", "simply", "easily", "seamless", "powerful"):
        assert word not in prose.lower(), word


# Sentences about errors


def headings() -> list[str]:
    return re.findall(r"^### (.+)$", (DOCS / "troubleshooting.md").read_text(), re.MULTILINE)


NUMBERS = {"seconds": 20.0, "most": 1_048_576, "status": 503}


def sentences() -> dict[str, str]:
    """Give what each function of transports/words.py and of those beside it says."""
    said = {}
    functions = [
        found
        for module in (words, login_words, tls_words, proxy_words, ews_words, graph_words, http_words)
        for found in inspect.getmembers(module, inspect.isfunction)
    ]
    for name, function in functions:
        if name.startswith("_") or name in (
            "readable",
            "answered",
            "unreached",
        ):  # the latter two end another sentence
            continue
        parameters = inspect.signature(function).parameters
        said[f"{function.__module__}.{name}"] = function(
            *(NUMBERS.get(one, "SOMETHING") for one in parameters)
        )
    return said


@pytest.mark.parametrize(("name", "sentence"), sentences().items(), ids=lambda value: value.partition(" ")[0])
def test_every_sentence_about_a_mail_server_has_its_entry_in_troubleshooting(name, sentence):
    entries = [".*".join(map(re.escape, heading.split("…"))) for heading in headings()]
    assert any(re.match(entry, sentence) for entry in entries), sentence


def test_every_entry_in_troubleshooting_is_about_a_sentence_that_deskpost_says():
    source = "".join(file.read_text() for file in (CHECKOUT / "src/deskpost").rglob("*.py"))
    source = re.sub(r"""["']\s*\n\s*f?["']""", "", source)
    source = re.sub(r"\{[^{}\n]*\}", "…", source)
    for heading in headings():
        for piece in (piece.strip() for piece in heading.split("…")):
            assert piece in source, heading
