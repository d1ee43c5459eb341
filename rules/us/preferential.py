"""The 0, 15, 20 and 25 percent rates, stacked on top of ordinary income (26 U.S.C. 1(h)).

Without gain on a building the Qualified Dividends and Capital Gain Tax Worksheet is filled, with it the Schedule D Tax
Worksheet, which lays the straight-line depreciation given back between the two (26 U.S.C. 1(h)(1)(E)). Coins are no
collectibles (26 U.S.C. 408(m)(2)), so nothing is taxed at 28 percent.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from lotwork.ledger.events import FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.ordinary import Brackets

SHORT = "Qualified Dividends and Capital Gain Tax Worksheet"
LONG = "Schedule D Tax Worksheet"
CITES = ("26 U.S.C. 1(h)(1)",)
TAXED_BELOW_25_PERCENT = 3
"""The place among the brackets' tops of the highest rate below 25 percent (26 U.S.C. 1(h)(1)(A)(ii)(I))."""
NUMBERS = {
    "preferential": ("4", "10"), "adjusted": ("4", "13"), "below": ("5", "14"), "ordinary": ("5", "21"),
    "zero": ("9", "22"), "fifteen": ("17", "30"), "twenty": ("20", "33"), "building": ("", "39"),
    "ordinary_tax": ("22", "44"), "everything": ("24", "46"), "tax": ("25", "47"),
}  # fmt: skip
"""Line numbers of each worksheet: the short one's, and the long one's."""


class Zones(msgspec.Struct, frozen=True):
    """How much of an amount lies in each zone, and the tax there."""

    amounts: tuple[Decimal, ...]
    tax: Decimal
    figures: tuple[Figure, ...]


class IncomeTax(msgspec.Struct, frozen=True):
    """The tax on taxable income, and its parts."""

    preferential: Line
    """The gains taxed at 0, 15 and 20 percent as they are, even where taxable income is less."""
    all_preferential: Line
    """The same with the gain taxed at 25 percent."""
    below: Line
    """Taxable income less the gains of `preferential`: what they lie on."""
    ordinary_income: Line
    """What the brackets tax."""
    at_zero: Line
    at_fifteen: Line
    at_twenty: Line
    at_twenty_five: Line | None
    ordinary_tax: Line
    all_ordinary: Line
    tax: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the worksheet's order."""
        if self.at_twenty_five is None:
            head: tuple[Line, ...] = (self.preferential, self.ordinary_income)
            building: tuple[Line, ...] = ()
        else:
            head = (self.all_preferential, self.preferential, self.below, self.ordinary_income)
            building = (self.at_twenty_five,)
        return (
            *head, self.at_zero, self.at_fifteen, self.at_twenty, *building,
            self.ordinary_tax, self.all_ordinary, self.tax,
        )  # fmt: skip


def zones(preferred: Decimal, below: Decimal, status: FilingStatus, law: Law, year: int) -> Zones:
    """Lay *preferred* on top of *below* and cut it at the tops of the zones (26 U.S.C. 1(h)(1)(B)-(D))."""
    return stacked(preferred, (below, below), status, law, year)


def stacked(preferred: Decimal, below: tuple[Decimal, Decimal], status: FilingStatus, law: Law, year: int) -> Zones:
    """Cut *preferred*, which lies on the first of *below* for the 0 percent zone and on the second for the 15.

    The two differ where gain on a building is taxed with ordinary income at less than 25 percent.
    """
    rates, tops = law.in_year("us/preferential/rates", year), law.in_year("us/preferential/tops", year)
    zero_top, fifteen_top = tops.tops(status)
    zero = min(preferred, max(ZERO, zero_top - below[0]))
    fifteen = min(preferred - zero, max(ZERO, fifteen_top - below[1] - zero))
    amounts = (zero, fifteen, preferred - zero - fifteen)
    tax = sum((amount * rate for amount, rate in zip(amounts, rates.amounts(), strict=True)), ZERO)
    return Zones(amounts, tax, (rates, tops))


