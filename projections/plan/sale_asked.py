"""What a planned sale asks for, and what of it the book can give: the day, the wallets that hold enough, the lots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from lotwork.ledger.errors import InputRefusedError, UsageError
from lotwork.ledger.events import LotChoice
from lotwork.ledger.near_names import near_name
from lotwork.ledger.units import unscaled
from lotwork.projections.basis.open_lots import OpenLot
from lotwork.projections.plan.price import Fee, PlanPrice
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.resuming import folded_beside


class NotEnoughCoinsError(InputRefusedError):
    """No wallet holds what is to be sold."""


class UnknownWalletError(UsageError):
    """A wallet that the book does not know."""


class SaleAsked(NamedTuple):
    """What is asked: coins of one asset, on a day, at a price, from one wallet or from each that holds enough."""

    asset: str
    quantity: int
    on: date
    price: PlanPrice
    fee: Fee = Fee()
    wallet: str | None = None
    lots: tuple[LotChoice, ...] = ()
    wait_days: int | None = None


def lots_told(text: str, units: Callable[[str], int]) -> tuple[LotChoice, ...]:
    """Read "id=0.5,other=0.25", each quantity by *units*; an id may hold "=" itself, so the last one counts."""
    chosen = []
    for part in text.split(","):
        name, found, quantity = part.strip().rpartition("=")
        if not found and not part.strip():
            continue
        if not name:
            raise UsageError(f"--lots {part}: write the id of a lot and how much of it, like m-17=0.05")
        chosen.append(LotChoice(lot=name, quantity=units(quantity)))
    return tuple(chosen)


def lots_on(book: Book, day: date) -> tuple[OpenLot, ...]:
    """Return the lots that are open at the end of *day*."""
    latest = book.latest
    if latest is None or book.history.calendar.day(latest) <= day:
        return book.open_lots(day)
    return folded_beside(book, (), book.law, until=day).open_lots(day)


def instant(book: Book, day: date, now: datetime) -> datetime:
    """Return when the sale happens: now, after what today already brought, or in the last second of another day.

    What a log dates later than today moves no sale of today.
    """
    calendar = book.history.calendar
    last = calendar.midnight(day + timedelta(days=1)) - timedelta(seconds=1)
    if day == calendar.day(now):
        return max(now, min(book.latest or now, last))
    return last


def pools_of(book: Book, asked: SaleAsked) -> list[tuple[str, list[OpenLot]]]:
    """Return the wallets that hold enough, with their lots."""
    _check_wallet(book, asked)
    pools: dict[str, list[OpenLot]] = {}
    for lot in lots_on(book, asked.on):
        if lot.asset == asked.asset and asked.wallet in (None, lot.wallet):
            pools.setdefault(lot.wallet, []).append(lot)
    enough = [(name, lots) for name, lots in pools.items() if sum(lot.quantity for lot in lots) >= asked.quantity]
    if not enough:
        raise NotEnoughCoinsError(_not_enough(book, asked, pools))
    return enough


def _check_wallet(book: Book, asked: SaleAsked) -> None:
    """Refuse a wallet that the book does not know, with the name that was perhaps meant."""
    known = {wallet for wallet, _ in book.balances.held} | set(book.taxpayer.wallets)
    if asked.wallet is None or asked.wallet in known:
        return
    near = near_name(asked.wallet, known)
    meant = f"did you mean {near!r}? " if near else ""
    told = ", ".join(sorted(known)) or "no wallets yet"
    raise UnknownWalletError(f"--wallet: the book has no wallet {asked.wallet!r}: {meant}here are {told}")


def _not_enough(book: Book, asked: SaleAsked, pools: dict[str, list[OpenLot]]) -> str:
    decimals = book.history.assets.decimals(asked.asset)
    wanted = unscaled(asked.quantity, decimals)
    told = ", ".join(
        f"{name} {unscaled(sum(lot.quantity for lot in lots), decimals)}" for name, lots in sorted(pools.items())
    )
    where = asked.wallet or "no wallet"
    holds = "does not hold" if asked.wallet else "holds"
    return (
        f"{where} {holds} {wanted} {asked.asset} with a basis on {asked.on} (there: {told or 'none'}): ask for less, "
        "name another --wallet, or give the receipts that wait a price"
    )


def holds(lots: Sequence[OpenLot], chosen: tuple[LotChoice, ...]) -> bool:
    """Say whether *lots* hold all that is *chosen*."""
    held = {lot.lot: lot.quantity for lot in lots}
    return all(choice.quantity <= held.get(choice.lot, 0) for choice in chosen)


def check_chosen(asked: SaleAsked, pools: list[tuple[str, list[OpenLot]]], decimals: int) -> None:
    """Refuse lots that no wallet holds, are named twice, or hold more than the sale."""
    names = [choice.lot for choice in asked.lots]
    if len(names) != len(set(names)):
        raise InputRefusedError("--lots names a lot twice: give each once, with all that is sold of it")
    if sum(choice.quantity for choice in asked.lots) > asked.quantity:
        sold = unscaled(asked.quantity, decimals)
        raise InputRefusedError(f"--lots choose more than the {sold} {asked.asset} that are sold: choose less")
    if asked.lots and not any(holds(lots, asked.lots) for _, lots in pools):
        raise NotEnoughCoinsError(
            f"no wallet that could make the sale holds {', '.join(names)} in these quantities: `lotwork lots` lists "
            "what is open, and one sale takes its lots from one wallet"
        )
