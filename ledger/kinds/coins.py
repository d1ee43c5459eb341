"""What happened to coins: received, bought, given, sold, moved, counted and priced."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from lotwork.ledger.kinds.event_base import (
    Coins,
    CoinsOrZero,
    Disposition,
    Doubt,
    EventBase,
    Income,
    Interval,
    LotChoice,
    Meaning,
    Names,
    Owner,
    Price,
    PriceLeg,
    Trade,
    Usd,
)
from lotwork.ledger.units import MOST_DECIMALS, price_through


class AssetDeclared(EventBase, frozen=True, kw_only=True, tag="asset", rename={"asset_class": "class"}):
    """An asset that is not built in, with its decimals pinned."""

    asset: str
    decimals: int
    chain: str | None = None
    contract: str | None = None
    asset_class: Literal["coin", "token", "security"] = "coin"

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= MOST_DECIMALS:
            raise self.refuse(f"an asset has 0 to {MOST_DECIMALS} decimals")


class WalletDeclared(EventBase, frozen=True, kw_only=True, tag="wallet"):
    """A wallet: who keeps it, what is watched, and what an inbound payment means."""

    wallet: str
    chain: str | None = None
    custody: Literal["self", "broker"] = "self"
    watch: str | None = None
    meaning: Meaning | None = None
    owner: Owner | None = None
    """Whose it is on a joint return; left out: the taxpayer's."""
    trade: Trade | None = None
    """Whether what it receives belongs to the mining trade; left out: as the kind of income says."""


class Receipt(EventBase, frozen=True, kw_only=True, tag="receipt"):
    """Coins that came under the taxpayer's dominion and control as income.

    Law: gross income at fair market value when received (26 U.S.C. 61; Notice 2014-21, A-8). Without
    `value_usd_micros` the receipt is pending: it stays out of every figure until a price is known. So does one that
    is in `doubt`, until a person says that it is income (`doubt` = "none") or what else it is.
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
    trade: Trade | None = None
    """Whether it belongs to the mining trade; left out: as its wallet says, else as its kind of income."""
    no_market: str | None = None
    """Why it was worth nothing: no market had it. Then its value is 0, and never otherwise for want of a price."""
    payer: str | None = None
    """The address that paid, where the chain names one."""
    doubt: Doubt | None = None

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise self.refuse("a receipt has a positive quantity")

    @property
    def in_doubt(self) -> bool:
        """Whether it may be no income, and nobody said yet what it is."""
        return self.doubt is not None and self.doubt != "none"


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


class GiftReceived(EventBase, frozen=True, kw_only=True, tag="gift"):
    """Coins given or inherited: no income (26 U.S.C. 102), with the giver's basis and time (1015, 1223(2), 1014)."""

    wallet: str
    asset: str
    quantity: Coins
    how: Literal["gift", "inheritance"] = "gift"
    fair_value_usd_micros: Usd | None = None
    """What all of it was worth when it was given, or on the day of death."""
    donor_basis_usd_micros: Usd | None = None
    donor_acquired: date | None = None
    gift_tax_usd_micros: Usd = 0
    """Gift tax paid on the appreciation, which is added to the basis (26 U.S.C. 1015(d)(6))."""

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise self.refuse("a gift has a positive quantity")
        if self.how == "inheritance" and self.donor_basis_usd_micros is not None:
            raise self.refuse("inherited coins take their value on the day of death, not the giver's basis")


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
    """Coins moved between the taxpayer's own wallets; `quantity` arrives, the fee is a disposal of its own.

    With `to_asset` they arrive wrapped, or unwrapped: another token of the same coins, with their basis and time. That
    this realizes nothing is the taxpayer's position; the IRS has not said.
    """

    from_wallet: str
    to_wallet: str
    asset: str
    quantity: Coins
    fee_quantity: CoinsOrZero | None = None
    price_usd: Price | None = None
    txid: str | None = None
    lots: tuple[LotChoice, ...] = ()
    to_asset: str | None = None

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise self.refuse("a transfer has a positive quantity")
        if self.to_asset == self.asset:
            raise self.refuse("to_asset is what the coins arrive as, where that is another asset")
        if self.from_wallet == self.to_wallet and self.to_asset is None:
            raise self.refuse("a transfer joins two different wallets")
        if sum(choice.quantity for choice in self.lots) > self.quantity:
            raise self.refuse("the lots chosen hold more than the transfer moves")

    @property
    def arrives_as(self) -> str:
        """The asset that arrives."""
        return self.to_asset or self.asset


NEW_KEYS = "told with keys that are not known here: "
"""How the note of a row begins its last words, where an answer had keys that nobody declared."""
GAS_ALONE = "gas"
FEE_ALONE = "the miner's fee of moving coins between own addresses"
"""Notes by which a watcher names a movement that is a network's fee and nothing else."""


class Movement(EventBase, frozen=True, kw_only=True, tag="movement"):
    """Coins that left a watched wallet, and nobody has said why yet; a network's fee alone has said it itself."""

    wallet: str
    asset: str
    quantity: Coins
    txid: str | None = None
    fee_quantity: CoinsOrZero | None = None
    outputs: Names = ()
    """Whom the transaction paid, and how much, where the chain tells: one may be change to an address not watched."""
    price_usd: Price | None = None
    """What one coin was worth then: the fee, which is a disposal, is valued at it."""

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise self.refuse("a movement has a positive quantity")

    @property
    def is_fee(self) -> bool:
        """Whether it is a network's fee and nothing else: spent, and so a disposal (26 U.S.C. 1001)."""
        named = self.note in (GAS_ALONE, FEE_ALONE) or (self.id.startswith("evm:") and self.id.endswith(":gas"))
        return named and not self.fee_quantity


class PriceSample(EventBase, frozen=True, kw_only=True, tag="price"):
    """What one coin cost at a source; `at` is the start of its `interval`, or the sample's own instant."""

    asset: str
    price_usd: Price
    interval: Interval | None = None
    pair: str | None = None
    """What was priced, and in what: BTC/USD; what is not in dollars has `legs`."""
    sampled: datetime | None = None
    """When its source took the price, where that is told and is not the end of the interval."""
    legs: tuple[PriceLeg, ...] = ()
    """The coin in another coin or token, and that one in dollars: `price_usd` is their product."""
    instead_of: str | None = None
    """Which sources come first and had not answered for hours, and why."""

    def __post_init__(self) -> None:
        if self.legs and self.price_usd != price_through(*(leg.price for leg in self.legs)):
            raise self.refuse("price_usd is the product of the prices of its legs")


class Balance(EventBase, frozen=True, kw_only=True, tag="balance"):
    """What a source says a wallet holds; the replay is held against it.

    With `pool` it is what that pool says it owes and has not paid: where income counts when it is paid that is no
    wallet's yet, so it is held against nothing, and in no figure.
    """

    wallet: str
    asset: str
    quantity: CoinsOrZero
    pool: str | None = None

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
