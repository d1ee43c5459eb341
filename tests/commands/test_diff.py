"""A return as filed against as now known: every line that moved, why, and what an amended return means."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.projections.filing.amendment import amendment
from lotwork.projections.filing.filed import filing_of, read_filed
from lotwork.projections.law_in_force import law_in_force
from lotwork.rules import load
from lotwork.rules.law_archive import LawArchive
from lotwork.rules.load import Law
from tests.commands.calling import Caller, codes
from tests.commands.test_filing import MINED, PROFILE, SOLD, exported, filed, law_copied
from tests.projections.house import receipt, sale


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return the clock of every command here: 2026-04-10."""
    clock = SetClock(parse_instant("2026-04-10T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


def diff(lotwork: Caller, *words: str, year: int = 2025) -> dict[str, Any]:
    return lotwork("diff", "--filed", str(year), *words, "--json", code=None).result


def line_of(told: dict[str, Any], form: str, line: str) -> dict[str, Any]:
    (found,) = (row for row in told["lines"] if (row["form"], row["line"]) == (form, line))
    assert isinstance(found, dict)
    return found


def form_1040x(told: dict[str, Any]) -> dict[str, tuple[str | None, str | None, str]]:
    return {row["line"]: (row["original_usd"], row["change_usd"], row["correct_usd"]) for row in told["form_1040x"]}


def correction(target: str, **keys: str) -> dict[str, Any]:
    return {
        "kind": "correction", "id": f"fix {target}", "at": "2026-09-01T12:00:00Z", "target": target, "set": keys,
        "reason": "the pool's own statement",
    }  # fmt: skip


RULE = {
    "kind": "rule", "id": "rule", "at": "2026-05-01T00:00:00Z", "figure": "us/self_employment/oasdi_rate",
    "from": "2025-01-01", "value": "0.10", "cite": "a statute", "reason": "it was wrong",
}  # fmt: skip


def test_a_return_nothing_was_said_of_since_differs_by_nothing(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    filed(lotwork)
    told = diff(lotwork)
    assert (told["differs"], told["lines"], told["later_years"], told["findings"]) == (False, [], [], [])
    assert told["evidence"] == exported(lotwork)[-1]["evidence"]
    assert told["additional_tax_usd"] == "0.00"
    assert "differ by nothing" in lotwork("diff", "--filed", "2025").out


def test_a_year_never_filed_is_refused(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    assert "run `lotwork file --year 2025`" in lotwork("diff", "--filed", "2025", code=3).err


def test_a_corrected_receipt_moves_its_lines_and_is_named_on_each(lotwork: Caller) -> None:
    """50,000 became 60,000: self-employment tax of 7,064.78 (15.3 percent of 92.35) became 8,477.73."""
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lotwork.take(correction("mined", price_usd="60000"))
    told = diff(lotwork)
    gross = line_of(told, "Schedule C", "1")
    assert (gross["old_usd"], gross["new_usd"], gross["change_usd"]) == ("50000.00", "60000.00", "10000.00")
    (why,) = gross["events"]
    assert why == {
        "event": "mined", "kind": "receipt", "how": "corrected", "by": "fix mined", "position": 4,
        "reason": "the pool's own statement",
    }  # fmt: skip
    assert gross["due_to"] == {"events_usd": "10000.00", "law_usd": "0.00", "program_usd": "0.00"}
    assert line_of(told, "Schedule SE", "12")["change_usd"] == "1412.95"
    for row in told["lines"]:
        assert [change["event"] for change in row["events"]] == ["mined"], row
        assert row["figures"] == []
    now = lotwork("liability", "--year", "2025", "--tax-table", "--json").result["summary"]
    assert told["tax_now_usd"] == now["total"]
    assert Decimal(told["additional_tax_usd"]) == Decimal(told["tax_now_usd"]) - Decimal(told["tax_filed_usd"])


def test_form_1040x_has_what_was_filed_what_is_correct_and_the_change(lotwork: Caller) -> None:
    withheld = {"kind": "year_facts", "at": "2026-01-10T00:00:00Z", "year": 2025, "withholding_usd": "12000"}
    lotwork.take(PROFILE, MINED, withheld)
    first = filed(lotwork)
    lotwork.take(correction("mined", price_usd="60000"))
    told = diff(lotwork)
    second = lotwork("liability", "--year", "2025", "--tax-table", "--json").result
    form = form_1040x(told)
    for number, key in (("1", "agi"), ("4a", "qbi_deduction"), ("5", "taxable_income"), ("6", "income_tax")):
        old, new = first["summary"][key], second["summary"][key]
        assert form[number] == (old, str(Decimal(new) - Decimal(old)), new), number
    assert form["10"][2] == second["summary"]["se_tax"]
    assert form["11"] == (told["tax_filed_usd"], told["additional_tax_usd"], told["tax_now_usd"])
    assert form["12"] == (None, None, "12000.00")
    overpaid = Decimal(12000) - Decimal(told["tax_filed_usd"])
    assert Decimal(form["18"][2]) == overpaid
    assert Decimal(form["19"][2]) == 12000 - overpaid
    assert form["20"][2] == told["additional_tax_usd"]
    assert form["21"][2] == "0.00"
    three = Decimal(form["1"][2] or 0) - Decimal(form["2"][2])
    assert Decimal(form["3"][2]) == three


def test_a_late_receipt_and_a_void_are_told_apart(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, receipt("twice", "2025-06-01", "0.1", "60000"))
    filed(lotwork)
    lotwork.take(
        receipt("late", "2025-07-01", "0.5", "60000"),
        {"kind": "void", "id": "v", "at": "2026-09-01T12:00:00Z", "target": "twice", "reason": "told twice"},
    )
    gross = line_of(diff(lotwork), "Schedule C", "1")
    assert gross["change_usd"] == "24000.00"
    assert {(change["event"], change["how"], change["by"]) for change in gross["events"]} == {
        ("late", "appended", "late"), ("twice", "voided", "v"),
    }  # fmt: skip


def test_a_correction_of_a_selection_names_every_receipt_it_reached(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED | {"source": "pool"}, receipt("b", "2025-03-01", "1", "45000", source="pool"))
    filed(lotwork)
    lotwork.take(
        {"kind": "correction", "id": "all", "at": "2026-09-01T12:00:00Z", "select": {"source": "pool"},
         "set": {"price_usd": "40000"}, "reason": "the pool's statement"},
    )  # fmt: skip
    gross = line_of(diff(lotwork), "Schedule C", "1")
    assert gross["new_usd"] == "80000.00"
    assert {(change["event"], change["by"]) for change in gross["events"]} == {("mined", "all"), ("b", "all")}


def test_a_void_of_a_correction_brings_the_filed_figures_back(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lotwork.take(correction("mined", price_usd="60000"))
    assert diff(lotwork)["differs"]
    lotwork("add", "void", "target=fix mined", "reason=the first was right")
    assert not diff(lotwork)["differs"]


def test_a_correction_of_the_law_is_told_as_law_with_its_figure(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lotwork.take(
        {"kind": "rule", "id": "r", "at": "2026-09-01T12:00:00Z", "figure": "us/self_employment/oasdi_rate",
         "from": "2025-01-01", "value": "0.10", "cite": "a new statute", "reason": "as enacted"},
    )  # fmt: skip
    told = diff(lotwork)
    (change,) = told["law_changes"]
    assert (change["path"], change["after"], change["source"]) == (
        "us/self_employment/oasdi_rate", "0.10", "a new statute",
    )  # fmt: skip
    row = line_of(told, "Schedule SE", "12")
    assert row["due_to"]["law_usd"] == row["change_usd"]
    assert row["due_to"]["events_usd"] == "0.00"
    assert [figure["path"] for figure in row["figures"]] == ["us/self_employment/oasdi_rate"]
    assert row["events"] == []


def test_another_edition_of_the_law_is_told_as_law(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    other = law_copied(tmp_path / "law")
    ordinary = other / "us" / "self_employment.toml"
    ordinary.write_text(ordinary.read_text(encoding="utf-8").replace("0.124", "0.120"), encoding="utf-8")
    told = diff(lotwork, "--law", str(other))
    assert told["differs"]
    assert {change["path"] for change in told["law_changes"]} == {"us/self_employment/oasdi_rate"}
    monkeypatch.setattr(load, "HOME", other)
    assert diff(lotwork)["lines"] == told["lines"]


def test_less_tax_is_a_refund_that_may_be_claimed_for_three_years(lotwork: Caller) -> None:
    """Filed on 2026-04-10, deemed on 2026-04-15; three years on is a Sunday, Monday Emancipation Day."""
    paid = {"kind": "payment", "at": "2026-01-10T12:00:00Z", "year": 2025, "amount_usd": "9000"}
    lotwork.take(PROFILE, MINED, paid)
    filed(lotwork)
    lotwork.take(correction("mined", price_usd="40000"))
    told = diff(lotwork)
    assert told["additional_tax_usd"].startswith("-")
    claim = told["refund_claim"]
    assert (claim["last_day"], claim["in_time"], claim["limit_usd"]) == ("2029-04-17", True, "9000.00")
    assert told["assessment"]["last_day"] == "2029-04-17"
    assert "A refund is claimed through 2029-04-17" in lotwork("diff", "--filed", "2025").out
    late = diff(lotwork, "--as-of", "2029-04-18")["refund_claim"]
    assert (late["in_time"], late["limit_usd"]) == (False, "0.00")


def test_of_a_return_filed_late_the_last_day_that_brings_as_much_is_told(lotwork: Caller, clock: SetClock) -> None:
    """26 U.S.C. 6511(b)(2)(A): filed on 2026-11-30, in time until 2029-11-30; paid on the due day, 2026-04-15."""
    clock.instant = parse_instant("2026-11-30T12:00:00Z")
    paid = {"kind": "payment", "at": "2026-01-10T12:00:00Z", "year": 2025, "amount_usd": "9000"}
    lotwork.take(PROFILE, MINED, paid)
    filed(lotwork)
    lotwork.take(correction("mined", price_usd="40000"))
    claim = diff(lotwork)["refund_claim"]
    assert (claim["as_much_through"], claim["last_day"], claim["limit_usd"]) == ("2029-04-15", "2029-11-30", "9000.00")
    told = lotwork("diff", "--filed", "2025").out
    assert "claimed through 2029-11-30; at most 9,000.00, and less after 2029-04-15" in " ".join(told.split())
    lost = diff(lotwork, "--as-of", "2029-04-16")["refund_claim"]
    assert (lost["in_time"], lost["limit_usd"], "as_much_through" in lost) == (True, "0.00", False)


def test_more_tax_bears_interest_from_april_15_and_says_how_a_penalty_is_avoided(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lotwork.take(correction("mined", price_usd="90000"))
    told = diff(lotwork, "--as-of", "2026-12-31")
    estimate = told["estimate"]
    assert Decimal(estimate["unpaid_usd"]) == Decimal(told["tax_now_usd"])
    added = Decimal(told["additional_tax_usd"])
    assert added > 5000
    assert Decimal(estimate["accuracy_related_usd"]) == (added / 5).quantize(Decimal("0.01"))
    assert Decimal(estimate["interest_usd"]) > 0
    assert Decimal(estimate["failure_to_pay_usd"]) == (Decimal(told["tax_filed_usd"]) * 9 * Decimal("0.005")).quantize(
        Decimal("0.01")
    )
    cites = {cite for line in estimate["lines"] for cite in line["cites"]}
    assert any("6601" in cite for cite in cites)
    assert any("6662" in cite for cite in cites)
    assert "qualified amended return" in lotwork("diff", "--filed", "2025", "--as-of", "2026-12-31").out


def test_interest_ends_where_no_rate_is_known(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lotwork.take(correction("mined", price_usd="90000"))
    told = diff(lotwork, "--as-of", "2027-06-30")
    assert told["estimate"]["interest_through"] == "2026-12-31"
    assert "underpayment_rate_unknown" in codes(told["findings"])


def test_income_left_out_by_more_than_a_quarter_may_be_assessed_for_six_years(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lotwork.take(receipt("edge", "2025-06-01", "0.25", "50000"))
    assert diff(lotwork)["assessment"]["last_day"] == "2029-04-17"
    lotwork.take(receipt("more", "2025-06-01", "0.0000004", "50000"))
    assert diff(lotwork)["assessment"]["last_day"] == "2032-04-15"


def test_a_loss_that_is_carried_moves_the_later_year_too(lotwork: Caller, clock: SetClock) -> None:
    """A loss of 10,000 more in 2024: the 3,000 limit carries it into 2025, which was filed as well, and into 2026."""
    lotwork.take(
        PROFILE, receipt("a", "2024-01-10", "1", "50000"), receipt("b", "2025-03-01", "0.1", "60000"),
        sale("s", "2024-06-01", "1", "45000"),
    )  # fmt: skip
    clock.instant = parse_instant("2025-04-01T12:00:00Z")
    filed(lotwork, year=2024)
    clock.instant = parse_instant("2026-04-01T12:00:00Z")
    second = filed(lotwork, year=2025)
    lotwork.take(correction("s", proceeds_usd="35000"))
    told = diff(lotwork, year=2024)
    later, running = told["later_years"]
    assert (later["year"], later["filing"]) == (2025, second["filing"])
    assert (running["year"], running["filing"]) == (2026, None)
    assert any(row["form"] == "Schedule D" for row in later["lines"])
    assert "lines that move with it" in lotwork("diff", "--filed", "2024").out


def test_a_later_year_not_filed_shows_only_what_the_correction_moves(lotwork: Caller, clock: SetClock) -> None:
    lotwork.take(PROFILE, receipt("a", "2024-01-10", "1", "50000"), sale("s", "2024-06-01", "1", "45000"))
    clock.instant = parse_instant("2025-04-01T12:00:00Z")
    filed(lotwork, year=2024)
    lotwork.take(receipt("later", "2025-03-01", "1", "60000"))
    assert diff(lotwork, year=2024)["later_years"] == []
    lotwork.take(correction("s", proceeds_usd="35000"))
    (later,) = diff(lotwork, year=2024)["later_years"]
    assert (later["year"], later["filing"]) == (2025, None)
    assert {row["form"] for row in later["lines"]} >= {"Schedule D"}
    assert "Schedule SE" not in {row["form"] for row in later["lines"]}


def test_an_earlier_filing_can_be_named(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    first = filed(lotwork)["filing"]
    lotwork.take(correction("mined", price_usd="60000"))
    filed(lotwork)
    assert not diff(lotwork)["differs"]
    assert diff(lotwork, "--filing", first)["differs"]
    assert first in lotwork("diff", "--filed", "2025", "--filing", "other", code=3).err


def test_a_rule_that_is_left_out_is_told_beside_what_moved(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lotwork.take(RULE)
    lotwork.take({"kind": "correction", "at": "2026-05-01T00:00:00Z", "target": RULE["id"],
                  "set": {"value": "NaN"}, "reason": "a slip"})  # fmt: skip
    told = lotwork("diff", "--filed", "2025", "--json", code=1).result
    assert [(each["code"], each["event"]) for each in told["findings"]] == [("rule_does_not_fit", RULE["id"])]


@pytest.mark.parametrize("damage", ["gone", "other"])
def test_a_filed_answer_that_is_lost_is_told(lotwork: Caller, damage: str) -> None:
    lotwork.take(PROFILE, MINED)
    name = filed(lotwork)["evidence"]
    file = lotwork.home / "evidence" / name[:2] / name
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(b"{}")
    told = lotwork("diff", "--filed", "2025", "--json", code=1).result
    assert codes(told["findings"]) == {"filed_answer_lost"}
    assert not told["differs"]


def test_an_imported_filing_says_that_its_log_was_another(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    file = tmp_path / "export.jsonl"
    file.write_text(lotwork("export", "--evidence", tmp_path / "evidence").out, encoding="utf-8")
    lotwork.home = tmp_path / "other"
    lotwork("import", file)
    told = diff(lotwork)
    assert not told["differs"]
    assert codes(told["findings"]) == {"filed_from_another_log"}


def test_figures_another_program_filed_are_told_as_the_program_s(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lines = exported(lotwork)
    for line in lines[-1]["figures"]["lines"]:
        if (line["form"], line["line"]) == ("Schedule SE", "12"):
            line["amount_usd"] = "7000.00"
    lines[-1]["id"] = "by an older program"
    lotwork("export", "--evidence", tmp_path / "evidence")
    file = tmp_path / "older.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    lotwork.home = tmp_path / "other"
    lotwork("import", file)
    told = diff(lotwork)
    assert "filed_by_another_program" in codes(told["findings"])
    row = line_of(told, "Schedule SE", "12")
    assert row["due_to"] == {"events_usd": "0.00", "law_usd": "0.00", "program_usd": row["change_usd"]}


LOOKED_AT = {"may_repeat": "none"}
"""What a person says of a line that looks odd, as a price far from the month's others does, and is right."""


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.integers(1, 28), st.integers(1, 10**8), st.integers(1, 200_000)),
        min_size=1, max_size=6,
    ),
    st.booleans(),
)  # fmt: skip
def test_filing_and_replay_without_corrections_differ_by_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    mined: list[tuple[int, int, int, int]],
    sold: bool,
) -> None:
    lotwork = Caller(tmp_path_factory.mktemp("any") / "home", capsys, monkeypatch)
    lines = [
        receipt(f"r{number}", f"2025-{month:02}-{day:02}", f"{units / 10**8:.8f}", str(price), **LOOKED_AT)
        for number, (month, day, units, price) in enumerate(mined)
    ]
    if sold:
        lines.append(sale("s", "2025-12-30", f"{mined[0][2] / 10**8:.8f}", "777.77", **LOOKED_AT))
    lotwork.take(PROFILE, *lines)
    filed(lotwork)
    told = diff(lotwork)
    assert (told["differs"], told["lines"]) == (False, [])


def test_what_moves_is_the_same_whether_asked_by_command_or_by_call(lotwork: Caller) -> None:
    from lotwork.ledger.history import History  # noqa: PLC0415 - one test calls the fold
    from lotwork.ledger.storage.log import EventLog  # noqa: PLC0415 - the same

    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lotwork.take(correction("mined", price_usd="60000"))
    with EventLog.open(lotwork.home) as log:
        history = History.read(log, "main")
        filing = filing_of(history, 2025)
        told = read_filed(filing, log.hash_at("main", filing.position))
        found = amendment(history, told, law_in_force(history, Law.load()), LawArchive(lotwork.home))
    listed = diff(lotwork)["lines"]
    assert sorted(each.move.change for each in found.lines) == sorted(Decimal(row["change_usd"]) for row in listed)


def test_a_selection_names_only_what_it_changed(lotwork: Caller) -> None:
    """It reaches a receipt that has that price already, and an expense that has none."""
    bill = {"kind": "expense", "id": "bill", "at": "2025-02-20T12:00:00Z", "category": "rent", "amount_usd": "10"}
    lotwork.take(PROFILE, MINED, receipt("same", "2025-03-01", "1", "40000"), bill)
    filed(lotwork)
    lotwork.take(
        {"kind": "correction", "id": "all", "at": "2026-09-01T12:00:00Z", "set": {"price_usd": "40000"},
         "select": {"from": "2025-01-01"}, "reason": "the pool's statement"},
    )  # fmt: skip
    told = diff(lotwork)
    assert {change["event"] for row in told["lines"] for change in row["events"]} == {"mined"}


def test_a_line_with_many_changes_names_the_first_and_counts_them_all(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    filed(lotwork)
    lotwork.take(*(receipt(f"late{number}", "2025-05-01", "0.1", "100") for number in range(25)))
    gross = line_of(diff(lotwork), "Schedule C", "1")
    assert (len(gross["events"]), gross["events_count"]) == (20, 25)
    assert "and 22 more" in lotwork("diff", "--filed", "2025").out.replace("\n", " ")


def test_a_law_that_lacks_what_this_program_asks_for_was_another_program_s(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of an older edition lack a figure: the lines as filed still stand against those of now."""
    older = law_copied(tmp_path / "law")
    oldest = older / "us" / "self_employment.toml"
    text = oldest.read_text(encoding="utf-8")
    lotwork.take(PROFILE, MINED)
    with monkeypatch.context() as patch:
        patch.setattr(load, "HOME", older)
        filed(lotwork)
        oldest.write_text(text.replace("[oasdi_rate", "[old_age_rate").replace("[[oasdi_rate", "[[old_age_rate"))
        rewritten = lotwork("file", "--year", "2025", "--json", code=3)
        assert "oasdi_rate" in rewritten.err
    lines = exported(lotwork)
    kept = LawArchive(lotwork.home).keep(Law.load(older))
    lines[-1] |= {"law_files": kept, "id": "by an older program"}
    file = tmp_path / "older.jsonl"
    file.write_text(json.dumps(lines[-1]) + "\n", encoding="utf-8")
    lotwork("import", file)
    lotwork.take(correction("mined", price_usd="60000"))
    told = diff(lotwork)
    assert "filed_by_another_program" in codes(told["findings"])
    assert line_of(told, "Schedule C", "1")["due_to"] is None
