"""One meter under two names: each reading of the same hours counts, so the same power is deducted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import combinations

from lotwork.projections.costs.readings import Reading
from lotwork.projections.findings import Finding
from lotwork.projections.questions.names_alike import plain_name


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
