"""A state without an income tax: its words, and what it takes of long-term gains where it does (Washington)."""

from __future__ import annotations

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line
from lotwork.rules.us.states.case import StateCase
from lotwork.rules.us.states.table import StateTable
from lotwork.rules.us.states.tax import by_brackets

GAIN_EXCISE = "gain_deduction"
"""The figure of a state that taxes gains and no other income."""


def gain_excise(case: StateCase, table: StateTable) -> tuple[Line, ...]:
    """Return the lines of a tax on long-term gains alone, income first, taxable second and tax last.

    Counted is the net long-term gain of coins with what was carried in; the gain on rigs is not, property depreciated
    under section 167(a)(1) or expensed under section 179 being exempt (RCW 82.87.050).
    """
    filer, capital = case.federal.filer, case.federal.income.capital
    gain = table.line(
        "gain",
        "Net long-term gain",
        max(ZERO, filer.long_term_net - filer.long_term_carryover + case.facts.additions - case.facts.subtractions),
        inputs=(capital.long,),
    )
    deducted = table.figure(GAIN_EXCISE)
    base = table.line("taxable", "Gain above the deduction", max(ZERO, gain.amount - deducted.amount()),
                      inputs=(gain,), figures=(deducted,))  # fmt: skip
    tops, rates = table.figure("gain_tops"), table.figure("gain_rates")
    amount = by_brackets(base.amount, tops.tops(filer.status), rates.amounts())
    return gain, base, table.line("tax", "Tax on the gain", amount, inputs=(base,), figures=(tops, rates))
