"""Business or hobby: the presumption of an activity for profit, and what would decide it (26 U.S.C. 183(d)).

The presumption holds where "the gross income derived from an activity exceeds the deductions attributable to such
activity" in 3 or more of the 5 consecutive years that end with the tax year. It can be rebutted; without it nothing is
presumed either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from lotwork.rules.load import Law


class Presumption(msgspec.Struct, frozen=True):
    """The years that were counted: with a profit, without one, and those nobody knows."""

    period: tuple[int, ...]
    needed: int
    profit: tuple[int, ...]
    loss: tuple[int, ...]
    unknown: tuple[int, ...]
    cites: tuple[str, ...]

    @property
    def holds(self) -> bool | None:
        """Say whether it holds; None where the unknown years decide."""
        if len(self.profit) >= self.needed:
            return True
        return None if len(self.profit) + len(self.unknown) >= self.needed else False


def presumption(profits: Mapping[int, Decimal | None], year: int, law: Law) -> Presumption:
    """Count the years up to *year*: *profits* by year, None for a year that is not known.

    A year that is not in *profits* came before the activity began: it has no profit, and is no unknown.
    """
    needed = law.in_year("us/activity/presumption_profit_years", year)
    length = law.in_year("us/activity/presumption_period", year)
    period = tuple(range(year - int(length.amount()) + 1, year + 1))
    told = {each: profits[each] for each in period if each in profits}
    return Presumption(
        period=period,
        needed=int(needed.amount()),
        profit=tuple(each for each, net in told.items() if net is not None and net > 0),
        loss=tuple(each for each, net in told.items() if net is not None and net <= 0),
        unknown=tuple(each for each, net in told.items() if net is None),
        cites=tuple(dict.fromkeys((needed.citation, length.citation))),
    )
