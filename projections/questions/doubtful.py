"""What may be no income, told: why, what it may be instead, and the commands that say which.

Law: what is exchanged is sold for the value of what is received (26 U.S.C. 1001(b)), which is then what that cost
(1012); gas paid for it is a cost of it, and a disposal of its own. What comes back to its owner is neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.doubts import Doubted, Leg
from lotwork.ledger.history import History
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.tellers import FEE_SHARE
from lotwork.ledger.units import unscaled, usd_text, value_usd_micros
from lotwork.projections.findings import Finding
from lotwork.projections.pricing import Prices
from lotwork.projections.questions.add_command import AMOUNT, WALLET, add_command, correct_command, in_one_line
from lotwork.projections.questions.payers import addresses_of

IN_DOUBT = "inflow_doubtful"
TOLD = "told with the coins that left"
NOT_ALONE = Doubted("same_transaction")
WHY: dict[str, str] = {
    "wrapped": "a wrapped coin was minted or burnt",
    "private": "it came out of MWEB, where nobody sees who paid",
    "new_payer": "{payer} never paid {wallet} before",
    "own_account": "{payer} is an account of your own",
    "not_listed": "{pool} does not list it among what it paid",
    "unexplained": "the file that tells it does not say what it was",
    "wrong_unit": "it is a thousand times what {pool} mostly tells, or a thousandth: the unit may be wrong",
    "not_credited": "{pool} paid it, and did not tell that it had credited it",
    "no_payout": "{pool} credited it, and no payout on the chain covers it: it may have paid over Lightning",
}

WORD = {
    "unexplained": "other income",
    "wrong_unit": "income (those of its size that wait then count too, once the pool is asked again)",
}


class Answer(NamedTuple):
    """What an inflow may have been, and the commands that say so."""

    word: str
    commands: tuple[str, ...]


class Doubtful(msgspec.Struct, frozen=True):
    """Tells of the inflows of one history."""

    history: History
    prices: Prices

    def tell(self, receipt: e.Receipt) -> Finding:
        """Return why *receipt* may be no income, whether it counts, and each answer with its commands."""
        doubt = self.history.doubts.get(receipt.id, Doubted(receipt.doubt or "same_transaction"))
        answers = "; or ".join(f"{answer.word}: `{in_one_line(answer.commands)}`" for answer in self._answers(receipt))
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
        if why == "unexplained" and receipt.note:
            return receipt.note
        said = WHY.get(why, "its own transaction took something of an own wallet")
        return said.format(payer=receipt.payer, wallet=receipt.wallet, pool=receipt.pool)

    def _coins(self, event: e.Receipt | Leg) -> str:
        quantity = self._quantity(event.quantity, event.asset)
        return f"{quantity.rstrip('0').rstrip('.') if '.' in quantity else quantity} {event.asset}"

    def _quantity(self, quantity: int, asset: str) -> str:
        return unscaled(quantity, self.history.assets.decimals(asset))

    def _answers(self, receipt: e.Receipt) -> Iterator[Answer]:
        doubt = self.history.doubts.get(receipt.id, NOT_ALONE)
        paid = tuple(leg for leg in doubt.legs if not _is_gas(leg))
        gas = tuple(leg for leg in doubt.legs if _is_gas(leg))
        moved = [leg for leg in paid if not isinstance(leg, e.Transfer) and leg.asset == receipt.asset]
        if len(moved) == 1:
            yield from self._returned(receipt, doubt, moved[0])
        elif paid:
            yield from self._unwrapped(receipt, paid)
            yield self._swap(receipt, doubt, paid, gas)
        elif receipt.doubt == "own_account":
            yield self._own(receipt, self._own_account(receipt))
        elif receipt.doubt == "no_payout":
            yield Answer("not paid yet", (self._void(receipt.id, "the pool still owes it, or paid it on the chain"),))
            yield Answer("told by your Lightning wallet", (self._void(receipt.id, "the Lightning wallet tells it"),))
        elif receipt.doubt == "wrong_unit":
            mended = {"doubt": "none", "quantity": AMOUNT}
            yield Answer("another amount", (self._correct(receipt.id, mended, "the unit was wrong"),))
        elif receipt.doubt == "not_credited":
            yield Answer("counted when credited", (self._void(receipt.id, "counted when it was credited"),))
        else:
            yield self._own(receipt, WALLET)
            bought = {"kind": "purchase", "cost_usd": AMOUNT}
            yield Answer("coins bought", (self._correct(receipt.id, bought, "bought"),))
        if receipt.doubt == "unexplained":
            yield Answer("told by another source too", (self._void(receipt.id, "told twice"),))
            mined = {"doubt": "none", "income": "pool_payout"}
            yield Answer("a pool's payout", (self._correct(receipt.id, mined, "a pool paid it"),))
        wallet = {"wallet": WALLET} if receipt.doubt == "no_payout" else {}
        word = WORD.get(receipt.doubt or "", "income")
        yield Answer(word, (self._correct(receipt.id, {"doubt": "none", **wallet}, "it is income"),))

    def _own_account(self, receipt: e.Receipt) -> str:
        payer = (receipt.payer or "").strip().casefold()
        wallets = (event for event in self.history.of_kind("wallet") if isinstance(event, e.WalletDeclared))
        return next(
            (each.wallet for each in wallets if payer in addresses_of(each) and each.wallet != receipt.wallet), WALLET
        )

    def _own(self, receipt: e.Receipt, wallet: str) -> Answer:
        change = {"kind": "transfer", "from_wallet": wallet}
        return Answer("a transfer of your own coins", (self._correct(receipt.id, change, "own coins"),))

    def _returned(self, receipt: e.Receipt, doubt: Doubted, leg: e.Movement | e.Sale) -> Iterator[Answer]:
        """Yield what coins of one kind that left and came again may be: change, or a move between own wallets.

        One answer for all of them that came, whichever of them it stands at.
        """
        same = [each for each in doubt.came if each.asset == leg.asset] or [receipt]
        fee: int = getattr(leg, "fee_quantity", None) or 0
        rest = leg.quantity - sum(each.quantity for each in same)
        away = [each for each in same if each.wallet != leg.wallet]
        if not away:
            change = {"quantity": self._quantity(max(rest, 0) or fee, leg.asset)}
            if fee and rest <= 0:
                change["fee_quantity"] = "0"
            all_back = self._void(leg.id, "all of it came back")
            left = self._correct(leg.id, change, "the rest came back") if rest > 0 or fee else all_back
            if rest >= 0:
                yield Answer("change given back", (left, *(self._void(each.id, TOLD) for each in same)))
            else:
                yield from self._more(same, -rest, left)
        elif rest + fee >= 0 and isinstance(leg, e.Movement):
            if rest <= leg.quantity // FEE_SHARE:
                yield Answer("a transfer of your own coins", tuple(self._sent(leg, same, rest + fee)))
                return
            elsewhere = (*self._sent(leg, same, fee), self._left_too(leg, rest))
            yield Answer("a transfer of your own coins, and the rest went to somebody else", elsewhere)
            whole = tuple(self._sent(leg, same, rest + fee))
            yield Answer("a transfer of your own coins, and all of the rest was the network's fee", whole)

    def _left_too(self, leg: e.Movement, rest: int) -> str:
        """Return the command that records what left beside own coins, to be explained as a movement of its own."""
        told = {"wallet": leg.wallet, "asset": leg.asset, "quantity": self._quantity(rest, leg.asset)}
        words = (f"{key}={value}" for key, value in told.items())
        note = f"note=the rest of what {leg.id} saw leave"
        return add_command(self.history.book, "movement", f"at={print_instant(leg.at)}", *words, note)

    def _more(self, same: list[e.Receipt], more: int, left: str) -> Iterator[Answer]:
        """Yield what the *more* may be that came back than left: what left is change among it, the rest is something.

        *left* is the command that leaves of what left only the network's fee.
        """
        first, others = same[0], [self._void(each.id, TOLD) for each in same[1:]]
        rest: dict[str, Any] = {"quantity": self._quantity(more, first.asset)}
        if first.value_usd_micros is not None and first.price_usd is None:
            rest["value_usd"] = AMOUNT
        bought = {"kind": "purchase", "cost_usd": AMOUNT, "quantity": rest["quantity"]}
        own = {"kind": "transfer", "from_wallet": WALLET, "quantity": rest["quantity"]}
        for word, change in (("income", rest | {"doubt": "none"}), ("coins bought", bought), ("own coins", own)):
            commands = (left, *others, self._correct(first.id, change, f"the rest is {word}"))
            yield Answer(f"change given back and the rest {word}", commands)

    def _sent(self, leg: e.Movement, same: list[e.Receipt], fee: int) -> Iterator[str]:
        """Yield the commands that make transfers, one into each other wallet, of what left and of what came there."""
        wallets = dict.fromkeys(each.wallet for each in same if each.wallet != leg.wallet)
        told = [each for each in same if each.wallet == leg.wallet]
        for place, wallet in enumerate(wallets):
            there = [each for each in same if each.wallet == wallet]
            quantity = sum(each.quantity for each in there)
            change = (
                {"kind": "transfer", "to_wallet": wallet}
                if not place
                else {"kind": "transfer", "from_wallet": leg.wallet}
            )
            if quantity != (there[0] if place else leg).quantity:
                change["quantity"] = self._quantity(quantity, leg.asset)
            if not place and fee != (leg.fee_quantity or 0):
                change["fee_quantity"] = self._quantity(fee, leg.asset)
            yield self._correct(there[0].id if place else leg.id, change, "own coins")
            told += there[1:] if place else there
        yield from (self._void(each.id, TOLD) for each in told)

    def _unwrapped(self, receipt: e.Receipt, paid: tuple[Leg, ...]) -> Iterator[Answer]:
        """Yield the same coins, wrapped or unwrapped, where that is what left and came."""
        leg = paid[0]
        if len(paid) > 1 or not isinstance(leg, e.Movement) or leg.quantity != receipt.quantity:
            return
        if not same_coin(leg.asset, receipt.asset):
            return
        change = {"kind": "transfer", "to_wallet": receipt.wallet, "to_asset": receipt.asset}
        reason = "the same coins, wrapped or unwrapped"
        commands = (self._correct(leg.id, change, reason), self._void(receipt.id, TOLD))
        yield Answer("a transfer, wrapped or unwrapped, which by your position realizes nothing", commands)

    def _swap(self, receipt: e.Receipt, doubt: Doubted, paid: tuple[Leg, ...], gas: tuple[Leg, ...]) -> Answer:
        """Return every leg of a swap: what left is sold for the value of all that came, which that cost; gas on top.

        One answer for the transaction, whichever of its receipts it stands at.
        """
        left = {leg.asset for leg in paid}
        came = [each for each in doubt.came if each.asset not in left] or [receipt]
        priced = [receipt if each.id == receipt.id else each for each in came]
        costs: list[int | None] = [None]
        if len(paid) == 1 or len(came) > 1:
            costs = [self._worth(each) for each in priced]
        commands: list[str] = []
        sold = sum(leg.proceeds_usd_micros for leg in paid if isinstance(leg, e.Sale))
        bought = sum(each.cost_usd_micros for each in doubt.bought)
        if len(came) == 1 and sold > bought and all(isinstance(leg, e.Sale) for leg in paid):
            costs = [sold - bought]
        elif not _is_known(costs) or len(paid) > 1:
            commands += self._sell(paid, None, came)
        else:
            commands += self._sell(paid, bought + sum(filter(None, costs)), came)
        fees = [self._worth(leg) for leg in gas]
        for leg, fee in zip(gas, fees, strict=True):
            spent = {"kind": "sale", "disposition": "spent", "proceeds_usd": _dollars(fee)}
            commands.append(self._correct(leg.id, spent, "the gas of a swap"))
        for each, cost, share in zip(came, costs, _shared(fees, costs), strict=True):
            change = {"kind": "purchase", "cost_usd": _dollars(cost)} | share
            commands.append(self._correct(each.id, change, "the other side of a swap"))
        return Answer("a swap", tuple(commands))

    def _sell(self, paid: tuple[Leg, ...], value: int | None, came: list[e.Receipt]) -> Iterator[str]:
        """Yield the commands that sell what left for *value*, None where only a person knows it."""
        sale = {"kind": "sale", "disposition": "swapped", "proceeds_usd": _dollars(value)}
        reason = f"a swap for {' and '.join(self._coins(each) for each in came)}"
        yield from (self._correct(leg.id, sale, reason) for leg in paid if not isinstance(leg, e.Transfer))

    def _worth(self, event: e.Receipt | Leg) -> int | None:
        """Return what the coins of *event* were worth at their instant, in micro-dollars; None where nobody knows."""
        value: int | None = getattr(event, "value_usd_micros", None)
        if value is not None:
            return value
        price: str | None = getattr(event, "price_usd", None)
        if price is None:
            quote, _ = self.prices.at(event.asset, event.at)
            price = None if quote is None else quote.price_usd
        if price is None:
            return None
        return value_usd_micros(event.quantity, price, self.history.assets.decimals(event.asset))

    def _correct(self, target: str, change: dict[str, Any], reason: str) -> str:
        return correct_command(self.history.book, target, change, reason)

    def _void(self, target: str, reason: str) -> str:
        return add_command(self.history.book, "void", f"target={target}", f"reason={reason}")


def _dollars(micros: int | None) -> str:
    """Return *micros* as a command takes them; what a person must fill in where nobody knows them."""
    return AMOUNT if micros is None else usd_text(micros)


def _is_known(amounts: Collection[int | None]) -> bool:
    return None not in amounts


def _shared(fees: Collection[int | None], costs: Collection[int | None]) -> Iterator[dict[str, str]]:
    """Yield what each purchase has of the gas: a share by its cost, and the last of them what is left."""
    if not fees:
        yield from ({} for _ in costs)
        return
    whole, total = sum(filter(None, fees)), sum(filter(None, costs))
    known = _is_known(fees) and (len(costs) == 1 or (_is_known(costs) and total > 0))
    rest = whole
    for place, cost in enumerate(costs, 1):
        share = rest if place == len(costs) else whole * (cost or 0) // (total or 1)
        rest -= share
        yield {"fee_usd": _dollars(share if known else None)}


def same_coin(one: str, other: str) -> bool:
    """Say if two assets are a chain's coin and that coin wrapped, as they are named: ETH and WETH."""
    return f"W{one}".casefold() == other.casefold() or f"W{other}".casefold() == one.casefold()


def _wallet(leg: Leg) -> str:
    return leg.from_wallet if isinstance(leg, e.Transfer) else leg.wallet


def _is_gas(leg: Leg) -> bool:
    """Say if all that left is the network's fee of what was done."""
    return isinstance(leg, e.Movement) and leg.id.endswith(":gas")
