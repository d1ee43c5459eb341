"""Which events are void, where a void can itself be voided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from lotwork.ledger.events import Void


def find_voided(voids: Iterable[Void]) -> frozenset[str]:
    """Return the ids that are void: those a void names that is not void itself."""
    against: defaultdict[str, list[str]] = defaultdict(list)
    for void in voids:
        against[void.target].append(void.id)
    settled: dict[str, bool] = {}
    entered: set[str] = set()
    for start in against:
        waiting = [start]
        while waiting:
            name = waiting[-1]
            entered.add(name)
            unentered = [void for void in against.get(name, ()) if void not in entered]
            if unentered:
                waiting.extend(unentered)
            else:
                settled[name] = any(not settled.get(void, False) for void in against.get(name, ()))
                waiting.pop()
    return frozenset(name for name, void in settled.items() if void)


def circles(voids: Iterable[Void]) -> frozenset[str]:
    """Return the ids of those *voids* that come back to themselves: nobody could say which one holds."""
    targets = {void.id: void.target for void in voids}
    found = set()
    for start, target in targets.items():
        seen, name = {start}, target
        while name in targets and name not in seen:
            seen.add(name)
            name = targets[name]
        if name == start:
            found.add(start)
    return frozenset(found)
