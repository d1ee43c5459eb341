from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lotwork.ledger.clock import SetClock
from lotwork.reports.estimated_words import next_in_words
from lotwork.web.app import create
from lotwork.web.pages import NAV, Pages
from lotwork.web.reading import BookCache
from lotwork.web.wording import day, usd
from tests.command_line import lotwork
from tests.web.conftest import ORIGIN, Ask, clock, record
from tests.web.markup import read

PROFILE = {
    "kind": "profile", "id": "p", "at": "2026-01-01T12:00:00Z", "filing_status": "single", "activity": "business",
    "time_zone": "UTC", "jurisdiction": "us",
}  # fmt: skip
RECEIPT = {
    "kind": "receipt", "id": "r1", "at": "2026-02-01T12:00:00Z", "wallet": "cellar", "asset": "BTC",
    "quantity": "0.01000000", "income": "pool_payout", "pool": "ocean", "price_usd": "100000",
}  # fmt: skip
ADDRESSES = [path for path, _ in NAV]


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("year", [2025, 2026])
def test_every_page_of_the_demo_says_that_it_is_made_up(demo: TestClient, path: str, year: int) -> None:
    answer = demo.get(f"{path}?book=demo&year={year}")
    assert answer.status_code == 200
    assert "Demo book: made-up figures." in read(answer.text).text


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_word_of_the_machine_is_on_the_screen(demo: TestClient, path: str) -> None:
    said = read(demo.get(f"{path}?book=demo").text).said
    assert re.search(r"[a-z0-9]_[a-z]", said) is None
    assert "None" not in said


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_page_has_one_heading_a_named_navigation_and_a_way_past_it(demo: TestClient, path: str) -> None:
    page = read(demo.get(f"{path}?book=demo").text)
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert [tag for tag, _ in page.elements].count("main") == 1
    assert all("aria-label" in attributes for tag, attributes in page.elements if tag == "nav")
    assert page.links()[0] == "#figures"
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes]
    assert set(named) <= set(ids)


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_link_of_a_page_leads_somewhere_and_keeps_the_book_and_the_year(demo: TestClient, path: str) -> None:
    told: dict[str, str] = {}
    for link in read(demo.get(f"{path}?book=demo&year=2025").text).links()[1:]:
        page = link.partition("?")[0]
        is_event = page.startswith("/event/")  # shown in the year it fell in, unless it is of the page's
        assert "book=demo&year=2025" in link or (is_event and "book=demo" in link)
        told.setdefault("/event/" if is_event else "/line/" if page.startswith("/line/") else link, link)
    for link in told.values():
        assert demo.get(link).status_code == 200, link


def test_the_current_page_is_marked_in_the_navigation(demo: TestClient) -> None:
    page = read(demo.get("/lots?book=demo").text)
    current = [attributes["href"] for _, attributes in page.elements if attributes.get("aria-current") == "page"]
    assert current == ["/lots?book=demo&year=2026"]


def test_the_overview_gives_the_answer_first(demo: TestClient) -> None:
    text = read(demo.get("/?book=demo").text).text
    assert "Payment 4 of 4 for 2026 $1,207.00 Due Jan 15, 2027 , in 54 days" in text
    assert "0.07647505 BTC $9,880.17, at $129,194.69 a coin. $1,207.00 of it is due next" in text
    assert "Safe harbor On track" in text
    assert text.index("$1,207.00") < text.index("Mined")


def test_a_year_that_is_paid_says_so(demo: TestClient) -> None:
    text = read(demo.get("/?book=demo&year=2025").text).text
    assert "2025 is paid $0.00" in text


def test_a_small_tax_is_due_with_the_return_and_not_in_quarters(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, {**RECEIPT, "quantity": "0.04000000"})
    text = read(ask(tmp_path).get("/").text).text
    assert "Balance for 2026 $565.18 Due Apr 15, 2027 , in 144 days" in text
    assert "Safe harbor Not needed No payment is required: tax after withholding is less than $1,000." in text
    assert text.count("No payment is required") == 1


def test_a_year_without_any_tax_owes_nothing(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, {**RECEIPT, "quantity": "0.00100000"})
    assert "Nothing is owed for 2026 $0.00" in read(ask(tmp_path).get("/").text).text


def test_the_figures_of_every_chart_can_be_read_as_text(demo: TestClient) -> None:
    text = read(demo.get("/?book=demo").text).text
    assert "The figures behind the bars Jan 2026: $10,663.00 Feb 2026: $7,922.84" in text


def test_a_year_without_known_law_says_what_to_do_and_not_zero(demo: TestClient) -> None:
    text = read(demo.get("/?book=demo&year=2012").text).text
    assert "Tax for 2012 not known" in text
    assert "never carried over or guessed" in text
    assert "not known for 2012" in read(demo.get("/quarterly?book=demo&year=2012").text).text


