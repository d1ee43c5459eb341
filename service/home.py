"""Where the home is: the folder that a person names, or the one that holds all state where nobody does."""

from __future__ import annotations

import os
from pathlib import Path

from lotwork.ledger.errors import UsageError

ENVIRONMENT = "LOTWORK_HOME"


def default_home() -> Path:
    """Return the folder that holds all state where none is named."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return home_at(named)
    import platformdirs  # noqa: PLC0415 - only asked where nobody said

    return Path(platformdirs.user_data_dir("lotwork", appauthor=False))


def home_at(place: str) -> Path:
    """Return the folder *place* names; a ~ that stands for nobody's folder is refused."""
    try:
        return Path(place).expanduser()
    except RuntimeError as nobody:
        raise UsageError(f"--home {place}: {nobody}: name the folder in full") from nobody
