"""Lines of plain receipts, in which little or nothing is odd."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.projections.house import receipt

PLAIN = receipt("r1", "2025-01-02", "1.5", "100.25")

ODD = ("", " ", "é", "a\u0301", "\u200b", "tab\t", "None", "CHANGE-ME", "change me", "WALLET", "POOL", "x" * 5000)
VALUES: Mapping[str, tuple[Any, ...]] = {
    "id": ("r1", "a b", "TXID", *ODD),
    "at": (
        "2025-01-02T00:00:00Z", "2025-01-02T00:00:00+00:00", "2025-01-02T23:59:60Z", "2025-01-02T00:00:00.5Z",
        "2025-01-02T00:00:00.123456Z", "2025-01-02T00:00:00.123456789Z", "2025-01-02T00:00:00-00:00",
        "2025-01-02T01:00:00+01:00", "2025-02-30T00:00:00Z", "2025-01-02 00:00:00Z", "2025-01-02t00:00:00z",
        "1979-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2025-01-02", "20250102T000000Z",
    ),
    "wallet": ("cold", *ODD),
    "asset": ("BTC", "ETH", "WHOLE", "FINE", "btc", "RVN", "USD"),
    "quantity": (
        "1", "0.1", "007", "0.00000001", "0.000000001", "0", "-1", "1.", ".1", "1e3", "1_0", "\u0661", "9" * 15,
        "9" * 41, "1.50", "0.000000000000000000000000",
    ),
    "income": ("pool_payout", "hosting", "wages", "Pool_payout"),
    "price_usd": (
        "100", "0100", "100.50", "0.5", "00.5", "0", "0.0", "-1", "1e5", "9999999999999", "10000000000000", "\u0663",
        "1.000000000000000001", "1.0000000000000000001", "99999999999999999999", "",
    ),
    "source": ("pool:ocean", *ODD),
    "pool": ("ocean", *ODD),
    "txid": ("ab" * 32, "0xAB", " ab ", "zz:1", "https://x.org/1", *ODD),
    "note": ("a note",),
    "value_usd": ("150.375",),
    "book": ("main",),
    "evidence": ("ab" * 32,),
    "unheard": ("of",),
}  # fmt: skip
OF_ANY_TYPE = (None, 1, 1.5, True, ["a"], {"a": "b"})


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a plain line in which up to three keys say something odd, or are gone."""
    line = dict(PLAIN)
    for key in draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=3)):
        line[key] = draw(st.sampled_from((*VALUES[key], *OF_ANY_TYPE)))
        if draw(st.integers(0, 9)) == 0:
            del line[key]
    return line
