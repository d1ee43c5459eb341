"""Rows into deals as one house writes them: what stands in words, in three columns a coin, or with signs of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from lotwork.ingest.profiles.deal import Deal, Leg, leg
from lotwork.ingest.profiles.readers import (
    CENT,
    Reader,
    before_fee,
    begun,
    electrum,
    one_side,
    one_way,
    prove_sum,
    two_sides,
    wallet_app,
)
from lotwork.ingest.profiles.row import CellError, NoEvent, Row
from lotwork.ingest.sheets.assets import DOLLAR, asset_named, is_money, pair_of
from lotwork.ledger.units import MICRO, ZERO

_AMOUNT = re.compile(r"(\w+) Amount \1")
_FEE = re.compile(r"Fee \((\w+)\) \1")
_TRIPLE = re.compile(r"(\w+) Amount \1|Fee \((\w+)\) \2", re.IGNORECASE)


def strike(row: Row) -> Deal:
    """Read signed dollars, or other money, beside signed bitcoin; what a sale brought in is told after its fee."""
    deal = begun(row, row.meaning())
    money = row.face.tickers.get("money", DOLLAR)
    amount = row.money if money == DOLLAR else row.number
    coins, dollars = row.number("quantity"), amount("value")
    fee, fee_coins = abs(amount("fee") or ZERO), abs(row.number("fee_coins") or ZERO)
    deal.fees = [each for each in (leg("BTC", fee_coins), leg(money, fee)) if each is not None]
    if deal.meaning in ("buy", "sell", "trade") and coins and dollars and coins * dollars < 0:
        deal.meaning = "trade"
        if coins > 0:
            deal.came, deal.out = Leg("BTC", coins), Leg(money, abs(dollars))
            _prove(row, abs(dollars), abs(dollars) - fee)
            prove_sum(row, "basis", abs(dollars) + fee)
        else:
            deal.out, deal.came = Leg("BTC", -coins), Leg(money, dollars + fee)
            _prove(row, dollars + fee, dollars)
        return deal
    if deal.meaning in ("buy", "sell", "trade"):
        raise CellError(row.column("value"), "a trade has dollars and bitcoin of unlike signs", "record it by hand")
    if not coins and not dollars:
        raise NoEvent("it tells no amount: a Lightning payment is in its invoice alone; record it by hand", asked=True)
    if not coins:
        deal.meaning = "dollars"
        return deal
    if deal.meaning == "dollars":
        deal.meaning = "by sign"
    if dollars and deal.meaning != "spend":
        raise CellError(row.column("value"), "it tells dollars and bitcoin at once", "record it by hand")
    deal.value = None if dollars is None or money != DOLLAR else abs(dollars)
    deal.came, deal.out = (leg("BTC", coins), None) if coins > 0 else (None, leg("BTC", coins))
    if (deal.came is None and deal.meaning == "inflow") or (deal.out is None and deal.meaning == "outflow"):
        raise CellError(row.column("quantity"), "it has the other sign than its word", "record it by hand")
    return deal


def strike_statement(row: Row) -> Deal:
    """Read a row of Strike's older statements: one or two amounts with signs, each with its coin and its fee."""
    if row.has("day"):
        row = row._replace(cells={**row.cells, "at": f"{row.text('day')} {row.text('at')}"})
    deal = begun(row, row.meaning())
    for side in ("first", "second"):
        number, fee = row.number(side), abs(row.number(f"{side}_fee") or ZERO)
        asset = row.asset(f"{side}_asset") if number or fee else ""
        deal.fees += [Leg(asset, fee)] if fee else []
        taken = deal.came if (number or ZERO) > 0 else deal.out
        if number and taken is not None:
            raise CellError(row.column(side), "two amounts of one sign", "look at the row, and record it by hand")
        if number and number > 0:
            deal.came = leg(asset, number)
        elif number:
            deal.out = leg(asset, number)
    if deal.meaning == "trade":
        _settle(row, deal)
    elif deal.out is not None and deal.came is not None:
        raise CellError(row.column("second"), "it tells two amounts, and its word is of one", "record it by hand")
    elif deal.out is None and deal.came is None:
        raise NoEvent("it tells no amount: record it by hand, where coins moved", asked=True)
    elif all(is_money(each.asset) for each in (deal.out, deal.came) if each is not None):
        deal.meaning = "dollars"
    return deal


