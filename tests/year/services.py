"""What each service answers on the day it is asked: the layouts of recorded answers, with the rows of the story."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lotwork.ledger.clock import Clock
from tests.ingest.exchanges.kit import Answers, Coinbase, Kraken
from tests.ingest.exchanges.over_http import question_of
from tests.ingest.scripted_server import Reply, Script
from tests.year.chain import Esplora
from tests.year.doings import DIFFICULTY
from tests.year.rows import Told, coins
from tests.year.story import Story
from tests.year.truth import price, seconds

FORGOTTEN = 40
"""So many payments 2Miners lists, and no older ones."""
HOUSES = ("coinbase-api", "kraken-api")
WATCHED = ("cold", "savings", "solo")
Asked = dict[str, str]


@dataclass
class Services:
    """Everything that is asked in the year, behind one address, a path each."""

    story: Story
    clock: Clock
    script: Script

    def __post_init__(self) -> None:
        self.esplora = Esplora(self.story.chain, WATCHED)
        self.asked = 0
        self.answers: dict[str, Callable[[str, Asked], Any]] = {
            "braiins": self._braiins,
            "ocean": self._ocean,
            "viabtc": self._viabtc,
            "2miners": self._two_miners,
            "nicehash": self._nicehash,
            "phoenixd": self._phoenixd,
            "ckpool": self._ckpool,
            "market": self._market,
            "barn": self._barn,
            "difficulty": self._difficulty,
        }

    def answer(self, path: str) -> Reply:
        """Answer one question as of the world's time."""
        self.asked += 1
        parts = urlsplit(path)
        service, _, rest = parts.path.strip("/").partition("/")
        if service == "esplora":
            told = self.esplora.answer(rest, self.clock.now())
            if told is None:
                return Reply(status=404, body=b"not found", media="text/plain")
            if isinstance(told, str):
                return Reply(body=told.encode(), media="text/plain")
        elif service in HOUSES:
            house = service.removesuffix("-api")
            told = self.of_a_house(house)(*question_of(house, f"/{rest}?{parts.query}", self.script))
        else:
            told = self.answers[service](rest, {key: each[0] for key, each in parse_qs(parts.query).items()})
        return Reply(body=json.dumps(told).encode())

    def rows(self, name: str) -> list[Told]:
        """Return the rows of a list as of the world's time, in the order they came."""
        now = self.clock.now()
        return [told for row in self.story.rows[name] if (told := row.as_of(now)) is not None]

    def of_a_house(self, house: str) -> Answers:
        """Return what answers for an exchange as of the world's time."""
        if house == "kraken":
            entries = {row["name"]: {key: each for key, each in row.items() if key != "name"} for row in
                       self.rows("kraken/ledger")}  # fmt: skip
            kraken = Kraken(entries)
            kraken.sent = self.rows("kraken/sent")
            return kraken
        wallets = {coin: [_of_a_chain(row) for row in self.rows(f"coinbase/{coin}")] for coin in ("BTC", "USD")}
        return Coinbase(wallets, self.rows("coinbase/fills"))

    def _barn(self, _path: str, asked: Asked) -> Any:
        first, last, now = int(asked["ts"]), int(asked["end_ts"]), self.clock.now()
        used = [each for each in self.story.truth.used if each.place == "barn" and each.end <= now]
        found = [each for each in used if first <= seconds(each.begin) <= last]
        keys = ["total_act_energy", "fund_act_energy", "total_act_ret_energy"]
        blocks = [
            {"ts": seconds(each.begin), "period": 3600, "values": [[float(each.kwh * 1000), 0.0, 0.0]]}
            for each in found
        ]
        return {"keys": keys, "data": blocks}

    def _difficulty(self, path: str, _asked: Asked) -> Any:
        now, first = self.clock.now(), datetime(2025, 11, 20, tzinfo=UTC)
        every = [(seconds(first + timedelta(days=14) * number), 2016 * (459 + number)) for number in range(40)]
        told = [[at, height, DIFFICULTY, 1.0] for at, height in every if at <= seconds(now)]
        return told[::-1] if path.endswith("/all") else told[-6:][::-1]

    def _braiins(self, path: str, asked: Asked) -> Any:
        if "hash_rate" in path:
            return {"btc": self.rows("braiins/hashrate")[::-1]}
        first, last = _second(asked["from"]), _second(asked["to"]) + 86_399
        if "rewards" in path:
            days = [row for row in self.rows("braiins/rewards") if first <= row["date"] <= last]
            return {"btc": {"daily_rewards": days[::-1]}}
        return {
            name: [row for row in self.rows(f"braiins/{name}") if first <= row["requested_at_ts"] <= last][::-1]
            for name in ("onchain", "lightning")
        }

    def _ocean(self, path: str, _asked: Asked) -> Any:
        words = path.split("/")
        if words[0] == "statsnap":
            return {"result": {"unpaid": coins(self._owed_by_ocean()), "shares_60s": "1"}}
        if words[0] == "monthly_earnings_report":
            return {"result": {"report": [r for r in self.rows("ocean/report") if r["TimeUTC"].startswith(words[2])]}}
        first, last = int(words[2]), int(words[3])
        earnings = [row for row in self.rows("ocean/earnings") if first <= _second(row["ts"]) <= last]
        payouts = [row for row in self.rows("ocean/payouts") if first <= int(row["ts"]) <= last]
        told = {"start_ts": str(first), "end_ts": str(last), "earnings": earnings[::-1], "payouts": payouts[::-1]}
        return {"result": told}

    def _owed_by_ocean(self) -> int:
        """Return what was earned and not paid, whether or not the list of payouts has it."""
        now = seconds(self.clock.now())
        made = [row.told[0][1] for row in self.story.rows["ocean/payouts"]]
        earned: int = sum(row["satoshis_net_earned"] for row in self.rows("ocean/earnings"))
        paid: int = sum(row["total_satoshis_net_paid"] for row in made if int(row["ts"]) <= now)
        over: int = sum(row["receivedSat"] for row in self.rows("phoenixd") if row["description"].startswith("OCEAN"))
        return max(0, earned - paid - over)

    def _viabtc(self, path: str, asked: Asked) -> Any:
        rows = self.rows(f"viabtc/{'profit' if 'profit' in path else 'payment'}-{asked['coin']}")[::-1]
        if "profit" in path:
            rows = [row for row in rows if asked["start_date"] <= row["date"] <= asked["end_date"]]
        page, limit = int(asked["page"]), int(asked["limit"])
        shown = rows[(page - 1) * limit : page * limit]
        paging = {"count": len(shown), "curr_page": page, "has_next": page * limit < len(rows)}
        whole = {"total": len(rows), "total_page": max(1, -(-len(rows) // limit))}
        return {"code": 0, "data": {**paging, **whole, "data": shown}, "message": "OK"}

    def _two_miners(self, _path: str, _asked: Asked) -> Any:
        rows = self.rows("2miners")
        more = {"rewards": [], "stats": {"balance": 1, "pending": False}, "sumrewards": []}
        return {"payments": rows[::-1][:FORGOTTEN], "paymentsTotal": len(rows), **more}

    def _nicehash(self, _path: str, asked: Asked) -> Any:
        rows, page, size = self.rows("nicehash")[::-1], int(asked["page"]), int(asked["size"])
        paging = {"size": size, "page": page, "totalPageCount": max(1, -(-len(rows) // size))}
        return {"list": rows[page * size : (page + 1) * size], "pagination": paging}

    def _phoenixd(self, _path: str, asked: Asked) -> Any:
        first, last = int(asked["from"]), int(asked["to"])
        rows = [row for row in self.rows("phoenixd") if first <= row["completedAt"] <= last][::-1]
        return rows[int(asked["offset"]) :][: int(asked["limit"])]

    def _ckpool(self, _path: str, _asked: Asked) -> Any:
        rates = {f"hashrate{span}": "1.35T" for span in ("1m", "5m", "1hr", "1d", "7d")}
        return {**rates, "lastshare": seconds(self.clock.now()) - 60, "workers": 1, "shares": 2, "worker": []}

    def _market(self, path: str, asked: Asked) -> Any:
        """Answer /products/BTC-USD/candles: newest first, one before the span; namecoin has no market."""
        asset = path.split("/")[1].removesuffix("-USD")
        size = int(asked["granularity"])
        start, end = (seconds(datetime.fromisoformat(asked[key])) for key in ("start", "end"))
        if asset == "NMC":
            return []
        starts = range(start - start % size - size, min(end + 1, seconds(self.clock.now())), size)
        return [_candle(asset, each, size) for each in starts][::-1][:300]


def _of_a_chain(row: Told) -> Told:
    """Return a transaction of a wallet with its network, where it was on a chain."""
    sent = {key: value for key, value in row.items() if key != "hash"}
    return sent | ({"network": {"status": "confirmed", "hash": row["hash"]}} if "hash" in row else {})


def _candle(asset: str, start: int, size: int) -> list[Any]:
    close = float(price(asset, datetime.fromtimestamp(start + size - 60, UTC)))
    return [start, close, close, close, close, 2.5]


def _second(text: str) -> int:
    return seconds(datetime.fromisoformat(text).replace(tzinfo=UTC))
