"""The lots, re-done: every acquisition, transfer and disposal in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lotwork.packet.checks.amounts import in_dollars, worth
from lotwork.packet.checks.choices import Choice, Custody, NamedLots, StandingOrders
from lotwork.packet.checks.disposals import REALIZED, Gains, Leaving
from lotwork.packet.checks.history import Happening, Holding
from lotwork.packet.checks.law import Figures
from lotwork.packet.checks.pools import PLACES_OF_A_LOT, Parcel, Pile, place_of
from lotwork.packet.checks.telling import Told
from lotwork.packet.checks.timing import Timing
from lotwork.packet.checks.transition import TURN, Allocating, Whereabouts, allocated
from lotwork.packet.checks.wash import WashRule
from lotwork.packet.checks.worth import is_fee

ALL_WALLETS = ""
BRINGING = ("receipt", "purchase", "gift", "transfer")
TAKING = ("sale", "transfer")


class Lots:
    """Folds the events that count into open lots and the gains of a year."""

    def __init__(self, year: int, holding: Holding, events: list[Happening], law: Figures, timing: Timing) -> None:
        self._days, self._scales, self._timing = holding.days, holding.scales, timing
        self.custody = Custody([each for each in events if each.kind == "wallet"], holding.days, holding.scales, law)
        self._orders = StandingOrders([each for each in events if each.kind == "election"], self.custody)
        self._named = NamedLots([each for each in events if each.kind == "selection"], self.custody)
        self._allocating = Allocating(events, holding.days, law)
        self._wash = WashRule(law, holding.scales)
        self.gains = Gains(year, self.custody, law, self._wash, holding.scales.coins, holding.scales.class_of)
        self._piles: dict[tuple[str, str], Pile] = {}
        self._where = Whereabouts()
        self._turned = False
        self._turn = holding.days.midnight(TURN)
        self._count = 0
        self._last_day = date.min

    def fold(self, together: list[Happening]) -> None:
        """Fold the events of one instant: a disposal that its pool cannot cover waits for what arrives then."""
        waits, gone = False, False
        for event in together:
            waits = waits or (gone and event.kind in BRINGING)
            gone = gone or event.kind in TAKING
        for event in self._in_turn(together) if waits else together:
            self._take(event)

    def _in_turn(self, together: list[Happening]) -> Iterator[Happening]:
        waiting: list[Happening] = []
        for event in together:
            if event.kind in TAKING and not self._covers(event):
                waiting.append(event)
                continue
            yield event
            arrived = event.kind in BRINGING
            while arrived:
                arrived = False
                for each in tuple(waiting):
                    if self._covers(each):
                        waiting.remove(each)
                        yield each
                        arrived = arrived or each.kind == "transfer"
        yield from waiting

    def _covers(self, event: Happening) -> bool:
        self._turn_if_due(event)
        wallet, wanted, asset = event.text("wallet") or "", event.count("quantity"), event.word("asset")
        if event.kind == "transfer":
            wallet, wanted = event.word("from_wallet"), wanted + (event.number("fee_quantity") or 0)
            if not self._turned:
                return self._where.holds(wallet, asset, wanted)
        pile = self._piles.get((wallet if self._turned else ALL_WALLETS, asset))
        return pile is not None and pile.holds(wanted, event.choices())

    def _take(self, event: Happening) -> None:
        if event.kind == "receipt":
            value = event.number("value_usd_micros")
            if value is not None and event.text("doubt") in (None, "none"):
                self._acquire(event, value)
        elif event.kind == "purchase":
            self._acquire(event, event.count("cost_usd_micros") + event.count("fee_usd_micros", 0))
        elif event.kind == "gift":
            self._receive_gift(event)
        elif event.kind == "sale":
            self._sell(event)
        elif event.kind == "transfer":
            self._transfer(event)
        elif event.kind == "movement":
            self._fee_without_a_price(event)

    def _acquire(self, event: Happening, basis: int) -> None:
        self._turn_if_due(event)
        self._count += PLACES_OF_A_LOT
        day = self._days.day(event.at)
        self._last_day = max(self._last_day, day)
        order, wallet, asset = place_of(self._last_day, self._count), event.word("wallet"), event.word("asset")
        lot = Parcel(event.id, order, day, event.count("quantity"), basis, wallet)
        lot.bought_here = event.kind == "purchase"
        if not self._turned:
            self._where.arrive(wallet, asset, order, lot.quantity)
        pile = self._pile(wallet, asset)
        if lot.bought_here and self._wash.may_reach(asset):
            for part in self._wash.buy(asset, lot):
                pile.put(part)
        else:
            pile.put(lot)

    def _receive_gift(self, event: Happening) -> None:
        """Make a lot of a gift, which stands where its giver acquired it; of what is inherited, at the day of death."""
        self._turn_if_due(event)
        self._count += PLACES_OF_A_LOT
        day, wallet, quantity = self._days.day(event.at), event.word("wallet"), event.count("quantity")
        value, giver = event.number("fair_value_usd_micros"), event.number("donor_basis_usd_micros")
        if event.text("how") == "inheritance":
            lot = Parcel(event.id, place_of(day, self._count), day, quantity, value or 0, wallet)
            lot.how, lot.basis_known = "inheritance", value is not None
        else:
            acquired = day
            if event.text("donor_acquired") is not None:
                told = date.fromisoformat(event.word("donor_acquired"))
                acquired = min(told, day)
            basis, loss = gift_basis(giver or 0, value, event.count("gift_tax_usd_micros", 0))
            lot = Parcel(event.id, place_of(acquired, self._count), acquired, quantity, basis, wallet)
            lot.how, lot.basis_known, lot.loss_basis = "gift", giver is not None, loss
            lot.loss_day = None if loss is None else day
        if not self._turned:
            self._where.arrive(wallet, event.word("asset"), lot.order, quantity)
        self._pile(wallet, event.word("asset")).put(lot)

    def _sell(self, event: Happening) -> None:
        self._turn_if_due(event)
        how = event.text("disposition") or "sold"
        proceeds = event.count("proceeds_usd_micros")
        if how in REALIZED:
            proceeds -= event.count("fee_usd_micros", 0)
        day, wallet, asset = self._days.day(event.at), event.word("wallet"), event.word("asset")
        method, election = self._orders.in_force(wallet, asset, day, event.at)
        chosen, by = self._named.of(event, wallet)
        self._timing.note(event, day, chosen, by, election)
        self._dispose(Leaving(event.id, wallet, asset, event.count("quantity"), proceeds, day, how), method, chosen)

    def _transfer(self, event: Happening) -> None:
        self._turn_if_due(event)
        day, asset, fee = self._days.day(event.at), event.word("asset"), event.number("fee_quantity")
        source, target, quantity = event.word("from_wallet"), event.word("to_wallet"), event.count("quantity")
        arrives = event.text("to_asset") or asset
        method, _ = self._orders.in_force(source, asset, day, event.at)
        if fee:
            price = event.text("price_usd")
            brought = None if price is None else worth(fee, price, self._scales.decimals(asset))
            self._dispose(Leaving(event.id, source, asset, fee, brought, day, "spent"), method, [])
        if not self._turned:
            self._where.move(event, quantity)
            if arrives == asset:
                return
        chosen, _ = self._named.of(event, source)
        arriving = self._pile(target, arrives)
        for lot, part in self._pile(source, asset).take(quantity, method, chosen):
            arriving.put(lot.cut(part, target))

    def _fee_without_a_price(self, event: Happening) -> None:
        """Take the lots of a network's fee that no price is known for; it stays out of the figures."""
        if not is_fee(event):
            return
        self._turn_if_due(event)
        day, wallet, asset = self._days.day(event.at), event.word("wallet"), event.word("asset")
        method, _ = self._orders.in_force(wallet, asset, day, event.at)
        self._dispose(Leaving(event.id, wallet, asset, event.count("quantity"), None, day, "spent"), method, [])

    def _dispose(self, leaving: Leaving, method: str, chosen: list[Choice]) -> None:
        matched = 0
        for lot, part in self._pile(leaving.wallet, leaving.asset).take(leaving.quantity, method, chosen):
            matched += part
            self.gains.match(leaving, lot.cut(part, lot.wallet), part)
        if not self._turned:
            self._where.leave(leaving.wallet, leaving.asset, leaving.quantity)
        if matched < leaving.quantity:
            self.gains.match(leaving, None, leaving.quantity - matched)
        if self._wash.may_reach(leaving.asset):
            self._wash.after_a_sale(self._piles, leaving.asset, leaving.day)

    def _pile(self, wallet: str, asset: str) -> Pile:
        return self._piles.setdefault((wallet if self._turned else ALL_WALLETS, asset), Pile())

    def _turn_if_due(self, event: Happening) -> None:
        if not self._turned and event.at >= self._turn:
            self._allocate()

    def _allocate(self) -> None:
        piles: dict[tuple[str, str], Pile] = {}
        for (_, asset), pile in self._piles.items():
            lots = pile.by_age()
            for lot, part, wallet in allocated(lots, self._where.of(asset), self._allocating.of(asset)):
                piles.setdefault((wallet, asset), Pile()).put(lot.cut(part, wallet))
        self._piles, self._turned, self._where = piles, True, Whereabouts()

    def open_rows(self) -> list[Told]:
        """Return the open lots by coin, wallet and age, each in the wallet its coins lie in."""
        if not self._turned:
            self._allocate()
        rows = []
        for asset, wallet in sorted((asset, wallet) for wallet, asset in self._piles):
            for lot in self._piles[wallet, asset].by_age():
                told: Told = {
                    "asset": asset, "wallet": wallet, "quantity": self._scales.coins(lot.quantity, asset),
                    "acquired": lot.acquired.isoformat(), "basis_usd": in_dollars(lot.basis), "lot": lot.id,
                }  # fmt: skip
                if lot.how is not None:
                    told["how"] = lot.how
                if lot.loss_basis is not None:
                    told["loss_basis_usd"] = in_dollars(lot.loss_basis)
                if lot.term_day is not None:
                    told["held_from"] = lot.term_day.isoformat()
                rows.append(told)
        return rows


def gift_basis(giver: int, value: int | None, tax: int) -> tuple[int, int | None]:
    """Return a gift's basis for a gain, and for a loss where that is another (26 U.S.C. 1015(a), (d)(6))."""
    if value is None:
        return giver, 0
    if value < giver:
        return giver, value
    return min(giver + tax, value), None
