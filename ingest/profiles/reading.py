"""A known file read into the public form: every row ends as an event, or is left out, counted and named.

What leaves here are lines as `lotwork import` reads them from JSON, so one door checks them all. A row is known again
by the source's own id, or by what stands in its cells, whichever other columns the export has by now.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from lotwork.ingest.profiles.by_row import deals_by_row, with_commas
from lotwork.ingest.profiles.costs import COSTS
from lotwork.ingest.profiles.days import taken_as_usual
from lotwork.ingest.profiles.deal import Deal
from lotwork.ingest.profiles.declaring import declaring
from lotwork.ingest.profiles.face import Face
from lotwork.ingest.profiles.farm import FARM
from lotwork.ingest.profiles.grid import after, lines_of, says_something
from lotwork.ingest.profiles.houses import ROW_BY_ROW, triples
from lotwork.ingest.profiles.joined import JOINED
from lotwork.ingest.profiles.meaning import INFLOWS, events_of
from lotwork.ingest.profiles.profile import fold
from lotwork.ingest.profiles.proof import prove
from lotwork.ingest.profiles.row import (
    MOST_OF_A_ROW,
    CellError,
    NoEvent,
    Row,
    Told,
    as_if_done,
    refuse_skipped,
    remedy_of,
)
from lotwork.ingest.sheets.clocks import read_as_utc
from lotwork.ingest.sheets.files import AGAIN, left_out_in_words
from lotwork.ingest.sheets.repeated import asking
from lotwork.ingest.sheets.table import HEADER_AGAIN, MOST_PROBLEMS, MOST_ROWS, SHOWN, refuse_if_any, unguarded
from lotwork.ledger.errors import InputRefusedError, Problem, UsageError
from lotwork.ledger.near_names import near_name
from lotwork.ledger.not_yet import says_not_yet
from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.ledger.public_form.parse_words import zone_named
from lotwork.ledger.units import AmountError

FOOTER = "..."
HAVE_RULES = frozenset({"type", "status", "kind", "details"})
"""The roles of words that a profile has rules for."""
MOST_SHOWN = 5


Outcome: TypeAlias = tuple[Deal, list[dict[str, Any]]] | NoEvent | CellError


class Asked(NamedTuple):
    """Rows that wait for a person's word: where they stand, and how it is said."""

    lines: tuple[int, ...]
    how: str = ""
    unit: str = "line"
    """What *lines* counts: a statement has no lines, but payments or readings, in their order."""

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.lines[:MOST_SHOWN]))
        more = f" and {len(self.lines) - MOST_SHOWN} more" if len(self.lines) > MOST_SHOWN else ""
        return f"{self.unit}{'s' if len(self.lines) > 1 else ''} {shown}{more}" + (f": {self.how}" if self.how else "")


class KnownRows(NamedTuple):
    """What a known file told: lines in the public form, and why each other row is left out, by reason."""

    lines: tuple[TextLine, ...]
    reasons: Mapping[str, int]
    asked: Mapping[str, Asked]
    """The reasons that wait for a person."""
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What else a person should know of how it was read."""
    gone: tuple[TextLine, ...] = ()
    """Rows that may have been other events before."""
    taken: int = 0
    """How many rows became events; several of them may be one."""
    alike: int = 0
    """How many events that have no id of the source's say what another of the file says."""
    undone: tuple[TextLine, ...] = ()
    """What rows would be that did not happen, by their state: one that was recorded before is asked about."""

    @property
    def all_lines(self) -> tuple[TextLine, ...]:
        """All its lines, and before them what declares their coins."""
        told = (*self.lines, *self.undone)
        return (*declaring(told), *told, *self.gone)

    @property
    def left_out(self) -> int:
        """How many rows are no event."""
        return sum(self.reasons.values())

    @property
    def rows(self) -> int:
        """How many rows there are, those of one deal counted each."""
        return self.left_out + self.taken

    def __str__(self) -> str:
        return left_out_in_words(self.reasons, self.rows)


