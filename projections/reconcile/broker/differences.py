"""A line of Form 1099-DA held against the rows of Form 8949 it tells of: what differs, why, and what to enter.

Law: Form 8949 and its instructions (2025). Sales told with basis to the IRS stand in box G or J, told without it in H
or K, not told at all in I or L. What the broker told is entered, and corrected in column (g) with a code in column
(f): B a basis, E selling expenses that the proceeds do not show, T a term, W a wash sale, O anything else. Where the
basis was not told to the IRS the right one is entered, and the adjustment is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from lotwork.ledger.events import BrokerReport
from lotwork.ledger.units import CENT_MICROS, divide, usd_text
from lotwork.projections.basis.holding_period import Term, box, is_long
from lotwork.projections.gains import GainRow
from lotwork.projections.reconcile.assignment import assign
from lotwork.projections.reconcile.broker.match import Match, Sold
from lotwork.projections.reconcile.broker.reasons import Reason, Reasons, Settled

What: TypeAlias = Literal["proceeds", "basis", "date", "quantity", "term", "box"]
Status: TypeAlias = Literal["matched", "differs"]
AS_EXPECTED: frozenset[Settled] = frozenset({"rounding", "expected"})
WITH_BASIS = frozenset("ADGJ")
TOLD_OF_NOTHING = frozenset("CFIL")
OF_SECURITIES = frozenset("ABCDEF")


class Difference(NamedTuple):
    """One thing the broker and the ledger say differently, why, and whether that settles it."""

    what: What
    broker: str | None
    ledger: str | None
    why: str
    settled: Settled


class Entry(NamedTuple):
    """One row of Form 8949 as it is to be entered; columns (d), (e), (f), (g)."""

    box: str
    term: Term
    asset: str
    quantity: int
    acquired: date | None
    """None: various."""
    sold: date
    proceeds: int
    basis: int
    codes: str
    adjustment: int

    @property
    def gain(self) -> int:
        """Column (h)."""
        return self.proceeds - self.basis + self.adjustment


class Pair(msgspec.Struct, frozen=True):
    """Lines and the rows they tell of, with every difference and what to enter."""

    lines: tuple[BrokerReport, ...]
    rows: tuple[GainRow, ...]
    sales: tuple[Sold, ...]
    differences: tuple[Difference, ...]
    entries: tuple[Entry, ...]

    @property
    def status(self) -> Status:
        """Whether broker and ledger say the same, but for what is rounding or as the law has it."""
        return "matched" if all(each.settled in AS_EXPECTED for each in self.differences) else "differs"


def pairs_of(matched: Match, reasons: Reasons) -> Iterator[Pair]:
    """Yield a match as pairs: lot by lot where the broker told lot by lot, else whole."""
    rows = tuple(row for sale in matched.sales for row in sale.rows)
    if len(matched.lines) > 1:
        by_lot = assign(matched.lines, rows, _lot_told)
        if len(by_lot) == len(matched.lines) == len(rows):
            for line, row in by_lot:
                sales = tuple(sale for sale in matched.sales if rows[row] in sale.rows)
                yield _pair((matched.lines[line],), (rows[row],), sales, reasons)
            return
    yield _pair(matched.lines, rows, matched.sales, reasons)


def _lot_told(line: BrokerReport, row: GainRow) -> int | None:
    """Return what it costs to think that *line* tells of one lot; None where the quantity is another's."""
    if line.quantity != row.quantity:
        return None
    days = 0 if line.acquired is None or row.acquired is None else abs((line.acquired - row.acquired).days)
    return days * CENT_MICROS * 100 + abs(line.proceeds_usd_micros - row.proceeds_usd_micros)


def _pair(
    lines: tuple[BrokerReport, ...], rows: tuple[GainRow, ...], sales: tuple[Sold, ...], reasons: Reasons
) -> Pair:
    proceeds = _proceeds(lines, rows, sales, reasons)
    basis = _basis(lines, rows, reasons)
    found = (proceeds, basis, _date(lines, sales, rows), _quantity(lines, rows, reasons), _term(lines, rows, reasons))
    differences = tuple(each for each in (*found, _box(lines, rows)) if each is not None)
    return Pair(lines, rows, sales, differences, tuple(_entries(lines, rows, differences)))


def digital(row: GainRow) -> bool:
    """Say if a row is of a digital asset, which has boxes of its own from 2025 on."""
    return row.box not in OF_SECURITIES


def covered(lines: Sequence[BrokerReport]) -> bool:
    """Say if the broker told the IRS the basis: as it marked the line, else where it gave one."""
    return all(line.basis_usd_micros is not None if line.covered is None else line.covered for line in lines)


def _proceeds(
    lines: Sequence[BrokerReport], rows: Sequence[GainRow], sales: Sequence[Sold], reasons: Reasons
) -> Difference | None:
    told, ours = sum(line.proceeds_usd_micros for line in lines), sum(row.proceeds_usd_micros for row in rows)
    if told == ours:
        return None
    whole = sum(len(sale.rows) for sale in sales) == len(rows)
    quantity = sum(row.quantity for row in rows)
    all_of_it = sum(sale.quantity for sale in sales)
    fee = sum(sale.fee for sale in sales)
    fee = fee if whole else divide(fee * quantity, all_of_it)
    why = reasons.proceeds(told - ours, fee, CENT_MICROS * len(lines))
    return Difference("proceeds", usd_text(told), usd_text(ours), *why)


