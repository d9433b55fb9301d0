"""Email Command as the steps need it: the settings of a run."""

from collections.abc import Mapping
from dataclasses import dataclass

from deskpost.inbound.outcome import Setting


@dataclass(frozen=True, slots=True)
class CommandRules:
    """What is set while Email Command is on. `settings`: each as what decided, by column."""

    identifier: str
    delimiter: str
    authenticity: str  # EmailCommand.Authenticity
    settings: Mapping[str, Setting]
