"""What two events tell of one transaction, with the commands that answer which of them holds.

`ledger.same_coins` finds them, and knows no commands; here each of its questions gets the answers that its events have.
What a node of one's own saw is what happened: where a transfer told otherwise differs from it by a fee, the transfer is
corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Self, TypeAlias

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.history import History, Trouble
from lotwork.ledger.txids import txid_key
from lotwork.ledger.units import AssetTable, unscaled
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import NOTE, NUMBER, add_command, correct_command
from lotwork.projections.questions.asking import two_things

Answers: TypeAlias = Iterator[tuple[str, str]]
"""What is so, and the commands that say it."""


def with_answers(history: History, troubles: Iterable[Trouble]) -> list[Finding]:
    """Return *troubles* as findings, each that is such a question with its answers."""
    told = list(troubles)
    asked = {trouble.event for trouble in told if trouble.code in ANSWERS}
    known = _Known.of(history, asked) if asked else None
    return [Finding(each.code, each.message + _in_words(each, known), each.event) for each in told]


def _in_words(trouble: Trouble, known: _Known | None) -> str:
    answer = ANSWERS.get(trouble.code)
    event = None if known is None or answer is None else known.events.get(trouble.event)
    if known is None or event is None or answer is None:
        return ""
    return ": " + "; or ".join(f"{word}: `{command}`" for word, command in answer(known, event))


class _Known(msgspec.Struct, frozen=True):
    """What a book tells of the transactions asked about, twins among it."""

    book: str
    assets: AssetTable
    events: Mapping[str, e.Event]
    repeated: Collection[str]
    """Those that only repeat another and are in no figure."""

    @classmethod
    def of(cls, history: History, asked: Collection[str]) -> Self:
        """Return what *history* tells of the transactions of the events *asked* about."""
        log = partial(history.log.read, history.book, up_to=history.up_to)
        named = {txid_key(getattr(event, "txid", None) or "") for _, event in log(ids=asked)}
        before = list(history.troubles)
        events = {
            event.id: event
            for _, recorded in log(kinds=("receipt", "transfer", "movement"))
            if recorded.id in asked or _txid(recorded) in named
            if (event := history.corrected(recorded)) is not None
        }
        history.troubles[:] = before
        return cls(history.book, history.assets, events, history.same_coins.ids)

    def beside(self, event: e.Receipt) -> list[e.Receipt]:
        """Return the receipts of the same transaction and asset, from the same source, itself among them."""
        receipts = (each for each in self.events.values() if isinstance(each, e.Receipt))
        same = (_txid(event), event.asset, event.source)
        return [each for each in receipts if (_txid(each), each.asset, each.source) == same]

    def counted_for(self, twin: e.Receipt) -> list[e.Receipt]:
        """Return the receipts that are counted in the place of *twin*."""
        receipts = (each for each in self.events.values() if isinstance(each, e.Receipt))
        same = (_txid(twin), twin.asset, twin.wallet)
        found = (each for each in receipts if (_txid(each), each.asset, each.wallet) == same)
        return [each for each in found if each.id not in self.repeated]

    def into(self, receipt: e.Receipt) -> e.Transfer | None:
        """Return the one transfer that brings what *receipt* tells of; None where several do."""
        transfers = (each for each in self.events.values() if isinstance(each, e.Transfer))
        same = (_txid(receipt), receipt.asset, receipt.wallet)
        found = [each for each in transfers if (_txid(each), each.arrives_as, each.to_wallet) == same]
        return found[0] if len(found) == 1 else None

    def left_beside(self, event: e.Movement) -> list[e.Movement | e.Sale]:
        """Return what tells that the same coins left, and counts."""
        left = (each for each in self.events.values() if isinstance(each, e.Movement | e.Sale))
        same = (event.asset, event.wallet)
        return [each for each in left if (each.asset, each.wallet) == same and each.id not in self.repeated]

    def with_fee_beside(self, event: e.Movement) -> list[e.Movement | e.Transfer]:
        """Return what left the same wallet in the same transaction and tells a fee of its own."""
        left = (each for each in self.events.values() if isinstance(each, e.Movement | e.Transfer))
        same = (_txid(event), event.asset, event.wallet)
        return [each for each in left if each.fee_quantity and (_txid(each), each.asset, _giver(each)) == same]

    def void(self, event: e.Event, reason: str = "told twice") -> str:
        return add_command(self.book, "void", f"target={event.id}", f"reason={reason}")

    def correct(self, event: e.Event, change: dict[str, str], reason: str) -> str:
        return correct_command(self.book, event.id, change, reason)


def _giver(event: e.Movement | e.Transfer) -> str:
    return event.from_wallet if isinstance(event, e.Transfer) else event.wallet


def _txid(event: e.Event) -> str:
    return txid_key(getattr(event, "txid", None) or "")


def _told_twice(known: _Known, event: e.Event) -> Answers:
    yield from _received_twice(known, event) if isinstance(event, e.Receipt) else _left_twice(known, event)


def _received_twice(known: _Known, event: e.Receipt) -> Answers:
    yield "it is one", known.void(event)
    unnumbered = [each for each in known.beside(event) if each.vout is None]
    commands = [known.correct(each, {"vout": NUMBER}, "an output of its own") for each in unnumbered or [event]]
    yield "these are two, each an output", " && ".join(commands)


def _left_twice(known: _Known, event: e.Event) -> Answers:
    if event.id not in known.repeated:
        yield "it is one", known.void(event)
        yield "these are two", known.correct(event, {"note": NOTE}, "two payments")
        return
    yield "the other is right", known.void(event)
    others = known.left_beside(event) if isinstance(event, e.Movement) else []
    yield from (("this one is right", known.void(other)) for other in others if len(others) == 1)


def _two_sources(known: _Known, event: e.Event) -> Answers:
    yield "it is one", known.void(event)
    if isinstance(event, e.Receipt):
        yield "these are two", known.correct(event, {"income": event.income}, "two payments")


def _moved_twice(known: _Known, event: e.Event) -> Answers:
    yield "it is one", known.void(event)
    yield "these are two", two_things(known.book, event.id)


def _once(known: _Known, event: e.Event) -> Answers:
    yield "so it is", known.void(event)


def _disagree(known: _Known, event: e.Event) -> Answers:
    yield from _left_otherwise(known, event) if isinstance(event, e.Movement) else _amounts_disagree(known, event)


def _left_otherwise(known: _Known, event: e.Movement) -> Answers:
    """Yield what says of a fee the one that was seen, and of coins that left that the transfers tell it right."""
    if not event.is_fee:
        yield "the transfers are right", known.void(event, "the transfers tell it")
        return
    fee = unscaled(event.quantity, known.assets.decimals(event.asset))
    for other in known.with_fee_beside(event):
        yield "what was seen is the fee", known.correct(other, {"fee_quantity": fee}, f"{event.source} saw the fee")


def _amounts_disagree(known: _Known, event: e.Event) -> Answers:
    """Yield the quantity that was seen for the transfer that tells another, the rest of it a fee."""
    came = event if isinstance(event, e.Receipt) else None
    seen = None if came is None or came.vout is None else came
    transfer = None if seen is None else known.into(seen)
    if seen is None or transfer is None:
        yield "the other is right", known.void(event, "the other source is right")
        yield from () if came is None else _this_is_right(known, came)
        return
    decimals = known.assets.decimals(transfer.asset)
    outputs = (each for each in known.beside(seen) if each.vout is not None and each.wallet == seen.wallet)
    arrived = sum(each.quantity for each in outputs)
    change = {"quantity": unscaled(arrived, decimals)}
    less = transfer.quantity - arrived
    if less > 0:
        change["fee_quantity"] = unscaled((transfer.fee_quantity or 0) + less, decimals)
    word = "what was seen is what arrived" + (", the rest is a fee" if less > 0 else "")
    yield word, known.correct(transfer, change, f"{seen.source} saw what arrived")


def _this_is_right(known: _Known, event: e.Receipt) -> Answers:
    """Yield what says that a twin tells it right; an output that a node saw is what happened, and is never voided."""
    counted = known.counted_for(event)
    if len(counted) != 1:
        return
    if counted[0].quantity == event.quantity:
        change: dict[str, str] = {"income": event.income}
        yield "this one is right", known.correct(counted[0], change, f"{event.source or 'the other'} says what it is")
    elif counted[0].vout is None:
        yield "this one is right", known.void(counted[0])


ANSWERS: Mapping[str, Callable[[_Known, e.Event], Answers]] = {
    "transaction_told_twice": _told_twice,
    "likely_twins": _two_sources,
    "output_told_twice": _once,
    "twin_spelled_otherwise": _once,
    "transfer_told_twice": _moved_twice,
    "twins_disagree": _disagree,
}
"""By code."""
