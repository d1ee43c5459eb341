"""Lots and coins of a kept book that wait to be read until one is asked for: most answers ask for none of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from lotwork.ledger.events import LotChoice, Method
from lotwork.projections.basis.holdings import ACQUIRED, Coins, Holdings
from lotwork.projections.basis.pools import Given, Lot, Order, Pool

Piles: TypeAlias = Iterable[tuple[str, str, Iterable[Coins]]]


class Waiting(NamedTuple):
    """What the state of lots leaves out: the lots of each (wallet, asset), none of them empty, and where coins lie."""

    pools: Iterable[tuple[str, str, Iterable[Lot]]] = ()
    lying: Piles = ()


class WaitingPool(Pool):
    """A pool whose lots are read when one is first asked for; what comes before that waits behind them."""

    __slots__ = ()

    @classmethod
    def of(cls, lots: Iterable[Lot]) -> Pool:
        """Return the pool of *lots*, of which there are some."""
        pool = cls()
        pool._waiting = [(Pool.put_kept, lots)]
        return pool

    def put(self, lot: Lot) -> None:
        """Put *lot*, of which no part waits, behind those that do."""
        self._waiting.append((Pool.put_kept, (lot,)))

    def put_all(self, lots: Sequence[Lot]) -> None:
        """Put *lots* behind those that wait."""
        self._waiting.append((Pool.put_all, lots))

    def add(self, lot: Lot) -> None:
        """Put *lot* behind those that wait."""
        self._waiting.append((Pool.add_all, (lot,)))

    def _read(self) -> Pool:
        waiting = [(take, (*lots,)) for take, lots in self._waiting]  # all or none: where one cannot be read, all wait
        self._waiting = []
        self.__class__ = Pool  # type: ignore[assignment] # it has waited, and is a pool as any other
        for take, lots in waiting:
            take(self, lots)
        return self

    def copy(self) -> Pool:
        """Return this pool again, once it is read; so all that follow."""
        return self._read().copy()

    def by(self, method: Method) -> Order:
        """Return the lots by *method*."""
        return self._read().by(method)

    def give_up(self, quantity: int, method: Method) -> Given:
        """Return the lots that *method* gives up."""
        return self._read().give_up(quantity, method)

    def named(self, lot_id: str) -> Lot | None:
        """Return the open lot of that id."""
        return self._read().named(lot_id)

    def holds(self, quantity: int, chosen: Iterable[LotChoice] = ()) -> bool:
        """Say if *quantity* is here."""
        return self._read().holds(quantity, chosen)

    def exactly(self, lot_id: str) -> Lot | None:
        """Return the open lot of just that id."""
        return self._read().exactly(lot_id)

    def close(self, lot: Lot) -> None:
        """Forget *lot*."""
        self._read().close(lot)

    def lots(self) -> list[Lot]:
        """Return the open lots."""
        return self._read().lots()

    def is_empty(self) -> bool:
        """Say that some wait."""
        return False

    def __iter__(self) -> Iterator[Lot]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    @property
    def size(self) -> int:
        """How many lots it keeps."""
        return self._read().size


class WaitingHoldings(Holdings):
    """The same of the coins that lie in wallets."""

    def __init__(self, lying: Piles) -> None:
        super().__init__()
        self._kept = lying
        self._received: list[tuple[str, str, list[Coins]]] = []

    def _read(self) -> Holdings:
        piles = [(wallet, asset, (*coins,)) for wallet, asset, coins in self._kept]
        received, self._kept, self._received = self._received, (), []
        self.__class__ = Holdings  # type: ignore[assignment] # the same
        self.resume(piles)
        self.resume(received)
        return self

    def receive(self, asset: str, lots: Sequence[Lot]) -> None:
        """Put the coins of *lots* behind what waits."""
        self._received.extend((lot.wallet, asset, [Coins(lot.sequence, lot.quantity, ACQUIRED)]) for lot in lots)

    def arrive(self, wallet: str, asset: str, coins: Coins) -> None:
        """Put *coins* into *wallet*, once they are read; so all that follow."""
        self._read().arrive(wallet, asset, coins)

    def leave(self, wallet: str, asset: str, quantity: int) -> None:
        """Take *quantity* out of *wallet*."""
        self._read().leave(wallet, asset, quantity)

    def move(self, from_wallet: str, to_wallet: str, asset: str, quantity: int, to_asset: str) -> None:
        """Move *quantity* between wallets."""
        self._read().move(from_wallet, to_wallet, asset, quantity, to_asset)

    def hold(self, wallet: str, asset: str, quantity: int) -> bool:
        """Say if *quantity* lies in *wallet*."""
        return self._read().hold(wallet, asset, quantity)

    def held(self, asset: str) -> dict[str, int]:
        """Return how much of *asset* lies in each wallet."""
        return self._read().held(asset)

    def of(self, asset: str) -> list[tuple[Coins, str]]:
        """Return the coins of *asset*."""
        return self._read().of(asset)

    def state(self) -> list[tuple[str, str, list[Coins]]]:
        """Return what lies in each wallet."""
        return self._read().state()
