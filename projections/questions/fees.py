"""One fee told twice: a node names the gas of a transaction, and a transfer told without one has as much of a fee.

Where both name the transaction the fee is counted once (`ledger.same_coins`). Where the transfer names none, a fee of
the same wallet, as much to the last digit and within a day, is a question: it is counted twice until a person says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import TXID, correct_command

Paid: TypeAlias = e.Movement | e.Transfer
"""A fee by itself, or what had one."""

_FEE = (
    "{alone.id} ({alone.source}) is a fee of as much {alone.asset} as {other.id} ({other.source}) tells, out of "
    "{alone.wallet} within a day: if it is one, name the transaction of {other.id}: `{same}`; if these are two, name "
    "its own: `{own}`"
)


class FeeFold(msgspec.Struct):
    """Holds each fee of a transaction against the transfers that name none, of the day around it."""

    findings: list[Finding]
    book: str = MAIN_BOOK
    _recent: list[Paid] = msgspec.field(default_factory=list)

    def state(self) -> list[Paid]:
        """Return what another fold can go on from: the last day's fees that nothing was held against."""
        return list(self._recent)

    def resume(self, state: list[Paid]) -> None:
        """Go on from *state*."""
        self._recent.extend(state)

    def see(self, event: e.Event) -> None:
        """Look at *event*, which follows in order of time, as it is told: a fee is a disposal later."""
        if isinstance(event, e.Movement | e.Transfer) and _is_of_fees(event):
            self._hold(event)

    def _hold(self, event: Paid) -> None:
        """Hold *event* against the day before it."""
        self._recent = [other for other in self._recent if event.at - other.at <= ONE_DAY]
        other = next(self._others(event), None)
        if other is None:
            self._recent.append(event)
            return
        self._recent.remove(other)
        alone = next(each for each in (event, other) if isinstance(each, e.Movement))
        self._ask(alone, event if alone is other else other)

    def _others(self, event: Paid) -> Iterator[Paid]:
        for other in self._recent:
            if type(other) is not type(event) and other.source != event.source and _fee_of(other) == _fee_of(event):
                yield other

    def _ask(self, alone: e.Movement, told: Paid) -> None:
        same = correct_command(self.book, told.id, {"txid": str(alone.txid)}, "the fee of this transaction")
        own = correct_command(self.book, told.id, {"txid": TXID}, "a fee of its own")
        message = _FEE.format(alone=alone, other=told, same=same, own=own)
        self.findings.append(Finding("fee_told_twice", message, alone.id))


def _is_of_fees(event: Paid) -> bool:
    """Say if *event* is a fee with its transaction, or has one and names no transaction."""
    if isinstance(event, e.Movement):
        return event.is_fee and event.txid is not None
    return bool(event.fee_quantity) and event.txid is None


def _fee_of(event: Paid) -> tuple[str, str, int | None]:
    if isinstance(event, e.Movement):
        return event.wallet, event.asset, event.quantity
    return event.from_wallet, event.asset, event.fee_quantity
