"""What is asked of two events that may be one: what each says, and the commands that answer either way."""

from __future__ import annotations

import json
import shlex
from functools import cache, lru_cache
from typing import TypeAlias

from lotwork.ledger import events as e
from lotwork.ledger.codec import kind_of
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.tellers import FROM_FILES
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import AssetTable, unscaled, usd_text
from lotwork.projections.findings import Finding, Question, target_of
from lotwork.projections.questions.add_command import add_command, correct_command
from lotwork.projections.questions.alike import Flow, Gone, amounts_of, how_much

TWO = {"may_repeat": SETTLED}
"""What a correction sets in an event that is another one than it was held to be."""
_SET_TWO = f"set={json.dumps(TWO)}"
VOID, SETTLE = ("void", "reason=told twice"), ("correction", _SET_TWO, "reason=these are two")
"""What the commands say beside their target."""
AT_HAND = 1_000
"""The words of as many pairs of a source and a wallet are kept."""
ARRIVED = (e.Receipt, e.Purchase, e.GiftReceived)
"""The kinds of coins that came into a wallet; a wallet's own transfer is none."""
Arrived: TypeAlias = e.Receipt | e.Purchase | e.GiftReceived
Place: TypeAlias = tuple[str | None, str, str | None]
"""Where an event is told to have happened: by which source, in which wallet, and where it was moved, out of which."""
NOBODY = "by hand"
"""The source of what none is named for."""
_THINGS = {"receipt": "payment"}
_TWINS = (
    "{one} and {two} tell as much {asset} within a day{apart}: if it is one {thing}, void one of them: `{void}`; if "
    "these are two, say so: `{two_things}`{all_of}"
)
_KINDS = (
    "{one} and {two} tell as much {asset} within a day{apart}, one as a {kind} and the other as a {other_kind}, and "
    "both count: if it is one, void what it is not: `{void}` or `{void_other}`; if these are two, say so: "
    "`{two_things}`{all_of}"
)
_TRANSFER = (
    "{one.id} counts as income what {two.id} saw leave {wallet} within a day: if it is one transfer, say so: `{moved}`"
    "; if these are two things, say so: `{two_things}`{all_of}"
)
_BOUGHT = (
    "{one.id} counts as income what {two.id} bought into {wallet} within a day: if the coins were sent on from there, "
    "say so: `{moved}`, or void it where that is told: `{void}`; if these are two things, say so: `{two_things}`"
    "{all_of}"
)
_MOVED = (
    "{one.id} ({source}) saw leave {one.wallet} what is probably what {two.id} ({teller}) moved from there to "
    "{two.to_wallet} within a day{apart}: if it is one transfer, say so: `{moved}`; if these are two things, say so: "
    "`{two_things}`"
)
_SPENT = (
    "{one.id} ({source}) saw leave {one.wallet} what is probably what {two.id} ({teller}) disposed of from there "
    "within a day{apart}: if it is one payment, say so: `{spent}`; if these are two things, say so: `{two_things}`"
)
_BILLS = (
    "{one} and {two} tell the same amount, ${amount}, within {days} days: if it is one {thing}, void one of them: "
    "`{void}`; if these are two, say so: `{two_things}`{all_of}"
)
_ALL = "; if nothing that {source} tells repeats another, say that: `{command}`"


def ask_of_coins(book: str, assets: AssetTable, one: Flow, two: Flow) -> Finding:
    """Return the question whether *one* and *two* are one: coins that came, moved or were traded."""
    apart = "" if one.quantity == two.quantity or _is_as_much(one, two) else ", but for what may be a fee"
    if type(one) is type(two) is e.Receipt:  # as there may be as many as payouts
        voided = "one" if one.vout is None else "two"  # what a node saw is what happened
        words = _receipts(book, one.source, one.wallet, two.source, two.wallet, one.asset, apart, voided)
        return Question.of("likely_twins", words, one.id, two.id)
    if type(one) is not type(two):
        if isinstance(one, e.Receipt) and isinstance(two, e.Movement | e.Purchase) and one.wallet != two.wallet:
            return _ask_of_transfer(book, assets, one, two)
        if isinstance(one, ARRIVED) and isinstance(two, ARRIVED):
            return _ask_of_kinds(book, one, two, apart)
    words = _twins(book, kind_of(one), _place_of(one), _place_of(two), one.asset, apart)
    return Question.of("likely_twins", words, one.id, two.id)


