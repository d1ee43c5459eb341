"""Which profile a file is of: told by the columns of its header, and never by its name.

The header is looked for below the lines that stand above it. A profile whose columns are a part of those of another
that fits is not meant; where two fit all the same, it is a question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from lotwork.ingest.profiles.grid import MOST_ABOVE, Sheet, first_lines
from lotwork.ingest.profiles.profile import Form, Profile, fold, profiles
from lotwork.ingest.sheets.assets import MONIES
from lotwork.ingest.sheets.likeness import likest
from lotwork.ingest.sheets.table import DELIMITERS

OF_FIGURES = frozenset({"fee", "status", "leaves", "price", "value", "basis", "subtype"})
"""Roles of optional columns that a figure hangs on: one that is called otherwise is not passed over."""
_TICKER = r"(?P<found>[A-Z0-9]{2,10})"
_TRIPLE = re.compile(r"(\w+) (?:Amount|Balance) \1|Fee \((\w+)\) \2", re.IGNORECASE)
"""What the three columns of a coin are called, where a house has three for each."""


class Face(NamedTuple):
    """A file that is known: its profile and the version of its header, and where that stands."""

    name: str
    profile: Profile
    form: Form
    sheet: Sheet
    delimiter: str
    line: int
    header: tuple[str, ...]
    """The columns, each by a name of its own: the second of one name is called `name#2`."""
    places: Mapping[str, int]
    """Where the column of each role stands."""
    words: Mapping[str, str]
    """What its words mean, each as `fold` has it."""
    tickers: Mapping[str, str]
    """What the header itself names: the `asset` or the `money` of the file."""
    other_sheets: tuple[str, ...] = ()
    """Sheets of the same workbook that nobody knows."""

    def meaning(self, word: str) -> str | None:
        """Return what *word* means, in any capitals; None where no rule knows it."""
        return self.words.get(fold(word))

    @property
    def says_utc(self) -> bool:
        """Whether the header itself says that its times are in UTC."""
        places = (self.places[role] for role in ("at", "time") if role in self.places)
        return any("(utc)" in fold(self.header[place]) for place in places)

    @property
    def unread(self) -> tuple[str, ...]:
        """The columns that nothing reads, and that the profile does not know."""
        read = {fold(name) for name in self.profile.ignored}
        read |= {fold(self.header[place]) for place in self.places.values()}
        known = _TRIPLE.fullmatch if self.profile.reader == "gemini" else re.compile("(?!)").match
        return tuple(name for name in self.header if name and fold(name) not in read and known(name) is None)

    @property
    def missing(self) -> tuple[str, ...]:
        """The columns that are due and not there: a coin's fee beside its amount, and what is called otherwise."""
        found = [_TRIPLE.fullmatch(name) for name in self.header if self.profile.reader == "gemini"]
        amounts = {each[1].upper() for each in found if each is not None and each[1] and "amount" in fold(each[0])}
        fees = {each[2].upper() for each in found if each is not None and each[2]}
        absent = [column for role, column in self.form.optional.items() if role in OF_FIGURES - self.places.keys()]
        renamed = filter(None, {likest(name, absent) for name in self.unread})
        return (*(f"Fee ({coin}) {coin}" for coin in sorted(amounts - fees)), *sorted(renamed))

    @property
    def twice(self) -> tuple[str, ...]:
        """The columns that play a role, and share their name with another that plays none."""
        read = set(self.places.values())
        ignored = {fold(name) for name in self.profile.ignored}
        names = {self.header[place].partition("#")[0] for place in read}
        others = (name for place, name in enumerate(self.header) if place not in read and fold(name) not in ignored)
        return tuple(sorted(names & {name.partition("#")[0] for name in others if "#" in name}))


