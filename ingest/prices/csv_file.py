"""Prices from a file of one's own: columns `at`, `asset`, `price_usd` and, where a row speaks for longer, `interval`.

A row speaks for its interval and no longer ("60s", "1h", "1d"; one minute where it says nothing): a price is never
carried forward in silence. Where several rows contain an instant, the shortest interval wins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from lotwork.ingest.declaration import DeclaredPrices, PriceSection
from lotwork.ingest.ports import EvidenceKeeper
from lotwork.ingest.prices.candles import DEAREST_USD, Priced
from lotwork.ingest.prices.names import Pair
from lotwork.ingest.prices.states import stale
from lotwork.ingest.sheets.table import Row, read_table, refuse_if_any
from lotwork.ingest.sheets.unread import misspelled, unread_of
from lotwork.ledger.errors import Problem
from lotwork.ledger.events import PriceSample
from lotwork.ledger.public_form.parse_words import parse_instant, print_instant
from lotwork.ledger.public_form.time_bands import SECONDS
from lotwork.ledger.units import PRICE_DECIMALS, USD, AmountError, scaled

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext

NAME = "csv"
COLUMNS = ("at", "asset", "price_usd")
OPTIONAL = ("interval",)
LONGEST_SECONDS = 86_400
TELLING = timedelta(days=7)
"""A row that is older by more is no price of then at all, and is not told as stale."""

_INTERVAL = re.compile(r"([1-9][0-9]{0,5})([smhd])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quote:
    """One row of the file, checked."""

    at: datetime
    asset: str
    price_usd: str
    seconds: int
    line: int


@dataclass(frozen=True, kw_only=True)
class CsvPrices:
    """The prices of one file, read when the first is asked for."""

    path: Path
    evidence: EvidenceKeeper
    name: str = field(default=NAME)

    finest_seconds: ClassVar[int] = 1

    @cached_property
    def _quotes(self) -> dict[tuple[str, int], list[Quote]]:
        """The rows by asset and interval, in order of time."""
        quotes: defaultdict[tuple[str, int], list[Quote]] = defaultdict(list)
        for quote in read_quotes(self.path):
            quotes[quote.asset, quote.seconds].append(quote)
        return {key: sorted(rows, key=lambda quote: quote.at) for key, rows in sorted(quotes.items())}

    def expect(self, _asset: str, _instants: Iterable[datetime]) -> None:
        """Plan nothing: the file is read once."""

    def compares(self, _at: datetime) -> bool:
        """Say that it may be asked beside another."""
        return True

    def fetch(self, asset: str, at: datetime) -> PriceSample | None:
        """Return the row whose interval contains *at*; the shortest where there are several.

        Raises StalePriceError where the newest row before *at* does not reach it.
        """
        found = self._quote(asset, at)
        return None if found is None else self._sample(found)

    def price(self, asset: str, at: datetime) -> Priced | None:
        """Return the same as a leg."""
        found = self._quote(asset, at)
        if found is None:
            return None
        start, pair = int(found.at.timestamp()), Pair(asset, USD)
        raw = f"{self.name} {_line(found)}".encode()
        return Priced(source=self.name, pair=pair, start=start, seconds=found.seconds, price=found.price_usd, raw=raw)

    def _quote(self, asset: str, at: datetime) -> Quote | None:
        before: Quote | None = None
        for (symbol, seconds), rows in self._quotes.items():
            if symbol != asset:
                continue
            index = bisect_right(rows, at, key=lambda quote: quote.at) - 1
            if index < 0:
                continue
            if at < rows[index].at + timedelta(seconds=seconds):
                return rows[index]
            before = rows[index] if before is None or rows[index].at > before.at else before
        if before is not None and at - before.at < TELLING:
            raise stale(f"{self.name} ({self.path.name})", asset, before.price_usd, before.at, at)
        return None

    def _sample(self, quote: Quote) -> PriceSample:
        interval = f"{quote.seconds}s"
        at = print_instant(quote.at)
        return PriceSample(
            id=f"price:{self.name}:{quote.asset}:{at}:{interval}",
            at=quote.at,
            source=self.name,
            asset=quote.asset,
            price_usd=quote.price_usd,
            interval=interval,
            evidence=self.evidence.keep(_line(quote).encode()),
        )


def _line(quote: Quote) -> str:
    return f"{print_instant(quote.at)},{quote.asset},{quote.price_usd},{quote.seconds}s\n"


def read_quotes(path: Path) -> tuple[Quote, ...]:
    """Return the checked rows of *path*; raise InputRefusedError with every problem."""
    problems: list[Problem] = []
    quotes: dict[tuple[str, datetime, int], Quote] = {}
    table = read_table(path, COLUMNS, problems, optional=OPTIONAL)
    for part in {row.part.number: row.part for row in table.rows}.values():
        problems.extend(misspelled(path.name, part, unread_of(part, (*COLUMNS, *OPTIONAL), OPTIONAL)))
    for row in table.rows:
        quote = _quote(path.name, row, problems)
        if quote is None:
            continue
        first = quotes.setdefault((quote.asset, quote.at, quote.seconds), quote)
        if first.price_usd != quote.price_usd:
            reason = f"line {first.line} gives another price for the same time"
            problems.append(Problem(f"{path.name}:{row.line}", "price_usd", reason, "keep the right one"))
    refuse_if_any(path.name, problems)
    return tuple(quotes.values())


def _quote(name: str, row: Row, problems: list[Problem]) -> Quote | None:
    """Return the quote of *row*, or None with its problems appended."""
    before = len(problems)
    where = f"{name}:{row.line}"

    def problem(column: str, broken: AmountError) -> None:
        problems.append(Problem(where, column, broken.reason, broken.remedy))

    try:
        at: datetime | None = parse_instant(row.cells["at"])
    except AmountError as broken:
        at = None
        problem("at", broken)
    price = row.cells["price_usd"]
    try:
        _check_price(price)
    except AmountError as broken:
        problem("price_usd", broken)
    try:
        seconds = _seconds(row.cells.get("interval") or "60s")
    except AmountError as broken:
        seconds = 0
        problem("interval", broken)
    if not row.cells["asset"]:
        problem("asset", AmountError("it is empty", "name the coin, like BTC"))
    if at is None or len(problems) > before:
        return None
    return Quote(at, row.cells["asset"], _canonical(price), seconds, row.line)


def _check_price(price: str) -> None:
    if not 0 < scaled(price, PRICE_DECIMALS) <= DEAREST_USD * 10**PRICE_DECIMALS:
        raise AmountError(f"{price} is no price of a coin", "correct it, or leave the row out")


def _seconds(text: str) -> int:
    matched = _INTERVAL.fullmatch(text)
    seconds = int(matched[1]) * SECONDS[matched[2]] if matched else 0
    if not 0 < seconds <= LONGEST_SECONDS:
        raise AmountError(f"{text[:40]!r} is not an interval", 'write "60s", "1h" or "1d", at most a day')
    return seconds


def _canonical(price: str) -> str:
    whole, _, fraction = price.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def build(section: PriceSection, context: BuildContext) -> CsvPrices:
    """Return the file the settings name."""
    return CsvPrices(path=context.placed(section.place(NAME)), evidence=context.evidence)


PRICES = DeclaredPrices(
    name=NAME,
    key="csv_file",
    default=None,
    build=build,
    label="A file of your own",
    example="""\
csv_file = "prices.csv"           # your own prices, where "csv" stands among the sources
""",
    docs="""\
Columns `at, asset, price_usd` and, where a row speaks for longer than its minute, `interval` ("60s", "1h", "1d", at
most a day). Where several rows contain an instant, the shortest interval wins.
""",
    cannot_see="what its rows leave out: no price is carried on beyond its interval.",
)
