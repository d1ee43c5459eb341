"""Depreciation of rigs: section 179, then bonus, then MACRS on the rest (26 U.S.C. 167, 168, 179).

Any year of an asset is computed from its own facts and those of everything placed in service with it: the mid-quarter
test belongs to the year things enter service, and is taken on basis after section 179 and before bonus. Where the
business share changes in a later year, that year is depreciated by its own share: a smaller one takes its part of what
is left after section 179 and bonus, a larger one adds to it what had no part in either. Computers are no listed
property since 2018 (280F(d)(4), P.L. 115-97 s.13202), so a share of half or less costs section 179 and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line
from lotwork.rules.load import Law
from lotwork.rules.us.asset import PREDOMINANT, SECTION_179_CLASSES, Asset179
from lotwork.rules.us.asset_year import AssetDepreciation
from lotwork.rules.us.bonus import bonus_rate, is_qualified
from lotwork.rules.us.convention import (
    Convention,
    Course,
    convention_of,
    counts_for_test,
    declining_percents,
    is_mid_quarter,
    last_year,
    macrs,
)
from lotwork.rules.us.form_4562 import PartOne, in_service, section_179_limit, section_179_part
from lotwork.rules.us.recapture import recapture_year

QBI_YEARS = "us/depreciation/qbi_basis_years"
QBI_BEGAN = 2018
REAL_PROPERTY = ("39", "qip")
"""Parts of a building (26 U.S.C. 1250(c))."""
DECLINING_CLASSES = ("3", "5", "7")
"""What is depreciated by 200 percent declining balance (168(b)(1))."""


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


class _Start(msgspec.Struct, frozen=True):
    """How an asset began: what was expensed and taken as bonus, and the convention of its year."""

    section_179: Decimal
    bonus: Decimal
    convention: Convention
    figures: tuple[Figure, ...]
    amt_percents: tuple[Decimal, ...] = ()
    """The percentages of the minimum tax, where they are not those of the regular tax."""


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
    placed = [asset for asset in served if asset.year == year]
    part_one = section_179_part(
        year,
        law,
        PartOne(
            cost=_section_179_cost(placed),
            elected=tuple((asset.name, asset.section_179) for asset in placed if asset.section_179),
            carried_in=section_179_carried_in,
            income=business_income_limit,
        ),
    )
    bonus, regular = sum((each.bonus for each in told), ZERO), sum((each.macrs for each in told), ZERO)
    return YearDepreciation(
        year=year,
        assets=told,
        section_179=part_one.taken,
        section_179_carryforward=part_one.forward,
        bonus=bonus,
        macrs=regular,
        lines=(*part_one.lines, *in_service(told, year, part_one.taken)),
    )


def _section_179_cost(assets: Sequence[Asset179]) -> Decimal:
    """Line 2: the business cost of section 179 property placed in service in the year."""
    able = (asset for asset in assets if asset.recovery_class in SECTION_179_CLASSES)
    return sum((asset.business_basis for asset in able if asset.business_share > PREDOMINANT), ZERO)


def _starts(together: Sequence[Asset179], law: Law, year: int) -> list[_Start]:
    """Return how each asset placed in service in *year* began; elections above the limit are cut in their order."""
    expensed = [asset.section_179 for asset in together]
    figures: tuple[Figure, ...] = ()
    if any(expensed):
        left, figures = section_179_limit(_section_179_cost(together), law, year)
        for place, elected in enumerate(expensed):
            expensed[place] = min(elected, left)
            left -= expensed[place]
    rests = [asset.business_basis - part for asset, part in zip(together, expensed, strict=True)]
    tested: defaultdict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for asset, rest in zip(together, rests, strict=True):
        if counts_for_test(asset.recovery_class, left_in_first_year=asset.left_in_first_year):
            tested[asset.owner].append((asset.placed_in_service, rest))
    threshold = law.figure("us/depreciation/mid_quarter_threshold", together[0].placed_in_service)
    late = {owner for owner, placed in tested.items() if is_mid_quarter(placed, threshold)}
    starts = []
    for asset, part, rest in zip(together, expensed, rests, strict=True):
        rate, bonus_figures = bonus_rate(asset, law)
        convention = convention_of(asset.placed_in_service, asset.recovery_class, law, mid_quarter=asset.owner in late)
        used = (*figures, *bonus_figures, *convention.figures)
        starts.append(_Start(part, rest * rate, convention, used, _amt_percents(asset, convention, law)))
    return starts


def _amt_percents(asset: Asset179, convention: Convention, law: Law) -> tuple[Decimal, ...]:
    """Return the percentages of the minimum tax for what the bonus could never be taken on; empty: the regular ones.

    Law: 150 percent declining balance (26 U.S.C. 56(a)(1)(A)(ii)), not for qualified property, whether the bonus is
    taken or elected out, in service after 2015 (168(k)(2)(G)); a year whose bonus is not on file had one.
    """
    if asset.recovery_class not in DECLINING_CLASSES or is_qualified(asset, law):
        return ()
    rate = law.figure("us/depreciation/minimum_tax_rate", asset.placed_in_service)
    return declining_percents(asset.recovery_class, convention, rate.amount())


def _course(asset: Asset179, start: _Start) -> Course:
    return Course(
        recovery_class=asset.recovery_class,
        placed=asset.placed_in_service,
        disposed=asset.disposed,
        convention=start.convention,
    )


def _basis_in(asset: Asset179, start: _Start, year: int, recaptured: int | None) -> Decimal:
    """Return the basis MACRS is taken on in *year*, by the business share of that year."""
    rest = asset.business_basis - start.section_179 - start.bonus
    if not asset.uses:
        return rest
    if recaptured is not None and year > recaptured:
        rest += start.section_179
    share, first = asset.share_in(year), asset.business_share
    return rest + asset.cost * (share - first) if share >= first else rest * share / first


def _asset_year(asset: Asset179, start: _Start, year: int, law: Law) -> AssetDepreciation:
    course, recaptured = _course(asset, start), recapture_year(asset, start.convention, law)
    taken = amount = amt_taken = amt_amount = ZERO
    figures = start.figures
    for each in range(asset.year, year + 1):
        basis = _basis_in(asset, start, each, recaptured)
        amount, used = macrs(basis, course, each, law)
        amt_amount = macrs(basis, course, each, law, start.amt_percents)[0] if start.amt_percents else amount
        taken, amt_taken, figures = taken + amount, amt_taken + amt_amount, (*figures, *used)
    first, built_in = year == asset.year, asset.recovery_class in REAL_PROPERTY
    at_once = start.section_179 + start.bonus
    accumulated = at_once + taken
    return AssetDepreciation(
        asset=asset,
        section_179=start.section_179 if first else ZERO,
        bonus=start.bonus if first else ZERO,
        macrs=amount,
        accumulated=accumulated,
        all_business=_all_business(asset, start, year, law, recaptured) if asset.uses else accumulated,
        amt_macrs=amt_amount,
        amt_accumulated=at_once + amt_taken,
        recapturable=_recapturable(asset, start, course, year, law) if built_in else accumulated,
        remaining_basis=asset.business_basis - accumulated,
        convention=start.convention,
        last_year=last_year(course, law),
        qbi_years=int(law.in_year(QBI_YEARS, max(year, QBI_BEGAN)).amount()),
        cites=tuple(dict.fromkeys(figure.citation for figure in figures)),
    )


def _all_business(asset: Asset179, start: _Start, year: int, law: Law, recaptured: int | None) -> Decimal:
    """Return what would have been deducted up to *year* if the use had always been all business.

    What was given back of section 179 has the depreciation of the table in its place.
    """
    expensed = ZERO if recaptured is not None and recaptured <= year else start.section_179
    share = asset.business_share
    at_once = (expensed + start.bonus) / share if share else ZERO
    course = _course(asset, start)
    years = (macrs(asset.cost - at_once, course, each, law)[0] for each in range(asset.year, year + 1))
    return at_once + sum(years, ZERO)


def _recapturable(asset: Asset179, start: _Start, course: Course, year: int, law: Law) -> Decimal:
    """Return what a part of a building gives back: section 179 whole, and bonus as far as it ran ahead of the years.

    Law: what is expensed under section 179 is property of section 1245 (1245(a)(3)(C)); bonus is no straight line, so
    that it is additional depreciation (1250(b)(1); Treas. Reg. 1.168(k)-2(g)(5)); straight line itself is none.
    """
    in_line = sum((macrs(start.bonus, course, each, law)[0] for each in range(asset.year, year + 1)), ZERO)
    return start.section_179 + start.bonus - in_line