def faces_of(sheets: Iterable[Sheet], among: Iterable[str] | None = None) -> list[Face]:
    """Return the faces that fit, the likeliest of each profile; several are several profiles, or several sheets."""
    names = tuple(profiles()) if among is None else tuple(among)
    found = [face for sheet in sheets for face in _likeliest(_fitting(sheet, names))]
    return sorted(found, key=lambda face: face.name)


def _likeliest(fitting: Iterable[Face]) -> list[Face]:
    best: dict[str, Face] = {}
    for face in fitting:
        if face.name not in best or _weight(face) > _weight(best[face.name]):
            best[face.name] = face
    read = {name: {face.places[role] for role in face.form.columns} for name, face in best.items()}
    return [
        face
        for name, face in best.items()
        if not any(face.line == best[other].line and read[name] < read[other] for other in best)
    ]


def _weight(face: Face) -> tuple[int, int, int]:
    return len(face.form.columns), len(face.places), -face.line


def _fitting(sheet: Sheet, names: Iterable[str]) -> Iterator[Face]:
    for delimiter in DELIMITERS if sheet.text else DELIMITERS[:1]:
        for number, cells in first_lines(sheet, delimiter, MOST_ABOVE):
            header = _named_once(cells)
            if len(set(header)) > 1:
                yield from _of_line(sheet, delimiter, number, header, names)


def _of_line(
    sheet: Sheet, delimiter: str, number: int, header: tuple[str, ...], names: Iterable[str]
) -> Iterator[Face]:
    at = {fold(name): place for place, name in enumerate(header) if name}
    for name in names:
        profile = profiles()[name]
        for form in profile.forms:
            fit = _fit(form, header, at)
            if fit is not None:
                places, tickers = fit
                words = profile.meanings(form)
                yield Face(name, profile, form, sheet, delimiter, number, header, places, words, tickers)


def _fit(form: Form, header: tuple[str, ...], at: Mapping[str, int]) -> tuple[dict[str, int], dict[str, str]] | None:
    places: dict[str, int] = {}
    tickers: dict[str, str] = {}
    for role, column in (*form.columns.items(), *form.optional.items()):
        if "{" in column:
            place, ticker = _of_ticker(column, header, tickers)
            if place is not None:
                tickers |= ticker
        else:
            place = at.get(fold(column))
        if place is not None:
            places[role] = place
        elif role in form.columns:
            return None
    return places, tickers


def _of_ticker(column: str, header: tuple[str, ...], known: Mapping[str, str]) -> tuple[int | None, dict[str, str]]:
    """Return where a column stands that names a coin (`{asset}`) or a money (`{money}`), and which."""
    kind = "asset" if "{asset}" in column else "money"
    hole = f"{{{kind}}}"
    if is_of_one_case(header):  # what saved it so did it to every column
        column, header = hole.join(part.upper() for part in column.split(hole)), tuple(map(str.upper, header))
    pattern = _pattern(column)
    for place, name in enumerate(header):
        found = pattern.fullmatch(name)
        is_one = found is not None and (found["found"] in MONIES) == (kind == "money")
        if found is not None and is_one and known.get(kind, found["found"]) == found["found"]:
            return place, {kind: found["found"]}
    return None, {}


def is_of_one_case(header: tuple[str, ...]) -> bool:
    """Say if every column of *header* is written in capitals, or none has a capital."""
    whole = "".join(header)
    return whole in (whole.upper(), whole.lower())


@lru_cache(maxsize=128)
def _pattern(column: str) -> re.Pattern[str]:
    before, _, rest = column.partition("{")
    return re.compile(re.escape(before) + _TICKER + re.escape(rest.partition("}")[2]))


def _named_once(cells: Iterable[str]) -> tuple[str, ...]:
    told: Counter[str] = Counter()
    names = []
    for cell in cells:
        name = " ".join(cell.replace("\ufeff", "").split())
        told[fold(name)] += 1
        names.append(name if not name or told[fold(name)] == 1 else f"{name}#{told[fold(name)]}")
    return tuple(names)
