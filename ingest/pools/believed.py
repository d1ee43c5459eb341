"""What a book believes of the amounts of one account: read when the book has grown, and nowhere else remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lotwork.ingest.pools.meaning import GrowingPolicy, Policy
from lotwork.ingest.pools.recorded import RecordedRows
from lotwork.ingest.pools.sizes import Sizes
from lotwork.ingest.reorganisations import Account, effective_accounts
from lotwork.ledger import events as e
from lotwork.ledger.taken_back import MOVED

BECAUSE = "you said that one of its size is income"
NO_DOUBT: dict[str, Any] = {"doubt": None}


@dataclass(kw_only=True)
class Believed:
    """Holds what *source* tells against what the book believes of its amounts."""

    pool: str
    """What the wallet at the pool is called."""
    source: str
    recorded: RecordedRows
    policy: GrowingPolicy
    _read: tuple[Policy, Sizes] | None = field(default=None, init=False)

    @property
    def sizes(self) -> Sizes:
        """What is believed by now."""
        standing = self.policy.standing
        if self._read is None or self._read[0] is not standing:
            holds = standing.told_by(self.source, _has_coins)
            self._read = standing, Sizes(self.pool, self.recorded.amended(), holds)
        return self._read[1]

    def doubting(self, told: Sequence[e.Event]) -> list[e.Event]:
        """Return *told*, the receipts of each amount that is far from what is believed in doubt."""
        return self.sizes.doubting(told) if any(isinstance(event, e.Receipt) for event in told) else [*told]

    def answered(self, now: datetime, *, beside: Iterable[e.Event] = ()) -> tuple[e.Event, ...]:
        """Return the corrections by which what a person answered of one amount holds for those like it that wait.

        Not of what the events *beside* amend already: that waits for the next look.
        """
        amended = {event.target for event in beside if isinstance(event, e.Correction | e.Void)}
        waiting = {receipt.id for receipt in self.sizes.answered()} - amended
        if not waiting:
            return ()
        found = effective_accounts(self.recorded.of(waiting))
        return tuple(self._no_doubt(account, now) for account in found if not _is_said(account))

    def _no_doubt(self, account: Account, now: datetime) -> e.Correction:
        own = account.corrections
        return e.Correction(
            id=f"{account.event.id}:{MOVED}:{len(own) + 1}",
            at=max([now, *(correction.at for correction in own)]),
            source=self.source,
            target=account.event.id,
            set_=NO_DOUBT,
            reason=BECAUSE,
        )


def _is_said(account: Account) -> bool:
    """Say if that was the last word already: it is not said for ever where a person holds on to the doubt."""
    return bool(account.corrections) and account.corrections[-1].set_ == NO_DOUBT


def _has_coins(event: e.Event) -> bool:
    return isinstance(event, e.Receipt | e.Transfer | e.Credit)
