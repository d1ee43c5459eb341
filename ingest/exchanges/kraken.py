"""Kraken: the ledger is the truth of an account, entry by entry, each with the id that its export gives it too.

Trades are the two entries of one reference; the list of trades adds nothing but margin, which entries of margin tell.
The chain's transaction of a deposit or a withdrawal stands in lists of their own, by the same reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.exchanges.answers import (
    AnswerRefusedError,
    Table,
    clock_of,
    identity,
    number,
    rows_of,
    seconds,
    table,
    text,
    txid,
    whole,
    word,
)
from lotwork.ingest.exchanges.house import LONGEST_WALK, Ask, Cells, House, Rights, Span, Told
from lotwork.ledger.errors import SourceRefusedError

SPENDS = ("withdraw",)
TRADES = ("modify-trade", "close-trade", "create", "cancel", "earn-funds", "add-funds", "subaccount", "transfer")
FUNDING = (("private_post_depositstatus", "deposit"), ("private_post_withdrawstatus", "withdrawal"))
OF_CHAINS = frozenset({"deposit", "withdrawal"})


def _result(asked: JsonValue) -> Table:
    """Return what stands under `result`; an error that ccxt did not see refuses the answer."""
    whole = table(asked, "the answer")
    errors = whole.get("error")
    if errors:
        raise AnswerRefusedError(f"it says an error: {str(errors)[:200]}")
    return table(whole.get("result"), "result")


def _rights(ask: Ask) -> Rights:
    told = _result(ask("private_post_getapikeyinfo", {}).value)
    permissions = told.get("permissions")
    if not isinstance(permissions, list) or not all(isinstance(each, str) for each in permissions):
        raise AnswerRefusedError("permissions is no list of words")
    names = [each.casefold().replace("_", "-").replace(" ", "-") for each in permissions if isinstance(each, str)]
    return Rights(
        spends=tuple(name for name in names if any(each in name for each in SPENDS)),
        trades=tuple(name for name in names if any(each in name for each in TRADES)),
        account=word(told, "api_key_name"),
    )


def _read(ask: Ask, span: Span, _marks: Mapping[str, str], _pairs: tuple[str, ...]) -> Told:
    told = Told()
    entries = dict(_entries(ask, span))
    sent = _transactions(ask, span, told) if _has_chains(entries) else {}
    for name, (entry, evidence) in entries.items():
        at = seconds(entry, "time")
        if not span.start <= at < span.end:
            continue
        roles = {
            "id": name,
            "ref": identity(entry, "refid"),
            "at": clock_of(at),
            "type": text(entry, "type"),
            "subtype": word(entry, "subtype"),
            "asset": text(entry, "asset"),
            "quantity": number(entry, "amount"),
            "fee": number(entry, "fee"),
            "balance": number(entry, "balance"),
            "txid": sent.get(identity(entry, "refid"), ""),
        }
        told.rows.append(Cells(name, at, {role: said for role, said in roles.items() if said}, evidence))
    return told


def _entries(ask: Ask, span: Span) -> Iterator[tuple[str, tuple[Table, str]]]:
    """Yield every entry of the span by its id; pages that do not add up to what is counted are refused."""
    found: dict[str, tuple[Table, str]] = {}
    # `start` is not of the span, and `end` is: an entry of the first second is asked for too
    dates = {"start": int(span.start.timestamp()) - 1, "end": int(span.end.timestamp()) + 1}
    offset = counted = 0
    for _ in range(LONGEST_WALK):
        asked = ask("private_post_ledgers", {**dates, "ofs": offset})
        result = _result(asked.value)
        page = table(result.get("ledger"), "ledger")
        counted = whole(result, "count")
        for name, value in page.items():
            entry = table(value, f"entry {name[:40]}")
            identity({"the id of an entry": name}, "the id of an entry")
            if name in found and found[name][0] != entry:
                raise AnswerRefusedError(f"it tells two different things of entry {name[:40]}")
            found.setdefault(name, (entry, asked.evidence))
        offset += len(page)
        if not page or offset >= counted:
            break
    if len(found) < counted:
        raise AnswerRefusedError(f"its pages tell {len(found)} of {counted} entries: they were shifted or repeated")
    yield from found.items()


def _has_chains(entries: Mapping[str, tuple[Table, str]]) -> bool:
    return any(word(entry, "type") in OF_CHAINS for entry, _ in entries.values())


def _transactions(ask: Ask, span: Span, told: Told) -> dict[str, str]:
    """Return the chain's transaction of each deposit and withdrawal, by its reference.

    A key that may not see them costs nothing but that: the coins are then compared by their amounts.
    """
    found: dict[str, str] = {}
    for call, name in FUNDING:
        page: dict[str, Any] = {
            "start": int(span.start.timestamp()) - 86_400,
            "end": int(span.end.timestamp()) + 1,
            "cursor": "true",
        }
        for _ in range(LONGEST_WALK):
            try:
                asked = ask(call, page)
            except SourceRefusedError as refused:
                told.notes.append(f"the transactions of {name}s are not told, let the key query funds: {refused}")
                break
            result = table(asked.value, "the answer").get("result")
            rows = result if isinstance(result, list) else table(result, "result").get(name)
            for row in rows_of(rows, f"the {name}s"):
                sent = txid(word(row, "txid"))
                if sent:
                    found[identity(row, "refid")] = sent
            following = word(result, "next_cursor") if isinstance(result, dict) else ""
            if not following or following == page["cursor"]:
                break
            page = {"cursor": following}
    return found


HOUSE = House(
    service="kraken",
    profile="kraken-ledgers",
    form=0,
    rights=_rights,
    read=_read,
    window=timedelta(days=30),
    overlap=timedelta(days=7),
    lists_all=True,
    how_to_read="at Kraken, Settings, API: allow Query (funds) and Query ledger entries, and nothing else",
)
