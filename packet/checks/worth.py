"""What each receipt and each fee was worth, and which of them are no income yet: the stream that lots are made from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction

from lotwork.packet.checks.amounts import MOST_SCALE, Days, in_units, worth
from lotwork.packet.checks.history import Happening, Holding
from lotwork.packet.checks.law import Figures
from lotwork.packet.checks.telling import Report, Told, short

INTERVAL_TEXT = re.compile(r"([1-9][0-9]{0,5})([smhd])?", re.ASCII)
SECONDS_OF = {"s": 1, "m": 60, "h": 3600, "d": 86400}
AROUND = timedelta(hours=1)
FEE_NOTES = ("gas", "the miner's fee of moving coins between own addresses")
TRADE_INCOME = ("block_reward", "transaction_fee", "pool_payout", "bonus", "referral", "hosting")
FOR_VALIDATING = ("block_reward", "transaction_fee", "pool_payout", "staking")
DEFERRED = "us/income/mining_deferred"


class PriceBook:
    """The price samples: the shortest candle that covers an instant, else the nearest reading within an hour."""

    def __init__(self, samples: list[Happening]) -> None:
        self._candles: dict[str, dict[int, Samples]] = {}
        self._points: dict[str, Samples] = {}
        for sample in samples:
            asset, interval = sample.word("asset"), sample.text("interval")
            if interval is None:
                self._points.setdefault(asset, Samples()).add(sample)
            else:
                self._candles.setdefault(asset, {}).setdefault(seconds_of(interval), Samples()).add(sample)

    def at(self, asset: str, instant: datetime) -> Happening | None:
        """Return the sample whose price holds at an instant, or None."""
        by_length = self._candles.get(asset, {})
        for length in sorted(by_length):
            covering = by_length[length].after(instant - timedelta(seconds=length), instant)
            if covering:
                return min(covering, key=lambda each: each.position)
        points = self._points.get(asset)
        near = [] if points is None else points.beside(instant)
        return min(near, key=lambda each: abs(each.at - instant)) if near else None


class Samples:
    """Price samples in order of time, as the events that hold stand in it."""

    def __init__(self) -> None:
        self._samples: list[Happening] = []
        self._times: list[datetime] = []

    def add(self, sample: Happening) -> None:
        """Add a sample that is no older than those before it."""
        self._samples.append(sample)
        self._times.append(sample.at)

    def after(self, begin: datetime, end: datetime) -> list[Happening]:
        """Return the samples later than *begin*, up to *end*."""
        return self._samples[bisect_right(self._times, begin) : bisect_right(self._times, end)]

    def beside(self, instant: datetime) -> list[Happening]:
        """Return the samples on both sides of an instant that lie within an hour of it, the earlier first."""
        place = bisect_right(self._times, instant)
        return [each for each in self._samples[max(place - 1, 0) : place + 1] if abs(each.at - instant) <= AROUND]


def seconds_of(interval: str) -> int:
    """Return the length of a candle in seconds."""
    matched = INTERVAL_TEXT.fullmatch(interval)
    if matched is None:
        raise ValueError(f"{interval!r} is no interval")
    return int(matched.group(1)) * SECONDS_OF[matched.group(2) or "s"]


def is_fee(event: Happening) -> bool:
    """Say whether a movement is a network's fee and nothing else."""
    gas = event.id.startswith("evm:") and event.id.endswith(":gas")
    return (event.text("note") in FEE_NOTES or gas) and not event.get("fee_quantity")


def bare_txid(event: Happening) -> str:
    """Return the transaction an event names, however it is spelled."""
    told = (event.text("txid") or "").strip().lower()
    return told.removeprefix("0x")