def _settle(row: Row, deal: Deal) -> None:
    """Say what the dollars of a trade are before its fee, as its price proves."""
    fee = sum((each.quantity for each in deal.fees if each.asset == DOLLAR), ZERO)
    if fee < CENT or deal.out is None or deal.came is None:
        return
    coins, dollars = (deal.out, deal.came) if deal.came.asset == DOLLAR else (deal.came, deal.out)
    price = row.money("price")
    if not price or dollars.asset != DOLLAR:
        raise CellError(row.column("price"), "a trade with a fee tells no price", "record it by hand")
    proved = coins.quantity * price
    ways = (dollars.quantity, dollars.quantity + (fee if dollars is deal.came else -fee))
    gross = min(ways, key=lambda each: abs(each - proved))
    if abs(gross - proved) > max(CENT, fee / 2):
        words = "the amount is not the price times the quantity, with its fee or without"
        raise CellError(row.column("price"), words, "compare the row with a statement, and record it by hand")
    deal.came, deal.out = (Leg(DOLLAR, gross), coins) if dollars is deal.came else (coins, Leg(DOLLAR, gross))


def _prove(row: Row, taken: Decimal, other: Decimal) -> None:
    """Refuse a trade whose price says that the dollars are the other sum, with the fee or without."""
    price = row.money("price")
    if price:
        proved = abs(row.needed("quantity")) * price
        if abs(other - proved) < abs(taken - proved) and abs(taken - proved) > CENT:
            words = "the amount is not the price times the quantity before its fee"
            raise CellError(row.column("value"), words, "compare the row with a statement, and record it by hand")


def cashapp(row: Row) -> Deal:
    """Read a row of Cash App: a purchase in dollars, or coins moved, whose amount is in the coin, or in dollars."""
    deal = begun(row, row.meaning())
    named = asset_named(row.text("money") or DOLLAR)
    value, fee = row.number("value") or ZERO, abs(row.number("fee") or ZERO)
    if deal.meaning in ("buy", "sell"):
        row.dollars_only("money")
        prove_sum(row, "net", abs(value) + fee if deal.meaning == "buy" else abs(value) - fee)
        coin = one_way(row, deal.meaning, leg(row.asset(), row.needed("quantity")))
        gross = before_fee(row, abs(row.needed("value")), ZERO)
        _prove(row, gross, gross - fee if deal.meaning == "buy" else gross + fee)
        paid = leg(DOLLAR, gross)
        deal.fees = [Leg(DOLLAR, fee)] if fee else []
        deal.came, deal.out = (coin, paid) if deal.meaning == "buy" else (paid, coin)
        return deal
    told = row.number("quantity")
    if is_money(named) and (deal.meaning in ("dollars", "by sign") or not told):
        if told and not is_money(row.asset()):
            words = "its word is one for dollars, and it tells coins"
            raise CellError(row.column("quantity"), words, "record it by hand")
        deal.meaning = deal.meaning if deal.meaning.startswith("income") else "dollars"
        return deal
    prove_sum(row, "net", abs(value) + fee, abs(value) - fee, off_by=CENT if is_money(named) else ZERO)
    if not is_money(named) and told and value and abs(told) != abs(value):
        raise CellError(row.column("quantity"), "two amounts of one coin are not the same", "record it by hand")
    coin = leg(row.asset() if is_money(named) else named, told or value)
    if coin is None:
        raise NoEvent("no coins moved in it")
    deal.fees = [Leg(coin.asset, fee)] if fee and not is_money(named) else []
    outgoing = deal.meaning == "outflow" or value < 0
    deal.out, deal.came = (coin, None) if outgoing else (None, coin)
    deal.value = abs(value) if is_money(named) and value else None
    return deal


