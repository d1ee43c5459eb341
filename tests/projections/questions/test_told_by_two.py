"""Coins that two tell without a transaction: sold, bought, moved or received once, and asked about until a person says.

Law: what is sold is realized once (26 U.S.C. 1001), what is bought has its cost once (1012), and what is received is
income once (61).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lotwork.ledger.codec import kind_of
from lotwork.ledger.history import History
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.book import Book
from tests.projections.house import MAIN, book_of, codes, logged, receipt, sale, shared_book, told, transfer
from tests.projections.questions.answering import answers

FUNDS = receipt("funds", "2025-01-01", "9", source="node", wallet="kraken")
SOLD = sale("sold", "2025-03-01T12:00:00Z", "0.5", "45000", wallet="kraken", source="kraken")
BOUGHT = {"kind": "purchase", "id": "bought", "at": "2025-03-01T12:00:00Z", "wallet": "kraken", "asset": "BTC",
          "quantity": "0.5", "cost_usd": "45000", "source": "kraken"}  # fmt: skip
MOVED = transfer("moved", "2025-03-01T12:00:00Z", "0.1", "kraken", "cold", source="kraken")
PAID = receipt("paid", "2025-03-01T12:00:00Z", "0.01", source="braiins")
GIVEN = {"kind": "gift", "id": "given", "at": "2025-03-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
         "quantity": "0.01", "donor_basis_usd": "1", "donor_acquired": "2024-01-01", "fair_value_usd": "1",
         "source": "hand"}  # fmt: skip
POOL_ROW, EXCHANGE_ROW = "aa@11111111.22222222", "bb@33333333.44444444"
LATER_ROW = "cc@11111111.55555555"


def asked(*lines: dict[str, Any]) -> list[tuple[str, str | None]]:
    wanted = {"likely_twins", "likely_transfer", "row_told_twice", "transfer_told_twice"}
    return [(finding.code, finding.event) for finding in shared_book(*lines).told() if finding.code in wanted]


@pytest.mark.parametrize(
    "other",
    [
        {"source": "koinly"},
        {"source": None},
        {"source": "koinly", "at": "2025-03-02T11:59:00Z"},
        {"source": "koinly", "at": "2025-02-28T12:30:00Z"},
        {"source": "koinly", "proceeds_usd": "44800", "fee_usd": "0"},
        {"source": "koinly", "proceeds_usd": "12"},
        {"source": "koinly", "quantity": "0.4975", "proceeds_usd": "44775"},
        {"source": "koinly", "wallet": "main account"},
        {"source": "koinly", "disposition": "spent"},
    ],
)
def test_a_sale_that_two_tell_is_asked_about(other: dict[str, Any]) -> None:
    assert asked(FUNDS, SOLD, {k: v for k, v in (SOLD | {"id": "z"} | other).items() if v is not None}) in (
        [("likely_twins", "z")],
        [("likely_twins", "sold")],
    )


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"source": "koinly", "at": "2025-03-02T12:00:01Z"},
        {"source": "koinly", "quantity": "0.48", "proceeds_usd": "43200"},
        {"source": "koinly", "quantity": "0.4975", "proceeds_usd": "40000"},
        {"source": "koinly", "wallet": "gemini", "proceeds_usd": "40000"},
        {"source": "koinly", "asset": "LTC"},
    ],
)
def test_sales_that_one_tells_or_that_differ_are_two(other: dict[str, Any]) -> None:
    assert asked(FUNDS, SOLD, SOLD | {"id": "z"} | other) == []


@pytest.mark.parametrize(
    "other",
    [
        {"source": "koinly"},
        {"source": "koinly", "at": "2025-03-01T20:00:00Z"},
        {"source": "koinly", "cost_usd": "45100", "fee_usd": "1"},
        {"source": "koinly", "quantity": "0.4975", "cost_usd": "45000"},
    ],
)
def test_a_purchase_that_two_tell_is_asked_about(other: dict[str, Any]) -> None:
    assert asked(BOUGHT, BOUGHT | {"id": "z"} | other) == [("likely_twins", "z")]
    assert asked(BOUGHT, BOUGHT | {"id": "z"}) == []


@pytest.mark.parametrize(
    "other",
    [
        {"source": "trezor"},
        {"source": None},
        {"source": "trezor", "quantity": "0.0995"},
        {"source": "trezor", "at": "2025-03-01T23:00:00Z", "quantity": "0.09995", "fee_quantity": "0.00005"},
        {"source": "trezor", "txid": "ab" * 32},
        {"source": "trezor", "from_wallet": "Kraken spot"},
        {"source": "trezor", "to_wallet": "vault", "quantity": "0.0995", "fee_quantity": "0.0005"},
    ],
)
def test_a_transfer_that_both_sides_tell_is_asked_about(other: dict[str, Any]) -> None:
    line = {k: v for k, v in (MOVED | {"id": "z"} | other).items() if v is not None}
    assert asked(FUNDS, MOVED, line) == [("likely_twins", "z")]
    two = {"kind": "correction", "id": "c", "at": "2025-04-01T00:00:00Z", "target": "z", "reason": "two"}
    assert asked(FUNDS, MOVED, line, two | {"set": {"may_repeat": "none"}}) == []


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"source": "trezor", "quantity": "0.09"},
        {"source": "trezor", "at": "2025-03-02T12:00:01Z"},
        {"source": "trezor", "from_wallet": "cold", "to_wallet": "kraken"},
        {"source": "trezor", "from_wallet": "cold", "to_wallet": "vault"},
        {"source": "trezor", "to_wallet": "vault", "quantity": "0.0995"},
    ],
)
def test_transfers_that_one_tells_or_that_go_on_are_two(other: dict[str, Any]) -> None:
    assert asked(FUNDS, MOVED, MOVED | {"id": "z"} | other) == []


TX = "cd" * 32


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"source": "kraken"}, {"source": "trezor", "quantity": "0.0995"}),
        ({"source": "kraken"}, {"source": "trezor", "quantity": "0.0995", "fee_quantity": "0.0005", "txid": f"0x{TX}"}),
        ({"source": "csv"}, {"source": "csv", "quantity": "0.0995"}),
        ({"source": "csv"}, {"source": "csv"}),
        ({"source": None}, {"source": None, "quantity": "0.0995"}),
    ],
)
def test_one_transaction_that_two_transfers_tell_gross_and_net_is_asked_about(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    lines = [
        {k: v for k, v in (MOVED | {"txid": TX} | more).items() if v is not None}
        for more in (first, {"id": "z"} | second)
    ]
    assert asked(FUNDS, *lines) == [("transfer_told_twice", "z")]
    two = {"kind": "correction", "id": "c", "at": "2025-04-01T00:00:00Z", "target": "z", "reason": "two"}
    assert asked(FUNDS, *lines, two | {"set": {"may_repeat": "none"}}) == []


def test_one_transaction_that_two_tell_alike_is_one_and_outputs_of_one_source_are_two() -> None:
    lines = [MOVED | {"txid": TX}, MOVED | {"txid": TX, "id": "z", "source": "trezor"}]
    book = shared_book(FUNDS, *lines)
    assert (codes(book), book.balances.held["cold", "BTC"]) == ([], 10_000_000)
    assert asked(FUNDS, lines[0], lines[0] | {"id": "z"}) == []


def test_a_fee_that_only_the_other_source_tells_is_not_lost_in_silence() -> None:
    other = MOVED | {"txid": TX, "id": "z", "source": "trezor", "fee_quantity": "0.0001"}
    assert codes(shared_book(FUNDS, MOVED | {"txid": TX}, other)) == ["twins_disagree"]
    first = MOVED | {"txid": TX, "fee_quantity": "0.0001", "price_usd": "1"}
    assert codes(shared_book(FUNDS, first, other)) == []


@pytest.mark.parametrize(
    ("left", "told"),
    [("0.1", []), ("0.1005", ["fee_pending"]), ("0.101", ["fee_pending"]), ("1", ["twins_disagree"]),
     ("0.05", ["twins_disagree"])],
)  # fmt: skip
def test_a_movement_that_a_smaller_transfer_explains_in_part_is_not_swallowed(left: str, told: list[str]) -> None:
    seen = {"kind": "movement", "id": "left", "at": "2025-03-01T12:00:00Z", "wallet": "kraken", "asset": "BTC",
            "quantity": left, "txid": TX, "source": "node"}  # fmt: skip
    assert codes(shared_book(FUNDS, seen, MOVED | {"txid": TX})) == told


@pytest.mark.parametrize(
    ("left", "fee", "kept"), [("0.1", "0.0002", 9_980_000), ("0.1002", None, 9_980_000), ("0.1", None, 10_000_000)]
)
def test_the_fee_that_a_node_saw_is_paid_when_the_coins_left(left: str, fee: str | None, kept: int) -> None:
    seen = {"kind": "movement", "id": "left", "at": "2025-03-01T11:00:00Z", "wallet": MOVED["from_wallet"],
            "asset": "BTC", "quantity": left, "txid": TX, "source": "node", "price_usd": "60000"}  # fmt: skip
    seen |= {} if fee is None else {"fee_quantity": fee}
    moved = MOVED | {"txid": TX, "source": "coinbase"}
    for lines in ((FUNDS, seen, moved), (FUNDS, moved, seen)):
        book = shared_book(*lines)
        assert codes(book) == []
        rest = book.balances.held[MOVED["from_wallet"], "BTC"]
        assert rest == book_of(FUNDS).balances.held[MOVED["from_wallet"], "BTC"] - 10_000_000 - (10_000_000 - kept)
        spent = [row.proceeds_usd_micros for row in book.gains.rows]
        assert sum(spent) == (0 if kept == 10_000_000 else 12_000_000)


@pytest.mark.parametrize(
    "other",
    [
        {"quantity": "0.00995"},
        {"quantity": "0.0098", "wallet": "kraken"},
        {"quantity": "0.0102"},
        {"quantity": "0.00995", "txid": "ab" * 32, "vout": 0},
        {"quantity": "0.00995", "at": "2025-03-02T11:00:00Z"},
        {"quantity": "0.00995", "pool": "braiins"},
    ],
)
def test_a_receipt_less_a_fee_is_asked_about(other: dict[str, Any]) -> None:
    assert asked(PAID, receipt("z", "2025-03-01T18:00:00Z", "1", source="kraken") | other) == [("likely_twins", "z")]


@pytest.mark.parametrize("more", [{}, {"source": "kraken"}, {"source": "csv", "row": EXCHANGE_ROW}])
@pytest.mark.parametrize("quantity", ["0.1", "0.0995", "0.1005"])
def test_what_a_transfer_brought_and_a_receipt_less_a_fee_are_asked_about(quantity: str, more: dict[str, Any]) -> None:
    moved = {k: v for k, v in MOVED.items() if k != "source"}
    came = receipt("z", "2025-03-01T14:00:00Z", quantity) | more
    assert asked(FUNDS, moved, came) == [("likely_twins", "z")]
    assert asked(FUNDS, moved, came | {"wallet": "vault"}) == []


def test_two_pools_pay_two_payouts() -> None:
    other = receipt("z", "2025-03-01T18:00:00Z", "0.01", source="kraken")
    assert asked(PAID | {"pool": "braiins"}, other | {"pool": "nicehash"}) == []
    assert asked(PAID | {"pool": "Braiins"}, other | {"pool": "braiins"}) == [("likely_twins", "z")]


def test_the_nearest_are_paired_one_to_one() -> None:
    """Three payouts and the three deposits less 0.5 percent: three questions, each of the two that belong together."""
    paid = [PAID | {"id": f"p{n}", "quantity": f"0.0{n}"} for n in (100, 101, 102)]
    came = [receipt(f"c{n}", "2025-03-01T18:00:00Z", f"0.0{n}", source="kraken") for n in ("0995", "100495", "10149")]
    told_of = [each.message.partition(" and ") for each in book_of(*paid, *came).told() if each.code == "likely_twins"]
    pairs = [(one.split()[0], two.split()[0]) for one, _, two in told_of]
    assert pairs == [("c0995", "p100"), ("c100495", "p101"), ("c10149", "p102")]


def test_a_gift_that_another_tells_as_income_is_asked_about() -> None:
    for other in ({}, {"wallet": "kraken"}, {"quantity": "0.00995"}):
        assert asked(GIVEN, receipt("z", "2025-03-01T18:00:00Z", "0.01", source="kraken") | other) == [
            ("likely_twins", "z")
        ]
    assert asked(GIVEN, GIVEN | {"id": "z", "source": "kraken"}) == [("likely_twins", "z")]


@pytest.mark.parametrize(
    ("row", "change", "found"),
    [
        (EXCHANGE_ROW, {}, True),
        (EXCHANGE_ROW, {"quantity": "0.00995"}, True),
        (LATER_ROW, {"at": "2025-03-01T18:30:30Z"}, True),
        (LATER_ROW, {"quantity": "0.00995"}, False),
        (LATER_ROW, {"at": "2025-03-02T06:30:01Z"}, False),
        (LATER_ROW, {"at": "2025-03-01T12:00:07Z"}, False),
        ("cc@11111111.22222222", {}, False),
        (None, {}, False),
    ],
)
def test_rows_of_a_pools_file_and_an_exchanges_are_two_tellers(
    row: str | None, change: dict[str, Any], found: bool
) -> None:
    first = PAID | {"source": "csv", "row": POOL_ROW, "at": "2025-03-01T12:00:07Z"}
    second = receipt("z", "2025-03-01T18:00:00Z", "0.01", source="csv") | change
    second |= {} if row is None else {"row": row}
    assert asked(first, second) == ([("likely_twins", "z")] if found else [])


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"wallet": "kraken", "at": "2025-03-01T12:20:00Z"}, True),
        ({"wallet": "kraken", "price_usd": "101"}, True),
        ({"wallet": "kraken", "price_usd": None}, True),
        ({"wallet": "kraken", "id": None}, True),
        ({"wallet": "kraken"}, False),
        ({"wallet": "kraken", "price_usd": "120"}, False),
        ({"wallet": "kraken", "at": "2025-03-02T11:59:59Z"}, True),
        ({"wallet": "kraken", "pool": "braiins", "txid": TX}, True),
        ({}, False),
        ({"wallet": "kraken", "at": "2025-03-02T12:00:00Z"}, False),
        ({"wallet": "kraken", "quantity": "0.00995"}, False),
        ({"wallet": "kraken", "asset": "LTC"}, False),
    ],
)
def test_lines_without_a_source_that_bring_as_much_into_two_wallets_are_asked_about(
    other: dict[str, Any], found: bool
) -> None:
    paid = {name: value for name, value in PAID.items() if name != "source"}
    line = {name: value for name, value in (paid | {"id": "z"} | other).items() if value is not None}
    assert [code for code, _ in asked(paid, line)] == (["likely_twins"] if found else [])
    pools = ({"pool": "a"}, {"pool": "b"})
    assert asked(paid | pools[0], line | pools[1]) == []


@pytest.mark.parametrize(
    "lines",
    [
        (FUNDS, SOLD, SOLD | {"id": "z", "source": "koinly"}),
        (BOUGHT, BOUGHT | {"id": "z", "source": "koinly"}),
        (FUNDS, MOVED, MOVED | {"id": "z", "source": "koinly", "quantity": "0.0995"}),
        (PAID, receipt("z", "2025-03-01T18:00:00Z", "0.00995", source="kraken")),
    ],
)
def test_every_question_names_the_commands_that_answer_it_either_way(lines: tuple[dict[str, Any], ...]) -> None:
    (finding,) = (each for each in book_of(*lines).told() if each.code == "likely_twins")
    said = answers(finding.message)
    assert len(said) == 3
    assert [asked(*lines, *each) for each in said] == [[], [], []]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({"source": "ocean"}, {"source": "braiins"}, False),
        ({"source": "f2pool-api"}, {"source": "ViaBTC payouts.csv"}, False),
        ({"source": "pool_a"}, {"source": "pool_b"}, False),
        ({"source": "ocean"}, {"source": "x", "pool": "Luxor"}, False),
        ({"source": "ocean"}, {"source": "OCEAN export"}, True),
        ({"source": "slushpool"}, {"source": "braiins"}, True),
        ({"source": "ocean"}, {"source": "pool"}, True),
        ({"source": "ocean"}, {"source": "coinbase"}, True),
        ({"source": "ocean"}, {"source": "nicehash"}, True),
        ({"source": "ocean"}, {"source": "x", "pool": "ocean"}, True),
    ],
)
@pytest.mark.parametrize("quantity", ["0.01", "0.00995"])
def test_sources_named_for_two_pools_tell_two_payouts(
    first: dict[str, Any], second: dict[str, Any], quantity: str, *, found: bool
) -> None:
    """Several pools pay about as much a day, and a threshold makes it the same to the satoshi."""
    lines = PAID | first, PAID | {"id": "z", "quantity": quantity, "at": "2025-03-01T12:20:00Z"} | second
    assert asked(*lines) == ([("likely_twins", "z")] if found else [])


@pytest.mark.parametrize(("pool", "found"), [("f2pool", 0), (None, 12)])
def test_equal_payouts_of_one_pool_into_two_wallets_are_two(pool: str | None, found: int) -> None:
    more = {} if pool is None else {"pool": pool}
    lines = [
        receipt(f"p{hour:02}", f"2025-03-01T{hour:02}:00:00Z", "0.005", wallet=("cold", "hot")[hour % 2], **more)
        for hour in range(24)
    ]
    assert len(asked(*lines)) == found


@pytest.mark.parametrize(("amounts", "found"), [(["0.005"] * 4, []), (["0.004", "0.006", "0.005", "0.005"], ["p3"])])
def test_an_export_goes_on_from_that_of_the_month_before(amounts: list[str], found: list[str]) -> None:
    """Payouts at a threshold are equal, and those about a month's end stand in two files of the same columns."""
    told = zip(("01T06:11", "01T14:02", "02T05:29", "02T13:43"), amounts, strict=True)
    rows = [POOL_ROW, POOL_ROW, POOL_ROW, LATER_ROW]
    lines = [
        receipt(f"p{place}", f"2025-03-{at}:07Z", amount, source="csv", row=rows[place])
        for place, (at, amount) in enumerate(told)
    ]
    assert [event for _, event in asked(*lines)] == found


