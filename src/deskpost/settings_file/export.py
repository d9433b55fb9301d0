"""The present settings as a settings file."""

import yaml

from deskpost.settings_file.order import SECTIONS


def export() -> str:
    """Give all settings as YAML that `settings apply` takes; secrets are masked, and the mask leaves them be."""
    settings = {section.key: section.export() for section in SECTIONS}
    filled = {key: value for key, value in settings.items() if value not in ([], {})}
    return yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=110)
