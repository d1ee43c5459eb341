r"""Which column of a stranger's export is which key of an event: written once as TOML, checked before a row is read.

kind = "expense"
decimal = ","
thousands = "."
date_format = "%d.%m.%Y"
time_zone = "Europe/Berlin"

[columns]                   # key = column
at = "Buchungstag"
amount_usd = "Betrag"
note = "Verwendungszweck"

[signs]
amount_usd = "outflow"      # the bank writes money spent as negative; rows of money received are left out

[optional]                  # the same, of columns the file need not have
business_share = "Anteil"

[constants]
category = "electricity"

[values.category]           # words of a column -> words of the key
Strom = "electricity"

[only]                      # rows that count; the others are left out, counted and named
Status = ["gebucht"]
Verwendungszweck = { contains = ["stadtwerke"], pattern = ['^SEPA .* Strom \d+$'] }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec

from lotwork.ingest.sheets.likeness import likest
from lotwork.ledger.boundary import names_beside
from lotwork.ledger.codec import KINDS
from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.near_names import near_file
from lotwork.ledger.public_form.bounded import read_toml
from lotwork.ledger.public_form.keys import Key, keys_of
from lotwork.ledger.public_form.parse_words import zone_named
from lotwork.ledger.slips import placeholder_in
from lotwork.ledger.units import AmountError

Sign = Literal["as_is", "negate", "absolute", "outflow", "inflow"]
Unit = Literal["whole", "sats", "gwei", "wei", "cents", "thousandths", "millionths"]

DECIMALS_OF: dict[str, int] = {
    "whole": 0, "sats": 8, "gwei": 9, "wei": 18, "cents": 2, "thousandths": 3, "millionths": 6
}  # fmt: skip
"""By how many places the cells of a unit are too large: thousandths are mBTC, and the Wh of a kWh."""
NUMBERS = frozenset({"coins", "coins or zero", "usd", "signed usd", "price", "signed price", "share", "number"})
COUNTS = frozenset({"year", "months", "persons", "years", "dependents"})
TIMES = frozenset({"instant", "day", "moment"})
WORDS = frozenset({"text", "choice", "zone", "whole", "boolean", "hashrate", "state", "hours", "weekdays", "season"})
WRITABLE = frozenset({*NUMBERS, *TIMES, *COUNTS, *WORDS})
NOT_FROM_TABLES = frozenset({"void", "correction", "rule", "filing", "selection", "election"})
DATE_WORDS = ("iso", "epoch", "epoch_ms")

MOST_BYTES = 1 << 20
ONLY_SHOWN = '{ contains = ["a part"], pattern = ["^A.*"] }'
"""How the map's [only] says which words of a column count."""
PLACE = re.compile(r"\{([^{}]*)\}")


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"is_": "is"}):
    """What a cell may say so that its row counts: one of `is`, a part of it in any case, or a regular expression."""

    is_: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    pattern: tuple[str, ...] = ()

    def hold(self, cell: str) -> bool:
        """Say if *cell* says any of it."""
        folded = " ".join(cell.split()).casefold()
        return (
            cell in self.is_
            or any(" ".join(part.split()).casefold() in folded for part in self.contains)
            or any(_compiled(pattern).search(cell) is not None for pattern in self.pattern)
        )

    def fault(self) -> str | None:
        """Return what keeps these words from being used."""
        if not (self.is_ or self.contains or self.pattern) or "" in (*self.contains, *self.pattern):
            return "it says nothing"
        try:
            list(map(_compiled, self.pattern))
        except re.error as broken:
            return f"its pattern cannot be read ({broken})"
        return None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class ColumnMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the rows of a file become events of one kind."""

    kind: str
    columns: dict[str, str]
    optional: dict[str, str] = {}
    """Columns that are read where the file has them. A row's id is not made of them."""
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    only: dict[str, list[str] | Words] = {}
    """Of these columns, what a row must say to count: exact words, or `is`, `contains` and `pattern`."""
    units: dict[str, Unit] = {}
    signs: dict[str, Sign] = {}
    id: str | None = None
    """The id of a row, with its columns in braces ("bank:{Number}"); left out: made from what the row says."""
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", "'", " ", ""] = ""
    date_format: str = "iso"
    """"iso", "epoch", "epoch_ms", or a format of strptime like "%d.%m.%Y %H:%M"."""
    time_zone: str | None = None
    """The zone of times that name none; left out, they are read as UTC, and that is said."""
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    encoding: str = "utf-8"
    skip_lines: int = 0

    @property
    def zone(self) -> str:
        """The zone in which times are read that name none."""
        return self.time_zone or "UTC"

    @property
    def is_by_a_clock(self) -> bool:
        """Whether its times may name no zone: a count of seconds and "%z" do."""
        return not self.date_format.startswith("epoch") and "%z" not in self.date_format.lower()

    def needed(self) -> tuple[str, ...]:
        """Return the columns the file must have."""
        named = PLACE.findall(self.id or "")
        return tuple(dict.fromkeys([*self.columns.values(), *self.only, *named]))

    def words(self, column: str) -> Words:
        """Return what *column* must say for a row to count."""
        told = self.only[column]
        return told if isinstance(told, Words) else Words(is_=tuple(told))

    def key(self, name: str) -> Key:
        """Return the key *name* of this map's kind."""
        return keys_of(self.kind)[name]


