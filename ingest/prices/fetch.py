"""Prices for what is pending: the first source that has one, in the order of the settings; silence is never a 0.

A source that answers that it has none is passed over at once. One that does not answer (it is asked too often, away,
or not to be believed) is not: the next one's price would be another figure, and which of the two a receipt got would
hang on a second's weather. It is waited for; only where it has not answered for hours does the next stand in, and the
event says for whom (docs/adr/0021-who-stands-in-for-a-price.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from lotwork.ingest.ports import PriceSource
from lotwork.ingest.prices.states import NoPriceError, StalePriceError, TooRecentError, UnknownCoinError
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import RateLimitedError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import PriceSample
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.projections.unpriced import ANSWERS, IN_WORDS, Why

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
    wait_seconds: float = 0.0
    """How long whoever is asked too often wants silence; 0 where nobody said."""


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
    asking: Asking | None = None,
    stands_in: Callable[[Wanted], bool] = lambda _wanted: False,
) -> Prices:
    """Return the samples that price *wanted*, asking *sources* in their order.

    With *cross_check* the later sources are asked too, so that a fold can say where two differ. A source that does not
    answer is not asked again in this call, or with the same *asking*, and nobody once *deadline_seconds* are over.
    *stands_in* says whether a later source may stand in for one that does not answer.
    """
    end = clock.monotonic() + deadline_seconds
    asking = Asking(sources) if asking is None else asking
    samples: dict[str, PriceSample] = {}
    unpriced: list[Unpriced] = []
    for item in dict.fromkeys(wanted):
        if clock.now() - item.at < SETTLED:
            unpriced.append(Unpriced(item, "too_recent", "its minute is not over yet"))
            continue
        if clock.monotonic() >= end:
            words = "the time for this round is over: it is asked for at the next"
            unpriced.append(Unpriced(item, "round_over", words, silent=True))
            continue
        found = asking.ask(item, all_of_them=cross_check, stands_in=stands_in(item))
        samples.update((sample.id, sample) for sample in found)
        if not found:
            unpriced.append(asking.explain(item))
    return Prices(tuple(samples.values()), tuple(unpriced))


class Silence(NamedTuple):
    """What one source said of an item instead of a price."""

    source: str
    why: Why
    reason: str
    wait_seconds: float = 0.0


class Asking:
    """One round of questions: remembers who fell silent, and what each said of the item at hand."""

    def __init__(self, sources: Sequence[PriceSource]) -> None:
        self._sources = sources
        self.silent: dict[str, Silence] = {}
        """Who did not answer, and is not asked again in this round."""
        self.answered: set[str] = set()
        """Who told something that can be believed."""
        self._said: list[Silence] = []
        self._unasked: tuple[str, ...] = ()

    def ask(self, item: Wanted, *, all_of_them: bool, stands_in: bool = False) -> list[PriceSample]:
        """Return the first sample found for *item*, and with *all_of_them* the second opinions that compare.

        A longer candle says nothing about a minute, and, recorded, it would be the price of its whole hour: another
        receipt in that hour would then never have its own minute asked for. One that is shorter than the first comes
        before it, since it is the price.
        """
        self._said, self._unasked = [], ()
        found: list[PriceSample] = []
        for place, source in enumerate(self._sources):
            if found and not (all_of_them and self._compares(source, item, found[0])):
                continue
            told = self._one(source, item)
            if isinstance(told, PriceSample):
                if not found:
                    found.append(self._standing_in(told))
                elif _seconds(told) <= _seconds(found[0]):
                    found.append(told)
                continue
            if found:
                continue
            self._said.append(told)
            if told.why == "too_recent" or (told.why not in ANSWERS and not stands_in):
                self._unasked = tuple(each.name for each in self._sources[place + 1 :])
                break
        return sorted(found, key=_seconds)

    def hold(self, name: str, until: datetime, now: datetime) -> None:
        """Do not ask the source *name* in this round: it wants silence until then."""
        when = print_instant(until.replace(microsecond=0))
        words = f"{name}: rate limited: it wants no question until {when}, and is asked again then"
        self.silent[name] = Silence(name, "rate_limited", words, (until - now).total_seconds())

    def _compares(self, source: PriceSource, item: Wanted, first: PriceSample) -> bool:
        """Say if *source* can say anything of what *first* says, at no question of its own."""
        return source.name not in self.silent and source.finest_seconds <= _seconds(first) and source.compares(item.at)

    def _standing_in(self, sample: PriceSample) -> PriceSample:
        """Return *sample* with those it stands in for: who comes before and did not answer."""
        missed = [f"{one.source} ({IN_WORDS[one.why]})" for one in self._said if one.why not in ANSWERS]
        return msgspec.structs.replace(sample, instead_of=", ".join(missed)) if missed else sample

    def _one(self, source: PriceSource, item: Wanted) -> PriceSample | Silence:
        known = self.silent.get(source.name)
        if known is not None:
            return known
        try:
            sample = source.fetch(item.asset, item.at)
        except StalePriceError as old:
            told = Silence(source.name, "stale", str(old))
        except UnknownCoinError as unknown:
            told = Silence(source.name, "unknown_coin", str(unknown))
        except NoPriceError as none:
            told = Silence(source.name, "no_price", str(none))
        except TooRecentError as recent:
            return Silence(source.name, "too_recent", str(recent), recent.wait_seconds)
        except SourceRefusedError as refused:
            return Silence(source.name, "refused", str(refused))
        except RateLimitedError as limited:
            return self._fell_silent(Silence(source.name, "rate_limited", str(limited), limited.wait_seconds))
        except SourceUnreachableError as silent:
            return self._fell_silent(Silence(source.name, "unreachable", str(silent)))
        else:
            self.answered.add(source.name)
            none_then = Silence(source.name, "no_price", f"{source.name}: it has no price of {item.asset} then")
            return none_then if sample is None else sample
        self.answered.add(source.name)
        return told

    def _fell_silent(self, silence: Silence) -> Silence:
        self.silent[silence.source] = silence
        return silence

    def explain(self, item: Wanted) -> Unpriced:
        """Return why *item* stays pending: if any source may still answer, that is the reason."""
        if not self._said:
            return Unpriced(item, "no_price", "no price source is configured: add one, or a `price` event")
        order: tuple[Why, ...] = (
            "too_recent", "rate_limited", "unreachable", "refused", "stale", "unknown_coin", "no_price",
        )  # fmt: skip
        why = next(why for why in order if any(said.why == why for said in self._said))
        silent = all(said.why not in ANSWERS for said in self._said)
        reasons = list(dict.fromkeys(said.reason for said in self._said))
        if self._unasked:
            others = " and ".join(self._unasked)
            reasons.append(f"it is waited for, and {others} not asked in its place yet (see stand_in_hours)")
        wait = max(said.wait_seconds for said in self._said)
        return Unpriced(item, why, "; ".join(reasons), silent, wait)


def _seconds(sample: PriceSample) -> int:
    """Return the length of a sample's interval; a sample of an instant has none."""
    return int((sample.interval or "0s").removesuffix("s"))