def told_of(settings: Mapping[str, str], wallet: str | None = None, home_zone: str = "") -> Told:
    """Return what a person said (`--set key=value`). Raises UsageError where a key or a value is not known."""
    known = [name for name in Told._fields if name not in ("wallet", "home_zone")]
    for name, value in settings.items():
        if name not in known or not (value.strip() or name == "skip"):
            near = None if name in known else near_name(name, known)
            meant = f"did you mean {near}=…? " if near else ""
            raise UsageError(f"--set {name}={value}: {meant}say KEY=VALUE, with a KEY of {', '.join(known)}")
    said: dict[str, Any] = {name: value.strip() for name, value in settings.items()}
    skipped = said.pop("skip", None)
    skip = frozenset() if skipped is None else frozenset(map(fold, skipped.split("|")))
    told = Told(skip=skip, wallet=wallet or "", home_zone=home_zone)._replace(**said)
    try:
        zone_named(told.zone or "UTC")
    except AmountError as broken:
        raise UsageError(f"--set zone={told.zone}: {broken.reason}: {broken.remedy}") from None
    if told.inflow and told.inflow not in INFLOWS:
        raise UsageError(f"--set inflow={told.inflow}: say one of {', '.join(INFLOWS)}")
    if told.inflow == "transfer" and not told.from_wallet:
        raise UsageError("--set inflow=transfer needs --set from_wallet=NAME: the wallet the coins came from")
    if bool(told.only) != bool(told.category):
        raise UsageError("--set only=WORDS and --set category=LINE go together: which payments, and what they are for")
    if told.date_format and "%d" not in told.date_format:
        raise UsageError(f"--set date_format={told.date_format}: say one like %m/%d/%Y or %d/%m/%Y")
    if told.prices not in ("", "file"):
        raise UsageError("--set prices=file takes the file's own prices; leave it out, and they are asked for")
    return told


def read_known(name: str, face: Face, told: Told) -> KnownRows:
    """Return the rows of the file *name*, whose face is known, in the public form.

    Raises InputRefusedError with every problem, as `file:line: column: reason: what to do`; then nothing was read.
    """
    if face.profile.refused:
        raise InputRefusedError(f"{name}: {face.profile.title}: {face.profile.refused}")
    problems = [
        Problem(f"{name}:{face.line}", column, reason, "export the file again, unchanged")
        for reason, columns in (("two columns have this name", face.twice), ("it is not there", face.missing))
        for column in columns
    ]
    reasons: Counter[str] = Counter()
    lines: list[TextLine] = []
    undone: list[TextLine] = []
    asked: dict[str, Asked] = {}
    above: set[str] = set()
    gone: list[TextLine] = []
    taken = alike = 0
    reasons.update(f"the sheet {title[:SHOWN]!r} is not known" for title in face.other_sheets)
    clock = day = ""
    for part in _parts(name, face, told, problems, reasons):
        clock = clock or next((row.text("at") for row in part if row.clock is not None), "")
        day = day or (taken_as_usual(part, ["day"]) if face.profile.reader == "green_button" else "")
        naming = _Naming(face, told)
        here: list[TextLine] = []
        for rows, outcome in outcomes(face, part, told.wallet or face.profile.wallet, told):
            if isinstance(outcome, NoEvent):
                gone += naming.none_of(rows[0].where, outcome.gone)
                reasons[outcome.why] += len(rows)
                undone += _as_if_done(face, rows, told, outcome.why) if outcome.undone else ()
                _ask(asked, outcome, rows)
            elif isinstance(outcome, CellError):
                problems.append(Problem(rows[0].where, outcome.column, outcome.reason, remedy_of(outcome, rows[0])))
            else:
                deal, events = outcome
                made = [naming.line(deal, event, place) for place, event in enumerate(events)]
                if above and all(line.content["row"] in above for line in made):
                    reasons[AGAIN] += len(rows)
                    continue
                here += made
                gone += naming.no_longer(deal, made)
                taken += len(rows)
            if len(problems) > MOST_PROBLEMS:
                break
        lines += asking(here) if naming.alike else here
        alike += naming.alike
        above |= {line.content["row"] for line in here}
    if not problems and not lines and not reasons:
        problems.append(Problem(f"{name}:{face.line}", "file", "it has no rows", "export it again"))
    refuse_if_any(name, problems)
    notes = _notes(face, told, clock, day)
    return KnownRows(tuple(lines), reasons, asked, face.unread, notes, tuple(gone), taken, alike, tuple(undone))