def load_map(given: str | Path | Mapping[str, Any], overrides: Mapping[str, str] | None = None) -> ColumnMap:
    """Return the checked map of a TOML file, a preset's name, or a mapping; *overrides* set constants, and its `zone`.

    Raises InputRefusedError with everything that is wrong with it.
    """
    name, content = _content(given)
    if overrides:
        content = _with(content, dict(overrides))
    try:
        made = msgspec.convert(content, ColumnMap)
    except msgspec.ValidationError as broken:
        raise InputRefusedError(f"{name}: the map cannot be used ({broken}): correct it") from None
    problems = _problems(name, made)
    if problems:
        raise InputRefusedError(f"{name}: the map cannot be used", problems)
    return made


def _with(content: Mapping[str, Any], overrides: dict[str, str]) -> dict[str, Any]:
    """Return *content* with *overrides*; `zone` is the clock of its times, where its kind has no such key."""
    kind = content.get("kind")
    has_key = kind in KINDS and "zone" in keys_of(str(kind))
    clock = {"time_zone": overrides.pop("zone")} if "zone" in overrides and not has_key else {}
    return {**content, **clock, "constants": {**content.get("constants", {}), **overrides}}


def presets() -> tuple[str, ...]:
    """Return the names of the maps that come with Lotwork."""
    found = (entry.name for entry in files("lotwork.ingest.sheets").joinpath("maps").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def text_of_map(name: str) -> str:
    """Return the TOML of the map *name* that comes with Lotwork."""
    return files("lotwork.ingest.sheets").joinpath("maps", f"{name}.toml").read_text("utf-8")


def _content(given: str | Path | Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(given, Mapping):
        return "map", dict(given)
    if isinstance(given, str) and given in presets():
        return given, read_toml(text_of_map(given))
    path = Path(given)
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES).decode("utf-8")
        return path.name, read_toml(text)
    except FileNotFoundError:
        maps = [name for name in names_beside(path) if name.endswith(".toml")]
        near = near_file(path.name, [*maps, *presets()])
        meant = f"did you mean {near if near in presets() else path.with_name(near)}?" if near else ""
        reason, remedy = "there is no such map here", meant or f"give a TOML file or one of {', '.join(presets())}"
    except OSError as broken:
        reason, remedy = f"the map cannot be read ({broken.strerror})", "let it be read, or correct its name"
    except RecursionError:
        reason, remedy = "the map is nested too deep", "correct it"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        reason, remedy = f"the map is not TOML ({broken})", "correct it"
    raise InputRefusedError(f"{path.name}: the map cannot be used", [Problem(path.name, "map", reason, remedy)])


def _problems(name: str, made: ColumnMap) -> list[Problem]:
    """Return everything that keeps *made* from being used."""
    if made.kind not in KINDS or made.kind in NOT_FROM_TABLES:
        kinds = ", ".join(kind for kind in KINDS if kind not in NOT_FROM_TABLES)
        return [Problem(name, "kind", f"rows cannot be events of the kind {made.kind!r}", f"say one of {kinds}")]
    known = keys_of(made.kind)
    problems = [
        Problem(name, key, f"no such key of `{made.kind}` that a column can fill", _remedy(key, known))
        for key in dict.fromkeys(
            [*made.columns, *made.optional, *made.constants, *made.values, *made.units, *made.signs]
        )
        if key not in ("book", "id") and not _is_writable(key, known)
    ]
    problems += [
        Problem(name, key, "a row must have it", "map a column to it, or give it as a constant")
        for key, about in known.items()
        if about.required and key not in made.columns and key not in made.constants
    ]
    return [*problems, *_placeholders(name, made), *_setting_problems(name, made)]


def _placeholders(name: str, made: ColumnMap) -> Iterator[Problem]:
    """Yield each word of *made* that a person was to edit."""
    for key, value in made.constants.items():
        yield from placeholder_in(key, value, name)
    for key, words in made.values.items():
        for value in words.values():
            yield from placeholder_in(key, value, name)


def _setting_problems(name: str, made: ColumnMap) -> list[Problem]:
    """Return what is wrong with the map's settings, whatever its kind."""
    problems: list[Problem] = []
    if "id" in made.columns or "id" in made.constants:
        problems.append(Problem(name, "id", "an id is no column", 'keep `id` at the top, like id = "bank:{Number}"'))
    if made.id is not None and not PLACE.search(made.id):
        problems.append(Problem(name, "id", "every row would have the same id", "name a column, like {Number}"))
    if made.date_format not in DATE_WORDS and "%" not in made.date_format:
        how = 'say "iso", "epoch" or "%d.%m.%Y"; of 03/04/2026 "%m/%d/%Y" has the month first, "%d/%m/%Y" the day'
        problems.append(Problem(name, "date_format", "it is no format", how))
    problems += [
        Problem(name, f"only.{column}", fault, f'write ["a word"], or {ONLY_SHOWN}')
        for column in made.only
        if (fault := made.words(column).fault()) is not None
    ]
    if made.thousands == made.decimal:
        problems.append(Problem(name, "thousands", "it is the decimal sign too", "say which is which"))
    try:
        zone_named(made.zone)
    except AmountError as broken:
        problems.append(Problem(name, "time_zone", broken.reason, broken.remedy))
    if not 0 <= made.skip_lines <= 1000:  # noqa: PLR2004 - no export has more above its header
        problems.append(Problem(name, "skip_lines", "it is no count of lines above the header", "say 0 to 1000"))
    return problems


def _is_writable(key: str, known: Mapping[str, Key]) -> bool:
    return key in known and key not in ("row", "may_repeat") and known[key].meaning in WRITABLE


def _remedy(key: str, known: Mapping[str, Key]) -> str:
    if key == "only":
        return f'say which rows count in the map: [only], below it `"COLUMN" = {ONLY_SHOWN}`'
    fillable = [each for each in known if _is_writable(each, known)]
    near = likest(key, fillable)
    listed = ", ".join(fillable)
    return f"did you mean {near!r}?" if near else f"its keys are {listed}"
