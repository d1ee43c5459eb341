"""The payouts that the miner downloads from the pages of Braiins and ViaBTC, and the column maps written for them.

Neither has a layout with a public source, so none is known by its face: these columns are made up, and the maps are
what a miner writes by hand.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import NamedTuple

from tests.year.rows import Told, coins
from tests.year.story import Story


class Mapped(NamedTuple):
    """A file and the map it is read by."""

    name: str
    text: str
    map_name: str
    map_text: str


BRAIINS = ["Requested", "Paid", "Type", "Amount", "Fee", "State", "Transaction"]
VIABTC = ["Time", "Currency", "Sum", "To", "TxID"]
MAP = """\
kind = "receipt"
date_format = "%Y-%m-%d %H:%M:%S"
time_zone = "UTC"

[columns]
{columns}

[constants]
wallet = "{wallet}"
income = "pool_payout"
pool = "{pool}"
{constants}
[only]
{only}
"""


def of_braiins(story: Story, now: datetime) -> tuple[Mapped, ...]:
    """Return the payouts of Braiins as they stood, with a map for each of its two ways to pay."""
    lines = [BRAIINS]
    for kind in ("onchain", "lightning"):
        for row in _rows(story, f"braiins/{kind}", now):
            paid = _clock(row["resolved_at_ts"]) if row["resolved_at_ts"] else ""
            what = [_clock(row["requested_at_ts"]), paid, kind, coins(row["amount_sats"]), coins(row["fee_sats"])]
            lines.append([*what, row["status"], row.get("tx_id") or ""])
    columns = 'at = "Paid"\nquantity = "Amount"'
    maps = {
        "onchain": _map(columns + '\ntxid = "Transaction"', "cold", "braiins", 'asset = "BTC"\n', 'Type = ["onchain"]'),
        "lightning": _map(columns, "lightning", "braiins", 'asset = "BTC"\n', 'Type = ["lightning"]'),
    }
    text = _written(lines)
    done = '\nState = ["confirmed"]\n'
    return tuple(Mapped("braiins.csv", text, f"braiins-{kind}.toml", told + done) for kind, told in maps.items())


def of_viabtc(story: Story, now: datetime) -> tuple[Mapped, ...]:
    """Return the payments of ViaBTC as they stood: bitcoin and namecoin, on chains, and to an account."""
    lines = [VIABTC]
    for coin in ("BTC", "NMC"):
        rows = _rows(story, f"viabtc/payment-{coin}", now)
        lines += [[_clock(row["create_time"]), coin, row["amount"], row["address"], row["tx"]] for row in rows]
    columns = 'at = "Time"\nquantity = "Sum"\nasset = "Currency"'
    on_chain = _map(columns + '\ntxid = "TxID"', "cold", "viabtc", "", 'To = { pattern = ["^(bcrt1|N1)"] }')
    account = _map(columns, "coinex", "viabtc", "", 'To = ["account"]')
    text = _written(lines)
    return (
        Mapped("viabtc.csv", text, "viabtc-chain.toml", on_chain),
        Mapped("viabtc.csv", text, "viabtc-account.toml", account),
    )


def _rows(story: Story, name: str, now: datetime) -> list[Told]:
    return [told for row in story.rows[name] if (told := row.as_of(now)) is not None]


def _map(columns: str, wallet: str, pool: str, constants: str, only: str) -> str:
    return MAP.format(columns=columns, wallet=wallet, pool=pool, constants=constants, only=only)


def _clock(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%M:%S}"


def _written(lines: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
