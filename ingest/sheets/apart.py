"""Columns of which no figure is made, and whose words may tell rows apart that the map makes one of.

A list of purchases and sales has one column that says which each is; read by its amounts alone, all of them are sales.
So it is with a column of coins where the map says that all rows are of one, and with one of currencies beside dollars.
A column that says the same in every row hides nothing, and one that `[only]` names is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from lotwork.ingest.sheets.assets import DOLLAR, QUOTES, asset_named
from lotwork.ingest.sheets.column_map import ColumnMap
from lotwork.ingest.sheets.likeness import words_of
from lotwork.ingest.sheets.table import SHOWN, Row
from lotwork.ingest.sheets.undone import DONE
from lotwork.ledger.codec import a_kind
from lotwork.ledger.errors import Problem

KINDS_OF_ROWS = frozenset(
    {
        "type", "side", "kind", "direction", "action", "operation", "activity", "event", "transaction", "sense",
        "transaction type", "type of transaction", "tx type", "txn type", "trans type", "transaction kind", "trx type",
        "trade type", "trade side", "order side", "entry type", "activity type", "event type", "event kind", "flow",
        "record type", "row type", "ledger type", "operation type", "movement type", "side type", "movement",
        "buy sell", "sell buy", "in out", "debit credit", "credit debit", "dr cr", "cr dr", "transaction side",
        "typ", "art", "vorgang", "buchungsart", "umsatzart", "transaktionstyp", "richtung", "tipo", "sens", "sentido",
    }
)  # fmt: skip
"""What a column is called that says what a row is, in the words of `likeness`."""
HOW_DONE = frozenset(
    {
        "limit", "market", "maker", "taker", "stop", "stop limit", "stop loss", "instant", "recurring", "one time",
        "ach", "wire", "card", "check", "cheque", "debit card", "credit card", "pos", "online", "on chain", "lightning",
    }
)  # fmt: skip
"""Words that say how it was done, and not what."""
STATES = frozenset(
    {
        "status", "transaction status", "tx status", "payment status", "payout status", "order status",
        "zustand", "statut", "estado", "stato",
    }
)  # fmt: skip
"""What a column is called that says how far a row has come; `State` may say where it is of."""
COINS = frozenset(
    {
        "coin",
        "asset",
        "symbol",
        "ticker",
        "token",
        "crypto",
        "cryptocurrency",
        "crypto currency",
        "pair",
        "unit",
        "units",
    }
)
MONIES = frozenset(
    {
        "currency", "ccy", "currency code", "transaction currency", "amount currency", "account currency", "cur",
        "fiat", "fiat currency", "wahrung", "währung", "devise", "moneda", "valuta", "price currency",
    }
)  # fmt: skip
_OF_DOLLARS = frozenset(
    {DOLLAR, "USD$", "US$", "DOLLAR", "DOLLARS", "US DOLLARS", "U.S. DOLLAR", "UNITED STATES DOLLAR"}
)
_OF_NAMES = {
    "LITECOIN": "LTC", "DOGECOIN": "DOGE", "ETHER": "ETH", "ETHEREUM": "ETH", "BITCOIN CASH": "BCH"
}  # fmt: skip
_SMALL = {"SAT": "sats", "SATS": "sats", "SATOSHI": "sats", "SATOSHIS": "sats", "GWEI": "gwei", "WEI": "wei"}
_PAIR = re.compile(r"[-/_: ]+")
MOST_WORDS = 5


def told_apart(
    name: str, rows: Sequence[Row], column_map: ColumnMap, unread: Collection[str], notes: Collection[str]
) -> Iterator[Problem]:
    """Yield what is wrong with the *rows* of the file *name* that count, by columns of which no figure is made.

    Nothing reads those that are *unread*; *notes* are kept as the event's note.
    """
    signed = any(sign in ("outflow", "inflow") for sign in column_map.signs.values())
    for column in dict.fromkeys((*unread, *notes)):
        called = " ".join(words_of(column))
        if called in KINDS_OF_ROWS and not signed:
            yield from _of_kinds(name, rows, column, column_map.kind, HOW_DONE)
        elif column in unread and called in STATES:
            yield from _of_kinds(name, rows, column, column_map.kind, DONE)
        elif column in unread and called in COINS | MONIES:
            yield from _of_units(name, rows, column, column_map)


def _of_kinds(name: str, rows: Sequence[Row], column: str, kind: str, alike: frozenset[str]) -> Iterator[Problem]:
    """Yield the problem of a column that says what a row is, in words that are neither the same nor *alike*."""
    said = Counter(_said(row, column) for row in rows)
    if len(said) < 2 or said.keys() <= alike:  # noqa: PLR2004 - two words tell rows apart
        return
    first = _said(rows[0], column)
    other = next(row for row in rows if _said(row, column) != first)
    spelled = {_said(row, column): row.cells.get(column, "")[:SHOWN] for row in reversed(rows)}
    told = ", ".join(f'"{spelled[word]}" ({count})' for word, count in said.most_common(MOST_WORDS))
    listed = ", ".join(f'"{spelled[word]}"' for word, _ in said.most_common(MOST_WORDS))
    yield Problem(
        f"{name}:{other.line}",
        column[:SHOWN],
        f"rows say {told}{'' if len(said) <= MOST_WORDS else ' and more'}, and each would be {a_kind(kind)}",
        f'say in [only] of the map which are: "{column[:SHOWN]}" = [{listed}]; the others need a map of their own',
    )


def _said(row: Row, column: str) -> str:
    return " ".join(row.cells.get(column, "").casefold().split()).strip(".!")


def _of_units(name: str, rows: Sequence[Row], column: str, column_map: ColumnMap) -> Iterator[Problem]:
    """Yield the problem of a row that tells another coin, or money, than the map says all are of."""
    told = [row for row in rows if row.cells.get(column, "").strip()]
    coin = column_map.constants.get("asset")
    dollars = next((key for key in (*column_map.columns, *column_map.optional) if key.endswith("_usd")), None)
    foreign = [row for row in told if not _is_dollar(row.cells[column])]
    others = [row for row in told if not _names_coin(row, column, column_map)]
    if " ".join(words_of(column)) not in MONIES:
        wrong, wanted = (others if coin else []), coin
    elif not foreign or not others:
        return
    else:
        wrong, wanted = (foreign, f"US dollar, which {dollars} is in") if dollars else (others if coin else [], coin)
    if wrong:
        shown = wrong[0].cells[column][:SHOWN]
        yield Problem(
            f"{name}:{wrong[0].line}",
            column[:SHOWN],
            f"{shown!r} is no {wanted}{'' if wanted != coin else ', which the map says that every row is of'}",
            f"say in [only] of the map which rows count by their {column[:SHOWN]}; the others need a map of their own",
        )


def _is_dollar(word: str) -> bool:
    return asset_named(word) in _OF_DOLLARS


def _names_coin(row: Row, column: str, column_map: ColumnMap) -> bool:
    """Say if a cell names the coin that the map makes of its row, by its ticker, its name, or a pair of it."""
    named = asset_named(row.cells[column])
    mapped = column_map.columns.get("asset")
    coin = column_map.constants.get("asset") if mapped is None else asset_named(row.cells[mapped])
    if named in _SMALL:
        return column_map.units.get("quantity") == _SMALL[named]
    quoted = any(named == f"{coin}{quote}" for quote in QUOTES)
    return coin is not None and (quoted or coin in (named, asset_named(_PAIR.split(named)[0]), _OF_NAMES.get(named)))
