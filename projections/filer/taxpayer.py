"""Who the taxpayer is in a year: profile facts in force, outside amounts, payments made, wallets declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, NamedTuple, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.history import History
from lotwork.ledger.zones import Calendar
from lotwork.projections.filer.activities import Activities, begins
from lotwork.projections.filer.state_facts import tells_of_a_state, tells_of_a_state_alone
from lotwork.projections.findings import Finding

KEPT = ("chain", "watch", "meaning", "owner", "trade")
"""What an event about a wallet may leave out, and then says nothing of."""
ACTUAL_DATES = "withholding_actual_dates"


class ProfileInForce(NamedTuple):
    """The profile facts in force on a day; what no profile says is as most miners begin."""

    jurisdiction: e.Jurisdiction = e.US
    filing_status: e.FilingStatus = "single"
    activity: e.Activity = e.BUSINESS
    recognition: Literal["on_payout", "on_credit"] = "on_payout"
    material_participation: bool = True
    time_zone: str = "UTC"
    pool_fees: Literal["net", "gross"] = "net"
    business_began: date | None = None
    state: e.State | None = None
    """The state of residence."""
    locality: e.Locality | None = None
    assumed: tuple[str, ...] = ()
    """The facts nobody recorded."""


def profile_assumed(profile: ProfileInForce, assumed: Iterable[str], year: int) -> Finding:
    """Return the finding that *assumed* of *year* was said by nobody; the zone goes too, since it moves a day."""
    names = [*assumed, *(["time_zone"] if "time_zone" in profile.assumed else [])]
    told = ", ".join(f"{name}={getattr(profile, name)}" for name in names)
    command = f"lotwork add profile at={year}-01-01T00:00:00Z {told.replace(', ', ' ')}"
    return Finding("profile_assumed", f"no profile says otherwise, so {told}: say what is so: `{command}`")


class Taxpayer(msgspec.Struct):
    """Everything a return needs that is no receipt, sale or expense."""

    calendar: Calendar
    profiles: list[e.Profile] = msgspec.field(default_factory=list)
    year_facts: dict[int, list[e.YearFacts]] = msgspec.field(default_factory=lambda: defaultdict(list))
    partial_facts: dict[int, list[e.YearFacts]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """What is told of a year from January 1 through a day: for annualized installments only."""
    state_year_facts: dict[int, list[e.YearFacts]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """What of a year the return of a state asks for; an event that tells nothing else is in no `year_facts`."""
    payments: list[e.Payment] = msgspec.field(default_factory=list)
    wallets: dict[str, e.WalletDeclared] = msgspec.field(default_factory=dict)
    contrary: list[tuple[str, str, str, str]] = msgspec.field(default_factory=list)
    """Of each wallet that is told in two ways: its name, the key, and the two events."""
    filings: list[e.Filing] = msgspec.field(default_factory=list)
    actual_dates: set[int] = msgspec.field(default_factory=set)
    """The years for which withholding was elected to count on the days it was withheld (26 U.S.C. 6654(g)(1))."""
    whole: dict[int, e.Activity] = msgspec.field(default_factory=dict)
    """Years of which a plan supposes the activity to have been one throughout."""
    whole_of: e.Owner | None = None
    """Of whom alone the plan supposes it, where two on a joint return mine; left out: of both."""

    @classmethod
    def read(cls, history: History) -> Taxpayer:
        """Return the taxpayer that *history* tells of."""
        taxpayer = cls(history.calendar)
        for event in history.of_kind("profile", "year_facts", "payment", "wallet", "election", "filing"):
            taxpayer.take(event)
        return taxpayer

    def take(self, event: e.Event) -> None:
        """Fold one event; of the kinds that say nothing here, `read` asks for none."""
        match event:
            case e.Profile():
                self.profiles.append(event)
            case e.YearFacts():
                self._take_facts(event)
            case e.Payment():
                self.payments.append(event)
            case e.WalletDeclared():
                self._declare(event)
            case e.Filing():
                self.filings.append(event)
            case e.Election():
                if event.method == ACTUAL_DATES:
                    self.actual_dates.add(event.from_.year)
            case e.Receipt() | e.Purchase() | e.GiftReceived() | e.Sale() | e.Transfer() | e.Movement() | e.Balance():
                pass
            case e.PriceSample() | e.ExchangeRate() | e.BrokerReport() | e.BusinessIncome():
                pass
            case e.Expense() | e.Usage() | e.HomeOffice() | e.Energy() | e.Tariff() | e.EnergyEstimate() | e.Sharing():
                pass
            case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.Selection() | e.ActivityEvidence():
                pass
            case e.HashrateTold() | e.Difficulty() | e.Credit() | e.Suspense():
                pass
            case e.Void() | e.Correction() | e.Rule():
                pass
            case _:
                assert_never(event)

    @property
    def activities(self) -> Activities:
        """What the activity was at each instant."""
        return Activities.read(self.profiles, self.calendar, self.whole)

    def _take_facts(self, event: e.YearFacts) -> None:
        """Take what is told of a year: of the whole or through a day, and of which return."""
        if event.through is not None:
            self.partial_facts[event.year].append(event)
            return
        if tells_of_a_state(event):
            self.state_year_facts[event.year].append(event)
        if not tells_of_a_state_alone(event):
            self.year_facts[event.year].append(event)

    def _declare(self, event: e.WalletDeclared) -> None:
        """Take what is said of a wallet: what a later event leaves out stays as it was told."""
        before = self.wallets.get(event.wallet)
        if before is not None:
            kept = {name: told for name in KEPT if getattr(event, name) is None
                    and (told := getattr(before, name)) is not None}  # fmt: skip
            self.contrary += [
                (event.wallet, name, before.id, event.id)
                for name in ("owner", "trade")
                if None not in (was := (getattr(before, name), getattr(event, name))) and was[0] != was[1]
            ]
            event = msgspec.structs.replace(event, **kept)
        self.wallets[event.wallet] = event

    def told_contrary(self) -> tuple[Finding, ...]:
        """Return what is said of one wallet in two ways, of which the later is counted for every year."""
        return tuple(
            Finding(
                "wallet_told_otherwise",
                f"wallet {wallet}: {later} tells another {name} than {earlier}, and what it tells is counted for every "
                f"year: void the one that is wrong, or give what came later a wallet of its own",
                later,
            )
            for wallet, name, earlier, later in self.contrary
        )

    def since(self, profile: e.Profile) -> date:
        """Return the day from which *profile* holds: midnight of January 1 in UTC is that day, wherever one lives."""
        return self.calendar.day(begins(profile.at, self.calendar))

    def profile_on(self, day: date) -> ProfileInForce:
        """Return the facts in force at the end of *day*; before the first profile, the first one's."""
        facts: dict[str, object] = {}
        for profile in self.profiles:
            told = {
                name: value for name in ProfileInForce._fields[:-1] if (value := getattr(profile, name)) is not None
            }
            if self.since(profile) <= day:
                if "state" in told:  # a city told before is left with its state
                    facts.pop("locality", None)
                facts.update(told)
            elif "state" in facts:
                facts = {**told, **facts, "locality": facts.get("locality")}
            else:
                facts = {**told, **facts}
        assumed = tuple(name for name in ProfileInForce._fields[:-1] if name not in facts)
        facts["activity"] = self.activities.on(day)
        return ProfileInForce(**facts, assumed=assumed)  # type: ignore[arg-type] # each fact has its own type

    def facts(self, year: int) -> e.YearFacts:
        """Return the outside amounts of *year*, the later event's keys over the earlier's."""
        return self._facts_in(self.year_facts, year)

    def state_facts(self, year: int) -> e.YearFacts:
        """Return the facts of *year* that the return of its state asks for, merged the same way."""
        return self._facts_in(self.state_year_facts, year)

    def _facts_in(self, told: Mapping[int, Iterable[e.YearFacts]], year: int) -> e.YearFacts:
        merged = _merged(told.get(year, ()))
        return merged or e.YearFacts(id="", at=self.calendar.midnight(date(year, 1, 1)), year=year)

    def facts_through(self, year: int) -> dict[date, e.YearFacts]:
        """Return what is told of *year* from January 1 through a day, by that day in order; merged as `facts` are."""
        told: defaultdict[date, list[e.YearFacts]] = defaultdict(list)
        for event in self.partial_facts.get(year, ()):
            if event.through is not None and event.through.year == year:
                told[event.through].append(event)
        return {day: merged for day in sorted(told) if (merged := _merged(told[day])) is not None}

    def facts_from(self, year: int) -> tuple[str, ...]:
        """Return the ids of the events behind `facts(year)`."""
        return tuple(event.id for event in self.year_facts.get(year, ()))

    def state_facts_from(self, year: int) -> tuple[str, ...]:
        """Return the ids of the events behind `state_facts(year)`."""
        return tuple(event.id for event in self.state_year_facts.get(year, ()))

    def filed(self, year: int) -> e.Filing | None:
        """Return the return of *year* as it was filed last."""
        return next((filing for filing in reversed(self.filings) if filing.year == year), None)

    def payments_for(self, year: int, state: e.State | None = None) -> list[e.Payment]:
        """Return the payments made towards the tax of *year*, in order: the federal one, or that of *state*."""
        return [payment for payment in self.payments if (payment.year, payment.state) == (year, state)]


def _merged(events: Iterable[e.YearFacts]) -> e.YearFacts | None:
    """Return *events* as one, the later one's keys over the earlier's; None where there are none."""
    merged: dict[str, object] = {}
    for event in events:
        merged |= {name: value for name, value in msgspec.structs.asdict(event).items() if value is not None}
    return msgspec.convert(merged, e.YearFacts, str_keys=True) if merged else None


def year_end(year: int) -> date:
    """Return the last day of a tax year, on which the filing status is decided (26 U.S.C. 7703(a)(1))."""
    return date(year, 12, 31)
