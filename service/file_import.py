"""How files are imported, by the command and from a page: one reading of them, and what became of every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from lotwork.ledger.boundary import Opener
from lotwork.ledger.errors import InputRefusedError, Problem, UsageError
from lotwork.ledger.events import Event
from lotwork.ledger.intake import Intake
from lotwork.ledger.known_rows import says_also
from lotwork.ledger.not_yet import says_not_yet
from lotwork.ledger.public_form.jsonlines import NAMED_LINES, TextBlock, TextLine, how_many, read_json_blocks
from lotwork.ledger.storage.batch import Appended
from lotwork.ledger.told_again import SETTLED
from lotwork.projections.findings import Finding

if TYPE_CHECKING:
    from lotwork.ingest.profiles.reading import Asked
    from lotwork.ingest.sheets.unread import Unread


@dataclass(slots=True)
class FileTold:
    """What became of the rows of one file: those taken, and why each other one was left out."""

    name: str
    rows: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    doubtful: int = 0
    asked: Mapping[str, Asked] = field(default_factory=dict)
    """The reasons that wait for a person's word."""
    notes: Sequence[str] = ()
    """What else a person should know of how it was read."""
    unread: Sequence[Unread] = ()
    """The columns that nothing reads."""
    alike: int = 0
    """How many rows say what another row says."""
    counted_once: bool = False
    """Whether such rows are one event, since the map names their ids."""

    @property
    def left_out(self) -> int:
        """How many rows were left out."""
        return sum(self.reasons.values())

    @property
    def needs_a_person(self) -> bool:
        """Say if nothing was taken of a file that has rows, or if its map may have meant what it does not take."""
        meant = any(each.meant is not None for each in self.unread)
        return bool(self.doubtful or self.asked) or meant or (bool(self.rows) and self.left_out == self.rows)

    def count(self, lines: Iterable[TextLine | TextBlock]) -> Iterator[TextLine | TextBlock]:
        """Yield *lines*, counting them."""
        for told in lines:
            self.rows += how_many(told)
            yield told

    def sentences(self) -> Iterator[str]:
        """Yield what no event tells: which rows were left out, which are alike, and which columns nothing reads."""
        if not (self.left_out or self.alike or self.unread):
            return
        from lotwork.ingest.sheets.files import left_out_in_words  # noqa: PLC0415 - only a table has columns
        from lotwork.ingest.sheets.unread import unread_in_words  # noqa: PLC0415 - the same

        if self.left_out:
            yield left_out_in_words(self.reasons, self.rows)
        if self.doubtful:
            yield (
                f"{self.doubtful} rows that the map picks have the other sign: a refund or a reversal is recorded by "
                "hand, or refused by the map"
            )
        if self.alike:
            rows = "1 row says" if self.alike == 1 else f"{self.alike} rows say"
            ends = "has its id: it counts once" if self.counted_once else "counts as an event of its own"
            yield f"{rows} what another row of the file says; each {ends}"
        if self.unread:
            yield unread_in_words(self.unread)

    def words_needed(self) -> Iterator[Finding]:
        """Yield what of the rows left out waits for a person's word."""
        for why, asked in self.asked.items():
            yield Finding("rows_need_a_word", f"{self.name}: your word is needed: {why}, {asked}")


