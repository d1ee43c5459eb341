"""What a later download says did not happen, and an earlier one told as done, is no income: 26 U.S.C. 451."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.commands.calling import Caller

MAP = """\
kind = "receipt"
date_format = "%Y-%m-%d %H:%M:%S"
{more}
[columns]
at = "Paid"
quantity = "Amount"
txid = "Transaction"
[constants]
wallet = "cold"
asset = "BTC"
income = "pool_payout"
pool = "braiins"
[only]
State = ["confirmed"]
"""
HEADER = "Paid,Amount,State,Transaction\n"
A, B, C, D = (word * 32 for word in ("aa", "bb", "cc", "dd"))
FIRST = f"2026-02-25 21:00:00,0.00401000,confirmed,{A}\n2026-02-18 21:00:00,0.00380000,confirmed,{B}\n"


def export(lotwork: Caller, rows: str, more: str = "") -> list[str | Path]:
    """Return the words that import these rows."""
    folder = lotwork.home.parent
    (folder / "payouts.csv").write_text(HEADER + rows, encoding="utf-8")
    (folder / "map.toml").write_text(MAP.format(more=more), encoding="utf-8")
    return ["import", folder / "payouts.csv", "--map", folder / "map.toml"]


def quantities(lotwork: Caller) -> list[str]:
    told = lotwork("income", "--year", "2026", "--json", code=None).result
    return sorted(row["quantity"] for row in told["rows"]) + sorted(told["pending"])


@pytest.mark.parametrize("word", ["failed", "Failed", "CANCELLED", " refunded ", "pending", "rejected."])
def test_a_row_that_was_done_and_failed_since_refuses_the_file_until_a_person_says(lotwork: Caller, word: str) -> None:
    lotwork(*export(lotwork, FIRST))
    before = quantities(lotwork)
    later = (
        FIRST.replace("0.00401000,confirmed", f"0.00401000,{word}") + f"2026-02-26 17:00:00,0.00399000,confirmed,{C}\n"
    )
    refused = lotwork(*export(lotwork, later), code=3).err
    assert "payouts.csv:2: row: State is" in refused
    assert "is recorded of it, which counts" in refused
    assert quantities(lotwork) == before
    target = refused.split("target=")[1].split()[0]
    lotwork("add", "void", f"target={target}", "reason=failed")
    assert "1 appended, 1 known already" in lotwork(*export(lotwork, later)).out
    assert len(quantities(lotwork)) == len(before)


def test_a_person_may_say_that_it_happened_all_the_same(lotwork: Caller) -> None:
    lotwork(*export(lotwork, FIRST))
    later = FIRST.replace("0.00401000,confirmed", "0.00401000,failed")
    target = lotwork(*export(lotwork, later), code=3).err.split("target=")[1].split()[0]
    lotwork("add", "correction", f"target={target}", 'set={"may_repeat": "none"}', "reason=it happened")
    assert "0 appended, 1 known already" in lotwork(*export(lotwork, later)).out


@pytest.mark.parametrize(
    "later",
    [
        FIRST + "2026-02-24 21:00:00,0.00401000,failed," + D + "\n",
        FIRST + "2026-02-25 21:00:00,0.00401000,failed," + D + "\n",
        FIRST + "2026-02-25 21:00:00,0.00401001,failed," + D + "\n",
        FIRST + ",0.00401000,failed," + D + "\n",
        FIRST + "2026-02-25 21:00:00,0.00401000,processed elsewhere," + D + "\n",
    ],
)
def test_a_failed_try_beside_the_payment_is_nothing(lotwork: Caller, later: str) -> None:
    lotwork(*export(lotwork, FIRST))
    assert "0 appended, 2 known already" in lotwork(*export(lotwork, later)).out


def test_a_row_with_an_id_of_its_own_is_known_by_it(lotwork: Caller) -> None:
    lotwork(*export(lotwork, FIRST, 'id = "braiins:{Transaction}"'))
    later = FIRST.replace("2026-02-25 21:00:00,0.00401000,confirmed", "2026-02-25 22:30:00,0.00401000,failed")
    refused = lotwork(*export(lotwork, later, 'id = "braiins:{Transaction}"'), code=3).err
    assert f"target=braiins:{A} " in refused


def test_a_file_in_a_folder_waits_as_well(lotwork: Caller) -> None:
    inbox = lotwork.home / "inbox"
    lotwork("init", "--no-input")
    inbox.mkdir()
    (lotwork.home / "map.toml").write_text(MAP.format(more=""), encoding="utf-8")
    settings = '\n[[sources.files]]\nname = "in"\nfolder = "inbox"\nmap = "map.toml"\n'
    with (lotwork.home / "config.toml").open("a", encoding="utf-8") as config:
        config.write(settings)
    lotwork(*export(lotwork, FIRST))
    later = inbox / "later.csv"
    later.write_text(HEADER + FIRST.replace("0.00401000,confirmed", "0.00401000,failed"), encoding="utf-8")
    import os  # noqa: PLC0415 - the file must be older than what may still be written

    os.utime(later, (1_772_000_000, 1_772_000_000))
    told = lotwork("poll", "in", code=None)
    assert "is recorded of it, which counts" in told.out + told.err


KNOWN = Path("tests/data/exports")


def changed(file: Path, line: int, old: str, new: str) -> None:
    """Let a *line* of the file say *new* where it said *old*."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    assert old in lines[line - 1], lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    file.write_text("".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "line", "old", "new", "code"),
    [
        ("cashapp.csv", 3, ",COMPLETE,", ",FAILED,", 1),
        ("cashapp.csv", 2, ",COMPLETE,", ",CANCELED,", 1),
        ("ledger-live.csv", 2, ",Confirmed,", ",Failed,", 3),
        ("robinhood.csv", 2, ",Filled,", ",Rejected,", 1),
    ],
)
def test_a_row_of_a_known_export_that_failed_since_is_told_until_it_is_void(
    lotwork: Caller, tmp_path: Path, name: str, line: int, old: str, new: str, code: int
) -> None:
    file = tmp_path / name
    file.write_text((KNOWN / name).read_text(encoding="utf-8"), encoding="utf-8")
    words = ("import", str(file), "--set", "inflow=held")
    lotwork(*words, code=None)
    changed(file, line, old, new)
    told = lotwork(*words, code=code)
    assert f"{name}:{line}" in told.out + told.err
    if told.code == 3:  # rows without an id: a person voids what was recorded
        assert "is recorded of it, which counts" in told.err
        for each in re.findall(r"add void target=(\S+) reason=failed", told.err):
            lotwork("add", "void", f"target={each}", "reason=failed")
    else:
        assert "the row does not tell it any more: void" in told.out
        lotwork(*words, "--revise", code=None)
    again = lotwork(*words, code=None)
    assert "0 appended" in again.out
    assert "void" not in again.out
