"""The listings of the law: its figures, the versions of one, and what a year's law lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec
from msgspec import field

from lotwork.reports.rows import Number, Row, Shown, Table, Words
from lotwork.rules.figures import Version
from lotwork.rules.load import Law
from lotwork.rules.missing import Missing

Days: TypeAlias = Annotated[tuple[str, ...], Shown(folds=True)]
Value: TypeAlias = Annotated[Any, Shown(folds=True)]
"""What a figure is, as JSON holds it: numbers as decimal strings, in lists and under names where there are several."""


class FigureRow(Row, frozen=True, kw_only=True):
    """A figure, and the days from which its versions are in force."""

    path: Words
    title: Words
    unit: str
    from_: Days = field(name="from")
    cite: str


class VersionRow(Row, frozen=True, kw_only=True):
    """A version of a figure."""

    from_: Words = field(name="from")
    value: Any
    status: str
    confidence: Words
    source: Words


class MissingRow(Row, frozen=True, kw_only=True):
    """A figure that a year lacks, and the last that is known of it."""

    jurisdiction: str
    path: Words
    title: Words
    unit: str
    cite: Words
    lacks: str
    """`value`, or `enactment` where there is one that is only announced or projected."""
    from_: str = field(name="from")
    """The day from which the last version holds."""
    value: Value
    status: str
    source: str


class ComputedRow(Row, frozen=True, kw_only=True):
    """One amount of a case."""

    figure: str
    amount: Number


class LawListing(Row, frozen=True, kw_only=True):
    """What `lotwork rules list` tells: the law, by its digest, and every figure of it."""

    law: str
    rows: tuple[FigureRow, ...]


class RuleListing(Row, frozen=True, kw_only=True):
    """What `lotwork rules show` tells: a figure with every version of it."""

    law: str
    path: str
    title: str
    unit: str
    cite: str
    note: str | None
    rows: tuple[VersionRow, ...]


class MissingListing(Row, frozen=True, kw_only=True):
    """What `lotwork rules missing` tells."""

    year: int
    rows: tuple[MissingRow, ...]


class ComputedListing(Row, frozen=True, kw_only=True):
    """What `lotwork compute` tells: what the law of one country says of a case, by the names it has for it."""

    beside: ClassVar[str] = "figures"

    law: str
    figures: Mapping[str, object]


WORDS = {
    "not_covered": "Does not cover", "unverified": "From memory, or no enacted law: look each up before you file",
    "words": "What else the state asks",
}  # fmt: skip
"""The lists of sentences of a state's case, and what stands over each."""
FIGURES = Table(FigureRow, lambda row: (row.path, row.title, row.from_))
VERSIONS = Table(VersionRow, lambda row: (row.from_, row.value, row.status, row.confidence, row.source)).leaving(
    lambda row: (row.confidence, row.status)
)
MISSING = Table(
    MissingRow, lambda row: (row.path, row.title, row.cite, row.lacks, row.from_, row.value, row.status)
).leaving(lambda row: (row.cite, row.status, row.value, row.from_))
COMPUTED = Table(ComputedRow, lambda row: (row.figure, row.amount))


def list_law(law: Law) -> LawListing:
    """Return every figure of *law*."""
    rows = tuple(
        FigureRow(
            path=path,
            title=entry.title,
            unit=entry.unit,
            from_=tuple(version.from_.isoformat() for version in entry.in_force),
            cite=entry.cite,
        )
        for path in law.paths()
        for entry in (law.entry(path),)
    )
    return LawListing(law=law.digest, rows=rows)


def list_rule(law: Law, path: str) -> RuleListing:
    """Return the figure at *path* with every version of it."""
    entry = law.entry(path)
    return RuleListing(
        law=law.digest,
        path=path,
        title=entry.title,
        unit=entry.unit,
        cite=entry.cite,
        note=entry.note,
        rows=tuple(map(version_row, entry.in_force)),
    )


def version_row(version: Version) -> VersionRow:
    """Return a version of a figure."""
    return VersionRow(
        from_=version.from_.isoformat(),
        value=plain(version.value),
        status=version.status,
        confidence=version.confidence,
        source=version.source,
    )


def list_missing(year: int, found: Iterable[Missing], countries: Iterable[str]) -> MissingListing:
    """Return the figures *found* of *countries*, in the order of these."""
    rows = [_missing(each) for each in found]
    return MissingListing(year=year, rows=tuple(row for code in countries for row in rows if row.jurisdiction == code))


def _missing(lacking: Missing) -> MissingRow:
    entry, last = lacking.entry, lacking.last
    return MissingRow(
        jurisdiction=lacking.path.partition("/")[0],
        path=lacking.path,
        title=entry.title,
        unit=entry.unit,
        cite=entry.cite,
        lacks=lacking.lacks,
        from_=last.from_.isoformat(),
        value=plain(last.value),
        status=last.status,
        source=last.source,
    )


def list_amounts(computed: ComputedListing) -> tuple[ComputedRow, ...]:
    """Return the amounts of a computed case, its steps left out."""
    told = computed.figures.items()
    return tuple(ComputedRow(figure=name, amount=value) for name, value in told if isinstance(value, str))


def list_words(computed: ComputedListing) -> tuple[tuple[str, Sequence[str]], ...]:
    """Return what a computed case of a state says in words, each list under its heading; nothing of a country's."""
    told = ((heading, computed.figures.get(name)) for name, heading in WORDS.items())
    return tuple((heading, sentences) for heading, sentences in told if isinstance(sentences, Sequence) and sentences)


def plain(value: Any) -> Any:
    """Return a figure's value as JSON holds it, a frozen table among them."""
    return msgspec.to_builtins(dict(value) if isinstance(value, Mapping) else value)
