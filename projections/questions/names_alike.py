"""Names that look like one: a wallet spelled in two ways, a coin under two tickers. Each would keep lots of its own.

A wallet that is only named exists too, so a slip of the pen makes another one, with other lots (Treas. Reg.
1.1012-1(j)); and a coin under two names is held, sold and priced as two.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from lotwork.ledger import events as e
from lotwork.ledger.codec import kind_of
from lotwork.ledger.history import History
from lotwork.ledger.units import AssetTable
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import add_command, correct_command

SAME_COIN: Mapping[str, str] = {
    "XBT": "BTC", "XXBT": "BTC", "XDG": "DOGE", "XXDG": "DOGE", "XETH": "ETH", "XETC": "ETC", "XLTC": "LTC",
    "XZEC": "ZEC", "BCC": "BCH", "BCHN": "BCH", "BCHABC": "BCH", "XXMR": "XMR", "XXRP": "XRP", "XXLM": "XLM",
}  # fmt: skip
"""Tickers that exchanges have for a coin of another name."""
OF_ONE_WALLET = ("receipt", "purchase", "gift", "sale", "movement", "balance")
"""Kinds that a correction of all of a wallet reaches; a transfer is corrected by itself."""
SHOWN = 4
"""So many commands are written out."""
_MARKS = re.compile(r"(?<![0-9])[\W_]+|[\W_]+(?![0-9])")
_WALLETS = (
    "the wallets {names} differ in capitals, blanks or marks only, and each has lots of its own: if they are one, say "
    "so: `{rename}`{more}; if they are two, declare each of them: `{declare}`"
)
_COINS = (
    "{other} is a name that exchanges have for {coin}, and both are counted, each with lots and prices of its own: if "
    "they are one coin, say so: `{rename}`{more}; if they are two, say on which chain {other} is: `{declare}`"
)


class Rename(NamedTuple):
    """The commands that give events another name, and the first of the events."""

    commands: list[str]
    event: str | None


def names_alike(history: History, held: Iterable[tuple[str, str]], declared: Collection[str]) -> Iterator[Finding]:
    """Yield a finding for every wallet and every coin among those *held*, (wallet, coin), that has two names.

    Wallets that were all *declared* are as many as their names.
    """
    pairs = list(held)
    by_plain_name: defaultdict[str, list[str]] = defaultdict(list)
    for wallet in sorted({wallet for wallet, _ in pairs}):
        by_plain_name[plain_name(wallet)].append(wallet)
    for names in by_plain_name.values():
        if len(names) > 1 and not set(names) <= set(declared):
            yield _of_wallets(history, names, declared)
    coins = {asset for _, asset in pairs}
    for other in sorted(coins):
        coin = same_coin_as(other, history.assets)
        if coin != other and coin in coins:
            yield _of_coins(history, coin, other)


def same_coin_as(asset: str, assets: AssetTable) -> str:
    """Return the coin that *asset* is another name of; itself where it is none, or is declared on another chain."""
    folded = asset.strip().upper()
    coin = SAME_COIN.get(folded, folded)
    mine, known = assets.get(asset), assets.get(coin)
    if mine is None or known is None or mine.chain not in (None, known.chain):
        return asset
    return coin


def plain_name(name: str) -> str:
    """Return *name* without what a slip changes: capitals, blanks, and marks but for those between digits."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _MARKS.sub("", folded) or folded.strip()


def _of_wallets(history: History, names: list[str], declared: Collection[str]) -> Finding:
    kept = min(names, key=lambda name: (name not in declared, name != name.strip(), name != name.lower(), name))

    def change(event: e.Event) -> dict[str, str]:
        told = {key: getattr(event, key, None) for key in ("wallet", "from_wallet", "to_wallet")}
        return {key: kept for key, name in told.items() if name in names and name != kept}

    rename = _renamed(history, change)
    declare = (add_command(history.book, "wallet", f"wallet={name}") for name in names if name not in declared)
    words = _WALLETS.format(
        names=" and ".join(map(repr, names)), rename=_joined(rename), more=_more(rename), declare=" && ".join(declare)
    )
    return Finding("wallet_spelled_twice", words, rename.event)


def rename_wallet(history: History, name: str, kept: str) -> str:
    """Return the commands, as a finding has them, that say of every event of the wallet *name* that it is of *kept*."""

    def change(event: e.Event) -> dict[str, str]:
        told = {key: getattr(event, key, None) for key in ("wallet", "from_wallet", "to_wallet")}
        return {key: kept for key, wallet in told.items() if wallet == name}

    rename = _renamed(history, change)
    return f"`{_joined(rename)}`{_more(rename)}"


def _of_coins(history: History, coin: str, other: str) -> Finding:
    def change(event: e.Event) -> dict[str, str]:
        told = {key: getattr(event, key, None) for key in ("asset", "to_asset")}
        return {key: coin for key, name in told.items() if name == other}

    rename = _renamed(history, change)
    decimals = history.assets.decimals(other)
    declare = add_command(history.book, "asset", f"asset={other}", f"decimals={decimals}", "chain=CHAIN")
    words = _COINS.format(other=other, coin=coin, rename=_joined(rename), more=_more(rename), declare=declare)
    return Finding("coin_named_twice", words, rename.event)


def _renamed(history: History, change: Callable[[e.Event], dict[str, str]]) -> Rename:
    """Return what renames every event that *change* names keys of: all of a wallet's at once where it can."""
    troubles = len(history.troubles)
    changes: dict[str, dict[str, str]] = {}
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for _, event in history.log.read(history.book, up_to=history.up_to, kinds=(*OF_ONE_WALLET, "transfer")):
        groups[kind_of(event), getattr(event, "wallet", event.id)].append(event.id)
        found = change(event)
        holds = history.corrected(event) if found else None
        if holds is not None and change(holds):
            changes[event.id] = found
    del history.troubles[troubles:]
    commands = []
    for (kind, wallet), ids in groups.items():
        mine = [changes[name] for name in ids if name in changes]
        if mine and len(mine) == len(ids) and kind in OF_ONE_WALLET:
            select = json.dumps({"kind": kind, "wallet": wallet})
            told = (f"select={select}", f"set={json.dumps(mine[0])}", "reason=one name")
            commands.append(add_command(history.book, "correction", *told))
        else:
            commands += [
                correct_command(history.book, name, changes[name], "one name") for name in ids if name in changes
            ]
    return Rename(commands, next(iter(changes), None))


def _joined(rename: Rename) -> str:
    return " && ".join(rename.commands[:SHOWN])


def _more(rename: Rename) -> str:
    more = len(rename.commands) - SHOWN
    return f" and so of {more} more events" if more > 0 else ""
