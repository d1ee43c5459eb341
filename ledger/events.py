"""The vocabulary: every kind of event a ledger can hold, frozen, keyword-only and checked when it is born.

Quantities are whole base units of the event's asset, money is whole micro-dollars (`*_usd_micros`), a price is the
exact decimal text of dollars per whole coin, instants are aware UTC. The invariants run when an event is read from
the log as well as when it is written, so that neither a caller nor a damaged row can put an impossible event into a
figure.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from ledger.errors import ImpossibleEventError

# What a number means: read by ledger.codec to parse and print the public form.
Coins: TypeAlias = Annotated[int, "coins"]
CoinsOrZero: TypeAlias = Annotated[int, "coins or zero"]
Usd: TypeAlias = Annotated[int, "usd"]
SignedUsd: TypeAlias = Annotated[int, "signed usd"]
Price: TypeAlias = Annotated[str, "price"]
Share: TypeAlias = Annotated[str, "share"]
Number: TypeAlias = Annotated[str, "number"]
Moment: TypeAlias = Annotated[str, "moment"]
Zone: TypeAlias = Annotated[str, "zone"]
Hours: TypeAlias = Annotated[str, "hours"]
Weekdays: TypeAlias = Annotated[str, "weekdays"]
Interval: TypeAlias = Annotated[str, "interval"]
Year: TypeAlias = Annotated[int, "year"]
Persons: TypeAlias = Annotated[int, "persons"]
Months: TypeAlias = Annotated[int, "months"]

Income: TypeAlias = Literal["block_reward", "transaction_fee", "pool_payout", "bonus", "referral", "staking", "other"]
Disposition: TypeAlias = Literal["sold", "spent", "swapped", "gift", "donated", "lost"]
PaymentType: TypeAlias = Literal["estimated", "withholding", "extension", "balance"]
FilingStatus: TypeAlias = Literal["single", "mfj", "mfs", "hoh", "qss"]
Method: TypeAlias = Literal["fifo", "lifo", "hifo", "lofo"]
Meaning: TypeAlias = Literal[
    "block_reward", "transaction_fee", "pool_payout", "bonus", "referral", "staking", "other", "transfer"
]


class LotChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So much of one lot, by the id of the event that made it; `wallet` only where lots are allocated."""

    lot: str
    quantity: Coins
    wallet: str | None = None


class Selector(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}, omit_defaults=True
):
    """Which events a correction reaches: all that agree with every key given; `to` is not included."""

    kind: str | None = None
    source: str | None = None
    wallet: str | None = None
    from_: Moment | None = None
    to: Moment | None = None


class EventBase(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
    gc=False,
):
    """What every event has: the caller's idempotency key, when it happened, and where it came from."""

    id: str
    at: datetime
    source: str | None = None
    note: str | None = None
    evidence: str | None = None
    """The SHA-256 of the raw bytes this event was read from, kept by ledger.evidence."""

    def refuse(self, rule: str) -> ImpossibleEventError:
        """Return the error that says which rule this event breaks."""
        return ImpossibleEventError(self.id, rule)


class AssetDeclared(EventBase, frozen=True, kw_only=True, tag="asset", rename={"asset_class": "class"}):
    """An asset that is not built in, with its decimals pinned."""

    asset: str
    decimals: int
    chain: str | None = None
    contract: str | None = None
    asset_class: Literal["coin", "token", "security"] = "coin"

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= 36:  # noqa: PLR2004 - no asset has more
            raise self.refuse("an asset has 0 to 36 decimals")


class WalletDeclared(EventBase, frozen=True, kw_only=True, tag="wallet"):
    """A wallet: who keeps it, what is watched, and what an inbound payment means."""

    wallet: str
    chain: str | None = None
    custody: Literal["self", "broker"] = "self"
    watch: str | None = None
    meaning: Meaning | None = None


class Receipt(EventBase, frozen=True, kw_only=True, tag="receipt"):
    """Coins that came under the taxpayer's dominion and control as income.

    Law: gross income at fair market value when received (26 U.S.C. 61; Notice 2014-21, A-8). Without
    `value_usd_micros` the receipt is pending: it stays out of every figure until a price is known.
    """

    wallet: str
    asset: str
    quantity: Coins
    income: Income
    price_usd: Price | None = None
    value_usd_micros: Usd | None = None
    gross_quantity: CoinsOrZero | None = None
    pool_fee_quantity: CoinsOrZero | None = None
    pool: str | None = None
    txid: str | None = None
    vout: int | None = None
    block_hash: str | None = None
    height: int | None = None

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise self.refuse("a receipt has a positive quantity")


class Purchase(EventBase, frozen=True, kw_only=True, tag="purchase"):
    """Coins bought; the fee is part of their basis (26 U.S.C. 1012)."""

    wallet: str
    asset: str
    quantity: Coins
    cost_usd_micros: Usd
    fee_usd_micros: Usd = 0

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise self.refuse("a purchase has a positive quantity")


