"""Wash sales: losses that a purchase of the same asset within 30 days disallows, over all wallets of the book.

Law: losses are taken in the order of the sales, and each is matched with what was bought within 30 days before or after
in the order it was bought; a unit bought disallows one loss only (26 U.S.C. 1091(a)-(c); Treas. Reg. 1.1091-1(b)-(e)).
The disallowed loss goes into the basis of what replaced the units sold, and so does the time they were held (1091(d),
1223(3)). What was bought before the sale counts as far as it is still held and is another lot: one who sells part of
the only lot he bought has reduced his holding, and replaced nothing (Rev. Rul. 56-602). Only purchases replace ("by
purchase or by an exchange", 1.1091-1(a)); a gift, an inheritance and a receipt do not.

A loss waits here until 30 days have gone by, and a purchase for 30 days as well: so a purchase that comes later changes
the figures of a sale before it, and never asks for history to be read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Protocol

import msgspec

from lotwork.ledger.units import BUILT_IN, AssetTable
from lotwork.projections.basis.holding_period import Term, on_day
from lotwork.projections.basis.pools import PARTS, Lineage, Lot, Pool
from lotwork.rules.load import Law
from lotwork.rules.us.wash_sale import classes_ever_reached, disallowed, reaches, window

Pools = Mapping[tuple[str, str], Pool]


class Loss(msgspec.Struct, gc=False):
    """A loss that a purchase may yet disallow: the units not replaced so far, and the loss on them."""

    asset: str
    day: int
    year: int
    term: Term
    box: str
    """That of Form 8949."""
    quantity: int
    amount: int
    held: int
    """For how many days the units were held."""
    lot: str
    row: int | None
    """Where its row stands among the rows of a fold that keeps its year; None where it keeps none."""


class Bought(msgspec.Struct, gc=False):
    """A purchase that may yet replace units sold: how much of it replaced nothing so far."""

    asset: str
    day: int
    lot: str
    quantity: int
    left: int
    parts: int = 0


class WashState(msgspec.Struct):
    """What is still within 30 days."""

    losses: list[Loss]
    bought: list[Bought]


class Disallow(Protocol):
    """Told of each loss that is disallowed, in part or whole."""

    def __call__(self, loss: Loss, amount: int) -> None:
        """Take *amount* of *loss* out of what counts."""


class WashSales(msgspec.Struct):
    """Matches losses with purchases, for the assets whose class the rule reaches."""

    law: Law
    assets: AssetTable
    classes: frozenset[str]
    """The classes the rule reaches on some day."""
    disallow: Disallow = lambda _loss, _amount: None
    losses: list[Loss] = msgspec.field(default_factory=list)
    bought: list[Bought] = msgspec.field(default_factory=list)

    def state(self) -> WashState:
        """Return what another fold can go on from."""
        return WashState(self.losses, self.bought)

    def resume(self, state: WashState) -> None:
        """Go on from *state*, beside whose losses the fold has the rows."""
        self.losses, self.bought = state.losses, state.bought

    def rows_waiting(self) -> list[int]:
        """Return the places of the rows that a purchase may yet mend."""
        return [loss.row for loss in self.losses if loss.row is not None]

    def may_reach(self, asset: str) -> bool:
        """Say if the rule reaches *asset* on some day."""
        known = self.assets.get(asset)
        return known is not None and known.asset_class in self.classes

    def lose(self, loss: Loss) -> None:
        """Take note of a loss; `replace_from` looks for what replaced the units, once the sale is done."""
        known = self.assets.get(loss.asset)
        if known is not None and reaches(self.law, known.asset_class, on_day(loss.day)):
            self.losses.append(loss)

    def replace_from(self, pools: Pools, asset: str, day: int) -> None:
        """Match the losses of *day* with what was bought before and is still held, earliest bought first."""
        self._forget(day)
        for loss in self.losses:
            if loss.day != day or loss.asset != asset:
                continue
            for bought in self.bought:
                if bought.asset == asset and bought.left and bought.lot != loss.lot:
                    self._replace_held(loss, bought, pools)
        self.losses = [loss for loss in self.losses if loss.quantity]

    def buy(self, asset: str, lot: Lot) -> Iterator[Lot]:
        """Yield *lot*, just bought, in the parts that replaced units sold before and the part that did not."""
        self._forget(lot.acquired_day)
        bought = Bought(asset, lot.acquired_day, lot.id, lot.quantity, lot.quantity)
        self.bought.append(bought)
        for loss in self.losses:
            if loss.asset == asset and bought.left:
                yield self._replace(loss, bought, lot, min(loss.quantity, bought.left))
        self.losses = [loss for loss in self.losses if loss.quantity]
        if lot.quantity:
            yield lot

    def _replace_held(self, loss: Loss, bought: Bought, pools: Pools) -> None:
        for pool in [pool for (_, asset), pool in pools.items() if asset == bought.asset]:
            lot = pool.exactly(bought.lot)
            part = 0 if lot is None else min(loss.quantity, bought.left, lot.quantity)
            if lot is not None and part:
                replacement = self._replace(loss, bought, lot, part)
                if not lot.quantity:
                    pool.close(lot)
                pool.add(replacement)

    def _replace(self, loss: Loss, bought: Bought, lot: Lot, quantity: int) -> Lot:
        """Return *quantity* of *lot* with the loss and the time of the units it replaced."""
        amount = disallowed(loss.amount, loss.quantity, quantity)
        loss.quantity -= quantity
        loss.amount -= amount
        bought.left -= quantity
        part = lot.part(quantity, lot.wallet)
        if quantity < bought.quantity:
            bought.parts = min(bought.parts + 1, PARTS - 1)
            part.id, part.sequence = f"{bought.lot}.w{bought.parts}", lot.sequence + bought.parts
        part.basis += amount
        part.unit_basis = None
        part.lineage = Lineage("wash_sale", term_day=lot.acquired_day - loss.held, origin=bought.lot)
        self.disallow(loss, amount)
        return part

    def _forget(self, day: int) -> None:
        """Forget what lies more than the window before *day*."""
        since = day - window(self.law, on_day(day))
        if self.losses and self.losses[0].day < since:
            self.losses = [loss for loss in self.losses if loss.day >= since]
        if self.bought and self.bought[0].day < since:
            self.bought = [bought for bought in self.bought if bought.day >= since]


def wash_sales(law: Law, assets: AssetTable) -> WashSales | None:
    """Return what matches losses with purchases; None where the book knows no asset the rule reaches on any day."""
    classes = classes_ever_reached(law)
    known = {asset.asset_class for asset in chain(BUILT_IN.values(), assets.declared.values())}
    return WashSales(law, assets, classes) if classes & known else None
