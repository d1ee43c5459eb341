"""Depreciation of rigs: section 179, then bonus, then MACRS on the rest (26 U.S.C. 167, 168, 179; Form 4562).

Any year of an asset is computed from its own facts and those of everything placed in service with it: the mid-quarter
test belongs to the year things enter service, and is taken on basis after section 179 and before bonus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from rules.errors import CaseRefusedError
from rules.figures import Figure
from rules.line import Line, line
from rules.load import Law
from rules.us.convention import Convention, convention_of, macrs

__all__ = ["Asset179", "AssetDepreciation", "Convention", "RecoveryClass", "YearDepreciation", "depreciate"]

FORM = "Form 4562"
ZERO = Decimal(0)
HALF = Decimal("0.5")
RecoveryClass: TypeAlias = Literal["3", "5", "7", "15", "39", "software", "qip"]
BONUS_CLASSES = ("3", "5", "7", "15", "software")
"""A recovery period of 20 years or less, and software (26 U.S.C. 168(k)(2)(A)(i))."""
SECTION_179_CLASSES = BONUS_CLASSES
LINE_19: Mapping[str, str] = {"3": "19a", "5": "19b", "7": "19c", "15": "19e", "39": "19i", "software": "16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset179:
    """A depreciable thing: cost, the day of its binding contract, the day it entered service, and the elections."""

    name: str
    cost: Decimal
    acquired: date
    placed_in_service: date
    recovery_class: RecoveryClass = "5"
    business_share: Decimal = Decimal(1)
    section_179: Decimal = ZERO
    """What was elected to be expensed under section 179."""
    bonus: Literal["auto", "none"] | Decimal = "auto"
    disposed: date | None = None

    def __post_init__(self) -> None:
        reason = self._impossible()
        if reason:
            raise CaseRefusedError(f"equipment {self.name}: {reason}")

    def _impossible(self) -> str:
        if self.cost <= 0:
            return f"cost {self.cost}: give the cost paid, more than 0"
        if not 0 <= self.business_share <= 1:
            return f"business share {self.business_share}: give a part between 0 and 1"
        if self.acquired > self.placed_in_service:
            return f"acquired {self.acquired} after it was placed in service {self.placed_in_service}: check both days"
        if self.disposed is not None and self.disposed < self.placed_in_service:
            return (
                f"disposed of {self.disposed} before it was placed in service {self.placed_in_service}: check both days"
            )
        if not 0 <= self.section_179 <= self.business_basis:
            return f"section 179 {self.section_179}: elect at most its business basis {self.business_basis}"
        if self.section_179 and self.recovery_class not in SECTION_179_CLASSES:
            return f"class {self.recovery_class} is no section 179 property (26 U.S.C. 179(d)(1)): elect 0"
        if self.section_179 and self.business_share <= HALF:
            return "section 179 needs business use of more than half (Treas. Reg. 1.179-1(d)): elect 0"
        if self.section_179 and self.left_in_first_year:
            return "placed in service and disposed of in one year: nothing is expensed or depreciated; elect 0"
        return ""

    @property
    def business_basis(self) -> Decimal:
        """The part of the cost that is business."""
        return self.cost * self.business_share

    @property
    def year(self) -> int:
        """The year it was placed in service."""
        return self.placed_in_service.year

    @property
    def left_in_first_year(self) -> bool:
        """Whether it was disposed of in the year it was placed in service (Treas. Reg. 1.168(d)-1(b)(3)(ii))."""
        return self.disposed is not None and self.disposed.year == self.year


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetDepreciation:
    """One asset's deductions of one year; `section_179` is its elected part, before the business income limit."""

    asset: Asset179
    section_179: Decimal
    bonus: Decimal
    macrs: Decimal
    accumulated: Decimal
    """Everything deducted on it since it was placed in service, this year included."""
    remaining_basis: Decimal
    convention: Convention
    recovery_year: int
    cites: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """The three together."""
        return self.section_179 + self.bonus + self.macrs


@dataclass(frozen=True, slots=True, kw_only=True)
class YearDepreciation:
    """Form 4562 of one year: the deduction, each asset's part, and section 179 that waits for income."""

    year: int
    assets: tuple[AssetDepreciation, ...]
    section_179: Decimal
    """Line 12: elected this year or carried in, within business income."""
    section_179_carryforward: Decimal
    bonus: Decimal
    macrs: Decimal
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """Line 22: what goes to Schedule C line 13."""
        return self.section_179 + self.bonus + self.macrs


@dataclass(frozen=True, slots=True)
class _Start:
    """How an asset began: what was expensed and taken as bonus, and the convention of its year."""

    section_179: Decimal
    bonus: Decimal
    convention: Convention
    figures: tuple[Figure, ...]


