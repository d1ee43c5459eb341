from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lotwork.rules.compare import difference
from lotwork.rules.errors import FigureShapeError, LawFileError, UnenactedFigureError, UnknownFigureError
from lotwork.rules.figures import STATUSES
from lotwork.rules.load import Law, parse

LAW = Law.load()
GOOD = """
[rate]
title = "A rate"
unit = "fraction"
cite = "1 U.S.C. 1"

[[rate.in_force]]
from = 2024-01-01
value = 0.10
status = "enacted"
source = "a release"
confidence = "verified"
"""


@dataclass(frozen=True)
class Rule:
    """A correction as a `rule` event tells it."""

    figure: str = "us/self_employment/oasdi_wage_base"
    from_: date = date(2026, 1, 1)
    value: Any = "190000"
    cite: str = "SSA notice"
    reason: str = "the notice was amended"


def write(folder: Path, text: str, name: str = "us/topic.toml") -> Law:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return Law.load(folder)


def test_a_figure_says_what_it_is_and_where_it_was_read() -> None:
    base = LAW.figure("us/self_employment/oasdi_wage_base", date(2026, 7, 1))
    assert base.amount() == Decimal(184_500)
    assert base.from_ == date(2026, 1, 1)
    assert (base.status, base.confidence) == ("enacted", "verified")
    assert "1402(b)(1)" in base.cite
    assert base.source in base.citation


def test_the_year_after_the_last_known_one_is_refused_and_never_carried_over() -> None:
    with pytest.raises(UnknownFigureError, match=r"us/ordinary/tops .* not known for 2027-01-01.*`rule` event"):
        LAW.in_year("us/ordinary/tops", 2027)


def test_the_year_before_the_first_known_one_is_refused() -> None:
    with pytest.raises(UnknownFigureError, match="2022-01-01"):
        LAW.in_year("us/ordinary/tops", 2022)


def test_an_unknown_figure_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownFigureError, match="min_net_earnings"):
        LAW.in_year("us/self_employment/wage_bass", 2026)
    with pytest.raises(UnknownFigureError, match="us/self_employment"):
        LAW.in_year("us/self_employed/oasdi_wage_base", 2026)
    with pytest.raises(UnknownFigureError, match="topics"):
        LAW.in_year("nowhere", 2026)


def test_a_figure_that_ends_is_refused_after_its_last_day() -> None:
    assert LAW.in_year("us/ordinary/senior_deduction", 2028).amount() == 6_000
    with pytest.raises(UnknownFigureError):
        LAW.in_year("us/ordinary/senior_deduction", 2029)


def test_filing_refuses_what_is_only_announced() -> None:
    path = "us/self_employment/oasdi_wage_base"
    assert LAW.in_year(path, 2027).status == "announced"
    with pytest.raises(UnenactedFigureError, match="announced, not enacted"):
        LAW.enacted_only().in_year(path, 2027)
    assert LAW.enacted_only().in_year(path, 2026).amount() == 184_500
    assert LAW.enacted_only().digest == LAW.digest


def test_pooling_turns_from_universal_to_per_wallet_on_new_years_day_2025() -> None:
    assert LAW.figure("us/basis/pooling", date(2024, 12, 31)).text() == "universal"
    assert LAW.figure("us/basis/pooling", date(2025, 1, 1)).text() == "wallet"


