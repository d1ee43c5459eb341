"""Depreciation as the state counts it: the second Form 4562 of the book's rigs, or what was added back and comes back.

Law: a state that follows no bonus, or has a limit of its own under section 179, has depreciation, a basis and so a
gain on each rig's sale of its own. All years a rig stood are worked out anew under the state's switches. A state that
spreads an add-back keeps the federal basis; what it added back in the years it was the taxpayer's comes back in equal
parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import State
from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.costs.rig_years import EquipmentRow
from lotwork.projections.equipment import EquipmentBook
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business import Business
from lotwork.projections.returns.couple import Couple, couple_of
from lotwork.projections.returns.rig_sales import hobby_gains
from lotwork.projections.states.residence import Residence, residence_in, told_later
from lotwork.rules.line import Line, to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.asset import Asset179
from lotwork.rules.us.bonus import bonus_rate
from lotwork.rules.us.convention import QIP
from lotwork.rules.us.form_4562 import FORM as FORM_4562
from lotwork.rules.us.form_4562 import section_179_limit
from lotwork.rules.us.states.case import StateDepreciation
from lotwork.rules.us.states.depreciation import (
    SpreadYear,
    differs,
    is_spread,
    overlay,
    spread,
    state_assets,
    straight_lines,
    takes_straight_lines,
    with_straight_lines,
)
from lotwork.rules.us.states.table import StateTable
from lotwork.rules.us.two_businesses import of_spouse, ref_of_spouse

PROPERTY_COST = f"{FORM_4562} line 2"
Events = Mapping[str, tuple[str, ...]]


class RigDifference(NamedTuple):
    """A rig in one year by both laws, in micro-dollars: what is deducted, what is left, and what its sale gave."""

    id: str
    equipment: str
    federal_usd_micros: int
    own_usd_micros: int
    federal_left_usd_micros: int
    own_left_usd_micros: int
    federal_gain_usd_micros: int | None
    own_gain_usd_micros: int | None

    @property
    def differs(self) -> bool:
        """Whether the two laws tell of it otherwise in this year."""
        federal = (self.federal_usd_micros, self.federal_left_usd_micros, self.federal_gain_usd_micros)
        return federal != (self.own_usd_micros, self.own_left_usd_micros, self.own_gain_usd_micros)


class StateForm4562(msgspec.Struct, frozen=True):
    """The depreciation of a year under the state's law, with the rigs it is of, and the events behind its lines."""

    told: StateDepreciation
    rigs: tuple[RigDifference, ...] = ()
    years: tuple[SpreadYear, ...] = ()
    """Of a state that spreads an add-back: what each year deducted at once."""
    behind: Events = msgspec.field(default_factory=lambda: MappingProxyType({}))


def state_depreciation(book: Book, law: Law, owed: Liability, state: State, findings: list[Finding]) -> StateForm4562:
    """Return the depreciation of the year of *owed* as *state* counts it.

    Raises UnknownFigureError where the state's table does not tell the year of a rig.
    """
    year = owed.year
    federal = sum((each.depreciation for each in owed.businesses), ZERO)
    if not differs(law, state, year):
        spouse = ZERO if owed.spouse_business is None else owed.spouse_business.depreciation
        told = StateDepreciation(federal=federal, own=federal, spouse_federal=spouse, spouse_own=spouse)
        return StateForm4562(told)
    if is_spread(law, state, year):
        return _spread(book, law, owed, state, findings)
    own = _second_form(book, law, owed, state, findings)
    findings += _from_elsewhere(book, owed, state, own.rigs)
    return own


def _second_form(book: Book, law: Law, owed: Liability, state: State, findings: list[Finding]) -> StateForm4562:
    """Return the second Form 4562: every year of each rig under the state's switches, and the gains that follow."""
    year = owed.year
    theirs = _by_the_state(book, law, owed, state)
    for business in theirs:
        state_assets(_still_counting(business.equipment), law, state, year)
    findings += _carried_from_before(owed, theirs, state)
    form = StateTable(law, state, year).text("depreciation_form") or f"{FORM_4562} ({state})"
    gain = sum(map(_gains, theirs)) - sum(map(_gains, owed.businesses))
    rows = [row for each in theirs if not each.is_hobby for row in each.equipment.rows]
    told = StateDepreciation(
        federal=sum((each.depreciation for each in owed.businesses), ZERO),
        own=sum((each.depreciation for each in theirs), ZERO),
        gain_difference=usd_decimal(gain),
        spouse_federal=sum((each.depreciation for each in owed.businesses[1:]), ZERO),
        spouse_own=sum((each.depreciation for each in theirs[1:]), ZERO),
        improvements=any(row.recovery_class == QIP for row in rows),
        lines=tuple(line for each, is_spouse in _each(theirs) for line in _renamed(each, form, is_spouse)),
    )
    behind = {ref: events for each, is_spouse in _each(theirs) for ref, events in _own(each, form, is_spouse)}
    return StateForm4562(told, tuple(_differences(owed.businesses, theirs)), behind=behind)


