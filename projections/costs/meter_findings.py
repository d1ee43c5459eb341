"""What a person must look at in what meters and their price lists tell."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from lotwork.ledger import events as e
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS, print_instant
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import KWH_DECIMALS, scaled, unscaled, usd_decimal
from lotwork.projections.costs.priced import Gap, Priced, Spread, kwh_thousandths, usd_micros
from lotwork.projections.costs.readings import Reading
from lotwork.projections.costs.tariffs import Tariffs
from lotwork.projections.findings import Finding
from lotwork.rules.line import to_cents

DOUBTS = {
    "counter_fell": "the counter fell, so what was used before it began anew is not known",
    "counter_jumped": "the counter rose by more than can be: it may count in another unit, or be another meter's",
    "flowed_back": "power flowed back, which a tariff prices otherwise, if at all",
}
FAR_ABOVE = 500
"""How many times more than usual is another unit: a thousand, less what readings differ by anyway."""
ENOUGH, NEARLY_ALL = 10, 90
"""So many readings tell what is usual, and so many of a hundred draw no more than that."""


def spread_evenly(meter: str, told: list[Spread]) -> Finding:
    """Tell what of the power of *meter* met prices by the clock, and was told in one amount."""
    kwh = kwh_thousandths(sum((one.kwh for one in told), Fraction(0)))
    cost, least, most = (
        to_cents(usd_decimal(usd_micros(sum((getattr(one, name) for one in told), Fraction(0)))))
        for name in ("cost", "least", "most")
    )
    first, last = told[0].reading, told[-1].reading
    return Finding(
        "energy_spread_evenly",
        f"meter {meter}: {unscaled(kwh, KWH_DECIMALS)} kWh from {print_instant(first.begin)} to "
        f"{print_instant(last.end)} were told in {len(told)} amount{'s' if len(told) > 1 else ''} longer than an hour, "
        f"and the price hangs on the clock: spread evenly they come to {cost}, and may be {least} to {most}: record "
        "them hour by hour, or the bill instead; if they were used evenly, correct each with "
        f"may_repeat={SETTLED} (one correction may `select` them all)",
        first.energy.id,
    )


def of_two(meter: str, tariffs: Tariffs) -> list[Finding]:
    """Tell of a bill for the power of two persons, which each of them would be charged whole."""
    whole = [band.id for band in tariffs.charges(meter)]
    if not whole and not tariffs.has_steps(meter):
        return []
    return [
        Finding(
            "bill_of_two_persons",
            f"meter {meter} counts the power of both spouses, and its price list has charges or steps of the whole "
            "bill: each is charged all of them; record the bill as an `expense` of each with his share, and void the "
            "tariffs",
            whole[0] if whole else None,
        )
    ]


def unlikely(meter: str, told: list[Priced]) -> list[Finding]:
    """Ask about readings of far more power than nearly all of the meter: watt hours as kWh are a thousand times."""
    drawn = sorted(one.reading.kw for one in told)
    if len(drawn) < ENOUGH:
        return []
    usual = drawn[len(drawn) * NEARLY_ALL // 100]
    far = [one.reading for one in told if usual and one.reading.kw >= usual * FAR_ABOVE]
    if not far:
        return []
    return [
        Finding(
            "energy_unlikely",
            f"{far[0].energy.id}: meter {meter} told {far[0].energy.kwh} kWh from {print_instant(far[0].begin)} to "
            f"{print_instant(far[0].end)}, {FAR_ABOVE} times what it mostly tells, and {len(far) - 1} more like it: "
            f"watt hours may have been told as kWh: correct kwh; if it is right, correct it with may_repeat={SETTLED}",
            far[0].energy.id,
        )
    ]


def doubtful(meter: str, why: str, events: list[e.Energy]) -> Finding:
    """Tell what of *meter* is in doubt for one reason, as one finding however many readings it is."""
    first, more = events[0], len(events) - 1
    kwh = unscaled(sum(scaled(energy.kwh, SHARE_DECIMALS) for energy in events), SHARE_DECIMALS)
    others = f" and {more} more, to {events[-1].to}" if more else ""
    each = " (one correction may `select` them all)" if more else ""
    return Finding(
        "energy_in_doubt",
        f"{first.id}: meter {meter}, {first.from_} to {first.to}{others}, {_short(kwh)} kWh: {DOUBTS[why]}: in no "
        f"figure; correct its kwh to what was used, and doubt=none{each}; or void it, and record what the bill says",
        first.id,
    )


def _short(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def without_tariff(meter: str, gaps: list[Gap]) -> Finding:
    """Tell the hours of *meter* that have no price, as one finding however often it was read."""
    parts = 1 + sum(later.begin != gap.end for gap, later in pairwise(gaps))
    kwh = kwh_thousandths(sum((gap.kwh for gap in gaps), Fraction(0)))
    often = f", in {parts} parts" if parts > 1 else ""
    return Finding(
        "energy_without_tariff",
        f"meter {meter}: no tariff covers {unscaled(kwh, KWH_DECIMALS)} kWh used from {print_instant(gaps[0].begin)} "
        f"to {print_instant(gaps[-1].end)}{often}: they are in no figure; add a `tariff` for that time",
        gaps[0].reading.energy.id,
    )


def overlapping(reading: Reading) -> Finding:
    """Tell of time that an earlier reading of the meter told."""
    energy = reading.energy
    return Finding(
        "energy_readings_overlap",
        f"{energy.id}: meter {energy.meter} was already read for {print_instant(reading.begin)} to "
        f"{print_instant(reading.counted_from)}: that time is counted once, with the earlier reading; "
        "correct the span, or void one of the two",
        energy.id,
    )