def test_each_accessor_gives_its_shape_and_refuses_another() -> None:
    rates = LAW.in_year("us/ordinary/rates", 2026)
    assert rates.amounts()[-1] == Decimal("0.37")
    assert LAW.in_year("us/ordinary/tops", 2026).tops("mfj")[0] == 24_800
    assert LAW.in_year("us/niit/threshold", 2026).by_status("qss") == 250_000
    assert LAW.in_year("us/depreciation/table_half_year", 2026).percents("5")[0] == 20
    assert LAW.in_year("us/depreciation/bonus_full_from", 2026).day() == date(2025, 1, 20)
    assert LAW.in_year("us/estimated/payment_due", 2026).days()[3] == date(2027, 1, 15)
    assert LAW.in_year("us/wash_sale/reaches_coin", 2026).switch() is False
    assert LAW.in_year("us/states/ga/words", 2026).texts()
    assert "L" in LAW.in_year("us/capital/form_8949_boxes", 2026).names()
    with pytest.raises(FigureShapeError, match="not one number"):
        rates.amount()
    with pytest.raises(FigureShapeError, match="by filing status"):
        rates.by_status("single")
    with pytest.raises(FigureShapeError, match="no class '4'"):
        LAW.in_year("us/depreciation/table_half_year", 2026).percents("4")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "A rate"', 'title = "A rate"\ncolour = "red"', "colour"),
        ('cite = "1 U.S.C. 1"', "", "cite"),
        ('cite = "1 U.S.C. 1"', 'cite = " "', "title and a cite"),
        ('source = "a release"', "", "source"),
        ('source = "a release"', 'source = ""', "source and a confidence"),
        ('confidence = "verified"', "", "confidence"),
        ('status = "enacted"', 'status = "rumoured"', "rumoured"),
        ('status = "enacted"', "", "status"),
        ("value = 0.10", 'value = "0.10"', "in quotes"),
        ("value = 0.10", "value = true", "fraction"),
        ("value = 0.10", "value = [0.10]", "fraction"),
        ('unit = "fraction"', 'unit = "furlong"', "furlong"),
        ("from = 2024-01-01", 'from = "soon"', "from"),
        ("from = 2024-01-01", "from = 2024-01-01\nuntil = 2023-01-01", "ends before"),
        ("[[rate.in_force]]", "[[rate.in_farce]]", "in_farce"),
        ("[rate]", "[rate", "TOML"),
    ],
)
def test_a_broken_rule_file_is_refused_by_file_and_figure(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    law = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(LawFileError, match=rf"us/topic\.toml.*{told}" if told != "TOML" else r"us/topic\.toml"):
        law.in_year("us/topic/rate", 2024)


def test_a_figure_without_any_version_is_refused() -> None:
    with pytest.raises(LawFileError, match="nothing in force"):
        parse(b'[rate]\ntitle = "A"\nunit = "usd"\ncite = "B"\nin_force = []', "x.toml")


def test_versions_stand_in_order_of_time() -> None:
    twice = GOOD + GOOD[GOOD.index("[[rate") :]
    with pytest.raises(LawFileError, match="order of time"):
        parse(twice.encode(), "x.toml")


def test_a_table_that_forgets_a_filing_status_is_refused() -> None:
    text = GOOD.replace('"fraction"', '"usd by filing status"').replace("0.10", "{ single = 1, mfj = 2 }")
    with pytest.raises(LawFileError, match="every filing status"):
        parse(text.encode(), "x.toml")


def test_a_number_in_quotes_is_refused_inside_a_table_too() -> None:
    text = GOOD.replace('"fraction"', '"usd by filing status"').replace("0.10", '{ single = "1" }')
    with pytest.raises(LawFileError, match="in quotes"):
        parse(text.encode(), "x.toml")
    with pytest.raises(LawFileError, match="in quotes"):
        parse(GOOD.replace('"fraction"', '"fractions"').replace("0.10", '["1"]').encode(), "x.toml")


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LawFileError, match="no rule file"):
        Law.load(tmp_path)


def test_the_digest_knows_every_byte_and_every_name(tmp_path: Path) -> None:
    first = write(tmp_path, GOOD).digest
    assert first == write(tmp_path, GOOD).digest
    assert first != write(tmp_path, GOOD.replace("0.10", "0.11")).digest
    write(tmp_path, GOOD)
    (tmp_path / "us/topic.toml").rename(tmp_path / "us/other.toml")
    assert first != Law.load(tmp_path).digest


def test_reading_the_digest_parses_nothing(tmp_path: Path) -> None:
    assert len(write(tmp_path, "this is not TOML").digest) == 64


def test_a_correction_holds_from_its_day_and_changes_the_digest() -> None:
    law = LAW.corrected([Rule()])
    path = "us/self_employment/oasdi_wage_base"
    assert law.in_year(path, 2026).amount() == 190_000
    assert law.in_year(path, 2025).amount() == 176_100
    assert LAW.in_year(path, 2026).amount() == 184_500
    assert "amended" in law.in_year(path, 2026).confidence
    assert law.digest != LAW.digest
    assert law.digest == LAW.corrected([Rule()]).digest
    assert law.digest != LAW.corrected([Rule(reason="another reason")]).digest


def test_a_correction_may_bring_a_year_the_files_do_not_know() -> None:
    rule = Rule(
        "us/capital/loss_limit", date(2027, 1, 1), dict.fromkeys(("single", "mfj", "mfs", "hoh", "qss"), "5000")
    )
    law = LAW.corrected([rule])
    assert law.in_year("us/capital/loss_limit", 2027).by_status("mfs") == 5_000
    assert law.in_year("us/capital/loss_limit", 2026).by_status("mfs") == 1_500
    assert len(law.digest) == 64


