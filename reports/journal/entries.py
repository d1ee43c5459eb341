"""The journal as entries with postings, before either form writes them: accounts, coins at their basis, dollars.

A lot's coins stand at their basis. A receipt comes from income, a purchase from dollars, a gift from equity; what was
sold brings dollars and a gain, the same to the micro-dollar as `lotwork gains`; what was given, donated, lost or stolen
is an expense of its basis. Bills, rigs and payments are no part of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from lotwork.projections.basis.disposals import SOLD
from lotwork.projections.journal.trail import Leaving, Piece, Step, Trail
from lotwork.projections.lots import EVERYWHERE

COINS, POOL = "Assets:Coins", "Assets:Coins:All-Wallets-Until-2024"
DOLLARS = "Assets:Dollars"
RECEIPTS, GAINS = "Income:Receipts", "Income:Gains"
GONE = "Expenses:Coins"
GIVEN, ADJUSTED, UNPRICED, UNKNOWN = "Equity:Given", "Equity:Basis-Adjustments", "Equity:Unpriced", "Equity:Unknown"
SPENT = {"sold": DOLLARS, "spent": "Equity:Spent", "swapped": "Equity:Swapped"}
"""Where the dollars of a sale go; of coins that were spent or swapped they went on to what they bought."""
LONGEST = {"commodity": 20, "account": 40, "kind": 40}
TURN = "the wallets become pools of their own (Treas. Reg. 1.1012-1(j); Rev. Proc. 2024-28)"


class CoinPosting(NamedTuple):
    """A piece that comes into an account or leaves it."""

    account: str
    asset: str
    piece: Piece
    comes: bool


class UsdPosting(NamedTuple):
    """Micro-dollars."""

    account: str
    amount: int


class Entry(NamedTuple):
    """One transaction: its day, what it is, the event it is of, and its postings, which come to nothing."""

    day: date
    words: str
    event: str
    coins: tuple[CoinPosting, ...]
    dollars: tuple[UsdPosting, ...]


class Names:
    """Names as accounts and commodities may be called, each its own: `pool.x/1` becomes `Pool-x-1`."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], str] = {}
        self._taken = {("commodity", "usd"), ("account", POOL.rpartition(":")[2].casefold())}

    def of(self, kind: str, name: str) -> str:
        """Return what the *kind* of thing that is called *name* is called in the journal."""
        known = self._told.get((kind, name))
        if known is None:
            known = self._told[kind, name] = self._new(kind, name)
        return known

    def _new(self, kind: str, name: str) -> str:
        bare = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name).strip("-")
        if kind == "commodity":
            bare = bare.upper()
        bare = (bare if bare[:1].isalpha() else f"X{bare}")[: LONGEST[kind]].strip("-")
        wanted = made = bare[:1].upper() + bare[1:]
        count = 1
        while (kind, made.casefold()) in self._taken or len(made) < len("XX"):
            count += 1
            made = f"{wanted}-{count}"
        self._taken.add((kind, made.casefold()))
        return made

    def told(self, kind: str) -> list[tuple[str, str]]:
        """Return every name of a *kind*, beside what it is called here."""
        return sorted((made, name) for (of, name), made in self._told.items() if of == kind)


class Journal(msgspec.Struct):
    """Every entry in its order, and what things are called in it."""

    entries: list[Entry] = msgspec.field(default_factory=list)
    names: Names = msgspec.field(default_factory=Names)

    @property
    def accounts(self) -> list[str]:
        """Every account that is posted to."""
        of_coins = {each.account for entry in self.entries for each in entry.coins}
        return sorted(of_coins | {each.account for entry in self.entries for each in entry.dollars})

    def account(self, wallet: str) -> str:
        """Return the account of a wallet, or of the pool over all of them."""
        return POOL if wallet == EVERYWHERE else f"{COINS}:{self.names.of('account', wallet)}"