def test_a_year_of_a_miner_who_sends_payouts_on_is_not_asked_about() -> None:
    """A pool pays about as much each day into an own wallet, which sends it on to an exchange that sells it."""
    lines: list[dict[str, Any]] = []
    begin = datetime(2025, 1, 1, 6, tzinfo=UTC)
    for day in range(365):
        at = begin + timedelta(days=day, seconds=day * 7 % 60)
        amount = 100_000 + day * 37 % 900
        lines.append(
            receipt(
                f"p{day}", at.isoformat(), f"0.00{amount}", "90000", source="ocean", pool="ocean", txid=f"{day:064x}"
            )
        )
        if day % 5 == 4:
            sent = {"txid": f"f{day:063x}", "source": "node"}
            lines.append(transfer(f"t{day}", (at + timedelta(hours=2)).isoformat(), "0.0049", "cold", "kraken", **sent))
            sold = (at + timedelta(hours=5)).isoformat()
            lines.append(sale(f"s{day}", sold, "0.0049", "450", wallet="kraken", source="kraken"))
    assert codes(shared_book(*lines)) == []


@pytest.mark.parametrize(
    "lines",
    [
        [FUNDS, SOLD, SOLD | {"id": "z", "source": "koinly"}],
        [
            PAID,
            receipt("z", "2025-03-01T18:00:00Z", "0.00995", source="kraken"),
            PAID | {"id": "y", "source": "x", "at": "2025-03-01T19:00:00Z"},
        ],
        [
            receipt("a", "2025-03-01", "1"),
            receipt("b", "2025-03-01", "1"),
            receipt("c", "2025-03-02T11:00:00Z", "1", wallet="x"),
        ],
        [
            receipt(f"receipt-{letter * 24}", "2025-03-01", "1", source="ocean", **said)
            for letter, said in (("a", {}), ("b", {"note": "again"}), ("c", {"price_usd": "1"}))
        ],
    ],
)
def test_a_book_that_goes_on_asks_what_one_from_zero_asks(lines: list[dict[str, Any]]) -> None:
    events = told(*lines)
    for cut in range(1, len(events)):
        log = logged(events[:cut])
        resumed = Book.begin(History.read(log, MAIN)).resume(Book.begin(History.read(log, MAIN)).fold().state())
        log.append(events[cut:])
        tail = read_appendable(resumed, cut)
        if tail is None:  # what left may have to wait for what is told of its instant
            assert (events[cut].at, kind_of(events[cut - 1])) == (events[cut - 1].at, "sale")
            continue
        resumed.take(tail)
        assert resumed.told() == Book.begin(History.read(log, MAIN)).fold().told()


