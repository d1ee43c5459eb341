"""Germany: private mining as other services, private sales within a year, or all of it as a trade.

Law: EStG s.22 Nr. 3 and s.23 with their limits, both of which are cliffs (*less than* 256 and 1,000); BMF letter of
6 March 2025 (IV C 1 - S 2256/00042/064/043): coins of one's own mining are acquired when they come, at their value,
and first in first out is allowed within each wallet. A sale is taxed if *not more than one year* lies between
acquisition and alienation (s.23(1) sentence 1 Nr. 2; BGB s.187, 188): of what came on 10 March a sale on the next
10 March is taxed, and on 11 March not. Of a trade (s.15) every gain counts, however long it was held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal

from lotwork.ledger.events import BUSINESS, JOINT
from lotwork.ledger.units import CENT, ZERO
from lotwork.projections.abroad.costs import Costs, costs_of
from lotwork.projections.abroad.doubts import given_away, other_receipts
from lotwork.projections.abroad.exchange_reports import exchanges_report
from lotwork.projections.abroad.fifo import Taken, costs_missing, events_of, first_in_first_out
from lotwork.projections.abroad.flows import Arrival, Flow, flows_of
from lotwork.projections.abroad.rates import Rates
from lotwork.projections.abroad.tax_return import Choices, ForeignReturn, Sheet, money
from lotwork.projections.basis.disposals import SOLD
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.de.income import EURO, above_limit, income_tax, surcharge, trade_tax
from lotwork.rules.line import Line
from lotwork.rules.load import Law

TOGETHER = frozenset({JOINT, "qss"})
"""Spouses assessed together (s.26, 26b); a widow in the year after (s.32a(6))."""

TAKEN_OUT = "what a trade gives away is taken out of it at what it is worth (EStG s.4(1) sentence 2, s.6(1) Nr. 4)"
NO_MULTIPLIER = Finding(
    "trade_tax_not_computed",
    "mining as a trade bears trade tax above the allowance: give the --multiplier (Hebesatz) of the town",
)


def prepare(book: Book, law: Law, year: int, rates: Rates, choices: Choices) -> ForeignReturn:
    """Return *year* under the law of Germany."""
    findings: list[Finding] = []
    flows = flows_of(book, rates, year, findings)
    life = choices.life_years or int(law.in_year("de/income/rig_life_years", year).amount())
    costs = costs_of(book, rates, year, life, findings)
    rates.check()
    profile = book.taxpayer.profile_on(year_end(year))
    sold = tuple(part for part in first_in_first_out(flows) if part.day.year == year and part.disposition in SOLD)
    sheet = Sheet("Einkommensteuer")
    mined = _mined(sheet, flows, year, costs)
    if profile.activity == BUSINESS:
        income, traded = _trade(sheet, mined, sold), True
    else:
        income, traded = _private(sheet, mined, sold, law, year), False
    spouses = profile.filing_status in TOGETHER
    summary = _assessed(sheet, income, law, year, choices, spouses=spouses, traded=traded)
    findings += costs_missing(sold, "its wallet")
    findings += exchanges_report(book, flows, law, year, "de", rates.currency)
    findings += other_receipts(flows, law, year, "de", rates.currency)
    findings += given_away(flows, year, TAKEN_OUT) if traded else ()
    if traded and choices.multiplier is None and trade_tax(income[0].amount, ZERO, law, year).base:
        findings.append(NO_MULTIPLIER)
    return ForeignReturn(
        jurisdiction="de",
        year=year,
        currency="EUR",
        sheets=(sheet,),
        summary=summary,
        covers=(
            "mining as a trade (s.15), every gain with it" if traded
            else "private mining (s.22 Nr. 3) and private sales within a year (s.23), with their limits",
            "first in first out in each wallet",
            f"rigs in equal parts over {life} years",
            f"the tariff{' on half the income, twice (s.32a(5)),' if spouses else ''} and the solidarity surcharge",
        ),
        does_not_cover=law.in_year("de/income/not_covered", year).texts(),
        rates_used=tuple(rates.used),
        findings=tuple(findings),
    )  # fmt: skip


def last_taxed_day(since: date) -> date:
    """Return the last day on which a sale of what was acquired on *since* is taxed (BGB s.188(2), (3))."""
    if (since.month, since.day) == (2, 29):
        return date(since.year + 1, 2, 28)
    return since.replace(year=since.year + 1)


def _mined(sheet: Sheet, flows: Iterable[Flow], year: int, costs: Costs) -> Line:
    came = [flow for flow in flows if isinstance(flow, Arrival) and flow.how == "receipt" and flow.day.year == year]
    received = sheet.write("Coins received, at their value that day", money(sum(flow.cost for flow in came)),
                           events=[flow.event for flow in came], cites=("EStG s.22 Nr. 3, s.15",))  # fmt: skip
    spent = sheet.write("Bills, and rigs by the month", money(costs.total), cites=("EStG s.9(1), s.7(1)",),
                        events=(*costs.bill_events, *costs.rig_events))  # fmt: skip
    return sheet.write("Mining", received.amount - spent.amount, inputs=(received, spent))


def _private(sheet: Sheet, mined: Line, sold: Sequence[Taken], law: Law, year: int) -> tuple[Line, ...]:
    """Write what is taxed of private mining and private sales, each whole or not at all."""
    limit_22, limit_23 = (law.in_year(f"de/income/{name}_limit", year) for name in ("mining", "disposal"))
    least = limit_22.amount()
    services = sheet.write(f"Taxed: nothing if less than {least:f}", above_limit(mined.amount, least), inputs=(mined,),
                           figures=(limit_22,))  # fmt: skip
    short = [part for part in sold if _within_a_year(part)]
    free = [part for part in sold if not _within_a_year(part)]
    sheet.write("Gained on coins held more than one year: not taxed", money(sum(part.gain for part in free)),
                events=events_of(free), cites=("EStG s.23(1) sentence 1 Nr. 2",))  # fmt: skip
    gained = sheet.write("Gained on coins held not more than one year", money(sum(part.gain for part in short)),
                         events=events_of(short), cites=("EStG s.23(1) sentence 1 Nr. 2, s.23(3)",))  # fmt: skip
    least = limit_23.amount()
    sales = sheet.write(f"Taxed: nothing if less than {least:f}", above_limit(gained.amount, least), inputs=(gained,),
                        figures=(limit_23,))  # fmt: skip
    return services, sales


def _trade(sheet: Sheet, mined: Line, sold: Sequence[Taken]) -> tuple[Line, ...]:
    """Write the profit of a trade: mining, and what coins gained since they came."""
    gained = sheet.write("Gained on coins sold, however long they were held", money(sum(part.gain for part in sold)),
                         events=events_of(sold), cites=("EStG s.15, s.4",))  # fmt: skip
    return (sheet.write("Profit of the trade", mined.amount + gained.amount, inputs=(mined, gained)),)


def _within_a_year(part: Taken) -> bool:
    return part.since is None or part.day <= last_taxed_day(part.since)


def _assessed(
    sheet: Sheet, income: tuple[Line, ...], law: Law, year: int, choices: Choices, *, spouses: bool, traded: bool
) -> dict[str, Decimal | None]:
    other = sheet.write("Other taxable income, as told", choices.other_income)
    whole = max(ZERO, sum((each.amount for each in income), other.amount)).quantize(EURO, ROUND_DOWN)
    taxable = sheet.write("Taxable income, in full euro", whole, inputs=(*income, other))
    tariff = sheet.write("Income tax by the tariff", income_tax(whole, law, year, spouses=spouses), inputs=(taxable,),
                         figures=(law.in_year("de/income/tariff", year),))  # fmt: skip
    tax, trade = tariff, None
    if traded and choices.multiplier is not None:
        profit = max(ZERO, income[0].amount)
        made = trade_tax(profit, choices.multiplier, law, year)
        figure = law.in_year("de/income/trade_tax", year)
        trade = sheet.write(f"Trade tax at {choices.multiplier:f} percent", made.tax, inputs=income, figures=(figure,))
        # EStG s.35(1) sentence 2: no more than the tax that falls on the trade's part of the positive income.
        positive = profit + max(ZERO, other.amount)
        most = tariff.amount * profit / positive if positive else ZERO
        credit = sheet.write("Credited for it", min(made.credit, most).quantize(CENT, ROUND_DOWN),
                             inputs=(trade, tariff), cites=("EStG s.35(1)",))  # fmt: skip
        tax = sheet.write("Income tax", tariff.amount - credit.amount, inputs=(tariff, credit))
    # SolZG s.3: the surcharge is measured by the assessed income tax.
    extra = sheet.write(
        "Solidarity surcharge", surcharge(tax.amount, law, year, spouses=spouses), inputs=(tax,),
        figures=[law.in_year(f"de/income/surcharge_{name}", year) for name in ("rate", "phase_in_rate", "exempt_tax")],
    )  # fmt: skip
    owed = (tax, extra) if trade is None else (tax, extra, trade)
    total = sheet.write("Total", sum((each.amount for each in owed), ZERO), inputs=owed)
    return {
        "taxable": taxable.amount,
        "tax": tax.amount,
        "solidarity_surcharge": extra.amount,
        "trade_tax": None if trade is None else trade.amount,
        "total": total.amount,
    }
