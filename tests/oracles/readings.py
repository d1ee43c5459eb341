"""Where an oracle reads the law otherwise than we do: each such reading named, cited, and able to be put in our place.

A reading explains a difference only by making it vanish: our own formulas, changed to the oracle's reading for a filer
whom it concerns, must give the oracle's figures. So none of them can hide a fault of ours that lies elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any
from unittest.mock import patch

from lotwork.rules.load import Law
from lotwork.rules.us.amt import minimum_taxable_income
from lotwork.rules.us.individual import Filer, compute
from lotwork.rules.us.ordinary import itemized_reduction
from tests.rules.us.law import LAW

Figures = Mapping[str, Decimal]
PARTS = ("income_tax", "amt", "se_tax", "niit", "additional_medicare")
MOST_AT_ONCE = 3
MORE_THAN_STANDARD = "the standard deduction though itemizing gives more"
LESS_THAN_STANDARD = "itemizing less than the standard deduction"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A figure of the law as the oracle has it."""

    figure: str
    from_: date
    value: Any
    cite: str = "as the oracle has it"
    reason: str = "to see what the oracle's reading makes of a filer"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How an oracle reads the law, whom it concerns, and how our computation is made to read it so."""

    name: str
    law: str
    """What the law says, with its citation: why ours is the right one."""
    concerns: Callable[[Filer], bool]
    rules: Callable[[Law, Filer], Sequence[Rule]] = lambda _law, _filer: ()
    patches: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    told: Callable[[Filer], Filer] = lambda filer: filer
    """What the filer is taken to have told."""
    only: tuple[str, ...] = ()
    """The figures that are read otherwise, where the others of the return stay ours."""


def summary(filer: Filer, law: Law, *, tax_table: bool = False) -> dict[str, Decimal]:
    """Return our figures of *filer*."""
    return dict(compute(filer, law, tax_table=tax_table).summary)


def read_so(filer: Filer, law: Law, readings: Sequence[Reading], *, tax_table: bool = False) -> Figures:
    """Return our figures of *filer* with all of *readings* in our place."""
    whole = [reading for reading in readings if not reading.only]
    figures = _with(filer, law, whole, tax_table=tax_table)
    for reading in readings:
        if reading.only:
            changed = _with(filer, law, [*whole, reading], tax_table=tax_table)
            figures |= {key: changed[key] for key in reading.only}
    return figures | {"total": sum((figures[key] for key in PARTS), Decimal(0))}


def _with(filer: Filer, law: Law, readings: Sequence[Reading], *, tax_table: bool) -> dict[str, Decimal]:
    with ExitStack() as changed:
        for reading in readings:
            for place, formula in reading.patches.items():
                changed.enter_context(patch(place, formula))
            filer = reading.told(filer)
        rules = [rule for reading in readings for rule in reading.rules(law, filer)]
        return summary(filer, law.corrected(rules), tax_table=tax_table)


def explained(
    filer: Filer,
    law: Law,
    readings: Sequence[Reading],
    agrees: Callable[[Figures], bool],
    *,
    tax_table: bool = False,
) -> tuple[Reading, ...] | None:
    """Return the fewest of *readings* under which our figures of *filer* agree, or None if there are none."""
    choices = _choices(filer, readings)
    return next((some for some in choices if agrees(read_so(filer, law, some, tax_table=tax_table))), None)


def _choices(filer: Filer, readings: Sequence[Reading]) -> Iterator[tuple[Reading, ...]]:
    concerned = [reading for reading in readings if reading.concerns(filer)]
    for count in range(1, MOST_AT_ONCE + 1):
        yield from combinations(concerned, count)


def spouse_as(path: str, status: str) -> Callable[[Law, Filer], Sequence[Rule]]:
    """Give a surviving spouse the figure at *path* that the law gives *status*."""

    def rules(law: Law, filer: Filer) -> Sequence[Rule]:
        figure = law.in_year(path, filer.year)
        value = figure.value
        assert isinstance(value, Mapping)
        return [Rule(figure=path, from_=figure.from_, value={**value, "qss": value[status]})]

    return rules


def constant(path: str, value: str) -> Callable[[Law, Filer], Sequence[Rule]]:
    """Give everyone *value* for the single figure at *path*."""
    return lambda law, filer: [Rule(figure=path, from_=law.in_year(path, filer.year).from_, value=value)]


def reduced_without_end(filer: Filer) -> Filer:
    """Let a filer of 2026 tell itemized deductions less 2/37 of all income above the start of the 37 percent."""
    agi = compute(filer, LAW).summary["agi"]
    above = max(Decimal(0), agi - LAW.in_year("us/ordinary/tops", filer.year).tops(filer.status)[-1])
    return replace(filer, itemized_deductions=max(filer.itemized_taxes, filer.itemized_deductions - above * 2 / 37))


def no_reduction(itemized: Decimal, _income: Decimal, schedule: Any, law: Law, year: int) -> Any:
    """Return the reduction of itemized deductions for an income that reaches no bracket."""
    return itemized_reduction(itemized, Decimal(0), schedule, law, year)


def no_standard_deduction(law: Law, filer: Filer) -> Sequence[Rule]:
    """Let nobody have a standard deduction."""
    made = []
    for path in ("us/ordinary/standard_deduction", "us/ordinary/aged_or_blind"):
        figure = law.in_year(path, filer.year)
        assert isinstance(figure.value, Mapping)
        made.append(Rule(figure=path, from_=figure.from_, value=dict.fromkeys(figure.value, "0")))
    return made


def unaware_of_55_d_3(before: Any, added_back: Any, _status: Any, law: Law, year: int) -> Any:
    """Return the minimum taxable income as on any return but a separate one."""
    return minimum_taxable_income(before, added_back, "single", law, year)


TAXCALC = (
    Reading(
        name="the 0.9 percent tax on self-employment income below 400",
        law="26 U.S.C. 1402(b)(2): self-employment income does not include net earnings of less than $400; Form 8959 "
        "line 8 takes Schedule SE line 6, and Schedule SE says to stop below 400",
        concerns=lambda filer: 0 < filer.schedule_c_net * Decimal("0.9235") < 400,
        rules=constant("us/self_employment/min_net_earnings", "0"),
        only=("additional_medicare",),
    ),
    Reading(
        name="no addition to minimum taxable income on a separate return",
        law="26 U.S.C. 55(d)(3), last sentence: alternative minimum taxable income of a married individual filing a "
        "separate return is increased; Form 6251 line 4 instructions",
        concerns=lambda filer: filer.status == "mfs",
        patches={"lotwork.rules.us.amt.minimum_taxable_income": unaware_of_55_d_3},
    ),
    Reading(
        name="a surviving spouse's business deduction phased in as on a joint return",
        law="26 U.S.C. 199A(b)(3)(B)(i)(II), (ii): the range is doubled in the case of a joint return, and a surviving "
        "spouse files none, which is why the threshold itself (e)(2)(A) is the single one in taxcalc too",
        concerns=lambda filer: filer.status == "qss" and filer.schedule_c_net > 0,
        rules=spouse_as("us/qbi/phase_in_range", "mfj"),
    ),
    Reading(
        name="a surviving spouse's excess business loss as on a joint return",
        law="26 U.S.C. 461(l)(3)(A)(ii)(II): 200 percent of such amount in the case of a joint return",
        concerns=lambda filer: filer.status == "qss" and filer.schedule_c_net < 0,
        rules=spouse_as("us/excess_business_loss/threshold", "mfj"),
    ),
    Reading(
        name="an unmarried person's addition for an aged or blind surviving spouse in 2024",
        law="26 U.S.C. 63(f)(3): the higher amount is for an individual who is not married and is not a surviving "
        "spouse; Rev. Proc. 2023-34 s.3.15(3): 1,550, and 1,950 if also unmarried and not a surviving spouse",
        concerns=lambda filer: filer.status == "qss" and filer.year == 2024 and filer.aged + filer.blind > 0,
        rules=spouse_as("us/ordinary/aged_or_blind", "single"),
    ),
    Reading(
        name="itemized deductions reduced by 2/37 of all income above the start of the 37 percent",
        law="26 U.S.C. 68(a) as of 2026: 2/37 of the lesser of such amount of itemized deductions, or so much of the "
        "taxable income as exceeds the dollar amount at which the 37 percent rate bracket begins; taxcalc takes the "
        "latter, and the whole of adjusted gross income for it",
        concerns=lambda filer: filer.year == 2026 and filer.itemized_deductions > 0,
        patches={"lotwork.rules.us.deductions.itemized_reduction": no_reduction},
        told=reduced_without_end,
    ),
    Reading(
        name=LESS_THAN_STANDARD,
        law="26 U.S.C. 63(e)(1): to itemize is an election, open also to whom it gives less than the standard "
        "deduction; taxcalc makes it where the total falls or stays, we take the greater deduction",
        concerns=lambda _filer: True,
        rules=no_standard_deduction,
    ),
    Reading(
        name=MORE_THAN_STANDARD,
        law="26 U.S.C. 63(b), (e)(1): whoever does not elect to itemize has the standard deduction; where the tax "
        "is the same either way taxcalc lets the election be",
        concerns=lambda filer: filer.itemized_deductions > 0,
        told=lambda filer: replace(filer, itemized_deductions=Decimal(0), itemized_taxes=Decimal(0)),
    ),
)
"""The readings of taxcalc 6.8.0."""
