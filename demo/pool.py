"""The receipts of the demo book, read from answers in the shape the pools give them.

OCEAN tells payouts and earnings in two lists of its `earnpay` answer: sats throughout, the time once as seconds in a
string and once as ISO text without a zone, and a fee whose key is misspelt. The demo makes such an answer and reads its
receipts from it. A second pool pays weekly, and on a few nights one shelf finds a bitcoin cash block alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from lotwork.demo.market import chance, coins, dollars, price_cents
from lotwork.demo.mine import LAST_DAY, at, days, paydays, txid

FEE_PER_MILLE = 20
SOLO_BLOCKS = (date(2025, 3, 8), date(2025, 7, 19), date(2026, 1, 31), date(2026, 6, 13), date(2026, 9, 26))
SOLO_REWARD = 312_500_000
PENDING_ON = date(2026, 11, 21)
"""The payout of this day has no price yet: so that the page of problems has one to show."""
FOUND_BEFORE = timedelta(minutes=47)


def earnpay() -> dict[str, Any]:
    """Return the made-up answer of `GET /earnpay/{address}/{start}` that tells every payout of the demo."""
    earnings, payouts = [], []
    for day, pool, gross in paydays():
        if pool != "ocean":
            continue
        fee = gross * FEE_PER_MILLE // 1000
        name = f"payout:ocean:{day}"
        paid = datetime.fromisoformat(at(day, name))
        earnings.append(
            {
                "block_hash": "0" * 19 + hashlib.sha256(f"lotwork demo block {day}".encode()).hexdigest()[19:],
                "ts": (paid - FOUND_BEFORE).replace(tzinfo=None).isoformat(),
                "shares_in_window": gross * 5,
                "fees_colected_satoshis": fee,
                "satoshis_net_earned": gross - fee,
            }
        )
        payouts.append(
            {
                "ts": str(int(paid.timestamp())),
                "on_chain_txid": txid(name),
                "total_satoshis_net_paid": gross - fee,
                "is_generation_txn": False,
            }
        )
    return {"result": {"earnings": earnings, "payouts": payouts}}


def receipts() -> Iterator[dict[str, Any]]:
    """Yield every payout and block reward, and the minute's price of each."""
    result = earnpay()["result"]
    for earned, paid in zip(result["earnings"], result["payouts"], strict=True):
        moment = datetime.fromtimestamp(int(paid["ts"]), UTC)
        net, fee = paid["total_satoshis_net_paid"], earned["fees_colected_satoshis"]
        yield from _payout(moment.date(), "ocean", net, fee)
    for day, pool, gross in paydays():
        if pool != "ocean":
            fee = gross * FEE_PER_MILLE // 1000
            yield from _payout(day, pool, gross - fee, fee)
    for day in days():
        if day in SOLO_BLOCKS and day <= LAST_DAY:
            yield from _solo_block(day)


def _payout(day: date, pool: str, net: int, fee: int) -> Iterator[dict[str, Any]]:
    name = f"payout:{pool}:{day}"
    yield {
        "kind": "receipt",
        "id": f"demo:{name}",
        "at": at(day, name),
        "wallet": "hot",
        "asset": "BTC",
        "quantity": coins(net),
        "gross_quantity": coins(net + fee),
        "pool_fee_quantity": coins(fee),
        "income": "pool_payout",
        "pool": pool,
        "txid": txid(name),
        "vout": 0,
    }
    if day != PENDING_ON:
        yield price_at("BTC", day, name)


def _solo_block(day: date) -> Iterator[dict[str, Any]]:
    name = f"block:{day}"
    yield {
        "kind": "receipt",
        "id": f"demo:{name}",
        "at": at(day, name),
        "wallet": "hot",
        "asset": "BCH",
        "quantity": coins(SOLO_REWARD + chance(f"fees {day}", 400_000)),
        "income": "block_reward",
        "txid": txid(name),
        "vout": 0,
        "note": "A solo block, found by one shelf at night",
    }
    yield price_at("BCH", day, name)


def price_at(asset: str, day: date, name: str) -> dict[str, Any]:
    """Return the minute's price at the instant of what is called *name*."""
    return {
        "kind": "price",
        "id": f"demo:price:{asset}:{name}",
        "at": at(day, name),
        "asset": asset,
        "price_usd": dollars(price_cents(asset, day, name)),
        "interval": "1m",
    }