def journal(trail: Trail) -> Journal:
    """Return the journal of *trail*, in the order of days; on one day what comes is before what goes."""
    made = Journal()
    arrivals: defaultdict[tuple[date, str], list[Piece]] = defaultdict(list)
    moves: defaultdict[int, list[tuple[Step, str, Piece]]] = defaultdict(list)
    for piece in trail.pieces:
        arrivals[piece.arrived, piece.lot].append(piece)
        asset = piece.asset
        for step in piece.steps:
            moves[step.order].append((step, asset, piece))
            asset = step.asset
    ordered: list[tuple[date, int, Entry]] = [
        (day, 0, _arrival(made, day, lot, pieces)) for (day, lot), pieces in arrivals.items()
    ]
    for order, steps in moves.items():
        day = max((steps[0][0].day, *(piece.arrived for _, _, piece in steps)))
        ordered.append((day, order, _move(made, day, steps)))
    for each in trail.leaving:
        day = max((each.day, *(piece.arrived for piece in each.pieces)))
        ordered.append((day, each.order, _leaving(made, day, each)))
    ordered.sort(key=lambda entry: entry[:2])
    made.entries = [entry for _, _, entry in ordered]
    return made


def _arrival(made: Journal, day: date, lot: str, pieces: Iterable[Piece]) -> Entry:
    told = list(pieces)
    source = told[0].source
    if source is None:
        words, account = "arrival", UNKNOWN
    elif source.kind == "receipt":
        words, account = "receipt", f"{RECEIPTS}:{made.names.of('kind', source.word)}"
    else:
        words, account = source.word, DOLLARS if source.kind == "purchase" else GIVEN
    coins = tuple(CoinPosting(made.account(piece.wallet), piece.asset, piece, comes=True) for piece in told)
    whole = sum(piece.basis for piece in told)
    return Entry(day, words, lot, coins, (UsdPosting(account, -whole),))


def _move(made: Journal, day: date, steps: Iterable[tuple[Step, str, Piece]]) -> Entry:
    coins: list[CoinPosting] = []
    first: Step | None = None
    for step, asset, piece in steps:
        first = first or step
        coins.append(CoinPosting(made.account(step.from_wallet), asset, piece, comes=False))
        coins.append(CoinPosting(made.account(step.to_wallet), step.asset, piece, comes=True))
    event = "" if first is None or first.event is None else first.event
    return Entry(day, "transfer" if event else TURN, event, tuple(coins), ())


def _leaving(made: Journal, day: date, each: Leaving) -> Entry:
    disposal, row, basis = each.disposal, each.row, each.basis
    coins = tuple(
        CoinPosting(made.account(_where(piece)), _as_which(piece), piece, comes=False) for piece in each.pieces
    )
    return Entry(day, _words(each), disposal.id, coins, tuple(_dollars(made, each, basis) if row or basis else ()))


def _dollars(made: Journal, each: Leaving, basis: int) -> Iterator[UsdPosting]:
    row, disposition = each.row, each.disposal.disposition
    if row is None:
        account = UNPRICED if disposition in SOLD else f"{GONE}:{made.names.of('kind', disposition)}"
        yield UsdPosting(account, basis)
        return
    yield UsdPosting(SPENT[disposition], row.proceeds_usd_micros)
    yield UsdPosting(f"{GAINS}:{made.names.of('kind', row.term)}", -row.gain_usd_micros)
    adjusted = basis + row.gain_usd_micros - row.proceeds_usd_micros
    if adjusted:
        yield UsdPosting(ADJUSTED, adjusted)


def _words(each: Leaving) -> str:
    if not each.pieces:
        return f"{each.disposal.disposition}: coins that were never seen to arrive"
    return each.disposal.disposition


def _where(piece: Piece) -> str:
    return piece.steps[-1].to_wallet if piece.steps else piece.wallet


def _as_which(piece: Piece) -> str:
    return piece.steps[-1].asset if piece.steps else piece.asset
