"""The journal for beancount (version 3): every piece of a lot is a lot of its own, `{{basis, day, "lot/number"}}`.

So `bean-query` comes to the same basis and the same gains as Lotwork, to the micro-dollar: beancount books each piece
as it is named, and divides none. Accounts are opened strictly, and every commodity and wallet says what it is called in
the book.
"""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.ledger.errors import plain
from lotwork.ledger.units import AssetTable, usd_text
from lotwork.reports.journal.entries import CoinPosting, Entry, Journal
from lotwork.reports.lines import coins

BEFORE = "1970-01-01"


def beancount(journal: Journal, assets: AssetTable, title: str) -> Iterator[str]:
    """Yield the lines of the file."""
    yield f"; {plain(title)}"
    yield f'option "title" {quoted(title)}'
    yield 'option "operating_currency" "USD"'
    yield 'option "inferred_tolerance_default" "*:0.000001"'
    entries = [line for entry in journal.entries for line in _entry(entry, journal, assets)]
    yield ""
    for made, name in journal.names.told("commodity"):
        yield f"{BEFORE} commodity {made}"
        yield f"  asset: {quoted(name)}"
    called = {journal.account(name): name for _, name in journal.names.told("account")}
    for account in journal.accounts:
        yield f"{BEFORE} open {account}"
        if account in called:
            yield f"  wallet: {quoted(called[account])}"
    yield from entries


def _entry(entry: Entry, journal: Journal, assets: AssetTable) -> Iterator[str]:
    yield ""
    yield f"{entry.day} * {quoted(entry.words)}"
    if entry.event:
        yield f"  event: {quoted(entry.event)}"
    for posting in entry.coins:
        yield f"  {posting.account}  {_coins(posting, journal, assets)}"
    for each in entry.dollars:
        yield f"  {each.account}  {usd_text(each.amount)} USD"


def _coins(posting: CoinPosting, journal: Journal, assets: AssetTable) -> str:
    piece = posting.piece
    sign, commodity = "" if posting.comes else "-", journal.names.of("commodity", posting.asset)
    cost = f"{{{{{usd_text(piece.basis)} USD, " if posting.comes else "{"
    label = quoted(f"{piece.lot}/{piece.number}")
    return f"{sign}{coins(piece.quantity, posting.asset, assets)} {commodity} {cost}{piece.acquired}, {label}" + (
        "}}" if posting.comes else "}"
    )


def quoted(words: str) -> str:
    """Return *words* as beancount writes text."""
    return '"' + plain(words).replace("\\", "\\\\").replace('"', '\\"') + '"'
