"""Which pool paid a receipt, as it says itself or as the name of its source says: two pools' payouts are two.

Whoever reads two pools by scripts names each source for its pool, and not always the pool beside it.
"""

from __future__ import annotations

import re

from lotwork.ledger.events import Receipt

POOLS = (
    "2miners", "antpool", "beepool", "binancepool", "braiins", "ckpool", "emcd", "ethermine", "f2pool",
    "flexpool", "flypool", "foundry", "herominers", "hiveon", "k1pool", "kryptex", "litecoinpool", "luxor",
    "miningdutch", "miningpoolhub", "nanopool", "ocean", "poolin", "prohashing", "publicpool", "rplant",
    "sbicrypto", "slushpool", "solopool", "spiderpool", "suprnova", "ultimuspool", "unmineable", "viabtc",
    "whalepool", "whitepool", "woolypooly", "zergpool", "zpool",
)  # fmt: skip
"""Names as letters and digits; a market that keeps coins too, such as NiceHash, may tell what a pool paid into it."""
ONE_POOL = {"slushpool": "braiins"}
"""Pools that go by another name today."""
_MARKS = re.compile(r"[\W_]+")
_COMMON = re.compile(r"pool|mining|miner|payouts?|rewards?|csv|export|api|my|the")


def are_two_pools(one: Receipt, other: Receipt) -> bool:
    """Say if two receipts are named for two pools."""
    if one.pool is not None and other.pool is not None:
        return one.pool.casefold() != other.pool.casefold()
    return are_known_as_two(one.pool or one.source, other.pool or other.source)


def are_known_as_two(one: str | None, other: str | None) -> bool:
    """Say if two names of pools or sources are those of two pools, however each is spelled."""
    pools = {pool_in(one), pool_in(other)}
    return None not in pools and len(pools) > 1


def pool_in(name: str | None) -> str | None:
    """Return the pool that *name* is of; None where it may be anyone's, such as `pool`."""
    plain = _MARKS.sub("", (name or "").casefold())
    for pool in POOLS:
        if pool in plain:
            return ONE_POOL.get(pool, pool)
    return plain if "pool" in plain and _COMMON.sub("", plain) else None