@pytest.mark.parametrize("year", ["002026" + "9" * 3_000, "9" * 5_000, "1e9999", "-2026", "٢٠٢٦", ""], ids=len)
def test_a_year_that_is_none_is_told_as_such(demo: TestClient, year: str) -> None:
    answer = demo.get("/tax", params={"book": "demo", "year": year})
    assert answer.status_code == 404
    assert "There is no such year" in answer.text


def test_income_adds_up_and_names_the_price_source(tmp_path: Path, ask: Ask) -> None:
    price = {"kind": "price", "id": "x", "at": "2026-03-01T12:00:00Z", "asset": "BTC", "price_usd": "90000",
             "source": "kraken", "interval": "1m"}  # fmt: skip
    unpriced = {name: value for name, value in RECEIPT.items() if name != "price_usd"}
    second = {**unpriced, "id": "r2", "at": "2026-03-01T12:00:30Z", "income": "block_reward"}
    third = {**unpriced, "id": "r3", "at": "2026-04-01T12:00:00Z"}
    record(tmp_path, PROFILE, RECEIPT, price, second, third)
    text = read(ask(tmp_path).get("/income").text).text
    assert "Income 2026 $1,900.00 3 receipts" in text
    assert "1 receipt without a price is not in the sum" in text
    assert "Mar 1, 2026 OCEAN cellar 0.01000000 BTC $90,000.00 Kraken $900.00" in text
    assert "Apr 1, 2026 OCEAN cellar 0.01000000 BTC \N{EN DASH} \N{EN DASH} pending" in text


def test_what_may_be_no_income_is_shown_as_in_doubt_and_is_in_no_sum(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, RECEIPT, {**RECEIPT, "id": "r2", "doubt": "private"})
    client = ask(tmp_path)
    text = read(client.get("/income").text).text
    assert "1 receipt that may be no income is not in the sum: see Problems" in text
    assert text.count("in doubt") == 1
    assert "coins that came, and may be no income" in read(client.get("/").text).text
    problems = read(client.get("/problems").text).text
    assert "Coins came in, and may be no income" in problems
    assert "it came out of MWEB, where nobody sees who paid" in problems


def test_income_is_shown_in_coins_where_that_is_asked(demo: TestClient) -> None:
    text = read(demo.get("/income?book=demo&unit=BCH").text).text
    assert "Income 2026 9.38136444 BCH Worth $4,943.70 when received, in 3 receipts" in text
    assert "OCEAN" not in text.partition("By origin")[2]
    assert "Income by day, 2026, in BCH" in text


def test_the_pages_of_the_table_hold_every_receipt_once(demo: TestClient) -> None:
    rows: list[str] = []
    for page in range(1, 7):
        rows += re.findall(r'<time datetime="(2026-[\d-]+)">', demo.get(f"/income?book=demo&page={page}").text)
    assert len(rows) == 329
    assert rows == sorted(rows, reverse=True)


def test_the_csv_holds_what_the_page_holds_exactly(demo: TestClient) -> None:
    answer = demo.get("/income.csv?book=demo")
    assert answer.headers["content-disposition"] == 'attachment; filename="lotwork-income-2026.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.text.partition("\r\n")[0] == (
        "date,receipt,pool,kind,wallet,asset,quantity,gross_quantity,pool_fee_quantity,price_usd,value_usd,price_source"
    )
    assert len(rows) == 329
    total = sum(int(row["value_usd"].replace(".", "")) for row in rows if row["value_usd"])
    assert "$133,923.62" in demo.get("/income?book=demo").text
    assert round(total / 10_000) == 13_392_362
    assert [row["receipt"] for row in rows if not row["value_usd"]] == ["demo:payout:ocean:2026-11-21"]


def test_no_name_in_the_csv_is_a_formula(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, RECEIPT | {"wallet": "=1+1", "pool": "@ocean"})
    (row,) = csv.DictReader(io.StringIO(ask(tmp_path).get("/income.csv?year=2026").text))
    assert (row["wallet"], row["pool"], row["quantity"]) == ("'=1+1", "'@ocean", "0.01000000")


def test_a_receipt_told_by_its_value_has_one_price_on_the_page_in_the_file_and_in_json(
    tmp_path: Path, ask: Ask
) -> None:
    told = {key: value for key, value in RECEIPT.items() if key != "price_usd"}
    record(tmp_path, PROFILE, told | {"value_usd": "500"})
    client = ask(tmp_path)
    (row,) = csv.DictReader(io.StringIO(client.get("/income.csv?year=2026").text))
    (listed,) = lotwork(tmp_path, "income", "--year", "2026", "--json").result["rows"]
    assert row["price_usd"] == listed["price_usd"] == "50000.000000"
    assert "$50,000.000000 Event $500.00" in read(client.get("/income?year=2026").text).text


