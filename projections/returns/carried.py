"""What earlier years bring into a return, each loss of its own kind, and how a year hands it on.

Law: 26 U.S.C. 1212(b) (capital losses, by character), 199A(c)(2), 172(b), 461(l)(2), 1231(c): a net section 1231 loss
waits five years for a gain to give it back, the oldest first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.events import YearFacts
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.rules.us.individual import Return

LOOK_BACK_YEARS = 5
"""The years whose net section 1231 losses a gain gives back (26 U.S.C. 1231(c)(2)(A))."""


class Loss1231(NamedTuple):
    """A net section 1231 loss not yet given back, and the year it arose in."""

    year: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Losses carried into a year, positive amounts in dollars."""

    short_term: Decimal = ZERO
    long_term: Decimal = ZERO
    qbi_loss: Decimal = ZERO
    nol: Decimal = ZERO
    excess_loss: Decimal = ZERO
    """The part of `nol` that was an excess business loss."""
    amt_nol: Decimal | None = None
    """The net operating losses as the minimum tax counts them; None: as they are."""
    section_1231: tuple[Loss1231, ...] = ()
    """Oldest first."""

    @property
    def section_1231_losses(self) -> Decimal:
        """Form 4797 line 8."""
        return sum((each.amount for each in self.section_1231), ZERO)


NOTHING = Carried()


def stated(carried: Carried, facts: YearFacts) -> Carried:
    """Return *carried* as the facts of the year say it, where they say: what was filed counts, not what we compute.

    One of the two capital losses stated means the other is none. Stated section 1231 losses are taken as the last
    year's, which a later gain can give back longest; each later year may state them anew.
    """
    short, long = facts.short_term_carryover_usd_micros, facts.long_term_carryover_usd_micros
    changed: dict[str, Decimal | tuple[Loss1231, ...] | None] = {}
    if (short, long) != (None, None):
        changed |= {"short_term": usd_decimal(short or 0), "long_term": usd_decimal(long or 0)}
    if facts.qbi_loss_carryforward_usd_micros is not None:
        changed["qbi_loss"] = usd_decimal(facts.qbi_loss_carryforward_usd_micros)
    if facts.nol_carryforward_usd_micros is not None:
        nol = usd_decimal(facts.nol_carryforward_usd_micros)
        changed |= {"nol": nol, "excess_loss": min(carried.excess_loss, nol), "amt_nol": None}
    if facts.section_1231_losses_usd_micros is not None:
        waiting = Loss1231(facts.year - 1, usd_decimal(facts.section_1231_losses_usd_micros))
        changed["section_1231"] = (waiting,) if waiting.amount else ()
    return replace(carried, **changed) if changed else carried  # type: ignore[arg-type]  # each key has its own type


def carried_forward(carried: Carried, computed: Return, year: int) -> Carried:
    """Return what *year*, into which *carried* came, leaves to the next year."""
    left, capital = computed.carryforwards, computed.carryover
    return Carried(
        short_term=capital.short.amount,
        long_term=capital.long.amount,
        qbi_loss=left.qbi_loss,
        nol=left.nol.amount,
        excess_loss=left.excess_loss.amount,
        amt_nol=left.amt_nol.amount,
        section_1231=_section_1231(carried, left.section_1231_given_back, left.section_1231_loss, year),
    )


def _section_1231(carried: Carried, given_back: Decimal, lost: Decimal, year: int) -> tuple[Loss1231, ...]:
    """Return the losses that still wait after *year*: less what was given back, oldest first, and not too old."""
    waiting = []
    for loss in (*carried.section_1231, Loss1231(year, lost)):
        taken = min(loss.amount, given_back)
        given_back -= taken
        if loss.amount > taken and loss.year > year - LOOK_BACK_YEARS:
            waiting.append(Loss1231(loss.year, loss.amount - taken))
    return tuple(waiting)
