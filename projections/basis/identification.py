"""Who must have been told which lots a disposal takes, and by when: the books, or the broker.

Law: lots are identified "no later than the date and time" of the disposal, in the taxpayer's own books (Treas. Reg.
1.1012-1(j)(2)); units in a broker's custody from 2025 to the broker, by the same time or by a standing order (1.1012-1
(j)(3)(ii)), where the taxpayer's own books suffice until the relief ends (Notice 2025-7, extended by Notice 2026-20).
Before 2025 the books had to show the unit disposed of (IRS FAQ on virtual currency, A39-A40). What was not identified
in time is taken first in, first out (1.1012-1(j)(3)(i)). Shares at a broker were always identified to the broker, and
no notice relieves from that (1.1012-1(c)(3), (8)).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from lotwork.ledger.events import Election, Movement, Sale, Selection, Transfer
from lotwork.ledger.units import AssetTable
from lotwork.ledger.zones import Calendar
from lotwork.projections.findings import Finding
from lotwork.rules.load import Law
from lotwork.rules.us.basis import broker_must_be_told

TELL = "its units are identified to the broker (Treas. Reg. 1.1012-1(c)(3), (8))"
TELL_OF_COINS = (
    "its units are identified to the broker (Treas. Reg. 1.1012-1(j)(3)(ii); own books sufficed until the end of 2026, "
    "Notices 2025-7 and 2026-20)"
)


class Identification(msgspec.Struct):
    """Says of a choice of lots if it was told in time to whom it must be; what does not count becomes a finding."""

    calendar: Calendar
    assets: AssetTable
    brokers: frozenset[str]
    law: Law
    findings: list[Finding]
    told: set[tuple[str, str]] = msgspec.field(default_factory=set)
    """The elections that were told of, under the finding's code: once each."""

    def end_of(self, day: date) -> datetime:
        """Return the instant at which *day* ends."""
        return self.calendar.midnight(day + timedelta(days=1))

    def broker_first(self, wallet: str, asset: str, at: datetime) -> bool:
        """Say if only what its broker was told counts for *asset* in *wallet* at that instant."""
        if wallet not in self.brokers:
            return False
        return self._is_security(asset) or broker_must_be_told(self.law, self.calendar.day(at))

    def _is_security(self, asset: str) -> bool:
        known = self.assets.get(asset)
        return known is not None and known.asset_class == "security"

    def _rule(self, asset: str) -> str:
        return TELL if self._is_security(asset) else TELL_OF_COINS

    def fault(self, election: Election, wallet: str, asset: str, at: datetime) -> str | None:
        """Return None where a standing order holds for a disposal from *wallet* at that instant, else the fault."""
        if election.at > at:
            return "order_late"
        if election.method != "fifo" and election.with_broker is not True and self.broker_first(wallet, asset, at):
            return "order_not_with_broker"
        return None

    def refuse(self, election: Election, fault: str, wallet: str, event: Sale | Transfer | Movement) -> None:
        """Tell once that a standing order did not hold for *event*, the first of those it does not hold for."""
        if (election.id, fault) in self.told:
            return
        self.told.add((election.id, fault))
        if fault == "order_late":
            self.findings.append(
                Finding(
                    "order_late",
                    f"{election.id} elects {election.method} from {election.from_} and was made at {election.at}, "
                    f"after {event.id} happened: it holds from then on, and what came before went in the order then in "
                    "force (Treas. Reg. 1.1012-1(j)(2)); if it was made earlier, correct its `at`",
                    election.id,
                )
            )
        else:
            self.findings.append(
                Finding(
                    "order_not_with_broker",
                    f"{election.id} elects {election.method} in your own books, and {wallet} is a broker's: for "
                    f"{event.id} and what follows {self._rule(event.asset)}: give the broker a standing order and "
                    "record an `election` with with_broker true; until then FIFO holds",
                    election.id,
                )
            )

    def chosen_in_time(self, event: Sale | Transfer, selection: Selection | None = None) -> bool:
        """Say if lots chosen for *event*, in itself or by *selection*, were told to the broker where they had to be."""
        wallet = event.wallet if isinstance(event, Sale) else event.from_wallet
        if (selection is not None and selection.with_broker is True) or not self.broker_first(
            wallet, event.asset, event.at
        ):
            return True
        name = event.id if selection is None else selection.id
        self.findings.append(
            Finding(
                "lots_not_told_to_broker",
                f"{name} chose lots for {event.id} in your own books, and {wallet} is a broker's: "
                f"{self._rule(event.asset)}: FIFO was used; if the broker was told in time, "
                "record a `selection` for it with with_broker true",
                name,
            )
        )
        return False
