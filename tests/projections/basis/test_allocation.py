"""The turn of 2025: which allocation holds, by when it had to be made, and what no allocation can lose (2024-28)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.projections.house import book_of, codes, instant, receipt, sale, transfer

OPEN = (receipt("a", "2024-01-01", "1", "100"), receipt("b", "2024-02-01", "1", "300", wallet="hot"))
CROSSED = [("b", "cold"), ("a", "hot")]
BY_AGE = [("a", "cold"), ("b", "hot")]
LOTS = [{"lot": "b", "quantity": "1", "wallet": "cold"}, {"lot": "a", "quantity": "1", "wallet": "hot"}]
SOLD = sale("s", "2025-03-01", "0.5", "100")


def allocation(at: str, name: str = "e", **more: Any) -> dict[str, Any]:
    return {
        "kind": "election", "id": name, "at": instant(at), "from": "2025-01-01", "method": "safe_harbor_allocation",
        "asset": "BTC", "lots": LOTS,
    } | more  # fmt: skip


def placed(*lines: dict[str, Any]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return where the lots lie after *lines*, and the findings."""
    book = book_of(*OPEN, *lines)
    return [(lot.lot, lot.wallet) for lot in book.open_lots()], codes(book)


@pytest.mark.parametrize(
    ("made", "held", "told"),
    [
        ("2024-12-31T23:59:59Z", CROSSED, []),
        ("2025-02-28", CROSSED, []),
        ("2025-03-01T11:59:59Z", CROSSED, []),
        ("2025-03-01T12:00:00Z", BY_AGE, ["allocation_late", "allocation_assumed"]),
        ("2025-03-02", BY_AGE, ["allocation_late", "allocation_assumed"]),
    ],
)
def test_chosen_units_are_allocated_before_the_first_disposal_of_2025(
    made: str, held: list[tuple[str, str]], told: list[str]
) -> None:
    """Rev. Proc. 2024-28, 5.02(4)."""
    assert placed(allocation(made), SOLD) == (held, told)


@pytest.mark.parametrize(("made", "held"), [("2026-10-15T23:59:59Z", CROSSED), ("2026-10-16T00:00:00Z", BY_AGE)])
def test_chosen_units_are_allocated_by_the_due_date_of_the_2025_return_with_extensions(
    made: str, held: list[tuple[str, str]]
) -> None:
    """Rev. Proc. 2024-28, 5.02(4)(b): without a disposal before it."""
    assert placed(allocation(made), receipt("r", "2026-11-01", "1", wallet="third"))[0][:2] == held


@pytest.mark.parametrize(
    ("line", "held"),
    [
        (transfer("t", "2025-02-01", "0.1", "cold", "third"), CROSSED),
        (transfer("t", "2025-02-01", "0.1", "cold", "third", fee_quantity="0.001", price_usd="9"), BY_AGE),
        (sale("g", "2025-02-01", "0.1", "9", disposition="gift"), BY_AGE),
        (sale("o", "2025-02-01", "0.1", "9", asset="ETH", wallet="third"), CROSSED),
        (sale("o", "2024-12-01", "0.1", "9"), CROSSED),
    ],
)
def test_only_a_disposal_of_the_asset_to_another_from_2025_on_ends_the_time(
    line: dict[str, Any], held: list[tuple[str, str]]
) -> None:
    """Rev. Proc. 2024-28, 3.11: a transfer is one to another taxpayer; a network's fee is paid with units."""
    lines = (receipt("coin", "2024-01-01", "1", asset="ETH", wallet="third"), line, allocation("2025-02-02"))
    assert [place for place in placed(*lines)[0] if place[1] != "third"][:2] == held


@pytest.mark.parametrize(
    ("made", "held", "told"),
    [
        ("2024-12-31T23:59:59Z", CROSSED, []),
        ("2025-01-01T00:00:00Z", BY_AGE, ["allocation_late", "allocation_assumed"]),
    ],
)
def test_a_global_allocation_is_written_down_before_2025(
    made: str, held: list[tuple[str, str]], told: list[str]
) -> None:
    """Rev. Proc. 2024-28, 5.02(5)(a)."""
    assert placed(allocation(made, allocation="global"), SOLD) == (held, told)


def test_a_global_allocation_by_age_needs_no_lots_and_assumes_nothing() -> None:
    assert placed(allocation("2024-12-01", allocation="global", lots=[]), SOLD) == (BY_AGE, [])


@pytest.mark.parametrize(("first", "second"), [("cold", "hot"), ("apple", "zebra"), ("zebra", "apple")])
def test_the_name_of_a_wallet_decides_nothing(first: str, second: str) -> None:
    """Half of the oldest coins moved on: of equal age, those that arrived first take the oldest lot."""
    mined = (receipt("a", "2024-01-01", "2", "1", wallet=first), receipt("b", "2024-02-01", "1", "1", wallet="spent"))
    left = (transfer("t", "2024-03-01", "1", first, second), sale("s", "2024-04-01", "1", "1", wallet="spent"))
    assert {(lot.lot, lot.wallet) for lot in book_of(*mined, *left).open_lots()} == {("a", first), ("b", second)}


