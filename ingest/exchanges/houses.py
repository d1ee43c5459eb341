"""Every exchange that is known, by ccxt's name of it."""

from __future__ import annotations

from collections.abc import Mapping

from lotwork.ingest.exchanges import binance_us, coinbase, gemini, kraken
from lotwork.ingest.exchanges.house import House

HOUSES: Mapping[str, House] = {
    house.service: house for house in (coinbase.HOUSE, kraken.HOUSE, binance_us.HOUSE, gemini.HOUSE)
}
