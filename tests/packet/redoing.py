"""The verifier's arithmetic held against the projections, without a packet around it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from lotwork.ledger.codec import SCHEMA_VERSION, encode, kind_of
from lotwork.ledger.events import Event
from lotwork.ledger.storage.rows import microseconds
from lotwork.packet.checks.container import Members
from lotwork.packet.checks.disposals import totals_of
from lotwork.packet.checks.figures import Redone, by_place
from lotwork.packet.checks.history import Holding, Recorded
from lotwork.packet.checks.law import Figures
from lotwork.packet.checks.telling import Report, Told, read_json
from lotwork.packet.decisions import decisions
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.replay.book import Book
from lotwork.reports.gains import list_gains
from lotwork.reports.income import list_income
from lotwork.reports.lots import list_lots
from lotwork.rules.load import Law


class Given(Members):
    """Members that a test has in its hands."""

    def __init__(self, held: Mapping[str, bytes]) -> None:
        self.held = dict(held)

    def names(self) -> list[str]:
        return list(self.held)

    def size(self, name: str) -> int:
        return len(self.held[name])

    def pieces(self, name: str) -> Iterator[bytes]:
        yield self.held[name]


def rows_of(events: Iterator[tuple[int, Event]]) -> Iterator[Told]:
    """Yield *events* as the verifier reads them from a packet."""
    for position, event in events:
        told = read_json(encode(event), event.id)
        at_us = microseconds(event.at)
        yield {"id": event.id, "kind": kind_of(event), "schema_version": SCHEMA_VERSION, "at_us": at_us,
               "position": position, "recorded_us": at_us, "told": told}  # fmt: skip


def redone(book: Book, year: int, report: Report) -> Redone:
    """Return what the verifier makes of the events that *book* was folded from."""
    history = book.history
    law = book.law or law_in_force(history, Law.load())
    recorded = Recorded(rows_of(history.log.read(history.book, up_to=history.up_to)), report)
    told = read_json(msgspec.json.encode(decisions(book)), "decisions")
    holding = Holding(recorded, told, report)
    members = Given({f"law/{topic}.toml": content for topic, content in law.files.items()})
    rules = [read_json(msgspec.json.encode(rule), "rule") for rule in law.corrections]
    return Redone(year, holding, Figures(members, rules), report)


def differences(book: Book, years: Collection[int]) -> list[str]:
    """Return where the verifier's income, gains and lots are not those of *book*."""
    found = []
    for year in years:
        report = Report()
        mine = redone(book, year, report)
        gains, income = plain(list_gains(book, year)), plain(list_income(book, year))
        report.compare_rows("income", income["rows"], mine.income.rows)
        report.compare("income totals", income["totals"], mine.income.totals())
        report.compare("pending", income["pending"], mine.income.pending)
        report.compare("doubtful", income.get("doubtful", []), mine.income.held)
        report.compare_rows("gains", gains["rows"], mine.lots.gains.rows)
        report.compare("gain totals", gains["totals"], totals_of(mine.lots.gains.rows))
        report.compare_rows("removed", gains["removed"], mine.lots.gains.removed)
        report.compare("gains pending", gains["pending"], sorted(mine.lots.gains.pending))
        lots = plain(list_lots(book, None))["rows"]
        open_rows = sorted(mine.lots.open_rows(), key=by_place)
        report.compare_rows("lots", sorted(lots, key=by_place), open_rows)
        found += [f"{year} {kind} {words}" for kind, words in report.lines if kind == "WRONG"]
    return found


def plain(row: object) -> dict[str, Any]:
    """Return a listing as JSON tells it."""
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(row))
    return told
