"""Wash sales: a loss that a purchase of the same asset within 30 days disallows (26 U.S.C. 1091).

A disallowed loss goes into the basis of what replaced the units sold, and so does the time they were held. A unit
bought replaces once. Earlier losses are matched first, with what was bought earliest; the lot that was sold itself, and
what was received or given, replaces nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from lotwork.packet.checks.amounts import Scales, round_half_even
from lotwork.packet.checks.law import Figures
from lotwork.packet.checks.pools import PLACES_OF_A_LOT, Parcel, Pile

REACHES = {
    "security": "us/wash_sale/reaches_security", "coin": "us/wash_sale/reaches_coin",
    "token": "us/wash_sale/reaches_token",
}  # fmt: skip


class LossTaken:
    """A loss that a purchase may disallow: how many units, how much, for how long they were held, of which lot."""

    def __init__(self, asset: str, day: date, quantity: int, amount: int, held: int, lot: str,
                 disallow: Callable[[int], None]) -> None:  # fmt: skip
        self.asset, self.day, self.quantity, self.amount = asset, day, quantity, amount
        self.held, self.lot, self.disallow = held, lot, disallow


class Bought:
    """A purchase that may replace units sold: how much of it has replaced nothing so far."""

    def __init__(self, asset: str, day: date, lot: str, quantity: int) -> None:
        self.asset, self.day, self.lot = asset, day, lot
        self.quantity = self.left = quantity
        self.parts = 0


class WashRule:
    """Matches losses with purchases, for the classes of asset the law reaches on some day."""

    def __init__(self, law: Figures, scales: Scales) -> None:
        self._law, self._scales = law, scales
        reached = {name for name, path in REACHES.items() if any(each["value"] is True for each in law.versions(path))}
        self._classes = reached & scales.classes()
        self._losses: list[LossTaken] = []
        self._bought: list[Bought] = []

    def may_reach(self, asset: str) -> bool:
        """Say whether the rule reaches an asset on some day."""
        return self._scales.class_of(asset) in self._classes

    def lose(self, loss: LossTaken) -> None:
        """Take note of a loss, where the rule reaches it on its day."""
        kind = self._scales.class_of(loss.asset)
        if kind is not None and self._law.switch(REACHES[kind], loss.day):
            self._losses.append(loss)

    def after_a_sale(self, piles: dict[tuple[str, str], Pile], asset: str, day: date) -> None:
        """Match the losses of *day* with what was bought before and is still held."""
        self._forget(day)
        for loss in self._losses:
            for bought in self._bought if (loss.day, loss.asset) == (day, asset) else ():
                if bought.asset == asset and bought.left and bought.lot != loss.lot:
                    for pile in [pile for (_, held), pile in piles.items() if held == asset]:
                        lot = pile.open.get(bought.lot)
                        part = 0 if lot is None else min(loss.quantity, bought.left, lot.quantity)
                        if lot is not None and part:
                            replacement = replaced(loss, bought, lot, part)
                            pile.close_if_used(lot)
                            pile.put(replacement)
        self._losses = [loss for loss in self._losses if loss.quantity]

    def buy(self, asset: str, lot: Parcel) -> Iterator[Parcel]:
        """Yield a lot, just bought, in the parts that replaced units sold before and the rest."""
        self._forget(lot.acquired)
        bought = Bought(asset, lot.acquired, lot.id, lot.quantity)
        self._bought.append(bought)
        for loss in self._losses:
            if loss.asset == asset and bought.left:
                yield replaced(loss, bought, lot, min(loss.quantity, bought.left))
        self._losses = [loss for loss in self._losses if loss.quantity]
        if lot.quantity:
            yield lot

    def _forget(self, day: date) -> None:
        since = day - timedelta(days=self._law.number("us/wash_sale/window_days", day))
        if self._losses and self._losses[0].day < since:
            self._losses = [loss for loss in self._losses if loss.day >= since]
        if self._bought and self._bought[0].day < since:
            self._bought = [bought for bought in self._bought if bought.day >= since]


def replaced(loss: LossTaken, bought: Bought, lot: Parcel, quantity: int) -> Parcel:
    """Return so much of *lot* with the loss and the time of the units it replaced."""
    whole = quantity == loss.quantity
    amount = loss.amount if whole else round_half_even(loss.amount * quantity, loss.quantity)
    loss.quantity -= quantity
    loss.amount -= amount
    bought.left -= quantity
    acquired = lot.acquired
    order = lot.order
    part = lot.cut(quantity, lot.wallet)
    if quantity < bought.quantity:
        bought.parts = min(bought.parts + 1, PLACES_OF_A_LOT - 1)
        part.id, part.order = f"{bought.lot}.w{bought.parts}", order + bought.parts
    part.basis += amount
    part.unit = part.basis * 10**48 // part.quantity
    part.how, part.origin, part.loss_basis, part.loss_day = "wash_sale", bought.lot, None, None
    part.term_day = acquired - timedelta(days=loss.held)
    loss.disallow(amount)
    return part
