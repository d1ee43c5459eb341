"""Rows into deals, a row a deal: the shapes that exports have, by the name a profile calls them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from lotwork.ingest.profiles.deal import Deal, Leg, leg
from lotwork.ingest.profiles.row import CellError, NoEvent, Row
from lotwork.ingest.sheets.assets import DOLLAR, OF_A_CHAIN, asset_named, is_money
from lotwork.ledger.kinds.coins import FEE_ALONE
from lotwork.ledger.units import BUILT_IN, ZERO

Reader = Callable[[Row], Deal]
INVOICE = "ln"
"""What an invoice of Lightning begins with, which some exports write where a transaction's id is due."""
_CUT_HASH = re.compile(r"(?:0x)?[0-9a-fA-F]{20,63}")
CENT = Decimal("0.02")
"""A sum may be off by the rounding of its parts."""
ROUNDED = Decimal(1) / 100
"""So far, of all of it, what a house tells of a trade in one place may be from what it tells in another."""
COMPARED = "compare the row with a statement, and record it by hand"


def begun(row: Row, meaning: str) -> Deal:
    """Return the deal of *row*, with what every deal has."""
    row.check_done()
    txid = row.text("txid")
    if _CUT_HASH.fullmatch(txid):
        raise CellError(row.column("txid"), f"{txid[:12]}… is no whole hash", "export the file again, unchanged")
    known = "" if txid.casefold().startswith(INVOICE) else txid
    return Deal(rows=[row], meaning=meaning, at=row.instant(), ref=row.ref, txid=known)


def last_place(number: Decimal) -> Decimal:
    """Return what the last place of *number* is worth; 0 where it has none behind the point."""
    exponent = number.as_tuple().exponent
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) and exponent < 0 else ZERO


def prove_sum(row: Row, role: str, *sums: Decimal, off_by: Decimal = CENT) -> None:
    """Refuse a row whose cell of *role*, where it has one, is none of the *sums* of its other cells."""
    told = row.number(role)
    if told is not None and min(abs(abs(told) - each) for each in sums) > off_by:
        words = "it is not what the amount and its fee come to"
        raise CellError(row.column(role), words, COMPARED)


def one_way(row: Row, meaning: str, coin: Leg | None) -> Leg | None:
    """Return the *coin* of a row; refuse a purchase that took coins away."""
    if meaning == "buy" and (row.number("quantity") or ZERO) < 0:
        words = "a purchase that took coins away: it may have been taken back"
        raise CellError(row.column("quantity"), words, "record it by hand")
    return coin


def one_side(row: Row) -> Deal:
    """Read a coin with its amount, and beside it what it was worth or cost in dollars, and a fee in dollars."""
    row = _as_filled(row)
    deal = begun(row, row.meaning())
    asset, number = row.asset(), row.needed("quantity")
    if deal.meaning in ("buy", "sell") and row.has("fee_asset") and asset_named(row.text("money") or DOLLAR) != DOLLAR:
        return _for_another_coin(row, deal, Leg(asset, abs(number)))
    row.dollars_only("money")
    fee, value = row.money("fee") or ZERO, row.money("value")
    value = None if value is None else abs(value)
    coin = leg(asset, number)
    if fee < 0:
        raise CellError(row.column("fee"), "a fee that is given back", "record it by hand")
    if fee and row.has("fee_asset"):
        row.dollars_only("fee_asset")
    if coin is None:
        raise NoEvent("no coins moved in it")
    if is_money(asset):
        deal.came, deal.out = (coin, None) if number > 0 else (None, coin)
        is_earned = deal.meaning.startswith("income")  # what is earned is asked about, in dollars too
        deal.meaning = "dollars" if asset == DOLLAR and not is_earned else deal.meaning
        return deal
    deal.fees = [Leg(DOLLAR, fee)] if fee else []
    match deal.meaning:
        case "buy":
            paid = before_fee(row, value, -fee)
            deal.came, deal.out = one_way(row, "buy", coin), Leg(DOLLAR, paid)
        case "sell":
            paid = before_fee(row, value, fee)
            deal.out, deal.came = coin, Leg(DOLLAR, paid)
        case meaning if _comes(meaning, number):
            deal.came, deal.value, deal.fees = coin, value, []
        case _:
            deal.out, deal.value = coin, value
    return deal


