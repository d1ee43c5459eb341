"""Rows into events of a farm: the rigs of an inventory, and the invoices of whoever hosts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from lotwork.ingest.profiles.days import day_of, ordered
from lotwork.ingest.profiles.deal import Deal
from lotwork.ingest.profiles.joined import Joiner, Made
from lotwork.ingest.profiles.meaning import plain
from lotwork.ingest.profiles.row import CellError, NoEvent, Row
from lotwork.ingest.sheets.assets import DOLLAR, is_money
from lotwork.ingest.sheets.table import SHOWN
from lotwork.ledger.units import CENT, ZERO

HALF_A_PERCENT = Decimal("0.005")
NOON = "T12:00:00Z"
OTHER_MONEY = "€£¥₿"
LEFT = {"sold": "sold", "traded in": "traded_in", "scrapped": "abandoned", "destroyed": "casualty"}
"""The roles of days on which a rig leaves, and how it then left."""
BY_HAND = "record it by hand"
RIG = ("", "left")
INVOICE = ("", "repairs", "pool_fee", "coins")
"""What the ids of a row's events end with."""
SHARES = ("power", "fee", "repairs", "pool_fee", "other", "deposit")
"""What an invoice asks for, part by part; a credit is taken off."""


def inventory(rows: Sequence[Row]) -> Iterator[Made]:
    """Read a rig a row, known by its serial."""
    rows = ordered(rows, ("bought", "in_service", *LEFT))
    told = Counter(_serial(row).casefold() for row in rows)
    for row in rows:
        yield [row], partial(_rig, row, told)


def _serial(row: Row) -> str:
    return " ".join(row.text("serial").split())


def _rig(row: Row, told: Mapping[str, int]) -> Deal:
    serial = _serial(row)
    if not serial or serial in ("-", "N/A"):
        words = "a rig is known by its serial, and it has none"
        raise CellError(row.column("serial"), words, "give it one that no other has; its place in the rack will do")
    if told[serial.casefold()] > 1:
        words = f"{serial[:SHOWN]!r} stands twice"
        raise CellError(row.column("serial"), words, "a row is one rig: give each its own serial")
    if row.has("quantity") and row.number("quantity") != 1:
        words = "a row is one rig"
        raise CellError(row.column("quantity"), words, "write a row for each, or record them with quantity=… by hand")
    if not row.has("in_service"):
        raise NoEvent("not in service yet: nothing is deducted before", gone=(serial.upper(), *RIG))
    bought, served = _day(row, "bought"), _day(row, "in_service")
    if served < bought:
        raise CellError(row.column("in_service"), "it served before it was bought", "correct one of the days")
    name = f"{' '.join(row.text('model').split())} {serial}".strip()
    content: dict[str, Any] = {
        "kind": "equipment",
        "at": f"{bought}{NOON}",
        "equipment": name,
        "cost_usd": plain(_dollars(row, "cost")),
        "acquired": bought.isoformat(),
        "placed_in_service": served.isoformat(),
        "business_share": plain(row.number("business_share")) or row.told.business_share or None,
        "note": f"hosted at {row.text('host')}" if row.has("host") else None,
    }
    beside = {"left": left} if (left := _left(row, name, served)) else {}
    return Deal(
        rows=[row], meaning="rig", at=content["at"], ref=serial.upper(), content=content, beside=beside, parts=RIG
    )


def _left(row: Row, name: str, served: date) -> dict[str, Any]:
    """Return the event of a rig that left; nothing of one that serves."""
    days = [role for role in LEFT if row.has(role)]
    if not days:
        if row.has("sold_for"):
            raise CellError(row.column("sold_for"), "it was sold, and no day says when", "write the day it was sold")
        return {}
    if len(days) > 1:
        raise CellError(row.column(days[1]), "it left twice", "keep the day on which it left you")
    role = days[0]
    day = _day(row, role)
    if day < served:
        raise CellError(row.column(role), "it left before it served", "correct one of the days")
    brought = _dollars(row, "sold_for") if row.has("sold_for") else None
    if brought is None and role != "scrapped":
        raise CellError(row.column("sold_for"), "what it brought is not told", "write it; 0 where it was nothing")
    return {
        "kind": "equipment_sale",
        "at": f"{day}{NOON}",
        "equipment": name,
        "proceeds_usd": plain(brought or ZERO),
        "how": LEFT[role] if not (role == "scrapped" and brought) else "sold",
    }


