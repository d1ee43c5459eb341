"""Section 179 over the years: what each rig was expensed by, and what still waits for business income.

Law: what the income limit disallows is carried forward without end (26 U.S.C. 179(b)(3)(B)); the year's own elections
are deducted first, then the oldest carryover (Treas. Reg. 1.179-3(b), (e)); what is carried from one year is
apportioned equally over that year's items where the taxpayer chose no other way (1.179-3(e)). The basis falls by the
whole election in its first year; what still waits when a rig is sold goes back into its basis (1.179-3(f)(1)), and so
does what waits on one that is no longer used mostly in the business, where the rest is given back (179(d)(10)).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple, TypeAlias

import msgspec

from lotwork.ledger.units import ZERO, usd_decimal, usd_micros
from lotwork.rules.load import Law
from lotwork.rules.us.asset import Asset179
from lotwork.rules.us.depreciation import YearDepreciation, depreciate
from lotwork.rules.us.form_4562 import in_service
from lotwork.rules.us.recapture import recapture_179, recapture_year

BusinessIncome: TypeAlias = Callable[[int], Decimal | None]
"""Business income of a year before section 179, wages included (26 U.S.C. 179(b)(3)(A)); None is no limit."""

BEFORE = ""
"""Stands for what was carried into the ledger from returns that are not in it."""


class Waiting(NamedTuple):
    """A part of an election that waits for income: the year it was elected in, the rig, and how much."""

    year: int
    rig: str
    usd_micros: int


class GivenBack(NamedTuple):
    """Section 179 of a rig whose business use fell: what was deducted, what depreciation would have been, the rest."""

    deducted: int
    instead: int
    income: int


@dataclass(slots=True)
class Expensing:
    """Section 179 up to a year: deducted in it and ever, waiting at its end, and given back to what was sold in it."""

    form: YearDepreciation
    elected: dict[str, int]
    deducted: dict[str, int]
    waiting: list[Waiting]
    returned: dict[str, int]
    """What waited, and went back into the basis of a rig sold this year."""
    recaptured: dict[str, int] = field(default_factory=dict)
    """Given back by rigs whose business use fell to half or less, this year or before."""
    given_back: dict[str, GivenBack] = field(default_factory=dict)
    """Of that, this year's: income."""
    unused: dict[str, int] = field(default_factory=dict)
    """What waited on such rigs, and went back into their basis, this year or before."""

    def waiting_for(self, rig: str) -> int:
        """Return what still waits for income on *rig*, in micro-dollars."""
        return sum(part.usd_micros for part in self.waiting if part.rig == rig)

    def waiting_by_rig(self) -> dict[str, int]:
        """Return what waits on each rig."""
        waits: defaultdict[str, int] = defaultdict(int)
        for part in self.waiting:
            waits[part.rig] += part.usd_micros
        return waits

    def of(self, rigs: Collection[str], year: int, *, with_part_one: bool) -> Expensing:
        """Return what of it is of *rigs*, those of one spouse; Part I, which both share, stands with one of them."""
        names = {*rigs, BEFORE} if with_part_one else set(rigs)
        own = tuple(each for each in self.form.assets if each.asset.name in names)
        deducted = {name: amount for name, amount in self.deducted.items() if name in names}
        rest = len(in_service(self.form.assets, year, self.form.section_179))
        shared = self.form.lines[: len(self.form.lines) - rest]
        taken = usd_decimal(sum(deducted.values()))
        form = replace(
            self.form,
            assets=own,
            section_179=taken,
            bonus=sum((each.bonus for each in own), ZERO),
            macrs=sum((each.macrs for each in own), ZERO),
            lines=(*(shared if with_part_one else ()), *in_service(own, year, taken)),
        )
        return replace(
            self,
            form=form,
            deducted=deducted,
            waiting=[part for part in self.waiting if part.rig in names],
            given_back={name: back for name, back in self.given_back.items() if name in names},
        )

    @property
    def carryforward_usd_micros(self) -> int:
        """All that waits."""
        return sum(part.usd_micros for part in self.waiting)


