"""Gains: each disposal against the lots it takes, as the rows of Form 8949, re-done from the events alone.

Law: gain is proceeds less basis (26 U.S.C. 1001); coins acquired are worth what they cost or brought as income (1012);
a gift has the giver's basis, and for a loss its value when given where that is less (1015(a)); until 2024 the lots of a
coin are one pool, from 2025 each wallet has its own (Treas. Reg. 1.1012-1(j)).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from lotwork.packet.checks.amounts import in_dollars
from lotwork.packet.checks.choices import Custody
from lotwork.packet.checks.law import Figures
from lotwork.packet.checks.pools import Parcel
from lotwork.packet.checks.telling import Told
from lotwork.packet.checks.wash import LossTaken, WashRule

REALIZED = ("sold", "spent", "swapped")
TOLD_BY_A_BROKER = ("sold", "swapped")
REMOVED_FORMS = {"gift": "Form 709", "donated": "Schedule A, Form 8283", "stolen": "Form 4684, Section B"}
LAST_OLD_BOXES = 2024
BROKERS_BEGIN = date(2025, 1, 1)


class Leaving:
    """What leaves: for what (None: a fee without a price), on which day, and how."""

    def __init__(self, name: str, wallet: str, asset: str, quantity: int, proceeds: int | None, day: date,
                 how: str) -> None:  # fmt: skip
        self.id, self.wallet, self.asset, self.quantity = name, wallet, asset, quantity
        self.proceeds, self.day, self.how = proceeds, day, how
        self.matched = self.credited = 0


class Gains:
    """The rows and totals of one year."""

    def __init__(self, year: int, custody: Custody, law: Figures, wash: WashRule, coins: Callable[[int, str], str],
                 class_of: Callable[[str], str | None]) -> None:  # fmt: skip
        self._year, self._custody, self._law, self._wash = year, custody, law, wash
        self._coins, self._class_of = coins, class_of
        self.rows: list[Told] = []
        self.removed: list[Told] = []
        self.pending: set[str] = set()

    def match(self, leaving: Leaving, lot: Parcel | None, quantity: int) -> None:
        """Add the part of *leaving* that took *lot*, cut out of its pool; None: no coins were recorded for it."""
        leaving.matched += quantity
        if leaving.proceeds is None:
            self.pending.add(leaving.id)
            return
        credited = leaving.proceeds
        if leaving.matched != leaving.quantity:
            credited = credited * leaving.matched // leaving.quantity
        proceeds, leaving.credited = credited - leaving.credited, credited
        basis = 0 if lot is None else lot.basis
        if leaving.how not in REALIZED:
            self._remove(leaving, lot, quantity, proceeds, basis)
            return
        used = None
        if lot is not None and lot.loss_basis is not None:
            basis, used = basis_of_a_gift(proceeds, basis, lot.loss_basis)
        is_long = lot is not None and lot.is_long(leaving.day, at_loss=used == "loss")
        row = self._row(leaving, lot, quantity, proceeds, basis, used, is_long=is_long)
        if leaving.day.year == self._year:
            self.rows.append(row)
        if lot is not None and proceeds < basis and self._wash.may_reach(leaving.asset):
            since = lot.term_day or lot.acquired
            origin = lot.origin or lot.id
            self._wash.lose(LossTaken(leaving.asset, leaving.day, quantity, basis - proceeds,
                                      (leaving.day - since).days, origin, disallowing(row)))  # fmt: skip

    def _row(self, leaving: Leaving, lot: Parcel | None, quantity: int, proceeds: int, basis: int, used: str | None,
             *, is_long: bool) -> Told:  # fmt: skip
        acquired = None if lot is None else lot.acquired
        if lot is not None and used == "loss" and lot.loss_day is not None:
            acquired = lot.loss_day
        told: Told = {
            "asset": leaving.asset, "wallet": leaving.wallet, "quantity": self._coins(quantity, leaving.asset),
            "acquired": None if acquired is None else acquired.isoformat(), "sold": leaving.day.isoformat(),
            "proceeds_usd": in_dollars(proceeds), "basis_usd": in_dollars(basis),
            "gain_usd": in_dollars(proceeds - basis), "term": "long" if is_long else "short",
            "box": self._box(leaving, lot, is_long=is_long), "lot": None if lot is None else lot.id,
            "disposal": leaving.id, "adjustment_code": None, "adjustment_usd": in_dollars(0),
        }  # fmt: skip
        if lot is not None and lot.how is not None:
            told.update(how=lot.how, basis_used=used, basis_known=lot.basis_known)
        if lot is None:
            told["missing"] = True
        return told

    def _remove(self, leaving: Leaving, lot: Parcel | None, quantity: int, value: int, basis: int) -> None:
        if leaving.day.year != self._year:
            return
        is_long = lot is not None and lot.is_long(leaving.day)
        deduction = basis if leaving.how == "stolen" else 0
        if leaving.how == "donated":
            deduction = value if is_long else min(value, basis)
        self.removed.append(
            {
                "asset": leaving.asset, "wallet": leaving.wallet, "quantity": self._coins(quantity, leaving.asset),
                "date": leaving.day.isoformat(), "acquired": None if lot is None else lot.acquired.isoformat(),
                "term": "long" if is_long else "short", "fair_value_usd": in_dollars(value),
                "basis_usd": in_dollars(basis), "deduction_usd": in_dollars(deduction),
                "form": REMOVED_FORMS.get(leaving.how), "disposition": leaving.how,
                "lot": None if lot is None else lot.id, "disposal": leaving.id,
            }
        )  # fmt: skip

    def _box(self, leaving: Leaving, lot: Parcel | None, *, is_long: bool) -> str:
        """Return the box of Form 8949: told by a broker with the basis, told without, not told."""
        digital = self._class_of(leaving.asset) != "security"
        told = leaving.wallet in self._custody.brokers and leaving.how in TOLD_BY_A_BROKER
        if told and digital:
            told = leaving.day >= self._law.day("us/basis/broker_proceeds_from", BROKERS_BEGIN)
        covered = told and lot is not None and lot.bought_here
        if covered and lot is not None:
            figure = "us/basis/broker_basis_from" if digital else "us/basis/stock_basis_from"
            covered = lot.acquired >= self._law.day(figure, BROKERS_BEGIN)
        column = 2 if not told else 0 if covered else 1
        if leaving.day.year <= LAST_OLD_BOXES or not digital:
            return ("DEF" if is_long else "ABC")[column]
        return ("JKL" if is_long else "GHI")[column]


def basis_of_a_gift(proceeds: int, gain_basis: int, loss_basis: int) -> tuple[int, str]:
    """Return the basis that counts: between the two of a gift is neither gain nor loss (Treas. Reg. 1.1015-1(a)(2))."""
    if proceeds >= gain_basis:
        return gain_basis, "gain"
    if proceeds < loss_basis:
        return loss_basis, "loss"
    return proceeds, "neither"


def disallowing(row: Told) -> Callable[[int], None]:
    """Return what takes an amount of the loss in *row* out of what counts."""

    def disallow(amount: int) -> None:
        whole = micros_of(row["adjustment_usd"]) + amount
        row["adjustment_code"], row["adjustment_usd"] = "W", in_dollars(whole)
        row["gain_usd"] = in_dollars(micros_of(row["proceeds_usd"]) - micros_of(row["basis_usd"]) + whole)

    return disallow


def micros_of(dollars: str) -> int:
    """Return dollars with six decimals as micro-dollars."""
    return int(dollars.replace(".", ""))


def totals_of(rows: list[Told]) -> Told:
    """Return the rows added up by term."""
    return {
        term: {
            key: in_dollars(sum(micros_of(row[key]) for row in rows if row["term"] == term))
            for key in ("proceeds_usd", "basis_usd", "adjustment_usd", "gain_usd")
        }
        for term in ("short", "long")
    }
