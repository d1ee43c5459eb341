"""`lotwork import FILE --explore`: what a file looks like, and a map of it to edit. Nothing is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lotwork.commands.answer import Call, print_alone
from lotwork.commands.telling import tell
from lotwork.ledger.errors import ConfigError
from lotwork.reports.maps import ExploredColumn, ExploredFile, ExploredListing

if TYPE_CHECKING:
    from lotwork.ingest.profiles.explore import Explored


def explore_files(call: Call, files: Iterable[Path]) -> int:
    """Show each of *files*, and write a map of each that no profile knows beside where the command runs."""
    from lotwork.ingest.profiles.explore import explore  # noqa: PLC0415 - an import does not look around

    listed = []
    for file in files:
        found = explore(file)
        written = None if found.known else _written(Path(f"{file.name}.map.toml"), found.toml)
        listed.append(_listing(file, found, written))
        if not call.as_json:
            _show(file, found, written)
    if call.as_json:
        print_alone("import_explore", ExploredListing(files=tuple(listed)))
    return 0


def _written(path: Path, toml: str) -> Path:
    """Write the map of a file; one that a person may have edited is never overwritten."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(toml)
    except FileExistsError:
        raise ConfigError(f"{path} is there already: use it, or take it away and explore again") from None
    except OSError as broken:
        raise ConfigError(f"{path} cannot be written ({broken.strerror}): run it in a folder of yours") from None
    return path


def _listing(file: Path, found: Explored, written: Path | None) -> ExploredFile:
    columns = tuple(
        ExploredColumn(column=each.name, first=each.cells[:3], guess=each.guess or None) for each in found.columns
    )
    known = tuple(face.name for face in found.known)
    return ExploredFile(file=file.name, known=known, columns=columns, map=None if written is None else str(written))


def _show(file: Path, found: Explored, written: Path | None) -> None:
    for face in found.known:
        shown = f"`lotwork map show {face.name}`"
        tell(f"{file.name}: it is known: {face.profile.title} ({shown}); import it as it is")
    tell(f"{file.name}: {len(found.columns)} columns; of the first rows:")
    for column in found.columns:
        cells = " | ".join(cell[:32] for cell in column.cells[:3])
        meant = f"  -> {column.guess}?" if column.guess else ""
        tell(f"  {column.name[:40]}: {cells}{meant}")
    if written is not None:
        tell(f"A map to edit is written: {written}. Then: lotwork import {file} --map {written} --dry-run")
