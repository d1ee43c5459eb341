"""A sale and, in the same minute and wallet, a receipt of another coin worth as much: two sides of a swap, perhaps.

Of a sale that a person says was a swap, the other side may come within the hour, and into any wallet.

Law: what is received for what is sold is the amount realized (26 U.S.C. 1001(b)) and the cost of what came (1012); as
income beside the proceeds it would be taxed twice. Where a transaction is named, `ledger.doubts` finds it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, takewhile

from lotwork.ledger import events as e
from lotwork.ledger.units import usd_text
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import correct_command
from lotwork.projections.questions.lately import last_of

TOGETHER = timedelta(minutes=1)
SETTLES = timedelta(hours=1)
"""What a person says was swapped may come later, and into another wallet: through an exchanger, or a bridge."""
WORTH_SHARE = 10
"""What came is worth what left within a tenth: two exchanges' prices, their fees and the minute between."""
MOST_OF_AN_HOUR = 1000
"""So many of the last hour are looked at."""
_WORDS = (
    "{came.id} counts {coin} as income that came into {came.wallet} within {minutes} of the sale {left.id}, and for "
    "as much: if it is what {left.id} was exchanged for, say so: `{swap}`; if it is income beside the sale, say so: "
    "`{income}`"
)


@dataclass(slots=True)
class SwapFold:
    """Holds the sales of a minute against its receipts."""

    findings: list[Finding]
    book: str
    doubted: Collection[str] = ()
    """Receipts that are asked about already, by their transaction."""
    sold: deque[e.Sale] = field(default_factory=deque)
    """The sales of the last hour that no receipt was found for."""
    asked: dict[str, e.Receipt] = field(default_factory=dict)
    """The receipts of the last hour that are asked about."""

    def are_at_rest(
        self, receipts: Sequence[e.Receipt], sales: Sequence[e.Sale], at: datetime, before: Sequence[e.Event]
    ) -> bool:
        """Say if none of *sales* or of late may have brought the *receipts* since *at*, or those of the hour *before*.

        For a coin its like is no swap.
        """
        sold = [*self.sold, *sales]
        if not sold:
            return True
        lately = takewhile(lambda each: at - each.at <= SETTLES, reversed(before))
        came = {receipt.asset for receipt in receipts} | {each.asset for each in lately if type(each) is e.Receipt}
        return len(came | {sale.asset for sale in sold}) == 1

    def pass_by(self, sales: Sequence[e.Sale]) -> None:
        """Keep *sales*, which are at rest."""
        self.sold.extend(last_of(sales, SETTLES))
        while sales[-1].at - self.sold[0].at > SETTLES:
            self.sold.popleft()

    def take_receipt(self, came: e.Receipt) -> None:
        """Hold *came* against the sales of the hour before it."""
        while self.sold and came.at - self.sold[0].at > SETTLES:
            self.sold.popleft()
        for left in () if came.id in self.doubted else islice(self.sold, MOST_OF_AN_HOUR):
            if _may_be_sides(left, came):
                self.sold.remove(left)
                self._ask(left, came)
                return

    def take_sale(self, left: e.Sale, recent: Iterable[e.Event]) -> None:
        """Hold *left* against the receipts of the hour before it; *recent* is what came lately, the last first."""
        self.asked = {name: came for name, came in self.asked.items() if left.at - came.at <= SETTLES}
        for came in islice(recent, MOST_OF_AN_HOUR):
            if left.at - came.at > SETTLES:
                break
            known = came.id in self.asked or came.id in self.doubted
            if isinstance(came, e.Receipt) and not known and _may_be_sides(left, came):
                self._ask(left, came)
                return
        self.sold.append(left)
        while left.at - self.sold[0].at > SETTLES:
            self.sold.popleft()

    def _ask(self, left: e.Sale, came: e.Receipt) -> None:
        bought = {"kind": "purchase", "cost_usd": usd_text(left.proceeds_usd_micros)}
        swap = [correct_command(self.book, came.id, bought, "the other side of a swap")]
        if left.disposition != "swapped":
            swap.append(correct_command(self.book, left.id, {"disposition": "swapped"}, "a swap"))
        income = correct_command(self.book, came.id, {"doubt": "none"}, "it is income")
        minutes = "a minute" if abs(left.at - came.at) <= TOGETHER else "an hour"
        words = _WORDS.format(
            came=came, left=left, coin=came.asset, swap=" && ".join(swap), income=income, minutes=minutes
        )
        self.findings.append(Finding("likely_swap", words, came.id))
        self.asked[came.id] = came


def _may_be_sides(left: e.Sale, came: e.Receipt) -> bool:
    """Say if *came* may be what *left* was exchanged for; one without a price waits for it, and so does its return."""
    if left.asset == came.asset or came.doubt is not None or _is_mined(came):
        return False
    at_once = left.wallet == came.wallet and abs(left.at - came.at) <= TOGETHER
    if not at_once and left.disposition != "swapped":
        return False
    worth, proceeds = came.value_usd_micros, left.proceeds_usd_micros
    return worth is not None and abs(worth - proceeds) * WORTH_SHARE <= max(worth, proceeds)


def _is_mined(came: e.Receipt) -> bool:
    """Say if *came* names the pool that paid it, or the block that made it, as no side of a swap does."""
    return (came.pool, came.block_hash, came.height) != (None, None, None)
