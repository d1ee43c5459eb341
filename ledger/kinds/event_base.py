"""What every event has, and what a number in one means: read by the public form to parse and print it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from lotwork.ledger.errors import ImpossibleEventError

Coins: TypeAlias = Annotated[int, "coins"]
CoinsOrZero: TypeAlias = Annotated[int, "coins or zero"]
Usd: TypeAlias = Annotated[int, "usd"]
SignedUsd: TypeAlias = Annotated[int, "signed usd"]
Price: TypeAlias = Annotated[str, "price"]
SignedPrice: TypeAlias = Annotated[str, "signed price"]
Share: TypeAlias = Annotated[str, "share"]
Number: TypeAlias = Annotated[str, "number"]
Hashrate: TypeAlias = Annotated[str, "hashrate"]
Moment: TypeAlias = Annotated[str, "moment"]
Zone: TypeAlias = Annotated[str, "zone"]
Hours: TypeAlias = Annotated[str, "hours"]
Weekdays: TypeAlias = Annotated[str, "weekdays"]
Season: TypeAlias = Annotated[str, "season"]
Days: TypeAlias = Annotated[str, "days"]
Numbers: TypeAlias = Annotated[str, "numbers"]
Interval: TypeAlias = Annotated[str, "interval"]
Year: TypeAlias = Annotated[int, "year"]
Persons: TypeAlias = Annotated[int, "persons"]
Months: TypeAlias = Annotated[int, "months"]
Years: TypeAlias = Annotated[int, "years"]
Dependents: TypeAlias = Annotated[int, "dependents"]
MOST_DEPENDENTS: Final = 30
"""No return lists more."""
State: TypeAlias = Annotated[str, "state"]
"""A state of the United States, or the District of Columbia, by its two letters."""
Names: TypeAlias = Annotated[tuple[str, ...], "names"]

Income: TypeAlias = Literal[
    "block_reward",
    "transaction_fee",
    "pool_payout",
    "bonus",
    "referral",
    "staking",
    "other",
    "hosting",
    "fork",
    "airdrop",
]
Owner: TypeAlias = Literal["taxpayer", "spouse"]
TAXPAYER: Final = "taxpayer"
"""Whose a thing is where nobody said otherwise."""
Trade: TypeAlias = Literal["yes", "no"]
SharedAs: TypeAlias = Literal["contract", "owner", "partner"]
"""What another's part of a farm is: pay for a service, what their own rigs mined, or a partner's part of a profit."""
Withheld: TypeAlias = Literal["yes", "no"]
Dated: TypeAlias = Literal["yes", "no"]
"""Whether what is in suspense has an instant of its own."""
Disposition: TypeAlias = Literal["sold", "spent", "swapped", "gift", "donated", "lost", "stolen"]
PaymentType: TypeAlias = Literal["estimated", "withholding", "extension", "balance"]
FilingStatus: TypeAlias = Literal["single", "mfj", "mfs", "hoh", "qss"]
JOINT: Final = "mfj"
SEPARATE: Final = "mfs"
Activity: TypeAlias = Literal["business", "hobby"]
"""What mining is to the taxpayer: a trade or business, or not engaged in for profit (26 U.S.C. 183)."""
BUSINESS: Final = "business"
HOBBY: Final = "hobby"
Jurisdiction: TypeAlias = Literal["us", "cn", "jp", "de", "pt"]
"""The countries a profile may name; what each is stands in its record in `projections.abroad.countries`."""
US: Final = "us"
Locality: TypeAlias = Literal["nyc", "yonkers"]
"""The cities whose own income tax stands on the return of their state, New York."""
STATE_OF_LOCALITY: Final = "NY"
Currency: TypeAlias = Literal["EUR", "JPY", "CNY"]
"""The currencies an exchange rate may be in: those of the countries abroad."""
Method: TypeAlias = Literal["fifo", "lifo", "hifo", "lofo"]
HowEquipmentLeft: TypeAlias = Literal["sold", "traded_in", "abandoned", "casualty"]
Meaning: TypeAlias = Literal[
    "block_reward", "transaction_fee", "pool_payout", "bonus", "referral", "staking", "other", "transfer"
]
Doubt: TypeAlias = Literal[
    "same_transaction",
    "wrapped",
    "private",
    "new_payer",
    "own_account",
    "not_listed",
    "no_payout",
    "unexplained",
    "wrong_unit",
    "not_credited",
    "none",
]
"""Why an inflow may be no income; "none" is a person's word that it is."""
MeterDoubt: TypeAlias = Literal["counter_fell", "counter_jumped", "flowed_back", "none"]
"""Why what a meter's counter tells may not be what was used; "none" is a person's word that it is."""
Per: TypeAlias = Literal["kwh", "day", "month", "kw", "bill"]
"""What a tariff's price is for."""
Factor: TypeAlias = Literal[
    "manner",
    "expertise",
    "time_and_effort",
    "asset_appreciation",
    "other_success",
    "history",
    "profits",
    "financial_status",
    "pleasure",
]


class LotChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So much of one lot, by the id of the event that made it; `wallet` only where lots are allocated."""

    lot: str
    quantity: Coins
    wallet: str | None = None


class PriceLeg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of the two prices that a price in dollars was multiplied of: who said it, of which pair, and when."""

    source: str
    pair: str
    """What was priced, and in what: KAS/USDT."""
    price: Price
    at: datetime
    """The start of its interval."""
    interval: Interval | None = None


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
    """The SHA-256 of the raw bytes this event was read from, kept by ledger.storage.evidence."""
    row: str | None = None
    """The digest of the cells it was read from, where that was a row of a file: no part of what it says."""
    may_repeat: str | None = None
    """The event of another file that it may tell once more; "none" is a person's word that these are two."""

    def refuse(self, rule: str) -> ImpossibleEventError:
        """Return the error that says which rule this event breaks."""
        return ImpossibleEventError(self.id, rule)