def hosting(rows: Sequence[Row]) -> Iterator[Made]:
    """Read an invoice a row, known by its host and its number; it counts on the day it was paid."""
    rows = ordered(rows, ("paid", "from", "to"))
    told = Counter(_invoice(row).casefold() for row in rows)
    for row in rows:
        yield [row], partial(_hosted, row, told)


def _invoice(row: Row) -> str:
    return f"{' '.join(row.text('host').split())}:{' '.join(row.text('invoice').split())}"


def _hosted(row: Row, told: Mapping[str, int]) -> Deal:
    name = _invoice(row)
    for role in ("host", "invoice"):
        if not row.has(role):
            raise CellError(row.column(role), "it is empty, and an invoice is known by it", "write what it says")
    if told[name.casefold()] > 1:
        raise CellError(row.column("invoice"), f"{name[:SHOWN]!r} stands twice", "a row is one invoice")
    total = _dollars(row, "total")
    parts = _parts(row, total)
    if not row.has("paid"):
        raise NoEvent("not paid yet: an invoice counts when it is paid", gone=(name, *INVOICE))
    paid = _paid(row)
    cost = parts["power"] + parts["fee"] + parts["other"] - parts["credit"]
    if cost < 0:
        words = "more is credited than power and fees come to"
        raise CellError(row.column("credit"), words, "record the credit by hand with refund_of the invoice it is of")
    events = _bills(row, paid, parts, cost)
    spent = _coins(row, paid, total)
    events |= {"coins": spent} if spent else {}
    if not events:
        why = "a deposit: what comes back is not spent" if parts["deposit"] else "it asks for nothing"
        raise NoEvent(why, gone=(name, *INVOICE))
    (_, content), *others = events.items()
    return Deal(
        rows=[row],
        meaning="invoice",
        at=paid,
        ref=name,
        content=content,
        beside=dict(others),
        first=next(iter(events)),
        parts=INVOICE,
    )


def _bills(row: Row, paid: str, parts: Mapping[str, Decimal], cost: Decimal) -> dict[str, dict[str, Any]]:
    """Return the expenses that an invoice is, by what their ids end with; the hosting comes to *cost*."""
    first, after = _period(row)
    bills: dict[str, dict[str, Any]] = {}
    for part, category, amount in (
        ("", "hosting", cost),
        ("repairs", "repairs", parts["repairs"]),
        ("pool_fee", "pool_fee", parts["pool_fee"]),
    ):
        if amount:
            spans = {"from": first, "to": after} if part != "repairs" else {}
            bills[part] = {
                "kind": "expense",
                "at": paid,
                "category": category,
                "amount_usd": plain(amount),
                **spans,
                "note": _said(row, parts),
                "evidence": row.text("evidence") or None,
                "business_share": row.told.business_share or None,
            }
    return bills


def _of_rate(rate: Decimal, kwh: Decimal, power: Decimal) -> str:
    """Return what to do about a rate that does not come to the power: a rate in cents is known by what it comes to."""
    in_dollars = rate / 100
    if abs(kwh * in_dollars - power) > max(CENT, power * HALF_A_PERCENT):
        return "compare it with the invoice"
    return f"the rate is in cents: write {plain(in_dollars)}, the dollars of a kWh"


def _parts(row: Row, total: Decimal) -> dict[str, Decimal]:
    """Return what the invoice asks for; raise CellError where its parts are not its total, or its kWh not its power."""
    parts = {role: _dollars(row, role) if row.has(role) else ZERO for role in SHARES}
    parts["credit"] = abs(_signed(row, "credit")) if row.has("credit") else ZERO
    kwh, rate = row.number("kwh"), row.number("rate")
    if kwh is not None and kwh < 0:
        raise CellError(row.column("kwh"), "it is negative", BY_HAND)
    if kwh and rate is not None:
        reckoned = kwh * rate
        if not row.has("power"):
            parts["power"] = reckoned
        elif abs(reckoned - parts["power"]) > max(CENT, parts["power"] * HALF_A_PERCENT):
            words = f"{plain(kwh)} kWh at {plain(rate)} are {plain(reckoned)}, and not {plain(parts['power'])}"
            raise CellError(row.column("power"), words, _of_rate(rate, kwh, parts["power"]))
    whole = sum((parts[role] for role in SHARES), ZERO) - parts["credit"]
    if not any(row.has(role) for role in SHARES) and not parts["power"]:
        parts["fee"] = total + parts["credit"]
    elif abs(whole - total) > CENT:
        words = f"its parts come to {plain(whole)}, and its total is {plain(total)}"
        raise CellError(row.column("total"), words, "compare it with the invoice: a part may be missing")
    elif not row.has("power"):
        parts["power"] += total - whole if parts["power"] else ZERO  # what a rate makes is rounded by the invoice
    return parts