def test_an_allocation_is_irrevocable_and_the_first_counts() -> None:
    """Rev. Proc. 2024-28, 4.02(6)."""
    again = allocation("2025-01-15", "again", lots=[LOTS[0] | {"wallet": "hot"}, LOTS[1] | {"wallet": "cold"}])
    assert placed(allocation("2024-12-01"), again, SOLD) == (CROSSED, ["allocation_irrevocable"])
    assert placed(again, allocation("2025-01-20"), SOLD) == (BY_AGE, ["allocation_irrevocable"])


def test_one_allocation_may_be_told_wallet_by_wallet() -> None:
    parts = [allocation("2024-12-01", f"e{wallet}", wallet=wallet, lots=[{"lot": lot, "quantity": "1"}])
             for lot, wallet in CROSSED]  # fmt: skip
    assert placed(*parts, SOLD) == (CROSSED, [])


def test_an_allocation_made_too_late_does_not_bind_and_one_in_time_does() -> None:
    """A global one of 2025 is none; units chosen after it, and before the first disposal, are."""
    late = allocation("2025-01-02", allocation="global", lots=[])
    assert placed(late, allocation("2025-01-03", "then"), SOLD) == (CROSSED, ["allocation_late"])


@pytest.mark.parametrize(
    ("lots", "reason"),
    [
        ([{"lot": "b", "quantity": "2", "wallet": "cold"}], "allocates more than was open"),
        ([{"lot": "b", "quantity": "1", "wallet": "elsewhere"}], "allocates more to elsewhere than it held"),
        ([{"lot": "b", "quantity": "1", "wallet": "cold"}, {"lot": "a", "quantity": "0.5", "wallet": "cold"}],
         "allocates more to cold than it held"),
        ([{"lot": "b", "quantity": "1"}], "names no wallet"),
    ],
)  # fmt: skip
def test_wallets_and_quantities_are_those_of_the_turn(lots: list[dict[str, str]], reason: str) -> None:
    book = book_of(*OPEN, allocation("2024-12-01", lots=lots), SOLD)
    assert any(reason in finding.message for finding in book.told() if finding.code == "allocation_does_not_fit")
    held = dict.fromkeys(("cold", "hot"), 0)
    for lot in book.open_lots():
        held[lot.wallet] += lot.quantity
    assert held == {"cold": 50_000_000, "hot": 100_000_000}, "the coins lie where they lay"


def test_one_global_election_may_speak_of_every_asset() -> None:
    """An election that names lots names their asset too, or is refused."""
    other = (receipt("c", "2024-01-01", "1", asset="ETH"), receipt("d", "2024-02-01", "1", asset="ETH", wallet="hot"))
    every = allocation("2024-12-01", allocation="global", lots=[])
    del every["asset"]
    assert placed(*other, every) == ([*BY_AGE, ("c", "cold"), ("d", "hot")], [])


sats = st.integers(1, 60)
choices = st.lists(
    st.tuples(st.sampled_from(("r0", "r1", "r2", "r3", "none")), sats, st.sampled_from(("cold", "hot", "third", None))),
    max_size=5,
)


@settings(max_examples=120)
@given(st.lists(st.tuples(sats, st.sampled_from(("cold", "hot"))), min_size=1, max_size=4), choices)
def test_no_allocation_makes_or_loses_a_unit_or_a_micro_dollar_of_basis(
    arrived: list[tuple[int, str]], chosen: list[tuple[str, int, str | None]]
) -> None:
    lines = [
        receipt(f"r{number}", f"2024-01-0{number + 1}", f"0.000000{quantity:02}", "123.457", wallet=wallet)
        for number, (quantity, wallet) in enumerate(arrived)
    ]
    lots = [
        {"lot": lot, "quantity": f"0.000000{quantity:02}"} | ({"wallet": wallet} if wallet else {})
        for lot, quantity, wallet in chosen
    ]
    before, after = book_of(*lines), book_of(*lines, allocation("2024-12-01", lots=lots))
    after.lots.turn_per_wallet()
    for total in ("quantity", "basis_usd_micros"):
        assert sum(getattr(lot, total) for lot in after.open_lots()) == sum(
            getattr(lot, total) for lot in before.open_lots()
        )
    assert {w: sum(q for q, wallet in arrived if wallet == w) for w in {wallet for _, wallet in arrived}} == {
        w: sum(lot.quantity for lot in after.open_lots() if lot.wallet == w)
        for w in {lot.wallet for lot in after.open_lots()}
    }