def test_lots_count_the_days_until_they_are_long_term(tmp_path: Path, ask: Ask) -> None:
    old = {**RECEIPT, "id": "r0", "at": "2025-11-21T12:00:00Z"}
    turns_tomorrow = {**RECEIPT, "id": "r00", "at": "2025-11-22T12:00:00Z"}
    record(tmp_path, PROFILE, old, turns_tomorrow, RECEIPT)
    client = ask(tmp_path)
    text = read(client.get("/lots").text).text
    assert re.search(r"Nov 21, 2025 cellar 0\.01000000 BTC \$1,000\.00 \S+ \S+ now", text)
    assert re.search(r"Nov 22, 2025 cellar 0\.01000000 BTC \$1,000\.00 \S+ \S+ in 1 day", text)
    assert "Long-term already: 0.01000000 BTC" in text
    only_long = read(client.get("/lots?term=long").text).text
    assert "1 lot" in only_long
    assert "Nov 22, 2025" not in only_long.partition("Open lots")[2]


def test_lots_of_one_wallet_are_found(demo: TestClient) -> None:
    page = demo.get("/lots?book=demo&wallet=cold").text.partition('id="open"')[2]
    assert '<td class="wide">cold</td>' in page
    assert '<td class="wide">hot</td>' not in page


def test_a_wallet_or_term_nobody_has_is_as_if_it_was_not_asked(demo: TestClient) -> None:
    plain = demo.get("/lots?book=demo").text
    assert demo.get("/lots?book=demo&wallet=nobodys&term=eternal&page=-3").text == plain


def test_four_cards_say_what_is_required_paid_and_short(demo: TestClient) -> None:
    page = read(demo.get("/quarterly?book=demo").text)
    assert page.text.count("Required $3,569.25") == 4
    assert "4 Jan 15, 2027 Due in 54 days Required $3,569.25 Paid $2,362.25 Short $1,207.00" in page.text
    assert "0.00934249 BTC at $129,194.69" in page.text
    assert "100% of last year's tax $14,277.00" in page.text


def test_a_payment_nobody_made_is_overdue_and_harbor_is_missed(tmp_path: Path, ask: Ask) -> None:
    big = {**RECEIPT, "id": "r9", "quantity": "1.00000000"}
    record(tmp_path, PROFILE, big)
    client = ask(tmp_path)
    text = read(client.get("/quarterly").text).text
    assert re.findall(r"Overdue (?:for|since) [\w ,]+? days?\b", text) == [
        "Overdue for 221 days", "Overdue for 160 days", "Overdue for 68 days",
    ]  # fmt: skip
    assert "Safe harbor missed." in text
    overview = read(client.get("/").text).text
    assert "of it is overdue: pay that now." in overview


def test_the_next_payment_is_one_sentence_with_what_is_enough_and_what_waiting_costs(tmp_path: Path) -> None:
    facts = {"kind": "year_facts", "id": "f", "at": "2026-01-02T12:00:00Z", "year": 2026,
             "prior_year_tax_usd": "40000", "prior_year_agi_usd": "120000"}  # fmt: skip
    paid = {"kind": "payment", "id": "y", "at": "2026-04-10T12:00:00Z", "year": 2026, "amount_usd": "10000"}
    record(tmp_path, PROFILE, facts, paid, {**RECEIPT, "quantity": "1.00000000"})
    may = SetClock(datetime(2026, 5, 20, 12, tzinfo=UTC))
    with TestClient(create(tmp_path, clock=may), base_url=ORIGIN) as client:
        first, text = (read(client.get(path).text).text for path in ("/", "/quarterly"))
    cache = BookCache(tmp_path, may)
    reading = cache.read("main", None)
    cache.close()
    assert reading.payments is not None
    coming = reading.payments.next_payment
    assert coming is not None
    assert coming.waiting.a_day is not None
    sentence = next_in_words(coming, reading.history.assets, day)
    assert "a day" in sentence
    assert sentence in first
    assert sentence in text
    assert f"Up to date on the figures so far {usd(coming.pay)} Enough whatever the year brings $10,000.00" in text
    assert f"Each day of waiting costs {usd(coming.waiting.a_day)}" in text


