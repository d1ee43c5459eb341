"""What exchanges do and write into their files: each line with the instant from which on a download has it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random  # noqa: TID251 - a drawn year, by a seed that is written down
from typing import Literal

from tests.year.chain import Payment
from tests.year.rows import Balance, Row, Told, coins, worth
from tests.year.truth import CENT, MICRO, Bought, Moved, Sold, Truth, price, seconds

House = Literal["coinbase", "kraken", "river", "nicehash"]


class Houses(ABC):
    """The exchanges; `exports` by house."""

    draw: Random
    truth: Truth
    balances: dict[str, Balance]
    rows: dict[str, list[Row]]

    def __init__(self) -> None:
        self.exports: dict[House, list[tuple[datetime, list[str]]]] = defaultdict(list)

    @abstractmethod
    def pay(self, payment: Payment) -> Payment:
        """Let *payment* be made on the chain."""

    # -- Coinbase -------------------------------------------------------------------------------------------------

    def sends_to_coinbase(self, at: datetime, sats: int) -> None:
        """From the cold wallet, seen by the chain with its fee, and by Coinbase as received, half an hour later."""
        fee = 1800 + self.draw.randrange(900)
        payment = self.pay(Payment(at=at, outputs={"coinbase": sats}, spends="cold", fee=fee))
        self.truth.moved.append(Moved(at=at, giver="cold", taker="coinbase", units=sats, fee=fee))
        note = f"Received {coins(sats)} BTC from an external account"
        there = at + timedelta(minutes=31)
        self.coinbase_wallet(there, "send", "BTC", coins(sats), worth(sats, there), hash=payment)
        self.coinbase_line(there, "Receive", sats, worth(sats, there), Decimal(0), note)

    def sells_at_coinbase(self, at: datetime, sats: int, *, in_quote: bool = False) -> None:
        """Sold at the market, less four in a thousand; an order of so many dollars tells no coins but in the wallet."""
        usd = worth(sats, at) if in_quote else Decimal(sats).scaleb(-8) * price("BTC", at)
        assert usd == usd.quantize(MICRO), "what is traded for comes to micro-dollars at most"
        fee = (usd * 4 / 1000).quantize(CENT)
        note = f"Sold {coins(sats)} BTC for {usd - fee} USD on BTC-USD at {price('BTC', at)} USD/BTC"
        self.coinbase_line(at, "Advanced Trade Sell", -sats, usd, fee, note)
        self.coinbase_fills(at, sats, usd, fee, in_quote=in_quote)
        self.truth.sold.append(Sold(at=at, wallet="coinbase", units=sats, usd=usd, fee=fee))

    def coinbase_wallet(
        self, at: datetime, kind: str, coin: str, amount: str, usd: Decimal, **more: Payment | Told
    ) -> None:
        """Tell a transaction of a wallet at Coinbase by its API."""
        row: Told = {
            "id": f"tx{len(self.rows['coinbase/BTC']):03}{coin}", "type": kind, "status": "completed",
            "amount": {"amount": amount, "currency": coin}, "created_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "native_amount": {"amount": f"{usd if amount[0] != '-' else -usd}", "currency": "USD"}, **more,
        }  # fmt: skip
        self.rows[f"coinbase/{coin}"].append(Row(told=[(at, row)]))

    def coinbase_fills(self, at: datetime, sats: int, usd: Decimal, fee: Decimal, *, in_quote: bool) -> None:
        """Tell a fill by the API, and its two legs in the wallets."""
        order = f"order{len(self.rows['coinbase/fills']):03}"
        row: Told = {
            "entry_id": f"entry-{order}", "trade_id": f"trade-{order}", "order_id": order, "trade_type": "FILL",
            "trade_time": f"{at:%Y-%m-%dT%H:%M:%SZ}", "price": f"{price('BTC', at)}", "commission": f"{fee}",
            "size": f"{usd}" if in_quote else coins(sats), "size_in_quote": in_quote, "product_id": "BTC-USD",
            "side": "SELL", "liquidity_indicator": "TAKER", "retail_portfolio_id": "11111111-2222",
        }  # fmt: skip
        self.rows["coinbase/fills"].append(Row(told=[(at, row)]))
        leg = {"order_id": order, "product_id": "BTC-USD", "fill_price": row["price"], "commission": "0"}
        self.coinbase_wallet(at, "advanced_trade_fill", "BTC", f"-{coins(sats)}", usd, advanced_trade_fill=leg)
        self.coinbase_wallet(at, "advanced_trade_fill", "USD", f"{usd - fee}", usd - fee, advanced_trade_fill=leg)

    def coinbase_line(self, at: datetime, word: str, sats: int, usd: Decimal, fee: Decimal, note: str) -> None:
        """Write a line of Coinbase's file."""
        amounts = [f"${price('BTC', at)}", f"${usd:,}", f"${usd - fee:,}", f"${fee}"]
        line = [f"cb{len(self.exports['coinbase']):04}", f"{at:%Y-%m-%d %H:%M:%S} UTC", word, "BTC", coins(sats)]
        self.exports["coinbase"].append((at, [*line, "USD", *amounts, note, "", ""]))

    # -- River ----------------------------------------------------------------------------------------------------

    def buys_at_river(self, at: datetime, sats: int) -> None:
        """Dollars for bitcoin, one in a hundred of them for the house."""
        usd = worth(sats, at)
        fee = (usd / 100).quantize(CENT)
        line = [f"{at:%Y-%m-%d %H:%M:%S}", f"{usd}", "USD", coins(sats), "BTC", f"{fee}", "USD", "Buy"]
        self.exports["river"].append((at, line))
        self.truth.bought.append(Bought(at=at, wallet="river", units=sats, usd=usd, fee=fee))

    def sells_at_river(self, at: datetime, sats: int) -> None:
        """Bitcoin for dollars."""
        usd = worth(sats, at)
        fee = (usd / 100).quantize(CENT)
        line = [f"{at:%Y-%m-%d %H:%M:%S}", coins(sats), "BTC", f"{usd}", "USD", f"{fee}", "USD", "Sell"]
        self.exports["river"].append((at, line))
        self.truth.sold.append(Sold(at=at, wallet="river", units=sats, usd=usd, fee=fee))

    # -- NiceHash and Kraken --------------------------------------------------------------------------------------

    def nicehash_line(self, at: datetime, word: str, sats: int) -> None:
        """Write a line of NiceHash's report."""
        rate, there = price("BTC", at), at - timedelta(hours=5)
        line = [f"{at:%Y-%m-%d %H:%M:%S} GMT", f"{there:%Y-%m-%d %H:%M:%S} GMT-05:00", word, coins(sats)]
        usd = (Decimal(sats).scaleb(-8) * rate).quantize(CENT)
        self.exports["nicehash"].append((at, [*line, f"{rate}", f"{usd}"]))

    def withdraws_from_nicehash(self, at: datetime) -> None:
        """All that is at NiceHash, less its fee, to Kraken, which has it forty minutes later."""
        fee = 500
        sats = self.balances["nicehash"].due(at) - fee
        self.nicehash_line(at, "Withdrawal complete", -sats)
        self.nicehash_line(at, "Withdrawal fee", -fee)
        self.kraken_line(at + timedelta(minutes=40), "deposit", "FTXNH", "BTC", Decimal(sats).scaleb(-8), Decimal(0))
        self.truth.moved.append(Moved(at=at, giver="nicehash", taker="kraken", units=sats, fee=fee))
        self.balances["kraken"].credits.append((at, sats))

    def sells_at_kraken(self, at: datetime) -> None:
        """Two thirds of what is there; the fee stands with the dollars."""
        sats = self.balances["kraken"].owed(at) * 2 // 3
        self.balances["kraken"].paid += sats
        usd = worth(sats, at)
        fee = (usd * 26 / 10_000).quantize(CENT)
        self.kraken_line(at, "trade", "TRADE1", "BTC", -Decimal(sats).scaleb(-8), Decimal(0))
        self.kraken_line(at, "trade", "TRADE1", "USD", usd, fee)
        self.truth.sold.append(Sold(at=at, wallet="kraken", units=sats, usd=usd, fee=fee))

    def withdraws_from_kraken(self, at: datetime) -> None:
        """The rest, less Kraken's fee, to the watched cold wallet, which has it forty-seven minutes later."""
        fee = 1000
        sats = self.balances["kraken"].due(at) - fee
        self.kraken_line(at, "withdrawal", "FTXOUT", "BTC", -Decimal(sats).scaleb(-8), Decimal(fee).scaleb(-8))
        payment = self.pay(Payment(at=at + timedelta(minutes=47), outputs={"cold": sats}))
        sent: Told = {"kind": "withdrawal", "refid": "FTXOUT-CCCCC-DDDDDD", "txid": payment, "status": "Success"}
        self.rows["kraken/sent"].append(Row(told=[(payment.at, sent)]))
        self.truth.moved.append(Moved(at=at, giver="kraken", taker="cold", units=sats, fee=fee))

    def kraken_line(self, at: datetime, word: str, ref: str, asset: str, amount: Decimal, fee: Decimal) -> None:
        """Write a line of Kraken's ledger."""
        number = len(self.exports["kraken"])
        kind = "fiat" if asset == "USD" else "crypto"
        told: Told = {
            "name": f"L{number:05}-AAAAA-BBBBBB", "refid": f"{ref}-CCCCC-DDDDDD", "time": seconds(at), "type": word,
            "subtype": "", "aclass": "currency", "asset": {"BTC": "XXBT", "USD": "ZUSD"}[asset],
            "amount": f"{amount:.10f}", "fee": f"{fee:.10f}", "balance": "0.0000000000",
        }  # fmt: skip
        self.rows["kraken/ledger"].append(Row(told=[(at, told)]))
        start = [f"L{number:05}-AAAAA-BBBBBB", f"{ref}-CCCCC-DDDDDD", f"{at:%Y-%m-%d %H:%M:%S}", word, "", "currency"]
        self.exports["kraken"].append((at, [*start, kind, asset, "spot / main", f"{amount:.10f}", f"{fee:.10f}", "0"]))
