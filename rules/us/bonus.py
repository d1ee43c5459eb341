"""The special depreciation allowance: its rate by the day of the contract, and what may be elected instead (168(k))."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lotwork.ledger.units import ZERO
from lotwork.rules.errors import CaseRefusedError, UnknownFigureError
from lotwork.rules.figures import Figure
from lotwork.rules.load import Law
from lotwork.rules.us.asset import BONUS_CLASSES, Asset179


def bonus_rate(asset: Asset179, law: Law) -> tuple[Decimal, tuple[Figure, ...]]:
    """Return the bonus rate of *asset* by the day of its contract, and the figures behind it (26 U.S.C. 168(k)).

    A contract of 2017-09-27 or before has what the law before P.L. 115-97 left it, nothing after 2019 (168(k)(8)); one
    of 2025-01-19 or before stays on the phase-down by the day in service; later ones have the full rate.
    A rate named by the taxpayer must be one the law lets him elect (168(k)(7), (10)).
    """
    if asset.bonus == "none" or asset.recovery_class not in BONUS_CLASSES or asset.left_in_first_year:
        return ZERO, ()
    placed = asset.placed_in_service
    full_from = law.figure("us/depreciation/bonus_full_from", placed)
    late = asset.acquired >= full_from.day()
    old = _acquired_before(asset, law)
    name = "bonus_full_rate" if late else "bonus_phase_down" if old is None else "bonus_before_2017"
    rate = law.figure(f"us/depreciation/{name}", placed)
    figures = (old or full_from, rate)
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


def _acquired_before(asset: Asset179, law: Law) -> Figure | None:
    """Return the day before which *asset* was acquired, where the law of before P.L. 115-97 still holds for it.

    A law kept on file from before that day was told knows of none, and stays as it was filed under.
    """
    try:
        since = law.figure("us/depreciation/bonus_acquired_from", asset.placed_in_service)
    except UnknownFigureError:
        return None
    return since if asset.acquired < since.day() else None


def is_qualified(asset: Asset179, law: Law) -> bool:
    """Say whether the bonus may be taken on *asset*, or could be if it were not elected out (168(k)(2)(A))."""
    if asset.placed_in_service < law.figure("us/depreciation/minimum_tax_parity_from", asset.placed_in_service).day():
        return False
    try:
        rate, _ = bonus_rate(replace(asset, bonus="auto", section_179=ZERO, disposed=None), law)
    except UnknownFigureError:
        return True
    return rate > 0
