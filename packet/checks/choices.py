"""Which lots a disposal takes: chosen by name, or by the standing order in force, if it was recorded in time.

Law: lots are identified no later than the date and time of the disposal, in the taxpayer's own books (Treas. Reg.
1.1012-1(j)(2)); units at a broker, where the relief of Notices 2025-7 and 2026-20 has ended, to the broker
(1.1012-1(j)(3)(ii)). What was not identified in time goes first in, first out.
"""

from __future__ import annotations

from collections import deque
from datetime import date, datetime

from lotwork.packet.checks.amounts import Days, Scales
from lotwork.packet.checks.history import Happening
from lotwork.packet.checks.law import Figures

ORDERS = ("fifo", "lifo", "hifo", "lofo")
Choice = tuple[str, int, "str | None"]


class Custody:
    """Whose word counts: of coins at a broker, from some day on, the broker's alone."""

    def __init__(self, wallets: list[Happening], days: Days, scales: Scales, law: Figures) -> None:
        self.days, self._scales, self._law = days, scales, law
        kept = {each.word("wallet"): each.text("custody") == "broker" for each in wallets}
        self.brokers = {wallet for wallet, is_broker in kept.items() if is_broker}

    def broker_alone(self, wallet: str, asset: str, at: datetime) -> bool:
        """Say whether only what the broker was told counts, for a disposal at an instant."""
        if wallet not in self.brokers:
            return False
        if self._scales.class_of(asset) == "security":
            return True
        day = self.days.day(at)
        if day < self._law.day("us/basis/broker_identification_from", day):
            return False
        first, last = self._law.span("us/basis/own_books_relief", day)
        return not first <= day <= last


class StandingOrders:
    """The elections of an order of lots."""

    def __init__(self, elections: list[Happening], custody: Custody) -> None:
        self._custody = custody
        told = [each for each in elections if each.text("method") in ORDERS]
        self._elections = sorted(
            told, key=lambda each: (each.text("wallet") is not None, each.text("asset") is not None, each.word("from"))
        )

    def in_force(self, wallet: str, asset: str, day: date, at: datetime) -> tuple[str, Happening | None]:
        """Return the order in force, and the election it comes from; first in, first out where there is none.

        One for a wallet beats one for all, one for a coin beats one for all, the later beats the earlier.
        """
        method: tuple[str, Happening | None] = ("fifo", None)
        for each in self._elections:
            if each.word("from") > day.isoformat() or each.at > at:
                continue
            if each.text("wallet") not in (None, wallet) or each.text("asset") not in (None, asset):
                continue
            told = each.get("with_broker") is True or each.text("method") == "fifo"
            if told or not self._custody.broker_alone(wallet, asset, at):
                method = (each.word("method"), each)
        return method


class NamedLots:
    """Lots chosen by name: in the disposal itself, or by a selection made before it."""

    def __init__(self, selections: list[Happening], custody: Custody) -> None:
        self._custody = custody
        self._for: dict[str, list[Happening]] = {}
        self._next: dict[tuple[str, str], deque[Happening]] = {}
        for each in selections:
            target = each.text("for")
            if target is not None:
                self._for.setdefault(target, []).append(each)
            else:
                self._next.setdefault((each.word("wallet"), each.word("asset")), deque()).append(each)

    def of(self, event: Happening, wallet: str) -> tuple[list[Choice], list[Happening]]:
        """Return the lots chosen for *event*, and the selections they come from."""
        alone = self._custody.broker_alone(wallet, event.word("asset"), event.at)
        if event.choices():
            return ([] if alone else event.choices()), []
        chosen: list[Choice] = []
        by: list[Happening] = []
        for each in self._for.get(event.id, ()):
            if each.at <= event.at and (not alone or each.get("with_broker") is True):
                chosen += each.choices()
                by.append(each)
        if chosen or event.kind == "transfer":
            return chosen, by
        waiting = self._next.get((wallet, event.word("asset")))
        if waiting and waiting[0].at <= event.at:
            first = waiting.popleft()
            if not alone or first.get("with_broker") is True:
                return first.choices(), [first]
        return [], []