def gemini(row: Row) -> Deal:
    """Read a row of Gemini, which has three columns a coin: amount, fee and balance."""
    meaning = row.meaning()
    deal = begun(row, meaning)
    symbol = row.text("symbol").upper()
    moved = {name.split()[0] for name in row.cells if _AMOUNT.fullmatch(name)}
    charged = [found[1] for found in map(_FEE.fullmatch, row.cells) if found is not None]
    fees = [Leg(asset, fee) for asset in charged if (fee := _triple(row, asset)[1])]
    if meaning not in ("buy", "sell"):
        if moved - {symbol}:
            words = f"{', '.join(sorted(moved - {symbol}))} moved too, which {symbol[:40]} does not name"
            raise CellError(row.column("symbol"), words, "record it by hand")
        amount, _ = _triple(row, symbol)
        deal.fees, deal.ref = fees, deal.ref or _transfer_name(row, symbol)
        if is_money(symbol) and not meaning.startswith("income"):
            deal.meaning = "dollars"
        coin = leg(symbol, amount)
        deal.came, deal.out = (coin, None) if amount > 0 else (None, coin)
        return deal
    base, quote = pair_named(symbol, row)
    if moved - {base, quote}:
        words = f"{', '.join(sorted(moved - {base, quote}))} moved too, which {symbol[:40]} does not name"
        raise CellError(row.column("symbol"), words, "record it by hand")
    coins, paid = _triple(row, base)[0], _triple(row, quote)[0]
    if not coins or not paid or coins * paid > 0:
        raise CellError(row.column("symbol"), "a trade has two amounts of unlike signs", "record it by hand")
    if (coins > 0) != (meaning == "buy"):
        raise CellError(row.column("type"), "its amounts say the reverse of its word", "record it by hand")
    deal.fees = fees
    came, out = ((base, coins), (quote, paid)) if coins > 0 else ((quote, paid), (base, coins))
    deal.came, deal.out = leg(*came), leg(*out)
    return deal


def triples(header: Sequence[str], texts: Sequence[str]) -> dict[str, str]:
    """Return the amounts and fees of every coin that a row of Gemini tells, by the name of their column."""
    told = ((_TRIPLE.fullmatch(name), text) for name, text in zip(header, texts, strict=False))
    return {_column_of(found): text for found, text in told if found is not None and text.strip("0.- ")}


def _column_of(found: re.Match[str]) -> str:
    """Return the name of a column that is one of a coin, in Gemini's own capitals."""
    amount, fee = found[1], found[2]
    return f"{amount.upper()} Amount {amount.upper()}" if amount else f"Fee ({fee.upper()}) {fee.upper()}"


def _transfer_name(row: Row, symbol: str) -> str:
    """Return what a transfer is known by: its coin, transaction and output, as the API of Gemini tells them too."""
    sent, output = row.text("txid"), row.text("came_output") or row.text("left_output")
    return "-".join(filter(None, (symbol, sent.casefold().removeprefix("0x"), output))) if sent else ""


def _triple(row: Row, asset: str) -> tuple[Decimal, Decimal]:
    """Return the amount and the fee of *asset* in the columns that name it."""
    amount, fee = (row.number(column) or ZERO for column in (f"{asset} Amount {asset}", f"Fee ({asset}) {asset}"))
    return amount, abs(fee)


def pair_named(symbol: str, row: Row) -> tuple[str, str]:
    """Return the two assets of a pair written as one word."""
    pair = pair_of(symbol)
    if pair is not None:
        return pair
    raise CellError(row.column("symbol"), f"{symbol[:40]!r} is no pair that is known", "record the trade by hand")


