"""What `lots --json`, `liability --json`, `gains --json`, `income --json` and `findings --json` print of a book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from lotwork.ledger.storage.batch import Head
from lotwork.projections.as_of import Folded
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import findings_in
from lotwork.projections.replay.book import Book
from lotwork.reports.answers import answer_gains, answer_income, answer_liability, answer_lots
from lotwork.reports.findings import list_counts
from lotwork.reports.rows import Row
from lotwork.reports.whole_result import pieces_of_result
from lotwork.rules.load import Law

TODAY = date(2026, 3, 1)


def printed(book: Book, law: Law, head: Head) -> bytes:
    """Return all of it, of each year that *book* keeps, under *head*."""
    return b"".join(_pieces(Folded(book, law), head))


def _pieces(folded: Folded, head: Head) -> Iterator[bytes]:
    def result(name: str, listing: Row, findings: Iterable[Finding]) -> Iterator[bytes]:
        told = findings_in(head.book, findings)
        return pieces_of_result(name, listing, head=head, law=folded.law, findings=told)

    told = folded.book.told()
    yield from result("findings", list_counts(Counter(each.code for each in told)), told)
    yield from result("lots", *answer_lots(folded, None))
    for year in sorted(folded.book.gains.years):
        yield from result("gains", *answer_gains(folded, year))
        yield from result("income", *answer_income(folded, year))
        yield from result("liability", *answer_liability(folded, year, TODAY, tax_table=False, as_filed=False)[:2])
