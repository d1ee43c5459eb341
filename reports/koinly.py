"""A book as Koinly's universal CSV takes it in, a file for each wallet: leaving is as easy as coming.

The columns are those of Koinly's own template (support.koinly.io, "How to create a custom CSV file with your data"):
instants in UTC, income and what was spent at its worth under a label. Koinly makes a wallet of each file and matches
what left one with what came to another. Behind them stand four columns that Koinly does not read, so that `lotwork
import` brings the same coins, dollars and transfers back to the micro-dollar. What the template has no place for is
counted.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.units import USD, AssetTable, usd_text
from lotwork.reports.forms.drawn import csv_bytes
from lotwork.reports.lines import coins

COLUMNS = (
    "Date", "Sent Amount", "Sent Currency", "Received Amount", "Received Currency", "Fee Amount", "Fee Currency",
    "Net Worth Amount", "Net Worth Currency", "Label", "Description", "TxHash", "Wallet", "Sending Wallet",
    "Receiving Wallet", "Coin Price",
)  # fmt: skip
AMOUNTS = frozenset(("Sent Amount", "Received Amount", "Fee Amount", "Net Worth Amount", "Coin Price"))
NOTHING = ("", "")
LABELS: Mapping[e.Income, str] = {
    "block_reward": "mining", "transaction_fee": "mining", "pool_payout": "mining", "bonus": "mining",
    "referral": "mining", "staking": "reward", "other": "other income", "hosting": "other income", "fork": "fork",
    "airdrop": "airdrop",
}  # fmt: skip
OF_SALES = {"spent": "cost", "donated": "donation", "gift": "gift", "lost": "lost", "stolen": "stolen"}


class Lost(NamedTuple):
    """What Koinly's template has no place for: one of it, several of it, and what to know."""

    one: str
    several: str
    why: str

    def words(self, count: int) -> str:
        """Return how many of it there are, and what to know."""
        return f"{count} {self.one if count == 1 else self.several}{self.why}"


IN_DOUBT = Lost("receipt", "receipts", " that may be no income: there is no label for it, so say in Koinly what it is")
UNPRICED = Lost("receipt or fee", "receipts or fees", " without a price: Koinly looks for one of its own")
UNVALUED = Lost("receipt", "receipts", " that no market valued: Koinly looks for a price of its own")
FREE = Lost("purchase or sale", "purchases or sales", " for nothing: a deposit or a withdrawal without a label")
BY_CHOICE = Lost("sale or transfer", "sales or transfers", " whose lots were chosen: Koinly has no such choice")
CHOICES = Lost(
    "election or selection of lots", "elections and selections of lots", ": set the same order in Koinly's settings"
)
GIVEN = Lost("gift", "gifts", " received: Koinly takes the worth, and not the giver's basis and day")
WRAPPED = Lost("coin", "coins", " wrapped or unwrapped: a withdrawal and a deposit of two coins")
SWAPPED = Lost("swap", "swaps", ": each side is a trade with dollars, as it stands in the book")


class Sides(NamedTuple):
    """One row's own cells, before where and when; an amount is the text of it."""

    sent: tuple[str, str] = ("", "")
    received: tuple[str, str] = ("", "")
    fee: tuple[str, str] = ("", "")
    worth: str = ""
    label: str = ""
    moved_from: str = ""
    moved_to: str = ""
    price: str = ""


