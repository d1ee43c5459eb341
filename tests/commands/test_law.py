"""The law on the command line: one case computed, the figures listed, shown and compared."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from lotwork.rules.figures import STATUSES
from tests.commands.calling import Caller
from tests.projections.house import receipt

RULES = Path(__file__).parents[2] / "rules"
FIGURES = {
    "se_tax", "half_se_deduction", "agi", "qbi_deduction", "taxable_income", "income_tax", "ordinary_tax", "ltcg_tax",
    "amt", "niit", "additional_medicare", "total",
}  # fmt: skip


def test_a_case_is_computed_from_standard_input_with_no_home(lotwork: Caller) -> None:
    lotwork.home = lotwork.home.with_name("none")
    told = lotwork("compute", "us", given='{"year": 2025, "status": "single", "schedule_c_net": "50000"}').result
    assert told.keys() >= FIGURES
    assert told["total"] == "9775.17"
    assert not lotwork.home.exists()


def test_amounts_may_be_numbers_or_texts(lotwork: Caller) -> None:
    texts = lotwork("compute", "us", given='{"year": 2025, "status": "mfj", "wages": "150000.50"}').result
    numbers = lotwork("compute", "us", "--json", given='{"year": 2025, "status": "mfj", "wages": 150000.50}').result
    assert texts == numbers


@pytest.mark.parametrize(
    "case",
    ["", "{", "[]", "5", "NaN", '{"year": 2025}', '{"status": "single"}', '{"year": 2025, "status": "widowed"}',
     '{"year": 2025, "status": "single", "wages": NaN}', '{"year": 2025, "status": "single", "wages": "\uff11"}',
     '{"year": 2025, "status": "single", "wages": -1}', '{"year": 2025, "status": "single", "colour": 1}',
     '{"year": 2025, "year": 2025, "status": "single"}', '{"year": 2022, "status": "single"}',
     '{"year": 2027, "status": "single"}', '{"year": "2025-01-01", "status": "single"}',
     '{"year": true, "status": "single"}',
     '{"year": 2025, "status": ["single"]}', '{"year": 2025, "status": "single", "wages": {"a": 1}}',
     '{"year": 2025, "status": "single", "wages": 1e300}', '{"year": 2025, "status": "single", "wages": "1e99"}'],
)  # fmt: skip
def test_a_case_that_is_none_is_refused_in_words(lotwork: Caller, case: str) -> None:
    told = lotwork("compute", "us", "--json", given=case, code=3)
    assert told.result["message"]
    assert told.err.startswith("lotwork: ")


@pytest.mark.parametrize("words", [("compute",), ("compute", "fr"), ("rules", "show"), ("rules", "diff", "nowhere")])
def test_a_call_that_is_none_ends_with_2(lotwork: Caller, words: tuple[str, ...]) -> None:
    assert lotwork(*words, given="{}", code=2).err


@pytest.mark.parametrize(
    ("jurisdiction", "case"),
    [
        ("cn", {"mode": "business", "revenue": "500000", "costs": "200000"}),
        ("jp", {"miscellaneous_income": "3000000", "other_income": "4000000"}),
        ("de", {"taxable_income": "40000", "mining_net": "10000", "disposal_gain": "900", "year": 2025}),
    ],
)
def test_other_countries_give_taxable_and_tax(lotwork: Caller, jurisdiction: str, case: dict[str, object]) -> None:
    told = lotwork("compute", jurisdiction, "--json", given=json.dumps({"year": 2025} | case)).result
    assert told.keys() >= {"taxable", "tax", "schema", "law", "findings"}


def test_every_figure_is_listed_with_its_law(lotwork: Caller) -> None:
    told = lotwork("rules", "list", "--json").result
    assert len(told["rows"]) > 50
    assert all(row["cite"] and row["from"] and row["title"] for row in told["rows"])
    assert "us/estimated/penalty_threshold" in lotwork("rules", "list").out


def test_one_figure_is_shown_with_every_version(lotwork: Caller) -> None:
    told = lotwork("rules", "show", "us/self_employment/oasdi_wage_base", "--json").result
    values = {row["from"]: row["value"] for row in told["rows"]}
    enacted = {"2023-01-01": "160200", "2024-01-01": "168600", "2025-01-01": "176100", "2026-01-01": "184500"}
    assert values.items() >= enacted.items()
    assert "42 U.S.C. 430" in lotwork("rules", "show", "us/self_employment/oasdi_wage_base").out


def test_a_figure_that_is_a_table_is_shown_by_its_names(lotwork: Caller) -> None:
    versions = lotwork("rules", "show", "us/capital/loss_limit", "--json").result["rows"]
    assert versions[-1]["value"].keys() == set(STATUSES)
    assert "Mfs 1500" in lotwork("rules", "show", "us/capital/loss_limit").out


@pytest.mark.parametrize("path", ["us/self_employment/nothing", "nothing", "us", "../../etc/passwd"])
def test_a_figure_the_law_does_not_have_is_refused(lotwork: Caller, path: str) -> None:
    assert "see `lotwork rules list`" in lotwork("rules", "show", path, code=3).err


def test_two_editions_of_the_law_are_compared(lotwork: Caller, tmp_path: Path) -> None:
    for file in RULES.rglob("*.toml"):
        copy = tmp_path / file.relative_to(RULES)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    assert lotwork("rules", "diff", tmp_path, "--json").result["rows"] == []
    changed = tmp_path / "us" / "self_employment.toml"
    changed.write_text(changed.read_text(encoding="utf-8").replace("176_100", "176_000"), encoding="utf-8")
    (row,) = lotwork("rules", "diff", tmp_path, "--json").result["rows"]
    assert (row["path"], row["before"], row["after"]) == ("us/self_employment/oasdi_wage_base", "176000", "176100")
    assert "176000" in lotwork("rules", "diff", tmp_path, RULES).out


PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "UTC", "recognition": "on_payout", "material_participation": "true",
}  # fmt: skip
OASDI = "us/self_employment/oasdi_rate"


def rule(figure: str, value: object, *, since: str = "2025-01-01", name: str = "r") -> dict[str, object]:
    return {
        "kind": "rule", "id": name, "at": "2026-09-01T12:00:00Z", "figure": figure, "from": since, "value": value,
        "cite": "a new statute", "reason": "as enacted",
    }  # fmt: skip


def edition(folder: Path, topic: str, old: str, new: str) -> Path:
    for file in RULES.rglob("*.toml"):
        copy = folder / file.relative_to(RULES)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    changed = folder / f"{topic}.toml"
    text = changed.read_text(encoding="utf-8")
    assert old in text
    changed.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_a_rule_of_the_book_moves_lines_in_every_year_it_reaches(lotwork: Caller) -> None:
    """A tenth instead of 12.4 percent on 92.35 percent of 50,000: 1,108.20 less self-employment tax, in 2025 alone."""
    lotwork.take(PROFILE, receipt("old", "2024-02-01", "1", "50000"), receipt("new", "2025-02-01", "1", "50000"))
    lotwork.take(rule(OASDI, "0.10"))
    told = lotwork("rules", "diff", "shipped", "book", "--json").result
    (figure,) = told["rows"]
    assert (figure["path"], figure["from"], figure["after"], figure["source"]) == (
        OASDI, "2025-01-01", "0.10", "a new statute",
    )  # fmt: skip
    assert [each["year"] for each in told["years"]] == [2025]
    lines = told["years"][0]["lines"]
    (tax,) = (row for row in lines if (row["form"], row["line"]) == ("Schedule SE", "12"))
    assert (tax["old_usd"], tax["new_usd"], tax["change_usd"]) == ("7064.78", "5956.58", "-1108.20")
    assert tax["because"] == ["new"]
    assert [figure["path"] for figure in tax["figures"]] == [OASDI]
    assert tax["cites"]
    assert all(row["figures"] for row in lines)
    table = lotwork("rules", "diff", "shipped", "book").out
    assert "Tax year 2025: lines that move" in table
    assert "-1,108.20" in table


def test_a_year_is_asked_for_alone(lotwork: Caller) -> None:
    lotwork.take(PROFILE, receipt("old", "2024-02-01", "1", "50000"), receipt("new", "2025-02-01", "1", "50000"))
    lotwork.take(rule(OASDI, "0.10", since="2024-01-01"))
    both = lotwork("rules", "diff", "shipped", "book", "--json").result["years"]
    (one,) = lotwork("rules", "diff", "shipped", "book", "--year", "2024", "--json").result["years"]
    assert [each["year"] for each in both] == [2024, 2025]
    assert one == both[0]


def test_two_folders_move_the_lines_of_a_book(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, receipt("new", "2025-02-01", "1", "50000"))
    other = edition(tmp_path / "other", "us/self_employment", "0.124", "0.1")
    there = lotwork("rules", "diff", RULES, other, "--json").result["years"]
    back = lotwork("rules", "diff", other, RULES, "--json").result["years"]
    changes = [(row["form"], row["line"], row["change_usd"]) for row in there[0]["lines"]]
    assert changes == [(row["form"], row["line"], f"{-Decimal(row['change_usd']):.2f}") for row in back[0]["lines"]]
    assert lotwork("rules", "diff", RULES, RULES, "--json").result["years"] == []


def test_the_law_of_a_position_is_the_book_s_as_it_stood_there(lotwork: Caller) -> None:
    lotwork.take(PROFILE, receipt("new", "2025-02-01", "1", "50000"))
    lotwork.take(rule(OASDI, "0.10"))
    lotwork.take(rule(OASDI, "0.11", name="again"))
    told = lotwork("rules", "diff", "3", "4", "--json").result
    assert [(row["before"], row["after"]) for row in told["rows"]] == [("0.10", "0.11")]
    assert lotwork("rules", "diff", "2", "shipped", "--json").result["rows"] == []
    assert lotwork("rules", "diff", "4", "--json").result["rows"] == []


def test_a_year_that_one_of_the_laws_does_not_know_says_so(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, receipt("new", "2025-02-01", "1", "50000"), receipt("early", "2022-02-01", "1", "50000"))
    other = edition(tmp_path / "other", "us/self_employment", "0.124", "0.1")
    told = {each["year"]: each for each in lotwork("rules", "diff", other, "--json").result["years"]}
    assert "no federal return can be computed for 2022" in told[2022]["unknown"]
    assert told[2025]["lines"]
    assert "2022" in lotwork("rules", "diff", other).err


@pytest.mark.parametrize(
    ("figure", "value", "told"),
    [
        ("us/self_employment/no_such_rate", "0.1", "see `lotwork rules list`"),
        (OASDI, "a tenth", "rules show us/self_employment/oasdi_rate"),
        (OASDI, ["0.1", "0.2"], "fraction"),
        ("us/capital/loss_limit", {"single": "3000"}, "every filing status"),
        ("us/estimated/underpayment_rate", ["0.07"] * 5, "give 1 to 4"),
        ("us/ordinary/tops", {status: ["1", "2"] for status in STATUSES}, "other parts"),
    ],
)
def test_a_rule_that_cannot_be_law_is_refused_as_it_comes_in(
    lotwork: Caller, figure: str, value: object, told: str
) -> None:
    """The refusal names the figure, its shape and where to look; nothing is appended."""
    refusal = lotwork.take(PROFILE, rule(figure, value), code=3).err
    assert told in refusal
    assert figure in refusal
    assert lotwork("head", "--json").result["position"] == 0


def test_a_rule_a_correction_spoiled_is_a_finding_and_is_left_out(lotwork: Caller) -> None:
    lotwork.take(PROFILE, receipt("new", "2025-02-01", "1", "50000"), rule(OASDI, "0.10"))
    lotwork.take(
        {"kind": "correction", "id": "c", "at": "2026-09-02T12:00:00Z", "target": "r", "reason": "a slip",
         "set": {"figure": "us/self_employment/no_such_rate"}},
    )  # fmt: skip
    told = lotwork("liability", "--year", "2025", "--json", code=1).result
    assert [(finding["code"], finding["event"]) for finding in told["findings"]] == [("rule_does_not_fit", "r")]
    assert told["summary"]["se_tax"] == "7064.78"
    for command in (("lots",), ("income", "--year", "2025"), ("quarterly", "--year", "2025"), ("replay",)):
        found = lotwork(*command, "--json", code=1).result["findings"]
        assert "rule_does_not_fit" in {finding["code"] for finding in found}, command


def test_a_corrected_rule_counts_as_corrected(lotwork: Caller) -> None:
    lotwork.take(PROFILE, receipt("new", "2025-02-01", "1", "50000"), rule(OASDI, "0.10"))
    lotwork.take(
        {"kind": "correction", "id": "c", "at": "2026-09-02T12:00:00Z", "target": "r", "reason": "a slip",
         "set": {"value": "0.11"}},
    )  # fmt: skip
    (row,) = lotwork("rules", "diff", "shipped", "book", "--json").result["rows"]
    assert row["after"] == "0.11"
    shown = lotwork("rules", "show", OASDI, "--json").result["rows"]
    assert [version["value"] for version in shown][-1] == "0.11"
    lotwork("add", "void", "target=r", "reason=it was vetoed")
    assert lotwork("rules", "diff", "shipped", "book", "--json").result["rows"] == []


def test_a_rule_of_an_indexed_figure_holds_for_its_year_alone(lotwork: Caller) -> None:
    lotwork.take(PROFILE, rule("us/self_employment/oasdi_wage_base", "200000"))
    (row,) = lotwork("rules", "diff", "shipped", "book", "--json").result["rows"]
    assert (row["from"], row["before"], row["after"]) == ("2025-01-01", "176100", "200000")
