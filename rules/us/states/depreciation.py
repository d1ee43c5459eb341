"""Depreciation as a state counts it: a second Form 4562 under its switches, or an add-back spread over later years.

A state of the first kind follows no bonus, a bonus of its own, or a limit of its own under section 179: its switches
are laid over the federal law, and the same formula is asked again, so that the basis it leaves is the state's own. A
state of the second kind (North Carolina, Ohio) keeps the federal basis: a part of the bonus, and of section 179 above
its own limit, is added back in the year, and comes back in equal parts over the years after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.figures import QUARTERS, Entry, Version
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.asset import Asset179
from lotwork.rules.us.bonus import bonus_rate
from lotwork.rules.us.convention import QIP, Convention, declining_percents
from lotwork.rules.us.depreciation import YearDepreciation, depreciate
from lotwork.rules.us.form_4562 import in_service
from lotwork.rules.us.states.case import StateDepreciation
from lotwork.rules.us.states.table import StateTable, divisor

FEDERAL = "us/depreciation/"
MOST_OVERLAYS = 32
"""Laws with a state's switches that are kept: a few years of a few books."""
BONUS = ("bonus_full_rate", "bonus_phase_down", "bonus_before_2017", "bonus_elected_rate")
"""The federal rates of the bonus, every one of which a state's own rate takes the place of."""
OWN_BONUS = "bonus_rate"
OWN_SECTION_179 = ("section_179_limit", "section_179_phase_out_start")
STRAIGHT_LINE = "straight_line_where_bonus"
"""The switch of a state that depreciates a thing in a straight line where the federal bonus was taken on it."""
ADDED_BACK = "bonus_added_back"
"""The part of the bonus that is added back and spread, as two numbers, [85, 100]; a state has this or OWN_BONUS."""


class _Laid(NamedTuple):
    """A figure of the federal law as a state has it, from a day on; what a RuleCorrection asks."""

    figure: str
    from_: date
    value: Any
    cite: str
    reason: str


class SpreadYear(msgspec.Struct, frozen=True, kw_only=True):
    """What the federal return deducted at once in *year*, and the section 179 that the state's own limit allows."""

    year: int
    bonus: Decimal = ZERO
    section_179: Decimal = ZERO
    own_section_179: Decimal = ZERO


def is_spread(law: Law, state: str, year: int) -> bool:
    """Say whether *state* adds a part of the federal deduction back and spreads it: it has no Form 4562 of its own."""
    return StateTable(law, state, year).has(ADDED_BACK)


def takes_straight_lines(law: Law, state: str, year: int) -> bool:
    """Say whether *state* depreciates in a straight line what the federal bonus was taken on (Pennsylvania)."""
    return StateTable(law, state, year).switch(STRAIGHT_LINE)


def differs(law: Law, state: str, year: int) -> bool:
    """Say whether *state* counts depreciation otherwise than the federal law at all."""
    table = StateTable(law, state, year)
    return any(table.has(name) for name in (OWN_BONUS, ADDED_BACK, *OWN_SECTION_179))


@lru_cache(maxsize=MOST_OVERLAYS)
def overlay(law: Law, state: str, year: int) -> Law:
    """Return the federal law with the state's switches laid over it: `depreciate` under it is the state's Form 4562.

    The state's rate of bonus takes the place of each federal one, its limit and phase-out that of section 179, each
    from the day the state's table tells it. A state that spreads an add-back has its own section 179 alone.
    """
    table = StateTable(law, state, year)
    laid: list[_Laid] = []
    if table.has(OWN_BONUS) and not table.has(ADDED_BACK):
        own = law.entry(table.path(OWN_BONUS))
        for name in BONUS:
            laid += _over(f"{FEDERAL}{name}", law.entry(f"{FEDERAL}{name}"), own)
    for name in OWN_SECTION_179:
        if table.has(name):
            laid += _over(f"{FEDERAL}{name}", law.entry(f"{FEDERAL}{name}"), law.entry(table.path(name)))
    return law.corrected(laid)


def _over(path: str, federal: Entry, own: Entry) -> Iterator[_Laid]:
    """Yield the state's value from each day on which the federal figure or the state's turns."""
    days = {each.from_ for each in (*federal.in_force, *own.in_force)}
    for day in sorted(days):
        version: Version | None = own.on(day)
        if version is not None and federal.on(day) is not None:
            yield _Laid(path, day, version.value, f"{own.cite} ({version.source})", "as the state has it")


def state_assets(assets: Sequence[Asset179], law: Law, state: str, year: int) -> tuple[Asset179, ...]:
    """Return *assets* as the state counts them: a rate of bonus that was elected is none of the state's.

    Raises UnknownFigureError for section 179 elected in a year whose limit the state's table does not tell.
    """
    table = StateTable(law, state, year)
    for asset in assets:
        if asset.section_179 and table.has(OWN_SECTION_179[0]):
            law.figure(table.path(OWN_SECTION_179[0]), asset.placed_in_service)
        if asset.bonus != "none" and table.has(OWN_BONUS):
            law.figure(table.path(OWN_BONUS), asset.placed_in_service)
    if not table.has(OWN_BONUS) or table.has(ADDED_BACK):
        return tuple(assets)
    return tuple(each if each.bonus == "none" else replace(each, bonus="auto") for each in assets)


