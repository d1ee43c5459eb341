"""Form 8949 in cents: every row near its exact amounts, every line of Schedule D to the cent, none below nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.units import CENT_MICROS
from lotwork.projections.forms.form_8949 import SaleRow, cents, form_8949, in_cents, shared
from lotwork.projections.liability import liability
from lotwork.rules.load import Law
from lotwork.rules.us.capital import LINE_OF_BOX
from tests.projections.house import book_of, receipt, sale
from tests.projections.test_oracle import histories, lines

LAW = Law.load()
ME = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
      "time_zone": "UTC"}  # fmt: skip
YEARS = (2023, 2024, 2025, 2026)
money = st.one_of(st.integers(0, 10**10), st.integers(0, 10**6).map(lambda whole: whole * CENT_MICROS))
rows = st.lists(
    st.builds(
        lambda box, proceeds, basis, adjustment: SaleRow(
            box, "short", "BTC", 1, None, date(2025, 3, 1), proceeds, basis, "W" if adjustment else "", adjustment,
            "taxpayer",
        ),
        st.sampled_from("ABCGHIJKL"), money, st.one_of(st.just(0), money), st.one_of(st.just(0), money),
    ),
    max_size=12,
)  # fmt: skip


@given(rows)
def test_the_rows_of_a_line_come_to_it_and_none_is_more_than_two_cents_off(told: list[SaleRow]) -> None:
    made = in_cents(told)
    assert [each.row for each in made] == told
    for line in set(LINE_OF_BOX.values()):
        own = [each for each in made if LINE_OF_BOX[each.row.box] == line]
        assert sum(each.gain for each in own) == cents(sum(each.row.gain for each in own))
        for column in ("proceeds", "basis", "adjustment"):
            entered, exact = (sum(getattr(each, column) for each in some) for some in (own, [e.row for e in own]))
            assert abs(entered * CENT_MICROS - exact) <= 2 * CENT_MICROS
    for each in made:
        row = each.row
        for entered, exact in (
            (each.proceeds, row.proceeds), (each.basis, row.basis), (each.adjustment, row.adjustment),
        ):  # fmt: skip
            assert abs(entered * CENT_MICROS - exact) < 2 * CENT_MICROS
            assert entered >= 0
            if exact % CENT_MICROS == 0:
                assert entered * CENT_MICROS == exact


@given(st.lists(st.integers(-(10**9), 10**9), max_size=20))
def test_amounts_shared_out_in_cents_come_to_the_rounded_sum(amounts: list[int]) -> None:
    assert sum(shared(amounts)) == cents(sum(amounts))


@settings(max_examples=8)
@given(histories())
def test_every_row_of_the_gains_is_on_the_form_and_every_line_is_the_returns(steps: list[Any]) -> None:
    book = book_of(ME, *lines(steps), years=YEARS)
    for year in YEARS:
        owed = liability(book, LAW, year)
        form = form_8949(book, LAW, owed)
        of_year = [row for row in book.gains.rows if row.sold.year == year]
        assert [lot for each in form.rows for lot in each.row.lots] == of_year
        assert [each.row.gain for each in form.rows] == [row.gain_usd_micros for row in of_year]
        for line in form.schedule_d:
            assert line.total.gain == line.on_return


BROKER = {"kind": "wallet", "id": "w", "at": "2020-01-01T00:00:00Z", "wallet": "kraken", "custody": "broker"}
BOUGHT = {"kind": "purchase", "id": "b", "at": "2026-01-10T12:00:00Z", "wallet": "kraken", "asset": "BTC",
          "quantity": "2", "cost_usd": "2000"}  # fmt: skip
SOLD = sale("s", "2026-03-01", "1", "1500", wallet="kraken", fee_usd="10")
LINE = {"kind": "broker_report", "id": "l", "at": "2027-02-10T00:00:00Z", "wallet": "kraken", "asset": "BTC",
        "quantity": "1", "proceeds_usd": "1500", "sold": "2026-03-01", "acquired": "2026-01-10", "basis_usd": "1000",
        "covered": True}  # fmt: skip


def form(*told: dict[str, Any], year: int = 2026) -> Any:
    book = book_of(ME, *told, years=(year - 1, year, year + 1))
    return form_8949(book, LAW, liability(book, LAW, year), book)


def test_what_a_broker_told_is_entered_as_it_told_it_and_corrected() -> None:
    (entered,) = form(BROKER, BOUGHT, SOLD, LINE).rows
    row = entered.row
    assert (row.box, row.codes, row.from_broker) == ("G", "E", True)
    assert (entered.proceeds, entered.basis, entered.adjustment, entered.gain) == (150000, 100000, -1000, 49000)


def test_a_sale_that_the_form_of_its_broker_leaves_out_is_in_box_i() -> None:
    other = sale("t", "2026-04-01", "0.5", "800", wallet="kraken")
    told = form(BROKER, BOUGHT, SOLD, other, LINE)
    assert [each.row.box for each in told.rows] == ["G", "I"]
    assert "broker_missing_line" in {finding.code for finding in told.findings}
    differing = [line for line in told.schedule_d if line.total.gain != line.on_return]
    assert {line.line for line in differing} == {"1b", "3"}
    assert sum(line.total.gain - line.on_return for line in differing) == 0


def test_a_sale_whose_broker_has_told_nothing_yet_keeps_the_ledgers_box() -> None:
    told = form(BROKER, BOUGHT, SOLD)
    assert [each.row.box for each in told.rows] == ["G"]
    assert {finding.code for finding in told.findings} == {"broker_report_missing"}
    assert all(line.total.gain == line.on_return for line in told.schedule_d)


def test_a_cent_that_the_broker_rounded_is_entered_as_it_told_it() -> None:
    """As `reconcile broker` has it: no code for what is rounding, and so column (h) is the broker's, to a cent."""
    sold = sale("s", "2026-03-01", "1", "1500.004", wallet="kraken")
    (entered,) = form(BROKER, BOUGHT, sold, LINE | {"proceeds_usd": "1500.00"}).rows
    assert (entered.row.codes, entered.proceeds, entered.gain) == ("", 150000, 50000)


