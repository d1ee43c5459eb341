"""The coins in beancount and hledger: every entry comes to nothing, and both come to Lotwork's own figures."""

from __future__ import annotations

import subprocess
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from hypothesis import given, settings

from lotwork.ledger.history import History
from lotwork.ledger.units import unscaled
from lotwork.projections.journal.trail import Trail, trail
from lotwork.reports.journal.beancount import beancount
from lotwork.reports.journal.entries import Journal, Names, journal
from lotwork.reports.journal.hledger import hledger
from lotwork.rules.load import Law
from tests.oracles.asking import PYTHON, ask
from tests.projections.house import MAIN, logged, receipt, sale, told, transfer
from tests.projections.test_oracle import elections, histories, lines

LAW = Law.load()
QUERIES = (
    "select year, account, sum(position) where account ~ '^Income:Gains' group by year, account",
    "select account, sum(position) where account ~ '^Income:Receipts' group by account",
    "select account, sum(cost(position)) where account ~ '^Assets:Coins' group by account",
    "select account, sum(units(position)) where account ~ '^Assets:Coins' group by account",
)


def written(*public: dict[str, Any]) -> tuple[Trail, Journal, str, str]:
    history = History.read(logged(told(*public)), MAIN)
    seen = trail(history, LAW)
    made = journal(seen)
    bean, ledger = (
        "".join(f"{line}\n" for line in write(made, history.assets, 'the "book"')) for write in (beancount, hledger)
    )
    return seen, made, bean, ledger


def own_figures(seen: Trail, made: Journal) -> list[dict[Any, Any]]:
    """Return what the four queries should say, from the book itself; nothing where it comes to nothing."""
    gains: Counter[Any] = Counter()
    for row in seen.book.gains.rows:
        gains[row.sold.year, f"Income:Gains:{row.term.title()}"] -= row.gain_usd_micros
    income: Counter[Any] = Counter()
    for receipt_ in seen.book.income.rows:
        if receipt_.value_usd_micros is not None and receipt_.doubt is None:
            income[f"Income:Receipts:{receipt_.income.replace('_', '-').capitalize()}"] -= receipt_.value_usd_micros
    basis: Counter[Any] = Counter()
    coins: defaultdict[Any, Counter[str]] = defaultdict(Counter)
    for (wallet, asset), pool in seen.book.lots.pools.items():
        for lot in pool.lots():
            basis[made.account(wallet)] += lot.basis
            coins[made.account(wallet)][asset] += lot.quantity
    units = {
        account: {asset: unscaled(quantity, 8).rstrip("0").rstrip(".") for asset, quantity in held.items()}
        for account, held in coins.items()
    }
    money = [{key: {"USD": str(amount)} for key, amount in each.items() if amount} for each in (gains, income, basis)]
    return [*money, {key: held for key, held in units.items() if held}]


def asked(rows: list[list[Any]]) -> dict[Any, Any]:
    """Return the rows of one query by what stands before the amount; nothing where that is nothing."""
    return {tuple(row[:-1]) if len(row) > 2 else row[0]: row[-1] for row in rows if row[-1]}


def drawn(count: int) -> list[list[dict[str, Any]]]:
    """Return histories that hypothesis draws, so that one process can be asked about all of them."""
    found: list[list[dict[str, Any]]] = []

    @settings(max_examples=count, database=None)
    @given(histories(), elections)
    def collect(steps: list[Any], elected: list[Any]) -> None:
        found.append(lines(steps, elected))

    collect()
    return found


def test_every_entry_comes_to_nothing() -> None:
    for public in drawn(15):
        _, made, _, _ = written(*public)
        for entry in made.entries:
            coins = sum(each.piece.basis * (1 if each.comes else -1) for each in entry.coins)
            assert coins + sum(each.amount for each in entry.dollars) == 0, entry


def test_bean_query_comes_to_the_figures_of_the_book_to_the_micro_dollar() -> None:
    made = [written(*public) for public in drawn(10)]
    answers = ask("journal", [{"text": bean, "queries": QUERIES} for _, _, bean, _ in made])
    for (seen, entries, bean, _), told_ in zip(made, answers, strict=True):
        assert told_["errors"] == [], bean
        assert [asked(rows) for rows in told_["rows"]] == own_figures(seen, entries)


MANY = (
    {"kind": "asset", "id": "a", "at": "2020-01-01T00:00:00Z", "asset": "usd", "decimals": 8},
    {"kind": "asset", "id": "b", "at": "2020-01-01T00:00:00Z", "asset": "st-BTC", "decimals": 8},
    {"kind": "asset", "id": "c", "at": "2020-01-01T00:00:00Z", "asset": "ST-btc", "decimals": 8},
    receipt("r", "2025-01-10", "1", "100", wallet='=cmd()|"x"; {2'),
    receipt("q", "2025-01-10", "1", "100", wallet="=CMD()|'x'; {2", asset="st-BTC"),
    receipt("p", "2025-01-10", "1", "100", wallet="猫", asset="ST-btc", income="staking"),
    receipt("o", "2025-01-11", "2", "7.000001", wallet="all-wallets-until-2024", asset="usd"),
    {"kind": "gift", "id": "g", "at": "2025-01-12T00:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "3",
     "fair_value_usd": "90", "donor_basis_usd": "100", "donor_acquired": "2019-05-05"},
    sale("s", "2025-02-01", "1", "20", wallet="cold"),
    sale("t", "2025-02-01", "1", "20", wallet="cold", disposition="donated"),
    sale("u", "2025-02-02", "0.5", "20", wallet="cold", disposition="spent", fee_usd="1"),
    sale("v", "2025-02-03", "9", "20", wallet="spare", disposition="swapped"),
    transfer("w", "2025-02-04", "0.1", "cold", "hot", fee_quantity="0.01"),
    transfer("x", "2025-02-05", "0.1", "cold", "hot", to_asset="st-BTC"),
)  # fmt: skip


