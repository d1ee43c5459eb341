"""What an account tells against what the log says of it, and the events that make the two agree.

What was told before is known by its id; what is told otherwise is corrected by event, and what is no longer listed is
void, and back where it is listed again. A person's own corrections stay on top, and what an import of the exchange's
export told, under the same id or as the same deal, is left as it stands until the exchange tells its own row otherwise
(`told_by_both`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lotwork.ingest.exchanges.cursor import Same
from lotwork.ingest.exchanges.house import Cells
from lotwork.ingest.exchanges.meaning import ROW, Meant
from lotwork.ingest.exchanges.told_by_both import Found, Sort, ToldByBoth, said_by, sort_of, taking_back
from lotwork.ingest.missing import CUT, cut_out
from lotwork.ingest.reorganisations import Notice, Recorded, effective_accounts, reconcile, recorded_of
from lotwork.ingest.suspense import Untaken
from lotwork.ledger.codec import kind_of
from lotwork.ledger.events import AssetDeclared, Correction, Event, Void
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.public_form.keys import keys_of
from lotwork.ledger.same_deals import PARTS, SECONDS, base_of, is_part
from lotwork.ledger.told_again import essence_of
from lotwork.ledger.units import CENT, ONE_DAY, AssetTable

SAID_OTHERWISE = "the exchange tells it otherwise, or no longer"
OTHERWISE = "otherwise"
"""What an import told otherwise, in suspense."""


@dataclass(frozen=True, slots=True)
class Amending:
    """The log of an account's book, as its source *name* knows it; *prefix* is what the ids of events begin with."""

    log: Recorded
    book: str
    name: str
    prefix: str
    holds: Callable[[Event], Event | None]
    """Returns an event as a person's corrections leave it; None where it is void."""
    both: ToldByBoth

    def amended(
        self, meant: Meant, assets: AssetTable, now: datetime
    ) -> tuple[tuple[Event, ...], list[Untaken], Found]:
        """Return the events by which the log comes to say what was told, and what others told otherwise.

        Beside them what an import of the exchange's export is found to tell too.
        """
        otherwise: list[Untaken] = []
        ids = [event.id for event in meant.events]
        parts = {f"{base_of(name)}:{part}" for name in ids for part in PARTS}
        recorded = recorded_of(self.log, self.book, [*ids, *parts.difference(ids)])
        of_others = {
            event.id: event
            for event in recorded
            if event.source != self.name and not isinstance(event, Void | Correction)
        }
        reused = self._of_another_deal(meant, recorded)
        notice = self._notice(now)
        fresh = [event for event in meant.events if event.id not in of_others]
        found = self.both.found(fresh, {event.id for event in recorded}, assets, notice)
        kept_out = {*of_others, *found.same, *reused}
        own = [event for event in meant.events if event.id not in kept_out]
        for event in meant.events:
            other = self.holds(of_others[event.id]) if event.id in of_others else None
            known = self.both.before.get(event.id)
            if event.id not in of_others or other is None:
                continue
            if _is_as_told(other, event, assets):
                found.same[event.id] = Same(event.id, said_by(event))
            elif known is not None and known.other == event.id and known.said != said_by(event):
                alone = sum(base_of(each.id) == base_of(event.id) for each in meant.events) == 1
                self.both.revise(event, assets, notice, found, alone=alone)
            else:
                otherwise.append(_otherwise(other, event, assets))
        otherwise += (_otherwise(other, event, assets) for other, event in found.otherwise)
        told = reconcile(
            [event for event in recorded if event.id not in of_others],
            own,
            doubted=[*(event.id for event in own), *parts - of_others.keys() - reused],
            assets=assets,
            notice=notice,
        )
        assets_known = self.log.assets(self.book)
        declared = [each for each in meant.declared if assets_known.get(each.asset) is None]
        return (*declared, *told, *found.revised), otherwise, found

    def _of_another_deal(self, meant: Meant, recorded: Iterable[Event]) -> set[str]:
        """Return the ids under which another coin of another day was recorded: it stands, and they are refused."""
        before = {
            event.id: event
            for event in recorded
            if event.source == self.name and not isinstance(event, Void | Correction) and not is_part(event.id)
        }
        reused: set[str] = set()
        for event in meant.events:
            old = before.get(event.id)
            if old is None or getattr(old, "asset", None) == getattr(event, "asset", None):
                continue
            if abs(old.at - event.at) > ONE_DAY:
                reused |= {event.id, *(f"{event.id}:{part}" for part in PARTS)}
                told = f"{getattr(old, 'asset', 'something else')} of {old.at:%Y-%m-%d}"
                ref = event.id.removeprefix(self.prefix)
                one = Untaken(
                    ROW,
                    ref,
                    ref,
                    f"the exchange told {told} under the id {event.id}, which stands",
                    "record what it tells under it now by hand, and write the row into `done` of this source",
                    at=event.at,
                    evidence=event.evidence,
                )
                meant.untaken.append(one)
                meant.refused[ref] = one.words
        return reused

    def recorded(
        self, first: datetime, last: datetime, oldest: Mapping[Sort, datetime] | None = None
    ) -> dict[str, int]:
        """Return what holds of what the source told of the time from *first* until *last*: each id with its instant.

        Nothing from before the *oldest* of its sort, where that is told: a list may have dropped it.
        """
        told = [
            event.id
            for _, event in self.log.read(self.book, source=self.name)
            if event.id.startswith(self.prefix) and not isinstance(event, Void | Correction | AssetDeclared)
        ]
        holds = (account.event for account in effective_accounts(recorded_of(self.log, self.book, told)))
        holds = (event for event in holds if self.holds(event) is not None)
        kept = (event for event in holds if oldest is None or event.at >= oldest.get(sort_of(event), last))
        return {event.id: int(event.at.timestamp()) for event in kept if first < event.at < last}

    def withdrawn(
        self, gone: Sequence[str], expected: Mapping[str, int], missing: Collection[str], now: datetime
    ) -> tuple[tuple[Event, ...], list[str], list[Untaken]]:
        """Return the events that take out what is *gone* of *expected*, the words for a person, and a list cut short.

        *missing* is what is not listed and not gone yet. Rows that a list lost by being cut stand (`cut_out`).
        """
        cut = cut_out({*gone}, expected, missing)
        shorter = [_cut_short([each for each in gone if each in cut], expected)] if cut else []
        gone = [each for each in gone if each not in cut]
        if not gone:
            return (), [], shorter
        recorded, assets = recorded_of(self.log, self.book, gone), self.log.assets(self.book)
        words = [f"{name} was recorded, and the exchange no longer lists it: it is void" for name in gone]
        return reconcile(recorded, (), doubted=gone, assets=assets, notice=self._notice(now)), words, shorter

    def standing(self, names: Sequence[str], expected: Mapping[str, int]) -> list[Untaken]:
        """Return the question about *names*, rows that a list lost by being cut; nothing where there are none."""
        return [_cut_short(names, expected)] if names else []

    def _notice(self, now: datetime) -> Notice:
        return Notice(source=self.name, noted=now, because=SAID_OTHERWISE)

    def names_of(self, rows: Iterable[Cells]) -> Iterator[str]:
        """Yield what the events of *rows* may be called, but for their parts."""
        for row in rows:
            yield from (
                f"{self.prefix}{name}" for name in {row.ref, row.roles.get("id", ""), row.roles.get("ref", "")} if name
            )