class Valued:
    """Turns the events that hold into those that count, with a value where the recorded prices know one."""

    def __init__(self, holding: Holding, law: Figures, report: Report) -> None:
        self.scales, self.days, self.law = holding.scales, holding.days, law
        self._events = holding.events
        self._decisions = holding.decisions
        self._report = report
        self._prices = PriceBook([each for each in holding.events if each.kind == "price"])
        self.sources: dict[str, str] = {}
        """Of each event valued by a sample, who told its price."""
        self.samples: dict[str, str] = {}
        """And which sample it was."""
        self.multiplied = 0
        self.sharing = Parts([each for each in holding.events if each.kind == "sharing"], self.days)
        self._deferring = any(version["value"] is True for version in law.versions(DEFERRED))

    def counted(self) -> Iterator[Happening]:
        """Yield the events in order, each as it counts: twins left out, doubts marked, prices found."""
        twins = set(self._decisions["twins"])
        joined, doubts, listed = (self._decisions[name] for name in ("joined", "doubts", "listed"))
        by_id = {each.id: each for each in self._events}
        self._check_decisions(by_id)
        for event in self._events:
            if event.id in twins:
                continue
            if event.id in listed and not event.text("pool"):
                event = with_told(event, pool=listed[event.id])  # noqa: PLW2901 - the same event, with more told
            if event.id in joined:
                yield self._valued(joined_transfer(event, by_id[joined[event.id]["movement"]],
                                                   fee=joined[event.id]["fee"]))  # fmt: skip
            elif event.id in doubts and event.kind == "receipt":
                yield self._valued(with_told(event, doubt=doubts[event.id]))
            else:
                yield self._valued(event)

    def _check_decisions(self, by_id: dict[str, Happening]) -> None:
        """Check that each judgement is one that the events allow, and tell how many were made."""
        decided = self._decisions
        twins, joined = set(decided["twins"]), decided["joined"]
        left: dict[str, int] = {}
        for event in by_id.values():
            if event.id not in twins and bare_txid(event):
                left[bare_txid(event)] = left.get(bare_txid(event), 0) + 1
        for name in sorted(twins):
            twin = by_id.get(name)
            key = "" if twin is None else bare_txid(twin)
            if not left.get(key):
                why = "is left out as told twice, and no event that counts tells of its transaction"
                self._report.wrong(f"decisions.json, twins, {short(name)}", why)
        for name, each in joined.items():
            receipt, movement = by_id.get(name), by_id.get(each["movement"])
            if receipt is None or movement is None or bare_txid(receipt) != bare_txid(movement):
                self._report.wrong(f"decisions.json, joined, {short(name)}", "joins events that do not fit")
        judged = (
            (len(twins), "left out, since another event tells of the same transaction"),
            (len(joined), "made transfers between own wallets, since one transaction took and brought the coins"),
            (len(decided["doubts"]), "held in doubt, and in no figure until the taxpayer says what they are"),
            (len(decided["unfit"]), "corrections passed over, since what they set does not fit their event"),
        )  # fmt: skip
        for count, what in judged:
            if count:
                self._report.note(f"taken as the packet tells, and only held to be possible: {count} {what}; "
                                  "`decisions.json` names them.")  # fmt: skip

    def _valued(self, event: Happening) -> Happening:
        """Return *event* as it counts: priced where it had no price, without another's part, deferred where that is."""
        if event.kind == "receipt":
            return self._deferred(self._received(self._mine(event)))
        if event.kind == "transfer" and event.get("fee_quantity") and event.text("price_usd") is None:
            price = self._price_of(event)
            return event if price is None else with_told(event, price_usd=price)
        if event.kind == "movement" and is_fee(event):
            price = event.text("price_usd") or self._price_of(event)
            return event if price is None else self._spent(event, price)
        return event

    def _received(self, event: Happening) -> Happening:
        decimals = self.scales.decimals(event.word("asset"))
        price, value = event.text("price_usd"), event.number("value_usd_micros")
        if price is not None and value is not None:
            self.multiplied += 1
            whole = event.count("whole_quantity", event.count("quantity"))
            if worth(whole, price, decimals) != event.count("whole_value", value):
                self._report.wrong(f"events.jsonl, {short(event.id)}",
                                   "its value is not its quantity at its price")  # fmt: skip
        if value is not None:
            return event
        found = self._price_of(event)
        if found is None:
            return event
        self.multiplied += 1
        return with_told(event, price_usd=found, value_usd_micros=worth(event.count("quantity"), found, decimals))

    def _price_of(self, event: Happening) -> str | None:
        sample = self._prices.at(event.word("asset"), event.at)
        if sample is None:
            return None
        self.sources[event.id] = sample.text("source") or "manual"
        self.samples[event.id] = sample.id
        return sample.word("price_usd")

    def _spent(self, event: Happening, price: str) -> Happening:
        """Return the disposal that a network's fee is."""
        value = worth(event.count("quantity"), price, self.scales.decimals(event.word("asset")))
        sale = with_told(event, proceeds_usd_micros=value, disposition="spent")
        sale.kind = "sale"
        return sale

    def _deferred(self, event: Happening) -> Happening:
        if (self._deferring and event.number("value_usd_micros") and event.word("income") in FOR_VALIDATING
                and self.law.switch(DEFERRED, self.days.day(event.at))):  # fmt: skip
            return with_told(event, value_usd_micros=0)
        return event

    def _mine(self, event: Happening) -> Happening:
        theirs = self.sharing.of(event).theirs
        if not theirs:
            return event
        told: Told = {"whole_quantity": event.count("quantity"), "whole_value": event.number("value_usd_micros")}
        for key in ("quantity", "value_usd_micros", "gross_quantity", "pool_fee_quantity"):
            amount = event.number(key)
            if amount is not None:
                told[key] = amount - part_of(amount, theirs)
        return with_told(event, **{key: value for key, value in told.items() if value is not None})


