"""Sales of business property: recapture, section 1231 and the look-back, line by line (Form 4797).

Law: a gain gives back what was deducted as ordinary income (26 U.S.C. 1245; of a building only what was deducted beyond
straight line, 1250). What is left of property held for more than a year is netted: a net gain is long-term capital
gain, but for the net losses of the five years before; a net loss is ordinary (26 U.S.C. 1231(a), (c)). Property held
for a year or less, or lost without a sale, is ordinary altogether. None of it is self-employment income (26 U.S.C.
1402(a)(3)).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line

FORM = "Form 4797"
CITE_1231 = ("26 U.S.C. 1231(a)(1)",)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessSale:
    """A rig that left the business: what it brought, what was left of its basis; business parts only, in dollars."""

    name: str
    proceeds: Decimal
    """Less the expense of the sale."""
    adjusted_basis: Decimal
    deducted: Decimal
    recaptured: Decimal
    """Line 25b or 26g: the part of a gain that gives back deductions."""
    held_long: bool
    real_property: bool = False
    """A building or an improvement in one: what was deducted straight-line is taxed at 25 percent at most."""
    how: Literal["sold", "abandoned", "casualty"] = "sold"
    """A loss by abandoning or by casualty is neither a sale's nor of section 1231 (165(a), 1231(a)(4)(C))."""

    @property
    def gain(self) -> Decimal:
        """Line 24, negative for a loss."""
        return self.proceeds - self.adjusted_basis

    @property
    def in_part_iii(self) -> bool:
        """Whether it was held long and gained over deductions."""
        return self.held_long and self.gain > 0 and self.deducted > 0

    @property
    def lost_without_a_sale(self) -> bool:
        """Whether its loss stands on line 10 or 14, ordinary whatever else the year brought."""
        return self.gain < 0 and self.how != "sold"


class Form4797(msgspec.Struct, frozen=True):
    """The form's three outcomes, each a line others start from, and all its lines."""

    net_1231: Line
    """Line 7, negative for a net loss."""
    recaptured_before: Line
    """Line 12 as far as earlier losses are given back (26 U.S.C. 1231(c))."""
    ordinary: Line
    """Line 18b: to Schedule 1 line 4."""
    capital: Line
    """Line 9, or 7 where no loss waits: to Schedule D line 11."""
    unrecaptured_1250: Line
    """To the Unrecaptured Section 1250 Gain Worksheet, before capital losses."""
    lines: tuple[Line, ...]


def form_4797(sales: Sequence[BusinessSale], losses_before: Decimal) -> Form4797:
    """Form 4797 of a year's *sales*; *losses_before* are net section 1231 losses not yet given back."""
    part_iii = [each for each in sales if each.in_part_iii]
    details, recaptured, left = _part_iii(part_iii)
    others = [each for each in sales if each.held_long and not each.in_part_iii and not each.lost_without_a_sale]
    direct = line((FORM, "2"), "Held long, without recapture", _sum(each.gain for each in others), cites=CITE_1231)
    six = line((FORM, "6"), "Gain of Part III beyond recapture", left.amount, cites=CITE_1231, inputs=(left,))
    net = line((FORM, "7"), "Net section 1231 gain or loss", direct.amount + six.amount, inputs=(direct, six),
               cites=CITE_1231)  # fmt: skip
    before = line(
        (FORM, "8"), "Net section 1231 losses of earlier years", losses_before, cites=("26 U.S.C. 1231(c)(2)",)
    )
    gain = max(ZERO, net.amount)
    given_back = line(
        (FORM, "12"),
        "Gain that gives back losses of earlier years",
        min(gain, before.amount),
        cites=("26 U.S.C. 1231(c)(1)",),
        inputs=(net, before),
    )
    capital = line(
        (FORM, "9"),
        "Section 1231 gain taken as long-term capital gain",
        gain - given_back.amount,
        cites=CITE_1231,
        inputs=(net, before),
    )
    ordinary = _part_ii(sales, net, given_back, recaptured)
    building = _unrecaptured(part_iii, net, before)
    shown = (*details, recaptured, left, direct, six, net, before, capital, *ordinary, building) if sales else ()
    return Form4797(net, given_back, ordinary[-1], capital, building, shown)


