"""Secrets in a settings file: written there, in the environment, in a file of their own, or masked."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from yaml import MappingNode, Node, ScalarNode

from deskpost.settings_file.mistakes import Mistake
from deskpost.settings_file.values import is_null, line_of, pairs, text

MASK = "********"  # what export writes for a secret; applied, it leaves the secret as it is
LARGEST = 64 * 1024  # bytes of a secret's file
_UNTYPABLE = re.compile(r"[\r\n\0\ud800-\udfff]")  # what no mail server and no sign-in page takes


@dataclass(frozen=True, slots=True)
class Kept:
    """In place of a secret that the file masks: leave it as it is."""


def secret(node: Node) -> str | Kept:
    """A secret: written here, from the environment as {env: NAME}, or out of a file as {file: PATH}.

    A relative path is looked up beside the settings file. The words of a Mistake never hold the secret.
    """
    if not isinstance(node, MappingNode):
        if isinstance(node, ScalarNode) and not is_null(node):
            return Kept() if node.value == MASK else _one_line(node, str(node.value))
        raise Mistake(
            line_of(node), "A secret is expected here. To do: write a text, {env: NAME} or {file: PATH}."
        )
    entries = pairs(node, "A secret")
    if len(entries) != 1 or entries[0][0].value not in ("env", "file"):
        raise Mistake(line_of(node), "This is no secret. To do: write a text, {env: NAME} or {file: PATH}.")
    ((key, value),) = entries
    return _one_line(node, _from_environment(value) if key.value == "env" else _from_file(value))


def _one_line(node: Node, value: str) -> str:
    if _UNTYPABLE.search(value):
        raise Mistake(
            line_of(node),
            "The secret holds a line break or a zero byte. To do: write it on one line, as it is typed.",
        )
    return value


def _from_environment(node: Node) -> str:
    name = text(node)
    if not os.environ.get(name):
        raise Mistake(
            line_of(node),
            f"The environment variable {name} is not set. To do: set it, then apply the file again.",
        )
    return os.environ[name]


def _from_file(node: Node) -> str:
    path = Path(node.start_mark.name).parent / text(node)
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
        value = content.decode().rstrip("\r\n")
    except OSError as refused:
        why = (refused.strerror or "the system does not say why").lower()
        raise Mistake(
            line_of(node),
            f"The secret's file {path} cannot be read: {why}. To do: check the path, and that you may read it.",
        ) from None
    except UnicodeDecodeError:
        raise Mistake(
            line_of(node), f"The secret's file {path} is not a text in UTF-8. To do: save it as one."
        ) from None
    if not value or len(content) > LARGEST:
        raise Mistake(
            line_of(node),
            f"The secret's file {path} is empty or larger than 64 kB. To do: write the secret alone into it.",
        )
    return value
