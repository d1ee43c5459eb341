"""What Form 8949 on paper costs: `python -m bench.paper [ROWS]`, 10,000 rows where none are named.

The rows are made up, and drawn in a process of their own, so that its memory is that of the drawing alone: under 5
seconds and 400 MiB.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from datetime import date, timedelta

from lotwork.ledger.units import AssetTable
from lotwork.projections.forms.form_8949 import Form8949, SaleRow, ScheduleDLine, in_cents, total_of
from lotwork.reports.forms.drawn import Drawing
from lotwork.reports.forms.sheets.paper import Document
from lotwork.reports.forms.sheets.sales import sheets_of_8949
from lotwork.reports.forms.sheets.typeset import pdf

ROWS, YEAR, SEED, KIB = 10_000, 2025, 8949, 1024


def drawing(rows: int) -> Drawing:
    """Return a Form 8949 of so many sales in box I."""
    chance = random.Random(SEED)
    first = date(YEAR, 1, 1)
    told = in_cents([
        SaleRow("I", "short", "BTC", chance.randrange(10**8), first, first + timedelta(days=at % 365),
                chance.randrange(10**11), chance.randrange(10**11), "", 0, "taxpayer")
        for at in range(rows)
    ])  # fmt: skip
    return Drawing(
        Form8949(YEAR, told, (ScheduleDLine("3", "I", total_of(told), 0),)), AssetTable(), "b", "l", 1, "h", ()
    )


def main() -> None:
    """Draw it once, and print what it took."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    sheets = tuple(sheets_of_8949(drawing(rows)))
    began, cpu = time.perf_counter(), time.process_time()
    content = pdf(Document(title="bench", year=YEAR, foot="bench", draft=True, sheets=sheets, tagged=False))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB
    print(
        f"{rows} rows: {time.perf_counter() - began:.2f} s, {time.process_time() - cpu:.2f} s of CPU, {peak} MiB, "
        f"{len(content)} bytes"
    )


if __name__ == "__main__":
    main()
