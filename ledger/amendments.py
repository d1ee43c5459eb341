"""What a correction sets, held against what an event can hold, and an event as the corrections before it leave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from lotwork.ledger.codec import KINDS, a_kind
from lotwork.ledger.correcting import corrected
from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.events import Correction, Event
from lotwork.ledger.evidence_told import DIGEST
from lotwork.ledger.public_form.keys import keys_of
from lotwork.ledger.units import AssetTable


def problems_of_set(where: str, event: Correction) -> Iterator[Problem]:
    """Yield what no event can hold of what *event*, told at *where*, sets; a single target is held whole elsewhere."""
    if event.select is not None:
        kind = event.set_.get("kind", event.select.kind)
        kinds = [kind] if isinstance(kind, str) and kind in KINDS else list(KINDS)
        known = {"kind"}.union(*map(keys_of, kinds)) - {"id"}
        for name in event.set_:
            if name not in known:
                reason = f"{name[:60]}: {a_kind(str(kind or 'selection'))} has no such key"
                yield Problem(where, "set", reason, "set what it can hold")
    evidence = event.set_.get("evidence")
    if evidence is not None and not (isinstance(evidence, str) and DIGEST.fullmatch(evidence)):
        yield Problem(where, "set", "evidence: a correction keeps no file", "name kept evidence")


def problems_of_target(where: str, event: Correction, before: Event, assets: AssetTable) -> Iterator[Problem]:
    """Yield why *event*, told at *where*, does not fit its target, as it was *before*."""
    try:
        corrected(before, event, assets)
    except InputRefusedError as refusal:
        reason = "; ".join(f"{problem.key}: {problem.reason}" for problem in refusal.problems) or str(refusal)
        yield Problem(where, "set", reason, "set what the event can hold")


def as_corrected(found: Event, told: Iterable[Event], last: Correction, assets: AssetTable) -> Event:
    """Return *found* as those of the corrections *told* that come before *last* leave it."""
    of_it = [event for event in told if isinstance(event, Correction) and event.target == found.id]
    before = [event for event in of_it if event.at <= last.at and event.id != last.id]
    for event in sorted(before, key=lambda event: event.at):
        with suppress(InputRefusedError):
            found = corrected(found, event, assets)
    return found
