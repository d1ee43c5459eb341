"""Items within the de minimis election are expensed whole (Treas. Reg. 1.263(a)-1(f))."""

from __future__ import annotations

from lotwork.ledger.events import Event
from lotwork.ledger.zones import Calendar
from lotwork.projections.equipment import EquipmentFold
from tests.projections.costs.rig_words import LAW, book, elected, micros, rig, sale


def small_items(*events: Event, year: int) -> list[tuple[str, int]]:
    """Return what the election of *year* expenses: the rig and its business part."""
    fold = EquipmentFold(Calendar())
    for event in events:
        fold.take(event)
    told = fold.small_items(year, LAW)
    assert all("1.263(a)-1(f)" in item.cite for item in told)
    return [(item.event.id, item.basis_usd_micros) for item in told]


def test_the_de_minimis_election_takes_a_rig_of_exactly_2500_and_none_of_a_cent_more() -> None:
    cheap, dear = rig("2500", "2025-03-01"), rig("2500.01", "2025-03-01")
    events = (cheap, dear, rig("99", "2025-03-01"), elected("de_minimis", "2025-01-01"))
    assert small_items(*events, year=2025) == [
        ("rig 2025-03-01 2500", micros("2500")),
        ("rig 2025-03-01 99", micros("99")),
    ]
    assert [each.id for each in book(*events, year=2025).rows] == ["rig 2025-03-01 2500.01"]


def test_the_de_minimis_election_is_of_its_year_alone() -> None:
    cheap = rig("2500", "2025-03-01")
    assert [each.id for each in book(cheap, elected("de_minimis", "2026-01-01"), year=2025).rows] == [cheap.id]
    events = (cheap, elected("de_minimis", "2025-01-01"))
    assert (book(*events, year=2026).rows, small_items(*events, year=2026)) == ((), [])


def test_what_a_small_item_brings_when_it_is_sold_is_income_whole() -> None:
    """Treas. Reg. 1.263(a)-1(f)(3)(iii): neither a capital asset nor property of section 1231."""
    cheap = rig("2000", "2025-03-01", business_share="0.5")
    told = book(cheap, elected("de_minimis", "2025-01-01"), sale(cheap.equipment, "2026-08-01", "900"), year=2026)
    assert (told.small_items_sold_usd_micros, told.gain_usd_micros) == (micros("450"), 0)


def test_a_part_of_a_building_is_no_small_item() -> None:
    panel = rig("1000", "2025-03-01", recovery_class="39")
    assert small_items(panel, elected("de_minimis", "2025-01-01"), year=2025) == []


def test_software_is_no_small_item_but_an_intangible_written_off_by_itself() -> None:
    """Treas. Reg. 1.263(a)-1(f)(1) is of tangible property (1.263(a)-2); software is none (1.263(a)-4(c)(1)(xiv))."""
    licence = rig("1000", "2025-03-01", recovery_class="software")
    events = (licence, elected("de_minimis", "2025-01-01"))
    assert small_items(*events, year=2025) == []
    assert [each.id for each in book(*events, year=2025).rows] == [licence.id]
