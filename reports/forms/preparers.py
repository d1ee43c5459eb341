"""Form 8949 as preparers' programs import it: Drake, TaxAct and TurboTax, each as its own pages say.

Drake reads columns in a fixed order (drakesoftware.com, "Form 8949 Import / GruntWorx Trade"; the boxes by number as on
its screen 99DA, kb.drakesoftware.com 18925; days as MMDDYYYY, VARIOUS among them, 11790). TaxAct maps columns by name
(taxact.com/support/882). TurboTax's template for gains has five columns, one row a lot; what fails its upload is a
negative number or more than eight decimals (ttlc.intuit.com, "Create a CSV file for an unsupported source").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from lotwork.projections.forms.form_8949 import WASH_SALE, Entered, SaleRow, cents, shared
from lotwork.projections.gains import GainRow
from lotwork.projections.reconcile.broker.differences import TOLD_OF_NOTHING
from lotwork.projections.returns.owners import SPOUSE
from lotwork.reports.broker import VARIOUS
from lotwork.reports.forms.drawn import (
    Drawing,
    Drawn,
    LeftOut,
    american,
    csv_bytes,
    description,
    money,
    without,
)

DRAKE = (
    "TSJ", "F", "State", "City", "Form 8949 Check Box", "Desc", "Date Acquired", "Date Sold", "Type", "Ordinary",
    "Proceeds", "Cost", "AMT Cost Basis", "Accrued Discount", "Wash Sale Loss", "US Real Property", "Adj 1 Code",
    "Adj 1 Amount", "Adj 1 AMT Amount", "Adj 2 Code", "Adj 2 Amount", "Adj 2 AMT Amount", "Adj 3 Code", "Adj 3 Amount",
    "Adj 3 AMT Amount",
)  # fmt: skip
CHECK_BOX = {"A": 1, "D": 1, "B": 2, "E": 2, "C": 3, "F": 3, "G": 4, "J": 4, "H": 5, "K": 5, "I": 6, "L": 6}
"""Drake numbers the boxes, since a part of the form goes by the term."""
CODES_OF_DRAKE = 3
TAXACT = (
    "Description", "Date Acquired", "Date Sold", "Sales Proceeds", "Cost or Other Basis", "Adjustment Code",
    "Adjustment Amount", "Reporting Category", "Long/Short",
)  # fmt: skip
MOST_OF_TAXACT = 2_000
TURBOTAX = ("Currency Name", "Purchase Date", "Cost Basis", "Date Sold", "Proceeds")
AMOUNTS = frozenset(
    ("Proceeds", "Cost", "Wash Sale Loss", "Adj 1 Amount", "Adj 2 Amount", "Adj 3 Amount", "Sales Proceeds",
     "Cost or Other Basis", "Adjustment Amount", "Cost Basis")
)  # fmt: skip


def drake(drawing: Drawing) -> Drawn:
    """Return the file for Drake's import of Form 8949."""
    rows = [_of_drake(each, drawing) for each in drawing.form.rows]
    return Drawn("drake.csv", "drake", csv_bytes(DRAKE, rows, AMOUNTS), len(rows))


def _of_drake(entered: Entered, drawing: Drawing) -> tuple[str, ...]:
    row = entered.row
    wash = min(cents(row.wash), entered.adjustment) if WASH_SALE in row.codes else 0
    if row.codes == WASH_SALE:
        wash = entered.adjustment  # the form's own cents: by itself the loss may round to another
    left = entered.adjustment - wash
    codes = [code for code in row.codes if code != WASH_SALE]
    pairs = [(code, money(0 if place else left), "") for place, code in enumerate(codes)]
    pairs += [("", "", "")] * (CODES_OF_DRAKE - len(pairs))
    return (
        "S" if row.owner == SPOUSE else "T",
        "",
        "",
        "",
        str(CHECK_BOX[row.box]),
        description(entered, drawing.assets),
        _eight_digits(row.acquired),
        _eight_digits(row.sold),
        "S" if row.term == "short" else "L",
        "",
        money(entered.proceeds),
        money(entered.basis),
        "",
        "",
        money(wash) if wash else "",
        "",
        *(cell for pair in pairs for cell in pair),
    )


def _eight_digits(day: date | None) -> str:
    return VARIOUS if day is None else day.strftime("%m%d%Y")


