"""Markets that answer any question at once: what a coin costs is a plain function of the minute, and nobody waits.

Questions are counted, and the seconds that the pace between them takes are those of a clock that a test moves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from lotwork.ingest.asking.answer import JsonAnswer
from lotwork.ingest.asking.json_guard import parse_json
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import SourceRefusedError

DOLLARS = {"BTC": 90_000, "LTC": 85, "DOGE": 1, "KAS": 1, "USDT": 1}


def close_of(asset: str, minute: int) -> Decimal:
    """Return what *asset* cost at the end of the minute that begins at *minute*: another price in each."""
    return Decimal(DOLLARS[asset]) + Decimal(minute // 60 % 997) / 1000


@dataclass
class ModelClient:
    """Stands where a client stands, over a market that *rows* make up."""

    rows: Callable[[str, Mapping[str, str | int]], Any]
    clock: SetClock
    gap_seconds: float = 0.2
    asked: list[str] = field(default_factory=list)

    def get_json(
        self, url: str, *, item: str, params: Mapping[str, str | int] | None = None, until: object = None
    ) -> JsonAnswer:
        """Return what the market answers."""
        del until
        self.asked.append(item)
        self.clock.move(self.gap_seconds)
        body = json.dumps(self.rows(url, params or {})).encode()
        return JsonAnswer(parse_json(body), body)

    def refusal(self, item: str, reason: str, remedy: str, body: bytes = b"") -> SourceRefusedError:
        """Return the error of an answer that is not to be believed."""
        del body
        return SourceRefusedError(f"{item}: {reason}: {remedy}")


def coinbase_rows(
    url: str, params: Mapping[str, str | int], *, traded: Callable[[int], bool] = lambda _minute: True, most: int = 300
) -> list[list[Any]]:
    """Return the candles of Coinbase for a question, newest first, those left out in which no minute was *traded*."""
    asset = url.split("/")[-2].removesuffix("-USD")
    start, end = (int(datetime.fromisoformat(str(params[key])).timestamp()) for key in ("start", "end"))
    seconds = int(params["granularity"])
    found: list[list[Any]] = []
    for begin in range(start, end, seconds):
        minutes = [minute for minute in range(begin, begin + seconds, 60) if traded(minute)]
        if minutes:
            close = float(close_of(asset, minutes[-1]))
            found.append([begin, close, close, close, close, 1.5])
    return found[::-1][:most]
