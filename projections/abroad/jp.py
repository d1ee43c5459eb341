"""Japan: mined coins are miscellaneous income at their value, and so is what a disposal brings above its average cost.

Law: Income Tax Act Art. 35 (miscellaneous income), 36 (at the value of what came), 37 (costs), 48-2 (cost of coins),
69 (its loss offsets no other income), 89 (the table); NTA, tax treatment of crypto assets (FAQ). From the year an
announced reform takes effect disposals stand apart at their own rate, and mining stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import cast

from lotwork.ledger.units import ZERO
from lotwork.projections.abroad.average import AverageYear, CostMethod, average_years
from lotwork.projections.abroad.costs import Costs, costs_of
from lotwork.projections.abroad.doubts import given_away, other_receipts
from lotwork.projections.abroad.flows import Arrival, Flow, flows_of
from lotwork.projections.abroad.rates import Rates
from lotwork.projections.abroad.tax_return import Choices, ForeignReturn, Sheet, money
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.jp.income import assess, cut
from lotwork.rules.line import Line
from lotwork.rules.load import Law

YEN = Decimal(1)
ACT = "Income Tax Act"
AT_MARKET = "coins given away count as income at their market value (Income Tax Act Art. 40)"


def prepare(book: Book, law: Law, year: int, rates: Rates, choices: Choices) -> ForeignReturn:
    """Return *year* under the law of Japan."""
    findings: list[Finding] = []
    flows = flows_of(book, rates, year, findings)
    life = choices.life_years or int(law.in_year("jp/income/rig_life_years", year).amount())
    costs = costs_of(book, rates, year, life, findings)
    rates.check()
    method = cast("CostMethod", choices.cost_method)
    years = [each for each in average_years(flows, year, method).values() if each.year == year]
    sheet = Sheet("Miscellaneous income")
    mined, sold = _mined(sheet, flows, year, costs), _sold(sheet, years, method)
    taxed_apart = law.in_year("jp/income/disposals", year)
    apart = taxed_apart.text() == "separate"
    if apart:
        findings.append(_announced(year, taxed_apart.source))
    told = (*other_receipts(flows, law, year, "jp", rates.currency), *given_away(flows, year, AT_MARKET))
    summary = _assessed(sheet, mined, sold, law, year, choices.other_income, apart=apart)
    return ForeignReturn(
        jurisdiction="jp",
        year=year,
        currency="JPY",
        sheets=(sheet,),
        summary=summary,
        covers=(
            "coins received by mining, at their value, with bills and rigs as costs",
            f"disposals at the {method.replace('_', ' ')} of each kind of coin",
            f"national tax with its surtax, and resident tax; rigs in equal parts over {life} years",
            _employee(law, year, summary["miscellaneous_income"]),
        ),
        does_not_cover=law.in_year("jp/income/not_covered", year).texts(),
        rates_used=tuple(rates.used),
        findings=(*findings, *_missing(years), *told),
    )


def _mined(sheet: Sheet, flows: Iterable[Flow], year: int, costs: Costs) -> Line:
    came = [flow for flow in flows if isinstance(flow, Arrival) and flow.how == "receipt" and flow.day.year == year]
    received = sheet.write("Coins received, at their value that day", money(sum(flow.cost for flow in came)),
                           events=[flow.event for flow in came], cites=(f"{ACT} Art. 36",))  # fmt: skip
    bills = sheet.write("Bills", money(costs.bills), events=costs.bill_events, cites=(f"{ACT} Art. 37",))
    rigs = sheet.write("Rigs, by the month", money(costs.depreciation), events=costs.rig_events,
                       cites=(f"{ACT} Art. 49",))  # fmt: skip
    return sheet.write("Mining", received.amount - bills.amount - rigs.amount, inputs=(received, bills, rigs))


def _sold(sheet: Sheet, years: Iterable[AverageYear], method: CostMethod) -> Line:
    proceeds, cost = 0, 0
    came: list[str] = []
    left: list[str] = []
    for each in years:
        proceeds, cost = proceeds + each.proceeds, cost + each.sold_cost
        came += each.arrivals
        left += each.departures
    brought = sheet.write("Coins sold, spent and swapped", money(proceeds), events=left, cites=(f"{ACT} Art. 35, 36",))
    spent = sheet.write(f"Their cost, by the {method.replace('_', ' ')}", money(cost), events=(*left, *came),
                        cites=(f"{ACT} Art. 48-2; Enforcement Order Art. 119-2",))  # fmt: skip
    return sheet.write("Disposals", brought.amount - spent.amount, inputs=(brought, spent))


def _assessed(
    sheet: Sheet, mined: Line, sold: Line, law: Law, year: int, other: Decimal, *, apart: bool
) -> dict[str, Decimal | None]:
    inside = (mined,) if apart else (mined, sold)
    net = cut(sum((each.amount for each in inside), ZERO), YEN)
    income = sheet.write("Miscellaneous income; a loss offsets no other income", max(ZERO, net), inputs=inside,
                         cites=(f"{ACT} Art. 35, 69(1)",))  # fmt: skip
    others = sheet.write("Other income, after deductions, as told", other)
    separate, resident_apart = ZERO, ZERO
    if apart:
        rates = law.in_year("jp/income/separate_rates", year)
        base = cut(max(ZERO, sold.amount), Decimal(1_000))
        separate, resident_apart = base * rates.numbers()["national"], base * rates.numbers()["resident"]
        sheet.write("Disposals, taxed apart: national", separate, inputs=(sold,), figures=(rates,))
        sheet.write("Disposals, taxed apart: resident", resident_apart, inputs=(sold,), figures=(rates,))
    made = assess(income.amount + others.amount, law, year, separate)
    table = [law.in_year(f"jp/income/{name}", year) for name in ("tops", "rates", "quick_deductions")]
    taxable = sheet.write("Taxable income, cut to 1,000 yen", made.taxable, inputs=(income, others))
    before = sheet.write(f"National tax: {made.rate:%} less {made.deduction:f}", made.before_surtax, inputs=(taxable,),
                         figures=table)  # fmt: skip
    tax = sheet.write("National tax with its surtax, cut to 100 yen", made.tax, inputs=(before,),
                      figures=(law.in_year("jp/income/surtax_rate", year),))  # fmt: skip
    resident = sheet.write(
        "Resident tax on the same base", made.resident + resident_apart, inputs=(taxable,),
        figures=(law.in_year("jp/income/resident_rate", year), law.in_year("jp/income/resident_per_capita", year)),
    )  # fmt: skip
    total = sheet.write("Both", tax.amount + resident.amount, inputs=(tax, resident))
    return {
        "miscellaneous_income": income.amount,
        "taxable": taxable.amount,
        "income_tax_before_surtax": before.amount,
        "tax": tax.amount,
        "resident_tax": resident.amount,
        "total": total.amount,
    }


def _employee(law: Law, year: int, income: Decimal | None) -> str:
    limit = law.in_year("jp/income/employee_limit", year)
    below = income is not None and income <= limit.amount()
    return (
        f"an employee taxed at source {'need not' if below else 'has to'} file a national return for it: the limit is "
        f"{limit.amount():,.0f} yen of income beside wages ({limit.cite}); resident tax has no such limit"
    )


def _announced(year: int, source: str) -> Finding:
    return Finding(
        "law_announced",
        f"{year} is computed on law that is announced and not enacted ({source}): look again once it is",
    )


def _missing(years: Iterable[AverageYear]) -> list[Finding]:
    return [
        Finding(
            "cost_missing",
            f"more {each.asset} left in {each.year} than had come: that part cost nothing; add what brought it",
        )
        for each in years
        if each.missing_quantity
    ]