def own_depreciation(
    assets: Sequence[Asset179],
    year: int,
    law: Law,
    state: str,
    business_income_limit: Decimal | None,
    *,
    section_179_carried_in: Decimal = ZERO,
) -> YearDepreciation:
    """Return the state's own Form 4562 of *year*, as `depreciate` returns the federal one; lines name the state's form.

    Of a state that spreads an add-back it is worth for its section 179 alone, within the state's limit.
    """
    counted, own = state_assets(assets, law, state, year), overlay(law, state, year)
    carried = section_179_carried_in
    made = depreciate(counted, year, own, business_income_limit, section_179_carried_in=carried)
    table = StateTable(law, state, year)
    if takes_straight_lines(law, state, year):
        straight = depreciate(counted, year, straight_lines(own), business_income_limit, section_179_carried_in=carried)
        made = with_straight_lines(
            made, straight, [bonus_rate(each, law)[0] > 0 for each in assets if each.year <= year]
        )
    form = table.text("depreciation_form") or f"Form 4562 ({state})"
    return replace(made, lines=tuple(msgspec.structs.replace(each, form=form) for each in made.lines))


@lru_cache(maxsize=MOST_OVERLAYS)
def straight_lines(law: Law) -> Law:
    """Return *law* with the tables of the declining balance replaced by straight lines on the same conventions."""
    laid = []
    for quarter in (None, *range(1, QUARTERS + 1)):
        path = f"{FEDERAL}table_half_year" if quarter is None else f"{FEDERAL}table_mid_quarter_{quarter}"
        entry, convention = law.entry(path), Convention("straight line", quarter)
        first = entry.in_force[0]
        classes = {name: declining_percents(name, convention, Decimal(1)) for name in first.value}
        laid.append(_Laid(path, first.from_, classes, "straight line", "as the state has it"))
    return law.corrected(laid)


def with_straight_lines(made: YearDepreciation, straight: YearDepreciation, bonus: Sequence[bool]) -> YearDepreciation:
    """Return *made* with the straight line of each asset that had a *bonus* federally, in the order of the assets."""
    pairs = zip(made.assets, straight.assets, bonus, strict=True)
    assets = tuple(line if had else table for table, line, had in pairs)
    part_one = made.lines[: -len(in_service(made.assets, made.year, made.section_179))]
    return replace(
        made,
        assets=assets,
        macrs=sum((each.macrs for each in assets), ZERO),
        lines=(*part_one, *in_service(assets, made.year, made.section_179)),
    )


def gain_difference(federal: YearDepreciation, own: YearDepreciation) -> Decimal:
    """Return the state's gain on the assets disposed of in the year less the federal: by so much less was deducted.

    Both must be of the same assets, of their whole business use.
    """
    sold = {each.asset.name: each.accumulated for each in federal.assets if _sold(each.asset, federal.year)}
    theirs = {each.asset.name: each.accumulated for each in own.assets if _sold(each.asset, own.year)}
    if sold.keys() != theirs.keys():
        raise UnknownFigureError("the state's Form 4562 is of other equipment than the federal one: give both the same")
    return sum((theirs[name] - amount for name, amount in sold.items()), ZERO)


def _sold(asset: Asset179, year: int) -> bool:
    return asset.disposed is not None and asset.disposed.year == year


def second_form_4562(federal: YearDepreciation, own: YearDepreciation) -> StateDepreciation:
    """Return the difference between both Forms 4562 of a year, that of the gains on what was sold with it."""
    return StateDepreciation(
        federal=federal.total,
        own=own.total,
        gain_difference=gain_difference(federal, own),
        improvements=any(each.asset.recovery_class == QIP for each in own.assets),
        lines=own.lines,
    )


def spread(federal: Decimal, years: Sequence[SpreadYear], year: int, law: Law, state: str) -> StateDepreciation:
    """Return the add-back of *year* and what of earlier ones comes back; *federal* is Form 4562 line 22 of the year.

    *years* are the year itself and those before it, whose add-back the state spread; one that is left out had none.
    """
    table = StateTable(law, state, year)
    form = table.text("depreciation_form") or f"Add-back ({state})"
    lines: list[Line] = []
    added = back = ZERO
    for each in sorted(years, key=lambda told: told.year):
        then = StateTable(law, state, each.year)
        if not then.has(ADDED_BACK):
            continue
        whole = each.bonus + max(ZERO, each.section_179 - each.own_section_179)
        amount = _added_back(whole, then)
        figures = (then.figure(ADDED_BACK),)
        told = f"{each.year}: bonus, and section 179 above the state's own limit"
        row = line((form, str(each.year)), told, amount, figures=figures)
        share = then.figure("spread_years").amount()
        if each.year == year:
            added = amount
            lines.append(row)
        elif amount and 0 < year - each.year <= share:
            back += amount / share
            lines.append(row)
    law_of_it = table.figure(ADDED_BACK)
    own, earlier = ([each for each in lines if (each.line == str(year)) is this] for this in (True, False))
    label = f"Added back, {_added_back(Decimal(1), table):.2%} of both"
    total = line((form, "added back"), label, added, inputs=own, figures=(law_of_it,))
    inwards = line((form, "comes back"), "Comes back this year", back, inputs=earlier, figures=(law_of_it,))
    return StateDepreciation(federal=federal, own=federal - added, spread_in=back, lines=(*lines, total, inwards))


def _added_back(amount: Decimal, table: StateTable) -> Decimal:
    """Return the part of *amount* that is added back: multiplied first, since five sixths are no finite decimal."""
    figure = table.figure(ADDED_BACK)
    part, whole = figure.amounts()
    return amount * part / divisor(figure, whole)