def expensing(
    assets: Sequence[Asset179], year: int, law: Law, income: BusinessIncome, carried_before: Mapping[int, int]
) -> Expensing:
    """Return section 179 of *year*, each year since the first election computed in its turn.

    Each asset is named by the id of its event. *carried_before* is, by year, the carryover into that year from returns
    outside the ledger, in micro-dollars.
    """
    needed = {year, *carried_before, *(asset.year for asset in assets if asset.section_179)}
    fallen = {asset.name: asset for asset in assets if asset.uses and asset.section_179}
    waiting: list[Waiting] = []
    before = Given()
    for each in range(min(needed), year + 1):
        if waiting or fallen or each in needed:
            made = _year(assets, each, law, income, _carried(waiting, carried_before, each))
            _give_back(made, fallen, before, each, law)
            waiting = made.waiting
    return made


class Given(msgspec.Struct):
    """What was deducted on rigs whose use changed, and given back by them, in all years so far."""

    deducted: dict[str, int] = msgspec.field(default_factory=dict)
    recaptured: dict[str, int] = msgspec.field(default_factory=dict)
    unused: dict[str, int] = msgspec.field(default_factory=dict)


def _give_back(made: Expensing, fallen: Mapping[str, Asset179], before: Given, year: int, law: Law) -> None:
    """Put into *made* what is given back in *year* by the rigs whose business use fell, and what was before."""
    for told in made.form.assets:
        name = told.asset.name
        if name not in fallen:
            continue
        before.deducted[name] = before.deducted.get(name, 0) + made.deducted.get(name, 0)
        if recapture_year(told.asset, told.convention, law) == year:
            deducted = before.deducted[name]
            back, instead = recapture_179(told.asset, told.convention, usd_decimal(deducted), law)
            made.given_back[name] = GivenBack(deducted, usd_micros(instead), usd_micros(back))
            before.recaptured[name] = made.given_back[name].income
            before.unused[name] = made.waiting_for(name)
            made.waiting[:] = [part for part in made.waiting if part.rig != name]
    made.recaptured = dict(before.recaptured)
    made.unused = dict(before.unused)


def _carried(waiting: list[Waiting], carried_before: Mapping[int, int], year: int) -> list[Waiting]:
    """Return *waiting* with what the taxpayer says was carried into *year* from outside, which replaces what was."""
    if year not in carried_before:
        return waiting
    own = [part for part in waiting if part.rig != BEFORE]
    return [Waiting(0, BEFORE, carried_before[year]), *own] if carried_before[year] else own


def _year(assets: Sequence[Asset179], year: int, law: Law, income: BusinessIncome, waiting: list[Waiting]) -> Expensing:
    sold = {asset.name for asset in assets if asset.disposed is not None and asset.disposed.year == year}
    returned = {part.rig: part.usd_micros for part in waiting if part.rig in sold}
    carried = [part for part in waiting if part.rig not in sold]
    carried_in = sum(part.usd_micros for part in carried)
    form = depreciate(assets, year, law, income(year), section_179_carried_in=usd_decimal(carried_in))
    elected = {each.asset.name: usd_micros(each.section_179) for each in form.assets if each.section_179}
    room = usd_micros(form.section_179)
    disallowed = max(0, sum(elected.values()) - room)
    kept = equally(disallowed, elected)
    deducted = {rig: amount - kept[rig] for rig, amount in elected.items()}
    still = _use(carried, room - sum(deducted.values()), deducted)
    still += [Waiting(year, rig, amount) for rig, amount in kept.items() if amount]
    return Expensing(form, elected, deducted, still, returned)


def _use(carried: list[Waiting], room: int, deducted: dict[str, int]) -> list[Waiting]:
    """Deduct what is *carried*, the oldest year first, within *room*; return what waits on."""
    by_year: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for part in carried:
        by_year[part.year][part.rig] = part.usd_micros
    still = []
    for year, amounts in sorted(by_year.items()):
        used = equally(min(room, sum(amounts.values())), amounts)
        room -= sum(used.values())
        for rig, amount in amounts.items():
            if used[rig]:
                deducted[rig] = deducted.get(rig, 0) + used[rig]
            if amount > used[rig]:
                still.append(Waiting(year, rig, amount - used[rig]))
    return still


def equally(whole: int, most: Mapping[str, int]) -> dict[str, int]:
    """Return *whole* apportioned equally over the items, to none more than its *most*; the last take what is left."""
    parts = {}
    items = sorted(most.items(), key=lambda item: (item[1], item[0]))
    for place, (name, limit) in enumerate(items):
        parts[name] = min(limit, whole // (len(items) - place))
        whole -= parts[name]
    return parts
