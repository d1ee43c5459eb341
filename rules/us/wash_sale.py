"""Wash sales: a loss is disallowed where the same security is bought within 30 days before or after (26 U.S.C. 1091).

The disallowed loss goes into the basis of what was bought, and the time the sold lot was held into its holding period
(1091(d), 1223(3)). The rule reaches "stock or securities", so shares of a fund that holds coins, and not coins.
"""

from __future__ import annotations

from datetime import date

from lotwork.ledger.units import divide
from lotwork.rules.load import Law

SWITCHES = {
    "security": "us/wash_sale/reaches_security",
    "coin": "us/wash_sale/reaches_coin",
    "token": "us/wash_sale/reaches_token",
}
"""Whether the rule reaches a class of asset, by day."""


def classes_ever_reached(law: Law) -> frozenset[str]:
    """Return the classes of asset the rule reaches on some day, by this law."""
    return frozenset(
        name for name, path in SWITCHES.items() if any(version.value for version in law.entry(path).in_force)
    )


def reaches(law: Law, asset_class: str, day: date) -> bool:
    """Say if a loss on an asset of this class, sold on *day*, can be a wash sale's."""
    return law.figure(SWITCHES[asset_class], day).switch()


def window(law: Law, day: date) -> int:
    """Return for how many days before and after a sale on *day* a purchase counts: exactly 30 is within it."""
    return int(law.figure("us/wash_sale/window_days", day).amount())


def disallowed(loss: int, quantity: int, replaced: int) -> int:
    """Return the part of *loss* on *quantity* that falls on the *replaced* units (Treas. Reg. 1.1091-1(c))."""
    return loss if replaced == quantity else divide(loss * replaced, quantity)
