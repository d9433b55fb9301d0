"""What a section of a settings file is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yaml import Node

from deskpost.settings_file.applying import Applying


@dataclass(frozen=True, slots=True)
class Section:
    """How a section is read (Mistake, Mistaken), written (Mistake), and exported."""

    key: str
    read: Callable[[Node], Any]
    apply: Callable[[Any, Applying], None]
    export: Callable[[], Any]
