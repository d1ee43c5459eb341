"""Every figure that ships: cited, sourced, marked with how sure its reading is, and equal to its publication."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from lotwork.rules.figures import STATUSES
from lotwork.rules.load import HOME, Law

LAW = Law.load()
PATHS = LAW.paths()
YEARS = (2023, 2024, 2025, 2026)


@pytest.mark.parametrize("path", PATHS)
def test_every_figure_has_a_title_a_cite_and_versions_with_source_status_and_confidence(path: str) -> None:
    entry = LAW.entry(path)
    assert entry.title
    assert entry.cite
    for version in entry.in_force:
        assert version.source
        assert version.confidence
        assert version.status in ("enacted", "announced", "projected")


def test_every_figure_a_formula_asks_for_exists() -> None:
    asked = set()
    for module in (HOME / "us").glob("*.py"):
        asked |= set(re.findall(r'"(us/[a-z_]+/[a-z0-9_]+)"', module.read_text()))
    assert len(asked) > 40
    assert asked <= set(PATHS)


def test_no_formula_holds_a_tax_figure_of_its_own() -> None:
    """A rate, a threshold or a limit stands in a rule file; a formula may name only what the form itself fixes."""
    fixed = {"0.5", "0.01", "100_000", "3_000"}
    for module in (HOME / "us").rglob("*.py"):
        code = re.sub(r'""".*?"""', "", module.read_text(), flags=re.DOTALL)
        numbers = set(re.findall(r"Decimal\(\"?([0-9._]+)\"?\)", code))
        large = {number for number in numbers if Decimal(number.replace("_", "")) > 100 or "." in number}
        assert large <= fixed, module.name


@pytest.mark.parametrize("year", YEARS)
def test_brackets_rise_and_a_separate_return_has_half_the_joint_top(year: int) -> None:
    tops = LAW.in_year("us/ordinary/tops", year)
    for status in STATUSES:
        assert all(low < high for low, high in pairwise(tops.tops(status)))
        assert len(tops.tops(status)) + 1 == len(LAW.in_year("us/ordinary/rates", year).amounts())
    assert tops.tops("mfs")[-1] * 2 == tops.tops("mfj")[-1]
    assert tops.tops("qss") == tops.tops("mfj")


@pytest.mark.parametrize("recovery_class", ["3", "5", "7", "15"])
@pytest.mark.parametrize("table", ["half_year", "mid_quarter_1", "mid_quarter_2", "mid_quarter_3", "mid_quarter_4"])
def test_each_macrs_column_gives_back_the_whole_basis(table: str, recovery_class: str) -> None:
    percents = LAW.in_year(f"us/depreciation/table_{table}", 2025).percents(recovery_class)
    assert sum(percents) == 100
    assert len(percents) == int(recovery_class) + 1


@pytest.mark.parametrize(("year", "base"), [(2023, 160_200), (2024, 168_600), (2025, 176_100), (2026, 184_500)])
def test_the_wage_base_is_a_cap_of_its_year(year: int, base: int) -> None:
    assert LAW.in_year("us/self_employment/oasdi_wage_base", year).amount() == base


def test_the_2026_qbi_threshold_is_not_the_top_of_the_24_percent_bracket() -> None:
    threshold, tops = LAW.in_year("us/qbi/threshold", 2026), LAW.in_year("us/ordinary/tops", 2026)
    assert threshold.by_status("single") == 201_750
    assert tops.tops("single")[3] == 201_775
    assert threshold.by_status("mfj") == 403_500
    assert tops.tops("mfj")[3] == 403_550


def test_excess_business_loss_thresholds_fell_for_2026() -> None:
    path = "us/excess_business_loss/threshold"
    assert LAW.in_year(path, 2025).by_status("single") == 313_000
    assert LAW.in_year(path, 2026).by_status("single") == 256_000
    assert LAW.in_year(path, 2026).by_status("mfj") == 512_000


def test_solo_401k_limits_of_2026_are_72_000_in_all_and_24_500_deferred() -> None:
    assert LAW.in_year("us/retirement/annual_additions_415c", 2026).amount() == 72_000
    assert LAW.in_year("us/retirement/elective_deferral", 2026).amount() == 24_500


def test_hobby_coins_stand_on_8j_in_2023_and_8v_from_2024_and_expenses_nowhere() -> None:
    assert [LAW.in_year("us/income/hobby_line", year).text() for year in YEARS] == ["8j", "8v", "8v", "8v"]
    assert not LAW.in_year("us/income/hobby_expenses_deductible", 2026).switch()


def test_digital_assets_have_boxes_g_to_l_from_2025() -> None:
    assert set(LAW.figure("us/capital/form_8949_boxes", date(2024, 12, 31)).names()) == set("ABCDEF")
    assert set(LAW.figure("us/capital/form_8949_boxes", date(2025, 1, 1)).names()) == set("GHIJKL")
