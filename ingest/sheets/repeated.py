"""Rows of one file that say the same: two events that are alike, or one that is told twice.

Rows that stand beside one another, all of one instant, are taken to be as many events. Where the same row comes again
after others, or row after row stands twice, the file may have been put together of exports that overlap: it is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.ledger.tellers import OF_A_FILE

MANY = 5
"""So many different rows in a run that all stand twice are no accident."""


def asking(lines: Sequence[TextLine]) -> Iterator[TextLine]:
    """Yield the *lines* of one file, each that may tell once more what one above tells with the `row` of that one.

    What has an id of its own is known by it, however often it stands there.
    """
    firsts = [_first_of(line.content["row"]) for line in lines]
    as_they_stand = sorted(range(len(lines)), key=lambda place: _number_of(lines[place].where))
    told = asked_about([(firsts[place], lines[place].content.get("at", "")) for place in as_they_stand])
    asked = {as_they_stand[place] for place in told}
    for place, line in enumerate(lines):
        yield line._replace(again=firsts[place]) if place in asked and "id" not in line.content else line


def _number_of(where: str) -> int:
    """Return the number of the line that *where* names: rows joined to one deal leave their order."""
    return int(where.rpartition(":")[2])


def _first_of(row: str) -> str:
    """Return the `row` of the first that says the same: without its count (`row_digest.numbered`), with its file."""
    digest, mark, file = row.partition(OF_A_FILE)
    return f"{digest.partition('-')[0]}{mark}{file}"


def asked_about(rows: Sequence[tuple[str, str]]) -> frozenset[int]:
    """Return which of *rows*, each what it says and its instant, may tell once more what a row above tells."""
    last: dict[str, int] = {}
    asked: set[int] = set()
    stretch = 0
    for place, (said, at) in enumerate(rows):
        if place and rows[place - 1][1] != at:
            stretch += 1
        if last.get(said, stretch) != stretch:
            asked.add(place)
        last[said] = stretch
    return frozenset(asked | _in_long_runs(rows))


def _in_long_runs(rows: Sequence[tuple[str, str]]) -> set[int]:
    """Return the repeated rows of every run of MANY different rows or more that each stand more than once."""
    count = Counter(said for said, _ in rows)
    found: set[int] = set()
    run: list[int] = []
    for place, (said, _) in [*enumerate(rows), (len(rows), ("", ""))]:
        if count[said] > 1:
            run.append(place)
            continue
        found |= _repeats(rows, run)
        run = []
    return found


def _repeats(rows: Sequence[tuple[str, str]], run: Sequence[int]) -> set[int]:
    seen: set[str] = set()
    again = set()
    for place in run:
        said = rows[place][0]
        if said in seen:
            again.add(place)
        seen.add(said)
    return again if len(seen) >= MANY else set()
