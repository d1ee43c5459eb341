"""A return is filed: what is recorded of it, what stands in its way, and that it comes back byte for byte."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.ledger.storage.evidence import Evidence
from lotwork.rules import load
from tests.commands.calling import Caller
from tests.projections.house import receipt, sale

RULES = Path(__file__).parents[2] / "rules"
PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "UTC", "recognition": "on_payout", "material_participation": "true",
}  # fmt: skip
MINED = receipt("mined", "2025-02-01", "1", "50000")
SOLD = sale("sold", "2025-09-01", "0.5", "30000")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return the clock of every command here: 2026-04-10."""
    clock = SetClock(parse_instant("2026-04-10T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


def filed(lotwork: Caller, *words: str, year: int = 2025) -> dict[str, Any]:
    return lotwork("file", "--year", str(year), *words, "--json").result


def refused(lotwork: Caller, *words: str, year: int = 2025) -> dict[str, Any]:
    before = lotwork("head", "--json").result
    told = lotwork("file", "--year", str(year), *words, "--json", code=3).result
    assert lotwork("head", "--json").result == before
    assert not (lotwork.home / "laws").exists()
    return told


def open_codes(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(problem["key"], problem["where"]) for problem in told["problems"]}


def exported(lotwork: Caller) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lotwork("export", "jsonl").out.splitlines()]


def law_copied(to: Path) -> Path:
    for file in RULES.rglob("*.toml"):
        copy = to / file.relative_to(RULES)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    return to


def test_a_filing_holds_every_figure_and_line_with_the_law_and_the_log_it_was_made_from(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    head = lotwork("head", "--json").result
    told = filed(lotwork)
    owed = lotwork("liability", "--year", "2025", "--tax-table", "--up-to", "3", "--json").result
    assert told["summary"] == owed["summary"]
    assert told["made_from"] == {"position": 3, "head": head["head"]}
    assert (told["position"], told["amends"], told["filed_on"]) == (4, None, "2026-04-10")
    event = exported(lotwork)[-1]
    assert (event["kind"], event["id"], event["year"]) == ("filing", told["filing"], 2025)
    assert (event["position"], event["head"], event["law"]) == (3, head["head"], owed["law"])
    assert event["figures"]["summary"] == owed["summary"]
    assert event["figures"]["lines"] == [
        {key: row[key] for key in ("form", "line", "label", "amount_usd")} for row in owed["lines"]
    ]
    assert event["at"] == "2026-04-10T15:00:00Z"


def test_a_filed_year_comes_back_byte_for_byte(
    lotwork: Caller, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After more events, a late receipt, corrections, a void, a rule of the book, and another edition of the law."""
    lotwork.take(PROFILE, MINED, SOLD)
    told = filed(lotwork)
    again = ("liability", "--year", "2025", "--up-to", "3", "--law", "filed", "--json")
    first = lotwork(*again).out
    evidence = lotwork.home / "evidence" / told["evidence"][:2] / told["evidence"]
    assert evidence.read_bytes().decode() == first
    clock.instant = parse_instant("2026-09-01T12:00:00Z")
    lotwork.take(
        receipt("late", "2025-03-01", "1", "60000"),
        {"kind": "correction", "at": "2026-09-01T12:00:00Z", "target": "mined", "set": {"price_usd": "51000"},
         "reason": "the pool's statement"},
        {"kind": "void", "at": "2026-09-01T12:00:00Z", "target": "sold", "reason": "it was a transfer"},
        {"kind": "rule", "at": "2026-09-01T12:00:00Z", "figure": "us/self_employment/oasdi_rate",
         "from": "2025-01-01", "value": "0.10", "cite": "a statute", "reason": "it was wrong"},
    )  # fmt: skip
    assert lotwork(*again).out == first
    other = law_copied(tmp_path / "law")
    amt = other / "us" / "amt.toml"
    amt.write_text(amt.read_text(encoding="utf-8") + "\n# read again\n", encoding="utf-8")
    monkeypatch.setattr(load, "HOME", other)
    assert lotwork(*again).out == first
    kept = lotwork.home / "laws" / told["law_files"]
    by_folder = ("liability", "--year", "2025", "--up-to", "3", "--tax-table", "--law", str(kept), "--json")
    assert lotwork(*by_folder).out == first
    assert lotwork("liability", "--year", "2025", "--tax-table", "--json", code=None).out != first


def test_the_law_is_kept_privately_and_comes_back_from_the_evidence_where_its_folder_is_gone(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lotwork.take(PROFILE, MINED)
    told = filed(lotwork)
    first = lotwork("liability", "--year", "2025", "--up-to", "2", "--law", "filed", "--json").out
    kept = lotwork.home / "laws" / told["law_files"]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in kept.rglob("*")}
    assert modes == {0o600, 0o700}
    other = law_copied(tmp_path / "law")
    (other / "us" / "amt.toml").write_bytes((RULES / "us" / "amt.toml").read_bytes() + b"\n# read again\n")
    monkeypatch.setattr(load, "HOME", other)
    (kept / "us" / "amt.toml").write_text("# emptied\n", encoding="utf-8")
    assert lotwork("liability", "--year", "2025", "--up-to", "2", "--law", "filed", "--json").out == first
    (lotwork.home / "evidence" / told["law_files"][:2] / told["law_files"]).unlink()
    lost = lotwork("liability", "--year", "2025", "--up-to", "2", "--law", "filed", "--json", code=4)
    assert "restore a backup" in lost.err


def test_a_return_computed_again_without_corrections_is_the_same_and_is_recorded_once(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    first = filed(lotwork)
    second = filed(lotwork)
    assert (second["filing"], second["recorded"]) == (first["filing"], False)
    assert lotwork("head", "--json").result["position"] == 4
    assert "already" in lotwork("file", "--year", "2025").out


def test_a_filing_changes_no_figure_of_its_year(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    before = lotwork("liability", "--year", "2025", "--json").result
    filed(lotwork)
    after = lotwork("liability", "--year", "2025", "--json").result
    same = ("summary", "lines", "law", "findings")
    assert [before[key] for key in same] == [after[key] for key in same]


def test_a_second_filing_amends_the_first_and_both_are_kept(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    first = filed(lotwork)
    lotwork.take(receipt("late", "2025-05-01", "0.1", "60000"))
    second = filed(lotwork)
    assert second["amends"] == first["filing"]
    assert [line["id"] for line in exported(lotwork) if line["kind"] == "filing"] == [first["filing"], second["filing"]]
    latest = lotwork("liability", "--year", "2025", "--up-to", "4", "--law", "filed", "--json").result
    assert latest["summary"] == second["summary"]


def test_a_dry_run_records_nothing(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    told = filed(lotwork, "--dry-run")
    assert (told["recorded"], told["filing"], told["position"]) == (False, None, 2)
    assert not (lotwork.home / "laws").exists()
    assert "nothing was recorded" in lotwork("file", "--year", "2025", "--dry-run").out


def test_a_pending_receipt_of_the_year_stands_in_the_way_until_it_is_named(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, receipt("unpriced", "2025-04-01", "1", None), receipt("more", "2025-05-01", "1", None))
    told = refused(lotwork)
    assert open_codes(told) == {("receipt_pending", "unpriced"), ("receipt_pending", "more")}
    assert all("--acknowledge receipt_pending:" in problem["remedy"] for problem in told["problems"])
    assert open_codes(refused(lotwork, "--acknowledge", "receipt_pending:more")) == {("receipt_pending", "unpriced")}
    assert open_codes(refused(lotwork, "--acknowledge", "receipt_pending:mined")) == open_codes(told)
    done = filed(lotwork, "--acknowledge", "receipt_pending:more", "--acknowledge", "receipt_pending:unpriced")
    assert done["acknowledged"] == ["receipt_pending:unpriced", "receipt_pending:more"]
    assert done["summary"]["gross_receipts_usd"] == "50000.00"
    assert exported(lotwork)[-1]["acknowledged"] == done["acknowledged"]


def test_a_code_acknowledges_each_finding_of_that_code(lotwork: Caller) -> None:
    lotwork.take(PROFILE, receipt("unpriced", "2025-04-01", "1", None), receipt("more", "2025-05-01", "1", None))
    done = filed(lotwork, "--acknowledge", "receipt_pending")
    assert done["acknowledged"] == ["receipt_pending:unpriced", "receipt_pending:more"]


def test_a_pending_receipt_of_another_year_matters_only_where_such_coins_were_sold(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, receipt("later", "2026-02-01", "1", None))
    filed(lotwork)
    lotwork.take(receipt("earlier", "2024-03-01", "1", None))
    filed(lotwork)
    lotwork.take(SOLD)
    told = lotwork("file", "--year", "2025", "--json", code=3).result
    assert ("receipt_pending", "earlier") in open_codes(told)


def test_what_happened_after_the_year_stands_in_no_one_s_way(lotwork: Caller) -> None:
    later = {"kind": "movement", "at": "2026-01-05T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "0.1"}
    lotwork.take(PROFILE, MINED, later)
    filed(lotwork)


def test_an_unexplained_movement_of_the_year_stands_in_the_way(lotwork: Caller) -> None:
    gone = {
        "kind": "movement", "id": "gone", "at": "2025-06-05T12:00:00Z", "wallet": "cold", "asset": "BTC",
        "quantity": "0.1",
    }  # fmt: skip
    lotwork.take(PROFILE, MINED, gone)
    assert open_codes(refused(lotwork)) == {("movement_unexplained", "gone")}


def test_an_assumed_profile_stands_in_the_way(lotwork: Caller) -> None:
    lotwork.take(MINED)
    assert ("profile_assumed", "year 2025") in open_codes(refused(lotwork))


def test_a_return_under_another_country_s_law_is_not_filed(lotwork: Caller) -> None:
    lotwork.take(PROFILE | {"jurisdiction": "de"}, MINED)
    assert {code for code, _ in open_codes(refused(lotwork))} == {"jurisdiction_not_us"}
    assert "settled" in lotwork("file", "--year", "2025", "--acknowledge", "jurisdiction_not_us", code=2).err


def test_a_figure_not_enacted_stands_in_the_way_and_is_named(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = law_copied(tmp_path / "law")
    base = other / "us" / "self_employment.toml"
    text = base.read_text(encoding="utf-8")
    version = text[text.index("[[oasdi_wage_base.in_force]]\nfrom = 2025") :]
    announced = version.replace('status = "enacted"', 'status = "announced"', 1)
    base.write_text(text.replace(version, announced), encoding="utf-8")
    monkeypatch.setattr(load, "HOME", other)
    lotwork.take(PROFILE, MINED)
    path = "us/self_employment/oasdi_wage_base"
    assert open_codes(refused(lotwork)) == {("law_not_enacted", path)}
    done = filed(lotwork, "--acknowledge", f"law_not_enacted:{path}")
    assert done["acknowledged"] == [f"law_not_enacted:{path}"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--year", "2026"), "is not over"),
        (("--year", "2025", "--filed-on", "2025-12-31"), "is not over"),
        (("--year", "2025", "--filed-on", "2026-04-11"), "has not come yet"),
    ],
)
def test_a_return_is_filed_after_its_year_and_not_in_the_future(
    lotwork: Caller, words: tuple[str, ...], told: str
) -> None:
    lotwork.take(PROFILE, MINED)
    assert told in lotwork("file", *words, code=3).err


@pytest.mark.parametrize(
    ("name", "told"), [("all", "by its own name"), ("receipt_pendin", "receipt_pending"), ("nonsense", "no finding")]
)
def test_what_names_no_finding_acknowledges_nothing(lotwork: Caller, name: str, told: str) -> None:
    assert told in lotwork("file", "--year", "2025", "--acknowledge", name, code=2).err


def test_a_return_filed_earlier_is_dated_on_its_day(lotwork: Caller) -> None:
    lotwork.take(PROFILE | {"time_zone": "America/New_York"}, MINED)
    assert filed(lotwork, "--filed-on", "2026-03-02")["filed_on"] == "2026-03-02"
    assert exported(lotwork)[-1]["at"] == "2026-03-02T17:00:00Z"


def test_a_void_filing_is_no_filing_and_a_filing_is_not_corrected(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    name = filed(lotwork)["filing"]
    corrected = ("add", "correction", f"target={name}", 'set={"law": "other"}', "reason=no")
    assert "void it and record another" in lotwork(*corrected, code=3).err
    lotwork("add", "void", f"target={name}", "reason=it was never sent")
    assert "run `lotwork file --year 2025`" in lotwork("income", "--year", "2025", "--law", "filed", code=3).err


def test_an_export_with_filings_is_imported_into_another_home(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    filed(lotwork)
    lines = lotwork("export", "jsonl").out
    file = tmp_path / "export.jsonl"
    file.write_text(lines, encoding="utf-8")
    home, lotwork.home = lotwork.home, tmp_path / "other"
    assert "export.jsonl:4: evidence: no evidence " in lotwork("import", file, code=3).err
    lotwork.home = home
    assert lotwork("export", "--evidence", tmp_path / "evidence").out == lines
    lotwork.home = tmp_path / "other"
    lotwork("import", file)
    assert {*Evidence(lotwork.home).kept()} == {*Evidence(tmp_path).kept()} > set()
    assert lotwork("export", "jsonl").out == lines
    assert lotwork("import", file, "--json").result["appended"] == 0
    again = lotwork("liability", "--year", "2025", "--up-to", "3", "--law", "filed", "--json").result
    assert again["summary"] == json.loads(lines.splitlines()[-1])["figures"]["summary"]


def test_a_filing_is_still_not_written_by_hand(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    told = {name: value for name, value in exported(lotwork)[-1].items() if name != "kind"}
    pairs = [f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in told.items()]
    assert "run `lotwork file --year Y`" in lotwork("add", "filing", *pairs, code=3).err


def test_the_evidence_is_named_by_what_it_holds(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    told = filed(lotwork)
    for name in (told["evidence"], told["law_files"]):
        assert hashlib.sha256((lotwork.home / "evidence" / name[:2] / name).read_bytes()).hexdigest() == name


def test_the_law_filed_under_is_in_a_backup(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED)
    told = filed(lotwork)
    lotwork("backup", tmp_path / "all.tar")
    lotwork.home = tmp_path / "restored"
    lotwork("restore", tmp_path / "all.tar")
    again = lotwork("liability", "--year", "2025", "--up-to", "2", "--law", "filed", "--json").result
    assert again["summary"] == told["summary"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("summary", {"total": "many"}), ("summary", {"total": "1e3"}), ("lines", "none"), ("lines", [{"form": "1040"}]),
     ("status", None)],
)  # fmt: skip
def test_a_filing_whose_figures_are_none_is_not_imported(
    lotwork: Caller, tmp_path: Path, key: str, value: object
) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lines = exported(lotwork)
    lines[-1]["figures"][key] = value
    file = tmp_path / "export.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    lotwork.home = tmp_path / "other"
    refused_here = lotwork("import", file, code=3).err
    assert "export.jsonl:3: figures" in refused_here
    assert "its figures cannot be read" in refused_here


def test_a_name_that_acknowledges_nothing_is_told_and_not_recorded(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, receipt("pending", "2025-03-01", "1", None))
    words = ("receipt_pending:pending", "receipt_pending:mined", "coins_missing")
    told = lotwork("file", "--year", "2025", "--json", *(f"--acknowledge={word}" for word in words))
    assert told.result["acknowledged"] == ["receipt_pending:pending"]
    assert told.err.splitlines() == [
        "--acknowledge receipt_pending:mined: nothing of that name is open",
        "--acknowledge coins_missing: nothing of that name is open",
    ]


def test_the_first_return_comes_back_byte_for_byte_after_an_amendment_under_another_law(
    lotwork: Caller, clock: SetClock
) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    filed(lotwork)
    again = ("liability", "--year", "2025", "--up-to", "3", "--law", "filed", "--json")
    first = lotwork(*again).out
    clock.instant = parse_instant("2026-09-01T12:00:00Z")
    lotwork.take({"kind": "rule", "at": "2026-09-01T12:00:00Z", "figure": "us/self_employment/oasdi_rate",
                  "from": "2025-01-01", "value": "0.10", "cite": "a statute", "reason": "it was wrong"})  # fmt: skip
    amended = filed(lotwork)
    assert lotwork(*again).out == first
    evidence = lotwork.home / "evidence" / amended["evidence"][:2] / amended["evidence"]
    second = (
        "liability",
        "--year",
        "2025",
        "--up-to",
        str(amended["made_from"]["position"]),
        "--law",
        "filed",
        "--json",
    )
    assert lotwork(*second).out == evidence.read_text(encoding="utf-8") != first


def test_a_return_under_a_law_that_is_only_supposed_is_not_filed(lotwork: Caller) -> None:
    """H.R. 9175 is introduced and not enacted: a what-if is no return, acknowledged or not."""
    rule = {
        "kind": "rule", "id": "bill", "at": "2025-01-01T00:00:00Z", "figure": "us/income/mining_deferred",
        "from": "2025-01-01", "value": True, "cite": "H.R. 9175", "reason": "what if it were law",
    }  # fmt: skip
    lotwork.take(PROFILE, MINED, rule)
    assert ("mining_income_deferred", "mined") in open_codes(refused(lotwork))
    told = lotwork("file", "--year", "2025", "--acknowledge", "mining_income_deferred", code=2)
    assert "this is settled, not acknowledged" in told.err
    assert lotwork("income", "--year", "2025", "--json", code=1).result["totals"]["value_usd"] == "0.000000"


@pytest.mark.parametrize("since", ["2026-01-01", "2026-03-01"])
def test_a_supposed_law_of_a_later_year_stops_no_filing_of_an_earlier_one(lotwork: Caller, since: str) -> None:
    """A dated switch touches the years it is on in: nothing of 2025 waits, and 2026 is filed on no supposition."""
    rule = {
        "kind": "rule", "id": "bill", "at": "2026-01-01T00:00:00Z", "figure": "us/income/mining_deferred",
        "from": since, "value": True, "cite": "H.R. 9175", "reason": "what if it were law",
    }  # fmt: skip
    before = receipt("before", "2026-02-01", "1", "60000")
    lotwork.take(PROFILE, MINED, rule, before, receipt("after", "2026-03-02", "1", "60000"))
    told = lotwork("file", "--year", "2025", "--dry-run", "--json").result
    assert told["summary"]["gross_receipts_usd"] == "50000.00"
    first = "before" if since == "2026-01-01" else "after"
    assert [(each["code"], each["event"]) for each in lotwork("liability", "--year", "2026", "--json", code=1).result[
        "findings"] if each["code"] == "mining_income_deferred"] == [("mining_income_deferred", first)]  # fmt: skip
