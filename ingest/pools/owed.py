"""What a pool that is read with a key says that it owes: one question more, asked once a day where it is observed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.question import Question
from lotwork.ingest.pools.fields import AnswerRefusedError, Fields
from lotwork.ingest.pools.told import Answered, Listing, Present, Seen

Owes = Callable[[JsonValue], Answered]


def owed_listing(observe: tuple[Seen, ...], question: Question, read: Owes) -> tuple[Listing, ...]:
    """Return the list of what is owed, which has no rows; none where it is not to be observed."""
    if "balance" not in observe:
        return ()
    one = Listing(
        name="balance",
        kind="work",
        ask=lambda _span, _page: question,
        read=lambda value, _page: read(value),
        dated=False,
        overlap=timedelta(),
        daily=True,
    )
    return (one,)


def owed_of(value: JsonValue, path: tuple[str, ...], keys: tuple[str, ...], coin: str, decimals: int) -> Answered:
    """Return what stands under the first of *keys* that is there, in the object that *path* leads to.

    What is finer than the coin's smallest unit is cut off. Raises AnswerRefusedError where there is no amount.
    """
    inside = Fields(value, "the answer")
    for key in path:
        inside = inside.fields(key)
    key = next((key for key in keys if inside.has(key)), keys[0])
    owed = inside.coins(key, coin, decimals, form="either", fine=True)
    return Answered(rows=(), present=(Present(coin, owed=owed),))


def check_code(value: JsonValue, message: str, good: tuple[int | str, ...] = (0,)) -> None:
    """Raise AnswerRefusedError where an answer has a `code` that is none of *good*, with what stands in *message*."""
    whole = Fields(value, "the answer")
    if whole.has("code") and whole.value("code") not in good:
        said = whole.value(message) if whole.has(message) else ""
        raise AnswerRefusedError(f"it says {str(said)[:200]!r} (code {str(whole.value('code'))[:20]})")


def owed_by_coin(value: JsonValue, decimals: Mapping[str, int]) -> Answered:
    """Return what ViaBTC owes of each coin that is asked for; one that is not, and of which it owes, is told."""
    check_code(value, "message")
    inside = Fields(value, "the answer").fields("data")
    owed = dict.fromkeys(decimals, 0)
    others: set[str] = set()
    for item in inside.rows("balance"):
        row = Fields(item, "a balance")
        coin = row.text("coin")
        if coin in decimals:
            owed[coin] = row.coins("amount", coin, decimals[coin], form="either", fine=True)
        elif str(row.value("amount")).strip("0."):
            others.add(f"coin {coin[:20]}, which `coins` does not name")
    present = tuple(Present(coin, owed=amount) for coin, amount in owed.items())
    return Answered(rows=(), present=present, unknown=frozenset(others))
