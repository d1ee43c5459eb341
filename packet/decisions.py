"""What of a book is a judgement and follows from no arithmetic: told in the packet, so that a reader can look at it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from lotwork.ledger import events as e
from lotwork.ledger.correcting import corrected
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.history import AMENDING, History
from lotwork.ledger.txids import txid_key
from lotwork.projections.questions.payers import Payers
from lotwork.projections.replay.book import Book


def decisions(book: Book) -> dict[str, Any]:
    """Return the twins left out, the transfers joined, the pools named, the doubts, and the corrections not applied."""
    history = book.history
    return {
        "twins": sorted(history.same_coins.ids),
        "joined": dict(sorted(_joined(history).items())),
        "listed": {name: listed.pool for name, listed in sorted(history.same_coins.listed.items())},
        "doubts": dict(sorted(_doubts(book).items())),
        "unfit": _unfit(history),
    }


def _joined(history: History) -> dict[str, dict[str, Any]]:
    """Return, of each receipt that ends a transfer, the movement that began it, and whether the fee is told there."""
    joined, twins = history.same_coins.joined, history.same_coins.ids
    if not joined:
        return {}
    gone: defaultdict[tuple[str, str, str], list[e.Movement]] = defaultdict(list)
    for _, event in history.log.read(history.book, up_to=history.up_to, ids=twins):
        holds = history.corrected(event)
        if isinstance(holds, e.Movement):
            gone[txid_key(holds.txid or ""), holds.asset, holds.wallet].append(holds)
    told = {}
    for name, transfer in joined.items():
        movements = gone[txid_key(transfer.txid or ""), transfer.asset, transfer.from_wallet]
        told[name] = {"movement": movements[0].id, "fee": transfer.fee_quantity is not None}
    return told


def _doubts(book: Book) -> dict[str, str]:
    """Return the receipts in doubt that no event says so of: by transaction, by their pool's list, or by payer."""
    stream = Payers.of(book.taxpayer.wallets.values()).compared(book.history.events())
    found = {each.id: each.doubt for each in stream if isinstance(each, e.Receipt) and each.in_doubt and each.doubt}
    if not found:
        return {}
    for _, event in book.history.log.read(book.history.book, up_to=book.history.up_to, ids=found):
        holds = book.history.corrected(event)
        if isinstance(holds, e.Receipt) and holds.doubt == found[event.id]:
            del found[event.id]
    return {name: str(why) for name, why in found.items()}


def _unfit(history: History) -> list[dict[str, str]]:
    """Return the corrections that were passed over, each with the event that it does not fit."""
    found: list[dict[str, str]] = []
    ids = None if history.selections else history.corrections
    if ids is not None and not ids:
        return found
    for _, event in history.log.read(history.book, up_to=history.up_to, ids=ids):
        if isinstance(event, AMENDING) or event.id in history.voided:
            continue
        steps = [step for step in history.selections if history.reaches(step.select, event)]
        steps += history.corrections.get(event.id, ())
        holds: e.Event = event
        for step in sorted(steps, key=lambda step: history.order[step.id]):
            try:
                holds = corrected(holds, step, history.assets)
            except InputRefusedError:
                found.append({"correction": step.id, "event": event.id})
    return found
