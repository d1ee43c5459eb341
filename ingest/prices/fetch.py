"""Prices for what is pending: the first source, else the next; nobody's silence is ever a price of 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias

from lotwork.ingest.ports import PriceSource
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import PriceSample

Why: TypeAlias = Literal["too_recent", "no_price", "unreachable", "refused"]

SETTLED = timedelta(minutes=2)
"""How old an instant is before its minute is asked for: the minute must be over and its candle published."""


ROUND_SECONDS = 120.0
"""After so long no further question is begun: each has a deadline of its own, and a round has many."""


class Wanted(NamedTuple):
    """A coin, and the instant its price is wanted for."""

    asset: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unpriced:
    """What stays pending, and why, in words."""

    wanted: Wanted
    why: Why
    reason: str
    silent: bool = False
    """Whether sources were asked, or would have been, and none told anything that can be believed."""


@dataclass(frozen=True, slots=True)
class Prices:
    """The samples found, each once, and what stays pending."""

    samples: tuple[PriceSample, ...]
    unpriced: tuple[Unpriced, ...]


def fetch_prices(
    wanted: Iterable[Wanted],
    sources: Sequence[PriceSource],
    *,
    clock: Clock,
    cross_check: bool = False,
    deadline_seconds: float = ROUND_SECONDS,
) -> Prices:
    """Return the samples that price *wanted*, asking *sources* in their order.

    With *cross_check* the later sources are asked too, so that a fold can say where two differ. A source that does not
    answer is not asked again in this call, and nobody once *deadline_seconds* are over.
    """
    end = clock.monotonic() + deadline_seconds
    asking = _Asking(sources)
    samples: dict[str, PriceSample] = {}
    unpriced: list[Unpriced] = []
    for item in dict.fromkeys(wanted):
        if clock.now() - item.at < SETTLED:
            unpriced.append(Unpriced(item, "too_recent", "its minute is not over yet"))
            continue
        if clock.monotonic() >= end:
            unpriced.append(
                Unpriced(
                    item, "unreachable", "the time for this round is over: it is asked for at the next", silent=True
                )
            )
            continue
        found = asking.ask(item, all_of_them=cross_check)
        samples.update((sample.id, sample) for sample in found)
        if not found:
            unpriced.append(asking.explain(item))
    return Prices(tuple(samples.values()), tuple(unpriced))


class _Asking:
    """One round of questions: remembers who fell silent, and what each said of the item at hand."""

    def __init__(self, sources: Sequence[PriceSource]) -> None:
        self._sources = sources
        self._silent: dict[str, str] = {}
        self._answers: list[tuple[Why, str]] = []

    def ask(self, item: Wanted, *, all_of_them: bool) -> list[PriceSample]:
        """Return the first sample found for *item*, and with *all_of_them* the second opinions that compare.

        A longer candle says nothing about a minute, and, recorded, it would be the price of its whole hour: another
        receipt in that hour would then never have its own minute asked for.
        """
        self._answers = []
        found: list[PriceSample] = []
        for source in self._sources:
            if found and not all_of_them:
                break
            sample = self._one(source, item)
            if sample is not None and (not found or _seconds(sample) <= _seconds(found[0])):
                found.append(sample)
        return found

    def _one(self, source: PriceSource, item: Wanted) -> PriceSample | None:
        if source.name in self._silent:
            self._answers.append(("unreachable", self._silent[source.name]))
            return None
        try:
            sample = source.fetch(item.asset, item.at)
        except SourceRefusedError as refused:
            self._answers.append(("refused", str(refused)))
            return None
        except SourceUnreachableError as silent:
            self._silent[source.name] = str(silent)
            self._answers.append(("unreachable", str(silent)))
            return None
        if sample is None:
            self._answers.append(("no_price", f"{source.name}: it has no price of {item.asset} then"))
        return sample

    def explain(self, item: Wanted) -> Unpriced:
        """Return why *item* stays pending: if any source may still answer, that is the reason."""
        if not self._answers:
            return Unpriced(item, "no_price", "no price source is configured: add one, or a `price` event")
        order: tuple[Why, ...] = ("unreachable", "refused", "no_price")
        why = next(why for why in order if any(answer[0] == why for answer in self._answers))
        silent = all(answer != "no_price" for answer, _ in self._answers)
        return Unpriced(item, why, "; ".join(dict.fromkeys(reason for _, reason in self._answers)), silent)


def _seconds(sample: PriceSample) -> int:
    """Return the length of a sample's interval; a sample of an instant has none."""
    return int((sample.interval or "0s").removesuffix("s"))