def _ask(asked: dict[str, Asked], outcome: NoEvent, rows: Sequence[Row]) -> None:
    """Put *rows* with those that wait for the same word of a person, where they do."""
    if outcome.asked:
        before = asked.get(outcome.why, Asked(()))
        asked[outcome.why] = Asked((*before.lines, *(row.line for row in rows)), outcome.how)


def _as_if_done(face: Face, rows: Sequence[Row], told: Told, why: str) -> Iterator[TextLine]:
    """Yield what *rows*, which did not happen, would be had they: none that cannot be told."""
    naming = _Naming(face, told)
    for _, outcome in outcomes(face, [*map(as_if_done, rows)], told.wallet or face.profile.wallet, told):
        if isinstance(outcome, tuple):
            deal, events = outcome
            yield from (
                naming.line(deal, event, place)._replace(former=None, undone=why) for place, event in enumerate(events)
            )


def outcomes(face: Face, rows: Sequence[Row], wallet: str, told: Told) -> Iterator[tuple[Sequence[Row], Outcome]]:
    """Yield the rows of each deal with what became of them: a deal and its events, or why there is none."""
    for group, make in _deals(face, with_commas(rows)):
        try:
            refuse_skipped(group, told)
            deal = make()
            prove(deal)
            yield group, (deal, [_noted(event, group) for event in events_of(deal, wallet, told)])
        except (NoEvent, CellError) as none:
            yield group, none


