"""What the daemon has to tell: what it sees in the books, what failed, and that the ledger itself is refused.

All goes through the outbox, in the ledger itself, but for the one thing that such a ledger cannot carry.
"""

from __future__ import annotations

import logging
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import structlog

from lotwork.alerts.bounded_command import run_bounded
from lotwork.alerts.brief import Brief
from lotwork.alerts.build import thresholds_of
from lotwork.alerts.channels import Channel, NotDeliveredError
from lotwork.alerts.delivery import Delivery
from lotwork.alerts.elsewhere import Place, head_messages, held_against, places_of, tell
from lotwork.alerts.monitor import AskPayments, Monitor
from lotwork.alerts.rules import Alert, backup_failed, chain_failure, job_failed, newer_ledger
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import IntegrityError, LotworkError, NewerFormatError, StorageError
from lotwork.ledger.storage.batch import Appends, Head, Message
from lotwork.ledger.storage.verify import Verification
from lotwork.ledger.store import EventStore
from lotwork.service.backups import back_up_if_due
from lotwork.service.health import Health
from lotwork.service.ledger_place import open_log
from lotwork.service.metrics import Metrics
from lotwork.service.pending import Pending
from lotwork.service.settings import WEBHOOK, Alerts, Backup, Heads

log = structlog.get_logger("lotwork.alerts")
COMMAND_SECONDS = 3600
"""What a command that carries a backup away may take."""
MOST_PRINTED_BYTES = 1 << 20


