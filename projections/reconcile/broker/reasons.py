"""Why a broker and the ledger say different things of one sale, as far as what is recorded tells.

Law: brokers report gross proceeds for sales from 2025 on, and basis only of coins acquired in the account from 2026 on
(Treas. Reg. 1.6045-1; T.D. 10000). A broker that was told of no choice of lots counts first in, first out within the
account (Treas. Reg. 1.1012-1(j)(3)).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from lotwork.ledger.events import Event, GiftReceived, Method, Purchase, Receipt
from lotwork.ledger.units import AssetTable, divide, unscaled, usd_decimal
from lotwork.projections.gains import GainRow
from lotwork.rules.line import to_cents

Settled: TypeAlias = Literal["rounding", "expected", "explained", "open"]
"""`open`: a person must look; `expected`: so the law has it, and nothing is to be done."""


class Reason(NamedTuple):
    """A sentence, and whether it settles the difference."""

    why: str
    settled: Settled


class Reasons(msgspec.Struct, frozen=True):
    """What the ledger knows beyond its rows: where each lot came from, and what the broker was told."""

    acquisitions: Mapping[str, Event]
    chosen_untold: Collection[str]
    """The disposals, and the lots for a wallet's next one, that were chosen, and nobody told the broker."""
    method: Callable[[str, str, date], Method]
    """The order of lots in force for a wallet's asset on a day."""
    told_orders: Collection[tuple[str | None, str | None]]
    """The (wallet, asset) whose standing order the broker has."""
    assets: AssetTable
    basis_from: date
    """From this day on coins acquired in the account are covered."""
    own_books_until: date
    """The last day on which lots at a broker may be identified in the taxpayer's own books alone."""
    own_books_cite: str

    def coins(self, quantity: int, asset: str) -> str:
        """Return *quantity* as text."""
        return unscaled(quantity, self.assets.decimals(asset))

    def proceeds(self, more: int, fee: int, rounding: int) -> Reason:
        """Return why the broker's proceeds are *more* than the ledger's, whose *fee* has been taken off."""
        if abs(more) <= rounding:
            return Reason("rounded to the cent", "rounding")
        if fee and abs(more - fee) <= rounding:
            return Reason(f"the broker's proceeds are before the fee of {to_cents(usd_decimal(fee)):,}", "explained")
        if more < 0 and not fee:
            return Reason(
                f"the broker took {to_cents(usd_decimal(-more)):,} off that the ledger does not know, perhaps a fee: "
                "correct the sale with fee_usd",
                "open",
            )
        return Reason("nothing recorded explains it: correct the sale, or ask the broker for a corrected form", "open")

    def no_basis(self, rows: Sequence[GainRow]) -> Reason:
        """Return why the broker told no basis for *rows*."""
        first = self.basis_from
        if rows[0].sold < first:
            return Reason(f"a broker need not tell the basis of a sale before {first}: not covered", "expected")
        if all(row.acquired is not None and row.acquired < first for row in rows):
            return Reason(f"acquired before {first}: not covered", "expected")
        if any(self._came_from_outside(row) for row in rows):
            return Reason("the coins were transferred in: the broker does not know what they cost", "expected")
        if all(isinstance(self._acquisition(row), Receipt | GiftReceived) for row in rows):
            return Reason("the coins were received, not bought in the account: not covered", "expected")
        return Reason(
            f"bought in the account from {first} on, so the broker has to tell a basis: ask for a corrected form",
            "open",
        )

    def basis(self, more: int, rows: Sequence[GainRow], acquired: Collection[date], rounding: int) -> Reason:
        """Return why the broker's basis is *more* than the ledger's."""
        if abs(more) <= rounding:
            return Reason("rounded to the cent", "rounding")
        fees = sum(self._purchase_fee(row) for row in rows)
        if fees and abs(more + fees) <= rounding:
            return Reason(
                f"the broker leaves the fee of {to_cents(usd_decimal(fees)):,} out of what the coins cost", "explained"
            )
        if any(self._came_from_outside(row) for row in rows):
            return Reason(
                "the coins were transferred in: the broker's basis is what it was told, or a guess", "explained"
            )
        return self.lots(rows, acquired) or Reason(
            "nothing recorded explains it: look at the purchases of these lots", "open"
        )

    def lots(self, rows: Sequence[GainRow], acquired: Collection[date]) -> Reason | None:
        """Return why the broker took other lots than *rows* did, which it *acquired* on those days."""
        row = rows[0]
        if any(each.disposal in self.chosen_untold or each.lot in self.chosen_untold for each in rows):
            untold = "you chose the lots and did not tell the broker, which went by its own order"
            if row.sold <= self.own_books_until:
                why = (
                    f"{untold}: what your books say in time holds until {self.own_books_until} ({self.own_books_cite})"
                )
                return Reason(why, "explained")
            return Reason(
                f"{untold}: after {self.own_books_until} it has to be told (Treas. Reg. 1.1012-1(j)(3))", "open"
            )
        method = self.method(row.wallet, row.asset, row.sold)
        told = any(wallet in (None, row.wallet) and asset in (None, row.asset) for wallet, asset in self.told_orders)
        if method != "fifo" and not told:
            return Reason(f"the ledger's order is {method}, and the broker, told of none, counts first in first out",
                          "explained")  # fmt: skip
        ours = {row.acquired for row in rows}
        if acquired and not ours.issuperset(acquired):
            days = ", ".join(sorted(map(str, acquired)))
            return Reason(
                f"the broker took lots of {days}, the first in its account, and the ledger the first in the wallet by "
                "its own records: a purchase or a transfer of one of them is missing, or has another day",
                "open",
            )
        return None

    def _acquisition(self, row: GainRow) -> Event | None:
        return None if row.lot is None else self.acquisitions.get(row.lot)

    def _came_from_outside(self, row: GainRow) -> bool:
        event = self._acquisition(row)
        return isinstance(event, Purchase | Receipt | GiftReceived) and event.wallet != row.wallet

    def _purchase_fee(self, row: GainRow) -> int:
        event = self._acquisition(row)
        return divide(event.fee_usd_micros * row.quantity, event.quantity) if isinstance(event, Purchase) else 0