class Sale(EventBase, frozen=True, kw_only=True, tag="sale"):
    """Coins that left for good: sold, spent, swapped, given, donated or lost. The fee lowers the proceeds."""

    wallet: str
    asset: str
    quantity: Coins
    proceeds_usd_micros: Usd
    fee_usd_micros: Usd = 0
    disposition: Disposition = "sold"
    lots: tuple[LotChoice, ...] = ()

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise self.refuse("a sale has a positive quantity")
        if sum(choice.quantity for choice in self.lots) > self.quantity:
            raise self.refuse("the lots chosen hold more than the sale")


class Transfer(EventBase, frozen=True, kw_only=True, tag="transfer"):
    """Coins moved between the taxpayer's own wallets; `quantity` arrives, the fee is a disposal of its own."""

    from_wallet: str
    to_wallet: str
    asset: str
    quantity: Coins
    fee_quantity: CoinsOrZero | None = None
    price_usd: Price | None = None
    txid: str | None = None
    lots: tuple[LotChoice, ...] = ()

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise self.refuse("a transfer has a positive quantity")
        if self.from_wallet == self.to_wallet:
            raise self.refuse("a transfer joins two different wallets")
        if sum(choice.quantity for choice in self.lots) > self.quantity:
            raise self.refuse("the lots chosen hold more than the transfer moves")


class Movement(EventBase, frozen=True, kw_only=True, tag="movement"):
    """Coins that left a watched wallet, and nobody has said why yet."""

    wallet: str
    asset: str
    quantity: Coins
    txid: str | None = None
    fee_quantity: CoinsOrZero | None = None

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise self.refuse("a movement has a positive quantity")


class Expense(EventBase, frozen=True, kw_only=True, tag="expense"):
    """Money spent on the activity, by its Schedule C line word, with the share that is business."""

    category: str
    amount_usd_micros: Usd
    business_share: Share = "1"


class Energy(EventBase, frozen=True, kw_only=True, tag="energy", rename={"from_": "from"}):
    """Electricity metered over a span of time; a tariff turns it into an expense."""

    kwh: Number
    from_: Moment
    to: Moment
    meter: str
    business_share: Share = "1"


class Tariff(EventBase, frozen=True, kw_only=True, tag="tariff", rename={"from_": "from"}):
    """A price per kWh in force from a day: on one meter or all, at all hours or only some."""

    from_: Moment
    price_usd: Price
    to: Moment | None = None
    meter: str | None = None
    hours: Hours | None = None
    """The hours of the day it holds for, "22:00-06:00", in the taxpayer's zone; left out: all."""
    weekdays: Weekdays | None = None
    """The days of the week it holds for, "mon-fri" or "sat,sun"; left out: all."""


class Equipment(EventBase, frozen=True, kw_only=True, tag="equipment", rename={"recovery_class": "class"}):
    """A thing depreciated: deducted from the year it is *placed in service* (26 U.S.C. 167, 168, 179)."""

    equipment: str
    cost_usd_micros: Usd
    acquired: date
    """The day of the written binding contract (26 U.S.C. 168(k); Notice 2026-11)."""
    placed_in_service: date
    recovery_class: Literal["3", "5", "7", "15", "39", "software"] = "5"
    business_share: Share = "1"
    section_179_usd_micros: Usd = 0
    bonus: str = "auto"


class EquipmentSale(EventBase, frozen=True, kw_only=True, tag="equipment_sale"):
    """A rig that was sold: gain up to the depreciation is ordinary income (26 U.S.C. 1245)."""

    equipment: str
    proceeds_usd_micros: Usd
    fee_usd_micros: Usd = 0


class PriceSample(EventBase, frozen=True, kw_only=True, tag="price"):
    """What one coin cost at a source; `at` is the start of its `interval`, or the sample's own instant."""

    asset: str
    price_usd: Price
    interval: Interval | None = None


class Payment(EventBase, frozen=True, kw_only=True, tag="payment"):
    """Tax paid for a year: estimated, withheld, with an extension, or as the balance."""

    year: Year
    amount_usd_micros: Usd
    type: PaymentType = "estimated"


class Profile(EventBase, frozen=True, kw_only=True, tag="profile"):
    """Facts of the taxpayer in force from `at`; a key left out keeps what was in force."""

    jurisdiction: Literal["us", "cn", "jp", "de", "pt"] | None = None
    filing_status: FilingStatus | None = None
    time_zone: Zone | None = None
    activity: Literal["business", "hobby"] | None = None
    recognition: Literal["on_payout", "on_credit"] | None = None
    material_participation: bool | None = None


