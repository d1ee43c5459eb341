"""One payout that one source tells gross here and net there: a list without its fees, and the whole list after it.

Two payouts of one source are two, also of one instant. Where one of them says that it was, before the pool's fee, just
what the other is, they are probably one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lotwork.ledger.events import Receipt


@dataclass(slots=True)
class GrossTwice:
    """The receipts of the instant that was told last."""

    of_the_instant: list[Receipt] = field(default_factory=list)

    def find(self, receipt: Receipt) -> Receipt | None:
        """Return what *receipt* tells gross or net, of those of its instant; note it."""
        told = self.of_the_instant
        if not told or told[0].at != receipt.at:
            self.of_the_instant = [receipt]
            return None
        found = next((other for other in told if _is_gross(receipt, other) or _is_gross(other, receipt)), None)
        told.append(receipt)
        return found


def _is_gross(one: Receipt, other: Receipt) -> bool:
    """Say if *one* is, before the fee that *other* tells, as much as that was."""
    if one.quantity != other.gross_quantity or other.gross_quantity == other.quantity or one.gross_quantity:
        return False
    return (one.wallet, one.asset, one.source) == (other.wallet, other.asset, other.source)
