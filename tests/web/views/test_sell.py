"""What a sale would come to, on the screen: what `lotwork plan sale` tells, and nothing is recorded of it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.store import EventStore
from tests.command_line import lotwork
from tests.web.conftest import Ask, clock, record
from tests.web.markup import read
from tests.web.tables import tables
from tests.web.views.made import FACTS, PROFILE, receipt

PRICE = {"kind": "price", "id": "x", "at": "2026-11-01T12:00:00Z", "asset": "BTC", "price_usd": "120000"}
LINES = (
    PROFILE, FACTS, receipt("a", "2025-02-01"), receipt("b", "2026-02-20", "0.02", price_usd="150000"),
    receipt("c", "2026-03-05", "0.03", wallet="node"),
)  # fmt: skip
METHODS = ["fifo", "lifo", "hifo", "lofo", "specific"]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("quantity=0.02&price=90000", ["0.02", "--price", "90000"]),
        ("quantity=0.02&price=$9,000&wallet=node&fee=1%25", ["0.02", "--price=9000", "--wallet=node", "--fee=1%"]),
        ("wallet=cellar&part=half", ["0.015", "--wallet", "cellar"]),
        ("wallet=cellar&part=all&year=2025", ["0.03", "--wallet", "cellar"]),
        ("quantity=0.02&on=2027-03-02", ["0.02", "--on", "2027-03-02"]),
        ("lots=a=0.004,b=0.006", ["0.01", "--wallet", "cellar", "--lots", "a=0.004,b=0.006"]),
    ],
)  # fmt: skip
def test_each_way_is_told_as_the_command_tells_it(tmp_path: Path, ask: Ask, asked: str, words: list[str]) -> None:
    record(tmp_path, *LINES, PRICE)
    client = ask(tmp_path)
    page = read(client.get(f"/sell?{asked}").text).text
    told: dict[str, Any] = lotwork(
        tmp_path, "--json", "plan", "sale", *words, "--as-of", "2026-11-22", code=None
    ).result
    rows = rows_of(client.get(f"/tables/ways-to-sell.csv?{asked}").text)
    said = [{"wallet": wallet["wallet"], **row} for wallet in told["wallets"] for row in wallet["rows"]]
    methods = [*METHODS, "chosen"] if "lots=" in asked else METHODS
    assert [row["method"] for row in rows] == methods * len(told["wallets"])
    assert rows == [{name: each[name] for name in rows[0]} for each in said]
    best = min(float(row["added_tax_usd"]) for row in rows)
    assert f"${abs(best):,.2f} Selling {told['quantity']} BTC" in page
    assert ("Set aside" in page) == (best > 0)


def test_a_loss_takes_off_the_tax_and_sets_nothing_aside(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, *LINES, PRICE)
    page = read(ask(tmp_path).get("/sell?quantity=0.02&wallet=cellar&price=10000").text).text
    assert "makes a loss of" in page
    assert "Set aside" not in page


def test_before_anything_is_asked_what_is_held_is_told_and_each_part_is_a_link_without_amounts(
    tmp_path: Path, ask: Ask
) -> None:
    record(tmp_path, *LINES, PRICE)
    page = read(ask(tmp_path).get("/sell").text)
    assert "0.06000000 BTC are held, worth $7,200.00 at the last price known, $120,000.00." in page.text
    parts = [link for link in page.links() if "part=" in link]
    assert len(parts) == 6
    assert not [link for link in parts if "0." in link]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("quantity=9", "no wallet holds 9.00000000 BTC"),
        ("quantity=0", "There is nothing to sell"),
        ("quantity=-1", "There is nothing to sell"),
        ("quantity=abc", "abc"),
        ("quantity=0.01&price=0", "A price is more than 0"),
        ("quantity=0.01&price=1e9", "1e9"),
        ("quantity=0.01&fee=100%25", "a fee leaves something of the proceeds"),
        ("quantity=0.01&wallet=cellr", "did you mean 'cellar'?"),
        ("part=half&wallet=nobody", "There is nothing to sell"),
        ("part=tenth", "There is nothing to sell"),
        ("quantity=0.01", "No price of BTC is known"),
        ("quantity=0.01&on=2026-11-21", "is over"),
        ("quantity=0.01&on=2031-01-01", "is too far away"),
        ("quantity=0.01&on=soon", "'soon' is not a day"),
        ("lots=a=9", "a"),
        ("quantity=0.01&wallet=cellar&lots=nobody=0.01", "nobody"),
    ],
)
def test_what_cannot_be_reckoned_says_why(tmp_path: Path, ask: Ask, asked: str, says: str) -> None:
    lines = [{key: value for key, value in each.items() if key != "price_usd"} | {"value_usd": "900"}
             if each["kind"] == "receipt" and says.startswith("No price") else each for each in LINES]  # fmt: skip
    record(tmp_path, *lines)
    client = ask(tmp_path)
    answer = client.get(f"/sell?{asked}")
    assert answer.status_code == 200
    assert says.casefold() in read(answer.text).text.casefold()
    assert "<table" not in answer.text
    assert client.get(f"/tables/ways-to-sell.csv?{asked}").status_code == 404


def test_nothing_is_recorded(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, *LINES, PRICE)
    with EventStore.open(tmp_path, clock=clock()) as store:
        before = store.head(MAIN_BOOK)
    ask(tmp_path).get("/sell?quantity=0.01")
    with EventStore.open(tmp_path, clock=clock()) as store:
        assert store.head(MAIN_BOOK) == before


def test_in_a_state_the_page_tells_both_taxes_and_chooses_by_both(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE | {"state": "GA"}, FACTS | {"dependents": 0, "wages_usd": "80000"}, *LINES[2:], PRICE)
    client = ask(tmp_path)
    asked = "quantity=0.02&price=160000&wallet=cellar"
    page = client.get(f"/sell?{asked}").text
    text = read(page).text
    words = ("0.02", "--price", "160000", "--wallet", "cellar", "--as-of", "2026-11-22")
    told: dict[str, Any] = lotwork(tmp_path, "--json", "plan", "sale", *words, code=None).result
    rows = rows_of(client.get(f"/tables/ways-to-sell.csv?{asked}").text)
    (wallet,) = told["wallets"]
    assert rows == [
        {"wallet": "cellar", **{name: row[name] for name in rows[0] if name != "wallet"}} for row in wallet["rows"]
    ]
    best = next(row for row in rows if row["method"] == wallet["best"])
    both = float(best["added_tax_usd"]) + float(best["state_added_tax_usd"])
    assert both > float(best["added_tax_usd"]) > 0
    assert f"${both:,.2f} Selling {told['quantity']} BTC" in text
    assert "that of Georgia. Lots are chosen by both taxes together." in text
    assert "Federal tax it adds To Georgia Left after both" in text
    assert tables(client, page)
    record(tmp_path, PROFILE | {"id": "moved", "at": "2025-01-02T12:00:00Z", "state": "TX"})
    text = read(client.get(f"/sell?{asked}").text).text
    assert "Texas: no income tax is due." in text
    assert "To Texas" not in text