SMALL = receipt("small", "2025-03-01T12:00:00Z", "0.001", "90000", source="braiins")
ARRIVED = receipt("arrived", "2025-03-01T17:00:00Z", "0.00095", "90000", source="coinbase", wallet="coinbase")


@pytest.mark.parametrize(
    ("paid", "came"),
    [
        ({}, {}),
        ({}, {"quantity": "0.0009", "at": "2025-03-02T11:00:00Z"}),
        ({"pool": "Braiins", "txid": "ab" * 32}, {"wallet": "exchange", "pool": "braiins"}),
        ({"wallet": "coinbase"}, {"at": "2025-03-01T11:30:00Z"}),
        ({"quantity": "0.02"}, {"quantity": "0.0195"}),
        (
            {"asset": "LTC", "quantity": "1", "price_usd": "100"},
            {"asset": "LTC", "quantity": "0.95", "price_usd": "100"},
        ),
        ({}, {"income": "other", "price_usd": None}),
    ],
)
def test_a_payout_that_a_house_received_less_a_withdrawals_fee_is_asked_about(
    paid: dict[str, Any], came: dict[str, Any]
) -> None:
    later = max((ARRIVED | came, SMALL | paid), key=lambda line: str(line["at"]))
    assert asked(SMALL | paid, ARRIVED | came) == [("likely_twins", later["id"])]