def _cut_short(gone: Sequence[str], expected: Mapping[str, int]) -> Untaken:
    return Untaken(
        CUT,
        "",
        f"{len(gone)} rows that were recorded and are no longer listed, {gone[0]} the first",
        "the exchange may have cut its list, so all of them stand",
        f"see there, and void what was taken back: {taking_back(gone[0])}",
        at=datetime.fromtimestamp(min(expected[name] for name in gone), UTC),
        told=" ".join(gone),
    )


def _otherwise(other: Event, event: Event, assets: AssetTable) -> Untaken:
    here, there = _said(other, assets), _said(event, assets)
    names = sorted(name for name in here.keys() | there if not _is_alike(name, here.get(name), there.get(name)))
    told = ", ".join(f"{name} {here.get(name)} and {there.get(name)}" for name in names)
    return Untaken(
        OTHERWISE,
        event.id,
        event.id,
        f"{other.source or 'a person'} told it before, otherwise than the exchange ({told or 'another kind'})",
        "it stands as it was told; compare it there, and correct it where it is wrong: the next monthly look "
        "then finds that both agree",
        at=min(other.at, event.at),
        evidence=event.evidence,
    )


def _said(event: Event, assets: AssetTable) -> dict[str, Any]:
    """Return what makes *event* the one it is, and its fees, which are none where it does not say so."""
    public, known = to_contract(event, assets), keys_of(kind_of(event))
    fees = {name: Decimal(public.get(name) or 0) for name in ("fee_usd", "fee_quantity") if name in known}
    return essence_of(event, assets) | fees


def _is_as_told(one: Event, two: Event, assets: AssetTable) -> bool:
    """Say if two tellers of one id mean one thing: dollars to the cent, and instants to the second, as files round."""
    here, there = _said(one, assets), _said(two, assets)
    if kind_of(one) != kind_of(two) or here.keys() != there.keys():
        return False
    return all(_is_alike(name, here[name], there[name]) for name in here)


def _is_alike(name: str, one: Any, two: Any) -> bool:
    if name == "at":
        return str(one)[:SECONDS] == str(two)[:SECONDS]
    return one == two or (name.endswith("_usd") and None not in (one, two) and abs(Decimal(one) - Decimal(two)) <= CENT)


def are_told(recorded: Iterable[str], named: Collection[str]) -> set[str]:
    """Return those ids of *recorded* of which *named* has them, or the row that they are a part of."""
    return {name for name in recorded if name in named or (is_part(name) and base_of(name) in named)}
