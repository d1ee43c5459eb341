"""A year's Forms 1099-DA against the year's sales: every line and every sale once, the totals by box, what to look at.

Law: what a broker reports the IRS has too (26 U.S.C. 6045; Treas. Reg. 1.6045-1): a line without a sale is income it
expects on the return, and a sale without a line belongs in box I or L. Around the turn of the year a line may stand in
another year than the sale, by a time zone; so a day on either side is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, timedelta
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import BrokerReport, Election, Sale, Selection
from lotwork.ledger.units import usd_text
from lotwork.projections.basis.elections import METHODS
from lotwork.projections.basis.holding_period import box
from lotwork.projections.findings import Finding
from lotwork.projections.gains import GainRow, brokers_of
from lotwork.projections.reconcile.broker.differences import (
    TOLD_OF_NOTHING,
    Difference,
    Entry,
    Pair,
    covered,
    digital,
    pairs_of,
)
from lotwork.projections.reconcile.broker.match import DAYS_APART, Match, Sold, match
from lotwork.projections.reconcile.broker.reasons import Reasons
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law

FINDING_OF = {
    "proceeds": "broker_proceeds_differ",
    "basis": "broker_basis_differs",
    "date": "broker_date_differs",
    "quantity": "broker_quantity_differs",
    "term": "broker_term_differs",
    "box": "broker_box_differs",
}


class BoxTotal(NamedTuple):
    """The rows of one box of Form 8949, added up; and of the ledger's own rows in them."""

    rows: int = 0
    proceeds: int = 0
    basis: int = 0
    adjustment: int = 0

    @property
    def gain(self) -> int:
        """Column (h)."""
        return self.proceeds - self.basis + self.adjustment

    def __add__(self, entry: object) -> BoxTotal:
        """Return this total with one more row in it."""
        if not isinstance(entry, Entry):
            return NotImplemented
        return BoxTotal(
            self.rows + 1,
            self.proceeds + entry.proceeds,
            self.basis + entry.basis,
            self.adjustment + entry.adjustment,
        )


class BrokerYear(msgspec.Struct, frozen=True):
    """What the brokers said of a year, and what the ledger does."""

    year: int
    pairs: tuple[Pair, ...]
    only_broker: tuple[BrokerReport, ...]
    only_ledger: tuple[Sold, ...]
    """Sales a line was due for, and none came."""
    not_reported: tuple[Sold, ...]
    """Disposals at a broker that it need not report."""
    findings: tuple[Finding, ...] = msgspec.field(default=())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The rows of Form 8949 as they are to be entered, those without a line in box I or L."""
        told = (entry for pair in self.pairs for entry in pair.entries)
        alone = (told_of_by_none(row) for sale in (*self.only_ledger, *self.not_reported) for row in sale.rows)
        return (*told, *alone)

    @property
    def by_box(self) -> dict[str, BoxTotal]:
        """The totals of the rows to enter, by box."""
        totals: defaultdict[str, BoxTotal] = defaultdict(BoxTotal)
        for entry in self.entries:
            totals[entry.box] += entry
        return dict(sorted(totals.items()))

    @property
    def told(self) -> dict[str, tuple[int, int, int]]:
        """What the brokers told: lines, proceeds and basis, of what is covered and of what is not."""
        totals = {"covered": (0, 0, 0), "not_covered": (0, 0, 0)}
        for line in (*(line for pair in self.pairs for line in pair.lines), *self.only_broker):
            key = "covered" if covered((line,)) else "not_covered"
            lines, proceeds, basis = totals[key]
            totals[key] = lines + 1, proceeds + line.proceeds_usd_micros, basis + (line.basis_usd_micros or 0)
        return totals


def broker_year(book: Book, law: Law, year: int) -> BrokerYear:
    """Return *year* reconciled; *book* must keep the rows of the year, the one before and the one after."""
    first, last = date(year, 1, 1) - timedelta(days=DAYS_APART), date(year, 12, 31) + timedelta(days=DAYS_APART)
    lines = [
        line
        for line in book.history.of_kind("broker_report")
        if isinstance(line, BrokerReport) and first <= line.sold <= last
    ]
    brokers = brokers_of(book.taxpayer.wallets) | {line.wallet for line in lines}
    matched = match(lines, _sold(book, brokers, first, last))
    reasons = _reasons(book, law)
    pairs = tuple(pair for each in matched.matches if _in_year(each, year) for pair in pairs_of(each, reasons))
    alone = [sale for sale in matched.sales if sale.day.year == year]
    due = tuple(sale for sale in alone if sale.rows[0].box not in TOLD_OF_NOTHING)
    only_broker = tuple(line for line in matched.lines if line.sold.year == year)
    told_of = {line.wallet for line in lines if line.sold.year == year}
    return BrokerYear(
        year=year,
        pairs=pairs,
        only_broker=only_broker,
        only_ledger=due,
        not_reported=tuple(sale for sale in alone if sale.rows[0].box in TOLD_OF_NOTHING),
        findings=(
            *(_open(pair, each) for pair in pairs for each in pair.differences if each.settled == "open"),
            *(_more(line, reasons) for line in only_broker),
            *_missing(due, told_of, reasons, year),
        ),
    )


def _in_year(matched: Match, year: int) -> bool:
    return any(line.sold.year == year for line in matched.lines) or any(sale.day.year == year for sale in matched.sales)


def _sold(book: Book, brokers: Iterable[str], first: date, last: date) -> Iterator[Sold]:
    """Yield every disposal in a broker's wallet between two days, with its rows."""
    kept = frozenset(brokers)
    sales = {event.id: event for event in book.history.of_kind("sale") if isinstance(event, Sale)}
    rows: defaultdict[str, list[GainRow]] = defaultdict(list)
    for row in book.gains.rows:
        if row.wallet in kept and first <= row.sold <= last:
            rows[row.disposal].append(row)
    for disposal, parts in rows.items():
        sale = sales.get(disposal)
        yield Sold(
            disposal=disposal,
            wallet=parts[0].wallet,
            asset=parts[0].asset,
            quantity=sum(row.quantity for row in parts),
            day=parts[0].sold,
            broker_day=parts[0].sold if sale is None else sale.at.astimezone(UTC).date(),
            proceeds=sum(row.proceeds_usd_micros for row in parts),
            fee=0 if sale is None else sale.fee_usd_micros,
            rows=tuple(parts),
            event=sale,
        )