@pytest.mark.parametrize(
    ("paid", "came"),
    [
        ({}, {"quantity": "0.00089"}),
        ({}, {"quantity": "0.00105"}),
        ({}, {"at": "2025-03-01T10:59:00Z"}),
        ({}, {"at": "2025-03-02T12:00:01Z"}),
        ({"quantity": "1"}, {"quantity": "0.95"}),
        (
            {"asset": "LTC", "quantity": "90", "price_usd": "100"},
            {"asset": "LTC", "quantity": "85", "price_usd": "100"},
        ),
        ({"asset": "LTC", "price_usd": None}, {"asset": "LTC", "price_usd": None}),
        ({}, {"income": "staking"}),
        ({"pool": "braiins"}, {"pool": "luxor"}),
        ({}, {"wallet": "cold"}),
        ({"wallet": "braiins"}, {}),
        ({}, {"txid": "ab" * 32, "vout": 0}),
    ],
)
def test_what_is_no_withdrawals_fee_less_or_no_houses_word_is_two(paid: dict[str, Any], came: dict[str, Any]) -> None:
    assert asked(SMALL | paid, ARRIVED | came) == []


def test_daily_payouts_of_two_pools_are_not_drowned_in_questions() -> None:
    """Sixty days of two pools that pay nearly as much: into one wallet, and each named into its own."""
    for mine, yours in (({}, {}), ({"pool": "braiins"}, {"pool": "luxor", "wallet": "hot"})):
        lines = []
        for day in range(60):
            at = datetime(2025, 3, 1, 6, tzinfo=UTC) + timedelta(days=day)
            paid = f"0.00{100 + day % 7}"
            lines.append(receipt(f"a{day}", at.isoformat(), paid, source="braiins") | mine)
            later = (at + timedelta(hours=3)).isoformat()
            lines.append(receipt(f"b{day}", later, f"0.000{95 + day % 3}", source="luxor") | yours)
        assert asked(*lines) == []


