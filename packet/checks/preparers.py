"""The files for Drake, TaxAct and TurboTax: each row made anew from Form 8949, and whose it is from the wallets."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from lotwork.packet.checks.amounts import in_words
from lotwork.packet.checks.gross import Filer
from lotwork.packet.checks.lines import cents_of
from lotwork.packet.checks.telling import Report, Told, short

SEVERAL_DAYS = "VARIOUS"
OF_WASH_SALES = "W"
DRAKE_COLUMNS = (
    "TSJ", "F", "State", "City", "Form 8949 Check Box", "Desc", "Date Acquired", "Date Sold", "Type", "Ordinary",
    "Proceeds", "Cost", "AMT Cost Basis", "Accrued Discount", "Wash Sale Loss", "US Real Property", "Adj 1 Code",
    "Adj 1 Amount", "Adj 1 AMT Amount", "Adj 2 Code", "Adj 2 Amount", "Adj 2 AMT Amount", "Adj 3 Code", "Adj 3 Amount",
    "Adj 3 AMT Amount",
)  # fmt: skip
TAXACT_COLUMNS = (
    "Description", "Date Acquired", "Date Sold", "Sales Proceeds", "Cost or Other Basis", "Adjustment Code",
    "Adjustment Amount", "Reporting Category", "Long/Short",
)  # fmt: skip
TURBOTAX_COLUMNS = ("Currency Name", "Purchase Date", "Cost Basis", "Date Sold", "Proceeds")
CODES_IN_DRAKE = 3
SHORT_BOXES, LONG_BOXES = "ABCGHI", "DEFJKL"
WASH_AT, CODE_AT, AMOUNT_AT = 14, 16, 17
Cells = tuple[str, ...]


class Sold(NamedTuple):
    """A row of Form 8949 as its file has it, and whose it is; the owner is "" where a broker's form tells of sales."""

    box: str
    what: str
    acquired: str
    sold: str
    proceeds: str
    basis: str
    codes: str
    adjustment: str
    owner: str


def sold_rows(by_box: dict[str, list[Cells]], exact: list[Told] | None, filer: Filer) -> list[Sold]:
    """Return the rows of Form 8949: in its order where the rows re-done, *exact*, are it one by one, else by box."""
    if exact is None:
        return [Sold._make((box, *cells[:7], "")) for box, rows in sorted(by_box.items()) for cells in rows]
    waiting = {box: iter(rows) for box, rows in by_box.items()}
    found = []
    for row in sorted(exact, key=lambda each: each["sold"]):
        cells = next(waiting.get(row["box"], iter(())), None)
        if cells is not None:  # a box of fewer rows was told already
            found.append(Sold._make((row["box"], *cells[:7], filer.owner(row["wallet"]))))
    return found


def drake_row(row: Sold) -> Cells:
    """Return a row as Drake imports it; of several codes with that of a wash sale, the adjustment whole."""
    codes = [code for code in row.codes if code != OF_WASH_SALES]
    wash = row.adjustment if row.codes == OF_WASH_SALES and cents_of(row.adjustment) else ""
    pairs = [(code, "0.00" if place else row.adjustment, "") for place, code in enumerate(codes)]
    pairs += [("", "", "")] * (CODES_IN_DRAKE - len(pairs))
    number = (SHORT_BOXES if row.box in SHORT_BOXES else LONG_BOXES).index(row.box) + 1
    return (
        "S" if row.owner == "spouse" else "T", "", "", "", str(number), row.what, row.acquired.replace("/", ""),
        row.sold.replace("/", ""), "S" if row.box in SHORT_BOXES else "L", "", row.proceeds, row.basis, "", "", wash,
        "", *(cell for pair in pairs for cell in pair),
    )  # fmt: skip


def with_wash_added(cells: Cells) -> Cells:
    """Return a row of Drake's with the loss of a wash sale added to the amount of a first other code."""
    if not (cells[WASH_AT] and cells[CODE_AT]):
        return cells
    whole = in_words(cents_of(cells[WASH_AT]) + cents_of(cells[AMOUNT_AT]), 2)
    return (*cells[:WASH_AT], "", *cells[WASH_AT + 1 : AMOUNT_AT], whole, *cells[AMOUNT_AT + 1 :])


def taxact_row(row: Sold) -> Cells:
    """Return a row as TaxAct imports it."""
    term = "Short" if row.box in SHORT_BOXES else "Long"
    return (*row[1:8], row.box, term)


def turbotax_row(row: Sold) -> Cells:
    """Return a row as TurboTax imports it."""
    return row.what, row.acquired, row.basis, row.sold, row.proceeds


def fits_turbotax(row: Sold) -> bool:
    """Say whether TurboTax's template, which knows neither codes nor losses of proceeds, takes a row as it is."""
    return not row.codes and row.acquired != SEVERAL_DAYS and not (row.proceeds + row.basis).count("-")