def test_a_correction_of_an_earlier_day_leaves_later_versions_standing() -> None:
    law = LAW.corrected([Rule("us/basis/pooling", date(2014, 1, 1), "wallet")])
    assert law.figure("us/basis/pooling", date(2013, 12, 31)).text() == "universal"
    assert law.figure("us/basis/pooling", date(2014, 1, 1)).text() == "wallet"
    old = LAW.corrected([Rule("us/basis/pooling", date(2010, 1, 1), "universal")])
    assert old.figure("us/basis/pooling", date(2025, 1, 1)).text() == "wallet"


def test_of_two_corrections_of_one_day_the_later_one_counts() -> None:
    law = LAW.corrected([Rule(value="1")]).corrected([Rule(value="2")])
    assert law.in_year("us/self_employment/oasdi_wage_base", 2026).amount() == 2
    assert law.enacted_only().in_year("us/self_employment/oasdi_wage_base", 2026).amount() == 2
    assert LAW.corrected([]) is LAW


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Rule(figure="us/self_employment/base"), "no figure"),
        (Rule(value="plenty"), "rules show"),
        (Rule(value={"single": "1"}), "rules show"),
        (Rule(cite=" "), "cite"),
        (Rule(reason=""), "reason"),
    ],
)
def test_a_correction_that_cannot_be_law_is_refused(rule: Rule, told: str) -> None:
    with pytest.raises((LawFileError, UnknownFigureError), match=told):
        LAW.corrected([rule])


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("NaN", "not a number"),
        ("Infinity", "not a number"),
        ("1e400", "not a number"),
        ("1_000", "not a number"),
        ("\uff11\uff12", "not a number"),
        ("-1", "lies between 0 and"),
        ("10000000000001", "lies between 0 and"),
        (1e300, "lies between 0 and"),
        ("0.0000000000001", "finer than 12 decimals"),
    ],
)
def test_a_correction_is_a_number_that_a_law_could_name(value: object, told: str) -> None:
    with pytest.raises(LawFileError, match=told):
        LAW.corrected([Rule(value=value)])


@pytest.mark.parametrize(
    ("figure", "value", "told"),
    [
        ("us/self_employment/oasdi_rate", "12.4", "between 0 and 2"),
        ("us/amended/extension_months", "1.5", "not whole"),
        ("us/estimated/underpayment_rate", ["7", "7", "7", "7"], "between 0 and 2"),
        ("us/estimated/annualization_periods_end", ["03-31", "05-31", "08-31", "31 December"], "no day of every year"),
        ("us/estimated/annualization_periods_end", ["02-29", "05-31", "08-31", "12-31"], "no day of every year"),
    ],
)
def test_a_correction_is_of_a_size_its_unit_can_have(figure: str, value: object, told: str) -> None:
    with pytest.raises(LawFileError, match=told):
        LAW.corrected([Rule(figure=figure, value=value)])


def test_the_tops_of_brackets_rise() -> None:
    tops = {status: [str(top) for top in reversed(LAW.in_year("us/ordinary/tops", 2026).tops(status))]
            for status in STATUSES}  # fmt: skip
    with pytest.raises(LawFileError, match="rise from each to the next"):
        LAW.corrected([Rule(figure="us/ordinary/tops", value=tops)])


def test_the_difference_of_two_laws_names_each_figure_that_moved(tmp_path: Path) -> None:
    (change,) = difference(LAW, LAW.corrected([Rule()]))
    assert (change.path, change.from_) == ("us/self_employment/oasdi_wage_base", date(2026, 1, 1))
    assert (change.before, change.after) == (Decimal(184_500), Decimal(190_000))
    assert difference(LAW, LAW) == ()
    old = write(tmp_path, GOOD)
    new = write(tmp_path, GOOD.replace("[rate", "[tax").replace("[[rate", "[[tax"))
    assert [(each.path, each.before, each.after) for each in difference(old, new)] == [
        ("us/topic/rate", Decimal("0.10"), None),
        ("us/topic/tax", None, Decimal("0.10")),
    ]


def test_the_law_lists_every_figure_with_its_versions() -> None:
    assert "us/qbi/threshold" in LAW.paths()
    assert "us/qbi" in LAW.topics()
    entry = LAW.entry("us/qbi/threshold")
    assert entry.title.startswith("Taxable income above")
    assert [version.from_.year for version in entry.in_force] == [2023, 2024, 2025, 2026]


def test_a_rule_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "us" / "rate.toml").mkdir(parents=True)
    with pytest.raises(LawFileError, match=r"a rule file cannot be read \(.*rate\.toml"):
        Law.load(tmp_path)
