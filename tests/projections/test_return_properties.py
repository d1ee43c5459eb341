"""What holds of every return, whoever files it: more profit, voids, and books split by wallet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lotwork.ledger.units import AssetTable
from lotwork.projections.liability import liability
from lotwork.projections.quarterly import quarterly
from lotwork.projections.replay.book import Book
from lotwork.reports.estimated import list_quarterly
from lotwork.reports.tax import list_liability
from lotwork.rules.figures import STATUSES
from lotwork.rules.us.individual import Filer, Return, compute
from tests.oracles.chance import Chance
from tests.oracles.filers import filer as drawn
from tests.projections.house import book_of, receipt, sale
from tests.rules.us.law import LAW

YEARS = (2023, 2024, 2025, 2026)
HIGHEST_RATE = Decimal("0.37")
DUST = Decimal("0.000001")
ME = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single", "activity": "business"}


def minimum_deduction_begins(before: Return, after: Return) -> bool:
    """Say whether the one named cliff lies between: 26 U.S.C. 199A(i), "at least $1,000" of active business income.

    From 2026 that income earns a deduction of 400, so the dollar that reaches 1,000 takes up to 400 of income away.
    """
    there = before.filer.year >= 2026 and before.filer.material_participation
    return there and before.taxable.qbi.business_income.amount < 1_000 <= after.taxable.qbi.business_income.amount


@settings(max_examples=400)
@given(
    seed=st.integers(0, 10**9),
    year=st.sampled_from(YEARS),
    profit=st.one_of(st.none(), st.decimals(0, 3_000, places=2), st.decimals(-400_000, 800_000, places=2)),
    more=st.sampled_from(("0.01", "1", "100", "5000", "200000")).map(Decimal),
    contribution=st.sampled_from((0, 0, 30_000)).map(Decimal),
    carried=st.sampled_from((0, 0, 50_000)).map(Decimal),
)
@example(0, 2026, Decimal("1076.06"), Decimal(100), Decimal(0), Decimal(0))
def test_more_profit_never_lowers_the_tax_except_where_the_minimum_deduction_begins(
    seed: int, year: int, profit: Decimal | None, more: Decimal, contribution: Decimal, carried: Decimal
) -> None:
    case = {key: told for key, told in drawn(Chance(f"profit/{seed}"), year).items() if key not in ("year", "status")}
    told = {key: told if isinstance(told, int) else Decimal(told) for key, told in case.items()}
    status = STATUSES[seed % len(STATUSES)] if not case.keys() & {"spouse_wages", "aged", "blind"} else "mfj"
    lower: Filer = Filer(year=year, status=status, **told)  # type: ignore[arg-type]  # as drawn, by name
    lower = replace(
        lower,
        schedule_c_net=lower.schedule_c_net if profit is None else profit,
        retirement_contribution=contribution or lower.retirement_contribution,
        nol_carryover=carried,
    )
    before = compute(lower, LAW)
    after = compute(replace(lower, schedule_c_net=lower.schedule_c_net + more), LAW)
    saved = before.total.amount - after.total.amount
    if minimum_deduction_begins(before, after):
        assert saved <= 400 * HIGHEST_RATE
    else:
        assert saved <= DUST


def test_the_named_cliff_is_there() -> None:
    """A dollar of profit across 1,000 of business income, wages far above the range: 400 less income at 35 percent."""
    facts: dict[str, Any] = {"year": 2026, "status": "single", "wages": Decimal(500_000)}
    below, reached = (compute(Filer(schedule_c_net=Decimal(profit), **facts), LAW) for profit in ("1013", "1014"))
    assert minimum_deduction_begins(below, reached)
    assert below.total.amount - reached.total.amount > 139


def figures(book: Book, year: int) -> str:
    """Return every figure of a year: the return line by line, and the quarters."""
    owed = liability(book, LAW, year)
    asked = list_quarterly(quarterly(book, LAW, owed, date(year + 1, 2, 1), by="cheaper"), AssetTable())
    return msgspec.json.encode([list_liability(owed), asked]).decode()


WORLD: tuple[dict[str, Any], ...] = (
    ME,
    receipt("one", "2024-11-05", "0.7", "70000"),
    receipt("two", "2025-02-10", "0.4", "95000", wallet="hot"),
    {"kind": "expense", "id": "power", "at": "2025-04-01T12:00:00Z", "category": "electricity", "amount_usd": "9100"},
    {"kind": "equipment", "id": "rig", "at": "2025-05-01T12:00:00Z", "equipment": "rig", "cost_usd": "12000",
     "acquired": "2025-01-10", "placed_in_service": "2025-05-01"},
    sale("sold", "2025-08-08", "0.5", "60000"),
    {"kind": "payment", "id": "q1", "at": "2025-04-14T12:00:00Z", "year": 2025, "amount_usd": "2500",
     "type": "estimated"},
    {"kind": "year_facts", "id": "facts", "at": "2025-12-31T12:00:00Z", "year": 2025, "wages_usd": "30000"},
)  # fmt: skip


@cache
def untouched() -> str:
    return figures(book_of(*WORLD), 2025)


DAYS = ("2024-12-31", "2025-01-01", "2025-03-31", "2025-06-15", "2025-12-31", "2026-01-15")
days = st.sampled_from(DAYS)
amounts = st.integers(1, 90_000).map(str)
AT = "T17:00:00Z"
extras: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(lambda day, usd: receipt("extra", day + AT, "0.3", usd), days, amounts),
    st.builds(lambda day, usd: sale("extra", day + AT, "0.2", usd), days, amounts),
    st.builds(
        lambda day, usd: {"kind": "expense", "id": "extra", "at": day + AT, "category": "repairs", "amount_usd": usd},
        days, amounts,
    ),
    st.builds(
        lambda day, usd, bonus: {"kind": "equipment", "id": "extra", "at": day + AT, "equipment": "other rig",
                                 "cost_usd": usd, "acquired": day, "placed_in_service": day, "bonus": bonus},
        days, amounts, st.sampled_from(("auto", "none")),
    ),
    st.builds(
        lambda day, usd: {"kind": "equipment_sale", "id": "extra", "at": day + AT, "equipment": "rig",
                          "proceeds_usd": usd},
        st.sampled_from(("2025-06-15", "2025-12-31")), amounts,
    ),
    st.builds(
        lambda day, usd: {"kind": "payment", "id": "extra", "at": day + AT, "year": 2025, "amount_usd": usd,
                          "type": "estimated"},
        days, amounts,
    ),
    st.builds(
        lambda day, status: {"kind": "profile", "id": "extra", "at": day + AT, "filing_status": status},
        days, st.sampled_from(STATUSES),
    ),
    st.builds(
        lambda day, usd: {"kind": "year_facts", "id": "extra", "at": day + AT, "year": 2025, "wages_usd": usd},
        days, amounts,
    ),
    st.builds(
        lambda since, method: {"kind": "election", "id": "extra", "at": "2024-06-01T12:00:00Z", "from": since,
                               "method": method},
        days, st.sampled_from(("lifo", "hifo")),
    ),
    st.builds(
        lambda price: {"kind": "correction", "id": "extra", "at": f"2026-01-01{AT}", "target": "two",
                       "set": {"price_usd": price}, "reason": "another source"},
        amounts,
    ),
    st.builds(
        lambda day: {"kind": "transfer", "id": "extra", "at": day + AT, "from_wallet": "cold", "to_wallet": "hot",
                     "asset": "BTC", "quantity": "0.1", "fee_quantity": "0.001", "price_usd": "90000"},
        days,
    ),
)  # fmt: skip


@settings(max_examples=60)
@given(extra=extras)
def test_a_void_restores_every_figure_of_the_return_and_of_the_quarters(extra: dict[str, Any]) -> None:
    void = {"kind": "void", "id": "void", "at": "2026-02-01T00:00:00Z", "target": "extra", "reason": "a mistake"}
    assert figures(book_of(*WORLD, extra, void), 2025) == untouched()


@settings(max_examples=40)
@given(extra=extras)
def test_a_void_of_the_void_brings_the_figures_back(extra: dict[str, Any]) -> None:
    void = {"kind": "void", "id": "void", "at": "2026-02-01T00:00:00Z", "target": "extra", "reason": "a mistake"}
    again = {"kind": "void", "id": "void of void", "at": "2026-02-02T00:00:00Z", "target": "void", "reason": "it held"}
    assert figures(book_of(*WORLD, extra, void, again), 2025) == figures(book_of(*WORLD, extra), 2025)


WALLETS = ("cold", "hot", "spare")


@st.composite
def wallet_books(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Draw what happened in each wallet in 2025, and no transfer between them."""
    made: dict[str, list[dict[str, Any]]] = {}
    for wallet in WALLETS:
        lines: list[dict[str, Any]] = []
        for number in range(draw(st.integers(0, 4))):
            name, day = f"{wallet} {number}", f"2025-{draw(st.integers(1, 12)):02}-{draw(st.integers(1, 28)):02}"
            quantity = f"0.{draw(st.integers(1, 9999)):04}"
            if draw(st.booleans()):
                lines.append(receipt(name, day, quantity, draw(amounts), wallet=wallet))
            else:
                lines.append(sale(name, day, quantity, draw(amounts), wallet=wallet))
        made[wallet] = lines
    return made