def _reasons(book: Book, law: Law) -> Reasons:
    """Return what the ledger knows of where lots came from and which were chosen."""
    history = book.history
    elections = [event for event in history.of_kind("election") if isinstance(event, Election)]
    selections = [event for event in history.of_kind("selection") if isinstance(event, Selection)]
    in_sale = {event.id for event in history.of_kind("sale") if isinstance(event, Sale) and event.lots}
    for_sale = {event.for_ for event in selections if event.for_ is not None and not event.with_broker}
    told = {event.for_ for event in selections if event.for_ is not None and event.with_broker}
    for_next = {
        choice.lot for event in selections if event.for_ is None and not event.with_broker for choice in event.lots
    }
    basis_from = law.figure("us/basis/broker_basis_from", date(2025, 1, 1))
    relief = law.figure("us/basis/own_books_relief", date(2025, 1, 1))
    return Reasons(
        acquisitions={event.id: event for event in history.of_kind("purchase", "receipt", "gift")},
        chosen_untold=frozenset(in_sale | for_sale | for_next) - frozenset(told),
        method=book.lots.orders.in_force,
        told_orders=frozenset(
            (event.wallet, event.asset) for event in elections if event.with_broker and event.method in METHODS
        ),
        assets=history.assets,
        basis_from=basis_from.day(),
        own_books_until=relief.days()[1],
        own_books_cite=relief.cite,
    )


def told_of_by_none(row: GainRow) -> Entry:
    """Return what to enter for a row no broker told of: box I or L (C or F before 2025)."""
    where = box(row.term, row.sold.year, reported=False, basis_reported=False, digital_asset=digital(row))
    return Entry(
        where, row.term, row.asset, row.quantity, row.acquired, row.sold, row.proceeds_usd_micros,
        row.basis_usd_micros, row.adjustment_code or "", row.adjustment_usd_micros,
    )  # fmt: skip


def _open(pair: Pair, difference: Difference) -> Finding:
    line = pair.lines[0]
    says = f"{difference.what}: the broker says {difference.broker}, the ledger {difference.ledger}"
    sales = ", ".join(sale.disposal for sale in pair.sales)
    return Finding(FINDING_OF[difference.what], f"{line.id} and {sales}: {says}; {difference.why}", line.id)


def _more(line: BrokerReport, reasons: Reasons) -> Finding:
    return Finding(
        "broker_reports_more",
        f"{line.id}: {line.broker or line.wallet} told the IRS of {_coins(line, reasons)} "
        f"sold on {line.sold} for {usd_text(line.proceeds_usd_micros)}, and the ledger has no such sale in "
        f"{line.wallet}: import it, or ask the broker for a corrected form",
        line.id,
    )


def _missing(due: Iterable[Sold], told_of: set[str], reasons: Reasons, year: int) -> Iterator[Finding]:
    """Yield a finding for each sale without a line; one alone for a broker whose form is not here at all."""
    silent: defaultdict[str, int] = defaultdict(int)
    for sale in due:
        if sale.wallet not in told_of:
            silent[sale.wallet] += 1
            continue
        yield Finding(
            "broker_missing_line",
            f"{sale.disposal}: {reasons.coins(sale.quantity, sale.asset)} {sale.asset} sold at {sale.wallet} on "
            f"{sale.day}, and no line of its Form 1099-DA says so: enter it in box I or L, and look if the ledger "
            "has it twice",
            sale.disposal,
        )
    for wallet, count in sorted(silent.items()):
        yield Finding(
            "broker_report_missing",
            f"{wallet} is kept by a broker and sold {count} times in {year}, and no Form 1099-DA of it is recorded: "
            "import its lines with `lotwork import FILE --map generic-1099-da`",
        )


def _coins(line: BrokerReport, reasons: Reasons) -> str:
    return f"{reasons.coins(line.quantity, line.asset)} {line.asset}"
