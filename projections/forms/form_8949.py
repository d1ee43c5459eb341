"""The rows of Form 8949 as they are entered, in cents, and what they come to on Schedule D.

Law: each sale stands in the part and box that goes with how it was reported, and Schedule D adds up the boxes (Form
8949 and its instructions). What a broker told on Form 1099-DA is entered and corrected as `projections.reconcile`
says; a sale that the form of its broker leaves out is in box I or L; every other row is that of `gains`.

A form is filled in dollars and cents, or in whole dollars throughout; here it is cents, and what imports them rounds
them to dollars as it does every return. Lots share a sale's dollars to the micro-dollar: in cents the rows of a line
of Schedule D are rounded one after another, so that none is more than two cents off and together they are that line
to the cent. A row whose amounts are whole cents is entered as it is, and nothing ever becomes less than nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import BrokerReport, Owner
from lotwork.ledger.units import CENT_MICROS, usd_decimal
from lotwork.projections.basis.holding_period import Term
from lotwork.projections.filer.origins import whose
from lotwork.projections.findings import Finding
from lotwork.projections.gains import GainRow
from lotwork.projections.liability import Liability
from lotwork.projections.reconcile.broker.differences import TOLD_OF_NOTHING, Entry, Pair
from lotwork.projections.reconcile.broker.year import BrokerYear, broker_year, told_of_by_none
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.case import BOX_OF_A_HOBBYS_RIG
from lotwork.projections.returns.rig_sales import HobbyGain, hobby_gains_by_rig
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.capital import FORM, LINE_OF_BOX

CENTS = 100
WASH_SALE = "W"


class SaleRow(NamedTuple):
    """One row of Form 8949, exact: money in micro-dollars, a quantity in base units of `asset`.

    `thing` names what is no coin, a hobby's rig; it has no quantity. `acquired` is None for several days, or none.
    """

    box: str
    term: Term
    asset: str
    quantity: int
    acquired: date | None
    sold: date
    proceeds: int
    basis: int
    codes: str
    adjustment: int
    owner: Owner
    lots: tuple[GainRow, ...] = ()
    """The ledger's own rows, one a lot, that this one stands for."""
    thing: str = ""
    from_broker: bool = False

    @property
    def gain(self) -> int:
        """Column (h), exact."""
        return self.proceeds - self.basis + self.adjustment

    @property
    def wash(self) -> int:
        """What of the adjustment is the loss of a wash sale."""
        return sum(row.adjustment_usd_micros for row in self.lots if row.adjustment_code == WASH_SALE)


class Entered(NamedTuple):
    """A row with its columns (d), (e), (g) and (h) in cents."""

    row: SaleRow
    proceeds: int
    basis: int
    adjustment: int

    @property
    def gain(self) -> int:
        """Column (h): what the columns before it come to."""
        return self.proceeds - self.basis + self.adjustment


class Total(NamedTuple):
    """Rows added up, in cents."""

    rows: int = 0
    proceeds: int = 0
    basis: int = 0
    adjustment: int = 0

    @property
    def gain(self) -> int:
        """Column (h)."""
        return self.proceeds - self.basis + self.adjustment


class ScheduleDLine(NamedTuple):
    """One of lines 1b, 2, 3, 8b, 9 and 10: the boxes on it, their rows added up, and what the return has there."""

    line: str
    boxes: str
    total: Total
    on_return: int
    """In cents."""


class Form8949(msgspec.Struct, frozen=True):
    """A year's Form 8949."""

    year: int
    rows: tuple[Entered, ...]
    schedule_d: tuple[ScheduleDLine, ...]
    findings: tuple[Finding, ...] = msgspec.field(default=())

    @property
    def by_box(self) -> dict[str, tuple[Entered, ...]]:
        """The rows of each box, in the form's order."""
        found: defaultdict[str, list[Entered]] = defaultdict(list)
        for each in self.rows:
            found[each.row.box].append(each)
        return {box: tuple(found[box]) for box in sorted(found)}


def asks_of_brokers(book: Book, year: int) -> bool:
    """Say if a broker told of *year*, or had to: then the rows of the years beside it are needed too."""
    if any(isinstance(line, BrokerReport) for line in book.history.of_kind("broker_report")):
        return True
    return any(row.sold.year == year and row.box not in TOLD_OF_NOTHING for row in book.gains.rows)


def form_8949(book: Book, law: Law, owed: Liability, around: Book | None = None) -> Form8949:
    """Return Form 8949 of the year of *owed*, for which *book* keeps rows.

    *around* is the same book with the rows of the year before and after, where `asks_of_brokers` says so.
    """
    year = owed.year
    told = None if around is None else broker_year(around, law, year)
    rows = list(_of_coins(around or book, year, told))
    rows += [_of_rig(gain, owner) for gain, owner in _hobby_gains(owed)]
    rows.sort(key=lambda row: row.sold)
    entered = in_cents(rows)
    return Form8949(year, entered, tuple(_schedule_d(entered, owed)), () if told is None else told.findings)


