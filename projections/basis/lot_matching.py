"""Taking from a pool: the lots that were chosen first, then those the order in force gives up."""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.ledger.events import LotChoice, Method
from lotwork.projections.basis.pools import Given, Pool
from lotwork.projections.findings import Finding


def match_lots(
    pool: Pool,
    event_id: str,
    quantity: int,
    method: Method,
    chosen: tuple[LotChoice, ...],
    findings: list[Finding],
) -> Iterator[Given]:
    """Yield lots until *quantity* is met or *pool* is empty: the chosen lots first.

    Whoever asks takes before asking on. A choice the pool does not hold is told, and left to the order.
    """
    for choice in chosen:
        wanted = min(choice.quantity, quantity)
        left = wanted
        while left and (lot := pool.named(choice.lot)) is not None:
            part = min(left, lot.quantity)
            quantity -= part
            left -= part
            yield Given([], (lot, part), quantity)
            if not lot.quantity:
                pool.close(lot)
        if left:
            findings.append(_not_held(event_id, choice, wanted - left))
    yield pool.give_up(quantity, method)


def _not_held(event_id: str, choice: LotChoice, part: int) -> Finding:
    held = "does not hold that lot" if not part else "holds less of that lot"
    return Finding(
        "lot_not_held",
        f"{event_id} chose lot {choice.lot}, and its wallet {held}: the order in force took the rest; "
        "correct the choice",
        event_id,
    )
