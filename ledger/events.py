"""The vocabulary: every kind of event a ledger can hold, frozen, keyword-only and checked when it is born.

Quantities are whole base units of the event's asset, money is whole micro-dollars (`*_usd_micros`), a price is the
exact decimal text of dollars per whole coin, instants are aware UTC. The invariants run when an event is read from
the log as well as when it is written, so that neither a caller nor a damaged row can put an impossible event into a
figure.
"""

from __future__ import annotations

from typing import TypeAlias

from lotwork.ledger.kinds.coins import (
    AssetDeclared,
    Balance,
    BrokerReport,
    GiftReceived,
    Movement,
    PriceSample,
    Purchase,
    Receipt,
    Sale,
    Transfer,
    WalletDeclared,
)
from lotwork.ledger.kinds.costs import (
    Energy,
    EnergyEstimate,
    Equipment,
    EquipmentSale,
    EquipmentUse,
    Expense,
    HomeOffice,
    Sharing,
    Tariff,
    Usage,
)
from lotwork.ledger.kinds.earnings import BusinessIncome
from lotwork.ledger.kinds.event_base import (
    BUSINESS,
    HOBBY,
    JOINT,
    MOST_DEPENDENTS,
    SEPARATE,
    STATE_OF_LOCALITY,
    TAXPAYER,
    US,
    Activity,
    Coins,
    CoinsOrZero,
    Currency,
    Dated,
    Disposition,
    Doubt,
    EventBase,
    Factor,
    FilingStatus,
    Hours,
    HowEquipmentLeft,
    Income,
    Interval,
    Jurisdiction,
    Locality,
    LotChoice,
    Meaning,
    MeterDoubt,
    Method,
    Moment,
    Months,
    Number,
    Owner,
    PaymentType,
    Per,
    Persons,
    Price,
    PriceLeg,
    Selector,
    Share,
    SharedAs,
    SignedPrice,
    SignedUsd,
    State,
    Trade,
    Usd,
    Weekdays,
    Withheld,
    Year,
    Years,
    Zone,
)
from lotwork.ledger.kinds.records import Correction, Filing, Rule, Suspense, Void
from lotwork.ledger.kinds.taxpayer import (
    ActivityEvidence,
    Election,
    ExchangeRate,
    Payment,
    Profile,
    Selection,
    YearFacts,
)
from lotwork.ledger.kinds.work import Credit, Difficulty, HashrateTold, Scheme

__all__ = [
    "BUSINESS", "HOBBY", "JOINT", "MOST_DEPENDENTS", "SEPARATE", "STATE_OF_LOCALITY", "TAXPAYER", "US", "Activity",
    "ActivityEvidence", "AssetDeclared", "Balance", "BrokerReport", "BusinessIncome", "Coins", "CoinsOrZero",
    "Correction", "Credit", "Currency", "Dated", "Difficulty", "Disposition", "Doubt", "Election", "Energy",
    "EnergyEstimate", "Equipment", "EquipmentSale", "EquipmentUse", "Event", "EventBase", "ExchangeRate", "Expense",
    "Factor", "Filing", "FilingStatus", "GiftReceived", "HashrateTold", "HomeOffice", "Hours", "HowEquipmentLeft",
    "Income", "Interval", "Jurisdiction", "Locality", "LotChoice", "Meaning", "MeterDoubt", "Method", "Moment",
    "Months", "Movement", "Number", "Owner", "Payment", "PaymentType", "Per", "Persons", "Price", "PriceLeg",
    "PriceSample", "Profile", "Purchase", "Receipt", "Rule", "Sale", "Scheme", "Selection", "Selector", "Share",
    "SharedAs", "Sharing", "SignedPrice", "SignedUsd", "State", "Suspense", "Tariff", "Trade", "Transfer", "Usage",
    "Usd", "Void", "WalletDeclared", "Weekdays", "Withheld", "Year", "YearFacts", "Years", "Zone",
]  # fmt: skip

Event: TypeAlias = (
    AssetDeclared
    | WalletDeclared
    | Receipt
    | Purchase
    | GiftReceived
    | Sale
    | Transfer
    | Movement
    | PriceSample
    | Balance
    | BrokerReport
    | BusinessIncome
    | Expense
    | Usage
    | HomeOffice
    | Energy
    | Tariff
    | EnergyEstimate
    | Sharing
    | Equipment
    | EquipmentUse
    | EquipmentSale
    | Payment
    | Profile
    | YearFacts
    | Election
    | Selection
    | ActivityEvidence
    | ExchangeRate
    | HashrateTold
    | Difficulty
    | Credit
    | Suspense
    | Void
    | Correction
    | Rule
    | Filing
)
