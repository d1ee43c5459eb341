"""A farm that is shared: what of the coins that come is the taxpayer's, and what of them pays others.

Law: income is whose labor or property earns it, and not whose hands it is paid into (Lucas v. Earl, 281 U.S. 111;
Helvering v. Horst, 311 U.S. 112); so what a contract gives a host or a referrer of it is the miner's gross income, and
their pay his expense, even where they are paid straight out of it (Commissioner v. Banks, 543 U.S. 426). What
another's own rigs mined is that other's income, and passes through the taxpayer's hands only. Who divides the *profit*
of a venture carried on together has a partnership (26 U.S.C. 761(a); Treas. Reg. 301.7701-1(a)(2)), which files a
return of its own (6031(a)): no part of it is worked out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.doubts import named
from lotwork.ledger.zones import Calendar
from lotwork.projections.filer.origins import OF_THE_TRADE, Dated, Origins
from lotwork.projections.findings import Finding

CITE = "26 U.S.C. 61(a); Commissioner v. Banks, 543 U.S. 426 (2005)"


class Withheld(NamedTuple):
    """A part that was kept back and is the taxpayer's income all the same, and the expense that it paid."""

    receipt: e.Receipt
    expense: e.Expense


class Parts(NamedTuple):
    """The parts of others in what came at one instant, of the whole that was mined."""

    kept_back: tuple[e.Sharing, ...] = ()
    """By contract, and withheld: income, and an expense."""
    owed: tuple[e.Sharing, ...] = ()
    """By contract, and paid on by the taxpayer."""
    theirs: Fraction = Fraction(0)
    """Of another's own rigs, and arrived all the same."""
    arrived: Fraction = Fraction(1)
    """How much of the whole arrived."""

    @property
    def own(self) -> Fraction:
        """How much of the whole arrived, and is the taxpayer's or a contract's to be paid on."""
        return self.arrived - self.theirs


NOBODYS = Parts()


@dataclass(slots=True)
class Sharings:
    """The agreements of one taxpayer about what is mined."""

    calendar: Calendar
    origins: Origins
    findings: list[Finding]
    told: tuple[e.Sharing, ...] = ()
    _applied: tuple[e.Sharing, ...] = field(init=False)

    def __post_init__(self) -> None:
        ordered = sorted(self.told, key=lambda each: (each.from_, each.at, each.id))
        self.findings += [_partnership(each) for each in ordered if each.as_ == "partner"]
        self._applied = tuple(each for each in ordered if each.as_ != "partner" and each.category is None)

    @property
    def are_any(self) -> bool:
        """Whether a part of what comes is another's."""
        return bool(self._applied)

    def mine(self, event: e.Event) -> e.Event:
        """Return *event*; a receipt without what in it is another's own."""
        if type(event) is not e.Receipt or not self._applied:
            return event
        parts = self.parts(event)
        return self._without(event, parts) if parts.theirs else event

    def beside(self, told: Iterable[Dated]) -> Iterable[Dated]:
        """Return what is *told*, each receipt with what was kept back of it, and the expense that this paid."""
        return self._beside(told) if self._applied else told

    def _beside(self, told: Iterable[Dated]) -> Iterator[Dated]:
        for event, day, origin in told:
            yield event, day, origin
            if type(event) is e.Receipt:
                for kept in self._withheld(event):
                    yield kept.receipt, day, origin
                    yield kept.expense, day, None

    def _withheld(self, event: e.Receipt) -> Iterator[Withheld]:
        """Yield what was kept back of a receipt, at its own price; of one without a price nothing yet."""
        if event.value_usd_micros is None or event.in_doubt:
            return
        parts = self.parts(event)
        for each in parts.kept_back:
            part = Fraction(each.share) / parts.own
            value = _of(event.value_usd_micros, part)
            quantity = _of(event.quantity, part)
            if not value or not quantity:
                continue
            name = f"{event.id}:{each.party}"
            note = f"kept back for {each.party} ({each.id})"
            yield Withheld(
                msgspec.structs.replace(
                    event, id=name, quantity=quantity, value_usd_micros=value, gross_quantity=None,
                    pool_fee_quantity=None, txid=None, vout=None, note=note,
                ),
                e.Expense(
                    id=name, at=event.at, source=event.source, category=each.for_, amount_usd_micros=value,
                    payee=each.party, owner=self.origins.of(event).owner, note=note,
                ),
            )  # fmt: skip

    def parts(self, receipt: e.Receipt) -> Parts:
        """Return the parts of others in what *receipt* brought."""
        return self.parts_of(receipt.income, receipt.wallet, receipt.pool, self.calendar.day(receipt.at))

    def parts_of(self, income: str, wallet: str, pool: str | None, day: date) -> Parts:
        """Return the parts of others in *income* that came into *wallet*, from *pool*, on *day*."""
        found: dict[str, e.Sharing] = {}
        for each in self._applied if income in OF_THE_TRADE else ():
            if _holds(each, day) and _is_of(each, wallet, pool):
                before = found.setdefault(named(each.party), each)
                if before is not each:
                    self._tell(told_twice(before, each, "the same coins"))
        told = tuple(found.values())
        if _sum(told) >= 1:
            self._tell(_above(told))
            return NOBODYS
        contracts = [each for each in told if each.as_ == "contract"]
        return Parts(
            tuple(each for each in contracts if each.withheld == "yes"),
            tuple(each for each in contracts if each.withheld == "no"),
            _sum(each for each in told if each.as_ == "owner" and each.withheld == "no"),
            1 - _sum(each for each in told if each.withheld == "yes"),
        )

    def _without(self, receipt: e.Receipt, parts: Parts) -> e.Receipt:
        """Return *receipt* with the taxpayer's part alone; what is left over by rounding is his."""
        part = parts.theirs / parts.arrived

        def own(amount: int | None) -> int | None:
            return None if amount is None else amount - _of(amount, part)

        return msgspec.structs.replace(
            receipt,
            quantity=receipt.quantity - _of(receipt.quantity, part),
            value_usd_micros=own(receipt.value_usd_micros),
            gross_quantity=own(receipt.gross_quantity),
            pool_fee_quantity=own(receipt.pool_fee_quantity),
        )

    def _tell(self, finding: Finding) -> None:
        if finding not in self.findings:
            self.findings.append(finding)


