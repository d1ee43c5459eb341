"""The beginning of docs/guide.md: exports as they were downloaded, no map, and the first own figure."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.commands.calling import Caller
from tests.ingest.profiles.exports import FOLDER as EXPORTS
from tests.ingest.profiles.exports import table, written

SAMPLES = Path("tests/data/samples")
NICEHASH, COINBASE = SAMPLES / "nicehash_report.csv", SAMPLES / "coinbase_transactions.csv"


def codes(told: dict[str, object]) -> set[str]:
    """Return the codes of the findings of a result."""
    findings = told["findings"]
    assert isinstance(findings, list)
    return {finding["code"] for finding in findings}


def test_the_guide_begins_with_four_commands() -> None:
    guide = Path("docs/guide.md").read_text(encoding="utf-8")
    block = re.search(r"## A first figure of your own, in four commands\n.*?```\n(.*?)```", guide, re.DOTALL)
    assert block is not None
    told = block[1].splitlines()
    assert [line.split()[0] for line in told] == ["git", "make", ".venv/bin/lotwork", ".venv/bin/lotwork"]
    assert told[2].endswith(" import nicehash.csv coinbase.csv --set prices=file")
    assert told[3].endswith(" income --year 2026")


def test_a_report_of_nicehash_and_an_export_of_coinbase_give_the_first_figure(lotwork: Caller) -> None:
    told = lotwork("import", NICEHASH, COINBASE, "--set", "prices=file", code=1).out
    assert "book main: 6 appended" in told
    assert "coinbase_transactions.csv: your word is needed" in told
    income = lotwork("income", "--year", "2026", "--json", code=None).result
    assert income["totals"]["value_usd"] == "34.170399"  # 0.00020510 at 84127.74 and 0.00020090 at 84200.10
    assert not income["pending"]
    gains = lotwork("gains", "--year", "2026", "--json", code=None).result
    assert {row["disposal"] for row in gains["rows"]} == {"coinbase:cb0002", "coinbase:cb0003"}
    assert "coins_missing" in codes(gains)


def test_a_bank_a_meter_and_an_exchange_need_no_map_either(lotwork: Caller) -> None:
    lotwork("init", "--filing-status", "single", "--activity", "business", "--time-zone", "America/Los_Angeles")
    bills = ["--set", "only=power co", "--set", "category=electricity"]
    lotwork("import", COINBASE, SAMPLES / "greenbutton_pge.csv", EXPORTS / "bank.ofx", *bills, code=1)
    told = lotwork("expenses", "--year", "2026", "--json", code=None).result
    assert [row["amount_usd"] for row in told["rows"]] == ["412.800000"]


def test_a_banks_file_without_a_word_leaves_the_log_as_it_is_and_says_where_it_ends(lotwork: Caller) -> None:
    lotwork("import", NICEHASH)
    ends = lotwork("head", "--json").result["position"]
    assert ends
    told = lotwork("import", EXPORTS / "bank.ofx", code=1).out
    assert f"book main: 0 appended, 0 known already; the log ends at {ends}\n" in told
    result = lotwork("import", EXPORTS / "bank.ofx", "--json", code=1).result
    assert [(row["appended"], row["position"], row["head"]) for row in result["books"]] == [(0, ends, result["head"])]
    asked = [line for line in told.splitlines() if "your word is needed" in line]
    assert asked
    assert all(re.search(r", payments? \d", line) and " line" not in line for line in asked)


def test_what_left_one_house_and_came_to_another_is_asked_about(lotwork: Caller, tmp_path: Path) -> None:
    lotwork("import", NICEHASH)
    above, (header, received, *_) = table("coinbase.csv")
    received[1:6] = ["2026-03-05 18:40:00 UTC", "Receive", "BTC", "0.00040000", "USD"]
    received[6:10] = ["$85000.00", "$34.00", "$34.00", "$0.00"]
    export = tmp_path / "coinbase.csv"
    export.write_text(written(above, [header, received]), encoding="utf-8")
    lotwork("import", export, "--set", "inflow=pool_payout")
    assert "likely_transfer" in codes(lotwork("income", "--year", "2026", "--json", code=1).result)


def test_a_withdrawal_that_another_house_tells_as_a_transfer_is_asked_about(lotwork: Caller, tmp_path: Path) -> None:
    """The fee, 0.000005 at 85,000, is a disposal of 0.425 at the row's own price, whichever event keeps it."""
    lotwork("import", NICEHASH, "--set", "prices=file")
    above, (header, received, *_) = table("coinbase.csv")
    received[1:6] = ["2026-03-05 18:40:00 UTC", "Receive", "BTC", "0.00040000", "USD"]
    received[6:10] = ["$85000.00", "$34.00", "$34.00", "$0.00"]
    export = tmp_path / "coinbase.csv"
    export.write_text(written(above, [header, received]), encoding="utf-8")
    lotwork("import", export, "--set", "inflow=transfer", "--set", "from_wallet=nicehash")
    told = lotwork("gains", "--year", "2026", "--json", code=1).result
    (asked,) = [finding["message"] for finding in told["findings"] if finding["code"] == "likely_twins"]
    assert "movement_unexplained" not in codes(told)
    for command in asked.split("`")[1].split(" && "):
        lotwork(*shlex.split(command)[1:])
    told = lotwork("gains", "--year", "2026", "--json", code=None).result
    assert [row["proceeds_usd"] for row in told["rows"]] == ["0.425000"]
    assert not codes(told) & {"likely_twins", "movement_unexplained", "fee_pending"}


def test_a_withdrawal_made_a_transfer_values_its_fee_at_the_price_of_its_row(lotwork: Caller) -> None:
    lotwork("import", NICEHASH, "--set", "prices=file")
    told = lotwork("gains", "--year", "2026", "--json", code=1).result
    (left,) = [finding["event"] for finding in told["findings"] if finding["code"] == "movement_unexplained"]
    moved = 'set={"kind": "transfer", "to_wallet": "cold"}'
    lotwork("add", "correction", f"target={left}", moved, "reason=own coins")
    told = lotwork("gains", "--year", "2026", "--json", code=None).result
    assert [row["proceeds_usd"] for row in told["rows"]] == ["0.425000"]
    assert "fee_pending" not in codes(told)


def test_a_payout_that_a_pool_and_an_exchange_tell_is_asked_about(lotwork: Caller, tmp_path: Path) -> None:
    payout = '{"kind": "receipt", "at": "2026-03-02T11:20:00Z", "wallet": "pool", "asset": "BTC", "quantity": "0.05"'
    events = tmp_path / "pool.jsonl"
    events.write_text(payout + ', "income": "pool_payout", "source": "braiins"}\n', encoding="utf-8")
    lotwork("import", events)
    lotwork("import", COINBASE, "--set", "inflow=pool_payout")
    assert "likely_twins" in codes(lotwork("income", "--year", "2026", "--json", code=1).result)