def _ask_of_kinds(book: str, one: Arrived, two: Arrived, apart: str) -> Finding:
    words = _KINDS.format(
        one=_said(one),
        two=_said(two),
        asset=one.asset,
        apart=apart,
        kind=kind_of(one),
        other_kind=kind_of(two),
        void=void_command(book, one.id),
        void_other=void_command(book, two.id),
        two_things=two_things(book, one.id),
        all_of=_all_of(book, one),
    )
    return Finding("likely_twins", words, one.id)


@lru_cache(maxsize=AT_HAND)
def _receipts(
    book: str, source: str | None, wallet: str, other: str | None, there: str, asset: str, apart: str, voided: str
) -> str:
    """Return the words of the question whether two receipts are one, in which both are yet to be named."""
    return _twins(book, "receipt", (source, wallet, None), (other, there, None), asset, apart, voided)


@lru_cache(maxsize=AT_HAND)
def _twins(book: str, kind: str, one: Place, two: Place, asset: str, apart: str, voided: str = "one") -> str:
    """Return the words of such a question, in which the two events are yet to be named."""
    void, two_things = _around_a_target(book, *VOID), _around_a_target(book, *SETTLE)
    return _TWINS.format(
        one="{one}" + _braced(_where(kind, one)),
        two="{two}" + _braced(_where(kind, two)),
        asset=_braced(asset),
        apart=apart,
        thing=_THINGS.get(kind, kind),
        void=f"{_braced(void[0])} {{{voided}_target}} {_braced(void[1])}",
        two_things=f"{_braced(two_things[0])} {{one_target}} {_braced(two_things[1])}",
        all_of=_braced(_all_that(book, kind, one[0])),
    )


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _ask_of_transfer(book: str, assets: AssetTable, one: e.Receipt, two: Gone) -> Finding:
    change = {"kind": "transfer", "from_wallet": two.wallet}
    fee = how_much(two) - one.quantity
    if fee:
        change["fee_quantity"] = unscaled(fee, assets.decimals(one.asset))
        price = getattr(two, "price_usd", None)
        if price is not None and one.price_usd is None:
            change["price_usd"] = price
    words, then = _BOUGHT, ""
    if isinstance(two, e.Movement):
        words, then = _TRANSFER, f" && {void_command(book, two.id)}"
        if two.at < one.at:  # the fee is paid, and lots are moved, when coins leave
            change["at"] = print_instant(two.at)
    moved = correct_command(book, one.id, change, "own coins") + then
    told = words.format(
        one=one,
        two=two,
        wallet=two.wallet,
        moved=moved,
        void=void_command(book, one.id),
        two_things=two_things(book, one.id),
        all_of=_all_of(book, one),
    )
    return Finding("likely_transfer", told, one.id)


def ask_of_sent(book: str, assets: AssetTable, one: e.Movement, two: e.Transfer | e.Sale) -> Finding:
    """Return the question whether *two* tells where what the movement *one* saw leave went, or for what."""
    return (
        _ask_of_moved(book, assets, one, two) if isinstance(two, e.Transfer) else _ask_of_spent(book, assets, one, two)
    )


def _ask_of_moved(book: str, assets: AssetTable, one: e.Movement, two: e.Transfer) -> Finding:
    """Return the question whether the transfer *two* moved what the movement *one* saw leave.

    Where it is one, the movement is taken out, and what it saw leave beside what arrived is the fee of the transfer.
    """
    fee = how_much(one) - two.quantity
    told = two.fee_quantity or 0
    moved = void_command(book, one.id)
    change = {}
    if fee > told:
        change["fee_quantity"] = unscaled(fee, assets.decimals(one.asset))
    if max(fee, told) and one.price_usd is not None and two.price_usd is None:
        change["price_usd"] = one.price_usd
    if one.at < two.at:
        change["at"] = print_instant(one.at)
    if change:
        why = "the fee of what left" if "fee_quantity" in change else "when it left"
        moved = f"{correct_command(book, two.id, change, why)} && {moved}"
    words = _MOVED.format(
        one=one,
        two=two,
        source=_source(one),
        teller=_source(two),
        apart="" if fee in (0, told) else ", but for what may be a fee",
        moved=moved,
        two_things=two_things(book, one.id),
    )
    return Finding("likely_twins", words, one.id)


