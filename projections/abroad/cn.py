"""China: one year both ways, as transfers of property and as a business, since nobody has said which mining is.

Guo Shui Han [2008] 818 puts coins bought and resold under the transfer of property; that it holds for mined coins is a
common reading, not its words. As a transfer, each sale stands alone and a loss offsets no other (IIT Law Art. 6(5)); a
mined coin's original value is its share of the costs of its year. As a business, coins are revenue at their value when
they come, and a later sale adds what it brings above that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import partial

from lotwork.ledger.units import ZERO, divide
from lotwork.projections.abroad.costs import costs_of
from lotwork.projections.abroad.doubts import other_receipts
from lotwork.projections.abroad.fifo import Taken, costs_missing, first_in_first_out
from lotwork.projections.abroad.flows import Arrival, Flow, flows_of
from lotwork.projections.abroad.rates import Rates
from lotwork.projections.abroad.tax_return import Choices, ForeignReturn, Sheet, money
from lotwork.projections.basis.disposals import SOLD
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.cn.income import bracket
from lotwork.rules.load import Law

IIT = "Individual Income Tax Law of the PRC"


def prepare(book: Book, law: Law, year: int, rates: Rates, choices: Choices) -> ForeignReturn:
    """Return *year* under the law of the PRC."""
    findings: list[Finding] = []
    flows = flows_of(book, rates, year, findings)
    life = choices.life_years or int(law.in_year("cn/income/rig_life_years", year).amount())
    spent = {
        when: costs_of(book, rates, when, life, findings if when == year else [])
        for when in sorted({flow.day.year for flow in flows if isinstance(flow, Arrival)} | {year})
    }
    rates.check()
    mined = _mined(flows)
    production = {when: costs.total for when, costs in spent.items()}
    property_sheet = Sheet("Transfer of property")
    by_transfer = first_in_first_out(flows, partial(_original_value, mined, production), by_wallet=False)
    property_tax = _property(property_sheet, _of_year(by_transfer, year), law, year)
    business_sheet = Sheet("Business income")
    at_value = _of_year(first_in_first_out(flows, by_wallet=False), year)
    findings += other_receipts(flows, law, year, "cn", rates.currency)
    findings += costs_missing(at_value, "all wallets together")
    events = (*spent[year].bill_events, *spent[year].rig_events)
    business = _business(business_sheet, flows, at_value, (money(spent[year].total), events), law, year)
    return ForeignReturn(
        jurisdiction="cn",
        year=year,
        currency="CNY",
        sheets=(property_sheet, business_sheet),
        summary={
            "property_taxable": property_tax[0],
            "property_tax": property_tax[1],
            "business_taxable": business[0],
            "business_tax": business[1],
            "taxable": business[0],
            "tax": business[1],
        },
        covers=(
            "coins sold, spent or swapped, each as a transfer of property at 20 percent",
            "the same year as business income under Rate Table 2 with its quick deductions",
            f"costs from the ledger, rigs in equal parts over {life} years",
        ),
        does_not_cover=(
            *law.in_year("cn/income/caveats", year).texts(),
            *law.in_year("cn/income/not_covered", year).texts(),
        ),
        rates_used=tuple(rates.used),
        findings=tuple(findings),
    )


def _of_year(taken: Iterable[Taken], year: int) -> tuple[Taken, ...]:
    return tuple(each for each in taken if each.day.year == year and each.disposition in SOLD)


def _mined(flows: Iterable[Flow]) -> dict[int, int]:
    """Return the value of the coins received in each year."""
    value: defaultdict[int, int] = defaultdict(int)
    for flow in flows:
        if isinstance(flow, Arrival) and flow.how == "receipt":
            value[flow.day.year] += flow.cost
    return value


def _original_value(mined: dict[int, int], production: dict[int, int], arrival: Arrival) -> int:
    """Return what coins cost to get: the price of those bought, of those mined their part of the year's costs."""
    if arrival.how != "receipt":
        return arrival.cost
    when = arrival.day.year
    return divide(production.get(when, 0) * arrival.cost, mined[when]) if mined[when] else 0


def _property(sheet: Sheet, taken: Iterable[Taken], law: Law, year: int) -> tuple[Decimal, Decimal]:
    rate = law.in_year("cn/income/property_rate", year)
    transfers: defaultdict[str, list[Taken]] = defaultdict(list)
    for part in taken:
        transfers[part.disposal].append(part)
    gains = {name: sum(part.gain for part in parts) for name, parts in transfers.items()}
    every = [part for parts in transfers.values() for part in parts]
    lots = [name for part in every for name in (part.disposal, part.lot) if name is not None]
    proceeds = sheet.write("Proceeds of coins", money(sum(part.proceeds for part in every)), events=lots,
                           cites=(f"{IIT} Art. 3(3)",))  # fmt: skip
    value = sheet.write("Original value and reasonable expenses", money(sum(part.cost for part in every)), events=lots,
                        cites=(f"{IIT} Art. 6(5)", "Guo Shui Han [2008] 818, 2."))  # fmt: skip
    lost = money(-sum(gain for gain in gains.values() if gain < 0))
    unused = sheet.write("Losses of single transfers, which offset no other", lost, inputs=(proceeds, value))
    taxable = sheet.write("Taxable transfers", proceeds.amount - value.amount + unused.amount,
                          inputs=(proceeds, value, unused), cites=(f"{IIT} Art. 6(5)",))  # fmt: skip
    tax = sheet.write("Tax", taxable.amount * rate.amount(), inputs=(taxable,), figures=(rate,))
    return taxable.amount, tax.amount


def _business(
    sheet: Sheet,
    flows: Iterable[Flow],
    taken: Iterable[Taken],
    costs: tuple[Decimal, tuple[str, ...]],
    law: Law,
    year: int,
) -> tuple[Decimal, Decimal]:
    came = [flow for flow in flows if isinstance(flow, Arrival) and flow.how == "receipt" and flow.day.year == year]
    parts = list(taken)
    revenue = sheet.write("Coins received, at their value that day", money(sum(flow.cost for flow in came)),
                          events=[flow.event for flow in came], cites=(f"{IIT} Art. 2(5), 6(3)",))  # fmt: skip
    gains = sheet.write(
        "Gained or lost on coins since they came", money(sum(part.gain for part in parts)),
        events=[name for part in parts for name in (part.disposal, part.lot) if name is not None],
    )  # fmt: skip
    spent = sheet.write("Costs: bills, and rigs by the month", costs[0], events=costs[1], cites=(f"{IIT} Art. 6(3)",))
    taxable = sheet.write("Annual taxable income", max(ZERO, revenue.amount + gains.amount - spent.amount),
                          inputs=(revenue, gains, spent))  # fmt: skip
    rate, quick = bracket(taxable.amount, law, year)
    table = [law.in_year(f"cn/income/{name}", year) for name in ("tops", "rates", "quick_deductions")]
    tax = sheet.write(f"Tax: {rate:%} less {quick:f}", taxable.amount * rate - quick, inputs=(taxable,), figures=table)
    return taxable.amount, tax.amount
