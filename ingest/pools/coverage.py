"""Which blocks a payout pays for, and what they were worth before the pool's fee."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lotwork.ingest.pools.ocean_answers import Earning, MonthRow, Payout


def covered_by(payout: Payout, unpaid: Sequence[Earning]) -> tuple[Earning, ...]:
    """Return the run of *unpaid* earnings, the latest there is, that sums to the payout; none where no run does.

    A pool pays the balance as it stood, which may or may not hold the block it pays from: so the run ends at the
    payout or before it, and only an exact sum counts.
    """
    earned = [one for one in unpaid if one.at <= payout.at]
    first_at: dict[int, int] = {0: 0}
    total = 0
    best: tuple[int, int] | None = None
    for index, one in enumerate(earned, 1):
        total += one.net_sats
        start = first_at.get(total - payout.sats)
        if start is not None:
            best = start, index
        first_at[total] = index
    return tuple(earned[best[0] : best[1]]) if best else ()


def gross_and_fee(covered: Sequence[Earning], report: Iterable[MonthRow]) -> tuple[int | None, int | None]:
    """Return the gross and the fee of the *covered* blocks in satoshis, or (None, None) where they cannot be told.

    The monthly report says gross and net; without it, the fee each earning names is added back. A fee above the net
    is the whole pool's, not this miner's, and is not believed.
    """
    net = sum(one.net_sats for one in covered)
    reported = {(row.at.replace(microsecond=0), row.net_sats): row.gross_sats for row in report}
    gross = [reported.get((one.at.replace(microsecond=0), one.net_sats)) for one in covered]
    told = [amount for amount in gross if amount is not None]
    if covered and len(told) == len(covered):
        return sum(told), sum(told) - net
    fees = [one.fee_sats for one in covered if one.fee_sats is not None]
    if covered and len(fees) == len(covered) and sum(fees) <= net:
        return net + sum(fees), sum(fees)
    return None, None


def after(earnings: Sequence[Earning], paid: int) -> list[Earning]:
    """Return the earnings after the instant *paid*, up to which they were paid."""
    return [one for one in earnings if int(one.at.timestamp()) > paid]
