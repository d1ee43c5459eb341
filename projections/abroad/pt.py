"""Portugal: mining as business income by a coefficient, and what coins gained within 365 days.

Law: CIRS Art. 4 and 31 (Category B, simplified regime: 0.95 of mining, 0.15 of other operations with coins), Art.
10(1)(k), (17) to (20) and 72 (Category G: 28 percent; nothing of coins held 365 days or more; a swap for other coins
is deferred), Art. 43 (first in, first out). Category B income bears the general scale with all other income that is
told (Art. 68, 68-A), of spouses on half and twice (Art. 69). Of a year whose scale is not known the base is given, and
its tax is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.events import BUSINESS, JOINT
from lotwork.ledger.units import ZERO
from lotwork.projections.abroad.doubts import other_receipts, regime_ended
from lotwork.projections.abroad.exchange_reports import exchanges_report
from lotwork.projections.abroad.fifo import Taken, costs_missing, events_of, first_in_first_out
from lotwork.projections.abroad.flows import Arrival, Flow, flows_of
from lotwork.projections.abroad.rates import Rates
from lotwork.projections.abroad.tax_return import Choices, ForeignReturn, Sheet, money
from lotwork.projections.basis.disposals import SOLD
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import Line, to_cents
from lotwork.rules.load import Law
from lotwork.rules.pt.income import SCALE, SOLIDARITY, scale_tax, solidarity_tax

PAID = frozenset({"sold", "spent"})


def prepare(book: Book, law: Law, year: int, rates: Rates, choices: Choices) -> ForeignReturn:
    """Return *year* under the law of Portugal, as far as its figures are known."""
    findings: list[Finding] = []
    flows = flows_of(book, rates, year, findings)
    rates.check()
    profile = book.taxpayer.profile_on(year_end(year))
    business, spouses = profile.activity == BUSINESS, profile.filing_status == JOINT
    left = [part for part in first_in_first_out(flows) if part.day.year == year and part.disposition in SOLD]
    paid = [part for part in left if part.disposition in PAID]
    sheet = Sheet("Categoria B")
    base = _category_b(sheet, flows, paid if business else [], law, year)
    gains = Sheet("Categoria G")
    taxable, tax = _category_g(gains, [] if business else paid, law, year)
    findings += costs_missing(paid, "its wallet")
    findings += _deferred([part for part in left if part.disposition == "swapped"], rates.currency)
    findings += exchanges_report(book, flows, law, year, "pt", rates.currency)
    findings += other_receipts(flows, law, year, "pt", rates.currency)
    findings += regime_ended(flows, law, year)
    try:
        scale = _scale(sheet, base, choices, law, year, spouses=spouses)
    except UnknownFigureError:
        scale = None
        findings.append(_scale_unknown(law, year, base.amount))
    return ForeignReturn(
        jurisdiction="pt",
        year=year,
        currency="EUR",
        sheets=(sheet, gains),
        summary={
            "category_b_taxable": base.amount,
            "category_b_tax": None if scale is None else scale.of_category_b,
            "category_g_taxable": taxable.amount,
            "category_g_tax": tax.amount,
            "taxable": base.amount + taxable.amount,
            "tax": None if scale is None else scale.tax + tax.amount,
        },
        covers=(
            "mining at 0.95 of what was received, under the simplified regime",
            "other operations at 0.15 of what they brought, in the business" if business
            else "gains of coins held less than 365 days at 28 percent; of others none",
            f"the general scale{' on half the income, twice (Art. 69),' if spouses else ''} and the additional "
            "solidarity rates, on Category B and the other income told" if scale is not None
            else "the base of Category B, whose scale is not known for the year",
            "swaps for other coins deferred; first in first out in each wallet",
        ),
        does_not_cover=law.in_year("pt/income/not_covered", year).texts(),
        rates_used=tuple(rates.used),
        findings=tuple(findings),
    )  # fmt: skip


def _category_b(sheet: Sheet, flows: Iterable[Flow], paid: list[Taken], law: Law, year: int) -> Line:
    mining, other = (law.in_year(f"pt/income/{name}_coefficient", year) for name in ("mining", "other"))
    came = [flow for flow in flows if isinstance(flow, Arrival) and flow.how == "receipt" and flow.day.year == year]
    received = sheet.write("Coins received, at their value that day", money(sum(flow.cost for flow in came)),
                           events=[flow.event for flow in came], cites=("CIRS Art. 4",))  # fmt: skip
    mined = sheet.write(f"x {mining.amount():f}", received.amount * mining.amount(), inputs=(received,),
                        figures=(mining,))  # fmt: skip
    brought = sheet.write("Brought by other operations of the business", money(sum(part.proceeds for part in paid)),
                          events=[part.disposal for part in paid], cites=("CIRS Art. 4",))  # fmt: skip
    operations = sheet.write(f"x {other.amount():f}", brought.amount * other.amount(), inputs=(brought,),
                             figures=(other,))  # fmt: skip
    return sheet.write("Taxable income of Category B", mined.amount + operations.amount, inputs=(mined, operations))


class _Scale(NamedTuple):
    """What the general scale comes to on Category B and the other income told, and what Category B adds to it."""

    tax: Decimal
    of_category_b: Decimal


def _scale(sheet: Sheet, base: Line, choices: Choices, law: Law, year: int, *, spouses: bool) -> _Scale:
    """Write the tax by the scale; raise UnknownFigureError for a year whose scale is not known."""
    figures = {
        label: (tax, [law.in_year(f"pt/income/{name}", year) for name in names])
        for label, tax, names in (
            ("Tax by the general scale", scale_tax, SCALE),
            ("Additional solidarity rates", solidarity_tax, SOLIDARITY),
        )
    }
    income = [base]
    if choices.other_income:
        income.append(sheet.write("Other taxable income, as told", choices.other_income))
    whole = max(ZERO, sum((each.amount for each in income), ZERO))
    due = ZERO
    for label, (tax, used) in figures.items():
        amount = tax(whole, law, year, spouses=spouses)
        due += amount
        if amount:
            sheet.write(label, amount, inputs=income, figures=used)
    without = (tax(max(ZERO, choices.other_income), law, year, spouses=spouses) for tax, _ in figures.values())
    return _Scale(due, due - sum(without, ZERO))


def _category_g(sheet: Sheet, paid: list[Taken], law: Law, year: int) -> tuple[Line, Line]:
    free_after, rate = law.in_year("pt/income/gain_free_after_days", year), law.in_year("pt/income/gain_rate", year)
    days = int(free_after.amount())
    held = [(part, part.since is not None and (part.day - part.since).days >= days) for part in paid]
    free, short = [part for part, long in held if long], [part for part, long in held if not long]
    sheet.write(f"Gained on coins held {days} days or more: exempt", money(sum(part.gain for part in free)),
                events=events_of(free), figures=(free_after,))  # fmt: skip
    gained = sheet.write(f"Gained on coins held less than {days} days", money(sum(part.gain for part in short)),
                         events=events_of(short), cites=("CIRS Art. 10(1)(k), 43",))  # fmt: skip
    taxable = sheet.write("Taxable gain of Category G", max(ZERO, gained.amount), inputs=(gained,))
    return taxable, sheet.write("Tax", taxable.amount * rate.amount(), inputs=(taxable,), figures=(rate,))


def _deferred(swapped: Iterable[Taken], currency: str) -> Iterable[Finding]:
    """Yield a finding for each swap: its coins keep the cost of those given, which their purchase has to say."""
    costs: dict[str, int] = {}
    for part in swapped:
        costs[part.disposal] = costs.get(part.disposal, 0) + part.cost
    for disposal, cost in costs.items():
        yield Finding(
            "swap_deferred",
            f"{disposal} swapped coins for coins: not taxed now, and those received keep the cost of "
            f"{to_cents(money(cost))} {currency} (CIRS Art. 10(20)); see that their purchase says so",
            disposal,
        )


def _scale_unknown(law: Law, year: int, base: Decimal) -> Finding:
    rate = law.in_year("pt/income/mining_rate", year)
    return Finding(
        "tax_scale_unknown",
        f"the scale for Category B income of {year} is not among the figures known here ({rate.text()}; {rate.cite}): "
        f"its base is {to_cents(base)} EUR; look the tax up in the tables of CIRS Art. 68",
    )