def _of_coins(book: Book, year: int, told: BrokerYear | None) -> Iterator[SaleRow]:
    """Yield the rows of coins in the order of history, those a broker told of where the first of their lots stands."""
    owners = {name: whose(wallet.owner) for name, wallet in book.taxpayer.wallets.items()}
    paired: dict[int, Pair] = {}
    left_out: frozenset[str] = frozenset()
    if told is not None:
        pairs = [pair for pair in told.pairs if all(row.sold.year == year for row in pair.rows)]
        paired = {id(row): pair for pair in pairs for row in pair.rows}
        lines = (*(line for pair in told.pairs for line in pair.lines), *told.only_broker)
        wallets = {line.wallet for line in lines}
        left_out = frozenset(sale.disposal for sale in told.only_ledger if sale.wallet in wallets)
    done: set[int] = set()
    for row in book.gains.rows:
        if row.sold.year != year or id(row) in done:
            continue
        pair = paired.get(id(row))
        owner = owners.get(row.wallet, whose(None))
        if pair is None:
            where = told_of_by_none(row).box if row.disposal in left_out else row.box
            yield _of_lot(row, where, owner)
            continue
        done.update(map(id, pair.rows))
        for entry in pair.entries:
            yield _of_entry(entry, tuple(each for each in pair.rows if each.term == entry.term), owner)


def _of_lot(row: GainRow, where: str, owner: Owner) -> SaleRow:
    return SaleRow(
        where, row.term, row.asset, row.quantity, row.acquired, row.sold, row.proceeds_usd_micros, row.basis_usd_micros,
        row.adjustment_code or "", row.adjustment_usd_micros, owner, (row,),
    )  # fmt: skip


def _of_entry(entry: Entry, lots: tuple[GainRow, ...], owner: Owner) -> SaleRow:
    return SaleRow(
        entry.box, entry.term, entry.asset, entry.quantity, entry.acquired, entry.sold, entry.proceeds, entry.basis,
        entry.codes, entry.adjustment, owner, lots, from_broker=True,
    )  # fmt: skip


def _hobby_gains(owed: Liability) -> Iterator[tuple[HobbyGain, Owner]]:
    for business, owner in zip(owed.businesses, (whose(None), whose("spouse")), strict=False):
        if business.is_hobby:
            for gain in hobby_gains_by_rig([business.equipment]):
                yield gain, owner


def _of_rig(gain: HobbyGain, owner: Owner) -> SaleRow:
    row, brought = gain.row, gain.row.proceeds_usd_micros
    return SaleRow(
        BOX_OF_A_HOBBYS_RIG[gain.term], gain.term, "", 0, row.acquired, row.disposed or date.min, brought,
        brought - gain.over_cost, "", 0, owner, thing=row.equipment,
    )  # fmt: skip


def in_cents(rows: Sequence[SaleRow]) -> tuple[Entered, ...]:
    """Return *rows* in cents, in their order: those of one line of Schedule D come to it to the cent."""
    made: list[Entered | None] = [None] * len(rows)
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        lines[LINE_OF_BOX[row.box]].append(place)
    for places in lines.values():
        for place, entered in zip(places, _line_in_cents([rows[place] for place in places]), strict=True):
            made[place] = entered
    return tuple(each for each in made if each is not None)


def _line_in_cents(rows: Sequence[SaleRow]) -> list[Entered]:
    columns = (shared(row.proceeds for row in rows), shared(row.basis for row in rows),
               shared(row.adjustment for row in rows))  # fmt: skip
    made = [Entered(row, *amounts) for row, *amounts in zip(rows, *columns, strict=True)]
    off = cents(sum(row.gain for row in rows)) - sum(each.gain for each in made)
    if off:
        place, changed = _made_up(made, off)
        made[place] = changed
    return made


def _made_up(made: Sequence[Entered], off: int) -> tuple[int, Entered]:
    """Return the row that takes the cent by which the columns' own rounding is off, with it: never one in whole cents.

    The largest basis takes it, which the cent changes least; where none has a part of a cent, an adjustment or, last,
    the proceeds.
    """
    places = range(len(made))
    of_basis = [place for place in places if made[place].row.basis % CENT_MICROS and made[place].basis >= max(0, off)]
    if of_basis:
        place = max(of_basis, key=lambda place: made[place].basis)
        return place, made[place]._replace(basis=made[place].basis - off)
    of_adjustment = [place for place in places if made[place].row.adjustment % CENT_MICROS]
    if of_adjustment:
        place = of_adjustment[0]
        return place, made[place]._replace(adjustment=made[place].adjustment + off)
    of_proceeds = [place for place in places if made[place].row.proceeds % CENT_MICROS]
    place = max(of_proceeds, key=lambda place: made[place].proceeds)
    return place, made[place]._replace(proceeds=made[place].proceeds + off)


def shared(amounts: Iterable[int]) -> list[int]:
    """Return *amounts*, micro-dollars, in cents: each what it adds to the rounded sum of those before it.

    So they come to the rounded sum of all, and none of nothing or more becomes less than nothing.
    """
    made, whole, before = [], 0, 0
    for amount in amounts:
        whole += amount
        now = cents(whole)
        made.append(now - before)
        before = now
    return made


def cents(micros: int) -> int:
    """Return micro-dollars as whole cents, rounded as a form rounds."""
    return int(to_cents(usd_decimal(micros)) * CENTS)


def total_of(rows: Iterable[Entered]) -> Total:
    """Return *rows* added up."""
    told = list(rows)
    return Total(
        len(told), sum(each.proceeds for each in told), sum(each.basis for each in told),
        sum(each.adjustment for each in told),
    )  # fmt: skip


def _schedule_d(entered: Sequence[Entered], owed: Liability) -> Iterator[ScheduleDLine]:
    """Yield the lines that Form 8949 leads to, with what the return has on each."""
    on_return = {line.line: line.amount for line in (each.line for each in owed.lines) if line.form == FORM}
    for number in dict.fromkeys(LINE_OF_BOX.values()):
        own = [each for each in entered if LINE_OF_BOX[each.row.box] == number]
        there = int(to_cents(on_return[number]) * CENTS) if number in on_return else 0
        if own or there:
            yield ScheduleDLine(number, ", ".join(sorted({each.row.box for each in own})), total_of(own), there)