def _basis(lines: Sequence[BrokerReport], rows: Sequence[GainRow], reasons: Reasons) -> Difference | None:
    ours = sum(row.basis_usd_micros for row in rows)
    known = [line.basis_usd_micros for line in lines if line.basis_usd_micros is not None]
    if len(known) < len(lines):
        return Difference("basis", None, usd_text(ours), *reasons.no_basis(rows))
    told = sum(known)
    if told == ours:
        return None
    acquired = frozenset(line.acquired for line in lines if line.acquired is not None)
    why = reasons.basis(told - ours, rows, acquired, CENT_MICROS * len(lines))
    return Difference("basis", usd_text(told), usd_text(ours), *why)


def _date(lines: Sequence[BrokerReport], sales: Sequence[Sold], rows: Sequence[GainRow]) -> Difference | None:
    told, ours = sorted({line.sold for line in lines}), sorted({row.sold for row in rows})
    if told == ours:
        return None
    broker, ledger = ", ".join(map(str, told)), ", ".join(map(str, ours))
    in_utc = sorted({sale.broker_day for sale in sales})
    why = "the broker's day is in UTC, and the ledger's in your zone" if told == in_utc else "the days are one apart"
    if {day.year for day in told} != {day.year for day in ours}:
        why += ": the IRS sees it in another year than the return; keep a note of the hour with the return"
        return Difference("date", broker, ledger, why, "open")
    return Difference("date", broker, ledger, why, "explained")


def _quantity(lines: Sequence[BrokerReport], rows: Sequence[GainRow], reasons: Reasons) -> Difference | None:
    told, ours = sum(line.quantity for line in lines), sum(row.quantity for row in rows)
    if told == ours:
        return None
    asset = rows[0].asset
    why = "the nearest sale has another quantity: one of its fills is not in the ledger, or a line is missing"
    return Difference("quantity", reasons.coins(told, asset), reasons.coins(ours, asset), why, "open")


def _term(lines: Sequence[BrokerReport], rows: Sequence[GainRow], reasons: Reasons) -> Difference | None:
    told = {term for line in lines if (term := _term_told(line)) is not None}
    ours = {row.term for row in rows}
    if not told or told <= ours:
        return None
    acquired = frozenset(line.acquired for line in lines if line.acquired is not None)
    why = reasons.lots(rows, acquired) or Reason(
        "the days of acquisition differ, and nothing recorded says why", "open"
    )
    return Difference("term", ", ".join(sorted(told)), ", ".join(sorted(ours)), *why)


def _term_told(line: BrokerReport) -> Term | None:
    if line.acquired is None:
        return None
    return "long" if is_long(line.acquired.toordinal(), line.sold.toordinal()) else "short"


def _box(lines: Sequence[BrokerReport], rows: Sequence[GainRow]) -> Difference | None:
    told, ours = covered(lines), {row.box in WITH_BASIS for row in rows}
    boxes = ", ".join(sorted({row.box for row in rows}))
    if all(row.box in TOLD_OF_NOTHING for row in rows):
        why = "by the ledger nobody reports this: mark the wallet custody=broker, or correct what became of the coins"
    elif ours == {told} or len(ours) > 1:
        return None
    elif told:
        why = "the broker told the IRS a basis, and by the ledger the coins are not covered: look where they came from"
    else:
        why = "the ledger holds the coins to be covered, and the broker says not: enter the box the form shows"
    return Difference("box", "covered" if told else "not covered", boxes, why, "open")


def _entries(
    lines: Sequence[BrokerReport], rows: Sequence[GainRow], differences: Iterable[Difference]
) -> Iterator[Entry]:
    """Yield what to enter: the broker's figures by term, each corrected to the ledger's."""
    settled = {each.what: each.settled for each in differences}
    with_basis = covered(lines)
    proceeds_off = sum(line.proceeds_usd_micros for line in lines) - sum(row.proceeds_usd_micros for row in rows)
    basis_told = [line.basis_usd_micros for line in lines]
    basis_off = sum(each or 0 for each in basis_told) - sum(row.basis_usd_micros for row in rows)
    if None in basis_told or not with_basis:
        basis_off = 0
    left = sum(row.quantity for row in rows)
    for term in ("short", "long"):
        own = [row for row in rows if row.term == term]
        if not own:
            continue
        quantity = sum(row.quantity for row in own)
        proceeds_part, basis_part = divide(proceeds_off * quantity, left), divide(basis_off * quantity, left)
        yield _entry(own, (proceeds_part, basis_part), with_basis=with_basis, settled=settled)
        proceeds_off, basis_off, left = proceeds_off - proceeds_part, basis_off - basis_part, left - quantity


def _entry(rows: Sequence[GainRow], off: tuple[int, int], *, with_basis: bool, settled: dict[What, Settled]) -> Entry:
    """Return what to enter for *rows* of one term, whose proceeds and basis the broker told *off* from the ledger's."""
    days = {row.acquired for row in rows}
    proceeds_off, basis_off = off
    codes, adjustment = "", 0
    if "basis" in settled and settled["basis"] not in AS_EXPECTED:
        codes, adjustment = "B", basis_off
    if "proceeds" in settled and settled["proceeds"] != "rounding":
        codes += "E" if settled["proceeds"] == "explained" else "O"
        adjustment -= proceeds_off
    codes += "T" if "term" in settled else ""
    codes += "".join({row.adjustment_code for row in rows if row.adjustment_code})
    adjustment += sum(row.adjustment_usd_micros for row in rows)
    return Entry(
        box=box(
            rows[0].term, rows[0].sold.year, reported=True, basis_reported=with_basis, digital_asset=digital(rows[0])
        ),
        term=rows[0].term,
        asset=rows[0].asset,
        quantity=sum(row.quantity for row in rows),
        acquired=days.pop() if len(days) == 1 else None,
        sold=rows[0].sold,
        proceeds=sum(row.proceeds_usd_micros for row in rows) + proceeds_off,
        basis=sum(row.basis_usd_micros for row in rows) + basis_off,
        codes="".join(sorted(codes)),
        adjustment=adjustment,
    )
