"""The places of those who are asked for prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lotwork.ingest.declaration import Candles
from lotwork.ingest.register import PRICE_SOURCES
from lotwork.ledger.events import PriceSample
from tests.ingest.matrix.grammar import Reads
from tests.ingest.matrix.looking import At, context_of
from tests.ingest.memory_log import MemoryLog
from tests.ingest.prices.tellers import TELLERS
from tests.ingest.wires import Asked, Said

KEPT = Path(__file__).parents[2] / "data" / "external"
MINUTE = datetime(2026, 6, 5, 3, 34, tzinfo=UTC)


@dataclass(frozen=True)
class PriceSettings:
    """What `[prices]` says."""

    where: str
    called: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    candles: Candles = "minute"

    def place(self, _name: str) -> str:
        """Return an address, or a file."""
        return self.where

    def names(self, _name: str) -> Mapping[str, str]:
        """Return what coins are called there."""
        return self.called

    def secret(self, _name: str) -> tuple[str | None, str | None]:
        """Return that there is no key."""
        return None, None


@dataclass(frozen=True, kw_only=True)
class Market:
    """Somebody who knows what a bitcoin cost in `MINUTE`."""

    of: str
    body: bytes
    """Its answer, recorded or of the recorded form."""
    reads: Reads
    called: Mapping[str, str] = field(default_factory=dict)
    later: timedelta = timedelta(minutes=3)
    """How long after the minute it is asked."""

    def fetch(self, folder: Path, twist: Callable[[Said], Said]) -> tuple[PriceSample | None, int]:
        """Return the price, and how many pieces of evidence were kept; raises what is wrong."""

        def server(_: Asked) -> Said:
            return twist(Said(body=self.body))

        (declared,) = (one for one in PRICE_SOURCES if one.name == self.of)
        context = context_of(folder, At(MINUTE + self.later), MemoryLog(), server)
        source = declared.build(PriceSettings("https://market.example", self.called), context)
        return source.fetch("BTC", MINUTE), len(context.kept.kept)


VOLUME = 10**30
HOURS = timedelta(hours=3)
OF_FORM = {teller.name: teller.body for teller in TELLERS}
MARKETS = (
    Market(
        of="coinbase",
        body=(KEPT / "coinbase_candles.json").read_bytes(),
        reads=Reads(takes=lambda at, bad: at[-1] == 5 and bad == VOLUME),
    ),
    Market(
        of="kraken",
        body=(KEPT / "kraken_ohlc.json").read_bytes(),
        reads=Reads(
            unread=frozenset({"last"}),
            takes=lambda at, bad: at[-2:-1] == (5,) or (at[-1] in (5, 6, 7) and bad == VOLUME),
            may_miss=lambda at: at[-2:-1] == (5,),
        ),
    ),
    Market(
        of="binance",
        body=OF_FORM["binance"],
        called={"BTC": "BTC/USD"},
        later=HOURS,
        reads=Reads(takes=lambda at, bad: at[-1] in (7, 9, 10, 11) or (at[-1] in (5, 8) and bad == VOLUME)),
    ),
    Market(
        of="coingecko",
        body=OF_FORM["coingecko"],
        later=HOURS,
        reads=Reads(unread=frozenset({"market_caps", "total_volumes"})),
    ),
    Market(
        of="mempool",
        body=OF_FORM["mempool"],
        later=HOURS,
        reads=Reads(unread=frozenset({"exchangeRates"}), takes=lambda at, bad: at[-1] == "USD" and bad == -1),
    ),
)
BY_FILE = ("csv",)
"""Who reads prices from a file of one's own."""
