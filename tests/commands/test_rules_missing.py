"""`lotwork rules missing`: what a year lacks, and a new tax year grown from it (docs/growing.md)."""

from __future__ import annotations

from pathlib import Path

from lotwork.rules.load import Law
from lotwork.rules.missing import missing
from tests.commands.calling import Caller, codes
from tests.rules.editions import with_year

SHIPPED = Law.load()
NEXT = "2027"
PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "UTC", "recognition": "on_payout", "material_participation": "true",
}  # fmt: skip
RIG = {"kind": "equipment", "id": "rig", "at": "2026-03-01T00:00:00Z", "equipment": "rig", "cost_usd": "5000",
       "acquired": "2026-03-01", "placed_in_service": "2026-03-01", "bonus": "none"}  # fmt: skip


def wages(year: int) -> dict[str, object]:
    return {
        "kind": "year_facts",
        "id": f"facts {year}",
        "at": "2026-06-01T00:00:00Z",
        "year": year,
        "wages_usd": "90000",
    }


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for topic, content in files.items():
        file = folder / f"{topic}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def test_a_year_that_is_whole_lacks_nothing(lotwork: Caller) -> None:
    told = lotwork("rules", "missing", "--year", "2026", "--json").result
    assert told["schema"] == "lotwork.rules_missing.v1"
    assert (told["year"], told["rows"], told["findings"]) == (2026, [], [])
    assert told["law"] == SHIPPED.digest
    assert "United States, 2026: figures that are missing: none" in lotwork("rules", "missing", "--year", "2026").out


def test_the_figures_of_a_state_are_listed_where_it_is_named(lotwork: Caller) -> None:
    told = lotwork("rules", "missing", "--year", NEXT, "--state", "ga", "--json", code=1).result
    states = {row["path"] for row in told["rows"] if row["path"].startswith("us/states/")}
    assert {"us/states/ga/rate", "us/states/ga/standard_deduction"} <= states
    assert all(path.startswith("us/states/ga/") for path in states)
    assert {row["jurisdiction"] for row in told["rows"]} == {"us"}, "another country was asked for a state"
    shown = lotwork("rules", "missing", "--year", "2026", "--state", "ga").out.split("\n")
    assert [line for line in shown if line] == ["United States and GA, 2026: figures that are missing: none"]
    plain = lotwork("rules", "missing", "--year", NEXT, "--json", code=1).result
    assert not [row for row in plain["rows"] if row["path"].startswith("us/states/")]
    assert "not covered" in lotwork("rules", "missing", "--year", NEXT, "--state", "NJ", code=3).err


def test_a_year_to_come_is_told_figure_by_figure_and_needs_a_person(lotwork: Caller) -> None:
    told = lotwork("rules", "missing", "--year", NEXT, "--json", code=1).result
    rows = {row["path"]: row for row in told["rows"]}
    tops = rows["us/ordinary/tops"]
    assert tops["jurisdiction"] == "us"
    assert (tops["title"], tops["cite"]) == (
        "Taxable income at the top of each bracket; the last rate applies above", "26 U.S.C. 1(j)(2)-(3)",
    )  # fmt: skip
    assert (tops["lacks"], tops["from"], tops["status"]) == ("value", "2026-01-01", "enacted")
    assert tops["value"]["single"][0] == "12400"
    base = rows["us/self_employment/oasdi_wage_base"]
    assert (base["lacks"], base["from"], base["status"]) == ("enactment", "2027-01-01", "announced")
    assert codes(told["findings"]) == {"figures_missing"}
    seen = lotwork("rules", "missing", "--year", NEXT, code=1)
    assert "us/ordinary/tops" in seen.out
    assert f"United States: {len([path for path in rows if path.startswith('us/')])} figures of 2027" in seen.err


def test_the_united_states_come_first_and_one_country_can_be_asked_alone(lotwork: Caller) -> None:
    every = [row["jurisdiction"] for row in lotwork.rows("rules", "missing", "--year", NEXT)]
    assert list(dict.fromkeys(every)) == ["us", "jp", "de", "pt"]
    alone = lotwork.rows("rules", "missing", "--year", NEXT, "--jurisdiction", "de")
    assert {row["path"] for row in alone} == {
        "de/income/tariff", "de/income/surcharge_exempt_tax", "de/income/disposal_limit",
    }  # fmt: skip
    assert not lotwork.rows("rules", "missing", "--year", NEXT, "--jurisdiction", "cn")


def test_a_rule_of_the_book_fills_its_figure_from_the_position_it_stands_at(lotwork: Caller) -> None:
    lotwork.take(PROFILE)
    rule = {"kind": "rule", "id": "rule", "at": "2026-11-01T12:00:00Z", "figure": "de/income/disposal_limit",
            "from": f"{NEXT}-01-01", "value": "1000", "cite": "EStG s.23(3)", "reason": "as enacted"}  # fmt: skip
    lotwork.take(rule)
    asked = ("rules", "missing", "--year", NEXT, "--jurisdiction", "de")
    filled = {row["path"] for row in lotwork.rows(*asked)}
    assert filled == {"de/income/tariff", "de/income/surcharge_exempt_tax"}
    for before in (("--up-to", "1"), ("--law", "shipped"), ("--law", "1"), ("--known", "2020-01-01")):
        assert len(lotwork.rows(*asked, *before)) == 3, before


def test_a_new_tax_year_is_its_figures_and_nothing_else(lotwork: Caller, tmp_path: Path) -> None:
    """The recipe of docs/growing.md, on 2027 as if it were 2026 again: named, refused, added, computed.

    90,000 of wages less 1,600, 32 percent of a rig of 5,000 in its second year, less 16,100: 72,300 of taxable income.
    10 percent of 12,400, 12 percent of the next 38,000 and 22 percent of the last 21,900 are 10,618.
    """
    edition = write(tmp_path / "law", dict(SHIPPED.files))
    lotwork.take(PROFILE, RIG, wages(2026), wages(int(NEXT)))
    asked = ("rules", "missing", "--year", NEXT, "--law", str(edition), "--json")
    lacking = {row["path"] for row in lotwork(*asked, code=1).result["rows"]}
    refusal = lotwork("liability", "--year", NEXT, "--law", edition, code=3).err
    assert any(path in refusal for path in lacking)

    write(edition, with_year(dict(SHIPPED.files), missing(SHIPPED, int(NEXT), SHIPPED), int(NEXT)))

    assert lotwork(*asked).result["rows"] == []
    told = lotwork("liability", "--year", NEXT, "--law", edition, "--json").result["summary"]
    assert (told["depreciation_usd"], told["taxable_income"]) == ("1600.00", "72300.00")
    assert told["total"] == "10618.00"
    assert lotwork("quarterly", "--year", NEXT, "--law", edition, "--as-of", f"{NEXT}-05-01", code=None).code in (0, 1)


def test_a_figure_forgotten_is_still_named_and_the_year_still_refused(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, wages(int(NEXT)))
    most = [each for each in missing(SHIPPED, int(NEXT), SHIPPED) if each.path != "us/ordinary/standard_deduction"]
    edition = write(tmp_path / "law", with_year(dict(SHIPPED.files), most, int(NEXT)))
    told = lotwork("rules", "missing", "--year", NEXT, "--law", edition, "--json", code=1).result
    assert [row["path"] for row in told["rows"]] == ["us/ordinary/standard_deduction"]
    assert "us/ordinary/standard_deduction" in lotwork("liability", "--year", NEXT, "--law", edition, code=3).err
