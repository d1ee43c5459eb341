"""Amounts and form lines as every listing tells them: dollars, cents and coins as text, a line with form and law."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

import msgspec

from lotwork.ledger.units import CENT, AssetTable, unscaled, unscaled_all, usd_decimal, zero_unsigned
from lotwork.reports.rows import Row, Usd, Words
from lotwork.rules.line import WIDE, Line, to_cents

NOTHING = "0.00"
"""Nothing, in dollars and cents."""


class LineRow(Row, frozen=True, kw_only=True):
    """A line of a form: what it says, how much, and by which law."""

    form: Words
    line: Words
    label: Words
    amount_usd: Usd
    cites: tuple[str, ...]


class SourcedLineRow(LineRow, frozen=True, kw_only=True):
    """A line with the lines it comes from."""

    from_: tuple[str, ...] = msgspec.field(name="from")


def cents(amount: Decimal) -> str:
    """Return *amount* in dollars and cents, rounded half up; nothing has no sign."""
    return f"{to_cents(amount):f}"


def cents_if_known(amount: Decimal | None) -> str | None:
    """Return *amount* in dollars and cents, and None for what is not known."""
    return None if amount is None else cents(amount)


def dollars(amount: str | int | Decimal) -> str:
    """Return dollars as people read them, to the cent and with separators: "1,240.00".

    What a listing tells to the micro-dollar rounds half to even, as do micro-dollars; a Decimal rounds half up, as a
    line of a form does. Nothing has no sign.
    """
    if isinstance(amount, Decimal):
        return f"{to_cents(amount):,}"
    exact = usd_decimal(amount) if isinstance(amount, int) else Decimal(amount)
    return f"{zero_unsigned(exact.quantize(CENT, ROUND_HALF_EVEN, WIDE)):,}"


def usd(amount: Decimal) -> str:
    """Return dollars as people read them, with their sign: "$1,240.00"."""
    return f"${dollars(amount)}"


def price(text: str) -> str:
    """Return a price a coin as people read it, "$93,012.55": two decimals at least, and no digit lost."""
    return f"${price_plain(text)}"


def price_plain(text: str) -> str:
    """Return a price a coin as a table shows it, "93,012.55": two decimals at least, and no digit lost."""
    whole, _, fraction = text.partition(".")
    return f"{int(whole):,}.{fraction.ljust(2, '0')}"


def coins(quantity: int, asset: str, assets: AssetTable) -> str:
    """Return base units of *asset* as whole coins, with every decimal it has."""
    return unscaled(quantity, assets.decimals(asset))


def all_coins(quantities: Sequence[int], named: Sequence[str], assets: AssetTable) -> list[str]:
    """Return each of the *quantities*, of the asset that is *named* at its place, as `coins` does."""
    decimals = {asset: assets.decimals(asset) for asset in set(named)}
    if len(set(decimals.values())) == 1:
        return unscaled_all(quantities, decimals[named[0]])
    return [unscaled(quantity, decimals[asset]) for quantity, asset in zip(quantities, named, strict=True)]


def coins_if_known(quantity: int | None, asset: str, assets: AssetTable) -> str | None:
    """Return base units of *asset* as whole coins, and None for what is not known."""
    return None if quantity is None else coins(quantity, asset, assets)


def line_row(line: Line) -> LineRow:
    """Return *line* as a listing tells it."""
    return LineRow(form=line.form, line=line.line, label=line.label, amount_usd=cents(line.amount), cites=line.cites)


def sourced_line_row(line: Line, *, exact: bool = False) -> SourcedLineRow:
    """Return a line; what an amount is multiplied by is *exact*, as the schedule prints it: 0.225 is no 23 cents."""
    return SourcedLineRow(
        form=line.form,
        line=line.line,
        label=line.label,
        amount_usd=f"{line.amount:f}" if exact else cents(line.amount),
        cites=line.cites,
        from_=line.inputs,
    )
