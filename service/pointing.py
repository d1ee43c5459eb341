"""The settings of a home pointed at another place for its ledger: one line of them, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from lotwork.ledger.errors import ConfigError, StorageError
from lotwork.service.ledger_place import CONFIG
from lotwork.service.settings_file import replace_text
from lotwork.service.toml_file import parse, settings_text

HEADER = re.compile(r"\s*\[\s*ledger\s*\]\s*(#.*)?$")
ANY_HEADER = re.compile(r"\s*\[")


def point(home: Path, url: str | None, password_file: str | None = None) -> None:
    """Make config.toml of *home* name *url*, or no server where it is None; a *password_file* is named with it.

    ConfigError, with what to write by hand, where the file is written in a way that cannot be changed line by line.
    """
    path = home / CONFIG
    said = {"url": url, "password_file": password_file}
    wanted = [f'{key} = "{value}"\n' for key, value in said.items() if value is not None]
    try:
        old = settings_text(path) if path.exists() else ""
        new = _pointed(old, wanted, keeps_password=url is not None and password_file is None)
        if not _differs_only_there(old, new, str(path), said):
            line = f"[ledger] {wanted[0].strip()}" if wanted else "no url in [ledger]"
            raise ConfigError(f"{path}: cannot be changed line by line: write {line} there by hand, and move again")
        replace_text(path, new, keeps_mode=False)
    except (OSError, UnicodeDecodeError) as refused:
        raise StorageError(f"{path}: the settings cannot be written ({refused}): nothing was moved") from refused


def _pointed(text: str, wanted: list[str], *, keeps_password: bool) -> str:
    """Return *text* with the lines *wanted* under [ledger], and no other of their keys."""
    gone = re.compile(r"\s*url\s*=" if keeps_password else r"\s*(url|password_file)\s*=")
    lines: list[str] = []
    inside = seen = False
    for line in text.splitlines(keepends=True):
        if ANY_HEADER.match(line):
            inside = HEADER.match(line) is not None
        if inside and gone.match(line):
            continue
        lines.append(line)
        if inside and HEADER.match(line) and not seen:
            seen = True
            lines += wanted
    if wanted and not seen:
        return "".join(lines).rstrip("\n") + "\n\n[ledger]\n" + "".join(wanted)
    return "".join(lines)


def _differs_only_there(old: str, new: str, name: str, said: dict[str, str | None]) -> bool:
    before, after = parse(old, name).tables, parse(new, name).tables
    ledger = after.get("ledger", {})
    others = ({key: value for key, value in tables.items() if key != "ledger"} for tables in (before, after))
    given = {key: value for key, value in said.items() if value is not None or key == "url"}
    return all(ledger.get(key) == value for key, value in given.items()) and next(others) == next(others)