def test_the_exact_one_of_two_arrivals_is_paired_first() -> None:
    exact = ARRIVED | {"id": "exact", "quantity": "0.001", "at": "2025-03-01T18:00:00Z"}
    other = SMALL | {"id": "other", "quantity": "0.00095"}
    told_of = [each.message for each in book_of(SMALL, other, ARRIVED, exact).told() if each.code == "likely_twins"]
    pairs = [(words.split()[0], words.partition(" and ")[2].split()[0]) for words in told_of]
    assert pairs == [("arrived", "other"), ("exact", "small")]


def test_each_answer_about_a_withdrawals_fee_settles_it() -> None:
    (finding,) = (each for each in book_of(SMALL, ARRIVED).told() if each.code == "likely_twins")
    assert "but for what may be a fee" in finding.message
    for answer in answers(finding.message):
        assert codes(book_of(SMALL, ARRIVED, *answer)) == []


def test_of_two_files_without_a_source_the_one_that_names_a_pool_is_the_payer() -> None:
    paid, came = SMALL | {"source": "csv", "row": POOL_ROW}, ARRIVED | {"source": "csv", "row": EXCHANGE_ROW}
    assert asked(paid | {"pool": "braiins"}, came) == [("likely_twins", "arrived")]
    assert asked(paid, came) == []
    assert asked(paid | {"pool": "braiins"}, came | {"row": LATER_ROW}) == []
