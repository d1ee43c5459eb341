"""Lots held against the plainest telling of them, on histories nobody thought of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, get_args

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lotwork.ledger.units import unscaled, usd_text
from lotwork.projections.replay.book import Book
from tests.projections.house import book_of
from tests.projections.oracle import Choice, Elected, Kind, Method, Oracle, Row, Step

BEGIN = datetime(2023, 11, 29, 3, tzinfo=UTC)
WALLETS = ("cold", "hot", "spare")
COARSE = 10_000
"""Receipts come in multiples of this many satoshis, so that cents a coin give whole micro-dollars."""

amounts = st.integers(1, 300_000)
gaps = st.sampled_from((1, 1, 5, 24, 24 * 20, 24 * 30, 24 * 61)).map(lambda hours: timedelta(hours=hours))


kinds: st.SearchStrategy[Kind] = st.sampled_from(
    ("receipt", "receipt", "purchase", "sale", "sale", "gift", "transfer", "transfer")
)


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Draw up to 16 steps over a year and more around the turn of 2025."""
    at, steps, lots = BEGIN + draw(st.integers(0, 400)) * timedelta(days=1), [], ["nobody's"]
    for number in range(draw(st.integers(1, 16))):
        at += draw(gaps)
        kind = draw(kinds)
        wallet, name = draw(st.sampled_from(WALLETS)), f"{kind}-{number}"
        chosen = st.lists(st.builds(Choice, st.sampled_from(lots), amounts), max_size=2)
        if kind in ("receipt", "purchase"):
            sats, price = COARSE * draw(st.integers(1, 40)), draw(st.integers(1, 9_999_999))
            money = price * sats // COARSE if kind == "receipt" else draw(st.integers(0, 10**9))
            steps.append(Step(kind=kind, id=name, at=at, wallet=wallet, sats=sats, money=money))
            lots.append(name)
            continue
        sats = draw(amounts)
        choices = tuple(Choice(lot, min(part, sats // 2)) for lot, part in draw(chosen) if sats > 1)
        if kind == "transfer":
            target = draw(st.sampled_from([other for other in WALLETS if other != wallet]))
            fee, fee_price = draw(st.sampled_from((0, 0, 1, 777))), draw(st.integers(1, 100_000))
            steps.append(
                Step(kind=kind, id=name, at=at, wallet=wallet, sats=sats, to_wallet=target, fee_sats=fee,
                     fee_price=fee_price, lots=choices)
            )  # fmt: skip
        else:
            money = draw(st.integers(0, 10**10))
            steps.append(Step(kind=kind, id=name, at=at, wallet=wallet, sats=sats, money=money, lots=choices))
    return steps


elections = st.lists(
    st.builds(
        Elected,
        st.sampled_from((date(2023, 1, 1), date(2024, 7, 1), date(2025, 1, 1), date(2025, 3, 1))),
        st.sampled_from((None, "cold", "hot")),
        st.sampled_from(get_args(Method)),
    ),
    max_size=3,
    unique_by=lambda elected: (elected.since, elected.wallet),
)


def coins(sats: int) -> str:
    return unscaled(sats, 8)


def lines(steps: Iterable[Step], elected: Sequence[Elected] = ()) -> list[dict[str, Any]]:
    """Return the public form of a history."""
    told: list[dict[str, Any]] = []
    for number, election in enumerate(elected):
        line = {"kind": "election", "id": f"e{number}", "at": "2020-01-01T00:00:00Z", "from": str(election.since)}
        told.append(line | {"method": election.method} | ({"wallet": election.wallet} if election.wallet else {}))
    for step in steps:
        line = {"id": step.id, "at": step.at.isoformat(), "asset": "BTC", "quantity": coins(step.sats)}
        chosen = {"lots": [{"lot": each.lot, "quantity": coins(each.sats)} for each in step.lots]} if step.lots else {}
        where = {"wallet": step.wallet}
        match step.kind:
            case "receipt":
                own = {"kind": "receipt", "income": "other", "price_usd": unscaled(step.money * COARSE // step.sats, 2)}
            case "purchase":
                own = {"kind": "purchase", "cost_usd": usd_text(step.money)}
            case "transfer":
                where = {"from_wallet": step.wallet, "to_wallet": step.to_wallet}
                own = {"kind": "transfer", "price_usd": str(step.fee_price)}
                own |= {"fee_quantity": coins(step.fee_sats)} if step.fee_sats else {}
            case _:
                own = {"kind": "sale", "proceeds_usd": usd_text(step.money)}
                own |= {"disposition": "gift"} if step.kind == "gift" else {}
        told.append(line | where | own | chosen)
    return told


def book(steps: Iterable[Step], elected: Sequence[Elected] = ()) -> Book:
    return book_of(*lines(steps, elected), years=range(2023, 2028))


def near(amount: int, exact: Fraction, moves: int) -> bool:
    """Agree to the micro-dollar; each move of a part rounds once, by half of one at most."""
    return abs(amount - exact) <= 1 + Fraction(moves, 2)


def moves_of(steps: Iterable[Step]) -> int:
    return sum(step.kind == "transfer" for step in steps)


@settings(max_examples=150)
@given(histories(), elections)
@example([Step(kind="sale", id="s", at=BEGIN, wallet="cold", sats=3, money=7)], [])
def test_every_row_is_the_plainest_tellings_row(steps: list[Step], elected: list[Elected]) -> None:
    made, plain = book(steps, elected), Oracle(elected).run(steps)
    assert [(row.disposal, row.lot, row.quantity, row.term) for row in made.gains.rows] == [
        (row.disposal, row.lot, row.sats, row.term) for row in plain.rows
    ]
    for row, exact in zip(made.gains.rows, plain.rows, strict=True):
        assert near(row.basis_usd_micros, exact.basis, moves_of(steps)), (row, exact)
        assert near(row.proceeds_usd_micros, exact.proceeds, 0), (row, exact)
    assert [(gift.disposal, gift.lot, gift.quantity) for gift in made.gains.removals] == [
        (row.disposal, row.lot, row.sats) for row in plain.gifts
    ]


@settings(max_examples=75)
@given(histories(), elections)
def test_what_is_open_is_what_the_plainest_telling_holds(steps: list[Step], elected: list[Elected]) -> None:
    made, plain = book(steps, elected), Oracle(elected).run(steps)
    if not plain.turned:
        plain.turn()
    held = {(lot.lot, lot.wallet): (lot.quantity, lot.basis_usd_micros) for lot in made.open_lots()}
    exact = plain.held()
    assert {key: sats for key, (sats, _) in held.items()} == {key: sats for key, (sats, _) in exact.items()}
    for key, (_, basis) in held.items():
        assert near(basis, exact[key][1], 1 + moves_of(steps))


@settings(max_examples=75)
@given(histories(), elections)
def test_coins_in_and_missing_are_coins_out_and_held(steps: list[Step], elected: list[Elected]) -> None:
    made = book(steps, elected)
    came = sum(step.sats for step in steps if step.kind in ("receipt", "purchase"))
    went = sum(step.sats for step in steps if step.kind in ("sale", "gift")) + sum(step.fee_sats for step in steps)
    missing = sum(row.quantity for row in made.gains.rows if row.lot is None)
    missing += sum(gift.quantity for gift in made.gains.removals if gift.lot is None)
    assert came + missing == went + sum(lot.quantity for lot in made.open_lots())


@settings(max_examples=75)
@given(histories(), elections)
def test_basis_is_conserved_to_the_micro_dollar(steps: list[Step], elected: list[Elected]) -> None:
    made = book(steps, elected)
    came = sum(step.money for step in steps if step.kind in ("receipt", "purchase"))
    left = sum(row.basis_usd_micros for row in made.gains.rows)
    left += sum(gift.basis_usd_micros for gift in made.gains.removals)
    assert came == left + sum(lot.basis_usd_micros for lot in made.open_lots())


@settings(max_examples=50)
@given(histories())
def test_proceeds_are_conserved_to_the_micro_dollar(steps: list[Step]) -> None:
    made = book(steps)
    for sold in steps:
        if sold.kind == "sale":
            parts = [row.proceeds_usd_micros for row in made.gains.rows if row.disposal == sold.id]
            assert sum(parts) == sold.money


def test_small_parts_leave_the_rest_of_a_lot_its_own_share_of_the_basis() -> None:
    """Rounding each part against what is left lets the errors add up: 9 for the last 18 of 30 that cost 10."""
    bought = Step(kind="purchase", id="p", at=BEGIN, wallet="cold", sats=30, money=10)
    sold = [
        Step(kind="sale", id=f"s{number}", at=BEGIN + timedelta(hours=number + 1), wallet="cold", sats=1, money=1)
        for number in range(12)
    ]
    rest = Step(kind="sale", id="rest", at=BEGIN + timedelta(days=60), wallet="cold", sats=18, money=1)
    made, plain = book([bought, *sold, rest]), Oracle().run([bought, *sold, rest])
    assert all(
        near(row.basis_usd_micros, exact.basis, 0) for row, exact in zip(made.gains.rows, plain.rows, strict=True)
    )
    assert made.gains.rows[-1].basis_usd_micros == 6


def test_the_oracle_itself_gives_the_figures_of_a_case_worked_by_hand() -> None:
    """Two lots of 0.0001 BTC at 100 and 300 dollars a coin; FIFO; 0.00015 sold for 0.03 dollars."""
    steps = [
        Step(kind="receipt", id="a", at=BEGIN, wallet="cold", sats=10_000, money=10_000),
        Step(kind="receipt", id="b", at=BEGIN + timedelta(days=1), wallet="hot", sats=10_000, money=30_000),
        Step(kind="sale", id="s", at=BEGIN + timedelta(days=366), wallet="hot", sats=15_000, money=30_000),
    ]
    assert Oracle().run(steps).rows == [
        Row("s", "a", 10_000, Fraction(20_000), Fraction(10_000), "short"),
        Row("s", "b", 5_000, Fraction(10_000), Fraction(15_000), "short"),
    ]