def test_names_of_any_kind_and_every_way_to_leave_are_let_in() -> None:
    seen, made, bean, ledger = written(*MANY)
    (answer,) = ask("journal", [{"text": bean, "queries": QUERIES[:1]}])
    assert answer["errors"] == []
    assert asked(answer["rows"][0]) == own_figures(seen, made)[0]
    wallets = {wallet for wallet, _ in seen.book.lots.pools}
    assert len({made.account(wallet).casefold() for wallet in wallets}) == len(wallets) > 5
    checked(ledger)


def checked(ledger: str) -> None:
    """Let hledger check a journal strictly."""
    told_ = subprocess.run(
        ["hledger", "-f-", "check", "--strict", "ordereddates"], input=ledger, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert told_.returncode == 0, told_.stderr


def test_hledger_comes_to_the_figures_of_the_book_to_the_micro_dollar(tmp_path: Path) -> None:
    for number, public in enumerate(drawn(4)):
        seen, made, _, ledger = written(*public)
        file = tmp_path / f"{number}.journal"
        file.write_text(ledger)
        checked(ledger)
        told_ = subprocess.run(
            ["hledger", "-f", file, "balance", "Income", "-O", "csv", "--no-total", "-N", "--layout=bare"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        rows = [line.replace('"', "").split(",") for line in told_.stdout.splitlines()[1:]]
        ours: Counter[str] = Counter()
        gains, income, *_ = own_figures(seen, made)
        for key, amount in (*gains.items(), *income.items()):
            ours[key[1] if isinstance(key, tuple) else key] += int(amount["USD"])
        found = {account: round(float(amount) * 10**6) for account, _, amount in rows}
        assert found == {account: amount for account, amount in ours.items() if amount}


def test_two_names_are_never_one() -> None:
    names = Names()
    made = [names.of("account", name) for name in ("cold", "Cold", "cold!", "c" * 99, "c" * 98 + "d", "1", "", "-")]
    assert len(set(map(str.casefold, made))) == len(made)
    assert [names.of("account", name) for name in ("cold", "Cold")] == made[:2]
    assert all(name[0].isupper() and len(name) > 1 for name in made)
    assert names.of("commodity", "usd") != "USD"


def test_bean_check_passes_a_file(tmp_path: Path) -> None:
    file = tmp_path / "book.beancount"
    file.write_text(written(*MANY)[2], encoding="utf-8")
    checked_ = subprocess.run([PYTHON.with_name("bean-check"), file], capture_output=True, text=True, check=False)
    assert (checked_.returncode, checked_.stderr) == (0, "")


def test_a_wash_sales_loss_goes_into_what_was_bought_instead_and_both_programs_agree() -> None:
    fund = {"kind": "asset", "id": "fund", "at": "2020-01-01T00:00:00Z", "asset": "FUND", "decimals": 0,
            "class": "security"}  # fmt: skip

    def bought(name: str, at: str, shares: str, cost: str, wallet: str = "desk") -> dict[str, Any]:
        return {"kind": "purchase", "id": name, "at": f"{at}T12:00:00Z", "wallet": wallet, "asset": "FUND",
                "quantity": shares, "cost_usd": cost}  # fmt: skip

    seen, made, bean, ledger = written(
        fund, bought("a", "2025-01-02", "100", "10000"), bought("b", "2025-01-15", "60", "5400"),
        transfer("m", "2025-01-16", "20", "desk", "other", asset="FUND"),
        sale("s", "2025-02-03", "80", "7200", wallet="desk", asset="FUND"),
        bought("c", "2025-02-10", "50", "4000", "other"),
        sale("t", "2025-06-03", "30", "2000", wallet="other", asset="FUND"),
    )  # fmt: skip
    assert any(row.adjustment_code == "W" for row in seen.book.gains.rows)
    for entry in made.entries:
        coins = sum(each.piece.basis * (1 if each.comes else -1) for each in entry.coins)
        assert coins + sum(each.amount for each in entry.dollars) == 0, entry
    (answer,) = ask("journal", [{"text": bean, "queries": QUERIES[:3]}])
    assert answer["errors"] == []
    gains, _, basis = (asked(rows) for rows in answer["rows"])
    assert [gains, basis] == [own_figures(seen, made)[0], own_figures(seen, made)[2]]
    checked(ledger)
