"""One quantity of a coin that one teller tells as two kinds: as income and as bought, as bought and as given.

Coins come into a wallet once, as one thing (26 U.S.C. 61, 102, 1012). What two tellers say so is compared in
`likely_twins`; what one hand or one source says within minutes, of one wallet and to the last unit, comes here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeAlias

from lotwork.ledger import events as e
from lotwork.projections.questions.lately import MOST_LOOKED_AT, last_of

Arrived: TypeAlias = e.Receipt | e.Purchase | e.GiftReceived
MINUTES = timedelta(minutes=30)
"""So far apart may one hand tell the same thing: an exchange's clock and the one on the wall."""


@dataclass(slots=True)
class ToldAsTwo:
    """What came in the last minutes: income apart from what was bought or given, of which there is less."""

    _income: deque[Arrived] = field(default_factory=deque)
    _other: deque[Arrived] = field(default_factory=deque)

    def kept(self) -> list[Arrived]:
        """Return what another can go on from."""
        return sorted((*self._income, *self._other), key=_instant)

    def resume(self, events: Iterable[Arrived]) -> None:
        """Go on from another's `kept`."""
        for event in events:
            self.keep(event)

    def is_at_rest(self, at: datetime) -> bool:
        """Say if nothing was bought or given lately before *at*: then income is only kept."""
        return not self._other or at - self._other[-1].at > MINUTES

    def pass_by(self, receipts: Sequence[e.Receipt]) -> None:
        """Keep *receipts*, which follow in order, while it is at rest."""
        for receipt in last_of(receipts, MINUTES):
            self.keep(receipt)

    def find(self, event: Arrived) -> Iterable[Arrived]:
        """Return what was told of other kinds, of as much in the wallet of *event*, the latest first."""
        return self._find(event) if self._other or type(event) is not e.Receipt else ()

    def _find(self, event: Arrived) -> Iterator[Arrived]:
        for told in (self._other,) if isinstance(event, e.Receipt) else (self._other, self._income):
            while told and event.at - told[0].at > MINUTES:
                told.popleft()
            for other in islice(reversed(told), MOST_LOOKED_AT) if told else ():
                if _may_be_one(event, other):
                    yield other

    def keep(self, event: Arrived) -> None:
        """Keep *event* to be found."""
        mine, at = self._income if type(event) is e.Receipt else self._other, event.at
        while mine and at - mine[0].at > MINUTES:
            mine.popleft()
        mine.append(event)

    def drop(self, event: Arrived) -> None:
        """Leave *event* out of what is found: it is paired."""
        (self._income if isinstance(event, e.Receipt) else self._other).remove(event)


def _instant(event: Arrived) -> datetime:
    return event.at


def _may_be_one(one: Arrived, other: Arrived) -> bool:
    if one.quantity != other.quantity or type(one) is type(other):
        return False
    return (one.source, one.asset, one.wallet) == (other.source, other.asset, other.wallet)