class Koinly(msgspec.Struct):
    """The rows of each wallet, and how much of the book is not carried whole, by why."""

    assets: AssetTable
    wallets: defaultdict[str, list[tuple[str, ...]]] = msgspec.field(default_factory=lambda: defaultdict(list))
    not_whole: Counter[Lost] = msgspec.field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(map(len, self.wallets.values()))

    def files(self) -> dict[str, bytes]:
        """Return the files by their names, with a manifest of their digests."""
        named: dict[str, bytes] = {}
        for wallet, rows in sorted(self.wallets.items()):
            named[_file_name(wallet, named)] = csv_bytes(COLUMNS, rows, AMOUNTS)
        listed = [{"name": name, "sha256": hashlib.sha256(each).hexdigest()} for name, each in named.items()]
        told = {"schema": "lotwork.koinly_manifest.v1", "files": listed}
        return {**named, "manifest.json": msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"}

    def take(self, event: e.Event) -> None:
        """Write *event*, where it is one of coins."""
        match event:
            case e.Receipt():
                self._receipt(event)
            case e.Purchase():
                self._purchase(event)
            case e.GiftReceived():
                self._gift(event)
            case e.Sale():
                self._sale(event)
            case e.Transfer():
                self._transfer(event)
            case e.Movement():
                fee = self._coins(event.fee_quantity, event.asset) if event.fee_quantity else NOTHING
                sent = self._coins(event.quantity, event.asset)
                self._write(event, event.wallet, Sides(sent=sent, fee=fee), event.txid)
            case e.Election() | e.Selection():
                self.not_whole[CHOICES] += 1
            case e.PriceSample() | e.ExchangeRate() | e.Balance() | e.BrokerReport() | e.BusinessIncome():
                pass
            case e.Expense() | e.Usage() | e.HomeOffice() | e.Energy() | e.EnergyEstimate() | e.Tariff() | e.Sharing():
                pass
            case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.ActivityEvidence() | e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case (
                e.HashrateTold() | e.Difficulty() | e.Credit() | e.Suspense()
            ):  # no coins came: what the work and the pool say
                pass
            case _:
                assert_never(event)

    def _purchase(self, event: e.Purchase) -> None:
        self.not_whole[FREE] += not event.cost_usd_micros
        paid = self._usd(event.cost_usd_micros) if event.cost_usd_micros else NOTHING
        got = self._coins(event.quantity, event.asset)
        self._write(event, event.wallet, Sides(paid, got, self._fee(event.fee_usd_micros)))

    def _gift(self, event: e.GiftReceived) -> None:
        self.not_whole[GIVEN] += 1
        worth = usd_text(event.fair_value_usd_micros) if event.fair_value_usd_micros else ""
        got = self._coins(event.quantity, event.asset)
        self._write(event, event.wallet, Sides(received=got, worth=worth, label="gift"))

    def _receipt(self, event: e.Receipt) -> None:
        value = event.value_usd_micros
        self.not_whole[IN_DOUBT] += event.in_doubt
        if not event.in_doubt:
            self.not_whole[UNPRICED] += value is None
            self.not_whole[UNVALUED] += value == 0
        worth = usd_text(value) if value else ""
        label = "" if event.in_doubt else LABELS[event.income]
        got = self._coins(event.quantity, event.asset)
        self._write(event, event.wallet, Sides(received=got, worth=worth, label=label), event.txid)

    def _sale(self, event: e.Sale) -> None:
        self.not_whole[BY_CHOICE] += bool(event.lots)
        self.not_whole[SWAPPED] += event.disposition == "swapped"
        sent, label = self._coins(event.quantity, event.asset), OF_SALES.get(event.disposition, "")
        proceeds = event.proceeds_usd_micros
        if not label:
            self.not_whole[FREE] += not proceeds
            got = self._usd(proceeds) if proceeds else NOTHING
            self._write(event, event.wallet, Sides(sent, got, self._fee(event.fee_usd_micros)))
            return
        net = proceeds - (event.fee_usd_micros if event.disposition == "spent" else 0)
        self.not_whole[FREE] += net <= 0 and event.disposition in ("spent", "donated")
        self._write(event, event.wallet, Sides(sent=sent, worth=usd_text(net) if net > 0 else "", label=label))

    def _transfer(self, event: e.Transfer) -> None:
        self.not_whole[BY_CHOICE] += bool(event.lots)
        sent = self._coins(event.quantity, event.asset)
        fee = self._coins(event.fee_quantity, event.asset) if event.fee_quantity else NOTHING
        self.not_whole[UNPRICED] += bool(event.fee_quantity) and event.price_usd is None
        price = (event.price_usd or "") if event.fee_quantity else ""
        if event.to_asset is not None:
            self.not_whole[WRAPPED] += 1
            self._write(event, event.from_wallet, Sides(sent=sent, fee=fee), event.txid)
            got = self._coins(event.quantity, event.to_asset)
            self._write(event, event.to_wallet, Sides(received=got), event.txid)
            return
        left = Sides(sent=sent, fee=fee, moved_to=event.to_wallet, price=price)
        self._write(event, event.from_wallet, left, event.txid)
        self._write(event, event.to_wallet, Sides(received=sent, moved_from=event.from_wallet), event.txid)

    def _write(self, event: e.Event, wallet: str, sides: Sides, txid: str | None = None) -> None:
        row = (
            _instant(event.at), *sides.sent, *sides.received, *sides.fee, sides.worth, USD if sides.worth else "",
            sides.label, event.note or "", txid or "", wallet, sides.moved_from, sides.moved_to, sides.price,
        )  # fmt: skip
        self.wallets[wallet].append(row)

    def _coins(self, quantity: int, asset: str) -> tuple[str, str]:
        return coins(quantity, asset, self.assets), asset

    @staticmethod
    def _usd(micros: int) -> tuple[str, str]:
        return usd_text(micros), USD

    def _fee(self, micros: int) -> tuple[str, str]:
        return self._usd(micros) if micros else NOTHING


def koinly(events: Iterable[e.Event], assets: AssetTable) -> Koinly:
    """Return what *events*, in their order, are in Koinly's columns."""
    made = Koinly(assets)
    for event in events:
        made.take(event)
    made.not_whole = +made.not_whole
    return made


def _instant(at: datetime) -> str:
    """Return an instant as Koinly reads it: to the minute, or to the second where it has one."""
    told = at.astimezone(UTC)
    return told.strftime("%Y-%m-%d %H:%M:%S UTC" if told.second else "%Y-%m-%d %H:%M UTC")


def _file_name(wallet: str, taken: Mapping[str, bytes]) -> str:
    """Return the name of a wallet's file; two wallets never share one."""
    bare = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in wallet.casefold())
    stem = bare.strip("-")[:40] or "wallet"
    name, count = f"koinly-{stem}.csv", 1
    while name in taken:
        count += 1
        name = f"koinly-{stem}-{count}.csv"
    return name
