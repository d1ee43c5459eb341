"""Returns beside those of taxcalc, the model of the Policy Simulation Library, for filers nobody thought of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

import pytest

from lotwork.rules.us.individual import Filer, read_case
from tests.oracles.asking import ask
from tests.oracles.filers import filers
from tests.oracles.readings import (
    LESS_THAN_STANDARD,
    MORE_THAN_STANDARD,
    TAXCALC,
    Figures,
    Reading,
    explained,
    read_so,
    summary,
)
from tests.rules.us.law import LAW

YEARS = (2024, 2025, 2026)
FILERS_A_YEAR = 2_500
FEW = 75
"""So many filers of a year, at the least, show each thing that is compared."""
TOLERANCE = Decimal("0.01")
"""taxcalc computes in floating point."""


@dataclass(frozen=True, eq=False)
class Compared:
    """One filer, our figures and taxcalc's."""

    filer: Filer
    ours: Figures
    theirs: Figures

    @property
    def differ(self) -> set[str]:
        return apart(self.ours, self.theirs)

    @cached_property
    def readings(self) -> tuple[Reading, ...] | None:
        """The fewest readings of taxcalc's under which we agree, or None if there are none."""
        return explained(self.filer, LAW, TAXCALC, lambda figures: not apart(figures, self.theirs))


def apart(ours: Figures, theirs: Figures) -> set[str]:
    """Return the figures that differ by more than the tolerance."""
    return {key for key, amount in theirs.items() if abs(ours[key] - amount) > TOLERANCE}


def exact(answer: dict[str, float]) -> Figures:
    return {key: Decimal(repr(amount)) for key, amount in answer.items()}


@cache
def compared() -> dict[int, list[Compared]]:
    cases: list[dict[str, Any]] = [case for year in YEARS for case in filers(year, FILERS_A_YEAR)]
    made: dict[int, list[Compared]] = {year: [] for year in YEARS}
    for case, answer in zip(cases, ask("taxcalc", cases), strict=True):
        filer = read_case(case)
        made[filer.year].append(Compared(filer, summary(filer, LAW), exact(answer)))
    return made


@pytest.mark.seeded
@pytest.mark.parametrize("year", YEARS)
def test_every_figure_of_every_filer_agrees_or_differs_by_a_reading_that_makes_it_agree(year: int) -> None:
    used: Counter[str] = Counter()
    ones = compared()[year]
    for one in ones:
        if not one.differ:
            continue
        readings = one.readings
        assert readings is not None, (one.filer, {key: (one.ours[key], one.theirs[key]) for key in one.differ})
        used.update(reading.name for reading in readings)
    print(f"\ntaxcalc {year}: {len(ones)} filers, {sum(bool(one.differ) for one in ones)} differ")  # noqa: T201 - how often each reading was needed is the finding
    for name, count in used.most_common():
        print(f"  {count:5} {name}")  # noqa: T201 - the same
    assert max(used.values()) < FILERS_A_YEAR // 20, "a reading that explains so much is no reading"


def test_no_reading_stands_there_unused() -> None:
    used = {
        reading.name for ones in compared().values() for one in ones if one.differ for reading in one.readings or ()
    }
    assert used == {reading.name for reading in TAXCALC}


def test_taxcalc_itemizes_less_only_where_that_lowers_the_tax_it_compares() -> None:
    """26 U.S.C. 63(e)(1) leaves the choice to the filer; to choose less can only be worth it against section 55.

    taxcalc 6.8.0 compares the two without adding taxes back on Form 6251 line 2a, and adds them in the return it makes.
    """
    chosen = using(LESS_THAN_STANDARD)
    assert chosen
    for one in chosen:
        assert one.ours["amt"] > 0
        looked_at = replace(one.filer, itemized_taxes=Decimal(0))
        itemizing = read_so(looked_at, LAW, one.readings or ())
        standing = read_so(one.filer, LAW, [each for each in one.readings or () if each.name != LESS_THAN_STANDARD])
        assert itemizing["total"] < standing["total"]


def test_taxcalc_takes_the_standard_deduction_where_itemizing_changes_no_tax() -> None:
    chosen = using(MORE_THAN_STANDARD)
    assert chosen
    assert all(one.differ == {"taxable_income"} for one in chosen)


def using(name: str) -> list[Compared]:
    """Return whoever differs by the reading of that name."""
    differing = [one for ones in compared().values() for one in ones if one.differ]
    return [one for one in differing if any(each.name == name for each in one.readings or ())]


def test_the_filers_reach_every_figure_and_every_status() -> None:
    """A comparison of noughts would prove nothing."""
    for year in YEARS:
        told = compared()[year]
        assert {one.filer.status for one in told} == {"single", "mfj", "mfs", "hoh", "qss"}
        for key in ("se_tax", "qbi_deduction", "amt", "niit", "additional_medicare"):
            assert sum(one.ours[key] > 0 for one in told) > FEW, key
        assert sum(one.filer.schedule_c_net < 0 for one in told) > FEW
        twenty_percent = [one.filer.schedule_c_net * Decimal("0.18") for one in told]
        limited = [0 < one.ours["qbi_deduction"] < most for one, most in zip(told, twenty_percent, strict=True)]
        assert sum(limited) > FEW


def test_a_fault_of_ours_is_no_reading() -> None:
    """Had we taxed 92 percent of a profit instead of 92.35, no set of readings would have hidden it."""
    honest = next(one for one in compared()[2026] if one.filer.status == "mfs" and one.ours["se_tax"] > 1_000)
    spoiled = {**honest.theirs, "se_tax": honest.theirs["se_tax"] * Decimal("0.92") / Decimal("0.9235")}
    assert Compared(honest.filer, honest.ours, spoiled).readings is None
