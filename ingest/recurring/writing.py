"""What a dated rule says against what stands in the book, and the events that make the two agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from shlex import quote
from typing import TYPE_CHECKING, Any

from lotwork.ingest.ports import NOTHING, Page
from lotwork.ingest.recurring.rule import Due, Rule
from lotwork.ingest.reorganisations import Notice, effective_contents, reconcile, recorded_of
from lotwork.ingest.suspense import InSuspense, Untaken
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Event, Expense
from lotwork.ledger.public_form.contract import parse_event, to_contract
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.tellers import BY_A_RULE
from lotwork.ledger.units import AssetTable

if TYPE_CHECKING:
    from lotwork.ingest.context import Policy
    from lotwork.ingest.recurring.section import RecurringSection

NOT_DUE_YET = "nothing is due yet"
"""The cursor of a rule that has written nothing."""
WHAT = ("amount_usd", "category", "business_share", "usage", "owner")
"""The keys in which what is written is held against the rule."""
MOST_SHOWN = 3
FIRST_WORDS = "rule"
"""What a rule that differs from its first day on is in suspense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringSource:
    """Writes what is due by one rule."""

    section: RecurringSection
    rule: Rule
    log: EventLog
    clock: Clock
    policy: Policy
    named: frozenset[str] | None = None
    """The sources of its book, where they are known."""

    @property
    def name(self) -> str:
        """The rule's own name."""
        return self.section.name

    @property
    def book(self) -> str:
        """The book its expenses belong to."""
        return self.section.book

    def check(self) -> None:
        """Raise InputRefusedError where what the rule says is no expense."""
        for term in self.rule.terms:
            event = self._event(Due(term.start, term), AssetTable())
            if isinstance(event, Expense) and not event.amount_usd_micros:
                raise event.refuse("its amount_usd is 0: say `until`, the last day on which it was due")

    def fetch_since(self, cursor: str | None) -> Page:
        """Return what is due by now and is not written, and what amends what is.

        Raises SourceRefusedError where the first words of the rule say otherwise of what is written.
        """
        del cursor  # what is written says itself how far it goes
        now, assets = self.clock.now(), self.log.assets(self.book)
        calendar = self.policy.calendar
        due = [each for each in self.rule.due(calendar.day(now)) if calendar.noon(each.on) <= now]
        expected = {event.id: event for event in (self._event(each, assets) for each in due)}
        written = {event.id for _, event in self.log.read(self.book, kinds=("expense",), source=self.name)}
        written = {name for name in written if name.startswith(self._prefix)}
        recorded = recorded_of(self.log, self.book, sorted(written | expected.keys()))
        stands = effective_contents(recorded, assets)
        differing = self._differing(stands, expected, assets)
        settled = self._settled(expected, differing, [event for event in recorded if event.id in stands])
        first_words = self._first_words(differing, expected)
        suspense = InSuspense(self.log, self.book, self.name, self.named)
        because = "the rule and the book agree"
        left = suspense.amended(first_words, looked={FIRST_WORDS}, now=now, because=because)
        if first_words:
            refused = SourceRefusedError(f"{self.name}: {first_words[0].words}")
            refused.in_suspense = left
            raise refused
        gone = [name for name in differing if name not in expected]
        because = f"the rule {self.name} says otherwise from a day on"
        events = reconcile(
            recorded,
            [event for name, event in expected.items() if name not in settled],
            doubted=gone,
            assets=assets,
            notice=Notice(source=self.name, noted=now, because=because),
        )
        last = max((each.on for each in due), default=None)
        return Page(
            events=(*events, *left),
            cursor=NOT_DUE_YET if last is None else last.isoformat(),
            alerts=tuple(self._told(differing, gone)),
        )

    @property
    def _prefix(self) -> str:
        return f"{BY_A_RULE}{self.name}:"

    def _event(self, due: Due, assets: AssetTable) -> Event:
        """Return the expense of one day, as the public door lets it in."""
        section = self.section
        public = {
            "kind": "expense",
            "id": f"{self._prefix}{due.on.isoformat()}",
            "at": print_instant(self.policy.calendar.noon(due.on)),
            "source": self.name,
            "category": section.category,
            "amount_usd": due.term.amount_usd,
            "business_share": section.business_share,
            "usage": section.usage,
            "owner": section.owner,
            "note": section.note,
        }
        told = {key: value for key, value in public.items() if value is not None}
        return parse_event(told, assets, f"rule {self.name}")

    def _differing(
        self, written: Mapping[str, Mapping[str, Any]], expected: Mapping[str, Event], assets: AssetTable
    ) -> list[str]:
        """Return the events of which the rule says something else than the book holds, or nothing at all."""
        held = {event.id: to_contract(event, assets) for event in self.policy.told_by(self.name)}
        rule = {name: to_contract(event, assets) for name, event in expected.items()}
        return [
            name
            for name, content in sorted(written.items())
            if not _agree(content, rule.get(name)) and name in held and not _agree(held[name], rule.get(name))
        ]

    def _first_words(self, differing: Iterable[str], expected: Mapping[str, Event]) -> list[Untaken]:
        """Return what the first words of the rule say otherwise than the book: nothing of the rule is then written."""
        days = [day for name in differing if not self.rule.is_of_a_change(day := self._day(name))]
        if not days:
            return []
        shown = ", ".join(map(str, days[:MOST_SHOWN])) + (" and more" if len(days) > MOST_SHOWN else "")
        is_due = f"{self._prefix}{days[0].isoformat()}" in expected
        says = "another amount or category" if is_due else "that nothing was due"
        return [
            Untaken(
                FIRST_WORDS,
                "",
                "the first words of the rule",
                f"they say {says} on {shown}, where the book has it otherwise: {NOTHING}",
                "what holds from a day on is a table `changes` with its start, or `until`; where what was written is "
                f"wrong, correct it (`lotwork add correction target={quote(self._prefix + days[0].isoformat())} …`) "
                "or void it; another bill is another rule, with a name of its own",
                at=self.policy.calendar.noon(days[0]),
            )
        ]

    def _settled(
        self, expected: Mapping[str, Event], differing: Iterable[str], recorded: Iterable[Event]
    ) -> frozenset[str]:
        """Return the events that are written and agree, but for words of a person's own: they are left alone."""
        calendar = self.policy.calendar
        there = {event.id: event for event in recorded}
        same_day = (name for name in expected if name in there and calendar.day(there[name].at) == self._day(name))
        return frozenset(same_day) - frozenset(differing)

    def _day(self, name: str) -> date:
        return date.fromisoformat(name.removeprefix(self._prefix))

    def _told(self, differing: Iterable[str], gone: Iterable[str]) -> Iterable[str]:
        void = frozenset(gone)
        corrected = [self._day(name) for name in differing if name not in void]
        for days, what in ((corrected, "corrected"), ([self._day(name) for name in void], "voided")):
            if days:
                span = f"{min(days)} to {max(days)}" if len(days) > 1 else f"{days[0]}"
                yield (
                    f"the rule {self.name} says otherwise of {len(days)} that it had written ({span}): {what} by "
                    "event; where a year among them is filed, see `lotwork diff`"
                )


def _agree(content: Mapping[str, Any], rule: Mapping[str, Any] | None) -> bool:
    """Say if an expense has the amount, category and share of the rule."""
    return rule is not None and all(content.get(key) == rule.get(key) for key in WHAT)
