"""Rows of an account as events: by the profile of the exchange's own export, under the ids that it would give them.

A row stops no other one. What is no event is left out and counted, what waits for a person's word is asked about, and
what no rule knows is refused by itself: all others are recorded, and the source is told to have failed until it is
settled.

Where what waits is of coins, it is in the book as a question: coins that came as a receipt that nobody explained, coins
that left as a movement. So it is in no figure, it stops the return, and is answered as every such question is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lotwork.ingest.exchanges.house import Cells, House
from lotwork.ingest.profiles.joined import unstaked
from lotwork.ingest.profiles.meaning import plain
from lotwork.ingest.profiles.profile import profile_named
from lotwork.ingest.profiles.reading import outcomes
from lotwork.ingest.profiles.roles import face_of_roles
from lotwork.ingest.profiles.row import AGAIN, CellError, NoEvent, Row, Told
from lotwork.ingest.sheets.assets import DECIMALS, is_money
from lotwork.ingest.suspense import Untaken
from lotwork.ledger.codec import same_event
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import AssetDeclared, Event
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.units import ZERO, Asset, AssetTable

ROW = "row"
"""What rows in suspense are one of."""
FEE_CREDITS = frozenset({"KFEE", "FEE"})
"""What Kraken gives to pay its fees with: it is no coin, and nothing of it is held."""
_SKIP = re.compile(r"--set '?skip=([^'`]*)'?")


@dataclass(slots=True)
class Meant:
    """What rows are."""

    events: list[Event] = field(default_factory=list)
    declared: list[AssetDeclared] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    silent: set[str] = field(default_factory=set)
    """The rows of those, by the exchange's id: they tell no event any more, if ever they did."""
    held: dict[str, str] = field(default_factory=dict)
    """What of the events is a question, by the event's id, with what is asked."""
    asked: dict[str, str] = field(default_factory=dict)
    """What waits for a person's word and is of no coins, by the exchange's id of its first row."""
    refused: dict[str, str] = field(default_factory=dict)
    """What no rule knows, likewise."""
    untaken: list[Untaken] = field(default_factory=list)
    """Each row of those two, as it is put in suspense."""

    def leave(self, refs: Sequence[Cells], reason: str, remedy: str) -> str:
        """Put the rows *refs* in suspense, and return what is said of them."""
        names = ", ".join(sorted({each.ref for each in refs}))
        first = refs[0]
        reason, remedy = in_settings(reason), in_settings(remedy)
        one = Untaken(ROW, first.ref, names, reason, remedy, at=first.at, evidence=first.evidence)
        self.untaken.append(one)
        return one.words


