"""Power that two meters tell: each reading of the same hours counts, so that it is deducted twice.

One meter under two spellings; two that counted as much, as a plug and a panel of one rig do; or a utility's own meter
and a plug behind it. Two rigs of one make draw as much as each other, and only a person knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import combinations

from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS
from lotwork.ledger.tellers import BY_A_UTILITY
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import KWH_DECIMALS, MICROSECOND, ONE_DAY, divide, scaled, unscaled
from lotwork.projections.costs.readings import Reading
from lotwork.projections.costs.tariffs import Tariffs
from lotwork.projections.findings import Finding
from lotwork.projections.questions.names_alike import plain_name

NEAR_SHARE = 20
"""Two meters of one power differ by what each is off: a twentieth at most."""


def meters_alike(deducted: Mapping[str, Iterable[Reading]]) -> Iterator[Finding]:
    """Yield a finding for two meters that differ in capitals, blanks or marks and had the same time *deducted*."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for meter in sorted(deducted):
        names[plain_name(meter)].append(meter)
    for alike in names.values():
        for one, two in combinations(alike, 2):
            first, second = list(deducted[one]), list(deducted[two])
            if _meet(first, second):
                yield _alike(one, two, second[0])


def measured_twice(deducted: Mapping[str, Iterable[Reading]], tariffs: Tariffs) -> Iterator[Finding]:
    """Yield a finding for two meters that may have counted one power, where a price list is for each of the two.

    They counted as much in the time that both told, or one of them is a utility's, behind which the other may be. A
    person who says that the price list is right has said that each meter's power is its own.
    """
    general = tariffs.of_all_meters()
    if not general or not tariffs.settled.isdisjoint(general):
        return
    told = {meter: list(readings) for meter, readings in sorted(deducted.items())}
    for one, two in combinations(told, 2):
        if plain_name(one) == plain_name(two) or not (told[one] and told[two]):
            continue
        if tariffs.has_own(one) and tariffs.has_own(two):
            continue
        of_a_utility = len({each.energy.source == BY_A_UTILITY for each in (told[one][0], told[two][0])}) > 1
        first, second, micros = _in_common(told[one], told[two])
        near = abs(first - second) * NEAR_SHARE <= max(first, second)
        if micros * MICROSECOND >= ONE_DAY and (near or of_a_utility):
            yield _measured_twice((one, first), (two, second), general[0], told[two][0])


def _in_common(one: Iterable[Reading], two: Iterable[Reading]) -> tuple[int, int, int]:
    """Return what each counted in the time that both told, spread evenly, in scaled kWh, and the microseconds of it."""
    sides = [sorted((each.counted_from, each.end, _kwh(each)) for each in side) for side in (one, two)]
    sums, micros, places = [0, 0], 0, [0, 0]
    while places[0] < len(sides[0]) and places[1] < len(sides[1]):
        (begin, end, kwh), (other_begin, other_end, other_kwh) = (sides[at][places[at]] for at in (0, 1))
        both = (min(end, other_end) - max(begin, other_begin)) // MICROSECOND
        if both > 0:
            micros += both
            sums[0] += divide(kwh * both, (end - begin) // MICROSECOND)
            sums[1] += divide(other_kwh * both, (other_end - other_begin) // MICROSECOND)
        places[0 if end <= other_end else 1] += 1
    return sums[0], sums[1], micros


def _kwh(reading: Reading) -> int:
    """Return what of a reading is counted, in scaled kWh."""
    whole = (reading.end - reading.begin) // MICROSECOND
    return divide(
        scaled(reading.energy.kwh, SHARE_DECIMALS) * ((reading.end - reading.counted_from) // MICROSECOND), whole
    )


def _measured_twice(one: tuple[str, int], two: tuple[str, int], tariff: str, reading: Reading) -> Finding:
    places = SHARE_DECIMALS - KWH_DECIMALS
    first, second = (unscaled(divide(kwh, 10**places), KWH_DECIMALS) for _, kwh in (one, two))
    return Finding(
        "power_measured_twice",
        f"the meters {one[0]!r} and {two[0]!r} told of the same time, {first} and {second} kWh, and {tariff} is the "
        "price of both: if they count one power, or one stands behind the other, it is deducted twice: correct `meter` "
        f"of {tariff} to the one that is paid by, and the other is only observed; if each counts power of its own, "
        f"correct {tariff} with may_repeat={SETTLED}",
        reading.energy.id,
    )


def _meet(one: Iterable[Reading], two: Iterable[Reading]) -> bool:
    """Say if a reading of *one* and a reading of *two* have time in common."""
    told = sorted((each.counted_from, each.end, whose) for whose, both in enumerate((one, two)) for each in both)
    until: dict[int, datetime] = {}
    for begin, end, whose in told:
        if 1 - whose in until and begin < until[1 - whose]:
            return True
        until[whose] = max(end, until.get(whose, end))
    return False


def _alike(one: str, two: str, reading: Reading) -> Finding:
    return Finding(
        "meter_spelled_twice",
        f"the meters {one!r} and {two!r} differ in capitals, blanks or marks only, and both told of the same time: if "
        f"they are one, its power is deducted twice: void the readings of one of them; if they are two, correct "
        "`meter` of one to a name of its own",
        reading.energy.id,
    )
