"""The listings of sources: what one told when it was tried, which there are, what was saved and taken out."""

from __future__ import annotations

from typing import Annotated

from lotwork.projections.unpriced import Why
from lotwork.reports.rows import Row, Shown, Table, Words

PRICES = "prices"
"""The kind of a row that is a source of prices."""


class ToldRow(Row, frozen=True, kw_only=True):
    """One event that a source told: when, what kind, how many coins or dollars, and whose wallet."""

    at: str
    kind: str
    asset: str | None = None
    quantity: str | None = None
    amount_usd: str | None = None
    wallet: str | None = None

    @property
    def in_words(self) -> str:
        """The event in one line."""
        coins = f"{self.quantity} {self.asset}" if self.quantity else self.asset
        much = [coins, f"${_money(self.amount_usd)}" if self.amount_usd else ""]
        where = f"({self.wallet})" if self.wallet else ""
        return " ".join(filter(None, (self.at, self.kind, *much, where)))


def _money(amount: str) -> str:
    """Return *amount* with two decimals or as many more as say something."""
    whole, point, fraction = amount.partition(".")
    return f"{whole}.{fraction.rstrip('0'):0<2}" if point else amount


class HeldRow(Row, frozen=True, kw_only=True):
    """What a source says a wallet holds."""

    wallet: str
    asset: str
    quantity: str
    at: str


class TriedRow(Row, frozen=True, kw_only=True):
    """A source that was tried: whether it answered, and what it told from its beginning; nothing of it is recorded.

    count: how many rows; is_whole: whether it was read to its end, or the trial ended first; error: why it failed.
    """

    name: str
    kind: str
    book: str | None
    account: str | None
    ok: bool
    count: int
    kinds: dict[str, int]
    first: ToldRow | None
    last: ToldRow | None
    balances: tuple[HeldRow, ...]
    notes: tuple[str, ...]
    is_whole: bool
    error: str | None
    cannot_see: str


class TriedListing(Row, frozen=True, kw_only=True):
    """What `lotwork source test` tells."""

    sources: tuple[TriedRow, ...]


class AddedListing(Row, frozen=True, kw_only=True):
    """What `lotwork source add` tells; source is null where it was not tested."""

    name: str
    kind: str
    book: str | None
    file: str
    secret_files: tuple[str, ...]
    source: TriedRow | None
    next: tuple[str, ...]


class RemovedListing(Row, frozen=True, kw_only=True):
    """What `lotwork source remove` tells: what was taken out, and what stays."""

    name: str
    kind: str
    book: str | None
    file: str
    events: int
    in_suspense: int
    keeps_cursor: bool
    secrets: tuple[str, ...]
    removed_files: tuple[str, ...]
    next: tuple[str, ...]


class SourceRow(Row, frozen=True, kw_only=True):
    """A source: when it last answered, when it is asked next, and what it cannot see.

    told_by: `daemon` where the daemon that runs told it; `log` where last_success is when its cursor moved last; null
    where it never answered.
    """

    name: Words
    kind: Words
    book: str | None
    last_success: str | None
    next_poll: str | None
    trouble: str | None
    told_by: str | None
    cannot_see: str

    @property
    def answered(self) -> Annotated[str, Shown(folds=True)]:
        """When it last answered."""
        return self.last_success or ("when asked" if self.kind == PRICES else "never")

    @property
    def asked_next(self) -> Annotated[str, Shown(folds=True)]:
        """When it is asked next."""
        return self.next_poll or ("as receipts wait" if self.kind == PRICES else "no daemon asks")


class GoingRow(Row, frozen=True, kw_only=True):
    """How far a long round of prices of a book has come, and when that was written."""

    book: str
    asked: int
    of: int
    recorded: int
    at: str


class WaitingRow(Row, frozen=True, kw_only=True):
    """How many prices of a book were asked for and not had, by why."""

    book: str
    why: dict[Why, int]


class SourceListing(Row, frozen=True, kw_only=True):
    """What `lotwork source list` tells; daemon: the pid of the one that runs, as text, or null."""

    daemon: str | None
    rows: tuple[SourceRow, ...]
    prices_going: tuple[GoingRow, ...] = ()
    prices_waiting: tuple[WaitingRow, ...] = ()


LISTED = Table(SourceRow, lambda row: (row.name, row.kind, row.book, row.answered, row.asked_next)).leaving(
    lambda row: (row.book, row.kind)
)
