"""What its own words say has not happened yet: a bank's held payment, an exchange's row that is told as pending.

It is no money yet. Once it is posted it is told again, mostly under the same words and with a number of its own, and
then both would count. Which of the two it is, a person says; until then both count and the return is not filed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from lotwork.ledger import events as e
from lotwork.ledger.not_yet import hints_not_yet, says_not_yet, words_beside
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import MICROS
from lotwork.projections.findings import Finding, put_for
from lotwork.projections.questions.add_command import correct_command
from lotwork.projections.questions.alike_money import DAYS, FEW_DAYS
from lotwork.projections.questions.asking import TWO, two_things, void_command

SAID_PENDING = "said_pending"
MOST_QUOTED = 40
SAME = ("wallet", "from_wallet", "to_wallet", "asset", "quantity", "amount_usd_micros", "year")
"""The keys in which a payment and its twin are alike."""
Held: TypeAlias = (
    e.Receipt | e.Purchase | e.GiftReceived | e.Sale | e.Transfer | e.Movement | e.Expense | e.BusinessIncome
    | e.Equipment | e.Payment
)  # fmt: skip
MAY_BE_HELD = (
    e.Receipt, e.Purchase, e.GiftReceived, e.Sale, e.Transfer, e.Movement, e.Expense, e.BusinessIncome, e.Equipment,
    e.Payment,
)  # fmt: skip
_ALONE = (
    "{event.id} says that it has not happened, or not yet ({said}): what is pending is no money yet, and it counts "
    "until you answer: if it was told again as it was posted, or never was, void it: `{void}`; if it happened, say "
    "so: `{so}`"
)
_TWINS = (
    "{event.id} says that it has not happened, or not yet ({said}), and {twin.id} tells the same amount within {days} "
    "days: if it is one payment, void the one that was pending: `{void}`; if these are two, say so: `{two}`"
)
_Place: TypeAlias = tuple[object, ...]


@dataclass(slots=True)
class PendingFold:
    """Asks about each event whose note says that it is pending, with the one that tells it as posted if any does."""

    findings: list[Finding]
    book: str = MAIN_BOOK
    waiting: dict[_Place, list[Held]] = field(default_factory=dict)
    """Those of the last days for which nothing posted was found: one may yet be told as posted."""
    _swept: datetime | None = None

    def held(self) -> list[Held]:
        """Return what another fold can go on from."""
        return [event for events in self.waiting.values() for event in events]

    def resume(self, held: Iterable[Held]) -> None:
        """Go on from *held*."""
        for event in held:
            self.waiting.setdefault(_place(event), []).append(event)

    def awaits(self, kind: type[Held]) -> bool:
        """Say if one of a *kind* may yet be told as posted."""
        return any(waits is kind for waits, *_ in self.waiting)

    def take(self, event: Held, recent: Sequence[e.Event]) -> None:
        """Fold one event, which came after those that are *recent*."""
        says = event.note is not None and says_not_yet(event.note)
        if not says and self.waiting and self._is_awaited(event):
            return
        if event.may_repeat == SETTLED or not (says or (event.note is not None and hints_not_yet(event.note))):
            return
        twin = next((other for other in _before(event, recent) if _is_posted_as(event, other)), None)
        if twin is not None:
            self.findings.append(self._ask_of_twins(event, twin))
            return
        if says:
            self.findings.append(self._ask(event))
        self._sweep(event.at)
        self.waiting.setdefault(_place(event), []).append(event)

    def _sweep(self, at: datetime) -> None:
        """Forget those for which nothing came in some days before *at*."""
        if self._swept is not None and at - self._swept <= FEW_DAYS:
            return
        self._swept = at
        late = [place for place, held in self.waiting.items() if at - held[-1].at > FEW_DAYS]
        for place in late:
            del self.waiting[place]

    def _is_awaited(self, event: Held) -> bool:
        """Ask of *event* and the held one that it may be as posted, in place of what was asked of that alone."""
        held = self.waiting.get(_place(event))
        if held is None:
            return False
        held[:] = [other for other in held if event.at - other.at <= FEW_DAYS]
        first = next((other for other in reversed(held) if _is_posted_as(other, event)), None)
        if first is not None:
            held.remove(first)
            put_for(SAID_PENDING, self.findings, self._ask_of_twins(first, event))
        if not held:
            del self.waiting[_place(event)]
        return first is not None

    def _ask(self, event: Held) -> Finding:
        so = correct_command(self.book, event.id, TWO, "it happened")
        words = _ALONE.format(event=event, said=_said(event), void=self._void(event), so=so)
        return Finding(SAID_PENDING, words, event.id)

    def _ask_of_twins(self, event: Held, twin: Held) -> Finding:
        two = two_things(self.book, event.id)
        words = _TWINS.format(event=event, said=_said(event), twin=twin, days=DAYS, void=self._void(event), two=two)
        return Finding("likely_twins", words, event.id)

    def _void(self, event: Held) -> str:
        return void_command(self.book, event.id)


def _said(event: Held) -> str:
    note = event.note or ""
    return f'"{note[:MOST_QUOTED]}{"…" if len(note) > MOST_QUOTED else ""}"'


def _before(event: Held, recent: Sequence[e.Event]) -> Iterator[Held]:
    """Yield those of the last days that tell as much in the same place, the last first."""
    place = _place(event)
    for other in reversed(recent):
        if event.at - other.at > FEW_DAYS:
            return
        if type(other) is type(event) and other.id != event.id and _place(other) == place:
            yield other


def _place(event: Held) -> _Place:
    """Return what a payment and its twin have in common: what it is, where, and how much."""
    cost = event.cost_usd_micros if isinstance(event, e.Equipment) else getattr(event, "refund_of", None) is None
    return (type(event), cost, *(getattr(event, key, None) for key in SAME))


def _is_posted_as(pending: Held, posted: Held) -> bool:
    """Say if *posted* may be what *pending* became: it does not say so itself, and it is for much the same."""
    note = posted.note or ""
    if posted.may_repeat in (SETTLED, pending.id) or says_not_yet(note) or hints_not_yet(note):
        return False
    one, two = words_beside(pending.note or ""), words_beside(note)
    if not says_not_yet(pending.note or ""):
        return len(one ^ two) <= 1 and bool(one & two)
    return not one or not two or len(one & two) * 2 >= min(len(one), len(two)) or _is_no_round_one(posted)


def _is_no_round_one(event: Held) -> bool:
    """Say if as much is a sign by itself: coins, or dollars with cents."""
    key = "cost_usd_micros" if isinstance(event, e.Equipment) else "amount_usd_micros"
    amount = getattr(event, key, None)
    return amount is None or amount % MICROS != 0
