"""What is said of a wallet, pool, bill or meter that there is none of: a slip in the name leaves a figure as it was.

A part of another in what a pool pays that never paid, or in bills of a word that none has; a monthly charge of a price
list, or what a rig drew, for a meter that no reading is of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from lotwork.ledger import events as e
from lotwork.ledger.doubts import named
from lotwork.ledger.history import History
from lotwork.ledger.near_names import near_name
from lotwork.projections.costs.near_category import AS_LIKE_AS_A_SLIP
from lotwork.projections.costs.words import ELECTRICITY, POWER, category_word
from lotwork.projections.findings import Finding
from lotwork.projections.questions.names_nothing import CODE, perhaps_meant


def reaches_nothing(
    history: History, held: Iterable[tuple[str, str]], declared: Collection[str]
) -> tuple[Finding, ...]:
    """Return a finding for what reaches nothing, where coins are *held* by (wallet, coin) and wallets *declared*."""
    troubles = len(history.troubles)
    told = (*_sharings(history, {wallet for wallet, _ in held}, declared), *_meters(history))
    del history.troubles[troubles:]
    return tuple(Finding(CODE, message, event) for message, event in told)


def _sharings(history: History, wallets: Collection[str], declared: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the agreements on a farm that divide nothing, though coins or bills came on their days."""
    told = [each for each in history.of_kind("sharing") if isinstance(each, e.Sharing) and each.as_ != "partner"]
    came = [each for each in history.of_kind("receipt") if isinstance(each, e.Receipt)] if told else []
    pools = {named(each.pool): each.pool for each in came if each.pool}
    bills = _billed(history) if told else frozenset()
    for each in told:
        what, meant, is_met = "", "", any(_is_within(each, one.at.date()) for one in came)
        if each.wallet is not None and each.wallet not in wallets and each.wallet not in declared:
            what, meant = f"of what comes into the wallet {each.wallet!r}", perhaps_meant(each.wallet, wallets)
        elif each.pool is not None and named(each.pool) not in pools:
            what, meant = f"of what the pool {each.pool!r} pays", perhaps_meant(each.pool, pools.values())
        elif each.category is not None and (word := category_word(each.category)) not in bills:
            what, meant = f"of the bills of {each.category!r}", _word_meant(word, bills)
            is_met = bool(meant)
        if what and is_met:
            yield f"{each.id} gives {each.party} a part {what}, and there is none{meant}: correct it", each.id


def _billed(history: History) -> frozenset[str]:
    """Return the words of the bills that there are; what a meter tells is a bill of electricity."""
    told = history.of_kind("expense", "energy")
    words = {category_word(each.category) for each in told if isinstance(each, e.Expense)}
    return frozenset(words | {ELECTRICITY for each in told if isinstance(each, e.Energy)})


def _word_meant(word: str, bills: Collection[str]) -> str:
    """Return the question for the word of a bill that *word* is almost, or another word of power."""
    power = POWER.intersection(bills) if word in POWER else ()
    near = near_name(word, bills, AS_LIKE_AS_A_SLIP) or min(power, default=None)
    return f" (did you mean {near!r}?)" if near else ""


def _is_within(each: e.Sharing, day: date) -> bool:
    return each.from_ <= day and (each.to is None or day < each.to)


def _meters(history: History) -> Iterator[tuple[str, str]]:
    """Yield the prices and estimates that are for a meter which tells nothing, where another's name is near."""
    told: dict[str, e.Tariff | e.EnergyEstimate] = {}
    for each in history.of_kind("tariff", "energy_estimate"):
        if isinstance(each, e.Tariff | e.EnergyEstimate) and each.meter is not None:
            told.setdefault(each.meter, each)
    meters = {each.meter for each in history.of_kind("energy") if isinstance(each, e.Energy)} if told else set()
    for name, each in told.items():
        if name not in meters and (meant := perhaps_meant(name, meters)):
            yield f"{each.id} is for the meter {name!r}, which no reading is of{meant}: correct its meter", each.id
