"""The public contract, held from outside: the keys every answer must have, and the exit code of every ending."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lotwork import cli
from lotwork.ledger.errors import (
    BusyError,
    InputRefusedError,
    IntegrityError,
    LotworkError,
    SourceUnreachableError,
    StorageError,
    UsageError,
)
from lotwork.ledger.storage.lock import DaemonLock
from tests.command_line import lotwork

DATA = Path(__file__).parent / "data"
EVERY_RESULT = {"schema", "book", "position", "head", "law", "findings"}
TOTALS = {"proceeds_usd", "basis_usd", "gain_usd"}
COMPUTED = {
    "se_tax", "half_se_deduction", "agi", "qbi_deduction", "taxable_income", "income_tax", "ordinary_tax", "ltcg_tax",
    "amt", "niit", "additional_medicare", "total",
}  # fmt: skip
OF_THE_BUSINESS = {
    "gross_receipts_usd", "expenses_usd", "depreciation_usd", "schedule_c_net_usd", "payments_usd", "balance_due_usd",
}  # fmt: skip
ROWS = {
    "gains": {
        "asset", "wallet", "quantity", "acquired", "sold", "proceeds_usd", "basis_usd", "gain_usd", "term", "box",
        "lot", "disposal",
    },
    "lots": {"asset", "wallet", "quantity", "acquired", "basis_usd", "lot"},
    "income": {
        "receipt", "date", "wallet", "asset", "quantity", "price_usd", "value_usd", "income", "price_source",
    },
}  # fmt: skip
QUESTIONS = {
    "gains": ("gains", "--year", "2026"),
    "lots": ("lots",),
    "income": ("income", "--year", "2026"),
    "expenses": ("expenses", "--year", "2026"),
    "equipment": ("equipment", "--year", "2026"),
    "liability": ("liability", "--year", "2025"),
    "quarterly": ("quarterly", "--year", "2026", "--as-of", "2026-09-30"),
    "replay": ("replay",),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "home"
    lotwork(home, "demo")
    return home


@pytest.fixture(scope="module")
def answers(demo: Path) -> Mapping[str, dict[str, Any]]:
    return {
        name: lotwork(demo, *words, "--book", "demo", "--json", code=None).result for name, words in QUESTIONS.items()
    }


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_result_says_what_it_rests_on(answers: Mapping[str, dict[str, Any]], name: str) -> None:
    answer = answers[name]
    assert answer.keys() >= EVERY_RESULT
    assert answer["schema"] == f"lotwork.{name}.v1"
    assert answer["book"] == "demo"
    assert answer["position"] > 1000
    assert len(answer["head"]) == len(answer["law"]) == 64
    assert all(finding.keys() >= {"code", "message", "event"} for finding in answer["findings"])


@pytest.mark.parametrize("name", ROWS)
def test_a_row_has_the_keys_of_the_contract(answers: Mapping[str, dict[str, Any]], name: str) -> None:
    rows = answers[name]["rows"]
    assert rows
    assert all(row.keys() >= ROWS[name] for row in rows)


def test_gains_are_totalled_by_term_and_boxed_by_year(answers: Mapping[str, dict[str, Any]]) -> None:
    gains = answers["gains"]
    assert all(gains["totals"][term].keys() >= TOTALS for term in ("short", "long"))
    assert {row["term"] for row in gains["rows"]} <= {"short", "long"}
    assert {row["box"] for row in gains["rows"]} <= set("GHIJKL")


def test_income_is_totalled_by_kind_and_what_is_pending_is_listed(answers: Mapping[str, dict[str, Any]]) -> None:
    income = answers["income"]
    assert {"value_usd", "pool_payout"} <= income["totals"].keys()
    assert income["pending"]


def test_liability_has_a_summary_and_lines_with_their_law_and_events(answers: Mapping[str, dict[str, Any]]) -> None:
    liability = answers["liability"]
    assert liability.keys() >= {"year", "status", "activity", "summary", "lines"}
    assert liability["summary"].keys() >= COMPUTED | OF_THE_BUSINESS
    wanted = {"form", "line", "label", "amount_usd", "cites", "because"}
    assert all(line.keys() >= wanted for line in liability["lines"])
    assert any(line["because"] for line in liability["lines"])


def test_quarterly_has_four_installments_with_what_is_due_paid_and_short(
    answers: Mapping[str, dict[str, Any]],
) -> None:
    quarterly = answers["quarterly"]
    assert quarterly.keys() >= {"installments", "safe_harbor", "penalty_usd"}
    wanted = {"quarter", "due", "required_usd", "method", "paid_usd", "shortfall_usd", "set_aside"}
    assert [each["quarter"] for each in quarterly["installments"]] == [1, 2, 3, 4]
    assert all(each.keys() >= wanted for each in quarterly["installments"])


def test_replay_says_how_fast_and_to_what_state(answers: Mapping[str, dict[str, Any]], demo: Path) -> None:
    replay = answers["replay"]
    assert replay.keys() >= {"events", "seconds", "events_per_second", "head", "state_digest"}
    again = lotwork(demo, "replay", "--from-zero", "--book", "demo", "--json", code=None).result
    assert again["state_digest"] == replay["state_digest"]


def test_verify_says_what_is_well(demo: Path) -> None:
    verified = lotwork(demo, "verify", "--json").result
    assert verified.keys() >= {"ok", "events", "head", "first_bad"}
    assert (verified["ok"], verified["first_bad"]) == (True, None)


def test_compute_us_gives_every_figure_of_a_case(tmp_path: Path) -> None:
    case = json.dumps({"year": 2025, "status": "single", "schedule_c_net": "60000"})
    computed = lotwork(tmp_path / "home", "compute", "us", "--json", given=case).result
    assert computed.keys() >= {"schema", "law", "findings", *COMPUTED}
    assert computed["se_tax"] == "8477.73"


def test_0_is_done(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lotwork(home, "init", "--no-input", code=0)
    assert lotwork(home, "lots", "--json", code=0).result["rows"] == []


def test_1_is_done_but_findings_need_a_person(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lotwork(home, "import", str(DATA / "first_ledger.jsonl"), code=0)
    assert "receipt_pending" in lotwork(home, "income", "--year", "2025", code=1).err


@pytest.mark.parametrize(
    "words", [("gians",), ("gains",), ("gains", "--year", "MMXXV"), ("gains", "--year", "1990"), ("poll", "nobody")]
)
def test_2_is_usage(tmp_path: Path, words: tuple[str, ...]) -> None:
    told = lotwork(tmp_path / "home", *words, code=2)
    assert told.out == ""
    assert told.err


def test_3_is_input_refused_with_every_problem_and_nothing_appended(tmp_path: Path) -> None:
    home, bad = tmp_path / "home", tmp_path / "bad.jsonl"
    good = '{"kind": "expense", "at": "2026-01-02T00:00:00Z", "category": "rent", "amount_usd": "10"}\n'
    wrong = '{"kind": "receipt", "at": "2026-01-02T00:00:00Z", "wallet": "w", "asset": "BTC", "quantity": 1}\n{"kind'
    bad.write_text(good + wrong, encoding="utf-8")
    refused = lotwork(home, "import", str(bad), "--json", code=3)
    where = {problem["where"] for problem in refused.result["problems"]}
    assert where == {"bad.jsonl:2", "bad.jsonl:3"}
    assert not (home / "ledger.sqlite").exists()


def test_4_is_integrity_broken(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lotwork(home, "import", str(DATA / "first_ledger.jsonl"))
    tamper(home / "ledger.sqlite", "UPDATE events SET payload = replace(payload, '90000', '90001') WHERE position = 2")
    verified = lotwork(home, "verify", "--json", code=4).result
    assert verified["ok"] is False
    assert verified["first_bad"] == 2


def tamper(file: Path, statement: str) -> None:
    """Do what the guards forbid, and leave the guards as they were: only the hashes can tell."""
    with sqlite3.connect(file) as raw:
        guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            raw.execute(f'DROP TRIGGER "{name}"')
        assert raw.execute(statement).rowcount == 1
        for _, creation in guards:
            raw.execute(creation)
    raw.close()


def test_5_is_busy_and_names_the_daemon_that_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with DaemonLock.acquire(home):
        told = lotwork(home, "run", code=5)
    assert "pid" in told.out + told.err


def test_6_is_a_source_that_does_not_answer_and_nothing_is_lost(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lotwork(home, "init", "--no-input")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = f"""
        [[sources.bitcoin_node]]
        name = "node"
        chain = "bitcoin"
        url = "http://127.0.0.1:{port}"
        user = "miner"
        password = "env:NODE_PASSWORD"
        start_height = 1
          [[sources.bitcoin_node.wallets]]
          wallet = "cold"
          watch = ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"]
          meaning = "pool_payout"
    """
    (home / "config.toml").write_text(settings, encoding="utf-8")
    (home / "config.toml").chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NODE_PASSWORD", "hunter2")
        told = lotwork(home, "poll", code=6)
    assert "hunter2" not in told.out + told.err
    assert lotwork(home, "verify", "--json").result["events"] == 0


def test_70_is_a_bug_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(cli.COMMANDS, "gains", ("nowhere", "A command whose module is lost."))
    with pytest.raises(SystemExit) as end:
        cli.main(["gains", "--year", "2025"])
    assert end.value.code == 70
    assert "this is a bug in Lotwork" in capsys.readouterr().err


def test_each_branch_of_the_error_tree_has_its_own_ending() -> None:
    endings: dict[type[LotworkError], int] = {
        LotworkError: 70,
        UsageError: 2,
        InputRefusedError: 3,
        IntegrityError: 4,
        BusyError: 5,
        StorageError: 5,
        SourceUnreachableError: 6,
    }
    assert {error: error.exit_code for error in endings} == endings


@pytest.mark.parametrize("command", ["head", "verify", "doctor", "init --no-input", "demo", "poll", "replay"])
def test_every_result_says_its_book_where_it_ends_and_the_law(tmp_path: Path, command: str) -> None:
    if command.split(maxsplit=1)[0] in {"head", "verify", "doctor", "replay"}:
        lotwork(tmp_path / "home", "init", "--no-input")
    result = lotwork(tmp_path / "home", *command.split(), "--json").result
    assert result.keys() >= {"schema", "book", "position", "head", "law", "findings"}
    assert result["schema"] == f"lotwork.{command.split(maxsplit=1)[0]}.v1"
