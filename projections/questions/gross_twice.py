"""One payout that one source tells twice: gross here and net there, or before its transaction was known and after.

Two payouts of one source are two, also of one instant. Where one of them says that it was, before the pool's fee, just
what the other is, they are probably one: a list without its fees, and the whole list after it. So they are where they
are as much within a minute, and one of them alone names a transaction.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from lotwork.ledger.events import Receipt
from lotwork.ledger.tellers import FROM_A_FILE

A_MINUTE = timedelta(minutes=1)
MOST_OF_A_MINUTE = 64
"""So many of the last minute are looked at."""


@dataclass(slots=True)
class GrossTwice:
    """The receipts of the last minute."""

    recent: deque[Receipt] = field(default_factory=lambda: deque(maxlen=MOST_OF_A_MINUTE))

    def are_at_rest(self, receipts: Sequence[Receipt]) -> bool:
        """Say if none of *receipts*, which follow in order, can tell another way what one of a minute before it does.

        No two do where none says what it was before a fee, and all name a transaction or none does; nor where none
        came within a minute of another.
        """
        at, named = receipts[0].at, receipts[0].txid is None
        lately = [each for each in self.recent if at - each.at <= A_MINUTE]
        if not [each for each in (*lately, *receipts) if each.gross_quantity or (each.txid is None) is not named]:
            return True
        instants = [each.at for each in receipts]
        return not lately and all(after - before > A_MINUTE for before, after in pairwise(instants))

    def pass_by(self, receipts: Sequence[Receipt]) -> None:
        """Keep *receipts*, which are at rest."""
        self.recent.extend(receipts[-MOST_OF_A_MINUTE:])

    def find(self, receipt: Receipt) -> Receipt | None:
        """Return what *receipt* tells in another way, of those of the last minute; note it."""
        recent, at = self.recent, receipt.at
        while recent and at - recent[0].at > A_MINUTE:
            recent.popleft()
        found = next((other for other in recent if _is_told_otherwise(receipt, other)), None) if recent else None
        recent.append(receipt)
        return found


def _is_told_otherwise(one: Receipt, other: Receipt) -> bool:
    if (one.wallet, one.asset, one.source) != (other.wallet, other.asset, other.source):
        return False
    if one.quantity == other.quantity:
        named = (one.txid is None) != (other.txid is None)
        return named and one.pool == other.pool and one.source != FROM_A_FILE  # rows are known by their cells
    return one.at == other.at and (_is_gross(one, other) or _is_gross(other, one))


def _is_gross(one: Receipt, other: Receipt) -> bool:
    """Say if *one* is, before the fee that *other* tells, as much as that was."""
    return one.quantity == other.gross_quantity and not one.gross_quantity
