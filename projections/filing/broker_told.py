"""What brokers told the IRS of a year, held against the sales of its return: more sold, or for more, than it has.

Law: a broker's Form 1099-DA is the IRS's too (26 U.S.C. 6045(g)), and gross income is all of it (61(a)(3)). Sums of a
wallet and a coin are compared; `projections.reconcile.broker` goes line by line. A line on the first or the last day of
a year may be another year's, by a time zone, and is left to that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from lotwork.ledger.events import BrokerReport
from lotwork.ledger.units import MICROS, unscaled, usd_decimal
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.line import to_cents

FEES_PART = 20
"""A form tells proceeds before the fee, which is no more than a twentieth of them."""
LEAST = 10 * MICROS


def told_more(book: Book, year: int) -> Iterator[Finding]:
    """Yield a finding for each wallet and coin of which brokers reported more of *year* than the ledger has sold.

    *book* must keep the rows of the year; of one that does not nothing can be said.
    """
    if year not in book.income.years:
        return
    edges = date(year, 1, 1), date(year, 12, 31)
    told: defaultdict[tuple[str, str], list[BrokerReport]] = defaultdict(list)
    for line in book.history.of_kind("broker_report"):
        if isinstance(line, BrokerReport) and edges[0] < line.sold < edges[1]:
            told[line.wallet, line.asset].append(line)
    for (wallet, asset), lines in sorted(told.items()):
        rows = [row for row in book.gains.rows if row.sold.year == year and (row.wallet, row.asset) == (wallet, asset)]
        sold, got = sum(row.quantity for row in rows), sum(row.proceeds_usd_micros for row in rows)
        reported = sum(line.quantity for line in lines)
        proceeds = sum(line.proceeds_usd_micros for line in lines)
        if reported <= sold and proceeds - got <= max(LEAST, proceeds // FEES_PART):
            continue
        decimals = book.history.assets.decimals(asset)
        yield Finding(
            "broker_told_more",
            f"Forms 1099-DA ({lines[0].id}) tell the IRS of {unscaled(reported, decimals)} {asset} sold from {wallet} "
            f"in {year} for {to_cents(usd_decimal(proceeds))}, and this return has {unscaled(sold, decimals)} for "
            f"{to_cents(usd_decimal(got))}: see `lotwork reconcile broker --year {year}`, and record what "
            "is missing, or void a report that is wrong",
        )