def binance_us(row: Row) -> Deal:
    """Read a row of Binance.US: one asset where it is one-sided, else base and quote, with dollars beside each."""
    words = f"{row.text('category')}: {row.text('operation')}"
    meaning = row._replace(cells={**row.cells, "type": words}).meaning()
    deal = begun(row, meaning)
    fee, fee_value = row.number("fee"), row.money("fee_value")
    if fee:
        asset = row.asset("fee_asset")
        deal.fees = [Leg(asset, abs(fee))]
        deal.fee_value = None if fee_value is None else abs(fee_value)
    if meaning in ("buy", "sell", "trade"):
        base = leg(row.asset("base_asset"), row.needed("base"))
        quote_asset = row.asset("quote_asset")
        number = row.number("quote") if row.has("quote") or quote_asset != DOLLAR else row.number("quote_value")
        if base is None or not number:
            raise CellError(row.column("quote"), "a trade has two amounts", "export the file again, unchanged")
        quote = leg(quote_asset, number)
        deal.out, deal.came = (quote, base) if meaning == "buy" else (base, quote)
        value = row.money("base_value") or row.money("quote_value")
        deal.value = None if value is None else abs(value)
        return deal
    number = row.needed("quantity")
    coin = leg(row.asset(), number)
    value = row.money("value")
    deal.value = None if value is None else abs(value)
    incoming = number > 0 and (meaning == "inflow" or meaning.startswith("income "))
    deal.came, deal.out = (coin, None) if incoming else (None, coin)
    return deal


def swan_transfers(row: Row) -> Deal:
    """Read Swan's file of transfers, whose deposits name what the coins cost, and when."""
    deal = begun(row, row.meaning())
    number, fee = row.needed("quantity"), abs(row.money("fee") or ZERO)
    coin, value, basis = leg(row.asset(), number), row.money("value"), row.money("basis")
    if coin is None or is_money(coin.asset):
        deal.meaning = "dollars"
        return deal
    match deal.meaning:
        case "buy":
            paid = abs(row.needed("value"))
            prove_sum(row, "total", paid + fee)
            deal.came, deal.out = one_way(row, "buy", coin), Leg(DOLLAR, paid)
            deal.fees = [Leg(DOLLAR, fee)] if fee else []
        case "inflow":
            deal.came, deal.out = (coin, None) if number > 0 else (None, coin)
            deal.basis = basis
            deal.acquired = f"{row.day('acquired')}T12:00:00Z" if row.has("acquired") else ""
        case "spend":
            deal.out, deal.value = coin, fee or value
        case _:
            deal.out = coin
    return deal


def dali(row: Row) -> Deal:
    """Read a row of DaLI's manual files: what came in, what went out, or what moved between own wallets."""
    if "received" in row.face.places:
        return two_sides(row._replace(cells=_both_named(row)))
    deal = begun(row, row.meaning())
    deal.wallet = row.text("wallet")
    asset, number, price = row.asset(), row.needed("quantity"), row.number("price")
    if number <= 0:
        raise CellError(row.column("quantity"), "it is not more than 0", "look at the row, and record it by hand")
    fee, fee_coins = row.money("fee") or ZERO, row.number("fee_coins") or ZERO
    value, whole = row.money("value"), row.money("fiat_with_fee")
    if value is None and whole is not None:
        value = whole - fee
    if value is None and price is not None:
        value = (number * price).quantize(MICRO)
    prove_sum(row, "fiat_with_fee", (value or ZERO) + fee)
    prove_sum(row, "with_fee", number + fee_coins, off_by=ZERO)
    deal.fees = [each for each in (leg(asset, fee_coins), leg(DOLLAR, fee)) if each is not None]
    coin, deal.value = leg(asset, number), value
    if deal.meaning in ("buy", "sell"):
        if value is None:
            raise CellError(row.column("value"), "neither it nor the price is told", "add one of them to the file")
        paid = Leg(DOLLAR, value)
        deal.came, deal.out = (coin, paid) if deal.meaning == "buy" else (paid, coin)
    elif "fiat_with_fee" in row.face.places:
        deal.came = coin
    else:
        deal.out = coin
    return deal


def _both_named(row: Row) -> dict[str, str]:
    coin = row.text("asset")
    return {**row.cells, "sent_asset": coin, "received_asset": coin, "fee_asset": coin}


ROW_BY_ROW: dict[str, Reader] = {
    "dali": dali,
    "one_side": one_side,
    "two_sides": two_sides,
    "strike": strike,
    "strike_statement": strike_statement,
    "cashapp": cashapp,
    "gemini": gemini,
    "binance_us": binance_us,
    "wallet_app": wallet_app,
    "electrum": electrum,
    "swan_transfers": swan_transfers,
}
