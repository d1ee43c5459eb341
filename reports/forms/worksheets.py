"""The rest of the return as tables: every line by form, every bill by its line of Schedule C, every rig of Form 4562.

The lines are those of `lotwork liability --tax-table`, as a return is filed. A wrong figure here would be one there.
"""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.projections.liability import Liability
from lotwork.reports.costs import BILLS, RIGS, bill_row, rig_row
from lotwork.reports.csv_file import csv_text
from lotwork.reports.forms.drawn import Drawn
from lotwork.reports.traced import RETURN_FILE, traced_line_row
from lotwork.rules.line import by_form

FORMAT = "return"


def worksheets(owed: Liability) -> Iterator[Drawn]:
    """Yield the lines of the return in the order its forms are copied, then each spouse's bills and rigs."""
    forms = by_form(owed.lines, lambda traced: (traced.line.form, traced.line.line))
    lines = [traced for form in forms.values() for traced in form]
    yield Drawn("return.csv", FORMAT, csv_text(RETURN_FILE, map(traced_line_row, lines)).encode(), len(lines))
    for business, whose in zip(owed.businesses, ("", "-spouse"), strict=False):
        bills, rigs = business.expenses.rows, business.equipment.rows
        if bills:
            yield Drawn(f"bills{whose}.csv", FORMAT, csv_text(BILLS, map(bill_row, bills)).encode(), len(bills))
        if rigs:
            yield Drawn(f"rigs{whose}.csv", FORMAT, csv_text(RIGS, map(rig_row, rigs)).encode(), len(rigs))
