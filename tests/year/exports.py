"""The files that houses, the bank and the meter give the miner, as they stand on the day of the download."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.year.houses import House
from tests.year.story import Story
from tests.year.truth import HERE, Bill, day_price

HEADERS: dict[House, list[str]] = {
    "coinbase": [
        "ID", "Timestamp", "Transaction Type", "Asset", "Quantity Transacted", "Price Currency", "Price at Transaction",
        "Subtotal", "Total (inclusive of fees and/or spread)", "Fees and/or Spread", "Notes", "Sender Address",
        "Recipient Address",
    ],
    "kraken": [
        "txid", "refid", "time", "type", "subtype", "aclass", "subclass", "asset", "wallet", "amount", "fee", "balance",
    ],
    "river": [
        "Date", "Sent Amount", "Sent Currency", "Received Amount", "Received Currency", "Fee Amount", "Fee Currency",
        "Tag",
    ],
    "nicehash": ["Date time", "Local date time", "Purpose", "Amount (BTC)", "Exchange rate", "Amount (USD)"],
}  # fmt: skip
OWNER = ["User", "Pat Example", "00000000-0000-0000-0000-000000000000"]
NEWEST_FIRST = ("coinbase",)
STATUS = "<STATUS><CODE>0<SEVERITY>INFO</STATUS>"
BANK_BEGINS = (
    "OFXHEADER:100", "DATA:OFXSGML", "VERSION:102", "SECURITY:NONE", "ENCODING:USASCII", "CHARSET:1252",
    "COMPRESSION:NONE", "OLDFILEUID:NONE", "NEWFILEUID:NONE", "",
    f"<OFX><SIGNONMSGSRSV1><SONRS>{STATUS}<DTSERVER>20270101120000<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>",
    f"<BANKMSGSRSV1><STMTTRNRS><TRNUID>1{STATUS}<STMTRS><CURDEF>USD",
    "<BANKACCTFROM><BANKID>000000000<ACCTID>0000000001<ACCTTYPE>CHECKING</BANKACCTFROM>",
    "<BANKTRANLIST><DTSTART>20260101<DTEND>20261231",
)  # fmt: skip
BANK_ENDS = (
    "</BANKTRANLIST><LEDGERBAL><BALAMT>1000.00<DTASOF>20261231</LEDGERBAL></STMTRS></STMTTRNRS>",
    "</BANKMSGSRSV1></OFX>",
)


def house(story: Story, name: House, now: datetime) -> str:
    """Return the export of *name* with all that it had told by *now*, in its own order."""
    lines = [line for at, line in sorted(story.exports[name], key=lambda one: one[0]) if at <= now]
    above: list[list[str]] = [[], ["Transactions"], OWNER] if name == "coinbase" else []
    return _written([*above, HEADERS[name], *(lines[::-1] if name in NEWEST_FIRST else lines)])


def bank(story: Story, now: datetime) -> str:
    """Return the bank's QFX: what it paid, of the business and not."""
    rows = [_payment(number, bill) for number, bill in enumerate(story.truth.bills) if bill.at <= now]
    return "\n".join([*BANK_BEGINS, *rows, *BANK_ENDS])


def _payment(number: int, bill: Bill) -> str:
    when = f"{bill.at.astimezone(HERE):%Y%m%d}120000[-6:CST]"
    told = f"<DTPOSTED>{when}<TRNAMT>-{bill.usd}<FITID>F{number:05}<NAME>{bill.words}"
    return f"<STMTTRN><TRNTYPE>DEBIT{told}</STMTTRN>"


def meter(story: Story, now: datetime) -> str:
    """Return the Green Button file of the shed, by the clock of the place."""
    lines = []
    for used in story.truth.used:
        if used.end <= now and used.place == "shed":
            begin, last = used.begin.astimezone(HERE), (used.end - timedelta(minutes=1)).astimezone(HERE)
            span = [f"{begin:%Y-%m-%d}", f"{begin:%H:%M}", f"{last:%H:%M}"]
            lines.append(["Electric usage", *span, str(used.kwh), "kWh", "", ""])
    above = [["Name", "PAT EXAMPLE"], ["Service", "Service 1"], []]
    header = ["TYPE", "DATE", "START TIME", "END TIME", "USAGE", "UNITS", "COST", "NOTES"]
    return _written([*above, header, *lines])


def namecoin_prices() -> str:
    """Return the miner's own list of what a coin without a market cost, a day a row."""
    every = (date(2025, 12, 31) + timedelta(days=number) for number in range(370))
    rows = [[f"{day}T00:00:00Z", "NMC", str(day_price("NMC", day)), "1d"] for day in every]
    return _written([["at", "asset", "price_usd", "interval"], *rows])


def own_words(story: Story) -> str:
    """Return what the miner writes by hand: who she is, the facts of two years, the tariff, and her rigs."""
    truth = story.truth
    recognition = "on_credit" if truth.on_credit else "on_payout"
    lines: list[dict[str, Any]] = [
        {"kind": "profile", "id": "me", "at": "2025-01-01T12:00:00Z", "jurisdiction": "us", "filing_status": "single",
         "time_zone": str(HERE), "activity": "business", "business_began": "2025-01-15", "material_participation": True,
         "recognition": recognition},
        {"kind": "asset", "id": "namecoin", "at": "2026-01-01T00:00:00Z", "asset": "NMC", "decimals": 8},
        {"kind": "year_facts", "id": "before", "at": "2025-12-31T12:00:00Z", "year": 2025, "wages_usd": "50000",
         "withholding_usd": "7000", "prior_year_tax_usd": "5100", "prior_year_agi_usd": "50000",
         "prior_year_months": 12},
        {"kind": "year_facts", "id": "facts", "at": "2026-12-31T12:00:00Z", "year": 2026, "wages_usd": str(truth.wages),
         "withholding_usd": "6000", "prior_year_tax_usd": "7100", "prior_year_agi_usd": "68000",
         "prior_year_months": 12},
        {"kind": "tariff", "id": "day", "at": "2026-01-01T12:00:00Z", "from": "2026-01-01", "price_usd": str(truth.day),
         "hours": "06:00-22:00"},
        {"kind": "tariff", "id": "night", "at": "2026-01-01T12:00:00Z", "from": "2026-01-01",
         "price_usd": str(truth.night), "hours": "22:00-06:00"},
    ]  # fmt: skip
    for rig in truth.rigs:
        days = {"acquired": str(rig.contract), "placed_in_service": str(rig.service), "at": f"{rig.service}T18:00:00Z"}
        lines.append({"kind": "equipment", "id": rig.name, "equipment": rig.name, "cost_usd": str(rig.usd), **days})
        if rig.sold is not None:
            gone = {"equipment": rig.name, "proceeds_usd": str(rig.brought), "at": f"{rig.sold}T18:00:00Z"}
            lines.append({"kind": "equipment_sale", "id": f"{rig.name} sold", **gone})
    return "".join(json.dumps(line) + "\n" for line in lines)


def written(folder: Path, name: str, text: str) -> Path:
    """Write a download and return where it is."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def _written(lines: Iterable[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
