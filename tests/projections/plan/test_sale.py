"""A planned sale is what the sale would be: the same figures as if it had been recorded, and nothing recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import LotChoice
from lotwork.ledger.history import History
from lotwork.ledger.public_form.contract import to_contract
from lotwork.projections.liability import liability
from lotwork.projections.plan.price import Fee, PlanPrice, PriceUnknownError, price_for
from lotwork.projections.plan.sale import CHOSEN, SPECIFIC, SalePlan, plan_sale
from lotwork.projections.plan.sale_asked import NotEnoughCoinsError, SaleAsked
from lotwork.rules.errors import UnknownFigureError
from tests.projections.house import book_of, logged, receipt, sale, told
from tests.rules.us.law import LAW

COIN = 100_000_000
NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
PROFILE = {
    "kind": "profile",
    "id": "me",
    "at": "2024-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}
FACTS = {"kind": "year_facts", "id": "facts", "at": "2026-01-01T00:00:00Z", "year": 2026, "wages_usd": "120000"}
LOTS = (
    receipt("old cheap", "2025-02-01", "1", "20000"),
    receipt("old dear", "2025-03-01", "1", "90000"),
    receipt("new dear", "2026-01-10", "1", "95000"),
    receipt("new cheap", "2025-07-01", "1", "40000"),
)


def asked(quantity: int = COIN, price: str = "80000", on: date = date(2026, 6, 1), **more: Any) -> SaleAsked:
    return SaleAsked("BTC", quantity, on, PlanPrice("BTC", price, "given", None), **more)


def planned(*lines: dict[str, Any], **more: Any) -> SalePlan:
    return plan_sale(book_of(PROFILE, FACTS, *lines), LAW, asked(**more), NOW)


def test_every_order_stands_beside_the_choice_that_costs_the_least_tax() -> None:
    (wallet,) = planned(*LOTS).wallets
    ways = {way.method: way for way in wallet.ways}
    assert list(ways) == ["fifo", "lifo", "hifo", "lofo", SPECIFIC]
    assert {name: [row.lot for row in way.rows] for name, way in ways.items()} == {
        "fifo": ["old cheap"], "lifo": ["new dear"], "hifo": ["new dear"], "lofo": ["old cheap"],
        SPECIFIC: ["new dear"],
    }  # fmt: skip
    assert ways["fifo"].gain("long") == 60_000_000_000
    assert ways["lifo"].gain("short") == -15_000_000_000
    assert ways["fifo"].in_force
    assert not ways["hifo"].in_force
    assert wallet.best.method == SPECIFIC
    assert wallet.best.added_tax < 0
    assert wallet.best.carried == 12_000


@pytest.mark.parametrize("method", ["fifo", "lifo", "hifo", "lofo"])
def test_the_tax_a_way_adds_is_what_the_recorded_sale_adds(method: str) -> None:
    """The plan against the book in which the election and the sale were really recorded."""
    plan = planned(*LOTS, quantity=150_000_000, fee=Fee.parse("1%"))
    way = next(way for way in plan.wallets[0].ways if way.method == method)
    election = {"kind": "election", "id": "e", "at": "2026-01-01T00:00:00Z", "from": "2026-01-01", "method": method}
    sold = sale("s", "2026-06-01", "1.5", "120000", fee_usd="1200")
    recorded = liability(book_of(PROFILE, FACTS, *LOTS, election, sold), LAW, 2026)
    assert way.tax == recorded.tax
    assert way.added_tax == recorded.tax - plan.before.tax
    assert way.cash == Decimal(118_800) - way.added_tax


def test_the_selection_that_is_printed_does_what_was_planned() -> None:
    lines = (PROFILE, FACTS, *LOTS)
    book = book_of(*lines)
    plan = plan_sale(book, LAW, asked(quantity=120_000_000), NOW)
    line = to_contract(plan.wallets[0].selection, book.history.assets)
    recorded = book_of(*lines, line, sale("s", "2026-06-01T16:00:00Z", "1.2", "96000"))
    assert liability(recorded, LAW, 2026).tax == plan.wallets[0].best.tax


def test_nothing_is_recorded_by_a_plan() -> None:
    log = logged(told(PROFILE, FACTS, *LOTS))
    before = list(log.read("main"))
    book = book_of(PROFILE, FACTS, *LOTS)
    plan_sale(book, LAW, asked(), NOW)
    assert list(log.read("main")) == before
    assert len(list(History.read(log, "main").events())) == len(before)
    assert not [row for row in book.gains.rows if row.disposal.startswith("supposed")]


def test_lots_of_ones_own_choice_are_one_more_way() -> None:
    (wallet,) = planned(*LOTS, lots=(LotChoice(lot="new cheap", quantity=COIN),)).wallets
    way = wallet.ways[-1]
    assert (way.method, [row.lot for row in way.rows]) == (CHOSEN, ["new cheap"])
    assert way.gain("short") == 40_000_000_000


def test_waiting_for_a_lot_to_turn_is_told_with_its_day_and_what_it_saves() -> None:
    (wallet,) = planned(receipt("only", "2025-07-01", "1", "10000")).wallets
    (later,) = wallet.later
    assert (later.day, later.days) == (date(2026, 7, 2), 31)
    assert [lot.lot for lot in later.turned] == ["only"]
    long = planned(receipt("only", "2025-01-01", "1", "10000")).wallets[0].best.added_tax
    assert later.added_tax == long
    assert later.saved == wallet.best.added_tax - long > 0


def test_waiting_into_a_year_without_law_says_so_instead_of_a_figure() -> None:
    plan = planned(receipt("only", "2026-05-01", "1", "10000"), wait_days=400)
    (later,) = plan.wallets[0].later
    assert later.added_tax is later.saved is None
    assert "plan_law_unknown" in [finding.code for finding in plan.findings]


def test_each_wallet_that_holds_enough_is_looked_at_alone() -> None:
    lines = (
        receipt("a", "2025-02-01", "1", "20000", wallet="one"),
        receipt("b", "2025-02-01", "1", "70000", wallet="two"),
        receipt("c", "2025-02-01", "0.5", "80000", wallet="three"),
    )
    plan = planned(*lines)
    assert {each.wallet: each.best.rows[0].lot for each in plan.wallets} == {"one": "a", "two": "b"}
    (only,) = planned(*lines, wallet="one").wallets
    assert only.wallet == "one"


def test_a_sale_of_more_than_a_wallet_holds_is_refused_with_what_is_there() -> None:
    with pytest.raises(NotEnoughCoinsError, match=r"cold does not hold 9.00000000 BTC.*cold 4.00000000"):
        planned(*LOTS, quantity=9 * COIN, wallet="cold")


def test_a_year_without_law_is_refused() -> None:
    with pytest.raises(UnknownFigureError, match="2031"):
        planned(*LOTS, on=date(2031, 6, 1))


def test_a_day_before_wallets_stood_alone_is_refused() -> None:
    with pytest.raises(InputRefusedError, match="2024-12-31"):
        planned(*LOTS, on=date(2024, 12, 31))


def test_a_brokers_wallet_is_told_who_must_be_told() -> None:
    broker = {"kind": "wallet", "id": "w", "at": "2024-01-01T00:00:00Z", "wallet": "cold", "custody": "broker"}
    plan = planned(broker, *LOTS)
    (told_broker,) = [finding for finding in plan.findings if finding.code == "broker_identifies"]
    assert "Notice 2026-20" in told_broker.message
    assert plan.wallets[0].selection.with_broker


def test_a_selection_that_waits_for_the_next_sale_is_told_and_left_out_of_the_plan() -> None:
    waits = {
        "kind": "selection", "id": "waits", "at": "2026-05-01T00:00:00Z", "wallet": "cold", "asset": "BTC",
        "lots": [{"lot": "old cheap", "quantity": "1"}],
    }  # fmt: skip
    plan = planned(*LOTS, waits)
    assert [finding.event for finding in plan.findings if finding.code == "selection_waits"] == ["waits"]
    assert [row.lot for row in plan.wallets[0].best.rows] == ["new dear"]


def test_a_price_is_the_last_sample_or_refused() -> None:
    quote = {"kind": "price", "id": "p", "at": "2026-05-30T00:00:00Z", "asset": "BTC", "price_usd": "77000"}
    later = quote | {"id": "q", "at": "2026-06-03T00:00:00Z", "price_usd": "1"}
    book = book_of(*LOTS, quote | {"source": "kraken"}, later)
    assert price_for(book, "BTC", date(2026, 6, 1)) == PlanPrice("BTC", "77000", "kraken", date(2026, 5, 30))
    with pytest.raises(PriceUnknownError, match="ETH"):
        price_for(book, "ETH", date(2026, 6, 1))


@pytest.mark.parametrize("text", ["", "x", "1%%", "-1", "100%", "1.2.3", "½"])
def test_a_fee_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InputRefusedError, match="--fee"):
        Fee.parse(text)


def test_a_fee_is_a_part_of_the_proceeds_or_dollars() -> None:
    assert Fee.parse("0.5%").of(1_000_000_000) == 5_000_000
    assert Fee.parse("12.50").of(1_000_000_000) == 12_500_000


@pytest.mark.parametrize(
    ("lots", "reason"),
    [
        ((LotChoice(lot="nobody's", quantity=COIN),), "holds nobody's"),
        ((LotChoice(lot="old dear", quantity=2 * COIN),), "choose more"),
        ((LotChoice(lot="old dear", quantity=1), LotChoice(lot="old dear", quantity=2)), "twice"),
    ],
)
def test_chosen_lots_that_cannot_be_sold_are_refused(lots: tuple[LotChoice, ...], reason: str) -> None:
    with pytest.raises(InputRefusedError, match=reason):
        planned(*LOTS, lots=lots)


DAYS = st.dates(date(2025, 1, 2), date(2026, 5, 20))
HELD = st.lists(
    st.tuples(DAYS, st.integers(1, 9), st.sampled_from([5_000, 60_000, 79_000, 120_000])), min_size=1, max_size=6
)


@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    held=HELD,
    part=st.integers(1, 100),
    price=st.sampled_from(["30000", "80000", "100000"]),
    fee=st.sampled_from(["0", "1%"]),
)
def test_no_order_of_lots_ever_costs_less_tax_than_the_choice(
    held: list[tuple[date, int, int]], part: int, price: str, fee: str
) -> None:
    lines = [receipt(f"r{n}", f"{day}", f"0.{units}", f"{unit}") for n, (day, units, unit) in enumerate(held)]
    quantity = max(1, sum(units for _, units, _ in held) * (COIN // 10) * part // 100)
    (wallet,) = planned(*lines, quantity=quantity, price=price, fee=Fee.parse(fee)).wallets
    specific = next(way for way in wallet.ways if way.method == SPECIFIC)
    least = min(way.added_tax for way in wallet.ways)
    assert specific.added_tax - least < Decimal("0.000001")
    assert sum(row.quantity for row in specific.rows) == quantity


def test_what_the_log_dates_later_than_today_moves_no_sale_of_today() -> None:
    """A form that will come next year, and a sale still to come, in the log already."""
    form = {
        "kind": "broker_report", "id": "form", "at": "2027-02-02T00:00:00Z", "wallet": "cold", "asset": "BTC",
        "quantity": "1", "proceeds_usd": "80000", "sold": "2026-12-01",
    }  # fmt: skip
    for later in (form, sale("next", "2027-01-05", "1", "70000")):
        (wallet,) = planned(*LOTS, later).wallets
        assert [row.lot for row in wallet.best.rows] == ["new dear"]
        assert {row.sold for way in wallet.ways for row in way.rows} == {date(2026, 6, 1)}
        assert wallet.best == planned(*LOTS).wallets[0].best


def test_a_sale_of_today_comes_after_what_today_already_brought() -> None:
    tonight = receipt("tonight", "2026-06-01", "1", "99000") | {"at": "2026-06-01T23:00:00Z"}
    (wallet,) = planned(*LOTS, tonight).wallets
    assert [row.lot for row in wallet.best.rows] == ["tonight"]


def test_single_lots_and_days_to_wait_are_chosen_by_both_taxes_where_a_state_is_told() -> None:
    """A long gain of 30,000 bears 3.99 percent in North Carolina, none federally; a short one of 5,000 bears both."""
    bought = {"kind": "purchase", "wallet": "cold", "asset": "BTC", "quantity": "1"}
    lots = (
        bought | {"id": "long", "at": "2025-02-01T12:00:00Z", "cost_usd": "50000"},
        bought | {"id": "short", "at": "2025-08-01T12:00:00Z", "cost_usd": "75000"},
    )
    facts = FACTS | {"wages_usd": "30000", "dependents": 0}

    def specific(**more: str) -> tuple[list[str | None], SalePlan]:
        plan = plan_sale(book_of(PROFILE | more, facts, *lots), LAW, asked(), NOW)
        (way,) = (way for way in plan.wallets[0].ways if way.method == SPECIFIC)
        return [row.lot for row in way.rows], plan

    assert specific()[0] == ["long"]
    chosen, plan = specific(state="NC")
    assert chosen == ["short"]
    best = plan.wallets[0].best
    assert best.state_added == Decimal("199.50")
    assert best.added_tax + Decimal("199.50") < 30_000 * Decimal("0.0399")
    (turned,) = (later for later in plan.wallets[0].later if later.turned)
    assert [turned.saved, turned.state_saved, turned.saved_of_both] == [best.added_tax, 0, best.added_tax]
