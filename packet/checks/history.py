"""What holds: voids and corrections applied to the events as they were recorded, in order of time.

Some of what Lotwork leaves out or joins is a judgement: that two sources tell of the same coins, or that a receipt may
be no income yet. Those stand in `decisions.json`; that each is possible is checked here, and that it was made is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from lotwork.packet.checks.amounts import Days, Scales, from_micros, in_units, read_instant, worth
from lotwork.packet.checks.telling import BrokenPacketError, Report, Told, short

REDONE = frozenset(
    {
        "asset", "wallet", "receipt", "purchase", "gift", "sale", "transfer", "movement", "price", "election",
        "selection", "profile", "sharing", "void", "correction", "rule", "filing", "broker_report", "equipment_sale",
    }
)  # fmt: skip
"""Kinds that this program reads for lots and income."""
NO_BEARING = frozenset(
    {
        "expense", "energy", "energy_estimate", "tariff", "usage", "home_office", "equipment", "equipment_use",
        "payment", "year_facts", "balance", "activity_evidence", "exchange_rate", "business_income", "hashrate",
        "difficulty", "credit", "suspense",
    }
)  # fmt: skip
"""Kinds that say nothing of lots or of what coins were worth: their lines of a return are checked by digest."""
OF_DOLLARS = ("business_income", "year_facts")
"""Kinds that may tell of income in dollars, beside what coins were worth."""
NEVER_CORRECTED = ("asset", "void", "correction", "filing")
MONEY_KEYS = (
    "value_usd", "cost_usd", "fee_usd", "proceeds_usd", "fair_value_usd", "donor_basis_usd", "gift_tax_usd",
    "basis_usd", "amount_usd",
)  # fmt: skip
SCALE_OF_SCALES = 10
COIN_KEYS = ("quantity", "gross_quantity", "pool_fee_quantity", "fee_quantity")
INSTEAD = (("price_usd", "value_usd"), ("value_usd", "price_usd"), ("price_usd", "no_market"),
           ("value_usd", "no_market"), ("no_market", "price_usd"), ("no_market", "value_usd"))  # fmt: skip
"""What a correction sets takes the place of what stands for the same."""
COINS_IN = ("receipt", "purchase")


class Happening:
    """One event as it now holds: its words, when it happened, and where and when it was recorded."""

    __slots__ = ("at", "id", "kind", "lots_recorded", "position", "recorded", "told")

    def __init__(self, row: Told) -> None:
        self.id: str = row["id"]
        self.kind: str = row["kind"]
        self.at: datetime = from_micros(row["at_us"])
        self.position: int = row["position"]
        self.recorded: datetime = from_micros(row["recorded_us"])
        self.lots_recorded: datetime = self.recorded
        """When the lots it names were recorded: a correction may have named them later."""
        self.told: Told = row["told"]

    def get(self, key: str, default: object = None) -> object:
        """Return what it tells under a key."""
        return self.told.get(key, default)

    def text(self, key: str) -> str | None:
        """Return a text it tells, or None."""
        value = self.told.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> int | None:
        """Return a whole number it tells, or None."""
        value = self.told.get(key)
        return value if isinstance(value, int) else None

    def word(self, key: str) -> str:
        """Return a text that it must tell."""
        value = self.told[key]
        if not isinstance(value, str):
            raise TypeError(f"{self.id}: {key} is no text")
        return value

    def count(self, key: str, default: int | None = None) -> int:
        """Return a whole number that it must tell."""
        value = self.told.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{self.id}: {key} is no whole number")
        return value

    def choices(self) -> list[tuple[str, int, str | None]]:
        """Return the lots it names: which, how much of it, and for a transition in which wallet."""
        return [(each["lot"], each["quantity"], each.get("wallet")) for each in self.told.get("lots", ())]


class Recorded:
    """The events as they were recorded, sorted by what is asked of them."""

    def __init__(self, rows: Iterable[Told], report: Report) -> None:
        self.scales = Scales()
        self.all: list[Happening] = []
        self.amending: list[Happening] = []
        self.other_kinds: dict[str, int] = {}
        for row in rows:
            kind = row["kind"]
            if kind == "asset":
                self.scales.declare(row["told"])
            if kind in ("void", "correction"):
                self.amending.append(Happening(row))
            elif kind in REDONE:
                self.all.append(Happening(row))
            elif kind in NO_BEARING:
                self.other_kinds[kind] = self.other_kinds.get(kind, 0) + 1
                self.all.append(Happening(row))  # a correction may make it of another kind
            else:
                report.wrong(
                    f"events.jsonl, {short(row['id'])}",
                    f"is of the kind {short(kind)}, which this program cannot re-do: nothing is said of what follows",
                )
        self.amending.sort(key=lambda each: (each.at, each.position))


def void_ids(amending: list[Happening]) -> set[str]:
    """Return the ids that are void: those that a void names which is not void itself."""
    against: dict[str, list[str]] = {}
    for each in amending:
        if each.kind == "void":
            against.setdefault(each.word("target"), []).append(each.id)
    settled: dict[str, bool] = {}
    entered: set[str] = set()
    for start in against:
        waiting = [start]
        while waiting:
            name = waiting[-1]
            entered.add(name)
            open_ones = [void for void in against.get(name, ()) if void not in entered]
            if open_ones:
                waiting.extend(open_ones)
            else:
                settled[name] = any(not settled.get(void, False) for void in against.get(name, ()))
                waiting.pop()
    return {name for name, void in settled.items() if void}


class Holding:
    """The events that hold, in order of (instant, position), with the calendar they are read by."""

    def __init__(self, recorded: Recorded, decisions: Told, report: Report) -> None:
        self.scales = recorded.scales
        self.decisions = decisions
        self.recorded = recorded.all
        self._voided = void_ids(recorded.amending)
        self._targeted: dict[str, list[tuple[int, Happening]]] = {}
        self._selecting: list[tuple[int, Happening]] = []
        self._unfit = {(each["correction"], each["event"]) for each in decisions["unfit"]}
        self.applied = 0
        for place, each in enumerate(recorded.amending):
            if each.kind == "correction" and each.id not in self._voided:
                target = each.text("target")
                if target is None:
                    self._selecting.append((place, each))
                else:
                    self._targeted.setdefault(target, []).append((place, each))
        self.days = Days([])
        zones = [each for each in self._amended(recorded.all, ("profile",)) if each.text("time_zone")]
        self.days = Days([(each.at, each.word("time_zone")) for each in zones])
        self.dollars = self._amended(recorded.all, OF_DOLLARS)
        self.applied = 0
        self.events = self._amended(recorded.all, REDONE)
        if self._voided or self.applied:
            report.holds(f"{len(self._voided)} events are void and {self.applied} corrections apply, each by an event "
                         "of its own with its reason.")  # fmt: skip

    def _amended(self, events: list[Happening], kinds: Collection[str]) -> list[Happening]:
        """Return the events, of *kinds* after their corrections, as they now hold, in order of time."""
        found = []
        for event in events:
            if event.id not in self._voided:
                holds = self._corrected(event)
                if holds.kind in kinds:
                    found.append(holds)
        return sorted(found, key=lambda each: (each.at, each.position))

    def _corrected(self, event: Happening) -> Happening:
        steps = [step for step in self._selecting if self._reaches(step[1].told["select"], event)]
        steps += self._targeted.get(event.id, ())
        if not steps:
            return event
        holds = event
        for _, step in sorted(steps, key=lambda each: each[0]):
            if (step.id, event.id) not in self._unfit:
                try:
                    holds = with_correction(holds, step, self.scales)
                except ValueError as broken:
                    raise BrokenPacketError("events.jsonl", f"the correction {short(step.id)} cannot be applied to "
                                            f"{short(event.id)}: {broken}") from broken  # fmt: skip
                self.applied += 1
        return holds

    def _reaches(self, select: Told, event: Happening) -> bool:
        wallet = event.text("wallet") or event.text("from_wallet")
        return (
            event.kind not in NEVER_CORRECTED
            and select.get("kind") in (None, event.kind)
            and select.get("source") in (None, event.text("source"))
            and select.get("wallet") in (None, wallet)
            and (select.get("from") is None or self.days.moment(select["from"]) <= event.at)
            and (select.get("to") is None or event.at < self.days.moment(select["to"]))
        )


def with_correction(event: Happening, step: Happening, scales: Scales) -> Happening:
    """Return *event* with the keys that the correction *step* sets."""
    setting: Told = step.told["set"]
    told, kind = dict(event.told), setting.get("kind", event.kind)
    if event.kind in NEVER_CORRECTED or kind in NEVER_CORRECTED:
        raise ValueError(f"a {event.kind} is not corrected into a {kind}")
    if kind != event.kind:
        told = of_other_kind(told, event.kind, kind)
    asset = setting.get("asset", told.get("asset"))
    if asset != told.get("asset"):
        told = at_other_scale(told, scales.decimals(str(told["asset"])), scales.decimals(str(asset)))
    for given, other in INSTEAD:
        if given in setting and other not in setting:
            told.pop(other, None)
            told.pop(f"{other}_micros", None)
    for key, value in setting.items():
        name, read = in_the_log(key, value, asset, scales)
        if value is None:
            told.pop(name, None)
        else:
            told[name] = read
    made = Happening({"id": event.id, "kind": kind, "at_us": 0, "position": event.position, "recorded_us": 0,
                      "told": told})  # fmt: skip
    made.at = read_instant(setting["at"]) if setting.get("at") else event.at
    made.recorded = event.recorded
    made.lots_recorded = step.recorded if "lots" in setting else event.lots_recorded
    if kind == "receipt" and told.get("price_usd") is not None:
        told["value_usd_micros"] = worth(told["quantity"], told["price_usd"], scales.decimals(told["asset"]))
    elif kind == "receipt" and told.get("no_market") is not None:
        told["value_usd_micros"] = 0
    return made


def in_the_log(key: str, value: object, asset: Any, scales: Scales) -> tuple[str, object]:
    """Return a key and a value of the public form as the log holds them."""
    if key in MONEY_KEYS:
        return f"{key}_micros", None if value is None else in_units(str(value), 6)
    if key in COIN_KEYS and value is not None:
        return key, in_units(str(value), scales.decimals(asset or ""))
    if key == "lots" and isinstance(value, list):
        decimals = scales.decimals(asset or "")
        return key, [dict(each, quantity=in_units(each["quantity"], decimals)) for each in value]
    return key, value


def of_other_kind(told: Told, before: str, kind: str) -> Told:
    """Return the words of an event that becomes one of another *kind*: the wallet that coins left is `from_wallet`."""
    told = {name: value for name, value in told.items() if name != "lots" or kind in ("sale", "transfer")}
    if kind == "transfer" and "wallet" in told:
        told["to_wallet" if before in COINS_IN else "from_wallet"] = told.pop("wallet")
    elif before == "transfer":
        own, other = ("to_wallet", "from_wallet") if kind in COINS_IN else ("from_wallet", "to_wallet")
        told["wallet"] = told.pop(own)
        told.pop(other, None)
    if before == "movement" and kind == "sale":
        told["quantity"] = told["quantity"] + (told.pop("fee_quantity", None) or 0)
    return told


def at_other_scale(told: Told, before: int, after: int) -> Told:
    """Return the words with every count of coins at the scale of another coin."""

    def moved(units: int) -> int:
        whole: int
        whole, rest = divmod(units * SCALE_OF_SCALES**after, SCALE_OF_SCALES**before)
        if rest:
            raise ValueError("the other coin has fewer decimals")
        return whole

    found: Told = {key: moved(value) if key in COIN_KEYS and value else value for key, value in told.items()}
    if "lots" in found:
        found["lots"] = [dict(each, quantity=moved(each["quantity"])) for each in found["lots"]]
    return found
