"""What to put aside on the command line: by month, by receipt, and what is not known of the year."""

from __future__ import annotations

from decimal import Decimal

from tests.commands.calling import Caller, codes
from tests.commands.plan.mining import ON, mined
from tests.projections.house import receipt


def test_what_to_put_aside_is_told_by_month_and_by_receipt(lotwork: Caller) -> None:
    lotwork.take(*mined(), receipt("more", "2026-02-01", "1", "60000"))
    told = lotwork("plan", "set-aside", *ON, "--receipts", "--json", code=None).result
    assert told["schema"] == "lotwork.plan_set_aside.v1"
    assert [row["receipt"] for row in told["rows"]] == ["new", "more"]
    assert told["projection"]["estimate"] is True
    assert told["next"]["due"] == "2026-06-15"
    table = lotwork("plan", "set-aside", *ON, code=None).out
    assert "percent of each receipt" in table
    assert "2026-02" in table
    assert "more" not in table
    assert "more" in lotwork("plan", "set-aside", *ON, "--receipts", code=None).out


def test_the_sums_by_month_and_coin_are_those_of_the_receipts(lotwork: Caller) -> None:
    ether = receipt("ether", "2026-02-03", "2", "3000") | {"asset": "ETH"}
    lotwork.take(*mined(), receipt("more", "2026-02-01", "1", "60000"), receipt("again", "2026-02-02", "1", "1"), ether)
    short = lotwork("plan", "set-aside", *ON, "--json", code=None).result
    whole = lotwork("plan", "set-aside", *ON, "--json", "--receipts", code=None).result
    assert "rows" not in short
    assert whole.pop("rows")
    assert whole == short
    rows = lotwork("plan", "set-aside", *ON, "--json", "--receipts", code=None).result["rows"]
    for month in short["months"]:
        told = [row for row in rows if (row["date"][:7], row["asset"]) == (month["month"], month["asset"])]
        assert month["receipts"] == len(told)
        for name in ("value_usd", "set_aside_usd", "set_aside_quantity"):
            assert Decimal(month[name]) == sum(Decimal(row[name]) for row in told)
    assert [(month["month"], month["asset"]) for month in short["months"]][-2:] == [
        ("2026-02", "BTC"), ("2026-02", "ETH"),
    ]  # fmt: skip


def test_a_plan_without_this_years_wages_says_so(lotwork: Caller) -> None:
    facts = {"kind": "year_facts", "at": "2025-12-31T00:00:00Z", "year": 2025, "wages_usd": "61000"}
    lotwork.take(*mined(), facts)
    asked = ("plan", "set-aside", *ON, "--json")
    assert "year_facts_missing" in codes(lotwork(*asked, code=1).result["findings"])
    lotwork.take({**facts, "at": "2026-01-02T00:00:00Z", "year": 2026})
    assert "year_facts_missing" not in codes(lotwork(*asked, code=None).result["findings"])
