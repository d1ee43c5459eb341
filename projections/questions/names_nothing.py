"""What speaks of something that is not there, and so does nothing: a slip in a name leaves a figure as it was.

A correction by a selector that reaches no event, an order of lots elected for a wallet that nobody knows, lots chosen
for a sale that was recorded under another id, a wallet declared the spouse's under a name that no event has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lotwork.ledger import events as e
from lotwork.ledger.history import History
from lotwork.ledger.near_names import near_name
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import add_command

CODE = "names_nothing"


def names_nothing(history: History, held: Iterable[tuple[str, str]], declared: Collection[str]) -> tuple[Finding, ...]:
    """Return a finding for what names no event, where coins are *held* by (wallet, coin) and wallets *declared*."""
    troubles = len(history.troubles)
    wallets = frozenset(wallet for wallet, _ in held)
    told = (
        *_corrections(history, wallets),
        *_elections(history, wallets, declared),
        *_selections(history),
        *_wallets(history, wallets, declared),
    )
    del history.troubles[troubles:]
    return tuple(Finding(CODE, message, event) for message, event in told)


def _corrections(history: History, wallets: Collection[str]) -> Iterator[tuple[str, str]]:
    for correction in history.selections:
        if not _reaches_any(history, correction):
            where = None if correction.select is None else correction.select.wallet
            meant = "" if where is None or where in wallets else perhaps_meant(where, wallets)
            message = f"the correction {correction.id} reaches no event, and changes nothing{meant}"
            yield f"{message}: void it, and record it as it is meant", correction.id


def _elections(history: History, wallets: Collection[str], declared: Collection[str]) -> Iterator[tuple[str, str]]:
    for election in history.of_kind("election"):
        name = election.wallet if isinstance(election, e.Election) else None
        if name is not None and name not in wallets and name not in declared:
            declare = add_command(history.book, "wallet", f"wallet={name}")
            message = (
                f"{election.id} elects for the wallet {name!r}, which no event names{perhaps_meant(name, wallets)}"
            )
            yield f"{message}: void it and record it anew; or, for a wallet to come: `{declare}`", election.id


def _selections(history: History) -> Iterator[tuple[str, str]]:
    for selection in history.of_kind("selection"):
        if isinstance(selection, e.Selection) and selection.for_ is not None and _is_passed_over(history, selection):
            message = f"{selection.id} chose lots for {selection.for_}, which is no sale or transfer here"
            yield f"{message}, and coins left {selection.wallet} since: correct its `for`", selection.id


def _wallets(history: History, wallets: Collection[str], declared: Collection[str]) -> Iterator[tuple[str, str]]:
    for wallet in history.of_kind("wallet"):
        if isinstance(wallet, e.WalletDeclared) and wallet.wallet not in wallets and (wallet.owner or wallet.trade):
            meant = perhaps_meant(wallet.wallet, frozenset(wallets) - frozenset(declared))
            if meant:
                message = f"what {wallet.id} says of the wallet {wallet.wallet!r} holds for no event{meant}"
                yield f"{message}: correct its name", wallet.id


def _reaches_any(history: History, correction: e.Correction) -> bool:
    kinds = None if correction.select is None or correction.select.kind is None else (correction.select.kind,)
    recorded = history.log.read(history.book, up_to=history.up_to, kinds=kinds)
    return any(history.reaches(correction.select, event) for _, event in recorded)


def _is_passed_over(history: History, selection: e.Selection) -> bool:
    """Say if coins left the wallet of *selection* after it, and nothing has the id that it was made for."""
    gone = [
        event
        for event in history.of_kind("sale", "transfer")
        if isinstance(event, e.Sale | e.Transfer) and event.asset == selection.asset
    ]
    if any(event.id == selection.for_ for event in gone):
        return False
    return any(_left(event) == selection.wallet and event.at >= selection.at for event in gone)


def _left(event: e.Sale | e.Transfer) -> str:
    return event.from_wallet if isinstance(event, e.Transfer) else event.wallet


def perhaps_meant(name: str, others: Collection[str]) -> str:
    """Return the question for the nearest of *others*; empty where none is near."""
    near = near_name(name, others)
    return f" (did you mean {near!r}?)" if near else ""