def _noted(event: dict[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    """Return *event* with a note of what its rows say of not having happened yet, which is then asked about."""
    said = next((row.not_yet for row in rows if row.not_yet), "")
    note = str(event.get("note") or "")
    return event if not said or says_not_yet(note) else {**event, "note": "; ".join(filter(None, (said, note)))}


def _notes(face: Face, told: Told, clock: str, day: str) -> tuple[str, ...]:
    notes = []
    if face.sheet.guessed:
        notes.append(f"it is no UTF-8, and read as {face.sheet.guessed}: where a word looks wrong, save it as UTF-8")
    text = face.sheet.text
    if text and not text.endswith(("\n", "\r")) and len(face.header) - 1 in face.places.values():
        notes.append("its last line has no end: see that the file is whole")
    if face.says_utc and told.zone not in ("", "UTC"):
        notes.append(f"its columns say that its times are in UTC: zone={told.zone} is not used here")
    if clock:
        notes.append(read_as_utc(clock))
    if day:
        notes.append(
            f"{day} and its like are read with the month first, as utilities of the United States write them: "
            "--set date_format=%d/%m/%Y says that the day is"
        )
    if face.profile.zone == "" and not told.zone and told.home_zone:
        notes.append(f"times that name no zone are read by the clock of {told.home_zone}, the zone of your profile")
    return tuple(notes)


def _deals(face: Face, rows: Sequence[Row]) -> Iterator[tuple[Sequence[Row], Callable[[], Deal]]]:
    reader = face.profile.reader
    joined = JOINED.get(reader) or COSTS.get(reader) or FARM.get(reader)
    yield from joined(rows) if joined is not None else deals_by_row(rows, ROW_BY_ROW[reader])


def _parts(name: str, face: Face, told: Told, problems: list[Problem], reasons: Counter[str]) -> Iterator[list[Row]]:
    """Yield the rows under each header: a file put together of several exports has more than one."""
    part: list[Row] = []
    count = 0
    for line in lines_of(after(face.sheet, face.line), face.delimiter, name, problems):
        number = line.number if not face.sheet.text else line.number + face.line
        cells = line.cells
        if not says_something(cells):
            continue
        if [" ".join(cell.split()) for cell in cells] == [column.partition("#")[0] for column in face.header]:
            reasons[HEADER_AGAIN] += 1
            yield part
            part = []
            continue
        count += 1
        if count > MOST_ROWS:
            problems.append(Problem(f"{name}:{number}", "file", f"more than {MOST_ROWS} rows", "split it by year"))
            break
        if cells[0].strip() == FOOTER and not says_something(cells[1:]):
            reasons['it says "..."'] += 1
            continue
        row = _row(name, number, cells, face, told, problems)
        if row is not None:
            part.append(row)
    yield part


def _row(name: str, number: int, cells: Sequence[str], face: Face, told: Told, problems: list[Problem]) -> Row | None:
    where, width = f"{name}:{number}", len(face.header)
    if len(cells) < width or says_something(cells[width:]):
        reason = f"the row has {len(cells)} cells and the header {width}"
        problems.append(Problem(where, "row", reason, "export the file again, unchanged"))
        return None
    texts = [unguarded(cell) for cell in cells]
    read = {role: texts[place] for role, place in face.places.items()}
    for role, text in read.items():
        if text.startswith("=") and cells[face.places[role]].lstrip().startswith("="):
            column = face.header[face.places[role]]
            problems.append(Problem(where, column, f"{text[:SHOWN]!r} is a formula", "export values, not formulas"))
            return None
    if face.profile.reader == "gemini":
        read |= triples(face.header, texts)
    places = face.places.items()
    rules = {place for role, place in places if role in HAVE_RULES}
    said = (text for place, text in enumerate(texts) if place not in rules and says_not_yet(text))
    return Row(name, number, read, face, told, next(said, ""))


class _Naming:
    """What each event is known by: the id the source gives it, and the digest of what stands in its rows."""

    def __init__(self, face: Face, told: Told) -> None:
        self.face = face
        self.told = told
        self.alike = 0
        self._said: Counter[str] = Counter()

    def line(self, deal: Deal, event: Mapping[str, Any], place: int) -> TextLine:
        """Return the line of one *event* of a deal, the one at *place*."""
        source = self.face.profile.source or self.face.name
        said = _digest([source, self.told.wallet, place, sorted(row.plain_cells() for row in deal.rows)])
        self._said[said] += 1
        self.alike += self._said[said] > 1 and not deal.ref
        row = said if self._said[said] == 1 else f"{said}-{self._said[said]}"
        content = {**event, "source": source, "row": row}
        if deal.ref:
            part = (deal.first, *(deal.beside or map(str, range(2, place + 2))))[place]
            content["id"] = self._id(deal.ref, part)
        return TextLine(deal.row.where, content, f"{source}-{row}")

    def no_longer(self, deal: Deal, made: Sequence[TextLine]) -> Iterator[TextLine]:
        """Yield a line of what a row with an id of the source's may have told before beside what it *made* now."""
        if deal.ref:
            might = {self._id(deal.ref, part) for part in deal.parts or ("", *map(str, range(2, MOST_OF_A_ROW + 1)))}
            yield from self._gone(deal.row.where, might - {line.content["id"] for line in made})

    def none_of(self, where: str, names: Sequence[str]) -> Iterator[TextLine]:
        """Yield a line of the events of a row that tells none now, by what it is known by and what its ids end with."""
        if names:
            yield from self._gone(where, {self._id(names[0], part) for part in names[1:]})

    def _gone(self, where: str, names: Collection[str]) -> Iterator[TextLine]:
        if names:
            yield TextLine(where, {}, gone=tuple(sorted(names)))

    def _id(self, ref: str, part: str) -> str:
        return f"{self.face.profile.source or self.face.name}:{ref}" + (f":{part}" if part else "")


def _digest(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]