class Notifier:
    """The voice of one daemon. Until `attach` it has no ledger, and tells only of damage."""

    def __init__(
        self,
        channels: Sequence[Channel],
        settings: Alerts,
        health: Health,
        metrics: Metrics,
        clock: Clock,
        *,
        scrub: Callable[[str], str],
        whose: str = "",
        keeps_books: bool = True,
    ) -> None:
        self.settings = settings
        self._whose, self._keeps_books = whose, keeps_books
        self._delivery = Delivery(channels, clock, pending=self._of_others, whose=whose)
        self._of: dict[str, Delivery] = {}
        """By each book that has channels of its own."""
        self._monitor: Monitor | None = None
        self._health = health
        self._metrics = metrics
        self._clock = clock
        self._scrub = scrub
        self._heads = Heads()
        self._places: tuple[Place, ...] = ()
        self._told: Mapping[str, Head] | None = None
        self._troubles: set[str] = set()
        self._backup = Backup()
        self._to_carry: Path | None = None
        """A backup that was made, and that the command did not take."""

    def attach(self, store: EventStore, recorder: Appends, pending: Pending, payments: AskPayments) -> None:
        """Use the outbox of *store* from now on; what is queued goes into it through *recorder*."""
        for each in self._deliveries:
            each.store = store
        self._monitor = Monitor(
            store,
            recorder,
            self._health,
            self._metrics,
            self._clock,
            pending=pending,
            payments=payments,
            scrub=self._scrub,
        )
        self._monitor.keeps_books = self._keeps_books

    def use(
        self,
        channels: Sequence[Channel],
        settings: Alerts,
        heads: Heads,
        backups: Backup,
        of: Mapping[str, Sequence[Channel]] | None = None,
    ) -> None:
        """Tell over *channels* from now on, by these *settings*, and where each book ends to the places of *heads*.

        *backups* says where the ledger is copied to, and *of* by which channels the books are told of that have some
        of their own.
        """
        self._backup = backups
        self._delivery.channels = tuple(channels)
        before, self._of = self._of, {}
        for book, own in (of or {}).items():
            self._of[book] = before.get(book) or self._delivery_of(book)
            self._of[book].channels = tuple(own)
        self.settings = settings
        self._heads = heads
        self._places = places_of(heads, self._health.home)

    def look(self) -> None:
        """Queue every alert the books call for, and tell where they end."""
        for book in self.tell_where_books_end():
            if book in self.settings.all_books:
                self.look_at(book)

    def tell_where_books_end(self) -> tuple[str, ...]:
        """Tell the places where each book ends; return the books there are, none where nothing is to be told now."""
        if self._monitor is None or not self._health.chain_ok or self._delivery.store is None:
            return ()
        known = self._delivery.store.books()
        self._tell_heads({book: self._delivery.store.head(book) for book in known})
        return known

    def look_at(self, book: str) -> None:
        """Queue every alert that *book* calls for; one that nobody is told of is looked at, for a line of it."""
        if self._monitor is None or not self._health.chain_ok:
            return
        if book not in self.settings.all_books:
            self._monitor.see(book)
            return
        for alert in self._monitor.look([book], thresholds_of(self.settings.voice(book))):
            log.info("alert queued", alert_id=alert.id)

    def held_against(self, found: Verification) -> Verification:
        """Return *found* with what was told elsewhere and is not in the ledger; tell a webhook what is sound."""
        found = held_against(self._places, self._health.home, found)
        hears = (each for each in self._delivery.channels if each.name == WEBHOOK and WEBHOOK in self._heads.also)
        for channel in hears if found.ok else ():
            for message in head_messages(found.heads):
                try:
                    channel.send(message)
                except NotDeliveredError as failed:
                    log.warning("a head was not told", why=str(failed))
        return found

    def _tell_heads(self, heads: Mapping[str, Head]) -> None:
        """Tell the places where each book ends, where that has changed; one that is not reached is told again."""
        if heads == self._told:
            return
        troubles = tell(self._places, heads, self._clock.now())
        self._told = None if troubles else heads
        for trouble in troubles:
            log.log(logging.DEBUG if trouble in self._troubles else logging.WARNING, trouble)
        self._troubles = set(troubles)

    def deliver(self, book: str | None = None) -> None:
        """Hand over what is queued; of a damaged ledger only the word that it is.

        Of a *book* that has channels of its own, to those; else of all that have none.
        """
        delivery = self._delivery if book is None else self._of.get(book)
        if delivery is None:  # its settings are gone
            return
        if self._health.chain_ok and delivery.store is not None:
            delivery.deliver()
            self._metrics.outbox.set(len(delivery.store.pending()))
        else:
            delivery.deliver_urgent()

    @property
    def briefs(self) -> Mapping[str, Brief]:
        """Each book that was looked at, in a line."""
        return {} if self._monitor is None else self._monitor.briefs

    @property
    def _deliveries(self) -> tuple[Delivery, ...]:
        return (self._delivery, *self._of.values())

    def _of_others(self, store: EventStore) -> Sequence[Message]:
        """Return what is queued of the books that have no channels of their own."""
        return store.pending(without=self._of)

    def _delivery_of(self, book: str) -> Delivery:
        def pending(store: EventStore) -> Sequence[Message]:
            return store.pending(books=(book,))

        return Delivery((), self._clock, self._delivery.store, pending=pending, whose=self._whose)

    def back_up(self) -> None:
        """Make a backup where one is due, and hand it to the command that carries it away; tell where that fails."""
        if self._backup.folder is None or not self._health.chain_ok:
            return
        try:
            with open_log(self._health.home) as ledger:
                made = back_up_if_due(ledger, self._backup, self._clock)
            if made is not None:
                log.info("backup made", file=str(made))
            self._carry(made or self._to_carry)
        except IntegrityError:
            raise  # told as what it is
        except LotworkError as failed:
            self._tell(backup_failed(str(failed), self._clock.now()))
            raise

    def _carry(self, made: Path | None) -> None:
        """Hand *made* to the command; where that does not take it, it is given it again at the next look."""
        if made is None or self._backup.then is None or not made.exists():
            self._to_carry = None
            return
        self._to_carry = made
        words = (*shlex.split(self._backup.then), str(made))
        try:
            run_bounded(words, b"", seconds=COMMAND_SECONDS, most_bytes=MOST_PRINTED_BYTES)
        except StorageError as failed:
            raise StorageError(f"{made}: was made, and {words[0]} did not take it: {failed}") from failed
        self._to_carry = None

    def round_failed(self, job: str, why: str) -> None:
        """Tell that a round failed by a bug."""
        self._tell(job_failed(job, why, self._clock.now()))

    def _tell(self, alert: Alert) -> None:
        """Queue *alert*; tell it past the outbox where the ledger does not take it."""
        try:
            if self._monitor is not None:
                self._monitor.queue(self.settings.books[0], [alert])
        except LotworkError:
            self._tell_now(alert)

    def _tell_now(self, alert: Alert) -> None:
        """Tell *alert*, which is of every book, past the outbox over every channel."""
        for each in self._deliveries:
            each.tell_now(alert.message(self._scrub))

    def ledger_refused(self, why: IntegrityError) -> None:
        """Have nothing recorded any more in a ledger that is damaged, or of a newer Lotwork, and say so once.

        It is told past the outbox, which is in the ledger.
        """
        is_news, trouble = self._health.chain_ok is not False, str(why)
        self._health.verified(self._scrub(trouble))
        if not is_news:
            return
        if isinstance(why, NewerFormatError):
            log.critical("a newer Lotwork wrote the ledger: nothing is recorded by this one", why=trouble)
            self._tell_now(newer_ledger(trouble))
        else:
            log.critical("the ledger is damaged: recording has stopped", why=trouble)
            self._tell_now(chain_failure(trouble))