def taxact(drawing: Drawing) -> Iterator[Drawn]:
    """Yield the file for TaxAct's import, and one of the spouse's own rows where there are any."""
    own = [each for each in drawing.form.rows if each.row.owner != SPOUSE]
    others = [each for each in drawing.form.rows if each.row.owner == SPOUSE]
    for name, rows in (("taxact.csv", own), ("taxact-spouse.csv", others)):
        if not rows and name != "taxact.csv":
            continue
        notes = [f"choose the spouse as the owner when you import {name}"] if rows is others else []
        if len(drawing.form.rows) > MOST_OF_TAXACT and rows is own:
            notes.append(
                f"TaxAct takes up to {MOST_OF_TAXACT:,} sales in all, and there are {len(drawing.form.rows):,}: enter "
                "each box as a summary (the totals of schedule-d.csv), and attach the statement of the 8949 files"
            )
        if any(each.row.box > "F" for each in rows):
            notes.append(
                f"{name}: TaxAct's page names the categories A to F, and those of coins from 2025 are G to L: check "
                "that it took them"
            )
        content = csv_bytes(TAXACT, (_of_taxact(each, drawing) for each in rows), AMOUNTS)
        yield Drawn(name, "taxact", content, len(rows), notes=tuple(notes))


def _of_taxact(entered: Entered, drawing: Drawing) -> tuple[str, ...]:
    row = entered.row
    return (
        description(entered, drawing.assets), american(row.acquired), american(row.sold), money(entered.proceeds),
        money(entered.basis), row.codes, money(entered.adjustment) if row.codes else "", row.box, row.term.title(),
    )  # fmt: skip


def turbotax(drawing: Drawing) -> Drawn:
    """Return TurboTax's template for gains: one row a lot. It has no column for a code, a box or several days."""
    found, left_out = by_lot(drawing.form.rows, "TurboTax's template has no column for a code and an adjustment")
    kept = [each for each in found if each.proceeds >= 0 and each.basis >= 0]
    below = (each for each in found if each.proceeds < 0 or each.basis < 0)
    left_out += without(below, "TurboTax refuses a file with a negative amount")
    made = [
        (description(each, drawing.assets), american(each.row.acquired), money(each.basis), american(each.row.sold),
         money(each.proceeds))
        for each in kept
    ]  # fmt: skip
    reported = any(each.row.box not in TOLD_OF_NOTHING for each in kept)
    notes = ("turbotax.csv tells no box: choose that of sales which a broker reported after the import",) * reported
    return Drawn("turbotax.csv", "turbotax", csv_bytes(TURBOTAX, made, AMOUNTS), len(made), left_out, notes)


def by_lot(
    rows: Sequence[Entered], of_codes: str, codes: frozenset[str] = frozenset()
) -> tuple[list[Entered], tuple[LeftOut, ...]]:
    """Return *rows* for a layout that wants one day of acquisition: of several lots each, as far as they say so.

    What has a code beside *codes*, or no day, is left out, and told.
    """
    kept: list[Entered] = []
    with_code: list[Entered] = []
    no_day: list[Entered] = []
    for each in rows:
        if set(each.row.codes) - codes or (each.adjustment and not each.row.codes):
            with_code.append(each)
        elif each.row.acquired is not None:
            kept.append(each)
        elif each.row.lots and all(lot.acquired is not None for lot in each.row.lots) and not each.row.codes:
            kept += _split(each)
        else:
            no_day.append(each)
    why = "the day of acquisition is not known"
    return kept, (*without(with_code, of_codes), *without(no_day, why))


def _split(entered: Entered) -> Iterator[Entered]:
    """Yield a row as its lots, whose cents come to its own."""
    row = entered.row
    proceeds = _within(entered.proceeds, [lot.proceeds_usd_micros for lot in row.lots])
    basis = _within(entered.basis, [lot.basis_usd_micros for lot in row.lots])
    for lot, got, cost in zip(row.lots, proceeds, basis, strict=True):
        yield Entered(_one_lot(entered, lot), got, cost, 0)


def _one_lot(entered: Entered, lot: GainRow) -> SaleRow:
    return entered.row._replace(
        quantity=lot.quantity, acquired=lot.acquired, proceeds=lot.proceeds_usd_micros, basis=lot.basis_usd_micros,
        lots=(lot,),
    )  # fmt: skip


def _within(whole: int, parts: Iterable[int]) -> list[int]:
    """Return *parts*, micro-dollars, in cents that come to *whole*: the largest takes what is left."""
    made = shared(parts)
    made[made.index(max(made))] += whole - sum(made)
    return made
