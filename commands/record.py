"""What goes into the log by hand: import, add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from lotwork.commands import completing
from lotwork.commands.answer import Call, called, print_result
from lotwork.commands.explore import explore_files
from lotwork.commands.imported import FileTold, Import, say_import
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.codec import KINDS
from lotwork.ledger.counting import counted
from lotwork.ledger.errors import InputRefusedError, Problem, UsageError
from lotwork.ledger.evidence_told import EvidenceTold
from lotwork.ledger.gc_pause import gc_paused
from lotwork.ledger.intake import Intake
from lotwork.ledger.public_form.jsonlines import TextLine, read_json_lines
from lotwork.ledger.public_form.keys import Key, keys_of
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.batch import Appended, Batch
from lotwork.ledger.storage.evidence import Evidence
from lotwork.reports.record import list_added
from lotwork.service.by_hand import check, let_in

FORMATS = ("jsonl", "csv")
SAID_NOW = frozenset({"void", "correction"})
"""What a person says of an event already recorded: without an `at` it is said now."""


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--format", "file_format", type=click.Choice(FORMATS), help="What the files are.  [default: by name]")
@click.option("--map", "column_map", metavar="MAP", shell_complete=completing.maps,
              help="What the columns are: a profile, a preset, or a TOML file.")  # fmt: skip
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="What a file does not say, as in zone=….")
@click.option("--wallet", metavar="NAME", help="The wallet of rows that name none.")
@click.option("--revise", is_flag=True, help="Record what known rows of a CSV now say otherwise, as corrections.")
@click.option("--dry-run", is_flag=True, help="Check everything, append nothing.")
@click.option("--explore", is_flag=True, help="Show what a file's columns may be, and write a map to edit.")
@called
def import_command(  # noqa: PLR0913 - an option is an argument
    call: Call,
    *,
    files: tuple[Path, ...],
    file_format: str | None,
    column_map: str | None,
    pairs: tuple[str, ...],
    wallet: str | None,
    revise: bool,
    dry_run: bool,
    explore: bool,
) -> int:
    """Import events from FILES: JSON Lines, an export that is known by its face, or any CSV with a column map.

    All of them, or none; again is a no-op. `lotwork map list` names the exports that are known.
    """
    settings = _settings(pairs)
    if explore:
        return explore_files(call, files)
    evidence = EvidenceTold(Evidence(call.home), only_try=dry_run)
    with call.log(begun=False) as log, gc_paused():
        intake = Intake(log, call.book, evidence=evidence, history_too=True, now=SystemClock().now())
        told = [FileTold(file.name) for file in files]
        from lotwork.ingest.profiles.known_file import zone_of  # noqa: PLC0415 - not every command reads files

        reading = Reading(file_format, column_map, settings, wallet, zone_of(log, call.book))
        for file, about in zip(files, told, strict=True):
            intake.take(counted("lines read", reading.lines(file, intake.problems, about)), file.parent)
        if dry_run:
            intake.check_recorded()
        check(intake)
    if revise:
        for book, revision in intake.revisions:
            intake.events[book].append(revision.amendment(SystemClock().now()))
    appended = () if dry_run else record(call, intake) or (_as_it_stands(call),)
    return say_import(call, Import(told, intake, appended, revise=revise, dry_run=dry_run))


def _settings(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return what each --set says."""
    settings: dict[str, str] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or name in settings:
            raise UsageError(f"--set {pair}: write key=value, each key once")
        settings[name] = value
    return settings


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are to be read, as the command says it."""

    file_format: str | None
    column_map: str | None
    settings: Mapping[str, str]
    wallet: str | None
    home_zone: str

    def lines(self, file: Path, problems: list[Problem], about: FileTold) -> Iterable[TextLine]:
        """Return the lines of *file*, and say of it what no line says."""
        from lotwork.ingest.profiles.known_file import is_table  # noqa: PLC0415 - most imports are JSON Lines
        from lotwork.ingest.profiles.profile import profiles  # noqa: PLC0415 - the same

        if self.file_format != "csv" and (self.file_format == "jsonl" or not is_table(file)):
            return about.count(read_json_lines(file, problems))
        try:
            if self.column_map is None or self.column_map in profiles():
                return self._known(file, about)
            return self._mapped(file, self.column_map, about)
        except InputRefusedError as refusal:
            problems.extend(refusal.problems or [_of_whole(file, refusal)])
            return ()

    def _known(self, file: Path, about: FileTold) -> Iterable[TextLine]:
        from lotwork.ingest.profiles.known_file import read_file  # noqa: PLC0415 - the same
        from lotwork.ingest.sheets.unread import Unread  # noqa: PLC0415 - the same

        known = read_file(file, self.column_map, self.settings, wallet=self.wallet, home_zone=self.home_zone)
        about.rows, about.reasons, about.asked = known.rows, known.reasons, known.asked
        about.alike = known.alike
        about.notes, about.unread = known.notes, [Unread(column) for column in known.unread]
        return [*known.lines, *known.undone, *known.gone]

    def _mapped(self, file: Path, column_map: str, about: FileTold) -> Iterable[TextLine]:
        from lotwork.ingest.sheets.column_map import load_map  # noqa: PLC0415 - the same
        from lotwork.ingest.sheets.files import read_csv  # noqa: PLC0415 - the same

        said = {**self.settings, **({"wallet": self.wallet} if self.wallet else {})}
        given = load_map(column_map, said or None)
        told = read_csv(file, given)
        about.rows, about.reasons, about.doubtful = len(told.lines) + told.left_out, told.reasons, told.doubtful
        about.unread, about.alike, about.counted_once = told.unread, told.alike, given.id is not None
        return [*told.lines, *told.undone]


def _of_whole(file: Path, refusal: InputRefusedError) -> Problem:
    """Return the problem of a file that cannot be read at all, its name said once."""
    words, _, remedy = str(refusal).removeprefix(f"{file.name}: ").rpartition(": ")
    return Problem(file.name, "file", words or remedy, remedy if words else "mend the file or the map")


def record(call: Call, intake: Intake) -> tuple[Appended, ...]:
    """Append everything *intake* let in, in one transaction."""
    if not intake.events:
        return ()
    with call.store() as store:
        try:
            return store.append(*(Batch(book, events) for book, events in intake.events.items()))
        except InputRefusedError:
            intake.check_recorded()  # says file and line, where the store knows ids only
            intake.check()
            raise


def _as_it_stands(call: Call) -> Appended:
    """Return what an import did that appended nothing: where the book ends."""
    with call.log(begun=False) as log:
        return Appended(book=call.book, new=(), known=(), head=log.head(call.book))


@click.command("add", context_settings={"ignore_unknown_options": True})
@click.argument("kind", shell_complete=completing.kinds)
@click.argument("pairs", nargs=-1, metavar="key=value...", shell_complete=completing.keys)
@called
def add_command(call: Call, *, kind: str, pairs: tuple[str, ...]) -> int:
    """Add one event, as in: lotwork add expense at=2026-03-01T12:00:00Z category=electricity amount_usd=120.50."""
    told = {"kind": kind, **_content(kind, pairs)}
    if kind in SAID_NOW:
        told.setdefault("at", print_instant(SystemClock().now()))
    evidence = EvidenceTold(Evidence(call.home))
    with call.log(begun=False) as log:
        intake = let_in(log, call.book, [TextLine(f"add {kind}", told)], evidence, SystemClock().now())
    (done,) = record(call, intake)
    listing = list_added(done)
    if call.as_json:
        print_result("add", listing, head=done.head)
    else:
        tell(f"{listing.id}: {'appended' if listing.appended else 'known already'}")
    return 0


def _content(kind: str, pairs: Iterable[str]) -> dict[str, object]:
    """Return the keys given; one that stands twice, or a second kind, is refused."""
    _check_no_option(kind)
    content: dict[str, object] = {}
    for name, value in _pairs(kind, pairs):
        if name in content or name == "kind":
            raise UsageError(f"{name}: the key stands twice: give each key once")
        content[name] = value
    return content


def _pairs(kind: str, pairs: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Yield key and value of each key=value; lists and objects are written as JSON."""
    structured = {"lots", "legs", "mapping", "selector", "any", "boolean"}
    known: Mapping[str, Key] = keys_of(kind) if kind in KINDS else {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        _check_no_option(name)
        if not separator:
            raise UsageError(f"{pair!r}: write key=value")
        key = known.get(name)
        yield name, _value(name, text) if key is not None and key.meaning in structured else text


def _check_no_option(word: str) -> None:
    """Refuse a *word* that can only be meant as an option."""
    if word.startswith("-"):
        raise UsageError(
            f"`lotwork add` has no option {word}: write key=value; `lotwork import FILE.jsonl --dry-run` only tries"
        )


def _value(name: str, text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as broken:
        if text[:1] in "[{":
            raise UsageError(f"{name}: the value is not JSON ({broken})") from broken
        return text
