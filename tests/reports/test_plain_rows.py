"""The JSON of many rows put together as text is that of each row made."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from lotwork.ledger.units import AssetTable
from lotwork.projections.basis.open_lots import OpenLot
from lotwork.projections.gains import GainRow
from lotwork.reports.gains import disposal_row, texts_of_disposals
from lotwork.reports.lots import lot_row, texts_of_lots
from lotwork.reports.result import between_brackets

ASSETS = AssetTable()
assets = st.sampled_from(["BTC", "ETH", "USDT"])
names = st.sampled_from(["cold", "r1", "pool:1/2", "100 %s", "%d", "a b", "{0}"])
odd = names | st.sampled_from(['"', "\\", "é", "a\nb", "\x7f", ""])
amounts = st.integers(-3, 10**20) | st.sampled_from([0, 1, -1, 999_999, 1_000_000, -999_999, -1_000_000])
days = st.dates(date(2009, 1, 3), date(2040, 1, 1))
usual_lots = st.tuples(assets, names, amounts, days, amounts, names).map(lambda told: OpenLot(*told))
lots = usual_lots | st.builds(
    OpenLot, assets, odd, amounts, days, amounts, odd, st.none() | amounts, st.sampled_from([None, "gift"]),
    st.none() | days, st.booleans(),
)  # fmt: skip
terms, boxes = st.sampled_from(("short", "long")), st.sampled_from("CFIL")
usual_rows = st.tuples(assets, names, amounts, days, days, amounts, amounts, terms, boxes, names, names).map(
    lambda told: GainRow(*told)
)
rows = usual_rows | st.builds(
    GainRow, assets, odd, amounts, st.none() | days, days, amounts, amounts, terms, boxes, st.none() | odd, odd,
    st.sampled_from([None, "W"]), amounts, st.sampled_from([None, "gift"]), st.sampled_from([None, "loss"]),
    st.booleans(),
)  # fmt: skip
PLAIN_LOT = OpenLot("BTC", "cold", 1, date(2024, 1, 2), -3, "r1")
PLAIN_ROW = GainRow("BTC", "cold", 1, date(2024, 1, 2), date(2024, 1, 3), 2, 5, "short", "C", "r1", "s")


@given(st.lists(lots, min_size=1, max_size=4))
@example([PLAIN_LOT])
def test_open_lots_read_as_each_row_made(held: list[OpenLot]) -> None:
    told = texts_of_lots(held, ASSETS)
    assert told in (None, between_brackets([lot_row(lot, ASSETS) for lot in held]))


@given(st.lists(rows, min_size=1, max_size=4))
@example([PLAIN_ROW])
def test_disposals_read_as_each_row_made(held: list[GainRow]) -> None:
    told = texts_of_disposals(held, ASSETS)
    assert told in (None, between_brackets([disposal_row(row, ASSETS) for row in held]))


@given(st.lists(usual_lots, min_size=1, max_size=4), st.lists(usual_rows, min_size=1, max_size=4))
def test_what_is_as_usual_is_put_together(held: list[OpenLot], sold: list[GainRow]) -> None:
    assert texts_of_lots(held, ASSETS) is not None
    assert texts_of_disposals(sold, ASSETS) is not None
