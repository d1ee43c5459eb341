"""The forms that were packed: Form 8949 against the rows re-done, its sums, Schedule D and the lines of the return."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

from lotwork.packet.checks.amounts import in_words
from lotwork.packet.checks.container import Members
from lotwork.packet.checks.disposals import micros_of
from lotwork.packet.checks.figures import KEYS_OF_RESULTS, Redone, check_heading
from lotwork.packet.checks.gross import Filer, check_gross
from lotwork.packet.checks.lines import MOST_APART_CENTS, cents_of, check_follows
from lotwork.packet.checks.preparers import bare_number, check_preparers, sold_rows
from lotwork.packet.checks.telling import BrokenPacketError, Report, Told, read_json

FORMS_FOLDER, OF_A_DRAFT = "forms/", "-DRAFT"
TOLD_WITH_BASIS = "ADGJ"
"""Boxes of sales of which a broker told the basis to the IRS."""
OF_PREPARERS = ("drake.csv", "taxact.csv", "taxact-spouse.csv", "turbotax.csv")
LOT_KEYS = ("disposal", "lot", "wallet", "asset", "quantity", "sold", "acquired", "proceeds_usd", "basis_usd",
            "adjustment_usd", "gain_usd", "term")  # fmt: skip


def read_csv(members: Members, name: str) -> list[Told]:
    """Return the rows of a CSV by the names of its columns."""
    rows = list(csv.reader(members.read(name).decode("utf-8").splitlines()))
    if not rows:
        raise BrokenPacketError(name, "is empty")
    if any(len(row) != len(rows[0]) for row in rows):
        raise BrokenPacketError(name, "has a row of other columns than its first")
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def bare_cell(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from reading it as a formula."""
    return cell.removeprefix("'")


class FormFiles:
    """The files below `forms/`, by their names without what marks a draft."""

    def __init__(self, members: Members) -> None:
        self._members = members
        self.names = {
            name[len(FORMS_FOLDER) :].replace(OF_A_DRAFT, ""): name
            for name in members.names()
            if name.startswith(FORMS_FOLDER)
        }

    def rows(self, name: str) -> list[Told]:
        """Return the rows of a CSV; none where the packet has no such file."""
        return read_csv(self._members, self.names[name]) if name in self.names else []

    def cells(self, name: str) -> list[tuple[str, ...]]:
        """Return the bare cells of a CSV, its heading first; none where the packet has no such file."""
        if name not in self.names:
            return []
        text = self._members.read(self.names[name]).decode("utf-8")
        return [tuple(map(bare_cell, row)) for row in csv.reader(text.splitlines())]

    def boxes(self) -> list[str]:
        """Return the boxes that have a file."""
        return sorted(name[5:-4] for name in self.names if name.startswith("8949-") and name.endswith(".csv"))


def check_forms(members: Members, redone: Redone, manifest: Told, report: Report) -> None:
    """Check Form 8949 row by row, its sums, Schedule D, and the lines of the return."""
    files = FormFiles(members)
    liability = read_json(members.read("results/liability.json"), "results/liability.json")
    check_heading(liability, "liability", KEYS_OF_RESULTS["liability"], manifest, report)
    check_lots_file(files, redone, report)
    totals = {box: check_box(files, box, report) for box in files.boxes()}
    if told_by_brokers(redone):
        report.note("a broker told of sales on Form 1099-DA, or a rig was sold: rows of Form 8949 that are entered as "
                    "the broker told them are held against their lots and their sums, not one by one.")  # fmt: skip
    else:
        check_rows(files, redone, report)
    by_box = {box: files.cells(f"8949-{box}.csv")[1:] for box in files.boxes()}
    rows = sold_rows(by_box, None if told_by_brokers(redone) else redone.lots.gains.rows, Filer(redone))
    check_preparers({name: files.cells(name) for name in OF_PREPARERS}, rows, files.rows("lots.csv"), report)
    check_schedule_d(files, totals, {} if told_by_brokers(redone) else liability, report)
    check_lines(files, liability, report)
    check_follows(liability, check_gross(liability, redone, report), report)


def told_by_brokers(redone: Redone) -> bool:
    """Say whether rows of Form 8949 may come from what a broker told, or from a rig."""
    return any(each.kind in ("broker_report", "equipment_sale") for each in redone.holding.events)


def check_lots_file(files: FormFiles, redone: Redone, report: Report) -> None:
    """Hold every lot behind Form 8949 against the rows re-done, whatever order they stand in."""
    keys = LOT_KEYS if told_by_brokers(redone) else (*LOT_KEYS, "box", "adjustment_code")
    rows, filer = files.rows("lots.csv"), Filer(redone)
    told = Counter(tuple(bare_cell(row[key]) for key in keys) for row in rows)
    found: Counter[tuple[str, ...]] = Counter()
    for row in redone.lots.gains.rows:
        found[tuple("" if row[key] is None else bare_cell(row[key]) for key in keys)] += 1
    for number, row in enumerate(rows, 1):
        mine = (row["sold"], filer.owner(bare_cell(row["wallet"])), "yes" if row["box"] in TOLD_WITH_BASIS else "no")
        report.compare(f"forms/lots.csv, row {number}", (row["at"], row["owner"], row["covered"]), mine)
    if told == found:
        report.holds(f"{sum(found.values())} lots behind Form 8949 are the rows re-done, to the micro-dollar.")
    for lot in (told - found) + (found - told):
        report.wrong("forms/lots.csv", f"the lot {lot[1] or 'of coins never recorded'} of {lot[0]} is not as re-done")