class Shared:
    """The parts of others in one receipt: what of it is theirs, and what was kept back as pay for a service."""

    def __init__(self) -> None:
        self.theirs = Fraction(0)
        self.kept_back: list[tuple[str, Fraction]] = []
        """Whose, and how much of what arrived."""


class Parts:
    """The agreements about what is mined (26 U.S.C. 61: income is whose labor or property earns it)."""

    def __init__(self, told: list[Happening], days: Days) -> None:
        self._days = days
        applied = [each for each in told if each.word("as") != "partner" and each.text("category") is None]
        self._applied = sorted(applied, key=lambda each: (each.word("from"), each.at, each.id))

    def of(self, receipt: Happening) -> Shared:
        """Return the parts of others in *receipt*."""
        shared = Shared()
        found: dict[str, Happening] = {}
        if self._applied and receipt.word("income") in TRADE_INCOME:
            day = self._days.day(receipt.at)
            for each in self._applied:
                if holds_on(each, day) and is_of(each, receipt):
                    found.setdefault(folded(each.text("party")), each)
        shares = [(each, share_of(each.word("share"))) for each in found.values()]
        if sum((share for _, share in shares), Fraction(0)) >= 1:
            return shared
        kept = sum((share for each, share in shares if each.text("withheld") == "yes"), Fraction(0))
        others = sum((share for each, share in shares
                      if each.word("as") == "owner" and each.text("withheld") != "yes"), Fraction(0))  # fmt: skip
        shared.theirs = others / (1 - kept)
        own = 1 - kept - others
        shared.kept_back = [(each.word("party"), share / own) for each, share in shares
                            if each.word("as") == "contract" and each.text("withheld") == "yes"]  # fmt: skip
        return shared


def share_of(text: str) -> Fraction:
    """Return a share that is told as a plain decimal."""
    return Fraction(in_units(text, MOST_SCALE), 10**MOST_SCALE)


def holds_on(sharing: Happening, day: date) -> bool:
    """Say whether an agreement holds on a day."""
    end = sharing.text("to")
    return sharing.word("from") <= day.isoformat() and (end is None or day.isoformat() < end)


def is_of(sharing: Happening, receipt: Happening) -> bool:
    """Say whether an agreement is about what *receipt* brought."""
    if sharing.text("wallet") is not None:
        return sharing.text("wallet") == receipt.text("wallet")
    return sharing.text("pool") is not None and folded(sharing.text("pool")) == folded(receipt.text("pool"))


def folded(name: str | None) -> str:
    """Return a name in whatever capitals and blanks."""
    return " ".join((name or "").split()).casefold()


def part_of(amount: int, part: Fraction) -> int:
    """Return so much of an amount, rounded down: what is left over is the taxpayer's."""
    return amount * part.numerator // part.denominator


def with_told(event: Happening, **told: object) -> Happening:
    """Return *event* with more told of it."""
    made = Happening.__new__(Happening)
    made.id, made.kind, made.at, made.position = event.id, event.kind, event.at, event.position
    made.recorded, made.lots_recorded = event.recorded, event.lots_recorded
    made.told = {**event.told, **told}
    return made


def joined_transfer(receipt: Happening, movement: Happening, *, fee: bool) -> Happening:
    """Return the transfer that coins made which left one own wallet and came into another in one transaction."""
    made = with_told(receipt, from_wallet=movement.word("wallet"), to_wallet=receipt.word("wallet"),
                     fee_quantity=movement.number("fee_quantity") if fee else None,
                     price_usd=movement.text("price_usd"))  # fmt: skip
    made.kind = "transfer"
    made.told.pop("value_usd_micros", None)
    return made