def _ask_of_spent(book: str, assets: AssetTable, one: e.Movement, two: e.Sale) -> Finding:
    """Return the question whether the sale *two* disposed of what the movement *one* saw leave.

    Where it is one, the movement is taken out; the network's fee left with the coins and is disposed of with them.
    """
    left = how_much(one)
    spent = void_command(book, one.id)
    change = {}
    if left > two.quantity:
        change["quantity"] = unscaled(left, assets.decimals(one.asset))
    if one.at < two.at:
        change["at"] = print_instant(one.at)
    if change:
        why = "what left, with the fee" if "quantity" in change else "when it left"
        spent = f"{correct_command(book, two.id, change, why)} && {spent}"
    words = _SPENT.format(
        one=one,
        two=two,
        source=_source(one),
        teller=_source(two),
        apart="" if two.quantity in (left, one.quantity) else ", but for what may be a fee",
        spent=spent,
        two_things=two_things(book, one.id),
    )
    return Finding("likely_twins", words, one.id)


def ask_of_money(book: str, one: e.Event, two: e.Event, amount_micros: int, days: int) -> Finding:
    """Return the question whether two bills, payments or earnings of one amount are one."""
    words = _BILLS.format(
        one=_named(one),
        two=_named(two),
        amount=usd_text(amount_micros).removesuffix("0000"),
        days=days,
        thing={e.Payment: "payment of tax", e.BusinessIncome: "payment"}.get(type(one), "bill"),
        void=void_command(book, one.id),
        two_things=two_things(book, one.id),
        all_of=_all_of(book, one),
    )
    return Finding("likely_twins", words, one.id)


def void_command(book: str, target: str) -> str:
    """Return the command that takes out *target*, told twice."""
    begin, end = _around_a_target(book, *VOID)
    return f"{begin} {target_of(target)} {end}"


def two_things(book: str, target: str) -> str:
    """Return the command that says that *target* is a thing of its own."""
    begin, end = _around_a_target(book, *SETTLE)
    return f"{begin} {target_of(target)} {end}"


@cache
def _around_a_target(book: str, kind: str, *words: str) -> tuple[str, str]:
    """Return what stands before and after the target in a command: there may be as many as there are receipts."""
    return add_command(book, kind), shlex.join(words)


def _all_of(book: str, one: e.Event) -> str:
    """Return how to say so of all that a named source tells, where one command may answer many questions."""
    return _all_that(book, kind_of(one), one.source)


@lru_cache(maxsize=AT_HAND)
def _all_that(book: str, kind: str, source: str | None) -> str:
    if source in FROM_FILES:
        return ""
    select = json.dumps({"kind": kind, "source": source})
    command = add_command(book, "correction", f"select={select}", _SET_TWO, "reason=payments of its own")
    return _ALL.format(source=source, command=command)


def _is_as_much(one: Flow, two: Flow) -> bool:
    amounts = [
        set(amounts_of(each)) if isinstance(each, e.Receipt | e.Transfer) else {each.quantity} for each in (one, two)
    ]
    return not amounts[0].isdisjoint(amounts[1])


def _said(event: Flow) -> str:
    return f"{event.id}{_where(kind_of(event), _place_of(event))}"


def _place_of(event: Flow) -> Place:
    if isinstance(event, e.Transfer):
        return event.source, event.to_wallet, event.from_wallet
    return event.source, event.wallet, None


def _where(kind: str, place: Place) -> str:
    source, wallet, giver = place
    if giver is not None:
        return f" ({source or NOBODY}, from {giver} to {wallet})"
    return f" ({source or NOBODY}, {'out of' if kind == 'sale' else 'into'} {wallet})"


def _named(event: e.Event) -> str:
    what = getattr(event, "category", None) or getattr(event, "equipment", None)
    return f"{event.id} ({', '.join(filter(None, (_source(event), what)))})"


def _source(event: e.Event) -> str:
    return event.source or NOBODY