def test_a_hobbys_rig_that_brought_more_than_it_cost_is_on_the_form() -> None:
    hobby = ME | {"activity": "hobby"}
    rig = {"kind": "equipment", "id": "rig", "at": "2025-01-10T12:00:00Z", "equipment": "S21", "cost_usd": "3000",
           "acquired": "2025-01-10", "placed_in_service": "2025-01-12"}  # fmt: skip
    gone = {"kind": "equipment_sale", "id": "gone", "at": "2026-06-01T12:00:00Z", "equipment": "S21",
            "proceeds_usd": "3500.50"}  # fmt: skip
    book = book_of(hobby, receipt("r", "2026-01-02", "0.1"), rig, gone)
    told = form_8949(book, LAW, liability(book, LAW, 2026))
    (entered,) = told.rows
    assert (entered.row.thing, entered.row.box, entered.row.term) == ("S21", "F", "long")
    assert (entered.proceeds, entered.basis, entered.gain) == (350050, 300000, 50050)
    assert [(line.line, line.total.gain) for line in told.schedule_d] == [
        ("10", line.on_return) for line in told.schedule_d
    ]
    spent = book_of(hobby, receipt("r", "2026-01-02", "0.1"), rig, gone | {"proceeds_usd": "2999"})
    assert form_8949(spent, LAW, liability(spent, LAW, 2026)).rows == ()


def test_a_pair_over_the_turn_of_the_year_is_on_one_years_form_alone() -> None:
    late = sale("s", "2026-12-31T23:30:00Z", "1", "1500", wallet="kraken")
    line = LINE | {"sold": "2027-01-01", "at": "2028-02-01T00:00:00Z"}
    here, there = (form(BROKER, BOUGHT, late, line, year=year) for year in (2026, 2025))
    assert len(here.rows) == 1
    assert there.rows == ()


def test_the_spouses_sales_are_told_as_the_spouses() -> None:
    joint = ME | {"id": "us", "at": "2020-01-02T00:00:00Z", "filing_status": "mfj"}
    hers = {"kind": "wallet", "id": "h", "at": "2020-01-01T00:00:00Z", "wallet": "hers", "owner": "spouse"}
    told = form(joint, hers, receipt("r", "2026-01-02", "1"), receipt("q", "2026-01-02", "1", wallet="hers"),
                sale("s", "2026-02-01", "1", "120"), sale("t", "2026-02-02", "1", "120", wallet="hers"))  # fmt: skip
    assert [each.row.owner for each in told.rows] == ["taxpayer", "spouse"]