def _part_iii(sales: Sequence[BusinessSale]) -> tuple[list[Line], Line, Line]:
    """Lines 20 to 26g of each property, and lines 30 to 32."""
    details = [each for sale in sales for each in _property(sale)]
    total = line((FORM, "30"), "Total gains", _sum(each.gain for each in sales), cites=("26 U.S.C. 1001(a)",),
                 inputs=[each for each in details if each.line.startswith("24 ")])  # fmt: skip
    recaptured = line(
        (FORM, "31"),
        "Recapture, ordinary income",
        _sum(each.recaptured for each in sales),
        cites=("26 U.S.C. 1245(a)(1), 1250(a)",),
        inputs=[each for each in details if each.line.startswith(("25b ", "26g "))],
    )
    left = line((FORM, "32"), "Gains beyond recapture", total.amount - recaptured.amount, cites=CITE_1231,
                inputs=(total, recaptured))  # fmt: skip
    return [*details, total], recaptured, left


def _property(sale: BusinessSale) -> tuple[Line, ...]:
    def told(number: str, label: str, amount: Decimal, cite: str, *inputs: Line) -> Line:
        return line((FORM, f"{number} ({sale.name})"), label, amount, cites=(cite,), inputs=inputs)

    price = told("20", "Sales price, less the expense of the sale", sale.proceeds, "26 U.S.C. 1001(b)")
    cost = told("21", "Cost", sale.adjusted_basis + sale.deducted, "26 U.S.C. 1012")
    deducted = told("22", "Depreciation allowed", sale.deducted, "26 U.S.C. 1016(a)(2)")
    basis = told("23", "Adjusted basis", sale.adjusted_basis, "26 U.S.C. 1011", cost, deducted)
    gain = told("24", "Gain", sale.gain, "26 U.S.C. 1001(a)", price, basis)
    number, cite = ("26g", "26 U.S.C. 1250(a)") if sale.real_property else ("25b", "26 U.S.C. 1245(a)(1)")
    return price, cost, deducted, basis, gain, told(number, "Recapture", sale.recaptured, cite, gain, deducted)


def _part_ii(sales: Sequence[BusinessSale], net: Line, given_back: Line, recaptured: Line) -> tuple[Line, ...]:
    """Lines 10 to 18b: everything ordinary."""
    ordinary_whole = [each for each in sales if each.lost_without_a_sale or not each.held_long]
    casualties = [each for each in ordinary_whole if each.lost_without_a_sale and each.how == "casualty"]
    held_short = line(
        (FORM, "10"),
        "Held a year or less, or abandoned",
        _sum(each.gain for each in ordinary_whole if each not in casualties),
        cites=("26 U.S.C. 1231(b)(1), 165(a)",),
    )
    struck = line(
        (FORM, "14"),
        "Loss by casualty or theft, from Form 4684",
        _sum(each.gain for each in casualties),
        cites=("26 U.S.C. 1231(a)(4)(C)",),
    )
    lost = min(ZERO, net.amount)
    loss = line((FORM, "11"), "Net section 1231 loss", lost, cites=("26 U.S.C. 1231(a)(2)",), inputs=(net,))
    thirteen = line((FORM, "13"), "Recapture of Part III", recaptured.amount, cites=recaptured.cites,
                    inputs=(recaptured,))  # fmt: skip
    parts = (held_short, loss, given_back, thirteen, struck)
    cites = ("26 U.S.C. 64, 1231(a)(2), 1245(a)(1)",)
    seventeen = line(
        (FORM, "17"), "Ordinary gains and losses", _sum(each.amount for each in parts), cites=cites, inputs=parts
    )
    label = "Ordinary gain or loss on the return"
    return (*parts, seventeen, line((FORM, "18b"), label, seventeen.amount, cites=cites, inputs=(seventeen,)))


def _unrecaptured(sales: Sequence[BusinessSale], net: Line, before: Line) -> Line:
    """Lines 1 to 13 of the worksheet: a building's straight-line depreciation, within the net gain left of line 7."""
    depreciation = _sum(min(each.gain, each.deducted) - each.recaptured for each in sales if each.real_property)
    within = min(depreciation, max(ZERO, net.amount))
    return line(
        ("Unrecaptured Section 1250 Gain Worksheet", "13"),
        "Straight-line depreciation given back",
        max(ZERO, within - before.amount),
        cites=("26 U.S.C. 1(h)(6)",),
        inputs=(net, before),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
