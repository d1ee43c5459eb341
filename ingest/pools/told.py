"""What every pool tells, whatever its API calls it: credits and payouts, and the lists they are read from.

A pool is declared by a `Reader`: which lists it has, how each is asked page by page, and how an answer becomes rows.
All else (the cursor, the evidence, rows that are revised, withdrawn or told late) is written once, in `frame`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.question import Question
from lotwork.ledger.events import Scheme

RowKind: TypeAlias = Literal["credit", "payout", "work"]
"""`work` is a hashrate over a span: no coins, and in no figure."""
Seen: TypeAlias = Literal["credits", "hashrate", "balance"]
"""What is recorded beside income where the settings say so."""
State: TypeAlias = Literal["done", "waiting", "failed"]
"""`done` is final as far as the pool says; what is `waiting` or has `failed` is no event, and takes one back."""
MONTH = timedelta(days=30)


class Work(NamedTuple):
    """How much was mined from `begins` to `ends`: the mean, in hashes a second."""

    begins: datetime
    ends: datetime
    rate: Decimal | int
    scheme: Scheme | None = None
    """How the pool paid for it, where that is known."""
    merged: tuple[str, ...] = ()
    """Coins that were mined beside."""


class Told(NamedTuple):
    """One row: coins credited to the account, or paid out of it, in the smallest units of *asset*."""

    key: str
    """The pool's own name of the row, unique in the account."""
    at: datetime
    """When it was credited, or paid."""
    asset: str
    amount: int
    kind: RowKind
    state: State = "done"
    income: Literal["pool_payout", "bonus", "referral", "block_reward"] = "pool_payout"
    txid: str | None = None
    gross: int | None = None
    fee: int | None = None
    """What the pool kept for itself, of a credit."""
    sent_fee: int = 0
    """What it took for sending a payout, beside the amount."""
    wallet: str | None = None
    """Where a payout went, if not where the settings say."""
    note: str | None = None
    work: Work | None = None
    """The work that a credit is for, where the pool tells it beside; of a row of work, that."""
    unknown: frozenset[str] = frozenset()
    """Keys of the row that nobody declared."""
    apart: str = ""
    """What tells it from others of its key, where a pool splits what it pays over addresses."""
    earlier: timedelta = timedelta()
    """How much earlier than `at` it may have been, where nobody knows by which clock the pool tells it."""
    waited: str = ""
    """What it was called while it waited, where that was another name."""


class Unmeant(NamedTuple):
    """One row of a kind that nobody declared: what it is called, when it was, and what it says it is."""

    key: str
    at: datetime
    words: str


class Present(NamedTuple):
    """What a pool says of one coin now."""

    asset: str
    owed: int | None = None
    """What it has not paid yet, in the coin's smallest units."""
    rate: Decimal | int | None = None
    """The mean of the last 24 hours, in hashes a second."""
    scheme: Scheme | None = None


class Span(NamedTuple):
    """What one walk through a list covers."""

    start: datetime
    end: datetime


FIRST_PAGE = "1"
PAGE_ROWS = 50
"""Rows asked for on a page; where a pool gives fewer though there are more, the next page is a guess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one page of a list tells, and the name of the next one; None after the last."""

    rows: tuple[Told, ...]
    next: str | None = None
    is_guess: bool = False
    """Whether nobody said that there is a next page: one that tells nothing new is then the end."""
    unknown: frozenset[str] = frozenset()
    newest: datetime | None = None
    """The latest instant on the page, where it holds rows of others too."""
    unmeant: tuple[Unmeant, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    """The keys of rows that another list tells."""
    present: tuple[Present, ...] = ()
    """What the page tells of now alone, as far as the settings have it observed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list of a pool: how it is asked, and what an answer of it tells."""

    name: str
    """What it is called in messages and in the cursor."""
    kind: RowKind
    ask: Callable[[Span, str], Question]
    """Returns the question for a page of a span; a list without dates asks for its newest rows first."""
    read: Callable[[JsonValue, str], Answered]
    """Returns what an answer tells; its second argument is the page that was asked for."""
    dated: bool = True
    """Whether the pool cuts the list to the span that is asked for."""
    window: timedelta = field(default=MONTH)
    """The longest span that is asked for at once."""
    forgets: bool = False
    """Whether the pool drops old rows from the list: what is missing before the oldest one says nothing."""
    overlap: timedelta = field(default=timedelta(days=7))
    """How far back each look reaches again, for what is told late."""
    alike: bool = False
    """Whether two equal rows of one answer may be two payments: it names a row by its transaction or time alone."""
    daily: bool = False
    """Whether it tells of now alone, and is asked for once a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A pool's account: what its rows are called by, and its lists, those of credits first."""

    pool: str
    """The pool's name in events, and of the wallet that holds what it owes."""
    account: str
    listings: tuple[Listing, ...]
    decimals: dict[str, int] = field(default_factory=dict)
    """The decimals of each coin it tells of that is not built in: its `asset` event is made of them."""

    observe: tuple[Seen, ...] = ()
    """What is recorded beside income."""
    reads_as: str = ""
    """Settings that make rows mean something else: where it changes, all is read once more."""
    counts_paid: bool = False
    """Whether income counts when it is paid, whatever the policy: of credits it tells the newest alone."""

    @property
    def prefix(self) -> str:
        """What the ids of its events begin with."""
        return f"{self.pool}:{self.account}:"

    @property
    def credits(self) -> bool:
        """Whether the pool tells what it credited, and not only what it paid, so that either can be income."""
        return not self.counts_paid and any(listing.kind == "credit" for listing in self.listings)
