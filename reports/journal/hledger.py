"""The journal for hledger: coins at their total basis (`@@`), so that every entry comes to nothing exactly.

hledger keeps no lots, so which lot a posting is of stands in its comment; the dollars, the gains and the coins of every
account are the same to the micro-dollar.
"""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.ledger.errors import plain
from lotwork.ledger.units import AssetTable, usd_text
from lotwork.reports.journal.entries import CoinPosting, Entry, Journal
from lotwork.reports.lines import coins


def hledger(journal: Journal, assets: AssetTable, title: str) -> Iterator[str]:
    """Yield the lines of the file."""
    yield f"; {plain(title)}"
    entries = [line for entry in journal.entries for line in _entry(entry, journal, assets)]
    yield ""
    yield "commodity 1000.000000 USD"
    for made, name in journal.names.told("commodity"):
        yield f"commodity 1000.{'0' * assets.decimals(name)} {_symbol(made)}  ; {plain(name)}"
    called = {journal.account(name): name for _, name in journal.names.told("account")}
    for account in journal.accounts:
        yield f"account {account}" + (f"  ; wallet: {plain(called[account])}" if account in called else "")
    yield from entries


def _entry(entry: Entry, journal: Journal, assets: AssetTable) -> Iterator[str]:
    yield ""
    words = plain(entry.words).replace(";", ",").replace("|", "/")
    yield f"{entry.day} * {words}" + (f"  ; event: {plain(entry.event)}" if entry.event else "")
    for posting in entry.coins:
        lot = f"{posting.piece.lot}/{posting.piece.number}"
        yield f"    {posting.account}  {_coins(posting, journal, assets)}  ; lot: {plain(lot)}"
    for each in entry.dollars:
        yield f"    {each.account}  {usd_text(each.amount)} USD"


def _coins(posting: CoinPosting, journal: Journal, assets: AssetTable) -> str:
    sign, piece = "" if posting.comes else "-", posting.piece
    symbol = _symbol(journal.names.of("commodity", posting.asset))
    return f"{sign}{coins(piece.quantity, posting.asset, assets)} {symbol} @@ {usd_text(piece.basis)} USD"


def _symbol(made: str) -> str:
    return made if made.isalpha() else f'"{made}"'
