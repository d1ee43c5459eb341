"""What no pool can have paid: before the first block, later than now, or more than all there is."""

from __future__ import annotations

GENESIS = 1_231_006_505
"""The first block of Bitcoin, in seconds since 1970."""
LATEST = 4_102_444_800
"""2100-01-01: beyond it, milliseconds were taken for seconds."""
BITCOIN, BITCOIN_DECIMALS = "BTC", 8
ALL_BITCOIN_SATS = 21_000_000 * 100_000_000
