"""What holds: voids, corrections and selections, applied in order of (at, position)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.events import Event
from lotwork.ledger.history import History
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.units import AssetTable
from tests.projections.house import MAIN, logged, receipt, sale, told, transfer

ASSETS = AssetTable()
NEW_YORK = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "time_zone": "America/New_York"}


def void(name: str, target: str, at: str = "2025-06-01T00:00:00Z") -> dict[str, Any]:
    return {"kind": "void", "id": name, "at": at, "target": target, "reason": "told twice"}


def correction(
    name: str, target: str | dict[str, Any], on: str = "2025-06-01T00:00:00Z", /, **keys: Any
) -> dict[str, Any]:
    which = {"target": target} if isinstance(target, str) else {"select": target}
    return {"kind": "correction", "id": name, "at": on, "reason": "typing", "set": keys} | which


def history(*lines: dict[str, Any], up_to: int | None = None) -> History:
    return History.read(logged(told(*lines)), MAIN, up_to=up_to)


def public(event: Event) -> dict[str, Any]:
    return to_contract(event, ASSETS)


def holds(*lines: dict[str, Any], up_to: int | None = None) -> list[str]:
    """Return the ids that hold, in order."""
    return [event.id for event in history(*lines, up_to=up_to).events()]


def only(*lines: dict[str, Any]) -> dict[str, Any]:
    """Return the one event that holds."""
    (event,) = history(*lines).events()
    return public(event)


A, B, C = receipt("a", "2025-01-01", "1"), receipt("b", "2025-01-02", "1"), receipt("c", "2025-01-03", "1")


def test_events_come_in_order_of_time_and_then_of_position() -> None:
    twin = receipt("z", "2025-01-01", "1")
    assert holds(C, A, twin, B) == ["a", "z", "b", "c"]


@pytest.mark.parametrize("voids", range(7))
def test_a_void_of_a_void_brings_the_event_back_however_deep(voids: int) -> None:
    chain = [void(f"v{number}", "a" if number == 0 else f"v{number - 1}") for number in range(voids)]
    assert holds(A, *chain) == ([] if voids % 2 else ["a"])
    assert holds(*reversed(chain), A) == ([] if voids % 2 else ["a"])


def test_an_event_voided_twice_holds_only_when_both_voids_are_void() -> None:
    both = (A, void("v", "a"), void("w", "a"))
    assert holds(*both) == []
    assert holds(*both, void("x", "v")) == []
    assert holds(*both, void("x", "v"), void("y", "w")) == ["a"]


def test_a_void_of_a_correction_undoes_it_and_a_correction_of_a_void_event_does_nothing() -> None:
    changed = correction("x", "a", quantity="2")
    assert only(A, changed)["quantity"] == "2.00000000"
    assert only(A, changed, void("v", "x"))["quantity"] == "1.00000000"
    assert holds(A, changed, void("v", "a")) == []


def test_the_later_correction_wins_by_its_instant_and_then_by_its_position() -> None:
    first = correction("x", "a", "2025-06-01T00:00:00Z", quantity="2")
    later = correction("y", "a", "2025-06-02T00:00:00Z", quantity="3")
    same = correction("z", "a", "2025-06-01T00:00:00Z", quantity="4")
    assert only(A, later, first)["quantity"] == only(A, first, later)["quantity"] == "3.00000000"
    assert only(A, first, same)["quantity"] == "4.00000000"
    assert only(A, same, first)["quantity"] == "2.00000000"


def test_a_selection_and_a_correction_of_one_instant_go_by_position() -> None:
    one = correction("x", "a", quantity="2")
    many = correction("y", {"kind": "receipt"}, quantity="3")
    assert only(A, one, many)["quantity"] == "3.00000000"
    assert only(A, many, one)["quantity"] == "2.00000000"


def test_corrections_of_different_keys_add_up() -> None:
    made = only(A, correction("x", "a", wallet="hot"), correction("y", "a", pool="ocean"))
    assert (made["wallet"], made["pool"]) == ("hot", "ocean")


def test_a_corrected_price_moves_the_value_and_a_corrected_value_drops_the_price() -> None:
    assert only(A, correction("x", "a", price_usd="50"))["price_usd"] == "50"
    by_value = only(A, correction("x", "a", value_usd="7"))
    assert by_value["value_usd"] == "7.000000"
    assert "price_usd" not in by_value
    both = correction("x", "a", price_usd="50", value_usd="50")
    assert only(A, both)["price_usd"] == "50"
    assert only(A, correction("x", "a", quantity="2"))["price_usd"] == "100"


def test_a_key_set_to_null_is_taken_away() -> None:
    assert "price_usd" not in only(A, correction("x", "a", price_usd=None))


def test_a_corrected_instant_moves_the_event_in_the_order() -> None:
    assert holds(A, B, C, correction("x", "a", at="2025-01-02T18:00:00Z")) == ["b", "a", "c"]
    assert holds(A, B, C, correction("x", "c", at="2024-01-01T00:00:00Z")) == ["c", "a", "b"]
    assert holds(A, B, C, correction("x", "c", at="2024-01-01T00:00:00Z"), void("v", "c")) == ["a", "b"]


def test_a_selection_that_changes_instants_reorders_too() -> None:
    moved = correction("x", {"kind": "receipt", "to": "2025-01-02"}, at="2025-01-02T18:00:00Z")
    assert holds(A, B, C, moved) == ["b", "a", "c"]


MOVEMENT = {"kind": "movement", "id": "m", "at": "2025-02-01T00:00:00Z", "wallet": "cold", "asset": "BTC",
            "quantity": "0.5", "fee_quantity": "0.1", "txid": "ff"}  # fmt: skip


def test_a_movement_becomes_a_transfer_from_its_wallet_and_its_fee_goes_along() -> None:
    made = only(MOVEMENT, correction("x", "m", kind="transfer", to_wallet="hot"))
    assert (made["kind"], made["from_wallet"], made["fee_quantity"]) == ("transfer", "cold", "0.10000000")


def test_a_receipt_becomes_a_transfer_into_its_wallet() -> None:
    made = only(A, correction("x", "a", kind="transfer", from_wallet="exchange"))
    assert (made["from_wallet"], made["to_wallet"]) == ("exchange", "cold")


def test_a_transfer_becomes_a_sale_out_of_its_wallet_or_a_receipt_into_the_other() -> None:
    moved = transfer("t", "2025-02-01", "0.5", "cold", "hot")
    assert only(moved, correction("x", "t", kind="sale", proceeds_usd="5"))["wallet"] == "cold"
    assert only(moved, correction("x", "t", kind="receipt", income="other"))["wallet"] == "hot"


def test_an_event_that_becomes_another_kind_is_found_as_that_kind_and_no_longer_as_its_own() -> None:
    """An expense that was an estimated payment: the payment counts, the expense does not."""
    expense = {"kind": "expense", "id": "e", "at": "2025-04-15T12:00:00Z", "category": "other", "amount_usd": "900"}
    for which in ("e", {"kind": "expense"}):
        made = history(expense, correction("x", which, kind="payment", year=2025))
        assert [event.id for event in made.of_kind("payment")] == ["e"]
        assert made.of_kind("expense") == []
        assert [event.id for event in made.events()] == ["e"]


@pytest.mark.parametrize(
    ("select", "reached"),
    [
        ({"kind": "receipt"}, {"a", "b", "hot"}),
        ({"kind": "sale"}, {"s"}),
        ({"source": "ocean"}, {"b"}),
        ({"wallet": "hot"}, {"hot"}),
        ({"wallet": "cold"}, {"a", "b", "s", "t"}),
        ({"kind": "receipt", "from": "2025-01-02"}, {"b", "hot"}),
        ({"kind": "receipt", "to": "2025-01-02"}, {"a"}),
        ({"from": "2025-01-02", "to": "2025-01-04"}, {"b", "hot"}),
        ({"from": "2025-01-02T12:00:00Z", "to": "2025-01-02T12:00:00.000001Z"}, {"b"}),
    ],
)
def test_a_selection_reaches_what_agrees_with_every_key(select: dict[str, str], reached: set[str]) -> None:
    events = (
        A, B | {"source": "ocean"}, receipt("hot", "2025-01-03", "1", wallet="hot"), sale("s", "2025-01-05", "1", "1"),
        transfer("t", "2025-01-06", "0.5", "cold", "hot"),
    )  # fmt: skip
    made = history(*events, correction("x", select, note="seen"))
    assert {event.id for event in made.events() if event.note == "seen"} == reached


def test_the_days_of_a_selector_are_the_taxpayers() -> None:
    early = receipt("early", "2025-01-02T04:59:59Z", "1")
    late = receipt("late", "2025-01-02T05:00:00Z", "1")
    made = history(NEW_YORK, early, late, correction("x", {"kind": "receipt", "from": "2025-01-02"}, note="seen"))
    assert {event.id for event in made.events() if event.note == "seen"} == {"late"}


def test_a_correction_that_does_not_fit_is_not_done_and_is_told_once() -> None:
    made = history(A, B, correction("x", {"wallet": "cold"}, proceeds_usd="5"), correction("y", "a", quantity="-1"))
    assert [public(event)["quantity"] for event in made.events()] == ["1.00000000", "1.00000000"]
    told_of = [(trouble.code, trouble.event) for trouble in made.troubles]
    assert told_of == [("correction_does_not_fit", name) for name in ("x", "y", "x")]
    list(made.events())
    assert len(made.troubles) == 3


@pytest.mark.parametrize(
    "keys",
    [{"id": "other"}, {"book": "other"}, {"kind": "void"}, {"kind": "luck"}, {"kind": "asset"}, {"kind": "sale"}],
)
def test_what_no_correction_may_do_is_a_trouble(keys: dict[str, Any]) -> None:
    made = history(A, correction("x", "a", **keys))
    assert [event.id for event in made.events()] == ["a"]
    assert [trouble.code for trouble in made.troubles] == ["correction_does_not_fit"]


def test_an_asset_is_never_corrected() -> None:
    asset = {"kind": "asset", "id": "rvn", "at": "2025-01-01T00:00:00Z", "asset": "RVN", "decimals": 8}
    made = history(asset, correction("x", "rvn", decimals=6), correction("y", {"source": "nobody"}, decimals=6))
    assert [public(event)["decimals"] for event in made.events()] == [8]


def test_up_to_a_position_is_the_past_as_it_was_known() -> None:
    lines = (A, B, void("v", "a"), correction("x", "b", quantity="2"), void("w", "v"))
    assert [holds(*lines, up_to=position) for position in range(6)] == [
        [], ["a"], ["a", "b"], ["b"], ["b"], ["a", "b"],
    ]  # fmt: skip
    quantities = [[public(event)["quantity"] for event in history(*lines, up_to=at).events()] for at in (3, 4)]
    assert quantities == [["1.00000000"], ["2.00000000"]]


amendments = st.lists(
    st.one_of(
        st.builds(lambda target, hour: ("void", target, hour), st.integers(0, 7), st.integers(0, 23)),
        st.builds(lambda target, hour: ("correction", target, hour), st.integers(0, 2), st.integers(0, 23)),
    ),
    max_size=8,
    unique_by=lambda amendment: amendment[2],
)


@settings(max_examples=200)
@given(amendments, st.randoms())
def test_the_order_of_the_log_never_changes_what_holds(drawn: list[tuple[str, int, int]], chance: Any) -> None:
    lines: list[dict[str, Any]] = [A, B, C]
    for number, (kind, target, hour) in enumerate(drawn):
        name, at = f"x{number}", f"2025-06-01T{hour:02}:00:00Z"
        if kind == "void":
            lines.append(void(name, lines[target % len(lines)]["id"], at))
        else:
            lines.append(correction(name, "abc"[target], at, quantity=str(number + 1)))
    shuffled = list(lines)
    chance.shuffle(shuffled)
    assert [public(event) for event in history(*lines).events()] == [
        public(event) for event in history(*shuffled).events()
    ]
