"""What pools, houses and the miner do, each as truth, on the chain, and as rows of services."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random  # noqa: TID251 - a drawn year, by a seed that is written down

from tests.year.chain import Chain, Payment, Reorganisation, address_of
from tests.year.houses import Houses
from tests.year.rows import Balance, Row, Told, coins
from tests.year.truth import CENT, HERE, Bill, Came, Truth, Used, is_night, seconds

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOON = timedelta(minutes=3)
DESTINATION = "miner@ln.example"
HASHRATE_GH = 340_000
"""What the rigs do for Braiins: at DIFFICULTY some 21,400 satoshis of subsidy a day, and the fees come on top."""
DIFFICULTY = 100_000_000_000_000
ON_THE_CHAIN = 1_048_576
"""The balance that OCEAN pays out in a block."""


class Doings(Houses):
    """Everything that can happen; `rows` by list of a service."""

    def __init__(self, draw: Random) -> None:
        super().__init__()
        self.draw = draw
        self.truth = Truth()
        self.chain = Chain()
        self.payments: list[Payment] = []
        self.moves: list[Reorganisation] = []
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.balances: dict[str, Balance] = defaultdict(Balance)
        self._number = 0

    @property
    def sending_fees(self) -> dict[datetime, int]:
        """What pools took beside a payout, by its instant."""
        return self.truth.sending_fees

    def minutes(self, most: int) -> timedelta:
        """Draw some minutes and seconds."""
        return timedelta(minutes=self.draw.randrange(most), seconds=self.draw.randrange(60))

    def pay(self, payment: Payment) -> Payment:
        """Let *payment* be made on the chain."""
        self.payments.append(payment)
        return payment

    def named(self) -> str:
        """Return a hash that no other thing has."""
        self._number += 1
        return f"{self.draw.getrandbits(190):048x}{self._number:016x}"

    def came(self, pool: str, at: datetime, units: int, wallet: str, asset: str = "BTC") -> None:
        """Let coins come as income."""
        self.truth.came.append(Came(pool=pool, at=at, asset=asset, units=units, wallet=wallet))

    def credited(self, pool: str, at: datetime, units: int, asset: str = "BTC") -> None:
        """Let a pool owe coins."""
        self.truth.credited.append(Came(pool=pool, at=at, asset=asset, units=units, wallet=pool))

    def bill(self, at: datetime, words: str, line: str, usd: Decimal) -> None:
        """Let the bank pay."""
        self.truth.bills.append(Bill(at=at, words=words, line=line, usd=usd))

    def shed_uses(self, day: datetime) -> None:
        """The meter of the shed counts the night, the day and the evening of a day apart."""
        clock = day.astimezone(HERE)
        for first, last in ((0, 6), (6, 22), (22, 24)):
            begin, end = clock.replace(hour=first), clock.replace(tzinfo=None) + timedelta(hours=last)
            kwh = Decimal(last - first) * 3 + self.draw.randrange(200) * CENT
            self.truth.used.append(Used(begin=begin, end=end.replace(tzinfo=HERE), kwh=kwh))
            assert is_night(begin) == (last != 22)

    def barn_uses(self, day: datetime) -> None:
        """The meter of the barn keeps a record of each hour, in watt hours."""
        for hour in range(24):
            begin = day + hour * HOUR
            watt_hours = 2500 + self.draw.randrange(900)
            self.truth.used.append(Used(begin=begin, end=begin + HOUR, kwh=Decimal(watt_hours) / 1000, place="barn"))

    # -- Braiins --------------------------------------------------------------------------------------------------

    def braiins_credits(self, day: datetime) -> None:
        """A day's reward, with what the firmware gives back and what a friend brings; told a day later."""
        mined = 21_000 + self.draw.randrange(4000)
        bonus, referral = mined // 50, self.draw.choice((0, 0, 120, 340))
        told = day + DAY + 10 * HOUR
        row = {
            "date": seconds(day), "total_reward": coins(mined + bonus + referral), "mining_reward": coins(mined),
            "bos_plus_reward": coins(bonus), "referral_bonus": coins(0), "referral_reward": coins(referral),
            "shares": 33_000_000, "share_prices": [], "calculation_date": seconds(told),
        }  # fmt: skip
        self.rows["braiins/rewards"].append(Row(told=[(told, row)]))
        work = {
            "date": seconds(day),
            "hash_rate_unit": "Gh/s",
            "hash_rate_24h": HASHRATE_GH,
            "total_shares": 33_000_000,
        }
        self.rows["braiins/hashrate"].append(Row(told=[(told, work)]))
        self.balances["braiins"].credits.append((told, mined + bonus + referral))
        self.credited("braiins", told, mined + bonus + referral)

    def braiins_pays(
        self,
        sent: datetime,
        *,
        queued: datetime | None = None,
        block: datetime | None = None,
        then: datetime | None = None,
        corrected: bool = False,
    ) -> None:
        """All that is owed, to the cold wallet; a reorganisation may move it from *block* to the block of *then*."""
        asked = queued or sent - timedelta(minutes=20)
        sats = self.balances["braiins"].due(asked)
        block = block or sent + timedelta(minutes=10) + self.minutes(170)
        payment = self.pay(Payment(at=then or block, outputs={"cold": sats}, first_at=block if then else None))
        row = _braiins(asked, sats) | {"destination": address_of("cold"), "tx_id": None}
        done = {**row, "status": "confirmed", "resolved_at_ts": seconds(sent), "tx_id": payment}
        told: list[tuple[datetime, Told]] = [(asked, row), (sent, done)]
        if corrected:
            told.append((sent + DAY, {**done, "resolved_at_ts": seconds(sent) + 1800}))
        self.rows["braiins/onchain"].append(Row(told=told))
        self.came("braiins", payment.at, sats, "cold")

    def braiins_fails(self, at: datetime) -> None:
        """A payout that is told as sent for a day, and then as failed: nothing of it ever was on the chain."""
        row = _braiins(at, self.balances["braiins"].owed(at)) | {"destination": address_of("cold")}
        sent = {**row, "status": "confirmed", "resolved_at_ts": seconds(at), "tx_id": self.named()}
        self.rows["braiins/onchain"].append(Row(told=[(at, sent), (at + 20 * HOUR, {**sent, "status": "failed"})]))

    def braiins_pays_lightning(self, at: datetime) -> None:
        """All that is owed, over Lightning, ten satoshis less for sending it; a first try fails."""
        sats = self.balances["braiins"].due(at) - 10
        row = _braiins(at, sats) | {"fee_sats": 10, "destination": DESTINATION}
        tried = {
            **row,
            "resolved_at_ts": seconds(at) + 30,
            "status": "failed",
            "invoice": "lnbc1tried",
            "preimage": None,
        }
        self.rows["braiins/lightning"].append(Row(told=[(at, tried)]))
        paid = at + timedelta(minutes=9)
        done = {**row, "resolved_at_ts": seconds(paid), "status": "confirmed", "invoice": f"lnbc1{self.named()}"}
        self.rows["braiins/lightning"].append(Row(told=[(paid, {**done, "preimage": self.named()})]))
        self.came("braiins", paid, sats, "lightning")
        self.sending_fees[paid] = 10

    # -- ViaBTC, 2Miners, NiceHash --------------------------------------------------------------------------------

    def viabtc_credits(self, day: datetime) -> None:
        """A day's profit of bitcoin, and of namecoin beside it."""
        for coin, units in (("BTC", 19_000), ("NMC", 1_900_000)):
            told = units + self.draw.randrange(units // 5)
            parts = {"pplns_profit": "0", "pps_profit": coins(told), "solo_profit": "0", "total_profit": coins(told)}
            row = {"coin": coin, "date": f"{day:%Y-%m-%d}", **parts}
            self.rows[f"viabtc/profit-{coin}"].append(Row(told=[(_midnight_utc(day) + DAY + HOUR, row)]))
            ends = _midnight_utc(day) + DAY
            self.balances[f"viabtc-{coin}"].credits.append((ends, told))
            self.credited("viabtc", ends, told, coin)

    def viabtc_pays(self, at: datetime, *, account: bool = False) -> None:
        """All that is owed of both coins: bitcoin on the watched chain or to an account, namecoin on its own."""
        units = self.balances["viabtc-BTC"].due(at)
        row = {"id": 90_000 + self._number, "coin": "BTC", "amount": coins(units), "create_time": seconds(at)}
        if account:
            self.rows["viabtc/payment-BTC"].append(Row(told=[(at, {**row, "address": "account", "tx": ""})]))
            self.came("viabtc", at, units, "coinex")
        else:
            payment = self.pay(Payment(at=at + timedelta(minutes=5) + self.minutes(90), outputs={"cold": units}))
            told = {**row, "address": address_of("cold"), "tx": payment}
            self.rows["viabtc/payment-BTC"].append(Row(told=[(at, told)]))
            self.came("viabtc", payment.at, units, "cold")
        units = self.balances["viabtc-NMC"].due(at)
        tx = self.named()
        beside = {"id": 90_000 + self._number, "coin": "NMC", "amount": coins(units), "create_time": seconds(at)}
        self.rows["viabtc/payment-NMC"].append(Row(told=[(at, {**beside, "address": "N1example", "tx": tx})]))
        self.came("viabtc", at, units, "cold", "NMC")

    def two_miners_pays(self, at: datetime) -> None:
        """Some ether classic for graphics cards; told in thousand millionths."""
        gwei = 61_000_000 + self.draw.randrange(19_000_000)
        row = {"amount": gwei, "timestamp": seconds(at), "tx": f"0x{self.named()}", "txFee": 42_000}
        self.rows["2miners"].append(Row(told=[(at + SOON, row)]))
        self.came("2miners", at, gwei * 10**9, "hot", "ETC")

    def nicehash_pays(self, at: datetime) -> None:
        """Hash power sold: gross and a fee of two percent, into the wallet at NiceHash."""
        gross = 30_000 + self.draw.randrange(6000)
        fee = gross // 50
        row = {
            "id": f"5a1f-{self.named()[-20:]}", "created": seconds(at) * 1000, "amount": coins(gross), "metadata": None,
            "currency": {"enumName": "BTC", "description": "BTC"}, "feeAmount": coins(fee),
            "accountType": {"enumName": "USER", "description": "User"},
        }  # fmt: skip
        self.rows["nicehash"].append(Row(told=[(at + SOON, row)]))
        self.nicehash_line(at, "Hashpower mining", gross)
        self.nicehash_line(at, "Hashpower mining fee", -fee)
        self.came("nicehash", at, gross - fee, "nicehash")
        self.balances["nicehash"].credits.append((at, gross - fee))

    # -- OCEAN ----------------------------------------------------------------------------------------------------

    def ocean_finds(self, at: datetime, usual: int, *, late: bool = False) -> None:
        """The pool finds a block: something is earned, and the balance is paid in that very block once it is large."""
        self.ocean_earns(at, usual + self.draw.randrange(60_000))
        if self.balances["ocean"].owed(at) >= ON_THE_CHAIN:
            sats = self.balances["ocean"].due(at)
            payment = self.pay(Payment(at=at, outputs={"savings": sats}, in_coinbase=True))
            self.ocean_lists(payment, sats, at, generation=True, late=12 * DAY if late else timedelta())

    def ocean_earns(self, at: datetime, net: int) -> None:
        """Tell of a block that the miner has a share of."""
        fee = net // 99
        row = {
            "block_hash": self.named(), "ts": f"{at:%Y-%m-%dT%H:%M:%S}", "shares_in_window": 128_515_457_417_216,
            "fees_colected_satoshis": fee, "satoshis_net_earned": net,
        }  # fmt: skip
        self.rows["ocean/earnings"].append(Row(told=[(at + SOON, row)]))
        report = {
            "TimeUTC": f"{at:%Y-%m-%dT%H:%M:%S}", "Blockheight": 952_000, "GrossUserRwd": net + fee,
            "GrossUserXctnRwd": 1000, "NetUserRwd": net, "UserHashSinceLastRwd": "123456789012345678",
        }  # fmt: skip
        self.rows["ocean/report"].append(Row(told=[(at + SOON, report)]))
        self.balances["ocean"].credits.append((at, net))
        self.credited("ocean", at, net)

    def ocean_lists(self, payment: Payment, sats: int, at: datetime, *, generation: bool, late: timedelta) -> None:
        """Tell of a payout on the chain, perhaps too late."""
        row = {
            "ts": str(seconds(at) + 12), "on_chain_txid": payment, "total_satoshis_net_paid": sats,
            "is_generation_txn": generation,
        }  # fmt: skip
        self.rows["ocean/payouts"].append(Row(told=[(at + SOON + late, row)]))
        self.came("ocean", payment.at, sats, "savings")

    def ocean_empties(self, at: datetime) -> None:
        """The miner asks for the balance, however small: a transaction of its own."""
        sats = self.balances["ocean"].due(at)
        payment = self.pay(Payment(at=at + timedelta(minutes=30), outputs={"savings": sats}))
        self.ocean_lists(payment, sats, at, generation=False, late=timedelta())

    def ocean_pays_lightning(self, at: datetime) -> None:
        """A small block, paid at once over Lightning: the pool's list has no such payout, the miner's node has it."""
        self.ocean_earns(at, 41_000 + self.draw.randrange(9000))
        paid = at + timedelta(minutes=2)
        sats = self.balances["ocean"].due(paid)
        row = {
            "type": "incoming_payment", "subType": "lightning", "paymentHash": self.named(), "preimage": self.named(),
            "description": "OCEAN payouts for block", "invoice": "lnbc1", "isPaid": True, "receivedSat": sats,
            "fees": 0, "completedAt": seconds(paid) * 1000, "createdAt": seconds(paid) * 1000 - 900,
        }  # fmt: skip
        self.rows["phoenixd"].append(Row(told=[(paid, row)]))
        other = {**row, "paymentHash": self.named(), "description": "pizza, thanks", "receivedSat": 31_000}
        self.rows["phoenixd"].append(Row(told=[(paid + HOUR, {**other, "completedAt": seconds(paid + HOUR) * 1000})]))
        self.came("ocean", paid, sats, "lightning")


def _midnight_utc(day: datetime) -> datetime:
    return day.replace(hour=0, minute=0)


def _braiins(asked: datetime, sats: int) -> Told:
    """Return a row of Braiins that waits in the queue."""
    return {
        "financial_account_name": "Bitcoin Account", "requested_at_ts": seconds(asked), "resolved_at_ts": None,
        "status": "queued", "amount_sats": sats, "fee_sats": 0, "trigger_type": "triggered",
    }  # fmt: skip
