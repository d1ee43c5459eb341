"""Two laws side by side: which figures differ, from which day, and by which law."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from lotwork.rules.figures import Entry, Version
from lotwork.rules.load import Law


class FigureChange(msgspec.Struct, frozen=True):
    """One figure that one law knows otherwise than another; None where a law does not know it."""

    path: str
    from_: date
    before: Any
    after: Any
    title: str
    cite: str
    source: str


def difference(before: Law, after: Law) -> tuple[FigureChange, ...]:
    """Return every value that differs between two laws, in order of path and day."""
    changed: list[FigureChange] = []
    untouched = {
        topic
        for topic in before.topics()
        if before.content(topic) == after.content(topic)
        and not any(rule.figure.startswith(f"{topic}/") for rule in (*before.corrections, *after.corrections))
    }
    paths = sorted({*_paths(before, untouched), *_paths(after, untouched)})
    for path in paths:
        changed += _changes(path, _entry(before, path), _entry(after, path))
    return tuple(changed)


def _paths(law: Law, untouched: set[str]) -> list[str]:
    return [path for path in law.paths() if path.rpartition("/")[0] not in untouched]


def _entry(law: Law, path: str) -> Entry | None:
    return law.entry(path) if path in law.paths() else None


def _changes(path: str, before: Entry | None, after: Entry | None) -> list[FigureChange]:
    versions = [version for entry in (before, after) if entry for version in entry.in_force]
    days = sorted({day for version in versions for day in (version.from_, version.until) if day is not None})
    changes = []
    for day in days:
        was, now = _on(before, day), _on(after, day)
        told = after or before
        if told is None or (was and was.value) == (now and now.value):
            continue
        changes.append(
            FigureChange(
                path=path,
                from_=day,
                before=was.value if was else None,
                after=now.value if now else None,
                title=told.title,
                cite=told.cite,
                source=(now or was or told.in_force[0]).source,
            )
        )
    return changes


def _on(entry: Entry | None, day: date) -> Version | None:
    return entry.on(day) if entry else None
