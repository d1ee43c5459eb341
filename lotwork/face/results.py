"""What a book answers to Python: the listings as frozen rows of exact numbers and days.

Every amount is a Decimal with all the digits that are kept: dollars (`…_usd`) to the micro-dollar, on a form to the
cent, coins in whole coins of the asset with all its decimals. A day is a date of the taxpayer's calendar. The fields
have the names of the command's JSON; where that leaves one out, as it is the usual, it has its usual value here.
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar, overload

R = TypeVar("R", bound="Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a result."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Row):
    """What a person must decide or mend: a stable code, a sentence that says what to do, and the event it stands at."""

    code: str
    message: str
    event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Result:
    """What every result rests on, and what must be looked at before it is believed."""

    book: str
    position: int
    """The last position of the log that counted."""
    head: str
    """The hash of the log at that position, in hex."""
    law: str
    """The digest of the law."""
    findings: tuple[Finding, ...]

    @abstractmethod
    def in_short(self) -> str:
        """Return the result in a few words."""

    def __repr__(self) -> str:
        count = len(self.findings)
        return f"<{type(self).__name__} of {self.book}: {self.in_short()}; {count} finding{'' if count == 1 else 's'}>"


class Rows(Sequence[R], Generic[R]):
    """A result that is a sequence of its rows: loop over it, index it, or make a DataFrame of it."""

    __slots__ = ()

    @property
    @abstractmethod
    def rows(self) -> tuple[R, ...]:
        """The rows, in the order of the command's."""

    def in_short(self) -> str:
        """Return how many rows there are."""
        return f"{len(self.rows)} row{'' if len(self.rows) == 1 else 's'}"

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return each row as its fields by name, for what takes no dataclasses."""
        return [row.to_dict() for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    @overload
    def __getitem__(self, at: int) -> R: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[R, ...]: ...
    def __getitem__(self, at: int | slice) -> R | tuple[R, ...]:
        return self.rows[at]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot(Row):
    """An open lot: coins that came in together and have not left."""

    asset: str
    wallet: str
    quantity: Decimal
    """What is left of it, in whole coins."""
    acquired: dt.date
    basis_usd: Decimal
    lot: str
    """The event that brought it in."""
    how: str | None = None
    """gift, inheritance or wash_sale, where it was neither received nor bought."""
    loss_basis_usd: Decimal | None = None
    """The second basis of a gift, which counts where it is sold at a loss."""
    held_from: dt.date | None = None
    """The day its holding period counts from, where that is not the day it was acquired."""
    basis_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Lots(Rows[Lot], Result):
    """The open lots of a book, at the end of the day `at` where one was named."""

    at: dt.date | None
    rows: tuple[Lot, ...]
    pending: tuple[str, ...]
    """Receipts that have no price yet and so are in no lot's basis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain(Row):
    """Part of a disposal and the lot it took: a row of Form 8949."""

    asset: str
    wallet: str
    quantity: Decimal
    """In whole coins."""
    acquired: dt.date | None
    """None where the book never saw the coins arrive."""
    sold: dt.date
    proceeds_usd: Decimal
    """What was received, the fee taken off."""
    basis_usd: Decimal
    gain_usd: Decimal
    """Proceeds less basis, and the adjustment."""
    term: Literal["short", "long"]
    box: str
    """The box of Form 8949: A to F before 2025, G to L from then on."""
    lot: str | None
    disposal: str
    """The event that disposed of it."""
    adjustment_code: str | None
    adjustment_usd: Decimal
    how: str | None = None
    basis_used: Literal["gain", "loss", "neither"] | None = None
    """Of a gift with two bases, the one that counted."""
    basis_known: bool = True
    missing: bool = False
    """Whether the row stands for coins the book never saw arrive; their basis is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total(Row):
    """The rows of one term, added up."""

    proceeds_usd: Decimal
    basis_usd: Decimal
    adjustment_usd: Decimal
    gain_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal(Row):
    """Coins that left without a sale: given, donated, lost or stolen."""

    asset: str
    wallet: str
    quantity: Decimal
    date: dt.date
    acquired: dt.date | None
    term: Literal["short", "long"]
    fair_value_usd: Decimal
    basis_usd: Decimal
    deduction_usd: Decimal
    form: str | None
    disposition: str
    lot: str | None
    disposal: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Gains(Rows[Gain], Result):
    """A year's disposals against their lots, as Form 8949 lists them."""

    year: int
    rows: tuple[Gain, ...]
    totals: Mapping[Literal["short", "long"], Total]
    removed: tuple[Removal, ...]
    pending: tuple[str, ...]
    """Disposals of a fee whose price is not known yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Row):
    """Coins received as income, at the price of their moment."""

    receipt: str
    """The event."""
    date: dt.date
    wallet: str
    asset: str
    quantity: Decimal
    """In whole coins."""
    price_usd: Decimal
    """Dollars for one whole coin."""
    value_usd: Decimal
    income: str
    """block_reward, transaction_fee, pool_payout, bonus, referral, hosting, staking, fork, airdrop or other."""
    price_source: str | None
    pool: str | None
    gross_quantity: Decimal | None
    """Before the pool's fee."""
    pool_fee_quantity: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Income(Rows[Receipt], Result):
    """A year's receipts that have a price, with their totals."""

    year: int
    rows: tuple[Receipt, ...]
    totals: Mapping[str, Decimal]
    """Dollars by kind of income; under `value_usd` all of it."""
    by_day: Mapping[dt.date, Decimal]
    by_pool: Mapping[str, Decimal]
    pending: tuple[str, ...]
    """Receipts of the year that have no price yet and are in no figure."""
    doubtful: tuple[str, ...] = ()
    """Receipts of the year that may be no income, and are in no figure until a person says what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense(Row):
    """A bill, its line of Schedule C, and how much of it counts."""

    expense: str
    """The event."""
    date: dt.date
    category: str
    line: str
    label: str
    amount_usd: Decimal
    business_share: Decimal
    """From 0 to 1."""
    deductible_usd: Decimal
    share_by: str
    """What the share was measured by."""
    share_from: str | None
    """The `usage` event it was measured in."""
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Expenses(Rows[Expense], Result):
    """A year's expenses, with what is deductible of them."""

    year: int
    rows: tuple[Expense, ...]
    totals: Mapping[str, Decimal]
    """Dollars deductible by category."""
    by_line: Mapping[str, Decimal]
    """Dollars deductible by line of Schedule C."""
    deductible_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig(Row):
    """A machine, what is deducted for it in the year, and what is left."""

    equipment: str
    recovery_class: str
    """Its years under MACRS; `class` in JSON."""
    acquired: dt.date
    placed_in_service: dt.date
    cost_usd: Decimal
    business_share: Decimal
    section_179_usd: Decimal
    bonus_usd: Decimal
    macrs_usd: Decimal
    depreciation_usd: Decimal
    """All three of the year."""
    accumulated_usd: Decimal
    remaining_basis_usd: Decimal
    convention: str
    ubia_usd: Decimal
    disposed: dt.date | None
    gain_usd: Decimal | None
    recapture_usd: Decimal
    how: str | None
    proceeds_usd: Decimal | None
    recaptured_179_usd: Decimal
    amt_macrs_usd: Decimal
    cites: tuple[str, ...]
    id: str
    """The event."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Equipment(Rows[Rig], Result):
    """A year's depreciation, rig by rig."""

    year: int
    rows: tuple[Rig, ...]
    totals: Mapping[str, Decimal]
    """`depreciation_usd`, `ubia_usd`, `gain_usd` and `section_179_carryforward_usd`."""
