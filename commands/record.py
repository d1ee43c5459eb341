"""What goes into the log by hand: import, add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from lotwork.commands import completing
from lotwork.commands.answer import Call, called, print_result
from lotwork.commands.explore import explore_files
from lotwork.commands.imported import say_import
from lotwork.commands.kinds_help import SAID_NOW, OfAKind
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.codec import KINDS
from lotwork.ledger.counting import counted
from lotwork.ledger.day_alone import day_taken
from lotwork.ledger.errors import InputRefusedError, UsageError
from lotwork.ledger.evidence_told import EvidenceTold
from lotwork.ledger.gc_pause import gc_paused
from lotwork.ledger.intake import Intake
from lotwork.ledger.public_form.jsonlines import TextLine, how_many
from lotwork.ledger.public_form.keys import Key, keys_of
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.batch import Appended, Batch
from lotwork.ledger.storage.evidence import Evidence
from lotwork.reports.record import category_in_words, day_in_words, list_added
from lotwork.service.by_hand import check, let_in
from lotwork.service.file_import import FileTold, Import, Reading, settings_of

FORMATS = ("jsonl", "csv")


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
    settings = settings_of(pairs)
    if explore:
        return explore_files(call, files)
    evidence = EvidenceTold(Evidence(call.home), only_try=dry_run)
    with call.log(begun=False) as log, gc_paused():
        intake = Intake(log, call.book, evidence=evidence, history_too=True, now=SystemClock().now(), folder=call.home)
        told = [FileTold(file.name) for file in files]
        from lotwork.ingest.profiles.home_zone import zone_of  # noqa: PLC0415 - not every command reads files

        reading = Reading(file_format, column_map, settings, wallet, zone_of(log, call.book))
        for file, about in zip(files, told, strict=True):
            lines = counted("lines read", reading.lines(file, intake.problems, about), how_many)
            intake.take(lines, file.parent)
        if dry_run:
            intake.check_recorded()
        check(intake)
    if revise:
        for book, revision in intake.revisions:
            intake.events[book].append(revision.amendment(SystemClock().now()), revision.where)
    appended = () if dry_run else record(call, intake) or (_as_it_stands(call),)
    return say_import(call, Import(told, intake, appended, revise=revise, dry_run=dry_run))


def record(call: Call, intake: Intake) -> tuple[Appended, ...]:
    """Append everything *intake* let in, in one transaction."""
    if not intake.events:
        return ()
    with call.store() as store, gc_paused():
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


@click.command("add", cls=OfAKind, context_settings={"ignore_unknown_options": True})
@click.argument("kind", shell_complete=completing.kinds)
@click.argument("pairs", nargs=-1, metavar="key=value...", shell_complete=completing.keys)
@called
def add_command(call: Call, *, kind: str, pairs: tuple[str, ...]) -> int:
    """Add one event, as in: lotwork add expense at=2026-03-01 category=electricity amount_usd=120.50.

    `lotwork add KIND --help` lists the keys of a kind. A day alone is its noon in the time zone of your profile.
    """
    told = {"kind": kind, **_content(kind, pairs)}
    if kind in SAID_NOW:
        told.setdefault("at", print_instant(SystemClock().now()))
    evidence = EvidenceTold(Evidence(call.home))
    with call.log(begun=False) as log:
        taken = day_taken(told, log, str(told.get("book", call.book)))
        if taken is not None:
            told["at"] = taken.at
        intake = let_in(log, call.book, [TextLine(f"add {kind}", told)], evidence, SystemClock().now())
    (done,) = record(call, intake)
    listing = list_added(done, taken)
    if call.as_json:
        print_result("add", listing, head=done.head)
        return 0
    tell(f"{listing.id}: {'appended' if listing.appended else 'known already'}")
    if taken is not None:
        tell(day_in_words(listing, done.book))
    if kind == "expense" and "refund_of" not in told:
        other = category_in_words(listing, str(told["category"]), done.book)
        if other:
            tell(other)
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