def test_a_balance_past_its_day_is_to_pay_now_and_recorded_as_the_balance(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, {**RECEIPT, "at": "2025-03-01T12:00:00Z", "quantity": "1.00000000"})
    client = ask(tmp_path)
    first = read(client.get("/?year=2025").text).text
    assert "now: it was due Apr 15, 2026, then record it." in first
    assert re.search(r"add payment at=\S+ year=2025 amount_usd=\d+\.\d\d type=balance", first)


def test_a_quarter_with_nothing_to_pay_offers_no_payment_of_zero(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, {**RECEIPT, "at": "2025-03-01T12:00:00Z", "quantity": "0.00100000"})
    assert "year=2025 amount_usd=AMOUNT" in read(ask(tmp_path).get("/quarterly?year=2025").text).text


def test_problems_say_what_to_do_with_a_command_that_can_be_copied(demo: TestClient) -> None:
    page = read(demo.get("/problems?book=demo").text)
    assert "Nov 14, 2026, 0.01500000 BTC, hot" in page.text
    assert "lotwork --book demo add correction target=demo:movement:2026-11-14" in page.text
    assert "2 of them must be settled, or acknowledged by name, before a return is filed." in page.text


def test_the_number_of_problems_stands_in_the_navigation_of_every_page(demo: TestClient) -> None:
    for path in ADDRESSES:
        assert "Problems 2 open" in read(demo.get(f"{path}?book=demo").text).text


def test_a_book_without_problems_says_so_and_bears_no_badge(tmp_path: Path, ask: Ask) -> None:
    facts = {"kind": "year_facts", "id": "f", "at": "2026-01-01T13:00:00Z", "year": 2026,
             "prior_year_tax_usd": "1.00", "prior_year_agi_usd": "1.00"}  # fmt: skip
    record(tmp_path, PROFILE, {**PROFILE, "id": "p2", "recognition": "on_payout", "material_participation": "true"},
           facts, RECEIPT)  # fmt: skip
    page = ask(tmp_path).get("/problems").text
    assert "Every receipt has its price, every coin its reason." in page
    assert "badge" not in page


@pytest.mark.parametrize("path", ADDRESSES)
def test_an_empty_book_says_what_to_do_next_with_the_exact_commands(tmp_path: Path, ask: Ask, path: str) -> None:
    page = read(ask(tmp_path).get(path).text)
    assert "Nothing is recorded in main yet" in page.text
    assert "lotwork --book main import nicehash.csv coinbase.csv --dry-run" in page.text
    assert "lotwork --book main source add" in page.text
    assert "lotwork --book main poll" in page.text
    assert "lotwork demo" in page.text
    assert "badge" not in {attributes.get("class") for _, attributes in page.elements}


def test_an_empty_book_leads_to_the_demo_where_there_is_one(demo: TestClient) -> None:
    page = read(demo.get("/?book=main").text)
    assert any("book=demo" in link for link in page.links())
    first = page.text.index("Look at another book here: demo (a made-up miner)")
    assert page.text.index("Nothing is recorded in main yet") < first < page.text.index("Say who files")


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("year", [2015, 2024, 2062])
def test_a_year_of_nothing_is_not_offered_and_says_which_years_there_are(
    demo: TestClient, path: str, year: int
) -> None:
    page = read(demo.get(f"{path}?book=demo&year={year}").text)
    assert f"Nothing of {year} is recorded in demo. Its years: 2026 , 2025" in page.text
    offered = {told.get("value") for name, told in page.elements if name == "option"}
    assert {"2026", "2025"} < offered
    assert str(year) not in offered
    assert "$0 $0" not in page.text


def test_a_year_that_is_held_has_no_word_of_others(demo: TestClient) -> None:
    assert "Its years" not in read(demo.get("/?book=demo&year=2025").text).text


@pytest.mark.parametrize(
    "address", ["/?book=nobody", "/?year=1999", "/?year=abc", "/?year=20261", "/?year=\u0661", "/no"]
)
def test_what_does_not_exist_is_a_plain_page_that_leads_back(demo: TestClient, address: str) -> None:
    answer = demo.get(address)
    assert answer.status_code == 404
    assert "/" in read(answer.text).links()


def test_a_damaged_ledger_is_told_in_words_with_what_to_do(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, RECEIPT)
    (tmp_path / "ledger.sqlite").write_bytes(b"not a database at all" * 500)
    answer = ask(tmp_path).get("/")
    assert answer.status_code == 500
    assert "lotwork verify" in answer.text
    assert "Traceback" not in answer.text


def test_a_bug_shows_no_trace_of_itself(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_pages: Pages, _request: object) -> None:
        raise RuntimeError("secret path /home/miner")

    monkeypatch.setattr(Pages, "overview", broken)
    with TestClient(create(demo_home, clock=clock()), base_url=ORIGIN, raise_server_exceptions=False) as client:
        answer = client.get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "Something broke" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
