"""The next payment in one sentence, on every surface alike: how much, in coins, what waiting costs, what is enough."""

from __future__ import annotations

from lotwork.ledger.units import CENT, AssetTable
from lotwork.projections.estimated.next_payment import NextPayment, SetAside, Waiting
from lotwork.projections.quarterly import Quarterly
from lotwork.reports.lines import coins, usd


def next_in_words(payment: NextPayment, assets: AssetTable) -> str:
    """Return what to pay next and what waiting costs; empty where nothing is left to pay or to say."""
    if payment.quarter is None:
        if payment.overdue < CENT:
            return ""
        coins = coins_in_words(payment.set_aside, assets)
        return f"Overdue: {usd(payment.overdue)}{coins}: {_running(payment)}."
    if payment.pay < CENT:
        return f"Nothing is to pay by {payment.due} on the figures so far{_enough(payment)}."
    late = f", {usd(payment.overdue)} of it overdue" if payment.overdue >= CENT else ""
    told = f"Pay {usd(payment.pay)}{coins_in_words(payment.set_aside, assets)} by {payment.due}{late}"
    return f"{told}: {waiting_in_words(payment.waiting)}{_enough(payment)}."


def waiting_in_words(waiting: Waiting) -> str:
    """Return what waiting costs: for each day, until the next due day, and until April 15."""
    parts = [] if waiting.a_day is None else [f"{usd(waiting.a_day)} a day"]
    if waiting.until is not None and waiting.until_next_due is not None:
        parts.append(f"{usd(waiting.until_next_due)} until {waiting.until}")
    if waiting.until_april_15 is not None:
        parts.append(f"{usd(waiting.until_april_15)} until {waiting.april_15}")
    return f"waiting costs {', '.join(parts)}" if parts else "what waiting costs is not known yet"


def rise_in_words(payments: Quarterly) -> str:
    """Return that more income asks for more, and what is enough whatever comes; empty where the year is over."""
    if not payments.may_rise:
        return ""
    rise = "The tax is that of the events so far: more income asks for more"
    if payments.comparison is not None:
        return f"{rise}."
    if payments.safe_payment is None:
        return (
            f"{rise}; `lotwork quarterly --year {payments.year} --annualized` says what is enough, once the period of "
            "an installment is over."
        )
    return f"{rise}; {usd(payments.safe_payment)} each time, withholding counted, is enough whatever comes."


def coins_in_words(kept: SetAside, assets: AssetTable) -> str:
    """Return the coins that would bring an amount, in brackets; nothing where no coin was ever received."""
    if kept.asset is None or kept.quantity is None:
        return ""
    return f" ({coins(kept.quantity, kept.asset, assets)} {kept.asset} at {kept.price_usd})"


def _running(payment: NextPayment) -> str:
    waiting = payment.waiting
    parts = [] if waiting.overdue_a_day is None else [f"each day costs {usd(waiting.overdue_a_day)}"]
    if waiting.until_april_15 is not None:
        parts.append(f"until {waiting.april_15} it is {usd(waiting.until_april_15)}")
    return ", ".join(parts) or "what each day costs is not known yet"


def _enough(payment: NextPayment) -> str:
    """Say what is enough whatever comes, where that is another amount."""
    if payment.safe is None or abs(payment.safe - payment.pay) < CENT:
        return ""
    return f"; {usd(payment.safe)} is enough whatever the rest of the year brings"
