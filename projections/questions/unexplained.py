"""Coins that left a watched wallet, told: whom they paid, and that some of it may have come back unseen."""

from __future__ import annotations

from decimal import Decimal

from lotwork.ledger.events import Movement
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.units import unscaled
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import AMOUNT, WALLET, correct_command

UNEXPLAINED = "movement_unexplained"


def unexplained(event: Movement, decimals: int, book: str = MAIN_BOOK) -> Finding:
    """Return what to do about coins that left; one of several outputs is mostly change to the wallet that paid."""
    moved = correct_command(book, event.id, {"kind": "transfer", "to_wallet": WALLET}, "own coins")
    spent = {"kind": "sale", "proceeds_usd": AMOUNT, "disposition": "spent"}
    said = (
        f"coins left {event.wallet} and nobody said why{_note(event)}: correct {event.id} into a transfer, where "
        f"another wallet of your own got them: `{moved}`; or into a sale, where they are yours no more: "
        f"`{correct_command(book, event.id, spent, 'spent')}`"
    )
    if len(event.outputs) > 1 and _are_all(event, decimals):
        said += (
            f"; it paid {', '.join(event.outputs)}: where one of these is change to an address of your own, it never "
            f"left you: add that address to `watch` of {event.wallet} first, and the movement shrinks to what left"
        )
    return Finding(UNEXPLAINED, said, event.id)


def _note(event: Movement) -> str:
    """Return what its source says of it, in brackets."""
    return f" ({event.note})" if event.note else ""


def _are_all(event: Movement, decimals: int) -> bool:
    """Say if the outputs are what left: once the address of one is watched, the movement is what the others got."""
    amounts = [output.rpartition(": ")[2] for output in event.outputs if not output.startswith("and ")]
    told = sum(Decimal(amount) for amount in amounts)
    whole = Decimal(unscaled(event.quantity, decimals))
    return told == whole if len(amounts) == len(event.outputs) else told < whole
