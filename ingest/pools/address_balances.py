"""What pools that are asked by the payout address say that they owe, in the answer that tells the payments."""

from __future__ import annotations

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.pools.fields import Fields
from lotwork.ingest.pools.told import FIRST_PAGE, Present


def open_ethereum_balance(value: JsonValue, _page: str, *, coin: str, decimals: int, unit: int) -> Present | None:
    """Return what 2Miners and its like owe, told in units of 10**-*unit* coins; what is immature is not owed yet."""
    stats = Fields(value, "the answer").fields("stats")
    return Present(coin, owed=stats.units("balance", coin, unit) * 10 ** (decimals - unit))


def cryptonote_balance(value: JsonValue, page: str, *, coin: str, decimals: int) -> Present | None:
    """Return what HeroMiners and its like owe; the first page, which tells the units, tells nothing of the miner."""
    if page == FIRST_PAGE:
        return None
    stats = Fields(value, "the answer").fields("stats")
    if not stats.has("balance"):
        return Present(coin, owed=0)
    return Present(
        coin, owed=stats.units("balance", coin, decimals, text=True) * 10 ** (decimals - int(page.partition(":")[2]))
    )


def yiimp_balance(value: JsonValue, _page: str, *, coin: str, decimals: int) -> Present | None:
    """Return what zpool and its like owe; what they have not sold yet is not owed yet."""
    return Present(coin, owed=Fields(value, "the answer").coins("balance", coin, decimals, form="either", fine=True))
