"""What a deal is as events: the rules of a sale, a purchase, a swap, an income, a transfer, said once for all files.

No figure is made up. A swap whose worth no row tells is a movement and a receipt that is in doubt, both of which wait
for a person; coins that came in from outside are no income by themselves, and are asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lotwork.ingest.profiles.deal import Deal, Leg
from lotwork.ingest.profiles.row import CellError, NoEvent, Told
from lotwork.ingest.sheets.assets import DOLLAR, is_money
from lotwork.ledger.units import ZERO

INFLOWS = ("ask", "held", "opening", "transfer", "pool_payout", "block_reward", "bonus", "referral", "staking", "other")
CAME_IN = "coins that came in are no income by themselves"
HOW_TO_SAY = (
    "import it again with --set inflow=pool_payout where a pool pays here, --set inflow=transfer --set "
    "from_wallet=NAME where they are coins of your own, --set inflow=held to keep them in the book as questions, or "
    "record each by hand"
)
LEFT_FOR_GOOD = {"spend": "spent", "gift": "gift", "donated": "donated", "lost": "lost", "stolen": "stolen"}
WORTHLESS = frozenset({"gift", "lost", "stolen"})
"""What is given or lost has no proceeds, whatever it was worth."""

Content = dict[str, Any]


def events_of(deal: Deal, wallet: str, told: Told) -> list[Content]:
    """Return the public form of the events that *deal* is, without their ids.

    Raises NoEvent where it is none, and CellError where it cannot be right.
    """
    if deal.content is not None:
        whole = (deal.content, *deal.beside.values())
        return [{key: value for key, value in each.items() if value is not None} for each in whole]
    _take_money_of_others(deal)
    if deal.meaning == "dollars" and any(each and not is_money(each.asset) for each in (deal.out, deal.came)):
        raise CellError("row", "its word is one for dollars, and it is of a coin", "record it by hand")
    deal.value = deal.value or None  # a worth of 0 is one that was not known, or is cut off
    found = list(_events(deal, deal.wallet or wallet, told))
    found += [
        event for fee in _other_fees(deal) for event in _fee(deal, deal.from_wallet or deal.wallet or wallet, fee)
    ]
    return [{key: value for key, value in event.items() if value not in (None, "")} for event in found]


def _is_of_others(each: Leg | None) -> bool:
    return each is not None and each.asset != DOLLAR and is_money(each.asset)


def _take_money_of_others(deal: Deal) -> None:
    """Put the dollars it was worth in the place of money of another state; a trade without them keeps it.

    Raises NoEvent where no coin moved, and CellError where a fee in such money has no place.
    """
    legs = [each for each in (deal.out, deal.came) if each is not None]
    others = [each for each in (*legs, *deal.fees) if _is_of_others(each)]
    if not others:
        return
    if all(is_money(each.asset) for each in legs):
        if deal.meaning.startswith("income"):
            raise NoEvent(f"income in {others[0].asset}: record it by hand, in dollars of that day", asked=True)
        raise NoEvent(f"{others[0].asset} that came or went, and no coins")
    if len(legs) == 1:
        words = f"it tells {others[0].asset}, and figures are in dollars"
        raise CellError("row", words, "record it by hand, in dollars of that day")
    if deal.value and not any(map(_is_of_others, deal.fees)):
        worth = Leg(DOLLAR, deal.value)
        deal.out, deal.came = (worth if _is_of_others(each) else each for each in (deal.out, deal.came))
    else:
        deal.value = None
        deal.fees = [each for each in deal.fees if not is_money(each.asset)]


def _events(deal: Deal, wallet: str, told: Told) -> Iterator[Content]:
    match deal.meaning.split():
        case ["trade" | "buy" | "sell" | "convert"]:
            yield from _trade(deal, wallet)
        case ["income", kind]:
            yield _income(deal, wallet, kind, told)
        case ["inflow"]:
            yield _inflow(deal, wallet, told)
        case ["outflow"]:
            yield _outflow(deal, wallet)
        case ["by", "sign"]:
            yield _outflow(deal, wallet) if deal.came is None else _inflow(deal, wallet, told)
        case ["transfer"]:
            yield _transfer(deal, wallet, told)
        case ["gift"] if deal.came is not None:
            yield _given(deal, wallet)
        case ["spend" | "gift" | "donated" | "lost" | "stolen"]:
            yield _gone(deal, wallet)
        case ["fee"]:
            yield from _fee(deal, wallet, _left(deal))
        case _:
            raise NoEvent("dollars that came or went, and no coins")


def plain(number: Decimal | None) -> str | None:
    """Return a number as it is written in the public form."""
    if number is None:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _base(deal: Deal, kind: str, wallet: str) -> Content:
    return {"kind": kind, "at": deal.at, "wallet": wallet}


def _left(deal: Deal) -> Leg:
    if deal.out is None:
        raise CellError("row", "nothing left in it, though its word says so", "look at the row, and record it by hand")
    return deal.out


def _arrived(deal: Deal) -> Leg:
    if deal.came is None:
        raise CellError("row", "nothing came in it, though its word says so", "look at the row, and record it by hand")
    return deal.came


def _fees_in(deal: Deal, asset: str) -> Decimal:
    return sum((fee.quantity for fee in deal.fees if fee.asset == asset), ZERO)


def _dollar_fee(deal: Deal) -> Decimal:
    """Return the fee in dollars, that of a third coin by its worth."""
    return _fees_in(deal, DOLLAR) + (deal.fee_value or ZERO if _other_fees(deal) else ZERO)


def _other_fees(deal: Deal) -> list[Leg]:
    """Return the fees in a coin that the deal is not about: each is a disposal of its own."""
    about = {each.asset for each in (deal.out, deal.came) if each is not None} | {DOLLAR}
    return [fee for fee in deal.fees if fee.asset not in about]


def _trade(deal: Deal, wallet: str) -> Iterator[Content]:
    out, came = _left(deal), _arrived(deal)
    if out.asset == came.asset:
        raise NoEvent("it moves one coin for the same, within the account")
    fee = plain(_dollar_fee(deal) or None)
    gave = deal.from_wallet or wallet
    sold = {**_base(deal, "sale", gave), "asset": out.asset}
    bought = {**_base(deal, "purchase", wallet if deal.wallet else gave), "asset": came.asset}
    left = out.quantity + (_fees_in(deal, out.asset) if out.asset != DOLLAR else ZERO)
    kept = came.quantity - (_fees_in(deal, came.asset) if came.asset != DOLLAR else ZERO)
    if kept <= 0:
        raise CellError("row", "its fee is all that came", "look at the row, and record it by hand")
    if came.asset == DOLLAR:
        yield {**sold, "quantity": plain(left), "proceeds_usd": plain(came.quantity), "fee_usd": fee}
    elif out.asset == DOLLAR:
        yield {**bought, "quantity": plain(kept), "cost_usd": plain(out.quantity), "fee_usd": fee}
    elif deal.value is None:
        words = f"traded for {plain(kept)} {came.asset}; no row says what it was worth"
        if not is_money(out.asset):
            yield {**sold, "kind": "movement", "quantity": plain(left), "note": words}
        words = f"came for {plain(left)} {out.asset}; no row says what it was worth"
        held = {**bought, "kind": "receipt", "quantity": plain(kept), "note": words, "income": "other"}
        if not is_money(came.asset):
            yield {**held, "doubt": "unexplained" if is_money(out.asset) else "same_transaction"}
    else:
        of_purchase = deal.meaning == "buy"
        worth = deal.value if deal.worth is None else deal.worth
        yield {
            **sold,
            "quantity": plain(left),
            "proceeds_usd": plain(deal.value),
            "disposition": "swapped",
            "fee_usd": None if of_purchase else fee,
        }
        yield {
            **bought,
            "quantity": plain(kept),
            "cost_usd": plain(worth),
            "fee_usd": fee if of_purchase else None,
        }


def _income(deal: Deal, wallet: str, kind: str, told: Told) -> Content:
    if deal.came is None:
        raise NoEvent("it takes income back: a reversal is recorded by hand", asked=True)
    asset, quantity = deal.came
    if asset == DOLLAR:
        raise NoEvent("income in dollars: record it with lotwork add business_income, where it is", asked=True)
    fee = _fees_in(deal, asset)
    if fee >= quantity:
        raise CellError("row", "its fee is all that came", "look at the row, and record it by hand")
    pool = told.pool or deal.row.face.profile.pool
    return {
        **_base(deal, "receipt", wallet),
        "asset": asset,
        "quantity": plain(quantity - fee),
        "income": kind,
        **({"pool": pool} if kind in ("pool_payout", "bonus", "referral") else {}),
        **({"gross_quantity": plain(quantity), "pool_fee_quantity": plain(fee)} if fee else {}),
        "value_usd": plain(deal.value) if deal.value is not None and not fee else None,
        "price_usd": plain(deal.price),
        "txid": deal.txid,
    }


def _inflow(deal: Deal, wallet: str, told: Told) -> Content:
    asset, quantity = _arrived(deal)
    if asset == DOLLAR:
        raise NoEvent("dollars that came, and no coins")
    match told.inflow or "ask":
        case "ask":
            raise NoEvent(f"{_word(deal)}{CAME_IN}", asked=True, how=HOW_TO_SAY)
        case "transfer":
            moved = deal.from_wallet or told.from_wallet
            return {
                "kind": "transfer",
                "at": deal.at,
                "from_wallet": moved,
                "to_wallet": wallet,
                "asset": asset,
                "quantity": plain(quantity - _fees_in(deal, asset)),
                "txid": deal.txid,
            }
        case "held":
            return {**_income(deal, wallet, "other", told), "doubt": "unexplained"}
        case "opening":
            cost = deal.basis if deal.basis is not None else None
            if cost is None:
                raise CellError("row", "the file does not tell what these coins cost", "record their purchase by hand")
            return {
                **_base(deal, "purchase", wallet),
                "at": deal.acquired or deal.at,
                "asset": asset,
                "quantity": plain(quantity),
                "cost_usd": plain(cost),
            }
        case kind:
            return _income(deal, wallet, kind, told)


def _word(deal: Deal) -> str:
    row = deal.row
    if "type" not in row.face.places:
        return ""
    word = row.text("type")[:40]
    return f'{row.column("type")} is "{word}": ' if word else f"{row.column('type')} is empty: "


def _outflow(deal: Deal, wallet: str) -> Content:
    asset, quantity = _left(deal)
    if asset == DOLLAR:
        raise NoEvent("dollars that went, and no coins")
    fee, dollars = _fees_in(deal, asset), _fees_in(deal, DOLLAR)
    note = f"{deal.note}; fee {plain(dollars)} USD".removeprefix("; ") if dollars else deal.note
    return {
        **_base(deal, "movement", wallet),
        "asset": asset,
        "quantity": plain(quantity),
        "txid": deal.txid,
        "note": note,
        "fee_quantity": plain(fee) if fee else None,
        "price_usd": plain(deal.price) if fee else None,
    }


def _transfer(deal: Deal, wallet: str, told: Told) -> Content:
    if deal.came is None:
        return _outflow(deal, deal.from_wallet or wallet)
    if deal.out is None:
        return _inflow(deal, wallet, told)
    out, came = deal.out, deal.came
    if came.asset == DOLLAR and out.asset == DOLLAR:
        raise NoEvent("dollars that moved, and no coins")
    if out.asset != came.asset or not deal.from_wallet or not deal.wallet:
        raise CellError("row", "a move between wallets of one coin names both", "record it by hand")
    lost, charged = out.quantity - came.quantity, _fees_in(deal, out.asset)
    if lost and charged and lost != charged:
        words = f"{plain(lost)} was lost on the way, and its fee is {plain(charged)}"
        raise CellError("row", words, "look at the row, and record it by hand")
    fee = lost or charged
    if fee < 0:
        raise CellError("row", "more arrived than left", "look at the row, and record it by hand")
    return {
        "kind": "transfer",
        "at": deal.at,
        "from_wallet": deal.from_wallet,
        "to_wallet": deal.wallet,
        "asset": came.asset,
        "quantity": plain(came.quantity),
        "txid": deal.txid,
        "fee_quantity": plain(fee) if fee else None,
        "price_usd": plain(deal.price) if fee else None,
    }


def _given(deal: Deal, wallet: str) -> Content:
    asset, quantity = _arrived(deal)
    value = plain(deal.value)
    return {**_base(deal, "gift", wallet), "asset": asset, "quantity": plain(quantity), "fair_value_usd": value}


def _gone(deal: Deal, wallet: str) -> Content:
    """Return coins that left for good; a network's fee in them goes with them."""
    asset, quantity = _left(deal)
    if asset == DOLLAR:
        raise NoEvent("dollars that went, and no coins")
    what = LEFT_FOR_GOOD[deal.meaning]
    quantity += _fees_in(deal, asset)
    if deal.value is None and what not in WORTHLESS:
        words = f"{what}; no row says what it was worth"
        return {**_base(deal, "movement", wallet), "asset": asset, "quantity": plain(quantity), "note": words}
    return {
        **_base(deal, "sale", wallet),
        "asset": asset,
        "quantity": plain(quantity),
        "disposition": what,
        "proceeds_usd": "0" if what in WORTHLESS else plain(deal.value),
        "fee_usd": plain(_dollar_fee(deal) or None),
    }


def _fee(deal: Deal, wallet: str, fee: Leg) -> Iterator[Content]:
    if fee.asset == DOLLAR:
        raise NoEvent("a fee in dollars: record it as an expense, where it is one", asked=True)
    value = deal.value if deal.meaning == "fee" else deal.fee_value
    sold = {"asset": fee.asset, "quantity": plain(fee.quantity)}
    if value is None:
        yield {**_base(deal, "movement", wallet), **sold, "note": "a fee; no row says what it was worth"}
    else:
        yield {**_base(deal, "sale", wallet), **sold, "disposition": "spent", "proceeds_usd": plain(value)}
