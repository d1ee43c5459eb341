"""The law on the command line: one case computed, the figures listed, shown and compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.calling import Caller

RULES = Path(__file__).parents[2] / "rules"
FIGURES = {
    "se_tax", "half_se_deduction", "agi", "qbi_deduction", "taxable_income", "income_tax", "ordinary_tax", "ltcg_tax",
    "amt", "niit", "additional_medicare", "total",
}  # fmt: skip


def test_a_case_is_computed_from_standard_input_with_no_home(lotwork: Caller) -> None:
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
