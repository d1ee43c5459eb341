"""The 0, 15 and 20 percent zones, stacked on top of ordinary income (26 U.S.C. 1(h))."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rules.figures import Figure, FilingStatus
from rules.line import Line, line
from rules.load import Law
from rules.us.ordinary import Brackets

FORM = "Qualified Dividends and Capital Gain Tax Worksheet"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Zones:
    """How much of an amount lies in each zone, and the tax there."""

    amounts: tuple[Decimal, ...]
    tax: Decimal
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class IncomeTax:
    """The tax on taxable income, and its two parts."""

    preferential: Line
    """The gains as they are, even where taxable income is less: the minimum tax needs them whole."""
    ordinary_income: Line
    at_zero: Line
    at_fifteen: Line
    at_twenty: Line
    ordinary_tax: Line
    all_ordinary: Line
    tax: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the worksheet's order."""
        return (
            self.preferential, self.ordinary_income, self.at_zero, self.at_fifteen, self.at_twenty,
            self.ordinary_tax, self.all_ordinary, self.tax,
        )  # fmt: skip


def zones(preferred: Decimal, below: Decimal, status: FilingStatus, law: Law, year: int) -> Zones:
    """Lay *preferred* on top of *below* and cut it at the tops of the zones (26 U.S.C. 1(h)(1)(B)-(D))."""
    rates, tops = law.in_year("us/preferential/rates", year), law.in_year("us/preferential/tops", year)
    amounts, left, floor = [], preferred, below
    for top in tops.tops(status):
        amount = min(left, max(ZERO, top - floor))
        amounts.append(amount)
        left, floor = left - amount, floor + amount
    amounts.append(left)
    tax = sum((amount * rate for amount, rate in zip(amounts, rates.amounts(), strict=True)), ZERO)
    return Zones(tuple(amounts), tax, (rates, tops))


def income_tax(
    taxable: Line, preferred: tuple[Line, Line], brackets: Brackets, status: FilingStatus, law: Law, year: int
) -> IncomeTax:
    """Return the tax on *taxable* income with *preferred* (net capital gain, qualified dividends) in it.

    Never more than the tax on all of it at ordinary rates (26 U.S.C. 1(h)(1): "shall not exceed the sum").
    """
    cites = ("26 U.S.C. 1(h)(1)",)
    gains = sum((source.amount for source in preferred), ZERO)
    preferential = line((FORM, "4"), "Net capital gain and qualified dividends", gains, cites=cites, inputs=preferred)
    rest = line(
        (FORM, "5"),
        "Income taxed at ordinary rates",
        max(ZERO, taxable.amount - gains),
        cites=cites,
        inputs=(taxable, preferential),
    )
    in_it = taxable.amount - rest.amount
    cut = zones(in_it, rest.amount, status, law, year)

    def zone(place: int, number: str, rate: str) -> Line:
        return line(
            (FORM, number),
            f"Taxed at {rate} percent",
            cut.amounts[place],
            cites=cites,
            inputs=(rest, preferential),
            figures=cut.figures,
        )

    at_zero, at_fifteen, at_twenty = zone(0, "9", "0"), zone(1, "17", "15"), zone(2, "20", "20")
    ordinary = line(
        (FORM, "22"),
        "Tax on line 5",
        brackets(rest.amount),
        cites=("26 U.S.C. 1(j)",),
        inputs=(rest,),
        figures=brackets.figures,
    )
    everything = line(
        (FORM, "24"),
        "Tax on all taxable income",
        brackets(taxable.amount),
        cites=cites,
        inputs=(taxable,),
        figures=brackets.figures,
    )
    tax = line(
        (FORM, "25"),
        "Tax on taxable income",
        min(ordinary.amount + cut.tax, everything.amount),
        cites=cites,
        inputs=(at_zero, at_fifteen, at_twenty, ordinary, everything),
    )
    return IncomeTax(preferential, rest, at_zero, at_fifteen, at_twenty, ordinary, everything, tax)
