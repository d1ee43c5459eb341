"""`lotwork source remove`: a table of config.toml taken out, and said what stays of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from lotwork.commands.answer import Call, called, print_alone
from lotwork.commands.completing import sources
from lotwork.commands.source.adding_prices import asked_in
from lotwork.commands.source.configured import Configured, find, settings_there
from lotwork.commands.source.options import after_a_change, tell_next
from lotwork.commands.telling import tell
from lotwork.config import FILE, Config
from lotwork.ingest.declaration import DeclaredPrices
from lotwork.ingest.sections import references
from lotwork.ingest.suspense import InSuspense
from lotwork.ledger.errors import StorageError, UsageError
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.projections.questions.add_command import in_book
from lotwork.reports.sources import PRICES, RemovedListing
from lotwork.service.ledger_place import open_log
from lotwork.service.settings import IN_FILE, Settings
from lotwork.service.settings_file import alone, without_price_source, without_table
from lotwork.service.settings_saved import expect, save, text_of
from lotwork.service.source_table import Values
from lotwork.service.toml_file import parse


@click.command("remove")
@click.argument("name", shell_complete=sources)
@click.option("--secret-too", is_flag=True, help="Remove the file of its secret as well, where no other source has it.")
@called
def remove_command(call: Call, *, name: str, secret_too: bool) -> int:
    """Take the source NAME out of the settings. What it told stays recorded, and so does its place (cursor)."""
    config = settings_there(call)
    one = find(call, config.settings, name)
    if isinstance(one, DeclaredPrices):
        told = _without_prices(call, one)
    else:
        told = _without_source(call, config, one, secret_too=secret_too)
    if call.as_json:
        print_alone("source_remove", told)
    else:
        _show(told)
    return 0


def _without_source(call: Call, config: Config, one: Configured, *, secret_too: bool) -> RemovedListing:
    kind, section = one.declared.kind, one.section
    path = call.home / FILE
    with alone(call.home):
        before = text_of(call.home)
        wanted = parse(before, str(path)).tables
        tables: list[Any] = wanted.get("sources", {}).get(kind, [])
        names = [(each.get("book", MAIN_BOOK), each["name"]) for each in tables]
        if (section.book, section.name) not in names:
            raise UsageError(f"{section.name} does not stand in {path}: a variable of the environment names it")
        number = names.index((section.book, section.name))
        del tables[number]
        after = without_table(before, ("sources", kind), number)
        _drop_what_is_empty(wanted, after, path, kind)
        expect(after, wanted, path, f"take the table {section.name!r} of [[sources.{kind}]] out by hand")
        save(path, after or "")
    mine, others = _secrets(config.settings, one)
    shared = [reference for reference in mine if reference in others]
    files = [reference for reference in mine if reference.startswith(IN_FILE) and reference not in shared]
    removed = tuple(_unlinked(call.home, files)) if secret_too else ()
    with open_log(call.home) as log:
        events = sum(1 for _ in log.read(section.book, source=section.name))
        keeps = log.cursor(section.book, section.name) is not None
        waiting = InSuspense(log, section.book, section.name).count()
    return RemovedListing(
        name=section.name,
        kind=kind,
        book=section.book,
        file=str(path),
        events=events,
        in_suspense=waiting,
        keeps_cursor=keeps,
        secrets=tuple(_placed(call.home, each) for each in mine),
        removed_files=removed,
        next=after_a_change(call.home, "lotwork source list"),
    )


def _drop_what_is_empty(wanted: Values, after: str | None, path: Path, kind: str) -> None:
    """Take out of *wanted* the list, and the tables, that no text says any more where the last table of it is gone."""
    said = {} if after is None else parse(after, str(path)).tables
    if not wanted["sources"][kind] and kind not in said.get("sources", {}):
        del wanted["sources"][kind]
    if not wanted["sources"] and "sources" not in said:
        del wanted["sources"]


def _secrets(settings: Settings, one: Configured) -> tuple[list[str], set[str]]:
    """Return the references of a source, and those of everything else."""
    mine = [reference for _, reference in references(one.section)]  # type: ignore[arg-type] # every section is a Struct
    every = [reference for _, reference in references(settings)]
    for reference in mine:
        every.remove(reference)
    return mine, {*every}


def _placed(home: Path, reference: str) -> str:
    """Return where a secret lies, in full where that is a file."""
    place = reference.removeprefix(IN_FILE)
    return reference if place == reference else str(home / Path(place).expanduser())


def _unlinked(home: Path, files: Iterable[str]) -> Iterable[str]:
    for reference in files:
        path = Path(_placed(home, reference))
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as refused:
            raise StorageError(
                f"{path}: the source is taken out, and its secret cannot be removed ({refused}): remove it by hand"
            ) from refused
        yield str(path)


def _without_prices(call: Call, one: DeclaredPrices) -> RemovedListing:
    path = call.home / FILE
    with alone(call.home):
        before = text_of(call.home)
        wanted = parse(before, str(path)).tables
        default, asked = Settings().prices.sources, asked_in(before, path)
        after = without_price_source(before, one.name, one.keys, asked, default)
        table = wanted.setdefault(PRICES, {})
        table["sources"] = [each for each in asked if each != one.name]
        for key in one.keys:
            table.pop(key, None)
        said = parse(after, str(path)).tables if after is not None else {}
        if tuple(table["sources"]) == default and "sources" not in said.get(PRICES, {}):
            del table["sources"]
        if not table and PRICES not in said:
            del wanted[PRICES]
        expect(after, wanted, path, f"take {one.name!r} out of `sources` of [{PRICES}] by hand")
        save(path, after or "")
    return RemovedListing(
        name=one.name,
        kind=PRICES,
        book=None,
        file=str(path),
        events=0,
        in_suspense=0,
        keeps_cursor=False,
        secrets=(),
        removed_files=(),
        next=after_a_change(call.home, "lotwork source list"),
    )


def _show(told: RemovedListing) -> None:
    tell(f"{told.name} is no more in {told.file}.")
    if told.kind == PRICES:
        tell("The prices it told stay recorded.")
    else:
        events = (
            f": {told.events} event{'' if told.events == 1 else 's'} of the book {told.book}" if told.events else ""
        )
        tell(f"What it told stays recorded{events}.")
        if told.keeps_cursor:
            tell(f"Its place stays too: added again as {told.name}, it goes on from there;")
            tell("under another name, what it told may come a second time.")
    if told.in_suspense:
        listed = in_book("`lotwork findings --code in_suspense`", told.book or MAIN_BOOK)
        tell(
            f"{told.in_suspense} of what it told stand in suspense and stop a return, and no look takes them back now:"
        )
        tell(f"{listed} lists them, with the command that settles each.")
    for place in told.secrets:
        gone = place in told.removed_files
        tell(f"Its secret, {place}, {'is removed' if gone else 'is left where it is'}.")
    tell_next(told.next)
