"""Suppose mining income were deferred: coins received for validating are no income until they are disposed of.

A bill of 2026 would do so (H.R. 9175); no law does. Where a book's own `rule` turns the switch on, such a receipt adds
nothing to income and its lot has no basis, so that the whole proceeds are gain when the coins go. The bill's own words
on the character of that gain, and on an end of the deferral after some years, are not followed: the finding says so,
and no return is filed on it.
"""

from __future__ import annotations

import msgspec

from lotwork.ledger.events import Event, Receipt
from lotwork.ledger.zones import Calendar
from lotwork.projections.findings import Finding
from lotwork.rules.load import Law
from lotwork.rules.us.deferral import SWITCH, ever_deferred, is_deferred

VALIDATING = frozenset({"block_reward", "transaction_fee", "pool_payout", "staking"})
"""What is received for validating transactions; a bonus or a referral is not."""
CODE = "mining_income_deferred"


class Deferral(msgspec.Struct):
    """Takes the value off receipts that are no income yet."""

    law: Law
    calendar: Calendar
    findings: list[Finding]
    _is_told: bool = False

    def of(self, event: Event) -> Event:
        """Return *event*; a receipt that is deferred without a value."""
        if (
            isinstance(event, Receipt)
            and event.value_usd_micros
            and event.income in VALIDATING
            and is_deferred(self.law, self.calendar.day(event.at))
        ):
            self._tell(event)
            return msgspec.structs.replace(event, value_usd_micros=0)
        return event

    def _tell(self, event: Receipt) -> None:
        """Tell once of the first receipt that waits: returns of years before it do not rest on the supposition."""
        if not self._is_told and all(finding.code != CODE for finding in self.findings):
            self.findings.append(_supposed(event))
        self._is_told = True


def _supposed(first: Receipt) -> Finding:
    return Finding(
        CODE,
        f"{SWITCH} is on in this book: coins mined or staked from its day on, {first.id} the first, are in no income, "
        "and have no basis until they are disposed of. No law says so (H.R. 9175 is introduced, not enacted; its own "
        "rules on the gain's character and on how long it may wait are not followed): a supposition, on which no "
        "return of that year or a later one is filed; void the `rule` to end it",
        first.id,
    )


def deferral(law: Law, calendar: Calendar, findings: list[Finding]) -> Deferral | None:
    """Return what defers mining income; None where the law does on no day."""
    return Deferral(law, calendar, findings) if ever_deferred(law) else None