def _carried_from_before(owed: Liability, own: Iterable[Business], state: State) -> Iterator[Finding]:
    """Yield that section 179 of returns outside the ledger is told of the federal ones, and deducted here too."""
    counted = [each.equipment for each in (*owed.businesses, *own) if not each.is_hobby]
    taken = max((each.section_179_from_before_usd_micros for each in counted), default=0)
    if taken:
        yield Finding(
            "state_carryforward_untold",
            f"{to_cents(usd_decimal(taken)):,} of section 179 carried in from returns before this book is deducted in "
            f"{owed.year}, and told of the federal ones: {STATES[state]} has a carryforward of its own, which is taken "
            "to be the same; if it is not, record the difference in `year_facts` as state_additions_usd or "
            "state_subtractions_usd",
            state,
        )


def _still_counting(equipment: EquipmentBook) -> list[Asset179]:
    """Return what the year may still deduct of: of a rig that is deducted whole no figure matters any more."""
    waits = {row.id for row in equipment.rows if row.waiting_usd_micros or row.section_179_usd_micros}
    return [
        each.asset for each in equipment.form.assets if each.last_year >= equipment.year or each.asset.name in waits
    ]


def _by_the_state(book: Book, law: Law, owed: Liability, state: State) -> tuple[Business, ...]:
    """Return each spouse's business under the state's switches.

    Where the state takes a straight line for what had a bonus federally, each rig is of the law that is its own.
    """
    year = owed.year
    own = overlay(law, state, year)
    made = _businesses(couple_of(book, own), year)
    if not takes_straight_lines(law, state, year):
        return made
    straight = _businesses(couple_of(book, straight_lines(own)), year)
    return tuple(
        _mixed(table, line, [bonus_rate(each.asset, law)[0] > 0 for each in federal.equipment.form.assets])
        for table, line, federal in zip(made, straight, owed.businesses, strict=True)
    )


def _mixed(table: Business, straight: Business, had_bonus: list[bool]) -> Business:
    """Return *table* with those of its rigs that *had_bonus*, in the order of its form, from *straight*."""
    form = with_straight_lines(table.equipment.form, straight.equipment.form, had_bonus)
    names = {each.asset.name for each, had in zip(form.assets, had_bonus, strict=True) if had}
    lines = {row.id: row for row in straight.equipment.rows if row.id in names}
    rows = tuple(lines.get(row.id, row) for row in table.equipment.rows)
    equipment = msgspec.structs.replace(table.equipment, form=form, rows=rows)
    depreciation = ZERO if table.is_hobby else usd_decimal(equipment.depreciation_usd_micros)
    return replace(table, equipment=equipment, depreciation=depreciation)


def _each(businesses: Iterable[Business]) -> Iterator[tuple[Business, bool]]:
    """Yield each business, and whether it is the spouse's."""
    return ((each, place > 0) for place, each in enumerate(businesses))


def _renamed(business: Business, form: str, is_spouse: bool) -> Iterator[Line]:  # noqa: FBT001 - of a pair
    """Yield the lines of a Form 4562 under the state's name of it."""
    if business.is_hobby:
        return
    name = of_spouse(form) if is_spouse else form
    for each in business.equipment.form.lines:
        inputs = tuple(_ref(ref, form, is_spouse) for ref in each.inputs)
        yield msgspec.structs.replace(
            each, form=name if each.form == FORM_4562 else f"{name}: {each.form}", inputs=inputs
        )


def _ref(ref: str, form: str, is_spouse: bool) -> str:  # noqa: FBT001 - of a pair
    if not ref.startswith(f"{FORM_4562} line "):
        return ref
    own = ref.replace(FORM_4562, form, 1)
    return ref_of_spouse(own) if is_spouse else own


def _own(business: Business, form: str, is_spouse: bool) -> Iterator[tuple[str, tuple[str, ...]]]:  # noqa: FBT001 - the same
    """Yield the events that stand on each line of a Form 4562, by the state's name of it."""
    for ref, events in business.behind.items():
        if ref.startswith(f"{FORM_4562} line "):
            yield _ref(ref, form, is_spouse), events


def _gains(business: Business) -> int:
    """Return what the rigs sold in the year brought over their basis, and section 179 given back, in micro-dollars."""
    if business.is_hobby:
        gains = hobby_gains([business.equipment])
        return gains.short_term + gains.long_term
    return business.equipment.gain_usd_micros + business.equipment.recaptured_179_usd_micros