def _period(row: Row) -> tuple[str | None, str | None]:
    """Return the first day that is paid for and the first that is not, as `from` and `to` say them."""
    if row.has("from") != row.has("to"):
        role = "to" if row.has("from") else "from"
        raise CellError(row.column(role), "what it pays for has a first day and a last", "write both, or neither")
    if not row.has("from"):
        return None, None
    first, last = _day(row, "from"), _day(row, "to")
    if last < first:
        raise CellError(row.column("to"), "it ends before it begins", "correct one of the days")
    return first.isoformat(), date.fromordinal(last.toordinal() + 1).isoformat()


def _coins(row: Row, paid: str, total: Decimal) -> dict[str, Any]:
    """Return the coins that paid it, which are sold for what they paid; nothing where dollars did."""
    given = [role for role in ("coin", "coins", "wallet") if row.has(role)]
    money = row.asset("coin") if row.has("coin") else DOLLAR
    if is_money(money) and money != DOLLAR:
        words = f"it tells {money}, and figures are in dollars"
        raise CellError(row.column("coin"), words, "write what it came to in dollars, and USD")
    if not given or (given == ["coin"] and money == DOLLAR):
        return {}
    if not {"coin", "coins"} <= set(given) or not (row.has("wallet") or row.told.wallet):
        words = "paid in coins, and which, how many or from which wallet is not told"
        raise CellError(row.column("coins"), words, "write coin, quantity and wallet, or say --wallet")
    quantity = row.needed("coins")
    if quantity <= 0:
        raise CellError(row.column("coins"), "no coins paid it", "write how many left you, without the network's fee")
    return {
        "kind": "sale",
        "at": paid,
        "wallet": row.text("wallet") or row.told.wallet,
        "asset": row.asset("coin"),
        "quantity": plain(quantity),
        "proceeds_usd": plain(total),
        "disposition": "spent",
        "note": f"paid invoice {_invoice(row)}",
    }


def _said(row: Row, parts: Mapping[str, Decimal]) -> str:
    kwh = f"{plain(row.number('kwh'))} kWh" if row.has("kwh") else ""
    credit = f"less a credit of {plain(parts['credit'])}" if parts["credit"] else ""
    deposit = f"beside a deposit of {plain(parts['deposit'])}, which is not spent" if parts["deposit"] else ""
    return ", ".join(filter(None, (f"invoice {_invoice(row)}", kwh, credit, deposit)))


def _paid(row: Row) -> str:
    """Return the instant it was paid: as it is told, or noon of the day."""
    text = row.text("paid")
    return row.instant("paid") if ":" in text and not _is_midnight(text) else f"{_day(row, 'paid')}{NOON}"


def _is_midnight(text: str) -> bool:
    return text.rstrip("Z").endswith("00:00:00")


def _day(row: Row, role: str) -> date:
    """Return a day; a workbook writes one as its midnight."""
    text = row.text(role)
    if _is_midnight(text):
        try:
            return datetime.fromisoformat(text).date()
        except ValueError:
            pass
    return day_of(row, role)


def _signed(row: Row, role: str) -> Decimal:
    text = row.text(role)
    if any(sign in text for sign in OTHER_MONEY):
        raise CellError(row.column(role), f"{text[:SHOWN]!r} is told in other money", "write what it was in dollars")
    amount = row.money(role)
    if amount is None:
        raise CellError(row.column(role), "it is empty", "write the amount; 0 where it was nothing")
    return amount


def _dollars(row: Row, role: str) -> Decimal:
    amount = _signed(row, role)
    if amount < 0:
        raise CellError(row.column(role), "it is negative", "write an amount; what was credited stands under credit")
    return amount


FARM: dict[str, Joiner] = {"inventory": inventory, "hosting": hosting}