def depreciate(
    assets: Sequence[Asset179],
    year: int,
    law: Law,
    business_income_limit: Decimal | None,
    *,
    section_179_carried_in: Decimal = ZERO,
) -> YearDepreciation:
    """Return the depreciation of *year*; *assets* are all of the taxpayer's, of this and earlier years.

    *business_income_limit* is taxable income from active businesses, wages included, before section 179 (179(b)(3));
    None means there is enough. A figure of an earlier year is asked for only where an asset needs it.
    """
    served = [asset for asset in assets if asset.year <= year]
    starts: dict[int, _Start] = {}
    for first in sorted({asset.year for asset in served}):
        together = [asset for asset in served if asset.year == first]
        for asset, start in zip(together, _starts(together, law, first), strict=True):
            starts[id(asset)] = start
    told = tuple(_asset_year(asset, starts[id(asset)], year, law) for asset in served)
    expensed, carried, lines = _section_179_lines(served, year, law, business_income_limit, section_179_carried_in)
    bonus, regular = sum((each.bonus for each in told), ZERO), sum((each.macrs for each in told), ZERO)
    return YearDepreciation(
        year=year,
        assets=told,
        section_179=expensed,
        section_179_carryforward=carried,
        bonus=bonus,
        macrs=regular,
        lines=(*lines, *_macrs_lines(told, year, bonus, expensed + bonus + regular)),
    )


def bonus_rate(asset: Asset179, law: Law) -> tuple[Decimal, tuple[Figure, ...]]:
    """Return the bonus rate of *asset* by the day of its contract, and the figures behind it (26 U.S.C. 168(k)).

    A contract of 2025-01-19 or before stays on the phase-down by the day in service; later ones have the full rate.
    A rate named by the taxpayer must be one the law lets him elect (168(k)(7), (10)).
    """
    if asset.bonus == "none" or asset.recovery_class not in BONUS_CLASSES or asset.left_in_first_year:
        return ZERO, ()
    placed = asset.placed_in_service
    full_from = law.figure("us/depreciation/bonus_full_from", placed)
    late = asset.acquired >= full_from.day()
    name = "bonus_full_rate" if late else "bonus_phase_down"
    rate = law.figure(f"us/depreciation/{name}", placed)
    figures = (full_from, rate)
    if asset.bonus == "auto" or asset.bonus == rate.amount():
        return rate.amount(), figures
    lawful = [ZERO, rate.amount()]
    if late and placed.year == full_from.day().year:
        elected = law.figure("us/depreciation/bonus_elected_rate", placed)
        lawful.append(elected.amount())
        figures = (full_from, elected)
    if asset.bonus not in lawful:
        may = ", ".join(f"{each:f}" for each in lawful)
        raise CaseRefusedError(
            f"equipment {asset.name}: bonus {asset.bonus} is no rate that may be elected: one of {may}, or auto"
        )
    return Decimal(asset.bonus), figures


def section_179_limit(cost: Decimal, law: Law, year: int) -> tuple[Decimal, tuple[Figure, ...]]:
    """Return line 5: the limit less each dollar of *cost* placed in service above the start (26 U.S.C. 179(b))."""
    limit = law.in_year("us/depreciation/section_179_limit", year)
    start = law.in_year("us/depreciation/section_179_phase_out_start", year)
    reduced = limit.amount() - max(ZERO, cost - start.amount())
    return max(ZERO, reduced), (limit, start)


def _section_179_cost(assets: Sequence[Asset179]) -> Decimal:
    """Line 2: the business cost of section 179 property placed in service in the year."""
    eligible = (each for each in assets if each.recovery_class in SECTION_179_CLASSES and each.business_share > HALF)
    return sum((each.business_basis for each in eligible), ZERO)


def _starts(together: Sequence[Asset179], law: Law, year: int) -> list[_Start]:
    """Return how each asset placed in service in *year* began; elections above the limit are cut in their order."""
    expensed = [asset.section_179 for asset in together]
    figures: tuple[Figure, ...] = ()
    if any(expensed):
        left, figures = section_179_limit(_section_179_cost(together), law, year)
        for place, elected in enumerate(expensed):
            expensed[place] = min(elected, left)
            left -= expensed[place]
    tested = [(asset.placed_in_service, asset.recovery_class, asset.left_in_first_year) for asset in together]
    rests = [asset.business_basis - part for asset, part in zip(together, expensed, strict=True)]
    starts = []
    for asset, part, rest in zip(together, expensed, rests, strict=True):
        rate, bonus_figures = bonus_rate(asset, law)
        convention = convention_of(asset.placed_in_service, asset.recovery_class, tested, rests, law)
        starts.append(_Start(part, rest * rate, convention, (*figures, *bonus_figures, *convention.figures)))
    return starts


