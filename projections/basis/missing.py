"""Coins that left a wallet and were never recorded as having come, and the event that perhaps brought them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from lotwork.ledger.events import GiftReceived, Purchase, Receipt, Transfer
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.findings import Finding


class Short(NamedTuple):
    """Coins that were missing: when, of which wallet, and the event that took them."""

    at: datetime
    wallet: str
    asset: str
    event: str


class Missing:
    """Tells of coins that are missing, and names what arrives in the same wallet less than a day later."""

    def __init__(self, findings: list[Finding]) -> None:
        self.shorts: list[Short] = []
        self._findings = findings

    def tell(self, short: Short, quantity: str, verb: str) -> None:
        """Tell that *quantity* more left a wallet than it held."""
        self.shorts.append(short)
        self._findings.append(
            Finding(
                "coins_missing",
                f"{short.event}: {quantity} more were {verb} from {short.wallet} than it held: "
                "that part has basis 0; add the receipt, purchase or transfer that brought them",
                short.event,
            )
        )

    def arrive(self, event: Receipt | Purchase | GiftReceived | Transfer) -> None:
        """Name *event* beside the coins that were missing where it brings some, less than a day before."""
        wallet = event.to_wallet if isinstance(event, Transfer) else event.wallet
        self.shorts = [short for short in self.shorts if event.at - short.at <= ONE_DAY]
        for short in tuple(self.shorts):
            if (short.wallet, short.asset) == (wallet, event.asset):
                self.shorts.remove(short)
                self._add(short, f"; {event.id} brought some there {_later(event.at - short.at)}")

    def _add(self, short: Short, words: str) -> None:
        for place, finding in enumerate(self._findings):
            if (finding.code, finding.event) == ("coins_missing", short.event):
                remedy = ": if it was before, correct the time of one"
                self._findings[place] = finding._replace(message=finding.message + words + remedy)


def _later(apart: timedelta) -> str:
    minutes, seconds = divmod(int(apart.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    told = " ".join(f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if count)
    return f"{told} later" if told else "at the same instant"
