"""Form 8949 in the IRS's own columns, a file for each box; Schedule D; and the lots behind the rows, exact.

The columns are those of the form: (a) description of property, (b) date acquired, (c) date sold or disposed of, (d)
proceeds, (e) cost or other basis, (f) code, (g) amount of adjustment, (h) gain or loss. A file has no row of totals,
so that whoever adds it up counts nothing twice: those stand in the file of Schedule D.
"""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.ledger.units import usd_text
from lotwork.projections.forms.form_8949 import Entered, SaleRow
from lotwork.projections.gains import GainRow
from lotwork.projections.reconcile.broker.differences import WITH_BASIS
from lotwork.reports.forms.drawn import Drawing, Drawn, american, csv_bytes, description, money
from lotwork.reports.lines import coins

COLUMNS = (
    "(a) Description of property", "(b) Date acquired", "(c) Date sold or disposed of", "(d) Proceeds",
    "(e) Cost or other basis", "(f) Code", "(g) Amount of adjustment", "(h) Gain or (loss)",
)  # fmt: skip
OF_SCHEDULE_D = ("Line", "Boxes", "Rows", "(d) Proceeds", "(e) Cost or other basis", "(g) Adjustments",
                 "(h) Gain or (loss)", "On the return")  # fmt: skip
OF_LOTS = (
    "at", "wallet", "asset", "quantity", "proceeds_usd", "sold", "acquired", "basis_usd", "covered", "box", "term",
    "adjustment_code", "adjustment_usd", "gain_usd", "owner", "disposal", "lot",
)  # fmt: skip
"""Named so that `lotwork import --map generic-1099-da` reads them back, and `reconcile broker` compares."""
AMOUNTS = frozenset((*COLUMNS[3:5], *COLUMNS[6:], *OF_SCHEDULE_D[3:], "gain_usd", "adjustment_usd"))


def by_box(drawing: Drawing) -> Iterator[Drawn]:
    """Yield a file for each box that has rows."""
    for box, rows in drawing.form.by_box.items():
        content = csv_bytes(COLUMNS, (cells(each, drawing) for each in rows), AMOUNTS)
        yield Drawn(f"8949-{box}.csv", "8949", content, len(rows))


def cells(entered: Entered, drawing: Drawing) -> tuple[str, ...]:
    """Return columns (a) to (h) of a row; the adjustment is empty where there is no code."""
    row = entered.row
    return (
        description(entered, drawing.assets), american(row.acquired), american(row.sold), money(entered.proceeds),
        money(entered.basis), row.codes, money(entered.adjustment) if row.codes else "", money(entered.gain),
    )  # fmt: skip


def schedule_d(drawing: Drawing) -> Drawn:
    """Return lines 1b, 2, 3, 8b, 9 and 10 of Schedule D, and what the return has on each."""
    rows = [
        (line.line, line.boxes, str(line.total.rows), money(line.total.proceeds), money(line.total.basis),
         money(line.total.adjustment), money(line.total.gain), money(line.on_return))
        for line in drawing.form.schedule_d
    ]  # fmt: skip
    return Drawn("schedule-d.csv", "8949", csv_bytes(OF_SCHEDULE_D, rows, AMOUNTS), len(rows))


def lots(drawing: Drawing) -> Drawn:
    """Return every row lot by lot, to the micro-dollar, with the events it comes from."""
    rows = [_lot(each.row, lot, drawing) for each in drawing.form.rows for lot in each.row.lots]
    return Drawn("lots.csv", "lots", csv_bytes(OF_LOTS, rows, AMOUNTS), len(rows))


def _lot(row: SaleRow, lot: GainRow, drawing: Drawing) -> tuple[str, ...]:
    return (
        lot.sold.isoformat(),
        lot.wallet,
        lot.asset,
        coins(lot.quantity, lot.asset, drawing.assets),
        usd_text(lot.proceeds_usd_micros),
        lot.sold.isoformat(),
        "" if lot.acquired is None else lot.acquired.isoformat(),
        usd_text(lot.basis_usd_micros),
        "yes" if row.box in WITH_BASIS else "no",
        row.box,
        lot.term,
        lot.adjustment_code or "",
        usd_text(lot.adjustment_usd_micros),
        usd_text(lot.gain_usd_micros),
        row.owner,
        lot.disposal,
        lot.lot or "",
    )
