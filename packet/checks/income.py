"""Income: each receipt's quantity at its price, to the micro-dollar, by kind."""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.packet.checks.amounts import in_dollars, round_half_even
from lotwork.packet.checks.history import Happening
from lotwork.packet.checks.telling import Told
from lotwork.packet.checks.worth import Valued, part_of


class Income:
    """The receipts of one year that count, and what waits for a price or for a word."""

    def __init__(self, year: int, valued: Valued) -> None:
        self._year, self._valued = year, valued
        self.rows: list[Told] = []
        self.pending: list[str] = []
        self.held: list[str] = []
        self.counted: list[tuple[Happening, int, bool]] = []
        """Each receipt, its value, and whether it is the payment itself or what was kept back of it."""
        self.pending_of_all: list[str] = []
        self._by_kind: dict[str, int] = {}
        self._by_day: dict[str, int] = {}
        self._by_pool: dict[str, int] = {}

    def take(self, event: Happening) -> None:
        """Take a receipt as it counts, and what was kept back of it as pay, which is income too."""
        if event.kind == "receipt":
            self._receive(event)
            for name, quantity, value in self._kept_back(event):
                self._keep(event, name, quantity, value)

    def _receive(self, event: Happening) -> None:
        mine = self._valued.days.day(event.at).year == self._year
        value = event.number("value_usd_micros")
        if event.text("doubt") not in (None, "none"):
            if mine:
                self.held.append(event.id)
        elif value is None:
            self.pending_of_all.append(event.id)
            if mine:
                self.pending.append(event.id)
        else:
            self._keep(event, event.id, event.count("quantity"), value)

    def _kept_back(self, event: Happening) -> Iterator[tuple[str, int, int]]:
        value = event.number("value_usd_micros")
        if value is None or event.text("doubt") not in (None, "none"):
            return
        for party, part in self._valued.sharing.of(event).kept_back:
            quantity, worth_of_it = part_of(event.count("quantity"), part), part_of(value, part)
            if quantity and worth_of_it:
                yield f"{event.id}:{party}", quantity, worth_of_it

    def _keep(self, event: Happening, name: str, quantity: int, value: int) -> None:
        day = self._valued.days.day(event.at)
        if day.year != self._year:
            return
        self.counted.append((event, value, name == event.id))
        asset, price = event.word("asset"), event.text("price_usd")
        decimals = self._valued.scales.decimals(asset)
        kind = event.word("income")
        sums = ((self._by_kind, kind), (self._by_day, day.isoformat()), (self._by_pool, event.text("pool") or kind))
        for told, key in sums:
            told[key] = told.get(key, 0) + value
        self.rows.append(
            {
                "receipt": name, "date": day.isoformat(), "wallet": event.word("wallet"), "asset": asset,
                "quantity": self._valued.scales.coins(quantity, asset),
                "price_usd": price or in_dollars(round_half_even(value * 10**decimals, quantity)),
                "value_usd": in_dollars(value), "income": kind,
                "price_source": self._valued.sources.get(name, "event"), "pool": event.text("pool"),
                "gross_quantity": self._coins(event, "gross_quantity", name),
                "pool_fee_quantity": self._coins(event, "pool_fee_quantity", name),
            }
        )  # fmt: skip

    def _coins(self, event: Happening, key: str, name: str) -> str | None:
        """Return a count of coins that a pool told of the payment itself, and not of what was kept back of it."""
        quantity = event.number(key) if name == event.id else None
        return None if quantity is None else self._valued.scales.coins(quantity, event.word("asset"))

    def by_day(self) -> Told:
        """Return the year's income by day."""
        return {day: in_dollars(value) for day, value in self._by_day.items()}

    def by_pool(self) -> Told:
        """Return the year's income by pool; what no pool paid, by its kind."""
        return {pool: in_dollars(value) for pool, value in self._by_pool.items()}

    def totals(self) -> Told:
        """Return the year's income, whole and by kind."""
        told = {"value_usd": in_dollars(sum(self._by_kind.values()))}
        told.update({kind: in_dollars(value) for kind, value in self._by_kind.items()})
        return told
