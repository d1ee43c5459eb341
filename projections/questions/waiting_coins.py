"""Coins that are missing in a wallet where a receipt waits: for a price, or for a word on what it was.

Such a receipt brings no lot before it is settled, since its basis is its value as income (Notice 2014-21, A-8) and that
is not known: what left the wallet meanwhile has no basis. To add another receipt would tell the same coins twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lotwork.ledger import events as e
from lotwork.ledger.history import History
from lotwork.projections.findings import Finding

_MISSING = "coins_missing"
_WAITS = {"receipt_pending": "waits for a price", "inflow_doubtful": "waits for your word on what it was"}

Left = e.Sale | e.Transfer | e.Movement


def with_waiting_coins(history: History, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield *findings*, those of missing coins with the receipt that came there before and still waits.

    The log is read only where both are told.
    """
    told = list(findings)
    short = {finding.event for finding in told if finding.code == _MISSING and finding.event}
    waits = {finding.event: _WAITS[finding.code] for finding in told if finding.event and finding.code in _WAITS}
    if not short or not waits:
        yield from told
        return
    left, waiting = _read(history, short, waits)
    for finding in told:
        event = left.get(finding.event or "") if finding.code == _MISSING else None
        came = [] if event is None else [each for each in waiting if _came_before(each, event)]
        yield finding._replace(message=finding.message + _words(came, waits)) if came else finding


def _came_before(receipt: e.Receipt, left: Left) -> bool:
    wallet = left.from_wallet if isinstance(left, e.Transfer) else left.wallet
    return (receipt.wallet, receipt.asset) == (wallet, left.asset) and receipt.at <= left.at


def _words(came: list[e.Receipt], waits: dict[str, str]) -> str:
    first, more = came[0], len(came) - 1
    others = f", and {more} more there wait" * bool(more)
    return f"; {first.id} brought some there and {waits[first.id]}{others}: settle that first, and add nothing twice"


def _read(history: History, short: Collection[str], waits: Collection[str]) -> tuple[dict[str, Left], list[e.Receipt]]:
    """Return the events that were *short*, and the receipts that wait."""
    left: dict[str, Left] = {}
    waiting: list[e.Receipt] = []
    troubles = len(history.troubles)
    kinds = ("receipt", "sale", "transfer", "movement")
    for _, recorded in history.log.read(history.book, up_to=history.up_to, kinds=kinds):
        event = history.corrected(recorded)
        if isinstance(event, e.Receipt) and event.id in waits:
            waiting.append(event)
        elif isinstance(event, Left) and event.id in short:
            left[event.id] = event
    del history.troubles[troubles:]
    return left, waiting