@dataclass(frozen=True, slots=True)
class Import:
    """An import that was done, or tried."""

    files: Sequence[FileTold]
    intake: Intake
    appended: Sequence[Appended]
    revise: bool
    dry_run: bool

    @property
    def events(self) -> int:
        """How many events were told."""
        return sum(map(len, self.intake.events.values()))

    def _new(self, told: Iterable[Event]) -> list[Event]:
        """Return which of some events *told* were appended, or would be."""
        events = [*told]
        names = {event.id for event in events}
        if not self.dry_run:
            names.intersection_update(chain.from_iterable(each.new for each in self.appended) if names else ())
        return [event for event in events if event.id in names]

    @property
    def _noted(self) -> list[Event]:
        """The new ones that may be told once more, or say that they have not happened."""
        return self._new(event for events in self.intake.noted.values() for event in events)

    @property
    def _corrections(self) -> list[Event]:
        """The new ones that correct another."""
        lines = self.intake.events.values()
        return self._new(event for events in lines for _, event in events.of_kinds({"correction"}))

    @property
    def pending(self) -> int:
        """How many of them say that they have not happened yet."""
        notes = (event.note for event in self._noted if event.may_repeat != SETTLED)
        return sum(note is not None and says_not_yet(note) for note in notes)

    @property
    def waits(self) -> bool:
        """Whether something of it needs a person."""
        waiting = (self.intake.revisions and not self.revise) or self.pending
        return bool(waiting) or any(file.needs_a_person for file in self.files)

    def asked(self) -> Iterator[Finding]:
        """Yield what of the rows left out waits for a person, file by file."""
        for file in self.files:
            yield from file.words_needed()

    def repeated(self) -> Iterator[str]:
        """Yield how many rows may tell an event once more: each is a finding until a person answers it."""
        asked = [event for event in self._noted if event.may_repeat not in (None, SETTLED)]
        if self.intake.exported:
            count = len(self.intake.exported)
            events = "1 event is" if count == 1 else f"{count} events are"
            yield f"{events} let in as the log they come from holds them: by hand they would be refused"
        also = sum(map(says_also, self._corrections))
        if also:
            events = "1 event that its API told is" if also == 1 else f"{also} events that its API told are"
            yield f"{events} in the export too: that is kept, and none is recorded twice"
        if asked:
            rows = "1 row may tell" if len(asked) == 1 else f"{len(asked)} rows may tell"
            yield f"{rows} once more what is recorded already: it counts, and is asked about (row_told_twice)"
        if self.pending:
            says = "1 event says" if self.pending == 1 else f"{self.pending} events say"
            yield f"{says} that it has not happened, or not yet: it counts, and is asked about (said_pending)"


def settings_of(pairs: tuple[str, ...]) -> dict[str, str]:
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
    opener: Opener | None = None
    """Opens a file where it has no name here (`ledger.boundary`)."""

    def lines(self, file: Path, problems: list[Problem], about: FileTold) -> Iterable[TextLine | TextBlock]:
        """Return the lines of *file*, and say of it what no line says."""
        by_name = file.suffix.lower() in NAMED_LINES
        if self.file_format == "jsonl" or (self.file_format is None and by_name):
            return about.count(read_json_blocks(file, problems, opener=self.opener))
        from lotwork.ingest.profiles.known_file import is_table  # noqa: PLC0415 - most imports are JSON Lines
        from lotwork.ingest.profiles.profile import profiles  # noqa: PLC0415 - the same

        if self.file_format != "csv" and not is_table(file, self.opener):
            return about.count(read_json_blocks(file, problems, opener=self.opener))
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

        known = read_file(
            file, self.column_map, self.settings, wallet=self.wallet, home_zone=self.home_zone, opener=self.opener
        )
        about.rows, about.reasons, about.asked = known.rows, known.reasons, known.asked
        about.alike = known.alike
        about.notes, about.unread = known.notes, [Unread(column) for column in known.unread]
        return known.all_lines

    def _mapped(self, file: Path, column_map: str, about: FileTold) -> Iterable[TextLine]:
        from lotwork.ingest.sheets.column_map import load_map  # noqa: PLC0415 - the same
        from lotwork.ingest.sheets.files import read_csv  # noqa: PLC0415 - the same

        said = {**self.settings, **({"wallet": self.wallet} if self.wallet else {})}
        given = load_map(column_map, said or None)
        told = read_csv(file, given, home_zone=self.home_zone, opener=self.opener)
        about.rows, about.reasons, about.doubtful = len(told.lines) + told.left_out, told.reasons, told.doubtful
        about.notes = told.notes
        about.unread, about.alike, about.counted_once = told.unread, told.alike, given.id is not None
        return [*told.lines, *told.undone]


def _of_whole(file: Path, refusal: InputRefusedError) -> Problem:
    """Return the problem of a file that cannot be read at all, its name said once."""
    words, _, remedy = str(refusal).removeprefix(f"{file.name}: ").rpartition(": ")
    return Problem(file.name, "file", words or remedy, remedy if words else "mend the file or the map")