def _of(amount: int, part: Fraction) -> int:
    return amount * part.numerator // part.denominator


def _holds(each: e.Sharing, day: date) -> bool:
    return each.from_ <= day and (each.to is None or day < each.to)


def _is_of(each: e.Sharing, wallet: str, pool: str | None) -> bool:
    if each.wallet is not None:
        return each.wallet == wallet
    return each.pool is not None and named(each.pool) == named(pool)


def _sum(told: Iterable[e.Sharing]) -> Fraction:
    return sum((Fraction(each.share) for each in told), Fraction(0))


def _partnership(each: e.Sharing) -> Finding:
    return Finding(
        "partnership_to_settle",
        f"{each.id}: {each.party} has {each.share} of a profit: who divides the profit of a venture carried on "
        "together has a partnership (26 U.S.C. 761(a); Treas. Reg. 301.7701-1(a)(2)), which files Form 1065 (6031(a)); "
        "your part comes to you on a Schedule K-1, and no figure here knows of it: have the partnership's return made, "
        "and keep its coins in a book of its own; where it is pay for a service or what their own rigs mined, correct "
        "`as` to contract or owner",
        each.id,
    )


def _above(all_: tuple[e.Sharing, ...]) -> Finding:
    names = ", ".join(f"{each.party} {each.share}" for each in all_)
    return Finding(
        "sharing_above_whole",
        f"{all_[-1].id}: the parts of others come to the whole or more ({names}): none of them is in a figure; correct "
        "the shares, or end one with `to`",
        all_[-1].id,
    )


def told_twice(one: e.Sharing, other: e.Sharing, whole: str) -> Finding:
    """Return what is asked of two agreements that give one party a part of one *whole*."""
    return Finding(
        "sharing_told_twice",
        f"{one.id} and {other.id} both give {one.party} a part of {whole}: {one.id}, which began first, counts; "
        f"end it with `to`, or void {other.id}",
        other.id,
    )