def _differences(federal: Iterable[Business], own: Iterable[Business]) -> Iterator[RigDifference]:
    """Yield each rig of the year by both laws."""
    theirs = {row.id: row for each in own for row in each.equipment.rows}
    for row in (row for each in federal if not each.is_hobby for row in each.equipment.rows):
        other = theirs.get(row.id)
        if other is not None:
            yield _difference(row, other)


def _difference(federal: EquipmentRow, own: EquipmentRow) -> RigDifference:
    return RigDifference(
        federal.id, federal.equipment, federal.depreciation_usd_micros, own.depreciation_usd_micros,
        federal.remaining_basis_usd_micros, own.remaining_basis_usd_micros, federal.gain_usd_micros,
        own.gain_usd_micros,
    )  # fmt: skip


def _from_elsewhere(book: Book, owed: Liability, state: State, rigs: Iterable[RigDifference]) -> Iterator[Finding]:
    """Yield the rigs that began to serve in a year of another state, and differ: its law said what was left of them."""
    differ = {each.id for each in rigs if each.differs}
    untold: list[Residence] = []
    for row in (row for each in owed.businesses for row in each.equipment.rows if row.id in differ):
        then = residence_in(book.taxpayer, row.placed_in_service.year)
        untold += [then] if then.is_assumed and then.year < owed.year else []
        there = then.states - {state}
        if there:
            yield Finding(
                "rig_of_another_state",
                f"{row.equipment!r} was placed in service on {row.placed_in_service}, when {', '.join(sorted(there))} "
                f"was your state: its depreciation for {state} is reckoned as if the law of {state} had held from the "
                f"first day; look up what {state} asks of who moves in with a rig",
            )
    if untold:
        yield told_later(min(untold), state, "the basis of the rigs of then is that of its law")


def _spread(book: Book, law: Law, owed: Liability, state: State, findings: list[Finding]) -> StateForm4562:
    """Return what is added back this year, and what comes back of the years in which *state* was the taxpayer's."""
    year, federal, own = owed.year, couple_of(book, law), overlay(law, state, owed.year)
    years = [_at_once(owed.businesses, own, year)]
    first = min((each.placed_in_service.year for each in book.equipment.told()), default=year)
    back = int(StateTable(law, state, year).figure("spread_years").amount())
    for earlier in range(max(first, year - back), year):
        residence = residence_in(book.taxpayer, earlier)
        if state not in residence.states or not is_spread(law, state, earlier):
            continue
        told = _at_once(_businesses(federal, earlier), own, earlier)
        years.append(told)
        if residence.is_assumed and (told.bonus or told.section_179):
            findings.append(told_later(residence, state, f"what it added back then comes back in {year}"))
        if residence.moved and (told.bonus or told.section_179):
            findings.append(
                Finding(
                    "add_back_of_part_year",
                    f"what {state} added back in {earlier}, of which you lived there in a part, is taken whole, and "
                    f"comes back so in {year}: correct it with state_additions_usd in the `year_facts` of {year}",
                )
            )
    made = spread(sum((each.depreciation for each in owed.businesses), ZERO), years, year, law, state)
    behind = {line.ref: _expensed(book, line) for line in made.lines if line.line.isdigit()}
    return StateForm4562(made, years=tuple(sorted(years, key=lambda each: each.year)), behind=behind)


def _businesses(couple: Couple, year: int) -> tuple[Business, ...]:
    first, second = couple.businesses(year, [])
    return (first,) if second is None else (first, second)


def _at_once(federal: Iterable[Business], own: Law, year: int) -> SpreadYear:
    """Return what *year* deducted at once: the bonus, section 179, and what of it the limits of the law *own* allow.

    The state's limits of dollars and of what was invested are held against the deduction of the federal return, whose
    basis stays the state's (N.C.G.S. 105-153.6(c); R.C. 5747.01(A)): the limit of income was within it already. So is
    what waited for income from an earlier year, whether anything is elected in this one or not.
    """
    told = tuple(federal)
    counted = [each for each in told if not each.is_hobby]
    bonus = sum(row.bonus_usd_micros for each in counted for row in each.equipment.rows)
    deducted = _section_179(counted)
    cost = [each.amount for other in told for each in other.equipment.form.lines if each.ref == PROPERTY_COST]
    limit = section_179_limit(max(cost, default=ZERO), own, year)[0] if deducted else ZERO
    return SpreadYear(
        year=year,
        bonus=usd_decimal(bonus),
        section_179=deducted,
        own_section_179=min(deducted, limit),
    )


def _section_179(businesses: Iterable[Business]) -> Decimal:
    return usd_decimal(
        sum(
            each.equipment.section_179_from_before_usd_micros
            + sum(row.section_179_usd_micros for row in each.equipment.rows)
            for each in businesses
        )
    )


def _expensed(book: Book, line: Line) -> tuple[str, ...]:
    """Return the rigs behind the line of a year of add-backs."""
    return tuple(each.id for each in book.equipment.told() if each.placed_in_service.year == int(line.line))