def check_box(files: FormFiles, box: str, report: Report) -> list[int]:
    """Check the arithmetic of each row of a box; return its columns (d), (e), (g), (h) added up, and its rows."""
    name, sums = f"8949-{box}.csv", [0, 0, 0, 0]
    rows = files.rows(name)
    for number, row in enumerate(rows, 1):
        cells = list(row.values())
        d, e, g, h = (cents_of(cells[place]) if cells[place] else 0 for place in (3, 4, 6, 7))
        if d - e + g != h:
            report.wrong(f"forms/{name}, row {number}", "its gain is not its proceeds less its basis and adjustment")
        sums = [before + amount for before, amount in zip(sums, (d, e, g, h))]
    return [*sums, len(rows)]


def check_rows(files: FormFiles, redone: Redone, report: Report) -> None:
    """Hold each row of Form 8949 against the row re-done, which it is in cents."""
    by_box: dict[str, list[Told]] = {}
    for row in sorted(redone.lots.gains.rows, key=lambda each: each["sold"]):
        by_box.setdefault(row["box"], []).append(row)
    good = report.compare("forms, boxes of Form 8949", files.boxes(), sorted(by_box))
    for box, exact in by_box.items():
        rows = files.rows(f"8949-{box}.csv")
        good = report.compare(f"forms/8949-{box}.csv, number of rows", len(rows), len(exact)) and good
        for number, (row, mine) in enumerate(zip(rows, exact), 1):
            where, cells = f"forms/8949-{box}.csv, row {number}", list(row.values())
            what = f"{bare_number(mine['quantity'])} {mine['asset']}"
            good = report.compare(f"{where}, (a)", bare_cell(cells[0]), bare_cell(what)) and good
            good = report.compare(f"{where}, (b)", cells[1], american_day(mine["acquired"])) and good
            good = report.compare(f"{where}, (c)", cells[2], american_day(mine["sold"])) and good
            good = report.compare(f"{where}, (f)", cells[5], mine["adjustment_code"] or "") and good
            for place, key in ((3, "proceeds_usd"), (4, "basis_usd"), (6, "adjustment_usd")):
                told = cents_of(cells[place]) if cells[place] else 0
                if abs(told * 10_000 - micros_of(mine[key])) > MOST_APART_CENTS * 10_000:
                    report.wrong(f"{where}, {key}", f"says {cells[place]}, and re-done it is {mine[key]}")
                    good = False
    if good:
        report.holds(f"each of {sum(map(len, by_box.values()))} rows of Form 8949 stands in its box with its days, its "
                     "coins and its amounts in cents.")  # fmt: skip


def american_day(day: str | None) -> str:
    """Return a day as the form has it."""
    return "VARIOUS" if day is None else date.fromisoformat(day).strftime("%m/%d/%Y")


def check_schedule_d(files: FormFiles, totals: dict[str, list[int]], liability: Told, report: Report) -> None:
    """Hold Schedule D against the sums of its boxes, and against the return, which goes by the boxes of the ledger."""
    on_return = {line["line"]: cents_of(line["amount_usd"]) for line in liability.get("lines", ())
                 if line["form"] == "Schedule D"}  # fmt: skip
    good, seen = True, []
    for row in files.rows("schedule-d.csv"):
        line, boxes = row["Line"], [box for box in row["Boxes"].split(", ") if box]
        seen.extend(boxes)
        sums = [sum(column) for column in zip(*(totals.get(box, [0] * 5) for box in boxes))] or [0] * 5
        found = [cents_of(row[name]) for name in ("(d) Proceeds", "(e) Cost or other basis", "(g) Adjustments",
                                                  "(h) Gain or (loss)")]  # fmt: skip
        good = report.compare(f"forms/schedule-d.csv, line {line}", [*found, int(row["Rows"])], sums) and good
        if liability:
            there, where = in_words(on_return.get(line, 0), 2), f"Schedule D, line {line}, on the return"
            good = report.compare(where, there, in_words(found[3], 2)) and good
            good = report.compare(f"{where}, as the file tells it", row["On the return"], there) and good
    if report.compare("forms/schedule-d.csv, its boxes", sorted(seen), sorted(totals)) and good:
        whole = in_words(sum(sums[3] for sums in totals.values()), 2)
        report.holds(f"the lines of Schedule D are the sums of Form 8949, and come to {whole} USD.")


def check_lines(files: FormFiles, liability: Told, report: Report) -> None:
    """Hold the lines in the forms against the answer of the return: in its order, with its words and citations."""
    told = [[bare_cell(cell) for cell in row.values()] for row in files.rows("return.csv")]
    found = [
        [bare_cell(cell) for cell in (each["form"], each["line"], each["label"], each["amount_usd"],
                                      ", ".join(each["cites"]), ", ".join(each["from"]))]
        for each in liability["lines"]
    ]  # fmt: skip
    good = report.compare("forms/return.csv, number of lines", len(told), len(found))
    for number, (one, other) in enumerate(zip(told, found), 1):
        good = report.compare(f"forms/return.csv, line {number}", one, other) and good
    if good:
        report.holds(f"the {len(found)} lines of the return stand in the forms as in the answer.")
