"""Lots once more, as slowly and as plainly as they can be told: a list that is searched from end to end, in fractions.

It shares no line with projections/: whatever the two disagree on is a bug in one of them.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Literal, NamedTuple

Method = Literal["fifo", "lifo", "hifo", "lofo"]
Kind = Literal["receipt", "purchase", "sale", "gift", "transfer"]
TURN = datetime(2025, 1, 1, tzinfo=UTC)


class Choice(NamedTuple):
    lot: str
    sats: int


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened; money in micro-dollars, the price in dollars a coin."""

    kind: Kind
    id: str
    at: datetime
    wallet: str
    sats: int
    money: int = 0
    to_wallet: str = ""
    fee_sats: int = 0
    fee_price: int = 0
    lots: tuple[Choice, ...] = ()


class Elected(NamedTuple):
    since: date
    wallet: str | None
    method: Method


@dataclass
class Piece:
    """What is left of a lot in one wallet."""

    lot: str
    wallet: str
    at: datetime
    sats: int
    unit: Fraction


class Row(NamedTuple):
    """A part of a disposal and the lot it took."""

    disposal: str
    lot: str | None
    sats: int
    proceeds: Fraction
    basis: Fraction
    term: str


@dataclass
class Coins:
    """Coins that lie in a wallet, by the age they arrived with; before 2025 they are not the lots."""

    wallet: str
    at: datetime
    lot: str
    sats: int


@dataclass
class Oracle:
    """Every lot of one asset, step by step."""

    elections: Sequence[Elected] = ()
    pieces: list[Piece] = field(default_factory=list)
    coins: list[Coins] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    gifts: list[Row] = field(default_factory=list)
    missing: int = 0
    turned: bool = False

    def run(self, steps: Iterable[Step]) -> Oracle:
        for step in sorted(steps, key=lambda step: step.at):
            if step.at >= TURN and not self.turned:
                self.turn()
            if step.kind in ("receipt", "purchase"):
                self.pieces.append(Piece(step.id, step.wallet, step.at, step.sats, Fraction(step.money, step.sats)))
                self.coins.append(Coins(step.wallet, step.at, step.id, step.sats))
            elif step.kind == "transfer":
                self.transfer(step)
            else:
                self.dispose(step, step.sats, Fraction(step.money), self.gifts if step.kind == "gift" else self.rows)
        return self

    def method(self, wallet: str, day: date) -> Method:
        """Return the last election whose day has come: one for this wallet if there is any, else one for all."""
        due = [each for each in self.elections if each.since <= day and each.wallet in (None, wallet)]
        own = [each for each in due if each.wallet == wallet] or due
        return max(own, key=lambda each: each.since).method if own else "fifo"

    def first(self, wallet: str, method: Method) -> Piece | None:
        open_here = [piece for piece in self.pieces if piece.sats and (not self.turned or piece.wallet == wallet)]
        order: dict[Method, Callable[[Piece], tuple[Fraction | float, float]]] = {
            "fifo": lambda piece: (0, piece.at.timestamp()),
            "lifo": lambda piece: (0, -piece.at.timestamp()),
            "hifo": lambda piece: (-piece.unit, piece.at.timestamp()),
            "lofo": lambda piece: (piece.unit, piece.at.timestamp()),
        }
        return min(open_here, key=order[method], default=None)

    def take(self, step: Step, sats: int, lots: Sequence[Choice]) -> list[tuple[Piece, int]]:
        taken = []
        for choice in lots:
            for piece in self.pieces:
                if piece.lot == choice.lot and piece.sats and (not self.turned or piece.wallet == step.wallet):
                    part = min(choice.sats, piece.sats, sats)
                    piece.sats -= part
                    sats -= part
                    taken.append((piece, part))
        method = self.method(step.wallet, step.at.date())
        while sats and (piece_first := self.first(step.wallet, method)):
            part = min(piece_first.sats, sats)
            piece_first.sats -= part
            sats -= part
            taken.append((piece_first, part))
        return [(piece, part) for piece, part in taken if part]

    def dispose(self, step: Step, sats: int, money: Fraction, rows: list[Row]) -> None:
        taken = self.take(step, sats, step.lots if step.kind != "transfer" else ())
        for piece, part in taken:
            term = "long" if is_long(piece.at.date(), step.at.date()) else "short"
            rows.append(Row(step.id, piece.lot, part, money * part / sats, piece.unit * part, term))
        rest = sats - sum(part for _, part in taken)
        if rest:
            self.missing += rest
            rows.append(Row(step.id, None, rest, money * rest / sats, Fraction(0), "short"))
        self.leave(step.wallet, sats)

    def transfer(self, step: Step) -> None:
        if step.fee_sats:
            self.dispose(step, step.fee_sats, Fraction(step.fee_price * step.fee_sats, 100), self.rows)
        if not self.turned:
            for coins in self.leave(step.wallet, step.sats):
                self.coins.append(Coins(step.to_wallet, coins.at, coins.lot, coins.sats))
            return
        for piece, part in self.take(step, step.sats, step.lots):
            for here in self.pieces:
                if here.sats and here.lot == piece.lot and here.wallet == step.to_wallet:
                    here.sats += part
                    break
            else:
                self.pieces.append(Piece(piece.lot, step.to_wallet, piece.at, part, piece.unit))

    def leave(self, wallet: str, sats: int) -> list[Coins]:
        gone = []
        while sats and (lying := [coins for coins in self.coins if coins.wallet == wallet and coins.sats]):
            oldest = min(lying, key=lambda coins: coins.at)
            part = min(oldest.sats, sats)
            oldest.sats -= part
            sats -= part
            gone.append(Coins(wallet, oldest.at, oldest.lot, part))
        return gone

    def turn(self) -> None:
        """Give the oldest lot to the wallet with the oldest coins, satoshi by satoshi; of one age, as they arrived."""
        self.turned = True
        lying = sorted((coins for coins in self.coins if coins.sats), key=lambda coins: coins.at)
        allocated: list[Piece] = []
        for piece in sorted((piece for piece in self.pieces if piece.sats), key=lambda piece: piece.at):
            for coins in lying:
                part = min(piece.sats, coins.sats)
                if part:
                    piece.sats -= part
                    coins.sats -= part
                    allocated.append(Piece(piece.lot, coins.wallet, piece.at, part, piece.unit))
        self.pieces = joined(allocated)

    def held(self) -> dict[tuple[str, str], tuple[int, Fraction]]:
        """Return what is open, by (lot, wallet): satoshis and basis."""
        return {
            (piece.lot, piece.wallet): (piece.sats, piece.unit * piece.sats)
            for piece in joined(self.pieces)
            if piece.sats
        }


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Parts of one lot in one wallet are one."""
    kept: dict[tuple[str, str], Piece] = {}
    for piece in pieces:
        here = kept.get((piece.lot, piece.wallet))
        if here is None:
            kept[piece.lot, piece.wallet] = piece
        else:
            here.sats += piece.sats
    return list(kept.values())


def is_long(acquired: date, sold: date) -> bool:
    """More than a year: sold after the same day of the next year, and the end of a month answers to its end."""
    last = acquired.day == calendar.monthrange(acquired.year, acquired.month)[1]
    days = calendar.monthrange(acquired.year + 1, acquired.month)[1]
    anniversary = date(acquired.year + 1, acquired.month, days if last else acquired.day)
    return sold > anniversary