def micros(book: Book, term: str) -> int:
    return book.gains.total(2025, "long" if term == "long" else "short").gain_usd_micros


@settings(max_examples=60)
@given(books=wallet_books())
def test_tax_on_the_sum_of_the_books_of_each_wallet_is_the_tax_of_the_whole(
    books: dict[str, list[dict[str, Any]]],
) -> None:
    """Wallet by wallet from 2025 (Treas. Reg. 1.1012-1(j)), so no lot of one wallet can serve a sale of another."""
    whole = book_of(ME, *(line for lines in books.values() for line in lines))
    parts = [book_of(ME, *lines) for lines in books.values()]
    for term in ("short", "long"):
        assert sum(micros(part, term) for part in parts) == micros(whole, term)
    owed = liability(whole, LAW, 2025)
    told = [liability(part, LAW, 2025) for part in parts]
    summed = Filer(
        year=2025,
        status="single",
        schedule_c_net=total([each.business.net for each in told]),
        short_term_net=Decimal(sum(micros(part, "short") for part in parts)) / 10**6,
        long_term_net=Decimal(sum(micros(part, "long") for part in parts)) / 10**6,
    )
    assert compute(summed, LAW).total.amount == owed.computed.total.amount


def total(amounts_told: Sequence[Decimal]) -> Decimal:
    return sum(amounts_told, Decimal(0))
