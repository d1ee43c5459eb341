"""What may be no income, told: why, what it may be instead, and the commands that say which.

Law: what is exchanged is sold for the value of what is received (26 U.S.C. 1001(b)), which is then what that cost
(1012); gas paid for it is a cost of it, and a disposal of its own. What comes back to its owner is neither.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from lotwork.ledger import events as e
from lotwork.ledger.doubts import Doubted, Leg
from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.units import unscaled, usd_text, value_usd_micros
from lotwork.projections.findings import Finding
from lotwork.projections.pricing import Prices

IN_DOUBT = "inflow_doubtful"
AMOUNT, WALLET = "AMOUNT", "WALLET"
"""What only a person knows; a command is refused until it is filled in."""
NOT_ALONE = Doubted("same_transaction")
WHY: dict[str, str] = {
    "wrapped": "a wrapped coin was minted or burnt",
    "private": "it came out of MWEB, where nobody sees who paid",
    "new_payer": "{payer} never paid {wallet} before",
    "own_account": "{payer} is an account of your own",
    "not_listed": "{pool} does not list it among what it paid",
    "no_payout": "{pool} credited it, and no payout on the chain covers it: it may have paid over Lightning",
}


class Answer(NamedTuple):
    """What an inflow may have been, and the commands that say so."""

    word: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Tells of the inflows of one history."""

    history: History
    prices: Prices

    def tell(self, receipt: e.Receipt) -> Finding:
        """Return why *receipt* may be no income, whether it counts, and each answer with its commands."""
        doubt = self.history.doubts.get(receipt.id, Doubted(receipt.doubt or "same_transaction"))
        answers = "; or ".join(f"{answer.word}: `{' && '.join(answer.commands)}`" for answer in self._answers(receipt))
        counts = "it counts, as it did when it was recorded" if doubt.counted else "it is in no figure"
        return Finding(
            IN_DOUBT,
            f"{self._coins(receipt)} came into {receipt.wallet}, and may be no income, since {self._why(receipt)}: "
            f"{counts}, until you say what it was: {answers}",
            receipt.id,
        )

    def _why(self, receipt: e.Receipt) -> str:
        doubt = self.history.doubts.get(receipt.id)
        if doubt is not None and doubt.legs:
            took = ", ".join(f"{self._coins(leg)} of {_wallet(leg)}" for leg in doubt.legs)
            return f"its own transaction took {took}"
        why = doubt.why if doubt is not None and receipt.doubt is None else receipt.doubt or ""
        said = WHY.get(why, "its own transaction took something of an own wallet")
        return said.format(payer=receipt.payer, wallet=receipt.wallet, pool=receipt.pool)

    def _coins(self, event: e.Receipt | Leg) -> str:
        quantity = unscaled(event.quantity, self.history.assets.decimals(event.asset))
        return f"{quantity.rstrip('0').rstrip('.') if '.' in quantity else quantity} {event.asset}"

    def _answers(self, receipt: e.Receipt) -> Iterator[Answer]:
        doubt = self.history.doubts.get(receipt.id, NOT_ALONE)
        paid = tuple(leg for leg in doubt.legs if not _is_gas(leg))
        gas = tuple(leg for leg in doubt.legs if _is_gas(leg))
        moved = [leg for leg in paid if isinstance(leg, e.Movement) and leg.asset == receipt.asset]
        if len(paid) == 1 and moved:
            yield from self._returned(receipt, moved[0])
        elif paid:
            yield from self._unwrapped(receipt, paid)
            yield self._swap(receipt, paid, gas)
        elif receipt.doubt == "own_account":
            yield self._own(receipt, self._own_account(receipt))
        elif receipt.doubt == "no_payout":
            yield Answer("not paid yet", (self._void(receipt.id, "the pool still owes it, or paid it on the chain"),))
        else:
            yield self._own(receipt, WALLET)
            bought = {"kind": "purchase", "cost_usd": AMOUNT}
            yield Answer("coins bought", (self._correct(receipt.id, bought, "bought"),))
        wallet = {"wallet": WALLET} if receipt.doubt == "no_payout" else {}
        yield Answer("income", (self._correct(receipt.id, {"doubt": "none", **wallet}, "it is income"),))

    def _own_account(self, receipt: e.Receipt) -> str:
        wallets = (event for event in self.history.of_kind("wallet") if isinstance(event, e.WalletDeclared))
        return next((each.wallet for each in wallets if same_address(each.watch, receipt.payer)), WALLET)

    def _own(self, receipt: e.Receipt, wallet: str) -> Answer:
        change = {"kind": "transfer", "from_wallet": wallet}
        return Answer("a transfer of your own coins", (self._correct(receipt.id, change, "own coins"),))

    def _returned(self, receipt: e.Receipt, leg: e.Movement) -> Iterator[Answer]:
        """Yield what coins of one kind that left and came again may be: change, or a move between own wallets."""
        rest = leg.quantity - receipt.quantity
        void = self._void(receipt.id, "told with the coins that left")
        decimals = self.history.assets.decimals(leg.asset)
        if leg.wallet == receipt.wallet:
            if rest > 0:
                change = {"quantity": unscaled(rest, decimals)}
                yield Answer("change given back", (self._correct(leg.id, change, "the rest came back"), void))
        elif rest + (leg.fee_quantity or 0) >= 0:
            change = {"kind": "transfer", "to_wallet": receipt.wallet}
            if rest:
                change["quantity"] = unscaled(receipt.quantity, decimals)
                change["fee_quantity"] = unscaled(rest + (leg.fee_quantity or 0), decimals)
            yield Answer("a transfer of your own coins", (self._correct(leg.id, change, "own coins"), void))

    def _unwrapped(self, receipt: e.Receipt, paid: tuple[Leg, ...]) -> Iterator[Answer]:
        """Yield the same coins, wrapped or unwrapped, where that is what left and came."""
        leg = paid[0]
        if len(paid) > 1 or not isinstance(leg, e.Movement) or leg.quantity != receipt.quantity:
            return
        if not same_coin(leg.asset, receipt.asset):
            return
        change = {"kind": "transfer", "to_wallet": receipt.wallet, "to_asset": receipt.asset}
        reason = "the same coins, wrapped or unwrapped"
        commands = (self._correct(leg.id, change, reason), self._void(receipt.id, "told with the coins that left"))
        yield Answer("a transfer, wrapped or unwrapped, which by your position realizes nothing", commands)

    def _swap(self, receipt: e.Receipt, paid: tuple[Leg, ...], gas: tuple[Leg, ...]) -> Answer:
        """Return both legs of a swap: what left is sold for the value of what came, which that cost; gas on top."""
        sold = [leg for leg in paid if isinstance(leg, e.Sale)]
        value = AMOUNT
        if sold:
            value = usd_text(sum(leg.proceeds_usd_micros for leg in sold))
        elif len(paid) == 1 and receipt.value_usd_micros is not None:
            value = usd_text(receipt.value_usd_micros)
        sale = {"kind": "sale", "disposition": "swapped", "proceeds_usd": value}
        reason = f"a swap for {self._coins(receipt)}"
        commands = [self._correct(leg.id, sale, reason) for leg in paid if isinstance(leg, e.Movement)]
        bought = {"kind": "purchase", "cost_usd": value}
        for leg in gas:
            bought["fee_usd"] = self._worth(leg)
            spent = {"kind": "sale", "disposition": "spent", "proceeds_usd": bought["fee_usd"]}
            commands.append(self._correct(leg.id, spent, "the gas of a swap"))
        return Answer("a swap", (*commands, self._correct(receipt.id, bought, "the other side of a swap")))

    def _worth(self, leg: Leg) -> str:
        """Return what the coins of *leg* were worth when they left, in dollars."""
        quote, _ = self.prices.at(leg.asset, leg.at)
        if quote is None:
            return AMOUNT
        return usd_text(value_usd_micros(leg.quantity, quote.price_usd, self.history.assets.decimals(leg.asset)))

    def _correct(self, target: str, change: dict[str, Any], reason: str) -> str:
        return self._add("correction", f"target={target}", f"set={json.dumps(change)}", f"reason={reason}")

    def _void(self, target: str, reason: str) -> str:
        return self._add("void", f"target={target}", f"reason={reason}")

    def _add(self, *words: str) -> str:
        return add_command(self.history.book, *words)


def add_command(book: str, *words: str) -> str:
    """Return the command that adds to *book* the event that *words* tell, quoted for a shell."""
    named = () if book == MAIN_BOOK else ("--book", book)
    return shlex.join(("lotwork", *named, "add", *words))


def same_coin(one: str, other: str) -> bool:
    """Say if two assets are a chain's coin and that coin wrapped, as they are named: ETH and WETH."""
    return f"W{one}".casefold() == other.casefold() or f"W{other}".casefold() == one.casefold()


def same_address(one: str | None, other: str | None) -> bool:
    """Say if two texts are one address; the capitals of an EVM address are a checksum only."""
    return one is not None and other is not None and one.casefold() == other.casefold()


def _wallet(leg: Leg) -> str:
    return leg.from_wallet if isinstance(leg, e.Transfer) else leg.wallet


def _is_gas(leg: Leg) -> bool:
    """Say if all that left is the network's fee of what was done."""
    return isinstance(leg, e.Movement) and leg.id.endswith(":gas")