def ordinary_part(taxable: Decimal, gains: Decimal, adjusted: Decimal, brackets: Brackets) -> Decimal:
    """Line 21: taxable income less all *gains*, or as much without the *adjusted* ones as is taxed below 25 percent."""
    top = brackets.tops[TAXED_BELOW_25_PERCENT]
    return max(ZERO, taxable - gains, min(max(ZERO, taxable - adjusted), top))


def income_tax(
    taxable: Line, preferred: tuple[Line, Line, Line], brackets: Brackets, status: FilingStatus, law: Law, year: int
) -> IncomeTax:
    """Return the tax on *taxable* income with *preferred* in it: net capital gain, of it a building's, and dividends.

    Never more than the tax on all of it at ordinary rates (26 U.S.C. 1(h)(1): "shall not exceed the sum").
    """
    gain, unrecaptured, dividends = preferred
    building = unrecaptured.amount > 0
    form, place = (LONG, 1) if building else (SHORT, 0)

    def told(name: str, label: str, amount: Decimal, *inputs: Line) -> Line:
        return line((form, NUMBERS[name][place]), label, amount, cites=CITES, inputs=inputs)

    gains = told("preferential", "Net capital gain and qualified dividends", gain.amount + dividends.amount, gain,
                 dividends)  # fmt: skip
    kept = gains.amount - unrecaptured.amount
    adjusted = told("adjusted", "Gains taxed at 0, 15 and 20 percent", kept, gains, unrecaptured) if building else gains
    below = told("below", "Taxable income less these gains", max(ZERO, taxable.amount - adjusted.amount), taxable,
                 adjusted)  # fmt: skip
    rest = below
    if building:
        amount = ordinary_part(taxable.amount, gains.amount, adjusted.amount, brackets)
        rest = told("ordinary", "Income taxed at ordinary rates", amount, taxable, gains, below)
    cut = stacked(taxable.amount - below.amount, (below.amount, rest.amount), status, law, year)

    def zone(number: int, name: str, rate: str) -> Line:
        where, label = (form, NUMBERS[name][place]), f"Taxed at {rate} percent"
        return line(where, label, cut.amounts[number], cites=CITES, inputs=(below, rest, adjusted), figures=cut.figures)

    at = zone(0, "zero", "0"), zone(1, "fifteen", "15"), zone(2, "twenty", "20")
    at_25, tax_25 = _at_twenty_five((taxable, rest, *at), law, year) if building else (None, ZERO)
    ordinary, everything = _by_brackets(form, place, rest, taxable, brackets)
    tax = told("tax", "Tax on taxable income", min(ordinary.amount + cut.tax + tax_25, everything.amount),
               *at, *(() if at_25 is None else (at_25,)), ordinary, everything)  # fmt: skip
    return IncomeTax(adjusted, gains, below, rest, *at, at_25, ordinary, everything, tax)


def _at_twenty_five(parts: tuple[Line, ...], law: Law, year: int) -> tuple[Line, Decimal]:
    """Lines 39 and 40: what of taxable income, the first of *parts*, none of the others holds, and its tax."""
    rate = law.in_year("us/preferential/unrecaptured_1250_rate", year)
    amount = parts[0].amount - sum((part.amount for part in parts[1:]), ZERO)
    where = (LONG, NUMBERS["building"][1])
    told = line(where, "Taxed at 25 percent", amount, cites=CITES, inputs=parts, figures=(rate,))
    return told, amount * rate.amount()


def _by_brackets(form: str, place: int, rest: Line, taxable: Line, brackets: Brackets) -> tuple[Line, Line]:
    """Return the tax of the brackets on the ordinary income, and on everything."""

    def taxed(name: str, label: str, source: Line) -> Line:
        where = (form, NUMBERS[name][place])
        amount = brackets(source.amount)
        return line(where, label, amount, cites=("26 U.S.C. 1(j)",), inputs=(source,), figures=brackets.figures)

    return (
        taxed("ordinary_tax", f"Tax on line {rest.line}", rest),
        taxed("everything", "Tax on all taxable income", taxable),
    )
