"""Coins that are missing in a wallet whose name is near that of another wallet, which holds them: a slip of the pen.

A wallet that is only named exists too, so a misspelled one has no lots, and what left it has no basis (Treas. Reg.
1.1012-1(j)). Which of two names is the slip is told by how often each is written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from lotwork.ledger import events as e
from lotwork.ledger.history import History
from lotwork.ledger.near_names import near_name
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import correct_command
from lotwork.projections.questions.names_alike import OF_ONE_WALLET, rename_wallet

COINS_MISSING = "coins_missing"
LIKE_A_SLIP = 75
"""In percent: coinbse and coinbase are 93 alike, cold and hot 57."""
_DIGITS = re.compile(r"[0-9]+")


def with_wallets_near(
    history: History,
    findings: Iterable[Finding],
    places: Collection[tuple[str, str]],
    held: Collection[tuple[str, str]],
    declared: Collection[str],
) -> Iterator[Finding]:
    """Yield *findings*, those of missing coins with the wallet that was perhaps meant and the command that says so.

    All *places*, (wallet, coin), are where a coin was ever; there are lots or coins where it is *held*. Wallets that
    were both *declared* are two. The log is read only where two names are near.
    """
    told = list(findings)
    short = {finding.event for finding in told if finding.code == COINS_MISSING and finding.event}
    if not short or not any(_nearest(wallet, asset, held, declared) for wallet, asset in places):
        yield from told
        return
    left, named = _read(history, short)
    commands: dict[tuple[str, str], str] = {}
    for finding in told:
        event = left.get(finding.event or "") if finding.code == COINS_MISSING else None
        meant = None if event is None else _nearest(_giver(event), event.asset, held, declared)
        if event is None or meant is None:
            yield finding
            continue
        wallet = _giver(event)
        if named[meant] >= named[wallet]:
            key = "from_wallet" if isinstance(event, e.Transfer) else "wallet"
            command = correct_command(history.book, event.id, {key: meant}, "a slip of the pen")
            words = f"; did you mean {meant}? Then say so: `{command}`"
        else:
            if (meant, wallet) not in commands:
                commands[meant, wallet] = rename_wallet(history, meant, wallet)
            words = f"; {meant} holds some: did you mean {wallet} there? Then say so: {commands[meant, wallet]}"
        yield finding._replace(message=finding.message + words)


def _nearest(wallet: str, asset: str, held: Collection[tuple[str, str]], declared: Collection[str]) -> str | None:
    """Return the wallet that holds *asset* and has a name near *wallet*; a number in it tells two wallets apart."""
    others = (
        other
        for other, coin in held
        if coin == asset
        and other != wallet
        and _DIGITS.findall(other) == _DIGITS.findall(wallet)
        and not (wallet in declared and other in declared)
    )
    return near_name(wallet, others, LIKE_A_SLIP)


def _read(history: History, short: Collection[str]) -> tuple[dict[str, e.Sale | e.Transfer | e.Movement], Counter[str]]:
    """Return the events that were *short*, and how often each wallet is named."""
    left: dict[str, e.Sale | e.Transfer | e.Movement] = {}
    named: Counter[str] = Counter()
    troubles = len(history.troubles)
    for _, recorded in history.log.read(history.book, up_to=history.up_to, kinds=(*OF_ONE_WALLET, "transfer")):
        event = history.corrected(recorded)
        if event is None:
            continue
        keys = ("wallet", "from_wallet", "to_wallet")
        named.update(name for key in keys if (name := getattr(event, key, None)) is not None)
        if event.id in short and isinstance(event, e.Sale | e.Transfer | e.Movement):
            left[event.id] = event
    del history.troubles[troubles:]
    return left, named


def _giver(event: e.Sale | e.Transfer | e.Movement) -> str:
    return event.from_wallet if isinstance(event, e.Transfer) else event.wallet
