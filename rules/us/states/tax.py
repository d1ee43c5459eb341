"""The tax on what a state taxes: one rate or brackets, gains by rates of their own, and what the rich pay besides."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lotwork.ledger.events import FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line
from lotwork.rules.us.individual import Return
from lotwork.rules.us.states.business import BusinessPart
from lotwork.rules.us.states.table import StateTable, divisor


def by_brackets(
    amount: Decimal,
    tops: Sequence[Decimal],
    rates: Sequence[Decimal],
    bases: Sequence[Decimal] = (),
    start: Decimal = ZERO,
) -> Decimal:
    """Return the tax on *amount* that stands on top of *start*: each rate from the top below it to its own.

    *bases* are the amounts that a law writes for the foot of each bracket, where its own do not add up to the cent.
    """
    floors = (ZERO, *tops)
    end = start + amount
    if bases:
        place = max(index for index, floor in enumerate(floors) if index == 0 or end > floor)
        return bases[place] + (end - floors[place]) * rates[place]
    ends = (*tops, max(end, floors[-1]))
    parts = zip(floors, ends, rates, strict=True)
    return sum((max(ZERO, min(end, top) - max(start, floor)) * rate for floor, top, rate in parts), ZERO)


def income_tax(income: Line, status: FilingStatus, table: StateTable) -> tuple[Decimal, tuple[Figure, ...]]:
    """Return the tax on the line *income* by the rate or the brackets of the state, and the figures it took.

    Where `no_tax_below` stands, income up to it bears nothing, and income above it the tax from the first dollar.
    """
    rate = table.maybe("rate")
    if rate is not None:
        return income.amount * rate.amount(), (rate,)
    tops, rates, bases = table.figure("tops"), table.figure("rates"), table.maybe("base_tax")
    below = table.maybe("no_tax_below")
    figures = tuple(each for each in (tops, rates, bases, below) if each is not None)
    if below is not None and income.amount <= below.amount():
        return ZERO, figures
    row = bases.row(status) if bases is not None else ()
    return by_brackets(income.amount, tops.tops(status), rates.amounts(), row), figures


def on_income(base: Line, status: FilingStatus, federal: Return, table: StateTable) -> tuple[Line, ...]:
    """Return the lines of the tax on *base*, the tax last: gains apart where the state has rates for them."""
    tops = table.maybe("gain_tops")
    if tops is None:
        amount, figures = income_tax(base, status, table)
        return (table.line("tax", "Tax", amount, inputs=(base,), figures=figures),)
    source = federal.income.capital.net_capital_gain
    gain = table.line("gain", "Net long-term gain", min(base.amount, source.amount), inputs=(base, source))
    rest = table.line("ordinary", "Income without it", base.amount - gain.amount, inputs=(base, gain))
    amount, figures = income_tax(rest, status, table)
    rates = table.figure("gain_rates")
    on_gain = by_brackets(gain.amount, tops.tops(status), rates.amounts(), start=rest.amount)
    first = table.line("ordinary_tax", "Tax on it", amount, inputs=(rest,), figures=figures)
    second = table.line("gain_tax", "Tax on the gain", on_gain, inputs=(gain, rest), figures=(tops, rates))
    return gain, rest, first, second, table.total("tax", "Tax", (first, second))


def on_business(business: BusinessPart, table: StateTable) -> Line:
    """Return the tax on business income above its free part."""
    rate = table.figure("business_income_rate")
    amount = business.taxable.amount * rate.amount()
    return table.line("business_tax", "Tax on business income", amount, inputs=(business.taxable,), figures=(rate,))


def recaptured(base: Line, income: Line, tax: Line, status: FilingStatus, table: StateTable) -> Line | None:
    """Return what takes the lower brackets back from a high income; None where the state has no such tax (New York).

    Of the row that taxable income stands on: its base, and its benefit as far as *income* (the state's adjusted gross
    income) has gone through the width above the row's threshold (N.Y. Tax Law 601(d)). Above the highest income all of
    it bears the last rate: what that is more than *tax*, the tax by the brackets.
    """
    tops = table.maybe("recapture_tops")
    if tops is None:
        return None
    froms, bases, benefits = (table.figure(f"recapture_{name}") for name in ("from", "base", "benefit"))
    width = table.figure("recapture_width")
    row = sum(1 for top in tops.tops(status) if base.amount > top)
    amount = ZERO
    if row < len(froms.row(status)) and income.amount > froms.row(status)[0]:
        above = max(ZERO, income.amount - froms.row(status)[row])
        part = min(Decimal(1), above / divisor(width, width.amount()))
        amount = bases.row(status)[row] + benefits.row(status)[row] * part
    figures = [tops, froms, bases, benefits, width]
    flat = table.maybe("recapture_flat_from")
    if flat is not None and income.amount > flat.amount():
        rates = table.figure("rates")
        amount = base.amount * rates.amounts()[-1] - tax.amount
        figures = [flat, rates]
    return table.line("recapture", "Tax benefit recapture", amount, inputs=(base, income), figures=figures)


def surtax(base: Line, table: StateTable) -> Line | None:
    """Return the tax on income above a high amount (California's mental health services tax); None without one."""
    above = table.maybe("surtax_above")
    if above is None:
        return None
    rate = table.figure("surtax_rate")
    amount = max(ZERO, base.amount - above.amount()) * rate.amount()
    return table.line("surtax", "Tax on high income", amount, inputs=(base,), figures=(above, rate))


def of_locality(
    base: Line, tax: Line, refundable: Decimal, locality: str, status: FilingStatus, table: StateTable
) -> Line | None:
    """Return the tax of a place that stands on the state's return: its brackets, or a part of the state's tax.

    A part is taken of what the state's own *refundable* credits leave of the tax too (Form IT-360.1 lines 56 to 65).
    """
    part = table.maybe(f"local_{locality}_part")
    if part is not None:
        amount = max(ZERO, tax.amount - refundable) * part.amount()
        return table.line(f"local_{locality}", _tax_of_place(part), amount, inputs=(tax,), figures=(part,))
    tops = table.maybe(f"local_{locality}_tops")
    if tops is None:
        return None
    rates = table.figure(f"local_{locality}_rates")
    amount = by_brackets(base.amount, tops.tops(status), rates.amounts())
    return table.line(f"local_{locality}", _tax_of_place(tops), amount, inputs=(base,), figures=(tops, rates))


def _tax_of_place(figure: Figure) -> str:
    """Return the label of a place's tax; the title of its *figure* begins with its name: `New York City: ...`."""
    return f"Tax of {figure.title.partition(':')[0]}"
