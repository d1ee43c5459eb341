"""Wash sales: the regulation's own examples, the 61 days, and that no loss is lost (26 U.S.C. 1091)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.history import History
from lotwork.projections.replay.book import Book, BookState
from lotwork.projections.replay.state import digest_of
from tests.projections.house import MAIN, book_of, codes, instant, logged, summed_by_box, told

USD = 1_000_000
FUND = {
    "kind": "asset",
    "id": "fund",
    "at": "2020-01-01T00:00:00Z",
    "asset": "FUND",
    "decimals": 0,
    "class": "security",
}
SUPPOSED = {
    "kind": "rule", "id": "bill", "at": "2025-01-01T00:00:00Z", "figure": "us/wash_sale/reaches_coin",
    "from": "2025-06-01",
    "value": True, "cite": "H.R. 8899", "reason": "what if it were law",
}  # fmt: skip


def bought(name: str, at: str, shares: int, cost: int, wallet: str = "desk", asset: str = "FUND") -> dict[str, Any]:
    return {
        "kind": "purchase", "id": name, "at": instant(at), "wallet": wallet, "asset": asset, "quantity": str(shares),
        "cost_usd": str(cost),
    }  # fmt: skip


def sold(
    name: str, at: str, shares: int, proceeds: int, wallet: str = "desk", asset: str = "FUND", **more: Any
) -> dict[str, Any]:
    return {
        "kind": "sale", "id": name, "at": instant(at), "wallet": wallet, "asset": asset, "quantity": str(shares),
        "proceeds_usd": str(proceeds),
    } | more  # fmt: skip


def folded(*lines: dict[str, Any]) -> Book:
    return book_of(FUND, *lines, years=range(2023, 2028))


def adjusted(book: Book) -> list[tuple[str, int, str | None, int]]:
    """Return what each row shows: the disposal, its gain, the code and the adjustment, in dollars."""
    return [
        (row.disposal, row.gain_usd_micros // USD, row.adjustment_code, row.adjustment_usd_micros // USD)
        for row in book.gains.rows
    ]


def basis(book: Book) -> dict[str, int]:
    return {lot.lot: lot.basis_usd_micros // USD for lot in book.open_lots()}


def test_the_whole_loss_is_disallowed_where_as_much_was_bought() -> None:
    """Treas. Reg. 1.1091-1(h), Example 1, 70 years later: 100 of December 1 for 10,000, 100 more on December 15."""
    book = folded(
        bought("first", "2024-12-01", 100, 10_000), bought("second", "2024-12-15", 100, 9_000),
        sold("s", "2025-01-03", 100, 9_000),
    )  # fmt: skip
    assert adjusted(book) == [("s", 0, "W", 1_000)]
    assert basis(book) == {"second": 10_000}


def test_the_loss_on_75_of_100_shares_is_disallowed_where_75_were_bought() -> None:
    """Treas. Reg. 1.1091-1(h), Example 2: 50 bought on December 21 and 25 on December 26, 100 sold on January 3."""
    book = folded(
        bought("old", "2024-09-21", 100, 5_000), bought("fifty", "2024-12-21", 50, 2_750),
        bought("more", "2024-12-26", 25, 1_125), sold("s", "2025-01-03", 100, 4_000),
    )  # fmt: skip
    assert adjusted(book) == [("s", -250, "W", 750)]
    assert basis(book) == {"fifty": 3_250, "more": 1_375}
    assert book.gains.total(2025, "short").gain_usd_micros == -250 * USD


def test_what_is_bought_first_after_the_sale_replaces_first() -> None:
    """Treas. Reg. 1.1091-1(h), Example 3: 100 sold on February 1, 50 bought on each of four days: the first two."""
    days = [bought(f"day{day}", f"2025-02-{day}", 50, 2_000) for day in (15, 16, 17, 18)]
    book = folded(bought("old", "2023-09-21", 100, 5_000), sold("s", "2025-02-01", 100, 4_000), *days)
    assert adjusted(book) == [("s", 0, "W", 1_000)]
    assert basis(book) == {"day15": 2_500, "day16": 2_500, "day17": 2_000, "day18": 2_000}


def test_the_basis_of_the_new_share_is_that_of_the_old_with_the_difference_in_price() -> None:
    """Treas. Reg. 1.1091-2(a), Examples 1 and 2: bought for 100, sold for 80, bought again for 90, or for 70."""
    for again, expected in ((90, 110), (70, 90)):
        book = folded(bought("old", "2023-06-01", 1, 100), sold("s", "2025-01-15", 1, 80),
                      bought("new", "2025-02-01", 1, again))  # fmt: skip
        assert basis(book) == {"new": expected}


def test_the_loss_comes_back_when_the_replacement_is_sold() -> None:
    """Pub. 550, "Wash Sales", Example 1: 100 shares for 1,000 sold for 750, bought again for 800: basis 1,050."""
    book = folded(
        bought("old", "2025-01-02", 100, 1_000), sold("s", "2025-03-01", 100, 750),
        bought("new", "2025-03-20", 100, 800), sold("t", "2025-06-01", 100, 900),
    )  # fmt: skip
    assert adjusted(book) == [("s", 0, "W", 250), ("t", -150, None, 0)]
    assert book.gains.rows[1].basis_usd_micros == 1_050 * USD


@pytest.mark.parametrize(("days", "code"), [(-31, None), (-30, "W"), (0, "W"), (30, "W"), (31, None)])
def test_exactly_30_days_before_or_after_is_within_the_61_days(days: int, code: str | None) -> None:
    """26 U.S.C. 1091(a): "beginning 30 days before the date of such sale ... and ending 30 days after such date"."""
    again = date(2025, 6, 1) + timedelta(days=days)
    book = folded(bought("old", "2024-01-01", 1, 100), sold("s", "2025-06-01", 1, 80), bought("new", str(again), 1, 90))
    assert [row.adjustment_code for row in book.gains.rows] == [code]


def test_a_purchase_in_any_wallet_of_the_book_replaces() -> None:
    book = folded(bought("old", "2024-01-01", 1, 100), sold("s", "2025-06-01", 1, 80),
                  bought("new", "2025-06-02", 1, 90, wallet="another"))  # fmt: skip
    assert adjusted(book) == [("s", 0, "W", 20)]


def test_a_replacement_that_was_moved_is_found_in_its_wallet() -> None:
    moved = {"kind": "transfer", "id": "t", "at": instant("2025-05-20"), "from_wallet": "desk", "to_wallet": "else",
             "asset": "FUND", "quantity": "1", "lots": [{"lot": "new", "quantity": "1"}]}  # fmt: skip
    book = folded(bought("old", "2024-01-01", 1, 100), bought("new", "2025-05-10", 1, 90), moved,
                  sold("s", "2025-06-01", 1, 80))  # fmt: skip
    assert (adjusted(book), basis(book)) == ([("s", 0, "W", 20)], {"new": 110})


def test_one_unit_bought_disallows_one_loss_and_the_earliest_first() -> None:
    """Treas. Reg. 1.1091-1(b), (e)."""
    book = folded(
        bought("old", "2024-01-01", 2, 200), sold("s1", "2025-06-01", 1, 80), sold("s2", "2025-06-05", 1, 70),
        bought("new", "2025-06-10", 1, 90),
    )  # fmt: skip
    assert adjusted(book) == [("s1", 0, "W", 20), ("s2", -30, None, 0)]


def test_one_who_sells_part_of_the_only_lot_he_bought_replaced_nothing() -> None:
    """Rev. Rul. 56-602."""
    book = folded(bought("only", "2025-05-20", 2, 200), sold("s", "2025-06-01", 1, 80))
    assert adjusted(book) == [("s", -20, None, 0)]


def test_the_time_the_sold_units_were_held_goes_with_the_loss() -> None:
    """26 U.S.C. 1223(3): held 366 days and sold, the replacement is long-term the day after it is bought."""
    book = folded(
        bought("old", "2024-05-31", 1, 100), sold("s", "2025-06-01", 1, 80), bought("new", "2025-06-02", 1, 90),
        sold("t", "2025-06-03", 1, 200),
    )  # fmt: skip
    assert [(row.disposal, row.term) for row in book.gains.rows] == [("s", "long"), ("t", "long")]
    plain = folded(bought("new", "2025-06-02", 1, 90), sold("t", "2025-06-03", 1, 200))
    assert plain.gains.rows[0].term == "short"


def test_a_part_of_a_purchase_that_replaced_is_a_lot_of_its_own_and_answers_to_its_name() -> None:
    lines = (bought("old", "2024-01-01", 1, 100), sold("s", "2025-06-01", 1, 80), bought("new", "2025-06-02", 3, 270))
    book = folded(*lines)
    assert basis(book) == {"new.w1": 110, "new": 180}
    chosen = folded(*lines, sold("t", "2025-07-15", 3, 300, lots=[{"lot": "new", "quantity": "3"}]))
    assert {row.lot for row in chosen.gains.rows if row.disposal == "t"} == {"new", "new.w1"}
    assert codes(chosen) == []


def test_a_gift_an_inheritance_and_a_receipt_replace_nothing() -> None:
    """Treas. Reg. 1.1091-1(a): "by purchase or by an exchange"."""
    given_ = {"kind": "gift", "id": "g", "at": instant("2025-06-02"), "wallet": "desk", "asset": "FUND",
              "quantity": "1", "donor_basis_usd": "1", "fair_value_usd": "1",
              "donor_acquired": "2020-01-01"}  # fmt: skip
    came = {"kind": "receipt", "id": "r", "at": instant("2025-06-02"), "wallet": "desk", "asset": "FUND",
            "quantity": "1", "income": "other", "price_usd": "5"}  # fmt: skip
    book = folded(bought("old", "2024-01-01", 1, 100), sold("s", "2025-06-01", 1, 80), given_, came)
    assert adjusted(book) == [("s", -20, None, 0)]


def test_coins_are_no_securities_and_a_law_that_reaches_them_does_from_its_day() -> None:
    """Notice 2014-21: property; the bills of 2026 are none of the law, and can be supposed."""

    def coins(day: str) -> tuple[dict[str, Any], ...]:
        again = str(date.fromisoformat(day) + timedelta(days=2))
        return (bought("old", "2024-01-01", 1, 100, asset="BTC"), sold("s", day, 1, 80, asset="BTC"),
                bought("new", again, 1, 90, asset="BTC"))  # fmt: skip

    assert adjusted(book_of(*coins("2025-06-01"))) == [("s", -20, None, 0)]
    assert adjusted(book_of(SUPPOSED, *coins("2025-05-31"))) == [("s", -20, None, 0)]
    assert adjusted(book_of(SUPPOSED, *coins("2025-06-01"))) == [("s", 0, "W", 20)]
    assert book_of(*coins("2025-06-01")).lots.wash is None


def test_a_loss_of_december_is_disallowed_by_a_purchase_of_january() -> None:
    lines = (bought("old", "2024-01-01", 1, 100), sold("s", "2025-12-15", 1, 80))
    assert folded(*lines).gains.total(2025, "long").gain_usd_micros == -20 * USD
    after = folded(*lines, bought("new", "2026-01-14", 1, 90))
    assert after.gains.total(2025, "long").gain_usd_micros == 0
    assert folded(*lines, bought("new", "2026-01-15", 1, 90)).gains.total(2025, "long").gain_usd_micros == -20 * USD


steps = st.lists(
    st.tuples(
        st.sampled_from(("buy", "buy", "sell", "move")), st.integers(0, 20), st.integers(1, 9), st.integers(1, 999),
        st.sampled_from(("desk", "else")),
    ),
    max_size=14,
)  # fmt: skip


def lines_of(drawn: list[tuple[str, int, int, int, str]]) -> list[dict[str, Any]]:
    made, at = [], date(2025, 1, 5)
    for number, (kind, gap, shares, money, wallet) in enumerate(drawn):
        at += timedelta(days=gap)
        when = f"{at}T{number:02}:00:00Z"
        other = "else" if wallet == "desk" else "desk"
        match kind:
            case "buy":
                made.append(bought(f"b{number}", when, shares, money, wallet))
            case "sell":
                made.append(sold(f"s{number}", when, shares, money, wallet))
            case _:
                made.append({"kind": "transfer", "id": f"t{number}", "at": when, "from_wallet": wallet,
                             "to_wallet": other, "asset": "FUND", "quantity": str(shares)})  # fmt: skip
    return made


@settings(max_examples=150)
@given(steps)
def test_no_micro_dollar_of_basis_or_of_a_disallowed_loss_is_lost(drawn: list[Any]) -> None:
    lines = lines_of(drawn)
    book = folded(*lines)
    cost = sum(int(line["cost_usd"]) * USD for line in lines if line["kind"] == "purchase")
    disallowed = sum(row.adjustment_usd_micros for row in book.gains.rows)
    gone = sum(row.basis_usd_micros for row in book.gains.rows)
    assert cost + disallowed == gone + sum(lot.basis_usd_micros for lot in book.open_lots())
    assert disallowed == sum(total[2] for total in book.gains.totals.values())
    assert book.gains.by_box == summed_by_box(book.gains.rows)
    for row in book.gains.rows:
        assert 0 <= row.adjustment_usd_micros <= max(0, row.basis_usd_micros - row.proceeds_usd_micros)
        assert (row.adjustment_code == "W") == (row.adjustment_usd_micros > 0)


@settings(max_examples=80)
@given(steps, st.randoms())
def test_the_order_of_import_and_the_names_of_wallets_change_no_disallowed_loss(drawn: list[Any], chance: Any) -> None:
    lines = lines_of(drawn)
    shuffled = list(lines)
    chance.shuffle(shuffled)
    assert folded(*shuffled).gains.rows == folded(*lines).gains.rows
    renamed = [
        tuple("else" if part == "desk" else "desk" if part == "else" else part for part in each) for each in drawn
    ]
    assert adjusted(folded(*lines_of(renamed))) == adjusted(folded(*lines))  # type: ignore[arg-type] # lines are of any values


@settings(max_examples=60)
@given(steps, st.integers(0, 13))
def test_a_fold_that_goes_on_from_its_state_comes_to_the_same(drawn: list[Any], cut: int) -> None:
    history = History.read(logged(told(FUND, *lines_of(drawn))), MAIN)
    events = list(history.events())
    whole, first = Book.begin(history), Book.begin(history)
    whole.take(events)
    first.take(events[:cut])
    kept = msgspec.json.decode(msgspec.json.encode(first.state()), type=BookState)
    then = Book.begin(history).resume(kept)
    then.take(events[cut:])
    assert digest_of(then) == digest_of(whole)
    assert then.state().lots.wash == whole.state().lots.wash
