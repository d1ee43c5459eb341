"""A correction of the coin, or of how much, that leaves a price or dollars told of what it was before.

A price belongs to its coin: 0.1 BTC at 90000 made 0.1 ETH is 0.1 ETH at 90000. And dollars told for a hundredth of a
coin are seldom those of a hundred. It is applied as it was said, and asked about until a person gives the price too.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from lotwork.ledger import events as e
from lotwork.ledger.correcting import corrected
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.history import History
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.tellers import FROM_A_FILE
from lotwork.ledger.told_again import SETTLED
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import AMOUNT, correct_command
from lotwork.projections.questions.names_alike import same_coin_as

CODE = "price_left"
TIMES = 1000
"""A quantity so many times what it was is in another unit, or a slip; what was told of it may be so too."""
A_COIN = "price_usd"
TOTALS = ("value_usd", "fair_value_usd", "proceeds_usd", "cost_usd", "donor_basis_usd")
PRICES = (A_COIN, *TOTALS)
_SAME_VALUE = {"price_usd", "value_usd", "no_market"}
_WORDS = (
    "{step} makes {event} {now}, and leaves {keys} as told of {before}: a price belongs to its coin, and dollars to "
    "how much of it: give what is right: `{given}`{market}; if it is right as it stands, say so: `{right}`"
)
_MARKET = "; or leave it to the market's price: `{command}`"


class _Said(NamedTuple):
    """What a price was told of: a coin and how much of it."""

    asset: str
    quantity: Decimal


def prices_left(history: History) -> tuple[Finding, ...]:
    """Return a finding for each event whose coin or amount a person corrected without the price told of it."""
    troubles = len(history.troubles)
    found = tuple(_found(history))
    del history.troubles[troubles:]
    return found


def _found(history: History) -> Iterator[Finding]:
    selecting = any(map(_may_leave, history.selections))
    targets = [name for name, steps in history.corrections.items() if any(map(_may_leave, steps))]
    if not selecting and not targets:
        return
    for _, event in history.log.read(history.book, up_to=history.up_to, ids=None if selecting else targets):
        if getattr(event, "asset", None) is not None and history.amended(event) is not None:
            steps = [step for step in history.selections if history.reaches(step.select, event)]
            steps += history.corrections.get(event.id, ())
            steps.sort(key=lambda step: history.order[step.id])
            if any(map(_may_leave, steps)):
                yield from _left(history, event, steps)


def _may_leave(step: e.Correction) -> bool:
    """Say if *step* is a person's, of a coin or of how much; a file that is read anew tells the price too."""
    return step.source != FROM_A_FILE and not step.set_.keys().isdisjoint(("asset", "quantity"))


def _left(history: History, event: e.Event, steps: list[e.Correction]) -> Iterator[Finding]:
    public = to_contract(event, history.assets)
    told = {key: _said(public) for key in PRICES if key in public}
    last: e.Correction | None = None
    for step in steps:
        try:
            event = corrected(event, step, history.assets)
        except InputRefusedError:
            continue  # it changes nothing, and is told as such
        public = to_contract(event, history.assets)
        here = _said(public)
        given = step.set_.keys() | (_SAME_VALUE if step.set_.keys() & _SAME_VALUE else set())
        settled = step.source == FROM_A_FILE or step.set_.get("may_repeat") == SETTLED
        told = {key: here if settled or key in given else told.get(key, here) for key in PRICES if key in public}
        last = step if _may_leave(step) else last
    here = _said(public)
    keys = [
        key for key, before in told.items() if Decimal(public[key]) and _is_of_other(history, key, before, here)
    ]  # nothing is as much of any coin
    if keys and last is not None:
        yield _ask(history, event, last, keys, told[keys[0]], here)


def _said(public: dict[str, Any]) -> _Said:
    return _Said(str(public.get("asset")), Decimal(str(public.get("quantity") or 0)))


def _is_of_other(history: History, key: str, before: _Said, here: _Said) -> bool:
    if _coin(history, before) != _coin(history, here):
        return True
    if not before.quantity or not here.quantity:
        return False
    grown = here.quantity >= before.quantity * TIMES
    return grown or (key != A_COIN and before.quantity >= here.quantity * TIMES)


def _coin(history: History, said: _Said) -> str:
    return same_coin_as(said.asset, history.assets).strip().upper()


def _ask(history: History, event: e.Event, step: e.Correction, keys: list[str], before: _Said, here: _Said) -> Finding:
    def command(change: dict[str, Any], reason: str) -> str:
        return correct_command(history.book, event.id, change, reason)

    market = ""
    if keys[0] in (A_COIN, "value_usd") and isinstance(event, e.Receipt):
        market = _MARKET.format(command=command(dict.fromkeys(keys), "priced by the market"))
    words = _WORDS.format(
        step=step.id,
        event=event.id,
        now=_printed(here),
        before=_printed(before),
        keys=" and ".join(keys),
        given=command(dict.fromkeys(keys, AMOUNT), "of this coin"),
        market=market,
        right=command({"may_repeat": SETTLED}, "looked at, and right"),
    )
    return Finding(CODE, words, event.id)


def _printed(said: _Said) -> str:
    return f"{said.quantity.normalize():f} {said.asset}"