def _asset_year(asset: Asset179, start: _Start, year: int, law: Law) -> AssetDepreciation:
    basis = asset.business_basis - start.section_179 - start.bonus
    figures = start.figures
    taken = amount = ZERO
    for each in range(asset.year, year + 1):
        amount, used = macrs(
            basis, asset.placed_in_service, asset.recovery_class, start.convention, each, asset.disposed, law
        )
        taken += amount
        figures = (*figures, *used)
    first = year == asset.year
    accumulated = start.section_179 + start.bonus + taken
    return AssetDepreciation(
        asset=asset,
        section_179=start.section_179 if first else ZERO,
        bonus=start.bonus if first else ZERO,
        macrs=amount,
        accumulated=accumulated,
        remaining_basis=asset.business_basis - accumulated,
        convention=start.convention,
        recovery_year=year - asset.year + 1,
        cites=tuple(dict.fromkeys(figure.citation for figure in figures)),
    )


def _section_179_lines(
    assets: Sequence[Asset179], year: int, law: Law, income: Decimal | None, carried_in: Decimal
) -> tuple[Decimal, Decimal, tuple[Line, ...]]:
    """Part I: the deduction of line 12, the carryforward of line 13, and the lines."""
    elected = [asset for asset in assets if asset.year == year and asset.section_179]
    if not elected and not carried_in:
        return ZERO, ZERO, ()
    placed = [asset for asset in assets if asset.year == year]
    limit, figures = section_179_limit(_section_179_cost(placed), law, year)
    cost = line(
        (FORM, "2"), "Section 179 property placed in service", _section_179_cost(placed), cites=("26 U.S.C. 179(d)(1)",)
    )
    most = line((FORM, "5"), "Dollar limit", limit, inputs=(cost,), figures=figures)
    asked = line(
        (FORM, "8"), "Elected cost", sum((asset.section_179 for asset in elected), ZERO), cites=("26 U.S.C. 179(c)",)
    )
    tentative = line(
        (FORM, "9"),
        "Tentative deduction",
        min(most.amount, asked.amount),
        cites=("26 U.S.C. 179(a)",),
        inputs=(most, asked),
    )
    carried = line((FORM, "10"), "Carryover of disallowed deduction", carried_in, cites=("26 U.S.C. 179(b)(3)(B)",))
    room = most.amount if income is None else min(most.amount, max(ZERO, income))
    within = line((FORM, "11"), "Business income limit", room, cites=("26 U.S.C. 179(b)(3)(A)",), inputs=(most,))
    wanted = tentative.amount + carried.amount
    taken = line(
        (FORM, "12"),
        "Section 179 deduction",
        min(wanted, room),
        cites=("26 U.S.C. 179(b)",),
        inputs=(tentative, carried, within),
    )
    forward = line(
        (FORM, "13"),
        "Carryover to next year",
        wanted - taken.amount,
        cites=("26 U.S.C. 179(b)(3)(B)",),
        inputs=(taken,),
    )
    return taken.amount, forward.amount, (cost, most, asked, tentative, carried, within, taken, forward)


def _macrs_lines(told: Sequence[AssetDepreciation], year: int, bonus: Decimal, total: Decimal) -> tuple[Line, ...]:
    """Parts II to IV: bonus, earlier years, each class placed in service this year, and the total."""
    earlier = sum((each.macrs for each in told if each.asset.year < year), ZERO)
    lines = [
        line((FORM, "14"), "Special depreciation allowance", bonus, cites=("26 U.S.C. 168(k)",)),
        line((FORM, "17"), "MACRS of assets placed in service earlier", earlier, cites=("26 U.S.C. 168(a)",)),
    ]
    for recovery_class, number in LINE_19.items():
        new = [each for each in told if each.asset.year == year and each.asset.recovery_class == recovery_class]
        if new:
            amount = sum((each.macrs for each in new), ZERO)
            label = "Software" if recovery_class == "software" else f"{recovery_class}-year property"
            cites = tuple(dict.fromkeys(cite for each in new for cite in each.cites))
            lines.append(line((FORM, number), label, amount, cites=cites))
    inputs: tuple[Line | str, ...] = (*lines, f"{FORM} line 12")
    lines.append(line((FORM, "22"), "Depreciation and section 179", total, cites=("26 U.S.C. 167(a)",), inputs=inputs))
    return tuple(lines)
