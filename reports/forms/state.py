"""The return of the state as tables: every line, its depreciation beside the federal one, and the figures behind it.

The lines are those that `lotwork liability --tax-table` tells of the state. Each figure says where it was read, and
whether somebody looked it up.
"""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.reports.csv_file import csv_text
from lotwork.reports.forms.drawn import Drawn
from lotwork.reports.forms.worksheets import FORMAT
from lotwork.reports.states import FIGURES_FILE, RIGS_FILE, YEARS_FILE, StatePapers
from lotwork.reports.traced import RETURN_FILE


def state_files(papers: StatePapers) -> Iterator[Drawn]:
    """Yield the lines, the second Form 4562 or what was added back, and the figures."""
    listing = papers.listing
    yield Drawn("state.csv", FORMAT, csv_text(RETURN_FILE, listing.lines).encode(), len(listing.lines))
    own = listing.depreciation
    if own is not None and own.rigs:
        yield Drawn("state-4562.csv", FORMAT, csv_text(RIGS_FILE, own.rigs).encode(), len(own.rigs))
    if own is not None and own.years:
        yield Drawn("state-add-back.csv", FORMAT, csv_text(YEARS_FILE, own.years).encode(), len(own.years))
    figures = papers.figures
    yield Drawn("state-figures.csv", FORMAT, csv_text(FIGURES_FILE, figures).encode(), len(figures))
