"""What a person must decide, as every result tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from lotwork.reports.finding_rows import FindingRow, finding_row, texts_of
from lotwork.reports.lazily import made_rows
from lotwork.reports.rows import Row

if TYPE_CHECKING:
    from lotwork.projections.findings import Finding


class FindingCounts(Row, frozen=True, kw_only=True):
    """How many findings a book has of each code, in the order in which they were told first."""

    codes: Mapping[str, int]


class SettledRow(Row, frozen=True, kw_only=True):
    """How many events of a code were said to be things of their own."""

    code: str
    settled: int


class FindingListing(Row, frozen=True, kw_only=True):
    """The findings that end every result."""

    findings: tuple[FindingRow, ...]


def list_findings(told: Iterable[Finding]) -> FindingListing:
    """Return the findings in the order in which they were told."""
    held = told if isinstance(told, Sequence) else (*told,)
    return FindingListing(findings=made_rows(held, finding_row, texts_of))


def list_counts(codes: Mapping[str, int]) -> FindingCounts:
    """Return how many findings there are by code."""
    return FindingCounts(codes=dict(codes))


def list_settled(code: str, settled: int) -> SettledRow:
    """Return how many events of *code* were said to be things of their own."""
    return SettledRow(code=code, settled=settled)
