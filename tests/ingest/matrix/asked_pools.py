"""The places of the pools: each as its recorded answers tell it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.ingest.matrix.grammar import Reads
from tests.ingest.matrix.looking import Source
from tests.ingest.pools.cases import ACCOUNT, ADDRESS, CASES
from tests.ingest.pools.kit import Case, sample
from tests.ingest.wires import Asked, Said, Server, said

TRUE_ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
"""Of BIP173."""
KEPT = Path(__file__).parents[2] / "data" / "external"


def of_case(case: Case) -> Source:
    """Return the place of a pool that the frame reads, as its recorded answers tell it."""
    return Source(
        name=case.name,
        of=case.kind,
        settings={"base_url": "https://pool.example", **case.settings},
        server=lambda: lambda asked: said(case.samples(asked)),
        at=datetime(2026, 3, 6, 12, tzinfo=UTC),
        reads=Reads(
            unread=case.unread,
            may_be_nothing=case.may_be_nothing,
            any_text=case.any_text,
            takes=lambda at, bad: at[-1:] == ("has_next",) and bad is True,
        ),
        counts="on_credit" if case.on_credit else "on_payout",
    )


def ocean() -> Server:
    """Return OCEAN, as it answered once."""
    recorded = json.loads((KEPT / "ocean_earnpay.json").read_bytes())["result"]
    month = json.loads((KEPT / "ocean_monthly_earnings.json").read_bytes())

    def answer(asked: Asked) -> Said:
        if "statsnap" in asked.path:
            return said({"result": {"unpaid": "0.00000000"}})
        if "monthly" in asked.path:
            return said(month)
        first, last = (int(part) for part in asked.path.split("/")[-2:])
        kept = {
            name: [item for item in recorded[name] if first <= _seconds(item["ts"]) <= last]
            for name in ("earnings", "payouts")
        }
        return said({"result": {"start_ts": first, "end_ts": last, **kept}})

    return answer


def _seconds(told: str) -> int:
    return int(told) if told.isdigit() else int(datetime.fromisoformat(told).replace(tzinfo=UTC).timestamp())


OCEAN = Source(
    name="ocean",
    of="ocean",
    settings={"address": TRUE_ADDRESS, "wallet": "cold", "start": "2026-06-01", "base_url": "https://api.example/v1"},
    server=ocean,
    at=datetime(2026, 6, 21, 12, tzinfo=UTC),
    counts="on_credit",
    reads=Reads(
        unread=frozenset({"start_ts", "end_ts", "shares_in_window"}),
        may_be_nothing=frozenset({"on_chain_txid", "fees_colected_satoshis"}),
        takes=lambda at, bad: at[-1] == "is_generation_txn" and bad is True,
    ),
    does_without=lambda body: "unpaid" in body or "report" in body,
)
SOLO = Source(
    name="ckpool",
    of="solo_pool",
    settings={**ACCOUNT, "address": ADDRESS, "service": "ckpool", "base_url": "https://pool.example"},
    server=lambda: lambda _: said(sample("ckpool_user")),
    reads=Reads(
        unread=frozenset(
            {"hashrate1m", "hashrate5m", "hashrate1hr", "hashrate7d", "shares", "worker", "bestshare", "bestever"}
            | {"authorised"}
        ),
        takes=lambda at, bad: at == ("workers",) and bad == 10**30,
    ),
    at=datetime(2026, 3, 6, 12, tzinfo=UTC),
)


POOL_PLACES = (*map(of_case, CASES), OCEAN, SOLO)