class YearFacts(EventBase, frozen=True, kw_only=True, tag="year_facts"):
    """Amounts of one year that stand outside the ledger; a later event for the year adds or replaces keys."""

    year: Year
    wages_usd_micros: Usd | None = None
    withholding_usd_micros: Usd | None = None
    other_ordinary_income_usd_micros: SignedUsd | None = None
    taxable_interest_usd_micros: Usd | None = None
    qualified_dividends_usd_micros: Usd | None = None
    other_short_term_gain_usd_micros: SignedUsd | None = None
    other_long_term_gain_usd_micros: SignedUsd | None = None
    short_term_carryover_usd_micros: Usd | None = None
    long_term_carryover_usd_micros: Usd | None = None
    prior_year_tax_usd_micros: Usd | None = None
    prior_year_agi_usd_micros: SignedUsd | None = None
    prior_year_months: Months | None = None
    retirement_contribution_usd_micros: Usd | None = None
    health_insurance_usd_micros: Usd | None = None
    itemized_deductions_usd_micros: Usd | None = None
    w2_wages_paid_usd_micros: Usd | None = None
    ubia_usd_micros: Usd | None = None
    section_179_carryforward_usd_micros: Usd | None = None
    qbi_loss_carryforward_usd_micros: Usd | None = None
    nol_carryforward_usd_micros: Usd | None = None
    credits_usd_micros: Usd | None = None
    aged_65_or_older: Persons | None = None
    """How many of the taxpayer and spouse are 65 or older."""
    blind: Persons | None = None


class Election(
    EventBase, frozen=True, kw_only=True, tag="election", rename={"from_": "from", "recovery_class": "class"}
):
    """A choice the law leaves to the taxpayer, in force from a day: a lot order, or another named election."""

    from_: date
    method: Literal["fifo", "lifo", "hifo", "lofo", "safe_harbor_allocation", "bonus_out", "bonus_40", "de_minimis"]
    wallet: str | None = None
    asset: str | None = None
    recovery_class: str | None = None
    lots: tuple[LotChoice, ...] = ()


class Selection(EventBase, frozen=True, kw_only=True, tag="selection", rename={"for_": "for"}):
    """Lots chosen before a sale (Treas. Reg. 1.1012-1(j)(2)): for one sale by id, or for the wallet's next."""

    wallet: str
    asset: str
    lots: tuple[LotChoice, ...]
    for_: str | None = None

    def __post_init__(self) -> None:
        if not self.lots:
            raise self.refuse("a selection chooses at least one lot")


class Balance(EventBase, frozen=True, kw_only=True, tag="balance"):
    """What a source says a wallet holds; the replay is held against it."""

    wallet: str
    asset: str
    quantity: CoinsOrZero

    def __post_init__(self) -> None:
        if self.quantity < 0:
            raise self.refuse("a balance is not negative")


class BrokerReport(EventBase, frozen=True, kw_only=True, tag="broker_report"):
    """One line of a Form 1099-DA as a broker reported it."""

    wallet: str
    asset: str
    quantity: Coins
    proceeds_usd_micros: Usd
    sold: date
    acquired: date | None = None
    basis_usd_micros: Usd | None = None
    covered: bool | None = None
    broker: str | None = None


class Void(EventBase, frozen=True, kw_only=True, tag="void"):
    """An event that should never have been recorded, named and with its reason; a void can be voided."""

    target: str
    reason: str


class Correction(EventBase, frozen=True, kw_only=True, tag="correction", rename={"set_": "set"}):
    """Keys of one event, or of a selection of events, that were recorded wrongly, and what they should be."""

    set_: dict[str, Any]
    reason: str
    target: str | None = None
    select: Selector | None = None

    def __post_init__(self) -> None:
        if (self.target is None) == (self.select is None):
            raise self.refuse("a correction has a target or a select, and not both")
        if not self.set_:
            raise self.refuse("a correction sets at least one key")


class Rule(EventBase, frozen=True, kw_only=True, tag="rule", rename={"from_": "from"}):
    """A correction of the law data in force for this book, with its citation."""

    figure: str
    from_: date
    value: Any
    cite: str
    reason: str


class Filing(EventBase, frozen=True, kw_only=True, tag="filing"):
    """A return as it was filed: its figures, the law and the log it was made from."""

    year: Year
    figures: dict[str, Any]
    law: str
    position: int
    head: str


Event: TypeAlias = (
    AssetDeclared
    | WalletDeclared
    | Receipt
    | Purchase
    | Sale
    | Transfer
    | Movement
    | Expense
    | Energy
    | Tariff
    | Equipment
    | EquipmentSale
    | PriceSample
    | Payment
    | Profile
    | YearFacts
    | Election
    | Selection
    | Balance
    | BrokerReport
    | Void
    | Correction
    | Rule
    | Filing
)