def check_preparers(given: dict[str, list[Cells]], rows: list[Sold], lots: list[Told], report: Report) -> None:
    """Hold the files *given*, each with its heading first, against the *rows* of Form 8949 and the *lots* behind."""
    one_by_one = all(row.owner for row in rows)
    drake = [with_wash_added(cells) for cells in body(given, "drake.csv", DRAKE_COLUMNS, report)]
    own = body(given, "taxact.csv", TAXACT_COLUMNS, report)
    others = body(given, "taxact-spouse.csv", TAXACT_COLUMNS, report)
    turbotax = body(given, "turbotax.csv", TURBOTAX_COLUMNS, report)
    plain = [turbotax_row(row) for row in rows if fits_turbotax(row)]
    if one_by_one:
        good = same_rows("drake.csv", drake, [drake_row(row) for row in rows], report)
        for name, told, spouse in (("taxact.csv", own, False), ("taxact-spouse.csv", others, True)):
            found = [taxact_row(row) for row in rows if (row.owner == "spouse") is spouse]
            good = same_rows(name, told, found, report) and good
        good = same_rows("turbotax.csv", turbotax, plain, report) and good
    else:
        good = same_rows("drake.csv", sorted(("T", *cells[1:]) for cells in drake), sorted(map(drake_row, rows)),
                         report)  # fmt: skip
        good = same_rows("taxact.csv", sorted([*own, *others]), sorted(map(taxact_row, rows)), report) and good
        good = check_split(turbotax, plain, rows, lots, report) and good
    if good:
        report.holds(f"the files for Drake, TaxAct and TurboTax have the rows of Form 8949, each of {len(rows)}.")


def body(given: dict[str, list[Cells]], name: str, columns: Cells, report: Report) -> list[Cells]:
    """Return the rows of a file below its heading, once that is as the program asks for it."""
    rows = given.get(name, [])
    if rows:
        report.compare(f"forms/{name}, columns", list(rows[0]), list(columns))
    elif name != "taxact-spouse.csv":
        report.wrong(f"forms/{name}", "is not in the packet")
    return rows[1:]


def same_rows(name: str, told: list[Cells], found: list[Cells], report: Report) -> bool:
    """Hold the rows of a file against those made anew."""
    good = True
    if len(told) != len(found):
        report.wrong(f"forms/{name}, number of rows", f"is {len(told)}, and Form 8949 makes {len(found)}")
        good = False
    for number, (one, other) in enumerate(zip(told, found), 1):
        if one != other:
            report.wrong(f"forms/{name}, row {number}", f"says {short(list(one))}, and Form 8949 makes it "
                         f"{short(list(other))}")  # fmt: skip
            good = False
    return good


def check_split(told: list[Cells], plain: list[Cells], rows: list[Sold], lots: list[Told], report: Report) -> bool:
    """Hold TurboTax's file where a broker told of several lots in a row: each has one of its own, with its day."""
    more, name = Counter(told), "forms/turbotax.csv"
    missing = Counter(plain) - more
    more -= Counter(plain)
    for cells in missing:
        report.wrong(name, f"lacks the row {short(list(cells))}")
    groups: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if not row.codes and row.acquired == SEVERAL_DAYS:
            sums = groups.setdefault((row.what.partition(" ")[2], row.sold), [0, 0])
            sums[0] += cents_of(row.proceeds)
            sums[1] += cents_of(row.basis)
    known = Counter((f"{bare_number(lot['quantity'])} {lot['asset']}", american(lot["sold"]), american(lot["acquired"]))
                    for lot in lots)  # fmt: skip
    unknown = {(lot["asset"], american(lot["sold"])) for lot in lots if not lot["acquired"]}
    split: dict[tuple[str, str], list[int]] = {}
    good = not missing
    for cells in more.elements():
        asset, lot = cells[0].partition(" ")[2], (cells[0], cells[3], cells[1])
        known[lot] -= 1
        if (asset, cells[3]) not in groups or known[lot] < 0:
            report.wrong(name, f"has the row {short(list(cells))}, which no row of Form 8949 and no lot makes")
            good = False
        sums = split.setdefault((asset, cells[3]), [0, 0])
        sums[0] += cents_of(cells[4])
        sums[1] += cents_of(cells[2])
    for (asset, sold), sums in groups.items():
        if (asset, sold) not in unknown and split.get((asset, sold)) != sums:
            report.wrong(name, f"its rows of {short(asset)} sold on {sold} do not come to those of Form 8949")
            good = False
    return good


def american(day: str) -> str:
    """Return a day of a lot as the forms have it; "" where it is not known."""
    year, _, rest = day.partition("-")
    return f"{rest.replace('-', '/')}/{year}" if day else ""


def bare_number(text: str) -> str:
    """Return a number without the noughts at its end."""
    return text.rstrip("0").rstrip(".") if "." in text else text
