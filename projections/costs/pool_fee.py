"""What a pool kept of a payout: a cost of mining."""

from __future__ import annotations

from lotwork.ledger import events as e
from lotwork.ledger.units import divide


def pool_fee(receipt: e.Receipt) -> int:
    """Return what the pool kept of a payout, at the payout's own price, in micro-dollars; 0 where nobody told."""
    fee = receipt.pool_fee_quantity
    if fee is None:
        fee = 0 if receipt.gross_quantity is None else max(0, receipt.gross_quantity - receipt.quantity)
    return divide((receipt.value_usd_micros or 0) * fee, receipt.quantity) if fee else 0