class Meaning:
    """Makes events of the rows of one account."""

    def __init__(self, house: House, *, source: str, wallet: str | None, settings: Told, start: datetime) -> None:
        self._house = house
        self._source = source
        self._wallet = wallet
        self._settings = settings
        self._start = start

    @property
    def prefix(self) -> str:
        """What the ids of its events begin with: what the export's do."""
        return f"{profile_named(self._house.profile).source or self._house.profile}:"

    def meant(self, cells: Sequence[Cells], assets: AssetTable) -> Meant:
        """Return what *cells*, in the order of their instants, are."""
        face = face_of_roles(self._house.profile, self._house.form)
        ordered = sorted(cells, key=lambda each: (each.at, each.ref))
        rows = [Row(self._source, number, each.roles, face, self._settings) for number, each in enumerate(ordered)]
        made = Meant()
        for row, each in zip(rows, ordered, strict=True):
            if each.waits:
                assets, held = self._hold([(row, each)], each.waits, made, assets)
                if not held:
                    why = f"your word is needed: {each.waits}"
                    made.asked[each.ref] = made.leave([each], why, f"record it by hand; then {_done([each])}")
        rows = [row for row in rows if not ordered[row.line].waits]
        for group, outcome in outcomes(face, rows, self._wallet or face.profile.wallet, self._settings):
            refs = [ordered[row.line] for row in group]
            if isinstance(outcome, NoEvent):
                held = False
                if outcome.asked:
                    assets, held = self._hold([*zip(group, refs, strict=True)], outcome.why, made, assets)
                if held:
                    continue
                if outcome.asked:
                    how = f"{outcome.how or 'record it by hand'}; then {_done(refs)}"
                    made.asked[refs[0].ref] = made.leave(refs, f"your word is needed: {outcome.why}", how)
                else:
                    made.left_out[outcome.why] += len(group)
                    made.silent |= {each.ref for each in refs}
                continue
            if isinstance(outcome, CellError):
                why, how = of_api(outcome, refs[0].roles.get("note", ""))
                how = f"{how}, and {_done(refs)}"
                made.refused[refs[0].ref] = made.leave(refs, why, how)
                continue
            deal, events = outcome
            try:
                new, table = self._parsed(deal.ref or refs[0].ref, events, refs, assets)
            except InputRefusedError as refused:
                why = "; ".join(map(str, refused.problems)) or str(refused)
                how = f"record it by hand if it is of this book, and {_done(refs)}"
                made.refused[refs[0].ref] = made.leave(refs, why, how)
                continue
            again = _told_already(new, made.events)
            if again:
                how = f"record this one by hand, and {_done(refs)}"
                made.refused[refs[0].ref] = made.leave(refs, again, how)
                continue
            made.declared += table
            assets = assets.with_declared(Asset(each.asset, each.decimals) for each in table)
            made.events += new
        return made

    def _hold(
        self, group: Sequence[tuple[Row, Cells]], why: str, made: Meant, assets: AssetTable
    ) -> tuple[AssetTable, bool]:
        """Put the coins of rows that wait for a word into the book as questions; return if there were any."""
        held: list[Event] = []
        declared: list[AssetDeclared] = []
        for row, cells in group:
            try:
                content = waiting(row, self._wallet or row.face.profile.wallet, why)
                new, table = self._parsed(cells.ref, [content] if content else [], [cells], assets)
            except (CellError, NoEvent, InputRefusedError):
                return assets, False
            held += new
            declared += table
            assets = assets.with_declared(Asset(each.asset, each.decimals) for each in table)
        made.events += held
        made.declared += declared
        made.held.update({event.id: in_settings(f"{event.id}: your word is needed: {why}") for event in held})
        return assets, bool(held)

    def _parsed(
        self, ref: str, contents: Iterable[Mapping[str, object]], refs: Sequence[Cells], assets: AssetTable
    ) -> tuple[list[Event], list[AssetDeclared]]:
        found: list[Event] = []
        declared: list[AssetDeclared] = []
        where = f"{self._source}: {refs[0].ref}"
        for place, content in enumerate(contents):
            asset = str(content.get("asset", ""))
            if asset in DECIMALS and assets.get(asset) is None:
                new = AssetDeclared(
                    id=f"asset:{asset}", at=self._start, asset=asset, decimals=DECIMALS[asset], source=self._source
                )
                declared.append(new)
                assets = assets.with_declared([Asset(asset, new.decimals)])
            name = f"{self.prefix}{ref}" + (f":{place + 1}" if place else "")
            told = {**content, "id": name, "source": self._source, "evidence": refs[0].evidence}
            found.append(parse_event(told, assets, where))
        return found, declared


def waiting(row: Row, wallet: str, why: str) -> dict[str, object] | None:
    """Return what holds the coins of a row until a person says *why* they came or left; None where it moved none.

    Raises CellError where the row does not tell them.
    """
    asset, number = unstaked(row), row.number("quantity") or ZERO
    fee = row.number("fee") or ZERO
    if is_money(asset) or asset in FEE_CREDITS or (number > 0 and fee >= number) or not (number or fee > 0):
        return None
    told: dict[str, object] = {"at": row.instant(), "wallet": wallet, "asset": asset, "txid": row.text("txid")}
    if number > 0:
        told |= {"kind": "receipt", "quantity": plain(number - max(fee, ZERO)), "income": "other"}
        told["doubt"] = "unexplained"
    elif number < 0:
        told |= {"kind": "movement", "quantity": plain(-number), "fee_quantity": plain(fee) if fee > 0 else ""}
    else:
        told |= {"kind": "movement", "quantity": plain(fee)}
    return {key: said for key, said in {**told, "note": why}.items() if said}


def _told_already(new: Sequence[Event], told: Sequence[Event]) -> str:
    """Return what is wrong where a row has the id of another that tells other coins; empty where none is."""
    named = {event.id for event in new}
    other = next((event for event in told if event.id in named), None)
    if other is None or any(same_event(event, other) for event in new):
        return ""
    return f"another row has its id {other.id} and tells something else"


def _done(refs: Sequence[Cells]) -> str:
    return f"write {', '.join(each.ref for each in refs)} into `done` of this source"


def of_api(refused: CellError, note: str) -> tuple[str, str]:
    """Return why a row that says *note* was refused, and what to do: of an API no file can be exported again."""
    reason, remedy = refused.reason, refused.remedy
    if AGAIN in remedy:
        reason = reason.replace("it is empty", "the exchange's API does not tell it")
        remedy = "record it by hand, in dollars of that day"
    return f"{refused.column}: {reason}{f' ({note})' if note else ''}", remedy


def in_settings(words: str) -> str:
    """Return *words* with what a command would be told as the settings of a source say it."""
    words = _SKIP.sub(r'`set = { skip = "\1" }` of this source', words)
    return words.replace("--set ", "`set` of this source: ")
