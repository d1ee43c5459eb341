"""Looking round: what is known of each book, the alerts that calls for, and each of them into the outbox once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from lotwork.alerts.brief import Brief, brief_of
from lotwork.alerts.harvest import losses
from lotwork.alerts.rules import Alert, Loss, Payments, Silence, Situation, Thresholds, Unpriced, due_alerts
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.storage.batch import Appends, Batch, Head
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import CENT
from lotwork.ledger.zones import Calendar
from lotwork.projections.questions.add_command import in_book
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.live import LiveBook
from lotwork.service.health import Health
from lotwork.service.metrics import Metrics
from lotwork.service.pending import Pending

Asked: TypeAlias = tuple[Head, date, str | None]
"""What losses worth taking were last asked about: where the book ended, the day, and the fee of a sale."""
AskPayments: TypeAlias = Callable[[Book, date], Payments]
"""Returns the payments of the years that *today* may owe for."""

ASKED_FOR = timedelta(minutes=10)
"""A receipt seen for so long has had its price asked for: what was read just now is no news yet."""
CATCHING_UP = timedelta(hours=1)
"""How long after a start payments are held back at most, until the sources have answered and prices are in."""


class Monitor:
    """Watches the books of one store.

    After a start no amount is told before it can be right: a first scan finds a year's receipts, and a figure made
    of the first few of them would be sent, and never sent again.

    One that *keeps_books* folds onto them what is new; who watches hundreds keeps none, and folds a book again where
    it has grown or the day turned.
    """

    def __init__(
        self,
        store: EventStore,
        recorder: Appends,
        health: Health,
        metrics: Metrics,
        clock: Clock,
        *,
        pending: Pending,
        payments: AskPayments,
        scrub: Callable[[str], str],
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._health = health
        self._metrics = metrics
        self._clock = clock
        self._pending = pending
        self._ask_payments = payments
        self._scrub = scrub
        self.keeps_books = True
        self._books: dict[str, LiveBook] = {}
        self._calendars: dict[str, tuple[Head, Calendar]] = {}
        self._open: dict[str, int] = {}
        self.briefs: dict[str, Brief] = {}
        """Each book that was looked at, in a line."""
        self._due: dict[str, tuple[Head, date, Payments]] = {}
        self._losses: dict[str, tuple[Asked, Sequence[Loss]]] = {}
        self._queued: set[str] = set()
        self._begun = clock.monotonic()
        self._seen: dict[str, dict[str, float]] = {}

    def look(self, books: Sequence[str], thresholds: Thresholds) -> list[Alert]:
        """Queue every alert that *books* call for; return those that were not queued by this process before."""
        found: list[Alert] = []
        for book in books:
            found += self.queue(book, due_alerts(self.see(book, thresholds.harvest_fee), thresholds))
        return found

    def see(self, book: str, harvest_fee: str | None = None) -> Situation:
        """Return what is known of *book* now, and show the monitoring system of it what it may know."""
        situation = self.situation(book, harvest_fee)
        self._measure(situation)
        return situation

    def queue(self, book: str, alerts: Sequence[Alert]) -> list[Alert]:
        """Put *alerts* into the outbox; the outbox itself keeps an id it has known from being told again."""
        new = [alert._replace(body=in_book(alert.body, book)) for alert in alerts if alert.id not in self._queued]
        if new:
            self._recorder.append(Batch(book, outbox=tuple(alert.message(self._scrub) for alert in new)))
            self._queued.update(alert.id for alert in new)
        return new

    def situation(self, book: str, harvest_fee: str | None = None) -> Situation:
        """Return what is known of *book* now, with the losses that are worth *harvest_fee* where one is told."""
        now = self._clock.now()
        live, calendar = self._live(book)
        today = calendar.day(now)
        payments = self._payments(live, today)
        pending = self._pending.of(book, live.current() if self.keeps_books else None)
        waiting = pending.receipts
        self.briefs[book] = brief_of(payments, today, findings=self._open[book], waiting=len(waiting))
        asked = self._asked(book, waiting)
        ready = not self._is_catching_up(book, all_asked=len(asked) == len(waiting))
        return Situation(
            book=book,
            now=now,
            today=today,
            installments=payments.installments if ready else (),
            overdue=payments.overdue if ready else (),
            losses=self._worth_taking(live, (live.head, today, harvest_fee)) if ready else (),
            silences=[
                Silence(name, answered.since, silent, answered.trouble)
                for (where, name), (answered, silent) in self._health.sources().items()
                if where == book
            ],
            unpriced=asked,
            waiting=len(waiting),
            trouble=payments.trouble,
            state_trouble=payments.state_trouble,
        )

    def _live(self, book: str) -> tuple[LiveBook, Calendar]:
        """Return *book* as it is folded when it is asked for, and its calendar; its `head` is where it ends now."""
        live = self._books.get(book) or LiveBook(self._store, book)
        if self.keeps_books:
            self._books[book] = live
        known = self._calendars.get(book)
        head = self._store.head(book)
        if self.keeps_books or known is None or known[0] != head:
            calendar = live.current().history.calendar
            known = self._calendars[book] = (live.head, calendar)
        live.head = known[0]
        return live, known[1]

    def _asked(self, book: str, waiting: Sequence[tuple[str, datetime]]) -> list[Unpriced]:
        """Return those of the *waiting* receipts that were seen long enough ago to have had their price asked for."""
        now, before = self._clock.monotonic(), self._seen.get(book, {})
        seen = self._seen[book] = {receipt: before.get(receipt, now) for receipt, _ in waiting}
        return [Unpriced(receipt, at) for receipt, at in waiting if now - seen[receipt] >= ASKED_FOR.total_seconds()]

    def _is_catching_up(self, book: str, *, all_asked: bool) -> bool:
        """Say if the daemon started lately and *book* is not yet told of everything that happened meanwhile."""
        if self._clock.monotonic() - self._begun >= CATCHING_UP.total_seconds():
            return False
        sources = self._health.sources().items()
        return not all_asked or any(where == book and told.at is None for (where, _), (told, _) in sources)

    def _payments(self, live: LiveBook, today: date) -> Payments:
        """Return the payments, or why they cannot be computed; anew on a new day or when the book has grown."""
        book, head = live.head.book, live.head
        known = self._due.get(book)
        if known is None or known[:2] != (head, today):
            folded = live.current()
            try:
                payments = self._ask_payments(folded, today)
            except InputRefusedError as refused:
                payments = Payments(trouble=str(refused))
            known = self._due[book] = (head, today, payments)
            self._open[book] = len(dict.fromkeys(folded.told()))
        return known[2]

    def _worth_taking(self, live: LiveBook, asked: Asked) -> Sequence[Loss]:
        """Return the losses worth taking; none where the law of the year is not known, which the payments tell."""
        head, today, fee = asked
        known = self._losses.get(head.book)
        if known is None or known[0] != asked:
            try:
                worth = () if fee is None else losses(live.current(), today, fee)
            except InputRefusedError:
                worth = ()
            known = self._losses[head.book] = (asked, worth)
        return known[1]

    def _measure(self, situation: Situation) -> None:
        """Show what was seen to the monitoring system: counts and dates, no amounts."""
        book = situation.book
        waiting = self._pending.of(book)
        self._metrics.unpriced.labels(book).set(len(waiting.receipts))
        self._metrics.unmatched.labels(book).set(waiting.movements)
        head = self._store.head(book).position
        self._metrics.head.labels(book).set(head)
        self._metrics.lag.labels(book).set(head - waiting.position)
        dues = [one.due for one in situation.installments if one.due >= situation.today and one.shortfall_usd >= CENT]
        if dues:
            midnight = datetime.combine(min(dues), time(), tzinfo=situation.now.tzinfo)
            self._metrics.next_payment.labels(book).set(midnight.timestamp())