def _for_another_coin(row: Row, deal: Deal, coin: Leg) -> Deal:
    """Return the trade of *coin* for another one, or for other money than dollars, whose amount is its total."""
    fee, total, price = row.number("fee") or ZERO, abs(row.needed("value")), row.number("price")
    if fee < 0:
        raise CellError(row.column("fee"), "a fee that is given back", "record it by hand")
    other, charged = row.asset("money"), leg(row.asset("fee_asset"), fee)
    beside = fee if charged is not None and charged.asset == other else ZERO
    if row.face.profile.value == "net":
        total += beside if deal.meaning == "sell" else -beside
    if price and abs(coin.quantity * price - total) > total / 1000:
        words = "the amount is not the price times the quantity, with its fee or without"
        raise CellError(row.column("value"), words, COMPARED)
    paid = leg(other, total)
    deal.fees = [] if charged is None else [charged]
    deal.out, deal.came = (paid, coin) if deal.meaning == "buy" else (coin, paid)
    return deal


def _as_filled(row: Row) -> Row:
    """Return the row of an order as far as it was filled: of one that was in part, what its price proves.

    A house calls such an order cancelled, or still open, and tells beside it how much of it was left.
    """
    left = row.number("leaves") or ZERO
    whole = abs(row.number("quantity") or ZERO)
    price, value = row.money("price") or ZERO, abs(row.money("value") or ZERO)
    if not ZERO < left < whole:
        if price and value and not left:
            _ask_if_ended(row)
        return row
    for filled in (whole, whole - left):
        if value and abs(filled * price - value) <= max(CENT, value / 1000):
            done = row.face.profile.done[0]
            return row._replace(cells={**row.cells, "quantity": f"{filled:f}", "status": done})
    words = f"{row.column('leaves')} says that the order was filled in part"
    raise NoEvent(words, asked=True, how="compare it with a statement, and record by hand what was filled")


def _ask_if_ended(row: Row) -> None:
    """Leave out, and ask about, an order that did not happen by its state, and tells what was paid all the same."""
    try:
        row.check_done()
    except NoEvent as none:
        if not row.is_said_undone:
            raise
        words = f"its {row.column('status')} says that nothing came of it, and {row.column('value')} what did"
        how = "compare it with a statement, and record by hand what was filled"
        raise NoEvent(words, asked=True, how=how, undone=none.undone, gone=none.gone) from None


def _comes(meaning: str, number: Decimal) -> bool:
    return number > 0 and (meaning in ("by sign", "transfer", "gift", "inflow") or meaning.startswith("income "))


def before_fee(row: Row, value: Decimal | None, fee: Decimal) -> Decimal:
    """Return the money of a sale or purchase before its fee; refuse one that its price proves to be the other."""
    if value is None:
        raise CellError(row.column("value"), "it is empty", "export the file again, unchanged")
    gross = value + fee if row.face.profile.value == "net" else value
    price = None if row.has("total") else row.money("price")  # a total beside the two proves them better
    if price and abs(fee) >= CENT:
        proved = abs(row.needed("quantity") * price)
        likelier = min((gross, gross - fee, gross + fee), key=lambda sum_: abs(sum_ - proved))
        if likelier != gross and abs(gross - proved) > max(CENT, abs(fee) / 2):
            raise CellError(
                row.column("value"),
                "the amount is not the price times the quantity, with its fee or without",
                "compare the row with a statement, and record it by hand",
            )
    return gross


def two_sides(row: Row) -> Deal:
    """Read what was sent, what was received and the fee, each with its coin."""
    out, came = _side(row, "sent"), _side(row, "received")
    fee = _side(row, "fee")
    if out is None and came is None:
        how = "record by hand what the fee was of"
        raise NoEvent("no coins moved in it", asked=fee is not None, how=how if fee is not None else "")
    deal = begun(row, "")
    deal.out, deal.came = out, came
    deal.fees = [] if fee is None else [fee]
    if row.has("moved_from") or row.has("moved_to"):
        return _moved(row, deal)
    deal.wallet, deal.from_wallet = (row.text(role).partition(";")[0].strip() for role in ("to_wallet", "from_wallet"))
    if out is not None and came is None:
        deal.wallet, deal.from_wallet = deal.from_wallet or deal.wallet, ""
    deal.wallet = deal.wallet or row.text("wallet")
    row.dollars_only("money")
    value = row.money("value") or row.money("sent_value" if came is None else "received_value")
    deal.note = row.text("note") if came is None else ""
    basis = row.money("basis")
    deal.basis = None if basis is None else abs(basis)
    deal.meaning = _of_sides(row, out, came)
    worth_its_basis = deal.meaning.startswith("income ") or (deal.meaning == "trade" and fee is None)
    deal.value = abs(value) if value else deal.basis if worth_its_basis else None
    return _separated(deal)


