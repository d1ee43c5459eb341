"""config.toml read, held against what it is to say, and written whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lotwork.ledger.errors import ConfigError, StorageError
from lotwork.service.ledger_place import CONFIG
from lotwork.service.settings_file import replace_text
from lotwork.service.toml_file import parse, settings_text


def text_of(home: Path) -> str:
    """Return the text of the settings of *home*."""
    path = home / CONFIG
    try:
        return settings_text(path)
    except (OSError, UnicodeDecodeError) as broken:
        raise ConfigError(
            f"{path}: the settings cannot be read ({broken}): make it UTF-8 text you may read"
        ) from broken


def expect(text: str | None, wanted: dict[str, Any], path: Path, by_hand: str) -> None:
    """Raise ConfigError, with what to do *by_hand*, where *text* does not say exactly what is *wanted*."""
    try:
        says_so = text is not None and parse(text, str(path)).tables == wanted
    except ConfigError:
        says_so = False
    if not says_so:
        raise ConfigError(
            f"{path} is written in a way that cannot be changed line by line: nothing was written: {by_hand}"
        )


def save(path: Path, text: str) -> None:
    """Write the settings whole, or not at all."""
    try:
        replace_text(path, text)
    except OSError as refused:
        raise StorageError(f"{path}: the settings cannot be written ({refused}): nothing was saved") from refused