def _moved(row: Row, deal: Deal) -> Deal:
    """Read a side of a transfer between two wallets that the row names; the side that it left tells all of it."""
    if deal.out is None:
        raise NoEvent("the other side of a transfer, which the wallet it left tells")
    deal.meaning, deal.came = "transfer", deal.came or deal.out
    deal.from_wallet = row.text("wallet") or row.told.wallet or row.face.profile.wallet
    deal.wallet, deal.price = row.text("moved_to"), row.number("coin_price")
    return deal


def _separated(deal: Deal) -> Deal:
    """Return *deal* with its fee apart, where the file tells amounts that have it in them."""
    told = deal.row.face.profile.value
    dollars = sum((fee.quantity for fee in deal.fees if fee.asset == DOLLAR), ZERO)
    if told == "gross" or deal.out is None or deal.came is None:
        return deal
    if deal.came.asset == DOLLAR:
        deal.came = Leg(DOLLAR, deal.came.quantity + dollars)
    elif deal.out.asset == DOLLAR and told == "net":
        deal.out = Leg(DOLLAR, deal.out.quantity - dollars)
    if told == "net":
        deal.fees = [fee for fee in deal.fees if fee.asset == DOLLAR or fee.asset not in (deal.out[0], deal.came[0])]
    return deal


def _side(row: Row, role: str) -> Leg | None:
    number = row.number(role)
    if number is None or number == 0:
        return None
    if number < 0 and role != "sent":
        raise CellError(row.column(role), "it is negative", "record by hand what was taken back")
    return leg(row.asset(f"{role}_asset"), number)


def _of_sides(row: Row, out: Leg | None, came: Leg | None) -> str:
    """Return what the word of a row means; where it has none, what its sides do."""
    if row.has("type") or row.face.meaning("") is not None:
        meaning = row.meaning()
        if meaning != "by sign":
            return meaning
    if out is not None and came is not None:
        return "transfer" if out.asset == came.asset else "trade"
    return "inflow" if came is not None else "outflow"


def electrum(row: Row) -> Deal:
    """Read a row of Electrum, of which newer versions tell what moved on the chain and what did in channels.

    Both are of one wallet: their sum is what came or went. Each version tells a row by the same cells.
    """
    if "lightning" not in row.face.places:
        return wallet_app(row)
    on_chain, in_channels = (row.number(role) or ZERO for role in ("quantity", "lightning"))
    if on_chain and (row.number("confirmed") or ZERO) <= 0:
        raise NoEvent("it is not confirmed yet")
    satoshis = row.number("fee_sats") or ZERO
    fee = row.number("fee") or satoshis.scaleb(-BUILT_IN.get(row.asset(), BUILT_IN["BTC"]).decimals)
    told = {"quantity": f"{on_chain + in_channels:f}", "fee": f"{fee:f}", "txid": row.text("txid").strip("-")}
    apart = ("lightning", "fee_sats", "confirmed")
    kept = {role: text for role, text in row.cells.items() if role not in apart}
    return wallet_app(row._replace(cells=kept | told))


def wallet_app(row: Row) -> Deal:
    """Read a row of a wallet's own history: what came or went, and the network's fee, which is ours on what went."""
    meaning = row.meaning() if "type" in row.face.places else "by sign"
    if not row.has("at"):
        raise NoEvent("it has no time: it is not confirmed yet")
    deal = begun(row, meaning)
    number, asset = row.needed("quantity"), row.asset()
    fee = abs(row.number("fee") or ZERO)
    paid_in = row.asset("fee_unit") if row.has("fee_unit") else asset
    includes = row.face.profile.value == "net"
    if meaning == "by sign":
        deal.meaning = meaning = "inflow" if number > 0 else "outflow"
    if meaning == "own fee":
        number, includes, meaning = fee, True, "outflow"
    if meaning in ("outflow", "fee"):
        if includes and fee and asset not in OF_A_CHAIN:
            how = "record it by hand, with its fee"
            raise NoEvent(f"it does not say in which coin the fee of {asset} is", asked=True, how=how)
        left = abs(number) - (fee if includes else ZERO)
        if left < 0:
            raise CellError(row.column("fee"), "it is more than all that left", "export the file again, unchanged")
        deal.out, deal.fees = leg(asset, left), [Leg(paid_in, fee)] if fee else []
        if deal.out is None and fee:
            deal.out, deal.fees, deal.meaning, deal.note = Leg(paid_in, fee), [], "outflow", FEE_ALONE
    elif number > 0:
        deal.came = leg(asset, number)
    else:
        deal.out = leg(asset, number)
    if deal.out is None and deal.came is None:
        raise NoEvent("no coins moved in it")
    return deal
